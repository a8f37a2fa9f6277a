"""A stream of bytes between two ends, whatever carries it: a TCP socket, an in-memory pipe, TLS over either.

Socket-port programs, CLSOCK connections and the offline tests all talk to this one interface; the live server and
the in-memory network provide it. Calls block; a deadline or `interrupt` ends the wait.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Address(NamedTuple):
    """One end of a connection: IP address text and TCP port number."""

    host: str
    port: int


class StreamError(Exception):
    """The connection broke: reset by the peer, TLS alert, or used after an error."""


class StreamTimeout(StreamError):
    """Nothing came, or nothing could be sent, before the deadline."""


class StreamInterrupted(StreamError):
    """Another thread called `interrupt`: the port is forced, the user bumped, the server stops."""


class ByteStream(Protocol):
    """Both directions of one connection. Owned by one thread at a time; only `interrupt` may come from others."""

    @property
    def local(self) -> Address:
        """Our end."""

    @property
    def remote(self) -> Address:
        """The other end."""

    def receive(self, limit: int, timeout: float | None) -> bytes:
        """Return 1 to `limit` bytes, or b'' when the peer has finished sending.

        `timeout` is in seconds, None for ever. Raises StreamTimeout, StreamInterrupted or StreamError.
        """

    def send(self, data: bytes, timeout: float | None) -> None:
        """Send all of `data`. Raises StreamTimeout, StreamInterrupted or StreamError."""

    def finish(self) -> None:
        """Say that we send no more (TLS close_notify, TCP FIN); receiving still works. Never raises."""

    def close(self) -> None:
        """Finish and release everything. Never raises; closing twice is harmless."""

    def abort(self) -> None:
        """Break the connection at once, without farewell. Never raises."""

    def interrupt(self) -> None:
        """Make the owner's present and later waits raise StreamInterrupted. Safe from any thread."""
