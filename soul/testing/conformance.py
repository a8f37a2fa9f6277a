"""Conformance facts: one documented behaviour each, as a line of JSON, and how one is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOT_SUPPORTED = "SOUL.1210"
RUNNABLE = frozenset({"expr", "program", "error"})
_NUMBER = re.compile(r"\b(?:M204|MSIR|SOUL|USER)\.\d{4}\b")


class FactError(Exception):
    """A file of facts cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `setup` holds SOUL statements (expr) or commands and requests to run before (program)."""

    id: str
    basis: str
    kind: str
    setup: tuple[str, ...] = ()
    expr: str = ""
    program: str = ""
    expect: str = ""
    expect_error: str = ""

    @property
    def runnable(self) -> bool:
        """Say whether the fact can be checked by running SOUL; a behaviour is a checklist for tests."""
        return self.kind in RUNNABLE


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check went."""

    passed: bool
    expected: str
    got: str


def read_facts(path: Path) -> list[Fact]:
    """Return the facts of a file. Raises FactError."""
    try:
        rows = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise FactError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FactError(f"{path} is not a text (UTF-8)") from None
    return list(_facts(path, rows))


def _facts(path: Path, rows: list[str]) -> Iterator[Fact]:
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        try:
            yield _fact(json.loads(row))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FactError(f"{path} line {number}: not a fact: {error}") from None


def _fact(data: Mapping[str, Any]) -> Fact:
    setup = data.get("setup", ())
    return Fact(
        id=str(data["id"]),
        basis=str(data.get("basis", "")),
        kind=str(data["kind"]),
        setup=(setup,) if isinstance(setup, str) else tuple(str(line) for line in setup),
        expr=str(data.get("expr", "")),
        program=str(data.get("program", "")),
        expect=str(data.get("expect", "")),
        expect_error=str(data.get("expect_error", "")),
    )


def check(fact: Fact) -> Outcome:
    """Run one fact in a fresh Online."""
    return {"expr": _check_expr, "program": _check_program, "error": _check_error}[fact.kind](fact)


def _check_expr(fact: Fact) -> Outcome:
    text = "\n".join(["Begin", *fact.setup, f"Print {fact.expr}", "End"])
    return _same_output(fact, text, ())


def _check_program(fact: Fact) -> Outcome:
    return _same_output(fact, fact.program, fact.setup)


def _same_output(fact: Fact, text: str, before: tuple[str, ...]) -> Outcome:
    import soul

    online = soul.Online()
    try:
        if before:
            soul.run("\n".join(before), online=online)
        result = soul.run(text, online=online)
    finally:
        online.close()
    return Outcome(result.output == fact.expect and not result.cancelled, fact.expect, result.output)


def _check_error(fact: Fact) -> Outcome:
    import soul

    result = soul.run(fact.program)
    wanted = _NUMBER.findall(fact.expect_error)
    failed = result.cancelled or any(re.match(r"\*\*\* \d", message) for message in result.messages)
    # A statement that is refused because this system lacks it does not show the documented error.
    lacking = NOT_SUPPORTED in result.output and NOT_SUPPORTED not in fact.expect_error
    failed = failed and not lacking
    passed = failed and all(any(number in message for message in result.messages) for number in wanted)
    return Outcome(passed, fact.expect_error, result.output)
