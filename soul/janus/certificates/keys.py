"""Private keys, server certificates and certifying authorities out of procedures.

Sources: m204wiki, Janus Network Security; Verifying a client certificate; JANUS ADDCA. What a key procedure contains
is not documented; the rules here are ours.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from soul.online.procedures import ProcedureError, ProcedureFiles

ReadProcedure = Callable[[str, str], str | None]
"""Gives the text of procedure (file, name), None when there is no such procedure."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey

_KEY_BLOCK = re.compile(r"-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)
_CERTIFICATE_BLOCK = re.compile(r"-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----(.*?)-----END \1-----", re.DOTALL)
_SLOW_RSA_BITS = 4096


class KeyMaterialError(Exception):
    """A procedure does not hold usable key material; the text says why and quotes nothing of its content."""


class PasswordNeeded(KeyMaterialError):
    """The private key is encrypted and no password was given: JANUS START may prompt for it."""


@dataclass(frozen=True)
class KeyMaterial:
    """The private key of a port, its certificate, and the intermediates to send along, in order.

    `warnings` are things START should tell: an expired certificate, a key that makes handshakes slow.
    """

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    intermediates: tuple[x509.Certificate, ...] = ()
    warnings: tuple[str, ...] = ()


def procedure_reader(files: ProcedureFiles) -> ReadProcedure:
    """Return what reads the procedures of an Online. It raises KeyMaterialError for a file that is not there."""

    def read(file: str, name: str) -> str | None:
        found = files.find(file)
        if found is None:
            raise KeyMaterialError(f"there is no procedure file {file}")
        try:
            return found.procedure(name).text if found.has(name) else None
        except ProcedureError as error:
            raise KeyMaterialError(str(error)) from None

    return read


def load_key_material(
    read: ReadProcedure, file: str, procedure: str, password: str | None = None, now: datetime | None = None
) -> KeyMaterial:
    """Return the key material that `SSL file procedure` names.

    The procedure is PEM text with one private key, the server certificate and any intermediates, in any order; text
    around the blocks is ignored. Without a certificate in it, the one in the procedure whose name has `.PKEY` replaced
    by `.CERT` is used. `password` is ignored when the key is not encrypted.

    Raises PasswordNeeded for an encrypted key without password, KeyMaterialError for everything else.
    Source: m204wiki, SSLCLCERT and SSLCLCERTR (JANUS DEFINE parameters); contents are ours.
    """
    text = read(file, procedure)
    if text is None:
        raise KeyMaterialError(f"there is no procedure {procedure} in file {file}")
    key = load_private_key(text, password)
    where = procedure
    if not _CERTIFICATE_BLOCK.search(text):
        where = certificate_procedure(procedure)
        partner = read(file, where) if where != procedure else None
        if partner is None:
            also = f" and there is no procedure {where}" if where != procedure else ""
            raise KeyMaterialError(f"the procedure holds a private key but no certificate{also}")
        text = partner
    certificates = load_certificates(text)
    if not certificates:
        raise KeyMaterialError(f"there is no certificate in procedure {where}")
    certificate = _matching(key, certificates)
    others = tuple(c for c in certificates if c != certificate)
    return KeyMaterial(key, certificate, others, _warnings(key, certificate, now or datetime.now(UTC)))


def certificate_procedure(procedure: str) -> str:
    """Return the name of the procedure that holds the certificate for a `.PKEY` procedure."""
    if procedure.upper().endswith(".PKEY"):
        suffix = ".CERT" if procedure.endswith("PKEY") else ".cert"
        return procedure[: -len(".PKEY")] + suffix
    return procedure


def load_private_key(text: str, password: str | None = None) -> PrivateKey:
    """Return the one private key in PEM text. Raises PasswordNeeded or KeyMaterialError."""
    blocks = [match.group(0) for match in _KEY_BLOCK.finditer(text)]
    if not blocks:
        raise KeyMaterialError("there is no private key in the procedure")
    if len(blocks) > 1:
        raise KeyMaterialError("there is more than one private key in the procedure")
    encrypted = "ENCRYPTED" in blocks[0]  # "BEGIN ENCRYPTED PRIVATE KEY" or "Proc-Type: 4,ENCRYPTED"
    if encrypted and not password:
        raise PasswordNeeded("the private key is encrypted and needs a password")
    secret = password.encode() if encrypted and password else None
    try:
        key = load_pem_private_key(_unindented(blocks[0]).encode(), secret)
    except Exception as error:  # the library's text may quote its input: it goes no further
        if encrypted and "assword" in str(error):
            raise KeyMaterialError("the password does not open the private key") from None
        if encrypted:  # one wrong password of 256 seems right until a key is looked for in what it opened
            raise KeyMaterialError("the password does not open the private key, or the key is damaged") from None
        raise KeyMaterialError("the private key is damaged or of an unknown kind") from None
    if not isinstance(
        key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
    ):
        raise KeyMaterialError("the private key is neither RSA, EC nor Ed25519")
    return key


def load_certificates(text: str) -> tuple[x509.Certificate, ...]:
    """Return all certificates in PEM text, in order. Raises KeyMaterialError when one cannot be read."""
    found: list[x509.Certificate] = []
    for count, match in enumerate(_CERTIFICATE_BLOCK.finditer(text), 1):
        block = f"-----BEGIN CERTIFICATE-----{match.group(2)}-----END CERTIFICATE-----\n"
        try:
            with warnings.catch_warnings():
                # A serial number of zero or below only warns today; it says nothing to the user.
                warnings.simplefilter("ignore")
                certificate = x509.load_pem_x509_certificate(_unindented(block).encode())
                certificate.public_key()
        except Exception:
            raise KeyMaterialError(f"certificate {count} in the procedure is damaged") from None
        if certificate not in found:
            found.append(certificate)
    return tuple(found)


def load_authorities(text: str) -> tuple[x509.Certificate, ...]:
    """Return the CA certificates in a procedure's text, for JANUS ADDCA.

    Raises KeyMaterialError when there is none, one is damaged, or one is not a certifying authority's: OpenSSL would
    trust such a certificate itself, with a chain of one level, which Janus never has.
    Source: m204wiki, JANUS ADDCA; the refusal is ours.
    """
    certificates = load_certificates(text)
    if not certificates:
        raise KeyMaterialError("there is no certificate in the procedure")
    for count, certificate in enumerate(certificates, 1):
        if not is_authority(certificate):
            raise KeyMaterialError(f"certificate {count} in the procedure is not that of a certifying authority")
    return certificates


def is_authority(certificate: x509.Certificate) -> bool:
    """Say whether the certificate says of itself that it may sign others (basicConstraints CA).

    One whose extensions cannot be read does not. The library reads them late, and fails in many ways.
    """
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except Exception:
        return False


def _matching(key: PrivateKey, certificates: tuple[x509.Certificate, ...]) -> x509.Certificate:
    own = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for certificate in certificates:
        if certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == own:
            return certificate
    raise KeyMaterialError("the private key does not belong to the certificate")


def _warnings(key: PrivateKey, certificate: x509.Certificate, now: datetime) -> tuple[str, ...]:
    found: list[str] = []
    if certificate.not_valid_after_utc < now:
        found.append(f"the server certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d}")
    if certificate.not_valid_before_utc > now:
        found.append(f"the server certificate is not valid before {certificate.not_valid_before_utc:%Y-%m-%d}")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _SLOW_RSA_BITS:
        found.append(f"an RSA key of {key.key_size} bits makes every handshake slow; an EC P-256 key is faster")
    return tuple(found)


def _unindented(block: str) -> str:
    """Return a PEM block without the blanks that procedure editing may have put around its lines."""
    return "\n".join(line.strip() for line in block.splitlines()) + "\n"
