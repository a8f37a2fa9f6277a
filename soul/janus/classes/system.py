"""System: the shared methods that concern connections. Source: m204wiki, ClientCertificate (System function)."""

from __future__ import annotations

from soul.janus.certificates.info import certificate_der
from soul.janus.peer import Peer
from soul.janus.sockets.table import SERVER_SOCKET, SOCKETS
from soul.janus.web.thread import WEB
from soul.runtime.classes.registry import shared, system_class
from soul.runtime.collation import from_ebcdic
from soul.runtime.errors import SoulException
from soul.runtime.thread import Thread


@system_class("System")
class System:
    """The Online as a class; its methods are shared.

    Page: m204wiki, System class
    """

    @shared("ClientCertificate", page="ClientCertificate (System function)")
    @staticmethod
    def client_certificate(thread: Thread, *, request_certificate: bool = False) -> str:
        """Return the certificate of this thread's client in DER, one character for each byte.

        Arguments: RequestCertificate, True to ask the client now. A certificate can only be asked for in the handshake
        here, so it has no effect (our choice): define the port with SSLCLCERT.
        Result: null when the client sent none.
        Errors: throws NotJanusConnection off a web or socket port's thread.
        """
        del request_certificate
        peer = _peer(thread)
        if peer is None:
            raise SoulException("NotJanusConnection")
        return from_ebcdic(certificate_der(peer.chain))


def _peer(thread: Thread) -> Peer | None:
    """Return who is at the other end of this thread's connection, None when it has none."""
    web = thread.slots.get(WEB)
    if web is not None:
        return web.peer
    sockets = thread.slots.get(SOCKETS)
    server = sockets.get(SERVER_SOCKET) if sockets is not None else None
    return server.peer if server is not None else None
