"""JANUS DOMAIN and JANUS NAMESERVER. Names are looked up by the system's resolver; the domain is appended first.

Source: m204wiki, JANUS DOMAIN; JANUS NAMESERVER. What an empty display says is our choice.
"""

from __future__ import annotations

import re

from soul.janus.addresses import AddressError, parse_address
from soul.janus.clauses import number_of, read_clauses, refuse
from soul.janus.commands.invocation import Invocation
from soul.janus.parameters import Form, Parameter, table

_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?)*")
_OPTIONS = table(
    Parameter("TIMEOUT", Form.NUMBER, minimum=1, maximum=32767),
    Parameter("CACHE", Form.NUMBER, maximum=32767),
    Parameter("MAXTTL", Form.NUMBER),
    Parameter("RETRIES", Form.NUMBER, maximum=32767),
)


def domain(command: Invocation) -> None:
    """JANUS DOMAIN [name]."""
    word = command.cursor.here
    if word is None:
        command.print([f"JANUS DOMAIN {command.state.domain}".rstrip()])
        return
    command.cursor.index += 1
    command.cursor.finish()
    if not _DOMAIN.fullmatch(word.text) or len(word.text) > 253:
        reason = "labels of letters, digits and hyphens, joined by dots"
        raise refuse("SOUL.2017", word, keyword="DOMAIN", value=word.text, reason=reason)
    command.state.domain = word.text


def name_server(command: Invocation) -> None:
    """JANUS NAMESERVER [ip [port] [AND ip [port]]... [TIMEOUT s] [CACHE n] [MAXTTL s] [RETRIES n]]."""
    cursor = command.cursor
    if cursor.here is None:
        command.print([f"JANUS NAMESERVER {command.state.name_server}".rstrip()])
        return
    text = cursor.rest
    while True:
        word = cursor.take("address of the name server")
        try:
            parse_address(word.text)
        except AddressError as error:
            raise refuse("SOUL.2017", word, keyword="NAMESERVER", value=word.text, reason=str(error)) from None
        port = cursor.here
        if port is not None and (number := number_of(port)) is not None:
            cursor.index += 1
            if not 1 <= number <= 65535:
                raise refuse("SOUL.2010", port, value=port.text, also="")
        if not cursor.take_if("AND"):
            break
    read_clauses(cursor, _OPTIONS)
    command.state.name_server = text
    command.say("SOUL.2070", text="JANUS NAMESERVER is recorded; names are looked up by the system's resolver")
