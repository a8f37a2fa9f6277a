"""Ports over loopback: START, DRAIN, FORCE, limits before the handshake, socket programs, the poller itself."""

from __future__ import annotations

import errno
import gc
import selectors
import socket
import sys
import threading
import time

import pytest

from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.peer import Peer
from soul.janus.port import PortState, PortType
from soul.janus.server import server
from soul.janus.server.connection import Connection
from soul.janus.server.jobs import JobQueue
from soul.janus.server.limits import ServerLimits
from soul.janus.server.poller import HANGUP, READ, WRITE, GroupSelector, new_poller, portable_selector
from soul.janus.server.stopping import StopSignal
from soul.janus.stream import ByteStream, StreamError, StreamInterrupted
from soul.online.command import CommandError
from soul.runtime.errors import Stopped

PATIENCE = 20


class Gate:
    """A handler that waits inside until the test lets it go, or until it is stopped."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()
        self.stopped_by: list[str] = []

    def __call__(self, request: HttpRequest, peer: Peer, stop: list[str]) -> HttpResponse:
        self.entered.release()
        while not self.open.is_set():  # a program in an endless loop, as compiled: it looks at the flag
            if stop:
                self.stopped_by.append(stop[0])
                raise Stopped(stop[0])
        return HttpResponse(body=b"finished")


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open.set()


def test_start_announces_the_address(make_server):
    running = make_server()
    port = running.port()
    assert running.announced == [("PORT0", "127.0.0.1", port.bound)]
    assert port.state is PortState.STARTED


def test_bindaddr_is_used_when_no_host_is_given(make_server):
    running = make_server(host=None)
    running.port(BINDADDR="127.0.0.1")
    running.port()
    assert [host for _, host, _ in running.announced] == ["127.0.0.1", "0.0.0.0"]


def test_numbers_replace_the_definition(make_server):
    running = make_server(numbers={"PORT0": 0})
    port = running.port(number=9)
    assert port.bound not in (None, 9)
    assert running.connect(port).get().status == 200


def test_port_number_in_use(make_server):
    running = make_server()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = running.port(number=other.getsockname()[1], start=False)
        with pytest.raises(CommandError, match=rf"port number {port.definition.number} is in use on 127.0.0.1"):
            running.server.start(port, None)
    assert (port.state, port.bound) == (PortState.STOPPED, None)
    running.server.start(port, None)
    assert running.connect(port).get().status == 200


def test_address_that_is_not_ours(make_server):
    running = make_server(host="192.0.2.1")
    with pytest.raises(CommandError, match="not an address of this machine"):
        running.port()


def test_failing_tls_settings_leave_the_port_stopped(make_server):
    running = make_server()
    port = running.port(start=False, SSL=("JANSSL", "SERVER.PKEY"), SSLPROT=0)
    with pytest.raises(Exception, match=r".") as caught:
        running.server.start(port, None)
    assert "Traceback" not in str(caught.value)
    assert port.state is PortState.STOPPED


def test_maxcon_refuses_before_tls_and_counts_handshakes(make_server):
    running = make_server()
    port = running.port(maximum=2, SSL=("JANSSL", "SERVER.PKEY"))
    client = running.connect_tls(port)
    assert client.get().status == 200
    silent = running.connect(port)  # never says anything, still holds its place
    refused = running.connect(port)
    assert refused.ended()
    running.journal.wait_for("MSIR.0020")
    assert port.counters.refused == 1
    running.pass_time(11)
    assert silent.ended()
    running.journal.wait_for("did not finish the handshake within 10 seconds")
    assert running.connect_tls(port).get().status == 200


def test_address_rule_refuses_before_tls(make_server, stopped):
    running = make_server()
    port = running.port(SSL=("JANSSL", "SERVER.PKEY"))
    running.address_rule = lambda address: address.host != "127.0.0.1"
    assert running.connect(port).ended()
    running.journal.wait_for("SOUL.0760")
    running.server.drain(port)
    stopped(port, running.server)
    assert (port.counters.active, port.counters.refused) == (0, 1)


def test_required_certificate_is_refused_with_an_alert(make_server):
    running = make_server()
    port = running.port(SSL=("JANSSL", "SERVER.PKEY"), SSLCLCERTR=True)
    client = running.connect_tls(port)
    with pytest.raises(Exception, match=r"certificate required|CERTIFICATE_REQUIRED"):
        client.get()
    running.journal.wait_for("MSIR.0646")
    assert running.connect_tls(port, "good").get().status == 200


def test_a_tls_client_that_vanishes_leaves_its_place(make_server, stopped):
    running = make_server()
    port = running.port(SSL=("JANSSL", "SERVER.PKEY"))
    idle, begun, served = [running.connect_tls(port) for _ in range(3)]
    assert idle.get().status == 200
    begun.send(b"GET / HTTP/1.1\r\nHost")
    served.send(b"GET /last HTTP/1.1\r\nHost: a\r\n\r\n")
    for client in (idle, begun, served):
        socket.socket.shutdown(client.sock, socket.SHUT_WR)  # below TLS: no farewell is said
    assert served.answer().body == b"GET /last "  # it only sends no more
    for client in (idle, begun, served):
        client.ended()  # with an alert or without: nobody reads it
    running.server.drain(port)
    stopped(port, running.server)
    assert not [line for line in running.journal.lines if "SOUL.0764" in line]


def test_plain_http_on_a_tls_port(make_server):
    running = make_server()
    port = running.port(SSL=("JANSSL", "SERVER.PKEY"))
    client = running.connect(port)
    answer = client.get()
    assert answer.status == 400
    assert client.ended()
    running.journal.wait_for("MSIR.0903")


def test_drain_finishes_what_runs_and_ends_what_is_idle(make_server, gate, stopped):
    running = make_server(gate)
    port = running.port()
    busy, idle = running.connect(port), running.connect(port)
    gate.open.set()
    assert idle.get().status == 200
    gate.open.clear()
    gate.entered.acquire()
    busy.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert gate.entered.acquire(timeout=PATIENCE)
    bound = port.bound
    running.server.drain(port)
    assert port.state is PortState.DRAINING
    assert idle.ended()
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", bound), PATIENCE)
    gate.open.set()
    answer = busy.answer()
    assert (answer.body, answer.headers["connection"]) == (b"finished", "close")
    busy.close()
    stopped(port, running.server)
    running.server.start(port, None)
    assert running.connect(port).get().status == 200


def test_force_ends_an_endless_loop(make_server, gate, stopped):
    running = make_server(gate)
    port = running.port()
    client = running.connect(port)
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert gate.entered.acquire(timeout=PATIENCE)
    idle = running.connect(port)
    running.server.force(port)
    client.ended()
    idle.ended()
    stopped(port, running.server)
    assert gate.stopped_by == ["the port was forced"]
    assert port.counters.active == 0


def test_program_goes_on_after_its_page_was_sent(make_server, gate, stopped):
    running = make_server(gate, finishes_late=True)
    port = running.port()
    client = running.connect(port)
    for _ in range(3):  # the connection is free again at once; each request keeps its own sdaemon
        assert client.get().body == b"early"
        assert gate.entered.acquire(timeout=PATIENCE)
    client.close()
    running.server.drain(port)
    stopped(port, running.server)
    assert not running.server.stopped
    assert len(running.server.running()) == 3
    running.server.force_all()
    for _ in range(3):
        running.journal.wait_for("SOUL.0763")


def test_force_stops_a_program_whose_page_was_sent(make_server, gate, stopped):
    running = make_server(gate, finishes_late=True)
    port = running.port()
    assert running.connect(port).get().body == b"early"
    assert gate.entered.acquire(timeout=PATIENCE)
    running.server.force(port)
    stopped(port, running.server)
    running.journal.wait_for("SOUL.0763")
    assert gate.stopped_by == ["the port was forced"]


def test_run_time_limit_cancels_and_answers(make_server, gate):
    running = make_server(gate, limits=ServerLimits(sdaemons=2, request_seconds=5))
    client = running.connect(running.port())
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert gate.entered.acquire(timeout=PATIENCE)
    running.pass_time(6)
    assert client.answer().status == 503
    running.journal.wait_for("run time limit of 5 seconds")


def test_stuck_procedures_are_named(make_server, stopped):
    entered, release = threading.Event(), threading.Event()

    def stuck(request: HttpRequest, peer: Peer, stop: list[str]) -> HttpResponse:
        entered.set()
        release.wait(PATIENCE)  # a system call that hears no flag
        return HttpResponse()

    running = make_server(stuck)
    port = running.port()
    client = running.connect(port)
    client.send(b"GET /stuck?password=1 HTTP/1.1\r\nHost: a\r\n\r\n")
    assert entered.wait(PATIENCE)
    running.server.force_all()
    assert running.server.report_stuck() == ["PORT0 GET /stuck"]
    release.set()
    stopped(port, running.server)


@pytest.mark.parametrize("tls", [False, True])
def test_socket_program_owns_its_connection(make_server, stopped, tls):
    def program(stream: ByteStream, peer: Peer, stop: list[str]) -> None:
        while data := stream.receive(100, PATIENCE):
            stream.send(data.upper(), PATIENCE)
        stream.send(b"bye", PATIENCE)

    running = make_server(socket=program)
    port = running.port(kind=PortType.SRVSOCK, **({"SSL": ("JANSSL", "SERVER.PKEY")} if tls else {}))
    client = running.connect_tls(port) if tls else running.connect(port)
    client.send(b"hello")
    assert client.sock.recv(100) == b"HELLO"
    if tls:
        client.close()
    else:
        client.sock.shutdown(socket.SHUT_WR)
        assert client.sock.recv(100) == b"bye"
        assert client.ended()
    running.server.drain(port)
    stopped(port, running.server)


def test_socket_connection_is_refused_without_a_free_sdaemon(make_server, stopped):
    entered = threading.Event()
    ends: list[str] = []

    def program(stream: ByteStream, peer: Peer, stop: list[str]) -> None:
        entered.set()
        try:
            stream.receive(100, None)
        except StreamInterrupted:
            ends.append(stop[0])

    running = make_server(socket=program, limits=ServerLimits(sdaemons=1))
    port = running.port(kind=PortType.SRVSOCK)
    running.connect(port)
    assert entered.wait(PATIENCE)
    assert running.connect(port).ended()
    running.journal.wait_for("MSIR.0023")
    running.server.force(port)
    stopped(port, running.server)
    assert ends == ["the port was forced"]


def test_socket_read_times_out(make_server):
    seen: list[str] = []

    def program(stream: ByteStream, peer: Peer, stop: list[str]) -> None:
        try:
            stream.receive(100, 0.01)
        except StreamError as error:
            seen.append(type(error).__name__)

    running = make_server(socket=program)
    assert running.connect(running.port(kind=PortType.SRVSOCK)).ended()
    assert seen == ["StreamTimeout"]


def test_client_port_starts_and_stops_without_listening(make_server):
    running = make_server()
    port = running.port(kind=PortType.CLSOCK)
    assert (port.state, port.bound, running.announced) == (PortState.STARTED, None, [])
    running.server.drain(port)
    assert port.state is PortState.STOPPED


def test_port_types_without_a_server_are_refused(make_server):
    with pytest.raises(CommandError, match="OPENSERV ports are not available"):
        make_server().port(kind=PortType.OPENSERV)


def test_more_handshakes_than_allowed_wait_in_the_backlog(make_server):
    running = make_server(limits=ServerLimits(sdaemons=2, handshakes=2))
    port = running.port(SSL=("JANSSL", "SERVER.PKEY"))
    silent = [running.connect(port) for _ in range(4)]
    for client in silent:
        client.close()
    assert running.connect_tls(port).get().status == 200
    assert port.counters.high_water <= 3


@pytest.mark.parametrize("sdaemons", [1, 3])
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("command", ["drain", "force"])
def test_a_program_stops_ports(make_server, stopped, monkeypatch, command, own, sdaemons):
    """The sdaemon that runs it may be the one that drives, and nobody but the program says that it waits."""
    monkeypatch.setattr(JobQueue, "watch", lambda jobs: None)
    monkeypatch.setattr(server, "LISTENER_SECONDS", PATIENCE)
    refused: list[bool] = []

    def stops(request: HttpRequest, peer: Peer, stop: list[str]) -> HttpResponse:
        port = running.ports[0 if own else 1]
        bound = port.bound
        getattr(running.server, command)(port)
        with socket.socket() as sock:
            refused.append(sock.connect_ex(("127.0.0.1", bound)) == errno.ECONNREFUSED)
        return HttpResponse(body=b"stopped")

    running = make_server(stops, limits=ServerLimits(sdaemons=sdaemons))
    port, other = running.port(), running.port()
    client = running.connect(port)
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    if command == "force" and own:
        client.ended()
    else:
        assert client.answer().body == b"stopped"
    client.close()
    stopped(port if own else other, running.server)
    assert refused == [True]


class Exhausted:
    """A listener without file descriptors for the first `failures` connections."""

    def __init__(self, listener: socket.socket, failures: int) -> None:
        self.listener = listener
        self.failures = failures

    def fileno(self) -> int:
        return self.listener.fileno()

    def close(self) -> None:
        self.listener.close()

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        if self.failures:
            self.failures -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return self.listener.accept()


def test_without_descriptors_accepting_pauses(make_server):
    running = make_server()
    port = running.port()
    served = running.server._served["PORT0"]
    served.listener = exhausted = Exhausted(served.listener, 1)
    client = running.connect(port)
    running.journal.wait_for("SOUL.0768")
    assert exhausted.failures == 0
    assert port.counters.connects == 0
    running.pass_time(1.5)
    assert client.get().status == 200


def test_stop_signal_wakes_those_who_wait():
    stop, woken = StopSignal(), []

    def waker() -> None:
        woken.append(stop[0])

    stop.on_stop(waker)
    assert not stop
    stop.append("forced")
    stop.ignore(waker)
    stop.append("again")
    assert woken == ["forced"]
    stop.on_stop(waker)  # too late to wait: called at once
    assert woken == ["forced", "forced"]


def test_abort_resets_the_connection(make_server):
    def program(stream: ByteStream, peer: Peer, stop: list[str]) -> None:
        stream.receive(1, PATIENCE)
        stream.abort()

    running = make_server(socket=program)
    client = running.connect(running.port(kind=PortType.SRVSOCK))
    client.send(b"x")
    assert not client.ended()


def test_poller_reports_once_until_armed_again(poller):
    poll = poller()
    one, other = socket.socketpair()
    try:
        poll.add(one.fileno(), READ)
        assert poll.wait(0) == []
        other.send(b"x")
        assert poll.wait(5) == [(one.fileno(), READ)]
        assert poll.wait(0) == []
        poll.arm(one.fileno(), READ | WRITE)
        assert poll.wait(5) == [(one.fileno(), READ | WRITE)]
        poll.arm(one.fileno(), READ)
        poll.add(one.fileno(), READ | WRITE)  # known already
        assert poll.wait(5) == [(one.fileno(), READ | WRITE)]
        poll.arm(one.fileno(), READ)
        poll.forget(one.fileno())
        assert poll.wait(0) == []
        poll.wake()
        assert poll.wait(5) == []
    finally:
        one.close()
        other.close()
        poll.close()


def test_poller_keeps_listeners_armed(poller):
    poll = poller()
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        poll.keep(listener.fileno())
        assert poll.wait(0) == []
        with socket.create_connection(listener.getsockname()):
            for _ in range(2):
                assert poll.wait(5) == [(listener.fileno(), READ)]
            poll.forget(listener.fileno())
            assert poll.wait(0) == []
            poll.keep(listener.fileno())
            assert poll.wait(5) == [(listener.fileno(), READ)]
    finally:
        listener.close()
        poll.close()


def test_poller_tells_of_a_peer_that_sends_no_more():
    if sys.platform != "linux":
        pytest.skip("only the poller of Linux tells")
    poll = new_poller()
    one, other = socket.socketpair()
    try:
        poll.add(one.fileno(), READ)
        other.send(b"x")
        other.shutdown(socket.SHUT_WR)
        assert poll.wait(5) == [(one.fileno(), READ | HANGUP)]
        poll.arm(one.fileno(), WRITE)
        assert poll.wait(5) == [(one.fileno(), WRITE)]  # it may still read
    finally:
        one.close()
        other.close()
        poll.close()


def test_poller_hears_of_descriptors_armed_elsewhere(poller):
    poll = poller()
    one, other = socket.socketpair()
    other.send(b"x")
    thread = threading.Thread(target=lambda: poll.arm(one.fileno(), READ))
    try:
        poll.wait(0)
        thread.start()
        ready: list[tuple[int, int]] = []
        for _ in range(3):  # the wake-up itself may come first
            ready = ready or poll.wait(5)
        assert ready == [(one.fileno(), READ)]
    finally:
        thread.join()
        one.close()
        other.close()
        poll.close()


def test_sockets_in_groups_are_seen_wherever_they_are() -> None:
    pairs = [socket.socketpair() for _ in range(7)]
    try:
        with GroupSelector(2) as selector:
            for reader, _ in pairs:
                selector.register(reader, selectors.EVENT_READ)
            assert selector.select(0.0) == []
            assert selector.select(0.001) == []
            for _, writer in (pairs[0], pairs[6]):
                writer.send(b"x")
            assert [key.fileobj for key, _ in selector.select()] == [pairs[0][0], pairs[6][0]]
            selector.modify(pairs[3][0], selectors.EVENT_READ | selectors.EVENT_WRITE)
            pairs[3][1].send(b"x")
            found = {key.fileobj: events for key, events in selector.select(None)}
            assert found[pairs[3][0]] == selectors.EVENT_READ | selectors.EVENT_WRITE
    finally:
        for pair in pairs:
            for each in pair:
                each.close()


def test_where_there_is_only_select_it_works_in_groups(monkeypatch) -> None:
    assert not isinstance(portable_selector(), GroupSelector)
    monkeypatch.setattr(selectors, "DefaultSelector", selectors.SelectSelector)
    assert isinstance(portable_selector(), GroupSelector)


def test_idle_sdaemons_keep_no_connection(make_server, stopped):
    """A connection that is over is gone at once, and with it TLS settings that hold thousands of sessions."""
    together = threading.Barrier(3)

    def meet(request: HttpRequest, peer: Peer, stop: StopSignal) -> HttpResponse:
        stop.begin_wait()
        together.wait(PATIENCE)
        return HttpResponse(body=b"x")

    running = make_server(meet)
    port = running.port()
    clients = [running.connect(port) for _ in range(3)]
    for client in clients:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    gc.collect()
    gc.disable()
    try:
        for client in clients:
            assert client.answer().status == 200
            client.sock.close()
        running.server.drain(port)
        stopped(port, running.server)
        deadline = time.monotonic() + PATIENCE
        while kept := sum(type(item) is Connection and item.served.port is port for item in gc.get_objects()):
            assert time.monotonic() < deadline, f"{kept} connections are kept"
    finally:
        gc.enable()
