"""What the compiler says about names and types: number, line, text."""

from __future__ import annotations

import pytest
from evaluating import LIBRARY, errors, source

from soul.language.compile import CompileOptions, compile_request
from soul.language.diagnostics import CompileError

CASES: dict[str, list[tuple[int, str, str]]] = {
    "%x is float\n%x is float": [(2, "SOUL.1202", "%X is declared twice in one scope")],
    "variables are undefined\n%x = 1": [(2, "SOUL.1201", "%X is not declared")],
    "variables are longstring": [(1, "SOUL.1219", "Longstring cannot be the type of undeclared variables")],
    "%l is longstring static": [(1, "SOUL.1219", "Static Longstring is not supported")],
    "%s is string len 300": [(1, "SOUL.1020", "Len must be a whole number from 1 to 255")],
    "%a is float array(3)\n%a = 1": [(2, "SOUL.1213", "%A is an array: it needs subscripts")],
    "%a is float array(3)\nprint %a(1,2)": [(2, "SOUL.1213", "%A has 1 dimension: it needs 1 subscript")],
    "print %x(1)": [(1, "SOUL.1213", "%X is not an array")],
    "print NAME": [(1, "SOUL.1218", "NAME is a field name, and there is no record here")],
    "print $nosuch(1)": [(1, "SOUL.1207", "$NOSUCH is no known $function")],
    "print $len()": [(1, "SOUL.1205", "$Len takes 1 argument, not 0")],
    "print $substr('a',1,2,3)": [(1, "SOUL.1205", "$Substr takes 1 to 3 arguments, not 4")],
    "print 'a':lenght": [(1, "SOUL.1208", "a string has no method LENGHT")],
    "call nosuch": [(1, "SOUL.1204", "there is no subroutine NOSUCH")],
    "declare subroutine s(float)\ncall s(1)": [(1, "SOUL.1204", "subroutine S is declared here and defined nowhere")],
    "jump to nolabel": [(1, "SOUL.1203", "there is no label NOLABEL")],
    "loop next": [(1, "SOUL.1214", "Loop Next: there is no loop around it")],
    "repeat\nloop end x\nend repeat": [(2, "SOUL.1214", "Loop End: there is no loop called X around it")],
    "subroutine s(%p is float)\n%p = 1\nend subroutine": [(2, "SOUL.1212", "Input parameter %P may not be updated")],
    "subroutine s(%p is float output)\nend subroutine\ncall s(5)": [
        (3, "SOUL.1206", "argument for Output parameter %P of S must be a variable")
    ],
    "subroutine s(%p is float)\nend subroutine\ncall s(1,2)": [(3, "SOUL.1205", "S takes 1 argument, not 2")],
    "subroutine s(%a is float array(*))\nend subroutine\n%b is float\ncall s(%b)": [
        (4, "SOUL.1206", "argument for %A of S must be a whole array")
    ],
    "%b is boolean\n%n is float\n%n = %b": [(3, "SOUL.1211", "a Boolean cannot be used as a number")],
    "%b is boolean\n%b = new": [(2, "SOUL.1217", "New is not allowed for enumerations")],
    "return 5": [(1, "SOUL.1215", "only a function returns a value")],
    "returntext x": [(1, "SOUL.1215", "ReturnText is possible in a function only")],
    "rethrow": [(1, "SOUL.1215", "Rethrow is possible in a Catch only")],
    "%o is object nosuchclass\n%o = new\nprint %o:x": [(1, "SOUL.1209", "class NOSUCHCLASS is not known")],
    "find all records\nend find": [(1, "SOUL.1210", "Find belongs to record processing, which is not supported")],
    "try\ncatch nosuch\nend try": [(2, "SOUL.1209", "NOSUCH is no known exception class")],
    "a: print 1\na: print 2": [(2, "M204.0223", "STATEMENT LABEL MULTIPLY DEFINED")],
    "s: subroutine\ninner: print 1\nend subroutine\njump to inner": [
        (4, "SOUL.1203", "label INNER is inside a subroutine, an On unit or a Try: it cannot be reached from here")
    ],
}


@pytest.mark.parametrize("text", CASES)
def test_complaint(text: str) -> None:
    assert errors(text) == CASES[text]


def test_all_complaints_of_a_request_come_in_one_pass_and_in_order() -> None:
    found = errors(
        "print $nosuch\n%x is float\n%x is float\nfor %i from 1 too 3\nend for\njump to z\nfor each record in r\ncommit\nend for"
    )
    assert [line for line, _, _ in found] == [1, 3, 4, 6, 7, 8]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("print $substrr('a')", "Did you mean $Substr?"),
        ("%total is float\nprint TOTA", "Did you mean %TOTAL?"),
        ("total: print 1\njump to totl", "Did you mean TOTAL?"),
        ("print 'a':lenght", "Did you mean Length?"),
    ],
)
def test_hints(text: str, hint: str) -> None:
    with pytest.raises(CompileError) as caught:
        compile_request(source(text), LIBRARY, CompileOptions(use_cache=False))
    assert caught.value.diagnostics[0].hint == hint


def test_a_mainframe_function_warns_once() -> None:
    name = next((each for each in LIBRARY.function_names() if not LIBRARY.function(each).available), None)  # type: ignore[union-attr]
    assert name is not None
    found = errors(f"print {name}\nprint {name}")
    assert [(line, number) for line, number, _ in found] == [(1, "SOUL.1220")]


def test_a_sign_in_common_is_no_likeness() -> None:
    from soul.language.problems import nearest

    assert nearest("$Nope", ["$UnSpace", "$Len"]) == ""
    assert nearest("$Subtsr", ["$UnSpace", "$Substr"]) == "Did you mean $Substr?"
    assert nearest("%totl", ["TOTAL"]) == "Did you mean TOTAL?"
