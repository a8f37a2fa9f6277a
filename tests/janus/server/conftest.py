"""Live servers on loopback with handlers that tests give, a clock that tests move, and a small client."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from soul.janus.certificates.development import DevelopmentCertificates, make_development_certificates
from soul.janus.http.connection import HttpLimits
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.peer import Peer
from soul.janus.port import Port, PortDefinition, PortState, PortType, TrustedCa
from soul.janus.rules import RuleSet
from soul.janus.server.limits import ServerLimits
from soul.janus.server.poller import GroupSelector, Poller, PortablePoller, new_poller
from soul.janus.server.server import LiveServer
from soul.janus.stream import Address, ByteStream
from soul.runtime.thread import Thread

PATIENCE = 20.0  # seconds after which a test has failed; nothing waits that long when all is well

WebFunction = Callable[[HttpRequest, Peer, list[str]], HttpResponse]
SocketFunction = Callable[[ByteStream, Peer, list[str]], None]


@dataclass
class MovedClock:
    """Stands still until a test moves it."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


class WaitingJournal:
    """Keeps lines; a test can wait for one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._changed = threading.Condition()

    def write(self, line_type: str, text: str, thread: Thread | None = None) -> None:
        with self._changed:
            self.lines.append(f"{line_type} {text}")
            self._changed.notify_all()

    def wait_for(self, text: str) -> str:
        def found() -> str | None:
            return next((line for line in self.lines if text in line), None)

        with self._changed:
            line = self._changed.wait_for(found, PATIENCE)
        assert line, f"no {text!r} in {self.lines}"
        return line


@dataclass
class WebStub:
    """A web service that is one function."""

    function: WebFunction
    finishes_late: bool = False  # a response is sent before the function runs

    def handle(
        self,
        request: HttpRequest,
        peer: Peer,
        stop: list[str],
        sent: Callable[[HttpResponse], None] | None = None,
    ) -> HttpResponse:
        if self.finishes_late:
            assert sent is not None
            sent(HttpResponse(body=b"early"))
        return self.function(request, peer, stop)


@dataclass
class SocketStub:
    """A socket service that is one function."""

    function: SocketFunction

    def run(self, stream: ByteStream, peer: Peer, stop: list[str]) -> None:
        self.function(stream, peer, stop)


def echo(request: HttpRequest, peer: Peer, stop: list[str]) -> HttpResponse:
    """Answer with the method, the path and the body."""
    text = f"{request.method} {request.path} ".encode() + request.body
    return HttpResponse(headers=[("Content-Type", "text/plain")], body=text)


@dataclass
class Answer:
    """One response."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """Speaks HTTP over one connection, byte by byte where a test wants that."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE)
        self.sock = sock
        self.buffer = bytearray()

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def get(self, path: str = "/", *headers: str) -> Answer:
        self.send("\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode())
        return self.answer()

    def answer(self) -> Answer:
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        end = self.buffer.index(b"\r\n\r\n")
        status, *lines = self.buffer[:end].decode().split("\r\n")
        del self.buffer[: end + 4]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        number = int(status.split()[1])
        length = int(headers.get("content-length", "0")) if number >= 200 else 0
        while len(self.buffer) < length:
            self._more()
        body = bytes(self.buffer[:length])
        del self.buffer[:length]
        return Answer(number, headers, body)

    def _more(self) -> None:
        data = self.sock.recv(65536)
        assert data, f"the server closed; had {self.buffer!r}"
        self.buffer += data

    def ended(self) -> bool:
        """Read to the end; True when the server said farewell in order, False when it broke the connection."""
        try:
            while self.sock.recv(65536):
                pass
        except (ConnectionError, ssl.SSLError):
            return False
        return True

    def close(self) -> None:
        self.sock.close()


@dataclass
class Running:
    """One server and what belongs to it."""

    server: LiveServer
    journal: WaitingJournal
    clock: MovedClock
    pki: DevelopmentCertificates
    folder: Path
    web: WebFunction = echo
    socket: SocketFunction | None = None
    announced: list[tuple[str, str, int]] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)
    address_rule: Callable[[Address], bool] = lambda address: True

    def port(
        self,
        *,
        kind: PortType = PortType.WEBSERV,
        maximum: int = 100,
        number: int = 0,
        start: bool = True,
        **values: object,
    ) -> Port:
        """Define a port, HTTP/1.1 with keep-alive unless said otherwise, and start it."""
        given = {"HTTPVERSION": "1.1", "KEEPALIVE": 60, **values} if kind is PortType.WEBSERV else values
        port = Port(PortDefinition(f"PORT{len(self.ports)}", number or None, kind, maximum, given), RuleSet())
        port.authorities = [TrustedCa("MYPROC", "ROOT.CERT", self.pki.root.certificate, "root")]
        self.ports.append(port)
        if start:
            self.server.start(port, None)
        return port

    def connect(self, port: Port) -> Client:
        """Connect without TLS."""
        assert port.bound is not None
        return self._keep(socket.create_connection(("127.0.0.1", port.bound), PATIENCE))

    def connect_tls(self, port: Port, identity: str | None = None) -> Client:
        """Connect with TLS, presenting the development certificate `identity`."""
        assert port.bound is not None
        context = ssl.create_default_context(cadata=self.pki.root.certificate_pem)
        if identity is not None:
            file = self.folder / f"{identity}.pem"
            file.write_text(self.pki.clients[identity].pem)
            context.load_cert_chain(file)
        raw = socket.create_connection(("127.0.0.1", port.bound), PATIENCE)
        self._keep(raw)
        return self._keep(context.wrap_socket(raw, server_hostname="localhost"))

    def _keep(self, sock: socket.socket) -> Client:
        client = Client(sock)
        self.clients.append(client)
        return client

    def pass_time(self, seconds: float) -> None:
        """Move the clock and let every thread see it."""
        self.clock.seconds += seconds
        self.server.look_at_clock()

    def finish(self) -> None:
        for client in self.clients:
            client.close()
        self.server.force_all()
        self.server.close()


MakeServer = Callable[..., Running]

POLLERS: dict[str, Callable[[], Poller]] = {
    "best": new_poller,
    "portable": lambda: PortablePoller(GroupSelector(3)),
}


@pytest.fixture(scope="session")
def pki() -> DevelopmentCertificates:
    return make_development_certificates(now=datetime.now(UTC))


@pytest.fixture(params=list(POLLERS))
def poller(request: pytest.FixtureRequest) -> Callable[[], Poller]:
    return POLLERS[request.param]


@pytest.fixture
def make_server(poller: Callable[[], Poller], pki: DevelopmentCertificates, tmp_path: Path) -> Iterator[MakeServer]:
    made: list[Running] = []

    def make(
        web: WebFunction = echo,
        socket: SocketFunction | None = None,
        limits: ServerLimits | None = None,
        http_limits: HttpLimits | None = None,
        finishes_late: bool = False,
        **options: object,
    ) -> Running:
        from soul.janus.tls.generation import PortTls

        journal, clock = WaitingJournal(), MovedClock()
        running: Running

        def no_program(stream: ByteStream, peer: Peer, stop: list[str]) -> None:
            raise AssertionError("the test gave no program")

        server = LiveServer(
            journal,
            web=lambda port: WebStub(web, finishes_late),
            sockets=lambda port: SocketStub(socket or no_program),
            tls=lambda port, password: PortTls(port, pki.server.material),
            admits=lambda port, address: running.address_rule(address),
            limits=limits or ServerLimits(sdaemons=4),
            http_limits=http_limits,
            clock=clock,
            poller=poller,
            announce=lambda port, host, number: running.announced.append((port.name, host, number)),
            **{"host": "127.0.0.1", **options},  # type: ignore[arg-type]
        )
        running = Running(server, journal, clock, pki, tmp_path)
        made.append(running)
        return running

    yield make
    for running in made:
        running.finish()


def wait_until_stopped(port: Port, server: LiveServer) -> None:
    """Wait for the port to stop; `finished` of its serving side says when."""
    served = server._served[port.name.upper()]
    assert served.finished.wait(PATIENCE), f"{port.name} is {port.state}, {port.counters}"
    assert port.state is PortState.STOPPED


@pytest.fixture
def stopped() -> Callable[[Port, LiveServer], None]:
    return wait_until_stopped
