"""The command level, as soul-programmers know it from a terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from soul.online.command import Privilege
from soul.online.online import ListOutput
from soul.online.problem import ProblemKind

from .conftest import Terminal

Make = Callable[..., Terminal]


def test_an_unknown_command_counts(terminal: Make) -> None:
    t = terminal()
    assert t.run("FOO") == ["*** 1 M204.1030: INVALID MODEL 204 COMMAND"]
    assert t.run("FOO") == ["*** 2 M204.1030: INVALID MODEL 204 COMMAND"]
    assert [problem.kind for problem in t.problems] == [ProblemKind.COMMAND]


def test_begin_resets_the_counter(terminal: Make) -> None:
    assert terminal().run("FOO\nBegin\nEnd\nFOO") == ["*** 1 M204.1030: INVALID MODEL 204 COMMAND"] * 2


@pytest.mark.parametrize("line", ["", "   ", "* remark", "  *UPPER", "*", "* UPPER -"])
def test_comments_and_empty_lines_do_nothing(terminal: Make, line: str) -> None:
    assert terminal().execute(line) == []


def test_a_misspelled_command_gets_a_hint(terminal: Make) -> None:
    assert "    did you mean INCLUDE?" in terminal().run("INCLUD X")


def test_a_request_runs_at_its_end(terminal: Make) -> None:
    assert terminal().run("B\nPrint 'ONE'\nEnd\nBegin\nPrint 'TWO'\nEND") == ["ONE", "TWO"]


def test_a_request_can_be_typed_line_by_line(terminal: Make) -> None:
    t = terminal()
    assert t.execute("Begin") == []
    assert t.execute("Print 'A'") == []
    assert t.execute("End") == ["A"]


def test_input_that_ends_in_a_request_is_a_problem(terminal: Make) -> None:
    t = terminal()
    assert t.run("Begin\nPrint 1") == [
        "*** 1 SOUL.0209: INPUT ENDED BEFORE END",
        "input line 1",
        "    Begin",
    ]
    assert t.run("Begin\nPrint 2\nEnd") == ["2"]


def test_a_compile_error_shows_its_place_and_nothing_runs(terminal: Make) -> None:
    t = terminal({"MYPROC/BAD.soul": "Begin\nPrint 'NEVER'\nPrnt 1\nEnd\n* next\nBegin\nPrint 'NEXT'\nEnd\n"})
    t.session.open("MYPROC")
    shown = t.run("INCLUDE BAD")
    assert "NEVER" not in shown
    assert shown[-1] == "NEXT"
    assert "MYPROC(BAD) line 3 column 1" in shown
    assert t.problems[0].render().startswith("MYPROC(BAD) line 3 column 1: SOUL.")


def test_a_cancelled_request_ends_and_the_procedure_goes_on(terminal: Make) -> None:
    t = terminal()
    shown = t.run("Begin\nAssert 1 = 2\nPrint 'NEVER'\nEnd\nBegin\nPrint 'NEXT'\nEnd")
    assert shown[0].startswith("*** 1 CANCELLING REQUEST: MSIR.0494: ")
    assert shown[-1] == "NEXT"
    assert [problem.kind for problem in t.problems] == [ProblemKind.CANCELLED]


# INCLUDE and IF


def test_include_runs_commands_and_requests(terminal: Make) -> None:
    t = terminal({"MYPROC/A.soul": "* c\nBegin\nPrint 'A'\nEnd\nINCLUDE B\n", "MYPROC/B.soul": "Begin\nPrint 'B'\nEnd"})
    assert t.run("OPEN MYPROC\nI A") == ["*** M204.0620: FILE MYPROC OPENED", "A", "B"]


def test_include_without_a_file(terminal: Make) -> None:
    assert terminal().run("INCLUDE X")[0].startswith("*** 1 SOUL.0202: NO DEFAULT FILE")


def test_a_missing_procedure_names_a_near_one(terminal: Make) -> None:
    t = terminal({"MYPROC/CERT.LOGIN.soul": ""}, open_file="MYPROC")
    assert t.run("INCLUDE CERT.LOGINS") == [
        "*** 1 SOUL.0201: PROCEDURE CERT.LOGINS NOT FOUND IN MYPROC (DID YOU MEAN CERT.LOGIN?)"
    ]


@pytest.mark.parametrize(
    "stored", ["MISSING CERTIFICATE ERROR", "MISSING_CERTIFICATE_ERROR", "MISSING.CERTIFICATE.ERROR"]
)
def test_the_documented_include_of_several_words(terminal: Make, stored: str) -> None:
    t = terminal({f"MYPROC/{stored}.soul": "Begin\nPrint 'FOUND'\nEnd"}, open_file="MYPROC")
    assert t.execute("INCLUDE MISSING CERTIFICATE ERROR") == ["FOUND"]


def test_the_first_word_wins_when_it_is_a_procedure(terminal: Make) -> None:
    files = {
        "MYPROC/MISSING.soul": "Begin\nPrint '??A+??B'\nEnd",
        "MYPROC/MISSING ONE TWO.soul": "Begin\nPrint 'X'\nEnd",
    }
    assert terminal(files, open_file="MYPROC").execute("INCLUDE MISSING ONE TWO") == ["ONE+TWO"]


def test_a_quoted_name(terminal: Make) -> None:
    t = terminal({"MYPROC/A B.soul": "Begin\nPrint '??X'\nEnd"}, open_file="MYPROC")
    assert t.execute("INCLUDE 'A B', YES") == ["YES"]


@pytest.mark.parametrize("line", ["I P A B C", "I P,A,B,C", "I P, A, B, C", "I P=A=B=C", "I P(A,B)C", "I P ( A B C )"])
def test_every_delimiter_separates_responses(terminal: Make, line: str) -> None:
    t = terminal({"MYPROC/P.soul": "Begin\nPrint '??1-??2-??3'\nEnd"}, open_file="MYPROC")
    assert t.execute(line) == ["A-B-C"]


def test_responses_go_to_dummies_first_then_to_read(terminal: Make) -> None:
    t = terminal({"MYPROC/P.soul": "Begin\nPrint '??X'\nPrint $Read('Q')\nEnd"}, open_file="MYPROC")
    assert t.execute("I P ONE TWO") == ["ONE", "TWO"]


def test_session_include_takes_the_name_as_one_token(terminal: Make) -> None:
    t = terminal({"MYPROC/P.soul": "Begin\nPrint 'NO'\nEnd"}, open_file="MYPROC")
    for name in ("P X", "P,X", "../P", "P\nFOO", "P'", "0"):
        problems = t.session.include(name)
        assert len(problems) == 1, name
        assert problems[0].number in {"SOUL.0201", "M204.1172"}
    assert "NO" not in t.output.lines
    assert t.session.include("P") == []


def test_nesting_is_limited(terminal: Make) -> None:
    files = {
        f"MYPROC/{a}.soul": f"Begin\nPrint '{a}'\nEnd\nINCLUDE {b}\n" for a, b in zip("ABCDE", "BCDEF", strict=True)
    }
    t = terminal({**files, "MYPROC/F.soul": ""}, open_file="MYPROC")
    shown = t.execute("INCLUDE A")
    assert shown[:6] == [*"ABCDE", "*** 1 SOUL.0205: INCLUDE NESTING EXCEEDS MAXINCL=5"]


def test_if_includes_when_the_global_has_the_value(terminal: Make) -> None:
    t = terminal({"MYPROC/REPA.soul": "Begin\nPrint '??A ??B'\nEnd"}, open_file="MYPROC")
    t.session.thread.globals["REPORTNO"] = "1"
    assert t.execute("IF REPORTNO = 1, REPA,YES,NO") == ["YES NO"]
    assert t.execute("IF REPORTNO = 2, REPA,YES,NO") == []
    assert t.execute("IF REPORTNO")[0].startswith("*** 1 SOUL.0208: IF NEEDS")


def test_include_inside_a_request_takes_lines_into_the_compilation(terminal: Make) -> None:
    t = terminal({"MYPROC/PART.soul": "Print 'PART ??X'"}, open_file="MYPROC")
    assert t.run("Begin\nPrint 'A'\nInclude PART YES\nPrint 'B'\nEnd") == ["A", "PART YES", "B"]


def test_a_procedure_without_end_leaves_the_request_open(terminal: Make) -> None:
    t = terminal({"MYPROC/OPEN.soul": "Begin\nPrint 'ONE'"}, open_file="MYPROC")
    assert t.execute("INCLUDE OPEN") == []
    t.execute("Print 'TWO'")
    assert t.execute("End") == ["ONE", "TWO"]


def test_a_changed_procedure_is_compiled_again(terminal: Make) -> None:
    t = terminal({"MYPROC/A.soul": "Begin\nPrint 'OLD'\nEnd\n"}, open_file="MYPROC")
    assert t.execute("I A") == ["OLD"]
    assert t.execute("I A") == ["OLD"]
    t.online.files.get("MYPROC").store("A", "Begin\nPrint 'NEW'\nEnd\n")
    assert t.execute("I A") == ["NEW"]


# Dummy strings


def test_globals_are_put_in_when_a_line_is_read(terminal: Make) -> None:
    t = terminal(
        {"MYPROC/P.soul": "Begin\n%x is string len 20\n%x = $Setg('N','NEW')\nPrint '?&N'\nEnd"}, open_file="MYPROC"
    )
    t.session.thread.globals["N"] = "OLD"
    assert t.execute("I P") == ["OLD"]
    assert t.execute("I P") == ["NEW"]


def test_backslash_globals_comment_a_line_out(terminal: Make) -> None:
    t = terminal()
    text = "Begin\n?&\\TEST Print 'X'\nPrint 'Y'\nEnd"
    assert t.run(text) == ["Y"]
    t.session.thread.globals["\\TEST"] = ""
    assert t.run(text) == ["X", "Y"]


@pytest.mark.parametrize(("sub", "expected"), [(0, "?&G"), (1, "V"), (4, "?&G"), (5, "V")])
def test_sub_says_which_lines(terminal: Make, sub: int, expected: str) -> None:
    t = terminal()
    t.session.thread.globals["G"] = "V"
    t.session.thread.parameters["SUB"] = sub
    assert t.run("Begin\nPrint '?&G'\nEnd") == [expected]


def test_columns_point_into_the_stored_line(terminal: Make) -> None:
    t = terminal({"MYPROC/P.soul": "Begin\nPrint '?&LONG' Foo(\nEnd"}, open_file="MYPROC")
    t.session.thread.globals["LONG"] = "X" * 50
    t.execute("I P")
    assert 0 < t.problems[0].column <= len("Print '?&LONG' Foo(") + 1


# Continuation, IN, privileges


def test_a_hyphen_continues_a_command_and_errors_find_their_line(terminal: Make) -> None:
    t = terminal({"MYPROC/C.soul": "RESET MSGCTL 1,-\n   NOPE 3\n"}, open_file="MYPROC")
    t.execute("I C")
    problem = t.problems[0]
    assert (problem.number, problem.line, problem.column) == ("M204.2740", 2, 4)
    assert t.session.thread.parameters["MSGCTL"] == 0


def test_input_that_ends_in_a_continuation(terminal: Make) -> None:
    assert terminal().run("VIEW ERMX -")[0].startswith("*** 1 SOUL.0209")


@pytest.mark.parametrize("clause", ["IN FILE TWO", "In TWO", "in file two"])
def test_in_chooses_the_file(terminal: Make, clause: str) -> None:
    t = terminal({"ONE/A.soul": "Begin\nPrint 1\nEnd", "TWO/A.soul": "Begin\nPrint 2\nEnd"}, open_file="ONE")
    t.session.open("TWO")
    assert t.execute(f"{clause} INCLUDE A") == ["2"]
    assert t.execute("INCLUDE A") == ["1"]


def test_in_needs_an_open_file(terminal: Make) -> None:
    assert terminal({"ONE/A.soul": ""}).execute("IN FILE ONE INCLUDE A") == ["*** 1 SOUL.0204: FILE ONE IS NOT OPEN"]


def test_a_privilege_is_asked_for(terminal: Make) -> None:
    t = terminal(privileges=Privilege.NONE)
    assert t.execute("MSGCTL M204.1030 NOTERM") == ["*** 1 SOUL.0206: MSGCTL NEEDS SYSTEM ADMINISTRATOR PRIVILEGES"]


def test_terminal_commands_are_refused_in_procedures(terminal: Make) -> None:
    t = terminal({"MYPROC/P.soul": "RENAME PROCEDURE A, B\nEOJ"}, open_file="MYPROC")
    shown = t.execute("I P")
    assert [row for row in shown if row.startswith("***")] == [
        "*** 1 SOUL.0207: RENAME PROCEDURE IS NOT ALLOWED WITHIN A PROCEDURE",
        "*** 2 SOUL.0207: EOJ IS NOT ALLOWED WITHIN A PROCEDURE",
    ]


def test_a_fault_in_a_handler_reaches_nobody_as_a_traceback(terminal: Make) -> None:
    t = terminal()

    def broken(*arguments: object) -> None:
        raise KeyError("secret detail")

    t.online.commands.add("BROKEN", broken)
    assert t.execute("BROKEN") == ["*** 1 SOUL.0216: INTERNAL ERROR: KeyError"]


# ERMX and restarts


def test_too_many_failing_commands_in_a_procedure_restart_softly(terminal: Make) -> None:
    t = terminal({"MYPROC/P.soul": "FOO\n" * 40}, open_file="MYPROC")
    t.session.thread.userid = "ALICE"
    shown = t.execute("I P")
    assert sum(row.startswith("***") and "1030" in row for row in shown) == 31
    assert "*** M204.1024: USER RESTARTED SOFTLY" in shown
    assert not t.session.logged_in
    assert t.problems[-1].kind is ProblemKind.RESTARTED
    assert list(t.session.files) == []


def test_evaluation_errors_beyond_ermx_restart_softly(terminal: Make) -> None:
    t = terminal()
    t.session.thread.parameters["ERMX"] = 3
    shown = t.run(
        "Begin\n%i is float\nRepeat 100 Times\n%i = $ErrSet('X')\n%i = $BldProc(1)\n%i = 1 / 0\nEnd Repeat\nPrint 'NEVER'\nEnd"
    )
    assert "NEVER" not in shown
    assert shown[-1].endswith("M204.1024: USER RESTARTED SOFTLY")


@pytest.mark.parametrize(
    "around",
    [
        ["{}"],
        ["Try", "{}", "Catch ItemNotFound", "Print 'NEVER'", "End Try"],
        ["On Error", "Print 'NEVER'", "End On", "{}"],
        ["S: Subroutine", "{}", "End Subroutine", "Call S"],
        ["BACK: %n = %n + 1", "{}", "Jump To BACK"],
    ],
)
def test_the_error_beyond_ermx_ends_the_request_at_once(terminal: Make, around: list[str]) -> None:
    t = terminal()
    t.session.thread.userid = "ALICE"
    t.session.thread.parameters["ERMX"] = 2
    loop = "For %i From 1 To 9\n%x = 1 / 0\nPrint 'PASS ' With %i\nEnd For"
    body = "\n".join(around).format(loop)
    shown = t.run(f"Begin\n%x is float\n{body}\nPrint 'NEVER'\nEnd\nBegin\nPrint 'NEVER'\nEnd")
    assert [row for row in shown if "PASS" in row or "NEVER" in row] == ["PASS 1", "PASS 2"]
    assert [row[:6] for row in shown if "SOUL.0006" in row] == ["*** 1 ", "*** 2 ", "*** 3 "]
    assert shown[-2] == "*** M204.1024: USER RESTARTED SOFTLY"
    assert not t.session.logged_in
    assert [problem.kind for problem in t.problems] == [ProblemKind.RESTARTED]


@pytest.mark.parametrize("limit", [-1, 65535])
def test_no_limit_of_errors(terminal: Make, limit: int) -> None:
    t = terminal()
    t.session.thread.parameters["ERMX"] = limit
    assert t.run("Begin\n%x is float\nRepeat 40 Times\n%x = 1 / 0\nEnd Repeat\nPrint 'END'\nEnd")[-1] == "END"


def test_a_cancellation_beyond_ermx_restarts(terminal: Make) -> None:
    t = terminal()
    t.session.thread.parameters["ERMX"] = 0
    shown = t.run("Begin\nAssert 1 = 2\nEnd")
    assert "MSIR.0494" in shown[0]
    assert shown[-1] == "*** M204.1024: USER RESTARTED SOFTLY"


# Procedures


def test_a_procedure_is_defined_up_to_its_own_end(terminal: Make) -> None:
    t = terminal({"MYPROC/X.soul": ""}, open_file="MYPROC")
    shown = t.run("PROCEDURE PAY\nA\nEND PROCEDURE OTHER\nB\nEND PROCEDURE PAY")
    assert shown == ["*** M204.1144: DEFINE PROCEDURE PAY", "*** M204.1146: PROCEDURE PAY DEFINITION ENDED"]
    assert t.run("DISPLAY PROCEDURE PAY") == ["A", "END PROCEDURE OTHER", "B"]
    assert t.run("D LIST") == ["PAY", "X"]
    assert t.run("COPY PROC PAY, PAY2\nDELETE PROC PAY\nD LIST")[-2:] == ["PAY2", "X"]
    assert t.run("RENAME PROCEDURE PAY2, PAY3\nD LIST")[-2:] == ["PAY3", "X"]


def test_temporary_procedures(terminal: Make) -> None:
    t = terminal()
    t.run("PROC -7\nBegin\nPrint 'SEVEN'\nEnd\nEND PROC")
    assert t.execute("I -007") == ["SEVEN"]
    assert t.execute("INCLUDE -1") == ["*** 1 M204.1172: PREVIOUS REQUEST NOT DEFINED: -1"]
    t.run("Begin\nPrint 'FIRST'\nEnd\nBegin\nPrint 'SECOND'\nEnd")
    assert t.execute("I 0") == ["SECOND"]
    assert t.execute("I -1") == ["FIRST"]
    assert t.run("DELETE\nI 0")[-1].endswith("M204.1172: PREVIOUS REQUEST NOT DEFINED: 0")
    t.session.logoff()
    assert t.execute("I -7")[0].endswith("-7")


def test_norqs_requests_are_kept(terminal: Make) -> None:
    t = terminal()
    t.run("\n".join(f"Begin\nPrint {number}\nEnd" for number in range(8)))
    assert t.session.temporary.numbers() == [0, -1, -2, -3, -4]


def test_use_proc_takes_the_output_of_the_next_request(terminal: Make) -> None:
    t = terminal()
    assert t.run("USE PROC -7\nBegin\nPrint 'KEPT'\nEnd\nBegin\nPrint 'SHOWN'\nEnd") == ["SHOWN"]
    assert t.run("D PROC -7") == ["KEPT"]


def test_use_proc_refuses_the_active_procedure(terminal: Make) -> None:
    t = terminal()
    t.run("PROC -3\nUSE PROC -3\nEND PROC")
    assert t.execute("I -3")[0].startswith("*** 1 M204.2478")


# Parameters and messages


def test_reset_shows_outside_and_is_quiet_inside_a_procedure(terminal: Make) -> None:
    t = terminal({"MYPROC/P.soul": "RESET MSGCTL=2\n"}, open_file="MYPROC")
    assert t.execute("R ERMX 50") == ["ERMX     50           MAXIMUM NUMBER OF ERRORS"]
    assert t.execute("I P") == []
    assert t.session.thread.parameters["MSGCTL"] == 2


@pytest.mark.parametrize(
    "line",
    ["RESET NOPE 1", "RESET MSGCTL 8", "RESET MSGCTL X", "RESET MAXINCL 9", "RESET LSTBL 9", "RESET", "RESET ERCNT 1"],
)
def test_reset_refuses(terminal: Make, line: str) -> None:
    t = terminal()
    before = dict(t.session.thread.parameters)
    assert t.execute(line)[0].startswith("*** 1 ")
    assert t.session.thread.parameters == before


@pytest.mark.parametrize(
    ("line", "size"), [("10000+", 60000), ("120%", 60000), ("10000-", 40000), ("80%", 40000), ("=700", 700)]
)
def test_utable_takes_relative_sizes(terminal: Make, line: str, size: int) -> None:
    t = terminal()
    t.session.thread.parameters["LSTBL"] = 50000
    t.execute(f"UTABLE LSTBL {line}" if line[0] != "=" else f"UTABLE LSTBL{line}")
    assert t.session.thread.parameters["LSTBL"] == size


def test_pushutable_ends_with_its_procedure_even_after_an_error(terminal: Make) -> None:
    t = terminal({"MYPROC/P.soul": "PUSHUTABLE LSTBL 777\nVIEW LSTBL\nBegin\nAssert 1=2\nEnd\n"}, open_file="MYPROC")
    assert t.execute("I P")[0].startswith("LSTBL    777")
    assert t.session.thread.parameters["LSTBL"] == 600


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1, ["INVALID MODEL 204 COMMAND"]), (2, ["*** 1 M204.1030: INVALID MODEL 204 COMMAND"]), (4, [])],
)
def test_msgctl(terminal: Make, value: int, shown: list[str]) -> None:
    t = terminal()
    t.session.thread.parameters["MSGCTL"] = value
    assert t.execute("FOO") == shown


def test_msgctlu_changes_one_message_for_one_thread(terminal: Make) -> None:
    t = terminal()
    t.run("MSGCTLU M204.1030 NOTERM NOCOUNT")
    assert t.execute("FOO") == []
    assert t.session.thread.error_count == 0
    other = ListOutput()
    t.online.session(t.online.new_thread(other)).execute("FOO")
    assert other.lines == ["*** 1 M204.1030: INVALID MODEL 204 COMMAND"]
    t.run("MSGCTLU OFF")
    assert len(t.execute("FOO")) == 1


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("B", "BEGIN"),
        ("E", "EDIT"),
        ("I", "INCLUDE"),
        ("M", "MONITOR"),
        ("N", "NEW PAGE"),
        ("NP", "NEW PAGE"),
        ("PROC", "PROCEDURE"),
        ("R", "RESET"),
        ("T", "TIME"),
        ("U", "USE"),
        ("V", "VIEW"),
        ("D LIST", "DISPLAY LIST"),
        ("REGEN", "REGENERATE"),
    ],
)
def test_abbreviations(terminal: Make, short: str, long: str) -> None:
    found = terminal().online.commands.match(short + " x")
    assert found is not None
    assert found[0].name == long


def test_clearg_clears_strings(terminal: Make) -> None:
    t = terminal()
    t.session.thread.globals["A"] = "1"
    t.execute("CLEARG")
    assert t.session.thread.globals == {}


def test_upper_and_lower(terminal: Make) -> None:
    t = terminal()
    assert t.run("*UPPER\nprocedure 0\nEND PROCEDURE\n")[0] == "*** M204.1144: DEFINE PROCEDURE 0"
    assert t.session.upper
    t.execute("*LOWER")
    assert not t.session.upper


def test_a_stop_from_outside_brings_the_session_back_to_command_level(terminal: Make) -> None:
    from soul.runtime.errors import Stopped

    t = terminal()
    t.session.thread.stop.append("BUMPED")
    with pytest.raises(Stopped):
        t.run("Begin\nRepeat\nEnd Repeat\nEnd\nFOO")
    t.session.thread.stop.clear()
    assert t.session.mode is None
    assert t.run("Begin\nPrint 1\nEnd") == ["1"]
