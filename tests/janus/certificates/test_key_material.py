"""Keys, certificates and authorities out of procedures, and every way in which a procedure can be wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from soul.janus.certificates.development import Authority, Identity, Subject, Validity, make_development_certificates
from soul.janus.certificates.keys import (
    KeyMaterialError,
    PasswordNeeded,
    certificate_procedure,
    load_authorities,
    load_certificates,
    load_key_material,
    procedure_reader,
)
from soul.online.procedures import MemoryProcedureFile, ProcedureFiles

PKI = make_development_certificates()
SERVER = PKI.server
BEHIND = PKI.intermediate.server()


def load(password: str | None = None, **procedures: str):
    texts = {name.replace("_", "."): text for name, text in procedures.items()}
    return load_key_material(lambda file, name: texts.get(name), "JANSSL", "X.PKEY", password)


def reencoded(identity: Identity, form: PrivateFormat, password: str = "") -> str:
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return identity.key.private_bytes(Encoding.PEM, form, encryption).decode()


@pytest.mark.parametrize(
    "text",
    [
        SERVER.pem,
        SERVER.certificate_pem + SERVER.key_pem(),
        "* The key of the server\n" + SERVER.pem.replace("-----BEGIN CERT", "between\n-----BEGIN CERT") + "after\n",
        SERVER.pem.replace("\n", "\r\n"),
        "\n".join(f"  {line}  " for line in SERVER.pem.splitlines()),
        reencoded(SERVER, PrivateFormat.TraditionalOpenSSL) + SERVER.certificate_pem,
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + SERVER.pem,
    ],
)
def test_one_procedure(text):
    material = load(X_PKEY=text)
    assert material.certificate == SERVER.certificate
    assert material.intermediates == ()
    assert material.warnings == ()


def test_intermediates_keep_their_order():
    text = PKI.root.certificate_pem + BEHIND.key_pem() + PKI.intermediate.certificate_pem + BEHIND.certificate_pem
    material = load(X_PKEY=text)
    assert material.certificate == BEHIND.certificate
    assert material.intermediates == (PKI.root.certificate, PKI.intermediate.certificate)


def test_key_and_certificate_in_two_procedures():
    assert load(X_PKEY=BEHIND.key_pem(), X_CERT=BEHIND.certificates_pem).intermediates == BEHIND.intermediates
    assert [certificate_procedure(name) for name in ("A.PKEY", "a.pkey", "AB")] == ["A.CERT", "a.cert", "AB"]


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_encrypted_key(form):
    text = reencoded(SERVER, form, "open sesame") + SERVER.certificate_pem
    assert load("open sesame", X_PKEY=text).certificate == SERVER.certificate
    for missing in (None, ""):
        with pytest.raises(PasswordNeeded, match="is encrypted and needs a password"):
            load(missing, X_PKEY=text)
    with pytest.raises(KeyMaterialError, match="the password does not open the private key"):
        load("Open Sesame", X_PKEY=text)


def test_every_wrong_password_is_called_one():
    """One of 256 leads to text that only seems to be decrypted."""
    text = reencoded(SERVER, PrivateFormat.TraditionalOpenSSL, "open sesame") + SERVER.certificate_pem
    for number in range(1500):
        with pytest.raises(KeyMaterialError, match="the password does not open the private key"):
            load(f"wrong {number}", X_PKEY=text)


def test_password_for_a_plain_key_is_ignored():
    assert load("secret", X_PKEY=SERVER.pem).certificate == SERVER.certificate


@pytest.mark.parametrize("make", [ed25519.Ed25519PrivateKey.generate, lambda: rsa.generate_private_key(65537, 2048)])
def test_other_kinds_of_keys(make):
    identity = PKI.root.issue(Subject("localhost"), key=make())
    assert load(X_PKEY=identity.pem).certificate == identity.certificate


DAMAGED = SERVER.key_pem().replace("MIGH", "MIGG").replace("MIGT", "MIGG")
WRONG = {
    "there is no procedure X.PKEY in file JANSSL": {},
    "there is no private key in the procedure": {"X_PKEY": SERVER.certificate_pem},
    "there is no private key in the procedure ": {"X_PKEY": ""},
    "there is more than one private key": {"X_PKEY": SERVER.pem + BEHIND.pem},
    "private key but no certificate and there is no procedure X.CERT": {"X_PKEY": SERVER.key_pem()},
    "there is no certificate in procedure X.CERT": {"X_PKEY": SERVER.key_pem(), "X_CERT": "nothing here"},
    "the private key does not belong to the certificate": {"X_PKEY": SERVER.key_pem() + BEHIND.certificate_pem},
    "the private key does not belong to the certificate ": {
        "X_PKEY": SERVER.key_pem(),
        "X_CERT": BEHIND.certificate_pem,
    },
    "the private key is damaged or of an unknown kind": {"X_PKEY": DAMAGED + SERVER.certificate_pem},
    "certificate 1 in the procedure is damaged": {
        "X_PKEY": SERVER.key_pem() + SERVER.certificate_pem.replace("MII", "MIJ", 1)
    },
}


@pytest.mark.parametrize("reason", WRONG)
def test_wrong_procedures(reason):
    with pytest.raises(KeyMaterialError) as caught:
        load(**WRONG[reason])
    assert reason.strip() in str(caught.value)
    body = SERVER.key_pem().splitlines()[1]
    assert body[:12] not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_key_that_tls_cannot_use():
    key = dsa.generate_private_key(2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(KeyMaterialError, match="neither RSA, EC nor Ed25519"):
        load(X_PKEY=key + SERVER.certificate_pem)


def test_key_is_not_shown():
    material = load(X_PKEY=SERVER.pem)
    assert "key=" not in repr(material)
    assert "key=" not in repr(SERVER)


def test_warnings():
    now = datetime.now(UTC)
    old = PKI.root.server(validity=Validity(now - timedelta(days=9), now - timedelta(days=2)))
    early = PKI.root.server(validity=Validity(now + timedelta(days=2), now + timedelta(days=9)))
    slow = PKI.root.issue(Subject("localhost"), key=rsa.generate_private_key(65537, 4096))
    assert "expired on" in load(X_PKEY=old.pem).warnings[0]
    assert "is not valid before" in load(X_PKEY=early.pem).warnings[0]
    assert "RSA key of 4096 bits" in load(X_PKEY=slow.pem).warnings[0]


def test_procedure_reader():
    files = ProcedureFiles()
    files.add(MemoryProcedureFile("JANSSL", {"X.PKEY": SERVER.pem}))
    assert load_key_material(procedure_reader(files), "JANSSL", "X.PKEY").certificate == SERVER.certificate
    with pytest.raises(KeyMaterialError, match="there is no procedure file NOSUCH"):
        load_key_material(procedure_reader(files), "NOSUCH", "X.PKEY")
    with pytest.raises(KeyMaterialError, match=r"there is no procedure Y\.PKEY in file JANSSL"):
        load_key_material(procedure_reader(files), "JANSSL", "Y.PKEY")


def test_authorities():
    text = "* our root\n" + PKI.root.certificate_pem + PKI.intermediate.certificate_pem + PKI.root.certificate_pem
    assert load_authorities(text) == (PKI.root.certificate, PKI.intermediate.certificate)
    assert load_certificates("nothing") == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "there is no certificate in the procedure"),
        ("Begin\nEnd\n", "there is no certificate in the procedure"),
        (PKI.root.identity.key_pem(), "there is no certificate in the procedure"),
        (PKI.root.certificate_pem.replace("MII", "MIJ", 1), "certificate 1 in the procedure is damaged"),
        (PKI.root.certificate_pem[:200], "there is no certificate in the procedure"),
        (
            PKI.root.certificate_pem + SERVER.certificate_pem,
            "certificate 2 in the procedure is not that of a certifying authority",
        ),
    ],
)
def test_wrong_authorities(text, reason):
    with pytest.raises(KeyMaterialError, match=reason):
        load_authorities(text)


def test_authority_whose_extensions_cannot_be_read_is_refused():
    # An IP name constraint of three bytes: the library raises TypeError, long after it has read the certificate.
    limbo = Path(__file__).parents[2] / "judges" / "x509-limbo.jsonl"
    rows = (json.loads(line) for line in limbo.read_text(encoding="ascii").splitlines())
    der = next(row["trusted"][0] for row in rows if row["id"] == "rfc5280::nc::invalid-ipv4-address")
    with pytest.raises(KeyMaterialError, match="certificate 1 in the procedure is not that of a certifying authority"):
        load_authorities(f"-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")


def test_old_certificate_markers_are_read():
    text = PKI.root.certificate_pem.replace("CERTIFICATE", "X509 CERTIFICATE")
    assert load_authorities(text) == (PKI.root.certificate,)


def test_development_certificates_follow_the_rules():
    for certificate, ca in [
        (PKI.root.certificate, True),
        (PKI.intermediate.certificate, True),
        (SERVER.certificate, False),
    ]:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        assert basic.critical
        assert basic.value.ca is ca
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
        assert usage.critical
        assert (usage.value.key_cert_sign, usage.value.digital_signature) == (ca, not ca)
        assert certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    names = SERVER.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert not names.critical
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(a) for a in names.value.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert SERVER.certificate.not_valid_after_utc - SERVER.certificate.not_valid_before_utc <= timedelta(days=398)


def test_independent_verifier_agrees():
    from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

    store = Store([PKI.root.certificate])
    verifier = PolicyBuilder().store(store).build_client_verifier()
    results = {}
    for kind, identity in PKI.clients.items():
        try:
            verifier.verify(identity.certificate, list(identity.intermediates))
            results[kind] = True
        except VerificationError:
            results[kind] = False
    assert {kind for kind, good in results.items() if good} == {"good", "intermediate", "oversized"}
    PolicyBuilder().store(store).build_server_verifier(x509.DNSName("localhost")).verify(SERVER.certificate, [])


def test_rsa_authority():
    authority = Authority.root(Subject("RSA Root"), kind="rsa")
    assert isinstance(authority.client(Subject("X")).key, rsa.RSAPrivateKey)
    with pytest.raises(ValueError, match="neither 'ec' nor 'rsa'"):
        Authority.root(Subject("Odd"), kind="dsa")
