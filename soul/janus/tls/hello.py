"""Whether a client offered an earlier session, read from its first message: for SesNF and SesTO of JANUS SSLSTATUS.

OpenSSL's counters are not public in pyOpenSSL. The answer is an approximation, good for figures and nothing else: a
hello that has not arrived whole counts as offering none. Source: m204wiki, JANUS SSLSTATUS; RFC 8446 section 4.1.2.
"""

from __future__ import annotations

HELLO_LIMIT = 16384  # bytes worth looking at
_HANDSHAKE_RECORD, _CLIENT_HELLO = 22, 1
_SESSION_TICKET, _PRE_SHARED_KEY, _SUPPORTED_VERSIONS = 35, 41, 43
_TLS_1_3 = b"\x03\x04"


class _Reader:
    """Reads length-prefixed fields; raises ValueError at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) < count:
            raise ValueError("cut")
        self._at += count
        return piece

    def vector(self, length_bytes: int) -> bytes:
        return self.take(int.from_bytes(self.take(length_bytes), "big"))

    @property
    def more(self) -> bool:
        return self._at < len(self._data)


def offers_session(data: bytes) -> bool:
    """Say whether the ClientHello at the beginning of `data` asks to resume a session."""
    try:
        return _offers(data)
    except ValueError:
        return False


def _offers(data: bytes) -> bool:
    record = _Reader(data)
    if record.take(3)[0] != _HANDSHAKE_RECORD:
        return False
    message = _Reader(record.vector(2))
    if message.take(1)[0] != _CLIENT_HELLO:
        return False
    hello = _Reader(message.vector(3))
    hello.take(2 + 32)  # version, random
    session = hello.vector(1)
    hello.vector(2)  # suites
    hello.vector(1)  # compression
    extensions: dict[int, bytes] = {}
    if hello.more:
        fields = _Reader(hello.vector(2))
        while fields.more:
            kind = int.from_bytes(fields.take(2), "big")
            extensions[kind] = fields.vector(2)
    if _PRE_SHARED_KEY in extensions:
        return True
    versions = extensions.get(_SUPPORTED_VERSIONS, b"")[1:]
    if _TLS_1_3 in (versions[at : at + 2] for at in range(0, len(versions), 2)):
        return False  # its session id is random, for the sake of middleboxes (RFC 8446 appendix D.4)
    return bool(session or extensions.get(_SESSION_TICKET))
