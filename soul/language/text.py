"""Literal text with expressions in braces: PrintText and its like, and the bodies of Text and Html.

m204wiki, Targeted Text statements; Text and Html statements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from soul.language import nodes
from soul.language.complaints import SyntaxRefusal
from soul.language.logical import LogicalLine
from soul.language.machine import Machine
from soul.language.text_blocks import DESTINATIONS, FLAGS, WORD


@dataclass(slots=True)
class TextOptions:
    """The options of a Text or Html statement. `text_from` is where one-line text begins, or None for a block."""

    destination: Literal["PRINT", "AUDIT", "TRACE", "TO"] = "PRINT"
    target: nodes.Expr | None = None
    encode: bool | None = None
    words: list[str] = field(default_factory=list)
    start: str = "{"
    end: str = "}"
    expressions: bool = True
    text_from: int | None = None


def text_options(machine: Machine, kind: str, line: LogicalLine, begin: int, fold_case: bool) -> TextOptions:
    """Return the options written from `begin` to the end of the line. Raises SyntaxRefusal for an unknown one."""
    options = TextOptions()
    text = line.text
    title = kind.capitalize()
    position = begin
    while found := WORD.match(text, position):
        word, position = found[1].upper(), found.end()
        at = line.span(found.start(1), found.end(1))
        if word in DESTINATIONS:
            options.destination = word  # type: ignore[assignment]
            if text[position:].strip():
                options.text_from = position
                return options
        elif word == "TO":
            operand = WORD.match(text, position)
            if operand is None:
                raise SyntaxRefusal("SOUL.1044", at, option="To", expected="a Stringlist variable")
            options.destination = "TO"
            options.target = machine.parse("expression", line, operand.start(1), operand.end(1), fold_case)
            position = operand.end()
        elif word == "EXPR":
            marks = [WORD.match(text, position)]
            marks.append(WORD.match(text, marks[0].end()) if marks[0] else None)
            if marks[0] is None or marks[1] is None:
                raise SyntaxRefusal("SOUL.1044", at, option="Expr", expected="start and end characters")
            options.start, options.end = marks[0][1], marks[1][1]
            position = marks[1].end()
        elif word in FLAGS:
            if word == "NOEXPR":
                options.expressions = False
            elif word in ("ENCODE", "NOENCODE"):
                options.encode = word == "ENCODE"
            else:
                options.words.append(word)
        else:
            from soul.language.expectation import nearest

            hint = nearest(word, [*FLAGS, *DESTINATIONS, "TO", "EXPR"])
            raise SyntaxRefusal("SOUL.1042", at, hint, kind=title, found=found[1])
    return options


def text_line(
    machine: Machine, line: LogicalLine, begin: int, fold_case: bool, start: str = "{", end: str = "}"
) -> nodes.TextLine:
    """Cut `line.text[begin:]` into literal text and expressions.

    `{~}` becomes the source of the next expression; `{~=x}` is `x`, `=`, and the value of x; `{}` inserts nothing.
    """
    text = line.text
    parts: list[str | nodes.Expr] = []
    waiting: list[tuple[int, int]] = []  # (index into parts, offset of the brace) of each {~}
    position = begin
    while (opened := text.find(start, position)) >= 0:
        if opened > position:
            parts.append(text[position:opened])
        inside = opened + len(start)
        closed = _closing(text, inside, end)
        if closed < 0:
            raise SyntaxRefusal("SOUL.1040", line.span(opened, inside))
        source = text[inside:closed].strip()
        position = closed + len(end)
        if source == "~":
            waiting.append((len(parts), opened))
            parts.append("")
            continue
        if not source:
            continue
        if source.startswith("~="):
            inside = text.index("~=", inside) + 2
            source = text[inside:closed].strip()
            parts.append(source + "=")
        for index, _ in waiting:
            parts[index] = source
        waiting.clear()
        parts.append(machine.parse("expression", line, inside, closed, fold_case))
    if waiting:
        offset = waiting[0][1]
        raise SyntaxRefusal("SOUL.1041", line.span(offset, offset + len(start) + 1))
    if position < len(text):
        parts.append(text[position:])
    return nodes.TextLine(line.span(begin, len(text)), _joined(parts))


def _closing(text: str, position: int, end: str) -> int:
    """Return where the closing mark stands, quoted text skipped, or -1."""
    quote = ""
    while position < len(text):
        character = text[position]
        if quote:
            if character == quote:
                quote = ""
        elif character in "'\"":
            quote = character
        elif text.startswith(end, position):
            return position
        position += 1
    return -1


def _joined(parts: list[str | nodes.Expr]) -> list[str | nodes.Expr]:
    """Join neighbouring literal texts."""
    joined: list[str | nodes.Expr] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return joined
