"""Physical lines in, logical lines out, one at a time as the block builder asks for them.

The scanner knows comments in all their forms, continuation by hyphen, the lines of the macro facility and `?!name`,
and the frames of included procedures. Bodies of Text and Html are fetched raw: they are neither joined nor stripped.

m204wiki, Request composition rules; INCCC parameter; SOUL macro facility; MSIR.0654.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from soul.language.complaints import complain
from soul.language.diagnostics import Diagnostic
from soul.language.included_responses import IncludedResponses
from soul.language.logical import LogicalLine
from soul.language.source import SourceLine, Span

_MACRO_LINE = re.compile(r"\s*!\s*([A-Za-z]+)\b\s*(.*?)\s*$")
_MACRO_WORDS = frozenset(
    ["DEF", "DEFINE", "UNDEF", "IFDEF", "IFNDEF", "ELSEIFDEF", "ELSEIFNDEF", "ELSE", "ENDIF", "DUPEXIT"]
)
_MACRO_NAME = re.compile(r"[\w@#$.]+")
_MACRO_USE = re.compile(r"\?!([A-Za-z_@#$][\w@#$]*(?:\.[\w@#$]+)*)")
# Quoted text, an opening block comment, or a word after which the rest of the line is literal text.
_COMMENT_START = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(?P<open>/\?)|\b(?P<text>(?:print|audit|trace|set|return)text)\b""", re.I
)


class CommentFilter:
    """Replaces `/? .. ?/` by blanks; such a comment may span lines."""

    __slots__ = ("open",)

    def __init__(self) -> None:
        self.open = False

    def clean(self, text: str) -> str:
        """Return `text` with block comments blanked out, columns unchanged. Literal text of PrintText is left alone."""
        if not self.open and "/?" not in text:
            return text
        done: list[str] = []
        position = 0
        while position < len(text):
            if self.open:
                end = text.find("?/", position)
                stop = len(text) if end < 0 else end + 2
                self.open = end < 0
                done.append(" " * (stop - position))
                position = stop
                continue
            for match in _COMMENT_START.finditer(text, position):
                if match["text"]:
                    return "".join(done) + text[position:]
                if match["open"]:
                    done.append(text[position : match.start()])
                    position = match.start()
                    self.open = True
                    break
            else:
                done.append(text[position:])
                break
            done.append("  ")
            position += 2
        return "".join(done)


def is_comment(text: str) -> bool:
    """Say whether the line is a comment: its first non-blank character is an asterisk."""
    return text.lstrip().startswith("*")


def is_continued(text: str) -> bool:
    """Say whether the next line continues this one: its last non-blank character is a hyphen."""
    return text.rstrip().endswith("-")


def _is_text(text: str, at: int, name: str) -> bool:
    """Say whether `?!name` at index `at` is no use of the macro variable `name`, which is not defined.

    Names are upper case (m204wiki, MSIR.0654), so others are text in quotes and comments; and behind a parenthesis in
    quotes it is the look-ahead of a regular expression, '(?!A)' (our choice).
    """
    quoted = text[:at].count("'") % 2 == 1 or text[:at].count('"') % 2 == 1
    if quoted and text[at - 1 : at] == "(":
        return True
    return name != name.upper() and (quoted or is_comment(text))


@dataclass(slots=True)
class _Clause:
    """One !IfDef: whether its lines count now, and whether one of its branches has counted already."""

    active: bool
    taken: bool
    outer: bool  # whether the lines around it count
    line: SourceLine


@dataclass(slots=True)
class _Frame:
    """The lines of one procedure that are still to come."""

    lines: Iterator[SourceLine]
    clauses: list[_Clause] = field(default_factory=list)
    responses: IncludedResponses | None = None
    fold_case: bool = True


class Scanner:
    """Pulls logical lines from a request's physical lines. Diagnostics are added to the list given."""

    def __init__(
        self,
        lines: Iterable[SourceLine],
        diagnostics: list[Diagnostic],
        macros: dict[str, str] | None = None,
        fold_case: bool = True,
    ) -> None:
        """Start with `lines`; `macros` are the macro variables defined so far (names upper case), changed in place."""
        self._frames = [_Frame(iter(lines), fold_case=fold_case)]
        self._diagnostics = diagnostics
        self._macros: dict[str, str] = {} if macros is None else macros
        self._visited: set[str] = set()
        self._comments = CommentFilter()
        self._comment_line: SourceLine | None = None
        self._last: SourceLine | None = None

    @property
    def depth(self) -> int:
        """The number of procedures being read: 1 outside of any Include."""
        return len(self._frames)

    @property
    def end(self) -> Span:
        """The place after the last line read."""
        if self._last is None:
            return Span("", 0, 0, 0, 0)
        line, column = self._last, len(self._last.text) + 1
        return Span(line.procedure, line.line, column, line.line, column)

    @property
    def responses(self) -> IncludedResponses | None:
        """What the Include statement that brought the present lines left for $Read, if anything."""
        return self._frames[-1].responses

    def push(self, lines: Sequence[SourceLine], responses: IncludedResponses | None = None) -> None:
        """Read these lines next, before what is left of the current procedure."""
        self._frames.append(_Frame(iter(lines), responses=responses, fold_case=self.fold_case))

    @property
    def fold_case(self) -> bool:
        """Whether names and keywords are translated to upper case: m204wiki, Mixed-case SOUL.

        What Sirius Case changes in an included procedure ends with the procedure (our choice).
        """
        return self._frames[-1].fold_case

    @fold_case.setter
    def fold_case(self, fold_case: bool) -> None:
        self._frames[-1].fold_case = fold_case

    def leave(self) -> bool:
        """Stop reading: no further lines come. Say whether any statements would have come."""
        texts = (line.text for frame in self._frames for line in frame.lines)
        left = any(text.strip() and not is_comment(text) for text in texts)
        self._frames = [_Frame(iter(()), fold_case=self.fold_case)]
        return left

    def raw(self) -> SourceLine | None:
        """Return the next physical line untouched, or None at the end of the procedure that holds the block."""
        frame = self._frames[-1]
        line = next(frame.lines, None)
        if line is None:
            return None
        self._last = line
        return self._macro_values(line)

    def next(self) -> LogicalLine | None:
        """Return the next logical line, or None at the end. Comments and empty lines are skipped."""
        while True:
            line = self._physical()
            if line is None:
                if self._comments.open and self._comment_line is not None:
                    at = LogicalLine.of(self._comment_line).span(0, len(self._comment_line.text))
                    self._diagnostics.append(complain("SOUL.1053", at, self._comment_line.text))
                    self._comments.open = False
                return None
            was_open = self._comments.open
            if not was_open and is_comment(line.text):
                self._skip_comment(line)
                continue
            if not was_open and line.text.lstrip().startswith("!") and self._macro_statement(line):
                continue
            text = self._clean(line)
            if text.strip():
                return self._join(line, text)

    def _clean(self, line: SourceLine) -> str:
        was_open = self._comments.open
        text = self._comments.clean(line.text)
        if self._comments.open and not was_open:
            self._comment_line = line
        return text

    def _join(self, line: SourceLine, text: str) -> LogicalLine:
        text = text.rstrip()
        if not text.endswith("-"):
            return LogicalLine(text, [(0, line, 0)])
        parts: list[str] = []
        pieces: list[tuple[int, SourceLine, int]] = []
        length = index = 0
        while True:
            more = text.endswith("-")
            if more:
                text = text[:-1].rstrip() + " "
            pieces.append((length, line, index))
            parts.append(text)
            length += len(text)
            following = self._physical() if more else None
            if following is None:
                break
            line = following
            cleaned = self._clean(line).rstrip()
            text = cleaned.lstrip()
            index = len(cleaned) - len(text)
        return LogicalLine("".join(parts).rstrip(), pieces)

    def _skip_comment(self, line: SourceLine | None) -> None:
        while line is not None and is_continued(line.text):
            line = self._physical()

    def _physical(self) -> SourceLine | None:
        """Return the next line that counts under the macro clauses, `?!name` replaced."""
        while self._frames:
            frame = self._frames[-1]
            line = next(frame.lines, None)
            if line is None:
                # An open clause is closed at the end of the procedure it began in.
                if len(self._frames) == 1:
                    return None
                self._frames.pop()
                continue
            self._last = line
            if frame.clauses and not frame.clauses[-1].active:
                if line.text.lstrip().startswith("!"):
                    self._macro_statement(line)
                continue
            return self._macro_values(line)
        return None

    # The macro facility.

    def _macro_values(self, line: SourceLine) -> SourceLine:
        """Replace `?!NAME` by the value of the macro variable, keeping columns through a column map."""
        if "?!" not in line.text:
            return line
        text: list[str] = []
        columns: list[int] = []
        position = 0
        for match in _MACRO_USE.finditer(line.text):
            name = match[1]
            value = self._macros.get(name)
            if value is None and _is_text(line.text, match.start(), name):
                continue
            if value is None:
                at = LogicalLine.of(line).span(match.start(), match.end())
                self._diagnostics.append(complain("MSIR.0654", at, line.text, name=name))
                value = ""
            text += [line.text[position : match.start()], value]
            columns += [line.column(i) for i in range(position, match.start())]
            columns += [line.column(match.start())] * len(value)
            position = match.end()
        text.append(line.text[position:])
        columns += [line.column(i) for i in range(position, len(line.text))]
        return SourceLine("".join(text), line.procedure, line.line, tuple(columns))

    def _macro_statement(self, line: SourceLine) -> bool:
        """Obey a `!` line. Returns False when it is none and must be parsed (and refused) as a statement."""
        match = _MACRO_LINE.match(line.text)
        if match is None:
            return False
        word, operands = match[1].upper(), match[2]
        frame = self._frames[-1]
        counting = not frame.clauses or frame.clauses[-1].active
        at = LogicalLine.of(line).span(match.start(1) - 1, match.end(1))
        if word not in _MACRO_WORDS:
            if counting:
                self._diagnostics.append(complain("SOUL.1050", at, line.text, found="!" + match[1]))
            return True
        found = _MACRO_NAME.match(operands)
        name = found[0].upper() if found else ""
        if not name and word not in ("ELSE", "ENDIF", "DUPEXIT"):
            self._diagnostics.append(complain("SOUL.1052", at, line.text, found="!" + match[1]))
            return True
        if word in ("DEF", "DEFINE", "UNDEF", "DUPEXIT"):
            if counting:
                self._define(word, name, operands[len(name) :].strip(), frame, line)
            return True
        if not self._clause(word, name in self._macros, frame, line):
            self._diagnostics.append(complain("SOUL.1051", at, line.text, found="!" + match[1]))
        return True

    def _define(self, word: str, name: str, value: str, frame: _Frame, line: SourceLine) -> None:
        if word == "UNDEF":
            self._macros.pop(name, None)
        elif word in ("DEF", "DEFINE"):
            self._macros[name] = value
        elif name:
            if name in self._macros:
                frame.lines = iter(())
            else:
                self._macros[name] = ""
        elif line.procedure in self._visited:
            frame.lines = iter(())
        else:
            self._visited.add(line.procedure)

    def _clause(self, word: str, defined: bool, frame: _Frame, line: SourceLine) -> bool:
        clauses = frame.clauses
        if word in ("IFDEF", "IFNDEF"):
            outer = not clauses or clauses[-1].active
            active = outer and defined == (word == "IFDEF")
            clauses.append(_Clause(active, active, outer, line))
            return True
        if not clauses:
            return False
        if word == "ENDIF":
            clauses.pop()
            return True
        clause = clauses[-1]
        wanted = word == "ELSE" or defined == (word == "ELSEIFDEF")
        clause.active = clause.outer and wanted and not clause.taken
        clause.taken = clause.taken or clause.active
        return True
