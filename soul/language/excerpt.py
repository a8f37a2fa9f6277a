"""The part of a source line that a message shows: the line, or a window of it, and a caret below."""

from __future__ import annotations

import re

WIDTH = 200  # characters of a line that are shown whole
BEFORE = 60  # characters that a window shows before the column
CUT = "..."
_INDENT = "    "
_LONG_WORD = re.compile(r"\S{81,}")


def shortened(text: str) -> str:
    """Return `text` with words of more than 80 characters cut: what a message names can be very long."""
    return _LONG_WORD.sub(lambda word: word[0][:60] + CUT, text) if len(text) > 80 else text


def visible(text: str) -> str:
    """Return `text` with a blank for every character that would move the cursor or change the terminal."""
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)


def excerpt(source: str, column: int, width: int) -> list[str]:
    """Return the rows that show a place: the line and, with a column from 1, a caret as wide as `width`.

    A line longer than 200 characters is shown from 60 characters before the column, cut at both ends.
    """
    start = 0
    if len(source) > WIDTH:
        start = max(0, min(column - 1 - BEFORE, len(source) - WIDTH))
        front, back = CUT if start else "", CUT if start + WIDTH < len(source) else ""
        source = front + source[start + len(front) : start + WIDTH - len(back)] + back
    rows = [_INDENT + visible(source)]
    if column:
        place = column - 1 - start
        rows.append(_INDENT + " " * place + "^" * max(1, min(width, len(source) - place)))
    return rows
