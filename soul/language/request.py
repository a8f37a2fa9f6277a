"""Finding the end of a request while its lines come in one by one.

A line `End` ends the request, unless it continues the line before it, stands in a block comment, or is text between
Text and End Text (or Html and End Html). The same line-level rules as the scanner's, so both see the same request.
"""

from __future__ import annotations

import re

from soul.language.scanner import CommentFilter, is_comment, is_continued
from soul.language.source import SourceLine
from soul.language.text_blocks import block_kind

_END = re.compile(r"\s*end(\s+more(\s+use)?)?\s*(?:\*(?:\s.*)?)?$", re.I)


def end_of_request(line_text: str) -> str | None:
    """Return "End", "End More" or "End More Use" when this line ends a request, else None.

    `End If` and its like end blocks, not the request; a trailing `* comment` is allowed.
    """
    found = _END.match(line_text)
    if found is None:
        return None
    if found[2]:
        return "End More Use"
    return "End More" if found[1] else "End"


class RequestReader:
    """Collects the lines of one request; feed it every line after Begin.

    `lines` are the lines without the ending one, `ending` is the form that ended it (empty until then).
    """

    def __init__(self) -> None:
        self.lines: list[SourceLine] = []
        self.ending = ""
        self._comments = CommentFilter()
        self._in_comment = False  # the line before was a comment with a hyphen
        self._pending = ""  # the logical line so far, when its last line ended in a hyphen
        self._raw = ""  # TEXT or HTML while in such a body
        self._opener: SourceLine | None = None  # the line of the last Text, Html or block comment

    @property
    def in_text(self) -> bool:
        """Whether the next line belongs to a comment or to the body of Text or Html."""
        return bool(self._raw) or self._in_comment or self._comments.open

    @property
    def expected(self) -> str:
        """What must come before the request can end."""
        if self._comments.open:
            return "?/ OF A BLOCK COMMENT"
        return f"END {self._raw}" if self._raw else "END"

    @property
    def unfinished(self) -> SourceLine | None:
        """The line that began the text or comment that is still open."""
        return self._opener if self._raw or self._comments.open else None

    def feed(self, line: SourceLine) -> bool:
        """Take one more line; True when the request is complete."""
        was_open = self.unfinished is not None
        ending = self._ending(line.text)
        if not was_open and (self._raw or self._comments.open):
            self._opener = line
        if ending:
            self.ending = ending
            return True
        self.lines.append(line)
        return False

    def _ending(self, text: str) -> str:
        if self._raw:
            if text.upper().split(None, 2)[:2] == ["END", self._raw]:
                self._raw = ""
            return ""
        if self._in_comment:
            self._in_comment = is_continued(text)
            return ""
        if not self._pending and not self._comments.open and is_comment(text):
            self._in_comment = is_continued(text)
            return ""
        if not self._pending and not self._comments.open and text.lstrip().startswith("!"):
            return ""
        text = self._comments.clean(text)
        if not self._pending and (ending := end_of_request(text)):
            return ending
        if is_continued(text):
            self._pending += text.rstrip()[:-1].rstrip() + " "
            return ""
        self._raw = block_kind(self._pending + text.strip() if self._pending else text)
        self._pending = ""
        return ""
