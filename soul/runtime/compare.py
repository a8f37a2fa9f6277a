"""Comparison of values: as numbers when one side is a number, else as strings in EBCDIC order.

Source: m204wiki, Boolean enumeration; the rule itself is our choice where the pages are silent.
"""

from __future__ import annotations

from soul.runtime.collation import sort_key
from soul.runtime.numbers import number
from soul.runtime.values import Value


def text_less(left: str, right: str) -> bool:
    """Say whether `left` sorts before `right`; a prefix sorts before the longer string."""
    return sort_key(left) < sort_key(right)


def text_less_equal(left: str, right: str) -> bool:
    """Say whether `left` does not sort after `right`."""
    return left == right or sort_key(left) < sort_key(right)


def equal(left: Value, right: Value) -> bool:
    """Say whether two values are equal."""
    if left.__class__ is right.__class__:
        return left == right
    return number(left) == number(right)


def less(left: Value, right: Value) -> bool:
    """Say whether `left` comes before `right`."""
    if isinstance(left, str) and isinstance(right, str):
        return sort_key(left) < sort_key(right)
    return number(left) < number(right)


def less_equal(left: Value, right: Value) -> bool:
    """Say whether `left` does not come after `right`."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right or sort_key(left) < sort_key(right)
    return number(left) <= number(right)


def compare(left: Value, right: Value) -> int:
    """Return -1, 0 or 1 as `left` is before, equal to or after `right`: for $functions and sorting."""
    if equal(left, right):
        return 0
    return -1 if less(left, right) else 1
