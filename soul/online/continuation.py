"""INCCC: a character in one column of a line says that the next line continues it.

Source: m204wiki, INCCC parameter.
"""

from __future__ import annotations

from dataclasses import replace

from soul.language.source import SourceLine


def continued_by_column(line: SourceLine, column: int) -> SourceLine:
    """Return `line` with its continuation written as a hyphen when there is a character in `column` (0: never).

    The text ends before the column; what stands in it and behind it (sequence numbers) is dropped (our choice).
    """
    if column <= 0 or len(line.text) < column or line.text[column - 1].isspace():
        return line
    return replace(line, text=line.text[: column - 1].rstrip() + " -")
