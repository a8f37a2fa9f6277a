"""JANUS DEFINE, START, DRAIN, FORCE, DELETE and DISPLAY: the life of a port.

Source: m204wiki, JANUS DEFINE; JANUS DRAIN; JANUS FORCE; Verifying a client certificate; Janus port processing and
examples.
"""

from __future__ import annotations

from soul.janus.clauses import refuse
from soul.janus.commands.invocation import Invocation
from soul.janus.define import read_definition
from soul.janus.parameters import CLIENT_TYPES, STARTABLE
from soul.janus.port import CertificateRequest, Port, PortHost, PortState
from soul.janus.rules import fresh_rules
from soul.online.command import CommandError, words
from soul.online.procedures import ProcedureError


def define(command: Invocation) -> None:
    """JANUS DEFINE portname portnum type maxcon [parameters]."""
    state, thread = command.state, command.session.thread
    name = command.cursor.here
    defined = read_definition(command.cursor, thread.userid)
    definition = defined.definition
    rules = fresh_rules(definition, state.groups, web_default=thread.parameters.number("WEBDFLT"))
    with state.ports.lock:
        if state.ports.get(definition.name) is not None:
            raise refuse("SOUL.2007", name, "JANUS DELETE removes a stopped port", what="Port", name=definition.name)
        state.ports.add(Port(definition, rules))
    command.say("SOUL.2040", port=definition.name)
    for note in defined.notes:
        command.say(note.number, **note.fields)


def start(command: Invocation) -> None:
    """JANUS START portname [password]; the password of an encrypted private key may also be the next input line."""
    ports = command.ports()
    password = command.cursor.take("password").text if command.cursor.here is not None else None
    command.cursor.finish()
    host = command.state.host
    if len(ports) > 1:  # a pattern: what is started already stays as it is
        ports = [port for port in ports if port.state is not PortState.STARTED] or ports

    def begin(port: Port) -> None:
        _check_start(command, port)
        if host is None:
            raise refuse("SOUL.2046", None, port=port.name)
        _start(command, host, port, password)

    command.each(ports, begin)


def _check_start(command: Invocation, port: Port) -> None:
    """Refuse what cannot be started, whatever makes ports reachable."""
    definition, state = port.definition, command.state
    if definition.type not in STARTABLE:
        raise refuse("SOUL.2045", None, port=port.name, type=definition.type)
    if port.state in {PortState.STARTED, PortState.FORCING}:
        raise refuse("SOUL.2047", None, port=port.name, state=port.state)
    number = state.number(port)
    if number is None or definition.type in CLIENT_TYPES:
        return
    for other in state.ports:
        if other is port or other.state is not PortState.STARTED or other.definition.type in CLIENT_TYPES:
            continue
        if state.number(other) == number and _same_address(port, other):
            raise refuse("SOUL.2049", None, port=port.name, number=number, other=other.name)


def _same_address(port: Port, other: Port) -> bool:
    """Say whether both ports would listen on one address; without BINDADDR a port listens on all of them."""
    mine, theirs = port.definition.string("BINDADDR"), other.definition.string("BINDADDR")
    return not mine or not theirs or mine == theirs


def _start(command: Invocation, host: PortHost, port: Port, password: str | None) -> None:
    asked = password is None and key_is_encrypted(command, port)
    if asked:
        password = _ask_password(command, port)
    try:
        host.start(port, password)
    except CommandError as error:
        if asked and not error.hint:
            error.hint = "the line after JANUS START was taken for the password of the private key"
        raise
    order = command.state.start_order
    order[port.name] = max(order.values(), default=0) + 1
    number = port.bound if port.bound is not None else port.definition.number
    listens = port.definition.type not in CLIENT_TYPES and number is not None
    command.say("SOUL.2043", port=port.name, where=f" on number {number}" if listens else "")
    if port.definition.certificate_request is not CertificateRequest.NONE and not port.authorities:
        command.say("SOUL.2066", port=port.name)


def key_is_encrypted(command: Invocation, port: Port) -> bool:
    """Say whether the private key of an SSL port needs a password. What else is wrong with it, START will say."""
    location = port.definition.key_location
    if location is None:
        return False
    file, procedure = location
    try:
        text = command.session.online.files.get(file).procedure(procedure).text
    except ProcedureError:
        return False
    return "-----BEGIN ENCRYPTED PRIVATE KEY-----" in text or "Proc-Type: 4,ENCRYPTED" in text


def _ask_password(command: Invocation, port: Port) -> str:
    """Return the next input line: a reply to a prompt at a terminal, the next line of start-up commands.

    The line is neither shown nor journaled. Refuses when there is none.
    """
    session = command.session
    feed = session.feed
    if feed is not None and not feed.terminal:
        line = feed.next()
        answer = None if line is None else line.text.strip()
    else:
        answer = session.ask(f"PASSWORD OF THE PRIVATE KEY OF PORT {port.name}")
    if not answer or not answer.strip():
        reason = "its private key is encrypted: JANUS START portname password, or the password in the next line"
        raise refuse("SOUL.2065", None, port=port.name, reason=reason)
    return answer.strip()


def drain(command: Invocation) -> None:
    """JANUS DRAIN portname: no new connections; the port stops when the last one ends."""
    _stop(command, frozenset({PortState.STARTED}), "draining")


def force(command: Invocation) -> None:
    """JANUS FORCE portname: all connections are broken at once."""
    _stop(command, frozenset({PortState.STARTED, PortState.DRAINING}), "forced")


def _stop(command: Invocation, states: frozenset[PortState], what: str) -> None:
    ports = command.ports()
    command.cursor.finish()
    host = command.state.host
    if len(ports) > 1:  # a pattern: the ports that it does not concern are passed over
        ports = [port for port in ports if port.state in states] or ports

    def end(port: Port) -> None:
        if port.state not in states or host is None:
            raise refuse("SOUL.2047", None, port=port.name, state=port.state)
        if what == "forced":
            host.force(port)
        else:
            host.drain(port)
        command.say("SOUL.2044", port=port.name, what="stopped" if port.state is PortState.STOPPED else what)

    command.each(ports, end)


def delete(command: Invocation) -> None:
    """JANUS DELETE portname: the definition goes, and with it its rules and CA certificates."""
    ports = command.ports()
    command.cursor.finish()

    def forget(port: Port) -> None:
        with port.lock:
            if port.state is not PortState.STOPPED:
                raise refuse("SOUL.2048", None, port=port.name, state=port.state, what="deleted")
            command.state.ports.remove(port)
        command.state.traces.pop(port.name, None)
        command.state.start_order.pop(port.name, None)
        command.say("SOUL.2050", port=port.name)

    command.each(ports, forget)


def display(command: Invocation) -> None:
    """JANUS DISPLAY [portname]: the definitions as entered."""
    ports = command.ports(default="*")
    command.cursor.finish()
    command.print(shown_definition(port.definition.text) for port in ports)


def shown_definition(text: str) -> str:
    """Return a definition without `REMOTE * *`, which is the default (m204wiki, REMOTE (JANUS DEFINE parameter))."""
    try:
        found = words(text, " ")
    except CommandError:
        return text
    for first, second, third in zip(found, found[1:], found[2:], strict=False):
        if (first.upper, second.upper, third.upper) == ("REMOTE", "*", "*"):
            return f"{text[: first.offset].rstrip()} {text[third.offset + 1 :].lstrip()}".rstrip()
    return text
