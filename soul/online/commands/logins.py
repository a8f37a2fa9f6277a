"""Commands, see register."""

from __future__ import annotations

from soul.online.command import CommandTable


def register(table: CommandTable) -> None:
    """Add the commands of this family."""
