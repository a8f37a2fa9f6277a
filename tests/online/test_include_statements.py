"""Include and IF as statements of a request. m204wiki, INCLUDE command; IF command."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Terminal

Make = Callable[..., Terminal]
PARTS = {"MYPROC/PART.soul": "Print 'part ??'\n", "MYPROC/ASK.soul": "Print 'got ??A ?$B ?$B'\n"}


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("Include PART", ["part ??"]),
        ("Include 'PART'", ["part ??"]),
        ("In File MYPROC Include PART", ["part ??"]),
        ("Include ASK one, two", ["got one two two"]),
        ("IF GO=YES, PART", ["part ??"]),
        ("If GO = 'YES', PART", ["part ??"]),
        ("If GO = YES, ASK one two", ["got one two two"]),
        ("If GO = NO, PART", []),
        ("If GO = NO, MISSING", []),
        ("If UNSET =, PART", ["part ??"]),
        ("IF GO=YES, PART * remark", ["part ??"]),
        ("l: If GO=YES, PART", ["part ??"]),
        ("If 1 Then Include PART\nEnd If", ["part ??"]),
        ("If 0 Then Include PART\nEnd If", []),
    ],
)
def test_lines_come_into_the_request(terminal: Make, statement: str, shown: list[str]) -> None:
    t = terminal(PARTS, open_file="MYPROC")
    t.session.thread.globals["GO"] = "YES"
    assert t.run(f"Begin\nPrint 'a'\n{statement}\nPrint 'b'\nEnd") == ["a", *shown, "b"]


def test_the_same_request_follows_the_global(terminal: Make) -> None:
    stored = {"MYPROC/MAIN.soul": "Begin\nIF GO=YES, PART\nEnd\n"}
    t = terminal({**PARTS, **stored}, open_file="MYPROC")
    for value, shown in (("NO", []), ("YES", ["part ??"]), ("NO", [])):
        t.session.thread.globals["GO"] = value
        assert t.run("INCLUDE MAIN") == shown


def test_an_if_that_includes_nothing_to_be_found(terminal: Make) -> None:
    t = terminal(PARTS, open_file="MYPROC")
    t.session.thread.globals["GO"] = "YES"
    assert t.run("Begin\nIf GO=YES, MISSING\nEnd")[0].startswith("*** 1 SOUL.0201")
    assert t.run("Begin\nIf %x = 1, PART\nEnd")[0].startswith("*** 1 SOUL.10")


def test_the_included_lines_may_open_and_close_blocks(terminal: Make) -> None:
    parts = {"MYPROC/HEAD.soul": "For %i From 1 To 2\n", "MYPROC/TAIL.soul": "End For\n"}
    t = terminal(parts, open_file="MYPROC")
    assert t.run("Begin\nInclude HEAD\nPrint %i\nInclude TAIL\nEnd") == ["1", "2"]
