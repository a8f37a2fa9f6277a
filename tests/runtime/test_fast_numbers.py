"""The fast ways of rounding against slow models, with values made to be hard for them."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from random import Random

import pytest
from hypothesis import given, strategies as st

import soul
from soul.language import expressions
from soul.runtime import numbers

FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)


def neighbours(value: float) -> list[float]:
    """Return a double and those next to it."""
    found = [value]
    for direction in (-math.inf, math.inf):
        near = value
        for _ in range(3):
            near = math.nextafter(near, direction)
            found.append(near)
    return found


def hard(seed: int, count: int) -> list[float]:
    """Return doubles at and beside decimals of few digits, their halves, the limits of the fast ways, and any others."""
    random = Random(seed)
    values = [0.0, -0.0, 1e11, -1e11, 1e12, 1e14, 1e15, 5e-324, 2.2250738585072014e-308, 0.00005, 9.99999999999999]
    for _ in range(count):
        places = random.randint(0, 12)
        digits = random.randint(1, 17)
        decimal = random.randint(-(10**digits), 10**digits)
        values.append(float(Decimal(decimal).scaleb(-places)))
        values.append(float((Decimal(decimal) + Decimal("0.5")).scaleb(-places)))
        values.append(random.uniform(-1, 1) * 10.0 ** random.randint(-20, 20))
        a, b = (random.randint(-(10**7), 10**7) / 10 ** random.randint(0, 4) for _ in range(2))
        values += [a + b, a - b]
    return [near for value in values for near in neighbours(value)]


def slow_round(x: float, places: int) -> float:
    """Round the 15-digit decimal value half away from zero."""
    exact = FIFTEEN.create_decimal_from_float(x)
    if exact.adjusted() + places + 1 > 15:
        return float(exact)
    quantum = Decimal(1).scaleb(-places)
    return float(exact.quantize(quantum, rounding=ROUND_HALF_UP, context=Context(prec=40))) + 0.0


def test_sums_round_to_fifteen_digits() -> None:
    for x in hard(1, 12_000):
        assert numbers.round15(x) == float(f"{x:.15g}"), x.hex()


def test_round_is_half_away_on_the_decimal_value() -> None:
    for x in hard(2, 1_500):
        if math.isfinite(x) and abs(x) < 1e300:
            for places in (0, 1, 2, 3, 6, 9, 10):
                wanted = x if x.is_integer() else slow_round(x, places)
                assert numbers.round_half_away(x, places) == wanted, (x.hex(), places)


def test_whole_numbers_are_rounded_half_away() -> None:
    for x in hard(3, 5_000):
        wanted = int(x) if x.is_integer() else int(slow_round(x, 0))
        assert numbers.to_int(x) == wanted, x.hex()


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-3, 12))
def test_any_number_is_rounded_like_the_model(x: float, places: int) -> None:
    wanted = x if places >= 0 and x.is_integer() else slow_round(x, places)
    assert numbers.round_half_away(x, places) == wanted


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_stays_as_it_is(x: float) -> None:
    assert repr(numbers.round_half_away(x, 2)) == repr(x)
    assert repr(numbers.round15(x)) == repr(x)
    assert numbers.to_int(x) == 0


def test_the_compiler_knows_the_same_limits() -> None:
    for name in ("ROUNDER", "NEAR_SCALE", "NEAR_LIMIT", "AS_NEAR"):
        assert getattr(expressions, name) == getattr(numbers, name)


ONE_SUM = """%v = '{value}'
%e = '{expected}'
%r = {sum}
If %r = %e Then
   Print 'same'
Else
   Print %r With ' instead of ' With %e
End If
"""


def as_text(x: float) -> str:
    """Return 15 digits of a number, as a numeric string that SOUL reads exactly."""
    return f"{x:.15g}".upper()


@pytest.mark.parametrize(
    "literal", ["0.01", "0.1", "1.15", "0.00015", "1234567.891", "99999999999.5", "0.1234567890123"]
)
def test_adding_a_literal_with_decimals(literal: str) -> None:
    random = Random(literal)
    values = [round(random.uniform(-1, 1) * 10.0 ** random.randint(-3, 12), random.randint(0, 6)) for _ in range(150)]
    values += [-float(literal), float(literal), 0.0, 1e14, -1e11, 1e11, 1e300]
    program, shown = [], []
    for value in map(as_text, values):
        x, y = float(value), float(literal)
        for sum_, expected in ((f"%v + {literal}", x + y), (f"{literal} - %v", y - x), (f"%v - {literal}", x - y)):
            program.append(ONE_SUM.format(value=value, expected=as_text(expected), sum=sum_))
            shown.append("same")
    result = soul.run("Begin\n%v is float\n%e is float\n%r is float\n" + "".join(program) + "End\n")
    assert not result.messages
    assert result.output.splitlines() == shown


def test_adding_decimals_without_a_literal() -> None:
    random = Random(4)
    program, shown = [], []
    for _ in range(400):
        x, y = (round(random.uniform(-1, 1) * 10.0 ** random.randint(-3, 9), random.randint(0, 6)) for _ in range(2))
        one = ONE_SUM.format(value=as_text(x), expected=as_text(x + y), sum="%v + %w")
        program.append(f"%w = '{as_text(y)}'\n{one}")
        shown.append("same")
    result = soul.run("Begin\n%v is float\n%e is float\n%r is float\n%w is float\n" + "".join(program) + "End\n")
    assert result.output.splitlines() == shown
