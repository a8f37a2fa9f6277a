"""$Sock_Conn: from the options of the call to a socket in use."""

from __future__ import annotations

from soul.janus.messages import JANUS_MESSAGES
from soul.janus.port import Port
from soul.janus.sockets.connect import Code, ConnectFailure, open_connection, report_connected
from soul.janus.sockets.table import SOCKMAX_DEFAULT, SocketTable, sockets_of
from soul.janus.sockets.usersocket import SocketSettings, UserSocket
from soul.janus.stream import StreamInterrupted
from soul.runtime.errors import Stopped, cancelled
from soul.runtime.thread import Thread

_SSL_WORDS = frozenset(("SSL", "NOSSL"))
_FIN_WORDS = frozenset(("FINCLOSE", "NOFINCLOSE"))


def connect_socket(thread: Thread, port_name: str, host: str, number: int, options: str) -> int:
    """Do the work of $Sock_Conn; see there."""
    ssl, fin = "", ""
    for word in options.upper().split():
        if word in _SSL_WORDS and not ssl:
            ssl = word
        elif word in _FIN_WORDS and not fin:
            fin = word
        else:
            raise cancelled(f"$Sock_Conn: '{word}' is not one of SSL, NOSSL, FINCLOSE, NOFINCLOSE, each pair once")
    table = sockets_of(thread)
    try:
        free = table.free_number(thread.parameters.number("SOCKMAX", SOCKMAX_DEFAULT))
        if free is None:
            raise ConnectFailure(Code.TOO_MANY_SOCKETS, "SOCKMAX sockets are in use")
        connection = open_connection(thread, port_name, host, number, ssl, admit=lambda port: _admit(table, port))
    except ConnectFailure as failure:
        thread.message(JANUS_MESSAGES["MSIR.0667"], function="$Sock_Conn", reason=str(failure))
        return failure.code
    except StreamInterrupted as error:
        raise Stopped(str(error)) from error
    socket = UserSocket(
        free,
        connection.stream,
        connection.peer,
        connection.port.name,
        SocketSettings.of_port(connection.port, server=False),
        connection.timeout,
        on_close=connection.close,
    )
    if fin:
        socket.settings.fin_close = fin == "FINCLOSE"
    table.add(socket)
    report_connected(thread, connection, free)
    return free


def _admit(table: SocketTable, port: Port) -> None:
    """Refuse when the user has SOCKPMAX connected sockets on the port already."""
    limit = port.definition.integer("SOCKPMAX") or 1
    connected = sum(1 for socket in table if socket.port_name == port.name and not socket.broken)
    if connected >= limit:
        raise ConnectFailure(Code.TOO_MANY_ON_PORT, "Already have SOCKPMAX sockets open on port")
