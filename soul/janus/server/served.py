"""A port while it is started: its listener, its services, its connections and when it has stopped."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from soul.janus.http.connection import HttpConnection
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.peer import Peer
from soul.janus.port import Port, PortState
from soul.janus.stream import Address, ByteStream

if TYPE_CHECKING:
    from soul.janus.server.connection import Connection
    from soul.janus.tls.generation import TlsGeneration

# Looking a member of an Enum up takes Python 3.11 as long as a call.
_STARTED, _STOPPED = PortState.STARTED, PortState.STOPPED
EVERY_ADDRESS = ("0.0.0.0", "::")


class WebHandler(Protocol):
    """The whole life of one web request; `soul.janus.web.service.WebService`."""

    def handle(
        self,
        request: HttpRequest,
        peer: Peer,
        stop: list[str],
        sent: Callable[[HttpResponse], None] | None = None,
    ) -> HttpResponse:
        """Answer `request`; ends soon after something is appended to `stop`.

        `sent` may be called once with the response that is returned in the end, while the program still runs.
        """


class SocketHandler(Protocol):
    """The whole life of one socket connection; `soul.janus.sockets.service.SocketService`."""

    def run(self, stream: ByteStream, peer: Peer, stop: list[str]) -> None:
        """Run the port's program on `stream` until it ends; the stream is closed by the caller."""


class GenerationSource(Protocol):
    """Gives the TLS settings for a connection that begins now; `soul.janus.tls.generation.PortTls`."""

    def current(self) -> TlsGeneration:
        """Return the present generation."""


class ServedPort:
    """The living side of a started port. Its counters and its set of connections are guarded by the port's lock."""

    def __init__(
        self,
        port: Port,
        listener: socket.socket,
        *,
        web: WebHandler | None = None,
        sockets: SocketHandler | None = None,
        tls: GenerationSource | None = None,
        admits: Callable[[Address], bool] = lambda address: True,
        stopped: Callable[[ServedPort], None],
        new_http: Callable[[], HttpConnection] = HttpConnection,
    ) -> None:
        self.port = port
        self.listener = listener
        host, number = listener.getsockname()[:2]
        # The server's end of every connection; None where a connection may come to any address of the machine.
        self.local = None if host in EVERY_ADDRESS else Address(host, number)
        self.web = web
        self.tls = tls
        self.admits = admits
        self.sockets = sockets
        self.new_http = new_http
        self.inactivity = float(port.definition.integer("TIMEOUT"))
        self.idle_seconds = float(port.definition.integer("KEEPALIVE"))  # between two requests
        if self.inactivity:
            self.idle_seconds = min(self.idle_seconds, self.inactivity)
        self.connections: set[Connection] = set()
        self.finished = threading.Event()
        self._stopped = stopped

    @property
    def name(self) -> str:
        """The port's name."""
        return self.port.name

    @property
    def open(self) -> bool:
        """Say whether the port takes new connections and keeps old ones."""
        return self.port.state is _STARTED

    def enter(self, connection: Connection) -> bool:
        """Count a new connection; False when the port is full (MAXCON) or no longer open.

        A handshake in progress counts: else it would be a free way round the limit.
        """
        port = self.port
        with port.lock:
            counters = port.counters
            if not self.open or counters.active >= port.definition.max_connections:
                counters.refused += 1
                return False
            counters.active += 1
            counters.connects += 1
            counters.high_water = max(counters.high_water, counters.active)
            self.connections.add(connection)
            return True

    def leave(self, connection: Connection) -> None:
        """Take a closed connection out; the last one of a draining or forced port stops it."""
        with self.port.lock:
            if connection not in self.connections:
                return
            self.connections.discard(connection)
            self.port.counters.active -= 1
        self.settle()

    def settle(self) -> None:
        """Note the stop of a port that is to stop and has no connection any more."""
        with self.port.lock:
            if self.open or self.connections or self.finished.is_set():
                return
            self.port.state = _STOPPED
            self.port.bound = None
            self.finished.set()
        self._stopped(self)

    def close_listener(self) -> None:
        """Stop listening; for the acceptor, when nothing polls the descriptor any more."""
        with contextlib.suppress(OSError):
            self.listener.close()

    def snapshot(self) -> list[Connection]:
        """Return the present connections."""
        with self.port.lock:
            return list(self.connections)
