"""The pieces of a logical line: which physical line each part of a command came from, and its IN clause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from soul.language.source import SourceLine


class Piece(NamedTuple):
    """A stretch of a logical line: where it begins in the joined text and the physical line it came from."""

    start: int
    indent: int
    line: SourceLine


def command_start(joined: str) -> int:
    """Return the index of the first word of a command."""
    return len(joined) - len(joined.lstrip())


def locate(pieces: Sequence[Piece], offset: int) -> tuple[SourceLine, int]:
    """Return the physical line and column of a place in a logical line."""
    piece = next((piece for piece in reversed(pieces) if piece.start <= offset), pieces[0])
    return piece.line, piece.line.column(offset - piece.start + piece.indent)


def in_clause(joined: str) -> tuple[str, str, str]:
    """Return kind (FILE, GROUP or ''), name and rest of a command that begins with an IN clause; ('', '', joined) else.

    The form is `IN [PERM | TEMP] [FILE | GROUP] name command`.
    """
    none = ("", "", joined)
    front = joined.lstrip()
    if front[:2].upper() != "IN" or not front[2:3].isspace():
        return none
    rest = front[2:].lstrip()
    words = rest.split(None, 2)
    if len(words) < 2:
        return none
    kind = ""
    first = words[0].upper()
    if first in {"PERM", "TEMP"}:
        rest = rest.split(None, 1)[1]
        first = rest.split(None, 1)[0].upper()
    if first in {"FILE", "GROUP"}:
        kind = first
        rest = rest.split(None, 1)[1] if " " in rest else ""
    parts = rest.split(None, 1)
    if len(parts) < 2:
        return none
    return kind, parts[0].rstrip(",").upper(), parts[1]
