"""The INCLUDE of an ON rule, which comes again and again, does what the same line does when it is typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from soul.online.known_line import execute_again

MakeTerminal = Callable[..., object]

PROCEDURES = {
    "plain": "Begin\nPrint 'A' With $Getg('G')\nEnd\n",
    "with comments": "* The page\n*\n\n*----- 1 -----\n** of the rule\nBegin\nPrint 'A'\nEnd\n* done\n",
    "comment that goes on": "* The page -\nBegin\nBegin\nPrint 'A'\nEnd\n",
    "comment that asks": "* ??WHO\nBegin\nPrint 'A'\nEnd\n",
    "comment with a global": "* ?&G\nBegin\nPrint 'A'\nEnd\n",
    "star command": "*UPPER\nBegin\nPrint 'A'\nEnd\n",
    "commands behind": "Begin\nPrint 'A'\nEnd\nBegin\nPrint 'B'\nEnd\nNOSUCH\nBegin\nPrint 'C'\nEnd\n",
    "commands before": "DISPLAY PROC\nBegin\nPrint 'A'\nEnd\n",
    "cancelled": "Begin\nPrint 'A'\nStop\nEnd\n",
    "error": "Begin\n%x is Float\n%x = 1 / 0\nPrint %x\nAssert 1 = 2\nEnd\n",
    "does not compile": "Begin\nPrint 'A\nEnd\n",
    "includes another": "Begin\nPrint 'A'\nEnd\nINCLUDE B\n",
    "no end": "Begin\nPrint 'A'\n",
    "dummy string": "Begin\nPrint '?&G'\nEnd\n",
    "more": "Begin\n%x is Float\n%x = 1\nEnd More\nMore\nPrint %x\nEnd\n",
    "empty": "",
    "logs off": "Begin\nPrint 'A'\nEnd\nLOGOUT\n",
}


@pytest.mark.parametrize("text", PROCEDURES.values(), ids=PROCEDURES.keys())
def test_a_known_line_does_the_same(terminal, text: str) -> None:
    """Same output, problems, journal lines and state, the first and the later times."""
    files = {"MYPROC/A.soul": text, "MYPROC/B.soul": "Begin\nPrint 'B'\nEnd\n"}
    typed, again = terminal(files, open_file="MYPROC"), terminal(files, open_file="MYPROC")
    for step in range(4):
        seen = []
        for place in (typed, again):
            place.output.lines.clear()
            place.online.audit.clear()
            place.session.thread.globals["G"] = ("0", "1", "2 -", "3")[step]
            if place.session.files.default is None:
                place.session.open("MYPROC")
            if place is typed:
                problems = place.session.execute("INCLUDE A", title="rule")
            else:
                problems = execute_again(place.session, "INCLUDE A", "rule")
            problems = problems + place.session.finish() + place.session.execute("NOSUCH", title="rule")
            lines = [(line.line_type, line.text) for line in place.online.audit.lines]
            seen.append(
                (list(place.output.lines), problems, lines, place.session.at_rest, place.session.thread.error_count)
            )
        assert seen[0] == seen[1]


def _known(place) -> bool:
    return bool(place.online.known_lines)


def test_a_changed_procedure_is_read_again(terminal, tmp_path) -> None:
    place = terminal({"MYPROC/A.soul": PROCEDURES["plain"]}, open_file="MYPROC")
    for text in ("one", "two", "three"):
        (tmp_path / "MYPROC" / "A.soul").write_text(f"Begin\nPrint '{text}'\nEnd\n")
        for _ in range(2):
            place.output.lines.clear()
            assert execute_again(place.session, "INCLUDE A", "rule") == []
            assert place.output.lines == [text]
    assert _known(place)


def test_a_procedure_of_exactly_that_name_is_preferred_once_there_is_one(terminal, tmp_path) -> None:
    place = terminal({"MYPROC/CERT.soul": PROCEDURES["plain"]}, open_file="MYPROC")
    for _ in range(2):
        assert execute_again(place.session, "INCLUDE cert", "rule") == []
    (tmp_path / "MYPROC" / "cert.soul").write_text("Begin\nPrint 'exact'\nEnd\n")
    place.output.lines.clear()
    assert execute_again(place.session, "INCLUDE cert", "rule") == []
    assert place.output.lines == ["exact"]


def test_another_default_file_has_its_own_procedure(terminal) -> None:
    files = {f"{name}/A.soul": f"Begin\nPrint '{name}'\nEnd\n" for name in ("ONE", "TWO")}
    place = terminal(files)
    for _ in range(3):
        for name in ("ONE", "TWO"):
            place.session.open(name, default=True)
            place.output.lines.clear()
            assert execute_again(place.session, "INCLUDE A", "rule") == []
            assert place.output.lines == [name]


@pytest.mark.parametrize("setting", ["RESET INCCC 5", "RESET MAXINCL 0", "*UPPER"])
def test_settings_that_change_how_lines_are_read_count(terminal, setting: str) -> None:
    files = {"MYPROC/A.soul": "Begin\nPrint 'abc'\nEnd\n"}
    typed, again = terminal(files, open_file="MYPROC"), terminal(files, open_file="MYPROC")
    for _ in range(2):
        execute_again(again.session, "INCLUDE A", "rule")
        typed.session.execute("INCLUDE A", title="rule")
    for place in (typed, again):
        place.run(setting)
        place.output.lines.clear()
    assert execute_again(again.session, "INCLUDE A", "rule") == typed.session.execute("INCLUDE A", title="rule")
    assert again.output.lines == typed.output.lines


def test_a_procedure_that_is_gone_is_missed(terminal, tmp_path) -> None:
    place = terminal({"MYPROC/A.soul": PROCEDURES["plain"]}, open_file="MYPROC")
    for _ in range(2):
        assert execute_again(place.session, "INCLUDE A", "rule") == []
    (tmp_path / "MYPROC" / "A.soul").unlink()
    assert [problem.number for problem in execute_again(place.session, "INCLUDE A", "rule")] == ["SOUL.0201"]


def test_temporary_procedures_and_names_with_responses_are_looked_up_each_time(terminal) -> None:
    place = terminal({"MYPROC/A.soul": PROCEDURES["plain"]}, open_file="MYPROC")
    for line in ("INCLUDE 1", "INCLUDE A, X", "INCLUDE 'A'", "NOSUCH"):
        execute_again(place.session, line, "rule")
    assert not _known(place)
