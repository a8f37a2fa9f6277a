"""One JANUS command on its way through its handler: who issued it, its words, and the Online's Janus layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from soul.janus.clauses import Cursor, nearest, refuse
from soul.janus.messages import JANUS_MESSAGES
from soul.janus.port import Port
from soul.janus.state import JanusState
from soul.janus.wildcards import Pattern
from soul.language.source import SourceLine
from soul.online.command import CommandError, Word
from soul.online.session import Session


@dataclass
class Invocation:
    """What a handler gets. `cursor` stands behind the subcommand."""

    session: Session
    state: JanusState
    cursor: Cursor
    at: SourceLine

    def say(self, number: str, **fields: object) -> None:
        """Issue a message of JANUS_MESSAGES to the user and the audit trail as its attributes say."""
        self.session.thread.message(JANUS_MESSAGES[number], **fields)

    def print(self, rows: Iterable[str]) -> None:
        """Show lines on the terminal."""
        for row in rows:
            self.session.thread.output.line(row)

    def pattern(self, operand: str = "port name", default: str | None = None) -> tuple[Word | None, str]:
        """Take a name or pattern; return the word (None for the default) and its text."""
        if default is not None and self.cursor.here is None:
            return None, default
        word = self.cursor.take(operand)
        if not word.text:
            raise refuse("MSIR.0660", word, keyword=operand, subcommand=self.cursor.subcommand)
        return word, word.text

    def ports(self, default: str | None = None) -> list[Port]:
        """Take a port name or pattern and return the ports it means, in order of definition.

        Refuses a name that is not defined, and a pattern that matches nothing; the default may match nothing.
        """
        word, text = self.pattern(default=default)
        found = self.state.matching(text)
        if not found and word is not None:
            raise self.no_port(word)
        return found

    def no_port(self, word: Word) -> CommandError:
        """Return the refusal of a name or pattern that means no port."""
        if Pattern(word.text).wildcards:
            return refuse("SOUL.2005", word, pattern=word.text)
        hint = nearest(word.text, [port.name for port in self.state.ports])
        return refuse("SOUL.2008", word, hint, what="Port", name=word.text.upper())

    def each(self, ports: Sequence[Port], act: Callable[[Port], None]) -> None:
        """Do something to every port. A refusal for one port does not keep the others from their turn."""
        refused: list[CommandError] = []
        for port in ports:
            try:
                act(port)
            except CommandError as error:
                refused.append(error)
        for earlier in refused[:-1]:
            self.session.problems.refuse(earlier, 0, self.at, secret=True)
        if refused:
            raise refused[-1]


def columns(rows: Sequence[Sequence[object]], right: Iterable[int] = ()) -> list[str]:
    """Return rows as aligned text, two blanks between columns; the columns in `right` are set to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in texts) for i in range(len(texts[0]))] if texts else []
    to_right = set(right)
    return [
        "  ".join(
            cell.rjust(width) if i in to_right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in texts
    ]
