"""The audit trail (journal): one line per event, to a file, a terminal and a bounded memory.

A line on paper: date and time, user number, userid, line type, text.

    2026-11-25 10:28:00.123     4 ALICE      ER *** 1 M204.1030: INVALID MODEL 204 COMMAND

Sources: m204wiki, message pages (AUDITER, AUDITMS, AUDITAD); AUDTERM (RK lines); Report generation (US lines).
"""

from __future__ import annotations

import queue
import re
import sys
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TextIO

from soul.runtime.thread import Thread

LINE_TYPES = {
    "AD": "additional information that is shown to no terminal (AUDITAD)",
    "CI": "a line of the start-up commands (unconfirmed)",
    "ER": "an error message (AUDITER)",
    "LI": "a command typed or given to a thread (unconfirmed)",
    "LP": "a command read from a procedure (unconfirmed)",
    "MS": "any other message (AUDITMS)",
    "RK": "a remark: terminal output kept with AUDTERM, and notes of this system",
    "ST": "statistics (unconfirmed)",
    "US": "a line written by the Audit and AuditText statements",
}

MEMORY_LINES = 10_000
QUEUE_LINES = 20_000
QUEUE_PATIENCE = 0.25  # seconds a thread waits for a slow disk before its line is counted as lost
TEXT_LENGTH = 4_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NUMBER = re.compile(r"\b(?:M204|MSIR|USER|SOUL)\.\d{4}\b")


class AuditLine(NamedTuple):
    """One line. `user` is the thread's number, None when no thread is known."""

    time: datetime
    line_type: str
    user: int | None
    userid: str
    text: str

    @property
    def number(self) -> str:
        """The message number in the line, '' when it has none."""
        found = _NUMBER.search(self.text)
        return found[0] if found else ""

    def render(self) -> str:
        """Return the line as it stands in the file."""
        when = self.time.isoformat(sep=" ", timespec="milliseconds")
        user = "" if self.user is None else str(self.user)
        return f"{when} {user:>5} {self.userid:<10} {self.line_type} {self.text}"


_Noted = tuple[datetime, str, int | None, str, str]
"""A line as it was written: made printable when somebody reads it."""


def _line(noted: _Noted) -> AuditLine:
    time, line_type, user, userid, text = noted
    return AuditLine(time, line_type, user, printable(userid), printable(text))


def printable(text: str) -> str:
    """Return `text` with control characters escaped, so that no client can forge a line, and cut when huge."""
    if len(text) > TEXT_LENGTH:
        text = f"{text[:TEXT_LENGTH]}... ({len(text)} characters)"
    if text.isprintable():
        return text
    return _CONTROL.sub(
        lambda match: f"\\u{ord(match[0]):04x}" if ord(match[0]) > 255 else f"\\x{ord(match[0]):02x}", text
    )


class AuditTrail:
    """The journal of one Online; satisfies `soul.runtime.thread.Journal`. All methods may be called from any thread.

    A file is written by a thread of its own through a bounded queue: a slow disk delays a request by at most
    QUEUE_PATIENCE seconds a line; lines that found no room are counted and reported in the file.
    """

    def __init__(
        self,
        path: Path | None = None,
        terminal: TextIO | None = None,
        *,
        clock: Callable[[], datetime] = datetime.now,
        memory: int = MEMORY_LINES,
    ) -> None:
        """Open the journal; raises OSError when `path` cannot be written. `memory` lines are kept for `lines`."""
        self._clock = clock
        self._lines: deque[_Noted] = deque(maxlen=memory)
        self._remember = self._lines.append
        self._terminal = terminal
        self._file = _FileWriter(path) if path is not None else None
        self._elsewhere = path is not None or terminal is not None

    @property
    def lines(self) -> list[AuditLine]:
        """The last lines, oldest first."""
        return [_line(noted) for noted in list(self._lines)]

    def find(self, text: str) -> list[AuditLine]:
        """Return the remembered lines that contain `text`."""
        return [line for line in self.lines if text in line.text]

    def write(self, line_type: str, text: str, thread: Thread | None = None) -> None:
        """Write one line; control characters in `text` are escaped."""
        if len(text) > TEXT_LENGTH:
            text = printable(text)
        if thread is None:
            noted: _Noted = (self._clock(), line_type, None, "", text)
        else:
            noted = (self._clock(), line_type, thread.number, thread.userid, text)
        self._remember(noted)  # one step, whatever other threads do
        if self._elsewhere:
            self._write_elsewhere(noted)

    def _write_elsewhere(self, noted: _Noted) -> None:
        if self._file is not None:
            self._file.put(noted)
        if self._terminal is not None:
            self._show(_line(noted).render())

    def clear(self) -> None:
        """Forget the remembered lines; the file keeps them."""
        self._lines.clear()

    def close(self) -> None:
        """Write out what is waiting and close the file."""
        if self._file is not None:
            self._file.close()

    def _show(self, row: str) -> None:
        terminal = self._terminal
        if terminal is None:
            return
        try:
            terminal.write(row + "\n")
            terminal.flush()
        except UnicodeEncodeError:
            terminal.write(row.encode("ascii", "backslashreplace").decode() + "\n")
        except (OSError, ValueError):
            self._terminal = None  # the terminal went away; the file and memory remain


class _FileWriter:
    """Appends lines to a file on a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("a", encoding="utf-8", errors="backslashreplace")
        self._queue: queue.Queue[_Noted | None] = queue.Queue(QUEUE_LINES)
        self._lost = 0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit trail", daemon=True)
        self._thread.start()

    def put(self, noted: _Noted) -> None:
        if self._closed.is_set():
            return
        try:
            self._queue.put(noted, timeout=QUEUE_PATIENCE)
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        if self._closed.is_set():
            return
        self._closed.set()
        self._queue.put(None)
        self._thread.join()
        self._stream.close()

    def _run(self) -> None:
        while True:
            noted = self._queue.get()
            if noted is None:
                return
            rows = [_line(noted).render()]
            ended = False
            while not self._queue.empty() and len(rows) < 1000:
                more = self._queue.get()
                if more is None:
                    ended = True
                    break
                rows.append(_line(more).render())
            if self._lost:
                rows.append(f"{self._lost} audit trail lines were lost so far: the disk is too slow")
            self._write(rows)
            if ended:
                return

    def _write(self, rows: list[str]) -> None:
        try:
            self._stream.write("\n".join(rows) + "\n")
            self._stream.flush()
        except OSError as error:
            sys.stderr.write(f"the audit trail cannot be written: {error.strerror}\n")
