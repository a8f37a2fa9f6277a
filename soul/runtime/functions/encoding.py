"""Byte $functions: hexadecimal, integers as bytes, base 64, ASCII and EBCDIC, packed decimal, bitwise strings, hashes.

A string stands for its bytes in EBCDIC code page 1047; "ASCII" is ISO 8859-1.
Source: m204wiki, SOUL $functions; the pages named at each function.
"""

from __future__ import annotations

import binascii
import re

from soul.runtime import numbers
from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.functions.limits import BASE64_INPUT, C2X_INPUT, STRING, X2C_INPUT
from soul.runtime.functions.messages import INVALID_ARGUMENT, invalid
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("encoding")

_HEX = frozenset("0123456789ABCDEF")
_HIGHEST = 2_147_483_647  # m204wiki, $D2C: the range of a 4-byte integer
_WIDTH = 8  # hexadecimal digits of a 4-byte integer


def to_hex(string: str) -> str:
    """Return two upper-case hexadecimal digits for each EBCDIC byte."""
    return to_ebcdic(string).hex().upper()


def from_hex(digits: str) -> str:
    """Return the string whose EBCDIC bytes are given, or null when `digits` is not valid."""
    if len(digits) % 2 or not _HEX.issuperset(digits):
        return ""
    return from_ebcdic(bytes.fromhex(digits))


@FAMILY.function("$C2X", page="$C2X")
def c2x(string: str) -> str:
    """Return the hexadecimal form of a string.

    Arguments: string, at most 126 bytes.
    Result: two upper-case digits for each EBCDIC byte; null when the string is longer.
    Example: $C2X('YES') -> E8C5E2
    Page: m204wiki, $C2X
    """
    return to_hex(string) if len(string) <= C2X_INPUT else ""


@FAMILY.function("$X2C", page="$X2C")
def x2c(digits: str) -> str:
    """Return the string that hexadecimal digits stand for.

    Arguments: digits, an even number of 0-9 and A-F (upper case), at most 255.
    Result: the string; null when the argument is not valid.
    Example: $X2C('C1C2C3') -> ABC
    Example: $X2C('c1c2') -> (null)
    Page: m204wiki, $X2C
    """
    return from_hex(digits) if len(digits) <= X2C_INPUT else ""


@FAMILY.function("$Lstr_C2X", page="$Lstr_C2X")
def lstr_c2x(longstring: str) -> str:
    """Return the hexadecimal form of a longstring.

    Arguments: longstring, of any length.
    Result: two upper-case digits for each EBCDIC byte.
    Example: $Lstr_C2X('YES') -> E8C5E2
    Page: m204wiki, $Lstr_C2X
    """
    return to_hex(longstring)


@FAMILY.function("$Lstr_X2C", page="$Lstr_X2C")
def lstr_x2c(digits: str) -> str:
    """Return the longstring that hexadecimal digits stand for.

    Arguments: digits, an even number of 0-9 and A-F (upper case), of any length.
    Result: the string; null when the argument is not valid.
    Example: $Lstr_X2C('E8C5E2') -> YES
    Page: m204wiki, $Lstr_X2C
    """
    return from_hex(digits)


@FAMILY.function("$HexA", page="$HexA")
def hexa(digits: str) -> str:
    """Convert hexadecimal digits to EBCDIC characters.

    Arguments: digits, an even number of 0-9 and A-F, lower case allowed.
    Result: the characters, at most 255; null when the argument is not valid.
    Example: $HexA('C1C2') -> AB
    Page: m204wiki, $HexA
    """
    return from_hex(digits.upper())[:STRING]


@FAMILY.function("$IHexA", page="$IHexA")
def ihexa(string: str) -> str:
    """Convert EBCDIC characters to hexadecimal digits.

    Arguments: string, at most 127 bytes; more are cut with the result.
    Result: two upper-case digits for each byte, at most 255 characters.
    Example: $IHexA('AB') -> C1C2
    Page: m204wiki, $IHexA
    """
    return to_hex(string)[:STRING]


def _whole(number: float | None) -> int | None:
    return None if number is None else numbers.to_int(number)


@FAMILY.function("$D2X", page="$D2X")
def d2x(number: float | None = None, width: int = _WIDTH) -> str:
    """Convert an integer to hexadecimal digits.

    Arguments: number, -2147483648 to 2147483647; width of the result, default 8, above 8 acts as 8.
    Result: two's complement digits, the leftmost ones dropped below width 8; null when width is 0 or less or the
    number is omitted or out of range.
    Example: $D2X(193, 3) -> 0C1
    Example: $D2X(-1,4) -> FFFF
    Page: m204wiki, $D2X
    """
    value = _whole(number)
    if value is None or width <= 0 or not -_HIGHEST - 1 <= value <= _HIGHEST:
        return ""
    return f"{value & 0xFFFFFFFF:08X}"[-min(width, _WIDTH) :]


@FAMILY.function("$X2D", page="$X2D")
def x2d(digits: str | None = None, width: int = _WIDTH) -> int:
    """Convert hexadecimal digits to an integer.

    Arguments: digits, 0-9, A-F and a-f; width, how many digits count, default 8, above 8 acts as 8.
    Result: the rightmost `width` digits, zeros on the left where there are fewer, read as two's complement of that
    width; 0 when digits is null or not valid or width is 0 or less.
    Example: $X2D('0F',1) -> -1
    Example: $X2D('C1') -> 193
    Page: m204wiki, $X2D
    """
    upper = (digits or "").upper()
    if not upper or width <= 0 or not _HEX.issuperset(upper):
        return 0
    used = min(width, _WIDTH)
    value = int(upper[-used:], 16)
    return value - (1 << 4 * used) if value >= 1 << (4 * used - 1) else value


@FAMILY.function("$D2C", page="$D2C")
def d2c(number: float | None = None, width: float | None = None) -> str:
    """Convert an integer to bytes.

    Arguments: number, -2147483647 to 2147483647; width of the result, 0 to 255. Without width the number must not be
    negative.
    Result: without width 1 to 4 bytes as needed, with width the number sign-extended or cut to that many bytes; null
    when an argument is omitted or out of range.
    Example: $C2X($D2C(129,2)) -> 0081
    Example: $C2X($D2C(9)) -> 09
    Page: m204wiki, $D2C
    """
    value, size = _whole(number), _whole(width)
    if value is None or not -_HIGHEST <= value <= _HIGHEST:
        return ""
    if size is None:
        if value < 0:
            return ""
        size = max(1, (value.bit_length() + 7) // 8)
    if not 0 <= size <= STRING:
        return ""
    return from_ebcdic((value & ((1 << 8 * size) - 1)).to_bytes(size, "big"))


@FAMILY.function("$C2D", page="$C2D")
def c2d(string: str = "", width: int = 5) -> int:
    """Convert bytes to an integer.

    Arguments: string; width, how many bytes count, default 5.
    Result: the rightmost `width` bytes, zeros on the left where there are fewer; signed when the string has 4 bytes
    or more or `width` does not exceed its length; 0 when the string is null or width is below 1.
    Example: $C2D('A') -> 193
    Example: $C2D('AB',1) -> -62
    Page: m204wiki, $C2D
    """
    if width < 1 or not string:
        return 0
    data = to_ebcdic(string)
    signed = len(data) >= 4 or width <= len(data)
    return int.from_bytes(data[-min(width, STRING) :], "big", signed=signed)


@FAMILY.function("$Binary", page="$Binary")
def binary(thread: Thread, number: float = 0.0, bits: int = 31, scale: int = 0) -> str:
    """Convert a number to a fixed-point binary string.

    Arguments: number; bits, 15 (2 bytes) or 31 (4 bytes), default 31; scale, the number of fraction bits, default 0.
    Result: the bytes of number times 2 to the power scale, rounded.
    Errors: another bits value, or a number that does not fit, gives a counting error and null.
    Example: $C2X($Binary(64565,31)) -> 0000FC35
    Page: m204wiki, $Binary
    """
    value = numbers.to_int(number * 2.0 ** max(-64, min(scale, 64)))
    if bits not in (15, 31) or not -(1 << bits) <= value < 1 << bits:
        thread.message(INVALID_ARGUMENT, function="$Binary", detail="BITS MUST BE 15 OR 31 AND HOLD THE NUMBER")
        return ""
    return from_ebcdic(value.to_bytes((bits + 1) // 8, "big", signed=True))


@FAMILY.function("$Unbin", page="$Unbin")
def unbin(thread: Thread, string: str, scale: int = 0) -> str:
    """Convert a fixed-point binary string to a number.

    Arguments: string of 2 or 4 bytes; scale, the number of fraction bits, default 0.
    Result: the number, as a string.
    Errors: another length gives a counting error and null.
    Example: $Unbin($X2C('FFFF')) -> -1
    Example: $Unbin($X2C('0018'),4) -> 1.5
    Page: m204wiki, $Unbin
    """
    if len(string) not in (2, 4):
        thread.message(INVALID_ARGUMENT, function="$Unbin", detail="VALUE MUST HAVE TWO OR FOUR BYTES")
        return ""
    value = int.from_bytes(to_ebcdic(string), "big", signed=True)
    return numbers.text(value / 2.0 ** max(-64, min(scale, 64)))


@FAMILY.function("$Pack", page="$Pack")
def pack(thread: Thread, number: float = 0.0, digits: int = 15, scale: int = 0) -> str:
    """Convert a number to packed decimal.

    Arguments: number; digits, 1 to 31, default 15; scale, the decimal places kept, default 0.
    Result: half as many bytes as digits, rounded up, with sign C or D.
    Errors: digits out of range, or a number that does not fit, gives a counting error and null.
    Example: $C2X($Pack(-123,3)) -> 123D
    Page: m204wiki, $Pack
    """
    value = numbers.to_int(number * 10.0 ** max(-31, min(scale, 31)))
    shown = str(abs(value))
    if not 1 <= digits <= 31 or len(shown) > digits:
        thread.message(INVALID_ARGUMENT, function="$Pack", detail="DIGITS MUST BE 1 TO 31 AND HOLD THE NUMBER")
        return ""
    body = shown.rjust(digits | 1, "0") + ("D" if value < 0 else "C")
    return from_ebcdic(bytes.fromhex(body))


@FAMILY.function("$Unpack", page="$Unpack")
def unpack(thread: Thread, string: str, scale: int = 0) -> str:
    """Convert packed decimal to a number.

    Arguments: string, packed decimal of 1 to 16 bytes; scale, the decimal places it holds, default 0.
    Result: the number, as a string.
    Errors: bytes that are not packed decimal give a counting error and null.
    Example: $Unpack($X2C('123D')) -> -123
    Example: $Unpack($X2C('12345C'),2) -> 123.45
    Page: m204wiki, $Unpack
    """
    digits = to_hex(string)
    if not 1 <= len(string) <= 16 or not re.fullmatch("[0-9]+[A-F]", digits):
        thread.message(INVALID_ARGUMENT, function="$Unpack", detail="VALUE IS NOT PACKED DECIMAL")
        return ""
    sign = "-" if digits[-1] in "BD" else ""
    value = float(f"{sign}{digits[:-1]}e{-max(-31, min(scale, 31))}")
    return numbers.text(value)


def encode_base64(string: str) -> str:
    """Return base 64 of the EBCDIC bytes, padded, without line breaks."""
    return binascii.b2a_base64(to_ebcdic(string), newline=False).decode("ascii")


def decode_base64(text: str) -> str | None:
    """Return the string whose EBCDIC bytes base 64 `text` holds, padded or not; None when it is not valid."""
    bare = text.rstrip("=")
    if len(text) - len(bare) > 2 or len(bare) % 4 == 1 or not re.fullmatch("[A-Za-z0-9+/]*", bare):
        return None
    return from_ebcdic(binascii.a2b_base64(bare + "=" * (-len(bare) % 4)))


@FAMILY.function("$Base64_Encode", page="$Base64_Encode")
def base64_encode(string: str) -> str:
    """Encode a string in base 64.

    Arguments: string, at most 189 bytes.
    Result: base 64 of its EBCDIC bytes, padded with equals signs.
    Errors: a longer string cancels the request.
    Example: $Base64_Encode('Sleeping Bear') -> 4pOFhZeJlYdAwoWBmQ==
    Page: m204wiki, $Base64_Encode
    """
    if len(string) > BASE64_INPUT:
        raise invalid("$Base64_Encode", f"ARGUMENT LONGER THAN {BASE64_INPUT} BYTES")
    return encode_base64(string)


@FAMILY.function("$Base64_Decode", page="$Base64_Encode")
def base64_decode(string: str) -> str:
    """Decode base 64.

    Arguments: string, base 64 with or without its trailing equals signs.
    Result: the string, at most 255 characters; null when the argument is not valid.
    Example: $Base64_Decode('4pOFhZeJlYdAwoWBmQ==') -> Sleeping Bear
    Page: m204wiki, $Base64_Encode
    """
    return (decode_base64(string) or "")[:STRING]


@FAMILY.function("$Lstr_Base64_Encode", page="$Base64_Encode")
def lstr_base64_encode(longstring: str) -> str:
    """Encode a longstring in base 64.

    Arguments: longstring, of any length.
    Result: base 64 of its EBCDIC bytes, padded with equals signs.
    Example: $Lstr_Base64_Encode('Hello') -> yIWTk5Y=
    Page: m204wiki, $Base64_Encode
    """
    return encode_base64(longstring)


@FAMILY.function("$Lstr_Base64_Decode", page="$Base64_Encode")
def lstr_base64_decode(longstring: str) -> str:
    """Decode base 64 of any length.

    Arguments: longstring, base 64 with or without its trailing equals signs.
    Result: the string; null when the argument is not valid.
    Example: $Lstr_Base64_Decode('yIWTk5Y=') -> Hello
    Page: m204wiki, $Base64_Encode
    """
    return decode_base64(longstring) or ""


def ebcdic_to_ascii(string: str) -> str:
    """Return the string whose EBCDIC bytes are the ISO 8859-1 bytes of `string`."""
    return from_ebcdic(string.encode("latin-1", "replace"))


def ascii_to_ebcdic(string: str) -> str:
    """Return the string whose ISO 8859-1 bytes are the EBCDIC bytes of `string`."""
    return to_ebcdic(string).decode("latin-1")


@FAMILY.function("$Ascii", "$E2A", page="$Ascii")
def ascii_(string: str) -> str:
    """Convert EBCDIC bytes to ASCII bytes.

    Arguments: string.
    Result: the bytes of the same characters in ISO 8859-1, as a string of bytes.
    Example: $C2X($Ascii('Az')) -> 417A
    Page: m204wiki, $Ascii
    """
    return ebcdic_to_ascii(string)


@FAMILY.function("$Ebcdic", "$A2E", page="$Ebcdic")
def ebcdic(string: str) -> str:
    """Convert ASCII bytes to EBCDIC bytes.

    Arguments: string of ISO 8859-1 bytes.
    Result: the same characters as ordinary text.
    Example: $Ebcdic($X2C('417A')) -> Az
    Page: m204wiki, $Ebcdic
    """
    return ascii_to_ebcdic(string)


def _combine(a: str, b: str, operation: str) -> str:
    """Combine two byte strings; the shorter one is extended with the bytes that change nothing (our choice)."""
    left, right = to_ebcdic(a), to_ebcdic(b)
    size = max(len(left), len(right))
    neutral = b"\xff" if operation == "and" else b"\x00"
    x = int.from_bytes(left.ljust(size, neutral), "big")
    y = int.from_bytes(right.ljust(size, neutral), "big")
    result = {"and": x & y, "or": x | y, "xor": x ^ y}[operation]
    return from_ebcdic(result.to_bytes(size, "big"))[:STRING]


@FAMILY.function("$StrAnd", page="$StrAnd")
def strand(a: str, b: str) -> str:
    """Return the bytewise AND of two strings.

    Arguments: a, b; the longer one keeps its last bytes as they are.
    Result: as long as the longer string, at most 255 bytes.
    Example: $C2X($StrAnd($X2C('F0'),$X2C('3C'))) -> 30
    Page: m204wiki, $StrAnd
    """
    return _combine(a, b, "and")


@FAMILY.function("$StrOr", page="$StrOr")
def stror(a: str, b: str) -> str:
    """Return the bytewise OR of two strings.

    Arguments: a, b; the longer one keeps its last bytes as they are.
    Result: as long as the longer string, at most 255 bytes.
    Example: $C2X($StrOr($X2C('F0'),$X2C('3C'))) -> FC
    Page: m204wiki, $StrOr
    """
    return _combine(a, b, "or")


@FAMILY.function("$StrXor", page="$StrXor")
def strxor(a: str, b: str) -> str:
    """Return the bytewise exclusive OR of two strings.

    Arguments: a, b; the longer one keeps its last bytes as they are.
    Result: as long as the longer string, at most 255 bytes.
    Example: $C2X($StrXor($X2C('F0'),$X2C('3C'))) -> CC
    Page: m204wiki, $StrXor
    """
    return _combine(a, b, "xor")


@FAMILY.function("$Hsh", page="$Hsh")
def hsh(string: str) -> int:
    """Return a number that hashes a string.

    Arguments: string.
    Result: 0 to 2147483647, the same for the same EBCDIC bytes in every run. The algorithm of the product is not
    published; this is CRC 32 without its highest bit.
    Example: $Hsh('') -> 0
    Page: m204wiki, $Hsh
    """
    return binascii.crc32(to_ebcdic(string)) & _HIGHEST


@FAMILY.function("$Encrypt", page="$Encrypt")
def encrypt(string: str) -> str:
    """Encrypt a string one way.

    Arguments: string.
    Result: 8 bytes that depend on the string and cannot be turned back; null for null. The algorithm of the product
    is not published, so the bytes differ from the mainframe's. Not meant for passwords.
    Example: $Len($Encrypt('AHAB')) -> 8
    Page: m204wiki, $Encrypt
    """
    import hashlib

    return from_ebcdic(hashlib.sha256(b"$Encrypt" + to_ebcdic(string)).digest()[:8]) if string else ""
