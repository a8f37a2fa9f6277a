"""What the compiler says about a request: position, cause, hint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from soul.language.excerpt import excerpt
from soul.language.source import Span


class Severity(Enum):
    """How much a diagnostic weighs: an error keeps the request from running, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Refused:
    """What a refusal by name is about: a form (`For Each Record`) of a part of SOUL (`record processing`)."""

    form: str
    part: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One complaint about a request.

    `number` is the documented message number (`M204.0223`) or one of ours (`SOUL.0102`);
    `source` is the text of the line that holds `at`, for the caret; `hint` may be empty; `refused` says what of a part
    of SOUL that is not there is met.
    """

    severity: Severity
    number: str
    text: str
    at: Span
    source: str = ""
    hint: str = ""
    refused: Refused | None = None

    def render(self) -> str:
        """Return the message as users see it: place, number and text, the line, a caret, the hint."""
        head = f"{self.at.procedure} line {self.at.line} column {self.at.column}: {self.number}: {self.text}"
        rows = [head]
        if self.source:
            width = self.at.end_column - self.at.column if self.at.end_line == self.at.line else 1
            rows += excerpt(self.source, self.at.column, width)
        if self.hint:
            rows.append("    " + self.hint)
        return "\n".join(rows)


class CompileError(Exception):
    """The request has errors; `diagnostics` holds all of them, warnings included, in source order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))
