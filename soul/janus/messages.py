"""The numbered messages of JANUS commands, ports and rules.

Numbers `MSIR.nnnn` are documented (m204wiki, the message pages; JANUS ADDCA; JANUS LIMITS). Which of MSIR.0019,
0020, 0023 and 0026 stands for which reason is our reading. Where no number could be found the message is ours and
starts with `SOUL.2`. The messages of the TLS layer are in `soul.janus.tls.messages`.
"""

from __future__ import annotations

from soul.runtime.messages import Message, MessageClass, MessageTable


def _information(number: str, text: str, *, terminal: bool = True) -> Message:
    return Message(number, text, MessageClass.INFORMATION, counts=False, terminal=terminal)


def _journal(number: str, text: str) -> Message:
    """Return an error of a connection: journaled and counted, shown on no terminal."""
    return Message(number, text, terminal=False)


JANUS_MESSAGES = MessageTable(
    # Connections
    _journal("MSIR.0019", "Connection from {address} on port {port} refused, the Online's connection limit is reached"),
    _journal("MSIR.0020", "Connection from {address} on port {port} refused, all {limit} connections are in use"),
    _journal("MSIR.0023", "Connection from {address} on port {port} refused, no sdaemon is free"),
    _journal("MSIR.0026", "Connection from {address} on port {port} refused, no buffers"),
    _journal("MSIR.0112", "Connection from {address} terminated, pacing protocol violation"),
    _information(
        "MSIR.0469", "Connected to host {host}, port {number}, from port {port}, socket {socket}", terminal=False
    ),
    Message(
        "MSIR.0658",
        "{kind} session on port {port} terminated, about to exceed site's {type} connection limit",
        MessageClass.INFORMATION,
        counts=False,
        terminal=False,
    ),
    Message("MSIR.0667", "Janus Sockets ({function}) failed: {reason}", counts=False, terminal=False, code="AD"),
    # Rules
    _information("MSIR.0293", "{count} JANUS {subcommand} {rule}(S) for PORT {port} pre-empted"),
    Message("MSIR.0489", "Method not valid for JANUS WEB {subcommand} exception command"),
    Message("MSIR.0535", "New password missing in post data", terminal=False),
    Message("MSIR.0536", "New password only appears once in post data", terminal=False),
    Message("MSIR.0605", "Connection being debugged lost"),
    _information("MSIR.0609", "Sending response with WEB status code {info}", terminal=False),
    _information("MSIR.0613", "Looking for {exception} exception handler", terminal=False),
    Message("MSIR.0657", "User pressed {key} button - session terminating"),
    Message("MSIR.0660", "Null string invalid in {keyword} clause of JANUS {subcommand} command"),
    Message("MSIR.0801", "READ SCREEN encountered in NOSCREEN mode"),
    # Certifying authorities
    _information("MSIR.0642", "Added CA '{name}' from file {file}, proc {procedure} to port {port}"),
    # Ours: JANUS and its subcommands
    Message("SOUL.2000", "JANUS needs a subcommand"),
    Message("SOUL.2001", "JANUS {subcommand} is not a known subcommand"),
    Message("SOUL.2002", "JANUS {subcommand} is not available off the mainframe: {reason}"),
    Message("SOUL.2003", "{operand} is missing"),
    Message("SOUL.2004", "'{word}' is not expected here"),
    Message("SOUL.2005", "No port matches '{pattern}'"),
    Message("SOUL.2006", "{what} name '{name}' is not valid: {reason}"),
    Message("SOUL.2007", "{what} {name} is defined already"),
    Message("SOUL.2008", "{what} {name} is not defined"),
    # Ours: operands
    Message("SOUL.2010", "Port number '{value}' is not valid: 1 to 65535{also}"),
    Message("SOUL.2011", "'{value}' is not a port type"),
    Message("SOUL.2012", "Maximum number of connections '{value}' is not valid: 1 to {maximum}"),
    Message("SOUL.2013", "'{word}' is not a parameter of JANUS {subcommand}"),
    Message("SOUL.2014", "{keyword} is not valid for {type} ports: {types}"),
    Message("SOUL.2015", "{keyword} {value} is out of range: {minimum} to {maximum}"),
    Message("SOUL.2016", "{keyword} needs {form}"),
    Message("SOUL.2017", "{keyword} '{value}' is not valid: {reason}"),
    Message("SOUL.2018", "{keyword} is given twice"),
    Message("SOUL.2019", "{keyword} and {other} exclude each other"),
    Message("SOUL.2020", "{keyword} needs the SSL parameter on the same port"),
    Message("SOUL.2021", "The commands of {keyword} take {length} bytes, one for each command included; at most 255"),
    Message("SOUL.2022", "AND must stand between two members of {keyword}"),
    # Ours: rules
    Message("SOUL.2030", "'{word}' is not a rule type of JANUS {subcommand}"),
    Message("SOUL.2031", "'{url}' is neither a URL nor an exception: a URL begins with / or a wildcard"),
    Message("SOUL.2032", "{rule} rules have no exceptions: {exception} may stand in ON, TYPE and REDIRECT rules"),
    Message("SOUL.2033", "'{text}' has more wildcards than the URL, which has {count}"),
    Message("SOUL.2034", "ON needs exactly one of CMD, SEND and RECV"),
    Message("SOUL.2035", "SCREEN needs at least one parameter"),
    Message("SOUL.2036", "JANUS {subcommand} is for {types} ports; port {port} is {type}"),
    # Ours: ports
    _information("SOUL.2040", "Port {port} defined", terminal=False),
    _information("SOUL.2041", "Port {port}: {names}: no effect here, {reason}", terminal=False),
    _information("SOUL.2042", "Port {port}: {names}: no effect on a port without SSL"),
    _information("SOUL.2043", "Port {port} started{where}"),
    _information("SOUL.2044", "Port {port} {what}"),
    Message("SOUL.2045", "Port {port} cannot start: {type} ports are not available off the mainframe"),
    Message("SOUL.2046", "Port {port} cannot start: nothing here opens ports; use soul serve, or soul test"),
    Message("SOUL.2047", "Port {port} is {state} already"),
    Message("SOUL.2048", "Port {port} is {state}: it can be {what} only when it is stopped"),
    Message("SOUL.2049", "Port {port} cannot start: port number {number} is in use by port {other}"),
    _information("SOUL.2050", "Port {port} deleted", terminal=False),
    # Ours: certifying authorities
    Message("SOUL.2060", "No SSL port matches '{pattern}'"),
    Message("SOUL.2061", "CA certificate from file {file}, proc {procedure}: {reason}"),
    Message("SOUL.2062", "No trusted CA of port '{pattern}' comes from file {file}, proc {procedure}"),
    _information("SOUL.2063", "Removed CA '{name}' from file {file}, proc {procedure} from port {port}"),
    _information("SOUL.2064", "Port {port} trusts CA '{name}' already"),
    Message("SOUL.2065", "Port {port} cannot start: {reason}"),
    _information("SOUL.2066", "Port {port} asks for client certificates but trusts no CA yet: see JANUS ADDCA"),
    # Ours: groups, names, trace
    _information("SOUL.2070", "{text}"),
    Message("SOUL.2071", "{text}"),
)
