"""Regular expression methods of strings.

Source: m204wiki, Regex processing; RegexMatch and RegexReplace (String functions).
"""

from __future__ import annotations

from soul.runtime.errors import SoulException
from soul.runtime.functions import regex as regex_functions
from soul.runtime.functions.messages import too_many_steps
from soul.runtime.functions.regex_machine import Regex, TooManySteps, compile_regex
from soul.runtime.functions.regex_syntax import RegexError
from soul.runtime.functions.registry import Family
from soul.runtime.values import Reference

FAMILY = Family("regular expression methods")


def compiled(pattern: str, options: str, status: Reference | None) -> Regex | None:
    """Return the compiled pattern; None when it is not valid and there is a status variable.

    Without one an invalid pattern throws InvalidRegex with Code, Position and Description.
    """
    try:
        result = compile_regex(pattern, options)
    except RegexError as error:
        if status is None:
            raise SoulException(
                "InvalidRegex",
                Code=float(error.code),
                Position=float(error.position),
                Description=error.description,
            ) from None
        status.set(float(error.code))
        return None
    if status is not None:
        status.set(0.0)
    return result


@FAMILY.method("RegexMatch", "UnicodeRegexMatch", page="RegexMatch (String function)")
def regex_match(
    string: str,
    regex: str,
    *,
    options: str = "",
    capture_list: object | None = None,
    status: Reference | None = None,
) -> int:
    """Match a string against a regular expression.

    Arguments: regex; Options, letters I, S, M, C; CaptureList, a Stringlist that receives the captured strings;
    Status, a variable that receives 0, or a negative code for an invalid regex.
    Result: the position after the first match, 0 when there is none.
    Errors: throws InvalidRegex unless there is a status variable; a match that needs too many steps cancels the
    request.
    Example: 'call me':regexMatch('l+') -> 5
    Page: m204wiki, RegexMatch (String function)
    """
    pattern = compiled(regex, options, status)
    if pattern is None:
        return 0
    try:
        spans = pattern.search(string)
    except TooManySteps:
        raise too_many_steps("RegexMatch") from None
    if spans is None:
        return 0
    add = getattr(capture_list, "add", None)
    if add is not None:
        for low, high in spans[1:]:
            add(string[low:high] if low >= 0 else "")
    return spans[0][1] + 1


@FAMILY.method("RegexReplace", "UnicodeRegexReplace", page="RegexReplace (String function)")
def regex_replace(
    string: str, regex: str, replacement: str, *, options: str = "", status: Reference | None = None
) -> str:
    """Replace what a regular expression matches.

    Arguments: regex; replacement, with $n, $Un and $Ln for captures; Options, letters I, S, M, C, G (replace all),
    A (replacement as it is); Status, as for RegexMatch.
    Result: the string with the first match replaced, all with option G.
    Errors: throws InvalidRegex unless there is a status variable; a match that needs too many steps cancels the
    request.
    Example: 'banana':regexReplace('an', 'x', options='g') -> bxxa
    Page: m204wiki, RegexReplace (String function)
    """
    pattern = compiled(regex, options, status)
    if pattern is None:
        return string
    chosen = pattern.options
    try:
        return regex_functions.replace(pattern, string, replacement, everywhere=chosen.replace_all, as_is=chosen.as_is)
    except TooManySteps:
        raise too_many_steps("RegexReplace") from None
