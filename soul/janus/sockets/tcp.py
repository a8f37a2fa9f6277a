"""A TCP connection as a `ByteStream`: waits with a deadline, can be interrupted from another thread.

A Python socket time-out would make the descriptor non-blocking behind OpenSSL's back, so every wait here is a
selector with one deadline per operation.
"""

from __future__ import annotations

import selectors
import socket
import time

from soul.janus.stream import Address, StreamError, StreamInterrupted, StreamTimeout

CONNECT_SECONDS = 30.0
_CHUNK = 65536


class TcpStream:
    """One TCP connection. The socket is made non-blocking and belongs to this object."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._interrupted = False
        self._closed = False
        self._local = Address(*sock.getsockname()[:2])
        self._remote = Address(*sock.getpeername()[:2])

    @property
    def local(self) -> Address:
        """Our end."""
        return self._local

    @property
    def remote(self) -> Address:
        """The other end."""
        return self._remote

    def fileno(self) -> int:
        """Return the descriptor, -1 when closed."""
        return self._socket.fileno()

    def receive(self, limit: int, timeout: float | None) -> bytes:
        """Return 1 to `limit` bytes, b'' at the end of the stream; see ByteStream.receive."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            self._check()
            try:
                return self._socket.recv(min(limit, _CHUNK))
            except BlockingIOError:
                self._wait(selectors.EVENT_READ, deadline)
            except OSError as error:
                raise self._broken(error) from error

    def send(self, data: bytes, timeout: float | None) -> None:
        """Send all of `data`; see ByteStream.send."""
        deadline = None if timeout is None else time.monotonic() + timeout
        view = memoryview(data)
        while view:
            self._check()
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._wait(selectors.EVENT_WRITE, deadline)
            except OSError as error:
                raise self._broken(error) from error

    def _check(self) -> None:
        if self._interrupted:
            raise StreamInterrupted("the connection was ended by the server")
        if self._closed:
            raise StreamError("the connection is closed")

    def _broken(self, error: OSError) -> StreamError:
        if self._interrupted:
            return StreamInterrupted("the connection was ended by the server")
        return StreamError(error.strerror or "the connection broke")

    def _wait(self, event: int, deadline: float | None) -> None:
        remaining = None if deadline is None else max(0.0, deadline - time.monotonic())
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(self._socket, event)
            except ValueError as error:  # closed meanwhile by an interrupt
                raise StreamInterrupted("the connection was ended by the server") from error
            if not selector.select(remaining):
                raise StreamTimeout("nothing happened before the deadline")

    def finish(self) -> None:
        """Send FIN; receiving still works."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def close(self) -> None:
        """Close; twice is harmless."""
        if not self._closed:
            self._closed = True
            self.finish()
            self._socket.close()

    def abort(self) -> None:
        """Close at once."""
        self._closed = True
        self._socket.close()

    def interrupt(self) -> None:
        """End every wait of the owner: `shutdown` is safe from any thread and wakes a blocked selector."""
        self._interrupted = True
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


class TcpNetwork:
    """The real network: where CLSOCK connections of a live Online go."""

    def connect(self, host: str, port: int, timeout: float | None) -> TcpStream:
        """Connect to `host`:`port`. Raises StreamTimeout, or StreamError with the reason."""
        try:
            sock = socket.create_connection((host, port), timeout or CONNECT_SECONDS)
        except TimeoutError as error:
            raise StreamTimeout(f"{host}:{port} did not answer in time") from error
        except socket.gaierror as error:
            raise StreamError(f"host name {host} cannot be resolved") from error
        except OSError as error:
            raise StreamError(f"{host}:{port}: {error.strerror or 'connection failed'}") from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return TcpStream(sock)
