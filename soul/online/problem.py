"""What went wrong at the command level: kept beside the message the user saw, with its place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from soul.language.excerpt import excerpt


class ProblemKind(Enum):
    """How a line or request failed."""

    COMMAND = "command"  # a command was refused
    COMPILE = "compile"  # a request has errors and was not run
    CANCELLED = "cancelled"  # a request was cancelled while running
    RESTARTED = "restarted"  # the user was restarted and logged out


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure. `line` and `column` count from 1 and are 0 when unknown; `source` is the line, '' when secret."""

    kind: ProblemKind
    number: str
    text: str
    procedure: str = ""
    line: int = 0
    column: int = 0
    source: str = ""
    hint: str = ""
    width: int = 1

    @property
    def rows(self) -> list[str]:
        """The place, the line with a caret and the hint, as far as they are known."""
        rows: list[str] = []
        if self.line:
            at = f" column {self.column}" if self.column else ""
            rows.append(f"{self.procedure} line {self.line}{at}")
        rows += self.excerpt
        return rows

    @property
    def excerpt(self) -> list[str]:
        """The source line with a caret, and the hint."""
        rows: list[str] = []
        if self.source:
            rows += excerpt(self.source, self.column, self.width)
        return rows + self.hint_rows

    @property
    def hint_rows(self) -> list[str]:
        """The hint, if there is one."""
        return ["    " + self.hint] if self.hint else []

    def render(self) -> str:
        """Return the failure as users see it outside a terminal session: place, number, text, caret, hint."""
        place = f"{self.procedure} line {self.line}" if self.line else self.procedure
        if self.line and self.column:
            place += f" column {self.column}"
        head = f"{place}: {self.number}: {self.text}" if place else f"{self.number}: {self.text}"
        return "\n".join([head, *self.excerpt])


class UserRestarted(Exception):
    """The user was restarted: all input levels are gone. Handled inside the session."""
