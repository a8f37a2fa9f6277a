"""SSL sessions of one generation: which connections belong to one family, and whether its certificate still counts.

A resumed connection brings its certificate back without any check: a refused one too, if a callback ever said yes;
an expired one always. So a certificate counts only when it was verified on this connection, or when the connection
continues a family whose verified chain is known here and still valid.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from cryptography import x509
from OpenSSL import SSL

from soul.janus.peer import SslSession


@dataclass(slots=True)
class Observations:
    """What the callbacks saw on one connection. It travels as the connection's app data."""

    session: SslSession | None = None
    resumed: bool = False
    offered: bool = False  # the client's hello asked to resume a session
    known: bool = False  # resumed, and the family is in the table
    finished: bool = False
    verified: bool = False  # the callback reached level 0 with a good result on this connection
    certificate: bytes = b""  # DER form of the certificate that the callback accepted at level 0
    asked: bool = False  # the callback ran: a certificate came on this connection
    failure: tuple[int, int, str] | None = None  # first failed check: number, level, subject
    objection: str = ""  # own limit that level 0 broke, in words
    objection_subject: str = ""
    alert_sent: int | None = None
    alert_received: int | None = None
    faults: list[str] = field(default_factory=list)  # exceptions inside callbacks, by class name


class SessionTable:
    """Families by the digest of their connections' master secrets.

    Session ids and tickets are not public in pyOpenSSL. Master secrets are: TLS 1.2 keeps one over all resumptions;
    TLS 1.3 shows, when a resumed handshake is done, the secret of the presented ticket, and after each ticket that
    the server writes the secret of that ticket. Only SHA-256 digests are kept.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._families: dict[bytes, SslSession] = {}
        self._counter = 0
        self._lock = threading.Lock()

    @property
    def families(self) -> int:
        """How many families have begun: one for each full handshake."""
        return self._counter

    @property
    def stored(self) -> int:
        """How many sessions can be resumed: a TLS 1.3 connection stores several."""
        return len(self._families)

    def handshake_done(self, connection: SSL.Connection, seen: Observations, now: float) -> None:
        """Find or make the family of a connection whose handshake is over."""
        key = _key(connection)
        with self._lock:
            family = self._families.get(key) if key else None
            seen.finished = True
            if family is not None:
                seen.session, seen.resumed, seen.known = family, True, True
                return
            self._counter += 1
            seen.session = SslSession(f"{self._name}/{self._counter}", now)
            if key:
                self._families[key] = seen.session

    def ticket_written(self, connection: SSL.Connection, seen: Observations) -> None:
        """Note the secret of a ticket that was just written (TLS 1.3)."""
        key = _key(connection)
        if key and seen.session is not None:
            with self._lock:
                self._families[key] = seen.session


def still_valid(chain: tuple[x509.Certificate, ...], now: float) -> bool:
    """Say whether every certificate of a stored chain is within its dates."""
    moment = datetime.fromtimestamp(now, UTC)
    return all(c.not_valid_before_utc <= moment <= c.not_valid_after_utc for c in chain)


def _key(connection: SSL.Connection) -> bytes | None:
    """Return the digest of the present master secret, None while there is none."""
    try:
        secret = connection.master_key()
    except SSL.Error:
        return None
    return sha256(secret).digest() if secret else None
