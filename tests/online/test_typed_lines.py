"""Typed lines: LINEND, replies to $Read, continuation by column. m204wiki, $Read; INCCC parameter."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Terminal

Make = Callable[..., Terminal]


def test_a_semicolon_ends_a_typed_line(terminal: Make) -> None:
    assert terminal().run("Begin; %x = 'a'; Print %x; End") == ["a"]
    assert terminal().run("* remark; FOO\nBegin;Print 1\nEnd;Begin\nPrint 2;End") == ["1", "2"]


def test_commands_on_one_line(terminal: Make) -> None:
    assert terminal().run("FOO; BAR")[1].startswith("*** 2 M204.1030")


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (["Print 'a;b'"], ["a;b"]),
        (['Print "a;b" ; Print 2'], ["a;b", "2"]),
        (["Print 'it''s;' With 1;Print 2"], ["it's;1", "2"]),
        (["PrintText a; b"], ["a; b"]),
        (["l: PrintText a; b"], ["a; b"]),
        (["If 1 Then PrintText a; b", "End If"], ["a; b"]),
        (["Text", "a; b", "End Text"], ["a; b"]),
        (["Html; x"], []),
        (["* remark; Print 'no'", "Print 1"], ["1"]),
        (["* remark -", "more; Print 'no'", "Print 1"], ["1"]),
        (["/? remark", "more; Print 'no' ?/", "Print 1"], ["1"]),
    ],
)
def test_where_a_semicolon_is_text(terminal: Make, lines: list[str], shown: list[str]) -> None:
    t = terminal()
    if shown:
        assert t.run("\n".join(["Begin", *lines, "End"])) == shown
    else:
        assert t.run("\n".join(["Begin", *lines, "End Html", "End"]))[0].startswith("*** 1 SOUL.")


def test_a_stored_procedure_keeps_its_semicolons(terminal: Make) -> None:
    t = terminal({"MYPROC/A.soul": "Begin\nPrint 1; Print 2\nEnd\n"}, open_file="MYPROC")
    assert "SOUL.10" in "\n".join(t.run("INCLUDE A"))
    assert t.run("PROCEDURE 0\na;b\nEND PROCEDURE\nDISPLAY PROCEDURE 0")[-1] == "a;b"


def test_the_place_of_an_error_behind_a_semicolon(terminal: Make) -> None:
    shown = terminal().run("Begin; Print 1; Prnt 2; End")
    assert "input line 1 column 17" in shown


def test_a_reply_ends_at_a_semicolon_and_input_goes_on(terminal: Make) -> None:
    text = "Begin\n%x is string len 40\n%x = $Read('NAME')\nPrint '<' With %x With '>'\nEnd\n"
    assert terminal().run(text + "Ahab ; FOO") == ["$$NAME", "<Ahab>", "*** 1 M204.1030: INVALID MODEL 204 COMMAND"]
    assert terminal().run(text + "Ahab -\n of Nantucket") == ["$$NAME", "<Ahab  of Nantucket>"]
    assert terminal().run("*UPPER\n" + text + "Ahab")[-1] == "<AHAB>"
    assert terminal().run(text.replace("'NAME'", "'NAME','TRANSPARENT'") + "a;b -")[-1] == "<a;b ->"
    assert terminal().run("Begin\nPrint $Read\nEnd\nyes") == ["$$", "yes"]


def column72(text: str, mark: str = "X", behind: str = "00000010") -> str:
    return text.ljust(71) + mark + behind


def test_a_character_in_column_inccc_continues_the_line(terminal: Make) -> None:
    request = "\n".join(["Begin", column72("Print 'a' With"), "   'b'", "End"])
    shown = terminal().run("RESET INCCC 72\n" + request)
    assert shown[1:] == ["a" + "b"]
    assert "SOUL.10" in "\n".join(terminal().run(request))


def test_continuation_by_column_at_command_level_and_in_procedures(terminal: Make) -> None:
    stored = "\n".join(["Begin", column72("* remark"), "Print 'remark, too'", column72("%x ="), "5", "Print %x", "End"])
    t = terminal({"MYPROC/A.soul": stored, "MYPROC/B.soul": "Begin\nInclude A1\nEnd\n"}, open_file="MYPROC")
    (t.online.directory / "MYPROC" / "A1.soul").write_text("\n".join([column72("Print 1 With"), "2"]))  # type: ignore[operator]
    assert t.run("\n".join(["R INCCC 72", column72("INCLUDE"), "A", "INCLUDE B"]))[1:] == ["5", "12"]
    assert t.run("R INCCC 0\nINCLUDE B")[1].startswith("*** ")


def test_a_blank_in_the_column_continues_nothing(terminal: Make) -> None:
    assert terminal().run("R INCCC 72\nBegin\n" + column72("Print 'a'", " ", "") + "\nPrint 2\nEnd")[1:] == ["a", "2"]


def test_the_column_is_text_in_a_text_block(terminal: Make) -> None:
    line = column72("x")
    assert terminal().run(f"R INCCC 72\nBegin\nText\n{line}\nEnd Text\nEnd")[1:] == [line]
