"""Why a handshake failed: OpenSSL's numbers and reasons put into words for the journal.

Sources: m204wiki, MSIR.0646; MSIR.0573; SSLCLCERT and SSLCLCERTR (JANUS DEFINE parameters).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from soul.janus.stream import StreamError
from soul.janus.tls.messages import TLS_MESSAGES
from soul.runtime.messages import Message

NOT_PRESENTED = "client did not have required certificate"  # documented text of MSIR.0646

# What follows "client certificate" or "certificate at level N". X509_V_ERR_... numbers of OpenSSL's x509_vfy.h;
# there is no public call that gives OpenSSL's own text, and pyOpenSSL lacks the names of 66 to 68.
VERIFICATION_WORDS: dict[int, str] = {
    2: "was not signed by a trusted certifying authority",
    3: "cannot be checked, a revocation list is missing",
    4: "has a signature that cannot be decrypted",
    6: "has a key that cannot be read",
    7: "has a signature that does not match",
    8: "cannot be checked, its revocation list has a signature that does not match",
    9: "is not yet valid",
    10: "has expired",
    11: "cannot be checked, its revocation list is not valid yet",
    12: "cannot be checked, its revocation list has expired",
    13: "has a start date that cannot be read",
    14: "has an end date that cannot be read",
    18: "is self-signed and not trusted by the port",
    19: "was not signed by a trusted certifying authority",
    20: "was not signed by a trusted certifying authority",
    21: "was not signed by a trusted certifying authority",
    22: "ends a chain of too many certificates",
    23: "has been revoked",
    24: "was signed by a certificate that is not a certifying authority's",
    25: "breaks the path length limit of a certifying authority",
    26: "is not meant for this purpose (key usage or extended key usage)",
    27: "is not trusted for this purpose",
    28: "is rejected for this purpose",
    32: "was signed with a key that may not sign certificates",
    34: "has a critical extension that is not understood",
    37: "has an extension that is not valid",
    41: "has an extension that is not valid",
    47: "has a name that its certifying authority may not certify",
    48: "has a name that its certifying authority may not certify",
    51: "is limited to names in a form that is not supported",
    52: "is limited to names in a form that is not supported",
    53: "has a name in a form that is not supported",
    62: "is for another host name",
    66: "has a key that is too weak",
    67: "was signed by an authority whose key is too weak",
    68: "was signed with a digest that is too weak",
    76: "has a signature algorithm that is not supported",
    77: "has two signature algorithms that differ",
    79: "was signed by, or is, a certificate that is not a certifying authority's",
    89: "is not marked as a certifying authority's",
    92: "lacks the key usage that lets a certifying authority sign",
}

# The chain ends somewhere untrusted: what matters is the peer's certificate, whatever level OpenSSL noticed it at.
_UNTRUSTED = frozenset({2, 19, 20, 21})

# Names of RFC 8446 section 6 and RFC 5246 section 7.2.
ALERTS: dict[int, str] = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    22: "record_overflow",
    40: "handshake_failure",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    112: "unrecognized_name",
    116: "certificate_required",
    120: "no_application_protocol",
}

# OpenSSL reason texts that mean: this was no TLS at all.
NOT_TLS = {
    "http request": "plain HTTP request received on an SSL port",
    "https proxy request": "plain HTTP proxy request received on an SSL port",
    "wrong version number": "data that is not SSL received on an SSL port",
    "packet length too long": "data that is not SSL received on an SSL port",
    "bad record type": "data that is not SSL received on an SSL port",
    "record too small": "data that is not SSL received on an SSL port",
}


class Progress(Enum):
    """How far a handshake is, and what it waits for."""

    WANT_READ = "want read"
    WANT_WRITE = "want write"
    DONE = "done"
    FAILED = "failed"


UNSUPPORTED_PROTOCOL = frozenset({"unsupported protocol", "version too low"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a connection was not accepted: everything the journal line needs.

    `error` is the OpenSSL verification number of the first failed check, 0 when the certificate was not the cause
    or the check was ours; `depth` its level in the chain, -1 for none; `subject` that certificate's name in printable
    characters. `alert` is the TLS alert that was sent to the peer, None when none was sent. `plain_http` says that
    the client spoke HTTP without TLS.
    """

    message: Message
    reason: str
    error: int = 0
    depth: int = -1
    subject: str = ""
    alert: int | None = None
    plain_http: bool = False

    @property
    def text(self) -> str:
        """Return the finished text of the message."""
        return self.message.text.format(reason=self.reason)

    def __str__(self) -> str:
        return f"{self.message.number}: {self.text}"


class TlsRefused(StreamError):
    """The handshake failed, or the connection broke a rule of the port; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(str(refusal))


class TlsBroken(StreamError):
    """An established connection failed: an alert came, a record was damaged. `alert` is the peer's alert, if any."""

    def __init__(self, reason: str, alert: int | None = None) -> None:
        self.alert = alert
        super().__init__(reason)


class TlsTruncated(TlsBroken):
    """The peer's bytes ended without the TLS farewell (close_notify)."""


def alert_name(alert: int) -> str:
    """Return `number (name)` of a TLS alert."""
    return f"{alert} ({ALERTS.get(alert, 'unknown')})"


def certificate_refusal(error: int, depth: int, subject: str, alert: int | None, *, server: bool) -> Refusal:
    """Return the refusal for a failed verification.

    `server` says that we are the server, so that the certificate is a client's.
    """
    owner = "client" if server else "server"
    who = f"{owner} certificate" if depth <= 0 else f"certificate at level {depth} of the {owner} certificate"
    words = VERIFICATION_WORDS.get(error, f"failed verification (error {error})")
    where = subject
    if depth > 0 and error in _UNTRUSTED:
        who, where = f"{owner} certificate", f"its chain ends at {subject}"
    reason = f"{who} {words}" + (f" ({where})" if subject else "")
    return Refusal(TLS_MESSAGES["MSIR.0646" if server else "SOUL.0702"], reason, error, depth, subject, alert)


def own_refusal(words: str, depth: int, subject: str, alert: int | None, *, server: bool) -> Refusal:
    """Return the refusal for a certificate that broke one of the port's own limits."""
    reason = words + (f" ({subject})" if subject else "")
    return Refusal(TLS_MESSAGES["MSIR.0646" if server else "SOUL.0702"], reason, 0, depth, subject, alert)


def handshake_refusal(reason: str, protocol: str, sent: int | None, received: int | None, *, server: bool) -> Refusal:
    """Return the refusal for a handshake that failed for another cause than a certificate's contents.

    `reason` is OpenSSL's text, `protocol` the version the client asked for, `sent` and `received` the alerts seen.
    """
    if server and reason == "peer did not return a certificate":
        return Refusal(TLS_MESSAGES["MSIR.0646"], NOT_PRESENTED, alert=sent)
    if server and reason in UNSUPPORTED_PROTOCOL:
        return Refusal(TLS_MESSAGES["MSIR.0573"], protocol, alert=sent)
    if server and reason in NOT_TLS:
        plain = reason.startswith("http")
        return Refusal(TLS_MESSAGES["MSIR.0903"], NOT_TLS[reason], alert=sent, plain_http=plain)
    peer = "client" if server else "server"
    if received is not None:
        reason = f"{peer} refused with alert {alert_name(received)}"
    elif reason == "excessive message size":
        reason = f"{peer} sent a certificate list or another handshake message that is too large"
    elif reason == "no shared cipher":
        reason = "client and port have no cipher in common (see SSLCIPH)"
    return Refusal(TLS_MESSAGES["SOUL.0701" if server else "SOUL.0702"], reason, alert=sent)


def timeout_refusal(seconds: float, *, server: bool) -> Refusal:
    """Return the refusal for a peer that did not finish its handshake in time."""
    peer = "client" if server else "server"
    reason = f"{peer} did not finish the handshake within {seconds:g} seconds"
    return Refusal(TLS_MESSAGES["SOUL.0701" if server else "SOUL.0702"], reason)


def record_refusal() -> Refusal:
    """Return the refusal for a record longer than SSLIBSIZE."""
    return Refusal(TLS_MESSAGES["MSIR.0386"], "")
