"""LINEND and PRSTOK: how they are written, what is refused, what is found."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from soul.janus.sockets.separators import Separators, parse_line_end


@pytest.mark.parametrize(("text", "value"), [("0D", b"\r"), ("0d0a", b"\r\n"), ("NONE", None), ("none", None)])
def test_line_end(text: str, value: bytes | None) -> None:
    assert parse_line_end(text) == value


@pytest.mark.parametrize("text", ["", "0", "0DX0", "CRLF"])
def test_line_end_that_is_no_hex_string(text: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        parse_line_end(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0D0A|0D|0A", "0D is the beginning of 0D0A"),
        ("AMBIG|0D0A|0D09", "no separator is the beginning"),
        ("AMBIG", "followed by no separator"),
        ("0D|ZZ", "hexadecimal"),
    ],
)
def test_lists_that_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Separators.parse(text)


def test_none_is_no_list() -> None:
    assert Separators.parse("none") is None


def found(text: str, data: bytes, *, complete: bool = True) -> tuple[int, int, int] | None:
    separators = Separators.parse(text)
    assert separators is not None
    hit = separators.find(data, 0, complete=complete)
    return (hit.start, hit.length, hit.index) if hit else None


def test_the_first_in_the_data_wins() -> None:
    assert found("0A|2C", b"a,b\n") == (1, 1, 2)


def test_the_longest_match_wins() -> None:
    assert found("AMBIG|0D|0D0A", b"a\r\nb") == (1, 2, 2)


def test_a_match_that_may_grow_waits_until_the_stream_ends() -> None:
    assert found("AMBIG|0D|0D0A", b"a\r", complete=False) is None
    assert found("AMBIG|0D|0D0A", b"a\r", complete=True) == (1, 1, 1)


@given(st.binary(max_size=40), st.integers(0, 40))
def test_the_same_separator_is_found_however_the_data_arrive(data: bytes, cut: int) -> None:
    separators = Separators.parse("AMBIG|0D|0D0A|2C")
    assert separators is not None
    whole = separators.find(data, 0, complete=True)
    early = separators.find(data[:cut], 0, complete=False)
    if early is not None:
        assert whole is not None
        assert (early.start, early.length) == (whole.start, whole.length)
