"""OPEN, OPENC, CLOSE.

Source: m204wiki, OPEN command; CLOSE command; Terminal session.
"""

from __future__ import annotations

from dataclasses import dataclass

from soul.language.source import SourceLine
from soul.online.command import CommandError, CommandTable, Word, words
from soul.online.feed import Feed
from soul.online.messages import ONLINE_MESSAGES
from soul.online.open_files import OpenFile
from soul.online.problem import ProblemKind
from soul.online.session import Session


def register(table: CommandTable) -> None:
    """Add the commands of this family."""
    table.add("OPEN", open_file)
    table.add("OPENC", open_file)
    table.add("CLOSE", close_file)


def _named(given: list[Word]) -> tuple[str, Word | None, list[Word]]:
    """Return kind, name and the rest of `[FILE | [PERM|TEMP] GROUP] name ...`."""
    rest = list(given)
    kind = ""
    if rest and rest[0].upper in {"PERM", "TEMP"}:
        rest.pop(0)
        kind = "GROUP"
    if len(rest) > 1 and rest[0].upper in {"FILE", "GROUP"}:
        kind = rest.pop(0).upper
    return kind, (rest[0] if rest else None), rest[1:]


@dataclass
class FilePasswordMode:
    """Waits for the line that is the password of a private or semi-public file."""

    session: Session
    name: str
    kind: str
    at: SourceLine

    @property
    def expected(self) -> str:
        """What would end the mode."""
        return "THE FILE'S PASSWORD"

    @property
    def whole_lines(self) -> bool:
        """Whether a semicolon is text."""
        return True

    def take(self, line: SourceLine, feed: Feed) -> None:
        """Open the file with the password; a comment line serves as an empty answer."""
        self.session.mode = None
        self._open(line.text.strip())

    def input_ended(self) -> None:
        """Open as with an empty answer."""
        self._open("")

    def _open(self, password: str) -> None:
        session = self.session
        try:
            opened = session.open(self.name, self.kind, password=password, default=True, trusted=False)
        except CommandError as error:
            session.problems.report(error.message, ProblemKind.COMMAND, self.at, name=self.name)
            return
        say_opened(session, opened)


def say_opened(session: Session, opened: OpenFile) -> None:
    """Issue the message of a successful OPEN."""
    session.thread.first_error = session.thread.last_error = ""
    if opened.kind == "GROUP":
        session.inform("SOUL.0212", name=opened.name)
    else:
        session.inform("M204.0620", name=opened.name, clause="")


def open_file(session: Session, operands: str, at: SourceLine) -> None:
    """`OPEN [FILE | [PERM|TEMP] GROUP] name`: opens it and makes it the default."""
    given = words(operands)
    kind, name, rest = _named(given)
    if name is None or rest:
        raise CommandError(
            ONLINE_MESSAGES["M204.0946"],
            offset=rest[0].offset if rest else None,
            detail="",
            hint="OPEN takes one file or group name",
        )
    if session.files.needs_password(name.text) and session.online.file_exists(name.text.upper()):
        session.mode = FilePasswordMode(session, name.text.upper(), kind, at)
        session.inform("M204.0347")
        return
    try:
        opened = session.open(name.text, kind, default=True, trusted=False)
    except CommandError as error:
        error.offset = name.offset
        raise
    say_opened(session, opened)


def close_file(session: Session, operands: str, at: SourceLine) -> None:
    """`CLOSE [ALL | [FILE | [PERM|TEMP] GROUP] name]`: without operands the default file or group."""
    given = words(operands)
    if given and given[0].upper == "ALL" and len(given) == 1:
        for closed in session.files.close_all():
            session.inform("SOUL.0203", name=closed.name)
        return
    kind, name, rest = _named(given)
    if rest:
        raise CommandError(ONLINE_MESSAGES["M204.0946"], offset=rest[0].offset, detail="")
    if name is None:
        default = session.files.default
        if default is None:
            raise CommandError(ONLINE_MESSAGES["SOUL.0202"])
        closed = session.files.close(default.name)
    else:
        closed = session.files.close(name.text, kind)
    session.inform("SOUL.0203", name=closed.name)
