"""Image definitions: from their lines to the table that the run time lays out.

Defaults and ranges of lengths are our choice where the pages are silent.
Source: m204wiki, Images; Longstrings; Statement syntax (Array).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from soul.language import nodes as n, problems as p, refused as r
from soul.language.problems import Problems, nearest
from soul.language.source import Span

MAX_IMAGE = 32_767  # bytes (our choice)
# Type -> least, greatest and usual length in bytes; a String has no usual one.
_LENGTHS: dict[str, tuple[int, int, int]] = {
    "STRING": (1, 255, 0),
    "BINARY": (1, 8, 4),
    "FIXED": (4, 4, 4),
    "FLOAT": (4, 8, 8),
    "PACKED": (1, 16, 8),
    "ZONED": (1, 31, 8),
    "EXPONENTIAL": (8, 31, 12),
}
_WORDS = {"GLOBAL", "NAMESAVE", "PERMANENT", "TEMPORARY"}

Row = tuple[object, ...]
"""An item: ("item", name, type, length, decimals, occurs, depending on, length item, at, after, pad, justify, strip,
signed, initial). An array: ("array", name, occurs, depending on, at, after, rows)."""


@dataclass(slots=True)
class ItemInfo:
    """What the compiler knows of an item: its type, length in bytes, and number of subscripts."""

    type: str
    length: int
    rank: int


@dataclass(slots=True, eq=False)
class ImageInfo:
    """An image of a scope. `python` is its name in the emitted code; `variables` are those its layout depends on."""

    name: str
    python: str
    at: Span
    rows: tuple[Row, ...] = ()
    items: dict[str, ItemInfo] = field(default_factory=dict)
    variables: list[str] = field(default_factory=list)
    is_global: bool = False
    block: ImageInfo | None = None  # the image whose bytes it has, when it is an additional one of a block


class ImageReader:
    """Checks one image definition and makes its table."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def read(self, node: n.Image, python: str) -> ImageInfo:
        """Return the image; complaints go to the problems."""
        info = ImageInfo(node.name, python, node.at, is_global="GLOBAL" in node.clauses)
        unknown = [word for word in node.clauses if word not in _WORDS]
        if unknown:
            self._error(f"Image does not know {unknown[0]}", node.at, "Global and Namesave may follow the name")
        places: set[str] = set()
        info.rows = self._rows(info, node.items, places, 0)
        if not node.items:
            self._error(f"image {node.name} has no items", node.at)
        return info

    def _error(self, text: str, at: Span, hint: str = "") -> None:
        self._problems.error(p.BAD_DECLARATION, text, at, hint)

    def _rows(
        self, info: ImageInfo, items: list[n.ImageItem | n.ImageArray], places: set[str], rank: int
    ) -> tuple[Row, ...]:
        return tuple(
            self._array(info, each, places, rank)
            if isinstance(each, n.ImageArray)
            else self._item(info, each, places, rank)
            for each in items
        )

    def _array(self, info: ImageInfo, node: n.ImageArray, places: set[str], rank: int) -> Row:
        if rank >= 3:
            self._error("arrays of an image have at most three dimensions", node.at)
        depending = self._depends(info, node.depending_on, node.at)
        if node.occurs is None and not depending:
            self._error("Occurs Unknown needs Depending On", node.at)
        self._known(node.position, places, node.at)
        self._known(node.after or None, places, node.at)
        rows = self._rows(info, node.items, places, rank + 1)
        if node.name:
            places.add(node.name)
        return ("array", node.name, node.occurs, depending, node.position, node.after, rows)

    def _item(self, info: ImageInfo, node: n.ImageItem, places: set[str], rank: int) -> Row:
        kind = "BINARY" if node.type.name == "FIXED" else node.type.name
        if kind not in _LENGTHS:
            text = f"{kind.capitalize()} items of images are not supported"
            self._problems.refuse(f"{kind.capitalize()} items", r.IMAGES, node.at, text)
            kind = "STRING"
        if node.name in info.items:
            self._problems.error(p.DECLARED_TWICE, f"item {node.name} is defined twice in {info.name}", node.at)
        length = self._length(node, kind)
        occurs, depending = self._occurs(info, node)
        if occurs is not None:
            rank += 1
        if rank > 3:
            self._error("arrays of an image have at most three dimensions", node.at)
        self._known(node.position, places, node.at)
        self._known(node.after or None, places, node.at)
        size = self._depends(info, node.length_item, node.at)
        info.items[node.name] = ItemInfo(kind, length, rank)
        places.add(node.name)
        places_kept = node.type.decimals if isinstance(node.type.decimals, int) else 0
        head = ("item", node.name, kind, length, places_kept, occurs, depending, size, node.position, node.after)
        return (*head, *self._words(node, kind), self._initial(node, kind))

    def _length(self, node: n.ImageItem, kind: str) -> int:
        least, greatest, usual = _LENGTHS[kind]
        length = node.type.length
        if node.end is not None and isinstance(node.position, int):
            length = node.end - node.position + 1
        if length is None and node.length_item:
            length = greatest
        if length is None:
            length = usual
            if not usual:
                self._error(f"item {node.name} needs a Len", node.at)
                return 1
        if not least <= length <= greatest or (kind == "FLOAT" and length not in (4, 8)):
            allowed = "4 or 8" if kind == "FLOAT" else f"{least} to {greatest}"
            self._error(f"the length of a {kind.capitalize()} item is {allowed}, not {length}", node.at)
            return greatest
        return length

    def _occurs(self, info: ImageInfo, node: n.ImageItem) -> tuple[int | None, str]:
        if node.occurs is None:
            if node.depending_on:
                self._error("Depending On needs Occurs", node.at)
            return None, ""
        if isinstance(node.occurs, int):
            return max(1, node.occurs), self._depends(info, node.depending_on, node.at)
        if node.occurs == "UNKNOWN":
            return MAX_IMAGE, self._depends(info, node.depending_on, node.at)
        return MAX_IMAGE, self._depends(info, node.occurs, node.at)

    def _depends(self, info: ImageInfo, name: str, at: Span) -> str:
        """Check the name of an item before this one, or note a %variable, that a size depends on."""
        if name.startswith("%"):
            if name not in info.variables:
                info.variables.append(name)
        elif name and name not in info.items:
            self._error(f"{name} is no item of {info.name} before this one", at, nearest(name, info.items))
            return ""
        elif name and info.items[name].rank:
            self._error(f"{name} is an array: no size can depend on it", at)
            return ""
        return name

    def _known(self, place: int | str | None, places: set[str], at: Span) -> None:
        if isinstance(place, str) and place not in places:
            self._error(f"{place} is no item or array before this one", at, nearest(place, places))
        if isinstance(place, int) and not 1 <= place <= MAX_IMAGE:
            self._error(f"At {place} is outside the range 1 to {MAX_IMAGE}", at)

    def _words(self, node: n.ImageItem, kind: str) -> tuple[str, str, bool, bool]:
        """Return pad character, LEFT or RIGHT, whether padding is stripped, whether the item is signed."""
        pad, justify, strip, signed = " ", "LEFT", True, True
        words = iter(node.clauses)
        for word in words:
            if word == "PAD":
                pad = self._pad(next(words, ""), node.at)
            elif word == "JUSTIFY":
                justify = next(words, "").upper()
                if justify not in ("LEFT", "RIGHT"):
                    self._error("Justify takes Left or Right", node.at)
            elif word == "NOSTRIP":
                strip = False
            elif word == "UNSIGNED":
                signed = False
            elif word == "BITS":
                self._problems.refuse("Bits", r.IMAGES, node.at, "lengths in Bits are not supported")
        return pad, justify, strip, signed

    def _pad(self, value: str, at: Span) -> str:
        if len(value) != 1:
            self._error("Pad takes one quoted character", at)
            return " "
        return value

    def _initial(self, node: n.ImageItem, kind: str) -> str | float | None:
        from soul.language.conversion import literal_number

        value = node.initial
        sign = 1.0
        if isinstance(value, n.Unary):
            sign, value = (-1.0 if value.operator == "-" else 1.0), value.operand
        if isinstance(value, n.StringLiteral):
            return value.value
        if isinstance(value, n.NumberLiteral):
            return sign * literal_number(value.text)
        if value is not None:
            self._error("the Initial value of an item is a quoted text or a number", node.at)
        return None
