"""Physical lines of the command level to logical ones: comments are passed over, hyphens continue a line.

Source: m204wiki, Overview of Model 204 commands; UTABLE command.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from soul.language.source import SourceLine
from soul.online.command import CommandTable
from soul.online.pieces import Piece

# In UTABLE a number with a hyphen at once behind it asks for a smaller size; other hyphens continue the line.
_RELATIVE_SIZE = re.compile(r"\s*(?:PUSH)?UTABLE\s.*\d-$", re.IGNORECASE)


class LogicalLine(NamedTuple):
    """A whole command: its text, the pieces of one that was continued, and the line for its place."""

    text: str
    pieces: tuple[Piece, ...]
    at: SourceLine


class Joiner:
    """The lines of a session that are not complete yet.

    `open` says whether the next line belongs to one that came before; `text` is what has been joined so far.
    """

    open = False
    in_comment = False  # a comment that ended in a hyphen goes on
    text = ""
    _pieces: tuple[Piece, ...] = ()

    def __init__(self, commands: CommandTable) -> None:
        self._commands = commands

    def drop(self) -> None:
        """Forget what is not complete."""
        self.open = self.in_comment = False
        self.text, self._pieces = "", ()

    @property
    def unfinished(self) -> SourceLine | None:
        """The line whose continuation is missing, if there is one; a comment misses none."""
        return self._pieces[-1].line if self._pieces else None

    def take(self, line: SourceLine) -> LogicalLine | None:
        """Take a line, its dummy strings replaced; return the command that it completes."""
        text = line.text.rstrip()
        if not self._pieces:
            if self._is_comment(text):
                return None
            if not text.endswith("-"):
                return LogicalLine(text, (), line)
        continues = text.endswith("-") and _RELATIVE_SIZE.match(f"{self.text} {text}") is None
        if continues:
            text = text[:-1].rstrip()
        indent = len(text) - len(text.lstrip()) if self._pieces else 0
        start = len(self.text) + 1 if self._pieces else 0
        self.text = f"{self.text} {text[indent:]}" if self._pieces else text
        self._pieces = (*self._pieces, Piece(start, indent, line))
        self.open = continues
        if continues:
            return None
        first = self._pieces[0].line
        whole = LogicalLine(self.text, self._pieces, SourceLine(self.text, first.procedure, first.line))
        self.drop()
        return whole

    def _is_comment(self, text: str) -> bool:
        """Say whether a line is empty, a comment, or goes on with a comment that ended in a hyphen."""
        if not self.in_comment:
            if text and not text.lstrip().startswith("*"):
                return False
            if self._is_star_command(text):
                return False
        self.in_comment = self.open = text.endswith("-")
        return True

    def _is_star_command(self, text: str) -> bool:
        """Say whether a line that begins with `*` or is empty is a command: only `*NAME` in column 1 can be one."""
        if len(text) > 1 and text[0] == "*" and text[1].isalpha():
            return self._commands.match(text) is not None
        return False
