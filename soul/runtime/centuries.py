"""The century of a two-digit year: the rules of CENTSPLT, BASECENT and DEFCENT.

Source: m204wiki, CENTSPLT parameter; BASECENT parameter; DEFCENT parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Centuries:
    """The rules for a year without century: by split year, else by default century."""

    default: int
    split: int | None = None
    base: int = 19

    def year(self, yy: int) -> int:
        """Return the full year of a two-digit one."""
        if self.split is None:
            return self.default * 100 + yy
        return (self.base if yy >= self.split else self.base + 1) * 100 + yy


def base_century(today: date, split: int) -> int:
    """Return BASECENT: the century of today, less one when today's year is below the split."""
    century, yy = divmod(today.year, 100)
    return century - 1 if yy < split else century
