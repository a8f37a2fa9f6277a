"""Names in certificates, read tolerantly.

`cryptography` parses lazily: a certificate with a Teletex (Latin-1) name, as older authorities issue, passes the
handshake and then raises ValueError when its subject is read. A name must never break a connection or a journal line,
so what the library refuses is read by the short DER walk below.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

Attribute = tuple[str, str]  # dotted object identifier, text

_STRING_CODECS = {12: "utf-8", 19: "ascii", 20: "latin-1", 22: "ascii", 28: "utf-32-be", 30: "utf-16-be"}
_SEQUENCE, _SET, _OID, _VERSION = 0x30, 0x31, 0x06, 0xA0
_SHORT_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "1.2.840.113549.1.9.1": "E",
    "0.9.2342.19200300.100.1.1": "UID",
}
_LONGEST_NAME_IN_JOURNAL = 200


def subject_attributes(certificate: x509.Certificate) -> tuple[Attribute, ...]:
    """Return the subject's attributes in the order of the certificate; none when it cannot be read at all."""
    try:
        return tuple(
            (attribute.oid.dotted_string, _text_of(attribute.value))
            for rdn in certificate.subject.rdns
            for attribute in rdn
        )
    except Exception:
        try:
            return tuple(_walk_subject(certificate.public_bytes(Encoding.DER)))
        except (ValueError, IndexError, StopIteration, RuntimeError):
            return ()


def subject_text(certificate: x509.Certificate) -> str:
    """Return the subject as one printable line for the journal, `CN=..., O=...`; the fingerprint if it has no name."""
    parts = [f"{_SHORT_NAMES.get(oid, oid)}={value}" for oid, value in subject_attributes(certificate) if value]
    if not parts:
        return fingerprint_text(certificate)
    # A name comes from outside: nothing in it may start a new journal line or move a terminal's cursor.
    text = "".join(c if c.isprintable() else "?" for c in ", ".join(parts))
    return text if len(text) <= _LONGEST_NAME_IN_JOURNAL else text[:_LONGEST_NAME_IN_JOURNAL] + "..."


def common_name(certificate: x509.Certificate) -> str:
    """Return the first common name of the subject, '' when there is none."""
    return next((value for oid, value in subject_attributes(certificate) if oid == "2.5.4.3"), "")


def fingerprint_text(certificate: x509.Certificate) -> str:
    """Return `SHA256:` and the certificate's SHA-256 fingerprint in hex."""
    from cryptography.hazmat.primitives.hashes import SHA256

    return "SHA256:" + certificate.fingerprint(SHA256()).hex().upper()


def _text_of(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (tag, content) of the DER elements that follow each other in `data`. Raises ValueError when it is cut."""
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise ValueError("DER element is cut")
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise ValueError("DER element is cut")
        yield tag, data[at : at + length]
        at += length


def _walk_subject(der: bytes) -> Iterator[Attribute]:
    """Yield the subject's attributes from the DER form of a certificate (RFC 5280 section 4.1)."""
    certificate = next(_elements(der))[1]
    fields = list(_elements(next(_elements(certificate))[1]))
    first = 1 if fields[0][0] == _VERSION else 0
    subject = fields[first + 4][1]  # after serialNumber, signature, issuer, validity
    for _, rdn in _elements(subject):
        for _, attribute in _elements(rdn):
            (_, oid), (tag, value) = list(_elements(attribute))[:2]
            yield _dotted(oid), value.decode(_STRING_CODECS.get(tag, "latin-1"), "replace")


def _dotted(encoded: bytes) -> str:
    """Return the dotted form of an encoded object identifier."""
    arcs: list[int] = []
    value = 0
    for byte in encoded:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    if not arcs:
        return ""
    top = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (top, arcs[0] - 40 * top, *arcs[1:]))
