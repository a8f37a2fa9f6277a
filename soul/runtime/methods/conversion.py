"""String methods: hexadecimal, base 64, integers and floats as bytes, ASCII, Unicode, URL decoding.

A byte string is a string whose EBCDIC bytes are meant; a Unicode string is a Python str of any characters.
Source: m204wiki, StringToHex, HexToString, Base64ToString, AsciiToEbcdic, EbcdicToAscii, EbcdicToUnicode (String
functions); IntegerToHex, IntegerToBinary, FloatToBinary (Float functions).
"""

from __future__ import annotations

import re
from fractions import Fraction

from soul.runtime import numbers
from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.errors import SoulException
from soul.runtime.functions.encoding import ascii_to_ebcdic, decode_base64, ebcdic_to_ascii, encode_base64, to_hex
from soul.runtime.functions.messages import invalid
from soul.runtime.functions.registry import Family

FAMILY = Family("conversion methods")

_HEX = "0123456789ABCDEFabcdef"


def _translation_error(reason: str, position: int, value: int) -> SoulException:
    return SoulException(
        "CharacterTranslationException",
        Reason=reason,
        CharacterPosition=float(position),
        BytePosition=float(position),
        HexValue=f"{value:02X}",
        Description=f"character X'{value:02X}' without valid translation at position {position}",
    )


@FAMILY.method("StringToHex", page="StringToHex (String function)")
def string_to_hex(string: str) -> str:
    """Return two upper-case hexadecimal digits for each EBCDIC byte.

    Arguments: none.
    Result: twice as long as the string.
    Example: 'Saint Marie':stringToHex -> E2818995A340D481998985
    Page: m204wiki, StringToHex (String function)
    """
    return to_hex(string)


@FAMILY.method("HexToString", "X", page="HexToString (String function)")
def hex_to_string(digits: str) -> str:
    """Return the string whose EBCDIC bytes are given. X is the same for a literal.

    Arguments: none; the method object is an even number of hexadecimal digits.
    Result: half as long.
    Errors: throws InvalidHexData; its Position is that of the first bad character, 0 when the number is odd.
    Example: 'E2818995A340D481998985':hexToString -> Saint Marie
    Example: 'C1C2':x -> AB
    Page: m204wiki, HexToString (String function)
    """
    bad = next((at for at, char in enumerate(digits, 1) if char not in _HEX), 0)
    if bad or len(digits) % 2:
        raise SoulException("InvalidHexData", Position=float(bad))
    return from_ebcdic(bytes.fromhex(digits))


@FAMILY.method("StringToBase64", page="StringToBase64 (String function)")
def string_to_base64(string: str) -> str:
    """Return base 64 of the EBCDIC bytes.

    Arguments: none.
    Result: padded with equals signs, without line breaks.
    Example: '0123456789':stringToBase64 -> 8PHy8/T19vf4+Q==
    Page: m204wiki, StringToBase64 (String function)
    """
    return encode_base64(string)


@FAMILY.method("Base64ToString", page="Base64ToString (String function)")
def base64_to_string(text: str) -> str:
    """Decode base 64.

    Arguments: none; the method object may lack its trailing equals signs.
    Result: the string whose EBCDIC bytes were encoded.
    Errors: throws InvalidBase64Data with the Position of the first bad character.
    Example: '4pOFhZeJlYdAwoWBmQ==':base64ToString -> Sleeping Bear
    Page: m204wiki, Base64ToString (String function)
    """
    decoded = decode_base64(text)
    if decoded is None:
        bad = re.search(r"[^A-Za-z0-9+/]", text.rstrip("="))
        raise SoulException("InvalidBase64Data", Position=float(bad.start() + 1 if bad else len(text)))
    return decoded


def _integer_bytes(method: str, number: int, size: int, signed: bool) -> bytes:
    if not 1 <= size <= 4:
        raise invalid(method, "NUMBER OF BYTES MUST BE 1 TO 4")
    try:
        return number.to_bytes(size, "big", signed=signed)
    except OverflowError:
        raise invalid(method, "THE NUMBER DOES NOT FIT") from None


@FAMILY.method("IntegerToHex", page="IntegerToHex (Float function)")
def integer_to_hex(number: int, bytes_: int, *, signed: bool = False) -> str:
    """Return an integer as hexadecimal digits.

    Arguments: bytes, 1 to 4; Signed, default False.
    Result: two digits for each byte, filled with zeros, or with the sign when Signed.
    Errors: a number that does not fit, negative without Signed for one, cancels the request.
    Example: 10:integerToHex(4) -> 0000000A
    Example: -1:integerToHex(2, signed=true) -> FFFF
    Page: m204wiki, IntegerToHex (Float function)
    """
    return _integer_bytes("IntegerToHex", number, bytes_, signed).hex().upper()


@FAMILY.method("IntegerToBinary", page="IntegerToBinary (Float function)")
def integer_to_binary(number: int, bytes_: int, *, signed: bool = False) -> str:
    """Return an integer as a byte string.

    Arguments: bytes, 1 to 4; Signed, default False.
    Result: that many bytes, as for IntegerToHex.
    Errors: a number that does not fit cancels the request.
    Example: 129:integerToBinary(1) -> a
    Page: m204wiki, IntegerToBinary (Float function)
    """
    return from_ebcdic(_integer_bytes("IntegerToBinary", number, bytes_, signed))


@FAMILY.method("HexToInteger", page="HexToInteger (String function)")
def hex_to_integer(digits: str, *, signed: bool = False) -> int:
    """Return the integer that hexadecimal digits stand for.

    Arguments: Signed, whether the first bit is a sign, default False; the method object has 1 to 8 digits.
    Result: 0 or more, or a signed number.
    Errors: throws InvalidHexData; more than 8 digits cancel the request.
    Example: '0000000A':hexToInteger -> 10
    Example: 'FF':hexToInteger(signed=true) -> -1
    Page: m204wiki, HexToInteger (String function)
    """
    bad = next((at for at, char in enumerate(digits, 1) if char not in _HEX), 0)
    if bad or not digits:
        raise SoulException("InvalidHexData", Position=float(bad))
    if len(digits) > 8:
        raise invalid("HexToInteger", "MORE THAN 8 DIGITS")
    value = int(digits, 16)
    return value - (1 << 4 * len(digits)) if signed and value >> (4 * len(digits) - 1) else value


@FAMILY.method("BinaryToInteger", page="BinaryToInteger (String function)")
def binary_to_integer(string: str, *, signed: bool = False) -> int:
    """Return the integer that bytes stand for.

    Arguments: Signed, default False; the method object has 1 to 4 bytes.
    Result: 0 or more, or a signed number.
    Errors: another length cancels the request.
    Example: 'a':binaryToInteger -> 129
    Page: m204wiki, BinaryToInteger (String function)
    """
    if not 1 <= len(string) <= 4:
        raise invalid("BinaryToInteger", "LENGTH MUST BE 1 TO 4")
    return int.from_bytes(to_ebcdic(string), "big", signed=signed)


@FAMILY.method("FloatToBinary", page="FloatToBinary (Float function)")
def float_to_binary(number: float) -> str:
    """Return a number as 8 bytes of IBM hexadecimal floating point.

    Arguments: none.
    Result: sign and exponent in the first byte, 14 hexadecimal digits; digits past them are cut, not rounded.
    Errors: a number beyond the range of that format cancels the request.
    Example: 1.1:floatToBinary:stringToHex -> 4111999999999999
    Example: -5.5:floatToBinary:stringToHex -> C158000000000000
    Page: m204wiki, FloatToBinary (Float function)
    """
    value = abs(Fraction(numbers.text(number)))
    if not value:
        return from_ebcdic(bytes(8))
    exponent = 64
    while value >= 1:
        value /= 16
        exponent += 1
    while value < Fraction(1, 16):
        value *= 16
        exponent -= 1
    if not 0 <= exponent <= 127:
        raise invalid("FloatToBinary", "NUMBER OUT OF RANGE")
    first = exponent | (128 if number < 0 else 0)
    return from_ebcdic(bytes((first,)) + int(value * 16**14).to_bytes(7, "big"))


@FAMILY.method("BinaryToFloat", page="BinaryToFloat (String function)")
def binary_to_float(string: str) -> float:
    """Return the number that 8 bytes of IBM hexadecimal floating point stand for.

    Arguments: none; the method object has 8 bytes.
    Result: the number, to 15 digits.
    Errors: another length cancels the request.
    Example: 'C158000000000000':x:binaryToFloat -> -5.5
    Page: m204wiki, BinaryToFloat (String function)
    """
    data = to_ebcdic(string)
    if len(data) != 8:
        raise invalid("BinaryToFloat", "LENGTH MUST BE 8")
    value = float(Fraction(int.from_bytes(data[1:], "big"), 16**14) * Fraction(16) ** ((data[0] & 127) - 64))
    return -value if data[0] & 128 else value


def _untranslatable(byte: int) -> bool:
    """Say whether an ISO 8859-1 byte has no EBCDIC character: the second set of controls (X'81' is documented)."""
    return 0x80 <= byte <= 0x9F


@FAMILY.method("AsciiToEbcdic", page="AsciiToEbcdic (String function)")
def ascii_to_ebcdic_(string: str, *, character_encode: bool = False) -> str:
    """Convert ISO 8859-1 bytes to EBCDIC.

    Arguments: CharacterEncode, default False: whether untranslatable bytes become character references and & becomes
    an entity.
    Result: the text.
    Errors: throws CharacterTranslationException for a byte without EBCDIC character, unless encoding.
    Example: '31':x:asciiToEbcdic -> 1
    Example: '26':x:asciiToEbcdic(characterEncode=true) -> &amp;
    Page: m204wiki, AsciiToEbcdic (String function)
    """
    data = to_ebcdic(string)
    if character_encode:
        pieces = (
            f"&#x{byte:02X};" if _untranslatable(byte) else "&amp;" if byte == 0x26 else chr(byte) for byte in data
        )
        return "".join(pieces)
    for at, byte in enumerate(data, 1):
        if _untranslatable(byte):
            raise _translation_error("ASCII", at, byte)
    return ascii_to_ebcdic(string)


_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]*));")


def decode_references(text: str) -> str:
    """Return `text` with hexadecimal references and XHTML entities decoded.

    Throws CharacterTranslationException for a bare ampersand, a decimal reference or an unknown entity.
    """
    from html.entities import name2codepoint

    pieces: list[str] = []
    at = 0
    while (found := text.find("&", at)) >= 0:
        match = _REFERENCE.match(text, found)
        code = None
        if match is not None:
            code = int(match[1], 16) if match[1] else 0x27 if match[2] == "apos" else name2codepoint.get(match[2])
        if match is None or code is None or not 0 < code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise _translation_error("InvalidCharacterReference", found + 1, ord("&"))
        pieces += (text[at:found], chr(code))
        at = match.end()
    return "".join(pieces) + text[at:]


@FAMILY.method("EbcdicToAscii", page="EbcdicToAscii (String function)")
def ebcdic_to_ascii_(string: str, *, character_decode: bool = False) -> str:
    """Convert EBCDIC to ISO 8859-1 bytes.

    Arguments: CharacterDecode, default False: whether character references and entities are decoded.
    Result: a byte string.
    Errors: throws CharacterTranslationException for a character without such a byte, and when decoding for a bare &
    or a decimal reference.
    Example: 'Az':ebcdicToAscii:stringToHex -> 417A
    Page: m204wiki, EbcdicToAscii (String function)
    """
    text = decode_references(string) if character_decode else string
    for at, char in enumerate(text, 1):
        if ord(char) > 255 or _untranslatable(ord(char)):
            raise _translation_error("Unicode", at, ord(char))
    return ebcdic_to_ascii(text)


@FAMILY.method("EbcdicToUnicode", page="EbcdicToUnicode (String function)")
def ebcdic_to_unicode(string: str, *, character_decode: bool = False, untranslatable: str | None = None) -> str:
    """Convert EBCDIC to Unicode.

    Arguments: CharacterDecode, default False; Untranslatable, one character that replaces, or null that drops,
    untranslatable bytes, default: throw.
    Result: a Unicode string.
    Errors: throws CharacterTranslationException.
    Example: '&copy;':ebcdicToUnicode(characterDecode=true):unicodeLength -> 1
    Page: m204wiki, EbcdicToUnicode (String function)
    """
    if untranslatable is None:
        bad = next((at for at, char in enumerate(string, 1) if _untranslatable(ord(char))), 0)
        if bad:
            raise _translation_error("EBCDIC", bad, to_ebcdic(string[bad - 1])[0])
    else:
        string = "".join(untranslatable[:1] if _untranslatable(ord(char)) else char for char in string)
    return decode_references(string) if character_decode else string


@FAMILY.method("U", page="U (String function)")
def u(string: str) -> str:
    """Return a literal as Unicode, with character references and entities decoded.

    Arguments: none.
    Result: a Unicode string.
    Errors: throws CharacterTranslationException for a bare & or a decimal reference.
    Example: '&#x41;':u -> A
    Page: m204wiki, U (String function)
    """
    return ebcdic_to_unicode(string, character_decode=True)


def _decoded(method: str, data: bytes, encoding: str, allow_untranslatable: bool) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _translation_error(encoding.upper(), error.start + 1, data[error.start]) from None
    if not allow_untranslatable:
        bad = next((at for at, char in enumerate(text, 1) if ord(char) > 255), 0)
        if bad:
            raise invalid(method, f"CHARACTER {bad} HAS NO EBCDIC EQUIVALENT")
    return text


@FAMILY.method("Utf8ToUnicode", page="Utf8ToUnicode (String function)")
def utf8_to_unicode(string: str, *, allow_untranslatable: bool = True) -> str:
    """Convert UTF-8 bytes to Unicode.

    Arguments: AllowUntranslatable, whether characters without EBCDIC equivalent may occur, default True.
    Result: a Unicode string, without byte order mark.
    Errors: throws CharacterTranslationException for bytes that are not UTF-8.
    Example: 'Az':unicodeToUtf8:utf8ToUnicode -> Az
    Page: m204wiki, Utf8ToUnicode (String function)
    """
    return _decoded("Utf8ToUnicode", to_ebcdic(string), "utf-8", allow_untranslatable).removeprefix("\ufeff")


@FAMILY.method("Utf16ToUnicode", page="Utf16ToUnicode (String function)")
def utf16_to_unicode(string: str, *, allow_untranslatable: bool = True) -> str:
    """Convert UTF-16 bytes to Unicode.

    Arguments: AllowUntranslatable, default True.
    Result: a Unicode string; big-endian unless a byte order mark says otherwise.
    Errors: throws CharacterTranslationException for bytes that are not UTF-16.
    Example: '0041':x:utf16ToUnicode -> A
    Page: m204wiki, Utf16ToUnicode (String function)
    """
    data = to_ebcdic(string)
    encoding = "utf-16-le" if data.startswith(b"\xff\xfe") else "utf-16-be"
    return _decoded("Utf16ToUnicode", data, encoding, allow_untranslatable).removeprefix("\ufeff")


def _percent_decoded(method: str, string: str, allow_untranslatable: bool) -> str:
    from urllib.parse import unquote_to_bytes

    text = _decoded(method, to_ebcdic(string), "utf-8", allow_untranslatable=True)
    bad = re.search("%(?![0-9A-Fa-f]{2})", text)
    if bad:
        raise _translation_error("InvalidEscape", bad.start() + 1, ord("%"))
    return _decoded(method, unquote_to_bytes(text), "utf-8", allow_untranslatable)


@FAMILY.method("UrlDecodeUnicode", page="UrlDecodeUnicode (String function)")
def url_decode_unicode(string: str, *, allow_untranslatable: bool = False) -> str:
    """Decode the percent escapes of a URL.

    Arguments: AllowUntranslatable, default False; the method object is UTF-8 bytes.
    Result: a Unicode string.
    Errors: throws CharacterTranslationException for +, a wrong escape or bytes that are not UTF-8; a character
    without EBCDIC equivalent cancels the request unless allowed.
    Example: '1%2B1':ebcdicToUnicode:unicodeToUtf8:urlDecodeUnicode -> 1+1
    Page: m204wiki, UrlDecodeUnicode (String function)
    """
    plus = to_ebcdic(string).find(b"+")
    if plus >= 0:
        raise _translation_error("InvalidCharacter", plus + 1, ord("+"))
    return _percent_decoded("UrlDecodeUnicode", string, allow_untranslatable)


@FAMILY.method("FormUrlDecodeUnicode", page="FormUrlDecodeUnicode (String function)")
def form_url_decode_unicode(string: str, *, allow_untranslatable: bool = False) -> str:
    """Decode form data: percent escapes, and + for a blank.

    Arguments: AllowUntranslatable, default False; the method object is UTF-8 bytes.
    Result: a Unicode string.
    Errors: as for UrlDecodeUnicode, but + is a blank.
    Example: 'a+b':ebcdicToUnicode:unicodeToUtf8:formUrlDecodeUnicode -> a b
    Page: m204wiki, FormUrlDecodeUnicode (String function)
    """
    plain = from_ebcdic(to_ebcdic(string).replace(b"+", b" "))
    return _percent_decoded("FormUrlDecodeUnicode", plain, allow_untranslatable)
