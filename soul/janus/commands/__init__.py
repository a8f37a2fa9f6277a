"""The JANUS command: one module for each group of subcommands, loaded when the first JANUS command is issued.

Source: m204wiki, Janus commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from soul.language.nearest import nearest_names
from soul.language.source import SourceLine
from soul.online.command import Privilege

if TYPE_CHECKING:
    from soul.online.online import Online
    from soul.online.session import Session


def register(online: Online) -> None:
    """Make the JANUS command known to an Online. The state behind it is `soul.janus.state.janus_of(online)`.

    Every subcommand needs system manager privileges.
    """
    online.commands.add("JANUS", _janus, privilege=Privilege.SYSTEM_MANAGER, redact=redact_password, wildcards=True)
    online.commands.explain_unknown(_missing_hyphen)


def _janus(session: Session, operands: str, at: SourceLine) -> None:
    from soul.janus.commands.dispatch import execute

    execute(session, operands, at)


def redact_password(line: str) -> str:
    """Return a command line fit for the audit trail: the key password of JANUS START, however spelled, is left out."""
    words = line.split(None, 3)
    if len(words) > 3 and words[0].upper() == "JANUS" and _means_start(words[1].upper()):
        return " ".join([*words[:3], "********"])
    return line


def _means_start(subcommand: str) -> bool:
    if subcommand == "START":
        return True
    from soul.janus.commands.dispatch import SUBCOMMANDS

    if subcommand in SUBCOMMANDS:
        return False
    return bool(nearest_names(subcommand, ["START"]))


def _missing_hyphen(word: str) -> str:
    """Return a hint for an unknown command that is a keyword of JANUS DEFINE or of a rule."""
    from soul.janus.parameters import parameter
    from soul.janus.web_rules import ON_PARAMETERS

    name = word.upper()
    owner = "JANUS DEFINE" if parameter(name) else "JANUS WEB ON" if name in ON_PARAMETERS else ""
    if not owner:
        return ""
    return f"{name} is a parameter of {owner}: the line before must end in a hyphen (-) to go on in this line"
