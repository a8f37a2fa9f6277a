"""LIKE patterns, matched by an automaton in time proportional to the string.

    *      any characters, also none        (a,b,c-e)  one of several patterns or ranges
    +      any one character                =F1        the character with that hexadecimal EBCDIC code
    @      any one letter                   !x         the character x itself
    #      any one digit                    x/         x once or more often

A comma outside parentheses separates whole alternatives. The symbols are documented in fragments only (m204wiki,
Record retrievals); the exact meaning of `/` and of a malformed pattern is our choice: a symbol that cannot mean
anything where it stands means itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from soul.runtime.collation import FROM_EBCDIC, sort_key

MAX_REMEMBERED = 4096  # transitions kept per pattern; the oldest are recomputed when needed
MAX_NESTING = 50  # parentheses; deeper ones mean themselves

Test = Callable[[str], bool]


def _any(character: str) -> bool:
    return True


def _letter(character: str) -> bool:
    return character.isalpha()


def _digit(character: str) -> bool:
    return "0" <= character <= "9"


_SYMBOLS: dict[str, Test] = {"+": _any, "@": _letter, "#": _digit}


@dataclass(slots=True)
class _State:
    """One state: the characters that lead on (`test`, to `after`) and the states reached without any."""

    test: Test | None = None
    after: int = -1
    free: list[int] = field(default_factory=list)


class _Builder:
    """Turns pattern text into states; each part is a (first, last) pair of state numbers."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.states: list[_State] = []

    def state(self) -> int:
        self.states.append(_State())
        return len(self.states) - 1

    def step(self, test: Test) -> tuple[int, int]:
        first, last = self.state(), self.state()
        self.states[first].test, self.states[first].after = test, last
        return first, last

    def alternatives(self, depth: int) -> tuple[int, int]:
        first, last = self.state(), self.state()
        while True:
            begin, end = self.sequence(depth)
            self.states[first].free.append(begin)
            self.states[end].free.append(last)
            if self.at >= len(self.pattern) or self.pattern[self.at] != ",":
                return first, last
            self.at += 1

    def sequence(self, depth: int) -> tuple[int, int]:
        first = last = self.state()
        while self.at < len(self.pattern):
            symbol = self.pattern[self.at]
            if symbol == "," or (symbol == ")" and depth):
                break
            begin, end = self.element(symbol, depth)
            while self.pattern[self.at : self.at + 1] == "/":
                self.at += 1
                self.states[end].free.append(begin)
            self.states[last].free.append(begin)
            last = end
        return first, last

    def element(self, symbol: str, depth: int) -> tuple[int, int]:
        text, at = self.pattern, self.at
        self.at += 1
        if symbol == "*":
            state = self.state()
            self.states[state].test, self.states[state].after = _any, state
            return state, state
        if symbol in _SYMBOLS:
            return self.step(_SYMBOLS[symbol])
        if symbol == "(" and depth < MAX_NESTING and self.closes(at):
            part = self.alternatives(depth + 1)
            self.at += 1  # the closing parenthesis
            return part
        if symbol == "!" and at + 1 < len(text):
            self.at += 1
            return self.step(text[at + 1].__eq__)
        if symbol == "=" and _is_hex(text[at + 1 : at + 3]):
            self.at += 2
            return self.step(chr(FROM_EBCDIC[int(text[at + 1 : at + 3], 16)]).__eq__)
        if depth and self.is_range(at):
            self.at += 2
            low, high = sort_key(symbol), sort_key(text[at + 2])
            return self.step(lambda character: low <= sort_key(character) <= high)
        return self.step(symbol.__eq__)

    def is_range(self, at: int) -> bool:
        """Say whether a whole alternative `a-c` begins at `at`."""
        text = self.pattern
        return text[at - 1] in "(," and text[at + 1 : at + 2] == "-" and text[at + 3 : at + 4] in (",", ")")

    def closes(self, at: int) -> bool:
        """Say whether the parenthesis at `at` is closed."""
        depth, index = 0, at
        while index < len(self.pattern):
            symbol = self.pattern[index]
            if symbol == "!":
                index += 1
            elif symbol == "(":
                depth += 1
            elif symbol == ")":
                depth -= 1
                if not depth:
                    return True
            index += 1
        return False


def _is_hex(text: str) -> bool:
    return len(text) == 2 and all(c in "0123456789abcdefABCDEF" for c in text)


class Pattern:
    """A compiled pattern. Sets of states are bit masks; their transitions are worked out once."""

    def __init__(self, text: str) -> None:
        builder = _Builder(text)
        first, last = builder.alternatives(0)
        self._states = builder.states
        self._closure = [self._reach(number) for number in range(len(self._states))]
        self._start = self._closure[first]
        self._final = 1 << last
        self._next: dict[tuple[int, str], int] = {}

    def _reach(self, number: int) -> int:
        mask, waiting = 0, [number]
        while waiting:
            state = waiting.pop()
            if not mask >> state & 1:
                mask |= 1 << state
                waiting.extend(self._states[state].free)
        return mask

    def _step(self, mask: int, character: str) -> int:
        result, rest = 0, mask
        while rest:
            low = rest & -rest
            rest ^= low
            state = self._states[low.bit_length() - 1]
            if state.test is not None and state.test(character):
                result |= self._closure[state.after]
        return result

    def matches(self, text: str) -> bool:
        """Say whether the whole of `text` fits the pattern."""
        mask, known = self._start, self._next
        for character in text:
            following = known.get((mask, character))
            if following is None:
                following = self._step(mask, character)
                if len(known) >= MAX_REMEMBERED:
                    known.clear()
                known[mask, character] = following
            if not following:
                return False
            mask = following
        return bool(mask & self._final)


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """Return the compiled form of a LIKE pattern."""
    return Pattern(text)


def like(value: str, pattern: str) -> bool:
    """Say whether `value` fits the LIKE `pattern`. Page: m204wiki, Record retrievals."""
    return compile_pattern(pattern).matches(value)
