"""LINEND: the semicolon that ends a logical line of typed input.

Typed input here is often a text that was pasted or is run from a file, so a semicolon counts only where a statement or
command can end (our choice): not in quotes, comments, literal text, or the text of a procedure.

Source: m204wiki, $Read; Terminal session.
"""

from __future__ import annotations

import re

LINE_END = ";"
# Quoted text is passed over; behind an unclosed quote, a block comment or a word that begins literal text nothing ends.
_PARTS = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(?P<end>;)"""
    r"""|(?P<rest>['"]|/\?|\b(?:print|audit|trace|set|return)text\b|^\s*(?:[A-Za-z][\w.@#$]*:\s+)?(?:text|html)\b)""",
    re.IGNORECASE,
)


def line_end(text: str) -> int | None:
    """Return the index of the semicolon that ends the first logical line in `text`, or None."""
    if LINE_END not in text or text.lstrip().startswith("*"):
        return None
    for match in _PARTS.finditer(text):
        if match["rest"] is not None:
            return None
        if match["end"] is not None:
            return match.start()
    return None
