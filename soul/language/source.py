"""Where a piece of SOUL text comes from.

Every tree node, message and traceback speaks of a position in a *procedure*: its name as a user knows it
(`MYPROC(CERT.LOGIN)`), a line (from 1) and a column (from 1, in characters).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One physical line as the command level hands it to the compiler.

    `text` has its dummy strings already replaced; `column_map` is None when nothing was replaced, otherwise it
    holds for each character of `text` the 1-based column of the stored line it stands for.
    """

    text: str
    procedure: str
    line: int
    column_map: tuple[int, ...] | None = None

    def column(self, index: int) -> int:
        """Return the 1-based column in the stored procedure of the character at `index` (from 0) of `text`."""
        if self.column_map is None:
            return index + 1
        if index < len(self.column_map):
            return self.column_map[index]
        return (self.column_map[-1] if self.column_map else 0) + 1 + index - len(self.column_map)


class Span(NamedTuple):
    """A stretch of source text: procedure name, first line and column, last line and column after the end."""

    procedure: str
    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Span("", 0, 0, 0, 0)
