"""TLS on non-blocking sockets, as the live server uses it; also against a client that nobody here wrote."""

from __future__ import annotations

import contextlib
import select
import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from soul.janus.peer import Peer
from soul.janus.tls import wrapper
from soul.janus.tls.direct import TlsSocket
from soul.janus.tls.verdicts import Progress, Refusal, TlsRefused, TlsTruncated

PROTOCOLS = pytest.mark.parametrize("protocol", [16, 32], ids=["tls12", "tls13"])


@pytest.fixture(autouse=True, params=["short", "own"])
def way(request, monkeypatch) -> None:
    """Everything goes the short way to OpenSSL, and that of pyOpenSSL itself when the short one is not there."""
    assert wrapper.SHORT is not None, "pyOpenSSL has changed: see soul/janus/tls/wrapper.py"
    if request.param == "own":
        monkeypatch.setattr(wrapper, "SHORT", None)


def shake(tls: TlsSocket) -> Progress:
    """Do a whole handshake, waiting as a poller would."""
    while (progress := tls.handshake()) not in (Progress.DONE, Progress.FAILED):
        reading = progress is Progress.WANT_READ
        ready = select.select([tls] if reading else [], [] if reading else [tls], [], 10)
        assert any(ready)
    return progress


def read(tls: TlsSocket, limit: int = 65536) -> bytes:
    while (data := tls.receive(limit)) is None:
        assert select.select([tls], [], [], 10)[0]
    return data


def pair(bench, identity, protocol, resume=None) -> tuple[TlsSocket, TlsSocket]:
    left, right = socket.socketpair()
    client = TlsSocket(bench.client(identity, protocol), left, server_name="localhost", resume=resume)
    client.handshake()
    server = TlsSocket(bench.tls.current(), right)
    thread = threading.Thread(target=lambda: shake(client), daemon=True)
    thread.start()
    shake(server)
    thread.join(10)
    return client, server


@PROTOCOLS
def test_talk(make_bench, pki, protocol):
    client, server = pair(make_bench("SSLCLCERTR"), pki.clients["good"], protocol)
    assert server.peer_facts().protocol == protocol
    assert len(server.peer_facts().chain) == 2
    assert server.receive(10) is None  # at once, whatever time-out the socket had
    assert server.wants_read
    client.send(b"question")
    assert read(server, 3) == b"que"
    assert server.buffered == 5
    assert server.receive(100) == b"stion"
    client.finish()
    assert read(server) == b""
    server.send(b"answer")
    assert read(client) == b"answer"
    server.close()
    server.close()
    assert server.sock.fileno() == -1


@PROTOCOLS
def test_full_socket_takes_nothing_and_goes_on_later(make_bench, protocol):
    client, server = pair(make_bench(), None, protocol)
    data = memoryview(bytes(range(256)) * 8000)
    sent = 0
    while count := server.send(data[sent:]):
        sent += count
    assert 0 < sent < len(data)
    assert not server.wants_read
    got = b""
    while len(got) < len(data):
        got += client.receive(65536) or b""
        sent += server.send(data[sent:]) if sent < len(data) else 0
    assert got == data


@PROTOCOLS
def test_resumption(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    client, server = pair(bench, good, protocol)
    family = server.session
    for _ in range(3):
        server.send(b"x")
        read(client)
        session = client.client_session()
        client.close()  # a client that vanishes makes its own session unusable
        server.close()
        client, server = pair(bench, good, protocol, session)
        assert server.resumed
        assert server.session is family


@PROTOCOLS
def test_abort_makes_openssl_forget_the_session(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    client, server = pair(bench, good, protocol)
    server.send(b"x")
    read(client)
    session = client.client_session()
    server.abort()
    del server
    assert not pair(bench, good, protocol, session)[1].resumed


def test_end_without_farewell(make_bench):
    client, server = pair(make_bench(), None, 32)
    client.sock.shutdown(socket.SHUT_WR)
    with pytest.raises(TlsTruncated):
        read(server)


@PROTOCOLS
def test_a_peer_that_vanishes_is_noticed_without_reading(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    client, server = pair(bench, good, protocol)
    assert not server.vanished()
    server.send(b"x")
    client.send(b"last words")
    assert read(client) == b"x"
    session = client.client_session()
    client.sock.shutdown(socket.SHUT_WR)
    assert not server.vanished()  # there is something to read
    assert read(server) == b"last words"
    assert server.vanished()
    server.close()
    del server
    assert client.sock.recv(100) == b""  # neither an alert nor a farewell
    if protocol == 16:
        assert not pair(bench, good, protocol, session)[1].resumed


def test_a_peer_that_took_its_leave_has_not_vanished(make_bench):
    client, server = pair(make_bench(), None, 32)
    client.finish()
    assert not server.vanished()
    assert read(server) == b""
    assert not server.vanished()


def test_record_limit(make_bench):
    client, server = pair(make_bench(SSLIBSIZE=1024), None, 32)
    client.send(bytes(1025))
    with pytest.raises(TlsRefused, match=r"MSIR\.0386"):
        read(server)


def test_plain_http(make_bench):
    left, right = socket.socketpair()
    left.sendall(b"GET / HTTP/1.1\r\n\r\n")
    server = TlsSocket(make_bench().tls.current(), right)
    assert shake(server) is Progress.FAILED
    server.begin_drain()
    assert left.recv(1000).startswith(b"HTTP/1.1 400 ")
    left.close()
    while not server.drain():
        assert select.select([server], [], [], 10)[0]
    server.close()


class Listener:
    """A port on loopback that greets, reads to the end, and keeps what it learned."""

    def __init__(self, bench, connections: int) -> None:
        self.seen: list[Peer | Refusal] = []
        self.resumed: list[bool] = []
        self._bench = bench
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(connections,), daemon=True)
        self._thread.start()

    def _serve(self, connections: int) -> None:
        for _ in range(connections):
            sock, _ = self._socket.accept()
            tls = TlsSocket(self._bench.tls.current(), sock)
            if shake(tls) is Progress.DONE:
                self.seen.append(tls.peer_facts())
                self.resumed.append(tls.resumed)
                tls.send(b"hello\n")
                with contextlib.suppress(TlsTruncated):
                    while read(tls):
                        pass
            else:
                assert tls.refusal is not None
                self.seen.append(tls.refusal)
                tls.begin_drain()
                while not tls.drain():
                    select.select([tls], [], [], 2)
            tls.close()

    def join(self) -> None:
        self._thread.join(20)
        assert not self._thread.is_alive()
        self._socket.close()


@pytest.fixture
def files(tmp_path: Path, pki) -> dict[str, str]:
    found = {"root": tmp_path / "root.pem"}
    found["root"].write_text(pki.root.certificate_pem)
    for name, identity in pki.clients.items():
        found[name] = tmp_path / f"{name}.pem"
        found[name].write_text(identity.pem)
    return {name: str(path) for name, path in found.items()}


@PROTOCOLS
@pytest.mark.parametrize(("name", "text"), [("expired", "certificate expired"), ("unknown", "unknown ca"), (None, "")])
def test_python_client_that_is_still_sending_reads_the_alert(make_bench, files, name, text, protocol):
    listener = Listener(make_bench("SSLCLCERTR"), 1)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the test's clock is not this machine's
    version = ssl.TLSVersion.TLSv1_2 if protocol == 16 else ssl.TLSVersion.TLSv1_3
    context.minimum_version = context.maximum_version = version
    if name:
        context.load_cert_chain(files[name])
    expected = text or ("handshake failure" if protocol == 16 else "certificate required")

    def post() -> None:
        with context.wrap_socket(socket.create_connection(("127.0.0.1", listener.port), 10)) as client:
            client.sendall(bytes(200_000))
            client.recv(10)

    with pytest.raises(ssl.SSLError) as caught:
        post()
    listener.join()
    assert expected in str(caught.value).replace("_", " ").lower()
    assert isinstance(listener.seen[0], Refusal)


@pytest.mark.interop
@PROTOCOLS
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_client_stays_in_its_family(make_bench, files, tmp_path, protocol):
    listener = Listener(make_bench("SSLCLCERTR"), 4)
    session = str(tmp_path / "session.pem")
    version = "-tls1_2" if protocol == 16 else "-tls1_3"
    base = ["openssl", "s_client", "-connect", f"127.0.0.1:{listener.port}", version, "-sess_out", session]
    base += ["-cert", files["good"], "-key", files["good"]]
    for number in range(4):
        command = base + (["-sess_in", session] if number else [])
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
            output = b""
            while b"hello" not in output:
                piece = run.stdout.read1(4096)
                assert piece, output
                output += piece
            run.communicate(b"Q\n", 10)  # leaves with close_notify; a killed client loses its session
    listener.join()
    assert listener.resumed == [False, True, True, True]
    assert len({id(peer.session) for peer in listener.seen}) == 1
    assert all(len(peer.chain) == 2 for peer in listener.seen)
