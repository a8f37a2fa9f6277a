"""Statements and expressions: what they become."""

from __future__ import annotations

import pytest

from soul.language import nodes
from soul.language.parser import IncludeRefused, ParsedRequest, parse_expression, parse_request
from soul.language.source import SourceLine, Span


def parse(*texts: str, **options: object) -> ParsedRequest:
    lines = [SourceLine(text, "P", number) for number, text in enumerate(texts, 1)]
    return parse_request(lines, **options)  # type: ignore[arg-type]


def one(*texts: str) -> nodes.Statement:
    parsed = parse(*texts)
    assert [d.render() for d in parsed.diagnostics] == []
    (statement,) = parsed.body
    return statement


def expr(text: str) -> nodes.Expr:
    return parse_expression(text, Span("P", 1, 1, 1, 1))


def show(node: object) -> str:
    """A compact, fully bracketed form of an expression."""
    match node:
        case nodes.StringLiteral():
            return repr(node.value)
        case nodes.NumberLiteral():
            return node.text
        case nodes.Variable() | nodes.FieldVariable():
            percent = "%" if isinstance(node, nodes.FieldVariable) else ""
            return percent + node.name + "".join(f"({arguments(group)})" for group in node.groups)
        case nodes.FunctionCall():
            return node.name + ("" if node.arguments is None else f"({arguments(node.arguments)})")
        case nodes.MethodCall():
            qualifier = f"({node.qualifier.name})" if node.qualifier else ""
            given = "" if node.arguments is None else f"({arguments(node.arguments)})"
            return f"{show(node.target)}:{qualifier}{node.name}{given}"
        case nodes.ClassReference():
            return f"%({node.class_name.name})"
        case nodes.BareName():
            return f"<{node.name}>"
        case nodes.NamedCall():
            return f"<{node.name}>({arguments(node.arguments)})"
        case nodes.Unary():
            return f"[{node.operator} {show(node.operand)}]"
        case nodes.Arithmetic():
            return "[" + show(node.first) + "".join(f" {o} {show(e)}" for o, e in node.rest) + "]"
        case nodes.Concat():
            return "[" + " & ".join(map(show, node.parts)) + "]"
        case nodes.Comparison():
            return f"[{show(node.left)} {node.operator} {show(node.right)}]"
        case nodes.Like():
            return f"[{show(node.subject)} {'!' if node.negated else ''}like {show(node.pattern)}]"
        case nodes.IsPresent() | nodes.IsNull():
            return f"[{show(node.subject)} {'!' if node.negated else ''}{type(node).__name__}]"
        case nodes.Logical():
            return "[" + f" {node.operator} ".join(map(show, node.operands)) + "]"
        case nodes.Not():
            return f"[NOT {show(node.operand)}]"
        case nodes.LabelQuery():
            return f"[{node.query} {node.label.name}]"
        case nodes.SelfReference():
            return "@"
        case nodes.ListArgument():
            return f"List {node.name}"
    raise AssertionError(node)


def arguments(found: list[nodes.Argument]) -> str:
    return ", ".join((f"{a.name}=" if a.name else "") + ("" if a.value is None else show(a.value)) for a in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4", "[1 + [2 * 3] - 4]"),
        ("%a * -3", "[%A * -3]"),
        ("5*-3", "[5 * -3]"),
        ("'a' -5", "['a' - 5]"),
        ("%y -1", "[%Y - 1]"),
        ("'a' %y - 1 %z", "['a' & [%Y - 1] & %Z]"),
        ("'ab' With 'cd':reverse", "['ab' & 'cd':REVERSE]"),
        ("-.1:toPower(2.8)", "-.1:TOPOWER(2.8)"),
        ("- 1:abs", "[- 1:ABS]"),
        ("-%x:absolute", "[- %X:ABSOLUTE]"),
        ("-(5):abs", "[- 5:ABS]"),
        ("+5", "5"),
        ("9E12", "9E12"),
        ("'it''s'", '"it\'s"'),
        ('"say ""x"""', "'say \"x\"'"),
        ("'C1':x", "'C1':X"),
        ("FULL NAME", "<FULL NAME>"),
        ("FIELD %x", "[<FIELD> & %X]"),
        ("%a = 1 And Not %b Or %c Lt 2", "[[[%A = 1] AND [NOT %B]] OR [%C < 2]]"),
        ("%a Or %b Or %c Nor %d", "[[%A OR %B OR %C] NOR %D]"),
        ("%x Is 5", "[%X = 5]"),
        ("%x Is Not 5", "[%X != 5]"),
        ("%x Not = 5", "[%X != 5]"),
        ("%x ^= 5", "[%X != 5]"),
        ("%x Is Present", "[%X IsPresent]"),
        ("%x is not null", "[%X !IsNull]"),
        ("%x Not Like 'a*'", "[%X !like 'a*']"),
        ("A Is Like 'a*'", "[<A> like 'a*']"),
        ("%a(1)(2,3)", "%A(1)(2, 3)"),
        ("%%f(2)", "%%F(2)"),
        ("f(a=1,,b)", "<F>(A=1, , <B>)"),
        ("$f(,)", "$F(, )"),
        ("$f(,,3)", "$F(, , 3)"),
        ("$f()", "$F()"),
        ("$errmsg", "$ERRMSG"),
        ("%(arraylist of longstring):list(1)", "%(ARRAYLIST OF LONGSTRING):LIST(1)"),
        ("%x:(cls)m(1):n", "%X:(CLS)M(1):N"),
        ("%base:(ext)", "%BASE:(EXT)"),
        ("%o:(+box)m", "%O:(+BOX)M"),
        ("%s:locate('b', start=2)", "%S:LOCATE('b', START=2)"),
        ("%al:subsetNew(eq(this, 2))", "%AL:SUBSETNEW(<EQ>(<THIS>, 2))"),
        ("list(ascending(qty), descending(price))", "<LIST>(<ASCENDING>(<QTY>), <DESCENDING>(<PRICE>))"),
        ("%x:with(1):is(2):count", "%X:WITH(1):IS(2):COUNT"),
        ("Count In lab", "[COUNT LAB]"),
        ("Count In count", "[COUNT COUNT]"),
        ("COUNT", "<COUNT>"),
        ("'==>' @", "['==>' & @]"),
        ("%is", "%IS"),
        ("(%a + %b):toPower(3)", "[%A + %B]:TOPOWER(3)"),
        ("%obj : name", "%OBJ:NAME"),
    ],
)
def test_expressions(text: str, expected: str) -> None:
    assert show(expr(text)) == expected


@pytest.mark.parametrize("joiner", [" With ", " + ", " Or ", " ", " * ", " And "])
def test_500_operands_stay_flat(joiner: str) -> None:
    found = expr(joiner.join(["%a"] * 500))
    size = {
        nodes.Concat: lambda n: len(n.parts),
        nodes.Arithmetic: lambda n: 1 + len(n.rest),
        nodes.Logical: lambda n: len(n.operands),
    }[type(found)](found)
    assert size == 500


@pytest.mark.parametrize(
    "text", ["Print SALES TIMES", "Print COUNT", "Print %x...", "Jump To to", "%x:with('a'):is(1)"]
)
def test_keywords_are_not_reserved(text: str) -> None:
    one(text)


def test_print_items() -> None:
    found = one("Print 'a' And %b At Column 15 To 20 'c' With FIELD ...")
    assert isinstance(found, nodes.Print)
    assert [(show(i.value), i.joiner) for i in found.items] == [
        ("'a'", "WITH"), ("%B", "AND"), ("'c'", "WITH"), ("<FIELD>", "WITH"),
    ]  # fmt: skip
    assert show(found.items[1].start) == "15"
    assert show(found.items[1].end) == "20"
    assert found.open_ended


def test_declaration_with_all_clauses() -> None:
    found = one("Declare %x Is String Len 20 Dp 2 Array(3, 4) Initial('a') Static Common No FS")
    assert isinstance(found, nodes.Declaration)
    assert (found.name, found.type.name, found.type.length, found.type.decimals) == ("%X", "STRING", 20, 2)
    assert (found.array, found.static, found.common, found.field_save) == ([3, 4], True, True, False)


def test_declaration_of_a_collection_puts_len_into_the_items() -> None:
    found = one("%x is collection namedArraylist of string len 20")
    assert isinstance(found, nodes.Declaration)
    assert found.type.of is not None
    assert (found.type.class_name, found.type.of.name, found.type.of.length) == ("NAMEDARRAYLIST", "STRING", 20)


def test_subroutine_parameters() -> None:
    found = one(
        "Subroutine s(%a Is Float Output, %b String Len 5 Copy, %c Fixed Dp 2 Array(*,*), List l In File f)",
        "End Subroutine",
    )
    assert isinstance(found, nodes.Subroutine)
    assert [(p.name, p.type.name, p.mode, p.copy, p.rank, p.is_list) for p in found.parameters] == [
        ("%A", "FLOAT", "OUTPUT", False, 0, False),
        ("%B", "STRING", "INPUT", True, 0, False),
        ("%C", "FIXED", "INPUT", False, 2, False),
        ("L", "LIST", "INPUT", False, 0, True),
    ]


def test_local_function() -> None:
    found = one("Local Function (point):distance(%n Is Float Optional NameAllowed) Is Float", "End Function")
    assert isinstance(found, nodes.Subroutine)
    assert found.local
    assert found.on_class is not None
    assert found.result is not None
    assert (found.on_class.name, found.result.name, found.kind) == ("POINT", "FLOAT", "FUNCTION")


def test_assert_options() -> None:
    found = one("Assert %x = 1, Snap Info oops Continue")
    assert isinstance(found, nodes.Assert)
    assert show(found.info) == "'OOPS'"
    assert found.snap
    assert found.continues


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("PrintText   it's {%x} ?", ["it's ", "%X", " ?"]),
        ("PrintText {~} = {%x}", ["%x = ", "%X"]),
        ("PrintText {~=%x:m}", ["%x:m=", "%X:M"]),
        ("PrintText {}  a", ["  a"]),
        ("PrintText {'}'}", ["'}'"]),
        ("PrintText", []),
    ],
)
def test_text_parts(text: str, parts: list[str]) -> None:
    found = one(text)
    assert isinstance(found, nodes.PrintText)
    assert [p if isinstance(p, str) else show(p) for p in found.text.parts] == parts


def test_text_block_keeps_lines_as_they_are() -> None:
    found = one("Html To %sl NoEncode", "  * no comment -", "", "End Text", "{%x} 'open", "End  Html")
    assert isinstance(found, nodes.TextBlock)
    assert [[p if isinstance(p, str) else show(p) for p in line.parts] for line in found.lines] == [
        ["  * no comment -"], [], ["End Text"], ["%X", " 'open"],
    ]  # fmt: skip
    assert (found.destination, show(found.target), found.encode) == ("TO", "%SL", False)


def test_text_on_one_line() -> None:
    found = one("text noexpr print The set is {2, 3}")
    assert isinstance(found, nodes.TextBlock)
    assert found.lines[0].parts == ["The set is {2, 3}"]


def test_text_with_other_marks() -> None:
    found = one("Text Expr << >>", "{a} <<%x>>", "End Text")
    assert isinstance(found, nodes.TextBlock)
    assert [p if isinstance(p, str) else show(p) for p in found.lines[0].parts] == ["{a} ", "%X"]


@pytest.mark.parametrize(
    "text", ["Stop * don't stop", "%x = %y * two words", "Print 'a' * and so on", "Loop End * %x", "New Page *"]
)
def test_trailing_comments(text: str) -> None:
    one(text)


def test_an_asterisk_before_one_word_multiplies() -> None:
    found = one("%x = %y * field")
    assert isinstance(found, nodes.Assignment)
    assert show(found.value) == "[%Y * <FIELD>]"


def test_labels_alone_and_several() -> None:
    found = one("one:", "two.b: Stop")
    assert [label.name for label in found.labels] == ["ONE", "TWO.B"]


def test_single_line_ifs_open_a_block_each() -> None:
    found = one("If %a Then If %b Then Stop", "End If", "Else Stop", "End If")
    assert isinstance(found, nodes.If)
    assert isinstance(found.branches[0].body[0], nodes.If)
    assert found.otherwise is not None


def test_else_if_is_elseif() -> None:
    found = one("If %a Then", "Else If %b Then", "Stop", "ElseIf %c Then", "End If")
    assert isinstance(found, nodes.If)
    assert len(found.branches) == 3


def test_try() -> None:
    found = one("Try Call x", "Catch oops To %e", "Stop", "Catch other", "Success", "Stop", "End Try")
    assert isinstance(found, nodes.Try)
    assert [c.class_name.name for c in found.catches] == ["OOPS", "OTHER"]
    assert found.success is not None


def test_image() -> None:
    found = one(
        "Image rec", "name Is String Len 20", "Array lines Occurs Unknown Depending On n", "x is packed len 3 dp 2", "End Array",
        "flag String Len 1 At name", "End Image",
    )  # fmt: skip
    assert isinstance(found, nodes.Image)
    array = found.items[1]
    assert isinstance(array, nodes.ImageArray)
    assert (array.occurs, array.depending_on, len(array.items), len(found.items)) == (None, "N", 1, 3)


def test_records_keep_their_blocks() -> None:
    parsed = parse(
        "lab: In FILE f Find All Records For Which", "A = 5", "next: For Each Record In lab", "Print A", "End For",
        "Store Record", "A = 'x", "Then Continue", "Stop", "End Store",
    )  # fmt: skip
    assert parsed.diagnostics == []
    assert [type(s).__name__ for s in parsed.body] == ["RecordStatement"] * 3
    assert [s.keyword for s in parsed.body] == ["FIND", "FOR EACH RECORD", "STORE"]  # type: ignore[attr-defined]
    assert parsed.body[0].lines == ["A = 5"]  # type: ignore[attr-defined]


def test_class_block() -> None:
    found = one(
        "Class point", "Public", "Constructor new(%x is float)", "Variable x is float", "End Public",
        "Constructor new(%x is float)", "%this:x = %x", "End Constructor",
        "Property p is float", "Get", "Return 1", "End Get", "Set %v", "End Set", "End Property", "End Class point",
    )  # fmt: skip
    assert isinstance(found, nodes.ClassBlock)
    assert [type(s).__name__ for s in found.body] == ["ClassBlock", "Subroutine", "Subroutine"]


def test_include_inserts_lines_in_place() -> None:
    calls = []

    def include(name: str, responses: list[str], at: Span) -> list[SourceLine]:
        calls.append((name, responses, at.line))
        return [SourceLine("Print 2", "Q", 1)]

    parsed = parse("Print 1", "Include 'A B', x 'y z'", "In File f Include q", "Print 3", include=include)
    assert parsed.diagnostics == []
    assert [s.at.procedure for s in parsed.body] == ["P", "Q", "Q", "P"]
    assert calls == [("A B", ["x", "y z"], 2), ("FILE F q", [], 3)]


def test_include_of_itself_ends_with_a_message() -> None:
    parsed = parse("Include me", include=lambda name, responses, at: [SourceLine("Include me", "ME", 1)])
    assert [d.number for d in parsed.diagnostics] == ["SOUL.1032"]


def test_include_refused() -> None:
    def refuse(name: str, responses: list[str], at: Span) -> list[SourceLine]:
        raise IncludeRefused("M204.1234", "no such procedure")

    parsed = parse("If %x Then Include nothing", "End If", include=refuse)
    assert [(d.number, d.text, d.at.column) for d in parsed.diagnostics] == [("M204.1234", "no such procedure", 12)]


def test_case_as_written() -> None:
    parsed = parse("%x = %X", "print %x", fold_case=False)
    assert [d.number for d in parsed.diagnostics] == ["SOUL.1054"]
    found = parsed.body[0]
    assert isinstance(found, nodes.Assignment)
    assert (show(found.target), show(found.value)) == ("%x", "%X")
