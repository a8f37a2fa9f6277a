"""What messages show of very long lines and names, and of characters that a terminal would obey."""

from __future__ import annotations

from hypothesis import given, strategies as st

from soul.language.excerpt import BEFORE, WIDTH, excerpt, shortened


def test_a_short_line_is_shown_whole() -> None:
    assert excerpt("Print %x", 7, 2) == ["    Print %x", "          ^^"]


def test_a_caret_ends_with_the_line() -> None:
    assert excerpt("Print %x", 7, 99)[1] == "          ^^"
    assert excerpt("Print", 6, 1)[1] == "         ^"


def test_without_a_column_there_is_no_caret() -> None:
    assert excerpt("Print %x", 0, 1) == ["    Print %x"]


@given(st.integers(201, 5000), st.data())
def test_of_a_long_line_the_part_around_the_column_is_shown(length: int, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, length))
    line = "".join(chr(ord("a") + place % 26) for place in range(length))
    shown, caret = excerpt(line, column, 1)
    assert len(shown) <= WIDTH + 4
    place = caret.index("^")
    assert shown[place] == line[column - 1] or shown[place] == "."
    if BEFORE < column < length - WIDTH:
        assert shown[place] == line[column - 1]


@given(st.text(max_size=300))
def test_nothing_reaches_the_terminal_that_it_would_obey(text: str) -> None:
    assert all(row.isprintable() for row in excerpt(text, 1, 1))


def test_long_names_are_cut() -> None:
    assert shortened("there is no label " + "A" * 1000) == "there is no label " + "A" * 60 + "..."
    assert shortened("there is no label OUT") == "there is no label OUT"
