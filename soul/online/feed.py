"""Where the lines of a session come from: the typed lines and the included procedures above them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

from soul.language.source import SourceLine
from soul.online.line_end import LINE_END
from soul.online.procedures import Procedure


class Feed:
    """One level of input. `terminal` is True for typed lines, False for a procedure or start-up commands.

    `responses` are the INCLUDE responses that its dummy strings and $Read calls have not taken yet.
    """

    index = 0  # lines taken so far
    _stored: tuple[SourceLine, ...] | None = None  # those of a procedure
    _lines: Iterator[SourceLine]  # those of anything else

    def __init__(
        self,
        lines: Iterable[SourceLine],
        title: str,
        *,
        terminal: bool = False,
        procedure: Procedure | None = None,
        responses: Iterable[str] = (),
    ) -> None:
        self.title = title
        self.terminal = terminal
        self.procedure = procedure
        self.responses: deque[str] = deque(responses)
        self.table_settings: list[dict[str, int | str]] = []  # PUSHUTABLE
        self._back: list[SourceLine] = []  # what was put back, to be taken first
        if procedure is not None:
            self._stored = procedure.lines
        else:
            self._lines = iter(lines)

    def next(self) -> SourceLine | None:
        """Return the next line, or None at the end."""
        if self._back:
            return self._back.pop()
        if self._stored is None:
            line = next(self._lines, None)
        else:
            line = self._stored[self.index] if self.index < len(self._stored) else None
        if line is not None:
            self.index += 1
        return line

    def first_of(self, line: SourceLine, end: int) -> SourceLine:
        """Return the part of a typed line before the LINEND character at `end`; what follows it is taken next."""
        columns = tuple(line.column(index) for index in range(end + 1, len(line.text) + 1))
        self._back.append(SourceLine(line.text[end + 1 :], line.procedure, line.line, columns))
        return replace(line, text=line.text[:end])

    def reply(self, whole: bool, others: Iterator[SourceLine]) -> str | None:
        """Return a typed reply: up to LINEND, continued by a trailing hyphen; or the next line as it is.

        When the level's own lines are at their end, the reply is taken from `others`.
        """
        found: str | None = None
        while (line := self.next() or next(others, None)) is not None:
            if whole:
                return line.text
            if LINE_END in line.text:
                line = self.first_of(line, line.text.index(LINE_END))
            found = (found or "") + line.text.rstrip()
            if not found.endswith("-"):
                break
            found = found[:-1]
        return found

    def skip_to(self, index: int) -> None:
        """Continue a procedure behind its first `index` lines, which have been dealt with as a whole."""
        self.index = index

    @classmethod
    def of_procedure(cls, procedure: Procedure, responses: Iterable[str] = ()) -> Feed:
        """Return the level of an included procedure."""
        return cls((), procedure.title, procedure=procedure, responses=responses)
