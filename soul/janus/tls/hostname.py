"""Whether a server's certificate is for the host that was asked for. Off by default (our choice).

Documented CLSOCK programs look at the certificate themselves with CertInfo, and pyOpenSSL has no public call for
OpenSSL's check, so `cryptography` verifies the chain a second time, with the name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store


def is_address(name: str) -> bool:
    """Say whether `name` is an IP address, which SNI does not carry."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def name_matches(chain: Sequence[x509.Certificate], name: str, now: float) -> bool:
    """Say whether the verified chain's first certificate is for the host `name` at the time `now`."""
    if not chain or not name:
        return False
    try:
        wanted: x509.GeneralName
        wanted = x509.IPAddress(ipaddress.ip_address(name)) if is_address(name) else x509.DNSName(name)
        policy = PolicyBuilder().store(Store([chain[-1]])).time(datetime.fromtimestamp(now, UTC).replace(tzinfo=None))
        policy.build_server_verifier(wanted).verify(chain[0], list(chain[1:-1]))
    except Exception:  # VerificationError, and what the library raises for certificates it cannot read
        return False
    return True
