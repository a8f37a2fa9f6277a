"""Global variables: $Setg and its relatives for the thread, a subsystem and the whole Online; global longstrings.

String globals live in `thread.globals`. System and subsystem globals belong to the Online, which puts a
`SharedGlobals` under `SHARED_GLOBALS`; a thread without one keeps them for itself.
Source: m204wiki, $Getg; $Delg; $Incrg; $Setg_Sys; $Delg_Sys; $Delg_Subsys.
"""

from __future__ import annotations

import threading
from decimal import Decimal

from soul.runtime import numbers
from soul.runtime.functions.limits import GLOBAL_CHARACTERS, GLOBAL_NAME, GLOBALS
from soul.runtime.functions.lists import add_lines
from soul.runtime.functions.registry import Family
from soul.runtime.functions.services import services
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

FAMILY = Family("globals")

DONE, REFUSED, NO_ROOM, NO_SUBSYSTEM = 0, 1, 2, 3


class SharedGlobals:
    """The system and subsystem globals of one Online; used by all its threads."""

    def __init__(self, limit: int = GLOBALS) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, dict[str, str]] = {}  # by subsystem name; "" is the system's
        self._limit = limit

    def get(self, subsystem: str, name: str) -> str | None:
        """Return a value, or None."""
        with self._lock:
            return self._values.get(subsystem, {}).get(name)

    def set(self, subsystem: str, name: str, value: str) -> bool:
        """Set a value; False when there is no room."""
        with self._lock:
            table = self._values.setdefault(subsystem, {})
            if name not in table and len(table) >= self._limit:
                return False
            table[name] = value
            return True

    def delete(self, subsystem: str, name: str) -> None:
        """Delete one value, or all when `name` is null."""
        with self._lock:
            if name:
                self._values.get(subsystem, {}).pop(name, None)
            else:
                self._values.pop(subsystem, None)

    def items(self, subsystem: str) -> list[tuple[str, str]]:
        """Return names and values in order of names."""
        with self._lock:
            return sorted(self._values.get(subsystem, {}).items())


SHARED_GLOBALS: Slot[SharedGlobals] = Slot("system and subsystem globals")


def shared_globals(thread: Thread) -> SharedGlobals:
    """Return the globals the thread shares with others."""
    shared = thread.slots.get(SHARED_GLOBALS)
    if shared is None:
        shared = SharedGlobals()
        thread.slots.put(SHARED_GLOBALS, shared)
    return shared


def get_global(thread: Thread, name: str) -> str:
    """Return the value seen under `name`: the thread's, else its subsystem's, else the system's, else null."""
    value = thread.globals.get(name)
    if value is not None:
        return value
    shared = thread.slots.get(SHARED_GLOBALS)
    if shared is None:
        return ""
    subsystem = services(thread).subsystem_name
    if subsystem:
        value = shared.get(subsystem, name)
    return value if value is not None else shared.get("", name) or ""


def set_global(thread: Thread, name: str, value: str) -> bool:
    """Set a global of the thread; False when the name is not valid or there is no room."""
    table = thread.globals
    if not name or len(name) > GLOBAL_NAME or len(value) > GLOBAL_CHARACTERS:
        return False
    if name not in table and len(table) >= GLOBALS:
        return False
    table[name] = value
    return True


@FAMILY.function("$Setg", page="$Setg")
def setg(thread: Thread, name: str = "", value: str = "") -> int:
    """Set a global, made when it does not exist.

    Arguments: name, 1 to 255 characters, case kept; value, default null.
    Result: 0 done, 1 no room or no name.
    Example: $Setg('NAME','Ahab') -> 0
    Page: m204wiki, $Setg
    """
    return DONE if set_global(thread, name, value) else REFUSED


@FAMILY.function("$Getg", page="$Getg")
def getg(thread: Thread, name: str = "") -> str:
    """Return the value of a global.

    Arguments: name.
    Result: the thread's value, else the subsystem's, else the system's; null when there is none. A missing global
    and a null one read the same.
    Example: $Getg('NEVER.SET') -> (null)
    Page: m204wiki, $Getg
    """
    return get_global(thread, name)


@FAMILY.function("$Delg", page="$Delg")
def delg(thread: Thread, name: str | None = None) -> int:
    """Delete a global, or all whose names begin with a prefix.

    Arguments: name, or a prefix followed by *.
    Result: 0 deleted, 1 nothing found; also 1 without an argument and for * alone, which deletes nothing.
    Example: $Delg('NEVER.SET') -> 1
    Example: $Delg('*') -> 1
    Page: m204wiki, $Delg
    """
    table = thread.globals
    if not name or name == "*":
        return REFUSED
    if name.endswith("*"):
        found = [key for key in table if key.startswith(name[:-1])]
    else:
        found = [name] if name in table else []
    for key in found:
        del table[key]
    return DONE if found else REFUSED


def _cut(value: Decimal, places: int) -> str:
    """Return `value` with `places` decimals, cut and not rounded, filled with zeros."""
    scaled = int(value.scaleb(places))
    digits = str(abs(scaled)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if scaled < 0 else text


@FAMILY.function("$Incrg", page="$Incrg")
def incrg(thread: Thread, name: str = "", increment: float | None = None, places: int | None = None) -> int:
    """Add to a numeric global.

    Arguments: name; increment, default 1, may be negative; places, decimals of the result, cut or filled with zeros,
    default as many as before.
    Result: 0 done, 1 the old value is not a number, 2 no room. A missing global is created with the increment. 15
    digits are kept; leading zeros, a plus sign and blanks of the old value are lost.
    Example: $Incrg('COUNTER',7) -> 0
    Page: m204wiki, $Incrg
    """
    step = Decimal(numbers.text(1.0 if increment is None else increment))
    old = thread.globals.get(name)
    if old is None:
        total, kept = step, None
    else:
        value = numbers.parse(old)
        if value is None:
            return REFUSED
        base = Decimal(numbers.text(value))
        total = Decimal(numbers.text(float(base + step)))
        kept = max(0, -int(base.as_tuple().exponent))
    if places is not None:
        text = _cut(total, max(0, min(places, numbers.DIGITS)))
    elif kept is not None:
        text = _cut(total, kept)
    else:
        text = numbers.text(float(total))
    return DONE if set_global(thread, name, text) else NO_ROOM


@FAMILY.function("$Setg_Sys", page="$Setg_Sys")
def setg_sys(thread: Thread, name: str = "", value: str = "") -> int:
    """Set a global of the whole Online.

    Arguments: name; value, default null.
    Result: 0 done, 1 the user is not a system administrator, 2 no storage.
    Example: $Setg_Sys('NAME','Ahab') -> 1
    Page: m204wiki, $Setg_Sys
    """
    if not services(thread).system_administrator:
        return REFUSED
    return DONE if shared_globals(thread).set("", name, value) else NO_ROOM


@FAMILY.function("$Delg_Sys", page="$Delg_Sys")
def delg_sys(thread: Thread, name: str = "") -> int:
    """Delete a global of the whole Online, or all of them.

    Arguments: name, default all.
    Result: 0 done, 1 the user is not a system administrator.
    Example: $Delg_Sys('NAME') -> 1
    Page: m204wiki, $Delg_Sys
    """
    if not services(thread).system_administrator:
        return REFUSED
    shared_globals(thread).delete("", name)
    return DONE


def _subsystem(thread: Thread, subsystem: str | None) -> tuple[str, int]:
    """Return the subsystem meant, and 0, or the return code that refuses."""
    service = services(thread)
    target = (subsystem or service.subsystem_name).upper()
    if not target:
        return "", NO_SUBSYSTEM
    if not service.system_administrator and target != service.subsystem_name.upper():
        return "", REFUSED
    return target, DONE


@FAMILY.function("$Setg_Subsys", page="$Setg_Subsys")
def setg_subsys(thread: Thread, name: str = "", value: str = "", subsystem: str | None = None) -> int:
    """Set a global of a subsystem.

    Arguments: name; value, default null; subsystem, default the one the request belongs to.
    Result: 0 done, 1 the user is not a system administrator (not needed in the subsystem itself), 2 no storage,
    3 no subsystem name.
    Example: $Setg_Subsys('NAME','Ahab') -> 3
    Page: m204wiki, $Delg_Subsys
    """
    target, code = _subsystem(thread, subsystem)
    if code:
        return code
    return DONE if shared_globals(thread).set(target, name, value) else NO_ROOM


@FAMILY.function("$Delg_Subsys", page="$Delg_Subsys")
def delg_subsys(thread: Thread, name: str = "", subsystem: str | None = None) -> int:
    """Delete a global of a subsystem, or all of them.

    Arguments: name, default all; subsystem, default the one the request belongs to.
    Result: 0 done, 1 the user is not a system administrator (not needed in the subsystem itself), 3 no subsystem name.
    Example: $Delg_Subsys('NAME') -> 3
    Page: m204wiki, $Delg_Subsys
    """
    target, code = _subsystem(thread, subsystem)
    if code:
        return code
    shared_globals(thread).delete(target, name)
    return DONE


@FAMILY.function("$Setg_Sys_List", page="$Setg_Sys_List")
def setg_sys_list(thread: Thread, list_: int | None = None) -> int:
    """Put the globals of the Online into a $list.

    Arguments: list, the identifier of the $list to add to.
    Result: number of globals; -5 argument missing, -6 invalid $list. Each item is name, equals sign, value.
    Example: $Setg_Sys_List($ListNew) -> 0
    Page: m204wiki, $Setg_Sys_List
    """
    return add_lines(thread, list_, [f"{name}={value}" for name, value in shared_globals(thread).items("")])


@FAMILY.function("$Setg_Subsys_List", page="$Setg_Subsys_List")
def setg_subsys_list(thread: Thread, list_: int | None = None, subsystem: str | None = None) -> int:
    """Put the globals of a subsystem into a $list.

    Arguments: list, the identifier of the $list to add to; subsystem, default the one the request belongs to.
    Result: number of globals; -5 argument missing, -6 invalid $list. Each item is name, equals sign, value.
    Example: $Setg_Subsys_List($ListNew,'NONE') -> 0
    Page: m204wiki, $Setg_Subsys_List
    """
    target = (subsystem or services(thread).subsystem_name).upper()
    pairs = shared_globals(thread).items(target) if target else []
    return add_lines(thread, list_, [f"{name}={value}" for name, value in pairs])
