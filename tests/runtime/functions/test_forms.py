"""Calls that are written out give what the functions give, and are really written out."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from evaluating import LIBRARY, Journal, Terminal, output, source

from soul.language import forms
from soul.language.compile import CompileOptions, compile_request
from soul.language.library import Builtin, Form, Kind
from soul.runtime.library import BuiltinLibrary
from soul.runtime.request import evaluate
from soul.runtime.thread import Thread

WRITTEN = [
    pytest.param(entry.builtin, form, id=f"{entry.name} {form.expression}")
    for module in LIBRARY._functions.all()
    for entry in getattr(module, "FAMILY", ())
    for form in entry.forms
]
CALLS = 120
TEXTS = (
    "",
    " ",
    "A",
    "abc",
    "  the quick  brown fox ",
    "0123",
    "BANANA",
    "ÄÖ straße",
    "x'y",
    "12.5",
    "é" * 20,
    "a\u00a0b  c\u2003d e f",
)
NUMBERS = (
    "0",
    "1",
    "2",
    "3",
    "7",
    "-1",
    "-3",
    "2.5",
    "-2.5",
    "0.4999999999999",
    "255",
    "256",
    "1000",
    "3000000000",
    "-7.25",
)


class CallingLibrary(BuiltinLibrary):
    """The library without its forms: every call is a call."""

    def function(self, name: str) -> Builtin | None:
        builtin = super().function(name)
        return replace(builtin, forms=()) if builtin is not None else None


CALLING = CallingLibrary()


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def argument(name: str, kind: Kind, wanted: object, random: Random) -> tuple[str, str]:
    """Return an argument that the form takes, and the statement that gives its variable a value."""
    if isinstance(wanted, range):
        found = [wanted.start, wanted.start + 1, random.choice(wanted[:300]), min(wanted[-1], 1_000_000)]
        return str(random.choice(found)), ""
    if wanted == "blank":
        return "' '", ""
    if kind is Kind.STRING:
        text = random.choice(TEXTS)
        if wanted == "text":
            return quoted(text or "B"), ""
        if wanted == "character":
            return quoted(random.choice("0* é'")), ""
        if random.random() < 0.2:
            return f"%N{name}", f"%N{name} = {random.choice(NUMBERS)}"
        text = text * random.choice((1, 1, 1, 9, 30))
        variable = f"%S{name}" if wanted == "short" else f"%L{name}"
        return variable, "\n".join(
            [f"%L{name} = ''", *(f"%L{name} = %L{name} With {quoted(part)}" for part in cut(text))]
        ) + (f"\n%S{name} = $Lstr_Left(%L{name}, 255)" if wanted == "short" else "")
    return f"%N{name}", f"%N{name} = {random.choice(NUMBERS)}"


def cut(text: str) -> list[str]:
    return [text[at : at + 100] for at in range(0, len(text), 100)]


def program(builtin: Builtin, form: Form, random: Random) -> str:
    """Return a program of many calls that the form is for."""
    used = forms._template(form.expression).parameters
    chosen = [parameter for parameter in builtin.parameters if parameter.name in used]
    lines = []
    for parameter in chosen:
        lines += [
            f"%N{parameter.name} is float",
            f"%S{parameter.name} is string len 255",
            f"%L{parameter.name} is longstring",
        ]
    for _ in range(CALLS):
        made = [argument(each.name, each.kind, form.where.get(each.name), random) for each in chosen]
        places = iter(text for text, _ in made)
        last = max(builtin.parameters.index(each) for each in chosen)
        listed = [next(places) if each in chosen else "" for each in builtin.parameters[: last + 1]]
        lines += [statement for _, statement in made if statement]
        lines.append(f"Print '[' With {builtin.name}({', '.join(listed)}) With ']'")
    return "\n".join(lines)


def printed(text: str, library: BuiltinLibrary) -> tuple[list[str], set[str]]:
    terminal = Terminal()
    compiled = compile_request(source(text), library, CompileOptions(use_cache=False))
    assert evaluate(compiled, Thread(terminal, Journal())).completed
    assert terminal.messages == []
    return terminal.lines, set(compiled.names())


@pytest.mark.parametrize(("builtin", "form"), WRITTEN)
def test_a_form_gives_what_the_function_gives(builtin: Builtin, form: Form) -> None:
    text = program(builtin, form, Random(form.expression))
    written, names = printed(text, BuiltinLibrary())
    called, calling = printed(text, CALLING)
    assert written == called
    assert builtin.name.upper() in calling
    assert names != calling
    assert (builtin.name.upper() in names) == forms._template(form.expression).calls


def test_an_argument_with_effects_is_evaluated_once_and_in_its_place() -> None:
    # $Read takes a response each time; a form may neither repeat it nor put another one before it.
    terminal = Terminal()
    thread = Thread(terminal, Journal())
    thread.responses.extend(["ABCDEF", "3", "fox", "the", "2"])
    lines = [
        "print $substr($read, $read, 2)",
        "print $index($upcase($read), 'O')",
        "print $upcase($read)",
        "print $lstr_left('abc', $read)",
    ]
    compiled = compile_request(source("\n".join(lines)), LIBRARY, CompileOptions(use_cache=False))
    evaluate(compiled, thread)
    assert terminal.lines == ["CD", "2", "THE", "ab"]


@pytest.mark.parametrize(
    "call",
    ["$max(%status, {0})", "$min(%status, {0})", "$lstr_substr(%status, {0})", "$substr(%text, {0}, %status + 1)"],
)
def test_an_argument_that_sets_a_variable_is_evaluated_after_those_before_it(call: str) -> None:
    # $RegexMatch gives 2 and puts 0 into its last argument.
    text = "%status is float\n%text is string len 9\n%text = 'abcdef'\n%status = 12345\nprint " + call.format(
        "$regexmatch('ab', 'b', , %status)"
    )
    written, _ = printed(text, BuiltinLibrary())
    called, _ = printed(text, CALLING)
    assert written == called


def test_a_literal_outside_the_range_of_a_form_is_no_number_of_it() -> None:
    wanted = range(1, 10**15)  # going through it would take days
    assert forms._is_in(7, wanted)
    assert forms._is_in(7.0, wanted)
    assert not any(forms._is_in(literal, wanted) for literal in (7.5, 0.0, float("inf"), "7", None))


def test_a_failing_argument_fails_also_where_the_form_would_not_need_it() -> None:
    text = "%a is string len 5 array(2)\n%n is float\n%n = 0\non error\nprint 'failed'\nend on\nprint $substr(%a(3), %n, 2)"
    terminal = Terminal()
    evaluate(compile_request(source(text), LIBRARY, CompileOptions(use_cache=False)), Thread(terminal, Journal()))
    assert terminal.lines == ["failed"]


def test_forms_inside_arguments_of_forms() -> None:
    assert output(
        "%s is string len 30\n%i is float\n%s = 'abcdefgh'\n%i = 2\n"
        "print $upcase($substr(%s, %i, 3)) $len($substr($substr(%s, %i, 5), %i, 2)) $substr($substr(%s, 2, 4), $len('ab'), %i)\n"
        "print $max($len(%s), %i) $min($mod($max(%i, 7), 4), $abs(-2))"
    ) == ["BCD2cd", "82"]


def test_a_result_that_may_be_too_long_is_still_cut() -> None:
    assert output(
        "%s is string len 10\n%t is string len 3\n%s = 'abcdef'\n%t = $upcase(%s)\nprint %t $substr(%s, 2, 9)"
    ) == ["ABCbcdef"]
