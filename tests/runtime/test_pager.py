"""Pages: their length, headers and trailers, the width of lines, and what has none. m204wiki, OUTLPP; HDRCTL; OUTCCC."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, strategies as st

from soul.online.online import ListOutput, Online
from soul.runtime.pager import Pager, Spool, folded

NOON = datetime(2026, 11, 25, 12, 0)
HEADER_ZERO = "26.329 NOV 25 12.00.00"


def pager(device: ListOutput, *, daemon: bool = False, spool: Spool | None = None, **settings: int) -> Pager:
    found = Pager(device, settings, lambda: NOON, daemon=daemon, spool=spool)
    found.refresh()
    return found


@pytest.fixture
def device() -> ListOutput:
    return ListOutput()


def test_a_stream_without_pages_is_the_device_itself(device):
    stream = pager(device, HDRCTL=2)
    assert stream.line == device.line
    assert stream.message == device.message
    stream.new_page()
    assert device.lines == []


def test_pages_begin_with_their_first_line_and_headers_count(device):
    pages = pager(device, OUTLPP=4)
    pages.in_request = True
    pages.set_line("HEADER", 1, "HEADER")
    pages.set_line("TRAILER", 1, "TRAILER")
    for text in "ABC":
        pages.line(text)
    expected = [f"{HEADER_ZERO} PAGE 1", "HEADER", "A", "TRAILER", f"{HEADER_ZERO} PAGE 2", "HEADER", "B", "TRAILER"]
    assert device.lines == [*expected, f"{HEADER_ZERO} PAGE 3", "HEADER", "C"]
    assert pages.number == 3


def test_the_end_of_a_request_forgets_headers_but_not_the_page(device):
    pages = pager(device, OUTLPP=3, HDRCTL=1)
    pages.set_line("HEADER", 1, "HEADER")
    pages.line("A")
    pages.end_request()
    for text in "BCD":
        pages.line(text)
    pages.new_page()
    assert device.lines == ["HEADER", "A", "B", "C", "D", ""]


def test_headers_and_trailers_that_leave_no_room_leave_room_for_one_line(device):
    pages = pager(device, OUTLPP=1, HDRCTL=1)
    pages.set_line("HEADER", 1, "H")
    pages.set_line("TRAILER", 1, "T")
    pages.line("A")
    pages.line("B")
    assert device.lines == ["H", "A", "T", "H", "B"]


def test_new_page_of_a_page_not_begun_only_begins_it(device):
    pages = pager(device, OUTLPP=3, HDRCTL=3)
    pages.new_page()
    assert (device.lines, pages.number) == ([], 1)
    pages.new_page()
    assert (device.lines, pages.number) == (["", "", ""], 2)


def test_turning_pages_off_and_on_begins_another_page(device):
    settings = {"OUTLPP": 5, "HDRCTL": 2}
    pages = Pager(device, settings, lambda: NOON)
    for length in (5, 0, 5):
        settings["OUTLPP"] = length
        pages.refresh()
        pages.line("A")
    assert device.lines == [f"{HEADER_ZERO} PAGE 1", "A", "A", f"{HEADER_ZERO} PAGE 2", "A"]


def test_a_daemon_has_pages_with_hdrctl_8_only_and_never_a_width(device):
    for control in (0, 8):
        pages = pager(device, daemon=True, OUTLPP=-1, HDRCTL=control, OUTMRL=3)
        pages.in_request = True
        pages.new_page()
        pages.line("LONG")
    assert device.lines == ["LONG", HEADER_ZERO, "LONG"]


def test_messages_of_a_spool_are_no_lines_of_its_pages(device):
    pages = pager(device, spool=Spool(headers=False, carriage=True), OUTLPP=2)
    pages.line("A")
    pages.message("MESSAGE")
    pages.line("B")
    pages.line("C")
    assert device.lines == ["1A", "MESSAGE", " B", "1C"]


@given(
    st.integers(1, 12),
    st.lists(st.sampled_from("LMN"), max_size=60),
    st.integers(0, 4),
    st.integers(0, 4),
    st.sampled_from([0, 1]),
)
def test_every_page_that_is_over_has_outlpp_lines(length, steps, headers, trailers, control):
    device = ListOutput()
    pages = pager(device, OUTLPP=length, HDRCTL=control)
    pages.in_request = True
    for number in range(1, headers + 1):
        pages.set_line("HEADER", number, f"H{number}")
    for number in range(1, trailers + 1):
        pages.set_line("TRAILER", number, f"T{number}")
    for step in steps:
        {"L": lambda: pages.line("LINE"), "M": lambda: pages.message("MESSAGE"), "N": pages.new_page}[step]()
    top = headers + (control == 0)
    size = max(length, top + 1 + trailers)
    over = device.lines[: size * (pages.number - 1)]
    if "N" not in steps or length >= top + 1 + trailers:
        for begin in range(0, len(over), size):
            page = over[begin : begin + size]
            assert page[top - headers : top] == [f"H{number}" for number in range(1, headers + 1)]
            assert page[size - trailers :] == [f"T{number}" for number in range(1, trailers + 1)]
    assert len([text for text in device.lines if text in ("LINE", "MESSAGE")]) == steps.count("L") + steps.count("M")


@pytest.mark.parametrize(
    ("width", "split", "expected"),
    [
        (0, 0, ["ABCDEFGH"]),
        (5, 0, ["ABCDE"]),
        (0, 5, ["ABCD-", "EFGH"]),
        (5, 9, ["ABCD-", "EFGH"]),
        (9, 5, ["ABCD-", "EFGH"]),
        (8, 8, ["ABCDEFGH"]),
        (2, 2, ["A-", "B-", "C-", "D-", "E-", "F-", "GH"]),
        (5, 1, ["ABCDE"]),
        (1, 1, ["A"]),
        (0, 1, ["ABCDEFGH"]),
    ],
)
def test_width(width, split, expected):
    assert list(folded("ABCDEFGH", width, split)) == expected


@given(st.text(max_size=100), st.integers(2, 20))
def test_a_continued_line_loses_nothing(text, split):
    pieces = list(folded(text, 0, split))
    assert all(len(piece) <= split for piece in pieces)
    assert "".join(piece[:-1] for piece in pieces[:-1]) + pieces[-1] == text


def test_parameters_of_the_settings_file_page_a_terminal_and_no_port(tmp_path):
    (tmp_path / "soul.toml").write_text("[parameters]\nOUTLPP = -1\nOUTCCC = 3\n", "utf-8")
    shown = []
    for daemon in (False, True):
        output = ListOutput()
        online = Online(tmp_path, clock=lambda: NOON)
        thread = online.new_thread(output, daemon=daemon)
        online.session(thread).run("Begin\nNew Page\nPrint 'ABCD'\nEnd")
        online.close()
        shown.append(output.lines)
    assert shown == [[HEADER_ZERO, "AB-", "CD"], ["ABCD"]]


def test_logoff_ends_the_pages_of_the_login():
    output = ListOutput()
    online = Online(clock=lambda: NOON)
    session = online.session(online.new_thread(output))
    session.run("RESET HDRCTL=1, OUTMRL=3")
    session.logoff()
    output.lines.clear()
    session.run("TIME")
    online.close()
    assert output.lines == [HEADER_ZERO]
