"""Commands of the command level: the table, and how a handler reads its operands and refuses.

A handler is `handler(session, operands, at) -> None`. `operands` is the rest of the logical line after the command's
name; `at` is the whole logical line. It refuses by raising `CommandError`.

Source: m204wiki, Overview of Model 204 commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING

from soul.language.excerpt import shortened
from soul.language.nearest import nearest_names
from soul.language.source import SourceLine
from soul.runtime.messages import Message

if TYPE_CHECKING:
    from soul.online.session import Session

Handler = Callable[["Session", str, SourceLine], None]


PLAIN_LENGTH = 80
PLAIN_LINES = 1000
# No dummy string, no LINEND character, no line end; and no IN clause at the front.
_PLAIN_END = re.compile(r"(?!IN\s)[^?;\r\n]*\Z", re.IGNORECASE)


class Privilege(IntFlag):
    """User privileges, as in the password table (m204wiki, LOGCTL command: the privilege byte)."""

    NONE = 0
    OVERRIDE_RECORD_SECURITY = 0x04
    SYSTEM_MANAGER = 0x08
    CHANGE_LOGIN_PASSWORD = 0x10
    CHANGE_FILE_PASSWORD = 0x20
    SYSTEM_ADMINISTRATOR = 0x40
    SUPERUSER = 0x80

    @property
    def title(self) -> str:
        """The privilege in words, for messages and settings."""
        return (self.name or "NO").replace("_", " ")


ALL_PRIVILEGES = (
    Privilege.OVERRIDE_RECORD_SECURITY
    | Privilege.SYSTEM_MANAGER
    | Privilege.CHANGE_LOGIN_PASSWORD
    | Privilege.CHANGE_FILE_PASSWORD
    | Privilege.SYSTEM_ADMINISTRATOR
    | Privilege.SUPERUSER
)


class CommandError(Exception):
    """A command is refused: nothing has changed. `message` and `fields` say why.

    `offset` is the place in the operands (from 0) that the message speaks about, None for the command itself;
    `hint` is a further line for people.
    """

    def __init__(self, message: Message, *, offset: int | None = None, hint: str = "", **fields: object) -> None:
        self.message = message
        self.offset = offset
        self.hint = shortened(hint)
        self.text = shortened(message.text.format(**fields) if fields else message.text)
        super().__init__(f"{message.number}: {self.text}")


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table. `privilege` is needed to issue it; `in_procedure` is False for terminal-only commands."""

    name: str
    handler: Handler
    abbreviations: tuple[str, ...] = ()
    privilege: Privilege = Privilege.NONE
    in_procedure: bool = True
    redact: Callable[[str], str] | None = None  # makes a line fit for logs when it may hold a secret
    wildcards: bool = False  # `??` in its lines is two wildcards (JANUS DRAIN HOMER??), no dummy string

    def shown(self, line: str) -> str:
        """Return a line of the command as logs may have it."""
        return line if self.redact is None else self.redact(line)


# First words of statements that are no commands.
_STATEMENTS = frozenset(
    [
        "ASSERT",
        "AUDIT",
        "AUDITTEXT",
        "BLOCK",
        "CALL",
        "CATCH",
        "CLASS",
        "DECLARE",
        "ELSE",
        "ELSEIF",
        "FD",
        "FIND",
        "FOR",
        "HTML",
        "IMAGE",
        "JUMP",
        "LOCAL",
        "LOOP",
        "ON",
        "PAUSE",
        "PREPARE",
        "PRINT",
        "PRINTTEXT",
        "REPEAT",
        "RETURN",
        "SETTEXT",
        "SKIP",
        "STORE",
        "SUBROUTINE",
        "TEXT",
        "TRACE",
        "TRY",
        "VARIABLES",
    ]
)


class CommandTable:
    """The commands by name. Names may have several words (`NEW PAGE`); the longest match wins."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}
        self._names: dict[str, str] = {}  # every spelling -> name
        self._longest: dict[str, int] = {}  # first word -> most words of a spelling that begins with it
        self._plain: dict[str, tuple[Command, str]] = {}  # see `plain`
        self._explanations: list[Callable[[str], str]] = []

    def add(
        self,
        name: str,
        handler: Handler,
        *,
        abbreviation: str | Sequence[str] = (),
        privilege: Privilege = Privilege.NONE,
        in_procedure: bool = True,
        redact: Callable[[str], str] | None = None,
        wildcards: bool = False,
    ) -> None:
        """Make a command known, or replace the handler of a known one (a family that loads on first use)."""
        spellings = (abbreviation,) if isinstance(abbreviation, str) else tuple(abbreviation)
        spellings = tuple(spelling for spelling in spellings if spelling)
        for spelling in (name, *spellings):
            owner = self._names.setdefault(spelling.upper(), name.upper())
            first, *others = spelling.upper().split()
            self._longest[first] = max(self._longest.get(first, 0), 1 + len(others))
            if owner != name.upper():
                raise ValueError(f"{spelling} stands for {owner} already")
        self._commands[name.upper()] = Command(
            name.upper(), handler, spellings, privilege, in_procedure, redact, wildcards
        )
        self._plain.clear()

    def match(self, text: str) -> tuple[Command, int] | None:
        """Return the command that `text` begins with, and where its operands begin; None when there is none."""
        words = text.upper().split(None, 3)
        for count in range(min(self._longest.get(words[0], 0), len(words)) if words else 0, 0, -1):
            name = self._names.get(words[0] if count == 1 else " ".join(words[:count]))
            if name is not None:
                rest = text.split(None, count)[count:]
                return self._commands[name], len(text) - len(rest[0]) if rest else len(text)
        return None

    def plain(self, text: str) -> tuple[Command, str] | None:
        """Return command and operands of a line in which nothing else has a meaning; None for all other lines.

        Such a line is no comment, has no IN clause, dummy strings or line ends, is not continued and hides nothing in
        the audit trail. Short ones are remembered: procedures and rules say the same again and again.
        """
        known = self._plain.get(text)
        if known is not None:
            return known
        if len(text) > PLAIN_LENGTH or not text[:1].isalpha() or text[-1] in "- \t" or not _PLAIN_END.match(text):
            return None
        found = self.match(text)
        if found is None or found[0].redact is not None:
            return None
        if len(self._plain) >= PLAIN_LINES:
            self._plain.clear()
        known = self._plain[text] = (found[0], text[found[1] :])
        return known

    def explain_unknown(self, explanation: Callable[[str], str]) -> None:
        """Let a higher layer say what a word is that is no command: it returns a hint, or '' when it does not know."""
        self._explanations.append(explanation)

    def hint(self, word: str) -> str:
        """Return a line that helps with an unknown command, '' when there is none."""
        if word.startswith(("%", "$")) or word.upper() in _STATEMENTS:
            return "this is a statement: statements stand between Begin and End"
        explained = next((hint for explain in self._explanations if (hint := explain(word))), "")
        near = "" if explained else self.suggest(word)
        return explained or (f"did you mean {near}?" if near else "")

    def suggest(self, word: str) -> str:
        """Return the known command most like `word`, '' when none is near."""
        near = nearest_names(word, self._commands, cutoff=0.7)
        return near[0] if near else ""

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())


@dataclass(frozen=True, slots=True)
class Word:
    """One operand: its text without quotes, whether it was quoted, and its offset in the operands."""

    text: str
    quoted: bool
    offset: int

    @property
    def upper(self) -> str:
        """The text for comparison with a keyword: upper case, and never a keyword when quoted."""
        return "" if self.quoted else self.text.upper()


_QUOTED = re.compile(r"'((?:[^']|'')*)'")


def words(operands: str, delimiters: str = " ,") -> list[Word]:
    """Split operands at blanks and the given delimiter characters; quotes keep a value together.

    A quote inside quotes is written twice. Raises CommandError for a quote that is not closed.
    """
    found: list[Word] = []
    index = 0
    while index < len(operands):
        character = operands[index]
        if character in delimiters or character.isspace():
            index += 1
            continue
        if character == "'":
            match = _QUOTED.match(operands, index)
            if match is None:
                from soul.online.messages import ONLINE_MESSAGES

                raise CommandError(ONLINE_MESSAGES["SOUL.0208"], offset=index, detail="A QUOTE IS NOT CLOSED")
            found.append(Word(match[1].replace("''", "'"), True, index))
            index = match.end()
            continue
        end = index
        while end < len(operands) and operands[end] not in delimiters and not operands[end].isspace():
            end += 1
        found.append(Word(operands[index:end], False, index))
        index = end
    return found
