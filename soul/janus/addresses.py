"""IP addresses and subnets as Janus writes them: `a.b.c.d`, `a.b.c.d/netmask`, `a.b.c.d-bits`, `prefix/bits`.

Source: m204wiki, JANUS DEFINEIPGROUP; JANUS WEB ALLOW; JANUS TRACE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ipaddress


class AddressError(ValueError):
    """The text is not an address or subnet; the message says what is wrong with it."""


def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the address in `text`; an IPv4 address written as IPv6 (::ffff:a.b.c.d) comes back as IPv4.

    A zone (fe80::1%eth0) is dropped. Raises AddressError.
    """
    import ipaddress  # loaded on demand: `soul run` needs no addresses

    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        raise AddressError(f"'{text}' is not an IP address; names are not translated here") from None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


@dataclass(frozen=True, slots=True)
class Network:
    """A subnet or, with all bits set, one address. `text` is as written."""

    text: str
    version: int
    base: int
    mask: int

    @classmethod
    def parse(cls, text: str, *, strict: bool = False) -> Network:
        """Return the subnet in `text`.

        `strict` refuses bits outside the subnet (JANUS TRACE asks for that; the documented ALLOW example
        169.84.128.0-3 has some). Raises AddressError.
        """
        separator = "/" if "/" in text else "-"
        address_text, found, size = text.partition(separator)
        if found and not size:
            raise AddressError(f"'{text}': the netmask or number of bits is missing after '{separator}'")
        address = parse_address(address_text)
        width = address.max_prefixlen
        full = (1 << width) - 1
        mask = _mask(text, size, separator, width) if found else full
        if strict and int(address) & ~mask & full:
            raise AddressError(f"'{text}': the bits outside the subnet must be 0")
        return cls(text, address.version, int(address) & mask, mask)

    @property
    def bits(self) -> int:
        """How many bits of an address must agree."""
        return self.mask.bit_count()

    def holds(self, address: str) -> bool:
        """Say whether `address` belongs to the subnet; text that is no address belongs to none."""
        try:
            parsed = parse_address(address)
        except AddressError:
            return False
        return parsed.version == self.version and int(parsed) & self.mask == self.base

    def covers(self, other: Network) -> bool:
        """Say whether every address of `other` belongs to this subnet."""
        if self.version != other.version or self.mask & other.mask != self.mask:
            return False
        return other.base & self.mask == self.base


def _mask(text: str, size: str, separator: str, width: int) -> int:
    """Return the mask for the part after the separator."""
    import ipaddress

    full = (1 << width) - 1
    if size.isascii() and size.isdigit():
        bits = int(size[:4])
        if bits > width:
            raise AddressError(f"'{text}': at most {width} bits")
        return full ^ (full >> bits)
    if separator == "-" or width == 128:
        raise AddressError(f"'{text}': '{size}' is not a number of bits")
    try:
        mask = int(ipaddress.IPv4Address(size))
    except ValueError:
        raise AddressError(f"'{text}': '{size}' is not a netmask") from None
    if (mask ^ full) & ((mask ^ full) + 1):
        raise AddressError(f"'{text}': the netmask has a gap")
    return mask
