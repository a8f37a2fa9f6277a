"""What the lines of a session are while they are not commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from soul.language.source import SourceLine
    from soul.online.feed import Feed


class Mode(Protocol):
    """What lines are while they are not commands: a request, a procedure's text, the reply to a prompt."""

    @property
    def expected(self) -> str:
        """What would end the mode, for the message at the end of input."""

    @property
    def whole_lines(self) -> bool:
        """Whether typed lines are taken as they are: a semicolon does not end them."""

    def take(self, line: SourceLine, feed: Feed) -> None:
        """Take one line."""

    def input_ended(self) -> None:
        """Give up: the input is over."""
