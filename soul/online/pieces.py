"""The pieces of a logical line: which physical line each part of a command came from."""

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
