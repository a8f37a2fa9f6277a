"""Images: records with named items, kept as EBCDIC bytes.

An item is found by laying the image out; where sizes depend on other items or on %variables that is done at each
access.
Source: m204wiki, Images; M204.1696; Statement syntax (Array).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from soul.runtime import numbers
from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.errors import RequestCancelled
from soul.runtime.functions.images import IMAGES
from soul.runtime.image_items import DECODERS, ENCODERS, Item
from soul.runtime.messages import RUNTIME_MESSAGES
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread
from soul.runtime.values import Value

MAX_IMAGE = 32_767
NAMES_TO_UPPER = 0x04  # of COMPOPT
BLANK = to_ebcdic(" ")
NOT_ACTIVE = RUNTIME_MESSAGES["M204.1696"]
NO_FIT = RUNTIME_MESSAGES["SOUL.0013"]
SUBSCRIPT = RUNTIME_MESSAGES["M204.0554"]
TOO_LONG = RUNTIME_MESSAGES["SOUL.0014"]


@dataclass(slots=True)
class Dimension:
    """One dimension of a place: how often it occurs, and how far apart."""

    count: int
    stride: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item is now."""

    item: Item
    offset: int
    length: int
    dimensions: tuple[Dimension, ...]


class Image:
    """One image of a request. It is not active before Prepare, Identify or Read.

    Images of one block have the same `data`.
    """

    def __init__(self, name: str, rows: Sequence[tuple[Any, ...]], data: bytearray | None = None) -> None:
        self.name = name
        self.active = False
        self.data = bytearray() if data is None else data
        self._rows = rows
        self._values: dict[str, float] = {}
        self._fixed = not _depends(rows)
        self._places: dict[str, Place] | None = None
        self._end = 0
        self._fresh = BLANK  # what new storage holds

    # Statements.

    def prepare(self, values: dict[str, float]) -> None:
        """Make the image active, every item at its initial value."""
        self._values = values
        self.data.clear()
        self._places = None
        self._fresh = b"\0"  # so that sizes depend on zeros, not on blanks, until their items are filled
        filled = bytearray()
        for name in list(self._layout(())):  # item by item: sizes may depend on the ones before
            place = self._layout(())[name]
            filler = ENCODERS[place.item.type](place.item, place.item.start, place.length) or bytes(place.length)
            for offset in _offsets(place):
                filled.extend(bytes(max(0, offset + place.length - len(filled))))
                for index, byte in enumerate(filler, offset):
                    if place.item.initial is not None or not filled[index]:  # a redefinition keeps what is there
                        self.data[index], filled[index] = byte, True
        self._fresh = BLANK
        self._layout(())
        self.active = True

    def identify(self, values: dict[str, float]) -> None:
        """Make the image active as it is; storage that was never filled begins as if prepared (our choice)."""
        if not self.data:
            self.prepare(values)
        self._values = values
        self.active = True

    def load(self, record: bytes, values: dict[str, float]) -> None:
        """Fill the image from a record; what the record is too short for gets its initial value (our choice)."""
        self.prepare(values)
        self.data[: len(record)] = record[:MAX_IMAGE]

    def record(self) -> bytes:
        """Return the bytes of the image."""
        self._check()
        self._layout(())
        return bytes(self.data[: self._end])

    def text(self) -> str:
        """Return the bytes of the image as a string."""
        return from_ebcdic(self.record())

    # Items.

    def get(self, name: str, *subscripts: float) -> Value:
        """Return the value of an item: str for String items, else float."""
        self._check()
        place = self._layout(subscripts)[name]
        offset = self._offset(place, subscripts)
        return DECODERS[place.item.type](place.item, bytes(self.data[offset : offset + place.length]))

    def set(self, name: str, value: Value, *subscripts: float) -> None:
        """Assign an item. A number that does not fit cancels the request (our choice)."""
        self._check()
        place = self._layout(subscripts)[name]
        encoded = ENCODERS[place.item.type](place.item, value, place.length)
        if encoded is None:
            shown = value if isinstance(value, str) else numbers.text(value)
            raise RequestCancelled(NO_FIT, value=shown, item=f"{self.name}:{name}")
        offset = self._offset(place, subscripts)
        self.data[offset : offset + place.length] = encoded
        if not self._fixed:
            self._layout(())

    def has(self, name: str) -> bool:
        """Say whether there is an item without subscripts of this name."""
        place = self._layout(()).get(name)
        return place is not None and not place.dimensions

    # Layout.

    def _check(self) -> None:
        if not self.active:
            raise RequestCancelled(NOT_ACTIVE, image=self.name)

    def _offset(self, place: Place, subscripts: Sequence[float]) -> int:
        offset = place.offset
        for number, (dimension, subscript) in enumerate(zip(place.dimensions, subscripts, strict=True), 1):
            index = numbers.to_int(subscript)
            if not 1 <= index <= dimension.count:
                where = f" OF DIMENSION {number}" if len(place.dimensions) > 1 else ""
                detail = f"{numbers.text(subscript)} IS NOT WITHIN 1 TO {dimension.count}{where}"
                raise RequestCancelled(SUBSCRIPT, detail=detail)
            offset += (index - 1) * dimension.stride
        return offset

    def _layout(self, subscripts: Sequence[float]) -> dict[str, Place]:
        if self._places is not None and self._fixed:
            return self._places
        self._places = {}
        self._end = 0
        self._lay(self._rows, 0, (), {})
        if self._end > MAX_IMAGE:
            raise RequestCancelled(TOO_LONG, image=self.name, limit=MAX_IMAGE)
        if len(self.data) < self._end:
            self.data.extend(self._fresh * (self._end - len(self.data)))
        return self._places

    def _lay(
        self,
        rows: Sequence[tuple[Any, ...]],
        base: int,
        around: tuple[Dimension, ...],
        ends: dict[str, tuple[int, int]],
    ) -> int:
        """Place `rows` from `base` on; return where they end. `ends` holds begin and end of what is placed."""
        assert self._places is not None
        cursor = last = base
        for row in rows:
            is_item = row[0] == "item"
            name, at, after = row[1], row[8 if is_item else 4], row[9 if is_item else 5]
            if isinstance(at, int):
                cursor = base + at - 1
            elif at:
                cursor = ends[at][0]
            elif after:
                cursor = ends[after][1]
            begin = cursor
            occurs, depending = (row[5], row[6]) if is_item else (row[2] or MAX_IMAGE, row[3])
            count = self._count(depending, occurs) if occurs is not None else 1
            if is_item:
                length = self._count(row[7], row[3]) if row[7] else row[3]
                dimensions = around if occurs is None else (*around, Dimension(count, length))
                self._places[name] = Place(Item(*row[1:5], *row[10:]), begin, length, dimensions)
            else:
                dimension = Dimension(count, 0)
                length = self._lay(row[6], begin, (*around, dimension), ends) - begin
                dimension.stride = length
            cursor = begin + length * count
            ends[name] = (begin, cursor)
            last = max(last, cursor)
            self._end = max(self._end, cursor)
        return last

    def _count(self, depending: str, most: int) -> int:
        """Return the number of occurrences, or the length, that depends on an item or %variable."""
        if not depending:
            return most
        if depending.startswith("%"):
            value = self._values.get(depending, 0.0)
        else:
            assert self._places is not None
            place = self._places[depending]
            held = bytes(self.data[place.offset : place.offset + place.length]).ljust(place.length, b"\0")
            value = numbers.number(DECODERS[place.item.type](place.item, held))
        return max(0, min(most, numbers.to_int(value)))


def _depends(rows: Sequence[tuple[Any, ...]]) -> bool:
    return any(row[6] or row[7] if row[0] == "item" else row[3] or row[2] is None or _depends(row[6]) for row in rows)


def _offsets(place: Place) -> list[int]:
    offsets = [place.offset]
    for dimension in place.dimensions:
        offsets = [offset + index * dimension.stride for offset in offsets for index in range(dimension.count)]
    return offsets


_GLOBALS: Slot[dict[str, Image]] = Slot("global images")


class ImageTable:
    """The images of one request, by name: what `soul.runtime.functions.images` asks."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread
        self._images: dict[str, Image] = {}

    def add(self, name: str, rows: Sequence[tuple[Any, ...]], is_global: bool, block: Image | None = None) -> Image:
        """Add an image, which may have the bytes of another; a Global one finds those it had in the request before."""
        image = Image(name, rows, None if block is None else block.data)
        if is_global:
            kept = self._thread.slots.get(_GLOBALS)
            if kept is None:
                kept = {}
                self._thread.slots.put(_GLOBALS, kept)
            before = kept.get(name)
            if before is not None and before.active:
                image.load(bytes(before.data), {})
            kept[name] = image
        self._images[name] = image
        return image

    def _find(self, name: str) -> tuple[Image | None, str]:
        """Return the image and the item that `image` or `image:item` means: as written, else in upper case.

        m204wiki, COMPOPT parameter X'04'.
        """
        folds = self._thread.parameters.number("COMPOPT", NAMES_TO_UPPER) & NAMES_TO_UPPER
        for written in (name, name.upper()) if folds else (name,):
            owner, _, item = written.strip().lstrip("%").partition(":")
            image = self._images.get(owner)
            if image is not None and (not item or image.has(item)):
                return image, item
        return None, ""

    def _active(self, name: str) -> Image | None:
        image, _ = self._find(name)
        return image if image is not None and image.active else None

    def text(self, image: str) -> str | None:
        """Return the bytes of an active image as a string, or None."""
        found = self._active(image)
        return None if found is None else from_ebcdic(found.record())

    def set_text(self, image: str, text: str) -> bool:
        """Fill an active image; False when there is none."""
        found = self._active(image)
        if found is not None:
            found.load(to_ebcdic(text), {})
        return found is not None

    def item(self, name: str, text: str | None = None) -> Value | None:
        """Return an item of its image, or of `text` laid out as that image; None when there is no such item."""
        image, item = self._find(name)
        if image is None or not item:
            return None
        if text is None:
            return image.get(item) if image.active else None
        other = Image(image.name, image._rows)
        other.load(to_ebcdic(text), {})
        return other.get(item)

    def set_item(self, name: str, value: Value) -> bool:
        """Set an item of an active image; False when there is none."""
        image, item = self._find(name)
        if image is None or not item or not image.active:
            return False
        image.set(item, value)
        return True

    def attach(self) -> None:
        """Let $functions find the images."""
        self._thread.slots.put(IMAGES, self)

    def detach(self) -> None:
        """The evaluation is over: no image is active for $functions."""
        self._thread.slots.drop(IMAGES)
