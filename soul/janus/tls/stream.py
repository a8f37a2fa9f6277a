"""TLS as a blocking `ByteStream` over another one: a TCP socket or the in-memory network."""

from __future__ import annotations

import time

from soul.janus.peer import Peer
from soul.janus.stream import Address, ByteStream, StreamError, StreamTimeout
from soul.janus.tls.engine import TlsEngine
from soul.janus.tls.verdicts import Progress, Refusal, TlsBroken, TlsRefused

HANDSHAKE_SECONDS = 10.0  # for a whole handshake (our choice)
_DRAIN_BYTES, _DRAIN_SECONDS = 256 * 1024, 2.0
_CHUNK = 65536


class TlsStream:
    """A `ByteStream` that encrypts what goes over `carrier`. Server or client, as its engine is.

    Call `handshake` first. `monotonic` is the clock of deadlines, replaced in tests.
    """

    def __init__(self, carrier: ByteStream, engine: TlsEngine) -> None:
        self.carrier = carrier
        self.engine = engine
        self._closed = False
        self._eof = False

    @property
    def local(self) -> Address:
        """Our end."""
        return self.carrier.local

    @property
    def remote(self) -> Address:
        """The other end."""
        return self.carrier.remote

    @property
    def peer(self) -> Peer:
        """What is known about the other side. Only after the handshake."""
        return self.engine.peer_facts(self.remote, self.local)

    @property
    def refusal(self) -> Refusal | None:
        """Why the handshake failed, or the connection was broken; None while all is well."""
        return self.engine.refusal

    def handshake(self, timeout: float | None = HANDSHAKE_SECONDS) -> Peer:
        """Do the handshake within `timeout` seconds and return who is there.

        Raises TlsRefused when it fails: the alert has been sent, the peer was given the time to read it, and the
        carrier is closed. Raises StreamInterrupted when the carrier was interrupted.
        """
        deadline = _Deadline(timeout)
        try:
            while (progress := self.engine.handshake()) is not Progress.DONE:
                self._flush(deadline.left())
                if progress is Progress.FAILED:
                    assert self.engine.refusal is not None
                    raise TlsRefused(self.engine.refusal)
                if progress is Progress.WANT_READ:
                    self._fill(deadline.left())
            self._flush(deadline.left())
        except StreamTimeout:
            refusal = self.engine.expire(timeout or 0.0)
            self._give_up()
            raise TlsRefused(refusal) from None
        except TlsRefused:
            self._give_up()
            raise
        return self.peer

    def receive(self, limit: int, timeout: float | None) -> bytes:
        """Return 1 to `limit` decrypted bytes, b'' when the peer has finished sending.

        Raises StreamTimeout, StreamInterrupted, TlsRefused for a record longer than SSLIBSIZE, and TlsBroken.
        """
        deadline = _Deadline(timeout)
        while True:
            try:
                data = self.engine.receive(limit)
            finally:
                self._flush_quietly()
            if data is not None:
                return data
            self._fill(deadline.left())

    def send(self, data: bytes, timeout: float | None) -> None:
        """Send all of `data`. Raises StreamTimeout, StreamInterrupted or TlsBroken."""
        deadline = _Deadline(timeout)
        view = memoryview(data)
        while view:
            taken = self.engine.send(view)
            view = view[taken:]
            self._flush(deadline.left())
            if not taken and view:
                self._fill(deadline.left())

    def finish(self) -> None:
        """Send close_notify and the end of our bytes; receiving still works. Never raises."""
        self.engine.finish()
        self._flush_quietly()
        self.carrier.finish()

    def close(self) -> None:
        """Say farewell and close the carrier. Never raises; closing twice is harmless."""
        if not self._closed:
            self._closed = True
            self.engine.close()
            self._flush_quietly()
            self.carrier.close()

    def abort(self) -> None:
        """Break the connection at once; the SSL session is forgotten. Never raises."""
        self._closed = True
        self.carrier.abort()

    def interrupt(self) -> None:
        """Make the owner's present and later waits raise StreamInterrupted. Safe from any thread."""
        self.carrier.interrupt()

    def _fill(self, timeout: float | None) -> None:
        if self._eof:
            raise TlsBroken("the connection ended")
        data = self.carrier.receive(_CHUNK, timeout)
        if data:
            self.engine.feed(data)
        else:
            self._eof = True
            self.engine.feed_eof()

    def _flush(self, timeout: float | None) -> None:
        data = self.engine.take()
        if data:
            self.carrier.send(data, timeout)

    def _flush_quietly(self) -> None:
        """Send what waits, if the carrier still takes it: the error that matters is another one."""
        try:
            self._flush(_DRAIN_SECONDS)
        except StreamError:
            return

    def _give_up(self) -> None:
        """Let the peer read the alert: half-close, and throw away what it still sends for a short while."""
        self._closed = True
        self._flush_quietly()
        self.carrier.finish()
        deadline, taken = _Deadline(_DRAIN_SECONDS), 0
        try:
            while taken < _DRAIN_BYTES:
                data = self.carrier.receive(_CHUNK, deadline.left())
                if not data:
                    break
                taken += len(data)
        except StreamError:
            pass
        self.carrier.close()


class _Deadline:
    """The end of one operation, on the monotonic clock."""

    def __init__(self, timeout: float | None) -> None:
        self._end = None if timeout is None else time.monotonic() + timeout

    def left(self) -> float | None:
        """Return the seconds that are left, at least 0; None for no end."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())
