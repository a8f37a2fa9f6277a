"""Programs: what compiled requests print, and how they end."""

from __future__ import annotations

import threading

import pytest
from evaluating import LIBRARY, Journal, Terminal, errors, output, run, source

from soul.language.compile import CompileOptions, compile_request
from soul.runtime.request import Ending, evaluate
from soul.runtime.thread import Thread

PROGRAMS: dict[str, tuple[str, list[str]]] = {
    "jump back": ("%i is float\ntop: %i = %i + 1\nif %i lt 4 then\njump to top\nend if\nprint %i", ["4"]),
    "computed jump": ("jump to (a, b) 2\nprint 'no'\na: print 'A'\nb: print 'B'", ["B"]),
    "computed jump falls through": ("jump to (a, b) 3\nprint 'on'\na: print 'A'\nb: print 'B'", ["on", "A", "B"]),
    "jump into a loop body": (
        "%i is float\nfor %i from 1 to 3\nif %i = 2 then\njump to skip\nend if\nprint %i\nskip: print '-' ...\nend for\nprint",
        ["1", "--3", "-"],
    ),
    "loop statements with labels": (
        "%i is float\n%j is float\nouter: for %i from 1 to 3\nfor %j from 1 to 3\nif %j = 2 then loop next outer\nend if\n"
        "if %i = 3 then loop end outer\nend if\nprint %i %j\nend for\nend for\nprint %i %j",
        ["11", "21", "31"],
    ),
    "jump out of a simple subroutine": (
        "%i is float\ns: subroutine\n%i = %i + 1\nif %i gt 2 then\njump to out\nend if\nend subroutine\n"
        "again: call s\njump to again\nout: print %i",
        ["3"],
    ),
    "jump out of a try and inside it": (
        "%i is float\ntry\nagain: %i = %i + 1\nif %i lt 3 then\njump to again\nend if\nthrow %(itemNotFound):new\n"
        "catch itemNotFound\nprint 'caught' %i\njump to more\nend try\nmore: print 'more'",
        ["caught3", "more"],
    ),
    "counter after the loop": (
        "%i is float\nfor %i from 1 to 3\nend for\nprint %i\nfor %i from 5 to 1\nend for\nprint %i",
        ["4", "5"],
    ),
    "fractions as steps": (
        "%f is float\nfor %f from 0 to 0.3 by 0.1\nprint %f ...\nend for\nprint\nprint %f",
        ["00.10.20.3", "0.4"],
    ),
    "downwards": ("%i is float\nfor %i from 3 to 1 by -1\nprint %i ...\nend for\nprint %i", ["3210"]),
    "a changed counter": ("%i is float\nfor %i from 1 to 10\n%i = %i * 2\nprint %i ...\nend for\nprint", ["2614"]),
    "undeclared counter": ("for %i from 9 to 11\nprint %i ...\nend for\nprint %i", ["9101112"]),
    "loop next in a changed loop": (
        "%i is float\nfor %i from 1 to 9\nif %i = 3 then\n%i = 7\nloop next\nend if\nprint %i ...\nend for\nprint",
        ["1289"],
    ),
    "repeat forms": (
        "%n is float\nrepeat 2 times\n%n = %n + 1\nend repeat\nrepeat while %n lt 5\n%n = %n + 1\nend repeat\n"
        "repeat\nloop end\nend repeat\nprint %n",
        ["5"],
    ),
    "recursion by reference": (
        "subroutine fact(%n is float, %r is float output)\n%m is float\nif %n le 1 then\n%r = 1\nreturn\nend if\n"
        "call fact(%n - 1, %m)\n%r = %n * %m\nend subroutine\n%x is float\ncall fact(10, %x)\nprint %x",
        ["3628800"],
    ),
    "output converts to the argument's type": (
        "subroutine s(%r is float output)\n%r = 12345\nend subroutine\n%x is string len 3\ncall s(%x)\nprint %x",
        ["123"],
    ),
    "array element as output": (
        "subroutine s(%r is float output)\n%r = %r + 1\nend subroutine\n%a is float array(2)\ncall s(%a(2))\ncall s(%a(2))\n"
        "print %a(1) %a(2)",
        ["02"],
    ),
    "common is shared at once": (
        "%c is float common initial(7)\nsubroutine s(%p is float output)\n%c is float common\nprint %p\n%c = 11\nprint %p\n"
        "%p = 13\nprint %c\nend subroutine\ncall s(%c)\nprint %c",
        ["7", "11", "13", "13"],
    ),
    "static keeps its value": (
        "subroutine t(%d is float)\n%n is float static initial(5)\n%n = %n + 1\n"
        "print %n\nend subroutine\ncall t(1)\ncall t(1)",
        ["6", "7"],
    ),
    "copy may be changed": (
        "subroutine s(%p is float copy)\n%p = %p + 1\nprint %p\nend subroutine\n%x is float\n%x = 1\ncall s(%x)\nprint %x",
        ["2", "1"],
    ),
    "local functions": (
        "local function f(%a is float, %b is float default(7), %c is string len 3 nameallowed optional) is float\n"
        "if %c is present then\nprint %c\nend if\nreturn %a + %b\nend function\n"
        "local function (string):twice is longstring\nreturn %this with %this\nend function\n"
        "print %(local):f(1)\nprint %(local):f(1, 2, c='xyz')\nprint 'ab':twice:twice",
        ["8", "xyz", "3", "abababab"],
    ),
    "fixed": ("%x is fixed dp 2\n%x = 2.005\nprint %x\n%y is fixed\n%y = 2.5\nprint %y", ["2.01", "3"]),
    "booleans": (
        "%b is boolean\nif %b ne false then\nprint 'null'\nend if\n%b = 3 gt 2\nprint %b\n%n is float\n%n = (3 gt 2) + 1\nprint %n",
        ["null", "True", "2"],
    ),
    "exceptions": (
        "try\nprint 'abc':hexToString\ncatch invalidValue\nprint 'no'\ncatch invalidHexData to %e\nprint 'odd' %e:position\n"
        "success\nprint 'no'\nend try\ntry\n%x = 1\nsuccess\nprint 'fine'\nend try",
        ["odd0", "fine"],
    ),
    "text blocks": (
        "text\n a {$len('abc')}\n  * no comment -\nend text\nhtml encode\n<p>{'<b>'}</p>\nend html\nsettext %x = v{1}\nprint %x",
        [" a 3", "  * no comment -", "<p>&lt;b&gt;</p>", "v1"],
    ),
    "columns": (
        "print 'x' at column 5 with 'y' at column 10 and 'z'\nprint 'abcdef' to column 3 with 'g'",
        ["    x    y z", "abcg"],
    ),
    "short-circuit": (
        "%a is float array(2)\n%i = 5\nif %i le 2 and %a(%i) = 0 then\nprint 'no'\nelse\nprint 'fine'\nend if",
        ["fine"],
    ),
    "strings compare in EBCDIC order": ("print ('a' lt 'A') with ('Z' lt '1') with (' ' lt 'a')", ["111"]),
    "at sign": ("%s is longstring\n%s = 'abc'\n%s = '==>' @ 5\nprint %s", ["==>abc5"]),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    text, expected = PROGRAMS[name]
    assert output(text) == expected


def test_on_error_sees_the_message_and_may_jump_away() -> None:
    result = run(
        "on error\nprint 'ON ' $errmsg\njump to rest\nend on\n%a is float array(3)\n%i is float\n%i = 7\nprint %a(%i)\n"
        "print 'never'\nrest: print 'after'"
    )
    assert result.lines == ["ON M204.0554: SUBSCRIPT OUT OF RANGE: 7 IS NOT WITHIN 1 TO 3, in TEST(P) line 8", "after"]


def test_on_error_runs_once_and_the_request_still_ends() -> None:
    result = run(
        "subroutine s(%n is float)\non error\nprint 'inner'\nend on\nassert %n = 2, info 'two'\nend subroutine\n"
        "on error\nprint 'outer'\nend on\ncall s(1)\nprint 'never'"
    )
    assert result.lines == ["inner"]
    assert result.outcome.ending is Ending.CANCELLED
    assert result.messages == ["*** 1 CANCELLING REQUEST: MSIR.0494: Assertion failure in TEST(P) line 5: two"]
    assert result.thread.last_error.startswith("MSIR.0494")
    assert result.audit[-1][0] == "ER"


CANCELLED = {
    "%s is string len 3\n%l is longstring\n%l = 'abcd'\n%s = %l": (
        "SOUL.0004: VALUE OF 4 CHARACTERS DOES NOT FIT INTO STRING LEN 3, in TEST(P) line 4"
    ),
    "print 'xyz':hexToString": "MSIR.0751: Class STRING, function HEXTOSTRING: INVALIDHEXDATA exception, in TEST(P) line 1",
    "%e is object invalidValue\nprint %e:reason": "SOUL.0007: REFERENCE TO NULL OBJECT: REASON, in TEST(P) line 2",
    "subroutine s(%n is float)\ncall s(%n)\nend subroutine\ncall s(1)": (
        "SOUL.0008: TOO MANY NESTED CALLS: MORE THAN 10000, in TEST(P) line 2"
    ),
    "throw %(itemNotFound):new": "SOUL.0011: UNCAUGHT EXCEPTION ItemNotFound, in TEST(P) line 1",
}


@pytest.mark.parametrize("text", CANCELLED)
def test_cancellations(text: str) -> None:
    result = run(text)
    assert result.messages == [f"*** 1 CANCELLING REQUEST: {CANCELLED[text]}"]
    assert not result.outcome.completed


@pytest.mark.parametrize(
    ("option", "text", "number"),
    [
        (1, "%s is string len 1\n%s = 'ab'", "M204.0552"),
        (2, "%f is float\n%f = 'ab'", "M204.2985"),
        (4, "%f is float\n%f = ''", "M204.2985"),
        (6, "%f is fixed\n%f = 'x'", "M204.2985"),
    ],
)
def test_evalopt(option: int, text: str, number: str) -> None:
    assert run(text).outcome.completed
    assert run(text, evalopt=option).outcome.number == number


def test_counting_errors_go_on() -> None:
    result = run("%x = 5 / 0\nprint %x\nprint 1E200 * 1E200\nassert 1 = 2, info hello continue\nprint 'on'")
    assert result.lines == ["0", "0", "on"]
    assert result.messages == [
        "*** 1 SOUL.0006: DIVISION BY ZERO: THE RESULT IS 0",
        "*** M204.2966: Error at line 1, procedure P in file TEST",
        "*** 2 SOUL.0005: NUMERIC OVERFLOW: THE RESULT IS 0",
        "*** M204.2966: Error at line 3, procedure P in file TEST",
        "*** 3 MSIR.0494: Assertion failure in TEST(P) line 4: HELLO",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "repeat forever\nend repeat",
        "%i is float\nfor %i from 1 to 1E14\nend for",
        "top: jump to top",
        "pause 100000",
        "subroutine s(%n is float)\nend subroutine\ncall s(1)",
    ],
)
def test_everything_can_be_stopped(text: str) -> None:
    result = run(text, stop="FORCE")
    assert result.outcome.ending is Ending.STOPPED
    assert result.messages == ["*** SOUL.0010: REQUEST STOPPED: FORCE"]


def test_a_stop_from_another_thread_ends_a_loop() -> None:
    terminal = Terminal()
    thread = Thread(terminal, Journal())
    compiled = compile_request(source("print 'on'\nrepeat forever\nend repeat"), LIBRARY)
    threading.Timer(0.05, lambda: thread.stop.append("BUMP")).start()
    assert evaluate(compiled, thread).ending is Ending.STOPPED
    assert terminal.lines == ["on"]


def test_stop_is_no_error() -> None:
    assert output("print 'a' ...\nstop\nprint 'b'") == ["a"]


def nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return "\n".join([opening] * depth + [inner] + [closing] * depth)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("repeat 1 times", "end repeat"), ("if 1 then", "end if"), ("repeat 1 times\nif 1 then", "end if\nend repeat")],
)
def test_a_hundred_nested_blocks(opening: str, closing: str) -> None:
    assert output(nested(opening, "print 'in'", closing, 100)) == ["in"]


def test_too_many_nested_tries_are_refused_clearly() -> None:
    found = errors(nested("try", "print 'in'", "catch itemNotFound\nend try", 60))
    assert [number for _, number, _ in found] == ["SOUL.1216"]


def test_long_expressions_and_chains() -> None:
    assert output("print " + " with ".join(["'a'"] * 500)) == ["a" * 500]
    assert output("print " + " + ".join(["0.1"] * 500)) == ["50"]
    assert output("print " + " * ".join(["1.01"] * 500)) == ["144.772772432574"]
    branches = "".join(f"elseif %x = {i} then\nprint {i}\n" for i in range(1, 300))
    assert output(f"%x is float\n%x = 222\nif %x = 0 then\n{branches}else\nprint 'else'\nend if") == ["222"]


def test_recursion_to_a_thousand_calls() -> None:
    text = "subroutine s(%n is float)\nif %n gt 0 then\ncall s(%n - 1)\nelse\nprint 'bottom'\nend if\nend subroutine\ncall s(1000)"
    assert output(text) == ["bottom"]


def test_tracebacks_speak_of_the_procedure() -> None:
    import linecache

    compile_request(source("print 'x'\nprint 'second'", "MYPROC(CERT)"), LIBRARY, CompileOptions(use_cache=False))
    assert linecache.getline("/soul/MYPROC/CERT", 2) == "print 'second'\n"


def test_stopped_is_not_swallowed_by_a_catch() -> None:
    assert (
        run("try\nrepeat forever\nend repeat\ncatch itemNotFound\nend try", stop="X").outcome.ending is Ending.STOPPED
    )


def test_a_counter_goes_down_in_a_loop_that_is_cut_into_blocks() -> None:
    text = "for %i from 10 to 1 by -3\nprint %i\nif %i = 4 then\njump to out\nend if\nend for\nout: print 'out'"
    assert output("%i is float\n" + text) == ["10", "7", "4", "out"]
    assert output(text) == ["10", "7", "4", "out"]
    assert output("for %i from 1 to 3 by -1\n%i = %i\nend for\nprint %i") == ["1"]
    assert output("for %i from 3 to 1 by -1\nprint %i\n%i = %i\nend for\nprint %i") == ["3", "2", "1", "0"]


def test_computed_jumps() -> None:
    text = "%i is float\n%i = {}\njump to (a, b, a) %i\nprint 'behind'\na: print 'a'\nb: print 'b'"
    for value in ("0", "-1", "4", "'x'", "0.4"):
        assert output(text.format(value)) == ["behind", "a", "b"]
    for value in ("1", "3", "0.5", "1.4"):
        assert output(text.format(value)) == ["a", "b"]
    assert output(text.format("1.5")) == ["b"]
    assert output(
        "for %i from 1 to 5\njump to (next, out) %i - 1\nprint %i\nnext: print 'n'\nend for\nout: print 'o'"
    ) == [
        "1",
        "n",
        "n",
        "o",
    ]


def test_a_string_with_decimal_places() -> None:
    assert output("%s is string len 10 dp 2\n%s = 2 / 3\nprint %s\n%s = 5\nprint %s\n%s = '1.239'\nprint %s") == [
        "0.67",
        "5",
        "1.239",
    ]
    assert output("%s is string len 10 dp *\n%s = 1 / 8\nprint %s") == ["0.125"]
    by_reference = (
        "subroutine s(%o is float output)\n%o = 2 / 3\nend subroutine\n%s is string len 9 dp 1\ncall s(%s)\nprint %s"
    )
    assert output(by_reference) == ["0.7"]


def test_static_variables_belong_to_their_scope() -> None:
    text = (
        (
            "subroutine s\n%n is float static initial(5)\n%a is float static array(2)\n%n = %n + 1\n%a(1) = %a(1) + %n\n"
            "print %n ' ' %a(1)\nend subroutine\nsubroutine t\n%n is float static\n%n = %n + 1\nprint %n\nend subroutine\n"
            "%n is float static\ncall s\ncall t\ncall s\ncall t\nprint %n"
        )
        .replace("subroutine s\n", "subroutine s()\n")
        .replace("subroutine t\n", "subroutine t()\n")
    )
    assert output(text) == ["6 6", "1", "7 13", "2", "0"]
