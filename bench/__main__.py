"""`python -m bench [NAME ...]`: runs the named benchmarks, all by default."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = {
    "language": "loops, strings, calls, arrays and $functions beside hand-written Python",
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
    for name in chosen:
        print(f"== {name}: {BENCHMARKS[name]}")
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
