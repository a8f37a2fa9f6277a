"""$lists with names: global ones, which outlive the request, and those of the open session.

Source: m204wiki, SOUL $functions ($List_Global and its relatives, $ListSave); Sessions.
"""

from __future__ import annotations

from functools import partial

from soul.runtime.functions.lists import BAD_LIST, MISSING, NO_ITEM, NO_ROOM, ListTable, add_lines, lists
from soul.runtime.functions.messages import failed
from soul.runtime.functions.patterns import wild_match
from soul.runtime.functions.registry import Family
from soul.runtime.functions.sessions import Session, open_session
from soul.runtime.thread import Thread

FAMILY = Family("named $lists")

_GLOBAL, _SESSION, _SAVED = "global:", "session:", "saved:"


def detach_session(thread: Thread, session: Session) -> None:
    """Take the $lists of a session off the thread and leave their items in the session."""
    table = lists(thread)
    for name in table.kept_names(_SESSION):
        identifier = table.kept(_SESSION + name)
        items = table.get(identifier)
        session.lists[name] = list(items or ())
        table.forget(_SESSION + name)


def _named(table: ListTable, key: str) -> int | None:
    """Return the identifier of a named $list that still exists."""
    identifier = table.kept(key)
    return identifier if identifier is not None and table.get(identifier) is not None else None


def _keep(thread: Thread, key: str, items: list[str], function: str) -> int:
    identifier = lists(thread).new(items)
    if identifier < 0:
        raise failed(function, "TOO MANY $LISTS")
    lists(thread).keep(key, identifier)
    return identifier


def _session(thread: Thread, function: str) -> Session:
    session = open_session(thread)
    if session is None:
        raise failed(function, "NO SESSION IS OPEN")
    return session


@FAMILY.function("$List_Global", page="$List_Global and $List_Session")
def list_global(thread: Thread, name: str = "") -> int:
    """Return the global $list of a name, made when there is none.

    Arguments: name.
    Result: its identifier. The $list outlives the request, until logoff.
    Errors: too many $lists cancel the request.
    Example: $ListCnt($List_Global('CREW')) -> 0
    Page: m204wiki, $List_Global and $List_Session
    """
    known = _named(lists(thread), _GLOBAL + name)
    return _keep(thread, _GLOBAL + name, [], "$List_Global") if known is None else known


@FAMILY.function("$List_Session", page="$List_Global and $List_Session")
def list_session(thread: Thread, name: str = "") -> int:
    """Return the $list of a name in the open session, made when there is none.

    Arguments: name.
    Result: its identifier, valid while the session is open.
    Errors: no open session, or too many $lists, cancels the request.
    Example:
        $Session_Create('CART')
        $ListAdd($List_Session('ITEMS'), 'HARPOON')
        Print $ListInf($List_Session('ITEMS'), 1)
    Prints:
        HARPOON
    Page: m204wiki, $List_Global and $List_Session
    """
    session = _session(thread, "$List_Session")
    known = _named(lists(thread), _SESSION + name)
    if known is not None:
        return known
    if not lists(thread).kept_names(_SESSION):
        session.at_close.append(partial(detach_session, thread, session))
    return _keep(thread, _SESSION + name, session.lists.get(name, []), "$List_Session")


@FAMILY.function("$List_Global_Del", page="$List_Global_Del and $List_Session_Del")
def list_global_del(thread: Thread, name: str = "") -> int:
    """Delete global $lists.

    Arguments: name, or a wildcard pattern as for $Sir_Wild.
    Result: number of $lists deleted.
    Example: $List_Global_Del('NONE') -> 0
    Page: m204wiki, $List_Global_Del and $List_Session_Del
    """
    table = lists(thread)
    return sum(table.forget(_GLOBAL + known) for known in table.kept_names(_GLOBAL) if wild_match(known, name))


@FAMILY.function("$List_Session_Del", page="$List_Global_Del and $List_Session_Del")
def list_session_del(thread: Thread, name: str = "") -> int:
    """Delete $lists of the open session.

    Arguments: name, or a wildcard pattern as for $Sir_Wild.
    Result: number of $lists deleted.
    Errors: no open session cancels the request.
    Example:
        $Session_Create('CART')
        $ListAdd($List_Session('ITEMS'), 'HARPOON')
        Print $List_Session_Del('I*') ' ' $List_Session_Del('I*')
    Prints:
        1 0
    Page: m204wiki, $List_Global_Del and $List_Session_Del
    """
    session, table = _session(thread, "$List_Session_Del"), lists(thread)
    found = {known for known in (*session.lists, *table.kept_names(_SESSION)) if wild_match(known, name)}
    for known in found:
        session.lists.pop(known, None)
        table.forget(_SESSION + known)
    return len(found)


@FAMILY.function("$List_Global_List", page="$List_Global_List and $List_Session_List")
def list_global_list(thread: Thread, list_: int | None = None) -> int:
    """Put the names of the global $lists into a $list.

    Arguments: list.
    Result: number of names; -5 argument missing, -6 invalid $list.
    Example: $List_Global_List($ListNew) -> 0
    Page: m204wiki, $List_Global_List and $List_Session_List
    """
    return add_lines(thread, list_, lists(thread).kept_names(_GLOBAL))


@FAMILY.function("$List_Session_List", page="$List_Global_List and $List_Session_List")
def list_session_list(thread: Thread, list_: int | None = None) -> int:
    """Put the names of the $lists of the open session into a $list.

    Arguments: list.
    Result: number of names; -5 argument missing, -6 invalid $list.
    Errors: no open session cancels the request.
    Example:
        %names is float
        $Session_Create('CART')
        $ListAdd($List_Session('ITEMS'), 'HARPOON')
        %names = $ListNew
        Print $List_Session_List(%names) ' ' $ListInf(%names, 1)
    Prints:
        1 ITEMS
    Page: m204wiki, $List_Global_List and $List_Session_List
    """
    session = _session(thread, "$List_Session_List")
    return add_lines(thread, list_, sorted({*session.lists, *lists(thread).kept_names(_SESSION)}))


@FAMILY.function("$ListSav", "$ListSave", page="$ListSav")
def listsav(thread: Thread, list_: int | None = None, name: str = "") -> int:
    """Save a copy of a $list under a name, until logoff.

    Arguments: list; name, replaces what was saved under it.
    Result: 0 done; -3 no room, -5 argument missing, -6 invalid $list.
    Example: $ListSav($ListNew,'CREW') -> 0
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListSav(%list, 'CREW') ' ' $ListInf($ListRst('CREW'), 2)
    Prints:
        0 STARBUCK
    Page: m204wiki, $ListSav
    """
    table = lists(thread)
    items = table.get(list_)
    if list_ is None or not name:
        return MISSING
    if items is None:
        return BAD_LIST
    copy = list(items)
    table.forget(_SAVED + name)
    identifier = table.new(copy)
    if identifier < 0:
        return NO_ROOM
    table.keep(_SAVED + name, identifier)
    return 0


@FAMILY.function("$ListRst", page="$ListRst")
def listrst(thread: Thread, name: str = "") -> int:
    """Return a copy of a $list saved under a name.

    Arguments: name.
    Result: the identifier of a new $list; -3 no room, -5 argument missing, -7 nothing saved under that name.
    Example: $ListRst('NONE') -> -7
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        $ListSav(%list, 'CREW')
        $ListRem(%list, 1)
        Print $ListCnt($ListRst('CREW')) ' ' $ListCnt(%list)
    Prints:
        2 1
    Page: m204wiki, $ListRst
    """
    table = lists(thread)
    items = table.get(table.kept(_SAVED + name))
    if not name:
        return MISSING
    return NO_ITEM if items is None else table.new(list(items))


@FAMILY.function("$ListSavL", page="$ListSavL")
def listsavl(thread: Thread, list_: int | None = None) -> int:
    """Put the names of the saved $lists into a $list.

    Arguments: list.
    Result: number of names; -5 argument missing, -6 invalid $list.
    Example: $ListSavL($ListNew) -> 0
    Page: m204wiki, $ListSavL
    """
    return add_lines(thread, list_, lists(thread).kept_names(_SAVED))
