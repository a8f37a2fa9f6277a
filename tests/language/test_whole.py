"""Whole numbers in texts: what `int` refuses, or reads too slowly, is none."""

from __future__ import annotations

import pytest

from soul.language.whole import whole_number
from soul.online.names import temporary_number


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits(text: str, value: int) -> None:
    assert whole_number(text) == value


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1 ", "1.0", "²", "٣", "１", "9" * 19, "9" * 5000])
def test_other_texts(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("0", 0),
        ("000", 0),
        ("-1", -1),
        ("-001", -1),
        ("0123", None),
        ("1", None),
        ("--1", None),
        ("-" + "3" * 5000, None),
    ],
)
def test_temporary_procedures(name: str, number: int | None) -> None:
    assert temporary_number(name) == number
