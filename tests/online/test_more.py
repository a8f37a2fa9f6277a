"""End More and More: a request in several parts. m204wiki, MORE command; UTABLE command."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Terminal

Make = Callable[..., Terminal]
FIRST = "Begin\n%x is float initial(5)\nPrint %x\nEnd More\n"


def text(*lines: str) -> str:
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("first", "then", "shown"),
    [
        (["%x is float", "%x = 5"], ["%x = %x + 1", "Print %x"], ["6"]),
        (["%s is string len 3", "%s = 'abc'"], ["%s = %s With 'd'", "Print %s"], ["abc"]),
        (["%a is string len 5 array(2,2)", "%a(2,1) = 'x'"], ["Print %a(2,1) With '.' With %a(1,1)"], ["x."]),
        (["%u = 'implicit'"], ["Print %u"], ["implicit"]),
        (["Variables Are Float"], ["%n = 'x'", "Print %n"], ["0"]),
        (["%b is boolean initial(true)"], ["Print %b"], ["True"]),
        (["%c is float common initial(7)"], ["Print %c"], ["7"]),
        (["!Def WHO 'WORLD'"], ["Print 'HELLO ' ?!WHO"], ["HELLO WORLD"]),
        (["%t is float static initial(3)", "%t = %t + 1"], ["Print %t"], ["4"]),
    ],
)
def test_variables_and_declarations_stay(terminal: Make, first: list[str], then: list[str], shown: list[str]) -> None:
    assert terminal().run(text("Begin", *first, "End More", "More", *then, "End")) == shown


def test_subroutines_stay_and_see_the_variables(terminal: Make) -> None:
    first = text(
        "Begin",
        "%total is float",
        "%step is float common initial(10)",
        "Subroutine ADD(%to is float output, %n is float)",
        "  %step is float common",
        "  %to = %to + %n + %step",
        "End Subroutine",
        "Local Function twice(%n is float) Is float",
        "  Return %n * 2",
        "End Function",
        "SHOW: Subroutine",
        "  Print 'total ' With %total",
        "End Subroutine",
        "Call SHOW",
        "End More",
    )
    second = text("More", "Call ADD(%total, 1)", "%step = 20", "Call ADD(%total, 2)", "Call SHOW", "End More")
    third = text("More", "%total = %(Local):twice(%total)", "Call SHOW", "End")
    assert terminal().run("\n".join([first, second, third])) == ["total 0", "total 33", "total 66"]


def test_three_parts_one_counter_and_its_labels(terminal: Make) -> None:
    part = ["%n = %n + 1", "For %i From 1 To 2", "Print %n With '.' With %i", "End For"]
    run = text("Begin", "%n is float", *part, "End More", "More", *part, "End More", "More", *part, "End")
    assert terminal().run(run) == ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2"]


def test_a_variable_is_not_declared_again(terminal: Make) -> None:
    shown = terminal().run(FIRST + "More\n%x is float\nEnd")
    assert "*** 1 SOUL.1202: %X is declared twice in one scope" in shown


def test_a_jump_goes_to_labels_of_its_own_part(terminal: Make) -> None:
    first = "Begin\n%n is float\nAGAIN: %n = %n + 1\nIf %n < 3 Then\nJump To AGAIN\nEnd If\nEnd More\n"
    assert terminal().run(first + "More\nPrint %n\nBACK: %n = %n + 1\nIf %n < 5 Then Jump To BACK\nEnd If\nEnd") == [
        "3"
    ]
    shown = terminal().run(first + "More\nJump To AGAIN\nEnd")
    assert "SOUL.1203: label AGAIN is in a part of the request before More" in shown[0]


def test_a_subroutine_that_jumps_into_the_part_before_cancels(terminal: Make) -> None:
    first = "Begin\nS: Subroutine\nJump To OUT\nEnd Subroutine\nOUT: Print 'out'\nEnd More\n"
    shown = terminal().run(first + "More\nHERE: Call S\nJump To HERE\nEnd")
    assert shown[0] == "out"
    assert "CANCELLING REQUEST: SOUL.0012: JUMP TO A LABEL IN A PART OF THE REQUEST BEFORE MORE" in shown[1]


@pytest.mark.parametrize("between", ["", "Begin\nEnd\n", "UTABLE LVTBL=200\n", "LOGOUT\n"])
def test_more_needs_an_outstanding_end_more(terminal: Make, between: str) -> None:
    ending = "End More" if between else "End"
    shown = terminal().run(f"Begin\nPrint 1\n{ending}\n{between}More")
    assert "SOUL.0222: MORE CONTINUES A REQUEST THAT ENDED WITH END MORE: NONE IS OUTSTANDING" in shown[-1]


def test_a_plain_end_forgets(terminal: Make) -> None:
    assert "SOUL.0222" in terminal().run(FIRST + "More\nPrint %x\nEnd\nMore")[-1]


def test_a_cancelled_part_leaves_nothing(terminal: Make) -> None:
    shown = terminal().run("Begin\n%x is float\nAssert %x\nEnd More\nMore")
    assert "SOUL.0222" in shown[-1]


def test_a_part_with_compile_errors_can_be_tried_again(terminal: Make) -> None:
    shown = terminal().run(FIRST + "More\nPrnt %x\nEnd\nMore\nPrint %x + 1\nEnd")
    assert shown[0] == "5"
    assert shown[-1] == "6"


def test_other_commands_may_come_between(terminal: Make) -> None:
    assert terminal().run(FIRST + "* remark\nCLEARG\nMore\nPrint %x\nEnd") == ["5", "5"]


def test_more_stands_alone_on_its_line(terminal: Make) -> None:
    assert "MORE STANDS ALONE ON ITS LINE" in terminal().run(FIRST + "MORE OF IT")[1]


def test_the_error_counter_goes_on(terminal: Make) -> None:
    shown = terminal().run("Begin\nPrint 1 / 0\nEnd More\nMore\nPrint 2 / 0\nEnd")
    assert [row[:6] for row in shown if "SOUL.0006" in row] == ["*** 1 ", "*** 2 "]


def test_in_a_stored_procedure_twice(terminal: Make) -> None:
    stored = FIRST + "More\n%x = %x + 1\nPrint %x\nEnd\n"
    t = terminal({"MYPROC/A.soul": stored}, open_file="MYPROC")
    assert t.run("INCLUDE A\nINCLUDE A") == ["5", "6", "5", "6"]


def test_the_place_of_an_error_in_the_part_before(terminal: Make) -> None:
    first = "Begin\nSubroutine S(%v is float)\nAssert %v\nEnd Subroutine\nEnd More\n"
    t = terminal({"MYPROC/A.soul": first, "MYPROC/B.soul": "* b\nMore\nCall S(0)\nEnd\n"}, open_file="MYPROC")
    assert "MYPROC(A) line 3" in "\n".join(t.run("INCLUDE A\nINCLUDE B"))


def test_end_more_use_keeps_the_use_target(terminal: Make) -> None:
    t = terminal()
    assert t.run("USE PROC 0\nBegin\nPrint 'a'\nEnd More Use\nMore\nPrint 'b'\nEnd\nDISPLAY PROCEDURE 0")[-2:] == [
        "a",
        "b",
    ]
