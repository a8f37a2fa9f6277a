"""Common $functions, each beside the plain Python expression it wraps, in one process and one run.

Both sides run the same loop with the call ten times in it, so that the loop itself counts for little. On our side
numbers are floats, as SOUL has them; the peer has ints where a Python programmer would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.measure import compare

LIMIT = 3.0
PASSES = 20_000
REPEATED = 10

PROGRAM = """Begin
%i is float
%n is float
%x is float
%y is float
%s is string len 60
%p is string len 60
%d is string len 20
%f is float
%r is string len 60
%n = 3
%x = -2.5
%y = 7.25
%s = 'the quick brown fox jumps'
%p = '   quick   '
%d = '1234'
For %i From 1 To {passes}
{body}
End For
End
"""
PEER = """
import math, time
from datetime import datetime
DIGITS = frozenset('0123456789')
def run():
    n, x, y = 3, -2.5, 7.25
    s, p, d = 'the quick brown fox jumps', '   quick   ', '1234'
    i = 1.0
    while i <= {passes}.0:
{body}
        i = i + 1.0
"""


@dataclass(frozen=True)
class Case:
    """One row: the call in SOUL, the expression in Python, and the variable that takes the result."""

    call: str
    expression: str
    result: str = "%r"
    passes: int = PASSES


CASES = (
    Case("$Len(%s)", "len(s)", "%f"),
    Case("$Substr(%s, 3, 4)", "s[2:6]"),
    Case("$Substr(%s, %n, 4)", "s[n - 1 : n + 3]"),
    Case("$Substr(%s, %n)", "s[n - 1 :]"),
    Case("$Index(%s, 'fox')", "s.find('fox') + 1", "%f"),
    Case("$Pad(%d, '0', 9)", "d.rjust(9, '0')"),
    Case("$PadR(%d, ' ', 9)", "d.ljust(9)"),
    Case("$Upcase(%s)", "s.upper()"),
    Case("$Lowcase(%s)", "s.lower()"),
    Case("$Reverse(%s)", "s[::-1]"),
    Case("$Deblank(%p)", "p.strip(' ')"),
    Case("$SubRep(%s, 'fox', 'dog')", "s.replace('fox', 'dog')"),
    Case("$Verify(%d, '0123456789')", "DIGITS.issuperset(d)", "%f"),
    Case("$Word(%s, ' ', 3)", "s.split(' ')[2]"),
    Case("$Lstr_Left(%s, 5)", "s[:5]"),
    Case("$Lstr_Right(%s, %n)", "s[-n:]"),
    Case("$Lstr_Substr(%s, %n, 4)", "s[n - 1 : n + 3]"),
    Case("$Lstr_Index(%s, 'fox')", "s.find('fox') + 1", "%f"),
    Case("$Lstr_Len(%s)", "len(s)", "%f"),
    Case("$Abs(%x)", "abs(x)", "%f"),
    Case("$Mod(%y, %n)", "math.fmod(round(y), n)", "%f"),
    Case("$Max(%x, %y)", "max(x, y)", "%f"),
    Case("$Min(%x, %y, 3)", "min(x, y, 3)", "%f"),
    Case("$Round(%y, 1)", "round(y, 1)", "%f"),
    Case("$Date", "time.strftime('%y-%m-%d')"),
    Case("$Time", "time.strftime('%H:%M:%S')"),
    Case("$Sir_Date('YYYYMMDD')", "datetime.now().strftime('%Y%m%d')", passes=10_000),
)


def soul_program(case: Case) -> str:
    """Return the program that makes the call over and over."""
    body = "\n".join([f"   {case.result} = {case.call}"] * REPEATED)
    return PROGRAM.format(passes=case.passes, body=body)


def python_peer(case: Case) -> Callable[[], object]:
    """Return a function that evaluates the expression as often."""
    body = "\n".join([f"        r = {case.expression}"] * REPEATED)
    names: dict[str, Any] = {}
    exec(PEER.format(passes=case.passes, body=body), names)
    run: Callable[[], object] = names["run"]
    return run


def main() -> None:
    """Print the table."""
    import soul

    for case in CASES:
        program = soul_program(case)
        result = soul.run(program)
        if result.cancelled or result.messages:
            print(f"{case.call}: {result.messages}")
            continue
        row = compare(case.call, partial(soul.run, program), case.expression, python_peer(case), LIMIT)
        print(row.render())
