"""Global and session longstrings, and their binding to %variables.

A bound variable and the stored value are one: reading the global reads the variable, setting it sets the variable.
Source: m204wiki, $Lstr_Global and $Lstr_Session; $Lstr_Global_Set and $Lstr_Session_Set.
"""

from __future__ import annotations

from functools import partial

from soul.runtime import numbers
from soul.runtime.functions.limits import GLOBALS
from soul.runtime.functions.messages import failed, missing
from soul.runtime.functions.patterns import wild_match
from soul.runtime.functions.registry import Family
from soul.runtime.functions.sessions import open_session
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread
from soul.runtime.values import Reference

FAMILY = Family("global longstrings")

DONE, NOT_FOUND, NO_ROOM = 0, 1, -3


class Longstrings:
    """Named longstrings, some of them bound to variables of the running request."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values
        self._bound: dict[str, Reference] = {}

    def get(self, name: str) -> str:
        """Return a value, null when there is none."""
        variable = self._bound.get(name)
        if variable is not None:
            value = variable.get()
            self.values[name] = value if isinstance(value, str) else numbers.text(value)
        return self.values.get(name, "")

    def set(self, name: str, value: str) -> bool:
        """Set a value and the variable bound to it; False when there is no room."""
        if name not in self.values and len(self.values) >= GLOBALS:
            return False
        self.values[name] = value
        variable = self._bound.get(name)
        if variable is not None:
            variable.set(value)
        return True

    def bind(self, name: str, variable: Reference) -> bool:
        """Bind a variable; it takes the stored value."""
        value = self.get(name)
        if not self.set(name, value):
            return False
        self.unbind(variable)
        self._bound[name] = variable
        variable.set(value)
        return True

    def unbind(self, variable: Reference) -> None:
        """Take a variable off the name it is bound to; the value stays."""
        for name in [name for name, bound in self._bound.items() if bound is variable or bound == variable]:
            self.get(name)
            del self._bound[name]

    def unbind_all(self) -> None:
        """Take all variables off their names."""
        for name in list(self._bound):
            self.get(name)
        self._bound.clear()

    def delete(self, pattern: str) -> int:
        """Delete the names a wildcard pattern matches; return how many."""
        found = [name for name in self.values if wild_match(name, pattern)]
        for name in found:
            del self.values[name]
            self._bound.pop(name, None)
        return len(found)


GLOBAL_LONGSTRINGS: Slot[Longstrings] = Slot("global longstrings")
SESSION_LONGSTRINGS: Slot[Longstrings] = Slot("session longstrings")


def _global(thread: Thread, function: str) -> Longstrings:
    table = thread.slots.get(GLOBAL_LONGSTRINGS)
    if table is None:
        table = Longstrings({})
        thread.slots.put(GLOBAL_LONGSTRINGS, table)
        thread.at_request_end.append(table.unbind_all)
    return table


def _session(thread: Thread, function: str) -> Longstrings:
    session = open_session(thread)
    if session is None:
        raise failed(function, "NO SESSION IS OPEN")
    table = thread.slots.get(SESSION_LONGSTRINGS)
    if table is None or table.values is not session.longstrings:
        table = Longstrings(session.longstrings)
        thread.slots.put(SESSION_LONGSTRINGS, table)
        thread.at_request_end.append(table.unbind_all)
        session.at_close.append(partial(_leave, thread, table))
    return table


def _leave(thread: Thread, table: Longstrings) -> None:
    table.unbind_all()
    if table.unbind_all in thread.at_request_end:
        thread.at_request_end.remove(table.unbind_all)
    thread.slots.drop(SESSION_LONGSTRINGS)


def _bind(table: Longstrings, function: str, name: str | None, variable: Reference | None) -> int:
    if variable is None:
        raise missing(function, "%LSTR")
    if not name:
        table.unbind(variable)
        variable.set("")
        return DONE
    return DONE if table.bind(name, variable) else NO_ROOM


@FAMILY.function("$Lstr_Global", page="$Lstr_Global and $Lstr_Session")
def lstr_global(
    thread: Thread, name: str | None = None, variable: Reference | None = None, options: str | None = None
) -> int:
    """Bind a %variable to a global longstring.

    Arguments: name, omitted: unbinds the variable and sets it to null; variable, takes the stored value, and changes
    go both ways until the end of the request; options, default ANY, accepted without effect.
    Result: 0 done, -3 no room.
    Errors: an omitted variable cancels the request.
    Example:
        %ship is longstring
        $Lstr_Global_Set('SHIP', 'Pequod')
        $Lstr_Global('SHIP', %ship)
        Print %ship
        %ship = 'Rachel'
        Print $Lstr_Global_Get('SHIP')
    Prints:
        Pequod
        Rachel
    Page: m204wiki, $Lstr_Global and $Lstr_Session
    """
    return _bind(_global(thread, "$Lstr_Global"), "$Lstr_Global", name, variable)


@FAMILY.function("$Lstr_Session", page="$Lstr_Global and $Lstr_Session")
def lstr_session(
    thread: Thread, name: str | None = None, variable: Reference | None = None, options: str | None = None
) -> int:
    """Bind a %variable to a longstring of the open session.

    Arguments: as for $Lstr_Global.
    Result: 0 done, -3 no room.
    Errors: no open session, or an omitted variable, cancels the request.
    Example:
        %ship is longstring
        $Session_Create('VOYAGE')
        $Lstr_Session('SHIP', %ship)
        %ship = 'Pequod'
        Print $Lstr_Session_Get('SHIP')
    Prints:
        Pequod
    Page: m204wiki, $Lstr_Global and $Lstr_Session
    """
    return _bind(_session(thread, "$Lstr_Session"), "$Lstr_Session", name, variable)


@FAMILY.function("$Lstr_Global_Get", page="$Lstr_Global_Get and $Lstr_Session_Get")
def lstr_global_get(thread: Thread, name: str = "") -> str:
    """Return a global longstring.

    Arguments: name.
    Result: null when there is none.
    Example: $Lstr_Global_Get('POLLY') -> (null)
    Page: m204wiki, $Lstr_Global_Get and $Lstr_Session_Get
    """
    return _global(thread, "$Lstr_Global_Get").get(name)


@FAMILY.function("$Lstr_Session_Get", page="$Lstr_Global_Get and $Lstr_Session_Get")
def lstr_session_get(thread: Thread, name: str = "") -> str:
    """Return a longstring of the open session.

    Arguments: name.
    Result: null when there is none.
    Errors: no open session cancels the request.
    Example:
        $Session_Create('VOYAGE')
        $Lstr_Session_Set('SHIP', 'Pequod')
        Print $Lstr_Session_Get('SHIP')
    Prints:
        Pequod
    Page: m204wiki, $Lstr_Global_Get and $Lstr_Session_Get
    """
    return _session(thread, "$Lstr_Session_Get").get(name)


@FAMILY.function("$Lstr_Global_Set", page="$Lstr_Global_Set and $Lstr_Session_Set")
def lstr_global_set(thread: Thread, name: str = "", value: str = "") -> int:
    """Set a global longstring, made when it does not exist.

    Arguments: name; value, default null. A variable bound to it shows the value at once.
    Result: 0 done, -3 no room.
    Example: $Lstr_Global_Set('POLLY','cracker') -> 0
    Page: m204wiki, $Lstr_Global_Set and $Lstr_Session_Set
    """
    return DONE if _global(thread, "$Lstr_Global_Set").set(name, value) else NO_ROOM


@FAMILY.function("$Lstr_Session_Set", page="$Lstr_Global_Set and $Lstr_Session_Set")
def lstr_session_set(thread: Thread, name: str = "", value: str = "") -> int:
    """Set a longstring of the open session, made when it does not exist.

    Arguments: name; value, default null.
    Result: 0 done, -3 no room.
    Errors: no open session cancels the request.
    Example:
        $Session_Create('VOYAGE')
        Print $Lstr_Session_Set('SHIP', 'Pequod') ' ' $Lstr_Session_Get('SHIP')
    Prints:
        0 Pequod
    Page: m204wiki, $Lstr_Global_Set and $Lstr_Session_Set
    """
    return DONE if _session(thread, "$Lstr_Session_Set").set(name, value) else NO_ROOM


@FAMILY.function("$Lstr_Global_Del", page="$Lstr_Global_Del and $Lstr_Session_Del")
def lstr_global_del(thread: Thread, name: str = "") -> int:
    """Delete global longstrings.

    Arguments: name, or a wildcard pattern as for $Sir_Wild.
    Result: 0 deleted, 1 nothing found.
    Example: $Lstr_Global_Del('POLLY') -> 1
    Page: m204wiki, $Lstr_Global_Del and $Lstr_Session_Del
    """
    return DONE if _global(thread, "$Lstr_Global_Del").delete(name) else NOT_FOUND


@FAMILY.function("$Lstr_Session_Del", page="$Lstr_Global_Del and $Lstr_Session_Del")
def lstr_session_del(thread: Thread, name: str = "") -> int:
    """Delete longstrings of the open session.

    Arguments: name, or a wildcard pattern as for $Sir_Wild.
    Result: 0 deleted, 1 nothing found.
    Errors: no open session cancels the request.
    Example:
        $Session_Create('VOYAGE')
        $Lstr_Session_Set('SHIP', 'Pequod')
        Print $Lstr_Session_Del('SHIP') ' ' $Lstr_Session_Del('SHIP')
    Prints:
        0 1
    Page: m204wiki, $Lstr_Global_Del and $Lstr_Session_Del
    """
    return DONE if _session(thread, "$Lstr_Session_Del").delete(name) else NOT_FOUND
