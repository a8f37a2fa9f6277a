"""The command line: output, exit statuses, and what is said about wrong usage."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from soul.cli.main import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def text(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(content: str, name: str = "a.soul") -> str:
        (tmp_path / name).write_text(content, encoding="utf-8")
        return str(tmp_path / name)

    return write


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"usage: soul {name}" in shown
    assert f"soul {name} " in shown.split("usage:")[1].split("\n", 1)[1]


def test_the_overview_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert main([]) == 2


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rnu"]) == 2
    assert "did you mean run?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "a", "b"], ["conform"], ["user"], ["user", "add"], ["run", "--nope", "a"]]
)
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("content", "status", "shown"),
    [
        ("Begin\nPrint 'HELLO'\nEnd\n", 0, "HELLO\n"),
        ("", 0, ""),
        ("* only a comment\n", 0, ""),
        ("FOO\n", 1, "*** 1 M204.1030: INVALID MODEL 204 COMMAND\n"),
        ("Begin\nPrint 1\n", 1, "*** 1 SOUL.0209: INPUT ENDED BEFORE END\na.soul line 1\n    Begin\n"),
    ],
)
def test_run(text, content: str, status: int, shown: str, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert main(["run", text(content)]) == status
    assert capsys.readouterr().out == shown


def test_run_reports_compile_errors_and_cancellations(text, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert main(["run", text("Begin\nPrnt 1\nEnd\n")]) == 1
    assert "a.soul line 2 column 1" in capsys.readouterr().out
    assert main(["run", text("Begin\nAssert 1=2\nEnd\n")]) == 1
    assert "CANCELLING REQUEST: MSIR.0494" in capsys.readouterr().out


def test_run_reads_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Begin\nPrint 'IN'\nEnd\n")))
    assert main(["run", "-"]) == 0
    assert capsys.readouterr().out == "IN\n"


def test_run_in_a_directory(tmp_path: Path, text, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "MYPROC").mkdir()
    (tmp_path / "MYPROC" / "A.soul").write_text("Begin\nPrint 'A'\nEnd\n", encoding="utf-8")
    assert main(["run", text("OPEN MYPROC\nI A\n"), "--dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "A"
    assert main(["run", text(""), "--dir", str(tmp_path / "nowhere")]) == 2


def test_run_writes_the_audit_trail(tmp_path: Path, text) -> None:  # type: ignore[no-untyped-def]
    assert main(["run", text("Begin\nAudit 'NOTE'\nEnd\n"), "--audit", str(tmp_path / "audit")]) == 0
    assert " US NOTE" in (tmp_path / "audit").read_text("utf-8")
    assert main(["run", text(""), "--audit", str(tmp_path / "no" / "audit")]) == 2


@pytest.mark.parametrize("name", ["nothing.soul", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tmp_path / name)]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_file_that_is_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a").write_bytes(b"\xff\xfe")
    assert main(["run", str(tmp_path / "a")]) == 2
    assert "is not a text" in capsys.readouterr().err


def test_what_a_text_asks_for_is_read_from_standard_input(text, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "stdin", io.StringIO("second\nthird\n"))
    program = "Begin\nRepeat 4 Times\nPrint '<' With $ReadLc('NAME') With '>'\nEnd Repeat\nEnd\n"
    assert main(["run", text(program + "first\n")]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [row for row in shown if row.startswith("<")] == ["<first>", "<second>", "<third>", "<>"]


def test_check_shows_every_error_and_runs_nothing(text, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    path = text("Begin\nPrint 'RUN'\nPrnt 1\n%x is flot\nEnd\nBegin\nPrnt\nEnd\n")
    assert main(["check", path]) == 1
    shown = capsys.readouterr().out
    assert "RUN" not in shown.replace("Print 'RUN'", "")
    assert [row.split(":")[0] for row in shown.splitlines() if row.startswith("a.soul")] == [
        "a.soul line 3 column 1",
        "a.soul line 4 column 7",
        "a.soul line 7 column 1",
    ]
    assert shown.splitlines()[-1] == "3 errors"
    assert main(["check", text("Begin\nPrint 1\nEnd\n")]) == 0
    assert main(["check", text("Begin\nS: Subroutine\nEnd Subroutine\nEnd More\nMore\nCall S\nEnd\n")]) == 0


def test_check_counts_what_keeps_a_text_from_running(text, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    records = "f: Find All Records\nEnd Find\nFor Each Record In f\nCommit\nPrint NAME\nEnd For\nCommit\n"
    assert main(["check", text(f"Begin\n{records}Read Screen s\nEnd\n")]) == 1
    assert capsys.readouterr().out.splitlines()[-5:] == [
        "a.soul needs parts of SOUL that are not supported:",
        "    4 record processing: Commit (2), Find, For Each Record",
        "    1 screens and menus: Read Screen",
        "      Everything else compiles.",
        "5 errors",
    ]
    assert main(["check", text("Begin\nCommit\nEnd\nBegin\nPrnt\n%s Is Object Json\nEnd\n")]) == 1
    assert capsys.readouterr().out.splitlines()[-5:] == [
        "a.soul needs parts of SOUL that are not supported:",
        "    1 record processing: Commit",
        "    1 system classes: Json",
        "    1 other error",
        "3 errors",
    ]


def test_check_ends_lines_where_run_does(text, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    program = "Begin;\nPrint 'A;B'; Print 'C';\nText\nD; E\nEnd Text\nPrnt 5; Print 'F'\nEnd;\n"
    assert main(["check", text(program)]) == 1
    assert capsys.readouterr().out.splitlines()[0].startswith("a.soul line 6 column 1: SOUL.1001")
    assert main(["check", text(program.replace("Prnt", "Print"))]) == 0


def test_check_of_lines_without_begin(text, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    part = "* a comment\nSubroutine S(%x Is Float)\nIf %x Then Prnt 1\nEnd If\nEnd Subroutine\n"
    assert main(["check", text(part)]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "a.soul has no Begin: checked as lines that a request includes"
    assert shown[1].startswith("a.soul line 3 column 12: SOUL.1001")
    assert main(["check", text(part.replace("Prnt", "Print"))]) == 0
    for commands in ("RESET ERMX 5\nINCLUDE X\n", "* nothing\n", ""):
        capsys.readouterr()
        assert main(["check", text(commands)]) == 0
        assert capsys.readouterr().out.splitlines() == ["a.soul holds no request: nothing to check", "0 errors"]


def online_with_includes(root: Path) -> Path:
    for file, name, content in (
        ("MYPROC", "A.soul", "Begin\nInclude PART\nEnd\n"),
        ("MYPROC", "PART.soul", "Print 'MINE'\n"),
        ("ZLAST", "PART.soul", "Prnt 'NOT MINE'\n"),
        ("ZLAST", "OTHER.soul", "Print 'OTHER'\n"),
    ):
        (root / file).mkdir(exist_ok=True)
        (root / file / name).write_text(content, encoding="utf-8")
    return root


def test_check_finds_included_procedures_in_every_file_its_own_first(
    tmp_path: Path, text, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    root = online_with_includes(tmp_path)
    assert main(["check", str(root / "MYPROC" / "A.soul"), "--dir", str(root)]) == 0
    assert capsys.readouterr().out == "0 errors\n"
    assert main(["check", text("Begin\nInclude OTHER\nEnd\n"), "--dir", str(root)]) == 0
    assert main(["check", text("Begin\nInclude NONE\nEnd\n"), "--dir", str(root)]) == 1
    assert "PROCEDURE NONE NOT FOUND IN MYPROC OR ZLAST" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "FILE", "--dir", "DIR"],
        ["cert", "client", "DIR", "Carol", "CAROL.PKEY"],
        ["cert", "p12", "DIR", "GOOD.PKEY", "good.p12"],
        ["serve", "DIR"],
        ["run", "FILE", "--dir", "DIR"],
    ],
)
def test_a_directory_with_a_file_twice_is_an_error_of_every_command(
    tmp_path: Path, text, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    files = {"MYPROC": tmp_path / "MYPROC", "myproc": tmp_path / "myproc"}
    for path in files.values():
        path.mkdir(exist_ok=True)
    if len(os.listdir(tmp_path)) < 2:
        pytest.skip("names differ by more than case on this file system")
    given = {"FILE": text("OPEN FILE MYPROC\n"), "DIR": str(tmp_path)}
    assert main([given.get(word, word) for word in arguments]) in {1, 2}
    shown = capsys.readouterr()
    assert "procedure file MYPROC exists twice" in shown.out + shown.err


def test_characters_that_the_output_lacks_are_escaped_alone(text) -> None:  # type: ignore[no-untyped-def]
    path = text("Begin\nPrint 'caf\u00e9 \u20ac \u4e2d'\nEnd\n")
    done = subprocess.run(
        [sys.executable, "-m", "soul.cli.main", "run", path],
        capture_output=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )
    assert done.stdout.replace(b"\r", b"") == b"caf\xe9 \x80 \\u4e2d\n"
    wrong = text("Begin\nPrnt '\u4e2d'\nEnd\n", "wrong.soul")
    for command in ("check", "run"):
        done = soul_process(command, wrong, PYTHONIOENCODING="cp1252")
        assert (done.returncode, done.stderr) == (1, "")
        assert "Prnt '\\u4e2d'" in done.stdout


def test_an_account_may_hold_a_quote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["user", "add", str(tmp_path), "BOB", "--no-password", "--account", 'A"\\B']) == 0
    assert main(["user", "list", str(tmp_path)]) == 0
    assert 'A"\\B' in capsys.readouterr().out


def test_a_password_that_most_ports_would_never_accept_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for password, told in (("Sesame\n", True), ("SESAME 1\n", False)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(password))
        assert main(["user", "add", str(tmp_path), f"U{len(password)}", "--stdin"]) == 0
        shown = capsys.readouterr()
        assert ("NOUPCASE" in shown.err) is told
        assert password.strip() not in shown.err + shown.out


def test_users_are_managed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    directory = str(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO("secret\n"))
    assert (
        main(["user", "add", directory, "alice", "--stdin", "--privilege", "system manager", "--account", "pay"]) == 0
    )
    assert main(["user", "list", directory]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split(None, 2) == ["ALICE", "PAY", "system manager"]
    assert "secret" not in (tmp_path / "users.toml").read_text("utf-8")
    assert main(["user", "add", directory, "ALICE", "--stdin"]) == 1
    monkeypatch.setattr(sys, "stdin", io.StringIO("other\n"))
    assert main(["user", "passwd", directory, "alice", "--stdin"]) == 0
    assert main(["user", "passwd", directory, "bob", "--stdin"]) == 1
    assert main(["user", "add", directory, "bob", "--stdin", "--privilege", "king"]) == 1
    assert main(["user", "add", directory, "not a userid", "--no-password"]) == 1
    assert main(["user", "delete", directory, "alice"]) == 0
    assert main(["user", "delete", directory, "alice"]) == 1
    assert main(["user", "list", str(tmp_path / "nowhere")]) == 2


def test_conform_counts_and_shows_failures(text, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    facts = [
        {"id": "good", "basis": "example", "kind": "expr", "expr": "1 + 1", "expect": "2"},
        {"id": "bad", "basis": "text", "kind": "program", "program": "Begin\nPrint 'A'\nEnd", "expect": "B"},
        {
            "id": "setup",
            "basis": "text",
            "kind": "expr",
            "setup": ["%x is float", "%x = 3"],
            "expr": "%x",
            "expect": "3",
        },
        {
            "id": "error",
            "basis": "text",
            "kind": "error",
            "program": "Begin\nAssert 1=2\nEnd",
            "expect_error": "MSIR.0494",
        },
        {
            "id": "other",
            "basis": "text",
            "kind": "error",
            "program": "Begin\nAssert 1=2\nEnd",
            "expect_error": "M204.0552",
        },
        {
            "id": "fine",
            "basis": "text",
            "kind": "error",
            "program": "Begin\nPrint 1\nEnd",
            "expect_error": "any failure",
        },
        {"id": "skipped", "basis": "text", "kind": "behaviour", "given": "", "when": "", "then": ""},
    ]
    path = text("".join(json.dumps(fact) + "\n" for fact in facts), "facts.jsonl")
    assert main(["conform", path]) == 1
    shown = capsys.readouterr().out
    assert shown.splitlines()[-1] == "3 passed, 3 failed"
    assert "FAILED bad\n  expected: 'B'\n  got:      'A'" in shown
    assert main(["conform", path, "--basis", "example"]) == 0
    capsys.readouterr()
    main(["conform", path, "--json"])
    rows = capsys.readouterr().out.splitlines()
    assert [json.loads(row)["id"] for row in rows[:-1]] == ["good", "bad", "setup", "error", "other", "fine"]
    assert rows[-1] == "3 passed, 3 failed"


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"id": "x"}'])
def test_conform_refuses_what_is_no_fact(text, content: str, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert main(["conform", text(content, "facts.jsonl")]) == 2
    assert "facts.jsonl line 1" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["$Substr", "$SUBSTR", "substr"])
def test_doc_shows_a_function(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doc", name]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("$Substr(")
    assert "Page: m204wiki, $Substr" in shown


def test_doc_shows_classes_and_suggests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doc", "HttpRequest"]) == 0
    assert "AddHeader" in capsys.readouterr().out
    assert main(["doc", "$Substrr"]) == 1
    assert "did you mean $Substr" in capsys.readouterr().err
    assert main(["doc"]) == 2


def test_doc_writes_the_reference(tmp_path: Path) -> None:
    assert main(["doc", "--write", str(tmp_path / "reference")]) == 0
    written = (tmp_path / "reference" / "functions.md").read_text("utf-8")
    assert "## $Substr\n\n    $Substr(" in written


def soul_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "soul.cli.main", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_narrow_terminal_and_a_closed_pipe_do_no_harm(text) -> None:  # type: ignore[no-untyped-def]
    path = text("Begin\nPrint 'é'\nEnd\n")
    done = soul_process("run", path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    many = text("Begin\n%i is float\nFor %i From 1 To 50000\nPrint 'LINE'\nEnd For\nEnd\n", "many.soul")
    shell = f'"{sys.executable}" -m soul.cli.main run "{many}" | head -1'
    piped = subprocess.run(shell, shell=True, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (piped.stdout, piped.stderr) == ("LINE\n", "")


def test_every_command_shows_an_internal_error_without_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("soul.online.online.Online.__init__", broken)
    for arguments in (["user", "list", "DIR"], ["check", __file__], ["serve", "DIR"], ["run", __file__]):
        assert main([word.replace("DIR", str(tmp_path)) for word in arguments]) == 1
        assert f"soul {arguments[0]}: internal error: ZeroDivisionError: inside" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device is always full")
def test_a_full_disk_is_told_without_traceback(text) -> None:  # type: ignore[no-untyped-def]
    short = text("Begin\nPrint 'A'\nEnd\n")
    many = text("Begin\n%i is float\nFor %i From 1 To 50000\nPrint 'LINE'\nEnd For\nEnd\n", "many.soul")
    for arguments in (["run", short], ["run", many], ["check", short], ["--help"]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            command = [sys.executable, "-m", "soul.cli.main", *arguments]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
        assert (done.returncode, done.stderr) == (1, "soul: the output cannot be written: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_closed_streams_do_no_harm(text) -> None:  # type: ignore[no-untyped-def]
    path = text("Begin\nPrint 'A'\nEnd\n")
    for command in (f'run "{path}" >&-', "run - <&-", f'run "{path}" --verbose 2>&-'):
        shell = f'"{sys.executable}" -m soul.cli.main {command}'
        done = subprocess.run(shell, shell=True, capture_output=True, text=True, cwd=ROOT, check=False)
        assert (done.returncode, done.stderr) == (0, ""), command


def test_an_internal_error_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, text, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    def broken(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("soul.assembly.build", broken)
    assert main(["run", text("")]) == 1
    assert "internal error: ZeroDivisionError" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        main(["run", text(""), "--debug"])
