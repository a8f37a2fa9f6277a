"""Pages of terminal output: lines per page, headers and trailers, and lines that are too wide for the device.

    OUTLPP   n lines a page, headers and trailers among them; 0: a steady stream; -1: a page ends at New Page only
    HDRCTL   1 no header 0, 2 no blank line after header 0 of command output, 8 daemon threads have pages too
    OUTMRL   no line is longer; 0: any length. OUTCCC: longer ones go on in a new line; 0: they are cut at OUTMRL

A page begins with its first line. Header 0 shows date, time and page number; `Set Header` and `Set Trailer` of the
request that runs give the others. While nothing of this is asked for, `line` and `message` are those of the device
itself, so a stream without pages costs nothing.

Source: m204wiki, NEW PAGE command; Report generation; OUTLPP, HDRCTL, OUTMRL, OUTCCC and HTLEN parameters; USE PROC
command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, Protocol

NO_HEADER_ZERO = 1  # HDRCTL
NO_BLANK_LINE = 2
DAEMON_PAGES = 8
SETTINGS = ("OUTLPP", "HDRCTL", "OUTMRL", "OUTCCC")
LIMITS = {"HEADER": "MAXHDR", "TRAILER": "MAXTRL"}
HEADER_LENGTH = 132  # HTLEN
_NO_LINES: Mapping[str, dict[int, str]] = MappingProxyType({})
PAGE_LINES = 5  # MAXHDR, MAXTRL


class Device(Protocol):
    """What takes the finished lines. It may have `several`, which takes several lines of program output at once."""

    def line(self, text: str, /) -> None:
        """Take one line of program output."""

    def message(self, text: str, /) -> None:
        """Take one message line."""


@dataclass(frozen=True, slots=True)
class Spool:
    """The options of USE PROC.

    `headers` (HDRS): headers and trailers are printed. `carriage` (CC): every line begins with a control character,
    `1` for the first of a page, else blank.
    """

    headers: bool
    carriage: bool


class Pager:
    """The pages of one device. Satisfies `soul.runtime.thread.Output`.

    `device` takes the lines; `parameters` are those of the user, read when `refresh` is called. A `daemon` has pages
    only with HDRCTL 8; neither it nor a `spool` has a limit of width.
    """

    number = 1  # of the present page
    in_request = False  # output of a request, not of a command
    _daemon = False
    _spool: Spool | None = None
    _lines_set: Mapping[str, dict[int, str]] = _NO_LINES  # HEADER, TRAILER: the lines by number
    _texts = True  # headers and trailers are printed
    _carriage = False  # each line begins with a control character
    _begun = False  # the present page has its headers
    _used = 0  # lines on the present page
    _top = 0  # those of them that are headers
    _length = _width = _split = _control = 0  # OUTLPP, OUTMRL, OUTCCC, HDRCTL

    def __init__(
        self,
        device: Device,
        parameters: Mapping[str, str | int],
        clock: Callable[[], datetime],
        daemon: bool = False,
        spool: Spool | None = None,
    ) -> None:
        self.device = device
        self.line: Callable[[str], None] = device.line
        self.several: Callable[[Sequence[str]], None] | None = getattr(device, "several", None)
        self.message: Callable[[str], None] = device.message
        self._parameters = parameters
        self._clock = clock
        if daemon:
            self._daemon = True
        if spool is not None:
            self._spool, self._texts, self._carriage = spool, spool.headers, spool.carriage
            self.in_request = True
            self.refresh()

    def refresh(self) -> None:
        """Take the parameters as they are now."""
        length, control, width, split = (self._setting(name) for name in SETTINGS)
        if self._daemon and not control & DAEMON_PAGES:
            length = 0
        if self._daemon or self._spool is not None:
            width = split = 0
        self._length, self._control, self._width, self._split = length, control, width, split
        if length == 0 and self._begun:
            self.number, self._begun, self._used = self.number + 1, False, 0
        if length or width or split or self._carriage:
            self.line, self.several = self._line, None
            self.message = self._message if self._spool is None else self.device.message
        else:
            self.line, self.message = self.device.line, self.device.message
            self.several = getattr(self.device, "several", None)

    def _setting(self, name: str, default: int = 0) -> int:
        value = self._parameters.get(name, default)
        return value if isinstance(value, int) else default

    def new_page(self) -> None:
        """Skip what is left of the page and begin a new one; nothing happens when there are no pages.

        A page on which nothing stands yet is begun.
        """
        if self._begun or self._used:
            self._end()
        if self._length:
            self._begin()
        elif self._carriage:
            self._begun, self._used = False, 0

    def set_line(self, kind: Literal["HEADER", "TRAILER"], number: int, text: str | None) -> bool:
        """Set a header or trailer line of the pages to come, cut at HTLEN; None takes it away.

        Return False when the request has as many as MAXHDR or MAXTRL allow.
        """
        if not self._lines_set:
            self._lines_set = {"HEADER": {}, "TRAILER": {}}
        lines = self._lines_set[kind]
        if text is None:
            lines.pop(number, None)
            return True
        if number not in lines and len(lines) >= self._setting(LIMITS[kind], PAGE_LINES):
            return False
        lines[number] = text[: self._setting("HTLEN", HEADER_LENGTH)]
        return True

    def end_request(self) -> None:
        """Forget the headers and trailers of a request that is over."""
        self.in_request = False
        self._lines_set = _NO_LINES

    # -- a page -----------------------------------------------------------------------------------------------

    def _line(self, text: str) -> None:
        for piece in folded(text, self._width, self._split):
            self._put(piece, self.device.line)

    def _message(self, text: str) -> None:
        for piece in folded(text, self._width, self._split):
            self._put(piece, self.device.message)

    def _put(self, text: str, put: Callable[[str], None]) -> None:
        if self._length > 0:
            if not self._begun:
                self._begin()
            # A page holds one line at least, however many headers and trailers there are (our choice).
            elif self._used >= max(self._length - len(self._trailers), self._top + 1):
                self._end()
                self._begin()
        self._write(text, put)

    def _write(self, text: str, put: Callable[[str], None]) -> None:
        if self._carriage:
            text = (" " if self._used else "1") + text
        self._begun = True
        self._used += 1
        put(text)

    @property
    def _trailers(self) -> list[str]:
        return self._lines("TRAILER")

    def _lines(self, kind: str) -> list[str]:
        lines = self._lines_set.get(kind)
        if not lines or not self._texts:
            return []
        width = self._width or None
        return [lines[number][:width] for number in sorted(lines) if number or kind == "TRAILER"]

    def _begin(self) -> None:
        self._begun, self._used = True, 0
        for text in self._headers():
            self._write(text, self.device.line)
        self._top = self._used

    def _headers(self) -> Iterator[str]:
        if self._texts and not self._control & NO_HEADER_ZERO:
            yield self._lines_set.get("HEADER", {}).get(0, self._header_zero())[: self._width or None]
            if not self.in_request and not self._control & NO_BLANK_LINE:
                yield ""
        yield from self._lines("HEADER")

    def _header_zero(self) -> str:
        """Return date, time and page number; without page counting there is no page number (our choice)."""
        when = self._clock().strftime("%y.%j %b %d %H.%M.%S").upper()
        return f"{when} PAGE {self.number}" if self._length > 0 else when

    def _end(self) -> None:
        trailers = self._trailers
        if self._length > 0 and not self._carriage:
            for _ in range(self._length - len(trailers) - self._used):
                self._write("", self.device.line)
        if self._length:
            for text in trailers:
                self._write(text, self.device.line)
        self.number += 1


def several_of(output: object) -> Callable[[Sequence[str]], None] | None:
    """Return what takes several lines at once on their way to `output`; None when each must be looked at."""
    return output.several if isinstance(output, Pager) else None


def folded(text: str, width: int, split: int) -> Iterator[str]:
    """Yield `text` as lines that the device can show. `width` is OUTMRL, `split` OUTCCC; 0 is no limit.

    With OUTCCC, sections of one character less than the smaller of both, each but the last with a hyphen in the column
    behind it; without, the text cut at OUTMRL. m204wiki, OUTCCC parameter.
    """
    limit = min(width, split) if width and split else split
    if limit < 2:  # no room for a character and the hyphen (our choice: cut)
        yield text[:width] if width else text
        return
    while len(text) > limit:
        yield text[: limit - 1] + "-"
        text = text[limit - 1 :]
    yield text
