"""The in-memory network: started ports of an Online are reachable without sockets, through real TLS handshakes.

`MemoryNetwork` is a `PortHost`, as the live server is: JANUS START, DRAIN and FORCE work on it. It is also where
CLSOCK connections of the same Online go, so that a SOUL test reaches the ports it tests through documented calls. Each
connection is served by a thread of its own, with the same TLS, HTTP and service code as over TCP.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from soul.janus.http.connection import HttpConnection, HttpLimits, HttpRefusal
from soul.janus.http.message import HttpResponse
from soul.janus.peer import Peer
from soul.janus.port import Port, PortState, PortType
from soul.janus.server.messages import Reporter
from soul.janus.server.served import GenerationSource, SocketHandler, WebHandler
from soul.janus.stream import Address, ByteStream, StreamError
from soul.janus.tls.engine import TlsEngine
from soul.janus.tls.stream import TlsStream
from soul.janus.tls.verdicts import TlsRefused
from soul.runtime.thread import Journal
from soul.testing.pipe import PipeStream, connected_pair

CLIENT_HOST = "127.0.0.1"
IDLE_SECONDS = 30.0  # how long a test's connection may stay silent
FORCED = "the port was forced"
_CHUNK = 65536
_LOCAL_NAMES = frozenset(("127.0.0.1", "localhost", "::1", ""))


class _Served:
    """A started server port and its present connections."""

    def __init__(
        self, port: Port, web: WebHandler | None, sockets: SocketHandler | None, tls: GenerationSource | None
    ) -> None:
        self.port = port
        self.web = web
        self.sockets = sockets
        self.tls = tls
        self.connections: dict[PipeStream, list[str]] = {}  # server ends, with the stop flag of their worker


class MemoryNetwork:
    """Makes the ports of one Online reachable in memory.

    The factories are those of the live server: `web` and `sockets` give a port's service, `tls` its TLS settings (or
    raise CommandError), `admits` says whether an address may connect. `observe` sees every response with the address
    of the client it goes to, before it is written.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        web: Callable[[Port], WebHandler],
        sockets: Callable[[Port], SocketHandler],
        tls: Callable[[Port, str | None], GenerationSource],
        admits: Callable[[Port, Address], bool] = lambda port, address: True,
        http_limits: HttpLimits | None = None,
        observe: Callable[[Address, HttpResponse], None] = lambda address, response: None,
    ) -> None:
        self._observe = observe
        self._web = web
        self._sockets = sockets
        self._tls = tls
        self._admits = admits
        self._http_limits = http_limits or HttpLimits()
        self._reporter = Reporter(journal)
        self._served: dict[str, _Served] = {}
        self._lock = threading.RLock()
        self._numbers = itertools.count(50001)
        self._workers: dict[Address, threading.Thread] = {}  # by the client's address

    # PortHost.

    def start(self, port: Port, password: str | None) -> None:
        """Make a port reachable. Two started ports may not share a number, as on a real host."""
        from soul.janus.server.messages import SERVER_MESSAGES
        from soul.online.command import CommandError

        definition = port.definition
        with self._lock:
            if definition.type is PortType.CLSOCK:
                if definition.ssl:
                    self._tls(port, password)
            else:
                taken = next((s.port for s in self._served.values() if s.port.bound == definition.number), None)
                if taken is not None:
                    reason = f"port number {definition.number} is in use by port {taken.name}"
                    raise CommandError(SERVER_MESSAGES["SOUL.0770"], port=port.name, reason=reason)
                is_web = definition.type is PortType.WEBSERV
                tls = self._tls(port, password) if definition.ssl else None
                self._served[port.name.upper()] = _Served(
                    port, self._web(port) if is_web else None, None if is_web else self._sockets(port), tls
                )
                port.bound = definition.number
            port.state = PortState.STARTED

    def drain(self, port: Port) -> None:
        """Accept nothing more; idle connections end, running ones finish."""
        self._stop(port, PortState.DRAINING, force=False)

    def force(self, port: Port) -> None:
        """Break every connection of a port and stop it."""
        self._stop(port, PortState.FORCING, force=True)

    def _stop(self, port: Port, state: PortState, *, force: bool) -> None:
        with self._lock:
            served = self._served.get(port.name.upper())
            port.state = state
            connections = list(served.connections.items()) if served else []
        for stream, stop in connections:
            if force:
                stop.append(FORCED)
                stream.interrupt()
        self._settle(port)

    def _settle(self, port: Port) -> None:
        with self._lock:
            served = self._served.get(port.name.upper())
            if port.state is PortState.STARTED or (served is not None and served.connections):
                return
            self._served.pop(port.name.upper(), None)
            port.state = PortState.STOPPED
            port.bound = None

    def close(self) -> None:
        """Force every port and wait for the threads that served them."""
        for served in list(self._served.values()):
            self.force(served.port)
        self.wait()

    def wait(self) -> None:
        """Wait until every connection is over on the server's side."""
        for worker in list(self._workers.values()):
            worker.join(IDLE_SECONDS)

    def wait_for(self, client: Address) -> None:
        """Wait until the connection from `client`, which the client has ended, is over on the server's side, too."""
        worker = self._workers.get(client)
        if worker is not None:
            worker.join(IDLE_SECONDS)

    # Connections.

    def connect(self, host: str, port: int, timeout: float | None) -> ByteStream:
        """Connect to the started port with this TCP port number. Raises StreamError, as a TCP connect would.

        `timeout` is not needed: nothing waits.
        """
        del timeout
        if host.lower() not in _LOCAL_NAMES:
            raise StreamError(f"host name {host} cannot be resolved: the offline network holds this Online only")
        with self._lock:
            served = next((s for s in self._served.values() if s.port.bound == port), None)
            if served is None or served.port.state is not PortState.STARTED:
                raise StreamError(f"{host}:{port}: Connection refused")
            return self._accept(served, port)

    def _accept(self, served: _Served, number: int) -> ByteStream:
        address = Address(CLIENT_HOST, next(self._numbers))
        client, server = connected_pair(address, Address(CLIENT_HOST, number))
        counters, port = served.port.counters, served.port
        if not self._admits(port, address):
            self._reporter.report("SOUL.0760", address=address.host, port=port.name)
            server.close()
            return client
        if counters.active >= port.definition.max_connections:
            counters.refused += 1
            limit = port.definition.max_connections
            self._reporter.report("MSIR.0020", address=address.host, port=port.name, limit=limit)
            server.close()
            return client
        counters.active += 1
        counters.connects += 1
        counters.high_water = max(counters.high_water, counters.active)
        stop: list[str] = []
        served.connections[server] = stop
        worker = threading.Thread(
            target=self._serve, args=(served, server, stop), name=f"{port.name} {address.port}", daemon=True
        )
        self._workers[address] = worker
        worker.start()
        return client

    def _serve(self, served: _Served, carrier: PipeStream, stop: list[str]) -> None:
        try:
            self._life(served, carrier, stop)
        except TlsRefused as error:
            refusal = error.refusal
            self._reporter.write(refusal.message, refusal.text)
        except StreamError:
            pass  # the client left: nothing to say that a server would say
        finally:
            carrier.close()
            with self._lock:
                served.connections.pop(carrier, None)
                served.port.counters.active -= 1
                self._workers.pop(carrier.remote, None)
            self._settle(served.port)

    def _life(self, served: _Served, carrier: PipeStream, stop: list[str]) -> None:
        stream: ByteStream = carrier
        peer = Peer(carrier.remote, carrier.local)
        if served.tls is not None:
            encrypted = TlsStream(carrier, TlsEngine(served.tls.current()))
            peer = encrypted.handshake(IDLE_SECONDS)
            stream = encrypted
        if served.sockets is not None:
            served.sockets.run(stream, peer, stop)
        elif served.web is not None:
            self._http(served, served.web, stream, peer, stop)

    def _http(self, served: _Served, web: WebHandler, stream: ByteStream, peer: Peer, stop: list[str]) -> None:
        definition = served.port.definition
        http = HttpConnection(
            self._http_limits, definition.string("HTTPVERSION") or "1.0", definition.integer("KEEPALIVE") > 0
        )
        try:
            while not http.closing:
                try:
                    request = http.next_request()
                except HttpRefusal as refusal:
                    for chunk in http.refuse(refusal):
                        stream.send(chunk, IDLE_SECONDS)
                    break
                if request is None:
                    early = http.pending_output()
                    if early:
                        stream.send(early, IDLE_SECONDS)
                    data = stream.receive(_CHUNK, IDLE_SECONDS)
                    if not data:
                        break
                    http.receive(data)
                    continue
                response = web.handle(request, peer, stop)
                if served.port.state is not PortState.STARTED:
                    response.close = True
                self._observe(peer.address, response)
                for chunk in http.render(request, response):
                    stream.send(chunk, IDLE_SECONDS)
        finally:
            stream.close()
