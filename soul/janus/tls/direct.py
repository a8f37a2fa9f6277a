"""TLS directly on a non-blocking socket, for the live server: OpenSSL reads and writes the socket itself."""

from __future__ import annotations

import contextlib
import socket

from soul.janus.tls.connection import PLAIN_HTTP_ANSWER, ClientSession, TlsConnection
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.hello import HELLO_LIMIT, offers_session
from soul.janus.tls.verdicts import Progress

DRAIN_LIMIT = 256 * 1024  # bytes read and thrown away after a refusal, so that the alert is not lost in a reset
DRAIN_SECONDS = 2.0


class TlsSocket(TlsConnection):
    """One connection over a non-blocking socket, which it owns from now on.

    Create it when the first byte has arrived: an OpenSSL connection holds about 49 KB, released between requests.
    After FAILED call `begin_drain`, then `drain` whenever the socket is readable until it says True or
    DRAIN_SECONDS have passed, then `close`: closing at once can turn the alert into a connection reset.
    """

    def __init__(
        self,
        generation: TlsGeneration,
        sock: socket.socket,
        *,
        server_name: str = "",
        resume: ClientSession | None = None,
        check_name: bool = False,
    ) -> None:
        if sock.gettimeout() != 0:
            sock.setblocking(False)
        super().__init__(generation, sock, server_name=server_name, resume=resume, check_name=check_name)
        self.sock = sock
        self._drained = 0
        if generation.server:
            with contextlib.suppress(OSError):
                self._seen.offered = offers_session(sock.recv(HELLO_LIMIT, socket.MSG_PEEK))

    def fileno(self) -> int:
        """Return the socket's descriptor, for pollers."""
        return self.sock.fileno()

    def vanished(self) -> bool:
        """Say whether the peer's bytes have ended without farewell: then nothing more can be done, and nothing is read.

        OpenSSL would notice the same when reading, and send an alert that nobody gets.
        """
        if self.buffered or self._ended:
            return False
        try:
            self._vanished = not self.sock.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            self._vanished = True
        return self._vanished

    def begin_drain(self) -> None:
        """After a refusal: answer plain HTTP if that is what came, and half-close. The alert is already sent."""
        with contextlib.suppress(OSError):
            if self.refusal is not None and self.refusal.plain_http:
                self.sock.send(PLAIN_HTTP_ANSWER)
            self.sock.shutdown(socket.SHUT_WR)

    def drain(self) -> bool:
        """Throw away what the peer still sends; True when the peer is done, or has sent DRAIN_LIMIT."""
        while self._drained < DRAIN_LIMIT:
            try:
                data = self.sock.recv(65536)
            except (BlockingIOError, InterruptedError):
                return False
            except OSError:
                return True
            if not data:
                return True
            self._drained += len(data)
        return True

    def finish(self) -> None:
        """Send close_notify and the end of our bytes; receiving still works. Never raises."""
        if self._parted:
            return
        super().finish()
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Say farewell and close the socket. Never raises; closing twice is harmless."""
        if self.sock.fileno() >= 0:
            self._farewell()
            self.sock.close()

    def abort(self) -> None:
        """Close the socket without farewell; OpenSSL then forgets the session. Never raises."""
        self.sock.close()


__all__ = ["DRAIN_LIMIT", "DRAIN_SECONDS", "Progress", "TlsSocket"]
