"""TLS without I/O: encrypted bytes in, encrypted bytes out. The offline tests, CLSOCK and fuzzers use it."""

from __future__ import annotations

from OpenSSL import SSL

from soul.janus.tls.connection import PLAIN_HTTP_ANSWER, ClientSession, TlsConnection
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.hello import offers_session
from soul.janus.tls.verdicts import Progress, handshake_refusal

HANDSHAKE_INPUT_LIMIT = 128 * 1024  # bytes taken from a peer whose handshake is not over (our choice)
_CHUNK = 65536


class TlsEngine(TlsConnection):
    """One connection over memory: `feed` what came, call `handshake` / `receive` / `send`, write what `take` gives.

    Always write `take()` before waiting, also after FAILED: the alert is in it.
    """

    def __init__(
        self,
        generation: TlsGeneration,
        *,
        server_name: str = "",
        resume: ClientSession | None = None,
        check_name: bool = False,
    ) -> None:
        super().__init__(generation, None, server_name=server_name, resume=resume, check_name=check_name)
        self._taken_in = 0
        self._answered = False

    def feed(self, data: bytes) -> None:
        """Take bytes that came from the peer; b'' is ignored. A handshake of more than 128 KB is refused."""
        if not data or self.refusal is not None:
            return
        if not self.done:
            if not self._taken_in and self.generation.server:
                self._seen.offered = offers_session(data)
            self._taken_in += len(data)
            if self._taken_in > HANDSHAKE_INPUT_LIMIT:
                words = "excessive message size"
                self.refuse(handshake_refusal(words, "", None, None, server=self.generation.server))
                return
        self._ssl.bio_write(data)

    def feed_eof(self) -> None:
        """Note that no more bytes will come from the peer."""
        self._ssl.bio_shutdown()

    def take(self) -> bytes:
        """Return all bytes that wait to be sent to the peer, b'' when there are none."""
        parts: list[bytes] = []
        while True:
            try:
                parts.append(self._ssl.bio_read(_CHUNK))
            except SSL.Error:  # WantReadError: nothing left
                break
        if self.refusal is not None and self.refusal.plain_http and not self._answered:
            self._answered = True
            parts.append(PLAIN_HTTP_ANSWER)
        return b"".join(parts)

    def close(self) -> None:
        """End the connection; `take` then gives the farewell. A session that was ended or refused is forgotten."""
        self._farewell()


def exchange(one: TlsEngine, other: TlsEngine) -> None:
    """Carry bytes between two engines, handshaking, until neither has anything more to say."""
    while True:
        for engine in (one, other):
            if engine.handshake() is Progress.DONE:
                continue
        first, second = one.take(), other.take()
        if not first and not second:
            return
        other.feed(first)
        one.feed(second)
