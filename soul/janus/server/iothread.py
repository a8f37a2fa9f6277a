"""The I/O thread: idle, half-read and half-written connections of all WEBSERV ports, and all their deadlines."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from soul.janus.server.connection import NEVER, Connection, Owner
from soul.janus.server.exchange import Exchange
from soul.janus.server.limits import ServerLimits
from soul.janus.server.messages import Reporter
from soul.janus.server.poller import Poller
from soul.janus.server.sdaemon import PATIENCE_SECONDS, JobQueue
from soul.janus.server.served import ServedPort

SWEEP_SECONDS = 1.0
STACK_BYTES = 512 * 1024
LOOK_EVERY = 16  # connections after which a long turn looks at the queue


class IoThread:
    """Waits for many connections at once and moves on those that are ready.

    `hand_back` and `again` are called by whoever owns a connection; `call` runs something on the thread.
    """

    def __init__(
        self,
        poller: Poller,
        limits: ServerLimits,
        clock: Callable[[], float],
        jobs: JobQueue,
        reporter: Reporter,
    ) -> None:
        self._poller = poller
        self._clock = clock
        self._jobs = jobs
        self._reporter = reporter
        self._table: dict[int, Connection] = {}
        self._ready: deque[Connection] = deque()
        self._calls: deque[Callable[[], None]] = deque()
        self._stopping = False
        self._next_sweep = clock() + SWEEP_SECONDS
        self.exchange = Exchange(limits, clock, jobs, reporter, self)
        self.thread = threading.Thread(target=self._run, name="janus I/O", daemon=True)

    def adopt(self, connection: Connection) -> None:
        """Take a connection of a WEBSERV port whose handshake is over. Called by the acceptor.

        Its first request is often here already, and then it is read by the acceptor and waits for a sdaemon at once.
        """
        connection.deadline = NEVER
        with connection.lock:
            if connection.owner is Owner.CLOSED:
                return
            connection.poller = self._poller
            connection.home = self._table
            self._table[connection.descriptor] = connection
        self._turn(connection)

    def hand_back(self, connection: Connection, interest: int) -> None:
        """See `Waiting.hand_back`: arming the descriptor is what hands the connection back."""
        with connection.lock:
            if connection.owner is Owner.CLOSED:
                return
            connection.owner = Owner.IO
            self._poller.arm(connection.descriptor, interest)

    def again(self, connection: Connection) -> None:
        """See `Waiting.again`."""
        with connection.lock:
            if connection.owner is Owner.CLOSED:
                return
            connection.owner = Owner.IO
            self._ready.append(connection)
        if threading.get_ident() != self.thread.ident:
            self._poller.wake()

    def watch(self) -> None:
        """See `Waiting.watch`: the thread itself looks at the queue at the end of every turn."""
        if threading.get_ident() != self.thread.ident and self._jobs.look():
            self._poller.wake()

    def call(self, action: Callable[[], None]) -> None:
        """Run `action` on the I/O thread soon."""
        self._calls.append(action)
        self._poller.wake()

    def drain(self, served: ServedPort) -> None:
        """End the idle connections of a port that drains; the others end with their present request."""
        self.call(lambda: self._drain(served))

    def wake(self) -> None:
        """Make the thread look at the clock; the deadlines that have passed are acted upon."""
        self._poller.wake()

    def start(self) -> None:
        """Start the thread."""
        self.thread.start()

    def stop(self) -> None:
        """Make the thread end; connections it still owns stay as they are."""
        self._stopping = True
        self._poller.wake()

    def _run(self) -> None:
        table, jobs = self._table, self._jobs
        waiting = False
        while not self._stopping:
            for count, (descriptor, _) in enumerate(self._poller.wait(self._patience(waiting)), 1):
                connection = table.get(descriptor)
                # The number may belong to a new connection by now: only one that waits here takes the event.
                if connection is not None and connection.owner is Owner.IO:
                    self._turn(connection)
                if not count % LOOK_EVERY:
                    jobs.look()
            while self._calls:
                self._calls.popleft()()
            for _ in range(len(self._ready)):
                connection = self._ready.popleft()
                if connection.owner is Owner.IO:
                    self._turn(connection)
            # Now, not with each request: a sdaemon that runs meanwhile makes this thread wait at every system call.
            waiting = jobs.look()
            now = self._clock()
            if now >= self._next_sweep:
                self._next_sweep = now + SWEEP_SECONDS
                self._sweep(now)

    def _patience(self, waiting: bool) -> float:
        if self._ready:
            return 0.0
        return PATIENCE_SECONDS if waiting else SWEEP_SECONDS

    def _turn(self, connection: Connection) -> None:
        try:
            self.exchange.turn(connection)
        except Exception as error:  # one connection's trouble must not stop the others
            self._failed(connection, error)

    def _sweep(self, now: float) -> None:
        for connection in list(self._table.values()):
            if connection.deadline <= now and connection.owner in (Owner.IO, Owner.QUEUE):
                try:
                    self.exchange.expire(connection)
                except Exception as error:
                    self._failed(connection, error)

    def _drain(self, served: ServedPort) -> None:
        for connection in served.snapshot():
            if connection.home is self._table and connection.owner is Owner.IO:
                try:
                    self.exchange.end_idle(connection)
                except Exception as error:
                    self._failed(connection, error)

    def _failed(self, connection: Connection, error: Exception) -> None:
        self._reporter.report(
            "SOUL.0764",
            port=connection.served.name,
            reason=f"{type(error).__name__}: {error}",
        )
        connection.release()
