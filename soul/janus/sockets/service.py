"""The life of one connection to a SRVSOCK port: login commands, OPEN, CMD, logoff.

The live server and the in-memory network call `SocketService.run` with a connection whose handshake is over; both get
the same behaviour. Source: m204wiki, NEWSESCMD, NEWSESOPEN, OPEN, CMD, PRELOGINUSER (JANUS DEFINE parameters); Janus
port processing and examples.
"""

from __future__ import annotations

from soul.janus.new_session import run_new_session
from soul.janus.peer import Peer
from soul.janus.port import OpenClause, Port
from soul.janus.sockets.table import SERVER_SOCKET, SOCKETS, CapturingOutput, SocketTable
from soul.janus.sockets.usersocket import SocketSettings, UserSocket
from soul.janus.stream import ByteStream
from soul.online.command import CommandError
from soul.online.online import Online
from soul.online.session import NO_USERID, Session
from soul.runtime.errors import Stopped
from soul.runtime.thread import Thread


class SocketTerminal:
    """Terminal output of a socket thread: nobody sees it, so it is audited or dropped (AUDTERM, NOAUDTERM)."""

    def __init__(self, online: Online) -> None:
        self._online = online
        self.thread: Thread | None = None
        self.socket: UserSocket | None = None

    def line(self, text: str) -> None:
        """Audit the line when AUDTERM is in effect for the server socket."""
        if self.socket is not None and self.socket.settings.audit_terminal:
            self._online.audit.write("RK", text, self.thread)

    def message(self, text: str) -> None:
        """Messages are in the audit trail already."""


class SocketService:
    """Runs the connections of one SRVSOCK port."""

    def __init__(self, online: Online, port: Port) -> None:
        self._online = online
        self._port = port

    def run(self, stream: ByteStream, peer: Peer, stop: list[str]) -> None:
        """Run one connection to its end and close it.

        `stop` is the flag of the worker: a reason appended to it ends the request. Never raises: whatever goes wrong
        in a program is in the audit trail, as messages.
        """
        definition = self._port.definition
        terminal = SocketTerminal(self._online)
        thread = self._online.new_thread(terminal, userid=definition.string("PRELOGINUSER") or NO_USERID, daemon=True)
        thread.stop = stop
        session = self._online.session(thread)
        socket = UserSocket(
            SERVER_SOCKET,
            stream,
            peer,
            self._port.name,
            SocketSettings.of_port(self._port, server=True),
            float(definition.integer("TIMEOUT")) or None,
        )
        terminal.thread, terminal.socket = thread, socket
        table = SocketTable(thread)
        table.add(socket)
        thread.slots.put(SOCKETS, table)
        thread.redirect(CapturingOutput(table, terminal))
        try:
            self._log_in(session, table)
            self._commands(session, definition.opens("OPEN"), definition.commands("CMD"))
        except Stopped as stopped:
            self._online.audit.write("AD", f"Connection on port {self._port.name} ended: {stopped.reason}", thread)
        finally:
            table.close_all()
            thread.finish_login()
            session.logoff()
            self._online.release(thread)

    def _log_in(self, session: Session, table: SocketTable) -> None:
        """Run NEWSESCMD, in which $Sir_Login may log the user in; afterwards only the login and the socket remain."""
        if self._port.definition.commands("NEWSESCMD"):
            run_new_session(session, self._port.definition)
            session.thread.slots.put(SOCKETS, table)

    @staticmethod
    def _commands(session: Session, opens: tuple[OpenClause, ...], commands: tuple[str, ...]) -> None:
        """Open the files and execute the commands; a file that cannot be opened ends it (our choice)."""
        for clause in opens:
            try:
                session.open(clause.name, clause.kind, clause.privileges)
            except CommandError as error:
                session.thread.message_text(error.message, error.text)
                return
        for command in commands:
            session.execute(command, title="CMD")
        session.finish()
