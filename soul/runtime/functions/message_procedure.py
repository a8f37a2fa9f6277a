"""$SirMsgP and $SirMsg: a procedure whose lines are the messages of a program.

Source: m204wiki, $SirMsgP; $SirMsg.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soul.runtime import numbers
from soul.runtime.functions.limits import STRING
from soul.runtime.functions.procedures import BAD_FILE, NULL_NAME, PROCEDURES
from soul.runtime.functions.registry import Family
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread
from soul.runtime.values import Value

FAMILY = Family("message procedures")

PLACEHOLDER = "%C"


@dataclass(frozen=True)
class MessageProcedure:
    """The current $SirMsg procedure of a thread, as it was when $SirMsgP read it."""

    name: str
    lines: Sequence[str]


MESSAGE_PROCEDURE: Slot[MessageProcedure] = Slot("$SirMsg procedure")


@FAMILY.function("$SirMsgP", page="$SirMsgP")
def sirmsgp(thread: Thread, name: str = "", file: str | None = None) -> int:
    """Make a procedure the current $SirMsg procedure, whose lines $SirMsg returns.

    Arguments: name of the procedure; file, an open file, default the current one.
    Result: 0 done, 1 locked for edit or delete (does not happen here), 2 missing or no access, 3 null name, 4 bad
    file, no current file or no privilege, 7 no room (does not happen here). The procedure stays the current one until
    logoff or the next 0, as it was when it was read; a null name releases it (our choice).
    Example: $SirMsgP('') -> 3
    Example: $SirMsgP('CREW','NOFILE') -> 4
    Page: m204wiki, $SirMsgP
    """
    wanted = name.strip()
    if not wanted:
        thread.slots.drop(MESSAGE_PROCEDURE)
        return NULL_NAME
    access = thread.slots.get(PROCEDURES)
    found = BAD_FILE if access is None else access.read(wanted, file or None)
    if isinstance(found, int):
        return found
    thread.slots.put(MESSAGE_PROCEDURE, MessageProcedure(wanted, tuple(found)))
    return 0


@FAMILY.function("$SirMsg", page="$SirMsg")
def sirmsg(thread: Thread, line: int = 0, *replacements: Value | None) -> str:
    """Return a line of the current $SirMsg procedure.

    Arguments: line number, 0 for the name of the procedure; up to three replacements for the first, second and third
    %C in the line, by default the %C stays (our choice).
    Result: at most 255 characters; null when there is no current $SirMsg procedure or no such line.
    Example: $SirMsg(1) -> (null)
    Example:
        PROCEDURE -1
        Invalid PF key.
        Record %C of file %C is locked.
        END PROCEDURE
        Begin
        Print $SirMsgP(-1)
        Print $SirMsg(2, 355, 'HISTORY')
        Print $SirMsg(0)
        End
    Prints:
        0
        Record 355 of file HISTORY is locked.
        -1
    Page: m204wiki, $SirMsg
    """
    current = thread.slots.get(MESSAGE_PROCEDURE)
    if current is None or not 0 <= line <= len(current.lines):
        return ""
    if line == 0:
        return current.name
    first, *rest = current.lines[line - 1].split(PLACEHOLDER)
    parts = [first]
    for index, part in enumerate(rest):
        value = replacements[index] if index < min(len(replacements), 3) else None
        parts += [PLACEHOLDER if value is None else value if isinstance(value, str) else numbers.text(value), part]
    return "".join(parts)[:STRING]
