"""String methods: text. No 255-character limit; positions count from 1; `string` is the method object.

Source: m204wiki, List of String methods; the page of each method, "Name (String function)".
"""

from __future__ import annotations

from soul.runtime.functions.messages import invalid
from soul.runtime.functions.registry import Family
from soul.runtime.functions.strings import to_lower, to_upper
from soul.runtime.functions.words import normalize_spaces, run_of_words, split_words
from soul.runtime.values import Value

FAMILY = Family("string methods")


def _size(method: str, length: int) -> int:
    if length < 0:
        raise invalid(method, "LENGTH MUST NOT BE NEGATIVE")
    return length


def _pad(method: str, pad: str) -> str:
    if len(pad) > 1:
        raise invalid(method, "PAD MUST BE ONE CHARACTER OR NULL")
    return pad


def _start(method: str, position: int) -> int:
    if position < 1:
        raise invalid(method, "POSITION MUST BE 1 OR MORE")
    return position - 1


@FAMILY.method("Length", page="Length (String function)")
def length_(string: str) -> int:
    """Return the length of a string in bytes.

    Arguments: none.
    Result: 0 for null.
    Example: 'abcdef':length -> 6
    Page: m204wiki, Length (String function)
    """
    return len(string)


@FAMILY.method("Left", page="Left (String function)")
def left(string: str, length: int, *, pad: str = " ") -> str:
    """Return the first characters of a string.

    Arguments: length, 0 or more; Pad, what fills a shorter string on the right, default blank, null for no padding.
    Result: `length` characters.
    Errors: a negative length or a longer pad cancels the request.
    Example: 'abcdef':left(2) -> ab
    Example: 'ab':left(4, pad='*') -> ab**
    Page: m204wiki, Left (String function)
    """
    size = _size("Left", length)
    return string[:size].ljust(size, pad) if _pad("Left", pad) else string[:size]


@FAMILY.method("Right", page="Right (String function)")
def right(string: str, length: int, *, pad: str = " ") -> str:
    """Return the last characters of a string.

    Arguments: length, 0 or more; Pad, what fills a shorter string on the left, default blank, null for no padding.
    Result: `length` characters.
    Errors: a negative length or a longer pad cancels the request.
    Example: 'abcdef':right(2) -> ef
    Example: 42:right(5, pad='0') -> 00042
    Page: m204wiki, Right (String function)
    """
    size = _size("Right", length)
    part = string[-size:] if size else ""
    return part.rjust(size, pad) if _pad("Right", pad) else part


@FAMILY.method("Center", "Centre", page="Center (String function)")
def center(string: str, length: int, *, pad: str = " ", offset_left: bool = False) -> str:
    """Centre a string: pad both sides, or crop both ends.

    Arguments: length, 0 or more; Pad, default blank, null for no padding; OffsetLeft, default False.
    Result: `length` characters. An odd pad character goes to the right, with OffsetLeft to the left; when cropping,
    an odd character is lost on the right, with OffsetLeft on the left.
    Errors: a negative length or a longer pad cancels the request.
    Example: 'abc':center(7, pad='*') -> **abc**
    Example: 'abc':center(6, pad='*', offsetLeft=false) -> *abc**
    Example: 'abcdef':center(2) -> cd
    Page: m204wiki, Center (String function)
    """
    size = _size("Center", length)
    difference = size - len(string)
    if difference <= 0:
        before = (-difference + offset_left) // 2
        return string[before : before + size]
    if not _pad("Center", pad):
        return string
    before = (difference + offset_left) // 2
    return pad * before + string + pad * (difference - before)


@FAMILY.method("Substring", page="Substring (String function)")
def substring(string: str, start: int, length: int | None = None) -> str:
    """Return part of a string.

    Arguments: start, 1 or more; length, 0 or more, default to the end.
    Result: the characters that exist in that range.
    Errors: a start below 1 or a negative length cancels the request.
    Example: 'abcdef':substring(3, 2) -> cd
    Page: m204wiki, Substring (String function)
    """
    first = _start("Substring", start)
    return string[first:] if length is None else string[first : first + _size("Substring", length)]


@FAMILY.method("Char", page="Char (String function)")
def char(string: str, position: int) -> str:
    """Return one character of a string.

    Arguments: position, 1 or more.
    Result: the character; null past the end.
    Errors: a position below 1 cancels the request.
    Example: 'abc':char(2) -> b
    Page: m204wiki, Char (String function)
    """
    first = _start("Char", position)
    return string[first : first + 1]


@FAMILY.method("Before", page="Before (String function)")
def before(string: str, sought: str) -> str:
    """Return the part of a string before another string.

    Arguments: sought.
    Result: what stands before its first occurrence; the whole string when there is none.
    Example: 'key=value':before('=') -> key
    Page: m204wiki, Before (String function)
    """
    found = string.find(sought)
    return string if found < 0 else string[:found]


@FAMILY.method("After", page="After (String function)")
def after(string: str, sought: str) -> str:
    """Return the part of a string after another string.

    Arguments: sought.
    Result: what follows its first occurrence; null when there is none.
    Example: 'key=value':after('=') -> value
    Page: m204wiki, After (String function)
    """
    found = string.find(sought)
    return "" if found < 0 else string[found + len(sought) :]


@FAMILY.method("PositionOf", page="PositionOf (String function)")
def position_of(string: str, sought: str, start: int = 1) -> int:
    """Return the position of another string in the method object.

    Arguments: sought; start, the position where to begin, 1 or more, default 1.
    Result: 0 when there is none or `sought` is null.
    Errors: a start below 1 cancels the request.
    Example: 'banana':positionOf('an', 3) -> 4
    Page: m204wiki, PositionOf (String function)
    """
    first = _start("PositionOf", start)
    return string.find(sought, first) + 1 if sought else 0


@FAMILY.method("PositionIn", page="PositionIn (String function)")
def position_in(string: str, searched: str, start: int = 1) -> int:
    """Return the position of the method object in another string.

    Arguments: searched; start, the position where to begin, 1 or more, default 1.
    Result: 0 when there is none or the method object is null.
    Errors: a start below 1 cancels the request.
    Example: 'na':positionIn('banana') -> 3
    Page: m204wiki, PositionIn (String function)
    """
    first = _start("PositionIn", start)
    return searched.find(string, first) + 1 if string else 0


@FAMILY.method("Replace", page="Replace (String function)")
def replace(string: str, sought: str, replacement: str, maximum: int | None = None) -> str:
    """Replace the occurrences of one string by another.

    Arguments: sought, not null; replacement; maximum number of replacements, default all.
    Result: replaced from left to right, not searched again.
    Errors: a null `sought` or a negative maximum cancels the request.
    Example: 'banana':replace('an', 'x') -> bxxa
    Page: m204wiki, Replace (String function)
    """
    if not sought:
        raise invalid("Replace", "THE STRING TO REPLACE IS NULL")
    return string.replace(sought, replacement, -1 if maximum is None else _size("Replace", maximum))


@FAMILY.method("Remove", page="Remove (String function)")
def remove(string: str, sought: str) -> str:
    """Remove all occurrences of a string.

    Arguments: sought, not null.
    Result: what is left.
    Errors: a null `sought` cancels the request.
    Example: 'banana':remove('an') -> ba
    Page: m204wiki, Remove (String function)
    """
    return replace(string, sought, "")


@FAMILY.method("Insert", page="Insert (String function)")
def insert(string: str, inserted: str, position: int) -> str:
    """Insert a string.

    Arguments: inserted; position before which it goes, 1 or more; past the end it is appended.
    Result: the longer string.
    Errors: a position below 1 cancels the request.
    Example: 'abef':insert('cd', 3) -> abcdef
    Page: m204wiki, Insert (String function)
    """
    first = _start("Insert", position)
    return string[:first] + inserted + string[first:]


@FAMILY.method("Reverse", page="Reverse (String function)")
def reverse(string: str) -> str:
    """Return the characters in reverse order.

    Arguments: none.
    Result: as long as the string.
    Example: 'abc':reverse -> cba
    Page: m204wiki, Reverse (String function)
    """
    return string[::-1]


@FAMILY.method("ToUpper", page="ToUpper (String function)")
def to_upper_(string: str) -> str:
    """Return the string with the letters a to z in upper case.

    Arguments: none.
    Result: other characters stay.
    Example: 'aBc1':toUpper -> ABC1
    Page: m204wiki, ToUpper (String function)
    """
    return to_upper(string)


@FAMILY.method("ToLower", page="ToLower (String function)")
def to_lower_(string: str) -> str:
    """Return the string with the letters A to Z in lower case.

    Arguments: none.
    Result: other characters stay.
    Example: 'AbC1':toLower -> abc1
    Page: m204wiki, ToLower (String function)
    """
    return to_lower(string)


@FAMILY.method("TrimLeft", page="TrimLeft (String function)")
def trim_left(string: str, characters: str = " ") -> str:
    """Remove leading characters.

    Arguments: characters, the set to remove, default blank.
    Result: what is left.
    Example: '  ab':trimLeft -> ab
    Page: m204wiki, TrimLeft (String function)
    """
    return string.lstrip(characters or " ")


@FAMILY.method("TrimRight", page="TrimRight (String function)")
def trim_right(string: str, characters: str = " ") -> str:
    """Remove trailing characters.

    Arguments: characters, the set to remove, default blank.
    Result: what is left.
    Example: 'ab00':trimRight('0') -> ab
    Page: m204wiki, TrimRight (String function)
    """
    return string.rstrip(characters or " ")


@FAMILY.method("Unspace", page="Unspace (String function)")
def unspace(string: str, *, spaces: str = " ", trim: bool = True, compress: bool = True, quotes: str = "") -> str:
    """Normalise spaces outside quotes.

    Arguments: Spaces, the set of space characters, default blank; Trim, whether outer spaces go, default True;
    Compress, whether inner runs become one, default True; Quotes, the set of quote characters, default none.
    Result: as for $UnSpace.
    Errors: a character that is both a space and a quote cancels the request.
    Example: '  a   b ':unspace -> a b
    Page: m204wiki, Unspace (String function)
    """
    characters = spaces or " "
    if not compress:
        return string.strip(characters) if trim else string
    result = normalize_spaces(string, characters, quotes, "Unspace")
    if trim or not string:
        return result
    head = characters[0] if string[0] in characters else ""
    tail = characters[0] if result and string[-1] in characters and not result.endswith(tuple(characters)) else ""
    return head + result + tail


@FAMILY.method("StartsWith", page="StartsWith (String function)")
def starts_with(string: str, prefix: str) -> bool:
    """Say whether the method object begins with a string.

    Arguments: prefix.
    Result: True or False.
    Example: 'abc':startsWith('ab') -> True
    Page: m204wiki, StartsWith (String function)
    """
    return string.startswith(prefix)


@FAMILY.method("EndsWith", page="EndsWith (String function)")
def ends_with(string: str, suffix: str) -> bool:
    """Say whether the method object ends with a string.

    Arguments: suffix.
    Result: True or False.
    Example: 'abc':endsWith('bc') -> True
    Page: m204wiki, EndsWith (String function)
    """
    return string.endswith(suffix)


@FAMILY.method("IsStartOf", page="IsStartOf (String function)")
def is_start_of(string: str, longer: str) -> bool:
    """Say whether the method object is the beginning of a string.

    Arguments: longer.
    Result: True or False.
    Example: 'ab':isStartOf('abc') -> True
    Page: m204wiki, IsStartOf (String function)
    """
    return longer.startswith(string)


@FAMILY.method("Word", page="Word (String function)")
def word(string: str, number: int, delimiters: str = " ") -> str:
    """Return the nth word.

    Arguments: number, 1 or more; delimiters, a set of characters, default blank, runs count as one.
    Result: null when there are fewer words.
    Errors: a number below 1 cancels the request.
    Example: 'one two three':word(2) -> two
    Page: m204wiki, Word (String function)
    """
    index = _start("Word", number)
    words = split_words(string, delimiters)
    return words[index] if index < len(words) else ""


@FAMILY.method("Words", page="Words (String function)")
def words(string: str, first: int, count: int | None = None, delimiters: str = " ") -> str:
    """Return a run of words.

    Arguments: first, the number of the first word, 1 or more; count, 0 or more, default all that follow; delimiters.
    Result: the words with what stands between them.
    Errors: a number out of range cancels the request.
    Example: 'one two three':words(2) -> two three
    Page: m204wiki, Words (String function)
    """
    _start("Words", first)
    return run_of_words(string, first, None if count is None else _size("Words", count), delimiters)


@FAMILY.method("WordCount", page="WordCount (String function)")
def word_count(string: str, delimiters: str = " ") -> int:
    """Count the words.

    Arguments: delimiters, a set of characters, default blank.
    Result: 0 for null.
    Example: 'one two three':wordCount -> 3
    Page: m204wiki, WordCount (String function)
    """
    return len(split_words(string, delimiters))


@FAMILY.method("WordNumberOf", page="WordNumberOf (String function)")
def word_number_of(string: str, sought: str, delimiters: str = " ") -> int:
    """Return the number of a word in the method object.

    Arguments: sought; delimiters, default blank.
    Result: 0 when there is no such word.
    Example: 'one two three':wordNumberOf('two') -> 2
    Page: m204wiki, WordNumberOf (String function)
    """
    return next((number for number, item in enumerate(split_words(string, delimiters), 1) if item == sought), 0)


@FAMILY.method("WordNumberIn", page="WordNumberIn (String function)")
def word_number_in(string: str, list_: str, delimiters: str = " ") -> int:
    """Return the number of the method object in a list of words.

    Arguments: list of words; delimiters, default blank.
    Result: 0 when it is not there.
    Example: 'two':wordNumberIn('one two three') -> 2
    Page: m204wiki, WordNumberIn (String function)
    """
    return word_number_of(list_, string, delimiters)


@FAMILY.method("ToString", page="ToString (String function)")
def to_string(value: Value) -> Value:
    """Return the method object itself.

    Arguments: none.
    Result: the string or number.
    Example: 'abc':toString -> abc
    Page: m204wiki, ToString (String function)
    """
    return value
