"""What a client sees, and what the journal says, for every way in which a certificate can be refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from soul.janus.certificates.development import (
    Authority,
    DevelopmentCertificates,
    Identity,
    Subject,
    Validity,
    new_key,
)
from soul.janus.port import CertificateRequest, PortType
from soul.janus.tls.engine import HANDSHAKE_INPUT_LIMIT, TlsEngine
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.verdicts import Progress

NOW_SUBJECT = Subject("Odd Client")
PROTOCOLS = pytest.mark.parametrize("protocol", [16, 32], ids=["tls12", "tls13"])
MISSING = "Error requesting client certificate - client did not have required certificate"


@dataclass
class Odd:
    """Certificates that only the alert table needs."""

    pki: DevelopmentCertificates
    validity: Validity

    def build(
        self,
        *,
        ca: bool = False,
        usage: x509.KeyUsage | None = None,
        bits: int = 0,
        digest: hashes.HashAlgorithm | None = None,
    ) -> Identity:
        key = rsa.generate_private_key(65537, bits) if bits else new_key("ec")
        root = self.pki.root
        builder = (
            x509.CertificateBuilder()
            .subject_name(NOW_SUBJECT.name)
            .issuer_name(root.certificate.subject)
            .public_key(key.public_key())
            .serial_number(7)
            .not_valid_before(self.validity.start)
            .not_valid_after(self.validity.end)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
        )
        if usage:
            builder = builder.add_extension(usage, critical=True)
        signed = builder.sign(root.identity.key, digest or hashes.SHA256())  # type: ignore[arg-type]
        return Identity(key, signed)


def key_usage(**chosen: bool) -> x509.KeyUsage:
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{name: chosen.get(name, False) for name in names.split()})


def chain_of(pki: DevelopmentCertificates, length: int, validity: Validity) -> Identity:
    """A client below `length` intermediates."""
    authority = pki.root
    certificates: tuple[x509.Certificate, ...] = ()
    for number in range(length):
        key = new_key("ec")
        certificate = (
            x509.CertificateBuilder()
            .subject_name(Subject(f"Level {number}").name)
            .issuer_name(authority.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(validity.start)
            .not_valid_after(validity.end)
            .add_extension(x509.BasicConstraints(True, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(authority.identity.key, hashes.SHA256())  # type: ignore[arg-type]
        )
        certificates = (certificate, *certificates)
        authority = Authority(Identity(key, certificate, certificates[1:]))
    return authority.client(Subject("Deep Client"), validity)


@pytest.fixture
def odd(pki: DevelopmentCertificates, clock: object) -> Odd:
    start = pki.root.certificate.not_valid_before_utc
    return Odd(pki, Validity(start, start + timedelta(days=100)))


def identity_of(name: str, odd: Odd) -> Identity | None:
    pki, dates = odd.pki, odd.validity
    if name == "none":
        return None
    if name in pki.clients:
        return pki.clients[name]
    if name == "intermediate not sent":
        behind = pki.clients["intermediate"]
        return Identity(behind.key, behind.certificate)
    if name == "wrong purpose":
        return pki.root.issue(NOW_SUBJECT, dates, usages=(ExtendedKeyUsageOID.SERVER_AUTH,))
    if name == "may not sign":
        return odd.build(usage=key_usage(key_encipherment=True))
    if name == "signer is no authority":
        signer = pki.clients["good"]
        return Authority(signer).issue(NOW_SUBJECT, dates)
    if name == "path length":
        lower = pki.intermediate.subordinate(Subject("Too Deep CA"), dates)
        return lower.client(NOW_SUBJECT, dates)
    if name == "nine intermediates":
        return chain_of(pki, 9, dates)
    if name == "weak key":
        return odd.build(bits=1024)
    if name == "tampered":
        good = pki.clients["good"]
        der = bytearray(good.certificate.public_bytes(Encoding.DER))
        der[-1] ^= 1
        return Identity(good.key, x509.load_der_x509_certificate(bytes(der)))
    raise AssertionError(name)


def careless(generation: TlsGeneration, identity: Identity | None) -> TlsGeneration:
    """A client that even loads keys which are too weak."""
    selection = replace(generation.settings.selection, suites="ECDHE+AESGCM:@SECLEVEL=0")
    keys = identity.material if identity else None
    return TlsGeneration(replace(generation.settings, selection=selection, keys=keys), generation.clock)


TABLE = [
    # client, number, level, alert in TLS 1.2, alert in TLS 1.3, words
    ("none", 0, -1, 40, 116, "client did not have required certificate"),
    ("unknown", 20, 0, 48, 48, "client certificate was not signed by a trusted certifying authority"),
    ("intermediate not sent", 20, 0, 48, 48, "client certificate was not signed by a trusted certifying authority"),
    ("selfsigned", 18, 0, 48, 48, "client certificate is self-signed"),
    ("expired", 10, 0, 45, 45, "client certificate has expired"),
    ("future", 9, 0, 42, 42, "client certificate is not yet valid"),
    ("wrong purpose", 26, 0, 43, 43, "client certificate is not meant for this purpose"),
    ("may not sign", 26, 0, 43, 43, "client certificate is not meant for this purpose"),
    ("signer is no authority", 79, 1, 48, 48, "certificate at level 1 of the client certificate was signed by, or is,"),
    ("path length", 25, 2, 48, 48, "path length limit"),
    ("nine intermediates", 22, 9, 48, 48, "too many certificates"),
    ("weak key", 66, 0, 42, 42, "client certificate has a key that is too weak"),
    ("tampered", 7, 0, 51, 51, "client certificate has a signature that does not match"),
    ("oversized", 0, 0, 80, 80, "more than SSLMAXCERTL 1024 allows"),
]


@PROTOCOLS
@pytest.mark.parametrize(
    ("name", "error", "depth", "alert12", "alert13", "words"), TABLE, ids=[row[0] for row in TABLE]
)
def test_refused_certificate(make_bench, odd, name, error, depth, alert12, alert13, words, protocol):
    bench = make_bench("SSLCLCERTR")
    meeting = bench.meet(
        identity_of(name, odd), protocol, client=careless(bench.client(None, protocol), identity_of(name, odd))
    )
    refusal = meeting.server.refusal
    assert not meeting.accepted
    assert refusal is not None
    assert (refusal.message.number, refusal.error, refusal.depth) == ("MSIR.0646", error, depth)
    assert words in refusal.text
    assert refusal.text.startswith("Error requesting client certificate - ")
    expected = alert12 if protocol == 16 else alert13
    assert refusal.alert == expected
    assert meeting.alert == expected
    assert bench.port.counters.errors == 1
    assert bench.port.counters.new_sessions == 0


def test_text_for_a_missing_certificate_is_the_documented_one(make_bench):
    assert make_bench("SSLCLCERTR").meet(None, 32).server.refusal.text == MISSING


@PROTOCOLS
@pytest.mark.parametrize("kind", [PortType.WEBSERV, PortType.SRVSOCK])
@pytest.mark.parametrize("rule", [False, True])
@pytest.mark.parametrize("flag", ["", "SSLCLCERT", "SSLCLCERTR"])
def test_missing_certificate(make_bench, flag, rule, kind, protocol):
    bench = make_bench(*([flag] if flag else []), kind=kind, rule=rule)
    meeting = bench.meet(None, protocol)
    handled = rule and kind is PortType.WEBSERV
    assert meeting.accepted is (flag != "SSLCLCERTR" or handled)
    if meeting.accepted:
        peer = meeting.server.peer_facts()
        assert peer.chain == ()
        assert peer.certificate_missing is (flag == "SSLCLCERTR")
        assert peer.protocol == protocol
        assert not meeting.broken


@PROTOCOLS
@pytest.mark.parametrize("name", ["expired", "future", "unknown", "selfsigned", "oversized"])
@pytest.mark.parametrize("setting", ["SSLCLCERT", "with rule"])
def test_leniency_is_for_missing_certificates_only(make_bench, odd, name, setting, protocol):
    bench = make_bench("SSLCLCERT") if setting == "SSLCLCERT" else make_bench("SSLCLCERTR", rule=True)
    meeting = bench.meet(bench.pki.clients[name], protocol)
    assert not meeting.accepted
    assert meeting.server.refusal.message.number == "MSIR.0646"


@PROTOCOLS
@pytest.mark.parametrize(("name", "levels"), [("good", 2), ("intermediate", 3)])
def test_good_certificate(make_bench, name, levels, protocol):
    bench = make_bench("SSLCLCERTR")
    meeting = bench.meet(bench.pki.clients[name], protocol)
    peer = meeting.server.peer_facts()
    assert meeting.accepted
    assert len(peer.chain) == levels
    assert peer.chain[0] == bench.pki.clients[name].certificate
    assert peer.chain[-1] == bench.pki.root.certificate
    assert bench.port.authorities[0].signed == 1
    assert bench.port.counters.new_sessions == 1


@PROTOCOLS
def test_port_without_the_parameters_does_not_ask(make_bench, protocol):
    meeting = make_bench().meet(make_bench().pki.clients["good"], protocol)
    assert meeting.accepted
    assert meeting.server.peer_facts().chain == ()


@PROTOCOLS
def test_chain_ends_at_the_first_trusted_certificate(make_bench, protocol, pki):
    bench = make_bench("SSLCLCERTR", authorities=[pki.intermediate.certificate])
    chain = bench.meet(pki.clients["intermediate"], protocol).server.peer_facts().chain
    assert chain == (pki.clients["intermediate"].certificate, pki.intermediate.certificate)


@PROTOCOLS
def test_intermediate_that_was_added_need_not_be_sent(make_bench, protocol, pki):
    bench = make_bench("SSLCLCERTR", authorities=[pki.root.certificate, pki.intermediate.certificate])
    behind = pki.clients["intermediate"]
    assert bench.meet(Identity(behind.key, behind.certificate), protocol).accepted


def test_an_authority_of_the_port_is_no_client(make_bench, odd):
    # Its chain would have one level, and accepted certificates have at least two.
    key_usage_free = odd.build(ca=True)
    bench = make_bench("SSLCLCERTR", authorities=[odd.pki.root.certificate, key_usage_free.certificate])
    refusal = bench.meet(key_usage_free, 32).server.refusal
    assert "itself one of the port's certifying authorities" in refusal.text


def test_authority_as_client_certificate_is_accepted_when_signed(make_bench, odd):
    assert make_bench("SSLCLCERTR").meet(odd.build(ca=True), 32).accepted


def test_sslmaxcertl_lets_larger_certificates_in(make_bench, pki):
    assert make_bench("SSLCLCERTR", SSLMAXCERTL=4096).meet(pki.clients["oversized"], 32).accepted


@pytest.mark.parametrize("usages", [(), (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH)])
def test_acceptable_usages(make_bench, odd, usages):
    identity = odd.pki.root.issue(NOW_SUBJECT, odd.validity, usages=usages)
    assert make_bench("SSLCLCERTR").meet(identity, 32).accepted


def test_no_authorities_refuse_everything(make_bench, pki):
    assert (
        make_bench("SSLCLCERTR", authorities=[]).meet(pki.clients["good"], 32).server.refusal.error == 19
    )  # OpenSSL clients send a root they know


def test_offered_authority_names(make_bench, pki):
    bench = make_bench("SSLCLCERT", authorities=[pki.root.certificate, pki.stranger.certificate])
    meeting = bench.meet(None, 32)
    names = {name.CN for name in meeting.client._ssl.get_client_ca_list()}
    assert names == {"Company Root CA", "Unknown Root CA"}


def old_client_hello(version: bytes) -> bytes:
    """A ClientHello of SSL 3.0 to TLS 1.1, with a suite every old client has."""
    body = version + bytes(32) + b"\0" + b"\x00\x04\x00\x2f\x00\x35" + b"\x01\x00"
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + len(handshake).to_bytes(2, "big") + handshake


@pytest.mark.parametrize(
    ("version", "name"), [(b"\x03\x02", "TLSv1.1"), (b"\x03\x01", "TLSv1"), (b"\x03\x00", "SSLv3")]
)
def test_old_protocol_is_named(make_bench, version, name):
    bench = make_bench()
    engine = TlsEngine(bench.tls.current())
    engine.feed(old_client_hello(version))
    assert engine.handshake() is Progress.FAILED
    assert str(engine.refusal) == f"MSIR.0573: SSL client trying to use unsupported protocol: {name}"
    assert engine.refusal.alert == 70
    assert engine.take()[-2:] == bytes([2, 70])


def test_plain_http_is_answered(make_bench):
    engine = TlsEngine(make_bench().tls.current())
    engine.feed(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert engine.handshake() is Progress.FAILED
    assert engine.refusal.message.number == "MSIR.0903"
    assert engine.refusal.plain_http
    answer = engine.take()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert f"Content-Length: {len(body)}".encode() in head
    assert engine.take() == b""


@pytest.mark.parametrize("junk", [b"\x00" * 64, b"SSH-2.0-OpenSSH_9.6\r\n", b"\xff" * 600])
def test_junk(make_bench, junk):
    engine = TlsEngine(make_bench().tls.current())
    engine.feed(junk)
    assert engine.handshake() is Progress.FAILED
    assert engine.refusal.message.number == "MSIR.0903"
    assert not engine.refusal.plain_http


def test_handshake_input_is_limited(make_bench):
    engine = TlsEngine(make_bench().tls.current())
    for _ in range(HANDSHAKE_INPUT_LIMIT // 1024 + 1):
        engine.feed(b"\x16\x03\x01\x40\x00" + bytes(1019))
    assert engine.handshake() is Progress.FAILED
    assert "too large" in engine.refusal.text


def test_client_that_leaves(make_bench):
    engine = TlsEngine(make_bench().tls.current())
    assert engine.handshake() is Progress.WANT_READ
    engine.feed(b"\x16\x03\x01")
    engine.feed_eof()
    assert engine.handshake() is Progress.FAILED
    assert engine.refusal.text == "SSL handshake failed - the connection ended"


def test_client_that_refuses_us(make_bench, pki):
    bench = make_bench()
    distrustful = bench.client(None, 16)
    settings = replace(distrustful.settings, authorities=(pki.stranger.certificate,))
    meeting = bench.meet(None, 16, client=TlsGeneration(settings, bench.clock))
    assert meeting.server.refusal.text == "SSL handshake failed - client refused with alert 48 (unknown_ca)"
    assert meeting.client.refusal.text.startswith(
        "SSL handshake with the server failed - server certificate was not signed by a trusted certifying authority"
    )


def test_lenient_ports_are_still_required_ports(make_bench):
    settings = make_bench("SSLCLCERTR", rule=True).tls.current().settings
    assert settings.request is CertificateRequest.REQUIRE
    assert settings.lenient
