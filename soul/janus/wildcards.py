"""Janus wildcards: `*` any run of characters, `?` one character, `"` makes the next character literal.

Patterns match names, userids, host names and URLs; the nth wildcard of a rule's action stands for what the nth
wildcard of its URL matched. Matching never backtracks: the text between two `*` is taken at its first place, which
finds a match whenever there is one and gives the shortest captures from left to right. The time is at worst the
product of both lengths.

Source: m204wiki, Janus commands; JANUS WEB ON; JANUS WEB REDIRECT. That `?` and `"` hold in URLs too is our choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

ESCAPE = '"'


class Wild(Enum):
    """A wildcard of a pattern."""

    ANY = "*"
    ONE = "?"


Piece = str | Wild  # a str piece is one or more literal characters


def fold(text: str) -> str:
    """Return `text` in upper case, character by character, so that positions stay as they are."""
    if text.isascii():
        return text.upper()
    return "".join(upper if len(upper := char.upper()) == 1 else char for char in text)


def pieces_of(text: str) -> tuple[Piece, ...]:
    """Split a pattern or template into literal stretches and wildcards; a `"` at the very end is itself."""
    pieces: list[Piece] = []
    literal: list[str] = []
    characters: Iterator[str] = iter(text)
    for char in characters:
        if char in "*?":
            if literal:
                pieces.append("".join(literal))
                literal = []
            pieces.append(Wild(char))
        elif char == ESCAPE:
            literal.append(next(characters, ESCAPE))
        else:
            literal.append(char)
    if literal:
        pieces.append("".join(literal))
    return tuple(pieces)


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. `text` is as written; with `exact_case` False letters match in either case."""

    text: str
    exact_case: bool = False

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The pattern in pieces, folded unless case counts."""
        return pieces_of(self.text if self.exact_case else fold(self.text))

    @cached_property
    def wildcards(self) -> int:
        """How many wildcards the pattern has."""
        return sum(isinstance(piece, Wild) for piece in self.pieces)

    @cached_property
    def literal(self) -> str | None:
        """The only text that matches, when there is no wildcard."""
        return None if self.wildcards else "".join(str(piece) for piece in self.pieces)

    def match(self, subject: str, *, keep_case: bool = False) -> tuple[str, ...] | None:
        """Return what each wildcard matched, or None when `subject` as a whole does not match.

        Captures come from the folded subject unless case counts (m204wiki, NOUPCASE: our reading) or `keep_case`.
        """
        text = subject if self.exact_case else fold(subject)
        if self.text == Wild.ANY.value:
            return (subject if keep_case else text,)
        literal = self.literal
        if literal is not None:
            return () if text == literal else None
        spans = self._spans(text)
        source = subject if keep_case else text
        return None if spans is None else tuple(source[start:end] for start, end in spans)

    def _spans(self, text: str) -> list[tuple[int, int]] | None:
        """Match stretch by stretch: the first at the start, the last at the end, each other at its first place."""
        segments = self._segments
        first = segments[0].match(text)
        if first is None:
            return None
        spans = list(first.regs[1:])
        position = first.end()
        if len(segments) == 1:
            return spans if position == len(text) else None
        for segment in segments[1:-1]:
            found = segment.search(text, position)
            if found is None:
                return None
            spans.append((position, found.start()))
            spans.extend(found.regs[1:])
            position = found.end()
        start = len(text) - self._last_length
        last = segments[-1].match(text, start) if start >= position else None
        if last is None:
            return None
        spans.append((position, start))
        spans.extend(last.regs[1:])
        return spans

    @cached_property
    def _segments(self) -> tuple[re.Pattern[str], ...]:
        """The stretches between the `*`, as expressions of fixed length (nothing in them can backtrack)."""
        segments = [""]
        for piece in self.pieces:
            if piece is Wild.ANY:
                segments.append("")
            else:
                segments[-1] += "(.)" if piece is Wild.ONE else re.escape(str(piece))
        return tuple(re.compile(segment, re.DOTALL) for segment in segments)

    @cached_property
    def _last_length(self) -> int:
        """The number of characters that the last stretch takes."""
        length = 0
        for piece in reversed(self.pieces):
            if piece is Wild.ANY:
                break
            length += 1 if isinstance(piece, Wild) else len(piece)
        return length

    @cached_property
    def _symbols(self) -> tuple[str | Wild, ...]:
        """The pattern by single characters, each run of wildcards as its `?` and then at most one `*`."""
        symbols: list[str | Wild] = []
        ones, any_seen = 0, False
        for piece in (*self.pieces, ""):
            if piece is Wild.ONE:
                ones += 1
            elif piece is Wild.ANY:
                any_seen = True
            else:
                symbols.extend([Wild.ONE] * ones + [Wild.ANY] * any_seen)
                ones, any_seen = 0, False
                symbols.extend(str(piece))
        return tuple(symbols)

    def covers(self, other: Pattern) -> bool:
        """Say whether everything that `other` matches is matched here too.

        The wildcards of `other` are taken for characters that appear nowhere else: only a `*` here can stand for a
        `*` there, and only a wildcard for a `?`. True is always right.
        """
        if self.exact_case and not other.exact_case:
            return False
        return _glob(self._symbols, other._symbols)

    def meets(self, other: Pattern) -> bool:
        """Say whether some text is matched by both patterns."""
        mine, theirs = self._symbols, other._symbols
        width = len(theirs) + 1
        row = [False] * width
        for i in range(len(mine), -1, -1):
            below, row = row, [False] * width
            for j in range(width - 1, -1, -1):
                row[j] = _meet_step(mine[i : i + 1], theirs[j : j + 1], below, row, j)
        return row[0]


def _meet_step(
    mine: tuple[str | Wild, ...], theirs: tuple[str | Wild, ...], below: list[bool], row: list[bool], j: int
) -> bool:
    """Decide one cell of `Pattern.meets`: can the rests of both patterns match one text?"""
    if not mine and not theirs:
        return True
    skip_mine = mine == (Wild.ANY,) and below[j]
    skip_theirs = theirs == (Wild.ANY,) and row[j + 1]
    if skip_mine or skip_theirs:
        return True
    if not mine or not theirs:
        return False
    if mine[0] is Wild.ANY:
        return theirs[0] is not Wild.ANY and row[j + 1]
    if theirs[0] is Wild.ANY:
        return below[j]
    same = mine[0] is Wild.ONE or theirs[0] is Wild.ONE or mine[0] == theirs[0]
    return same and below[j + 1]


def _glob(pattern: tuple[str | Wild, ...], subject: tuple[str | Wild, ...]) -> bool:
    """Match symbols against symbols, where a wildcard of `subject` is a character of its own kind."""
    i = j = 0
    star, resume = -1, 0
    while j < len(subject):
        here = pattern[i] if i < len(pattern) else None
        if here is Wild.ANY:
            star, resume = i, j
            i += 1
        elif here is not None and (here == subject[j] or (here is Wild.ONE and subject[j] is not Wild.ANY)):
            i += 1
            j += 1
        elif star >= 0:
            resume += 1
            i, j = star + 1, resume
        else:
            return False
    return all(piece is Wild.ANY for piece in pattern[i:])


@dataclass(frozen=True)
class Template:
    """The text of an action, with wildcards that stand for what the URL's wildcards matched, by position.

    A wildcard beyond the last one of the URL stays as it is; rules that have one are refused when they are made.
    """

    text: str

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The text in pieces."""
        return pieces_of(self.text)

    @cached_property
    def wildcards(self) -> int:
        """How many wildcards the text has."""
        return sum(isinstance(piece, Wild) for piece in self.pieces)

    def fill(self, captures: tuple[str, ...]) -> str:
        """Return the text with its wildcards replaced."""
        remaining = iter(captures)
        return "".join(next(remaining, piece.value) if isinstance(piece, Wild) else piece for piece in self.pieces)
