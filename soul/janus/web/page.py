"""The client buffer: the page that a web request builds, until it is done.

Nothing is sent before the page is done, so status and headers can be changed until then.
Source: m204wiki, $Web_On, $Web_Done, NOAUTOON (JANUS DEFINE parameter), MSGSEND and NOMSGSEND.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from soul.janus.http.cookies import SetCookie
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.http.response import check_header, plain_page, reason_of
from soul.janus.web.compression import compressed
from soul.janus.web.dates import from_text
from soul.janus.web.messages import WEB_MESSAGES
from soul.runtime.errors import RequestCancelled, Stopped
from soul.runtime.thread import Journal, Thread

LINE_ENDS = {"CR": "\r", "LF": "\n", "CRLF": "\r\n"}
DEFAULT_PAGE_BYTES = 32 * 1024 * 1024
CCATEMP_PAGE = 6184  # bytes of one page: m204wiki, MAXTEMP counts in them
DEFAULT_TYPE = "text/html"


class ConnectionLost(Stopped):
    """Output or a $Web_ call after the response: the user is restarted (M204.0564)."""

    def __init__(self) -> None:
        super().__init__(WEB_MESSAGES["M204.0564"].text)


@dataclass(slots=True)
class PageOptions:
    """The settings a request runs under: the port's, changed by its ON rule, changed by $Web_Set."""

    autodone: bool = True
    autoon: bool = True
    audterm: bool = False
    msgsend: bool = True
    closeimmed: bool = False
    closeread: bool = False
    compress: int = 0
    may_compress: bool = True  # NCMPBUF above 0
    line_end: str = LINE_ENDS["CRLF"]
    raw_input: bool = False
    raw_input_only: bool = False
    form_post_wait: int = 900
    form_redirect_wait: int = 60
    page_bytes: int = DEFAULT_PAGE_BYTES


class Page:
    """What has been collected for the browser. Satisfies `soul.runtime.thread.Output`.

    `on` is the $Web_On state, off when the page is done. `finished` is called once, when the page is done.
    """

    content_type: str = ""
    on: bool = False
    done: bool = False
    status: int = 200
    note: str = ""  # the message of $Web_Done
    expires: str = ""
    last_modified: str = ""
    sub: str = ""  # delimiter of $Web_Sub
    thread: Thread | None = None
    captured: list[str] | None = None  # takes messages too while a login is going on
    overflowed: bool = False  # more than page_bytes: the request is being cancelled

    def __init__(self, options: PageOptions, journal: Journal, finished: Callable[[], None] | None = None) -> None:
        self.options = options
        self.journal = journal
        self.finished = finished
        self.headers: dict[str, tuple[str, str]] = {}
        self.cookies: dict[tuple[str, str, str], SetCookie] = {}
        self._parts: list[str | bytes] = []
        self._keep = self._parts.append
        self._room = options.page_bytes  # what may still be added

    def line(self, text: str) -> None:
        """Take one line of program output; neither wrapped nor cut."""
        if self.on:  # `_add`, spelled out: this is called for every line of every page
            line = text + self.options.line_end
            self._keep(line)
            self._room -= len(line)
            if self._room < 0:
                self._overflow()
        elif self.done:
            raise self.lost()
        elif self.options.audterm:
            self.journal.write("RK", text, self.thread)

    def several(self, texts: Sequence[str]) -> None:
        """Take several lines of program output."""
        if self.on:
            end = self.options.line_end
            self._add(end.join(texts) + end)
        else:
            for text in texts:
                self.line(text)

    def message(self, text: str) -> None:
        """Take one message line. After the response only the audit trail has it (our choice)."""
        if self.captured is not None:
            self.captured.append(text)
        if self.done or self.overflowed:
            return
        if self.on:
            if self.options.msgsend:
                self._add(text + self.options.line_end)
        elif self.options.audterm:
            self.journal.write("RK", text, self.thread)

    def put_text(self, text: str, line_end: str = "") -> None:
        """Add a line whether or not terminal output is collected: $Web_Put_Text. `line_end` is CR, LF or CRLF."""
        self._add(text + (LINE_ENDS[line_end] if line_end else self.options.line_end))

    def put_bytes(self, data: bytes) -> None:
        """Add bytes as they are."""
        self._add(data)

    def _add(self, part: str | bytes) -> None:
        self._keep(part)
        self._room -= len(part)
        if self._room < 0:
            self._overflow()

    def _overflow(self) -> NoReturn:
        self._parts.clear()
        self.overflowed = True
        raise RequestCancelled(WEB_MESSAGES["SOUL.2403"], limit=self.options.page_bytes)

    def flush(self) -> None:
        """Forget what has been collected."""
        self._parts.clear()
        self._room = self.options.page_bytes

    def reset(self) -> None:
        """Forget content, status and headers: an exception handler makes a page of its own."""
        self.flush()
        self.done = self.overflowed = False
        self.status, self.note, self.expires, self.last_modified = 200, "", "", ""
        self.headers.clear()
        self.cookies.clear()

    def finish(self, status: int = 200, note: str = "") -> None:
        """Mark the page as done: nothing can be added or changed any more."""
        self.status, self.note, self.done = status, note, True
        self.on = False
        if self.finished is not None:
            self.finished()

    def lost(self) -> ConnectionLost:
        """Journal M204.0564 and return what ends the user."""
        if self.thread is not None:
            self.thread.message(WEB_MESSAGES["M204.0564"])
        return ConnectionLost()

    def set_header(self, name: str, value: str) -> None:
        """Set a response header, replacing one of the same name; HeaderError when it may not be sent."""
        check_header(name, value)
        self.headers[name.lower()] = (name, value)

    def set_cookie(self, cookie: SetCookie) -> None:
        """Set a cookie, replacing one of the same name, path and domain; CookieError when it may not be sent."""
        cookie.header()
        self.cookies[(cookie.name, cookie.path, cookie.domain)] = cookie

    @property
    def text(self) -> str:
        """What has been collected, as text ($Web_Output_Content)."""
        return "".join(part if isinstance(part, str) else part.decode("latin-1") for part in self._parts)

    @property
    def data(self) -> bytes:
        """What has been collected, as the bytes that would be sent."""
        return self._encode(self.type_now)[0]

    def response(self, request: HttpRequest) -> HttpResponse:
        """Return the finished response to `request`; 304 when the client has the page already."""
        plain = self.status == 200 and not (self.headers or self.cookies or self.expires or self.last_modified)
        if plain and not (self.note or self.options.compress):  # as nearly always
            body, content_type = self._encode(self.content_type or DEFAULT_TYPE)
            return HttpResponse(200, "OK", [("Content-Type", content_type)], body)
        if self._unchanged(request):
            self.status = 304
        content_type = self.type_now
        body, content_type = self._encode(content_type)
        if not body and self.note and self.status not in (204, 304):
            page = plain_page(self.status, self.note)
            body, content_type = page.body, page.headers[0][1]
        response = HttpResponse(self.status, reason_of(self.status), body=body)
        if body or self.status == 200:
            response.headers.append(("Content-Type", content_type))
        if self.headers:
            response.headers += [header for name, header in self.headers.items() if name != "content-type"]
        if self.cookies:
            response.headers += [("Set-Cookie", cookie.header()) for cookie in self.cookies.values()]
        if self.expires and "expires" not in self.headers:
            response.headers.append(("Expires", self.expires))
        if self.last_modified and "last-modified" not in self.headers:
            response.headers.append(("Last-Modified", self.last_modified))
        if not self.options.compress:
            return response
        accepted = ", ".join(request.header_all("Accept-Encoding"))
        return compressed(response, self.options.compress, accepted)

    def _unchanged(self, request: HttpRequest) -> bool:
        """Say whether If-Modified-Since is not before $Web_Last_Modified (unconfirmed in the documentation)."""
        if not self.last_modified or self.status != 200 or request.method not in ("GET", "HEAD"):
            return False
        since = request.header("If-Modified-Since")
        if not since:
            return False
        changed, known = from_text(self.last_modified, 1970), from_text(since, 1970)
        return changed is not None and known is not None and changed <= known

    @property
    def type_now(self) -> str:
        """The content type so far: $Web_Type, $Web_Response, TYPE rule, text/html."""
        named = self.headers.get("content-type")
        return (named[1] if named else "") or self.content_type or DEFAULT_TYPE

    def _encode(self, content_type: str) -> tuple[bytes, str]:
        """Return the body's bytes and the type to send.

        The type is sent as it was given. Only when a text type names no character set and the page is not plain
        ASCII, `charset=utf-8` is added: without it browsers guess (our choice; extends m204wiki, JANUS WEB TYPE).
        """
        parts = self._parts
        try:
            text = "".join(parts)  # type: ignore[arg-type]
        except TypeError:  # bytes among them
            text = ""
        if text.isascii() and (text or not parts):
            return text.encode("ascii"), content_type
        charset, named = _charset(content_type)
        body = b"".join(part.encode(charset, "replace") if isinstance(part, str) else part for part in parts)
        plain = all(isinstance(part, bytes) or part.isascii() for part in parts)
        if named or plain or not content_type.lower().startswith("text/"):
            return body, content_type
        return body, f"{content_type}; charset=utf-8"


def _charset(content_type: str) -> tuple[str, bool]:
    """Return the codec a content type asks for, and whether it names one."""
    for option in content_type.split(";")[1:]:
        name, _, value = option.partition("=")
        if name.strip().lower() == "charset":
            codec = value.strip().strip("\"'")
            try:
                "".encode(codec)
            except (LookupError, ValueError):
                return "utf-8", True
            return codec, True
    return "utf-8", False
