"""Numbers as SOUL keeps them: doubles that are read, rounded and printed with 15 significant decimal digits.

Source: m204wiki, Floating point conversion, rounding, and precision rules; $Incrg; Round (Float function).
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Context

DIGITS = 15
WHOLE_LIMIT = 1e15  # whole numbers below it have at most 15 digits and need no rounding
PLAIN_DECIMALS = 20  # digits after the point that are still printed without an exponent (our choice)
FIXED_LIMIT = 2_147_483_647  # m204wiki, Using variables and values in computation: a 4-byte integer

_NUMERIC = re.compile(r" *([+-]?) *(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]{1,6}))? *")

# The constant whose addition and subtraction rounds a double below 2**51 to the nearest whole number.
ROUNDER = 6755399441055744.0
_POWERS = tuple(10.0**places for places in range(10))

# Half a unit of the 15th digit is at least 5E-16 of a number; one operation is off by at most 1.12E-16 of its result.
# What is found to be nearer than this to a number of 15 digits has that number as its 15-digit value.
AS_NEAR = 3.8e-16
NEAR_SCALE = 1e4
NEAR_LIMIT = 1e11  # scaled, 15 digits

_FAST_LOW = 1e-3
_FAST_HIGH = 1e12


def parse(text: str) -> float | None:
    """Return the number a numeric string stands for, or None when it is not numeric.

    Blanks may stand around the number and after its sign; digits past the 15th count as zeros. A value beyond the
    range of a double is not numeric (our choice).
    """
    if len(text) <= DIGITS and text.isdigit() and text.isascii():
        return float(text)
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    sign, whole, fraction, bare, exponent = match.groups()
    digits = (whole or "") + (fraction or bare or "")
    scale = int(exponent or 0) - len(fraction or bare or "")
    significant = digits.lstrip("0")
    if len(significant) > DIGITS:
        scale += len(significant) - DIGITS
        significant = significant[:DIGITS]
    value = float(f"{significant or '0'}e{scale}")
    if value == math.inf:
        return None
    return -value if sign == "-" and value else value


def is_number(text: str) -> bool:
    """Say whether `text` is a numeric string; the null string is not."""
    return parse(text) is not None


def number(value: str | float) -> float:
    """Return `value` as a number: a string that is not numeric counts as 0 (m204wiki, EVALOPT parameter)."""
    if isinstance(value, float):
        return value
    parsed = parse(value)
    return 0.0 if parsed is None else parsed


def round15(x: float) -> float:
    """Return the 15-digit decimal number nearest to `x`; `x` itself when it is no finite number.

    Nearly all results have few decimals. Take w, the double of a decimal number of at most 15 digits. If w is `x`, then
    that number is the one nearest to `x`, as 15 digits survive a double. If w is less than AS_NEAR away, in proportion,
    it is too: w is at most 1.12E-16 from its number, which is thus less than 5E-16 from `x`.

    Else the fast way scales by an exact power of ten and rounds by an addition, and leaves everything near a tie to the
    slow way; it was compared with the slow one on a million values.
    """
    if -NEAR_LIMIT < x < NEAR_LIMIT:
        w = ((x * NEAR_SCALE + ROUNDER) - ROUNDER) / NEAR_SCALE
        if w == x or -AS_NEAR < (w - x) / x < AS_NEAR:
            return w
    a = x if x >= 0.0 else -x
    if not _FAST_LOW <= a < _FAST_HIGH:
        return float(f"{x:.15g}")
    if a < 1e3:
        if a < 1.0:
            s = 1e15 if a >= 1e-1 else 1e16 if a >= 1e-2 else 1e17
        else:
            s = 1e14 if a < 1e1 else 1e13 if a < 1e2 else 1e12
    elif a < 1e6:
        s = 1e11 if a < 1e4 else 1e10 if a < 1e5 else 1e9
    elif a < 1e9:
        s = 1e8 if a < 1e7 else 1e7 if a < 1e8 else 1e6
    else:
        s = 1e5 if a < 1e10 else 1e4 if a < 1e11 else 1e3
    z = x * s
    q = (z + ROUNDER) - ROUNDER
    return q / s if -0.43 < z - q < 0.43 else float(f"{x:.15g}")


def text(x: float) -> str:
    """Return the text of a number: at most 15 significant digits, no trailing zeros, no point for whole numbers.

    Ties go away from zero. Numbers of more than 15 whole digits or 20 decimals get an exponent (our choice).
    """
    if x.is_integer() and -WHOLE_LIMIT < x < WHOLE_LIMIT:
        return str(int(x))
    shown = repr(x)
    if len(shown) < DIGITS + 2 and "e" not in shown and "n" not in shown:
        return shown
    return _decimal_text(x)


def _decimal_text(x: float) -> str:
    if not math.isfinite(x):
        return "0"  # arithmetic never gives one: overflow is reported where it happens
    sign, digit_tuple, exponent = _fifteen().create_decimal_from_float(x).as_tuple()
    assert isinstance(exponent, int)
    digits = "".join(map(str, digit_tuple))
    stripped = digits.rstrip("0")
    exponent += len(digits) - len(stripped)
    minus = "-" if sign else ""
    point = len(stripped) + exponent  # digits before the decimal point
    if not stripped:
        return "0"
    if 0 < point <= DIGITS:
        if exponent >= 0:
            return minus + stripped + "0" * exponent
        return f"{minus}{stripped[:point]}.{stripped[point:]}"
    if point <= 0 and -exponent <= PLAIN_DECIMALS:
        return f"{minus}0.{'0' * -point}{stripped}"
    mantissa = stripped[0] + ("." + stripped[1:] if len(stripped) > 1 else "")
    return f"{minus}{mantissa}E{point - 1:+d}"


def round_half_away(x: float, places: int = 0) -> float:
    """Return `x` rounded to `places` decimals, halves away from zero, decided on its 15-digit decimal value.

    `places` may be negative (tens, hundreds ...). Page: m204wiki, $Round; Round (Float function).
    """
    if 0 <= places < len(_POWERS):
        scale = _POWERS[places]
        scaled = x * scale
        if -1e14 < scaled < 1e14:
            whole = (scaled + ROUNDER) - ROUNDER
            if -0.43 < scaled - whole < 0.43:
                return whole / scale
            # Near a half: `x` is a number of one decimal more if it is as near to it as a double can be.
            scaled = x * (scale * 10.0)
            whole = (scaled + ROUNDER) - ROUNDER
            if abs(scaled - whole) <= abs(scaled) * AS_NEAR:
                away = (abs(int(whole)) + 5) // 10 / scale
                return away if x > 0.0 else -away
    return _round_decimal(x, places)


@lru_cache(maxsize=1)
def _fifteen() -> Context:
    """Return the context of decimal arithmetic; most requests need none."""
    from decimal import ROUND_HALF_UP, Context

    return Context(prec=DIGITS, rounding=ROUND_HALF_UP)


def _round_decimal(x: float, places: int) -> float:
    """Do what `round_half_away` does, with decimal arithmetic."""
    if not math.isfinite(x) or (places >= 0 and x.is_integer()):
        return x
    from decimal import ROUND_HALF_UP, Context, Decimal

    places = max(-400, min(400, places))
    decimal = _fifteen().create_decimal_from_float(x)
    exponent = decimal.adjusted()
    if exponent + places + 1 > DIGITS:
        return float(decimal)
    if exponent + places < -1:
        return 0.0
    quantum = Decimal(1).scaleb(-places)
    return float(decimal.quantize(quantum, rounding=ROUND_HALF_UP, context=Context(prec=DIGITS + 2))) + 0.0


def to_int(x: float) -> int:
    """Return the integer nearest to `x`, halves away from zero; 0 when it is no finite number.

    Page: m204wiki, $Pad (lengths are rounded).
    """
    if x.is_integer():
        return int(x)
    whole = (x + ROUNDER) - ROUNDER
    if -0.43 < x - whole < 0.43 and -1e12 < x < 1e12:
        return int(whole)
    return int(_round_decimal(x, 0)) if math.isfinite(x) else 0


def fixed(x: float, places: int) -> float | None:
    """Return `x` as Fixed Dp `places` keeps it, or None when it does not fit into the 4-byte integer."""
    rounded = round_half_away(x, places) if places or not x.is_integer() else x
    return rounded if -FIXED_LIMIT <= rounded * 10.0**places <= FIXED_LIMIT else None
