"""One connection's bytes on a non-blocking socket, with or without TLS."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Protocol

from soul.janus.stream import StreamError

if TYPE_CHECKING:
    from soul.janus.tls.direct import TlsSocket


TLS_RECORD = 16384


class WantRead(Exception):
    """Nothing to do until the socket can be read."""


class WantWrite(Exception):
    """Nothing to do until the socket can be written."""


class Channel(Protocol):
    """Non-blocking reading and writing; used by the connection's owner alone."""

    def receive(self, limit: int) -> bytes:
        """Return 1 to `limit` bytes, b'' when the peer has finished. Raises WantRead, WantWrite, StreamError."""

    def send(self, data: bytes | memoryview) -> int:
        """Send the beginning of `data` and return how much. Raises WantRead, WantWrite, StreamError."""

    def pending(self) -> bool:
        """Say whether bytes wait here, above the socket, where a poller does not see them."""

    def vanished(self) -> bool:
        """Say whether the peer's bytes have ended in a way that `receive` answers with StreamError; never raises.

        Asked only when the poller tells of an end, since it costs a look at the socket.
        """

    def finish(self) -> None:
        """Say that we send no more; never raises."""

    def close(self) -> None:
        """Release everything; never raises."""


class PlainChannel:
    """A channel straight on a TCP socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def receive(self, limit: int) -> bytes:
        """See `Channel.receive`."""
        try:
            return self._socket.recv(limit)
        except BlockingIOError:
            raise WantRead from None
        except OSError as error:
            raise StreamError(error.strerror or str(error)) from None

    def send(self, data: bytes | memoryview) -> int:
        """See `Channel.send`."""
        try:
            return self._socket.send(data)
        except BlockingIOError:
            raise WantWrite from None
        except OSError as error:
            raise StreamError(error.strerror or str(error)) from None

    def pending(self) -> bool:
        """See `Channel.pending`: the kernel holds everything."""
        return False

    def vanished(self) -> bool:
        """See `Channel.vanished`: an end is read like anything else."""
        return False

    def finish(self) -> None:
        """See `Channel.finish`."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """See `Channel.close`."""
        with contextlib.suppress(OSError):
            self._socket.close()


class TlsChannel:
    """A channel on a TLS connection whose handshake is over."""

    def __init__(self, tls: TlsSocket) -> None:
        self._tls = tls

    def receive(self, limit: int) -> bytes:
        """See `Channel.receive`. A record that breaks a rule of the port is an error: TlsRefused."""
        data = self._tls.receive(limit)
        if data is None:
            raise WantRead if self._tls.wants_read else WantWrite
        return data

    def send(self, data: bytes | memoryview) -> int:
        """See `Channel.send`. OpenSSL takes one record a call, so the piece is sent record by record."""
        size = len(data)
        sent = self._tls.send(data if size <= TLS_RECORD else data[:TLS_RECORD])
        if not sent:
            raise WantRead if self._tls.wants_read else WantWrite
        while sent < size:
            count = self._tls.send(data[sent : sent + TLS_RECORD])
            if not count:
                break
            sent += count
        return sent

    def pending(self) -> bool:
        """See `Channel.pending`."""
        return self._tls.buffered > 0

    def vanished(self) -> bool:
        """See `Channel.vanished`."""
        return self._tls.vanished()

    def finish(self) -> None:
        """See `Channel.finish`."""
        self._tls.finish()

    def close(self) -> None:
        """See `Channel.close`."""
        self._tls.close()
