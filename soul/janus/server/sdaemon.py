"""The workers: each takes a connection with a complete request, or a whole socket connection, and runs SOUL for it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.http.response import plain_page
from soul.janus.server.connection import Connection
from soul.janus.server.messages import Reporter
from soul.janus.server.served import ServedPort, WebHandler
from soul.janus.server.stopping import StopSignal
from soul.janus.server.stream import ChannelStream
from soul.runtime.errors import Stopped


class Responder(Protocol):
    """Sends responses; `soul.janus.server.exchange.Exchange`."""

    def respond(self, connection: Connection, response: HttpResponse) -> None:
        """Answer the connection's request."""


PATIENCE_SECONDS = 0.001  # how long the queue may stand still before one more sdaemon is woken


class Seat:
    """Where one sdaemon waits for work."""

    __slots__ = ("_gate",)

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._gate.acquire()

    def wait(self) -> None:
        """Wait for `wake`, which may have come before."""
        self._gate.acquire()

    def wake(self) -> None:
        """End the present or the next `wait`; once for each."""
        self._gate.release()


class JobQueue:
    """Connections that wait for a sdaemon, oldest first, and the sdaemons that wait for them.

    Python runs one thread at a time. A second sdaemon that computes gains nothing, and each of them makes every system
    call of the others a change of threads (about 6 for each request with all awake, less than 1 with a driver). So
    one sdaemon *drives* the queue. When the queue stands still for PATIENCE_SECONDS all the same, because the driver
    waits for something or computes for long, `look` makes another one the driver.
    """

    def __init__(self, length: int, patience: float = PATIENCE_SECONDS) -> None:
        """At most `length` connections wait; `patience` in seconds."""
        self._length = length
        self._patience = patience
        self._lock = threading.Lock()
        self._waiting: deque[Connection] = deque()
        self._idle: list[Seat] = []
        self._driver: Seat | None = None
        self._moved = 0.0  # when a connection was last taken, or a driver made
        self._free = 0  # sdaemons without work less waiting connections
        self._ending = 0

    @property
    def full(self) -> bool:
        """Say whether no more may wait."""
        return len(self._waiting) >= self._length

    def put(self, connection: Connection) -> None:
        """Add a connection whose owner is the queue. `look` must be called soon afterwards."""
        with self._lock:
            self._free -= 1
            self._waiting.append(connection)

    def look(self) -> bool:
        """Make a sdaemon work when connections wait; True: look again after PATIENCE_SECONDS at the latest."""
        if not self._waiting:
            return False
        with self._lock:
            taken = 0
            if self._idle and self._stands_still():
                self._moved = time.monotonic()
                self._driver = self._idle.pop()
                self._driver.wake()
                taken = 1
            return len(self._waiting) > taken

    def _stands_still(self) -> bool:
        return self._driver is None or time.monotonic() - self._moved >= self._patience

    def put_if_free(self, connection: Connection) -> bool:
        """Give the connection to a sdaemon that can take it at once; False when none is free."""
        with self._lock:
            if self._free <= 0:
                return False
            self._free -= 1
            self._waiting.append(connection)
            self._driver = self._idle.pop() if self._idle else None  # None: the free one is about to ask
            if self._driver is not None:
                self._driver.wake()
        return True

    def end_worker(self) -> None:
        """Make one sdaemon end when it comes to the end of the queue."""
        with self._lock:
            self._ending += 1
            if self._idle:
                self._idle.pop().wake()

    def get(self, seat: Seat) -> Connection | None:
        """Wait for a connection; None: the sdaemon shall end. The caller is a sdaemon that is free."""
        free = 1
        while True:
            with self._lock:
                self._free += free
                free = 0
                if self._waiting and (self._driver is seat or self._ending or self._stands_still()):
                    self._driver = seat
                    self._moved = time.monotonic()
                    return self._waiting.popleft()
                if self._driver is seat:
                    self._driver = None
                if self._ending:
                    self._ending -= 1
                    return None
                self._idle.append(seat)
            seat.wait()

    def leave(self, seat: Seat) -> None:
        """Drive no more: the sdaemon begins something that waits by its nature."""
        with self._lock:
            if self._driver is seat:
                self._driver = None


@dataclass(slots=True)
class Job:
    """What a sdaemon is doing, for the supervisor. `request` is None for a socket program. Not frozen: made often."""

    served: ServedPort
    request: HttpRequest | None
    stop: StopSignal
    started: float
    limited: bool  # the run-time limit applies

    @property
    def title(self) -> str:
        """Return the port and what runs there, for the journal; no query text, which may hold secrets."""
        what = "socket program" if self.request is None else f"{self.request.method} {self.request.path[:200]}"
        return f"{self.served.name} {what}"


class Sdaemon(threading.Thread):
    """One worker. A daemon thread: a procedure stuck in a system call must not keep the process alive."""

    def __init__(
        self, number: int, jobs: JobQueue, responder: Responder, reporter: Reporter, clock: Callable[[], float]
    ) -> None:
        super().__init__(name=f"sdaemon {number}", daemon=True)
        self._jobs = jobs
        self._responder = responder
        self._reporter = reporter
        self._clock = clock
        self._seat = Seat()
        self.job: Job | None = None

    def run(self) -> None:
        """Serve until told to end."""
        while (connection := self._jobs.get(self._seat)) is not None:
            stop = StopSignal()
            # The I/O thread may have taken it back: it waited too long.
            if connection.begin(stop):
                self._serve(connection, stop)

    def _serve(self, connection: Connection, stop: StopSignal) -> None:
        served = connection.served
        self.job = Job(served, connection.request, stop, self._clock(), limited=served.web is not None)
        try:
            if connection.severed:
                connection.release()
            elif served.web is not None:
                self._web(connection, served.web, stop)
            else:
                self._socket(connection, stop)
        except BaseException as error:  # a sdaemon outlives whatever happens to its connection
            self._report(served, error)
            connection.release()
        finally:
            self.job = None
            with connection.lock:
                if connection.stop is stop:
                    connection.stop = None

    def _web(self, connection: Connection, handler: WebHandler, stop: StopSignal) -> None:
        """Run the request. A response that is sent early takes the connection along: it is no longer ours then."""
        served, request, peer = connection.served, connection.request, connection.peer
        assert request is not None
        assert peer is not None
        gone: list[HttpResponse] = []

        def send(response: HttpResponse) -> None:
            if not gone:
                gone.append(response)
                self._responder.respond(connection, response)

        try:
            response = handler.handle(request, peer, stop, send)
        except Stopped as stopped:
            self._reporter.report("SOUL.0763", address=peer.address.host, port=served.name, reason=stopped.reason)
            response = _closing(503, "The request was cancelled")
        except BaseException as error:
            self._report(served, error)
            response = _closing(500, "")
        if not gone:
            self.job = None
            send(response)

    def _socket(self, connection: Connection, stop: StopSignal) -> None:
        self._jobs.leave(self._seat)
        served, channel, peer = connection.served, connection.channel, connection.peer
        assert served.sockets is not None
        assert channel is not None
        assert peer is not None
        stream = ChannelStream(connection.sock, channel, connection.local, connection.address)
        with connection.lock:
            connection.stream = stream
        if connection.severed:
            stream.interrupt()
        try:
            served.sockets.run(stream, peer, stop)
        except Stopped as stopped:
            self._reporter.report("SOUL.0763", address=connection.address.host, port=served.name, reason=stopped.reason)
        finally:
            with connection.lock:
                connection.stream = None
                stream.close()
            connection.release()

    def _report(self, served: ServedPort, error: BaseException) -> None:
        self._reporter.report("SOUL.0764", port=served.name, reason=f"{type(error).__name__}: {error}")


def _closing(status: int, text: str) -> HttpResponse:
    response = plain_page(status, text)
    response.close = True
    return response
