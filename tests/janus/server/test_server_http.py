"""Web connections over loopback: keeping, pipelining, limits, deadlines, slow readers."""

from __future__ import annotations

import socket
import threading

import pytest

from soul.janus.http.connection import HttpLimits
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.peer import Peer
from soul.janus.server.limits import ServerLimits


@pytest.mark.parametrize("tls", [False, True])
def test_keep_alive(make_server, tls):
    running = make_server()
    port = running.port(**({"SSL": ("JANSSL", "SERVER.PKEY")} if tls else {}))
    client = running.connect_tls(port) if tls else running.connect(port)
    for number in range(20):
        answer = client.get(f"/{number}")
        assert (answer.status, answer.body) == (200, f"GET /{number} ".encode())
        assert "connection" not in answer.headers
    assert port.counters.connects == 1


def test_peer_reaches_the_handler(make_server):
    def name(request: HttpRequest, peer: Peer, stop: list[str]) -> HttpResponse:
        subject = peer.chain[0].subject.rfc4514_string() if peer.chain else "nobody"
        return HttpResponse(body=f"{subject} {peer.address.host} {peer.protocol}".encode())

    running = make_server(name)
    port = running.port(SSL=("JANSSL", "SERVER.PKEY"), SSLCLCERT=True)
    assert b"Alice Archer" in running.connect_tls(port, "good").get().body
    assert running.connect_tls(port).get().body == b"nobody 127.0.0.1 32"


def test_pipelined_requests_are_answered_in_order(make_server):
    running = make_server()
    client = running.connect(running.port())
    client.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % n for n in range(50)))
    assert [client.answer().body for _ in range(50)] == [b"GET /%d " % n for n in range(50)]


def test_without_keepalive_the_connection_ends(make_server):
    running = make_server()
    client = running.connect(running.port(KEEPALIVE=0))
    assert client.get().headers["connection"] == "close"
    assert client.ended()


def test_half_closed_client_still_gets_its_answer(make_server):
    running = make_server()
    client = running.connect(running.port())
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    client.sock.shutdown(socket.SHUT_WR)
    assert client.answer().status == 200
    assert client.ended()


def test_request_that_stops_half_way(make_server):
    running = make_server()
    client = running.connect(running.port())
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
    client.sock.shutdown(socket.SHUT_WR)
    assert client.answer().status == 400
    running.journal.wait_for("SOUL.0762")


def test_malformed_request_is_refused_and_closed(make_server):
    running = make_server()
    client = running.connect(running.port())
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n")
    assert client.answer().status == 400
    assert client.ended()


def test_body_too_large_is_answered_although_the_client_still_sends(make_server):
    running = make_server(http_limits=HttpLimits(body_bytes=1000))
    client = running.connect(running.port())
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n")
    client.send(b"x" * 200_000)
    assert client.answer().status == 413
    assert client.ended()


def test_large_upload_arrives_whole(make_server):
    running = make_server(lambda request, peer, stop: HttpResponse(body=str(len(request.body)).encode()))
    port = running.port(SSL=("JANSSL", "SERVER.PKEY"), SSLIBSIZE=16384)
    for client in (running.connect(running.port()), running.connect_tls(port)):
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000)
        assert client.answer().body == b"3000000"
        assert client.get().body == b"0"


def test_record_longer_than_the_input_buffer_breaks_the_connection(make_server):
    running = make_server()
    port = running.port(SSL=("JANSSL", "SERVER.PKEY"))
    client = running.connect_tls(port)
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000)
    assert not client.ended() or not client.buffer
    running.journal.wait_for("MSIR.0386")
    assert running.connect_tls(port).get().status == 200


def test_continue_is_sent_before_the_body(make_server):
    running = make_server()
    client = running.connect(running.port())
    client.send(b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
    assert client.answer().status == 100
    client.send(b"ok")
    assert client.answer().body == b"POST /p ok"


def test_slow_head_is_limited_in_total(make_server):
    running = make_server()
    client = running.connect(running.port())
    assert client.get().status == 200  # the attack begins with the second request
    for byte in b"GET / HT":
        client.send(bytes([byte]))
    wait_for_phase(running, "HEAD")
    running.pass_time(11)
    assert client.answer().status == 408
    assert client.ended()


def test_body_must_show_progress(make_server):
    running = make_server()
    client = running.connect(running.port())
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
    wait_for_phase(running, "BODY")
    running.pass_time(11)
    assert client.answer().status == 408


def test_idle_connection_ends_after_keepalive(make_server):
    running = make_server()
    client = running.connect(running.port(KEEPALIVE=30))
    assert client.get().status == 200
    wait_for_phase(running, "IDLE")
    running.pass_time(29)
    assert client.get().status == 200
    wait_for_phase(running, "IDLE")
    running.pass_time(31)
    assert client.ended()


def test_timeout_ends_a_silent_connection(make_server):
    running = make_server()
    client = running.connect(running.port(TIMEOUT=5))
    assert client.get().status == 200
    wait_for_phase(running, "IDLE")
    running.pass_time(6)
    assert client.ended()


def test_slow_readers_of_large_pages_stop_nobody(make_server):
    page = b"p" * 50_000_000

    def handler(request: HttpRequest, peer: Peer, stop: list[str]) -> HttpResponse:
        return HttpResponse(body=page if request.path == "/large" else b"small")

    running = make_server(handler, limits=ServerLimits(sdaemons=2))
    port = running.port(SSL=("JANSSL", "SERVER.PKEY"))
    readers = [running.connect_tls(port) for _ in range(4)]
    for reader in readers:
        reader.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        reader.buffer += reader.sock.recv(1000)  # the response has begun
    assert running.connect_tls(port).get("/").body == b"small"
    assert len(readers[0].answer().body) == 50_000_000
    assert readers[0].get("/").body == b"small"


def test_reader_that_stops_reading_is_dropped(make_server):
    running = make_server(lambda request, peer, stop: HttpResponse(body=b"x" * 30_000_000))
    port = running.port()
    client = running.connect(port)
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_for(running, lambda c: c.owner.name == "IO" and bool(c.output))
    running.pass_time(31)
    running.journal.wait_for("does not read the response")
    assert not client.ended() or client.buffer == b""


def test_handler_that_fails_is_a_500_without_internals(make_server):
    def broken(request: HttpRequest, peer: Peer, stop: list[str]) -> HttpResponse:
        raise ZeroDivisionError("the secret detail")

    running = make_server(broken)
    answer = running.connect(running.port()).get()
    assert answer.status == 500
    assert b"secret" not in answer.body
    running.journal.wait_for("the secret detail")


def test_full_queue_is_answered_with_503(make_server):
    gate, entered = threading.Event(), threading.Event()

    def handler(request: HttpRequest, peer: Peer, stop: list[str]) -> HttpResponse:
        entered.set()
        gate.wait(20)
        return HttpResponse(body=b"done")

    running = make_server(handler, limits=ServerLimits(sdaemons=1, queue_length=1))
    port = running.port()
    first, second, third = (running.connect(port) for _ in range(3))
    first.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert entered.wait(20)
    second.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_for(running, lambda connection: connection.owner.name == "QUEUE")
    assert third.get().status == 503
    running.journal.wait_for("MSIR.0023")
    gate.set()
    assert first.answer().body == second.answer().body == b"done"


def test_longest_wait_for_a_sdaemon(make_server):
    gate, entered = threading.Event(), threading.Event()

    def handler(request: HttpRequest, peer: Peer, stop: list[str]) -> HttpResponse:
        entered.set()
        gate.wait(20)
        return HttpResponse(body=b"done")

    running = make_server(handler, limits=ServerLimits(sdaemons=1, request_seconds=0))
    port = running.port()
    first, second = running.connect(port), running.connect(port)
    first.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert entered.wait(20)
    second.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_for(running, lambda connection: connection.owner.name == "QUEUE")
    running.pass_time(31)
    assert second.answer().status == 503
    gate.set()
    assert first.answer().body == b"done"


def test_an_error_while_waiting_for_the_sockets_is_not_the_end(make_server):
    running = make_server()
    port = running.port()
    client = running.connect(port)
    assert client.get("/before").status == 200
    poller, failures = running.server._io._poller, [OSError(9, "a bad descriptor"), RuntimeError("a fault")]
    wait = poller.wait

    def failing(timeout):
        if failures:
            raise failures.pop()
        return wait(timeout)

    poller.wait = failing
    for number in range(3):
        assert client.get(f"/{number}").status == 200
    running.journal.wait_for("SOUL.0765: Internal error while waiting for the sockets: RuntimeError: a fault")
    running.journal.wait_for("a bad descriptor")


def wait_for(running, condition):
    """Wait until a connection of the first port is in some state, by asking the I/O loop itself."""
    served = running.server._served["PORT0"]
    for _ in range(100_000):
        seen = threading.Event()
        found: list[bool] = []
        running.server._io.call(
            lambda found=found, seen=seen: (found.append(any(condition(c) for c in served.snapshot())), seen.set())
        )
        assert seen.wait(20)
        if found[0]:
            return
    raise AssertionError("the state was never reached")


def wait_for_phase(running, name):
    """Wait until the I/O loop owns a connection whose deadline is that of a phase."""
    wait_for(running, lambda c: c.owner.name == "IO" and getattr(c.phase, "name", "") == name)
