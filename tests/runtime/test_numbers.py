"""Numbers against slow models made with `decimal`."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given, strategies as st

from soul.runtime import numbers

FLOATS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.decimals(-(10**9), 10**9, places=2).map(float),
    st.integers(-(10**17), 10**17).map(float),
    st.floats(1e-8, 1e14),
)


@given(FLOATS)
def test_rounding_is_that_of_fifteen_digits(x: float) -> None:
    assert numbers.round15(x) == float(f"{x:.15g}")


def slow_text(x: float) -> str:
    rounded = Context(prec=15, rounding=ROUND_HALF_UP).create_decimal_from_float(x)
    if rounded == 0:
        return "0"
    digits = len(rounded.normalize().as_tuple().digits)
    size = rounded.adjusted()
    if size - digits + 1 >= -20 and size < 15:
        shown = format(rounded, "f")
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    mantissa = format(rounded.scaleb(-size), "f")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}E{size:+d}"


@given(FLOATS)
def test_text_is_that_of_the_decimal_rounded_half_away(x: float) -> None:
    assert numbers.text(x) == slow_text(x)


@given(FLOATS.filter(lambda x: abs(x) < 1e300))
def test_text_reads_back_as_the_same_fifteen_digits(x: float) -> None:
    back = numbers.parse(numbers.text(x).replace("E+", "E"))
    assert back is not None
    assert numbers.text(back) == numbers.text(x)


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (7.0, "7"),
        (-3.0, "-3"),
        (0.25, "0.25"),
        (-0.0, "0"),
        (728.999999999999, "728.999999999999"),
        (100000000000000.5, "100000000000001"),
        (1e15, "1E+15"),
        (1 / 3000, "0.000333333333333333"),
    ],
)
def test_text_of_documented_and_chosen_forms(x: float, shown: str) -> None:
    assert numbers.text(x) == shown


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        (" - 12.5 ", -12.5),
        ("+.5", 0.5),
        ("5.", 5.0),
        ("1.5E3", 1500.0),
        ("1234567890123459", 1234567890123450.0),
        ("0.00012345678901234599", 0.000123456789012345),
        ("-0", 0.0),
    ],
)
def test_numeric_strings(text: str, value: float) -> None:
    assert numbers.parse(text) == value


@pytest.mark.parametrize(
    "text", ["", " ", "12ABC", "1 2", "--1", "1.2.3", "E5", ".", "1e999", "\t1", "٣", "1_0", "0x1"]
)
def test_strings_that_are_no_numbers(text: str) -> None:
    assert numbers.parse(text) is None
    assert numbers.number(text) == 0.0


@given(st.decimals(-(10**6), 10**6, places=4), st.integers(-3, 6))
def test_round_half_away_decides_on_the_decimal_value(value: Decimal, places: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert numbers.round_half_away(float(value), places) == float(expected)


@given(st.floats(-1e9, 1e9))
def test_to_int_is_the_nearest(x: float) -> None:
    assert abs(numbers.to_int(x) - x) <= 0.5


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan])
def test_no_function_stumbles_over_what_is_no_number(x: float) -> None:
    assert numbers.text(x) == "0"
    assert numbers.to_int(x) == 0


def test_fixed_keeps_its_places_and_its_range() -> None:
    assert numbers.fixed(2.005, 2) == 2.01
    assert numbers.fixed(21474836.47, 2) == 21474836.47
    assert numbers.fixed(21474836.48, 2) is None
