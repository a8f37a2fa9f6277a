"""Which lines are known from the command table, without being read step by step."""

from __future__ import annotations

import pytest

from soul.online.command import PLAIN_LINES, CommandTable


def table() -> CommandTable:
    made = CommandTable()
    made.add("INCLUDE", lambda session, operands, at: None, abbreviation="I")
    made.add("NEW PAGE", lambda session, operands, at: None)
    made.add("SECRET", lambda session, operands, at: None, redact=lambda text: "SECRET")
    return made


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("INCLUDE PAGE", ("INCLUDE", "PAGE")),
        ("i PAGE, 'a b'", ("INCLUDE", "PAGE, 'a b'")),
        ("New  Page x", ("NEW PAGE", "x")),
        ("INCLUDE", ("INCLUDE", "")),
        ("", None),
        (" INCLUDE PAGE", None),
        ("INCLUDE PAGE ", None),
        ("INCLUDE PAGE -", None),
        ("INCLUDE ?&NAME", None),
        ("INCLUDE A;INCLUDE B", None),
        ("INCLUDE A\nINCLUDE B", None),
        ("INCLUDE PAGE\n", None),
        ("* INCLUDE PAGE", None),
        ("IN FILE F INCLUDE PAGE", None),
        ("in\tF INCLUDE PAGE", None),
        ("SECRET word", None),
        ("UNKNOWN PAGE", None),
        ("INCLUDE " + "X" * 100, None),
    ],
)
def test_plain_lines(line: str, expected: tuple[str, str] | None) -> None:
    made = table()
    for _ in range(2):
        found = made.plain(line)
        assert (found and (found[0].name, found[1])) == expected


def test_a_command_that_is_replaced_counts_at_once() -> None:
    made = table()
    before = made.plain("INCLUDE PAGE")
    made.add("INCLUDE", lambda session, operands, at: None, in_procedure=False)
    after = made.plain("INCLUDE PAGE")
    assert before is not None
    assert after is not None
    assert (before[0].in_procedure, after[0].in_procedure) == (True, False)


def test_endless_different_lines_are_not_kept() -> None:
    made = table()
    for number in range(3 * PLAIN_LINES):
        made.plain(f"INCLUDE P{number}")
    assert len(made._plain) <= PLAIN_LINES
