"""The types of image items: values to bytes and back.

Layouts are those of the hardware: big-endian integers, packed and zoned decimals, hexadecimal floating point. What does
not hold a number reads as 0 (our choice). Source: m204wiki, Images.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from soul.runtime import numbers
from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.values import Value

_HEX_BIAS = 64  # of the exponent of hexadecimal floating point


@dataclass(frozen=True, slots=True)
class Item:
    """An item: `length` in bytes, `decimals` for scaled numbers; the rest says how strings are padded."""

    name: str
    type: str
    length: int
    decimals: int
    pad: str
    justify: str
    strip: bool
    signed: bool
    initial: Value | None

    @property
    def start(self) -> Value:
        """The value Prepare gives."""
        if self.initial is not None:
            return self.initial
        return "" if self.type == "STRING" else 0.0


def _number(value: Value) -> float:
    return value if isinstance(value, float) else numbers.number(value)


def _scaled(item: Item, value: Value) -> int:
    """Return a number as the integer that is stored, rounded to the places of the item."""
    rounded = numbers.round_half_away(_number(value), item.decimals)
    return round(rounded * 10.0**item.decimals) if abs(rounded) < 1e300 else 10**400


def _unscaled(item: Item, whole: int) -> float:
    return numbers.round15(whole / 10.0**item.decimals) if item.decimals else float(whole)


def encode_string(item: Item, value: Value, length: int) -> bytes | None:
    """Pad a string, or cut it."""
    text = value if isinstance(value, str) else numbers.text(value)
    data = to_ebcdic(text)[:length]
    pad = to_ebcdic(item.pad)
    return data.rjust(length, pad) if item.justify == "RIGHT" else data.ljust(length, pad)


def decode_string(item: Item, data: bytes) -> str:
    """Return a string, as a rule without its padding."""
    text = from_ebcdic(data)
    if not item.strip:
        return text
    return text.lstrip(item.pad) if item.justify == "RIGHT" else text.rstrip(item.pad)


def encode_binary(item: Item, value: Value, length: int) -> bytes | None:
    """Return a big-endian integer."""
    try:
        return _scaled(item, value).to_bytes(length, "big", signed=item.signed)
    except OverflowError:
        return None


def decode_binary(item: Item, data: bytes) -> float:
    """Return the number of a big-endian integer."""
    return _unscaled(item, int.from_bytes(data, "big", signed=item.signed))


def encode_packed(item: Item, value: Value, length: int) -> bytes | None:
    """Return a packed decimal: two digits a byte, the sign in the last half byte."""
    whole = _scaled(item, value)
    digits = str(abs(whole)).rjust(2 * length - 1, "0")
    if len(digits) > 2 * length - 1 or (whole < 0 and not item.signed):
        return None
    sign = "D" if whole < 0 else "C" if item.signed else "F"
    return bytes.fromhex(digits + sign)


def decode_packed(item: Item, data: bytes) -> float:
    """Return the number of a packed decimal."""
    text = data.hex().upper()
    if not text[:-1].isdecimal() or text[-1:] not in ("A", "B", "C", "D", "E", "F"):
        return 0.0
    return _unscaled(item, -int(text[:-1]) if text[-1] in "BD" else int(text[:-1]))


def encode_zoned(item: Item, value: Value, length: int) -> bytes | None:
    """Return a zoned decimal: a digit a byte, the sign in the zone of the last one."""
    whole = _scaled(item, value)
    digits = str(abs(whole)).rjust(length, "0")
    if len(digits) > length or (whole < 0 and not item.signed):
        return None
    data = bytearray(0xF0 | int(digit) for digit in digits)
    if item.signed:
        data[-1] = (0xD0 if whole < 0 else 0xC0) | data[-1] & 0x0F
    return bytes(data)


def decode_zoned(item: Item, data: bytes) -> float:
    """Return the number of a zoned decimal; leading blanks count as zeros."""
    digits = data.lstrip(b"\x40")
    if not digits or any(byte & 0x0F > 9 or byte < 0xA0 for byte in digits):
        return 0.0
    whole = int("".join(str(byte & 0x0F) for byte in digits))
    return _unscaled(item, -whole if digits[-1] & 0xF0 in (0xB0, 0xD0) else whole)


def encode_float(item: Item, value: Value, length: int) -> bytes | None:
    """Return a hexadecimal floating point number of 4 or 8 bytes."""
    x = _number(value)
    if x == 0.0 or not math.isfinite(x):
        return bytes(length)
    digits = 2 * (length - 1)
    mantissa, exponent = math.frexp(abs(x))
    shift = -(-exponent // 4)  # hexadecimal exponent: the fraction lies between 1/16 and 1
    fraction = round(math.ldexp(mantissa, exponent - 4 * shift + 4 * digits))
    if fraction == 16**digits:
        fraction, shift = fraction // 16, shift + 1
    if not 0 <= shift + _HEX_BIAS < 128:
        return bytes(length) if shift < 0 else None
    return bytes([(x < 0) << 7 | (shift + _HEX_BIAS)]) + fraction.to_bytes(length - 1, "big")


def decode_float(item: Item, data: bytes) -> float:
    """Return the number of a hexadecimal float: 6 digits of a 4-byte one, 15 of an 8-byte one."""
    if len(data) < 2:
        return 0.0
    fraction = int.from_bytes(data[1:], "big")
    x = math.ldexp(float(fraction), 4 * ((data[0] & 0x7F) - _HEX_BIAS) - 8 * (len(data) - 1))
    x = float(f"{x:.6g}") if len(data) == 4 else numbers.round15(x)
    return -x if data[0] & 0x80 else x


def encode_exponential(item: Item, value: Value, length: int) -> bytes | None:
    """Return a number as text with exponent, right-justified (our choice: as many digits as there is room for)."""
    x = _number(value)
    for places in range(min(14, length), -1, -1):
        text = f"{x:.{places}E}"
        if len(text) <= length:
            return to_ebcdic(text.rjust(length))
    return None


def decode_exponential(item: Item, data: bytes) -> float:
    """Return the number of a text."""
    return numbers.number(from_ebcdic(data).strip())


ENCODERS: dict[str, Callable[[Item, Value, int], bytes | None]] = {
    "STRING": encode_string,
    "BINARY": encode_binary,
    "PACKED": encode_packed,
    "ZONED": encode_zoned,
    "FLOAT": encode_float,
    "EXPONENTIAL": encode_exponential,
}
DECODERS: dict[str, Callable[[Item, bytes], Value]] = {
    "STRING": decode_string,
    "BINARY": decode_binary,
    "PACKED": decode_packed,
    "ZONED": decode_zoned,
    "FLOAT": decode_float,
    "EXPONENTIAL": decode_exponential,
}
