"""The items of $Web_Cert_Info and its siblings, also from names that the library cannot read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from soul.janus.certificates.development import Authority, Identity, Subject, Validity, new_key
from soul.janus.certificates.info import certificate_der, certificate_info, certificate_items, serial_number
from soul.janus.certificates.names import common_name, subject_attributes, subject_text
from soul.janus.tls.engine import TlsEngine, exchange
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.protocols import exactly
from soul.janus.tls.settings import CertificateRequest, TlsSettings, client_settings

DATES = Validity(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2036, 1, 2, 3, 4, 5, tzinfo=UTC))
ROOT = Authority.root(Subject("Info Root", "Root Org"), DATES)
MIDDLE = ROOT.subordinate(Subject("Info Middle", "Root Org"), DATES)
CLIENT = MIDDLE.client(
    Subject("Carol Carter", "Company", "Sales", "US", "Massachusetts", "Cambridge", "carol@example.com"), DATES
)
CHAIN = (CLIENT.certificate, MIDDLE.certificate, ROOT.certificate)


@pytest.mark.parametrize(
    ("items", "value"),
    [
        ("COMMONNAME CN CNAME COMMONN commonname Cn", "Carol Carter"),
        ("ORGANIZATIONALUNIT ORGU ORGANIZATIONALU ORGUNIT OU orgunit", "Sales"),
        ("ORGANIZATION ORG O", "Company"),
        ("LOCALITY L LOC", "Cambridge"),
        ("STATE ST STATEORPROVINCE", "Massachusetts"),
        ("COUNTRY C CTRY", "US"),
        ("EMAIL EMAILADDRESS E", "carol@example.com"),
        ("STARTDATE", "20260102030405"),
        ("ENDDATE", "20360102030405"),
        ("NOSUCH COMMON ORGANIZATIONAL CNX", ""),
    ],
)
def test_items(items, value):
    for item in items.split():
        assert certificate_info(CHAIN, item, 0) == value
        assert certificate_info(CHAIN, f" {item} ", 0) == value


def test_levels():
    names = ["Carol Carter", "Info Middle", "Info Root"]
    assert [certificate_info(CHAIN, "CN", level) for level in range(-4, 4)] == ["", *names, *names, ""]
    assert certificate_info((), "CN", 0) == certificate_info((), "CN", -1) == ""


def test_missing_item_is_null():
    assert certificate_info(CHAIN, "LOCALITY", 1) == ""
    assert certificate_info((), "CN", 0) == ""


def test_every_listed_item_is_there():
    assert all(certificate_info(CHAIN, item, 0) for item in certificate_items())


def test_serial_number_has_an_even_number_of_digits():
    for number, text in [(1, "01"), (0xABC, "0ABC"), (0xABCD, "ABCD"), (2**64, "010000000000000000")]:
        assert serial_number(with_serial(number)) == text
        assert certificate_info((with_serial(number),), "serial", 0) == text


def test_der():
    assert certificate_der(CHAIN) == CLIENT.certificate.public_bytes(Encoding.DER)
    assert certificate_der(CHAIN, -1) == ROOT.certificate.public_bytes(Encoding.DER)
    assert certificate_der((), 0) == certificate_der(CHAIN, 9) == b""


def test_email_from_the_alternative_name():
    identity = ROOT.client(Subject("Dora"), DATES)
    assert certificate_info((identity.certificate,), "EMAIL", 0) == "dora@example.com"


def test_first_of_several_values():
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "First"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Second"),
        ]
    )
    certificate = custom(name)
    assert certificate_info((certificate,), "ORGU", 0) == "First"
    assert subject_text(certificate) == "OU=First, OU=Second"


def test_multi_valued_relative_name():
    rdn = x509.RelativeDistinguishedName(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Eve"), x509.NameAttribute(NameOID.USER_ID, "e42")]
    )
    certificate = custom(x509.Name([rdn]))
    assert certificate_info((certificate,), "CN", 0) == "Eve"


def test_certificate_without_name_shows_its_fingerprint():
    certificate = custom(x509.Name([]))
    assert subject_text(certificate) == "SHA256:" + certificate.fingerprint(hashes.SHA256()).hex().upper()
    assert certificate_info((certificate,), "CN", 0) == ""


def test_journal_name_cannot_forge_lines():
    certificate = custom(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A\r\nMSIR.0646: forged\x1b[2J\u202e")]))
    text = subject_text(certificate)
    assert text == "CN=A??MSIR.0646: forged?[2J?"
    long = custom(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x" * 60)] * 9))
    assert len(subject_text(long)) <= 203


@pytest.mark.parametrize(
    ("tag", "raw", "text"),
    [(20, b"M\xfcller", "Müller"), (28, "Müll".encode("utf-32-be"), "Müll"), (99, b"M\xfcller", "Müller")],
)
def test_name_that_the_library_refuses(tag, raw, text):
    certificate = strange(tag, raw).certificate
    assert common_name(certificate) == text
    assert certificate_info((certificate,), "CN", 0) == text
    assert ("2.5.4.10", "Company") in subject_attributes(certificate)
    assert text in subject_text(certificate)


@pytest.mark.parametrize("trusted", [True, False])
def test_teletex_name_is_logged_and_not_fatal(trusted):
    identity = strange(20, b"M\xfcller")
    with pytest.raises(ValueError):
        identity.certificate.subject.rfc4514_string()
    authority = ROOT if trusted else MIDDLE
    settings = TlsSettings(
        "P", True, exactly(48), ROOT.server().material, (authority.certificate,), CertificateRequest.REQUIRE
    )
    server = TlsEngine(TlsGeneration(settings))
    client = TlsEngine(TlsGeneration(client_settings("c", keys=identity.material, verify_peer=False)))
    exchange(server, client)
    if trusted:
        assert certificate_info(server.peer_facts().chain, "CN", 0) == "Müller"
    else:
        assert "CN=Müller" in server.refusal.text


def custom(name: x509.Name, serial: int = 5) -> x509.Certificate:
    key = new_key("ec")
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, DATES.start, DATES.end)
    return builder.sign(key, hashes.SHA256())


def with_serial(number: int) -> x509.Certificate:
    return custom(x509.Name([]), number)


def element(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def strange(tag: int, raw: bytes) -> Identity:
    """A client of ROOT whose common name is of a string type that the library does not read."""
    mark = "x" * len(raw)
    identity = ROOT.client(Subject(mark, "Company"), DATES)
    old, new = element(12, mark.encode()), element(tag, raw)
    tbs = identity.certificate.tbs_certificate_bytes
    assert tbs.count(old) == 1
    tbs = tbs.replace(old, new)
    signature = ROOT.identity.key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    der = element(0x30, tbs + algorithm + element(3, b"\0" + signature))
    return Identity(identity.key, x509.load_der_x509_certificate(der))
