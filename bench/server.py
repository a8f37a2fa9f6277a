"""Web ports with client certificates beside gunicorn and nginx, as server CPU per unit; memory of idle connections.

The clients run in this process, so their cost counts for nobody. Set SOUL_BENCH_SCALE (default 1) to shorten a run.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.processes import SESSIONS_KEPT, ServerProcess, gunicorn, nginx, soul_serve, write_files

CONNECTIONS = 16
REQUESTS = 8000
HANDSHAKES = 600
IDLE = 5000
ROUNDS = 5
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

Load = Callable[[], None]


@dataclass(frozen=True)
class Figure:
    """Seconds per unit of one server: the median of the rounds, and the least: other work on the machine only adds."""

    median: float
    least: float


@dataclass(frozen=True)
class Target:
    """A limit the project sets itself: the most in absolute terms, and for the median as a multiple of a peer."""

    most: float | None = None
    peer: str = ""
    ratio: float | None = None


class LoadClient:
    """Connections with a client certificate to one server; blocking, since only the server's time counts."""

    def __init__(self, folder: Path, number: int) -> None:
        self._context = ssl.create_default_context(cafile=str(folder / "root.pem"))
        self._context.minimum_version = ssl.TLSVersion.TLSv1_3
        self._context.load_cert_chain(folder / "client.pem")
        self._number = number

    def connect(self) -> ssl.SSLSocket:
        """Make one connection with a full handshake."""
        raw = socket.create_connection(("127.0.0.1", self._number), 60)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._context.wrap_socket(raw, server_hostname="localhost")

    @staticmethod
    def read(sock: ssl.SSLSocket) -> bytes:
        """Read one response and return it."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += _some(sock)
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += _some(sock)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"unexpected response {head!r}")
        return body

    @contextlib.contextmanager
    def keep_alive(self, count: int) -> Iterator[Load]:
        """Give a load of `count` requests over CONNECTIONS open connections, all of which are busy at the same time."""
        with contextlib.ExitStack() as stack:
            socks = [stack.enter_context(self.connect()) for _ in range(CONNECTIONS)]

            def load() -> None:
                for _ in range(count // CONNECTIONS):
                    for sock in socks:
                        sock.sendall(REQUEST)
                    for sock in socks:
                        self.read(sock)

            yield load

    @contextlib.contextmanager
    def handshakes(self, count: int) -> Iterator[Load]:
        """Give a load of `count` connections, each with one request."""

        def load() -> None:
            for _ in range(count):
                with self.connect() as sock:
                    sock.sendall(REQUEST)
                    self.read(sock)

        yield load


def _some(sock: ssl.SSLSocket) -> bytes:
    data = sock.recv(65536)
    if not data:
        raise RuntimeError("the server closed the connection")
    return data


def main() -> None:
    """Run everything and print the tables."""
    scale = float(os.environ.get("SOUL_BENCH_SCALE", "1"))
    _raise_descriptor_limit()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder)
        cache = nginx(folder, "nginx, sessions kept", SESSIONS_KEPT)
        with soul_serve(folder) as ours, gunicorn(folder) as wsgi, nginx(folder) as plain, cache as keeping:
            _check_page(LoadClient(folder, ours.number))
            servers = [server for server in (ours, wsgi, plain) if server is not None]
            connecting = servers if keeping is None else [*servers, keeping]
            requests = max(CONNECTIONS, int(REQUESTS * scale))
            _table(
                "keep-alive request with client certificate",
                _cpu(folder, servers, requests, LoadClient.keep_alive),
                Target(80e-6, "gunicorn gthread", 0.4),
            )
            _table(
                "full mTLS handshake and one request",
                _cpu(folder, connecting, max(5, int(HANDSHAKES * scale)), LoadClient.handshakes),
                Target(None, "nginx return 200", 1.3),
            )
            _idle(folder, servers, max(20, int(IDLE * scale)))


def _check_page(client: LoadClient) -> None:
    """Make sure that the certificate reaches the page: a figure for anything else would be worth nothing."""
    with client.connect() as sock:
        sock.sendall(REQUEST)
        page = client.read(sock)
    if b"Alice Archer" not in page or page.count(b"\n") < 10:
        raise RuntimeError(f"the page is not the expected one: {page!r}")


def _cpu(
    folder: Path,
    servers: list[ServerProcess],
    count: int,
    prepared: Callable[[LoadClient, int], contextlib.AbstractContextManager[Load]],
) -> dict[str, Figure]:
    """Return server CPU seconds per unit by server name, from rounds that take turns."""
    seen: dict[str, list[float]] = {server.name: [] for server in servers}
    for server in servers:  # warm up: caches, threads
        with prepared(LoadClient(folder, server.number), max(CONNECTIONS, count // 10)) as load:
            load()
    for _ in range(ROUNDS):
        for server in servers:
            with prepared(LoadClient(folder, server.number), count) as load:
                before = server.cpu_seconds()
                load()
                seen[server.name].append((server.cpu_seconds() - before) / count)
    return {name: Figure(statistics.median(values), min(values)) for name, values in seen.items()}


def _table(title: str, figures: dict[str, Figure], target: Target) -> None:
    ours = figures["soul serve"]
    print(f"{title}: median and least of {ROUNDS} rounds")
    for name, figure in figures.items():
        ratio = ours.median / figure.median if figure.median else 0
        beside = "" if name == "soul serve" else f"   soul serve / {name}: {ratio:6.2f}"
        print(f"  {name:<20} {figure.median * 1e6:10.1f} us {figure.least * 1e6:10.1f} us{beside}")
    if target.most is not None:
        median, least = _verdict(ours.median <= target.most), _verdict(ours.least <= target.most)
        print(f"  limit {target.most * 1e6:g} us: median {median}, least {least}")
    peer = figures.get(target.peer)
    if target.ratio is not None:
        verdict = _verdict(ours.median / peer.median <= target.ratio) if peer else "not measured, for want of the peer"
        print(f"  limit {target.ratio:g} times {target.peer}: {verdict}")


def _idle(folder: Path, servers: list[ServerProcess], count: int) -> None:
    """Print the memory of idle keep-alive connections, each of which has had a request."""
    print(f"{count} idle keep-alive connections with client certificate")
    for server in servers:
        client = LoadClient(folder, server.number)
        before = server.memory()
        with contextlib.ExitStack() as stack:
            for _ in range(count):
                sock = stack.enter_context(client.connect())
                sock.sendall(REQUEST)
                client.read(sock)
            each = (server.memory() - before) / count / 1024
            verdict = f"   limit 60 KB: {_verdict(each <= 60)}" if server.name == "soul serve" else ""
            print(f"  {server.name:<20} {each:10.1f} KB each{verdict}")


def _verdict(kept: bool) -> str:
    return "ok" if kept else "OVER"


def _raise_descriptor_limit() -> None:
    from soul.janus.server.listening import raise_descriptor_limit

    raise_descriptor_limit()
