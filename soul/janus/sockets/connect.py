"""Outgoing connections through CLSOCK ports: the port, its REMOTE, its rules, its limits, TLS.

Sources: m204wiki, $Sock_Conn; REMOTE, MASTER, SOCKPMAX, SSLOPT (JANUS DEFINE parameters); JANUS CLSOCK; MSIR.0469.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from soul.janus.messages import JANUS_MESSAGES
from soul.janus.peer import Peer
from soul.janus.port import Port, PortState, PortType
from soul.janus.server.stopping import StopSignal
from soul.janus.socket_rules import Caller
from soul.janus.sockets.network import NETWORK
from soul.janus.state import JanusState, janus_of
from soul.janus.stream import ByteStream, StreamError, StreamInterrupted, StreamTimeout
from soul.janus.wildcards import Pattern
from soul.language.whole import whole_number
from soul.online.command import Privilege
from soul.online.session import SESSION, Session
from soul.runtime.errors import cancelled
from soul.runtime.thread import Thread

CONNECT_SECONDS = 30.0  # for a port whose TIMEOUT is 0 (our choice): a program must not wait for ever
ANY_HOST = "*"


class Code(IntEnum):
    """The negative results of $Sock_Conn. Only -109 is documented; one distinct code per cause otherwise."""

    NOT_STARTED = -101
    NOT_ALLOWED = -102
    REMOTE_MISMATCH = -103
    UNKNOWN_HOST = -104
    NOT_CONNECTED = -105
    TIMED_OUT = -106
    TOO_MANY_SOCKETS = -107
    SSL_FAILED = -108
    TOO_MANY_ON_PORT = -109
    OPTION_CONFLICT = -113


class ConnectFailure(Exception):
    """No connection; `code` is what $Sock_Conn returns, the text the reason of MSIR.0667."""

    def __init__(self, code: Code, reason: str) -> None:
        self.code = code
        super().__init__(reason)


@dataclass
class Connected:
    """An open connection. `timeout` is the port's TIMEOUT in seconds, None for never; close it with `close`."""

    stream: ByteStream
    peer: Peer
    port: Port
    host: str
    number: int
    timeout: float | None
    left: Callable[[], None]

    def close(self) -> None:
        """Close, and count the connection out. Closing twice is harmless."""
        self.stream.close()
        leave, self.left = self.left, lambda: None
        leave()


def open_connection(
    thread: Thread,
    port_name: str | None,
    host: str | None,
    number: int | None,
    ssl: str = "",
    admit: Callable[[Port], None] = lambda port: None,
) -> Connected:
    """Open a connection through a CLSOCK port for the user of `thread`.

    `port_name` None or '' means the MASTER port; `host` None or '' and `number` None or -1 mean the port's REMOTE.
    `ssl` is SSL, NOSSL or '' (as the port is defined); a word that conflicts with the definition is a failure. `admit`
    raises ConnectFailure when the caller has reached a limit of its own on the port.
    Raises ConnectFailure; cancels the request when no port is named and there is no MASTER.
    """
    session = thread.slots.get(SESSION)
    if session is None:
        raise ConnectFailure(Code.NOT_STARTED, "this thread has no Online")
    state = janus_of(session.online)
    port = _port(state, port_name)
    target, target_number = _target(state, port, host or "", number if number not in (None, -1) else None)
    if not port.rules.socket_rules.may_connect(_caller(session), target, target_number):
        raise ConnectFailure(Code.NOT_ALLOWED, f"no rule of port {port.name} allows it")
    encrypt = _encrypts(port, ssl)
    admit(port)
    network = session.online.slots.get(NETWORK)
    if network is None:
        raise ConnectFailure(Code.NOT_STARTED, "this Online has no network")
    with port.lock:
        if port.counters.active >= port.definition.max_connections:
            port.counters.refused += 1
            raise ConnectFailure(Code.TOO_MANY_SOCKETS, f"all {port.definition.max_connections} connections are in use")
        port.counters.active += 1
        port.counters.connects += 1
        port.counters.high_water = max(port.counters.high_water, port.counters.active)

    def left() -> None:
        with port.lock:
            port.counters.active -= 1

    try:
        thread.begin_wait()
        timeout = float(port.definition.integer("TIMEOUT")) or None
        stream = _connect(network.connect, target, target_number, timeout)
        peer = Peer(stream.remote, stream.local)
        if encrypt:
            stream, peer = _encrypted(session, port, stream, target, timeout)
    except BaseException:
        left()
        raise
    return Connected(stream, peer, port, target, target_number, timeout, _watched(thread, port, stream, left))


def _watched(thread: Thread, port: Port, stream: ByteStream, left: Callable[[], None]) -> Callable[[], None]:
    """Let FORCE, and whoever stops the thread, end waits on the stream; return what undoes it and counts it out."""
    stop = thread.stop if isinstance(thread.stop, StopSignal) else None
    with port.lock:
        port.outgoing.add(stream)
    if stop is not None:
        stop.on_stop(stream.interrupt)

    def leave() -> None:
        if stop is not None:
            stop.ignore(stream.interrupt)
        with port.lock:
            port.outgoing.discard(stream)
        left()

    return leave


def _port(state: JanusState, name: str | None) -> Port:
    if not name:
        master = state.master()
        if master is None:
            raise cancelled("no CLSOCK port is named and no MASTER port is started")
        return master
    port = state.ports.get(name)
    if port is None or port.definition.type is not PortType.CLSOCK:
        raise ConnectFailure(Code.NOT_STARTED, f"{name} is not a CLSOCK port")
    if port.state is not PortState.STARTED:
        raise ConnectFailure(Code.NOT_STARTED, f"port {port.name} is {port.state}")
    return port


def _target(state: JanusState, port: Port, host: str, number: int | None) -> tuple[str, int]:
    """Settle host and port number between the program and REMOTE."""
    remote = port.definition.values.get("REMOTE", (ANY_HOST, ANY_HOST))
    fixed_host, fixed_number = (str(part) for part in remote) if isinstance(remote, tuple) else (ANY_HOST, ANY_HOST)
    if not host:
        if any(wild in fixed_host for wild in '*?"'):
            raise ConnectFailure(Code.REMOTE_MISMATCH, f"port {port.name} has no REMOTE host: give one")
        host = fixed_host
    elif Pattern(fixed_host).match(host) is None:
        raise ConnectFailure(Code.REMOTE_MISMATCH, f"host {host} does not match REMOTE {fixed_host}")
    fixed = whole_number(fixed_number)
    if number is None:
        if fixed is None:
            raise ConnectFailure(Code.REMOTE_MISMATCH, f"port {port.name} has no REMOTE port number: give one")
        number = fixed
    elif fixed is not None and fixed != number:
        raise ConnectFailure(Code.REMOTE_MISMATCH, f"port number {number} does not match REMOTE {fixed_number}")
    if not 1 <= number <= 65535:
        raise ConnectFailure(Code.REMOTE_MISMATCH, f"port number {number} is not in the range 1-65535")
    return state.qualified(host), number


def _caller(session: Session) -> Caller:
    procedure = session.feed.procedure if session.feed else None
    return Caller(
        session.thread.userid,
        file=procedure.file if procedure else "",
        procedure=procedure.name if procedure else "",
        subsystem=session.subsystem,
        administrator=bool(session.privileges & (Privilege.SYSTEM_ADMINISTRATOR | Privilege.SYSTEM_MANAGER)),
    )


def _encrypts(port: Port, word: str) -> bool:
    """Say whether the connection is encrypted. Source: m204wiki, SSLOPT."""
    definition = port.definition
    if not definition.ssl:
        if word == "SSL":
            raise ConnectFailure(Code.OPTION_CONFLICT, f"SSL is asked for, but port {port.name} is no SSL port")
        return False
    if definition.flag("SSLOPT"):
        return word == "SSL"
    if word == "NOSSL":
        raise ConnectFailure(Code.OPTION_CONFLICT, f"NOSSL is asked for, but port {port.name} encrypts everything")
    return True


def _connect(
    connect: Callable[[str, int, float | None], ByteStream], host: str, number: int, timeout: float | None
) -> ByteStream:
    try:
        return connect(host, number, timeout or CONNECT_SECONDS)
    except StreamTimeout as error:
        raise ConnectFailure(Code.TIMED_OUT, str(error)) from error
    except StreamError as error:
        code = Code.UNKNOWN_HOST if "resolved" in str(error) else Code.NOT_CONNECTED
        raise ConnectFailure(code, str(error)) from error


def _encrypted(
    session: Session, port: Port, carrier: ByteStream, host: str, timeout: float | None
) -> tuple[ByteStream, Peer]:
    """Do the client's handshake: the server's certificate must be signed by a CA of the port."""
    from soul.janus.tls.engine import TlsEngine
    from soul.janus.tls.starting import started_tls
    from soul.janus.tls.stream import HANDSHAKE_SECONDS, TlsStream

    name = "" if _is_address(host) else host
    stream = TlsStream(carrier, TlsEngine(started_tls(session.online, port).current(), server_name=name))
    try:
        peer = stream.handshake(min(timeout or HANDSHAKE_SECONDS, HANDSHAKE_SECONDS))
    except StreamInterrupted:
        raise
    except StreamError as error:
        carrier.close()
        raise ConnectFailure(Code.SSL_FAILED, str(error)) from error
    return stream, peer


def _is_address(host: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def report_connected(thread: Thread, connection: Connected, socket: int) -> None:
    """Write MSIR.0469 to the audit trail."""
    thread.message(
        JANUS_MESSAGES["MSIR.0469"],
        host=connection.host,
        number=connection.number,
        port=connection.port.name,
        socket=socket,
    )
