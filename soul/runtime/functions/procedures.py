"""Procedure $functions: read, list and write procedures.

The Online puts a `ProcedureAccess` under `PROCEDURES`; a thread without one has no procedure files.
Source: m204wiki, $ProcOpn; $RdProc; SOUL $functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from soul.language.whole import whole_number
from soul.runtime.functions.lists import BAD_LIST, MISSING, add_lines, lists
from soul.runtime.functions.messages import failed, invalid
from soul.runtime.functions.patterns import wild_match
from soul.runtime.functions.registry import Family
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

FAMILY = Family("procedures")

OPENED, LOCKED, NOT_FOUND, NULL_NAME, BAD_FILE, TOO_MANY, NO_ROOM = range(7)
NOT_OPEN = -1
MAXINCL = 5  # m204wiki, $ProcOpn: "formerly 5"


@dataclass(frozen=True)
class ProcedureFacts:
    """What lists of procedures show."""

    file: str
    name: str
    size: int = 0  # characters
    updated: str = ""  # YYYYMMDDHHMISS


class ProcedureAccess(Protocol):
    """Procedures as the user of the thread may see them."""

    def read(self, name: str, file: str | None) -> Sequence[str] | int:
        """Return the lines, or 1 locked, 2 missing or no access, 4 bad file, no current file or no privilege.

        A number as name (0, -1 ...) is a temporary procedure. No file is the current one.
        """

    def substitute(self, lines: Sequence[str], responses: str) -> Sequence[str]:
        """Return the lines with dummy strings replaced, from an INCLUDE response text such as ",A,B"."""

    def list(self, file: str | None) -> Sequence[ProcedureFacts] | None:
        """Return the procedures of a file or group in order of names; None for a file that is not open."""

    def touch(self, name: str, file: str | None) -> bool:
        """Set the last-update stamp to now; False when that is not possible."""

    def write_temporary(self, lines: Sequence[str]) -> None:
        """Make the lines temporary procedure 0."""


PROCEDURES: Slot[ProcedureAccess] = Slot("procedures")


@dataclass
class Reading:
    """A procedure that is open for reading."""

    name: str
    raw: Sequence[str]
    lines: Sequence[str]
    at: int = 0


@dataclass
class Readings:
    """The procedures open for reading on a thread; the last one of `stack` is the current $ProcOpn procedure."""

    stack: list[Reading] = field(default_factory=list)
    by_control: dict[int, Reading] = field(default_factory=dict)
    built: list[str] = field(default_factory=list)  # lines of $BldProc
    last_control: int = 0

    def end_request(self) -> None:
        """Close everything."""
        self.stack.clear()
        self.by_control.clear()
        self.built.clear()


READINGS: Slot[Readings] = Slot("procedures being read")


def readings(thread: Thread) -> Readings:
    """Return what the thread is reading."""
    known = thread.slots.get(READINGS)
    if known is None:
        known = Readings()
        thread.slots.put(READINGS, known)
        thread.at_request_end.append(known.end_request)
    return known


def _fetch(thread: Thread, name: str, file: str | None) -> Sequence[str] | int:
    access = thread.slots.get(PROCEDURES)
    if not name.strip():
        return NULL_NAME
    return BAD_FILE if access is None else access.read(name.strip(), file or None)


@FAMILY.function("$ProcOpn", page="$ProcOpn")
def procopn(thread: Thread, name: str = "", file: str | None = None, responses: str | None = None) -> int:
    """Open a procedure for reading.

    Arguments: name; file or group, default the current one; responses, INCLUDE responses that $ProcGet puts into
    dummy strings.
    Result: 0 opened, 1 locked for edit or delete, 2 missing or no access, 3 null name, 4 bad file, no current file or
    no privilege, 5 too many open, 6 no room for the responses.
    Example: $ProcOpn('') -> 3
    Example: $ProcOpn('P','NOFILE') -> 4
    Example:
        PROCEDURE -1
        AHAB
        STARBUCK
        END PROCEDURE
        Begin
        Print $ProcOpn(-1) ' ' $ProcGet
        End
    Prints:
        0 AHAB
    Page: m204wiki, $ProcOpn
    """
    state = readings(thread)
    found = _fetch(thread, name, file)
    if isinstance(found, int):
        return found
    if len(state.stack) >= thread.parameters.number("MAXINCL", MAXINCL):
        return TOO_MANY
    if responses is not None and len(responses) > 255:
        return NO_ROOM
    access = thread.slots.get(PROCEDURES)
    lines = found if access is None or not responses else access.substitute(found, responses)
    state.stack.append(Reading(name, found, lines))
    return OPENED


@FAMILY.function("$ProcCls", page="$ProcCls")
def proccls(thread: Thread) -> int:
    """Close the procedure opened last with $ProcOpn.

    Arguments: none.
    Result: 0 closed, -1 none is open.
    Example: $ProcCls -> -1
    Page: m204wiki, $ProcOpn
    """
    stack = readings(thread).stack
    if not stack:
        return NOT_OPEN
    stack.pop()
    return 0


@FAMILY.function("$ProcGet", page="$ProcGet")
def procget(thread: Thread) -> str:
    """Return the next line of the procedure opened with $ProcOpn, with dummy strings replaced.

    Arguments: none.
    Result: at most 255 characters; null at the end (an empty line is one blank).
    Errors: no open procedure cancels the request.
    Example:
        PROCEDURE -1
        Ahab
        Starbuck
        END PROCEDURE
        Begin
        $ProcOpn(-1)
        Print $ProcGet
        Print $ProcGet '[' $ProcGet ']'
        End
    Prints:
        Ahab
        Starbuck[]
    Page: m204wiki, $ProcOpn
    """
    stack = readings(thread).stack
    if not stack:
        raise failed("$ProcGet", "NO PROCEDURE IS OPEN")
    return _next(stack[-1]) or ""


def _next(reading: Reading) -> str | None:
    """Return the next line, an empty one as a blank; None at the end."""
    if reading.at >= len(reading.lines):
        return None
    reading.at += 1
    return reading.lines[reading.at - 1][:255] or " "


@FAMILY.function("$ProcDat", page="$ProcDat")
def procdat(thread: Thread, list_: int | None = None, first: int = 1, count: int | None = None) -> int:
    """Put lines of the procedure opened with $ProcOpn into a $list, as they are.

    Arguments: list; first line, default 1; count, default all that follow.
    Result: number of lines; -1 no procedure is open, -3 no room, -5 argument missing, -6 invalid $list.
    Example: $ProcDat($ListNew) -> -1
    Example:
        PROCEDURE -1
        AHAB
        STARBUCK
        END PROCEDURE
        Begin
        %list is float
        %list = $ListNew
        $ProcOpn(-1)
        Print $ProcDat(%list) ' ' $ListInf(%list, 2)
        End
    Prints:
        2 STARBUCK
    Page: m204wiki, $ProcOpn
    """
    stack = readings(thread).stack
    if not stack:
        return NOT_OPEN
    begin = max(first, 1) - 1
    return add_lines(thread, list_, stack[-1].raw[begin : None if count is None else begin + max(count, 0)])


@FAMILY.function("$ProcLoc", page="$ProcLoc")
def procloc(thread: Thread, string: str = "", start: int = 1) -> int:
    """Find a string in the procedure opened with $ProcOpn.

    Arguments: string; start, the line where to begin, default 1.
    Result: number of the first line that contains it, 0 when there is none; -1 no procedure is open.
    Example: $ProcLoc('X') -> -1
    Example:
        PROCEDURE -1
        AHAB
        STARBUCK
        END PROCEDURE
        Begin
        $ProcOpn(-1)
        Print $ProcLoc('BUCK')
        End
    Prints:
        2
    Page: m204wiki, $ProcOpn
    """
    stack = readings(thread).stack
    if not stack:
        return NOT_OPEN
    lines = stack[-1].raw
    return next((number for number in range(max(start, 1), len(lines) + 1) if string in lines[number - 1]), 0)


@FAMILY.function("$RdProc", page="$RdProc")
def rdproc(thread: Thread, action: str = "", argument: str = "", name: str = "") -> str:
    """Read a procedure line by line.

    Arguments: action OPEN with file or group and procedure name; GET, LINEND or CLOSE with the control id that OPEN
    returned. The name of a temporary procedure is a number: 0, -1, -2.
    Result: OPEN a control id, or 0 less the code of $ProcOpn; GET the next line, null at the end (an empty line is one
    blank); LINEND 1 when the last line was read, else 0; CLOSE 0.
    Errors: another action, or a control id that is not open, cancels the request.
    Example: $RdProc('OPEN','NOFILE','P') -> -4
    Page: m204wiki, $RdProc
    """
    state = readings(thread)
    what = action.strip().upper()
    if what == "OPEN":
        found = _fetch(thread, name, argument)
        if isinstance(found, int):
            return str(-found)
        if len(state.by_control) > thread.parameters.number("MAXINCL", MAXINCL):
            return str(-TOO_MANY)
        state.last_control += 1
        state.by_control[state.last_control] = Reading(name, found, found)
        return str(state.last_control)
    if what not in ("GET", "LINEND", "CLOSE"):
        raise invalid("$RdProc", "ACTION MUST BE OPEN, GET, LINEND OR CLOSE")
    control = whole_number(argument.strip()) or 0
    reading = state.by_control.get(control)
    if reading is None:
        raise invalid("$RdProc", "CONTROL ID IS NOT OPEN")
    if what == "GET":
        return _next(reading) or ""
    if what == "LINEND":
        return str(int(reading.at >= len(reading.lines)))
    del state.by_control[control]
    return "0"


@FAMILY.function("$BldProc", page="$BldProc")
def bldproc(thread: Thread, *lines: str | None) -> int:
    """Write lines into temporary procedure 0.

    Arguments: lines, up to as many as the call holds, appended to what earlier calls of the request wrote.
    Result: number of lines written so far.
    Errors: a thread without procedures cancels the request.
    Example:
        Begin
        Print $BldProc('Begin', 'Print 1 + 1', 'End')
        End
        INCLUDE 0
    Prints:
        3
        2
    Page: m204wiki, $BldProc
    """
    access = thread.slots.get(PROCEDURES)
    if access is None:
        raise failed("$BldProc", "THE THREAD HAS NO TEMPORARY PROCEDURES")
    state = readings(thread)
    state.built += [line or "" for line in lines]
    access.write_temporary(state.built)
    return len(state.built)


def _list(thread: Thread, list_: int | None, file: str | None, pattern: str, *, with_file: bool) -> int:
    """Add one item for each procedure: file when wanted, name, size and update stamp, separated by blanks."""
    if list_ is None:
        return MISSING
    if lists(thread).get(list_) is None:
        return BAD_LIST
    access = thread.slots.get(PROCEDURES)
    found = None if access is None else access.list(file or None)
    if found is None:
        return -BAD_FILE
    chosen = [facts for facts in found if wild_match(facts.name, pattern or "*")]
    lines = [
        f"{facts.file + ' ' if with_file else ''}{facts.name} {facts.size} {facts.updated}".rstrip() for facts in chosen
    ]
    return add_lines(thread, list_, lines)


@FAMILY.function("$Proc_List", "$PrcLEx", page="$Proc_List")
def proc_list(thread: Thread, list_: int | None = None, file: str | None = None, pattern: str = "") -> int:
    """Put the procedures of a file into a $list.

    Arguments: list; file, default the current one; pattern of names, as for $Sir_Wild, default all.
    Result: number of procedures; -4 bad file, -5 argument missing, -6 invalid $list. Each item is name, size and
    update stamp, separated by blanks.
    Example: $Proc_List($ListNew,'NOFILE') -> -4
    Page: m204wiki, $Proc_List
    """
    return _list(thread, list_, file, pattern, with_file=False)


@FAMILY.function("$Proc_ListG", "$PrcLExG", page="$Proc_List")
def proc_listg(thread: Thread, list_: int | None = None, group: str | None = None, pattern: str = "") -> int:
    """Put the procedures of a group into a $list.

    Arguments: list; group, default the current one; pattern of names, as for $Sir_Wild, default all.
    Result: as for $Proc_List; each item begins with the name of the file.
    Example: $Proc_ListG($ListNew,'NOGROUP') -> -4
    Page: m204wiki, $Proc_List
    """
    return _list(thread, list_, group, pattern, with_file=True)


@FAMILY.function("$LstProc", page="$LstProc")
def lstproc(thread: Thread, name: str = "", file: str | None = None) -> str:
    """Return information about a procedure.

    Arguments: name; file, default the current one.
    Result: file, name, size and update stamp, separated by blanks; null when there is no such procedure. The image
    that the product fills is not supported here.
    Example: $LstProc('P','NOFILE') -> (null)
    Page: m204wiki, $LstProc
    """
    access = thread.slots.get(PROCEDURES)
    found = None if access is None else access.list(file or None)
    facts = next((facts for facts in found or () if facts.name == name), None)
    return "" if facts is None else f"{facts.file} {facts.name} {facts.size} {facts.updated}".rstrip()


@FAMILY.function("$Proc_Touch", page="$Proc_Touch")
def proc_touch(thread: Thread, name: str = "", file: str | None = None) -> int:
    """Set the last-update stamp of a procedure to now.

    Arguments: name; file, default the current one.
    Result: 0 done, 2 missing or no access, 3 null name, 4 bad file.
    Example: $Proc_Touch('') -> 3
    Page: m204wiki, $Proc_Touch
    """
    access = thread.slots.get(PROCEDURES)
    if not name.strip():
        return NULL_NAME
    if access is None:
        return BAD_FILE
    return OPENED if access.touch(name.strip(), file or None) else NOT_FOUND
