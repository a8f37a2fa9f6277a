"""SOUL beside the same work in hand-written Python, in one process and one run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bench.measure import compare

LOOP = """Begin
%i is float
%sum is float
For %i From 1 To 1000000
   %sum = %sum + %i
End For
End
"""
STRINGS = """Begin
%s is longstring
%i is float
For %i From 1 To 100000
   %s = %s With '0123456789'
End For
End
"""
CALLS = """Begin
%i is float
Subroutine ADD(%a is float, %b is float output)
   %b = %b + %a
End Subroutine
%t is float
For %i From 1 To 100000
   Call ADD(%i, %t)
End For
End
"""
ARRAYS = """Begin
%i is float
%a is float array(1000)
%j is float
For %j From 1 To 200
   For %i From 1 To 1000
      %a(%i) = %a(%i) + %j
   End For
End For
End
"""
DECIMALS = """Begin
%i is float
%x is float
For %i From 1 To 200000
   %x = %x + 0.01
End For
End
"""
PRICES = """Begin
%i is float
%x is float
%p is float
%p = 1.15
For %i From 1 To 200000
   %x = %x + %p
End For
End
"""
FUNCTIONS = """Begin
%i is float
%s is string len 20
For %i From 1 To 100000
   %s = $Substr('ABCDEFGHIJ', 3, 4)
End For
End
"""


def python_loop() -> float:
    """Sum a million floats."""
    total, i = 0.0, 1.0
    while i <= 1000000.0:
        total = total + i
        i = i + 1.0
    return total


def python_strings() -> str:
    """Build a megabyte ten characters at a time."""
    text = ""
    for _ in range(100000):
        text = text + "0123456789"
    return text


def _add(a: float, b: list[float]) -> None:
    b[0] = b[0] + a


def python_calls() -> float:
    """Call a function with an output parameter."""
    total, i = [0.0], 1.0
    while i <= 100000.0:
        _add(i, total)
        i = i + 1.0
    return total[0]


def python_arrays() -> list[float]:
    """Add to every element of a list, 200 times."""
    items = [0.0] * 1000
    j = 1.0
    while j <= 200.0:
        for k in range(1000):
            items[k] = items[k] + j
        j = j + 1.0
    return items


def python_decimals() -> float:
    """Add a hundredth; Python does not round to 15 digits."""
    x, i = 0.0, 1.0
    while i <= 200000.0:
        x = x + 0.01
        i = i + 1.0
    return x


def python_prices() -> float:
    """Add a price from a variable."""
    x, p, i = 0.0, 1.15, 1.0
    while i <= 200000.0:
        x = x + p
        i = i + 1.0
    return x


def python_functions() -> str:
    """Take a part of a string."""
    text, i = "", 1.0
    while i <= 100000.0:
        text = "ABCDEFGHIJ"[3 - 1 : 3 - 1 + 4]
        i = i + 1.0
    return text


CASES: tuple[tuple[str, str, Callable[[], object], float], ...] = (
    ("For %i From 1 To 1000000, sum into a Float", LOOP, python_loop, 3.5),
    ("With in a loop to 1 MB Longstring", STRINGS, python_strings, 10.0),
    ("100,000 calls of a complex subroutine", CALLS, python_calls, 6.0),
    ("200,000 array element updates", ARRAYS, python_arrays, 4.0),
    ("200,000 times %x = %x + 0.01", DECIMALS, python_decimals, 3.5),
    ("200,000 prices added to a Float", PRICES, python_prices, 5.0),
    ("100,000 calls of $Substr", FUNCTIONS, python_functions, 3.0),
)


def main() -> None:
    """Print the table."""
    import soul

    for name, program, peer, limit in CASES:
        result = soul.run(program)
        if result.cancelled or result.messages:
            print(f"{name}: {result.messages}")
            continue
        print(compare(name, partial(soul.run, program), "hand-written Python", peer, limit).render())
