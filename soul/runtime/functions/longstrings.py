"""Longstring $functions: the $Lstr_ forms of parts, positions and translation. No 255-character limit.

Source: m204wiki, SOUL $functions; the pages named at each function.
"""

from __future__ import annotations

from soul.language.library import Form
from soul.runtime.functions.limits import POSITION
from soul.runtime.functions.registry import Family
from soul.runtime.functions.strings import after, before, squeeze, to_upper

FAMILY = Family("longstrings")


@FAMILY.function(
    "$Lstr_Len",
    page="$Lstr_Len",
    forms=(Form("len(longstring) * 1.0", {}),),
)
def lstr_len(longstring: str) -> int:
    """Return the length of a longstring in bytes.

    Arguments: longstring.
    Result: 0 for null.
    Example: $Lstr_Len('abcdef') -> 6
    Page: m204wiki, $Lstr_Len
    """
    return len(longstring)


@FAMILY.function(
    "$Lstr_Index",
    page="$Lstr_Index",
    forms=(Form("longstring.find(sought) + 1.0", {"sought": "text"}),),
)
def lstr_index(longstring: str, sought: str, start: int = 1) -> int:
    """Return the position of a string in a longstring.

    Arguments: longstring; sought; start, the position where to begin, default 1; below 1 acts as 1.
    Result: position of the first occurrence at or after `start`, 0 when there is none or `sought` is null.
    Example: $Lstr_Index('BANANA','AN',3) -> 4
    Page: m204wiki, $Lstr_Index
    """
    return longstring.find(sought, max(start, 1) - 1) + 1 if sought else 0


@FAMILY.function(
    "$Lstr_Substr",
    page="$Lstr_Substr",
    forms=(
        Form(
            "longstring[position - 1 : position - 1 + length]",
            {"position": range(1, POSITION), "length": range(1, POSITION)},
            longest="length",
        ),
        Form(
            "longstring[position - 1 : position - 1 + length] if position >= 1 else ''",
            {"length": range(1, POSITION)},
            longest="length",
        ),
        Form(
            "longstring[position - 1 : position - 1 + length] if position >= 1 <= length else ''",
            {},
            longest="longstring",
        ),
        Form("longstring[position - 1 :]", {"position": range(1, POSITION)}, longest="longstring"),
        Form("longstring[position - 1 :] if position >= 1 else ''", {}, longest="longstring"),
    ),
)
def lstr_substr(longstring: str, position: int = 1, length: int | None = None, pad: str | None = None) -> str:
    """Return part of a longstring.

    Arguments: longstring; position, from 1; length, default to the end; pad, a character that fills the result to
    `length`, default none.
    Result: null when position or length is below 1.
    Example: $Lstr_Substr('ABCDEF',3,2) -> CD
    Example: $Lstr_Substr('ABC',3,4,'*') -> C***
    Page: m204wiki, $Lstr_Substr
    """
    if position < 1 or (length is not None and length < 1):
        return ""
    if length is None:
        return longstring[position - 1 :]
    part = longstring[position - 1 : position - 1 + length]
    return part.ljust(length, pad[0]) if pad else part


@FAMILY.function(
    "$Lstr_Left",
    page="$Lstr_Left",
    forms=(
        Form("longstring[:length]", {"length": range(1, POSITION)}, longest="length"),
        Form("longstring[:length] if length > 0 else ''", {}, longest="longstring"),
    ),
)
def lstr_left(longstring: str, length: int = 0, pad: str | None = None) -> str:
    """Return the leftmost characters of a longstring.

    Arguments: longstring; length, 0 or more; pad, a character that fills a shorter result on the right, default none.
    Result: null when length is 0 or less.
    Example: $Lstr_Left('ABCDEF',2) -> AB
    Example: $Lstr_Left('AB',4,'*') -> AB**
    Page: m204wiki, $Lstr_Left
    """
    if length <= 0:
        return ""
    part = longstring[:length]
    return part.ljust(length, pad[0]) if pad else part


@FAMILY.function(
    "$Lstr_Right",
    page="$Lstr_Right",
    forms=(
        Form("longstring[-length:]", {"length": range(1, POSITION)}, longest="length"),
        Form("longstring[-length:] if length > 0 else ''", {}, longest="longstring"),
    ),
)
def lstr_right(longstring: str, length: int = 0, pad: str | None = None) -> str:
    """Return the rightmost characters of a longstring.

    Arguments: longstring; length, 0 or more; pad, a character that fills a shorter result on the left, default none.
    Result: null when length is 0 or less.
    Example: $Lstr_Right('ABCDEF',2) -> EF
    Example: $Lstr_Right('AB',4,'*') -> **AB
    Page: m204wiki, $Lstr_Right
    """
    if length <= 0:
        return ""
    part = longstring[-length:]
    return part.rjust(length, pad[0]) if pad else part


@FAMILY.function("$Lstr_Parse", page="$Lstr_Parse")
def lstr_parse(longstring: str, delimiters: str = "", start: int = 1) -> str:
    """Return the part of a longstring before a delimiter character.

    Arguments: longstring; delimiters, a set of characters; start, default 1.
    Result: as for $Parse, of any length.
    Example: $Lstr_Parse('KEY=VALUE','=') -> KEY
    Page: m204wiki, $Lstr_Parse
    """
    return before(longstring, delimiters, start)


@FAMILY.function("$Lstr_ParseX", page="$Lstr_ParseX")
def lstr_parsex(longstring: str, delimiters: str = "", start: int = 1) -> str:
    """Return the part of a longstring after a delimiter character.

    Arguments: longstring; delimiters, a set of characters; start, default 1.
    Result: as for $ParseX, of any length.
    Example: $Lstr_ParseX('KEY=VALUE','=') -> VALUE
    Page: m204wiki, $Lstr_ParseX
    """
    return after(longstring, delimiters, start)


@FAMILY.function("$Lstr_Unblank", page="$Lstr_Unblank")
def lstr_unblank(longstring: str) -> str:
    """Remove outer blanks and shrink inner runs of blanks to one.

    Arguments: longstring.
    Result: of any length.
    Example: $Lstr_Unblank('  a   b ') -> a b
    Page: m204wiki, $Lstr_Unblank
    """
    return squeeze(longstring)


@FAMILY.function("$Lstr_Translate", page="$Lstr_Translate")
def lstr_translate(longstring: str, output: str | None = None, input_: str | None = None, pad: str = " ") -> str:
    """Translate characters one by one.

    Arguments: longstring; output, the replacements; input, the characters to replace, default all 256 in EBCDIC
    order; pad, what stands for replacements missing from `output`, default blank.
    Result: each character that occurs in `input` is replaced by the one at the same place of `output`; with neither
    table the letters are upper-cased.
    Example: $Lstr_Translate('ABC','12','AB') -> 12C
    Example: $Lstr_Translate('a-b c','','-') -> a b c
    Example: $Lstr_Translate('abc') -> ABC
    Page: m204wiki, $Lstr_Translate
    """
    if output is None and input_ is None:
        return to_upper(longstring)
    if input_ is None:
        from soul.runtime.collation import from_ebcdic

        input_ = from_ebcdic(bytes(range(256)))
    filler = (pad or " ")[0]
    table: dict[int, str] = {}
    for old, new in zip(input_, (output or "").ljust(len(input_), filler), strict=False):
        table.setdefault(ord(old), new)
    return longstring.translate(table)
