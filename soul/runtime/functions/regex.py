"""Regular expression $functions and the replacement strings they share with the methods.

Source: m204wiki, Regex processing; Replace (Regex function); RegexReplaceCorresponding (Stringlist function).
"""

from __future__ import annotations

import re

from soul.runtime.functions.lists import add_lines
from soul.runtime.functions.messages import invalid, too_many_steps
from soul.runtime.functions.regex_machine import Regex, Spans, TooManySteps, compile_regex
from soul.runtime.functions.regex_syntax import RegexError
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread
from soul.runtime.values import Reference

FAMILY = Family("regular expressions")

_MARKER = re.compile(r"\\([$\\])|\$([UuLl]?)([1-9][0-9]{0,8})")


def expand(replacement: str, text: str, spans: Spans) -> str:
    """Return a replacement string with its markers filled in: $n, $Un, $Ln; \\$ and \\\\ stand for themselves."""

    def value(marker: re.Match[str]) -> str:
        if marker[1]:
            return marker[1]
        number = int(marker[3])
        if number >= len(spans):
            return marker[0]
        low, high = spans[number]
        piece = text[low:high] if low >= 0 else ""
        return {"U": piece.upper, "L": piece.lower}.get(marker[2].upper(), lambda: piece)()

    return _MARKER.sub(value, replacement)


def replace(regex: Regex, text: str, replacement: str, *, everywhere: bool, as_is: bool) -> str:
    """Return `text` with the first match, or every match, replaced. Raises TooManySteps."""
    search = regex.searcher(text)
    pieces: list[str] = []
    done = at = 0
    while at <= len(text):
        spans = search(at)
        if spans is None:
            break
        low, high = spans[0]
        pieces += (text[done:low], replacement if as_is else expand(replacement, text, spans))
        done = high
        at = high if high > low else high + 1
        if not everywhere:
            break
    return "".join(pieces) + text[done:]


def _compiled(function: str, pattern: str, options: str | None, status: Reference | None) -> Regex | None:
    """Return the pattern; None when it is not valid and the caller asked for a status."""
    try:
        regex = compile_regex(pattern, options or "")
    except RegexError as error:
        if status is None:
            raise invalid(function, f"{error.description}, AT {error.position} OF THE PATTERN") from None
        status.set(float(error.code))
        return None
    if status is not None:
        status.set(0.0)
    return regex


@FAMILY.function("$RegexMatch", page="$RegexMatch")
def regexmatch(
    thread: Thread,
    string: str,
    regex: str,
    options: str | None = None,
    status: Reference | None = None,
    captures: int | None = None,
) -> int:
    """Match a string against a regular expression.

    Arguments: string; regex; options, letters I (ignore case), S (dot matches line ends), M (^ and $ at line ends),
    C (XML Schema mode), blanks allowed; status, a variable that receives 0, or a negative code for an invalid regex;
    captures, a $list that receives the captured strings.
    Result: the position after the first match, 0 when there is none.
    Errors: an invalid regex without a status variable, or one that needs too many steps, cancels the request.
    Example: $RegexMatch('CALL ME ISHMAEL','M[A-F]') -> 8
    Example: $RegexMatch('ahab','AHAB','I') -> 5
    Example: $RegexMatch('AHAB','[0-9]+') -> 0
    Page: m204wiki, Regex processing
    """
    compiled = _compiled("$RegexMatch", regex, options, status)
    if compiled is None:
        return 0
    try:
        spans = compiled.search(string)
    except TooManySteps:
        raise too_many_steps("$RegexMatch") from None
    if spans is None:
        return 0
    if captures is not None:
        add_lines(thread, captures, [string[low:high] if low >= 0 else "" for low, high in spans[1:]])
    return spans[0][1] + 1


@FAMILY.function("$RegexReplace", page="$RegexReplace")
def regexreplace(
    string: str,
    regex: str,
    replacement: str = "",
    options: str | None = None,
    status: Reference | None = None,
) -> str:
    """Replace what a regular expression matches.

    Arguments: string; regex; replacement, where $n inserts capture n, $Un and $Ln the same in upper or lower case and
    a backslash takes $ or \\ literally; options, as for $RegexMatch and G (replace all), A (replacement as it is);
    status, as for $RegexMatch.
    Result: the string with the first match replaced, all with option G; the string itself when there is none.
    Errors: an invalid regex without a status variable, or one that needs too many steps, cancels the request.
    Example: $RegexReplace('1851-10-18','(\\d+)-(\\d+)','$2/$1') -> 10/1851-18
    Example: $RegexReplace('a b c',' ','','G') -> abc
    Page: m204wiki, Regex processing
    """
    compiled = _compiled("$RegexReplace", regex, options, status)
    if compiled is None:
        return string
    chosen = compiled.options
    try:
        return replace(compiled, string, replacement, everywhere=chosen.replace_all, as_is=chosen.as_is)
    except TooManySteps:
        raise too_many_steps("$RegexReplace") from None
