"""Neighbouring lines that are always the same are printed by one call, and stand where they would stand otherwise."""

from __future__ import annotations

import ast

import pytest

import soul
from soul.language.print_runs import in_runs
from soul.runtime.printer import Printer

PROGRAMS = {
    "plain": ("Print 'a'\nPrint 'b'\nPrint 'c'\n", "a\nb\nc\n"),
    "held before": ("Print 'a' ...\nPrint 'b'\nPrint 'c'\n", "ab\nc\n"),
    "held after": ("Print 'a'\nPrint 'b'\nPrint 'c' ...\nPrint 'd'\n", "a\nb\ncd\n"),
    "held to the end": ("Print 'a'\nPrint 'b'\nPrint 'c' ...\n", "a\nb\nc\n"),
    "a value between": ("Print 'a'\nPrint 1 + 1\nPrint 'b'\nPrint 'c'\n", "a\n2\nb\nc\n"),
    "columns between": ("Print 'a'\nPrint 'b' At 3\nPrint 'c'\nPrint 'd'\n", "a\n  b\nc\nd\n"),
    "text block": ("Text\n<p>\n{1 + 1}\n</p>\n</body>\nEnd Text\nPrint 'x'\n", "<p>\n2\n</p>\n</body>\nx\n"),
    "blank lines": ("Print ''\nPrint 'b'\nPrint\nSkip 1 Line\nPrint ''\n", "\nb\n\n\n\n"),
    "in a branch": ("If 1 Then\nPrint 'a'\nPrint 'b'\nElse\nPrint 'c'\nEnd If\nPrint 'd'\nPrint 'e'\n", "a\nb\nd\ne\n"),
    "in a loop": ("%i is Float\nFor %i From 1 To 2\nPrint 'a'\nPrint 'b'\nEnd For\n", "a\nb\na\nb\n"),
    "a label between": (
        "Print 'a'\nPrint 'b'\nJump to L\nPrint 'c'\nPrint 'd'\nL: Print 'e'\nPrint 'f'\n",
        "a\nb\ne\nf\n",
    ),
    "in a subroutine": ("Call s\nPrint 'c'\nSubroutine s\nPrint 'a'\nPrint 'b'\nReturn\nEnd Subroutine\n", "a\nb\nc\n"),
    "an error between": (
        "On Error\nPrint 'error'\nEnd On\n%x is Float array(1)\nPrint 'a'\nPrint 'b'\n%x(2) = 1\nPrint 'c'\nPrint 'd'\n",
        "a\nb\n*** 1 CANCELLING",
    ),
}


@pytest.mark.parametrize(("text", "wanted"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_lines_stand_where_they_belong(text: str, wanted: str) -> None:
    output = soul.run(f"Begin\n{text}End\n").output
    assert output.startswith(wanted) if "CANCELLING" in wanted else f"{output}\n" == wanted


def test_a_run_is_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[tuple[str, ...]] = []
    monkeypatch.setattr(Printer, "lines", lambda self, texts: runs.append(texts))
    soul.run("Begin\nPrint 'a'\nPrint 'b'\nAudit 'c'\nAudit 'd'\nPrint 'e'\nText\nf\ng\nEnd Text\nPrint $User\nEnd\n")
    assert runs == [("a", "b"), ("c", "d"), ("e", "f", "g")]


def test_pages_count_every_line() -> None:
    lines = "".join(f"Print '{number}'\n" for number in range(6))
    output = soul.run(f"RESET OUTLPP 4\nRESET HDRCTL 3\nBegin\nSet Header 1 'top'\n{lines}End\n").output
    assert output.splitlines()[-8:] == ["top", "0", "1", "2", "top", "3", "4", "5"]


def test_lines_that_are_too_wide_are_cut() -> None:
    output = soul.run("RESET OUTMRL 5\nRESET OUTCCC 0\nBegin\nPrint 'abcdefg'\nPrint 'hijklmn'\nEnd\n").output
    assert output.splitlines()[-2:] == ["abcde", "hijkl"]


def test_what_is_no_constant_print_stays_as_it_is() -> None:
    code = "printer.print(x)\nprinter.hold('a')\nprinter.print('a')\nother.print('b')\nf('c')\nprint('d')\nprint('e')\n"
    statements = ast.parse(code).body
    assert ast.unparse(ast.Module(in_runs(statements), [])) == code.rstrip("\n")
