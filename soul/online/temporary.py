"""Temporary procedures: 0, -1, -2 ... of one session, gone at logout.

The last NORQS requests that were typed are kept as 0, -1 and so on. Sources: m204wiki, PROCEDURE command; Procedures.
"""

from __future__ import annotations

from soul.online.command import CommandError
from soul.online.messages import ONLINE_MESSAGES
from soul.online.procedures import Procedure


class TemporaryProcedures:
    """The temporary procedures of one session by number (0 or negative)."""

    def __init__(self) -> None:
        self._procedures: dict[int, Procedure] = {}

    def get(self, number: int) -> Procedure:
        """Return temporary procedure `number`, or refuse with M204.1172."""
        found = self._procedures.get(number)
        if found is None:
            raise CommandError(ONLINE_MESSAGES["M204.1172"], detail=f": {number}")
        return found

    def has(self, number: int) -> bool:
        """Say whether there is a temporary procedure `number`."""
        return number in self._procedures

    def store(self, number: int, text: str) -> None:
        """Create or replace temporary procedure `number`."""
        self._procedures[number] = Procedure("", str(number), text)

    def delete(self, number: int) -> None:
        """Delete temporary procedure `number`, or refuse with M204.1172."""
        self.get(number)
        del self._procedures[number]

    def remember(self, text: str, kept: int) -> None:
        """Keep a typed request as number 0; the earlier ones move down, and the oldest of `kept` is dropped."""
        if kept > 0:
            self.insert(0, text, kept)

    def insert(self, at: int, text: str, kept: int) -> None:
        """Make a new procedure `at`; it and those after it move down by one, and the oldest of `kept` is dropped."""
        for number in range(-(kept - 1), at):
            above = self._procedures.get(number + 1)
            if above is None:
                self._procedures.pop(number, None)
            else:
                self._procedures[number] = Procedure("", str(number), above.text)
        self.store(at, text)

    def numbers(self) -> list[int]:
        """Return the numbers in use, 0 first."""
        return sorted(self._procedures, reverse=True)

    def clear(self) -> None:
        """Drop them all."""
        self._procedures.clear()
