"""The $Sock_ functions on a connection in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from soul.janus.functions import sock, sock_settings
from soul.janus.peer import Peer
from soul.janus.sockets.table import CapturingOutput, SocketTable, sockets_of
from soul.janus.sockets.usersocket import SocketSettings, UserSocket
from soul.janus.stream import Address
from soul.online.audit import AuditTrail
from soul.online.online import ListOutput
from soul.runtime.errors import RequestCancelled, Stopped
from soul.runtime.thread import Thread
from soul.runtime.values import Cell
from soul.testing.pipe import PipeStream, connected_pair


@dataclass
class Fixture:
    thread: Thread
    socket: UserSocket
    far: PipeStream
    output: ListOutput
    table: SocketTable


@pytest.fixture
def talk() -> Iterator[Fixture]:
    output, audit = ListOutput(), AuditTrail()
    thread = Thread(output, audit)
    far, near = connected_pair(Address("127.0.0.1", 50001), Address("127.0.0.1", 9737))
    socket = UserSocket(1, near, Peer(near.remote, near.local), "SOCK", SocketSettings(close_at_request_end=False))
    table = sockets_of(thread)
    table.add(socket)
    thread.output = CapturingOutput(table, output)
    yield Fixture(thread, socket, far, output, table)
    table.close_all()


def text(cell: Cell) -> str:
    return str(cell.value)


def test_send_is_buffered_until_a_receive(talk: Fixture) -> None:
    assert sock.sock_send(talk.thread, 1, "AB") == 0
    talk.far.send(b"x", 1)
    target = Cell("", 1)
    assert sock.sock_recv(talk.thread, 1, target) == 1
    assert talk.far.receive(10, 1) == b"AB"


def test_sendln_adds_the_line_end_of_the_port(talk: Fixture) -> None:
    assert sock.sock_sendln(talk.thread, 1, "AB", "PUSH") == 0
    assert talk.far.receive(10, 1) == b"AB\r"


def test_sendln_line_end_of_one_call(talk: Fixture) -> None:
    sock.sock_sendln(talk.thread, 1, "AB", "PUSH LINEND 0D0A")
    assert talk.far.receive(10, 1) == b"AB\r\n"


def test_binary_sends_ebcdic(talk: Fixture) -> None:
    sock.sock_send(talk.thread, 1, "A1", "BINARY PUSH")
    assert talk.far.receive(10, 1) == b"\xc1\xf1"


def test_sendln_longer_than_255_cancels(talk: Fixture) -> None:
    with pytest.raises(RequestCancelled, match="longer than 255"):
        sock.sock_sendln(talk.thread, 1, "x" * 256)


def test_sending_after_fin_cancels(talk: Fixture) -> None:
    sock.sock_send(talk.thread, 1, "x", "FIN")
    assert sock.sock_info(talk.thread, 1, "STAT") == "FINS"
    with pytest.raises(RequestCancelled, match="has sent FIN"):
        sock.sock_send(talk.thread, 1, "y")


def test_receive_fixed_length_and_what_does_not_fit(talk: Fixture) -> None:
    talk.far.send(b"abcdefgh", 1)
    target = Cell("", 4)
    assert sock.sock_recv(talk.thread, 1, target, 6) == 6
    assert text(target) == "abcd"
    assert sock.sock_recv(talk.thread, 1, target, 2) == 2
    assert text(target) == "gh"


def test_receive_variable_length_takes_what_is_there(talk: Fixture) -> None:
    talk.far.send(b"abc", 1)
    target = Cell("", None)
    assert sock.sock_recv(talk.thread, 1, target, 100, 1) == 3
    assert text(target) == "abc"


def test_receive_at_the_end_of_the_stream(talk: Fixture) -> None:
    talk.far.send(b"ab", 1)
    talk.far.finish()
    target = Cell("", 10)
    assert sock.sock_recv(talk.thread, 1, target) == 2
    assert sock.sock_recv(talk.thread, 1, target) == 0
    assert sock.sock_info(talk.thread, 1, "STATUS") == "FINR"


def test_receive_window(talk: Fixture) -> None:
    talk.far.send(b"abcdef", 1)
    sock_settings.sock_set(talk.thread, 1, "RECVLIM", "4")
    target = Cell("", None)
    assert sock.sock_recv(talk.thread, 1, target) == 4
    assert sock.sock_recv(talk.thread, 1, target) == 0, "the window is used up until it is set again"
    sock_settings.sock_set(talk.thread, 1, "RECVLIM", "0")
    assert sock.sock_recv(talk.thread, 1, target, 2) == 2


def test_receive_lines(talk: Fixture) -> None:
    sock_settings.sock_set(talk.thread, 1, "PRSTOK", "0D0A|2C")
    talk.far.send(b"one\r\n\r\ntwo,three", 1)
    talk.far.finish()
    target, index = Cell("", 20), Cell(0.0)
    assert sock.sock_recvprs(talk.thread, 1, target, 0, index) == 5
    assert (text(target), index.value) == ("one", 1.0)
    assert sock.sock_recvprs(talk.thread, 1, target, 0, index) == 2
    assert (text(target), index.value) == ("", 1.0)
    assert sock.sock_recvprs(talk.thread, 1, target, 0, index) == 4
    assert (text(target), index.value) == ("two", 2.0)
    assert sock.sock_recvprs(talk.thread, 1, target, 0, index) == 5
    assert (text(target), index.value) == ("three", 0.0)
    assert sock.sock_recvprs(talk.thread, 1, target, 0, index) == 0


def test_a_line_longer_than_allowed_is_cut_without_loss(talk: Fixture) -> None:
    sock_settings.sock_set(talk.thread, 1, "PRSTOK", "0A")
    talk.far.send(b"abcdef\n", 1)
    target, index = Cell("", 10), Cell(0.0)
    assert sock.sock_recvprs(talk.thread, 1, target, 4, index) == 4
    assert (text(target), index.value) == ("abcd", 0.0)
    assert sock.sock_recvprs(talk.thread, 1, target, 4, index) == 3
    assert (text(target), index.value) == ("ef", 1.0)


def test_separators_must_be_set_first(talk: Fixture) -> None:
    with pytest.raises(RequestCancelled, match="PRSTOK NONE"):
        sock.sock_recvprs(talk.thread, 1, Cell("", 10))


def test_a_number_not_in_use_cancels(talk: Fixture) -> None:
    with pytest.raises(RequestCancelled, match="7 is not the number of a socket in use"):
        sock.sock_send(talk.thread, 7, "x")


def test_reset_cancels_by_default(talk: Fixture) -> None:
    talk.far.abort()
    with pytest.raises(RequestCancelled, match="RESET"):
        sock.sock_recv(talk.thread, 1, Cell("", 10))


def test_reset_continues_when_told_so(talk: Fixture) -> None:
    assert sock_settings.sock_set(talk.thread, 1, "ONRESET", "CONTINUE") == "CANCEL"
    talk.far.abort()
    assert sock.sock_recv(talk.thread, 1, Cell("", 10)) == -1
    assert sock.sock_send(talk.thread, 1, "x") == -1
    assert sock.sock_info(talk.thread, 1, "STAT") == "RESET"
    assert sock.sock_errinfo(talk.thread, "SOCKNUM") == "1"
    assert sock.sock_errinfo(talk.thread, "FUN") == "$Sock_Info"
    assert sock.sock_num(talk.thread, "RESET") == "1"
    assert sock.sock_num(talk.thread, "OPEN") == ""
    assert sock.sock_close(talk.thread, 1) == 1
    assert sock.sock_num(talk.thread) == ""


def test_a_forced_port_stops_the_program(talk: Fixture) -> None:
    talk.socket.stream.interrupt()
    with pytest.raises(Stopped):
        sock.sock_recv(talk.thread, 1, Cell("", 10))


def test_captured_print_goes_to_the_socket(talk: Fixture) -> None:
    talk.thread.output.line("unseen")
    assert sock.sock_capture(talk.thread, 1, "on") == "OFF"
    talk.thread.output.line("seen")
    talk.socket.push()
    assert talk.far.receive(10, 1) == b"seen\r"
    assert talk.output.lines == ["unseen"]
    assert sock.sock_capture(talk.thread, -1, "OFF") == "1"


def test_selections(talk: Fixture) -> None:
    assert sock.sock_num(talk.thread) == "1"
    assert sock.sock_num(talk.thread, "conn or reset") == "1"
    assert sock.sock_num(talk.thread, "NOT CONN") == ""
    with pytest.raises(RequestCancelled, match="joined by OR"):
        sock.sock_num(talk.thread, "CONN RESET")


def test_settings_return_the_previous_value(talk: Fixture) -> None:
    assert sock_settings.sock_set(talk.thread, 1, "BINARY") == "CHAR"
    assert sock_settings.sock_set(talk.thread, 1, "BINARY", "CHAR") == "BINARY"
    assert sock_settings.sock_set(talk.thread, 1, "LINEND", "0D0A") == "0D"
    assert sock.sock_info(talk.thread, 1, "LINEND") == "0D0A"
    assert sock_settings.sock_set(talk.thread, 1, "NOCLOSE") == "NOCLOSE"
    assert sock_settings.sock_set(talk.thread, -1, "CLOSE") == "1"
    with pytest.raises(RequestCancelled, match="hexadecimal"):
        sock_settings.sock_set(talk.thread, 1, "LINEND", "CRLF")
    with pytest.raises(RequestCancelled, match="'NOISY' is not one of"):
        sock_settings.sock_set(talk.thread, 1, "NOISY")


def test_close_setting_ends_with_the_request(talk: Fixture) -> None:
    talk.thread.finish_request()
    assert sock.sock_num(talk.thread) == "1", "server sockets live until logout"
    sock_settings.sock_set(talk.thread, 1, "CLOSE")
    talk.thread.finish_request()
    assert sock.sock_num(talk.thread) == ""


def test_remote_address(talk: Fixture) -> None:
    assert sock.sock_info(talk.thread, 1, "REMOTE") == "127.0.0.1 50001"


def test_translation(talk: Fixture) -> None:
    assert sock.sock_tran_in(talk.thread, sock.sock_tran_out(talk.thread, "Hello", 1), 1) == "Hello"
    assert sock.sock_tran_out(talk.thread, "A", 1) != "A"
