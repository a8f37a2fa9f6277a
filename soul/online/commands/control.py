"""RESET, VIEW, UTABLE and its stack, CLEARG, MSGCTL, the asterisk commands, and commands that have no work here.

Source: m204wiki, RESET command; VIEW command; UTABLE command; PUSHUTABLE and POPUTABLE commands; CLEARG command;
MSGCTL command; MSGCTLU command; *UPPER command; Overview of Model 204 commands; INCLUDE command.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from soul.language.nearest import nearest_names
from soul.language.source import SourceLine
from soul.language.whole import whole_number
from soul.online.command import CommandError, CommandTable, Handler, Privilege, Word, words
from soul.online.messages import ONLINE_MESSAGES
from soul.online.parameters import PARAMETERS, ParameterRow, Scope, view_parameter
from soul.online.session import Session
from soul.runtime.messages import Message, MessageClass

_ASSIGNMENT = re.compile(
    r"\s*(?P<name>[A-Za-z@#$][\w@#$]*)(?:\s*=\s*|\s+)(?P<value>X'[0-9A-Fa-f]+'|'[^']*'|[^\s,]+)\s*,?"
)
_MESSAGE_NUMBER = re.compile(r"(?:(?P<facility>M204|USER|MSIR|SOUL)\.)?(?P<number>\d{1,4})", re.IGNORECASE)

# Commands that are known and have nothing to work on away from the mainframe (our choice: refused by name).
_UNAVAILABLE = (
    "ALLOCATE",
    "BROADCAST",
    "BUMP",
    "CHECKPOINT",
    "CREATE",
    "CREATEG",
    "DEFINE",
    "DELETEG",
    "DUMP",
    "EDIT",
    "EOD",
    "EOJ",
    "FILELOAD",
    "FLOD",
    "FREE",
    "HALT",
    "INITIALIZE",
    "LOGFILE",
    "LOGGRP",
    "LOGKEY",
    "LOGWHO",
    "MESSAGE",
    "MONITOR",
    "MSG",
    "PRIORITY",
    "REDEFINE",
    "REGENERATE",
    "REORGANIZE",
    "RESTART",
    "RESTORE",
    "SECURE",
    "START",
    "STATUS",
    "STOP",
    "TABLEC",
    "WARN",
    "Z",
)
_UNAVAILABLE_ABBREVIATIONS = {"EDIT": "E", "MONITOR": "M", "REGENERATE": "REGEN", "REORGANIZE": "REORG"}
_NOT_IN_PROCEDURES = frozenset(
    {"CREATEG", "EOD", "EOJ", "FILELOAD", "FLOD", "LOGWHO", "REGENERATE", "REORGANIZE", "RESTART", "Z"}
)


def register(table: CommandTable) -> None:
    """Add the commands of this family."""
    table.add("RESET", reset, abbreviation="R")
    table.add("VIEW", view, abbreviation="V")
    table.add("UTABLE", utable)
    table.add("PUSHUTABLE", push_utable)
    table.add("POPUTABLE", pop_utable)
    table.add("CLEARG", clear_globals)
    table.add("CLEARGO", clear_global_objects)
    table.add("MSGCTL", message_control, privilege=Privilege.SYSTEM_ADMINISTRATOR)
    table.add("MSGCTLU", message_control_user)
    table.add("NEW PAGE", new_page, abbreviation=("N", "NP"))
    table.add("TIME", time, abbreviation="T")
    table.add("*SLEEP", sleep)
    table.add("*UPPER", upper)
    table.add("*LOWER", lower)
    table.add("*ECHO", nothing)
    table.add("*JUMP", nothing)
    for name in _UNAVAILABLE:
        table.add(
            name,
            unavailable(name),
            abbreviation=_UNAVAILABLE_ABBREVIATIONS.get(name, ""),
            in_procedure=name not in _NOT_IN_PROCEDURES,
        )


def _refused(detail: str, *, offset: int | None = None, hint: str = "") -> CommandError:
    return CommandError(ONLINE_MESSAGES["SOUL.0208"], detail=detail, offset=offset, hint=hint)


def unavailable(name: str) -> Handler:
    """Return a handler that refuses a mainframe command by name."""

    def refuse(session: Session, operands: str, at: SourceLine) -> None:
        raise _refused(f"THE COMMAND {name} IS NOT AVAILABLE OFF THE MAINFRAME")

    return refuse


def _row(name: str, offset: int) -> ParameterRow:
    row = PARAMETERS.get(name)
    if row is None:
        near = nearest_names(name, [known.name for known in PARAMETERS])
        raise CommandError(
            ONLINE_MESSAGES["M204.2740"],
            offset=offset,
            detail=name.upper(),
            hint=f"did you mean {near[0]}?" if near else "",
        )
    return row


def _settings(
    operands: str, allowed: Callable[[ParameterRow], bool], session: Session
) -> list[tuple[ParameterRow, int | str]]:
    """Return the rows and new values of `p[=]v[,...]`; nothing is changed when one of them is wrong."""
    found: list[tuple[ParameterRow, int | str]] = []
    index = 0
    while operands[index:].strip():
        match = _ASSIGNMENT.match(operands, index)
        if match is None:
            raise _refused("A PARAMETER AND ITS VALUE ARE EXPECTED", offset=index, hint="example: MSGCTL=2")
        row = _row(match["name"], match.start("name"))
        if not allowed(row):
            where = {Scope.TABLE: " WITH RESET, USE UTABLE", Scope.SYSTEM: ", SET IT IN soul.toml"}.get(row.scope, "")
            raise CommandError(ONLINE_MESSAGES["SOUL.0213"], offset=match.start("name"), name=row.name, detail=where)
        value = match["value"]
        if value.startswith("'"):
            value = value[1:-1]
        try:
            found.append((row, row.parse(value, session.thread.parameters.get(row.name, row.default))))
        except ValueError as error:
            raise CommandError(ONLINE_MESSAGES["M204.2740"], offset=match.start("value"), detail=str(error)) from None
        index = match.end()
    if not found:
        raise _refused("A PARAMETER AND ITS VALUE ARE EXPECTED", hint="example: MSGCTL=2")
    return found


def reset(session: Session, operands: str, at: SourceLine) -> None:
    """`RESET p[=]v[,...]`: sets user parameters; shows the result unless in a procedure."""
    user_zero = session.thread.number == 0

    def allowed(row: ParameterRow) -> bool:
        return row.scope is Scope.USER or (row.scope is Scope.SYSTEM and user_zero)

    changes = _settings(operands, allowed, session)
    for row, value in changes:
        for name, kept in row.changes(value).items():
            session.thread.set_parameter(name, kept)
            if row.scope is Scope.SYSTEM:
                session.online.user_parameters()[name] = kept
    if not session.in_procedure:
        for row, _ in changes:
            _show(session, row)


def _show(session: Session, row: ParameterRow) -> None:
    value = view_parameter(session.thread, row.name)
    session.thread.output.line(f"{row.name:<8} {value:<12} {row.description}")


def view(session: Session, operands: str, at: SourceLine) -> None:
    """`VIEW p[,p]...`: shows `NAME value DESCRIPTION`; ALL, USER, UTABLE and SYSTEM show whole sets."""
    sets = {"USER": Scope.USER, "UTABLE": Scope.TABLE, "SYSTEM": Scope.SYSTEM}
    given = words(operands) or [Word("ALL", False, 0)]
    for word in given:
        rows = (
            list(PARAMETERS)
            if word.upper == "ALL"
            else [row for row in PARAMETERS if row.scope is sets.get(word.upper)]
        )
        for row in rows or [_row(word.text, word.offset)]:
            _show(session, row)


def utable(session: Session, operands: str, at: SourceLine) -> None:
    """`UTABLE [(SIZE)] p[=]v[,...]`: table sizes are kept for VIEW and limit nothing (our choice)."""
    text = operands.strip()
    if not text:
        view(session, "UTABLE", at)
        return
    if text.upper().startswith("(SIZE)"):
        operands = text[6:]
    changes = _settings(operands, lambda row: row.scope is Scope.TABLE, session)
    for row, value in changes:
        session.thread.parameters[row.name] = value
    session.more = None  # changing a table size cancels an outstanding End More
    if not session.in_procedure:
        for row, _ in changes:
            _show(session, row)


def _tables(session: Session) -> dict[str, int | str]:
    return {
        row.name: session.thread.parameters.get(row.name, row.default) for row in PARAMETERS if row.scope is Scope.TABLE
    }


def push_utable(session: Session, operands: str, at: SourceLine) -> None:
    """`PUSHUTABLE [settings]`: saves the table sizes; once per INCLUDE level."""
    feed = session.feed
    if feed is None or feed.table_settings:
        raise _refused("PUSHUTABLE WAS ISSUED AT THIS INCLUDE LEVEL ALREADY")
    saved = _tables(session)
    if operands.strip():
        utable(session, operands, at)
    feed.table_settings.append(saved)


def pop_utable(session: Session, operands: str, at: SourceLine) -> None:
    """`POPUTABLE`: restores what PUSHUTABLE of this INCLUDE level saved."""
    feed = session.feed
    if feed is None or not feed.table_settings:
        raise _refused("POPUTABLE WITHOUT PUSHUTABLE AT THIS INCLUDE LEVEL")
    session.thread.parameters.update(feed.table_settings.pop())


def clear_globals(session: Session, operands: str, at: SourceLine) -> None:
    """`CLEARG`: clears string globals; global objects stay."""
    session.thread.globals.clear()


def clear_global_objects(session: Session, operands: str, at: SourceLine) -> None:
    """`CLEARGO`: there are no global objects yet, so nothing is left to clear."""


_ATTRIBUTES: dict[str, dict[str, object]] = {
    "TERM": {"terminal": True},
    "NOTERM": {"terminal": False},
    "AUDIT": {"audit": True},
    "NOAUDIT": {"audit": False},
    "AUDITER": {"audit": True, "code": "ER"},
    "AUDITMS": {"audit": True, "code": "MS"},
    "AUDITAD": {"audit": True, "code": "AD"},
    "COUNT": {"counts": True},
    "NOCOUNT": {"counts": False},
    "CLASS=E": {"kind": MessageClass.ERROR},
    "CLASS=I": {"kind": MessageClass.INFORMATION},
    "CLASS=P": {"kind": MessageClass.PROMPT},
}


def _change_messages(operands: str, changes: dict[str, Callable[[Message], Message]]) -> None:
    given = words(operands)
    if len(given) == 1 and given[0].upper == "OFF":
        changes.clear()
        return
    match = _MESSAGE_NUMBER.fullmatch(given[0].text) if given else None
    if match is None or len(given) < 2:
        raise _refused("A MESSAGE NUMBER AND ATTRIBUTES ARE EXPECTED", hint="example: MSGCTLU M204.1030 NOTERM")
    attributes: dict[str, object] = {}
    for word in given[1:]:
        known = _ATTRIBUTES.get(word.upper)
        if known is None:
            raise _refused(
                f"UNKNOWN MESSAGE ATTRIBUTE {word.text}", offset=word.offset, hint="known are " + ", ".join(_ATTRIBUTES)
            )
        attributes.update(known)
    number = f"{(match['facility'] or 'M204').upper()}.{int(match['number']):04d}"
    changes[number] = _changer(attributes, changes.get(number))


def _changer(
    attributes: dict[str, object], before: Callable[[Message], Message] | None
) -> Callable[[Message], Message]:
    def change(message: Message) -> Message:
        return replace(before(message) if before is not None else message, **attributes)  # type: ignore[arg-type]

    return change


def message_control(session: Session, operands: str, at: SourceLine) -> None:
    """`MSGCTL {M204|USER|MSIR}.nnnn attribute...`: changes a message for everybody."""
    _change_messages(operands, session.online.message_changes)


def message_control_user(session: Session, operands: str, at: SourceLine) -> None:
    """`MSGCTLU {M204|USER|MSIR}.nnnn attribute...` or `MSGCTLU OFF`: changes a message for this thread."""
    _change_messages(operands, session.message_changes)


def new_page(session: Session, operands: str, at: SourceLine) -> None:
    """`NEW PAGE`: begins a new page of output; nothing where there are no pages (OUTLPP=0)."""
    session.thread.new_page()


def time(session: Session, operands: str, at: SourceLine) -> None:
    """`TIME`: shows date and time."""
    session.thread.output.line(session.thread.clock().strftime("%y.%j %b %d %H.%M.%S").upper())


SLEEP_LIMIT = 3600  # seconds


def sleep(session: Session, operands: str, at: SourceLine) -> None:
    """`*SLEEP n`: waits n seconds; can be stopped."""
    import time as clock

    text = operands.strip()
    seconds = whole_number(text)
    if seconds is None or seconds > SLEEP_LIMIT:
        raise _refused(f"*SLEEP TAKES A NUMBER OF SECONDS UP TO {SLEEP_LIMIT}", offset=0 if text else None)
    end = clock.monotonic() + seconds
    while (left := end - clock.monotonic()) > 0:
        session.thread.check_stop()
        clock.sleep(min(left, 0.1))


def upper(session: Session, operands: str, at: SourceLine) -> None:
    """`*UPPER`: typed command lines are upper-cased from now on."""
    session.upper = True


def lower(session: Session, operands: str, at: SourceLine) -> None:
    """`*LOWER`: typed lines are taken as they are, the state a session begins with (our choice)."""
    session.upper = False


def nothing(session: Session, operands: str, at: SourceLine) -> None:
    """Accept a terminal setting that has no effect here."""
