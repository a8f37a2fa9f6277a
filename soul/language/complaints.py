"""The messages of the compiler: one table of numbers and texts.

The documented number is used where a page gives one (m204wiki, SOUL macro facility);
the rest are ours: SOUL.10xx and SOUL.11xx come from reading and parsing, SOUL.12xx from names and types.
Texts are `str.format` templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from soul.language.diagnostics import Diagnostic, Severity
from soul.language.excerpt import shortened
from soul.language.source import Span

COMPLAINTS: Mapping[str, str] = MappingProxyType(
    {
        "MSIR.0654": "Macro variable ({name}) not defined",
        "SOUL.1001": "Unknown statement: {found}",
        "SOUL.1002": "Expected {expected}; found {found}",
        "SOUL.1003": "A quote is opened here and not closed on this line",
        "SOUL.1004": "Then is missing",
        "SOUL.1005": "The line ends too early: expected {expected}",
        "SOUL.1006": "A quoted string cannot continue on the next line",
        "SOUL.1007": "This is no statement by itself: expected {expected}",
        "SOUL.1008": "Nothing can be assigned to {found}",
        "SOUL.1009": "This character has no meaning here: {found}",
        "SOUL.1010": "{opener} is not closed: {closer} is missing",
        "SOUL.1011": "{closer} closes the {opener} of line {opened}, but the {inner} of line {inner_line} is open",
        "SOUL.1012": "{closer} without {opener}",
        "SOUL.1013": "{closer} names {found}, but the {opener} of line {opened} is called {name}",
        "SOUL.1014": "{word} without {opener}",
        "SOUL.1015": "{word} after {before} of the same {opener}",
        "SOUL.1016": "End what? No block is called {found}",
        "SOUL.1017": "{clause} cannot be used {where}",
        "SOUL.1018": "{clause} is given twice",
        "SOUL.1019": "Nested too deep: more than {limit} {what}",
        "SOUL.1020": "{what} must be a whole number from {low} to {high}",
        "SOUL.1021": "A label has at most 254 characters",
        "SOUL.1023": "A simple subroutine needs a label before it, or a name and parentheses after it",
        "SOUL.1024": "An array has one, two or three dimensions",
        "SOUL.1025": "Unknown type: {found}",
        "SOUL.1026": "A name cannot begin with a digit: {found}",
        "SOUL.1030": "Include is not possible here",
        "SOUL.1031": "Include needs the name of a procedure",
        "SOUL.1032": "Include nested deeper than {limit} levels",
        "SOUL.1040": "The brace opened here is not closed",
        "SOUL.1041": "No expression follows this {{~}}",
        "SOUL.1042": "Unknown option of {kind}: {found}",
        "SOUL.1043": "{kind} is not closed: End {kind} is missing",
        "SOUL.1044": "{option} needs {expected}",
        "SOUL.1050": "Unknown macro statement: {found}",
        "SOUL.1051": "{found} without !IfDef or !IfNDef",
        "SOUL.1052": "{found} needs the name of a macro variable",
        "SOUL.1055": "The request ends with this End of an included procedure: what follows is not read",
        "SOUL.1054": "Sirius Case Leave is in effect: keywords must be in upper case",
        "SOUL.1053": "This block comment is not closed",
        "SOUL.1060": "Unknown condition of On: {found}",
        "SOUL.1061": "{statement} needs {expected}",
    }
)


def complain(
    number: str,
    at: Span,
    source: str = "",
    hint: str = "",
    severity: Severity = Severity.ERROR,
    **fields: object,
) -> Diagnostic:
    """Return the diagnostic `number` with its text filled in from `fields`; `source` is the line for the caret."""
    text = shortened(COMPLAINTS[number].format(**fields))
    return Diagnostic(severity, number, text, at, source, shortened(hint))


class SyntaxRefusal(Exception):
    """A statement cannot be parsed. Carries what a `Diagnostic` needs, except the source line."""

    def __init__(self, number: str, at: Span, hint: str = "", **fields: object) -> None:
        self.number = number
        self.at = at
        self.hint = hint
        self.fields = fields
        super().__init__(number)

    def diagnostic(self, source: str) -> Diagnostic:
        """Return the diagnostic; `source` is the text of the line at fault."""
        return complain(self.number, self.at, source, self.hint, Severity.ERROR, **self.fields)
