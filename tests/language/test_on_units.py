"""On units and the ways to leave them: m204wiki, $ErrMsg; Statement syntax (Bypass, Clear)."""

from __future__ import annotations

import pytest

from soul.runtime.request import Ending
from tests.support.evaluating import errors, output, run

CONDITIONS = [
    "Attention",
    "Find Conflict",
    "Record Locking Conflict",
    "Field Constraint Conflict",
    "Missing File",
    "Missing Member",
]


def test_bypass_goes_on_behind_the_statement_that_failed() -> None:
    result = run("on error\nprint 'on'\nbypass\nend on\nassert 1 = 2\nprint 'behind'\nassert 2 = 3\nprint 'end'")
    assert result.lines == ["on", "behind", "on", "end"]
    assert result.outcome.completed
    assert [row[:25] for row in result.messages] == ["*** 1 CANCELLING REQUEST:", "*** 2 CANCELLING REQUEST:"]


@pytest.mark.parametrize("words", ["Bypass", "Bypass Pending Statement", "Continue"])
def test_forms_of_bypass(words: str) -> None:
    assert run(f"on error\n{words}\nend on\nassert 0\nprint 'behind'").lines == ["behind"]


def test_retry_evaluates_the_statement_again() -> None:
    text = "%n is float\non error\n%n = %n + 1\nretry\nend on\nassert %n = 3\nprint %n"
    assert run(text).lines == ["3"]
    assert run(text.replace("retry", "Retry Pending Statement")).lines == ["3"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("for %i from 1 to 3\nassert %i ne 2\nprint %i\nend for", ["1", "2", "3"]),
        ("repeat 2 times\nassert 0\nprint 'in'\nend repeat", ["in", "in"]),
        ("repeat while %i < 2\n%i = %i + 1\nassert 0\nend repeat", []),
        ("repeat until %i = 2\n%i = %i + 1\nassert 0\nprint %i\nend repeat", ["1", "2"]),
        ("if %(local):bad = 1 then\nprint 'then'\nelse\nprint 'else'\nend if", []),
        ("if 0 then\nelseif %(local):bad then\nprint 'elseif'\nelse\nprint 'else'\nend if\nprint 'b'", ["b"]),
        ("if 1 then\nassert 0\nprint 'then'\nend if", ["then"]),
        ("for %i from 1 to %(local):bad\nprint 'in'\nend for", []),
        ("block\nassert 0\nprint 'in'\nend block", ["in"]),
        ("try\nassert 0\nprint 'rest of try'\nend try", []),
        ("for %i from 1 to 3\nif %i = 2 then\nassert 0\nloop next\nend if\nprint %i\nend for", ["1", "3"]),
        ("for %i from 1 to 9\nassert %i < 3\nif %i > 3 then\nloop end\nend if\nprint %i\nend for", ["1", "2", "3"]),
        ("back: %i = %i + 1\nassert 0\nif %i < 3 then\njump to back\nend if\nprint %i", ["3"]),
        ("call s\nprint 'behind'", ["in s", "behind"]),
        ("call q(1)\nprint 'behind'", ["behind"]),
    ],
)
def test_bypass_inside_blocks(body: str, shown: list[str]) -> None:
    rest = (
        "s: subroutine\nprint 'in s'\nassert 0\nprint 'never'\nend subroutine\n"
        "subroutine q(%x is float)\nassert %x = 0\nprint 'never'\nend subroutine\n"
        "local function bad is float\nassert 0\nreturn 1\nend function\n"
    )
    text = f"%i is float\non error\nbypass\nend on\n{rest}{body}\nprint 'end'"
    result = run(text)
    assert result.lines == [*shown, "end"]
    assert result.outcome.completed


def test_each_scope_has_its_own_pending_statement() -> None:
    text = (
        "subroutine s\non error\nprint 'inner'\nbypass\nend on\nassert 0\nprint 'rest of s'\nend subroutine\n"
        "on error\nprint 'outer'\nbypass\nend on\ncall s\nassert 0\nprint 'end'"
    )
    assert run(
        text.replace("subroutine s\n", "subroutine s(%x is float)\n", 1).replace("call s", "call s(1)")
    ).lines == [
        "inner",
        "rest of s",
        "outer",
        "end",
    ]


def test_an_end_on_still_cancels() -> None:
    text = "%n is float\non error\n%n = %n + 1\nif %n = 1 then\nbypass\nend if\nend on\nassert 0\nprint 'one'\nassert 0\nprint 'no'"
    result = run(text)
    assert result.lines == ["one"]
    assert not result.outcome.completed


def test_an_error_in_the_unit_itself_cancels() -> None:
    result = run("on error\nassert 0, info 'unit'\nbypass\nend on\nassert 0\nprint 'never'")
    assert result.lines == []
    assert "unit" in result.outcome.text


def test_clear_on_error() -> None:
    result = run("on error\nprint 'on'\nbypass\nend on\nassert 0\nclear on error\nassert 0\nprint 'never'")
    assert result.lines == ["on"]
    assert not result.outcome.completed


def test_a_later_unit_replaces_the_earlier() -> None:
    assert run("on error\nprint 1\nend on\non error\nprint 2\nbypass\nend on\nassert 0").lines == ["2"]


def test_a_jump_out_of_the_unit_completes_the_request() -> None:
    result = run("on error\njump to rest\nend on\nassert 0\nrest: print 'rest'")
    assert result.lines == ["rest"]
    assert result.outcome.completed


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("exit_", ["Bypass", "Bounce", "Bounce Pending Statement", "Continue", "Retry", "Jump To l"])
def test_other_conditions_never_occur(condition: str, exit_: str) -> None:
    text = f"on {condition}\nprint 'never'\n{exit_}\nend on\nclear on {condition}\nl: print 'end'"
    assert output(text) == ["end"]


def test_a_mistake_in_a_unit_that_never_runs_is_reported() -> None:
    assert [row[:2] for row in errors("on attention\ncall nowhere\nend on")] == [(2, "SOUL.1204")]


@pytest.mark.parametrize("exit_", ["Bypass", "Bounce", "Continue", "Retry"])
def test_exits_belong_to_on_units(exit_: str) -> None:
    assert errors(f"print 1\n{exit_}") == [(2, "SOUL.1215", f"{exit_} is possible in an On unit only")]


@pytest.mark.parametrize("more", ["", "\nif 0 then bypass\nend if"])
def test_bounce_hands_the_error_on(more: str) -> None:
    text = f"on error\nprint 'outer'\nend on\ncall s(1)\nprint 'never'\nsubroutine s(%x is float)\non error{more}\nprint 'inner'\n"
    result = run(text + "bounce\nend on\nassert 0\nend subroutine")
    assert result.lines == ["inner", "outer"]
    assert len(result.messages) == 1
    assert result.outcome.ending is Ending.CANCELLED


def test_an_unknown_condition() -> None:
    assert errors("on eror\nend on")[0][1] == "SOUL.1060"
    assert errors("clear on eror")[0][1] == "SOUL.1060"
