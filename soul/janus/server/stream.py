"""A blocking `ByteStream` on a non-blocking channel: what socket programs read and write in the live server."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import time

from soul.janus.server.channel import Channel, WantRead, WantWrite
from soul.janus.stream import Address, StreamError, StreamInterrupted, StreamTimeout

WRITE_SLICE = 64 * 1024
LINGER_ZERO = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class ChannelStream:
    """Waits for the socket with the time that is left, then tries again; one deadline per operation.

    No queue stands between the network and the program: a FIN or RESET is seen exactly when the program reads
    (m204wiki, FINCLOSE and NOFINCLOSE).
    """

    def __init__(self, sock: socket.socket, channel: Channel, local: Address, remote: Address) -> None:
        self._socket = sock
        self._channel = channel
        self._local = local
        self._remote = remote
        self._interrupted = False
        self._closed = False
        self._lock = threading.Lock()  # between closing here and interrupting from elsewhere

    @property
    def local(self) -> Address:
        """Our end."""
        return self._local

    @property
    def remote(self) -> Address:
        """The other end."""
        return self._remote

    def receive(self, limit: int, timeout: float | None) -> bytes:
        """See `ByteStream.receive`."""
        deadline = _deadline(timeout)
        while True:
            self._check()
            try:
                data = self._channel.receive(limit)
                if not data:
                    self._check()  # `interrupt` looks like an end of the stream
                return data
            except StreamError:
                self._check()
                raise
            except WantRead:
                self._wait(deadline, write=False)
            except WantWrite:
                self._wait(deadline, write=True)

    def send(self, data: bytes, timeout: float | None) -> None:
        """See `ByteStream.send`."""
        deadline = _deadline(timeout)
        rest = memoryview(data)
        while rest:
            self._check()
            try:
                rest = rest[self._channel.send(rest[:WRITE_SLICE]) :]
            except StreamError:
                self._check()
                raise
            except WantRead:
                self._wait(deadline, write=False)
            except WantWrite:
                self._wait(deadline, write=True)

    def finish(self) -> None:
        """See `ByteStream.finish`."""
        if not self._closed:
            self._channel.finish()

    def close(self) -> None:
        """See `ByteStream.close`."""
        if not self._closed:
            self._closed = True
            self._channel.finish()
            self._release()

    def abort(self) -> None:
        """See `ByteStream.abort`."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(OSError):
                # A linger time of zero makes the kernel send RST, which is what the peer should see.
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
            self._release()

    def interrupt(self) -> None:
        """See `ByteStream.interrupt`. `shutdown` on the descriptor ends the owner's poll at once."""
        self._interrupted = True
        with self._lock, contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        with self._lock:
            self._channel.close()
            self._socket.close()

    def _check(self) -> None:
        if self._interrupted:
            raise StreamInterrupted("the connection was forced")
        if self._closed:
            raise StreamError("the connection is closed")

    def _wait(self, deadline: float | None, *, write: bool) -> None:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise StreamTimeout("time is up")
        if not _wait_for(self._socket, left, write=write):
            raise StreamTimeout("time is up")


def _deadline(timeout: float | None) -> float | None:
    return None if timeout is None else time.monotonic() + timeout


def _wait_for(sock: socket.socket, left: float | None, *, write: bool) -> bool:
    """Wait until `sock` is ready; False when `left` seconds passed first."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock, select.POLLOUT if write else select.POLLIN)
        return bool(poll.poll(None if left is None else max(1, round(left * 1000))))
    return any(select.select([] if write else [sock], [sock] if write else [], [], left))
