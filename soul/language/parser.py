"""The front end of the compiler: the lines of a request in, its tree and every complaint about it out.

Each logical line is parsed alone, so each bad line gives exactly one diagnostic and the rest is still checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from soul.language import nodes
from soul.language.blocks import END_LINE, TITLES, BlockBuilder
from soul.language.complaints import SyntaxRefusal, complain
from soul.language.diagnostics import Diagnostic, Refused, Severity
from soul.language.expression_actions import TrailingComment
from soul.language.included_responses import IncludedResponses, give_responses
from soul.language.logical import LogicalLine
from soul.language.machine import Machine, StartSymbol, machine
from soul.language.openings import BranchLine, IncludeLine, Opening, SuccessLine, TextLine
from soul.language.problems import NOT_SUPPORTED
from soul.language.refused import CLASSES, NUMBERS, belongs
from soul.language.request import RequestReader, end_of_request
from soul.language.scanner import Scanner
from soul.language.source import SourceLine, Span
from soul.language.text import TextOptions, text_line, text_options
from soul.language.text_blocks import block_kind
from soul.language.types import UNKNOWN_CLASS
from soul.language.words import RECORD_VERBS

__all__ = [
    "IncludeRefused",
    "ParsedRequest",
    "RequestReader",
    "end_of_request",
    "parse_expression",
    "parse_request",
]

IncludeReader: TypeAlias = Callable[[str, list[str], Span], Sequence[SourceLine]]

INCLUDE_LIMIT = 40  # m204wiki, MAXINCL parameter: its highest setting. Whoever reads the procedure may allow less.
LABEL_LIMIT = 254
MAX_STARS = 10  # asterisks that a trailing comment may hold, or stand behind

_LABEL = re.compile(r"\s*([A-Za-z][\w.@#$]*):(?=\s|$)")
# A statement number, the older way to name statements and to nest them: m204wiki, Request composition rules.
_NUMBERED = re.compile(r"\s*(\d+(?:\.\d+)*\.?)\s+(?=[A-Za-z%$])")
# A declaration, also one that cannot be parsed.
_DECLARED = re.compile(
    r"\s*(?:declare\s+)?(?P<name>%[\w.#@$]+)\s+(?:is\s+)?"
    r"(?:object|structure|enumeration|collection|string|longstring|float|fixed|unicode|boolean|\w*arraylist)\b",
    re.I,
)
# Forms of classes written in SOUL that the grammar does not know, by what they open.
_CLASS_FORM = re.compile(
    r"\s*(?P<form>enhancement|local\s+alias|(?:shared|private|public)(?=\s+(?:function|subroutine|property)))\b"
    r"(?:\s+(?P<kind>function|subroutine|property)\b)?",
    re.I,
)
_METHOD = re.compile(r"\s*(?P<kind>function|subroutine|property|constructor)\b", re.I)
_METHOD_VARIABLE = re.compile(
    r"\s*(?:declare\s+)?(?P<name>%[\w.@#$]+)\s+(?:is\s+)?(?:function|subroutine|property)\b", re.I
)
# A trailing comment: an asterisk with a blank on both sides, outside quotes.
_COMMENT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?<=\s)(?P<star>\*)(?=\s|$)")
_FAILED_BRANCH = re.compile(r"\s*(else\s*if|catch)\b", re.I)
_INCLUDE_IN = re.compile(r"\s*((?:file|(?:perm\s+|temp\s+)?group)\s+\S+)\s+include\b(.*)$", re.I)
# `IF global=value, procedure` inside a request: no Then, and a comma no condition can have.
_IF_INCLUDE = re.compile(
    r"\s*if\s+(?P<name>[\w.@#$\\]+)\s*=\s*(?P<value>'(?:[^']|'')*'|[^,'\"()]*?)\s*,(?!.*\bthen\b)\s*(?P<rest>\S.*)$",
    re.I,
)
_RECORD_IN = re.compile(
    r"(?P<context>.*?)(?<![\w.@#$%])(?P<verb>for\s+(?:each|all)\s+\w+|for\s+record\s+number|for\s+(?:record|fieldgroup)|"
    r"for\s+(?:\d+|%[\w.@#$]+)\s+(?:records|values)|clear\s+list|declare\s+list|release|"
    rf"{'|'.join(word.lower() for word in sorted(RECORD_VERBS - {'FILE'}))}|count)\b\s*(?P<rest>.*)$",
    re.I,
)
# `[Declare] Image name`, also inside an image, where IMAGE can be an item: then a type follows.
_IMAGE = re.compile(
    r"\s*(?P<declare>declare\s+)?image\s+(?!(?:is|string|float|fixed|unicode|binary|packed|zoned|exponential)\b)\S",
    re.I,
)
_COUNTED = re.compile(r"FOR (?:\d+|%\S+) ")
_THEN_CONTINUE = re.compile(r"\s*then\s+continue\b", re.I)
_PROCEDURE_NAME = re.compile(r"\s*(?:'((?:[^']|'')*)'|([^\s,=()]+))")
_RESPONSE = re.compile(r"\s*(?:[,=()]\s*)?(?:'((?:[^']|'')*)'|([^\s,=()]+))")
_TEXT_DESTINATION = {"PRINTTEXT": "PRINT", "AUDITTEXT": "AUDIT", "TRACETEXT": "TRACE"}


class IncludeRefused(Exception):
    """Raised by the `include` function given to `parse_request`: the procedure cannot be read.

    `number` and `text` become a diagnostic at the Include statement.
    """

    def __init__(self, number: str, text: str) -> None:
        self.number = number
        self.text = text
        super().__init__(f"{number}: {text}")


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """The statements of a request, what is wrong with it (in the order met), and the case in effect at its end."""

    body: list[nodes.Statement]
    diagnostics: list[Diagnostic]
    fold_case: bool = True


def parse_request(
    lines: Sequence[SourceLine],
    *,
    fold_case: bool = True,
    leave_allowed: bool = True,
    include: IncludeReader | None = None,
    macros: dict[str, str] | None = None,
) -> ParsedRequest:
    """Parse the lines between Begin and End (both exclusive).

    Arguments:
        fold_case: translate names and keywords to upper case (m204wiki, Mixed-case SOUL); False takes them as
            written, then keywords must be in upper case. Sirius Case changes it.
        leave_allowed: False ignores Sirius Case Leave, with a warning (m204wiki, COMPOPT parameter X'02').
        include: returns the lines of a procedure for an Include statement, given its name, the responses and the
            place; the name is preceded by `FILE f ` or `GROUP g ` when an In clause was written, or by `IF g=v, ` when
            the lines are wanted only if the global g has the value v. It may raise
            IncludeRefused, and takes out of the responses those that it used up; $Read gets the others. None makes
            every Include an error.
        macros: the macro variables defined so far; changed by !Def and !Undef.

    Result: the tree and all diagnostics. Never raises for bad input.
    """
    return _RequestParser(lines, fold_case, leave_allowed, include, macros).parse()


def parse_expression(text: str, at: Span, *, fold_case: bool = True) -> nodes.Expr:
    """Return the expression in `text`, whose first character stands at `at`.

    Raises SyntaxRefusal; its `at` lies within the same line.
    """
    columns = tuple(range(max(1, at.column), max(1, at.column) + len(text)))
    line = LogicalLine.of(SourceLine(text, at.procedure, at.line, columns))
    expression: nodes.Expr = machine().parse("expression", line, 0, len(text.rstrip()), fold_case)
    return expression


class _RequestParser:
    def __init__(
        self,
        lines: Sequence[SourceLine],
        fold_case: bool,
        leave_allowed: bool,
        include: IncludeReader | None,
        macros: dict[str, str] | None,
    ) -> None:
        self._diagnostics: list[Diagnostic] = []
        self._scanner = Scanner(lines, self._diagnostics, macros, fold_case)
        self._blocks = BlockBuilder(self._diagnostics)
        self._machine: Machine = machine()
        self._leave_allowed = leave_allowed
        self._include = include
        self._inclusions = 0

    def parse(self) -> ParsedRequest:
        while (line := self._scanner.next()) is not None:
            if end_of_request(line.text):  # of an included procedure
                if self._scanner.leave():
                    at = line.span(0, len(line.text))
                    self._diagnostics.append(complain("SOUL.1055", at, line.source(at), severity=Severity.WARNING))
                break
            self._line(line)
        self._blocks.finish()
        return ParsedRequest(self._blocks.body, self._diagnostics, self._scanner.fold_case)

    @property
    def _fold(self) -> bool:
        return self._scanner.fold_case

    def _line(self, line: LogicalLine) -> None:
        begin = 0
        labelled = False
        while not self._blocks.in_image and (found := _LABEL.match(line.text, begin)):
            if not labelled:
                self._blocks.ends_by_label()
                labelled = True
            if self._blocks.is_raw:
                break
            at = line.span(found.start(1), found.end(1))
            if len(found[1]) > LABEL_LIMIT:
                self._diagnostics.append(complain("SOUL.1021", at, line.source(at)))
            name = found[1].upper() if self._fold else found[1]
            self._blocks.label(nodes.Label(at, name, found[1]), line.source(at))
            begin = found.end()
        numbered = None if self._blocks.in_image else _NUMBERED.match(line.text, begin)
        if numbered is not None:
            begin = self._statement_number(numbered, line)
        if not line.text[begin:].strip():
            return
        if self._end_line(line, begin):
            return
        if self._blocks.is_raw:
            self._raw_line(line, begin)
            return
        if not self._blocks.in_image and (conditional := _IF_INCLUDE.match(line.text, begin)):
            self._included_if(conditional, line)
            return
        block = ""
        image = _IMAGE.match(line.text, begin)
        if image is not None:
            begin = image.end("declare") if image["declare"] else begin
            if self._blocks.in_image:
                block = self._blocks.next_image(line.span(image.start(), len(line.text)), line)
        start: StartSymbol = "image_line" if self._blocks.in_image else "statement"
        try:
            node, end = self._parse(start, line, begin)
        except SyntaxRefusal as refusal:
            self._failed(refusal, line, begin, quiet=numbered is not None)
            return
        if start == "image_line":
            self._blocks.add_image_line(node, line)
            return
        try:
            finished = self._finished(node, line)
            if isinstance(finished, nodes.Image):
                finished.block = block
            if self._scanner.responses is not None:
                give_responses(finished, self._scanner.responses)
            self._blocks.add(finished, line)
        except SyntaxRefusal as refusal:
            self._failed(refusal, line, begin)
            return
        self._after(node, line, end)

    def _statement_number(self, found: re.Match[str], line: LogicalLine) -> int:
        """Refuse statement numbers, once for a request; return where the statement begins.

        A number ends an open Find, as a label does.
        """
        if not self._blocks.numbered:
            at = line.span(found.start(1), found.end(1))
            hint = "Write labels before the statements that others name, and close blocks with End"
            text = f"{found[1]}: statement numbers are not supported"
            refused = Refused("numbers before statements", NUMBERS)
            said = Diagnostic(Severity.ERROR, NOT_SUPPORTED, text, at, line.source(at), hint, refused)
            self._diagnostics.append(said)
        self._blocks.ends_by_label()
        self._blocks.numbered = True
        return found.end()

    def _failed(self, refusal: SyntaxRefusal, line: LogicalLine, begin: int, quiet: bool = False) -> None:
        if self._class_form(line, begin):
            return
        if not quiet:
            self._diagnostics.append(refusal.diagnostic(line.source(refusal.at)))
        declared = None if self._blocks.in_image else _DECLARED.match(line.text, begin)
        if declared is not None:
            self._declare_unknown(declared, line)
        kind = block_kind(line.text)
        if kind:
            while (raw := self._scanner.raw()) is not None and not _ends_text(raw.text, kind):
                pass
            return
        branch = _FAILED_BRANCH.match(line.text, begin)
        if branch:
            self._blocks.failed_branch("CATCH" if branch[1].upper() == "CATCH" else "ELSEIF")
        elif not self._blocks.in_image:
            self._blocks.open_failed(line, begin, refusal.at)

    def _class_form(self, line: LogicalLine, begin: int) -> bool:
        """Take a line that cannot be parsed for a form of classes written in SOUL, if it is one.

        Inside a class, which has been refused, nothing is said; elsewhere the form is refused by name.
        """
        found = _CLASS_FORM.match(line.text, begin)
        method = _METHOD.match(line.text, begin) if self._blocks.in_class else None
        form = " ".join(found["form"].split()).title() if found else ""
        variable = None if found else _METHOD_VARIABLE.match(line.text, begin)
        if variable is not None:
            form = "A method variable"
        if not form and method is None:
            return False
        first = begin + len(line.text[begin:]) - len(line.text[begin:].lstrip())
        at = line.span(first, len(line.text))
        if not self._blocks.in_class:
            refused = Refused(form, CLASSES)
            text = belongs(form, CLASSES)
            self._diagnostics.append(Diagnostic(Severity.ERROR, NOT_SUPPORTED, text, at, line.source(at), "", refused))
        kind = (found and found["kind"]) or (method and method["kind"])
        if kind:
            self._blocks.open(kind.upper(), None, at, line)
        if variable is not None:
            self._declare_unknown(variable, line)
        return True

    def _declare_unknown(self, found: re.Match[str], line: LogicalLine) -> None:
        """Declare the variable of a line that cannot be parsed, so that nothing is said about its uses."""
        at = line.span(found.start("name"), found.end("name"))
        name = found["name"].upper() if self._fold else found["name"]
        unknown = nodes.Type(at, "OBJECT", class_name=UNKNOWN_CLASS)
        self._blocks.add(nodes.Declaration(at, name, unknown), line)

    def _parse(self, start: StartSymbol, line: LogicalLine, begin: int) -> tuple[nodes.Node, int]:
        """Parse the line; when that fails and its keywords are not in upper case where they must be, say so.

        Sirius Case itself may be in any case (our choice: a procedure that begins with it can be included anywhere).
        """
        try:
            return self._parse_folded(start, line, begin, self._fold)
        except SyntaxRefusal as refusal:
            if self._fold:
                raise
            try:
                found = self._parse_folded(start, line, begin, True)
            except SyntaxRefusal:
                raise refusal from None
            if not isinstance(found[0], nodes.SiriusCase):
                self._wrong_case(refusal.at, line)
            return found

    def _parse_folded(self, start: StartSymbol, line: LogicalLine, begin: int, fold: bool) -> tuple[nodes.Node, int]:
        """Parse the line; when that fails, once more without its trailing comment."""
        end = len(line.text)
        try:
            return self._machine.parse(start, line, begin, end, fold), end
        except TrailingComment as comment:
            return self._parse_before(start, line, begin, comment.start, fold)
        except SyntaxRefusal:
            stars = [found.start() for found in _COMMENT.finditer(line.text, begin) if found["star"]]
            for star in reversed(stars[-MAX_STARS:]):
                with suppress(SyntaxRefusal):
                    return self._parse_before(start, line, begin, star, fold)
            raise  # the complaint about the whole line says more

    def _parse_before(
        self, start: StartSymbol, line: LogicalLine, begin: int, end: int, fold: bool
    ) -> tuple[nodes.Node, int]:
        end = begin + len(line.text[begin:end].rstrip())
        try:
            return self._machine.parse(start, line, begin, end, fold), end
        except TrailingComment as comment:
            return self._parse_before(start, line, begin, comment.start, fold)

    def _wrong_case(self, at: Span, line: LogicalLine) -> None:
        self._diagnostics.append(complain("SOUL.1054", at, line.source(at)))

    # Lines that belong to a block as they are.

    def _raw_line(self, line: LogicalLine, begin: int) -> None:
        top = self._blocks.top
        if top is None or top.lines is None:
            return
        if top.kind == "STORE" and _THEN_CONTINUE.match(line.text, begin):
            top.lines = None
            return
        inner = re.match(r"\s*(public|private)\b", line.text[begin:], re.I)
        if top.kind in ("ENUMERATION", "STRUCTURE") and inner:
            keyword = inner[1].upper()
            node = nodes.ClassBlock(line.span(begin + inner.start(1), begin + inner.end(1)), keyword, "")
            top.body.append(node)
            self._blocks.open(keyword, node, node.at, line)
            return
        top.lines.append(line.text[begin:].strip())

    def _end_line(self, line: LogicalLine, begin: int) -> bool:
        found = END_LINE.match(line.text, begin)
        if found is None:
            return False
        word = (found["kind"] or found["joined"]).upper()
        start = begin + len(line.text[begin:]) - len(line.text[begin:].lstrip())
        end = found.end("kind") if found["kind"] else found.end("joined")
        at = line.span(start, end)
        if not self._fold and line.text[start:end] != line.text[start:end].upper():
            self._wrong_case(at, line)
        rest = found["rest"]
        comment = re.search(r"(?:^|\s)\*(?:\s|$)", rest)
        if comment:
            rest = rest[: comment.start()]
        if word not in TITLES:
            from soul.language.expectation import nearest

            hint = nearest(found["kind"], TITLES)
            self._diagnostics.append(complain("SOUL.1016", at, line.source(at), hint, found=found["kind"]))
            return True
        self._blocks.close(word, rest.strip().upper() if self._fold else rest.strip(), at, line)
        return True

    # What the grammar leaves open: literal text, Include, record statements after In.

    def _finished(self, node: nodes.Node, line: LogicalLine) -> nodes.Node:
        """Return the node with literal texts cut and In clauses settled; looks into single-line blocks."""
        innermost = node
        while isinstance(innermost, Opening | BranchLine | SuccessLine) and innermost.inner is not None:
            inner = innermost.inner
            if not isinstance(inner, Opening | BranchLine | SuccessLine):
                innermost.inner = self._statement(inner, line)
            innermost = inner
        return self._statement(node, line) if innermost is node else node

    def _statement(self, node: nodes.Node, line: LogicalLine) -> nodes.Node:
        if isinstance(node, TextLine):
            return self._text(node, line)
        if isinstance(node, IncludeLine) and node.has_context and not _INCLUDE_IN.match(node.rest.value):
            found = _RECORD_IN.match(node.rest.value)
            verb = _COUNTED.sub("FOR ", " ".join(found["verb"].upper().split())) if found else "IN"
            return nodes.RecordStatement(node.at, verb, node.rest.value)
        return node

    def _text(self, node: TextLine, line: LogicalLine) -> nodes.Statement:
        keyword, begin = node.keyword, node.rest.start
        if keyword in ("TEXT", "HTML"):
            return self._text_block(node, line)
        text = text_line(self._machine, line, begin, self._fold)
        if keyword == "SETTEXT" and node.target is not None:
            return nodes.SetText(node.at, node.target, text)
        if keyword == "RETURNTEXT":
            return nodes.ReturnText(node.at, text)
        return nodes.PrintText(node.at, _TEXT_DESTINATION[keyword], text)  # type: ignore[arg-type]

    def _text_block(self, node: TextLine, line: LogicalLine) -> nodes.Statement:
        kind = node.keyword
        options = text_options(self._machine, kind, line, node.rest.start, self._fold)
        block = nodes.TextBlock(
            node.at,
            "TEXT" if kind == "TEXT" else "HTML",
            options.destination,
            options.target,
            options.encode,
            options.words,
            [],
        )
        if options.text_from is not None:
            rest = line.text[options.text_from :]
            begin = options.text_from + len(rest) - len(rest.lstrip())
            block.lines.append(self._text_line(line, begin, options))
            return block
        while (raw := self._scanner.raw()) is not None:
            if _ends_text(raw.text, kind):
                return block
            body = LogicalLine.of(raw)
            try:
                block.lines.append(self._text_line(body, 0, options))
            except SyntaxRefusal as refusal:
                self._diagnostics.append(refusal.diagnostic(raw.text))
        self._diagnostics.append(complain("SOUL.1043", node.at, line.source(node.at), kind=kind.capitalize()))
        return block

    def _text_line(self, line: LogicalLine, begin: int, options: TextOptions) -> nodes.TextLine:
        if not options.expressions:
            literal = line.text[begin:]
            return nodes.TextLine(line.span(begin, len(line.text)), [literal] if literal else [])
        return text_line(self._machine, line, begin, self._fold, options.start, options.end)

    def _after(self, node: nodes.Node, line: LogicalLine, end: int) -> None:
        """Obey an Include, also as the statement after Then; honour Sirius Case."""
        while isinstance(node, Opening | BranchLine | SuccessLine) and node.inner is not None:
            node = node.inner
        if isinstance(node, nodes.SiriusCase):
            node.ignored = node.mode == "LEAVE" and not self._leave_allowed
            if not node.ignored:
                self._scanner.fold_case = node.mode == "TOUPPER"
        if isinstance(node, IncludeLine):
            try:
                self._included(node, line, end)
            except SyntaxRefusal as refusal:
                self._diagnostics.append(refusal.diagnostic(line.source(refusal.at)))

    def _included_if(self, found: re.Match[str], line: LogicalLine) -> None:
        """Obey `IF global=value, procedure`: whoever reads procedures knows the globals. m204wiki, IF command."""
        at = line.span(found.start() + len(found[0]) - len(found[0].lstrip()), len(line.text))
        try:
            self._push(f"IF {found['name']}={found['value']}, ", found["rest"], at, line)
        except SyntaxRefusal as refusal:
            self._diagnostics.append(refusal.diagnostic(line.source(refusal.at)))

    def _included(self, node: IncludeLine, line: LogicalLine, end: int) -> None:
        context, operands = "", node.rest.value
        if node.has_context:
            found = _INCLUDE_IN.match(operands)
            if found is None:
                return
            context, operands = " ".join(found[1].upper().split()) + " ", found[2]
        self._push(context, operands, node.at, line)

    def _push(self, context: str, operands: str, at: Span, line: LogicalLine) -> None:
        """Read the lines of a procedure next; `context` says where it is, or when."""
        comment = next((m.start() for m in _COMMENT.finditer(operands) if m["star"]), len(operands))
        operands = operands[:comment]
        name = _PROCEDURE_NAME.match(operands)
        if name is None:
            raise SyntaxRefusal("SOUL.1031", at)
        if name[2] is not None and name[2].startswith("'"):
            raise SyntaxRefusal("SOUL.1003", at)
        responses = [_unquoted(match) for match in _RESPONSE.finditer(operands, name.end())]
        if self._include is None:
            raise SyntaxRefusal("SOUL.1030", at)
        if self._scanner.depth >= INCLUDE_LIMIT:
            raise SyntaxRefusal("SOUL.1032", at, limit=INCLUDE_LIMIT)
        try:
            lines = self._include(context + _unquoted(name), responses, at)
        except IncludeRefused as refused:
            self._diagnostics.append(Diagnostic(Severity.ERROR, refused.number, refused.text, at, line.source(at)))
            return
        self._inclusions += 1
        left = IncludedResponses(self._inclusions, tuple(responses)) if responses else None
        self._scanner.push(lines, left)


def _unquoted(match: re.Match[str]) -> str:
    quoted = match[1]
    return quoted.replace("''", "'") if quoted is not None else match[2]


def _ends_text(text: str, kind: str) -> bool:
    words = text.upper().split(None, 2)[:2]
    return words == ["END", kind]
