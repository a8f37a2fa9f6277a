"""String $functions: parts, positions, padding, case and tests.

Arguments may be longer than 255 characters; results are cut at 255, silently, as all plain string results are
(m204wiki, SOUL $functions). Positions count from 1.
"""

from __future__ import annotations

import string as ascii_sets

from soul.language.library import Form
from soul.runtime import numbers
from soul.runtime.functions.limits import POSITION, STRING
from soul.runtime.functions.registry import Family

FAMILY = Family("strings")

_LETTERS = frozenset(ascii_sets.ascii_uppercase)
_ALPHANUMERIC = _LETTERS | frozenset(ascii_sets.digits)


@FAMILY.function(
    "$Substr",
    page="$Substr",
    forms=(
        Form(
            "string[position - 1 : position - 1 + length]",
            {"position": range(1, POSITION), "length": range(1, STRING + 1)},
            longest="length",
        ),
        Form(
            "string[position - 1 : position - 1 + length] if position >= 1 else ''",
            {"length": range(1, STRING + 1)},
            longest="length",
        ),
        Form("string[position - 1 :]", {"position": range(1, POSITION), "string": "short"}, longest="string"),
        Form("string[position - 1 :] if position >= 1 else ''", {"string": "short"}, longest="string"),
        Form(
            "string[position - 1 : position - 1 + length] if position >= 1 <= length else ''",
            {"string": "short"},
            longest="string",
        ),
    ),
)
def substr(string: str, position: int = 1, length: int | None = None) -> str:
    """Return part of a string.

    Arguments: string; position of the first character, from 1; length, 1 or more, default to the end.
    Result: the characters that exist in that range; null when position or length is below 1 or position is past
    the end.
    Example: $Substr('ABCDEF',2,3) -> BCD
    Example: $Substr('ABCDEF',5) -> EF
    Example: $Substr('ABCDEF',5,9) -> EF
    Example: $Substr('ABCDEF',0,2) -> (null)
    Page: m204wiki, $Substr
    """
    if position < 1 or (length is not None and length < 1):
        return ""
    end = None if length is None else position - 1 + length
    return string[position - 1 : end][:STRING]


@FAMILY.function(
    "$Index",
    "$Scan",
    page="$Index",
    forms=(Form("string.find(sought) + 1.0", {"sought": "text"}),),
)
def index(string: str, sought: str) -> int:
    """Return the position of one string in another.

    Arguments: string; sought, the string to find.
    Result: position of the first occurrence, 0 when there is none or `sought` is null.
    Example: $Index('BANANA','AN') -> 2
    Example: $Scan('ABCDEF','X') -> 0
    Page: m204wiki, $Index
    """
    return string.find(sought) + 1 if sought else 0


@FAMILY.function(
    "$Len",
    page="$Len",
    forms=(Form("len(string) * 1.0", {}),),
)
def len_(string: str) -> int:
    """Return the length of a string in bytes.

    Arguments: string.
    Result: 0 for null.
    Example: $Len('ABC') -> 3
    Example: $Len('') -> 0
    Page: m204wiki, $Len
    """
    return len(string)


@FAMILY.function(
    "$Upcase",
    page="$Upcase",
    forms=(Form("string.upper() if string.isascii() else call(string)", {"string": "short"}, longest="string"),),
)
def upcase(string: str) -> str:
    """Return the string with the letters a to z in upper case.

    Arguments: string.
    Result: at most 255 characters; accented letters stay as they are.
    Example: $Upcase('Hello, world 1') -> HELLO, WORLD 1
    Page: m204wiki, $Upcase
    """
    return (string.upper() if string.isascii() else string.translate(_UPPER))[:STRING]


@FAMILY.function(
    "$Lowcase",
    page="$Lowcase",
    forms=(Form("string.lower() if string.isascii() else call(string)", {"string": "short"}, longest="string"),),
)
def lowcase(string: str) -> str:
    """Return the string with the letters A to Z in lower case.

    Arguments: string.
    Result: at most 255 characters; accented letters stay as they are.
    Example: $Lowcase('Hello, WORLD 1') -> hello, world 1
    Page: m204wiki, $Lowcase
    """
    return (string.lower() if string.isascii() else string.translate(_LOWER))[:STRING]


_UPPER = str.maketrans(ascii_sets.ascii_lowercase, ascii_sets.ascii_uppercase)
_LOWER = str.maketrans(ascii_sets.ascii_uppercase, ascii_sets.ascii_lowercase)


def to_upper(string: str) -> str:
    """Return `string` with a to z in upper case; str.upper would change accented letters, but is 15 times faster."""
    return string.upper() if string.isascii() else string.translate(_UPPER)


def to_lower(string: str) -> str:
    """Return `string` with A to Z in lower case."""
    return string.lower() if string.isascii() else string.translate(_LOWER)


@FAMILY.function(
    "$Reverse",
    page="$Reverse",
    forms=(Form("string[::-1]", {"string": "short"}, longest="string"),),
)
def reverse(string: str) -> str:
    """Return the characters of a string in reverse order.

    Arguments: string.
    Result: at most 255 characters.
    Example: $Reverse('ABC') -> CBA
    Page: m204wiki, $Reverse
    """
    return string[::-1][:STRING]


@FAMILY.function(
    "$Pad",
    page="$Pad",
    forms=(
        Form(
            "string.rjust(length, char)[-length:]",
            {"char": "character", "length": range(1, STRING + 1)},
            longest="length",
        ),
    ),
)
def pad(string: str, char: str | None = None, length: int = 0) -> str:
    """Right-justify a string: pad it on the left.

    Arguments: string; char, its first character is the pad character, default blank; length of the result, rounded,
    above 255 acts as 255.
    Result: null when length is 0 or less; a longer string keeps its rightmost `length` characters.
    Example: $Pad('55449825','0',9) -> 055449825
    Example: $Pad('123.65','*4',8) -> **123.65
    Example: $Pad('A','*',0) -> (null)
    Page: m204wiki, $Pad
    """
    if length <= 0:
        return ""
    size = length if length <= STRING else STRING
    return string.rjust(size, char[0] if char else " ")[-size:]


@FAMILY.function(
    "$PadR",
    page="$Pad",
    forms=(
        Form(
            "string.ljust(length, char)[:length]",
            {"char": "character", "length": range(1, STRING + 1)},
            longest="length",
        ),
    ),
)
def padr(string: str, char: str | None = None, length: int = 0) -> str:
    """Left-justify a string: pad it on the right.

    Arguments: as for $Pad.
    Result: null when length is 0 or less; a longer string keeps its leftmost `length` characters.
    Example: $PadR('AB','.-',5) -> AB...
    Page: m204wiki, $Pad
    """
    if length <= 0:
        return ""
    size = length if length <= STRING else STRING
    return string.ljust(size, char[0] if char else " ")[:size]


@FAMILY.function("$Center", page="$Center")
def center(string: str, length: int = 0, char: str | None = None) -> str:
    """Centre a string in a field.

    Arguments: string; length of the result, rounded, above 255 acts as 255; char, the pad character, default blank.
    Result: null when length is 0 or less. An odd pad character goes to the right; a longer string loses characters at
    both ends, the odd one on the right.
    Example: $Center('AB',6,'*') -> **AB**
    Example: $Center('AB',5,'*') -> *AB**
    Example: $Center('ABCDE',3) -> BCD
    Page: m204wiki, $Center
    """
    if length <= 0:
        return ""
    size, filler = min(length, STRING), (char or " ")[0]
    if len(string) >= size:
        start = (len(string) - size) // 2
        return string[start : start + size]
    left = (size - len(string)) // 2
    return (filler * left + string).ljust(size, filler)


@FAMILY.function(
    "$Deblank",
    page="$Deblank",
    forms=(Form("string.strip(' ')", {"string": "short"}, longest="string"),),
)
def deblank(string: str, position: int = 1, length: int | None = None) -> str:
    """Return part of a string without leading and trailing blanks.

    Arguments: as for $Substr.
    Result: $Substr(string,position,length), then blanks removed at both ends.
    Example: $Deblank('  A B  ') -> A B
    Example: $Deblank('NAME  AHAB  ',5,6) -> AHAB
    Page: m204wiki, $Deblank
    """
    return substr(string, position, length).strip(" ")


@FAMILY.function("$Unblank", page="$Unblank")
def unblank(string: str) -> str:
    """Remove leading and trailing blanks and shrink inner runs of blanks to one.

    Arguments: string.
    Result: at most 255 characters.
    Example: $Unblank('  a   b  c ') -> a b c
    Page: m204wiki, $Unblank
    """
    return squeeze(string)[:STRING]


def squeeze(string: str) -> str:
    """Return `string` without outer blanks and with single inner ones."""
    if string.isprintable():  # then a blank is its only white space, and the fast split is right
        return " ".join(string.split())
    return " ".join(word for word in string.split(" ") if word)


@FAMILY.function("$Strip", page="$Strip")
def strip(string: str) -> str:
    """Suppress leading zeros.

    Arguments: string.
    Result: the string without its leading zeros; a string of zeros only keeps one.
    Example: $Strip('00420') -> 420
    Example: $Strip('000') -> 0
    Page: m204wiki, $Strip
    """
    stripped = string.lstrip("0")
    return (stripped or string[-1:])[:STRING]


@FAMILY.function(
    "$Verify",
    page="$Verify",
    forms=(Form("0.0 if string.strip(allowed) else 1.0", {"allowed": "text"}),),
)
def verify(string: str, allowed: str = "") -> int:
    """Say whether all characters of a string occur in another.

    Arguments: string; allowed, the permitted characters.
    Result: 1 or 0; 1 for a null string.
    Example: $Verify('1998','0123456789') -> 1
    Example: $Verify('19X8','0123456789') -> 0
    Page: m204wiki, $Verify
    """
    return int(not string.strip(allowed)) if allowed else int(not string)


@FAMILY.function("$Alpha", page="$Alpha")
def alpha(string: str) -> int:
    """Say whether a string holds only the letters A to Z.

    Arguments: string.
    Result: 1 or 0; 0 for null, for lower case and for blanks.
    Example: $Alpha('AHAB') -> 1
    Example: $Alpha('AHAB1') -> 0
    Page: m204wiki, $Alpha
    """
    return int(bool(string) and _LETTERS.issuperset(string))


@FAMILY.function("$AlphNum", page="$AlphNum")
def alphnum(string: str) -> int:
    """Say whether a string holds only A to Z and 0 to 9.

    Arguments: string.
    Result: 1 or 0; 0 for null.
    Example: $AlphNum('M204') -> 1
    Example: $AlphNum('M 204') -> 0
    Page: m204wiki, $AlphNum
    """
    return int(bool(string) and _ALPHANUMERIC.issuperset(string))


@FAMILY.function("$Vnum", page="$Vnum")
def vnum(string: str) -> int:
    """Say whether a string is a valid number.

    Arguments: string.
    Result: 1 or 0; 0 for null.
    Example: $Vnum('-12.5') -> 1
    Example: $Vnum('12ABC') -> 0
    Page: m204wiki, $Vnum
    """
    return int(numbers.is_number(string))


@FAMILY.function(
    "$Str",
    page="$Str",
    forms=(Form("longstring", {"longstring": "short"}, longest="longstring"),),
)
def str_(longstring: str) -> str:
    """Cut a longstring to a string without cancelling the request.

    Arguments: longstring.
    Result: its first 255 characters.
    Example: $Str('abc') -> abc
    Page: m204wiki, $Str
    """
    return longstring[:STRING]


@FAMILY.function("$Lstr", page="$Lstr")
def lstr(string: str) -> str:
    """Return a string as a longstring.

    Arguments: string.
    Result: the same characters; what is built from it may grow beyond 255.
    Example: $Lstr('abc') -> abc
    Page: m204wiki, $Lstr
    """
    return string


@FAMILY.function("$Oneof", page="$Oneof")
def oneof(value: str, list_: str, delimiter: str | None = None) -> int:
    """Say whether a value is one of a delimited list of values.

    Arguments: value; list, members with a delimiter between them; delimiter, one character, default /.
    Result: 1 or 0.
    Example: $Oneof('RED','RED/BLUE') -> 1
    Example: $Oneof('RE','RED/BLUE') -> 0
    Example: $Oneof('B','A,B,C',',') -> 1
    Page: m204wiki, $Oneof
    """
    return int(value in list_.split((delimiter or "/")[0]))


@FAMILY.function("$Abbrev", page="$Abbrev")
def abbrev(string: str, words: str, minimum: int = 1) -> int:
    """Find the word of a list that a string abbreviates.

    Arguments: string; words, separated by blanks; minimum number of characters the abbreviation needs, default 1.
    Result: number of the first word that begins with the string, 0 when there is none or the string is too short.
    Example: $Abbrev('DEL','ADD DELETE LIST') -> 2
    Example: $Abbrev('X','ADD DELETE LIST') -> 0
    Page: m204wiki, $Abbrev
    """
    if not string or len(string) < minimum:
        return 0
    candidates = enumerate(words.split(), 1)
    return next((number for number, word in candidates if word.startswith(string)), 0)


def first_of(string: str, delimiters: str, start: int) -> int:
    """Return the index of the first character of `delimiters` at or after index `start`, or -1."""
    if len(delimiters) == 1:
        return string.find(delimiters, start)
    wanted = set(delimiters)
    return next((at for at in range(start, len(string)) if string[at] in wanted), -1)


def before(string: str, delimiters: str, start: int) -> str:
    """Return the text from position `start` up to the first delimiter character, or the rest."""
    if start < 1:
        return ""
    found = first_of(string, delimiters, start - 1)
    return string[start - 1 :] if found < 0 else string[start - 1 : found]


def after(string: str, delimiters: str, start: int) -> str:
    """Return the text after the first delimiter character from position `start`, or null."""
    if start < 1:
        return ""
    found = first_of(string, delimiters, start - 1)
    return "" if found < 0 else string[found + 1 :]


@FAMILY.function("$Parse", page="$Parse")
def parse(string: str, delimiters: str = "", start: int = 1) -> str:
    """Return the part of a string before a delimiter.

    Arguments: string; delimiters, a set of characters; start, the position where to begin, default 1.
    Result: from `start` up to the first character that is a delimiter; the rest when there is none.
    Example: $Parse('KEY=VALUE','=') -> KEY
    Example: $Parse('A,B;C',',;',3) -> B
    Example: $Parse('ABC',',') -> ABC
    Page: m204wiki, $Parse
    """
    return before(string, delimiters, start)[:STRING]


@FAMILY.function("$ParseX", page="$ParseX")
def parsex(string: str, delimiters: str = "", start: int = 1) -> str:
    """Return the part of a string after a delimiter.

    Arguments: as for $Parse.
    Result: what follows the first delimiter character; null when there is none.
    Example: $ParseX('KEY=VALUE','=') -> VALUE
    Example: $ParseX('ABC',',') -> (null)
    Page: m204wiki, $ParseX
    """
    return after(string, delimiters, start)[:STRING]


@FAMILY.function(
    "$SubCnt",
    page="$SubCnt",
    forms=(Form("string.count(sought) * 1.0", {"sought": "text"}),),
)
def subcnt(string: str, sought: str) -> int:
    """Count the occurrences of one string in another.

    Arguments: string; sought.
    Result: occurrences that do not overlap, from the left; 0 when `sought` is null.
    Example: $SubCnt('BANANA','AN') -> 2
    Page: m204wiki, $SubCnt
    """
    return string.count(sought) if sought else 0


@FAMILY.function("$SubErs", page="$SubErs")
def subers(string: str, sought: str, count: int | None = None) -> str:
    """Remove the occurrences of one string from another.

    Arguments: string; sought; count, how many to remove, default all.
    Result: at most 255 characters.
    Example: $SubErs('BANANA','AN') -> BA
    Example: $SubErs('BANANA','AN',1) -> BANA
    Page: m204wiki, $SubErs
    """
    return subrep(string, sought, "", count)


@FAMILY.function(
    "$SubRep",
    page="$SubRep",
    forms=(Form("string.replace(sought, replacement)[:255]", {"sought": "text"}),),
)
def subrep(string: str, sought: str, replacement: str = "", count: int | None = None) -> str:
    """Replace the occurrences of one string in another.

    Arguments: string; sought; replacement; count, how many to replace, default all.
    Result: at most 255 characters; the string itself when `sought` is null. Replaced text is not searched again.
    Example: $SubRep('BANANA','AN','X') -> BXXA
    Example: $SubRep('BANANA','AN','X',1) -> BXANA
    Page: m204wiki, $SubRep
    """
    if not sought:
        return string[:STRING]
    return string.replace(sought, replacement, -1 if count is None else max(count, 0))[:STRING]


@FAMILY.function("$SubIns", page="$SubIns")
def subins(string: str, inserted: str, position: int = 1) -> str:
    """Insert one string into another.

    Arguments: string; inserted; position before which to insert, from 1; past the end it is appended.
    Result: at most 255 characters; the string itself when position is below 1.
    Example: $SubIns('ABEF','CD',3) -> ABCDEF
    Page: m204wiki, $SubIns
    """
    if position < 1:
        return string[:STRING]
    return (string[: position - 1] + inserted + string[position - 1 :])[:STRING]


@FAMILY.function("$DelCh", page="$DelCh")
def delch(string: str, characters: str = "") -> str:
    """Remove characters, then outer blanks and repeated inner blanks.

    Arguments: string; characters, the set to remove.
    Result: at most 255 characters.
    Example: $DelCh(' (617)  555-1212 ','()-') -> 617 5551212
    Page: m204wiki, $DelCh
    """
    return squeeze(string.translate(dict.fromkeys(map(ord, characters))))[:STRING]


@FAMILY.function("$Delimr", page="$Delimr")
def delimr(string: str, every: int = 1, delimiter: str | None = None) -> str:
    """Insert a delimiter at regular positions.

    Arguments: string; every, the number of characters between delimiters, 1 or more; delimiter, default blank.
    Result: at most 255 characters; the string itself when `every` is below 1.
    Example: $Delimr('ABCDEFG',3,'-') -> ABC-DEF-G
    Page: m204wiki, $Delimr
    """
    if every < 1:
        return string[:STRING]
    pieces = (string[at : at + every] for at in range(0, len(string), every))
    return (" " if delimiter is None else delimiter).join(pieces)[:STRING]


_SOUNDEX = {
    letter: digit
    for letters, digit in (("BFPV", "1"), ("CGJKQSXZ", "2"), ("DT", "3"), ("L", "4"), ("MN", "5"), ("R", "6"))
    for letter in letters
}


@FAMILY.function("$Sndx", page="$Sndx")
def sndx(string: str) -> str:
    """Return the SOUNDEX code of a string.

    Arguments: string; lower-case letters count as upper case.
    Result: the first character, then one digit for each remaining consonant except H, W and Y; runs of the same
    letter count once. There is no limit of four characters.
    Example: $Sndx('MURRAY') -> M6
    Example: $Sndx('ANDERSON') -> A53625
    Page: m204wiki, $Sndx
    """
    upper = to_upper(string)
    single = [letter for at, letter in enumerate(upper) if at == 0 or letter != upper[at - 1]]
    return "".join(single[:1] + [_SOUNDEX.get(letter, "") for letter in single[1:]])[:STRING]
