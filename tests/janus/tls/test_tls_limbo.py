"""x509-limbo as a judge: certificate chains made by people who break verifiers, through our own handshakes.

The data has no private keys, and needs none: in TLS 1.2 certificates travel in the clear, and are judged before anybody
proves to hold the key. So the peer here is a few hand-made messages.
"""

from __future__ import annotations

import base64
import json
import os
import warnings
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from soul.janus.certificates.development import Authority, Subject
from soul.janus.certificates.keys import KeyMaterialError, load_authorities
from soul.janus.port import CertificateRequest
from soul.janus.tls.engine import TlsEngine
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.hostname import name_matches
from soul.janus.tls.protocols import exactly
from soul.janus.tls.settings import TlsSettings

DATA = Path(__file__).parents[2] / "judges" / "x509-limbo.jsonl"
CASES = [json.loads(line) for line in DATA.read_text(encoding="ascii").splitlines()]
MOMENT = datetime.fromisoformat("2026-01-01T00:00:00+00:00").timestamp()

# Why a verdict differs on purpose. The verdict is OpenSSL's; `docs/deviations.md` tells users the same.
REASONS = {
    "a leaf with a key usage must be allowed to make signatures (OpenSSL)": (
        "pathlen::validation-ignores-pathlen-in-leaf rfc5280::ca-as-leaf"
    ),
    "the host name check counts self-issued certificates against the path length": "pathlen::self-issued-certs-pathlen",
    "OpenSSL tries one chain and does not look for another when a name is forbidden": (
        "rfc5280::nc::nc-forbids-alternate-chain-ica rfc5280::nc::nc-forbids-same-chain-ica"
    ),
    "key identifiers help to find a signer; who signed is proved by the signature": (
        "rfc5280::aki::intermediate-missing-aki rfc5280::aki::cross-signed-root-missing-aki rfc5280::ski::root-missing-ski "
        "rfc5280::ski::intermediate-missing-ski webpki::aki::root-with-aki-all-fields "
        "webpki::aki::root-with-aki-ski-mismatch"
    ),
    "a form that authorities must avoid, and that admits nobody else": (
        "rfc5280::nc::permitted-dns-match-noncritical rfc5280::nc::nc-permits-invalid-email-san rfc5280::pc::ica-noncritical-pc "
        "rfc5280::serial::zero"
    ),
    "rules of the public web for its authorities; a Janus port has authorities of its own": (
        "webpki::cn::ipv4-hex-mismatch webpki::cn::ipv4-leading-zeros-mismatch webpki::cn::ipv6-uppercase-mismatch "
        "webpki::cn::ipv6-uncompressed-mismatch webpki::cn::ipv6-non-rfc5952-mismatch webpki::cn::punycode-not-in-san "
        "webpki::cn::utf8-vs-punycode-mismatch webpki::cn::not-in-san webpki::cn::case-mismatch "
        "webpki::eku::ee-anyeku webpki::eku::ee-without-eku webpki::eku::root-has-eku "
        "webpki::san::public-suffix-wildcard-san webpki::san::public-suffix-multi-label-wildcard-san "
        "webpki::san::public-suffix-private-namespace-wildcard-san "
        "webpki::forbidden-rsa-not-divisible-by-8-in-root webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf"
    ),
    "the chain is good; the handshake ends a step later, for no cipher suite takes a DSA key": "webpki::forbidden-dsa-leaf",
}
DISAGREEMENTS = {name: reason for reason, names in REASONS.items() for name in names.split()}


def pem(case: dict, *fields: str) -> str:
    texts = [text for field in fields for text in case[field]]
    return "".join(f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n" for text in texts)


def message(kind: int, body: bytes) -> bytes:
    """One handshake message in records of TLS 1.2."""
    data = bytes([kind]) + len(body).to_bytes(3, "big") + body
    pieces = [data[at : at + 16000] for at in range(0, len(data), 16000)]
    return b"".join(b"\x16\x03\x03" + len(piece).to_bytes(2, "big") + piece for piece in pieces)


def certificate_message(case: dict) -> bytes:
    chain = [base64.b64decode(text) for text in (case["peer"], *case["intermediates"])]
    body = b"".join(len(der).to_bytes(3, "big") + der for der in chain)
    return message(11, len(body).to_bytes(3, "big") + body)


def extension(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


HELLO_EXTENSIONS = (
    extension(10, b"\x00\x02\x00\x17")  # P-256
    + extension(11, b"\x01\x00")
    + extension(13, b"\x00\x0a\x04\x03\x05\x03\x08\x04\x04\x01\x05\x01")
    + extension(0xFF01, b"\x00")
)
CLIENT_HELLO = message(
    1,
    b"\x03\x03"
    + bytes(32)
    + b"\0"
    + b"\x00\x02\xc0\x2b"
    + b"\x01\x00"
    + len(HELLO_EXTENSIONS).to_bytes(2, "big")
    + HELLO_EXTENSIONS,
)
SERVER_EXTENSIONS = extension(0xFF01, b"\x00") + extension(11, b"\x01\x00")
SERVER_HELLO = message(
    2,
    b"\x03\x03"
    + os.urandom(24)
    + bytes(8)
    + b"\0"
    + b"\xc0\x2b\x00"
    + len(SERVER_EXTENSIONS).to_bytes(2, "big")
    + SERVER_EXTENSIONS,
)


@cache
def own_server():
    return Authority.root(Subject("Own Root")).server().material


def judge(case: dict) -> str:
    """Return '' when the port accepts the chain, else why not."""
    moment = datetime.fromisoformat(case["time"]).timestamp() if case["time"] else MOMENT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            authorities = load_authorities(pem(case, "trusted"))
        except KeyMaterialError as error:
            return f"ADDCA: {error}"
        server = case["kind"] == "client"
        settings = TlsSettings(
            "LIMBO",
            server,
            exactly(16),
            own_server() if server else None,
            authorities,
            CertificateRequest.REQUIRE if server else CertificateRequest.NONE,
            maximum_certificate=32767,
        )
        engine = TlsEngine(TlsGeneration(settings, lambda: moment))
        engine.handshake()
        engine.take()
        engine.feed(CLIENT_HELLO if server else SERVER_HELLO)
        engine.handshake()
        engine.take()
        engine.feed(certificate_message(case))
        engine.handshake()
        seen = engine._seen
        if not seen.asked:
            return f"unreadable: {engine.refusal}"
        if not seen.verified or seen.failure or seen.objection:
            return f"{seen.failure} {seen.objection}"
        if not server and case["name"]:
            chain = engine._ssl.get_verified_chain(as_cryptography=True)
            if not name_matches(chain, case["name"], moment):
                return "name"
        return ""


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_limbo(case):
    reason = judge(case)
    accepted = not reason
    agrees = accepted is (case["expected"] == "success")
    if case["id"] in DISAGREEMENTS:
        assert not agrees, f"now agrees ({reason}): take it out of DISAGREEMENTS"
    else:
        assert agrees, f"expected {case['expected']}, got {reason or 'accepted'}"


def test_the_data_is_whole():
    assert len(CASES) == 187
    assert {case["kind"] for case in CASES} == {"client", "server"}
    assert {case["expected"] for case in CASES} == {"success", "failure"}
    assert set(DISAGREEMENTS) <= {case["id"] for case in CASES}
