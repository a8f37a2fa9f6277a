"""Wildcard patterns of $Sir_Wild, and the check of LIKE patterns.

Source: m204wiki, $Sir_Wild; SirTune statement wildcards; $ChkPat.
"""

from __future__ import annotations

import re

from soul.runtime.functions.registry import Family

FAMILY = Family("patterns")

_ANY, _ONE = "*", "?"


def _elements(pattern: str) -> list[tuple[str, bool]]:
    """Return the characters of a pattern, and whether each is a wildcard."""
    elements: list[tuple[str, bool]] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == '"' and at + 1 < len(pattern):
            at += 1
            elements.append((pattern[at], False))
        elif char != _ANY or not elements or elements[-1] != (_ANY, True):
            elements.append((char, char in (_ANY, _ONE)))
        at += 1
    return elements


def wild_match(text: str, pattern: str) -> bool:
    """Say whether the whole `text` matches a wildcard pattern: * any characters, ? one, " the next one literally.

    Goes back only to the last *, so the work is at most the product of both lengths.
    """
    elements = _elements(pattern)
    at = element = 0
    star, star_at = -1, 0
    while at < len(text):
        if element < len(elements) and elements[element] == (_ANY, True):
            star, star_at = element, at
            element += 1
        elif element < len(elements) and (elements[element] == (_ONE, True) or elements[element] == (text[at], False)):
            at += 1
            element += 1
        elif star >= 0:
            star_at += 1
            at, element = star_at, star + 1
        else:
            return False
    return all(item == (_ANY, True) for item in elements[element:])


@FAMILY.function("$Sir_Wild", page="$Sir_Wild")
def sir_wild(string: str = "", pattern: str = "") -> int:
    """Match a string against a wildcard pattern.

    Arguments: string and pattern, default null. In the pattern * stands for any characters, also none, ? for exactly
    one, and " makes the next character literal.
    Result: 1 when the whole string matches, else 0. Case matters.
    Example: $Sir_Wild('Ahab','A*') -> 1
    Example: $Sir_Wild('*LOOK','"*LOO?') -> 1
    Page: m204wiki, $Sir_Wild
    """
    return int(wild_match(string, pattern))


@FAMILY.function("$ChkPat", page="$ChkPat")
def chkpat(pattern: str = "") -> str:
    """Check the syntax of a LIKE pattern.

    Arguments: pattern, as in a condition with Like.
    Result: null when it is valid, else what is wrong with it. A condition takes the faulty symbol for itself.
    Example: $ChkPat('A*') -> (null)
    Example: $ChkPat('(A,B') -> PARENTHESIS IS NOT CLOSED
    Page: m204wiki, $ChkPat
    """
    if not pattern:
        return "PATTERN IS NULL"
    depth = at = 0
    while at < len(pattern):
        symbol = pattern[at]
        if symbol == "!":
            if at + 1 == len(pattern):
                return "NOTHING FOLLOWS !"
            at += 1
        elif symbol == "=" and not re.fullmatch("[0-9A-Fa-f]{2}", pattern[at + 1 : at + 3]):
            return "TWO HEXADECIMAL DIGITS MUST FOLLOW ="
        depth += {"(": 1, ")": -1}.get(symbol, 0)
        if depth < 0:
            return "PARENTHESIS IS NOT OPENED"
        at += 1
    return "PARENTHESIS IS NOT CLOSED" if depth else ""
