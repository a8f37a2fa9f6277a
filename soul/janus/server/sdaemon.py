"""The workers: each takes a connection with a complete request, or a whole socket connection, and runs SOUL for it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.http.response import plain_page
from soul.janus.server.connection import Connection, Owner
from soul.janus.server.messages import Reporter
from soul.janus.server.served import ServedPort, WebHandler
from soul.janus.server.stopping import StopSignal
from soul.janus.server.stream import ChannelStream
from soul.runtime.errors import Stopped


class Responder(Protocol):
    """Sends responses; `soul.janus.server.exchange.Exchange`."""

    def respond(self, connection: Connection, response: HttpResponse) -> None:
        """Answer the connection's request."""


class JobQueue:
    """Connections that wait for a sdaemon, oldest first, and how many sdaemons are free."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._queue: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._free = 0  # idle sdaemons less waiting connections

    @property
    def full(self) -> bool:
        """Say whether no more may wait."""
        return self._queue.qsize() >= self._length

    def put(self, connection: Connection) -> None:
        """Add a connection whose owner is the queue."""
        with self._lock:
            self._free -= 1
        self._queue.put(connection)

    def put_if_free(self, connection: Connection) -> bool:
        """Add the connection if a sdaemon can take it at once; False when none is free."""
        with self._lock:
            if self._free <= 0:
                return False
            self._free -= 1
        self._queue.put(connection)
        return True

    def end_worker(self) -> None:
        """Make one sdaemon end when it comes to the end of the queue."""
        self._queue.put(None)

    def get(self) -> Connection | None:
        """Wait for a connection; None: the sdaemon shall end. The caller is a sdaemon that is free."""
        with self._lock:
            self._free += 1
        return self._queue.get()


@dataclass(frozen=True, slots=True)
class Job:
    """What a sdaemon is doing, for the supervisor. `request` is None for a socket program."""

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
        self.job: Job | None = None

    def run(self) -> None:
        """Serve until told to end."""
        while (connection := self._jobs.get()) is not None:
            # The I/O thread may have taken it back: it waited too long.
            if connection.change_owner(Owner.QUEUE, Owner.SDAEMON):
                self._serve(connection)

    def _serve(self, connection: Connection) -> None:
        served, stop = connection.served, StopSignal()
        self.job = Job(served, connection.request, stop, self._clock(), limited=served.web is not None)
        with connection.lock:
            connection.stop = stop
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
