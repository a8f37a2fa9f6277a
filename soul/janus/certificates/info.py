"""The certificate items that $Web_Cert_Info, $Sock_Cert_Info and CertInfo give out.

Sources: m204wiki, $Web_Cert_Info; $Web_Cert_Levels; $Sock_Cert_Info; CertInfo (Socket function). The names of common
name, organizational unit and organization are documented, the other items are our choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from soul.janus.certificates.names import subject_attributes

MOST_ITEMS = 1024  # items kept, those asked for last: the same clients come again and again
_DATE = "%Y%m%d%H%M%S"  # UTC; our choice, readable by $DateCnv with 'YYYYMMDDHHMISS'
_EMAIL = "1.2.840.113549.1.9.1"

# Item to object identifier of the subject's attribute.
_ATTRIBUTES = {
    "COMMONNAME": "2.5.4.3",
    "ORGANIZATIONALUNIT": "2.5.4.11",
    "ORGANIZATION": "2.5.4.10",
    "LOCALITY": "2.5.4.7",
    "STATE": "2.5.4.8",
    "COUNTRY": "2.5.4.6",
}

# Other spelling to item.
_ALIASES = {
    "CN": "COMMONNAME",
    "CNAME": "COMMONNAME",
    "COMMONN": "COMMONNAME",
    "ORGU": "ORGANIZATIONALUNIT",
    "ORGANIZATIONALU": "ORGANIZATIONALUNIT",
    "ORGUNIT": "ORGANIZATIONALUNIT",
    "OU": "ORGANIZATIONALUNIT",
    "ORG": "ORGANIZATION",
    "O": "ORGANIZATION",
    "L": "LOCALITY",
    "LOC": "LOCALITY",
    "ST": "STATE",
    "STATEORPROVINCE": "STATE",
    "C": "COUNTRY",
    "CTRY": "COUNTRY",
    "E": "EMAIL",
    "EMAILADDRESS": "EMAIL",
    "SERIAL": "SERIALNUMBER",
}


def certificate_info(chain: Sequence[x509.Certificate], item: str, level: int) -> str:
    """Return one item of one certificate of a verified chain.

    `item` is a name or abbreviation in any case; `level` 0 is the peer, 1 its signer, and so on; negative levels count
    from the other end, -1 being the last. The null string comes back for an unknown item, an item or level that is not
    there, and an empty chain. An item that occurs several times gives its first value in the certificate's order.
    """
    return certificate_item(chain[level], full_name(item)) if -len(chain) <= level < len(chain) else ""


@lru_cache(MOST_ITEMS)
def certificate_item(certificate: x509.Certificate, name: str) -> str:
    """Return the item with the full name `name` of a certificate, the null string when there is none."""
    try:
        if name in _ATTRIBUTES:
            return _attribute(certificate, _ATTRIBUTES[name])
        reader = _READERS.get(name)
        return reader(certificate) if reader else ""
    except Exception:  # the field cannot be read, which the library notices late and in many ways: as good as absent
        return ""


def full_name(item: str) -> str:
    """Return the full name of an item from a name or abbreviation in any case; an unknown one in upper case."""
    name = item.strip().upper()
    return _ALIASES.get(name, name)


def certificate_items() -> tuple[str, ...]:
    """Return the full names of all items, in the order a page would list them."""
    return (*_ATTRIBUTES, *_READERS)


def certificate_der(chain: Sequence[x509.Certificate], level: int = 0) -> bytes:
    """Return the DER form of one certificate of the chain, b'' when the level is not there."""
    return chain[level].public_bytes(Encoding.DER) if -len(chain) <= level < len(chain) else b""


def serial_number(certificate: x509.Certificate) -> str:
    """Return the serial number in upper-case hex with an even number of digits."""
    number = certificate.serial_number
    digits = f"{abs(number):X}"
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return f"-{digits}" if number < 0 else digits


def _attribute(certificate: x509.Certificate, oid: str) -> str:
    return next((value for found, value in subject_attributes(certificate) if found == oid), "")


def _email(certificate: x509.Certificate) -> str:
    """Return the subject's e-mail address, else the first of the subject alternative name."""
    address = _attribute(certificate, _EMAIL)
    if address:
        return address
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    return next(iter(names.get_values_for_type(x509.RFC822Name)), "")


def _date(moment: datetime) -> str:
    return moment.strftime(_DATE)


_READERS: dict[str, Callable[[x509.Certificate], str]] = {
    "EMAIL": _email,
    "SERIALNUMBER": serial_number,
    "STARTDATE": lambda certificate: _date(certificate.not_valid_before_utc),
    "ENDDATE": lambda certificate: _date(certificate.not_valid_after_utc),
}

ITEMS = frozenset((*_ATTRIBUTES, *_READERS))
