"""Float methods; `number` is the method object.

Source: m204wiki, List of Float methods; the page of each method, "Name (Float function)".
"""

from __future__ import annotations

import math

from soul.runtime import numbers
from soul.runtime.functions.arithmetic import remainder, signed_word
from soul.runtime.functions.messages import invalid
from soul.runtime.functions.registry import Family

FAMILY = Family("float methods")

ROUND_PLACES = 75  # m204wiki, Round (Float function)
PRIME_LIMIT = 1 << 53  # beyond it a Float does not hold every integer


@FAMILY.method("Absolute", page="Absolute (Float function)")
def absolute(number: float) -> float:
    """Return the absolute value.

    Arguments: none.
    Result: the number without its sign.
    Example: -3.5:absolute -> 3.5
    Page: m204wiki, Absolute (Float function)
    """
    return abs(number)


@FAMILY.method("Round", page="Round (Float function)")
def round_(number: float, places: int = 0) -> float:
    """Round a number, halves away from zero.

    Arguments: places, 0 to 75, default 0.
    Result: decided on the decimal value.
    Errors: places out of range cancel the request.
    Example: 3.1415926:round(3) -> 3.142
    Example: -2.5:round -> -3
    Page: m204wiki, Round (Float function)
    """
    if not 0 <= places <= ROUND_PLACES:
        raise invalid("Round", "DECIMAL PLACES MUST BE 0 TO 75")
    return numbers.round_half_away(number, places)


@FAMILY.method("Mod", "Modulus", page="Mod and Modulus (Float functions)")
def mod(number: int, divisor: int) -> int:
    """Return the remainder of a division.

    Arguments: divisor; both numbers are rounded to integers first.
    Result: with the sign of the method object.
    Errors: a divisor of 0 after rounding cancels the request.
    Example: -191.4:mod(2.0) -> -1
    Page: m204wiki, Mod and Modulus (Float functions)
    """
    if not divisor:
        raise invalid("Mod", "DIVISOR IS 0")
    return remainder(number, divisor)


@FAMILY.method("Div", page="Div (Float function)")
def div(number: int, divisor: int) -> int:
    """Return the integer quotient.

    Arguments: divisor; both numbers are rounded to integers first.
    Result: cut towards zero.
    Errors: a divisor of 0 after rounding cancels the request.
    Example: 9997:div(7) -> 1428
    Page: m204wiki, Div (Float function)
    """
    if not divisor:
        raise invalid("Div", "DIVISOR IS 0")
    quotient = abs(number) // abs(divisor)
    return -quotient if (number < 0) != (divisor < 0) else quotient


def _power(method: str, base: float, exponent: float) -> float:
    if base == 0.0 and exponent <= 0:
        raise invalid(method, "0 TO A POWER OF 0 OR LESS")
    try:
        return float(base**exponent)
    except OverflowError:
        raise invalid(method, "RESULT IS TOO LARGE") from None


@FAMILY.method("ToPower", "ToIntegerPower", page="ToIntegerPower and ToPower (Float functions)")
def to_power(number: float, exponent: int) -> float:
    """Raise a number to an integer power.

    Arguments: exponent, rounded to the nearest integer.
    Result: a negative exponent gives the reciprocal.
    Errors: 0 to a power of 0 or less, or a result that is too large, cancels the request.
    Example: 3:toPower(5) -> 243
    Example: 2:toIntegerPower(-2.2) -> 0.25
    Page: m204wiki, ToIntegerPower and ToPower (Float functions)
    """
    return _power("ToPower", number, exponent)


@FAMILY.method("ToFloatPower", page="ToFloatPower (Float function)")
def to_float_power(number: float, exponent: float) -> float:
    """Raise a number to any power.

    Arguments: exponent.
    Result: 1 for exponent 0.
    Errors: a negative number with an exponent other than 0, 0 to a power of 0 or less, or a result that is too large,
    cancels the request.
    Example: 2:toFloatPower(0.5) -> 1.4142135623731
    Page: m204wiki, ToFloatPower (Float function)
    """
    if number < 0 and exponent != 0:
        raise invalid("ToFloatPower", "NEGATIVE NUMBER")
    return _power("ToFloatPower", number, exponent)


@FAMILY.method("SquareRoot", page="SquareRoot (Float function)")
def square_root(number: float) -> float:
    """Return the square root.

    Arguments: none.
    Result: 0 or more.
    Errors: a negative number cancels the request.
    Example: 16:squareRoot -> 4
    Page: m204wiki, SquareRoot (Float function)
    """
    if number < 0:
        raise invalid("SquareRoot", "NEGATIVE NUMBER")
    return math.sqrt(number)


def _positive(method: str, number: float) -> float:
    if number <= 0:
        raise invalid(method, "NUMBER MUST BE ABOVE 0")
    return number


@FAMILY.method("Log", "LogE", page="Log (Float function)")
def log(number: float) -> float:
    """Return the natural logarithm.

    Arguments: none.
    Result: the logarithm to base e.
    Errors: a number of 0 or less cancels the request.
    Example: 3.14159:log -> 1.14472904118518
    Page: m204wiki, Log (Float function)
    """
    return math.log(_positive("Log", number))


@FAMILY.method("Log10", page="Log10 (Float function)")
def log10(number: float) -> float:
    """Return the logarithm to base 10.

    Arguments: none.
    Result: the logarithm.
    Errors: a number of 0 or less cancels the request.
    Example: 1000:log10 -> 3
    Page: m204wiki, Log10 (Float function)
    """
    return math.log10(_positive("Log10", number))


@FAMILY.method("Log2", page="Log2 (Float function)")
def log2(number: float) -> float:
    """Return the logarithm to base 2.

    Arguments: none.
    Result: the logarithm.
    Errors: a number of 0 or less cancels the request.
    Example: 3.14159:log2 -> 1.65149491087943
    Page: m204wiki, Log2 (Float function)
    """
    return math.log2(_positive("Log2", number))


@FAMILY.method("Antilog", "AntilogE", page="Antilog (Float function)")
def antilog(number: float) -> float:
    """Return e to the power of the number.

    Arguments: none.
    Result: above 0.
    Errors: a result that is too large cancels the request.
    Example: 1:antilog -> 2.71828182845905
    Page: m204wiki, Antilog (Float function)
    """
    return _power("Antilog", math.e, number) if number > 700 else math.exp(number)


@FAMILY.method("Antilog10", page="Antilog10 (Float function)")
def antilog10(number: float) -> float:
    """Return 10 to the power of the number.

    Arguments: none.
    Result: above 0.
    Errors: a result that is too large cancels the request.
    Example: 3:antilog10 -> 1000
    Page: m204wiki, Antilog10 (Float function)
    """
    return _power("Antilog10", 10.0, number)


@FAMILY.method("Antilog2", page="Antilog2 (Float function)")
def antilog2(number: float) -> float:
    """Return 2 to the power of the number.

    Arguments: none.
    Result: above 0.
    Errors: a result that is too large cancels the request.
    Example: 10:antilog2 -> 1024
    Page: m204wiki, Antilog2 (Float function)
    """
    return _power("Antilog2", 2.0, number)


@FAMILY.method("ToRadians", page="ToRadians (Float function)")
def to_radians(number: float) -> float:
    """Convert degrees to radians.

    Arguments: none.
    Result: radians.
    Example: 180:toRadians -> 3.14159265358979
    Page: m204wiki, ToRadians (Float function)
    """
    return math.radians(number)


@FAMILY.method("ToDegrees", page="ToDegrees (Float function)")
def to_degrees(number: float) -> float:
    """Convert radians to degrees.

    Arguments: none.
    Result: degrees.
    Example: 0:toDegrees -> 0
    Page: m204wiki, ToDegrees (Float function)
    """
    return math.degrees(number)


@FAMILY.method("BitAndInteger", page="BitAndInteger (Float function)")
def bit_and(number: int, other: int) -> int:
    """Return the bitwise AND of two 32-bit integers.

    Arguments: other.
    Result: a signed 32-bit integer.
    Example: 12:bitAndInteger(10) -> 8
    Page: m204wiki, BitAndInteger (Float function)
    """
    return signed_word(number & other)


@FAMILY.method("BitOrInteger", "BitOnInteger", page="BitOrInteger (Float function)")
def bit_or(number: int, other: int) -> int:
    """Return the bitwise OR of two 32-bit integers: the bits of the argument are switched on.

    Arguments: other.
    Result: a signed 32-bit integer.
    Example: 12:bitOrInteger(10) -> 14
    Page: m204wiki, BitOrInteger (Float function)
    """
    return signed_word(number | other)


@FAMILY.method("BitXorInteger", page="BitXorInteger (Float function)")
def bit_xor(number: int, other: int) -> int:
    """Return the bitwise exclusive OR of two 32-bit integers.

    Arguments: other.
    Result: a signed 32-bit integer.
    Example: 12:bitXorInteger(10) -> 6
    Page: m204wiki, BitXorInteger (Float function)
    """
    return signed_word(number ^ other)


@FAMILY.method("BitOffInteger", page="BitOffInteger (Float function)")
def bit_off(number: int, other: int) -> int:
    """Switch the bits of the argument off.

    Arguments: other.
    Result: a signed 32-bit integer.
    Example: 14:bitOffInteger(10) -> 4
    Page: m204wiki, BitOffInteger (Float function)
    """
    return signed_word(number & ~other)


def _places(method: str, places: int) -> int:
    if not 0 <= places <= 31:
        raise invalid(method, "PLACES MUST BE 0 TO 31")
    return places


@FAMILY.method("BitShiftLeftInteger", page="BitShiftLeftInteger (Float function)")
def bit_shift_left(number: int, places: int) -> int:
    """Shift a 32-bit integer to the left.

    Arguments: places, 0 to 31.
    Result: a signed 32-bit integer.
    Errors: places out of range cancel the request.
    Example: 3:bitShiftLeftInteger(4) -> 48
    Page: m204wiki, BitShiftLeftInteger (Float function)
    """
    return signed_word(number << _places("BitShiftLeftInteger", places))


@FAMILY.method("BitShiftRightInteger", page="BitShiftRightInteger (Float function)")
def bit_shift_right(number: int, places: int) -> int:
    """Shift a 32-bit integer to the right, with zeros from the left.

    Arguments: places, 0 to 31.
    Result: a signed 32-bit integer.
    Errors: places out of range cancel the request.
    Example: 48:bitShiftRightInteger(4) -> 3
    Page: m204wiki, BitShiftRightInteger (Float function)
    """
    return signed_word((number & 0xFFFFFFFF) >> _places("BitShiftRightInteger", places))


_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)  # enough for every number below 2**64


def is_prime_number(candidate: int) -> bool:
    """Say whether `candidate`, below 2**64, is a prime (Miller and Rabin)."""
    if candidate < 2:
        return False
    for prime in _WITNESSES:
        if candidate % prime == 0:
            return candidate == prime
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for witness in _WITNESSES:
        power = pow(witness, odd, candidate)
        if power in (1, candidate - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % candidate
            if power == candidate - 1:
                break
        else:
            return False
    return True


@FAMILY.method("IsPrime", page="IsPrime (Float function)")
def is_prime(number: int) -> bool:
    """Say whether a number is a prime.

    Arguments: none; the method object is rounded to an integer.
    Result: True or False.
    Errors: a number of 2 to the power 53 or more cancels the request.
    Example: 23:isPrime -> True
    Page: m204wiki, IsPrime (Float function)
    """
    if number >= PRIME_LIMIT:
        raise invalid("IsPrime", "NUMBER IS TOO LARGE")
    return is_prime_number(number)


@FAMILY.method("NextPrime", page="NextPrime (Float function)")
def next_prime(number: int) -> int:
    """Return the smallest prime above a number.

    Arguments: none; the method object is rounded to an integer.
    Result: 2 or more.
    Errors: a number of 2 to the power 53 or more cancels the request.
    Example: 13:nextPrime -> 17
    Page: m204wiki, NextPrime (Float function)
    """
    if number >= PRIME_LIMIT:
        raise invalid("NextPrime", "NUMBER IS TOO LARGE")
    candidate = max(number + 1, 2)
    while not is_prime_number(candidate):
        candidate += 1
    return candidate


@FAMILY.method("PreviousPrime", page="PreviousPrime (Float function)")
def previous_prime(number: int) -> int:
    """Return the greatest prime below a number.

    Arguments: none; the method object is rounded to an integer.
    Result: 2 or more.
    Errors: a number of 2 or less, or too large, cancels the request.
    Example: 10:previousPrime -> 7
    Page: m204wiki, PreviousPrime (Float function)
    """
    if not 2 < number < PRIME_LIMIT:
        raise invalid("PreviousPrime", "NUMBER OUT OF RANGE")
    candidate = number - 1
    while not is_prime_number(candidate):
        candidate -= 1
    return candidate
