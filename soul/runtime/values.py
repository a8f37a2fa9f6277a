"""The values SOUL programs compute with.

A scalar is a Python `str` or a Python `float`, nothing else: numbers are floats even when whole, so that
compiled code never tests for int. Arrays and output parameters are small mutable objects.
"""

from __future__ import annotations

from typing import Protocol

Value = str | float


class Reference(Protocol):
    """Something a callee can read and assign: a variable, an array element."""

    def get(self) -> Value:
        """Return the present value."""

    def set(self, value: Value) -> None:
        """Assign, with the conversion of the variable behind the reference."""

    @property
    def capacity(self) -> int | None:
        """How many characters it can hold: the declared Len; None for Longstring, Unicode and numbers."""


class Cell:
    """A variable that is shared: Common, Static, or passed to an Output parameter."""

    __slots__ = ("capacity", "value")

    def __init__(self, value: Value, capacity: int | None = None) -> None:
        self.value = value
        self.capacity = capacity

    def get(self) -> Value:
        """Return the present value."""
        return self.value

    def set(self, value: Value) -> None:
        """Assign without conversion: the compiler has converted already."""
        self.value = value


class Array:
    """A SOUL array: `bounds` as declared (1 to 3 of them), `items` in row order, subscripts from 1."""

    __slots__ = ("bounds", "items")

    def __init__(self, bounds: tuple[int, ...], initial: Value) -> None:
        self.bounds = bounds
        size = 1
        for bound in bounds:
            size *= bound
        self.items: list[Value] = [initial] * size
