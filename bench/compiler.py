"""Compile time, cold and from the cache, and the start of `soul run`, beside CPython doing the like.

Compilation is given in processor seconds, so that other work on the machine does not count; the start of a process in
wall seconds, which are what somebody waits for, with its processor seconds beside it. Every figure is a median.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import RUNS, Row

if TYPE_CHECKING:
    from soul.language.source import SourceLine

LINES = 1000
COLD_SECONDS = 0.25
CACHED_SECONDS = 0.005
RUN_SECONDS = 0.15

# Ten lines of different kinds; numbered, so that no two of the program's lines are equal.
TEN_LINES = """%x{n} is float
%s{n} is string len 40
%x{n} = {n} + 3 * (%count - 1.5) / 7
%s{n} = 'item ' With %x{n} With ' of {n}'
If %x{n} > {n} And %s{n} Ne 'none' Then
   Print 'above ' With %x{n} With ' and ' With $Substr(%s{n}, 2, {n})
Else
   %count = %count + $Len(%s{n})
End If
Audit 'line {n}: ' With %s{n}
"""
PYTHON_TEN_LINES = """x{n} = 0.0
s{n} = ''
x{n} = {n} + 3 * (count - 1.5) / 7
s{n} = 'item ' + str(x{n}) + ' of {n}'
if x{n} > {n} and s{n} != 'none':
   print('above ' + str(x{n}) + ' and ' + s{n}[2:{n}])
else:
   count = count + len(s{n})
# end if
audit('line {n}: ' + s{n})
"""
ONE_LINE = "Begin\nPrint 'hello'\nEnd\n"
# A process that has compiled nothing yet: the grammar's tables are loaded within the time.
FIRST_COMPILATION = """
import time
from bench.compiler import compile_once
start = time.process_time()
compile_once()
print(time.process_time() - start)
"""


def program() -> list[str]:
    """Return 1,000 lines, no two of them equal."""
    text = "".join(TEN_LINES.format(n=number) for number in range(1, LINES // 10))
    lines = ["%count is float", *text.splitlines()]
    return [*lines, *(f"* remark {number}" for number in range(LINES - len(lines)))]


def compile_once() -> None:
    """Compile the program without the cache."""
    from soul.assembly import library
    from soul.language.compile import CompileOptions, compile_request

    compile_request(_source(), library(), CompileOptions(use_cache=False))


def _source() -> list[SourceLine]:
    from soul.language.source import SourceLine

    return [SourceLine(text, "BENCH(COMPILE)", number) for number, text in enumerate(program(), 1)]


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["SOUL_CACHE_DIR"] = name
        _compilation()
        _start(Path(name))


def _compilation() -> None:
    from soul.assembly import library
    from soul.language import cache
    from soul.language.compile import CompileOptions, compile_request

    lines, built_in = _source(), library()
    peer = "count = 0.0\n" + "".join(PYTHON_TEN_LINES.format(n=number) for number in range(1, LINES // 10))

    def cold() -> None:
        compile_request(lines, built_in, CompileOptions(use_cache=False))

    def cached() -> None:
        compile_request(lines, built_in, CompileOptions())

    def from_disk() -> None:
        cache.memory().clear()
        cached()

    python = _median(lambda: compile(peer, "peer", "exec"))
    first = statistics.median([_first_compilation() for _ in range(RUNS)][1:])
    _row("compile 1,000 varied lines", _median(cold), python, COLD_SECONDS)
    _row("the same as the first of a process", first, python, COLD_SECONDS)
    _row("the same from the cache on disk", _median(from_disk), python, CACHED_SECONDS)
    _row("the same from the cache in memory", _median(cached), python, CACHED_SECONDS)


def _first_compilation() -> float:
    done = subprocess.run([sys.executable, "-c", FIRST_COMPILATION], check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def _start(folder: Path) -> None:
    path = folder / "hello.soul"
    path.write_text(ONE_LINE, encoding="utf-8")
    soul = [sys.executable, "-m", "soul.cli.main", "run", str(path)]
    python = [sys.executable, "-c", "print('hello')"]

    def run(command: list[str]) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    run(soul)  # fills the cache
    before = _children()
    ours = _median(lambda: run(soul), time.perf_counter)
    used = (_children() - before) / (RUNS + 1)
    peer = _median(lambda: run(python), time.perf_counter)
    _row("soul run of a one-line program (wall)", ours, peer, RUN_SECONDS, "python -c print")
    print(f"{'  of it processor time':<44} {used * 1e3:10.2f} ms")


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _median(action: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Return the seconds of `action`, after one run that counts for nothing."""
    action()
    seen = []
    for _ in range(RUNS):
        start = clock()
        action()
        seen.append(clock() - start)
    return statistics.median(seen)


def _row(
    name: str, ours: float, peer: float, limit: float | None = None, peer_name: str = "Python's compile()"
) -> None:
    verdict = "" if limit is None else f"  (limit {limit * 1e3:g} ms: {'ok' if ours <= limit else 'OVER'})"
    print(Row(name, ours, peer_name, peer).render() + verdict)
