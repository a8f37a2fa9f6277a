"""Unicode methods: text in characters, order by code point, and the ways back to bytes.

Names and meanings: m204wiki, List of Unicode methods; they follow the String methods of the same name.
"""

from __future__ import annotations

from soul.runtime.collation import from_ebcdic
from soul.runtime.errors import SoulException
from soul.runtime.functions.messages import invalid
from soul.runtime.functions.registry import Family
from soul.runtime.methods import strings

FAMILY = Family("Unicode methods")

PAGE = "List of Unicode methods"


@FAMILY.method("UnicodeLength", page=PAGE)
def unicode_length(text: str) -> int:
    """Return the number of characters.

    Arguments: none.
    Result: 0 for null.
    Example: 'abc':u:unicodeLength -> 3
    Page: m204wiki, List of Unicode methods
    """
    return len(text)


@FAMILY.method("UnicodeAfter", page=PAGE)
def unicode_after(text: str, sought: str) -> str:
    """Return the part after another string.

    Arguments: sought.
    Result: null when it does not occur.
    Example: 'a=b':unicodeAfter('=') -> b
    Page: m204wiki, List of Unicode methods
    """
    return strings.after(text, sought)


@FAMILY.method("UnicodeBefore", page=PAGE)
def unicode_before(text: str, sought: str) -> str:
    """Return the part before another string.

    Arguments: sought.
    Result: the whole string when it does not occur.
    Example: 'a=b':unicodeBefore('=') -> a
    Page: m204wiki, List of Unicode methods
    """
    return strings.before(text, sought)


@FAMILY.method("UnicodeChar", page=PAGE)
def unicode_char(text: str, position: int) -> str:
    """Return one character.

    Arguments: position, 1 or more.
    Result: null past the end.
    Errors: a position below 1 cancels the request.
    Example: 'abc':unicodeChar(2) -> b
    Page: m204wiki, List of Unicode methods
    """
    return strings.char(text, position)


@FAMILY.method("UnicodeLeft", page=PAGE)
def unicode_left(text: str, length: int, *, pad: str = " ") -> str:
    """Return the first characters.

    Arguments: length, 0 or more; Pad, default blank, null for no padding.
    Result: `length` characters.
    Errors: a negative length cancels the request.
    Example: 'abc':unicodeLeft(2) -> ab
    Page: m204wiki, List of Unicode methods
    """
    return strings.left(text, length, pad=pad)


@FAMILY.method("UnicodeRight", page=PAGE)
def unicode_right(text: str, length: int, *, pad: str = " ") -> str:
    """Return the last characters.

    Arguments: length, 0 or more; Pad, default blank, null for no padding.
    Result: `length` characters.
    Errors: a negative length cancels the request.
    Example: 'abc':unicodeRight(2) -> bc
    Page: m204wiki, List of Unicode methods
    """
    return strings.right(text, length, pad=pad)


@FAMILY.method("UnicodeSubstring", page=PAGE)
def unicode_substring(text: str, start: int, length: int | None = None) -> str:
    """Return part of a string.

    Arguments: start, 1 or more; length, default to the end.
    Result: the characters that exist in that range.
    Errors: a start below 1 or a negative length cancels the request.
    Example: 'abcdef':unicodeSubstring(3, 2) -> cd
    Page: m204wiki, List of Unicode methods
    """
    return strings.substring(text, start, length)


@FAMILY.method("UnicodePositionIn", page=PAGE)
def unicode_position_in(text: str, searched: str, start: int = 1) -> int:
    """Return the position of the method object in another string.

    Arguments: searched; start, default 1.
    Result: 0 when there is none.
    Errors: a start below 1 cancels the request.
    Example: 'na':unicodePositionIn('banana') -> 3
    Page: m204wiki, List of Unicode methods
    """
    return strings.position_in(text, searched, start)


@FAMILY.method("UnicodePositionOf", page=PAGE)
def unicode_position_of(text: str, sought: str, start: int = 1) -> int:
    """Return the position of another string.

    Arguments: sought; start, default 1.
    Result: 0 when there is none.
    Errors: a start below 1 cancels the request.
    Example: 'banana':unicodePositionOf('na') -> 3
    Page: m204wiki, List of Unicode methods
    """
    return strings.position_of(text, sought, start)


@FAMILY.method("UnicodeToUpper", page=PAGE)
def unicode_to_upper(text: str) -> str:
    """Return the text in upper case.

    Arguments: none.
    Result: every letter that has one upper-case character is changed.
    Example: 'abc':unicodeToUpper -> ABC
    Page: m204wiki, List of Unicode methods
    """
    return "".join(upper if len(upper := char.upper()) == 1 else char for char in text)


@FAMILY.method("UnicodeToLower", page=PAGE)
def unicode_to_lower(text: str) -> str:
    """Return the text in lower case.

    Arguments: none.
    Result: every letter that has one lower-case character is changed.
    Example: 'ABC':u:unicodeToLower -> abc
    Page: m204wiki, List of Unicode methods
    """
    return "".join(lower if len(lower := char.lower()) == 1 else char for char in text)


@FAMILY.method("UnicodeTrimLeft", page=PAGE)
def unicode_trim_left(text: str, characters: str = " ") -> str:
    """Remove leading characters.

    Arguments: characters, the set to remove, default blank.
    Result: what is left.
    Example: '  ab':unicodeTrimLeft -> ab
    Page: m204wiki, List of Unicode methods
    """
    return strings.trim_left(text, characters)


@FAMILY.method("UnicodeTrimRight", page=PAGE)
def unicode_trim_right(text: str, characters: str = " ") -> str:
    """Remove trailing characters.

    Arguments: characters, the set to remove, default blank.
    Result: what is left.
    Example: 'ab00':unicodeTrimRight('0') -> ab
    Page: m204wiki, List of Unicode methods
    """
    return strings.trim_right(text, characters)


@FAMILY.method("UnicodeUnspace", page=PAGE)
def unicode_unspace(text: str, *, spaces: str = " ", trim: bool = True, compress: bool = True, quotes: str = "") -> str:
    """Normalise spaces outside quotes.

    Arguments: as for Unspace.
    Result: as for Unspace.
    Errors: a character that is both a space and a quote cancels the request.
    Example: '  a   b ':unicodeUnspace -> a b
    Page: m204wiki, List of Unicode methods
    """
    return strings.unspace(text, spaces=spaces, trim=trim, compress=compress, quotes=quotes)


@FAMILY.method("UnicodeWith", page=PAGE)
def unicode_with(text: str, other: str) -> str:
    """Return both strings, one after the other.

    Arguments: other.
    Result: the longer string.
    Example: 'ab':unicodeWith('cd') -> abcd
    Page: m204wiki, List of Unicode methods
    """
    return text + other


@FAMILY.method("UnicodeEQ", page=PAGE)
def unicode_eq(text: str, other: str) -> bool:
    """Say whether two strings are equal.

    Arguments: other.
    Result: True or False.
    Example: 'a':unicodeEQ('a') -> True
    Page: m204wiki, List of Unicode methods
    """
    return text == other


@FAMILY.method("UnicodeNE", page=PAGE)
def unicode_ne(text: str, other: str) -> bool:
    """Say whether two strings differ.

    Arguments: other.
    Result: True or False.
    Example: 'a':unicodeNE('a') -> False
    Page: m204wiki, List of Unicode methods
    """
    return text != other


@FAMILY.method("UnicodeLT", page=PAGE)
def unicode_lt(text: str, other: str) -> bool:
    """Say whether the method object comes before another string in Unicode order.

    Arguments: other.
    Result: True or False.
    Example: '1':unicodeLT('A') -> True
    Page: m204wiki, List of Unicode methods
    """
    return text < other


@FAMILY.method("UnicodeLE", page=PAGE)
def unicode_le(text: str, other: str) -> bool:
    """Say whether the method object is equal to another string or before it in Unicode order.

    Arguments: other.
    Result: True or False.
    Example: 'A':unicodeLE('A') -> True
    Page: m204wiki, List of Unicode methods
    """
    return text <= other


@FAMILY.method("UnicodeGT", page=PAGE)
def unicode_gt(text: str, other: str) -> bool:
    """Say whether the method object comes after another string in Unicode order.

    Arguments: other.
    Result: True or False.
    Example: 'a':unicodeGT('A') -> True
    Page: m204wiki, List of Unicode methods
    """
    return text > other


@FAMILY.method("UnicodeGE", page=PAGE)
def unicode_ge(text: str, other: str) -> bool:
    """Say whether the method object is equal to another string or after it in Unicode order.

    Arguments: other.
    Result: True or False.
    Example: 'A':unicodeGE('A') -> True
    Page: m204wiki, List of Unicode methods
    """
    return text >= other


def _has_ebcdic(char: str) -> bool:
    return ord(char) < 0x80 or 0xA0 <= ord(char) <= 0xFF


@FAMILY.method("UnicodeUntranslatablePosition", page=PAGE)
def unicode_untranslatable_position(text: str) -> int:
    """Return the position of the first character without EBCDIC equivalent.

    Arguments: none.
    Result: 0 when there is none.
    Example: 'a&#x201C;':u:unicodeUntranslatablePosition -> 2
    Page: m204wiki, List of Unicode methods
    """
    return next((at for at, char in enumerate(text, 1) if not _has_ebcdic(char)), 0)


@FAMILY.method("UnicodeToEbcdic", page=PAGE)
def unicode_to_ebcdic(
    text: str,
    *,
    character_encode: bool = False,
    untranslatable: str | None = None,
    allow_untranslatable: bool = False,
) -> str:
    """Convert Unicode to EBCDIC.

    Arguments: CharacterEncode, default False: whether untranslatable characters become references and & becomes an
    entity; Untranslatable, one character that replaces, or null that drops, them; AllowUntranslatable, default False:
    replaces them by a question mark.
    Result: the text.
    Errors: throws CharacterTranslationException for a character without equivalent.
    Example: 'a&#x201C;b':u:unicodeToEbcdic(characterEncode=true) -> a&#x201C;b
    Example: 'a&#x201C;b':u:unicodeToEbcdic(untranslatable='?') -> a?b
    Page: m204wiki, List of Unicode methods
    """
    if untranslatable is None and allow_untranslatable:
        untranslatable = "?"
    pieces: list[str] = []
    for at, char in enumerate(text, 1):
        if _has_ebcdic(char):
            pieces.append("&amp;" if character_encode and char == "&" else char)
        elif character_encode:
            pieces.append(f"&#x{ord(char):X};")
        elif untranslatable is not None:
            pieces.append(untranslatable[:1])
        else:
            raise SoulException(
                "CharacterTranslationException",
                Reason="Unicode",
                CharacterPosition=float(at),
                HexValue=f"{ord(char):04X}",
                Description=f"Unicode character U+{ord(char):04X} without valid translation to EBCDIC at position {at}",
            )
    return "".join(pieces)


def _bytes(method: str, text: str, encoding: str) -> str:
    try:
        return from_ebcdic(text.encode(encoding))
    except UnicodeEncodeError as error:
        raise invalid(method, f"CHARACTER {error.start + 1} IS HALF OF A PAIR") from None


@FAMILY.method("UnicodeToUtf8", page=PAGE)
def unicode_to_utf8(text: str, *, insert_bom: bool = False) -> str:
    """Convert Unicode to UTF-8.

    Arguments: InsertBOM, whether a byte order mark comes first, default False.
    Result: a byte string.
    Example: 'Az9':u:unicodeToUtf8:stringToHex -> 417A39
    Page: m204wiki, List of Unicode methods
    """
    return _bytes("UnicodeToUtf8", ("\ufeff" if insert_bom else "") + text, "utf-8")


@FAMILY.method("UnicodeToUtf16", page=PAGE)
def unicode_to_utf16(text: str, *, insert_bom: bool = False) -> str:
    """Convert Unicode to UTF-16, big-endian.

    Arguments: InsertBOM, whether a byte order mark comes first, default False.
    Result: a byte string.
    Example: 'A':u:unicodeToUtf16:stringToHex -> 0041
    Page: m204wiki, List of Unicode methods
    """
    return _bytes("UnicodeToUtf16", ("\ufeff" if insert_bom else "") + text, "utf-16-be")


@FAMILY.method("UnicodeUrlEncode", page=PAGE)
def unicode_url_encode(text: str) -> str:
    """Encode a text for a URL.

    Arguments: none.
    Result: letters, digits and - . _ ~ stay, other characters become escapes of their UTF-8 bytes.
    Example: 'a b&c':unicodeUrlEncode -> a%20b%26c
    Page: m204wiki, List of Unicode methods
    """
    from urllib.parse import quote

    return quote(text, safe="", errors="replace")


@FAMILY.method("UnicodeFormUrlEncode", page=PAGE)
def unicode_form_url_encode(text: str) -> str:
    """Encode a text as form data.

    Arguments: none.
    Result: as UnicodeUrlEncode, with + for a blank.
    Example: 'a b&c':unicodeFormUrlEncode -> a+b%26c
    Page: m204wiki, List of Unicode methods
    """
    from urllib.parse import quote_plus

    return quote_plus(text, safe="", errors="replace")
