"""Start-up commands: executed as user 0, every error collected with its place."""

from __future__ import annotations

from collections.abc import Callable

import soul

from .conftest import Terminal

Make = Callable[..., Terminal]


def test_every_error_is_collected(terminal: Make) -> None:
    t = terminal(
        {"ccain.m204": "* start\nOPEN NOPE\nFOO -\n  BAR\nBegin\nPrnt 1\nEnd\nBegin\nAssert 1=2\nEnd\nRESET ERMX 2\n"}
    )
    problems = t.online.run_startup()
    assert [(problem.number[:4], problem.line) for problem in problems] == [
        ("M204", 2),
        ("M204", 3),
        ("SOUL", 6),
        ("MSIR", 9),
    ]
    assert problems[0].render().splitlines()[:3] == [
        "ccain.m204 line 2 column 6: M204.0946: INVALID FILE SPECIFICATION: NOPE",
        "    OPEN NOPE",
        "         ^",
    ]


def test_more_than_ermx_errors_do_not_stop_it(terminal: Make) -> None:
    t = terminal({"ccain.m204": "FOO\n" * 50})
    assert len(t.online.run_startup()) == 50


def test_user_0_is_not_a_user_afterwards(terminal: Make) -> None:
    t = terminal({"ccain.m204": ""})
    assert t.online.run_startup() == []
    assert [thread.number for thread in t.online.threads] == [1]


def test_problems_of_the_directory_come_first(terminal: Make) -> None:
    t = terminal({"MYPROC/A.soul": "", "MYPROC/A.proc": "", "ccain.m204": ""})
    problems = t.online.run_startup()
    assert len(problems) == 1
    assert "exists twice" in problems[0].render()


def test_what_it_prints_is_in_the_audit_trail(terminal: Make) -> None:
    t = terminal({"ccain.m204": "Begin\nPrint 'HELLO'\nEnd"})
    t.online.run_startup()
    assert [line.text for line in t.online.audit.lines if line.line_type == "RK"] == ["HELLO"]


def test_numbers_are_given_again() -> None:
    online = soul.Online()
    first, second = online.new_thread(), online.new_thread()
    assert (first.number, second.number) == (1, 2)
    online.release(first)
    assert online.new_thread().number == 1
    online.close()


def test_soul_run() -> None:
    good = soul.run("Begin\nPrint 'A'\nEnd")
    assert (good.output, good.messages, good.cancelled) == ("A", (), False)
    bad = soul.run("Begin\nPrint 'A'\nAssert 1=2\nEnd")
    assert bad.cancelled
    assert bad.output.startswith("A\n*** 1 CANCELLING REQUEST")
    assert bad.messages == ("*** 1 CANCELLING REQUEST: MSIR.0494: Assertion failure in input line 3",)
    wrong = soul.run("Begin\nPrnt\nEnd")
    assert wrong.cancelled
    assert wrong.messages == ("*** 1 SOUL.1001: Unknown statement: Prnt",)
    assert soul.run("").output == ""
    assert soul.run("FOO").messages == ("*** 1 M204.1030: INVALID MODEL 204 COMMAND",)
