"""Where a block of literal lines begins: Text and Html statements without text on their own line.

Kept apart from the statements' options and expressions, because the command level asks this of every line it reads and
must not load the parser for it. m204wiki, Text and Html statements.
"""

from __future__ import annotations

import re

FLAGS = frozenset({"DATA", "RAW", "ENCODE", "NOENCODE", "NOEXPR"})
DESTINATIONS = frozenset({"PRINT", "AUDIT", "TRACE"})
WORD = re.compile(r"\s*(\S+)")
_OPTION = re.compile(r"\s*([A-Za-z]+)(?=\s|$)")
# Where a Text or Html statement can begin on a line: first, after a label, after Then, Else, Try or Success.
_LABEL = re.compile(r"\s*[A-Za-z][\w.@#$]*:(?=\s)")
# An item of an image may be called TEXT, too.
_ITEM = r"(?!\s+(?:is|string|float|fixed|unicode|binary|packed|zoned|exponential)\b)"
_TEXT_STATEMENT = re.compile(rf"\s*(text|html)(?=\s|$){_ITEM}", re.I)
_BEFORE = re.compile(r"\s*(?:(?P<condition>if|else\s*if)|else|try|success)(?=\W|$)", re.I)
_THEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\b(?P<then>then)\b", re.I)


def block_kind(text: str) -> str:
    """Return TEXT or HTML when this logical line opens a block of raw lines, else an empty text."""
    position = 0
    while label := _LABEL.match(text, position):
        position = label.end()
    while (found := _TEXT_STATEMENT.match(text, position)) is None:
        before = _BEFORE.match(text, position)
        if before is None:
            return ""
        position = before.end()
        if before["condition"]:
            then = next((word for word in _THEN.finditer(text, position) if word["then"]), None)
            if then is None:
                return ""
            position = then.end()
    return "" if _one_line(text[found.end() :]) else found[1].upper()


def _one_line(rest: str) -> bool:
    """Say whether options are followed by text on the same line: only after Print, Audit or Trace."""
    position = 0
    while match := _OPTION.match(rest, position):
        word = match[1].upper()
        position = match.end()
        if word in DESTINATIONS:
            return bool(rest[position:].strip())
        if word in ("TO", "EXPR"):
            for _ in range(1 if word == "TO" else 2):
                operand = WORD.match(rest, position)
                position = operand.end() if operand else len(rest)
        elif word not in FLAGS:
            return False
    return False
