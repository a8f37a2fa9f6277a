"""Where the phases after parsing put what they have to say about a request.

Numbers of ours for names and types: SOUL.12nn, told apart by `MEANINGS`. `nearest` is the "did you mean".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from soul.language.diagnostics import Diagnostic, Refused, Severity
from soul.language.excerpt import shortened
from soul.language.nearest import nearest_names
from soul.language.refused import RefusedNames, belongs
from soul.language.source import SourceLine, Span

UNDECLARED = "SOUL.1201"
DECLARED_TWICE = "SOUL.1202"
NO_LABEL = "SOUL.1203"
NO_SUBROUTINE = "SOUL.1204"
ARGUMENT_COUNT = "SOUL.1205"
ARGUMENT_KIND = "SOUL.1206"
NO_FUNCTION = "SOUL.1207"
NO_METHOD = "SOUL.1208"
NO_CLASS = "SOUL.1209"
NOT_SUPPORTED = "SOUL.1210"
WRONG_TYPE = "SOUL.1211"
NOT_ASSIGNABLE = "SOUL.1212"
SUBSCRIPTS = "SOUL.1213"
NO_LOOP = "SOUL.1214"
MISPLACED = "SOUL.1215"
LIMIT = "SOUL.1216"
NO_NEW = "SOUL.1217"
NO_FIELD = "SOUL.1218"
BAD_DECLARATION = "SOUL.1219"
NO_IMAGE = "SOUL.1222"
UNAVAILABLE = "SOUL.1220"  # mainframe-only $functions: a warning
IGNORED = "SOUL.1221"  # what a parameter says to ignore: a warning
LABEL_TWICE = "M204.0223"

# What each number says; the text of a diagnostic names the thing itself.
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        UNDECLARED: "A variable is not declared, and Variables Are Undefined asks for declarations",
        DECLARED_TWICE: "A variable, parameter, subroutine or method is declared or defined twice in its scope",
        NO_LABEL: "There is no such label, or it cannot be reached from here",
        NO_SUBROUTINE: "There is no such subroutine, or it is declared and defined nowhere",
        ARGUMENT_COUNT: "A call has too many arguments, or a required one is missing",
        ARGUMENT_KIND: "An argument is not what the parameter takes: a variable, an array, a name",
        NO_FUNCTION: "There is no such $function",
        NO_METHOD: "There is no such method or property of this value or class",
        NO_CLASS: "There is no such class",
        NOT_SUPPORTED: "The statement or type belongs to a part of SOUL that is not there yet",
        WRONG_TYPE: "A value of this type cannot be used here",
        NOT_ASSIGNABLE: "Nothing can be assigned to this",
        SUBSCRIPTS: "An array without its subscripts, a wrong number of them, or subscripts on something else",
        NO_LOOP: "Loop Next or Loop End without the loop it speaks of",
        MISPLACED: "The statement or word is possible in another place only",
        LIMIT: "A limit of the compiler is exceeded",
        NO_NEW: "New is not possible here",
        NO_FIELD: "A word that can only be a field name or an array, and is neither here",
        BAD_DECLARATION: "A declaration contradicts itself, another one, or Variables Are",
        UNAVAILABLE: "A warning: the $function returns its failure value away from the mainframe",
        LABEL_TWICE: "STATEMENT LABEL MULTIPLY DEFINED: a warning",
        NO_IMAGE: "No image of this name in the scope",
        IGNORED: "A warning: the statement is ignored",
    }
)


class Problems:
    """The diagnostics of one request, with the text of its lines for the caret."""

    def __init__(self, lines: Sequence[SourceLine]) -> None:
        self._text: dict[tuple[str, int], str] | None = None
        self._lines = lines
        self._said: set[tuple[str, Span, str]] = set()
        self.found: list[Diagnostic] = []
        self.refused = RefusedNames()

    def _source(self, at: Span) -> str:
        if self._text is None:
            self._text = {(line.procedure, line.line): line.text for line in self._lines}
        return self._text.get((at.procedure, at.line), "")

    def error(self, number: str, text: str, at: Span, hint: str = "") -> None:
        """Add an error; saying the same thing about the same place twice is left out."""
        self._add(Severity.ERROR, number, text, at, hint)

    def warning(self, number: str, text: str, at: Span, hint: str = "") -> None:
        """Add a warning."""
        self._add(Severity.WARNING, number, text, at, hint)

    def refuse(self, form: str, part: str, at: Span, text: str = "", hint: str = "") -> None:
        """Refuse `form` of a part of SOUL that is not there; `text` says more than the usual sentence."""
        self._add(Severity.ERROR, NOT_SUPPORTED, text or belongs(form, part), at, hint, Refused(form, part))

    def _add(
        self, severity: Severity, number: str, text: str, at: Span, hint: str, refused: Refused | None = None
    ) -> None:
        if (number, at, text) not in self._said:
            self._said.add((number, at, text))
            said = Diagnostic(severity, number, shortened(text), at, self._source(at), shortened(hint), refused)
            self.found.append(said)

    def restore(self, found: list[Diagnostic]) -> None:
        """Go back to the diagnostics `found`: the phase that added others is run again."""
        self.found = list(found)
        self._said = {(each.number, each.at, each.text) for each in found}

    @property
    def failed(self) -> bool:
        """Say whether there is an error among the diagnostics."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.found)


def nearest(name: str, names: Iterable[str]) -> str:
    """Return `Did you mean X?` for the name most like `name`, or ''."""
    by_key = {candidate.upper().lstrip("$%"): candidate for candidate in names}  # a sign in common is no likeness
    close = nearest_names(name.lstrip("$%"), by_key)
    return f"Did you mean {by_key[close[0]]}?" if close else ""
