"""What is known about the other side of one connection once the handshake is over."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography import x509

from soul.janus.certificates.info import ITEMS, certificate_item, full_name
from soul.janus.stream import Address

MOST_ITEMS = 64  # certificate items kept of one connection, counted by spelling


@dataclass(slots=True)
class SslSession:
    """A family of connections that share one SSL session (full handshake and its resumptions).

    `identifier` is opaque. `ended` is set by $Web_End_SSLSes: later connections of the family are refused.
    `login` is the userid held by SSLSES, '' when none.
    """

    identifier: str
    created: float
    chain: tuple[x509.Certificate, ...] = ()
    login: str = ""
    login_used: float = 0.0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """The client of one connection to a server port, or the server of a CLSOCK connection.

    `protocol` is the SSLPROT bit of the negotiated protocol (16 TLS 1.2, 32 TLS 1.3), 0 without TLS. `chain` is the
    *verified* chain: index 0 the peer, last the trust anchor; empty when no certificate was presented.
    `certificate_missing` is True on an SSLCLCERTR port with an SSLNOCERTERR rule whose client presented none.
    """

    address: Address
    local: Address
    protocol: int = 0
    cipher: str = ""
    chain: tuple[x509.Certificate, ...] = field(default=(), repr=False)
    certificate_missing: bool = False
    session: SslSession | None = field(default=None, repr=False)
    _items: dict[tuple[str, int], str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def certificate_item(self, item: str, level: int) -> str:
        """Return one item of one certificate of the chain, as `certificate_info` does; each is worked out once."""
        known = self._items.get((item, level))
        if known is not None:
            return known
        name = full_name(item)
        if name not in ITEMS or not -len(self.chain) <= level < len(self.chain):
            return ""
        known = self._items[(name, level)] = certificate_item(self.chain[level], name)
        if len(self._items) < MOST_ITEMS:
            self._items[(item, level)] = known  # the spelling that is asked for, too
        return known

    @property
    def secure(self) -> bool:
        """Say whether the connection is encrypted."""
        return self.protocol != 0
