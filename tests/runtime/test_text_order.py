"""Collating order, comparison, LIKE and print columns, each against a slow obvious model."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from soul.runtime import collation, compare
from soul.runtime.like import like
from soul.runtime.numbers import number
from soul.runtime.printer import Printer, place

LATIN = st.text(st.characters(min_codepoint=0, max_codepoint=255))
VALUES = st.one_of(st.sampled_from(["", "0", " ", "A", "a", "12", "1.5", "-3"]), st.floats(-100, 100), LATIN)


@given(LATIN)
def test_ebcdic_is_one_to_one(text: str) -> None:
    assert collation.from_ebcdic(collation.to_ebcdic(text)) == text


def test_documented_bytes() -> None:
    assert collation.to_ebcdic("YES").hex() == "e8c5e2"
    assert collation.to_ebcdic("0123456789").hex() == "f0f1f2f3f4f5f6f7f8f9"
    assert collation.to_ebcdic("[]^").hex() == "adbd5f"  # code page 1047, not 037
    assert collation.to_ebcdic("a€") == b"\x81\x3f"


def test_blank_letters_digits_sort_in_this_order() -> None:
    assert sorted("1Aa B9z", key=collation.sort_key) == [" ", "a", "z", "A", "B", "1", "9"]


@given(LATIN, LATIN)
def test_text_order_is_the_order_of_the_ebcdic_bytes(left: str, right: str) -> None:
    assert compare.text_less(left, right) == (collation.to_ebcdic(left) < collation.to_ebcdic(right))
    assert compare.text_less_equal(left, right) == (not compare.text_less(right, left))


@given(VALUES, VALUES)
def test_a_number_on_one_side_makes_the_comparison_numeric(left: str | float, right: str | float) -> None:
    if isinstance(left, float) or isinstance(right, float):
        assert compare.equal(left, right) == (number(left) == number(right))
        assert compare.less(left, right) == (number(left) < number(right))
    else:
        assert compare.equal(left, right) == (left == right)
    assert compare.less_equal(left, right) == (compare.less(left, right) or compare.equal(left, right))
    assert compare.compare(left, right) == -compare.compare(right, left)


def slow_like(text: str, pattern: str) -> bool:
    """Match by trying everything; for patterns of literals and the symbols * + @ # only."""
    if not pattern:
        return not text
    first, rest = pattern[0], pattern[1:]
    if first == "*":
        return any(slow_like(text[cut:], rest) for cut in range(len(text) + 1))
    if not text:
        return False
    fits = {"+": True, "@": text[0].isalpha(), "#": text[0] in "0123456789"}.get(first, text[0] == first)
    return fits and slow_like(text[1:], rest)


@given(st.text("aB1*", max_size=7), st.text("aB1*+@#", max_size=7))
def test_like_agrees_with_trying_everything(text: str, pattern: str) -> None:
    assert like(text, pattern) == slow_like(text, pattern)


@pytest.mark.parametrize(
    ("text", "pattern", "fits"),
    [
        ("b", "(a-c)", True),
        ("d", "(a-c)", False),
        ("XY", "(A,XY,B)", True),
        ("SMITH", "SM*,JON*", True),
        ("JONES", "SM*,JON*", True),
        ("aaa", "a/", True),
        ("", "a/", False),
        ("abab", "(ab)/", True),
        ("A", "=C1", True),
        ("=", "=", True),
        ("*", "!*", True),
        ("x", "!*", False),
        ("(a", "(a", True),
        ("a)", "a)", True),
        ("5", "(1-3,5-7)", True),
        ("", "", True),
        ("", "*", True),
    ],
)
def test_like_symbols(text: str, pattern: str, fits: bool) -> None:
    assert like(text, pattern) is fits


def test_like_needs_time_in_proportion_to_the_string() -> None:
    assert not like("a" * 20_000, "*a" * 20 + "b")
    assert not like("a" * 20_000, "(a/,(a/)/)/b")


@given(st.lists(st.tuples(st.text("xy ", max_size=5), st.booleans(), st.one_of(st.none(), st.integers(1, 30)))))
def test_items_never_overwrite_what_is_there(items: list[tuple[str, bool, int | None]]) -> None:
    line = ""
    for text, spaced, start in items:
        longer = place(line, text, spaced, start, None)
        assert longer.startswith(line)
        assert longer.endswith(text)
        if start is not None and len(line) + spaced < start:
            assert len(longer) == start - 1 + len(text)
        line = longer


def test_held_lines_skip_and_finish() -> None:
    lines: list[str] = []
    printer = Printer(lines.append)
    printer.hold("a")
    printer.print("b")
    printer.hold("c")
    printer.skip(2)
    printer.columns([("x", False, 3, None), ("longer", False, None, 6)], True)
    printer.finish()
    printer.finish()
    assert lines == ["ab", "c", "", "", "  xlon"]
