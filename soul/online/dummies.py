"""Dummy strings: `?&NAME`, `??prompt`, `?$prompt` replaced in a line as it is read, before anything looks at it.

Columns of the stored line are kept in the result's column map. Macro dummy strings (`?!NAME`) belong to the compiler.

Sources: m204wiki, SUB parameter; INCLUDE command; SirFact and comment-initialized globals; $Setg_Sys.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from soul.language.source import SourceLine

# The end of a name is not documented: letters, digits and . _ @ # $ after an optional backslash (our choice). A bare
# `??` is no dummy string: the documentation writes $Sir_Wild('ABCD', '????') for four wildcards.
_DUMMY = re.compile(r"\?(?:&(?P<glob>\\?[A-Za-z0-9._@#$]+)|(?P<kind>[?$])(?P<prompt>[A-Za-z0-9._@#]+))")

Replace = Callable[[re.Match[str]], str | None]


def replace_spans(line: SourceLine, pattern: re.Pattern[str], replace: Replace) -> SourceLine:
    """Return `line` with each match of `pattern` replaced; None keeps a match as it is. Columns stay true."""
    pieces: list[str] = []
    columns: list[int] = []
    last = 0
    changed = False
    for match in pattern.finditer(line.text):
        value = replace(match)
        if value is None:
            continue
        changed = True
        pieces.append(line.text[last : match.start()])
        columns.extend(line.column(index) for index in range(last, match.start()))
        pieces.append(value)
        columns.extend([line.column(match.start())] * len(value))
        last = match.end()
    if not changed:
        return line
    pieces.append(line.text[last:])
    columns.extend(line.column(index) for index in range(last, len(line.text)))
    columns.append(line.column(len(line.text)))
    return SourceLine("".join(pieces), line.procedure, line.line, tuple(columns))


class DummyStrings:
    """Replaces the dummy strings of one session. `value_of` gives a global, or None; `ask` gives a response."""

    def __init__(self, value_of: Callable[[str], str | None], ask: Callable[[str], str]) -> None:
        self._value_of = value_of
        self._ask = ask
        self._answers: dict[str, str] = {}  # `?$`: asked once for each text (unconfirmed)

    def replace(self, line: SourceLine, *, prompts: bool = True) -> SourceLine:
        """Return the line with its dummy strings replaced; the same object when it has none.

        `prompts` False leaves `??` alone: commands whose names take wildcards need it.
        """
        if "?" not in line.text:
            return line
        return replace_spans(line, _DUMMY, self._value if prompts else self._global_or_kept)

    def _global_or_kept(self, match: re.Match[str]) -> str | None:
        return None if match["kind"] == "?" else self._value(match)

    def _value(self, match: re.Match[str]) -> str:
        name = match["glob"]
        if name is not None:
            value = self._value_of(name)
            if value is None:
                # A backslash global without a value turns the line into a comment.
                return "*" if name.startswith("\\") else ""
            return value
        prompt = match["prompt"]
        if match["kind"] == "?":
            return self._ask(prompt)
        if prompt not in self._answers:
            self._answers[prompt] = self._ask(prompt)
        return self._answers[prompt]


def has_dummies(text: str) -> bool:
    """Say whether a line holds anything that is replaced as it is read."""
    return "?" in text and _DUMMY.search(text) is not None
