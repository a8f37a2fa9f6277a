"""A logical line: one statement's text, joined from its physical lines, that knows where each character came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from soul.language.source import SourceLine, Span


class LogicalLine:
    """Joined text with its position map.

    `pieces` are (offset in `text`, physical line, index in that line), in order, the first at offset 0.
    """

    __slots__ = ("_column", "_offsets", "_pieces", "first", "text")

    def __init__(self, text: str, pieces: Sequence[tuple[int, SourceLine, int]]) -> None:
        self.text = text
        self._pieces = pieces
        self._offsets = [piece[0] for piece in pieces]
        self.first = pieces[0][1]
        # A column to add to an offset, when that is all there is to it: the case of nearly every line.
        simple = len(pieces) == 1 and self.first.column_map is None
        self._column = pieces[0][2] + 1 if simple else 0

    @classmethod
    def of(cls, line: SourceLine) -> LogicalLine:
        """Return one physical line as it is."""
        return cls(line.text, [(0, line, 0)])

    def span(self, start: int, end: int) -> Span:
        """Return the span of `text[start:end]`; an empty stretch is the place before the character at `start`."""
        if self._column:
            first = self.first
            return Span(first.procedure, first.line, start + self._column, first.line, end + self._column)
        line, column = self._place(start)
        if end <= start:
            return Span(line.procedure, line.line, column, line.line, column)
        last, last_column = self._place(end - 1)
        return Span(line.procedure, line.line, column, last.line, last_column + 1)

    def source(self, at: Span) -> str:
        """Return the text of the physical line that holds the beginning of `at`."""
        for _, line, _ in self._pieces:
            if line.line == at.line and line.procedure == at.procedure:
                return line.text
        return self.first.text

    def breaks(self, start: int, end: int) -> bool:
        """Say whether the text between the offsets comes from more than one physical line."""
        return len(self._offsets) > 1 and bisect_right(self._offsets, start) != bisect_right(self._offsets, end - 1)

    def _place(self, offset: int) -> tuple[SourceLine, int]:
        begin, line, index = self._pieces[bisect_right(self._offsets, offset) - 1]
        return line, line.column(index + offset - begin)
