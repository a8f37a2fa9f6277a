"""The head of an HTTP request: a strict check of ours first, then httptools as the parser.

Neither httptools nor h11 alone is strict enough to stand behind a proxy: each lets through heads that another server
reads differently. One regular expression fixes the form of every byte; the checks after it fix the meaning of Host,
Content-Length and Transfer-Encoding. RFC 9110, RFC 9112.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httptools

MAX_METHOD = 16  # m204wiki, JANUS WEB: OTHER and ANY take method names of at most 16 characters


class HttpRefusal(Exception):
    """A request that is answered with `status` and `text`, after which the connection is closed.

    Bytes behind a refused request are never looked at.
    """

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        self.text = text
        super().__init__(f"{status} {text}")


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """How large a request may be. Sizes in bytes; a body above `spool_bytes` waits in a temporary file."""

    head_bytes: int = 32 * 1024
    fields: int = 100
    target_bytes: int = 8 * 1024
    body_bytes: int = 16 * 1024 * 1024
    spool_bytes: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Head:
    """A checked request head. `length` is the declared body length; `chunked` bodies have none."""

    method: str
    raw_path: str
    path: str
    query: str
    version: str
    headers: tuple[tuple[str, str], ...]
    length: int
    chunked: bool
    keep_alive: bool
    expects_continue: bool


_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_LINES = re.compile(
    rb"(" + _TOKEN + rb") ([!-~]+) HTTP/1\.([01])\r\n"
    rb"(?:" + _TOKEN + rb":[\t -~\x80-\xff]*\r\n)*\r\n"
)
_REQUEST_LINE = re.compile(rb"(" + _TOKEN + rb") ([!-~]+) HTTP/(\d)\.(\d)\r\n")
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~!$&'()*+,;=%-]{1,255})(?::\d{1,5})?\Z")
_ABSOLUTE = re.compile(rb"https?://([^/?]*)(.*)\Z", re.IGNORECASE | re.DOTALL)
_LENGTH = re.compile(rb"\d{1,15}\Z")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")

# Methods that httptools knows as HTTP; any other token is shown to it as GET, since the rules accept OTHER methods.
_PARSER_METHODS = frozenset((b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE"))

# Fields that decide framing or identity: present twice, the request is refused, since no choice between them is safe.
_SINGLE = {
    b"host": "Host",
    b"content-length": "Content-Length",
    b"transfer-encoding": "Transfer-Encoding",
    b"authorization": "Authorization",
    b"content-type": "Content-Type",
    b"expect": "Expect",
}


class _Collector:
    """What httptools calls back while it reads one head."""

    __slots__ = ("complete", "headers", "url")

    def __init__(self) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = False

    def on_url(self, url: bytes) -> None:
        """Take (a part of) the target."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header field."""
        self.headers.append((name, value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        """Note the end of the head."""
        self.complete = True


def parse_head(raw: bytes, limits: HttpLimits) -> Head:
    """Check and parse one request head.

    `raw` is everything from the request line to the empty line, both included. Raises HttpRefusal: 400 for anything
    malformed or ambiguous, 414 for a long target, 431 for too many fields, 501 for what is not served, 505 for
    another protocol version.
    """
    match = _LINES.fullmatch(raw)
    if match is None:
        raise _explain(raw)
    method, target, minor = match.groups()
    if len(method) > MAX_METHOD:
        raise HttpRefusal(501, "The method name is too long")
    if method == b"CONNECT":
        raise HttpRefusal(501, "CONNECT is not served here")
    if len(target) > limits.target_bytes:
        raise HttpRefusal(414, "The URL is too long")
    seen = _second_opinion(raw, method)
    if len(seen.headers) > limits.fields:
        raise HttpRefusal(431, "The request has too many header fields")
    single = _single_fields(seen.headers)
    modern = minor == b"1"
    length, chunked = _framing(single, modern)
    authority, origin = _origin_form(method, target)
    host = _check_host(single.get(b"host"), authority, modern)
    raw_path, _, query = origin.partition(b"?")
    headers = tuple(
        (name.decode("latin-1"), (host if authority and name.lower() == b"host" else value).decode("latin-1"))
        for name, value in seen.headers
    )
    return Head(
        method=method.decode("ascii"),
        raw_path=raw_path.decode("ascii"),
        path=_decode_path(raw_path),
        query=query.decode("ascii"),
        version="1.1" if modern else "1.0",
        headers=headers,
        length=length,
        chunked=chunked,
        keep_alive=_keeps_alive(seen.headers, modern),
        expects_continue=_expects_continue(single.get(b"expect"), modern),
    )


def _explain(raw: bytes) -> HttpRefusal:
    """Say why the form of a head is refused."""
    line = _REQUEST_LINE.match(raw)
    if line is not None and line.group(3) != b"1":
        return HttpRefusal(505, "This HTTP version is not supported")
    if line is None or line.group(4) not in (b"0", b"1"):
        return HttpRefusal(400, "The request line is malformed")
    return HttpRefusal(400, "A header field is malformed")


def _second_opinion(raw: bytes, method: bytes) -> _Collector:
    """Let httptools read the head that passed our check; what it refuses is refused."""
    collector = _Collector()
    if method not in _PARSER_METHODS:
        raw = b"GET" + raw[len(method) :]
    try:
        httptools.HttpRequestParser(collector).feed_data(raw)
    except httptools.HttpParserUpgrade:
        pass  # an offer to change the protocol is ignored: the request is answered as it is
    except httptools.HttpParserError:
        raise HttpRefusal(400, "The request is malformed") from None
    if not collector.complete:
        raise HttpRefusal(400, "The request is malformed")
    return collector


def _single_fields(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return the fields that may occur only once, by lower-case name."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        key = name.lower()
        if key in _SINGLE:
            if key in found:
                raise HttpRefusal(400, f"The header field {_SINGLE[key]} occurs more than once")
            found[key] = value
    return found


def _framing(single: dict[bytes, bytes], modern: bool) -> tuple[int, bool]:
    """Return (length, chunked). A request with both kinds of framing may be smuggled past a proxy: refused."""
    length = single.get(b"content-length")
    coding = single.get(b"transfer-encoding")
    if coding is not None:
        if length is not None:
            raise HttpRefusal(400, "Content-Length and Transfer-Encoding exclude each other")
        if not modern or coding.lower() != b"chunked":
            raise HttpRefusal(400, "This Transfer-Encoding is not accepted")
        return 0, True
    if length is None:
        return 0, False
    if not _LENGTH.match(length):
        raise HttpRefusal(400, "Content-Length is not a number")
    return int(length), False


def _origin_form(method: bytes, target: bytes) -> tuple[bytes, bytes]:
    """Return (authority, path and query); the authority is empty unless the target is a whole URL."""
    if b"#" in target:
        raise HttpRefusal(400, "The URL contains a fragment")
    if target.startswith(b"/"):
        return b"", target
    absolute = _ABSOLUTE.match(target)
    if absolute is not None:
        authority, rest = absolute.groups()
        if not _HOST.match(authority):
            raise HttpRefusal(400, "The host in the URL is malformed")
        return authority, rest if rest.startswith(b"/") else b"/" + rest
    if target == b"*" and method == b"OPTIONS":
        return b"", target
    raise HttpRefusal(400, "The URL does not start with a slash")


def _check_host(host: bytes | None, authority: bytes, modern: bool) -> bytes:
    """Check Host and return the host the request is for. A whole URL in the request line wins."""
    if host is None:
        if modern:
            raise HttpRefusal(400, "The header field Host is missing")
        return authority
    if not _HOST.match(host):
        raise HttpRefusal(400, "The header field Host is malformed")
    return authority or host


def _decode_path(raw_path: bytes) -> str:
    """Percent-decode once. Control characters, newlines and NUL among them, can be part of no name: refused."""
    if b"%" in raw_path:
        if _BAD_ESCAPE.search(raw_path):
            raise HttpRefusal(400, "The URL contains an invalid % escape")
        raw_path = _ESCAPE.sub(lambda m: bytes((int(m.group(1), 16),)), raw_path)
        if _CONTROLS.search(raw_path):
            raise HttpRefusal(400, "The URL contains a control character")
    try:
        return raw_path.decode("utf-8")
    except UnicodeDecodeError:
        return raw_path.decode("latin-1")


def _keeps_alive(headers: list[tuple[bytes, bytes]], modern: bool) -> bool:
    """Say whether the client wants the connection kept."""
    options = {
        option.strip().lower()
        for name, value in headers
        if name.lower() == b"connection"
        for option in value.split(b",")
    }
    if b"close" in options:
        return False
    return modern or b"keep-alive" in options


def _expects_continue(expect: bytes | None, modern: bool) -> bool:
    """Say whether the client waits for 100 Continue; in HTTP/1.0 the field means nothing."""
    if expect is None or not modern:
        return False
    if expect.lower() != b"100-continue":
        raise HttpRefusal(417, "This expectation is not supported")
    return True
