"""What the driving sdaemon does between programs: new, idle, half-read and half-written connections, all deadlines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from soul.janus.server.acceptor import Acceptor
from soul.janus.server.connection import Connection, Owner
from soul.janus.server.exchange import Exchange
from soul.janus.server.jobs import JobQueue
from soul.janus.server.limits import ServerLimits
from soul.janus.server.messages import Reporter
from soul.janus.server.poller import HANGUP, READ, Poller
from soul.janus.server.served import ServedPort

SWEEP_SECONDS = 1.0
STEPS_AFTER_PROGRAMS = 4  # of handshakes that had to wait for programs
# Looking a member of an Enum up takes Python 3.11 as long as a call.
_ACCEPTOR, _IO, _QUEUE, _CLOSED = Owner.ACCEPTOR, Owner.IO, Owner.QUEUE, Owner.CLOSED


class IoLoop:
    """Waits for many connections at once and moves on those that are ready, one `turn` after the other.

    The sdaemon that drives (`JobQueue`) calls `turn`. `hand_back` and `again` are called by whoever owns a connection;
    `call` runs something in a turn. Everything that happens in a turn is said to happen in the I/O loop.
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
        self._next_sweep = clock() + SWEEP_SECONDS
        self._postponed = False  # programs go before the handshakes that wait
        self.exchange = Exchange(limits, clock, jobs, reporter, self)
        self.acceptor = Acceptor(poller, limits, clock, reporter, self._table, self)
        jobs.wake = poller.wake

    def established(self, connection: Connection) -> None:
        """See `soul.janus.server.acceptor.Loop`: a web connection stays here, a socket connection gets its sdaemon."""
        served = connection.served
        if served.web is None:
            self._to_sdaemon(connection)
            return
        connection.hand_to(_IO)
        self.exchange.begin(connection)
        # With the end of a handshake mostly comes the first request. A port that drains may have ended its idle
        # connections already, so that this one must be looked at as well.
        if served.tls is not None or not served.open:
            self._turn(connection)
        else:
            self._poller.add(connection.descriptor, READ)

    def hand_back(self, connection: Connection, interest: int) -> None:
        """See `Waiting.hand_back`: arming the descriptor is what hands the connection back."""
        with connection.lock:
            if connection.owner is _CLOSED:
                return
            connection.owner = _IO
            self._poller.arm(connection.descriptor, interest)

    def again(self, connection: Connection) -> None:
        """See `Waiting.again`."""
        with connection.lock:
            if connection.owner is _CLOSED:
                return
            connection.owner = _IO
            self._ready.append(connection)
        self._jobs.nudge()

    def call(self, action: Callable[[], None]) -> None:
        """Run `action` in the I/O loop soon."""
        self._calls.append(action)
        self._jobs.nudge()

    def drain(self, served: ServedPort) -> None:
        """End the idle connections of a port that drains; the others end with their present request."""
        self.call(lambda: self._drain(served))

    def wake(self) -> None:
        """Look at the clock soon; the deadlines that have passed are acted upon."""
        self._poller.wake()

    def turn(self) -> None:
        """Wait until a socket is ready or something is to be done, and do it. For the sdaemon that drives.

        Established connections come first, their programs next, and then some handshakes. Between two steps of
        handshakes the sockets are looked at, so that a storm of them delays a request little; between two batches of
        programs there are some steps, so that requests cannot keep handshakes from going on.
        """
        table, jobs, acceptor = self._table, self._jobs, self.acceptor
        if self._postponed:
            self._postponed = False
            acceptor.move_on(STEPS_AFTER_PROGRAMS)
        # Whoever adds something for this loop wakes the poller while `polling` is set, and it is: nothing is missed.
        waits = not (self._ready or self._calls or jobs.ready or acceptor.line)
        events = self._poller.wait(SWEEP_SECONDS if waits else 0.0)
        jobs.polling = False
        for descriptor, ready in events:
            connection = table.get(descriptor)
            # The number may belong to a new connection by now: only one that waits here takes the event.
            if connection is None:
                acceptor.knocking.append(descriptor)
            elif connection.owner is _IO:
                if ready & HANGUP and self._vanished(connection):
                    connection.release()
                else:
                    self._turn(connection)
            elif connection.owner is _ACCEPTOR:
                acceptor.line.append(connection)
        while self._calls:
            self._calls.popleft()()
        for _ in range(len(self._ready)):
            connection = self._ready.popleft()
            if connection.owner is _IO:
                self._turn(connection)
        if acceptor.knocking:
            acceptor.accept(alone=len(events) == 1)
        if acceptor.line:
            if jobs.ready:
                self._postponed = True
            else:
                acceptor.move_on()
        now = self._clock()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            self._sweep(now)

    def _to_sdaemon(self, connection: Connection) -> None:
        """Give a socket connection to a sdaemon, which keeps it to its end; nobody else waits for it from now on."""
        del self._table[connection.descriptor]
        self._poller.forget(connection.descriptor)
        connection.home = connection.poller = None
        if connection.hand_to(_QUEUE) and not self._jobs.put_if_free(connection):
            connection.served.port.counters.refused += 1
            self._reporter.report("MSIR.0023", address=connection.address.host, port=connection.served.name)
            connection.release()

    @staticmethod
    def _vanished(connection: Connection) -> bool:
        """Say whether a peer that sends no more is to be read no more, either; it may still read a response."""
        channel = connection.channel
        return channel is not None and not connection.output and channel.vanished()

    def _turn(self, connection: Connection) -> None:
        try:
            self.exchange.turn(connection)
        except Exception as error:  # one connection's trouble must not stop the others
            self._failed(connection, error)

    def _sweep(self, now: float) -> None:
        self.acceptor.look()
        for connection in list(self._table.values()):
            if connection.deadline > now:
                continue
            if connection.owner is _ACCEPTOR:
                self.acceptor.expire(connection)
            elif connection.owner in (_IO, _QUEUE):
                try:
                    self.exchange.expire(connection)
                except Exception as error:
                    self._failed(connection, error)

    def _drain(self, served: ServedPort) -> None:
        for connection in served.snapshot():
            if connection.home is self._table and connection.owner is _IO:
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
