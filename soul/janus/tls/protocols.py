"""SSLPROT and SSLCIPH: which protocols and ciphers a port offers.

Sources: m204wiki, SSLPROT (JANUS DEFINE parameter); SSLCIPH (JANUS DEFINE parameter). TLS 1.3 rides with the TLS 1.2
bit (our choice: no bit is documented for it).
"""

from __future__ import annotations

from dataclasses import dataclass

TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 = 0x04, 0x08, 0x10, 0x20
DEFAULT_PROTOCOLS = 0x1E

PROTOCOL_NAMES = {
    0x01: "SSL V2",
    0x02: "SSL V3",
    TLS_1_0: "TLS 1.0",
    TLS_1_1: "TLS 1.1",
    TLS_1_2: "TLS 1.2",
    TLS_1_3: "TLS 1.3",
}

PROTOCOL_BITS = {"TLSv1": TLS_1_0, "TLSv1.1": TLS_1_1, "TLSv1.2": TLS_1_2, "TLSv1.3": TLS_1_3}
"""OpenSSL's name of a negotiated version to the bit that SOUL sees in $Web_Protocol."""

MODERN_SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"  # forward secrecy and authenticated encryption: the default
_SECURITY_LEVEL = "@SECLEVEL=2"  # keys of at least 112 bits of security, no SHA-1 signatures
_LEGACY_LEVEL = "@SECLEVEL=0"  # the only level at which OpenSSL speaks TLS 1.0 and 1.1

# The four AES bits are documented as "AES" only; which is which is our choice. Forward-secret suites come first.
_AES_128 = "ECDHE+AESGCM+AES128"
_AES_256 = "ECDHE+AESGCM+AES256"
_CIPHERS: dict[int, tuple[str, str]] = {
    0x0040: (f"{_AES_128}:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:AES128-SHA", "TLS_AES_128_GCM_SHA256"),
    0x0080: (f"{_AES_256}:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:AES256-SHA", "TLS_AES_256_GCM_SHA384"),
    0x0100: (f"{_AES_128}:ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256", "TLS_AES_128_GCM_SHA256"),
    0x0200: (f"{_AES_256}:ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384", "TLS_AES_256_GCM_SHA384"),
}
_ALL_TLS13 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")


class NothingLeft(Exception):
    """SSLPROT or SSLCIPH names nothing that the TLS library still has; the port cannot start."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What to ask of OpenSSL: the protocol bits in use, and the two cipher lists. `notice` is for the journal."""

    protocols: int
    suites: str
    tls13_suites: str
    notice: str = ""


def select(protocols: int, ciphers: int, *, legacy: bool = False, explicit: bool = False) -> Selection:
    """Return the selection for SSLPROT `protocols` and SSLCIPH `ciphers`.

    `legacy` is the site's switch for TLS 1.0 and 1.1, which lower the security of the whole port; without it their
    bits are ignored. `explicit` says that SSLPROT was given: only then ignored bits are worth a notice.
    Raises NothingLeft.
    """
    modern = TLS_1_2 | TLS_1_3
    usable = protocols & (modern | TLS_1_0 | TLS_1_1 if legacy else modern)
    ignored = [name for bit, name in PROTOCOL_NAMES.items() if protocols & bit & ~usable]
    if not usable:
        names = ", ".join(ignored) or "nothing"
        raise NothingLeft(f"SSLPROT X'{protocols:02X}' allows {names}, and only TLS 1.2 (X'10') and later can be used")
    notice = ""
    if explicit and ignored:
        notice = f"SSLPROT X'{protocols:02X}': {', '.join(ignored)} cannot be used and has no effect"
    if usable & TLS_1_2:
        usable |= TLS_1_3
    suites, tls13 = _suites(ciphers)
    old = usable & (TLS_1_0 | TLS_1_1)
    if old and not ciphers:
        suites += ":ECDHE+AES:AES128-SHA:AES256-SHA"
    return Selection(usable, f"{suites}:{_LEGACY_LEVEL if old else _SECURITY_LEVEL}", tls13, notice)


def exactly(protocols: int) -> Selection:
    """Return the selection of exactly these TLS 1.2 and 1.3 bits, for clients whose version a test chooses."""
    suites, tls13 = _suites(0)
    return Selection(protocols & (TLS_1_2 | TLS_1_3), f"{suites}:{_SECURITY_LEVEL}", tls13)


def _suites(ciphers: int) -> tuple[str, str]:
    if not ciphers:
        return MODERN_SUITES, ":".join(_ALL_TLS13)
    chosen = [pair for bit, pair in _CIPHERS.items() if ciphers & bit]
    if not chosen:
        raise NothingLeft(
            f"SSLCIPH X'{ciphers:04X}' names only ciphers that no longer exist; use 0 or the AES bits X'03C0'"
        )
    tls13 = dict.fromkeys(suite for _, suite in chosen)
    return ":".join(suites for suites, _ in chosen), ":".join(tls13)
