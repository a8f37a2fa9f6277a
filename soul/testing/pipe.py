"""An in-memory connection: two `ByteStream` ends, bytes written to one come out of the other."""

from __future__ import annotations

import threading
import time

from soul.janus.stream import Address, StreamError, StreamInterrupted, StreamTimeout

BUFFER = 262_144  # bytes one direction holds before a sender must wait, as a socket buffer would


class _Direction:
    """The bytes on their way from one end to the other."""

    def __init__(self) -> None:
        self.condition = threading.Condition()
        self.data = bytearray()
        self.finished = False  # the sender said that it sends no more
        self.reset = False  # one end broke the connection
        self.closed = False  # the receiver is gone


class PipeStream:
    """One end of an in-memory connection."""

    def __init__(self, inward: _Direction, outward: _Direction, local: Address, remote: Address) -> None:
        self._in = inward
        self._out = outward
        self._local = local
        self._remote = remote
        self._interrupted = False

    @property
    def local(self) -> Address:
        """Our end."""
        return self._local

    @property
    def remote(self) -> Address:
        """The other end."""
        return self._remote

    def receive(self, limit: int, timeout: float | None) -> bytes:
        """Return 1 to `limit` bytes, b'' at the end; see ByteStream.receive."""
        way = self._in
        with way.condition:
            ready = way.condition.wait_for(
                lambda: way.data or way.finished or way.reset or way.closed or self._interrupted, timeout
            )
            self._check(way)
            if not ready:
                raise StreamTimeout("nothing came before the deadline")
            data = bytes(way.data[:limit])
            del way.data[:limit]
            way.condition.notify_all()
            return data

    def send(self, data: bytes, timeout: float | None) -> None:
        """Send all of `data`; see ByteStream.send."""
        way = self._out
        deadline = None if timeout is None else time.monotonic() + timeout
        view = memoryview(data)
        with way.condition:
            while view:
                remaining = None if deadline is None else max(0.0, deadline - time.monotonic())
                ready = way.condition.wait_for(
                    lambda: len(way.data) < BUFFER or way.reset or way.closed or self._interrupted, remaining
                )
                self._check(way)
                if way.finished:
                    raise StreamError("sending after the end was announced")
                if not ready:
                    raise StreamTimeout("nothing could be sent before the deadline")
                if way.closed:
                    raise StreamError("Connection reset by peer")
                room = BUFFER - len(way.data)
                way.data += view[:room]
                view = view[room:]
                way.condition.notify_all()

    def _check(self, way: _Direction) -> None:
        if self._interrupted:
            raise StreamInterrupted("the connection was ended by the server")
        if way.reset:
            raise StreamError("Connection reset by peer")

    def finish(self) -> None:
        """Announce that nothing more is sent."""
        with self._out.condition:
            self._out.finished = True
            self._out.condition.notify_all()

    def close(self) -> None:
        """Finish, and take no more."""
        self.finish()
        with self._in.condition:
            self._in.closed = True
            self._in.data.clear()
            self._in.condition.notify_all()

    def abort(self) -> None:
        """Break both directions."""
        for way in (self._in, self._out):
            with way.condition:
                way.reset = True
                way.data.clear()
                way.condition.notify_all()

    def interrupt(self) -> None:
        """End every wait of the owner."""
        self._interrupted = True
        for way in (self._in, self._out):
            with way.condition:
                way.condition.notify_all()


def connected_pair(client: Address, server: Address) -> tuple[PipeStream, PipeStream]:
    """Return the client's and the server's end of a new connection."""
    to_server, to_client = _Direction(), _Direction()
    return PipeStream(to_client, to_server, client, server), PipeStream(to_server, to_client, server, client)
