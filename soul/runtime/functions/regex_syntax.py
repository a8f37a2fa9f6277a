"""Regular expressions of SOUL: the pattern taken apart into a tree.

The dialect is a documented subset of Perl's, so patterns are read here and not handed to Python's `re`, whose dialect
is another one. Source: m204wiki, Regex processing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from soul.runtime.functions.limits import REGEX_PATTERN

HIGHEST = chr(0x10FFFF)
REPEAT_HIGHEST = 1000
NESTING = 50

Range = tuple[str, str]


class RegexError(ValueError):
    """A pattern that is not valid: `position` counts from 1, `code` is negative."""

    def __init__(self, description: str, position: int, code: int = -1) -> None:
        super().__init__(description)
        self.description = description
        self.position = position
        self.code = code


@dataclass(frozen=True)
class Set:
    """One character out of ranges, or none of them."""

    ranges: tuple[Range, ...]
    negative: bool = False

    @cached_property
    def pattern(self) -> str:
        """The set as a class of Python's `re`."""
        inside = "".join(f"\\U{ord(low):08x}-\\U{ord(high):08x}" for low, high in self.ranges)
        return f"[{'^' if self.negative else ''}{inside}]"

    @cached_property
    def matcher(self) -> re.Pattern[str]:
        """A pattern for one character of the set."""
        return re.compile(self.pattern)


@dataclass(frozen=True)
class Sequence:
    """Items one after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    """One of several, the first that matches."""

    options: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """`low` to `high` times; no `high` is without end."""

    item: Node
    low: int
    high: int | None
    lazy: bool


@dataclass(frozen=True)
class Group:
    """A capturing group, counted from 1."""

    number: int
    item: Node


@dataclass(frozen=True)
class Look:
    """A look-ahead or look-behind; `width` is that of a look-behind."""

    item: Node
    behind: bool
    negative: bool
    width: int = 0


@dataclass(frozen=True)
class Back:
    """The text of a group again."""

    number: int
    ignore_case: bool


@dataclass(frozen=True)
class Anchor:
    """A place: its kind is the Python pattern for it."""

    kind: str

    @cached_property
    def matcher(self) -> re.Pattern[str]:
        """A pattern that matches nothing at such a place."""
        return re.compile(self.kind)


Node = Set | Sequence | Choice | Repeat | Group | Look | Back | Anchor

_LETTERS: tuple[Range, ...] = (("A", "Z"), ("a", "z"))
_ACCENTED: tuple[Range, ...] = (("À", "Ö"), ("Ø", "ö"), ("ø", "ÿ"))  # letters of XML names
_SHORTHANDS: dict[str, tuple[Range, ...]] = {
    "d": (("0", "9"),),
    "w": (*_LETTERS, ("0", "9"), ("_", "_")),
    "s": ((" ", " "), ("\t", "\t"), ("\r", "\r"), ("\n", "\n")),
    "i": (*_LETTERS, *_ACCENTED, ("_", "_"), (":", ":")),
    "c": (*_LETTERS, *_ACCENTED, ("0", "9"), ("_", "_"), (":", ":"), (".", "."), ("-", "-"), ("·", "·")),
}
_CONTROLS = {"r": "\r", "n": "\n", "t": "\t"}
_COUNTED = re.compile(r"\{([0-9]{1,6})(,([0-9]{0,6}))?\}")
_SIMPLE = {"*": (0, None), "+": (1, None), "?": (0, 1)}


def complement(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """Return the ranges of all other characters."""
    result: list[Range] = []
    next_ = 0
    for low, high in sorted(ranges):
        if ord(low) > next_:
            result.append((chr(next_), chr(ord(low) - 1)))
        next_ = max(next_, ord(high) + 1)
    if next_ <= ord(HIGHEST):
        result.append((chr(next_), HIGHEST))
    return tuple(result)


def both_cases(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """Return the ranges with the other case of the letters A to Z added."""
    extra: list[Range] = []
    for low, high in ranges:
        for first, last, shift in (("A", "Z", 32), ("a", "z", -32)):
            start, end = max(low, first), min(high, last)
            if start <= end:
                extra.append((chr(ord(start) + shift), chr(ord(end) + shift)))
    return ranges + tuple(extra)


@dataclass(frozen=True)
class Options:
    """The letters of the options argument that change matching."""

    ignore_case: bool = False
    dot_all: bool = False
    multi_line: bool = False
    schema: bool = False
    replace_all: bool = False
    as_is: bool = False


_OPTION_NAMES = {
    "I": "ignore_case",
    "S": "dot_all",
    "M": "multi_line",
    "C": "schema",
    "G": "replace_all",
    "A": "as_is",
    "T": "",
}


def read_options(text: str) -> Options:
    """Read the options argument: letters in any case, blanks allowed. Raises RegexError for another letter."""
    chosen: dict[str, bool] = {}
    for at, letter in enumerate(text.upper(), 1):
        if letter == " ":
            continue
        if letter not in _OPTION_NAMES:
            raise RegexError(f"unknown option {letter}", at, -2)
        if _OPTION_NAMES[letter]:
            chosen[_OPTION_NAMES[letter]] = True
    return Options(**chosen)


def width_of(node: Node) -> int | None:
    """Return the number of characters `node` always matches, or None when that varies."""
    match node:
        case Set():
            return 1
        case Anchor() | Look():
            return 0
        case Group():
            return width_of(node.item)
        case Sequence():
            widths = [width_of(item) for item in node.items]
            return None if None in widths else sum(width for width in widths if width is not None)
        case Choice():
            options = {width_of(option) for option in node.options}
            return options.pop() if len(options) == 1 else None
        case Repeat():
            width = width_of(node.item)
            return None if width is None or node.low != node.high else width * node.low
        case Back():
            return None


@dataclass
class Reader:
    """Reads one pattern."""

    text: str
    options: Options
    at: int = 0
    groups: int = 0
    depth: int = 0
    closed: set[int] = field(default_factory=set)

    def read(self) -> Node:
        """Return the tree. Raises RegexError."""
        if len(self.text) > REGEX_PATTERN:
            raise RegexError(f"pattern longer than {REGEX_PATTERN} characters", REGEX_PATTERN, -3)
        node = self._choice()
        if self.at < len(self.text):
            raise self._error("unmatched )")
        if self.options.schema:
            return Sequence((Anchor(r"\A"), node, Anchor(r"\Z")))
        return node

    def _error(self, description: str) -> RegexError:
        return RegexError(description, min(self.at, len(self.text)) + 1)

    def _peek(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _choice(self) -> Node:
        self.depth += 1
        if self.depth > NESTING:
            raise self._error(f"more than {NESTING} nested groups")
        options = [self._sequence()]
        while self._peek("|"):
            self.at += 1
            options.append(self._sequence())
        self.depth -= 1
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            items.append(self._repeated(self._single()))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _quantifier(self) -> tuple[int, int | None] | None:
        if self.at >= len(self.text):
            return None
        simple = _SIMPLE.get(self.text[self.at])
        if simple is not None:
            self.at += 1
            return simple
        counted = _COUNTED.match(self.text, self.at)
        if counted is None:
            return None
        low = int(counted[1])
        high = low if counted[2] is None else int(counted[3]) if counted[3] else None
        if low > REPEAT_HIGHEST or (high is not None and not low <= high <= REPEAT_HIGHEST):
            raise self._error(f"repetition counts must rise and be at most {REPEAT_HIGHEST}")
        self.at = counted.end()
        return low, high

    def _repeated(self, node: Node) -> Node:
        bounds = self._quantifier()
        if bounds is None:
            return node
        if isinstance(node, Anchor):
            raise self._error("nothing to repeat")
        lazy = self._peek("?") and not self.options.schema
        if lazy:
            self.at += 1
        if self.at < len(self.text) and self.text[self.at] in "*+?":
            raise self._error("repetition of a repetition")
        return Repeat(node, *bounds, lazy)

    def _set(self, ranges: tuple[Range, ...], negative: bool = False) -> Set:
        return Set(both_cases(ranges) if self.options.ignore_case else ranges, negative)

    def _single(self) -> Node:
        char = self.text[self.at]
        if char in "*+?":
            raise self._error("nothing to repeat")
        self.at += 1
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char == ".":
            return Set((("\x00", HIGHEST),)) if self.options.dot_all else Set((("\r", "\r"), ("\n", "\n")), True)
        if char in "^$" and not self.options.schema:
            start = char == "^"
            if self.options.multi_line:
                return Anchor("(?m:^)" if start else "(?m:$)")
            return Anchor(r"\A" if start else r"\Z")
        return self._set(((char, char),))

    def _group(self) -> Node:
        opened = self.at
        kind = next((kind for kind in ("?:", "?=", "?!", "?<=", "?<!") if self._peek(kind)), "")
        if not kind and self._peek("?"):
            raise self._error("unknown kind of group")
        self.at += len(kind)
        number = 0
        if not kind:
            self.groups += 1
            number = self.groups
        inner = self._choice()
        if not self._peek(")"):
            raise RegexError("missing )", opened)
        self.at += 1
        if not kind:
            self.closed.add(number)
            return Group(number, inner)
        if kind == "?:":
            return inner
        behind = "<" in kind
        width = width_of(inner) if behind else 0
        if width is None:
            raise self._error("look-behind needs a fixed length")
        return Look(inner, behind, "!" in kind, width)

    def _escape(self) -> Node:
        if self.at >= len(self.text):
            raise self._error("nothing follows the backslash")
        char = self.text[self.at]
        if char in "0123456789":
            digits = re.compile("[0-9]{1,3}").match(self.text, self.at)
            assert digits is not None
            number = int(digits[0])
            if number not in self.closed:
                raise self._error(f"no group {number} before its back reference")
            self.at = digits.end()
            return Back(number, self.options.ignore_case)
        if char in "bB":
            self.at += 1
            return Anchor(rf"(?a:\{char})")
        return self._set(self._escaped())

    def _escaped(self) -> tuple[Range, ...]:
        """Return the characters of the escape at the present place, inside or outside a class."""
        char = self.text[self.at]
        self.at += 1
        if char.lower() in _SHORTHANDS:
            ranges = _SHORTHANDS[char.lower()]
            return ranges if char.islower() else complement(ranges)
        literal = _CONTROLS.get(char, "" if char.isalnum() else char)
        if not literal:
            self.at -= 1
            raise self._error(f"unknown escape \\{char}")
        return ((literal, literal),)

    def _class(self) -> Node:
        opened = self.at
        negative = self._peek("^")
        self.at += negative
        ranges: list[Range] = []
        first = True
        while first or not self._peek("]"):
            if self.at >= len(self.text):
                raise RegexError("missing ]", opened)
            first = False
            low = self._class_item()
            if (
                len(low) == 1
                and low[0][0] == low[0][1]
                and self._peek("-")
                and self.text[self.at + 1 : self.at + 2] != "]"
            ):
                self.at += 1
                if self.at >= len(self.text):
                    raise RegexError("missing ]", opened)
                high = self._class_item()
                if len(high) != 1 or high[0][0] != high[0][1] or high[0][0] < low[0][0]:
                    raise self._error("range in the wrong order")
                low = ((low[0][0], high[0][0]),)
            ranges += low
        self.at += 1
        return self._set(tuple(ranges), negative)

    def _class_item(self) -> tuple[Range, ...]:
        char = self.text[self.at]
        self.at += 1
        if char != "\\":
            return ((char, char),)
        if self.at >= len(self.text):
            raise self._error("nothing follows the backslash")
        return self._escaped()


def read_pattern(text: str, options: Options) -> tuple[Node, int]:
    """Return the tree of a pattern and the number of its groups. Raises RegexError."""
    reader = Reader(text, options)
    node = reader.read()
    return node, reader.groups
