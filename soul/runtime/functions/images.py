"""Image $functions: image items by name, and $lists whose items are images.

The images of a request are put under `IMAGES` as an `ImageAccess`; without one no image is active.
Source: m204wiki, $ListInfI; $ListFindI and $ListFindI_Up; SOUL $functions.
"""

from __future__ import annotations

from typing import Protocol

from soul.runtime import compare, numbers
from soul.runtime.errors import RequestCancelled, cancelled
from soul.runtime.functions.lists import BAD_LIST, MISSING, item_code, lists
from soul.runtime.functions.messages import failed
from soul.runtime.functions.registry import Family
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread
from soul.runtime.values import Value

FAMILY = Family("images")

NO_IMAGE = -8


class ImageAccess(Protocol):
    """The images of a request. An item name is `IMAGE:ITEM`, with or without the % sign."""

    def text(self, image: str) -> str | None:
        """Return the bytes of an active image as a string, or None."""

    def set_text(self, image: str, text: str) -> bool:
        """Fill an active image; False when there is none."""

    def item(self, name: str, text: str | None = None) -> Value | None:
        """Return an item of its image, or of `text` laid out as that image; None when there is no such item."""

    def set_item(self, name: str, value: Value) -> bool:
        """Set an item of an active image; False when there is none."""


IMAGES: Slot[ImageAccess] = Slot("images")
_ASSOCIATIONS: Slot[dict[int, str]] = Slot("images of $lists")


def image_of(item: str) -> str:
    """Return the image part of an item name."""
    return item.strip().lstrip("%").partition(":")[0]


def _associations(thread: Thread) -> dict[int, str]:
    known = thread.slots.get(_ASSOCIATIONS)
    if known is None:
        known = {}
        thread.slots.put(_ASSOCIATIONS, known)
    return known


def _text(thread: Thread, list_: int | None, image: str | None) -> str | None:
    """Return the bytes of the image meant, or None: the argument, else the image of the $list."""
    access = thread.slots.get(IMAGES)
    name = image_of(image) if image else _associations(thread).get(list_ or 0, "")
    return access.text(name) if access is not None and name else None


def _item_name(identifier: str, item: str | None) -> str:
    """Return `image:item`: the image of the first argument with the item of the second, or the first one as it is."""
    return identifier if item is None else f"{image_of(identifier)}:{item.strip()}"


def _no_item(function: str, name: str) -> RequestCancelled:
    return cancelled(f"{function}: there is no item {name} of an active image")


@FAMILY.function("$ImgInf", page="$ImgInf")
def imginf(thread: Thread, image: str, item: str | None = None) -> str:
    """Return an image item by name.

    Arguments: image name, or an item of the image; item name. Without it the first one is image:item.
    Result: its value.
    Errors: no such item, or an image that is not active, cancels the request.
    Example:
        Image CREW
          NAME is string len 4
          AGE is binary len 2
        End Image
        Prepare Image CREW
        %CREW:NAME = 'AHAB'
        %CREW:AGE = 58
        Print $ImgInf('CREW', 'NAME') ' ' $ImgInf('CREW', 'AGE')
    Prints:
        AHAB 58
    Page: m204wiki, $ImgInf
    """
    access, name = thread.slots.get(IMAGES), _item_name(image, item)
    value = None if access is None else access.item(name)
    if value is None:
        raise _no_item("$ImgInf", name)
    return value if isinstance(value, str) else numbers.text(value)


@FAMILY.function("$ImgOvl", page="$ImgOvl")
def imgovl(thread: Thread, image: str, item: str, value: Value) -> int:
    """Replace an image item by name.

    Arguments: image name, or an item of the image; item name; value.
    Result: 0.
    Errors: no such item, or an image that is not active, cancels the request.
    Example:
        Image CREW
          NAME is string len 4
        End Image
        Prepare Image CREW
        $ImgOvl('CREW', 'NAME', 'AHAB')
        Print %CREW:NAME
    Prints:
        AHAB
    Page: m204wiki, $ImgOvl
    """
    access, name = thread.slots.get(IMAGES), _item_name(image, item)
    if access is None or not access.set_item(name, value):
        raise _no_item("$ImgOvl", name)
    return 0


@FAMILY.function("$Lstr_Get_Image", page="$Lstr_Get_Image")
def lstr_get_image(thread: Thread, image: str = "") -> str:
    """Return an image as a longstring.

    Arguments: image name.
    Result: its bytes; null when it is not active.
    Example: $Lstr_Get_Image('NOIMAGE') -> (null)
    Page: m204wiki, $Lstr_Get_Image
    """
    return _text(thread, None, image) or ""


@FAMILY.function("$Lstr_Set_Image", page="$Lstr_Get_Image")
def lstr_set_image(thread: Thread, image: str = "", longstring: str = "") -> int:
    """Fill an image from a longstring.

    Arguments: image name; longstring.
    Result: 0 done, -8 the image is not active.
    Example: $Lstr_Set_Image('NOIMAGE','X') -> -8
    Page: m204wiki, $Lstr_Get_Image
    """
    access = thread.slots.get(IMAGES)
    return 0 if access is not None and access.set_text(image_of(image), longstring) else NO_IMAGE


@FAMILY.function("$ListNewI", page="$ListNewI")
def listnewi(thread: Thread, item: str = "") -> int:
    """Make a new $list with an image.

    Arguments: item, an image or image:item.
    Result: its identifier.
    Errors: too many $lists cancel the request.
    Example: $ListCnt($ListNewI('IMAGE:ITEM')) -> 0
    Page: m204wiki, $ListNewI
    """
    identifier = lists(thread).new()
    if identifier < 0:
        raise failed("$ListNewI", "TOO MANY $LISTS")
    _associations(thread)[identifier] = image_of(item)
    return identifier


@FAMILY.function("$ListImg", page="$ListImg")
def listimg(thread: Thread, list_: int | None = None, item: str = "") -> int:
    """Associate an image with a $list.

    Arguments: list; item, an image or image:item.
    Result: 0 done; -5 argument missing, -6 invalid $list.
    Example: $ListImg(-99,'IMAGE:ITEM') -> -6
    Page: m204wiki, $ListImg
    """
    if list_ is None or not item:
        return MISSING
    if lists(thread).get(list_) is None:
        return BAD_LIST
    _associations(thread)[list_] = image_of(item)
    return 0


@FAMILY.function("$ListAddI", page="$ListAddI")
def listaddi(thread: Thread, list_: int | None = None, image: str | None = None) -> int:
    """Append an image to a $list.

    Arguments: list; image, default the one of the $list.
    Result: number of items; -3 no room, -5 argument missing, -6 invalid $list, -8 image missing or not active.
    Example: $ListAddI($ListNew,'NOIMAGE') -> -8
    Example:
        Image CREW
          NAME is string len 8
          AGE is binary len 2
        End Image
        %list is float
        Prepare Image CREW
        %list = $ListNew
        %CREW:NAME = 'AHAB'
        %CREW:AGE = 58
        Print $ListAddI(%list, 'CREW') ' ' $ListILn(%list, 1)
    Prints:
        1 10
    Page: m204wiki, $ListAddI
    """
    table = lists(thread)
    items = table.get(list_)
    if list_ is None:
        return MISSING
    if items is None:
        return BAD_LIST
    text = _text(thread, list_, image)
    return NO_IMAGE if text is None else table.append(list_, text)


@FAMILY.function("$ListInsI", page="$ListInsI")
def listinsi(thread: Thread, list_: int | None = None, item: int | None = None, image: str | None = None) -> int:
    """Insert an image before an item of a $list.

    Arguments: list; item; image, default the one of the $list.
    Result: number of items; -3 no room, -5 argument missing, -6 invalid $list, -7 no such item, -8 image missing or
    not active.
    Example: $ListInsI($ListNew,1,'NOIMAGE') -> -7
    Example:
        Image CREW
          NAME is string len 8
          AGE is binary len 2
        End Image
        %list is float
        Prepare Image CREW
        %list = $ListNew
        %CREW:NAME = 'AHAB'
        %CREW:AGE = 58
        $ListAddI(%list, 'CREW')
        %CREW:NAME = 'ISHMAEL'
        Print $ListInsI(%list, 1, 'CREW') ' ' $ListInf(%list, 1, 1, 7)
    Prints:
        2 ISHMAEL
    Page: m204wiki, $ListInsI
    """
    table = lists(thread)
    code = item_code(table.get(list_), list_, item)
    if code or list_ is None or item is None:
        return code
    text = _text(thread, list_, image)
    return NO_IMAGE if text is None else table.insert(list_, item - 1, text)


@FAMILY.function("$ListInfI", page="$ListInfI")
def listinfi(thread: Thread, list_: int | None = None, item: int | None = None, image: str | None = None) -> int:
    """Copy an item of a $list into an image.

    Arguments: list; item; image, default the one of the $list.
    Result: 0 copied; -5 argument missing, -6 invalid $list, -7 no such item, -8 image missing or not active.
    Example: $ListInfI(-99,1,'NOIMAGE') -> -6
    Example:
        Image CREW
          NAME is string len 8
          AGE is binary len 2
        End Image
        %list is float
        Prepare Image CREW
        %list = $ListNew
        %CREW:NAME = 'AHAB'
        %CREW:AGE = 58
        $ListAddI(%list, 'CREW')
        %CREW:NAME = ''
        Print $ListInfI(%list, 1, 'CREW') ' ' %CREW:NAME ' ' %CREW:AGE
    Prints:
        0 AHAB 58
    Page: m204wiki, $ListInfI
    """
    items = lists(thread).get(list_)
    code = item_code(items, list_, item)
    if code or items is None or item is None:
        return code
    access = thread.slots.get(IMAGES)
    name = image_of(image) if image else _associations(thread).get(list_ or 0, "")
    return 0 if access is not None and name and access.set_text(name, items[item - 1]) else NO_IMAGE


_OPERATORS = {
    "EQ": lambda order: order == 0,
    "NE": lambda order: order != 0,
    "LT": lambda order: order < 0,
    "LE": lambda order: order <= 0,
    "GT": lambda order: order > 0,
    "GE": lambda order: order >= 0,
}


def _matching(
    thread: Thread, function: str, list_: int | None, item: str, value: Value | None, operator: str
) -> list[int]:
    """Return the numbers of the items whose image item compares with `value` (default: that of the active image)."""
    items = lists(thread).get(list_)
    access = thread.slots.get(IMAGES)
    if items is None:
        raise failed(function, "INVALID $LIST IDENTIFIER")
    test = _OPERATORS.get(operator.strip().upper() or "EQ")
    wanted = value if value is not None or access is None else access.item(item)
    if access is None or wanted is None or test is None:
        raise failed(function, "NO SUCH IMAGE ITEM OR OPERATOR")
    found = ((number, access.item(item, text)) for number, text in enumerate(items, 1))
    return [number for number, got in found if got is not None and test(compare.compare(got, wanted))]


@FAMILY.function("$ListFindI", page="$ListFindI and $ListFindI_Up")
def listfindi(
    thread: Thread,
    list_: int | None = None,
    item: str = "",
    value: Value | None = None,
    start: int = 1,
    operator: str = "EQ",
) -> int:
    """Find an item of a $list by an image item.

    Arguments: list; item, as image:item; value, default that of the active image; start, the item where to begin,
    default 1; operator EQ, NE, LT, LE, GT or GE, default EQ.
    Result: number of the first such item, 0 when there is none.
    Errors: an invalid $list, item or operator cancels the request.
    Example:
        Image CREW
          NAME is string len 10
          AGE is binary len 2
        End Image
        %list is float
        Prepare Image CREW
        %list = $ListNew
        %CREW:NAME = 'AHAB'
        %CREW:AGE = 58
        $ListAddI(%list, 'CREW')
        %CREW:NAME = 'ISHMAEL'
        %CREW:AGE = 25
        $ListAddI(%list, 'CREW')
        Print $ListFindI(%list, 'CREW:NAME', 'ISHMAEL')
        Print $ListFindI(%list, 'CREW:AGE', 30, 1, 'GT')
    Prints:
        2
        1
    Page: m204wiki, $ListFindI and $ListFindI_Up
    """
    found = _matching(thread, "$ListFindI", list_, item, value, operator)
    return next((number for number in found if number >= start), 0)


@FAMILY.function("$ListFindI_Up", page="$ListFindI and $ListFindI_Up")
def listfindi_up(
    thread: Thread,
    list_: int | None = None,
    item: str = "",
    value: Value | None = None,
    start: int | None = None,
    operator: str = "EQ",
) -> int:
    """Find an item of a $list by an image item, backwards.

    Arguments: as for $ListFindI; start default the last item.
    Result: number of the first such item before or at start, 0 when there is none.
    Errors: an invalid $list, item or operator cancels the request.
    Example:
        Image CREW
          NAME is string len 10
        End Image
        %list is float
        Prepare Image CREW
        %list = $ListNew
        %CREW:NAME = 'AHAB'
        $ListAddI(%list, 'CREW')
        $ListAddI(%list, 'CREW')
        Print $ListFindI_Up(%list, 'CREW:NAME', 'AHAB')
        Print $ListFindI_Up(%list, 'CREW:NAME', 'AHAB', 1)
    Prints:
        2
        1
    Page: m204wiki, $ListFindI and $ListFindI_Up
    """
    found = _matching(thread, "$ListFindI_Up", list_, item, value, operator)
    return next((number for number in reversed(found) if start is None or number <= start), 0)


@FAMILY.function("$ListFindI_Sub", page="$ListFindI_Sub")
def listfindi_sub(
    thread: Thread, list_: int | None = None, item: str = "", value: Value | None = None, operator: str = "EQ"
) -> int:
    """Return a new $list of the items that an image item selects.

    Arguments: list; item, value and operator, as for $ListFindI.
    Result: identifier of the new $list; -3 no room.
    Errors: an invalid $list, item or operator cancels the request.
    Example:
        Image CREW
          NAME is string len 10
        End Image
        %list is float
        Prepare Image CREW
        %list = $ListNew
        %CREW:NAME = 'AHAB'
        $ListAddI(%list, 'CREW')
        %CREW:NAME = 'ISHMAEL'
        $ListAddI(%list, 'CREW')
        Print $ListCnt($ListFindI_Sub(%list, 'CREW:NAME', 'AHAB', 'NE'))
    Prints:
        1
    Page: m204wiki, $ListFindI_Sub
    """
    found = _matching(thread, "$ListFindI_Sub", list_, item, value, operator)
    items = lists(thread).get(list_) or []
    return lists(thread).new([items[number - 1] for number in found])
