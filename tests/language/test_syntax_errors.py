"""What a bad line says: number, place, caret, hint; one complaint for each bad line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from soul.language.complaints import SyntaxRefusal
from soul.language.diagnostics import Diagnostic
from soul.language.parser import parse_expression, parse_request
from soul.language.source import SourceLine, Span


def complaints(*texts: str) -> list[Diagnostic]:
    return parse_request([SourceLine(text, "P", number) for number, text in enumerate(texts, 1)]).diagnostics


def caret(diagnostic: Diagnostic) -> str:
    """Return the text under the caret."""
    rows = diagnostic.render().splitlines()
    source, mark = rows[1], rows[2]
    return source[mark.index("^") : mark.rindex("^") + 1].strip()


# (line, number, text under the caret, part of the text or hint); `|` separates lines.
CASES = [
    ("prnt 'a'", "SOUL.1001", "prnt", "did you mean Print?"),
    ("x = 5", "SOUL.1001", "x", "%x"),
    ("If 1 Then prnt|End If", "SOUL.1001", "prnt", "did you mean Print?"),
    ("LIST$ A", "SOUL.1001", "LIST$", ""),
    ("%x = ", "SOUL.1005", "", "an operand"),
    ("%x = 4 + ", "SOUL.1005", "", "an operand"),
    ("%x = = 5", "SOUL.1002", "=", "an operand"),
    ("If %x Gt Then|End If", "SOUL.1002", "Then", "an operand"),
    ("If %x = 5 Thn|End If", "SOUL.1004", "Thn", "did you mean Then?"),
    ("If %x = 5|End If", "SOUL.1004", "", "Then is missing"),
    ("For %i From 1 Too 3|End For", "SOUL.1002", "Too", "did you mean To?"),
    ("For x From 1 To 3|End For", "SOUL.1002", "x", "%x"),
    ("Print 'a' (%x)", "SOUL.1002", "(", "With"),
    ("Print 'a' FIELD", "SOUL.1002", "FIELD", "With"),
    ("Print 'abc", "SOUL.1003", "'abc", "quote"),
    ("%x = 'a -|b'", "SOUL.1006", "'", "With"),
    ("%x = 3X", "SOUL.1026", "3X", ""),
    ("%x = ~", "SOUL.1009", "~", ""),
    ("'abc'", "SOUL.1007", "", "method"),
    ("%x", "SOUL.1007", "", "a type"),
    ("5 = %x", "SOUL.1008", "5", "a number"),
    ("%x is strng", "SOUL.1025", "strng", "did you mean String?"),
    ("%x is float len 5", "SOUL.1017", "len 5", "with Float"),
    ("%x is float optional", "SOUL.1017", "optional", "declaration"),
    ("%x is string len 300", "SOUL.1020", "len 300", "255"),
    ("%x is string len 5 len 6", "SOUL.1018", "len 6", "twice"),
    ("%x is float array(1,2,3,4)", "SOUL.1024", "array(1,2,3,4)", ""),
    ("End For", "SOUL.1012", "End For", "without For"),
    ("End Fro", "SOUL.1016", "End Fro", "did you mean For?"),
    ("Else", "SOUL.1014", "Else", "without If"),
    ("If 1 Then|Else|ElseIf 2 Then|End If", "SOUL.1015", "ElseIf 2 Then", "after Else"),
    ("If 1 Then", "SOUL.1010", "If 1 Then", "End If is missing"),
    ("If 1 Then|For %i From 1 To 2|End If", "SOUL.1011", "End If", "line 2"),
    ("a: For %i From 1 To 2|End For b", "SOUL.1013", "End For", "called A"),
    ("Subroutine|End Subroutine", "SOUL.1023", "Subroutine", "label"),
    ("On Eror|End On", "SOUL.1060", "Eror", "did you mean Error?"),
    ("PrintText a {%x", "SOUL.1040", "{", ""),
    ("PrintText {%x +}", "SOUL.1002", "}", "an operand"),
    ("PrintText a {~}", "SOUL.1041", "{~", ""),
    ("Html foo|Print 'x|End Html", "SOUL.1042", "foo", "Html"),
    ("Text|Print 'x", "SOUL.1043", "Text", "End Text"),
    ("Text To", "SOUL.1044", "To", "Stringlist"),
    ("Include x", "SOUL.1030", "Include x", ""),
    ("Catch x|Stop", "SOUL.1014", "Catch x", "without Try"),
    ("%x = " + "(" * 200 + "1" + ")" * 200, "SOUL.1019", "(", "100"),
]


@pytest.mark.parametrize(("text", "number", "under", "says"), CASES, ids=[case[0][:30] for case in CASES])
def test_complaint(text: str, number: str, under: str, says: str) -> None:
    found = complaints(*text.split("|"))
    first = found[0]
    # An unterminated block may be reported besides the bad line inside it.
    assert [d.number for d in found if d.number != "SOUL.1010" or number == "SOUL.1010"] == [number]
    assert caret(first) == under
    assert says in f"{first.text} {first.hint}"


def test_exact_place_in_a_continued_line() -> None:
    (found,) = complaints("Print 'a' -", "      With With 'b'")
    assert found.at == Span("P", 2, 12, 2, 16)
    assert found.source == "      With With 'b'"


def test_place_at_the_end_ignores_trailing_blanks() -> None:
    (found,) = complaints("  %x = 1 +    ")
    assert found.at == Span("P", 1, 11, 1, 11)


def test_all_errors_in_one_pass_without_echo() -> None:
    found = complaints(
        "For %i Frm 1 To 3",
        "Prnt",
        "End For",
        "If %a = Then",
        "%x = 'open",
        "Else",
        "%y 5",
        "End If",
        "Repeat While",
        "End Repeat",
        "Text",
        "ok {%x +} bad",
        "End Text",
        "Print 'fine'",
    )
    assert [d.at.line for d in found] == [1, 2, 4, 5, 7, 9, 12]


def test_expression_error_has_the_place_in_its_line() -> None:
    with pytest.raises(SyntaxRefusal) as caught:
        parse_expression("%a + ", Span("P", 7, 10, 7, 15))
    assert caught.value.at == Span("P", 7, 14, 7, 14)


WORDS = st.sampled_from(
    [
        "%x",
        "%%f",
        "$len(",
        "'a'",
        "'b",
        '"',
        "5",
        "3.x",
        "(",
        ")",
        ",",
        ":",
        "=",
        "+",
        "-",
        "*",
        "/",
        "...",
        "@",
        "%",
        "{",
        "}",
        "{~}",
        "If",
        "Then",
        "Else",
        "End",
        "For",
        "From",
        "To",
        "By",
        "Print",
        "With",
        "And",
        "Or",
        "Not",
        "Is",
        "Like",
        "Text",
        "Html",
        "Expr",
        "Subroutine",
        "Local",
        "Function",
        "Declare",
        "String",
        "Len",
        "Array",
        "Initial",
        "Image",
        "Occurs",
        "Try",
        "Catch",
        "Class",
        "Public",
        "Store",
        "Record",
        "Find",
        "Each",
        "Include",
        "In",
        "File",
        "lab:",
        "*",
        "/?",
        "?/",
        "!IfDef",
        "!Else",
        "?!V",
        "Repeat",
        "Call",
        "List",
        "Count",
        "Assert",
        "Info",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.lists(WORDS, max_size=8).map(" ".join), st.text(max_size=20)), max_size=12))
def test_no_input_raises(texts: list[str]) -> None:
    for diagnostic in complaints(*texts):
        assert diagnostic.at.line >= 1
        diagnostic.render()
