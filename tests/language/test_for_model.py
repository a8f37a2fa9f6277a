"""For loops of every way they are compiled, against an obvious model: bounds around zero, all steps."""

from __future__ import annotations

import pytest

from tests.support.evaluating import output

BOUNDS = range(-3, 4)
STEPS = ("", "1", "2", "-1", "-2", "0.5", "-0.5")
# What the body is decides how the loop is compiled: Python's own loop, one with an index, a while, blocks.
BODIES = {
    "plain": "print %i ' ' ...\n",
    "subscript": "if %i ge 1 then\nprint %a(%i) ' ' ...\nelse print %i ' ' ...\nend if\n",
    "changed": "%i = %i + 0\nprint %i ' ' ...\n",
    "jumped": "jump to on\non: print %i ' ' ...\n",
}
DECLARED = {"float": "%i is float\n", "fixed": "%i is fixed dp 1\n", "string": "%i is string len 5\n"}


def modelled(start: int, stop: int, step: float) -> str:
    """Return what a loop prints: its values, and the counter behind it."""
    values = []
    value: float = start
    while value <= stop if step > 0 else value >= stop:
        values.append(value)
        value += step
    return "".join(f"{each:g} " for each in [*values, value]).replace("-0 ", "0 ")


@pytest.mark.parametrize("counter", DECLARED)
@pytest.mark.parametrize("body", BODIES)
def test_for(counter: str, body: str) -> None:
    program = DECLARED[counter] + "%a is float array(3)\n%a(1) = 1\n%a(2) = 2\n%a(3) = 3\n"
    wanted = []
    for start in BOUNDS:
        for stop in BOUNDS:
            for step in STEPS:
                if body == "subscript" and step in ("0.5", "-0.5"):
                    continue
                by = f" by {step}" if step else ""
                inner = BODIES[body].replace("on", f"on{len(wanted)}") if body == "jumped" else BODIES[body]
                program += f"for %i from {start} to {stop}{by}\n{inner}end for\nprint %i ' '\n"
                wanted.append(modelled(start, stop, float(step or 1)))
    assert output(program) == wanted
