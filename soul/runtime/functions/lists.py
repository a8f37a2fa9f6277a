"""$lists: numbered lists of strings, and the $functions that make, fill, read and delete them.

The $lists of a thread live in a `ListTable` under `LISTS` and end with the request, except global and session ones.
Codes: -3 no room, -5 required argument missing, -6 invalid identifier, -7 item not found.
Source: m204wiki, $ListNew; $ListAdd_Lstr; $ListRem; the pages named at each function.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import CodeType

from soul.runtime.functions import limits
from soul.runtime.functions.messages import failed
from soul.runtime.functions.registry import Family
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread
from soul.runtime.values import Array

FAMILY = Family("$lists")

NO_ROOM, MISSING, BAD_LIST, NO_ITEM = -3, -5, -6, -7

_CAUSES = {
    NO_ROOM: "NO ROOM",
    MISSING: "ARGUMENT MISSING",
    BAD_LIST: "INVALID $LIST IDENTIFIER",
    NO_ITEM: "NO SUCH ITEM",
}


class ListTable:
    """The $lists of one thread."""

    def __init__(self) -> None:
        self._lists: dict[int, list[str]] = {}
        self._places: dict[tuple[int, int], tuple[int, CodeType]] = {}  # call place -> identifier
        self._kept: dict[str, int] = {}  # global and session $lists by kind and name
        self._next = 1
        self._characters = 0

    def __len__(self) -> int:
        return len(self._lists)

    def get(self, identifier: int | None) -> list[str] | None:
        """Return the items of a $list, or None. Change them through `append`, `insert`, `replace` and `remove`."""
        return None if identifier is None else self._lists.get(identifier)

    def new(self, items: Sequence[str] = ()) -> int:
        """Make a $list and return its identifier; -3 when there is no room."""
        size = sum(map(len, items))
        if len(self._lists) >= limits.LISTS or not self._room(size, len(items)):
            return NO_ROOM
        identifier = self._next
        self._next += 1
        self._lists[identifier] = list(items)
        self._characters += size
        return identifier

    def new_at(self, code: CodeType, offset: int) -> int:
        """Make the $list of one call place, or empty the one it made before."""
        known = self._places.get((id(code), offset))
        if known is not None:
            identifier = known[0]
            self.clear(identifier)
            self._lists.setdefault(identifier, [])
            return identifier
        identifier = self.new()
        if identifier > 0:
            self._places[id(code), offset] = (identifier, code)  # keeps `code` alive, so that its id stays its own
        return identifier

    def _room(self, characters: int, items: int) -> bool:
        return self._characters + characters <= limits.LIST_CHARACTERS and items <= limits.LIST_ITEMS

    def insert(self, identifier: int, index: int, text: str) -> int:
        """Insert an item at `index`; return the number of items, or -3."""
        items = self._lists[identifier]
        if not self._room(len(text), len(items) + 1):
            return NO_ROOM
        items.insert(index, text)
        self._characters += len(text)
        return len(items)

    def append(self, identifier: int, text: str) -> int:
        """Append an item; return the number of items, or -3."""
        return self.insert(identifier, len(self._lists[identifier]), text)

    def replace(self, identifier: int, index: int, text: str) -> int:
        """Replace the item at `index`; return 0, or -3."""
        items = self._lists[identifier]
        if not self._room(len(text), 0):
            return NO_ROOM
        self._characters += len(text) - len(items[index])
        items[index] = text
        return 0

    def remove(self, identifier: int, index: int) -> int:
        """Remove the item at `index`; return the items left. A $list without items is deleted."""
        items = self._lists[identifier]
        self._characters -= len(items.pop(index))
        if not items:
            del self._lists[identifier]
        return len(items)

    def assign(self, identifier: int, items: Sequence[str]) -> int:
        """Give a $list new items; return their number, or -3."""
        old = self._lists[identifier]
        change = sum(map(len, items)) - sum(map(len, old))
        if not self._room(change, len(items)):
            return NO_ROOM
        self._characters += change
        old[:] = items
        return len(old)

    def clear(self, identifier: int) -> None:
        """Empty a $list."""
        if identifier in self._lists:
            self.assign(identifier, ())

    def delete(self, identifier: int) -> bool:
        """Delete a $list; False when there is none."""
        items = self._lists.pop(identifier, None)
        if items is None:
            return False
        self._characters -= sum(map(len, items))
        return True

    def keep(self, name: str, identifier: int) -> None:
        """Give a $list a global name under which it survives the request."""
        self._kept[name] = identifier

    def kept(self, name: str) -> int | None:
        """Return the $list of a global name."""
        return self._kept.get(name)

    def forget(self, name: str) -> bool:
        """Delete a global $list; False when there is none."""
        identifier = self._kept.pop(name, None)
        return identifier is not None and (self.delete(identifier) or True)

    def kept_names(self, prefix: str) -> list[str]:
        """Return the global names that begin with `prefix`, without it, in order."""
        return sorted(name[len(prefix) :] for name in self._kept if name.startswith(prefix))

    def end_request(self) -> None:
        """Delete what does not survive a request."""
        kept = set(self._kept.values())
        for identifier in [known for known in self._lists if known not in kept]:
            self.delete(identifier)
        self._places.clear()


LISTS: Slot[ListTable] = Slot("$lists")


def lists(thread: Thread) -> ListTable:
    """Return the $lists of `thread`, made when first asked for."""
    table = thread.slots.get(LISTS)
    if table is None:
        table = ListTable()
        thread.slots.put(LISTS, table)
        thread.at_request_end.append(table.end_request)
    return table


def add_lines(thread: Thread, list_: int | None, lines: Sequence[str]) -> int:
    """Append `lines` to a $list; return how many, or a code."""
    if list_ is None:
        return MISSING
    table = lists(thread)
    if table.get(list_) is None:
        return BAD_LIST
    for line in lines:
        if table.append(list_, line) < 0:
            return NO_ROOM
    return len(lines)


def item_code(items: list[str] | None, list_: int | None, item: int | None) -> int:
    """Return 0 when `item` is an item of the $list, else the code that says why not."""
    if list_ is None or item is None:
        return MISSING
    if items is None:
        return BAD_LIST
    return 0 if 1 <= item <= len(items) else NO_ITEM


def fit(text: str, length: int | None) -> str:
    """Return `text` with exactly `length` characters, filled with blanks; as it is without a length."""
    return text if length is None else text[: max(length, 0)].ljust(max(length, 0))


def refuse(function: str, code: int) -> int:
    """Return a result of 0 or more; cancel the request for a code, as the longstring functions do."""
    if code in (MISSING, BAD_LIST, NO_ITEM):
        raise failed(function, _CAUSES[code])
    return code


@FAMILY.function("$ListNew", page="$ListNew")
def listnew(thread: Thread, option: str | None = None) -> int:
    """Make a new empty $list.

    Arguments: option NOREL: not emptied by Release All Records; accepted, since records are released without
    emptying $lists here.
    Result: its identifier. Each place in a program always gives the same one, and empties it.
    Errors: an unknown option, or too many $lists, cancels the request.
    Example: $ListCnt($ListNew) -> 0
    Page: m204wiki, $ListNew
    """
    if (option or "NOREL").strip().upper() != "NOREL":
        raise failed("$ListNew", "OPTION MUST BE NOREL")
    caller = sys._getframe(1)
    # A module has a __spec__; compiled requests run in plain dictionaries. Python callers get a new $list each time.
    if "__spec__" in caller.f_globals:
        identifier = lists(thread).new()
    else:
        identifier = lists(thread).new_at(caller.f_code, caller.f_lasti)
    if identifier < 0:
        raise failed("$ListNew", "TOO MANY $LISTS")
    return identifier


@FAMILY.function("$ListNewA", page="$ListNewA")
def listnewa(thread: Thread, array: Array) -> int:
    """Fill an array with new empty $lists.

    Arguments: array of numbers, every element receives an identifier.
    Result: the number of $lists made.
    Errors: too many $lists cancel the request.
    Example:
        %lists is float array(3)
        Print $ListNewA(%lists) ' ' $ListAdd(%lists(3), 'AHAB') ' ' $ListCnt(%lists(1))
    Prints:
        3 1 0
    Page: m204wiki, $ListNewA
    """
    table = lists(thread)
    for at in range(len(array.items)):
        identifier = table.new()
        if identifier < 0:
            raise failed("$ListNewA", "TOO MANY $LISTS")
        array.items[at] = float(identifier)
    return len(array.items)


@FAMILY.function("$ListAdd", page="$ListAdd")
def listadd(thread: Thread, list_: int | None = None, string: str | None = None, length: int | None = None) -> int:
    """Append a string to a $list.

    Arguments: list; string, default null; length of the item, the string is cut or filled with blanks, default its own.
    Result: the number of items, which is the number of the new one; -3 no room, -5 list missing, -6 invalid $list.
    Example: $ListAdd($ListNew,'A') -> 1
    Example: $ListAdd(-99,'A') -> -6
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListAdd(%list, 'STUBB') ' ' $ListInf(%list, 3)
    Prints:
        3 STUBB
    Page: m204wiki, $ListAdd
    """
    table = lists(thread)
    if list_ is None:
        return MISSING
    if table.get(list_) is None:
        return BAD_LIST
    return table.append(list_, fit(string or "", length))


@FAMILY.function("$ListAdd_Lstr", page="$ListAdd_Lstr")
def listadd_lstr(thread: Thread, list_: int | None = None, longstring: str | None = None) -> int:
    """Append a longstring to a $list.

    Arguments: list; longstring.
    Result: the number of items; -3 no room.
    Errors: an invalid $list or a missing argument cancels the request.
    Example: $ListAdd_Lstr($ListNew,'A') -> 1
    Page: m204wiki, $ListAdd_Lstr
    """
    if longstring is None:
        refuse("$ListAdd_Lstr", MISSING)
    return refuse("$ListAdd_Lstr", listadd(thread, list_, longstring))


@FAMILY.function("$ListIns", page="$ListIns")
def listins(
    thread: Thread,
    list_: int | None = None,
    item: int | None = None,
    string: str | None = None,
    length: int | None = None,
) -> int:
    """Insert a string before an item of a $list.

    Arguments: list; item before which to insert, the number of items plus 1 appends; string; length, as for $ListAdd.
    Result: the number of items; -3 no room, -5 argument missing, -6 invalid $list, -7 no such item.
    Example: $ListIns($ListNew,1,'A') -> 1
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListIns(%list, 2, 'STUBB') ' ' $ListInf(%list, 2) ' ' $ListInf(%list, 3)
    Prints:
        3 STUBB STARBUCK
    Page: m204wiki, $ListIns
    """
    table = lists(thread)
    items = table.get(list_)
    if list_ is None or item is None:
        return MISSING
    if items is None:
        return BAD_LIST
    if not 1 <= item <= len(items) + 1:
        return NO_ITEM
    return table.insert(list_, item - 1, fit(string or "", length))


@FAMILY.function("$ListIns_Lstr", page="$ListIns_Lstr")
def listins_lstr(thread: Thread, list_: int | None = None, item: int | None = None, longstring: str = "") -> int:
    """Insert a longstring before an item of a $list.

    Arguments: list; item; longstring.
    Result: the number of items; -3 no room.
    Errors: an invalid $list or item or a missing argument cancels the request.
    Example: $ListIns_Lstr($ListNew,1,'A') -> 1
    Page: m204wiki, $ListIns_Lstr
    """
    return refuse("$ListIns_Lstr", listins(thread, list_, item, longstring))


@FAMILY.function("$ListRep", page="$ListRep")
def listrep(
    thread: Thread,
    list_: int | None = None,
    item: int | None = None,
    string: str | None = None,
    length: int | None = None,
) -> int:
    """Replace an item of a $list.

    Arguments: list; item; string; length, as for $ListAdd.
    Result: 0 done; -3 no room, -5 argument missing, -6 invalid $list, -7 no such item.
    Example: $ListRep($ListNew,1,'A') -> -7
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListRep(%list, 1, 'ISHMAEL') ' ' $ListInf(%list, 1)
    Prints:
        0 ISHMAEL
    Page: m204wiki, $ListRep
    """
    table = lists(thread)
    code = item_code(table.get(list_), list_, item)
    if code or list_ is None or item is None:
        return code
    return table.replace(list_, item - 1, fit(string or "", length))


@FAMILY.function("$ListRep_Lstr", page="$ListRep_Lstr")
def listrep_lstr(thread: Thread, list_: int | None = None, item: int | None = None, longstring: str = "") -> int:
    """Replace an item of a $list by a longstring.

    Arguments: list; item; longstring.
    Result: 0 done; -3 no room.
    Errors: an invalid $list or item or a missing argument cancels the request.
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        Print $ListRep_Lstr(%list, 1, 'ISHMAEL') ' ' $ListInf(%list, 1)
    Prints:
        0 ISHMAEL
    Page: m204wiki, $ListRep_Lstr
    """
    return refuse("$ListRep_Lstr", listrep(thread, list_, item, longstring))


@FAMILY.function("$ListRem", page="$ListRem")
def listrem(thread: Thread, list_: int | None = None, item: int | None = None) -> int:
    """Remove an item of a $list; later items move down.

    Arguments: list; item.
    Result: the number of items left; -5 argument missing, -6 invalid $list, -7 no such item. Removing the last item
    deletes the $list.
    Example: $ListRem(-99,1) -> -6
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListRem(%list, 1) ' ' $ListInf(%list, 1)
    Prints:
        1 STARBUCK
    Page: m204wiki, $ListRem
    """
    table = lists(thread)
    code = item_code(table.get(list_), list_, item)
    if code or list_ is None or item is None:
        return code
    return table.remove(list_, item - 1)


@FAMILY.function("$ListCnt", page="$ListCnt")
def listcnt(thread: Thread, list_: int | None = None) -> int:
    """Return the number of items of a $list.

    Arguments: list.
    Result: 0 or more; -5 argument missing, -6 invalid $list.
    Example: $ListCnt($ListNew) -> 0
    Example: $ListCnt(-99) -> -6
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListCnt(%list)
    Prints:
        2
    Page: m204wiki, $ListCnt
    """
    items = lists(thread).get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    return len(items)


@FAMILY.function("$ListInf", page="$ListInf")
def listinf(
    thread: Thread,
    list_: int | None = None,
    item: int | None = None,
    position: int = 1,
    length: int | None = None,
) -> str:
    """Return an item of a $list, or part of it, as a string.

    Arguments: list; item; position in the item, default 1; length, default to the end.
    Result: at most 255 characters; null when there is no such item.
    Example: $ListInf(-99,1) -> (null)
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListInf(%list, 2) ' ' $ListInf(%list, 2, 1, 4)
    Prints:
        STARBUCK STAR
    Page: m204wiki, $ListInf
    """
    items = lists(thread).get(list_)
    if items is None or item is None or not 1 <= item <= len(items) or position < 1:
        return ""
    text = items[item - 1]
    end = len(text) if length is None else position - 1 + max(length, 0)
    return text[position - 1 : end][: limits.STRING]


@FAMILY.function("$ListInf_Lstr", page="$ListInf_Lstr")
def listinf_lstr(
    thread: Thread,
    list_: int | None = None,
    item: int | None = None,
    position: int = 1,
    length: int | None = None,
) -> str:
    """Return an item of a $list, or part of it, as a longstring.

    Arguments: list; item; position in the item, default 1; length, default to the end.
    Result: of any length.
    Errors: an invalid $list or item or a missing argument cancels the request.
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'Call me Ishmael.')
        Print $ListInf_Lstr(%list, 1, 9)
    Prints:
        Ishmael.
    Page: m204wiki, $ListInf_Lstr
    """
    items = lists(thread).get(list_)
    refuse("$ListInf_Lstr", item_code(items, list_, item))
    if items is None or item is None or position < 1:
        return ""
    text = items[item - 1]
    return text[position - 1 : len(text) if length is None else position - 1 + max(length, 0)]


@FAMILY.function("$ListILn", page="$ListILn")
def listiln(thread: Thread, list_: int | None = None, item: int | None = None) -> int:
    """Return the length of an item of a $list.

    Arguments: list; item.
    Result: its length; -5 argument missing, -6 invalid $list, -7 no such item.
    Example: $ListILn($ListNew,1) -> -7
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListILn(%list, 2)
    Prints:
        8
    Page: m204wiki, $ListILn
    """
    items = lists(thread).get(list_)
    code = item_code(items, list_, item)
    return code if code or items is None or item is None else len(items[item - 1])


@FAMILY.function("$ListChk", page="$ListChk")
def listchk(thread: Thread, list_: int | None = None) -> int:
    """Say whether a number identifies a $list.

    Arguments: list.
    Result: 1 or 0.
    Example: $ListChk($ListNew) -> 1
    Example: $ListChk(-99) -> 0
    Page: m204wiki, $ListChk
    """
    return int(lists(thread).get(list_) is not None)


@FAMILY.function("$ListCpy", page="$ListCpy")
def listcpy(thread: Thread, list_: int | None = None) -> int:
    """Copy a $list.

    Arguments: list.
    Result: the identifier of the copy; -3 no room, -5 argument missing, -6 invalid $list.
    Example: $ListCnt($ListCpy($ListNew)) -> 0
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        %copy is float
        %copy = $ListCpy(%list)
        $ListAdd(%list, 'STUBB')
        Print $ListCnt(%copy) ' ' $ListCnt(%list)
    Prints:
        2 3
    Page: m204wiki, $ListCpy
    """
    items = lists(thread).get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    return lists(thread).new(items)


@FAMILY.function("$ListDel", page="$ListDel")
def listdel(thread: Thread, list_: int | None = None) -> int:
    """Delete a $list.

    Arguments: list.
    Result: 0 done; -5 argument missing, -6 invalid $list.
    Example: $ListDel($ListNew) -> 0
    Page: m204wiki, $ListDel
    """
    if list_ is None:
        return MISSING
    return 0 if lists(thread).delete(list_) else BAD_LIST


@FAMILY.function("$ListMove", page="$ListMove")
def listmove(thread: Thread, input_: int | None = None, output: int | None = None) -> int:
    """Move all items of one $list to another, which loses its own.

    Arguments: input; output, default a new $list. The input is empty afterwards.
    Result: the identifier of the output; -5 argument missing, -6 invalid $list.
    Example:
        %from is float
        %to is float
        %from = $ListNew
        $ListAdd(%from, 'AHAB')
        %to = $ListMove(%from)
        Print $ListCnt(%from) ' ' $ListInf(%to, 1)
    Prints:
        0 AHAB
    Page: m204wiki, $ListMove
    """
    table = lists(thread)
    items = table.get(input_)
    if items is None or input_ is None:
        return MISSING if input_ is None else BAD_LIST
    target = table.new() if output is None else output
    if table.get(target) is None:
        return target if target < 0 and output is None else BAD_LIST
    moved = list(items)
    table.clear(input_)
    table.assign(target, moved)
    return target


@FAMILY.function("$List_MaxIL", page="$List_MaxIL")
def list_maxil(thread: Thread, list_: int | None = None) -> int:
    """Return the length of the longest item of a $list.

    Arguments: list.
    Result: 0 for an empty $list; -5 argument missing, -6 invalid $list.
    Example: $List_MaxIL($ListNew) -> 0
    Page: m204wiki, $List_MaxIL
    """
    items = lists(thread).get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    return max(map(len, items), default=0)
