"""No text makes this system fail: every one gives output and messages, and no message is an internal error.

`SOUL_FUZZ_PROGRAMS=20000 pytest tests/test_fuzz.py` asks for more than the default, `SOUL_FUZZ_SEED` for others.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest
from chunks import read
from fuzzing import Programs, callees

from soul.assembly import library
from soul.online.command import ALL_PRIVILEGES
from soul.online.online import ListOutput, Online
from soul.runtime.errors import Stopped

COUNT = int(os.environ.get("SOUL_FUZZ_PROGRAMS", "2000"))
SEED = int(os.environ.get("SOUL_FUZZ_SEED", "204"))
BATCHES = 10
PASSES = 25  # loop passes and jumps of one program, before it is stopped
INTERNAL = ("SOUL.0999", "SOUL.0216", "Traceback")
LIBRARY = library()
FUNCTIONS = callees(filter(None, map(LIBRARY.function, LIBRARY.function_names())))
METHODS = callees(filter(None, map(LIBRARY.intrinsic, LIBRARY.intrinsic_names())), receiver=True)


class Fuel(list[str]):
    """A list of reasons to stop that has one as soon as it was looked at often enough: no program runs for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.left = PASSES

    def __bool__(self) -> bool:
        self.left -= 1
        if self.left < 0 and not len(self):
            self.append("ENOUGH")
        return self.left < 0


def seeds() -> list[str]:
    """Return the programs of the manual."""
    found = [chunk for path in sorted(Path(__file__).parent.glob("soul/*.soul")) for chunk in read(path)]
    return [chunk.text for chunk in found if "LOGIN" not in chunk.text and "s(%a + 1)" not in chunk.text]


def shown(online: Online, text: str) -> list[str]:
    """Run a text as a new user and return what was shown."""
    output = ListOutput()
    thread = online.new_thread(output)
    thread.stop = Fuel()
    try:
        online.session(thread, ALL_PRIVILEGES).run(text)
    except Stopped:
        pass  # how a session tells whoever runs it that its user is to go
    finally:
        thread.finish_login()
        online.release(thread)
    return output.lines


def failure(online: Online, text: str) -> str:
    """Return what is wrong with what a text shows, '' when nothing is."""
    try:
        rows = shown(online, text)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "\n".join(row for row in rows if any(sign in row for sign in INTERNAL))


def smallest(online: Online, text: str) -> str:
    """Return the text without the lines that its failure does not need."""
    rows = text.split("\n")
    for size in (16, 8, 4, 3, 2, 1, 3, 2, 1):
        place = 0
        while place < len(rows):
            fewer = rows[:place] + rows[place + size :]
            if failure(online, "\n".join(fewer)):
                rows = fewer
            else:
                place += 1
    return "\n".join(rows)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_text_is_an_internal_error(batch: int) -> None:
    programs = Programs(Random(f"{SEED} {batch}"), FUNCTIONS, METHODS, seeds())
    online = Online(library=lambda: LIBRARY)
    for number in range(COUNT // BATCHES):
        text = programs.text()
        problem = failure(online, text)
        if problem:
            pytest.fail(f"text {number}: {problem}\n--- the smallest text that does\n{smallest(online, text)}")


def test_most_programs_of_the_grammar_compile_and_some_end_normally() -> None:
    programs = Programs(Random(SEED), FUNCTIONS, METHODS, seeds())
    online = Online(library=lambda: LIBRARY)
    rows = [shown(online, programs.program()) for _ in range(100)]
    compiled = [each for each in rows if not any("SOUL.10" in row or "SOUL.12" in row for row in each)]
    assert len(compiled) > 10


def test_a_program_that_never_ends_is_stopped() -> None:
    rows = shown(Online(library=lambda: LIBRARY), "Begin\nRepeat\nEnd Repeat\nEnd")
    assert any("SOUL.0010: REQUEST STOPPED: ENOUGH" in row for row in rows)
