"""$Edit and $Eformat: numbers and texts in fixed shapes.

Only one example of the mask language is documented ($Edit(2573,'99999') is 02573); the rest is our choice.
Source: m204wiki, $Edit; $Eformat.
"""

from __future__ import annotations

from soul.runtime import numbers
from soul.runtime.functions.limits import STRING
from soul.runtime.functions.registry import Family
from soul.runtime.values import Value

FAMILY = Family("editing")


def _numeric(value: float, mask: str) -> str:
    """Edit a number: 9 keeps a digit, Z blanks and * protects leading zeros, . is the point, + - show the sign."""
    places = sum(char in "9Z*" for char in mask.partition(".")[2]) if "." in mask else 0
    scaled = abs(numbers.to_int(numbers.round_half_away(value, places) * 10.0**places))
    slots = sum(char in "9Z*" for char in mask)
    digits = str(scaled).rjust(slots, "0")
    if len(digits) > slots:
        return "*" * len(mask)
    result: list[str] = []
    at, leading = 0, True
    for place, char in enumerate(mask):
        if char in "9Z*":
            digit = digits[at]
            at += 1
            if char == "9" or digit != "0":
                leading = False
            result.append(digit if not leading else "*" if char == "*" else " ")
        elif char == ",":
            fill = "*" if "*" in mask[:place] else " "
            result.append(fill if leading else ",")
        elif char in "+-":
            result.append("-" if value < 0 else "+" if char == "+" else " ")
        else:
            leading = leading and char != "."
            result.append(char)
    return "".join(result)


def _text(value: str, mask: str) -> str:
    """Edit a text: X and 9 take the next character, other characters of the mask are inserted."""
    characters = iter(value)
    return "".join(next(characters, " ") if char in "X9" else char for char in mask)


@FAMILY.function("$Edit", page="$Edit")
def edit(value: Value, mask: str = "", code: str = "") -> str:
    """Edit a value by a mask.

    Arguments: value; mask, for numbers of 9 (digit), Z (digit, a leading zero becomes a blank), * (digit, a leading
    zero becomes *), . (decimal point), + and - (sign, which is lost without one) and other characters, which stay; for
    texts of X (character) and characters to insert; code, N for a number or T for a text, default a number when the
    value is one and the mask has no X.
    Result: at most 255 characters; asterisks when the number does not fit.
    Example: $Edit(2573,'99999') -> 02573
    Example: $Edit(1234.5,'ZZ,ZZ9.99') ->  1,234.50
    Example: $Edit('6175551212','XXX-XXX-XXXX') -> 617-555-1212
    Page: m204wiki, $Edit
    """
    number = value if isinstance(value, float) else numbers.parse(value)
    kind = code.strip().upper()[:1]
    if kind == "T" or (kind != "N" and ("X" in mask or number is None)):
        return _text(value if isinstance(value, str) else numbers.text(value), mask)[:STRING]
    return _numeric(number or 0.0, mask)[:STRING]


@FAMILY.function("$Eformat", page="$Eformat")
def eformat(number: float = 0.0, places: int = 14) -> str:
    """Return a number in exponent notation.

    Arguments: number; places, the digits after the point, 0 to 14, default 14.
    Result: sign, one digit, point, digits, E and a signed exponent of two digits.
    Example: $Eformat(1234.5,3) -> 1.235E+03
    Example: $Eformat(0,2) -> 0.00E+00
    Page: m204wiki, $Eformat
    """
    from decimal import ROUND_HALF_UP, Context, Decimal

    used = max(0, min(places, 14))
    exact = Context(prec=numbers.DIGITS).create_decimal(Decimal(number))
    rounded = Context(prec=used + 1, rounding=ROUND_HALF_UP).create_decimal(exact)
    mantissa, _, exponent = f"{rounded:.{used}E}".partition("E")
    return f"{mantissa}E{int(exponent) if rounded else 0:+03d}"
