"""JANUS TRACE and DISPLAYTRACE. Source: m204wiki, JANUS TRACE. The layout of the display is our choice."""

from __future__ import annotations

from soul.janus.addresses import AddressError, Network
from soul.janus.clauses import Cursor, number_of, refuse
from soul.janus.commands.invocation import Invocation, columns
from soul.janus.parameters import default_of
from soul.janus.trace import PortTrace

_HIGHEST = 255


def trace(command: Invocation) -> None:
    """JANUS TRACE portname [ipaddr | ipsubnet] value | OFF."""
    ports = command.ports()
    cursor = command.cursor
    network = _network(cursor) if len(cursor.words) - cursor.index > 1 else None
    value = None if cursor.take_if("OFF") else _value(cursor)
    cursor.finish()
    for port in ports:
        command.state.traces.setdefault(port.name, PortTrace()).set(network, value)


def _network(cursor: Cursor) -> Network:
    word = cursor.take("address")
    try:
        return Network.parse(word.text, strict=True)
    except AddressError as error:
        raise refuse("SOUL.2017", word, keyword="TRACE", value=word.text, reason=str(error)) from None


def _value(cursor: Cursor) -> int:
    word = cursor.take("trace setting, a number or OFF,")
    value = number_of(word)
    if value is None:
        raise refuse("SOUL.2016", word, keyword="TRACE", form="a number, X'nn' or OFF")
    if value > _HIGHEST:
        raise refuse("SOUL.2015", word, keyword="TRACE", value=word.text, minimum=0, maximum=_HIGHEST)
    return value


def display(command: Invocation) -> None:
    """JANUS DISPLAYTRACE [portname]: the definition's setting and what overrides it."""
    ports = command.ports(default="*")
    command.cursor.finish()
    rows: list[tuple[object, ...]] = [("Name", "Address", "Trace")]
    for port in ports:
        settings = command.state.traces.get(port.name, PortTrace())
        defined = port.definition.values.get("TRACE", default_of("TRACE", port.definition.type))
        rows.append((port.name, "(definition)", defined))
        if settings.everywhere is not None:
            rows.append((port.name, "*", settings.everywhere))
        rows += [(port.name, network.text, value) for network, value in settings.networks.values()]
    command.print(columns(rows, right=(2,)))
