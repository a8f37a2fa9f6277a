"""$list functions that search, sort and cut.

Source: m204wiki, SOUL $functions; the argument lists of these functions are not documented on a page that could be
read, see docs/deviations.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from soul.language.whole import whole_number
from soul.runtime import numbers
from soul.runtime.collation import sort_key
from soul.runtime.functions.lists import BAD_LIST, MISSING, NO_ITEM, item_code, lists
from soul.runtime.functions.messages import invalid
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("$list searches")


def columns(text: str, first: int | None, last: int | None) -> str:
    """Return columns `first` to `last` of an item."""
    return text[max(first or 1, 1) - 1 : None if last is None else max(last, 0)]


@FAMILY.function("$ListFind", page="$ListFind")
def listfind(thread: Thread, list_: int | None = None, string: str = "", start: int = 1) -> int:
    """Find the item that is equal to a string.

    Arguments: list; string; start, the item where to begin, default 1.
    Result: number of the first such item, 0 when there is none; -5 argument missing, -6 invalid $list.
    Example: $ListFind($ListNew,'A') -> 0
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListFind(%list, 'STARBUCK') ' ' $ListFind(%list, 'STAR')
    Prints:
        2 0
    Page: m204wiki, $ListFind
    """
    items = lists(thread).get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    try:
        return items.index(string, max(start, 1) - 1) + 1
    except ValueError:
        return 0


@FAMILY.function("$ListLoc", page="$ListLoc")
def listloc(
    thread: Thread,
    list_: int | None = None,
    string: str = "",
    start: int = 1,
    column1: int | None = None,
    column2: int | None = None,
) -> int:
    """Find the next item that contains a string.

    Arguments: list; string; start, the item where to begin, default 1; column1 and column2, the columns that count,
    default all.
    Result: number of the first such item, 0 when there is none; -5 argument missing, -6 invalid $list.
    Example: $ListLoc($ListNew,'A') -> 0
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListLoc(%list, 'STAR') ' ' $ListLoc(%list, 'A', 2)
    Prints:
        2 2
    Page: m204wiki, $ListLoc
    """
    items = lists(thread).get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    for number in range(max(start, 1), len(items) + 1):
        if string in columns(items[number - 1], column1, column2):
            return number
    return 0


@FAMILY.function("$ListLup", page="$ListLup")
def listlup(
    thread: Thread,
    list_: int | None = None,
    string: str = "",
    start: int | None = None,
    column1: int | None = None,
    column2: int | None = None,
) -> int:
    """Find the previous item that contains a string.

    Arguments: as for $ListLoc; the search goes backwards from start, default the last item.
    Result: number of the first such item, 0 when there is none; -5 argument missing, -6 invalid $list.
    Example: $ListLup($ListNew,'A') -> 0
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListLup(%list, 'A') ' ' $ListLup(%list, 'A', 1)
    Prints:
        2 1
    Page: m204wiki, $ListLup
    """
    items = lists(thread).get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    first = len(items) if start is None else min(start, len(items))
    for number in range(first, 0, -1):
        if string in columns(items[number - 1], column1, column2):
            return number
    return 0


@dataclass(frozen=True)
class SortKey:
    """One key of a sort: columns, type CH (characters), NU or ZD (number) or BI (bytes), order."""

    first: int
    length: int | None
    numeric: bool
    descending: bool

    def of(self, item: str) -> bytes | float:
        """Return the value of the key in an item."""
        last = None if self.length is None else self.first - 1 + self.length
        part = columns(item, self.first, last)
        return numbers.number(part) if self.numeric else sort_key(part)


_TYPES = {"CH": False, "BI": False, "AC": False, "NU": True, "ZD": True, "FS": True}


def read_keys(text: str, function: str) -> list[SortKey]:
    """Read sort keys "first,length,type,A or D", several of them one after the other. Cancels when they are wrong."""
    fields = [field.strip().upper() for field in text.split(",")] if text.strip() else []
    keys: list[SortKey] = []
    at = 0
    while at < len(fields):
        first = whole_number(fields[at])
        if not first:
            raise invalid(function, "A SORT KEY BEGINS WITH A COLUMN")
        at += 1
        length, numeric, descending = None, False, False
        if at < len(fields) and (number := whole_number(fields[at])) is not None:
            length, at = number, at + 1
        if at < len(fields) and fields[at] in _TYPES:
            numeric, at = _TYPES[fields[at]], at + 1
        if at < len(fields) and fields[at] in ("A", "D"):
            descending, at = fields[at] == "D", at + 1
        keys.append(SortKey(first, length, numeric, descending))
    return keys or [SortKey(1, None, False, False)]


@FAMILY.function("$ListSort", "$ListSrt", page="$ListSort")
def listsort(thread: Thread, list_: int | None = None, keys: str = "") -> int:
    """Sort a $list.

    Arguments: list; keys as "column,length,type,order", several one after the other; type CH (characters in EBCDIC
    order, default), BI (bytes) or NU, ZD (numbers); order A (default) or D; no keys: whole items in order.
    Result: number of items; -5 argument missing, -6 invalid $list. Items that are equal keep their order.
    Errors: keys that cannot be read cancel the request.
    Example: $ListSort($ListNew,'1,5,CH,A') -> 0
    Page: m204wiki, $ListSort
    """
    items = lists(thread).get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    for key in reversed(read_keys(keys, "$ListSort")):
        items.sort(key=key.of, reverse=key.descending)
    return len(items)


@FAMILY.function("$ListSub", page="$ListSub")
def listsub(
    thread: Thread,
    list_: int | None = None,
    string: str = "",
    start: int = 1,
    column1: int | None = None,
    column2: int | None = None,
) -> int:
    """Return a new $list of the items that contain a string.

    Arguments: list; string, null for all items; start, the first item, default 1; column1 and column2, the columns
    that count.
    Result: identifier of the new $list; -3 no room, -5 argument missing, -6 invalid $list.
    Example: $ListCnt($ListSub($ListNew,'A')) -> 0
    Page: m204wiki, $ListSub
    """
    table = lists(thread)
    items = table.get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    return table.new([item for item in items[max(start, 1) - 1 :] if string in columns(item, column1, column2)])


@FAMILY.function("$ListOvl", page="$ListOvl")
def listovl(
    thread: Thread,
    list_: int | None = None,
    item: int | None = None,
    string: str = "",
    position: int = 1,
    length: int | None = None,
) -> int:
    """Overlay part of an item.

    Arguments: list; item; string; position in the item, from 1, default 1; length, the string is cut or filled with
    blanks, default its own.
    Result: 0 done; -3 no room, -5 argument missing, -6 invalid $list, -7 no such item or position. A short item is
    filled with blanks.
    Example: $ListOvl($ListNew,1,'A') -> -7
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListOvl(%list, 2, 'D', 5) ' ' $ListInf(%list, 2)
    Prints:
        0 STARDUCK
    Page: m204wiki, $ListOvl
    """
    table = lists(thread)
    items = table.get(list_)
    code = item_code(items, list_, item)
    if code or items is None or list_ is None or item is None:
        return code
    if position < 1:
        return NO_ITEM
    old = items[item - 1]
    new = string if length is None else string[: max(length, 0)].ljust(max(length, 0))
    return table.replace(
        list_, item - 1, old[: position - 1].ljust(position - 1) + new + old[position - 1 + len(new) :]
    )


@FAMILY.function("$ListAdj", page="$ListAdj")
def listadj(
    thread: Thread, list_: int | None = None, item: int | None = None, length: int | None = None, pad: str = " "
) -> int:
    """Change the length of an item.

    Arguments: list; item; length, 0 or more; pad, the character that fills, default blank.
    Result: 0 done; -3 no room, -5 argument missing, -6 invalid $list, -7 no such item.
    Example: $ListAdj($ListNew,1,5) -> -7
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        Print $ListAdj(%list, 1, 6, '.') ' ' $ListInf(%list, 1)
    Prints:
        0 AHAB..
    Page: m204wiki, $ListAdj
    """
    table = lists(thread)
    items = table.get(list_)
    code = item_code(items, list_, item)
    if code or items is None or list_ is None or item is None:
        return code
    if length is None:
        return MISSING
    size = max(length, 0)
    return table.replace(list_, item - 1, items[item - 1][:size].ljust(size, (pad or " ")[0]))


@FAMILY.function("$ListCmp", page="$ListCmp")
def listcmp(thread: Thread, list1: int | None = None, list2: int | None = None, output: int | None = None) -> int:
    """Compare two $lists.

    Arguments: list1; list2; output, a $list that receives the lines that differ, default none.
    Result: number of lines that were removed or added; -5 argument missing, -6 invalid $list. Items of the output are
    "-n text" for line n of list1 that is missing in list2 and "+n text" for line n of list2 that is new.
    Example: $ListCmp($ListNew,$ListNew) -> 0
    Example:
        %list is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'STARBUCK')
        %new is float
        %diff is float
        %new = $ListCpy(%list)
        $ListRep(%new, 2, 'STUBB')
        %diff = $ListNew
        Print $ListCmp(%list, %new, %diff)
        Print $ListInf(%diff, 1)
        Print $ListInf(%diff, 2)
    Prints:
        2
        -2 STARBUCK
        +2 STUBB
    Page: m204wiki, $ListCmp
    """
    table = lists(thread)
    first, second = table.get(list1), table.get(list2)
    if list1 is None or list2 is None:
        return MISSING
    if first is None or second is None or (output is not None and table.get(output) is None):
        return BAD_LIST
    lines = differences(first, second)
    if output is not None:
        for line in lines:
            table.append(output, line)
    return len(lines)


def differences(first: list[str], second: list[str]) -> list[str]:
    """Return the lines of `first` that are gone and those of `second` that are new, with their numbers."""
    from difflib import SequenceMatcher

    lines: list[str] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind != "equal":
            lines += [f"-{number} {first[number - 1]}" for number in range(a1 + 1, a2 + 1)]
            lines += [f"+{number} {second[number - 1]}" for number in range(b1 + 1, b2 + 1)]
    return lines


@FAMILY.function("$ListUpd", page="$ListUpd")
def listupd(thread: Thread, list_: int | None = None, updates: int | None = None) -> int:
    """Apply a $list of updates to a $list.

    Arguments: list; updates, items as $ListCmp writes them: "-n text" removes line n, "+n text" makes a line n.
    Result: number of items afterwards; -5 argument missing, -6 invalid $list, -7 an update does not fit.
    Example:
        %list is float
        %updates is float
        %list = $ListNew
        $ListAdd(%list, 'AHAB')
        $ListAdd(%list, 'BULKINGTON')
        %updates = $ListNew
        $ListAdd(%updates, '-2 BULKINGTON')
        $ListAdd(%updates, '+2 ISHMAEL')
        Print $ListUpd(%list, %updates) ' ' $ListInf(%list, 2)
    Prints:
        2 ISHMAEL
    Page: m204wiki, $ListUpd
    """
    table = lists(thread)
    items, changes = table.get(list_), table.get(updates)
    if list_ is None or updates is None:
        return MISSING
    if items is None or changes is None:
        return BAD_LIST
    removed: set[int] = set()
    added: list[tuple[int, str]] = []
    for change in changes:
        digits, _, text = change[1:].partition(" ")
        number = whole_number(digits)
        if change[:1] not in ("+", "-") or not number:
            return NO_ITEM
        if change[0] == "+":
            added.append((number, text))
        elif number <= len(items) and items[number - 1] == text:
            removed.add(number)
        else:
            return NO_ITEM
    result = [item for number, item in enumerate(items, 1) if number not in removed]
    for place, text in sorted(added, key=lambda pair: pair[0]):
        if place > len(result) + 1:
            return NO_ITEM
        result.insert(place - 1, text)
    return table.assign(list_, result)
