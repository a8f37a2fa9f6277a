"""Lines of program output: what Print, Audit and Trace collect until a line is finished.

Columns count from 1. `At` puts an item into its column; when the line is already there, the item follows after one
blank (our choice). `To` cuts the item at its column and fills up to it with blanks (our choice).

Source: m204wiki, Report generation.
"""

from __future__ import annotations

from collections.abc import Callable

MAX_COLUMN = 32_767  # m204wiki, OUTMRL parameter: the longest output record


class Printer:
    """One destination of lines: the terminal, the audit trail, the trace.

    `print(text)` finishes the line with `text`: a Print without columns. While no line is open it is the destination
    itself, because most lines of most pages are printed so.
    """

    __slots__ = ("_line", "_pending", "print")

    def __init__(self, line: Callable[[str], object]) -> None:
        self._line = line
        self._pending = ""
        self.print: Callable[[str], object] = line

    @property
    def _open(self) -> bool:
        """Whether a line has begun, be it with the null string."""
        return self.print is not self._line

    def _end(self, text: str) -> None:
        text, self._pending, self.print = self._pending + text, "", self._line
        self._line(text)

    def _keep(self, text: str) -> None:
        self._pending, self.print = text, self._end

    def hold(self, text: str) -> None:
        """Add `text` and keep the line open: a Print that ends in `...`."""
        self._keep(self._pending + text)

    def columns(self, items: list[tuple[str, bool, int | None, int | None]], held: bool) -> None:
        """Add items (text, preceded by And, start column, end column); finish the line unless `held`."""
        line = self._pending
        for text, spaced, start, end in items:
            line = place(line, text, spaced, start, end)
        if held:
            self._keep(line)
        else:
            self._pending, self.print = "", self._line
            self._line(line)

    def skip(self, count: int) -> None:
        """Finish an open line and print `count` blank lines."""
        self.finish()
        for _ in range(max(0, count)):
            self._line("")

    def finish(self) -> None:
        """Finish an open line; nothing happens when there is none."""
        if self._open:
            self._end("")


def place(line: str, text: str, spaced: bool, start: int | None, end: int | None) -> str:
    """Return `line` with `text` put after it as And, At Column and To Column say."""
    if spaced:
        line += " "
    if start is not None:
        start = min(start, MAX_COLUMN)
        if len(line) < start:
            line = line.ljust(start - 1)
        elif not line.endswith(" "):
            line += " "
    if end is not None:
        width = max(0, min(end, MAX_COLUMN) - len(line))
        text = text[:width].ljust(width)
    return line + text
