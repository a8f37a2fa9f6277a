"""Whole programs and expressions of the documentation parse without a complaint."""

from __future__ import annotations

from pathlib import Path

import pytest

from soul.language.parser import RequestReader, parse_expression, parse_request
from soul.language.source import SourceLine, Span

DATA = Path(__file__).parent / "data"


def programs() -> list[tuple[str, str]]:
    chunks = (DATA / "programs.txt").read_text(encoding="utf-8").split("=== ")[1:]
    return [(name, text) for name, _, text in (chunk.partition("\n") for chunk in chunks)]


@pytest.mark.parametrize(("name", "text"), programs(), ids=[name for name, _ in programs()])
def test_program_parses(name: str, text: str) -> None:
    reader = RequestReader()
    lines = [SourceLine(line, name, number) for number, line in enumerate(text.splitlines(), 1)]
    completed = [reader.feed(line) for line in lines[1:]]
    assert completed.index(True) == len(completed) - 1
    assert reader.ending == "End"
    parsed = parse_request(reader.lines)
    assert [d.render() for d in parsed.diagnostics] == []
    assert parsed.body


@pytest.mark.parametrize("text", (DATA / "expressions.txt").read_text(encoding="utf-8").splitlines())
def test_expression_parses(text: str) -> None:
    parsed = parse_expression(text, Span("P", 3, 5, 3, 5))
    assert parsed.at == Span("P", 3, 5, 3, 5 + len(text.rstrip()))


def test_program_of_5000_lines() -> None:
    lines = [SourceLine(f"%x{n} = %x{n - 1} + {n}", "P", n) for n in range(1, 5001)]
    parsed = parse_request(lines)
    assert parsed.diagnostics == []
    assert len(parsed.body) == 5000


def test_one_hundred_nested_blocks() -> None:
    text = ["If %a Then"] * 100 + ["Stop"] + ["End If"] * 100
    parsed = parse_request([SourceLine(line, "P", n) for n, line in enumerate(text, 1)])
    assert parsed.diagnostics == []
    assert len(parsed.body) == 1
