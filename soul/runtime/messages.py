"""Numbered messages: the form they share, and the ones of the language and the $functions.

Each layer keeps a table like `RUNTIME_MESSAGES` beside its code. Text is a `str.format` template. Source of
the attributes: m204wiki, MSGCTL command (CLASS, COUNT, TERM, AUDIT).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class MessageClass(Enum):
    """What a message is: hidden from the terminal by MSGCTL 4 (error), 2 (information), or a prompt."""

    ERROR = "E"
    INFORMATION = "I"
    PROMPT = "P"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the system.

    `number` is `M204.nnnn`, `MSIR.nnnn` or, where no number is documented, `SOUL.nnnn`. `counts` adds one to the
    error counter; `terminal` and `audit` say where it goes; `cancels` marks messages that end a request;
    `code` is its line type in the audit trail (ER, MS, AD ...), chosen from `kind` when empty.
    """

    number: str
    text: str
    kind: MessageClass = MessageClass.ERROR
    counts: bool = True
    terminal: bool = True
    audit: bool = True
    cancels: bool = False
    code: str = ""

    @property
    def line_type(self) -> str:
        """Return the audit-trail line type."""
        if self.code:
            return self.code
        return "ER" if self.kind is MessageClass.ERROR else "MS"


class MessageTable:
    """Messages by number; a number that is used twice is a programming error."""

    def __init__(self, *messages: Message) -> None:
        self._by_number: dict[str, Message] = {}
        for message in messages:
            if message.number in self._by_number:
                raise ValueError(f"message {message.number} defined twice")
            self._by_number[message.number] = message

    def __getitem__(self, number: str) -> Message:
        return self._by_number[number]

    def __iter__(self) -> Iterator[Message]:
        return iter(self._by_number.values())

    def __contains__(self, number: object) -> bool:
        return number in self._by_number


RUNTIME_MESSAGES = MessageTable(
    Message("M204.0552", "VARIABLE TOO SMALL FOR RESULT", cancels=True),
    Message("M204.0554", "SUBSCRIPT OUT OF RANGE: {detail}", cancels=True),
    # m204wiki, M204.2966 and M204.2967: information, shown after an error; one in a file, one of what was typed or run.
    Message("M204.2966", "{what} line {line}, procedure {procedure}{file}", MessageClass.INFORMATION, counts=False),
    Message("M204.2967", "{what} line {line} of {text}", MessageClass.INFORMATION, counts=False),
    Message("M204.2985", "INVALID NUMERIC CONVERSION", cancels=True),
    Message("MSIR.0494", "Assertion failure in {procedure} line {line}{info}", cancels=True),
    Message(
        "MSIR.0751",
        "Class {class_name}, function {function}: {exception} exception{detail}",
        cancels=True,
    ),
    Message("SOUL.0002", "{text}", cancels=True),
    Message("SOUL.0004", "VALUE OF {length} CHARACTERS DOES NOT FIT INTO STRING LEN {limit}", cancels=True),
    Message("SOUL.0005", "NUMERIC OVERFLOW: THE RESULT IS 0"),
    Message("SOUL.0006", "DIVISION BY ZERO: THE RESULT IS 0"),
    Message("SOUL.0007", "REFERENCE TO NULL OBJECT: {member}", cancels=True),
    Message("SOUL.0008", "TOO MANY NESTED CALLS: MORE THAN {limit}", cancels=True),
    Message("SOUL.0009", "NOT ENOUGH MEMORY", cancels=True),
    Message("SOUL.0010", "REQUEST STOPPED: {reason}", counts=False),
    Message("SOUL.0011", "UNCAUGHT EXCEPTION {exception}{detail}", cancels=True),
    Message("SOUL.0012", "JUMP TO A LABEL IN A PART OF THE REQUEST BEFORE MORE", cancels=True),
    Message("M204.1696", "IMAGE {image} IS NOT ACTIVE: PREPARE OR IDENTIFY IT FIRST", cancels=True),
    Message("SOUL.0013", "{value} DOES NOT FIT INTO IMAGE ITEM {item}", cancels=True),
    Message("SOUL.0015", "DATA SET {name}: {reason}"),
    # m204wiki, UTABLE command (MAXHDR, MAXTRL); the number is not documented.
    Message("SOUL.0016", "MORE {what} LINES THAN {limit} ALLOWS", cancels=True),
    Message("SOUL.0014", "IMAGE {image} IS LONGER THAN {limit} BYTES", cancels=True),
    Message("SOUL.0999", "INTERNAL ERROR ({detail}): PLEASE REPORT IT WITH THE PROCEDURE", cancels=True),
)

PLACED = frozenset(("MSIR.0494",))  # messages that name procedure and line themselves


def places(found: Iterable[tuple[str, int]]) -> Iterator[tuple[Message, dict[str, object]]]:
    """Give M204.2966 or M204.2967 with its fields for each procedure and line, that of the error first.

    A procedure is called FILE(NAME), a temporary one (0); anything else is a text that was typed or run.
    """
    what = "Error at"
    for title, line in found:
        file, bracket, name = title.partition("(")
        if bracket and name.endswith(")"):
            fields = {"procedure": name[:-1], "file": f" in file {file}" if file else ""}
            yield RUNTIME_MESSAGES["M204.2966"], {"what": what, "line": line, **fields}
        else:
            yield RUNTIME_MESSAGES["M204.2967"], {"what": what, "line": line, "text": title}
        what = "Call returns to"
