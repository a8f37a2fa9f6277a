"""The commands of the command level, one module per family."""

from __future__ import annotations

from soul.online.command import CommandTable
from soul.online.commands import control, files, inclusion, logins, procedures, requests


def register_commands(table: CommandTable) -> None:
    """Add every command of this layer to `table`."""
    for family in (requests, inclusion, procedures, files, logins, control):
        family.register(table)
