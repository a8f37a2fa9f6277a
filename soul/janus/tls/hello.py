"""Whether a client offered an earlier session, read from its first message: for SesNF and SesTO of JANUS SSLSTATUS.

OpenSSL's counters are not public in pyOpenSSL. The answer is an approximation, good for figures and nothing else: a
hello that has not arrived whole counts as offering none. Source: m204wiki, JANUS SSLSTATUS; RFC 8446 section 4.1.2.
"""

from __future__ import annotations

import re
import struct

HELLO_LIMIT = 16384  # bytes worth looking at
_HANDSHAKE_RECORD, _CLIENT_HELLO = 22, 1
_SESSION_TICKET, _PRE_SHARED_KEY, _SUPPORTED_VERSIONS = 35, 41, 43
_TLS_1_3 = b"\x03\x04"
_SHORT, _EXTENSION = struct.Struct("!H"), struct.Struct("!HH")


# supported_versions with TLS 1.3 in its list: two bytes of type, two and one of length, versions of two bytes each.
_MODERN = re.compile(rb"\x00\x2b\x00[\x03-\x20][\x02-\x1f](?:..){0,14}?\x03\x04", re.DOTALL)
_OFFER = b"\x00\x29"  # pre_shared_key


def offers_session(data: bytes) -> bool:
    """Say whether the ClientHello at the beginning of `data` asks to resume a session."""
    if _OFFER not in data and _MODERN.search(data):
        return False  # most hellos, and the message need not be read
    try:
        return _offers(data)
    except (IndexError, struct.error):
        return False


def _offers(data: bytes) -> bool:
    """Raises IndexError or struct.error when the message is cut."""
    kind, length = struct.unpack_from("!B2xH", data)
    if kind != _HANDSHAKE_RECORD or data[5] != _CLIENT_HELLO or len(data) < 5 + length:
        return False
    end = min(5 + length, 9 + int.from_bytes(data[6:9], "big"))
    at = 9 + 2 + 32  # behind version and random
    session = data[at]
    at += 1 + session
    at += 2 + _SHORT.unpack_from(data, at)[0]  # suites
    at += 1 + data[at] + 2  # compression methods, and the length of the extensions
    offered, modern = session > 0, False
    while at + 4 <= end:
        kind, length = _EXTENSION.unpack_from(data, at)
        at += 4
        if kind == _PRE_SHARED_KEY:
            return True
        if kind == _SESSION_TICKET and length:
            offered = True
        elif kind == _SUPPORTED_VERSIONS:
            versions = data[at + 1 : at + length]
            modern = _TLS_1_3 in (versions[i : i + 2] for i in range(0, len(versions), 2))
        at += length
    # In TLS 1.3 the session id is random, for the sake of middleboxes (RFC 8446 appendix D.4).
    return offered and not modern
