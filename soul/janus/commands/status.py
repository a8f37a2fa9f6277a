"""JANUS STATUS, TSTATUS, SSLSTATUS, LIMITS and CONFIGURATION: tables of figures.

Source: m204wiki, JANUS SSLSTAT or SSLSTATUS; JANUS TSTAT or TSTATUS; JANUS LIMITS. The columns of STATUS, the last two
of TSTATUS and the content of CONFIGURATION are our choice.
"""

from __future__ import annotations

from collections.abc import Callable

from soul.janus.commands.invocation import Invocation, columns
from soul.janus.parameters import STARTABLE
from soul.janus.port import Port, PortState, PortType

_SHORT = {
    PortState.STARTED: "Start",
    PortState.STOPPED: "Stop",
    PortState.DRAINING: "Drain",
    PortState.FORCING: "Force",
}


def _number(command: Invocation, port: Port) -> object:
    """Return the TCP port number for display; `*` for a port that listens on nothing."""
    return command.state.number(port) or "*"


def ports(command: Invocation) -> None:
    """JANUS STATUS [portname]."""
    selected = command.ports(default="*")
    command.cursor.finish()
    rows: list[tuple[object, ...]] = [("Name", "Port", "Type", "Stat", "SSL", "MaxCon", "Activ")]
    for port in selected:
        definition = port.definition
        ssl = "Yes" if definition.ssl else "No"
        figures = (definition.max_connections, port.counters.active)
        rows.append((port.name, _number(command, port), definition.type, port.state, ssl, *figures))
    command.print(columns(rows, right=(1, 5, 6)))


def threads(command: Invocation) -> None:
    """JANUS TSTATUS [portname]: connections and persistent sessions."""
    selected = command.ports(default="*")
    command.cursor.finish()
    head = ("Name", "Port", "Type", "Stat", "Activ", "Free", "Perst", "InUse", "InUseH", "Refused")
    rows: list[tuple[object, ...]] = [head]
    for port in selected:
        c = port.counters
        free = port.definition.max_connections - c.active
        figures = (c.active, free, c.persistent, c.active + c.persistent, c.high_water, c.refused)
        rows.append((port.name, _number(command, port), port.definition.type, _SHORT[port.state], *figures))
    command.print(columns(rows, right=(1, *range(4, 10))))


def ssl(command: Invocation) -> None:
    """JANUS SSLSTATUS [portname]: two lines for each SSL port; SSL V2 is not offered, so its line is always zero."""
    selected = command.ports(default="*")
    command.cursor.finish()
    head = ("Name", "Port", "Type", "Stat", "Prot", "Connects", "SesNew", "SesNF", "SesTO", "Errs")
    rows: list[tuple[object, ...]] = [head]
    for port in selected:
        if not port.definition.ssl:
            continue
        c = port.counters
        names = (port.name, _number(command, port), port.definition.type, _SHORT[port.state])
        rows.append((*names, "SSLV2", 0, 0, 0, 0, 0))
        figures = (c.connects, c.new_sessions, c.sessions_not_found, c.sessions_timed_out, c.errors)
        rows.append((*names, "3/TLS", *figures))
    command.print(columns(rows, right=(1, *range(5, 10))))


# The documented rows, each with the ports that count in it. Limits are those of the started ports together: there is
# no licence here.
_LIMITS: tuple[tuple[str, Callable[[Port], bool]], ...] = (
    ("Sdaemons/threads", lambda port: port.definition.type is not PortType.CLSOCK),
    ("Janus Base", lambda port: True),
    ("Janus Open Server", lambda port: port.definition.type is PortType.OPENSERV),
    ("Janus Open Client", lambda port: False),
    ("Janus Specialty Data Store", lambda port: port.definition.type is PortType.SDS),
    ("Janus Web", lambda port: port.definition.type is PortType.WEBSERV),
    ("Janus Network Security", lambda port: port.definition.ssl),
    ("Janus Sockets", lambda port: port.definition.type in {PortType.SRVSOCK, PortType.CLSOCK}),
)


def limits(command: Invocation) -> None:
    """JANUS LIMITS: connections by product."""
    command.cursor.finish()
    rows: list[tuple[object, ...]] = [("", "Limit/MaxCon", "Active", "Perst", "InUse", "InUseH", "Refused")]
    for title, belongs in _LIMITS:
        counted = [port for port in command.state.ports if belongs(port) and port.state is not PortState.STOPPED]
        active = sum(port.counters.active for port in counted)
        persistent = sum(port.counters.persistent for port in counted)
        high = sum(port.counters.high_water for port in counted)
        refused = sum(port.counters.refused for port in counted)
        limit = sum(port.definition.max_connections for port in counted)
        rows.append((title, limit, active, persistent, active + persistent, high, refused))
    command.print(columns(rows, right=range(1, 7)))


def configuration(command: Invocation) -> None:
    """JANUS CONFIGURATION: the settings of the whole Janus layer."""
    command.cursor.finish()
    state, thread = command.state, command.session.thread
    every = list(state.ports)
    rows: list[tuple[object, ...]] = [
        ("Ports defined", len(every)),
        ("Ports started", sum(port.state is PortState.STARTED for port in every)),
        ("Port types that start", ", ".join(sorted(STARTABLE))),
        ("Ports are opened by", "nothing" if state.host is None else type(state.host).__name__),
        ("DOMAIN", state.domain or "(none)"),
        ("NAMESERVER", state.name_server or "(the system's resolver)"),
        ("WEBDFLT", f"X'{thread.parameters.number('WEBDFLT'):02X}'"),
        ("User groups", len(state.groups.users)),
        ("IP groups", len(state.groups.addresses)),
    ]
    command.print(columns(rows))
