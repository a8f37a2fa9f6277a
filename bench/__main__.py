"""`python -m bench [NAME ...]`: runs the named benchmarks, all by default."""

from __future__ import annotations

import importlib
import os
import sys

BENCHMARKS = {
    "language": "loops, strings, calls, arrays and $functions beside hand-written Python",
    "functions": "common $functions beside the plain Python expressions they wrap",
    "compiler": "compile time, cold and from the cache; start of `soul run`",
    "server": "keep-alive requests and handshakes beside gunicorn and nginx; idle connections",
}


def main() -> int:
    """Run the benchmarks and return the exit status."""
    chosen = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in chosen if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    # What is installed has its bytecode; a start without would mostly measure Python's compiler.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(f"load of the machine before: {_load()}, processors: {os.cpu_count()}")
    for name in chosen:
        print(f"== {name}: {BENCHMARKS[name]}")
        importlib.import_module(f"bench.{name}").main()
    print(f"load of the machine after: {_load()}")
    return 0


def _load() -> str:
    """Return the load averages: figures from a busy machine are to be read as ratios."""
    return " ".join(f"{load:.1f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "not known"


if __name__ == "__main__":
    sys.exit(main())
