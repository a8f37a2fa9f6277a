"""The byte strings of LINEND and PRSTOK: how they are written, checked and searched.

Sources: m204wiki, LINEND and PRSTOK (JANUS DEFINE parameters); $Sock_RecvPrs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NONE = "NONE"
LONGEST_TOKEN = 255


def hex_bytes(text: str) -> bytes:
    """Return the bytes of a hex string such as `0D0A`. Raises ValueError for anything else."""
    if not text or len(text) % 2 or not re.fullmatch("[0-9A-Fa-f]+", text):
        raise ValueError(f"'{text}' is not a string of hexadecimal byte values")
    return bytes.fromhex(text)


def parse_line_end(text: str) -> bytes | None:
    """Return the line end of a LINEND value, None for NONE. Raises ValueError."""
    return None if text.upper() == NONE else hex_bytes(text)


@dataclass(frozen=True, slots=True)
class Found:
    """A separator: where it starts, how long it is, its number in the list (from 1)."""

    start: int
    length: int
    index: int


@dataclass(frozen=True)
class Separators:
    """A PRSTOK list. With AMBIG one token may be the beginning of another; the longest match wins (our choice)."""

    text: str
    tokens: tuple[bytes, ...]
    ambiguous: bool

    @classmethod
    def parse(cls, text: str) -> Separators | None:
        """Return the list written `[AMBIG|]hex|hex...`, None for NONE. Raises ValueError with the reason."""
        if text.upper() == NONE:
            return None
        parts = text.split("|")
        ambiguous = parts[0].upper() == "AMBIG"
        tokens = tuple(hex_bytes(part) for part in parts[ambiguous:])
        if not tokens:
            raise ValueError("AMBIG is followed by no separator")
        if any(len(token) > LONGEST_TOKEN for token in tokens):
            raise ValueError(f"a separator is longer than {LONGEST_TOKEN} bytes")
        overlapping = [
            (a.hex().upper(), b.hex().upper())
            for i, a in enumerate(tokens)
            for j, b in enumerate(tokens)
            if i != j and b.startswith(a)
        ]
        if overlapping and not ambiguous:
            short, long = overlapping[0]
            raise ValueError(f"{short} is the beginning of {long}: the list must start with AMBIG|")
        if ambiguous and not overlapping:
            raise ValueError("AMBIG is given, but no separator is the beginning of another")
        return cls(text.upper(), tokens, ambiguous)

    def find(self, data: bytes | bytearray, start: int, *, complete: bool) -> Found | None:
        """Return the first separator in `data` from `start` on, or None.

        Unless `complete` (nothing more can follow), a match that further bytes could make longer is not yet
        reported.
        """
        best: Found | None = None
        for index, token in enumerate(self.tokens, 1):
            at = data.find(token, start)
            if at < 0:
                continue
            if best is None or at < best.start or (at == best.start and len(token) > best.length):
                best = Found(at, len(token), index)
        if best is None or complete or not self.ambiguous:
            return best
        rest = bytes(data[best.start :])
        if any(len(token) > len(rest) and token.startswith(rest) for token in self.tokens):
            return None
        return best

    @property
    def longest(self) -> int:
        """The length of the longest separator in bytes."""
        return max(len(token) for token in self.tokens)
