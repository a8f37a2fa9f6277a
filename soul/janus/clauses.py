"""Keyword clauses of JANUS commands: words in, checked values out, guided by a table of parameters.

JANUS DEFINE, the ON rule and the other rules share this reader. Every refusal names the place in the command.

Source: m204wiki, JANUS DEFINE; JANUS WEB ON; MSIR.0660.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from soul.janus.addresses import AddressError, Network, parse_address
from soul.janus.messages import JANUS_MESSAGES
from soul.janus.parameters import PARAMETERS, Form, Parameter
from soul.janus.port import OpenClause
from soul.language.nearest import nearest_names
from soul.online.command import CommandError, Word, words
from soul.online.names import file_name_error, procedure_name_error

LONGEST_COMMANDS = 255  # CMD and NEWSESCMD, one byte added for each command
DEFAULT_PRIVILEGES = 0x0221
CONTINUE_HINT = "a command goes on in the next line when its line ends in a hyphen (-)"
_DIGITS = re.compile(r"[0-9]+")
_HEX = re.compile(r"[Xx]'([0-9A-Fa-f]+)'")
_HEX_STRING = re.compile(r"(?:[0-9A-Fa-f]{2})+")


def refuse(number: str, at: Word | int | None, hint: str = "", /, **fields: object) -> CommandError:
    """Return the refusal `number`, pointing at a word or an offset, None for the command itself."""
    offset = at.offset if isinstance(at, Word) else at
    return CommandError(JANUS_MESSAGES[number], offset=offset, hint=hint, **fields)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a did-you-mean hint, '' when nothing is near."""
    close = nearest_names(word, known, cutoff=0.7)
    return f"did you mean {close[0]}?" if close else ""


@dataclass
class Cursor:
    """The words of a command, read from left to right. `operands` is the text that the offsets count in."""

    operands: str
    words: Sequence[Word]
    subcommand: str
    index: int = 0

    @classmethod
    def over(cls, operands: str, subcommand: str, delimiters: str = " ") -> Cursor:
        """Return a cursor before the first word of `operands`. Raises CommandError for a quote that is not closed."""
        return cls(operands, words(operands, delimiters), subcommand)

    @property
    def end(self) -> int:
        """The offset where the operands end."""
        return len(self.operands.rstrip())

    @property
    def rest(self) -> str:
        """The text from the next word to the end, as entered."""
        return self.operands[self.place :].strip()

    @property
    def here(self) -> Word | None:
        """The next word, None at the end."""
        return self.words[self.index] if self.index < len(self.words) else None

    @property
    def place(self) -> int:
        """The offset of the next word, or of the end."""
        word = self.here
        return self.end if word is None else word.offset

    def take(self, operand: str) -> Word:
        """Return the next word, or refuse because `operand` is missing."""
        word = self.here
        if word is None:
            raise refuse("SOUL.2003", self.end, operand=f"The {operand} of JANUS {self.subcommand}".rstrip())
        self.index += 1
        return word

    def take_if(self, *keywords: str) -> Word | None:
        """Return the next word when it is one of `keywords`."""
        word = self.here
        if word is not None and word.upper in keywords:
            self.index += 1
            return word
        return None

    def finish(self) -> None:
        """Refuse words that are left over."""
        if (word := self.here) is not None:
            raise refuse("SOUL.2004", word, word=word.text)


@dataclass
class Clauses:
    """What the keyword clauses of one command said: values by parameter name, and where each word stood."""

    values: dict[str, object] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)


def read_clauses(
    cursor: Cursor, table: Mapping[str, Parameter], accept: Callable[[Parameter, Word], None] | None = None
) -> Clauses:
    """Read keyword clauses up to the end of the command.

    `accept` may refuse a parameter before its operand is read (port types). Raises CommandError.
    """
    found = Clauses()
    groups: dict[str, str] = {}
    while (word := cursor.here) is not None:
        row = table.get(word.upper)
        if row is None:
            raise refuse("SOUL.2013", word, nearest(word.text, table), word=word.text, subcommand=cursor.subcommand)
        cursor.index += 1
        if row.name in found.values:
            raise refuse("SOUL.2018", word, keyword=row.name)
        if row.excludes and row.excludes in groups:
            raise refuse("SOUL.2019", word, keyword=row.name, other=groups[row.excludes])
        groups[row.excludes] = row.name
        if accept is not None:
            accept(row, word)
        found.values[row.name] = read_operand(cursor, row, word, table)
        found.words[row.name] = word
    return found


def read_operand(cursor: Cursor, row: Parameter, keyword: Word, table: Mapping[str, Parameter]) -> object:
    """Read the operand that follows `keyword` as its form asks."""
    operand = cursor.here
    missing = operand is None or operand.upper in table
    if row.form in (Form.OPTIONAL_TEXT, Form.OPTIONAL_NUMBER) and missing:
        return "" if row.form is Form.OPTIONAL_TEXT else 1
    if row.form is not Form.FLAG:
        # A keyword in the operand's place means that the operand was forgotten (our choice); quotes make it a value.
        if missing:
            raise refuse("SOUL.2016", cursor.place, keyword=row.name, form=row.form.value)
        if operand is not None and operand.quoted and operand.text == "" and not row.null_allowed:
            raise refuse("MSIR.0660", operand, keyword=row.name, subcommand=cursor.subcommand)
    return _READERS[row.form](cursor, row)


def number_of(word: Word) -> int | None:
    """Return a decimal number or X'nn', None for anything else."""
    if _DIGITS.fullmatch(word.text) and len(word.text) < 20:
        return int(word.text)
    match = None if word.quoted else _HEX.fullmatch(word.text)
    return int(match[1], 16) if match and len(match[1]) < 17 else None


def _flag(_cursor: Cursor, _row: Parameter) -> object:
    return True


def _number(cursor: Cursor, row: Parameter) -> object:
    word = cursor.take(f"operand of {row.name}")
    value = number_of(word)
    if value is None or (row.form is not Form.MASK and not _DIGITS.fullmatch(word.text)):
        raise refuse("SOUL.2016", word, keyword=row.name, form=row.form.value)
    if not row.minimum <= value <= row.maximum:
        low, high = (f"X'{v:02X}'" if row.form is Form.MASK else str(v) for v in (row.minimum, row.maximum))
        raise refuse("SOUL.2015", word, keyword=row.name, value=word.text, minimum=low, maximum=high)
    return value


def _number_or_all(cursor: Cursor, row: Parameter) -> object:
    return "*" if cursor.take_if("*") else _number(cursor, row)


def _word(cursor: Cursor, row: Parameter) -> object:
    return cursor.take(f"operand of {row.name}").text.upper()


def _text(cursor: Cursor, row: Parameter) -> object:
    return cursor.take(f"operand of {row.name}").text


def _choice(cursor: Cursor, row: Parameter) -> object:
    word = cursor.take(f"operand of {row.name}")
    if word.text.upper() not in row.choices:
        reason = f"one of {', '.join(row.choices)}"
        raise refuse("SOUL.2017", word, keyword=row.name, value=word.text, reason=reason)
    return word.text.upper()


def _commands(cursor: Cursor, row: Parameter) -> object:
    keyword = cursor.words[cursor.index - 1]
    commands: list[str] = []
    while True:
        word = cursor.take(f"command of {row.name}")
        if word.upper == "AND":
            raise refuse("SOUL.2022", word, keyword=row.name)
        if word.quoted and not word.text.strip():
            raise refuse("MSIR.0660", word, keyword=row.name, subcommand=cursor.subcommand)
        commands.append(word.text)
        if not cursor.take_if("AND"):
            break
    length = sum(len(command) + 1 for command in commands)
    if length > LONGEST_COMMANDS:
        raise refuse("SOUL.2021", keyword, keyword=row.name, length=length)
    return tuple(commands)


def _opens(cursor: Cursor, row: Parameter) -> object:
    members: list[OpenClause] = []
    while True:
        kind = cursor.take_if("FILE", "GROUP")
        word = cursor.take(f"file or group of {row.name}")
        if word.upper == "AND":
            raise refuse("SOUL.2022", word, keyword=row.name)
        name = word.text.upper()
        if reason := file_name_error(name):
            raise refuse("SOUL.2017", word, keyword=row.name, value=word.text, reason=reason)
        members.append(OpenClause(name, kind.upper if kind else "", _privileges(cursor, row)))
        if not cursor.take_if("AND"):
            return tuple(members)


def _privileges(cursor: Cursor, row: Parameter) -> int:
    """Read `[WITH] privileges`; without WITH only a number is taken for privileges."""
    with_word = cursor.take_if("WITH")
    word = cursor.here
    value = None if word is None else number_of(word)
    if value is None:
        if with_word is not None:
            raise refuse("SOUL.2016", cursor.place, keyword=f"WITH in {row.name}", form="file privileges, X'nnnn'")
        return DEFAULT_PRIVILEGES
    if value > 0xFFFF:
        raise refuse("SOUL.2015", word, keyword=row.name, value=value, minimum="X'0000'", maximum="X'FFFF'")
    cursor.index += 1
    return value


def _key(cursor: Cursor, row: Parameter) -> object:
    file = cursor.take("file of SSL")
    if file.text == "0":
        return ("", "")
    if reason := file_name_error(file.text.upper()):
        raise refuse("SOUL.2017", file, keyword=row.name, value=file.text, reason=reason)
    if cursor.here is None or cursor.here.upper in PARAMETERS:
        raise refuse("SOUL.2016", cursor.place, keyword=row.name, form=row.form.value)
    procedure = cursor.take("procedure of SSL")
    if reason := procedure_name_error(procedure.text):
        raise refuse("SOUL.2017", procedure, keyword=row.name, value=procedure.text, reason=reason)
    return (file.text.upper(), procedure.text)


def _remote(cursor: Cursor, row: Parameter) -> object:
    host = cursor.take("host of REMOTE")
    if cursor.here is None or cursor.here.upper in PARAMETERS:
        raise refuse("SOUL.2016", cursor.place, keyword=row.name, form=row.form.value)
    word = cursor.take("port number of REMOTE")
    if word.upper == "*":
        return (host.text, None)
    number = number_of(word)
    if number is None or not 1 <= number <= 65535:
        raise refuse("SOUL.2015", word, keyword=row.name, value=word.text, minimum=1, maximum="65535, or *")
    return (host.text, number)


def _hex(cursor: Cursor, row: Parameter) -> object:
    word = cursor.take(f"operand of {row.name}")
    value = word.text.upper()
    if value != "NONE" and not _HEX_STRING.fullmatch(value):
        reason = "pairs of hexadecimal digits, or NONE"
        raise refuse("SOUL.2017", word, keyword=row.name, value=word.text, reason=reason)
    return value


def _separators(cursor: Cursor, row: Parameter) -> object:
    word = cursor.take(f"operand of {row.name}")
    value = word.text.upper()
    if value != "NONE" and (reason := separators_error(value)):
        raise refuse("SOUL.2017", word, keyword=row.name, value=word.text, reason=reason)
    return value


def separators_error(value: str) -> str:
    """Return what is wrong with a PRSTOK list in upper case, '' when nothing is.

    Source: m204wiki, PRSTOK (JANUS DEFINE parameter).
    """
    ambiguous = value.startswith("AMBIG|")
    tokens = value.removeprefix("AMBIG|").split("|")
    for token in tokens:
        if not _HEX_STRING.fullmatch(token):
            return f"'{token}' is not a string of hexadecimal byte values"
    prefix = next((f"{a} begins {b}" for a in tokens for b in tokens if a is not b and b.startswith(a)), "")
    if prefix and not ambiguous:
        return f"{prefix}: the list must start with AMBIG|"
    if ambiguous and not prefix:
        return "with AMBIG| one separator must begin another"
    return ""


def _address(cursor: Cursor, row: Parameter) -> object:
    word = cursor.take(f"operand of {row.name}")
    try:
        return str(parse_address(word.text))
    except AddressError as error:
        raise refuse("SOUL.2017", word, keyword=row.name, value=word.text, reason=str(error)) from None


def _network(cursor: Cursor, row: Parameter) -> object:
    word = cursor.take(f"operand of {row.name}")
    try:
        return Network.parse(word.text)
    except AddressError as error:
        raise refuse("SOUL.2017", word, keyword=row.name, value=word.text, reason=str(error)) from None


_READERS: Mapping[Form, Callable[[Cursor, Parameter], object]] = {
    Form.FLAG: _flag,
    Form.NUMBER: _number,
    Form.MASK: _number,
    Form.WORD: _word,
    Form.TEXT: _text,
    Form.OPTIONAL_TEXT: _text,
    Form.OPTIONAL_NUMBER: _number,
    Form.NUMBER_OR_ALL: _number_or_all,
    Form.CHOICE: _choice,
    Form.COMMANDS: _commands,
    Form.OPENS: _opens,
    Form.KEY: _key,
    Form.REMOTE: _remote,
    Form.HEX: _hex,
    Form.SEPARATORS: _separators,
    Form.ADDRESS: _address,
    Form.NETWORK: _network,
    Form.USER_PATTERN: _text,
}
