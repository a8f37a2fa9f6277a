"""Number $functions: sign, extremes, remainder, rounding, integer powers and bits.

Rounding is decimal: the value is taken at its 15 significant digits, halves go away from zero (m204wiki, $Round).
"""

from __future__ import annotations

from soul.language.library import Form
from soul.runtime import numbers
from soul.runtime.functions.messages import FAILURE, INVALID_ARGUMENT
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("arithmetic")

_WORD = 0xFFFFFFFF


def _extremes(function: str, sign: str) -> tuple[Form, ...]:
    """Return the forms of $Max and $Min with two to four numbers."""
    names = [f"number{place}" for place in range(1, 5)]
    two = Form(f"number2 if number2 {sign} number1 else number1", {})
    return (two, *(Form(f"{function}({', '.join(names[:count])})", {}) for count in (3, 4)))


@FAMILY.function(
    "$Abs",
    page="$Abs",
    forms=(Form("abs(number)", {}),),
)
def abs_(number: float = 0.0) -> float:
    """Return the absolute value.

    Arguments: number.
    Result: the number without its sign.
    Example: $Abs(-3.5) -> 3.5
    Page: m204wiki, $Abs
    """
    return abs(number)


@FAMILY.function(
    "$Max",
    page="$Max",
    forms=_extremes("max", ">"),
)
def max_(
    number1: float | None = None,
    number2: float | None = None,
    number3: float | None = None,
    number4: float | None = None,
    number5: float | None = None,
    number6: float | None = None,
    number7: float | None = None,
    number8: float | None = None,
) -> float:
    """Return the highest of up to eight numbers.

    Arguments: number1 to number8; omitted ones are ignored.
    Result: 0 when all are omitted.
    Example: $Max(-6, 5, 0, 4) -> 5
    Example: $Max(-9,,,-4) -> -4
    Page: m204wiki, $Max
    """
    given = (number1, number2, number3, number4, number5, number6, number7, number8)
    return max((number for number in given if number is not None), default=0.0)


@FAMILY.function(
    "$Min",
    page="$Min",
    forms=_extremes("min", "<"),
)
def min_(
    number1: float | None = None,
    number2: float | None = None,
    number3: float | None = None,
    number4: float | None = None,
    number5: float | None = None,
    number6: float | None = None,
    number7: float | None = None,
    number8: float | None = None,
) -> float:
    """Return the lowest of up to eight numbers.

    Arguments: number1 to number8; omitted ones are ignored.
    Result: 0 when all are omitted.
    Example: $Min(4,-6,70.3) -> -6
    Page: m204wiki, $Min
    """
    given = (number1, number2, number3, number4, number5, number6, number7, number8)
    return min((number for number in given if number is not None), default=0.0)


def remainder(dividend: int, divisor: int) -> int:
    """Return the remainder with the sign of the dividend."""
    rest = abs(dividend) % abs(divisor)
    return -rest if dividend < 0 else rest


@FAMILY.function(
    "$Mod",
    page="$Mod",
    forms=(
        Form("x % y * 1.0 if x >= 0 else -(-x % y) * 1.0", {"y": range(1, _WORD)}),
        Form("x % y * 1.0 if (x >= 0) & (y > 0) else call(x, y) * 1.0", {}),
    ),
)
def mod(x: int = 0, y: int = 0) -> int:
    """Return the remainder of a division of integers.

    Arguments: x and y, each rounded to an integer first.
    Result: remainder of x by y, with the sign of x; x itself when y is 0.
    Example: $Mod(10,3.4) -> 1
    Example: $Mod(7,0) -> 7
    Page: m204wiki, $Mod
    """
    return remainder(x, y) if y else x


@FAMILY.function("$Round", page="$Round")
def round_(thread: Thread, number: float = 0.0, places: int = 0) -> float:
    """Round a number.

    Arguments: number; places, the decimal places to keep, default 0.
    Result: halves go away from zero, decided on the decimal value.
    Errors: negative places print an error message and give the number unchanged.
    Example: $Round(200.565, 2) -> 200.57
    Example: $Round(-200.565, 1) -> -200.6
    Example: $Round(200.565) -> 201
    Page: m204wiki, $Round
    """
    if places < 0:
        thread.message(INVALID_ARGUMENT, function="$Round", detail="NEGATIVE NUMBER OF PLACES")
        return number
    return numbers.round_half_away(number, places)


def _power(thread: Thread, function: str, base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except (ZeroDivisionError, OverflowError, TypeError):
        thread.message(FAILURE, function=function, detail="RESULT IS NOT A NUMBER OR TOO LARGE")
        return 0.0


@FAMILY.function("$IxpI", page="List of mathematical $functions")
def ixpi(thread: Thread, x: int = 0, y: int = 0) -> float:
    """Raise an integer to an integer power.

    Arguments: x, the base, and y, the exponent, both rounded to integers.
    Result: x to the power y.
    Errors: 0 to a negative power, or a result that is too large: error message and 0.
    Example: $IxpI(2,10) -> 1024
    Page: m204wiki, List of mathematical $functions
    """
    return _power(thread, "$IxpI", float(x), y)


@FAMILY.function("$RxpI", page="List of mathematical $functions")
def rxpi(thread: Thread, x: float = 0.0, y: int = 0) -> float:
    """Raise a number to an integer power.

    Arguments: x, the base; y, the exponent, rounded to an integer.
    Result: x to the power y.
    Errors: as for $IxpI.
    Example: $RxpI(1.5,2) -> 2.25
    Page: m204wiki, List of mathematical $functions
    """
    return _power(thread, "$RxpI", x, y)


@FAMILY.function("$RxpR", page="List of mathematical $functions")
def rxpr(thread: Thread, x: float = 0.0, y: float = 0.0) -> float:
    """Raise a number to any power.

    Arguments: x, the base, 0 or more; y, the exponent.
    Result: x to the power y.
    Errors: a negative base, 0 to a negative power or a result that is too large: error message and 0.
    Example: $RxpR(4,0.5) -> 2
    Page: m204wiki, List of mathematical $functions
    """
    if x < 0:
        thread.message(FAILURE, function="$RxpR", detail="NEGATIVE BASE")
        return 0.0
    return _power(thread, "$RxpR", x, y)


@FAMILY.function("$Square", page="List of mathematical $functions")
def square(thread: Thread, x: float = 0.0) -> float:
    """Return a number times itself.

    Arguments: x.
    Result: x * x.
    Errors: a result that is too large: error message and 0.
    Example: $Square(5) -> 25
    Page: m204wiki, List of mathematical $functions
    """
    return _power(thread, "$Square", x, 2)


def signed_word(bits: int) -> int:
    """Return the low 32 bits of `bits` as a signed number."""
    low = bits & _WORD
    return low - (1 << 32) if low > 0x7FFFFFFF else low


@FAMILY.function("$BitAnd", page="$BitAnd")
def bitand(a: int = 0, b: int = 0) -> int:
    """Return the bitwise AND of two integers.

    Arguments: a, b, rounded to 32-bit integers.
    Result: a signed 32-bit integer.
    Example: $BitAnd(12,10) -> 8
    Page: m204wiki, $BitAnd
    """
    return signed_word(a & b)


@FAMILY.function("$BitOr", page="$BitOr")
def bitor(a: int = 0, b: int = 0) -> int:
    """Return the bitwise OR of two integers.

    Arguments: a, b, rounded to 32-bit integers.
    Result: a signed 32-bit integer.
    Example: $BitOr(1,128) -> 129
    Page: m204wiki, $BitOr
    """
    return signed_word(a | b)
