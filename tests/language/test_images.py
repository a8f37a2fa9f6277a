"""Images in memory: m204wiki, Images; M204.1696; Statement syntax (Array)."""

from __future__ import annotations

import pytest

from tests.support.evaluating import errors, output, run

POLICY = """image policy
  no is string len 4
  amount is packed len 4 dp 2 initial(12.5)
  line is string len 3 occurs 3
  all is string len 8 at no
end image
"""


def items(*lines: str) -> str:
    return "image i\n" + "\n".join(lines) + "\nend image\nprepare image i\n"


@pytest.mark.parametrize(
    ("definition", "value", "shown"),
    [
        ("a is string len 5", "'abc'", "abc"),
        ("a is string len 5", "'abcdefg'", "abcde"),
        ("a is string len 5 nostrip", "'abc'", "abc  "),
        ("a is string len 5 pad '*' nostrip", "'abc'", "abc**"),
        ("a is string len 5 justify right nostrip", "'abc'", "  abc"),
        ("a is string len 5 justify right pad '0'", "42", "42"),
        ("a is binary", "-2147483648", "-2147483648"),
        ("a is binary len 2 dp 1", "-12.34", "-12.3"),
        ("a is binary len 1 unsigned", "255", "255"),
        ("a is fixed dp 2", "1.005", "1.01"),
        ("a is packed len 3", "-99999", "-99999"),
        ("a is packed len 3 dp 3", "12.3456", "12.346"),
        ("a is zoned len 3", "-123", "-123"),
        ("a is zoned len 5 dp 2", "123.456", "123.46"),
        ("a is float", "0.1", "0.1"),
        ("a is float", "-1234567890.12345", "-1234567890.12345"),
        ("a is float len 4", "3.14159265", "3.14159"),
        ("a is float", "1.0E60", "1E+60"),
        ("a is exponential len 20", "-123.456", "-123.456"),
        ("a is float", "'x'", "0"),
    ],
)
def test_item_types(definition: str, value: str, shown: str) -> None:
    assert output(items(definition) + f"%i:a = {value}\nprint '<' %i:a '>'") == [f"<{shown}>"]


@pytest.mark.parametrize(
    ("definition", "value", "data"),
    [
        ("a is string len 3", "'A1'", "C1F140"),
        ("a is binary len 4", "-2", "FFFFFFFE"),
        ("a is packed len 3", "123", "00123C"),
        ("a is packed len 3", "-123", "00123D"),
        ("a is packed len 2 unsigned", "12", "012F"),
        ("a is zoned len 3", "12", "F0F1C2"),
        ("a is zoned len 3", "-12", "F0F1D2"),
        ("a is zoned len 3 unsigned", "12", "F0F1F2"),
        ("a is float len 4", "1", "41100000"),
        ("a is float", "-118.625", "C276A00000000000"),
        ("a is float", "0", "0000000000000000"),
    ],
)
def test_items_are_stored_as_the_hardware_has_them(definition: str, value: str, data: str) -> None:
    assert output(items(definition) + f"%i:a = {value}\nprint $c2x($lstr_get_image('i'))") == [data]


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ("a is binary len 1", "128"),
        ("a is binary len 1 unsigned", "-1"),
        ("a is packed len 2", "1000"),
        ("a is packed len 2 unsigned", "-1"),
        ("a is zoned len 2", "100"),
        ("a is float", "1.0E80"),
    ],
)
def test_a_number_that_does_not_fit_cancels(definition: str, value: str) -> None:
    result = run(items(definition) + f"%i:a = {value}\nprint 'never'")
    assert result.lines == []
    assert result.outcome.number == "SOUL.0013"
    assert "IMAGE ITEM I:A" in result.outcome.text


def test_prepare_gives_initial_values() -> None:
    text = POLICY + "prepare policy\nprint '<' %policy:no '>' %policy:amount '<' %policy:line(3) '>'\n"
    assert output(text) == ["<>12.5<>"]
    again = "%policy:no = 'A'\nprepare image policy\nprint '<' %policy:no '>'"
    assert output(POLICY + "prepare policy\n" + again) == ["<>"]


def test_identify_keeps_the_values() -> None:
    text = POLICY + "prepare policy\n%policy:no = 'A'\nidentify image policy\nprint %policy:no\n"
    assert output(text) == ["A"]
    assert output(POLICY + "identify policy\nprint %policy:amount") == ["12.5"]


def test_an_image_that_is_not_active_cancels() -> None:
    for statement in ("print %policy:no", "%policy:no = 'a'"):
        result = run(POLICY + statement)
        assert result.outcome.number == "M204.1696"
        assert "IMAGE POLICY IS NOT ACTIVE" in result.outcome.text


def test_arrays_and_subscripts() -> None:
    text = items(
        "array outer occurs 2",
        "key is string len 2",
        "array inner occurs 2",
        "n is binary len 2 occurs 3",
        "end array",
        "end array",
        "behind is string len 1",
    )
    fill = "%i:key(2) = 'kk'\n%i:n(2,2,3) = 223\n%i:n(1,2,1) = 121\n%i:behind = 'z'\n"
    assert output(text + fill + "print %i:key(2) %i:n(2,2,3) %i:n(1,2,1) %i:n(1,1,1) %i:behind") == ["kk2231210z"]
    assert output(text + fill + "print $lstr_get_image('I'):length") == ["29"]
    result = run(text + "print %i:n(1,3,1)")
    assert result.outcome.number == "M204.0554"
    assert "3 IS NOT WITHIN 1 TO 2 OF DIMENSION 2" in result.outcome.text


def test_redefinition() -> None:
    text = POLICY + "prepare policy\n%policy:all = 'AB1 '\n"
    assert output(text + "print %policy:no") == ["AB1"]
    at = items("a is string len 4", "b is string len 2 at 3", "c is string len 1", "d is string len 1 after a")
    assert output(at + "%i:a = 'wxyz'\n%i:c = 'C'\nprint %i:b %i:d $lstr_get_image('i')") == ["yzCwxyzC"]
    to = items("a is string at 2 to 4", "b is string len 1 at 3")
    assert output(to + "%i:a = 'abcd'\nprint %i:a %i:b") == ["abcb"]


def test_sizes_that_depend_on_items() -> None:
    text = items("n is binary len 1", "a is string len 2 occurs 9 depending on n", "b is string len 1")
    body = "%i:n = 2\n%i:a(1) = 'aa'\n%i:a(2) = 'bb'\n%i:b = 'z'\nprint $lstr_get_image('i'):length\nprint %i:b\n"
    assert output(text + body) == ["6", "z"]
    assert run(text + body + "print %i:a(3)").outcome.number == "M204.0554"
    unknown = items("n is binary len 1", "array x occurs unknown depending on n", "q is binary len 1", "end array")
    assert output(unknown + "%i:n = 3\n%i:q(3) = 7\nprint %i:q(3) $lstr_get_image('i'):length") == ["74"]
    length = items("n is binary len 1", "s is string len n", "t is string len 1")
    assert output(length + "%i:n = 3\n%i:s = 'abcdef'\n%i:t = 't'\nprint %i:s %i:t") == ["abct"]


def test_sizes_that_depend_on_a_variable() -> None:
    text = "%n is float\n%n = 2\n" + items("a is string len 1 occurs %n", "b is string len 1")
    body = "%i:a(2) = 'a'\n%i:b = 'b'\nprint $lstr_get_image('i')\n"
    assert output(text + body) == [" ab"]
    assert run(text + body + "print %i:a(3)").outcome.number == "M204.0554"
    assert output(text + body + "%n = 3\nidentify i\nprint %i:a(3)") == [" ab", "b"]


def test_items_in_expressions_loops_and_methods() -> None:
    text = items("n is binary", "s is string len 5")
    assert output(text + "for %x from 1 to 3\n%i:n = %i:n + %x\nend for\nprint %i:n * 2") == ["12"]
    assert output(
        text + "%i:s = 'abc'\n%i:s = @ 'd'\nprint %i:s:length\nif %i:s eq 'abcd' then print 'eq'\nend if"
    ) == [
        "4",
        "eq",
    ]
    assert output(text + "printtext <{%i:n}> {~} {%i:s}") == ["<0> %i:s "]


def test_a_subroutine_has_its_own_images() -> None:
    inner = "subroutine s()\n" + items("a is string len 1") + "%i:a = 's'\nprint %i:a\nend subroutine\n"
    assert output(items("a is string len 1") + inner + "%i:a = 'm'\ncall s()\nprint %i:a") == ["s", "m"]
    found = errors("subroutine s()\nprepare i\nend subroutine\n" + items("a is string len 1"))
    assert found[0][:2] == (2, "SOUL.1222")


def test_an_object_variable_of_the_name_of_an_image() -> None:
    found = errors(items("a is string len 1") + "%i is object itemNotFound\nprint %i:b")
    assert not any("image" in text for _, _, text in found)


def test_image_functions_find_the_images() -> None:
    text = POLICY + "prepare policy\n%l is float\n%x is float\n%policy:no = 'A'\n%l = $listnewi('policy')\n"
    body = (
        "%x = $listaddi(%l)\n%policy:no = 'B'\n%x = $listaddi(%l)\nprint $listcnt(%l)\n"
        "print $listfindi(%l, 'policy:no', 'B')\n%x = $listinfi(%l, 1)\nprint %policy:no\n"
        "print $imgovl('policy', 'no', 'C')\nprint $imginf('%policy:no')\nprint $imginf(%policy:no, 'no')\n"
    )
    assert output(text + body) == ["2", "2", "A", "0", "C", "C"]


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        (items("a is string"), "SOUL.1219", "item A needs a Len"),
        (items("a is binary len 9"), "SOUL.1219", "1 to 8, not 9"),
        (items("a is float len 5"), "SOUL.1219", "4 or 8, not 5"),
        (items("a is float", "a is float"), "SOUL.1202", "item A is defined twice in I"),
        (items("a is float at b"), "SOUL.1219", "B is no item or array before this one"),
        (items("a is float occurs 2 depending on n"), "SOUL.1219", "N is no item of I before this one"),
        (items("array x occurs unknown", "a is float", "end array"), "SOUL.1219", "Occurs Unknown needs Depending On"),
        (items("a is float bits"), "SOUL.1210", "Bits"),
        (items("a is unicode"), "SOUL.1210", "Unicode items"),
        (items("a is float initial(%x)"), "SOUL.1219", "quoted text or a number"),
        ("image i\nend image", "SOUL.1219", "has no items"),
        ("image i strange\na is float\nend image", "SOUL.1219", "STRANGE"),
        ("prepare image j", "SOUL.1222", "there is no image J in this scope"),
        (items("a is float") + "print %i:b", "SOUL.1208", "image I has no item B"),
        (items("a is float") + "%i:b = 1", "SOUL.1208", "image I has no item B"),
        (items("a is float occurs 2") + "print %i:a", "SOUL.1213", "needs 1 subscript"),
        (items("a is float") + "print %i:a(1)", "SOUL.1213", "needs no subscripts"),
        (items("a is float") + "read image i", "SOUL.1215", "Read Image name From dataset"),
        (items("a is float") + "write image i from x", "SOUL.1215", "Write Image name On dataset"),
        (items("a is float") + "read image i from x key equal 1", "SOUL.1210", "Key"),
        (items("a is float") + "read image i from terminal 'x'", "SOUL.1215", "Prompt 'text'"),
        (items("a is float") + "write image i on terminal prompt 'x'", "SOUL.1215", "On Terminal"),
        ("open x", "SOUL.1210", "record processing"),
        ("open dataset x for update", "SOUL.1215", "Open Dataset name"),
        ("release x", "SOUL.1210", "VSAM"),
    ],
)
def test_what_is_wrong_with_an_image(text: str, number: str, words: str) -> None:
    found = [row for row in errors(text) if row[1] == number]
    assert found
    assert words in found[0][2]


def test_a_statement_of_data_sets_without_an_online() -> None:
    result = run("open dataset x for input\nprint 'behind'")
    assert result.lines == ["behind"]
    assert "SOUL.0015: DATA SET X: THIS THREAD HAS NO DATA SETS" in result.messages[0]
