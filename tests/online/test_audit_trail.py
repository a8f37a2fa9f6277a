"""The audit trail: one line an entry, in memory, in a file and on a terminal."""

from __future__ import annotations

import io
import threading
from datetime import datetime
from pathlib import Path

import pytest

from soul.assembly import library
from soul.online.audit import LINE_TYPES, AuditTrail, printable
from soul.online.online import ListOutput, Online

CLOCK = datetime(2026, 11, 25, 10, 28, 0, 123000)


def test_a_line_has_time_user_type_and_text(tmp_path: Path) -> None:
    audit = AuditTrail(tmp_path / "audit", clock=lambda: CLOCK)
    online = Online(audit=audit)
    online.session(online.new_thread(ListOutput(), userid="ALICE")).execute("FOO")
    online.close()
    rows = (tmp_path / "audit").read_text("utf-8").splitlines()
    assert rows[0] == "2026-11-25 10:28:00.123     1 ALICE      LI FOO"
    assert rows[1] == "2026-11-25 10:28:00.123     1 ALICE      ER *** 1 M204.1030: INVALID MODEL 204 COMMAND"
    assert audit.lines[1].number == "M204.1030"
    assert {line.line_type for line in audit.lines} <= set(LINE_TYPES)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\x1b[31mb", "a\x00b", "a\u2028b", "a\x85b"])
def test_no_client_can_forge_a_line(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) == 1
    assert shown.isprintable()


def test_userids_are_escaped_too() -> None:
    online = Online()
    online.audit.write("US", "x", online.new_thread(ListOutput(), userid="A\nB"))
    assert "\n" not in online.audit.lines[-1].render()


def test_a_huge_text_is_cut() -> None:
    assert len(printable("x" * 1_000_000)) < 5_000


def test_memory_is_bounded() -> None:
    audit = AuditTrail(memory=10)
    for number in range(25):
        audit.write("AD", str(number))
    assert [line.text for line in audit.lines] == [str(number) for number in range(15, 25)]


def test_all_threads_write_whole_lines(tmp_path: Path) -> None:
    audit = AuditTrail(tmp_path / "audit")
    threads = [threading.Thread(target=lambda: [audit.write("AD", "x" * 50) for _ in range(200)]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    audit.close()
    audit.close()
    rows = (tmp_path / "audit").read_text("utf-8").splitlines()
    assert len(rows) == 1000
    assert all(row.endswith(" AD " + "x" * 50) for row in rows)


def test_a_terminal_that_cannot_show_a_character_or_went_away_does_no_harm() -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    audit = AuditTrail(terminal=narrow)
    audit.write("AD", "é")
    narrow.close()
    audit.write("AD", "still here")
    assert [line.text for line in audit.lines] == ["é", "still here"]


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        AuditTrail(tmp_path / "nowhere" / "audit")


def test_the_line_of_an_error_that_ends_nothing_is_noted() -> None:
    online = Online(library=library)
    text = "Begin\n%x is float\nCall s\nSubroutine s\n%x = $Sqrt(-1)\nEnd Subroutine\nPrint 1 / 0\nEnd"
    online.session(online.new_thread(ListOutput())).run(text)
    rows = [(line.line_type, line.text) for line in online.audit.lines if line.line_type in ("ER", "MS")]
    assert rows == [
        ("ER", "*** 1 SOUL.0105: $Sqrt: NO RESULT FOR ARGUMENT -1"),
        ("MS", "*** M204.2967: Error at line 5 of input"),
        ("MS", "*** M204.2967: Call returns to line 3 of input"),
        ("ER", "*** 2 SOUL.0006: DIVISION BY ZERO: THE RESULT IS 0"),
        ("MS", "*** M204.2967: Error at line 7 of input"),
    ]
