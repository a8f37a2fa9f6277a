"""Compiling and running a request on a bare thread, for the tests of language and runtime."""

from __future__ import annotations

from dataclasses import dataclass, field

from soul.language.compile import CompileOptions, compile_request
from soul.language.diagnostics import CompileError
from soul.language.source import SourceLine
from soul.runtime.library import BuiltinLibrary
from soul.runtime.request import Outcome, evaluate
from soul.runtime.thread import Thread

LIBRARY = BuiltinLibrary()


@dataclass
class Terminal:
    """Collects output and messages."""

    lines: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        self.lines.append(text)

    def message(self, text: str) -> None:
        self.messages.append(text)


@dataclass
class Journal:
    """Collects audit lines as (type, text)."""

    rows: list[tuple[str, str]] = field(default_factory=list)

    def write(self, line_type: str, text: str, thread: Thread | None = None) -> None:
        self.rows.append((line_type, text))


@dataclass
class Run:
    """What a request did."""

    outcome: Outcome
    lines: list[str]
    messages: list[str]
    audit: list[tuple[str, str]]
    thread: Thread


def source(text: str, procedure: str = "TEST(P)") -> list[SourceLine]:
    """Return the lines of a request; the first one is line 1."""
    return [SourceLine(row, procedure, number) for number, row in enumerate(text.strip("\n").split("\n"), 1)]


def run(text: str, thread: Thread | None = None, evalopt: int = 0, stop: str = "") -> Run:
    """Compile and evaluate a request without its Begin and End."""
    terminal, journal = Terminal(), Journal()
    if thread is None:
        thread = Thread(terminal, journal)
    thread.parameters["EVALOPT"] = evalopt
    if stop:
        thread.stop.append(stop)
    compiled = compile_request(source(text), LIBRARY, CompileOptions(use_cache=False))
    outcome = evaluate(compiled, thread)
    return Run(outcome, terminal.lines, terminal.messages, journal.rows, thread)


def output(text: str) -> list[str]:
    """Return what a request prints; it must end normally and without messages."""
    result = run(text)
    assert result.messages == []
    assert result.outcome.completed
    return result.lines


def errors(text: str) -> list[tuple[int, str, str]]:
    """Return the compile errors and warnings of a request: line, number, text."""
    try:
        compiled = compile_request(source(text), LIBRARY, CompileOptions(use_cache=False))
    except CompileError as error:
        return [(each.at.line, each.number, each.text) for each in error.diagnostics]
    return [(each.at.line, each.number, each.text) for each in compiled.diagnostics]
