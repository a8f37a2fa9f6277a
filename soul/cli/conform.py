"""`soul conform`: runs conformance facts of kind expr, program and error.

A fact is one JSON object a line: `id`, `source`, `basis` (example or text), `kind`, and what the kind needs:
`expr` with `expr`, optional `setup` and `expect`; `program` with `program`, optional `setup` and `expect`; `error` with
`program` and `expect_error`, a message number that must match or a description that any failure satisfies.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

EXAMPLE = """example:
  soul conform tests/conformance/facts/soul-language.jsonl
  soul conform facts/*.jsonl --basis example --json

Prints each failing fact with what was expected and got; the last line is `N passed, N failed`.
Exit status: 0 none failed, 1 some failed, 2 wrong usage or a file that holds no facts."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `soul conform`."""
    parser.epilog = EXAMPLE
    parser.add_argument("files", nargs="+", metavar="FILE.jsonl", help="files of facts")
    parser.add_argument("--basis", choices=("example", "text"), help="only facts of this basis")
    parser.add_argument("--json", action="store_true", help="one JSON object a fact instead of text")


def main(arguments: argparse.Namespace) -> int:
    """Run the facts; return 0 when none failed."""
    from soul.testing.conformance import FactError, check, read_facts

    passed = failed = 0
    for file in arguments.files:
        try:
            facts = read_facts(Path(file))
        except FactError as error:
            print(f"soul conform: {error}", file=sys.stderr)
            return 2
        for fact in facts:
            if not fact.runnable or (arguments.basis and fact.basis != arguments.basis):
                continue
            outcome = check(fact)
            passed += outcome.passed
            failed += not outcome.passed
            if arguments.json:
                row = {"id": fact.id, "passed": outcome.passed, "expected": outcome.expected, "got": outcome.got}
                print(json.dumps(row))
            elif not outcome.passed:
                print(f"FAILED {fact.id}\n  expected: {outcome.expected!r}\n  got:      {outcome.got!r}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
