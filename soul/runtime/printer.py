"""Lines of program output: what Print, Audit and Trace collect until a line is finished.

Columns count from 1. `At` puts an item into its column; when the line is already there, the item follows after one
blank; a column below 1 is column 1 (our choice). `To` cuts the item at its column and fills up to it with blanks (our
choice).

Source: m204wiki, Report generation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

MAX_COLUMN = 32_767  # m204wiki, OUTMRL parameter: the longest output record
MAX_SKIP = 32_767  # m204wiki, OUTLPP parameter: the longest page

Item = tuple[str, bool, int | None, int | None]  # text, preceded by And, start column, end column


class Printer:
    """One destination of lines: the terminal, the audit trail, the trace.

    `print(text)` finishes the line with `text`: a Print without columns. While no line is open it is the destination
    itself, because most lines of most pages are printed so. `several` takes lines that come together, where the
    destination has a shorter way for them.
    """

    __slots__ = ("_line", "_pending", "_several", "print")

    def __init__(self, line: Callable[[str], object], several: Callable[[Sequence[str]], object] | None = None) -> None:
        self._line = line
        self._several = several
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

    def aim(self, line: Callable[[str], object], several: Callable[[Sequence[str]], object] | None = None) -> None:
        """Write to another destination from now on; a line that has begun goes there too."""
        if not self._open:
            self.print = line
        self._line, self._several = line, several

    def lines(self, texts: Sequence[str]) -> None:
        """Print several texts, each to the end of its line."""
        if self._several is not None and self.print is self._line:
            self._several(texts)
        else:
            for text in texts:
                self.print(text)

    def hold(self, text: str) -> None:
        """Add `text` and keep the line open: a Print that ends in `...`."""
        self._keep(self._pending + text)

    def columns(self, items: list[Item], held: bool) -> None:
        """Add items; finish the line unless `held`."""
        line = in_columns(items, self._pending)
        if held:
            self._keep(line)
        else:
            self._pending, self.print = "", self._line
            self._line(line)

    def skip(self, count: int) -> None:
        """Finish an open line and print `count` blank lines, 32,767 at most (our choice)."""
        self.finish()
        for _ in range(min(count, MAX_SKIP)):
            self._line("")

    def finish(self) -> None:
        """Finish an open line; nothing happens when there is none."""
        if self._open:
            self._end("")


def in_columns(items: list[Item], line: str = "") -> str:
    """Return `line` with the items put after it."""
    for text, spaced, start, end in items:
        line = place(line, text, spaced, start, end)
    return line


def place(line: str, text: str, spaced: bool, start: int | None, end: int | None) -> str:
    """Return `line` with `text` put after it as And, At Column and To Column say."""
    if spaced:
        line += " "
    if start is not None:
        start = max(1, min(start, MAX_COLUMN))
        if len(line) < start:
            line = line.ljust(start - 1)
        elif not line.endswith(" "):
            line += " "
    if end is not None:
        width = max(0, min(end, MAX_COLUMN) - len(line))
        text = text[:width].ljust(width)
    return line + text
