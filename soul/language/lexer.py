"""Text of one logical line to tokens, with keywords decided by the parser's state.

SOUL's keywords are not reserved: a word is a keyword where the parser can accept it, otherwise a name. LALR rows also
list lookaheads of other statements (states with the same core are merged), so a row entry is not enough: the moves of
the parser are simulated on its states before a word becomes a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from soul.language.complaints import SyntaxRefusal
from soul.language.logical import LogicalLine
from soul.language.source import Span
from soul.language.tables import Tables
from soul.language.words import RELATIONS, RESERVED

END = "$END"

_PUNCTUATION: Mapping[str, str] = MappingProxyType(
    {
        "(": "LPAR",
        ")": "RPAR",
        ",": "COMMA",
        ":": "COLON",
        "=": "EQUAL",
        "+": "PLUS",
        "-": "MINUS",
        "*": "STAR",
        "/": "SLASH",
        "@": "SELF",
        "%(": "CLASSOPEN",
        "...": "ELLIPSIS",
    }
)

# Words that are keywords only when this follows; else they are names even where the keyword could stand.
LOOKAHEAD: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "COUNT": re.compile(r"\s+in\b", re.I),
        "VALUE": re.compile(r"\s+in\b", re.I),
        "OCCURRENCE": re.compile(r"\s+in\b", re.I),
        "LIST": re.compile(r"\s+[a-z]", re.I),
        "FLUSH": re.compile(r"\s+pqo\b", re.I),
        "QUERY": re.compile(r"\s+process\b", re.I),
        "SIGNAL": re.compile(r"\s+process\b", re.I),
        "TEST": re.compile(r"\s+receipt\b", re.I),
        "ALL": re.compile(r"\s+(?:information|occurrences)\b", re.I),
    }
)
_COUNT_VERB = re.compile(r"\s+(?:records|occurrences)\b", re.I)
_ELSE_IF = re.compile(r"\s+if\b", re.I)
_NAMED = re.compile(r"\s*=(?!=)")
_DIGIT_NAME = re.compile(r"[\w.]+")
_PARENTHESIS = re.compile(r"\s*\(")

_WORD = r"[^\W\d][\w#@]*(?:\.[\w#@]+)*\$?"
_PERCENT = r"[\w#@$]+(?:\.[\w#@$]+)*"
_MASTER = re.compile(
    rf"""[\ \t]*(?:
    (?P<word>{_WORD})
  | (?P<fieldvar>%%{_PERCENT})
  | (?P<var>%{_PERCENT})
  | (?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<number>(?:\d+(?:\.\d+|\.(?![\w.]))?|\.\d+)(?:[eE][+-]?\d+)?(?![\w%]))
  | (?P<func>\$[^\W\d][\w#@$]*(?:\.[\w#@$]+)*)
  | (?P<rel>>=|<=|<>|[¬^\\/!]=|[<>])
  | (?P<mark>\.\.\.|%\(|[()=,:+\-*/@])
  | (?P<odd>\S)
    )""",
    re.X,
)


class Token:
    """A token: its terminal, its value (names folded), and its place in the logical line."""

    __slots__ = ("end", "line", "start", "type", "value")

    def __init__(self, type_: str, value: str, line: LogicalLine, start: int, end: int) -> None:
        self.type = type_
        self.value = value
        self.line = line
        self.start = start
        self.end = end

    @property
    def at(self) -> Span:
        """The token's span in the source."""
        return self.line.span(self.start, self.end)

    @property
    def text(self) -> str:
        """The token as written."""
        return self.line.text[self.start : self.end]


class Rest(Token):
    """The rest of a line as it stands; `fold_case` says whether words in it are translated to upper case."""

    __slots__ = ("fold_case",)

    def __init__(self, value: str, line: LogicalLine, start: int, end: int, fold_case: bool) -> None:
        super().__init__("REST", value, line, start, end)
        self.fold_case = fold_case

    def words(self) -> list[str]:
        """Return its words, in upper case unless they are taken as written."""
        return (self.value.upper() if self.fold_case else self.value).split()


def tokens(
    tables: Tables, states: list[int], line: LogicalLine, start: int, end: int, fold_case: bool
) -> Iterator[Token]:
    """Yield the tokens of `line.text[start:end]`, then `$END` for ever. `states` is the parser's live stack.

    Raises SyntaxRefusal for an open quote and for characters that begin no token.
    """
    text = line.text
    rows = tables.rows
    match = _MASTER.match
    position = start
    while True:
        if "REST" in rows[states[-1]]:
            begin = position + len(text[position:end]) - len(text[position:end].lstrip())
            position = end
            yield Rest(text[begin:end], line, min(begin, end), end, fold_case)
            continue
        found = match(text, position, end)
        if found is None:
            yield Token(END, "", line, end, end)
            continue
        kind = found.lastgroup or ""
        begin = found.start(kind)
        position = found.end()
        value = found[kind]
        if kind == "word":
            token = _word(tables, states, line, value, begin, position, fold_case)
            position = token.end
            yield token
        elif kind == "mark":
            yield Token(_PUNCTUATION[value], value, line, begin, position)
        elif kind == "quoted":
            if line.breaks(begin, position):
                raise SyntaxRefusal("SOUL.1006", line.span(begin, begin + 1), "join the parts with With")
            quote = value[0]
            yield Token("QUOTED", value[1:-1].replace(quote * 2, quote), line, begin, position)
        elif kind == "rel":
            yield Token("REL", RELATIONS[value], line, begin, position)
        elif kind == "number":
            yield Token("NUMBER", value, line, begin, position)
        elif kind == "odd":
            if value in "'\"":
                raise SyntaxRefusal("SOUL.1003", line.span(begin, end))
            if value.isdecimal() and (number := _DIGIT_NAME.match(text, begin, end)):
                raise SyntaxRefusal("SOUL.1026", line.span(begin, number.end()), found=number[0])
            shown = value if value.isprintable() else f"X'{ord(value):02X}'"
            raise SyntaxRefusal("SOUL.1009", line.span(begin, position), found=shown)
        elif kind == "func" and not fold_case and value != value.upper():
            raise SyntaxRefusal("SOUL.1054", line.span(begin, position))
        else:
            yield Token(kind.upper(), value.upper() if fold_case else value, line, begin, position)


def _word(
    tables: Tables, states: list[int], line: LogicalLine, word: str, begin: int, end: int, fold_case: bool
) -> Token:
    text = line.text
    key = word.upper() if fold_case else word
    row = tables.rows[states[-1]]
    if "NAMED" in row:
        named = _NAMED.match(text, end)
        if named:
            return Token("NAMED", key, line, begin, named.end())
    terminal = tables.keywords.get(key)
    if terminal is not None:
        if key == "ELSE":
            following = _ELSE_IF.match(text, end)
            if following and tables.accepts(states, "ELSEIF"):
                return Token("ELSEIF", "ELSEIF", line, begin, following.end())
        elif key == "COUNT" and "COUNT_VERB" in row and _COUNT_VERB.match(text, end):
            return Token("COUNT_VERB", key, line, begin, end)
        lookahead = LOOKAHEAD.get(key)
        if (lookahead is None or lookahead.match(text, end)) and tables.accepts(states, terminal):
            return Token(terminal, RELATIONS[key] if terminal == "REL" else key, line, begin, end)
    if key in RESERVED:
        if "RCALL" in row and _PARENTHESIS.match(text, end):
            return Token("RCALL", key, line, begin, end)
        return Token("RWORD", key, line, begin, end)
    return Token("NAME", key, line, begin, end)
