"""On Attention: a terminal that presses the attention key when it sees READY."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from evaluating import LIBRARY, Journal, Terminal, source

from soul.language.compile import CompileOptions, compile_request
from soul.runtime.request import Ending, Outcome, evaluate
from soul.runtime.thread import Thread


class Pressing(Terminal):
    """Presses the key at READY, and notes whether anybody heard; `then` is a reason to stop that comes at once after it."""

    def __init__(self, then: str = "") -> None:
        super().__init__()
        self.thread: Thread | None = None
        self.heard: list[bool] = []
        self._then = then

    def line(self, text: str) -> None:
        super().line(text)
        if text == "READY" and self.thread is not None:
            self.heard.append(self.thread.press_attention())
            if self._then:
                self.thread.stop.append(self._then)


def pressed(text: str) -> tuple[list[str], Outcome, list[bool]]:
    terminal = Pressing()
    terminal.thread = Thread(terminal, Journal())
    outcome = evaluate(compile_request(source(text), LIBRARY, CompileOptions(use_cache=False)), terminal.thread)
    assert terminal.thread.attention is None
    assert terminal.thread.stop == []
    return terminal.lines, outcome, terminal.heard


UNIT = "%n is float\non attention\nprint 'UNIT' ...\n{}end on\nprint 'READY'\nfor %n from 1 to 3\nprint %n\nend for"


@pytest.mark.parametrize(
    ("leaving", "lines"),
    [
        ("", ["READY", "UNIT"]),
        ("stop\n", ["READY", "UNIT"]),
        ("continue\n", ["READY", "UNIT1", "2", "3"]),
        ("bypass\n", ["READY", "UNIT1", "2", "3"]),
        ("retry\n", ["READY", "UNIT1", "2", "3"]),
        ("jump to out\n", ["READY", "UNITOUT"]),
    ],
)
def test_where_the_unit_goes_on(leaving: str, lines: list[str]) -> None:
    text = UNIT.format(leaving) + ("\nout: print 'OUT'" if "jump" in leaving else "")
    assert pressed(text) == (lines, Outcome(Ending.COMPLETED), [True])


def test_bounce_stops_as_if_there_were_no_unit() -> None:
    lines, outcome, _ = pressed(UNIT.format("bounce\n"))
    assert (lines, outcome.ending, outcome.text) == (["READY", "UNIT"], Ending.STOPPED, "REQUEST STOPPED: ATTENTION")


@pytest.mark.parametrize(
    "text",
    [
        "print 'READY'",
        "on attention\nend on\nclear on attention\nprint 'READY'",
        "on attention\nprint 'READY'\ncontinue\nend on\nprint 'READY'\nrepeat 2 times\nend repeat",  # inside the unit
        "call s(1)\nprint 'READY'\nsubroutine s(%x float)\non attention\nend on\nend subroutine",
    ],
)
def test_nobody_hears_where_there_is_no_unit(text: str) -> None:
    assert pressed(text)[2][-1] is False


def test_the_unit_around_a_subroutine_is_back_after_it() -> None:
    text = (
        "on attention\nprint 'OUTER'\ncontinue\nend on\ncall s(1)\nprint 'READY'\nrepeat 2 times\nend repeat\n"
        "subroutine s(%x float)\non attention\nprint 'INNER'\ncontinue\nend on\nprint 'READY'\nrepeat 1 times\n"
        "end repeat\nend subroutine"
    )
    assert pressed(text)[0] == ["READY", "INNER", "READY", "OUTER"]


def test_a_later_unit_replaces_an_earlier_one_and_a_late_attention_is_forgotten() -> None:
    text = "on attention\nprint 'A'\nend on\non attention\nprint 'B'\nend on\nprint 'READY'"
    lines, outcome, heard = pressed(text)
    assert (lines, outcome.completed, heard) == (["READY"], True, [True])


def test_a_stop_comes_before_the_unit() -> None:
    terminal = Pressing("FORCE")
    terminal.thread = Thread(terminal, Journal())
    compiled = compile_request(source(f"{UNIT.format('')}\nrepeat forever\nend repeat"), LIBRARY)
    assert evaluate(compiled, terminal.thread).ending is Ending.STOPPED
    assert (terminal.lines, terminal.heard) == (["READY"], [True])


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_is_the_attention_key_of_soul_run(tmp_path: Path) -> None:
    program = tmp_path / "p.soul"
    body = "Begin\nOn Attention\nPrint 'UNIT'\nEnd On\nPrint 'READY'\nRepeat Forever\nEnd Repeat\nEnd\n"
    program.write_text(f"{body}Begin\nPrint 'READY'\nRepeat Forever\nEnd Repeat\nEnd\n", "utf-8")
    command = [sys.executable, "-u", "-m", "soul.cli.main", "run", str(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shown = []
        for row in process.stdout:
            shown.append(row.strip())
            if shown[-1] == "READY":
                process.send_signal(signal.SIGINT)
    assert (shown, process.returncode) == (["READY", "UNIT", "READY"], 130)
