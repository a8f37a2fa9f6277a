"""Arrays and references of running code: subscripts, elements passed by reference, converting references.

Source: m204wiki, Using variables and values in computation; Subroutines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from soul.runtime.errors import RequestCancelled
from soul.runtime.messages import RUNTIME_MESSAGES
from soul.runtime.numbers import text, to_int
from soul.runtime.values import Array

SUBSCRIPT = RUNTIME_MESSAGES["M204.0554"]


class Place(Protocol):
    """Something with a value: a cell, an element, a converting reference."""

    value: Any


def _refuse(number: float, array: Array, dimension: int) -> NoReturn:
    bound = array.bounds[dimension]
    where = f" OF DIMENSION {dimension + 1}" if len(array.bounds) > 1 else ""
    raise RequestCancelled(SUBSCRIPT, detail=f"{text(number)} IS NOT WITHIN 1 TO {bound}{where}")


def subscript(array: Array, dimension: int, number: float) -> int:
    """Return a subscript, rounded to the nearest integer, as an index from 0; outside the bounds cancels."""
    index = to_int(number)
    if not 1 <= index <= array.bounds[dimension]:
        _refuse(number, array, dimension)
    return index - 1


def copy_array(array: Array) -> Array:
    """Return a copy: a parameter declared Copy."""
    copy = Array(array.bounds, "")
    copy.items = list(array.items)
    return copy


class ElementReference:
    """An array element as an Output parameter."""

    __slots__ = ("_index", "_items", "capacity")

    def __init__(self, array: Array, index: int) -> None:
        self._items: list[Any] = array.items
        self._index = index
        self.capacity: int | None = None

    @property
    def value(self) -> Any:
        """The element."""
        return self._items[self._index]

    @value.setter
    def value(self, value: Any) -> None:
        self._items[self._index] = value


class ConvertedReference:
    """A variable whose type differs from that of the Output parameter it is passed to."""

    __slots__ = ("_inward", "_outward", "_place")

    def __init__(self, place: Place, inward: Callable[[Any], Any], outward: Callable[[Any], Any]) -> None:
        self._place = place
        self._inward = inward
        self._outward = outward

    @property
    def value(self) -> Any:
        """The variable's value as the parameter's type has it."""
        return self._inward(self._place.value)

    @value.setter
    def value(self, value: Any) -> None:
        self._place.value = self._outward(value)


class VariableReference:
    """A variable a built-in reads and assigns; satisfies `soul.runtime.values.Reference`."""

    __slots__ = ("_outward", "_place", "capacity")

    def __init__(self, place: Place, outward: Callable[[Any], Any], capacity: int | None) -> None:
        self._place = place
        self._outward = outward
        self.capacity = capacity

    def get(self) -> Any:
        """Return the present value."""
        return self._place.value

    def set(self, value: Any) -> None:
        """Assign, with the conversion of the variable's type."""
        self._place.value = self._outward(value)
