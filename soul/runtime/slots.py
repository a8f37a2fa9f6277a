"""Typed places on a thread where higher layers keep what is theirs.

The runtime knows no port, no socket, no procedure file. A layer above declares a `Slot` (a module constant),
attaches its object to the thread, and its own $functions read it back with the right type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """A key for one kind of attachment; `name` is for debugging only."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Slot({self.name!r})"


class Slots:
    """The attachments of one thread.

    `fill` is called once, when something is sought that is not there: it attaches what few threads need, and may set
    another `fill` for what still fewer need. `peek` is `get` without it, for what is attached early or never.
    """

    __slots__ = ("_values", "fill", "peek")

    def __init__(self) -> None:
        self._values: dict[Slot[Any], Any] = {}
        self.peek: Callable[[Slot[Any]], Any] = self._values.get
        self.fill: Callable[[], object] | None = None

    def get(self, slot: Slot[T]) -> T | None:
        """Return what is attached under `slot`, or None."""
        found: T | None = self._values.get(slot)
        while found is None and self.fill is not None:
            fill, self.fill = self.fill, None
            fill()
            found = self._values.get(slot)
        return found

    def put(self, slot: Slot[T], value: T) -> None:
        """Attach `value` under `slot`, replacing what was there."""
        self._values[slot] = value

    def drop(self, slot: Slot[T]) -> None:
        """Detach what is under `slot`; nothing happens when it is empty."""
        self._values.pop(slot, None)

    def clear(self) -> None:
        """Detach everything: the thread logs off."""
        self._values.clear()
