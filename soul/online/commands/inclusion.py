"""INCLUDE and IF, with their responses.

Source: m204wiki, INCLUDE command; IF command; SSLCLCERT and SSLCLCERTR (a procedure name of several words).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from soul.language.source import SourceLine
from soul.online.command import CommandError, CommandTable
from soul.online.feed import Feed
from soul.online.messages import ONLINE_MESSAGES
from soul.online.open_files import OpenFile
from soul.online.procedures import Procedure
from soul.online.session import Session

_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_WORD = re.compile(r"[^\s,=()]+")
_DELIMITER = re.compile(r"\s*[,=()]\s*|\s+")
_IF = re.compile(r"\s*(?P<name>[^\s=]+)\s*=\s*(?P<value>'(?:[^']|'')*'|[^,]*?)\s*,\s*")
BLANK_SUBSTITUTES = (" ", "_", ".", "-")


def register(table: CommandTable) -> None:
    """Add the commands of this family."""
    table.add("INCLUDE", include, abbreviation="I")
    table.add("IF", include_if)


def split_include(operands: str) -> tuple[str, list[str], bool]:
    """Return name, responses and whether the name was quoted. A blank, comma, `=`, `(` or `)` separates responses.

    Raises CommandError for a name whose quote is not closed.
    """
    text = operands.strip()
    if text[:1] != "'" and _WORD.fullmatch(text):
        return text, [], False
    if text[:1] == "'" and _QUOTED.match(text) is None:
        raise CommandError(ONLINE_MESSAGES["SOUL.0208"], detail="A QUOTE IS NOT CLOSED")
    parts: list[str] = []
    quoted = False
    index = 0
    while index < len(text):
        match = _QUOTED.match(text, index)
        if match is not None:
            parts.append(match[1].replace("''", "'"))
            quoted = quoted or len(parts) == 1
        else:
            match = _WORD.match(text, index)
            parts.append(match[0] if match is not None else "")
        index = match.end() if match is not None else index
        delimiter = _DELIMITER.match(text, index)
        if delimiter is not None:
            index = delimiter.end()
        elif index < len(text) and match is None:
            index += 1
    if not parts:
        return "0", [], False
    while len(parts) > 1 and parts[-1] == "":
        parts.pop()
    return parts[0], parts[1:], quoted


def resolve(session: Session, operands: str, context: OpenFile | None = None) -> tuple[Procedure, Sequence[str]]:
    """Return the procedure and responses that the operands of INCLUDE mean.

    When there is no procedure of the first word but one with the whole rest of the line as its name (as it is, or
    with `_`, `.` or `-` for the blanks), that one is meant (our choice: the documented CMD 'INCLUDE MISSING
    CERTIFICATE ERROR' can mean nothing else).
    """
    name, responses, quoted = split_include(operands)
    if not quoted and responses and not session.has_procedure(name, context):
        whole = operands.strip()
        for substitute in BLANK_SUBSTITUTES:
            candidate = re.sub(r"\s+", substitute, whole)
            if session.has_procedure(candidate, context):
                return session.find_procedure(candidate, context), ()
    return session.find_procedure(name, context), responses


def include(session: Session, operands: str, at: SourceLine) -> None:
    """`INCLUDE [number | name] [delimiter response]...`: reads the procedure's lines as input."""
    try:
        procedure, responses = resolve(session, operands)
    except CommandError as error:
        if operands.strip():
            error.offset = 0
        raise
    session.push(Feed.of_procedure(procedure, responses))


def include_if(session: Session, operands: str, at: SourceLine) -> None:
    """`IF global=value, {number | name} [delimiter response]...`: includes when the global has that value."""
    wanted, procedure = applies(session, operands)
    if wanted:
        include(session, procedure, at)


def applies(session: Session, operands: str) -> tuple[bool, str]:
    """Return whether the global of `global=value, procedure ...` has that value, and what follows the comma."""
    match = _IF.match(operands)
    if match is None or match.end() >= len(operands):
        raise CommandError(
            ONLINE_MESSAGES["SOUL.0208"],
            detail="IF NEEDS global=value, procedure",
            hint="example: IF REPORTNO = 1, REPA, YES",
        )
    value = match["value"]
    if value.startswith("'"):
        value = value[1:-1].replace("''", "'")
    return (session.global_value(match["name"]) or "") == value, operands[match.end() :]
