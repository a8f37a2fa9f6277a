"""Word $functions: words are runs of characters between runs of delimiters; and $UnSpace.

The order of the arguments of $Word is not documented on a page that could be read: both (string, delimiter, number)
and (string, number, delimiter) are taken, told apart by which of the two is a number (m204wiki, $Word).
"""

from __future__ import annotations

from soul.language.library import Form
from soul.runtime import numbers
from soul.runtime.functions.limits import STRING
from soul.runtime.functions.messages import invalid
from soul.runtime.functions.registry import Family
from soul.runtime.values import Value

FAMILY = Family("words")


def word_spans(string: str, delimiters: str = " ") -> list[tuple[int, int]]:
    """Return the (start, end) indexes of the words of `string`."""
    breaks = set(delimiters or " ")
    spans: list[tuple[int, int]] = []
    start = -1
    for at, char in enumerate(string):
        if char in breaks:
            if start >= 0:
                spans.append((start, at))
                start = -1
        elif start < 0:
            start = at
    if start >= 0:
        spans.append((start, len(string)))
    return spans


def split_words(string: str, delimiters: str | None = " ") -> list[str]:
    """Return the words of `string`."""
    if not delimiters or delimiters == " ":
        if string.isprintable():  # then a blank is its only white space, and the fast split is right
            return string.split()
        return [word for word in string.split(" ") if word]
    return [string[start:end] for start, end in word_spans(string, delimiters)]


def _nth(string: str, delimiters: str | None, number: int) -> str:
    words = split_words(string, delimiters)
    return words[number - 1] if 1 <= number <= len(words) else ""


def _order(first: Value | None, second: Value | None) -> tuple[str | None, int]:
    """Return (delimiters, number) from the two optional arguments of $Word, in either order."""
    if isinstance(second, float) and not isinstance(first, float):
        return first, numbers.to_int(second)
    if isinstance(first, float) and not isinstance(second, float):
        first, second = second, first
    elif isinstance(first, str) and isinstance(second, str) and numbers.is_number(first):
        if not numbers.is_number(second):
            first, second = second, first
    delimiters = numbers.text(first) if isinstance(first, float) else first
    return delimiters, 1 if second is None else numbers.to_int(numbers.number(second))


# The nth word between blanks; other white space would count as blanks here.
_NTH = "' '.join({0}.split(None, number)[number - 1 : number]) if {0}.isprintable() else "
_NUMBER = range(1, 1_000_000)


@FAMILY.function(
    "$Word",
    page="$Word",
    forms=(
        Form(
            _NTH.format("string") + "call(string, delimiters, number * 1.0)",
            {"string": "short", "delimiters": "blank", "number": _NUMBER},
            longest="string",
        ),
        Form(
            _NTH.format("string") + "call(string, None, number * 1.0)",
            {"string": "short", "number": _NUMBER},
            longest="string",
        ),
    ),
)
def word(string: str, delimiters: Value | None = None, number: Value | None = None) -> str:
    """Return the nth word of a string.

    Arguments: string; delimiters, a set of characters, default blank; number of the word, default 1. The number may
    also come before the delimiters.
    Result: the word, at most 255 characters; null when there is no such word.
    Example: $Word('CALL ME ISHMAEL',' ',3) -> ISHMAEL
    Example: $Word('A,B,,C',',',3) -> C
    Example: $Word('CALL ME ISHMAEL',2) -> ME
    Example: $Word('CALL ME',,5) -> (null)
    Page: m204wiki, $Word
    """
    if isinstance(number, float) and not isinstance(delimiters, float):
        wanted = int(number) if number.is_integer() else numbers.to_int(number)
    else:
        delimiters, wanted = _order(delimiters, number)
    if (not delimiters or delimiters == " ") and string.isprintable():
        found = string.split()
    else:
        found = split_words(string, delimiters)
    if not 1 <= wanted <= len(found):
        return ""
    word = found[wanted - 1]
    return word if len(word) <= STRING else word[:STRING]


@FAMILY.function("$Words", page="$Words")
def words(string: str, delimiters: str | None = None) -> int:
    """Count the words of a string.

    Arguments: string; delimiters, a set of characters, default blank.
    Result: the number of words, 0 for null.
    Example: $Words('one two three') -> 3
    Example: $Words('A,B,,C',',') -> 3
    Page: m204wiki, $Words
    """
    return len(split_words(string, delimiters))


def _number_of(string: str, sought: str, delimiters: str | None) -> int:
    if not sought:
        return 0
    return next((number for number, word in enumerate(split_words(string, delimiters), 1) if word == sought), 0)


@FAMILY.function("$Windex", page="$Windex")
def windex(string: str, word: str, delimiters: str | None = None) -> int:
    """Return the number of a word in a string of words.

    Arguments: string; word to find, the whole word must be equal; delimiters, default blank.
    Result: number of the first such word, 0 when there is none.
    Example: $Windex('CALL ME ISHMAEL','ME') -> 2
    Example: $Windex('CALL ME ISHMAEL','IS') -> 0
    Page: m204wiki, $Windex
    """
    return _number_of(string, word, delimiters)


@FAMILY.function(
    "$Lstr_Word",
    page="$Lstr_Word",
    forms=(
        Form(_NTH.format("longstring") + "call(longstring, number * 1.0)", {"number": _NUMBER}, longest="longstring"),
    ),
)
def lstr_word(longstring: str, number: Value | None = None, delimiters: Value | None = None) -> str:
    """Return the nth word of a longstring.

    Arguments: longstring; number of the word, default 1; delimiters, a set of characters, default blank.
    Result: the word, of any length; null when there is no such word.
    Example: $Lstr_Word('CALL ME ISHMAEL',3) -> ISHMAEL
    Page: m204wiki, $Lstr_Word
    """
    return _nth(longstring, *_order(number, delimiters))


@FAMILY.function("$Lstr_Words", page="$Lstr_Words")
def lstr_words(longstring: str, delimiters: str | None = None) -> int:
    """Count the words of a longstring.

    Arguments: longstring; delimiters, a set of characters, default blank.
    Result: the number of words, 0 for null.
    Example: $Lstr_Words('one two three') -> 3
    Page: m204wiki, $Lstr_Words
    """
    return len(split_words(longstring, delimiters))


@FAMILY.function("$Lstr_Windex", page="$Lstr_Windex")
def lstr_windex(longstring: str, word: str, delimiters: str | None = None) -> int:
    """Return the number of a word in a longstring.

    Arguments: longstring; word to find; delimiters, default blank.
    Result: number of the first such word, 0 when there is none.
    Example: $Lstr_Windex('CALL ME ISHMAEL','ISHMAEL') -> 3
    Page: m204wiki, $Lstr_Windex
    """
    return _number_of(longstring, word, delimiters)


def run_of_words(string: str, first: int, count: int | None, delimiters: str | None) -> str:
    """Return `count` words from number `first`, with what stands between them."""
    if first < 1 or (count is not None and count < 1):
        return ""
    spans = word_spans(string, delimiters or " ")
    chosen = spans[first - 1 : None if count is None else first - 1 + count]
    return string[chosen[0][0] : chosen[-1][1]] if chosen else ""


@FAMILY.function("$Lstr_SubWord", page="$Lstr_SubWord")
def lstr_subword(longstring: str, first: int = 1, count: int | None = None, delimiters: str | None = None) -> str:
    """Return a run of words of a longstring.

    Arguments: longstring; first, the number of the first word, default 1; count, default all that follow;
    delimiters, default blank.
    Result: the words with what stands between them; null when there are none.
    Example: $Lstr_SubWord('CALL  ME ISHMAEL NOW',2,2) -> ME ISHMAEL
    Page: m204wiki, $Lstr_SubWord
    """
    return run_of_words(longstring, first, count, delimiters)


def normalize_spaces(string: str, spaces: str, quotes: str, function: str) -> str:
    """Do the work of $UnSpace and of the method Unspace; see `unspace` for the rules."""
    doubled = {char for at, char in enumerate(quotes) if quotes.find(char) != at}
    if set(spaces) & set(quotes):
        raise invalid(function, "A CHARACTER MAY NOT BE BOTH A SPACE AND A QUOTE")
    result: list[str] = []
    open_quote = ""
    at = 0
    while at < len(string):
        char = string[at]
        if open_quote:
            if char == open_quote:
                if char in doubled and string[at + 1 : at + 2] == char:
                    at += 1
                else:
                    open_quote = ""
            result.append(char)
        elif char in spaces:
            if result and result[-1] is not spaces[0]:
                result.append(spaces[0])
            while string[at + 1 : at + 2] and string[at + 1] in spaces:
                at += 1
        else:
            open_quote = char if char in quotes else ""
            result.append(char)
        at += 1
    if not open_quote and result and result[-1] == spaces[0] and string[-1] in spaces:
        result.pop()
    return "".join(result)


@FAMILY.function("$UnSpace", page="$UnSpace")
def unspace(string: str, spaces: str | None = None, quotes: str | None = None) -> str:
    """Normalise spaces outside quotes.

    Arguments: string; spaces, the set of space characters, default blank, the first is the replacement; quotes, the
    set of quote characters, default none: a quote character given twice means that doubled occurrences inside a
    string quoted by it become single. A character may not be in both sets.
    Result: leading spaces gone, trailing ones too unless a quote is open, every other run one replacement character;
    nothing is collapsed inside quotes. At most 255 characters.
    Errors: a character in both sets cancels the request.
    Example: $UnSpace('  a   b ') -> a b
    Example: $UnSpace('a,b;c',' ,;') -> a b c
    Example: $UnSpace('x  "a""b"',,'""') -> x "a"b"
    Page: m204wiki, $UnSpace
    """
    return normalize_spaces(string, spaces or " ", quotes or "", "$UnSpace")[:STRING]
