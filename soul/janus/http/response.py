"""A response as bytes: status line, checked headers, framing. RFC 9112."""

from __future__ import annotations

import re
import time
from email.utils import formatdate
from functools import lru_cache
from html import escape
from http import HTTPStatus

from soul.janus.http.message import HttpRequest, HttpResponse

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BAD_REASON = re.compile(r"[^\t -~]")

# The connection decides these; a handler that sets one would break the framing for everybody behind a proxy.
FRAMING_HEADERS = frozenset(("content-length", "transfer-encoding", "connection", "keep-alive", "trailer", "upgrade"))

# Reason phrases that m204wiki, $Web_Done prints differently from today's RFC.
_REASONS = {302: "Moved Temporarily", 401: "Unauthorized"}
_NO_BODY = frozenset((204, 304))
SMALL_BODY = 12 * 1024  # up to this length a body comes in one piece with its head, in one TLS record


class HeaderError(ValueError):
    """A header name or value that may not be sent, such as one with a line end in it."""


def check_header(name: str, value: str) -> None:
    """Raise HeaderError unless the header can be sent as it is."""
    if not _NAME.match(name):
        raise HeaderError(f"invalid response header name {name[:40]!r}")
    if _BAD_VALUE.search(value):
        raise HeaderError(f"invalid character in the value of response header {name[:40]}")


@lru_cache(maxsize=100)
def reason_of(status: int) -> str:
    """Return the usual text of a status code."""
    if status in _REASONS:
        return _REASONS[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def plain_page(status: int, text: str = "") -> HttpResponse:
    """Return the built-in page for a status: its number, its name and one sentence, nothing else (our choice)."""
    title = f"{status} {reason_of(status)}"
    paragraph = f"<p>{escape(text)}</p>\n" if text else ""
    body = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body>\n<h1>{title}</h1>\n{paragraph}</body></html>\n"
    )
    return HttpResponse(status, headers=[("Content-Type", "text/html; charset=utf-8")], body=body.encode())


@lru_cache(maxsize=4)
def _date(second: int) -> bytes:
    """Return the Date header of one second; making it costs more than the rest of a small response."""
    return f"Date: {formatdate(second, usegmt=True)}\r\n".encode("ascii")


def render(
    request: HttpRequest | None,
    response: HttpResponse,
    *,
    http_version: str,
    keep_alive: bool,
    second: int | None = None,
) -> tuple[list[bytes], bool]:
    """Return the bytes of `response`, head and body apart when the body is large; and whether the connection is kept.

    `request` is None when no request was understood. A header that may not be sent turns the whole response into
    a plain 500: a response that lies about itself is worse than none.
    """
    headers, body = response.headers, response.body
    moment = int(time.time()) if second is None else second
    if len(headers) == 1 and request is not None and request.method != "HEAD" and 0 < len(body) <= SMALL_BODY:
        versions = (http_version, request.version)
        head = _usual_head(response.status, response.reason, headers[0], moment, versions, keep_alive)
        if head is not None:
            return [head % len(body) + body], keep_alive
    try:
        lines, has_date = _header_lines(response)
    except HeaderError:
        response = plain_page(500)
        response.close = True
        keep_alive = False
        lines, has_date = _header_lines(response)
    status, body = response.status, response.body
    modern = http_version == "1.1" and (request is None or request.version == "1.1")
    start = _status_line(status, response.reason, modern)
    date = b"" if has_date else _date(moment)
    length = b"" if status in _NO_BODY else b"Content-Length: %d\r\n" % len(body)
    end = _end_of_head(modern, keep_alive)
    if status in _NO_BODY or (request is not None and request.method == "HEAD"):
        body = b""
    if len(body) <= SMALL_BODY:
        return [b"".join((start, date, lines, length, end, body))], keep_alive
    return [b"".join((start, date, lines, length, end)), body], keep_alive


@lru_cache(maxsize=64)
def _usual_head(
    status: int, reason: str, header: tuple[str, str], second: int, versions: tuple[str, str], keep_alive: bool
) -> bytes | None:
    """Return the head of nearly every response, with `%d` for the length; a server has few.

    None when there is more to be thought of: another header than Content-Type, or one that may not be sent; no body.
    """
    name, content_type = header
    if name != "Content-Type" or status in _NO_BODY:
        return None
    try:
        check_header(name, content_type)
    except HeaderError:
        return None
    modern = versions == ("1.1", "1.1")
    line = f"Content-Type: {content_type}\r\n".encode("latin-1", "replace")
    before = _status_line(status, reason, modern) + _date(second) + line
    return before.replace(b"%", b"%%") + b"Content-Length: %d\r\n" + _end_of_head(modern, keep_alive)


def _end_of_head(modern: bool, keep_alive: bool) -> bytes:
    if keep_alive:
        return b"\r\n" if modern else b"Connection: keep-alive\r\n\r\n"
    return b"Connection: close\r\n\r\n"


def _status_line(status: int, reason: str, modern: bool) -> bytes:
    usual = reason_of(status)
    reason = usual if reason == usual else _BAD_REASON.sub(" ", reason) or usual
    return b"HTTP/1.%d %d %b\r\n" % (modern, status, reason.encode("ascii"))


def _header_lines(response: HttpResponse) -> tuple[bytes, bool]:
    """Return the handler's header lines, without those that belong to the connection, and whether Date is one."""
    text: list[str] = []
    has_date = False
    for name, value in response.headers:
        check_header(name, value)
        lowered = name.lower()
        if lowered in FRAMING_HEADERS:
            continue
        has_date = has_date or lowered == "date"
        text.append(f"{name}: {value}\r\n")
    return "".join(text).encode("latin-1", "replace"), has_date
