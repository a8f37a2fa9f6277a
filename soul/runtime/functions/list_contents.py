"""$list functions that add in order, convert, copy, print and capture.

Source: m204wiki, SOUL $functions; the argument lists of these functions are not documented on a page that could be
read, see docs/deviations.md.
"""

from __future__ import annotations

from soul.runtime.collation import sort_key
from soul.runtime.functions.list_search import differences
from soul.runtime.functions.lists import BAD_LIST, MISSING, NO_ROOM, add_lines, lists
from soul.runtime.functions.registry import Family
from soul.runtime.slots import Slot
from soul.runtime.thread import Output, Thread

FAMILY = Family("$list contents")


def _place(items: list[str], string: str) -> int:
    """Return the index after all items that do not sort behind `string`."""
    low, high, key = 0, len(items), sort_key(string)
    while low < high:
        middle = (low + high) // 2
        if key < sort_key(items[middle]):
            high = middle
        else:
            low = middle + 1
    return low


@FAMILY.function("$List_Add_Ordered", page="$List_Add_Ordered")
def list_add_ordered(thread: Thread, list_: int | None = None, string: str = "") -> int:
    """Insert a string into a $list that is in order.

    Arguments: list, in ascending EBCDIC order; string.
    Result: number of the new item; -3 no room, -5 argument missing, -6 invalid $list.
    Example: $List_Add_Ordered($ListNew,'A') -> 1
    Page: m204wiki, $List_Add_Ordered
    """
    table = lists(thread)
    items = table.get(list_)
    if items is None or list_ is None:
        return MISSING if list_ is None else BAD_LIST
    place = _place(items, string)
    return NO_ROOM if table.insert(list_, place, string) < 0 else place + 1


@FAMILY.function("$List_Add_Unique", page="$List_Add_Unique")
def list_add_unique(thread: Thread, list_: int | None = None, string: str = "") -> int:
    """Append a string to a $list unless it is there.

    Arguments: list; string.
    Result: number of the item, new or old; -3 no room, -5 argument missing, -6 invalid $list.
    Example: $List_Add_Unique($ListNew,'A') -> 1
    Page: m204wiki, $List_Add_Unique
    """
    table = lists(thread)
    items = table.get(list_)
    if items is None or list_ is None:
        return MISSING if list_ is None else BAD_LIST
    return items.index(string) + 1 if string in items else table.append(list_, string)


@FAMILY.function("$List_Add_Unique_Ordered", page="$List_Add_Unique_Ordered")
def list_add_unique_ordered(thread: Thread, list_: int | None = None, string: str = "") -> int:
    """Insert a string into a $list that is in order, unless it is there.

    Arguments: list, in ascending EBCDIC order; string.
    Result: number of the item, new or old; -3 no room, -5 argument missing, -6 invalid $list.
    Example: $List_Add_Unique_Ordered($ListNew,'A') -> 1
    Page: m204wiki, $List_Add_Unique_Ordered
    """
    items = lists(thread).get(list_)
    if items is None or list_ is None:
        return MISSING if list_ is None else BAD_LIST
    place = _place(items, string)
    return place if place and items[place - 1] == string else list_add_ordered(thread, list_, string)


@FAMILY.function("$List_Conv_Item", page="$List_Conv_Item")
def list_conv_item(thread: Thread, list_: int | None = None, delimiter: str = ",") -> str:
    """Return the items of a $list as one longstring with delimiters between them.

    Arguments: list; delimiter, default comma.
    Result: of any length; null for an invalid or empty $list.
    Example: $List_Conv_Item($ListNew) -> (null)
    Page: m204wiki, $List_Conv_Item
    """
    return delimiter.join(lists(thread).get(list_) or ())


@FAMILY.function("$List_Copy_Items", page="$List_Copy_Items")
def list_copy_items(
    thread: Thread,
    input_: int | None = None,
    output: int | None = None,
    first: int = 1,
    count: int | None = None,
) -> int:
    """Append items of one $list to another.

    Arguments: input; output; first item, default 1; count, default all that follow.
    Result: number of items copied; -3 no room, -5 argument missing, -6 invalid $list.
    Example: $List_Copy_Items($ListNew,$ListNew) -> 0
    Page: m204wiki, $List_Copy_Items
    """
    items = lists(thread).get(input_)
    if input_ is None or output is None:
        return MISSING
    if items is None:
        return BAD_LIST
    begin = max(first, 1) - 1
    return add_lines(thread, output, items[begin : None if count is None else begin + max(count, 0)])


@FAMILY.function("$List_Diff_Item", page="$List_Diff_Item")
def list_diff_item(
    thread: Thread, list_: int | None = None, text: str = "", delimiter: str = ",", output: int | None = None
) -> int:
    """Compare a $list with a delimited longstring.

    Arguments: list; text; delimiter, default comma; output, a $list that receives the lines that differ, as $ListCmp
    writes them, default none.
    Result: number of differences; -5 argument missing, -6 invalid $list.
    Example: $List_Diff_Item($ListNew,'A,B') -> 2
    Page: m204wiki, $List_Diff_Item
    """
    items = lists(thread).get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    found = differences(items, text.split((delimiter or ",")[0]) if text else [])
    if output is None:
        return len(found)
    return add_lines(thread, output, found)


@FAMILY.function("$List_Print", page="$List_Print")
def list_print(thread: Thread, list_: int | None = None, first: int = 1, count: int | None = None) -> int:
    """Print the items of a $list.

    Arguments: list; first item, default 1; count, default all that follow.
    Result: number of items printed; -5 argument missing, -6 invalid $list.
    Example: $List_Print($ListNew) -> 0
    Page: m204wiki, $List_Print
    """
    items = lists(thread).get(list_)
    if items is None:
        return MISSING if list_ is None else BAD_LIST
    begin = max(first, 1) - 1
    chosen = items[begin : None if count is None else begin + max(count, 0)]
    for item in chosen:
        thread.check_stop()
        thread.output.line(item)
    return len(chosen)


class Capture:
    """Takes the output of a thread into a $list; messages still go where they went."""

    def __init__(self, thread: Thread, list_: int) -> None:
        self.before: Output = thread.output
        self._thread = thread
        self._list = list_

    def line(self, text: str) -> None:
        """Add a line to the $list."""
        add_lines(self._thread, self._list, [text])

    def message(self, text: str) -> None:
        """Pass a message on."""
        self.before.message(text)

    def end(self) -> None:
        """Give the thread its output back."""
        if self._thread.output is self:
            self._thread.redirect(self.before)
        if self.end in self._thread.at_request_end:
            self._thread.at_request_end.remove(self.end)


CAPTURE: Slot[Capture] = Slot("$List_Capture")


@FAMILY.function("$List_Capture", page="$List_Capture")
def list_capture(thread: Thread, list_: int | None = None) -> int:
    """Send the output of Print to a $list.

    Arguments: list; omitted: ends the capture. It ends with the request as well.
    Result: 0 done; -6 invalid $list.
    Example: $List_Capture -> 0
    Page: m204wiki, $List_Capture
    """
    if list_ is not None and lists(thread).get(list_) is None:
        return BAD_LIST
    active = thread.slots.get(CAPTURE)
    if active is not None:
        active.end()
        thread.slots.drop(CAPTURE)
    if list_ is not None:
        capture = Capture(thread, list_)
        thread.slots.put(CAPTURE, capture)
        thread.redirect(capture)
        thread.at_request_end.insert(0, capture.end)
    return 0
