"""JANUS DEFINE: from the operands of the command to a `PortDefinition`, or a refusal with its place.

    JANUS DEFINE portname portnum type maxcon [parameters]

Source: m204wiki, JANUS DEFINE, and the page of each parameter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from soul.janus.clauses import CONTINUE_HINT, Clauses, Cursor, nearest, number_of, read_clauses, refuse
from soul.janus.parameters import CLIENT_TYPES, PARAMETERS, Parameter, WithoutSsl
from soul.janus.port import PortDefinition, PortType
from soul.online.command import Word

NAME_LENGTH = 30
MOST_CONNECTIONS = 32767  # our choice
_NAME = re.compile(r"[A-Za-z0-9@#$._\-]+")  # our choice: what cannot be taken for a wildcard, quote or NAME=NUMBER


@dataclass(frozen=True)
class Note:
    """Something to say about a definition that was accepted: a message number of JANUS_MESSAGES and its fields."""

    number: str
    fields: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Defined:
    """An accepted definition and what to say about it."""

    definition: PortDefinition
    notes: tuple[Note, ...] = ()


def name_error(name: str) -> str:
    """Return what is wrong with a port or group name, '' when nothing is."""
    if not 1 <= len(name) <= NAME_LENGTH:
        return f"a name has 1 to {NAME_LENGTH} characters"
    return "" if _NAME.fullmatch(name) else "a name has letters, digits and @ # $ . _ - only"


def read_definition(cursor: Cursor, definer: str) -> Defined:
    """Read a definition from `cursor`, which stands after DEFINE. Raises CommandError; nothing is changed.

    `definer` is the userid that issued the command.
    """
    text = f"JANUS DEFINE {cursor.rest}"
    name = cursor.take("port name")
    if reason := name_error(name.text):
        raise refuse("SOUL.2006", name, what="Port", name=name.text, reason=reason)
    number = cursor.take("port number")
    type_word = cursor.take("port type")
    port_type = _port_type(type_word)
    port_number = _port_number(number, port_type)
    maximum = _maximum(cursor.take("maximum number of connections"))

    def accept(row: Parameter, word: Word) -> None:
        if port_type not in row.types:
            types = "valid for " + ", ".join(sorted(row.types))
            raise refuse("SOUL.2014", word, keyword=row.name, type=port_type, types=types)

    found = read_clauses(cursor, PARAMETERS, accept)
    _check_ssl(found, port_type)
    _check_anonymous(found, maximum)
    definition = PortDefinition(
        name=name.text.upper(),
        number=port_number,
        type=port_type,
        max_connections=maximum,
        values=found.values,
        definer=definer,
        text=text,
    )
    return Defined(definition, _notes(definition))


def _port_type(word: Word) -> PortType:
    try:
        return PortType(word.text.upper())
    except ValueError:
        hint = nearest(word.text, list(PortType)) or "port types: " + ", ".join(PortType)
        raise refuse("SOUL.2011", word, hint, value=word.text) from None


def _port_number(word: Word, port_type: PortType) -> int | None:
    """Return the port number; `*` is for ports that listen on nothing."""
    also = ", or * for a client port" if port_type in CLIENT_TYPES else ""
    if word.upper == "*" and port_type in CLIENT_TYPES:
        return None
    number = number_of(word)
    if number is None or not 1 <= number <= 65535 or not word.text.isdigit():
        raise refuse("SOUL.2010", word, value=word.text, also=also)
    return number


def _maximum(word: Word) -> int:
    number = number_of(word)
    if number is None or not 1 <= number <= MOST_CONNECTIONS or not word.text.isdigit():
        hint = CONTINUE_HINT if word.upper in PARAMETERS else ""
        raise refuse("SOUL.2012", word, hint, value=word.text, maximum=MOST_CONNECTIONS)
    return number


def _check_ssl(found: Clauses, port_type: PortType) -> None:
    """Refuse what makes no sense with or without the SSL parameter."""
    key = found.values.get("SSL")
    if key is None:
        for name, word in found.words.items():
            if PARAMETERS[name].ssl is WithoutSsl.REFUSED:
                raise refuse("SOUL.2020", word, keyword=name)
    elif key == ("", "") and port_type not in CLIENT_TYPES:
        reason = "a server port needs a key: SSL file procedure"
        raise refuse("SOUL.2017", found.words["SSL"], keyword="SSL", value="0", reason=reason)


def _check_anonymous(found: Clauses, maximum: int) -> None:
    value = found.values.get("ANONYMOUS")
    if isinstance(value, int) and value > maximum:
        word = found.words["ANONYMOUS"]
        raise refuse("SOUL.2015", word, keyword="ANONYMOUS", value=value, minimum=1, maximum=f"{maximum}, or *")


def _notes(definition: PortDefinition) -> tuple[Note, ...]:
    """Return what was accepted although it has no effect: said once, in the audit trail."""
    notes: list[Note] = []
    without_effect: dict[str, list[str]] = {}
    for name in definition.values:
        if reason := PARAMETERS[name].inert:
            without_effect.setdefault(reason, []).append(name)
    for reason, names in without_effect.items():
        notes.append(Note("SOUL.2041", {"port": definition.name, "names": ", ".join(names), "reason": reason}))
    if not definition.ssl:
        names = [name for name in definition.values if PARAMETERS[name].ssl is WithoutSsl.WARNED]
        if names:
            notes.append(Note("SOUL.2042", {"port": definition.name, "names": ", ".join(names)}))
    if definition.given("NEWSESOPEN") and not definition.given("NEWSESCMD"):
        reason = "without NEWSESCMD nothing is opened"
        notes.append(Note("SOUL.2041", {"port": definition.name, "names": "NEWSESOPEN", "reason": reason}))
    return tuple(notes)
