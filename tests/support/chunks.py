"""SOUL test files: source and expectation in one text, several chunks in a file.

    * What the file is about: lines before the first chunk are prose.

    --- title of a chunk: the statements of one request, without Begin and End
    Print 1 + 2
    prnt 'a'          ### SOUL.1001 did you mean Print?
    ==>
    3

    >>> title of a chunk: lines typed at the command level
    FOO
    ==>
    *** 1 M204.1030: INVALID MODEL 204 COMMAND

    <<< MYPROC/HELLO.soul
    Print 'HELLO'

`###` marks a line that must fail: the number of the message that names this line, and words the message or its hint
holds. Every message that names a line of the chunk must be marked; the rest of what a terminal shows must be what stands
behind `==>`, with lines of the audit trail as `audit> text` when there is one such line. `<<<` is a file in the directory of
the Online, for the chunks that follow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from soul.assembly import build
from soul.online.command import ALL_PRIVILEGES

_HEAD = re.compile(r"(---|>>>|<<<) (.+)")
_MARK = re.compile(r"\s*### (?P<number>[A-Z0-9]+\.\d{4})(?: (?P<words>.*))?$")
_PLACE = re.compile(r"CHUNK line (\d+)")
_MESSAGE = re.compile(r"\*\*\* .*?\b([A-Z0-9]+\.\d{4}): ")
_OWN = frozenset({"US", "AD"})  # what Audit and Trace write
ARROW = "==>"
NOON = datetime(2026, 11, 25, 12, 0)


@dataclass(frozen=True)
class Chunk:
    """One program and what it must show. `marks` are (line, number, words), lines counted from 1 in `source`."""

    file: str
    line: int
    title: str
    source: tuple[str, ...]
    expected: tuple[str, ...]
    marks: tuple[tuple[int, str, str], ...]
    is_request: bool
    files: tuple[tuple[str, str], ...]

    @property
    def numbers(self) -> set[str]:
        """The messages that the chunk shows."""
        shown = {match[1] for row in self.expected if (match := _MESSAGE.match(row))}
        return shown | {number for _, number, _ in self.marks}

    @property
    def text(self) -> str:
        """What is typed."""
        lines = ["Begin", *self.source, "End"] if self.is_request else self.source
        return "\n".join(lines)


@dataclass
class Screen:
    """Takes what a terminal shows: lines, and messages with the rows that tell their place."""

    rows: list[tuple[str, list[str]]] = field(default_factory=list)

    def line(self, text: str) -> None:
        self.rows.append((text, []))

    def message(self, text: str) -> None:
        messages = [rest for row, rest in self.rows if row.startswith("***")]
        if text.startswith("***") or not messages:
            self.rows.append((text, []))
        else:
            messages[-1].append(text)


@dataclass(frozen=True)
class Shown:
    """What a chunk showed: the rows without located messages, and those as (line, number, text)."""

    rows: list[str]
    located: list[tuple[int, str, str]]


def read(path: Path) -> list[Chunk]:
    """Return the chunks of a file. Raises ValueError for a file that is not of this form."""
    rows = path.read_text("utf-8").split("\n")
    heads = [(index, match) for index, row in enumerate(rows) if (match := _HEAD.fullmatch(row))]
    if not heads or any(row and not row.startswith("*") for row in rows[: heads[0][0]]):
        raise ValueError(f"{path}: prose begins with * and a chunk with ---, >>> or <<<")
    found: list[Chunk] = []
    files: dict[str, str] = {}
    for (index, match), following in zip(heads, [*[i for i, _ in heads[1:]], len(rows)], strict=True):
        body = _trimmed(rows[index + 1 : following])
        if match[1] == "<<<":
            files[match[2]] = "\n".join(body) + "\n"
        else:
            found.append(_chunk(path.stem, index + 1, match, body, tuple(files.items())))
    return found


def _trimmed(rows: list[str]) -> list[str]:
    while rows and not rows[-1]:
        rows = rows[:-1]
    return rows


def _chunk(file: str, line: int, head: re.Match[str], body: list[str], files: tuple[tuple[str, str], ...]) -> Chunk:
    arrow = body.index(ARROW) if ARROW in body else len(body)
    source, marks = [], []
    for number, row in enumerate(_trimmed(body[:arrow]), 1):
        mark = _MARK.search(row)
        if mark is not None:
            marks.append((number, mark["number"], mark["words"] or ""))
        source.append(row[: mark.start()] if mark is not None else row)
    expected = tuple(body[arrow + 1 :])
    return Chunk(file, line, head[2], tuple(source), expected, tuple(marks), head[1] == "---", files)


def play(chunk: Chunk, directory: Path) -> Shown:
    """Run a chunk in an Online of its own, in `directory`."""
    for name, text in chunk.files:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    online = build(directory if chunk.files else None, clock=lambda: NOON)
    screen = Screen()
    thread = online.new_thread(screen)
    try:
        online.session(thread, ALL_PRIVILEGES).run(chunk.text, title="CHUNK")
        audited = [f"audit> {each.text}" for each in online.audit.lines if each.line_type in _OWN]
    finally:
        thread.finish_login()
        online.release(thread)
        online.close()
    shown = Shown([], list(_located(screen, offset=1 if chunk.is_request else 0)))
    shown.rows.extend(row for row, rest in screen.rows if _line_of(rest) is None)
    if any(row.startswith("audit> ") for row in chunk.expected):
        shown.rows.extend(audited)
    return shown


def _line_of(rest: list[str]) -> int | None:
    match = _PLACE.match(rest[0]) if rest else None
    return int(match[1]) if match is not None else None


def _located(screen: Screen, offset: int) -> Iterator[tuple[int, str, str]]:
    for row, rest in screen.rows:
        line, message = _line_of(rest), _MESSAGE.match(row)
        if line is not None and message is not None:
            yield line - offset, message[1], "\n".join([row, *rest])
