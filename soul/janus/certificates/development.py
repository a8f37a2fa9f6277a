"""Certificates for development and tests: valid by today's rules, and the bad ones that a port must refuse.

    certificates = make_development_certificates()
    certificates.server.pem            # key, certificate and intermediates, as the SSL parameter wants them
    certificates.root.certificate_pem  # for JANUS ADDCA
    certificates.clients["expired"]    # see CLIENT_KINDS

Rules followed: RFC 5280 (critical basicConstraints and keyUsage, key identifiers, a subject alternative name that is
not critical when there is a subject) and those of browsers (names in the subject alternative name, at most 398 days).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from soul.janus.certificates.keys import KeyMaterial, PrivateKey

SERVER_NAMES = ("localhost", "127.0.0.1", "::1")
LEAF_DAYS = 365
AUTHORITY_DAYS = 3650
RSA_BITS = 2048

CLIENT_KINDS: Mapping[str, str] = {
    "good": "signed by the root",
    "intermediate": "signed by an intermediate authority that the root signed",
    "expired": "was valid until yesterday",
    "future": "is valid in 30 days' time",
    "unknown": "signed by an authority that no port trusts",
    "selfsigned": "signed by its own key",
    "oversized": "larger than the default of SSLMAXCERTL",
}
"""The client certificates that are made, and what is special about each."""


@dataclass(frozen=True)
class Identity:
    """A certificate with its private key, and the intermediates that belong with it."""

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    intermediates: tuple[x509.Certificate, ...] = ()

    @property
    def material(self) -> KeyMaterial:
        """Return it in the form that TLS settings take."""
        return KeyMaterial(self.key, self.certificate, self.intermediates)

    @property
    def certificate_pem(self) -> str:
        """Return the certificate alone as PEM text."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def certificates_pem(self) -> str:
        """Return the certificate and its intermediates as PEM text."""
        return "".join(c.public_bytes(Encoding.PEM).decode() for c in (self.certificate, *self.intermediates))

    @property
    def pem(self) -> str:
        """Return private key, certificate and intermediates as PEM text."""
        return self.key_pem() + self.certificates_pem

    def key_pem(self, password: str = "") -> str:
        """Return the private key as PKCS#8 PEM text, encrypted when there is a password."""
        encryption: KeySerializationEncryption = NoEncryption()
        if password:
            encryption = BestAvailableEncryption(password.encode())
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


@dataclass(frozen=True)
class Subject:
    """What a certificate's subject says; empty parts are left out."""

    common_name: str
    organization: str = "Company"
    unit: str = ""
    country: str = ""
    state: str = ""
    locality: str = ""
    email: str = ""

    @property
    def name(self) -> x509.Name:
        """Return it as an X.509 name, from the country down to the common name."""
        parts = (
            (NameOID.COUNTRY_NAME, self.country),
            (NameOID.STATE_OR_PROVINCE_NAME, self.state),
            (NameOID.LOCALITY_NAME, self.locality),
            (NameOID.ORGANIZATION_NAME, self.organization),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, self.unit),
            (NameOID.COMMON_NAME, self.common_name),
            (NameOID.EMAIL_ADDRESS, self.email),
        )
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


@dataclass(frozen=True)
class Validity:
    """The dates of a certificate."""

    start: datetime
    end: datetime

    @staticmethod
    def days(count: int, now: datetime | None = None) -> Validity:
        """Return the dates from an hour ago, for clocks that differ a little, to `count` days from now."""
        moment = (now or datetime.now(UTC)).replace(microsecond=0)
        return Validity(moment - timedelta(hours=1), moment + timedelta(days=count))


@dataclass(frozen=True)
class Authority:
    """A certifying authority that can sign. `kind` is the key type of what it makes: 'ec' (P-256) or 'rsa'."""

    identity: Identity
    kind: str = "ec"

    @property
    def certificate(self) -> x509.Certificate:
        """The authority's own certificate."""
        return self.identity.certificate

    @property
    def certificate_pem(self) -> str:
        """The authority's own certificate as PEM text, for JANUS ADDCA."""
        return self.identity.certificate_pem

    @staticmethod
    def root(subject: Subject, validity: Validity | None = None, kind: str = "ec") -> Authority:
        """Make a self-signed root."""
        key = new_key(kind)
        dates = validity or Validity.days(AUTHORITY_DAYS)
        builder = _builder(subject.name, subject.name, key, dates)
        certificate = _as_authority(builder, None).sign(key, hashes.SHA256())
        return Authority(Identity(key, certificate), kind)

    def subordinate(self, subject: Subject, validity: Validity | None = None) -> Authority:
        """Make an intermediate that may sign certificates but no further authority."""
        key = new_key(self.kind)
        dates = validity or Validity.days(AUTHORITY_DAYS)
        builder = _builder(subject.name, self.certificate.subject, key, dates)
        builder = _as_authority(builder, 0).add_extension(self._identifier(), critical=False)
        return Authority(Identity(key, self._sign(builder), self._chain()), self.kind)

    def server(self, names: Sequence[str] = SERVER_NAMES, validity: Validity | None = None) -> Identity:
        """Make a server certificate for host names and addresses; the first is also the common name."""
        return self.issue(
            Subject(names[0]),
            validity,
            usages=(ExtendedKeyUsageOID.SERVER_AUTH,),
            alternative_names=[_general_name(name) for name in names],
        )

    def client(
        self, subject: Subject, validity: Validity | None = None, alternative_names: Sequence[x509.GeneralName] = ()
    ) -> Identity:
        """Make a client certificate. Its alternative name is an e-mail address, made from its name if need be."""
        mailbox = subject.email or ".".join(subject.common_name.lower().split()) + "@example.com"
        names = list(alternative_names)
        if mailbox.isascii():
            names.insert(0, x509.RFC822Name(mailbox))
        return self.issue(subject, validity, usages=(ExtendedKeyUsageOID.CLIENT_AUTH,), alternative_names=names)

    def issue(
        self,
        subject: Subject,
        validity: Validity | None = None,
        *,
        usages: Sequence[x509.ObjectIdentifier] = (),
        alternative_names: Sequence[x509.GeneralName] = (),
        key: PrivateKey | None = None,
    ) -> Identity:
        """Make an end-entity certificate with the given extended key usages and alternative names."""
        key = key or new_key(self.kind)
        dates = validity or Validity.days(LEAF_DAYS)
        builder = _builder(subject.name, self.certificate.subject, key, dates)
        builder = _as_leaf(builder, usages, alternative_names).add_extension(self._identifier(), critical=False)
        return Identity(key, self._sign(builder), self._chain())

    def _sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        return builder.sign(_signing_key(self.identity.key), hashes.SHA256())

    def _identifier(self) -> x509.AuthorityKeyIdentifier:
        own = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)

    def _chain(self) -> tuple[x509.Certificate, ...]:
        """Return what a holder of our certificates must send along: nothing for a root."""
        if self.certificate.subject == self.certificate.issuer:
            return ()
        return (self.certificate, *self.identity.intermediates)


@dataclass(frozen=True)
class DevelopmentCertificates:
    """Everything a development Online needs. `stranger` is the authority that no port should trust."""

    root: Authority
    intermediate: Authority
    stranger: Authority
    server: Identity
    clients: Mapping[str, Identity]


def make_development_certificates(
    *,
    organization: str = "Company",
    root_name: str = "",
    server_names: Sequence[str] = SERVER_NAMES,
    client: str = "Alice Archer",
    second_client: str = "Bruno Baker",
    days: int = LEAF_DAYS,
    kind: str = "ec",
    now: datetime | None = None,
) -> DevelopmentCertificates:
    """Make a root, an intermediate, a server certificate and one client certificate of each of CLIENT_KINDS.

    `organization` is the O of every subject, `root_name` the root's common name (default `<organization> Root CA`),
    `client` the common name of most clients, `second_client` of the one behind the intermediate. `days` (1 to 3650)
    is the life of server and good clients, `kind` 'ec' or 'rsa'. Takes a few milliseconds with 'ec'.
    """
    moment = now or datetime.now(UTC)
    long, short = Validity.days(AUTHORITY_DAYS, moment), Validity.days(days, moment)
    root = Authority.root(Subject(root_name or f"{organization} Root CA", organization), long, kind)
    intermediate = root.subordinate(Subject(f"{organization} Issuing CA", organization), long)
    stranger = Authority.root(Subject("Unknown Root CA", "Somebody Else"), long, kind)
    person = Subject(client, organization, unit="Development")
    past = Validity(moment - timedelta(days=60), moment - timedelta(days=1))
    future = Validity(moment + timedelta(days=30), moment + timedelta(days=60))
    padding = [
        x509.DNSName(f"alias-{number:02}.{client.lower().replace(' ', '-')}.example.com") for number in range(30)
    ]
    clients = {
        "good": root.client(person, short),
        "intermediate": intermediate.client(Subject(second_client, organization, unit="Development"), short),
        "expired": root.client(person, past),
        "future": root.client(person, future),
        "unknown": stranger.client(person, short),
        "selfsigned": _self_signed(person, short, kind),
        "oversized": root.client(person, short, padding if person.common_name.isascii() else ()),
    }
    return DevelopmentCertificates(root, intermediate, stranger, root.server(server_names, short), clients)


def new_key(kind: str) -> PrivateKey:
    """Make a private key: 'ec' for P-256, 'rsa' for RSA with 2048 bits."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    raise ValueError(f"key type {kind!r} is neither 'ec' nor 'rsa'")


def _signing_key(key: PrivateKey) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("a development authority has an EC or RSA key")
    return key


def _self_signed(subject: Subject, validity: Validity, kind: str) -> Identity:
    key = new_key(kind)
    builder = _as_leaf(_builder(subject.name, subject.name, key, validity), (ExtendedKeyUsageOID.CLIENT_AUTH,), ())
    return Identity(key, builder.sign(_signing_key(key), hashes.SHA256()))


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(subject: x509.Name, issuer: x509.Name, key: PrivateKey, validity: Validity) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.start)
        .not_valid_after(validity.end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _as_authority(builder: x509.CertificateBuilder, path_length: int | None) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(True, path_length), critical=True).add_extension(
        _key_usage(sign=False, authority=True), critical=True
    )


def _as_leaf(
    builder: x509.CertificateBuilder,
    usages: Sequence[x509.ObjectIdentifier],
    alternative_names: Sequence[x509.GeneralName],
) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
    builder = builder.add_extension(_key_usage(sign=True, authority=False), critical=True)
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(usages)), critical=False)
    if alternative_names:
        # Critical only when the subject is empty (RFC 5280 section 4.2.1.6).
        builder = builder.add_extension(x509.SubjectAlternativeName(list(alternative_names)), critical=False)
    return builder


def _key_usage(*, sign: bool, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
