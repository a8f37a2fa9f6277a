"""Whole numbers in texts that anybody may have written."""

from __future__ import annotations

MOST_DIGITS = 18  # more than any limit here; Python refuses to read thousands of them


def whole_number(text: str) -> int | None:
    """Return the number that `text` is: 1 to 18 of the digits 0 to 9, without sign or blank; else None.

    `str.isdigit` and `str.isdecimal` would let pass what `int` then refuses, like `²` or 5,000 digits.
    """
    return int(text) if len(text) <= MOST_DIGITS and text.isascii() and text.isdigit() else None
