"""Logical lines: comments, continuation, macros, positions."""

from __future__ import annotations

import pytest

from soul.language.diagnostics import Diagnostic
from soul.language.scanner import Scanner
from soul.language.source import SourceLine, Span


def scan(*texts: str, macros: dict[str, str] | None = None) -> tuple[list[str], list[Diagnostic]]:
    diagnostics: list[Diagnostic] = []
    scanner = Scanner([SourceLine(t, "P", n) for n, t in enumerate(texts, 1)], diagnostics, macros)
    found = []
    while (line := scanner.next()) is not None:
        found.append(line.text)
    return found, diagnostics


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["", "   ", "Print 1"], ["Print 1"]),
        (["* one", "   * two", "*three", "Stop"], ["Stop"]),
        (["* goes on -", "and on -", "to here", "Stop"], ["Stop"]),
        (["%a = %b -", "   + %c"], ["%a = %b + %c"]),
        (["Print 'a' -", "* 5"], ["Print 'a' * 5"]),
        (["Print 1 -"], ["Print 1"]),
        (["Print 1 /? note ?/ + 2"], ["Print 1            + 2"]),
        (["/? one", "Print 'hidden'", "two ?/ Print 1"], ["       Print 1"]),
        (["Print '/? text ?/'"], ["Print '/? text ?/'"]),
        (["PrintText http://h/?a=b"], ["PrintText http://h/?a=b"]),
        (["!Def A", "!IfDef A", "Print 1", "!Else", "Print 2", "!EndIf"], ["Print 1"]),
        (["!IfDef A", "Print 1", "!ElseIfNDef B", "Print 2", "!Else", "Print 3", "!EndIf"], ["Print 2"]),
        (["!IfDef A", "!IfNDef B", "Print 1", "!Else", "Print 2", "!EndIf", "!EndIf", "Stop"], ["Stop"]),
        (["!DupExit X", "Print 1", "!DupExit X", "Print 2"], ["Print 1"]),
        (["!Def V 'x y'", "Print ?!V"], ["Print 'x y'"]),
        (["!Def A", "!Undef A", "!IfDef A", "Print 1"], []),
    ],
)
def test_logical_lines(texts: list[str], expected: list[str]) -> None:
    assert scan(*texts) == (expected, [])


@pytest.mark.parametrize(
    ("texts", "number", "line", "column"),
    [
        (["* what ?!REALLY"], "MSIR.0654", 1, 8),
        (["  !Foo"], "SOUL.1050", 1, 3),
        (["!EndIf"], "SOUL.1051", 1, 1),
        (["!IfDef"], "SOUL.1052", 1, 1),
        (["Stop", "/? open", "Stop"], "SOUL.1053", 2, 1),
    ],
)
def test_complaints(texts: list[str], number: str, line: int, column: int) -> None:
    _, diagnostics = scan(*texts)
    assert [(d.number, d.at.line, d.at.column) for d in diagnostics] == [(number, line, column)]


def test_positions_survive_continuation() -> None:
    scanner = Scanner([SourceLine("Print 'a' -", "P", 1), SourceLine("   %b", "P", 2)], [])
    line = scanner.next()
    assert line is not None
    start = line.text.index("%b")
    assert line.span(start, start + 2) == Span("P", 2, 4, 2, 6)
    assert line.span(0, len(line.text)) == Span("P", 1, 1, 2, 6)
    assert line.source(line.span(start, start + 2)) == "   %b"


def test_positions_survive_macro_values() -> None:
    scanner = Scanner([SourceLine("Print ?!VV + %b", "P", 1)], [], {"VV": "1234567"})
    line = scanner.next()
    assert line is not None
    start = line.text.index("%b")
    assert line.text == "Print 1234567 + %b"
    assert line.span(start, start + 2) == Span("P", 1, 14, 1, 16)


def test_included_procedure_is_read_in_place_and_closes_its_clauses() -> None:
    scanner = Scanner([SourceLine("one", "P", 1), SourceLine("two", "P", 2)], [])
    first = scanner.next()
    scanner.push([SourceLine("inner", "Q", 1), SourceLine("!IfDef NO", "Q", 2), SourceLine("hidden", "Q", 3)])
    found = []
    while (line := scanner.next()) is not None:
        found.append(line.text)
    assert first is not None
    assert found == ["inner", "two"]
