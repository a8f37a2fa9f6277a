"""TLS as a blocking stream: handshake, deadlines, farewells, and the alert that must arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from soul.janus.stream import Address, StreamError, StreamInterrupted, StreamTimeout
from soul.janus.tls.engine import TlsEngine
from soul.janus.tls.stream import TlsStream
from soul.janus.tls.verdicts import TlsBroken, TlsRefused, TlsTruncated
from soul.testing.pipe import connected_pair

PROTOCOLS = pytest.mark.parametrize("protocol", [16, 32], ids=["tls12", "tls13"])
CLIENT, SERVER = Address("127.0.0.1", 40000), Address("127.0.0.1", 9743)


class Side:
    """What one end does, in a thread of its own."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.result: object = None
        self.error: BaseException | None = None

        def run() -> None:
            try:
                self.result = work()
            except BaseException as error:
                self.error = error

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def join(self) -> object:
        self._thread.join(20)
        assert not self._thread.is_alive()
        if self.error is not None:
            raise self.error
        return self.result


def streams(bench, identity, protocol) -> tuple[TlsStream, TlsStream]:
    near, far = connected_pair(CLIENT, SERVER)
    client = TlsStream(near, TlsEngine(bench.client(identity, protocol), server_name="localhost"))
    return client, TlsStream(far, TlsEngine(bench.tls.current()))


def connected(bench, identity, protocol) -> tuple[TlsStream, TlsStream]:
    client, server = streams(bench, identity, protocol)
    side = Side(server.handshake)
    client.handshake()
    side.join()
    return client, server


def shake_and(client: TlsStream, data: bytes) -> None:
    """Handshake, send and read: what a refused client gets through of it."""
    client.handshake()
    client.send(data, 10)
    client.receive(10, 10)


@PROTOCOLS
def test_talk(make_bench, pki, protocol):
    client, server = connected(make_bench("SSLCLCERTR"), pki.clients["good"], protocol)
    assert server.peer.address == CLIENT
    assert server.peer.local == SERVER
    assert len(server.peer.chain) == 2
    assert client.peer.chain[0] == pki.server.certificate
    big = bytes(range(256)) * 4000
    side = Side(lambda: server.send(big, 10))
    got = b""
    while len(got) < len(big):
        got += client.receive(100_000, 10)
    side.join()
    assert got == big
    client.send(b"question", 10)
    assert server.receive(4, 10) + server.receive(10, 10) == b"question"
    client.finish()
    assert server.receive(10, 10) == b""
    server.send(b"answer", 10)
    assert client.receive(10, 10) == b"answer"
    server.close()
    server.close()
    assert client.receive(10, 10) == b""
    client.close()


@PROTOCOLS
@pytest.mark.parametrize(
    ("name", "alerts"), [(None, {16: 40, 32: 116}), ("expired", {16: 45, 32: 45}), ("oversized", {16: 80, 32: 80})]
)
def test_refused_client_reads_the_alert(make_bench, pki, name, alerts, protocol):
    bench = make_bench("SSLCLCERTR")
    client, server = streams(bench, pki.clients[name] if name else None, protocol)
    side = Side(server.handshake)
    with pytest.raises((TlsRefused, TlsBroken)) as caught:
        shake_and(client, b"")
    assert f"alert {alerts[protocol]} " in str(caught.value)
    assert client.engine.alert_received == alerts[protocol]
    client.carrier.close()
    with pytest.raises(TlsRefused) as refused:
        side.join()
    assert refused.value.refusal.message.number == "MSIR.0646"
    assert server.refusal is refused.value.refusal


@PROTOCOLS
def test_alert_reaches_a_client_that_is_still_sending(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    client, server = streams(bench, pki.clients["expired"], protocol)
    side = Side(server.handshake)
    with pytest.raises(StreamError) as caught:
        shake_and(client, bytes(200_000))
    assert "alert 45 (certificate_expired)" in str(caught.value)
    client.carrier.close()
    with pytest.raises(TlsRefused):
        side.join()


def test_silent_client_is_given_up(make_bench):
    bench = make_bench()
    client, server = streams(bench, None, 32)
    side = Side(lambda: server.handshake(0.05))
    assert client.carrier.receive(10, 10) == b""
    client.carrier.close()
    with pytest.raises(TlsRefused, match=r"SOUL\.0701: .* client did not finish the handshake within 0\.05 seconds"):
        side.join()
    assert bench.port.counters.errors == 1


def test_receive_has_a_deadline(make_bench):
    client, server = connected(make_bench(), None, 32)
    with pytest.raises(StreamTimeout):
        server.receive(10, 0.01)
    client.send(b"later", 10)
    assert server.receive(10, 10) == b"later"


def test_interrupt(make_bench):
    client, server = connected(make_bench(), None, 32)
    side = Side(lambda: server.receive(10, 10))
    server.interrupt()
    with pytest.raises(StreamInterrupted):
        side.join()
    assert client.peer.secure


@PROTOCOLS
def test_end_without_farewell_is_told_apart(make_bench, protocol):
    client, server = connected(make_bench(), None, protocol)
    client.carrier.finish()
    with pytest.raises(TlsTruncated, match="without an SSL farewell"):
        server.receive(10, 10)


@PROTOCOLS
def test_damaged_record(make_bench, protocol):
    client, server = connected(make_bench(), None, protocol)
    client.carrier.send(b"\x17\x03\x03\x00\x20" + bytes(32), 10)
    with pytest.raises(TlsBroken):
        server.receive(10, 10)
    with pytest.raises(TlsBroken, match=r"alert 20 \(bad_record_mac\)"):
        client.receive(10, 10)


def test_plain_http(make_bench):
    near, far = connected_pair(CLIENT, SERVER)
    side = Side(TlsStream(far, TlsEngine(make_bench().tls.current())).handshake)
    near.send(b"GET / HTTP/1.0\r\n\r\n", 10)
    assert near.receive(1000, 10).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    near.close()
    with pytest.raises(TlsRefused, match=r"MSIR\.0903"):
        side.join()


@PROTOCOLS
def test_abort_forgets_the_session_and_close_keeps_it(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    client, server = connected(bench, good, protocol)
    server.send(b"x", 10)
    client.receive(1, 10)
    session = client.engine.client_session()
    server.close()
    del server
    assert bench.meet(good, protocol, resume=session).server.resumed
