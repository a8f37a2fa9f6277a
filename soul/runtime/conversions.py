"""Conversions that running code calls, as EVALOPT of the thread wants them.

Source: m204wiki, EVALOPT parameter; Longstrings; Boolean enumeration.
"""

from __future__ import annotations

from collections.abc import Callable

from soul.runtime.errors import RequestCancelled
from soul.runtime.messages import RUNTIME_MESSAGES
from soul.runtime.numbers import fixed, number, parse, round_half_away, text
from soul.runtime.values import Value

TRUNCATION_CANCELS = 1  # EVALOPT, m204wiki
NOT_NUMERIC_CANCELS = 2
NULL_CANCELS = 4

TOO_SMALL = RUNTIME_MESSAGES["M204.0552"]
NOT_NUMERIC = RUNTIME_MESSAGES["M204.2985"]
TOO_LONG = RUNTIME_MESSAGES["SOUL.0004"]

Anything = Value | bool | None


def value_text(value: Value) -> str:
    """Return the text of a value."""
    return value if isinstance(value, str) else text(value)


def boolean_text(value: bool | None) -> str:
    """Return the name of a Boolean value; null has none."""
    return "" if value is None else str(value)


def same_boolean(left: bool | None, right: bool | None) -> bool:
    """Say whether two Booleans are equal; null is unequal to every value."""
    return left is not None and left == right


def cut(value: str, length: int) -> str:
    """Return `value` cut to `length`, silently: a String assigned to a shorter one."""
    return value[:length]


def strict_cut(value: str, length: int) -> str:
    """Cancel the request when `value` is too long: EVALOPT X'01'."""
    if len(value) > length:
        raise RequestCancelled(TOO_SMALL)
    return value


def cut_long(value: str, length: int) -> str:
    """Cancel the request when a longstring value does not fit: m204wiki, Longstrings."""
    if len(value) > length:
        raise RequestCancelled(TOO_LONG, length=len(value), limit=length)
    return value


def number_conversion(option: int) -> Callable[[Value], float]:
    """Return the conversion of an assigned value to a number under EVALOPT `option`."""
    if not option & (NOT_NUMERIC_CANCELS | NULL_CANCELS):
        return number

    def strict(value: Value) -> float:
        if isinstance(value, float):
            return value
        parsed = parse(value)
        if parsed is None and option & (NOT_NUMERIC_CANCELS if value.strip(" ") else NULL_CANCELS):
            raise RequestCancelled(NOT_NUMERIC)
        return parsed or 0.0

    return strict


def converter_factory(
    option: int, overflow: Callable[[float], float]
) -> Callable[[str, int, int], Callable[[Anything], Anything]]:
    """Return the function that makes converters to a declared type: kind, length, decimals (-1: all)."""
    to_number = number_conversion(option)
    shorten = strict_cut if option & TRUNCATION_CANCELS else cut

    def as_value(value: Anything) -> Value:
        if value is None or isinstance(value, bool):
            return boolean_text(value)
        return value

    def converter(kind: str, length: int, decimals: int) -> Callable[[Anything], Anything]:
        if kind == "float":
            return lambda value: to_number(as_value(value))
        if kind == "fixed":

            def keep(value: Anything) -> float:
                x = to_number(as_value(value))
                kept = fixed(x, decimals)
                return overflow(x) if kept is None else kept

            return keep
        if kind == "string" and decimals >= 0:
            return lambda value: shorten(
                value_text(round_half_away(value, decimals) if isinstance(value, float) else as_value(value)), length
            )
        if kind == "string":
            return lambda value: shorten(value_text(as_value(value)), length)
        if kind in ("longstring", "unicode"):
            return lambda value: value_text(as_value(value))
        if kind == "boolean":
            return lambda value: value if value is None or isinstance(value, bool) else number(value) != 0.0
        return lambda value: value

    return converter
