"""Whatever is typed, the command level answers with messages and stays usable."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from soul.language.source import SourceLine
from soul.online.command import ALL_PRIVILEGES
from soul.online.dummies import DummyStrings
from soul.online.online import ListOutput, Online
from soul.online.procedures import MemoryProcedureFile

WORDS = st.sampled_from(
    [
        "OPEN",
        "CLOSE",
        "INCLUDE",
        "I",
        "IF",
        "IN",
        "FILE",
        "GROUP",
        "PROCEDURE",
        "PROC",
        "END",
        "DELETE",
        "DISPLAY",
        "LIST",
        "COPY",
        "RENAME",
        "RESET",
        "VIEW",
        "UTABLE",
        "LSTBL",
        "PUSHUTABLE",
        "POPUTABLE",
        "CLEARG",
        "MSGCTLU",
        "M204.1030",
        "NOTERM",
        "USE",
        "LOGIN",
        "LOGOUT",
        "BEGIN",
        "MORE",
        "Print",
        "MYPROC",
        "A",
        "B",
        "0",
        "-1",
        "X=1",
        ",",
        "=",
        "(",
        ")",
        "'",
        "'A",
        "B'",
        "-",
        "??",
        "?&G",
        "?$X",
        "?&\\Z",
        "*",
        "*UPPER",
        "ERMX",
        "10000-",
        "80%",
        "Text",
        "{",
        "}",
        ";",
        "TO",
        "é",
        "\t",
    ]
)
LINES = st.lists(st.lists(WORDS, max_size=6).map(" ".join) | st.text(max_size=20), max_size=12).map("\n".join)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_no_input_breaks_the_session(text: str) -> None:
    online = Online()
    online.files.add(MemoryProcedureFile("MYPROC", {"A": "INCLUDE B", "B": "FOO\nBegin\nPrint '??X'\nEnd"}))
    output = ListOutput()
    session = online.session(online.new_thread(output), ALL_PRIVILEGES)
    session.open("MYPROC")
    session.run(text)
    assert not any("SOUL.0216" in line or "Traceback" in line for line in output.lines)
    assert session.feeds == []
    assert session.mode is None
    output.lines.clear()
    session.logoff()
    session.thread.error_count = 0
    output.lines.clear()
    session.run("FOO")
    assert output.lines[:1] in (["*** 1 M204.1030: INVALID MODEL 204 COMMAND"], [])  # [] after USE PROC


@given(st.text(st.sampled_from("?&$!AB. '\\"), max_size=30))
def test_columns_of_replaced_lines_lie_in_the_stored_line(text: str) -> None:
    replaced = DummyStrings(lambda name: "VALUE" if len(name) % 2 else None, lambda prompt: "").replace(
        SourceLine(text, "P", 1)
    )
    columns = [replaced.column(index) for index in range(len(replaced.text) + 1)]
    assert columns == sorted(columns)
    assert all(1 <= column <= len(text) + 1 for column in columns)
