"""The workers: each takes a connection with a complete request, or a whole socket connection, and runs SOUL for it.

One of them drives (`soul.janus.server.jobs`): between the programs it runs it waits for the sockets.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.http.response import plain_page
from soul.janus.server.connection import Connection
from soul.janus.server.jobs import JobQueue, Seat, Todo
from soul.janus.server.messages import Reporter
from soul.janus.server.served import ServedPort, WebHandler
from soul.janus.server.stopping import StopSignal
from soul.janus.server.stream import ChannelStream
from soul.runtime.errors import Stopped

PAUSE_SECONDS = 0.1  # after an error while waiting for the sockets


class Responder(Protocol):
    """Sends responses; `soul.janus.server.exchange.Exchange`."""

    def respond(self, connection: Connection, response: HttpResponse) -> None:
        """Answer the connection's request."""


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
        self,
        number: int,
        jobs: JobQueue,
        turn: Callable[[], None],
        responder: Responder,
        reporter: Reporter,
        clock: Callable[[], float],
    ) -> None:
        """`turn` waits for the sockets and works off what they bring; called while this sdaemon drives."""
        super().__init__(name=f"sdaemon {number}", daemon=True)
        self._jobs = jobs
        self._turn = turn
        self._responder = responder
        self._reporter = reporter
        self._clock = clock
        self._seat = Seat()
        self.leave = partial(jobs.leave, self._seat)  # for its own thread: its program is about to wait
        self.job: Job | None = None

    def run(self) -> None:
        """Serve until told to end."""
        ran = False
        while True:
            work = self._jobs.next(self._seat, ran=ran)
            if isinstance(work, Todo):
                if work is Todo.END:
                    return
                self._drive()
                ran = False
                continue
            ran = True
            stop = StopSignal()
            stop.begin_wait = self.leave
            # The I/O loop may have taken it back: it waited too long.
            if work.begin(stop):
                self._serve(work, stop)
            del work, stop  # while idle it would keep the connection, and with it TLS settings and their sessions

    def _drive(self) -> None:
        """Wait for the sockets once. Whatever happens, there must be somebody who does it again."""
        try:
            self._turn()
        except Exception as error:
            self._reporter.report("SOUL.0765", reason=f"{type(error).__name__}: {error}")
            time.sleep(PAUSE_SECONDS)  # it may happen again at once

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

    def _web(self, connection: Connection, handler: WebHandler, stop: StopSignal) -> None:
        """Run the request. A response that is sent early takes the connection along: it is no longer ours then."""
        request, peer = connection.request, connection.peer
        assert request is not None
        assert peer is not None
        gone = False

        def send(response: HttpResponse) -> None:
            nonlocal gone
            if not gone:
                gone = True
                self._responder.respond(connection, response)

        try:
            response = handler.handle(request, peer, stop, send)
        except Stopped as stopped:
            name = connection.served.name
            self._reporter.report("SOUL.0763", address=peer.address.host, port=name, reason=stopped.reason)
            response = _closing(503, "The request was cancelled")
        except BaseException as error:
            self._report(connection.served, error)
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
