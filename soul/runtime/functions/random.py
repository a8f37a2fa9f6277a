"""Random numbers; with a seed a series repeats.

The algorithm of the product is not published: a series repeats here, it is not the mainframe's.
Source: m204wiki, $Random_Seed.
"""

from __future__ import annotations

from soul.runtime import numbers
from soul.runtime.functions.messages import invalid, missing
from soul.runtime.functions.registry import Family
from soul.runtime.values import Reference

FAMILY = Family("random numbers")

SEED_LENGTH = 144  # m204wiki, $Random_Seed: bytes the seed string must hold at least
SEED_LIMIT = 1_000_000_000
HIGHEST = 2_147_483_647
_COUNTER = 16  # hexadecimal digits of a seed that count the numbers drawn


def _seed(base: int, counter: int) -> str:
    return f"{base % (1 << 512):0{SEED_LENGTH - _COUNTER}X}{counter % (1 << 64):0{_COUNTER}X}"


@FAMILY.function("$Random_Seed", page="$Random_Seed")
def random_seed(seed: Reference | None = None, number: float | None = None) -> int:
    """Make the seed of a repeatable series of random numbers.

    Arguments: seed, a string %variable of at least 144 bytes that receives it; number, -1000000000 to 1000000000.
    Result: 0.
    Errors: an omitted argument, a number out of range or a variable that is too short cancels the request.
    Example:
        %seed is string len 144
        %first is float
        $Random_Seed(%seed, 1851)
        %first = $Random(100, %seed)
        $Random_Seed(%seed, 1851)
        If $Random(100, %seed) = %first Then
          Print 'the same again'
        End If
    Prints:
        the same again
    Page: m204wiki, $Random_Seed
    """
    import hashlib

    if seed is None:
        raise missing("$Random_Seed", "%SEED")
    if number is None:
        raise missing("$Random_Seed", "NUMBER")
    whole = numbers.to_int(number)
    if not -SEED_LIMIT <= whole <= SEED_LIMIT:
        raise invalid("$Random_Seed", "NUMBER MUST BE -1000000000 TO 1000000000")
    text = _seed(int.from_bytes(hashlib.sha512(str(whole).encode()).digest(), "big"), 0)
    seed.set(text)
    if seed.get() != text:
        raise invalid("$Random_Seed", f"THE VARIABLE MUST HOLD {SEED_LENGTH} BYTES")
    return 0


@FAMILY.function("$Random", page="$Random_Seed")
def random(maximum: int | None = None, seed: Reference | None = None) -> int:
    """Return the next random number.

    Arguments: maximum, 1 to 2147483647, default 2147483647; seed, a %variable filled by $Random_Seed, which moves on
    to the next number; omitted: a number nobody can foresee.
    Result: 0 to maximum - 1.
    Errors: a maximum out of range, or a variable that holds no seed, cancels the request.
    Example: $Random(1) -> 0
    Page: m204wiki, $Random_Seed
    """
    top = HIGHEST if maximum is None else maximum
    if not 1 <= top <= HIGHEST:
        raise invalid("$Random", "MAXIMUM MUST BE 1 TO 2147483647")
    if seed is None:
        import secrets

        return secrets.randbelow(top)
    import hashlib

    text = str(seed.get())
    if len(text) != SEED_LENGTH or not set(text) <= set("0123456789ABCDEF"):
        raise invalid("$Random", "THE VARIABLE HOLDS NO SEED")
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % top
    seed.set(text[:-_COUNTER] + f"{(int(text[-_COUNTER:], 16) + 1) % (1 << 64):0{_COUNTER}X}")
    return number
