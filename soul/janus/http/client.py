"""The client side of HTTP/1.1 over any `ByteStream`: the HTTP Helper classes and the offline tests.

Reads one response per call; the framing rules are those of RFC 9112 6.3, with limits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from soul.janus.stream import ByteStream, StreamError
from soul.language.whole import whole_number

HEAD_LIMIT = 65536
BODY_LIMIT = 256 * 1024 * 1024
_CHUNK = 65536
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: ([^\r\n]*))?")
_BODILESS = frozenset((204, 304))


class ResponseError(Exception):
    """The other side did not answer with a well-formed HTTP response."""


@dataclass(frozen=True, slots=True)
class ClientResponse:
    """A response as received. `headers` keep order and spelling."""

    status: int
    reason: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(default=b"", repr=False)

    def header_all(self, name: str) -> list[str]:
        """Return the values of every header called `name`, in order."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def header(self, name: str) -> str | None:
        """Return the value of the first header called `name`, or None."""
        found = self.header_all(name)
        return found[0] if found else None

    @property
    def keeps_alive(self) -> bool:
        """Say whether the connection may carry another request."""
        word = (self.header("Connection") or "").lower()
        return word == "keep-alive" if self.version == "1.0" else word != "close"


def render_request(method: str, target: str, headers: list[tuple[str, str]], body: bytes, version: str) -> bytes:
    """Return the bytes of a request. Raises ValueError for a name, value or target that could split the head."""
    lines = [f"{method} {target} HTTP/{version}"]
    for name, value in headers:
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ValueError(f"'{name}' is not a header name")
        lines.append(f"{name}: {value}")
    text = "\r\n".join(lines)
    if any(character in line for line in lines for character in "\r\n\0") or not re.fullmatch(r"[!-~]+", target):
        raise ValueError("a header value or the target holds a line end or a blank")
    return text.encode("latin-1", "replace") + b"\r\n\r\n" + body


class ResponseReader:
    """Reads the responses of one connection."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._buffer = bytearray()

    def read(self, method: str, timeout: float | None) -> ClientResponse:
        """Return the next final response. Raises ResponseError, StreamError and its kinds."""
        while True:
            response = self._head(timeout)
            if response.status >= 200:
                break
        if method == "HEAD" or response.status in _BODILESS:
            return response
        return ClientResponse(
            response.status, response.reason, response.version, response.headers, self._body(response, timeout)
        )

    def _more(self, timeout: float | None) -> bool:
        data = self._stream.receive(_CHUNK, timeout)
        self._buffer += data
        return bool(data)

    def _head(self, timeout: float | None) -> ClientResponse:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > HEAD_LIMIT:
                raise ResponseError("the response head is too large")
            if not self._more(timeout):
                if not self._buffer:
                    raise StreamError("the connection was closed without a response")
                raise ResponseError("the connection was closed inside the response head")
        lines = bytes(self._buffer[:end]).split(b"\r\n")
        del self._buffer[: end + 4]
        status = _STATUS.fullmatch(lines[0])
        if status is None:
            raise ResponseError("the answer is not an HTTP response")
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon:
                raise ResponseError("the response has a malformed header line")
            headers.append((name.decode("latin-1"), value.strip().decode("latin-1")))
        return ClientResponse(
            int(status[2]), (status[3] or b"").decode("latin-1"), f"1.{status[1].decode()}", tuple(headers)
        )

    def _body(self, response: ClientResponse, timeout: float | None) -> bytes:
        if "chunked" in (response.header("Transfer-Encoding") or "").lower():
            return self._chunked(timeout)
        length = response.header("Content-Length")
        if length is None:
            while self._more(timeout):
                self._limit(len(self._buffer))
            return self._take(len(self._buffer))
        size = whole_number(length)
        if size is None:
            raise ResponseError("the response has a malformed Content-Length")
        return self._exactly(size, timeout)

    def _chunked(self, timeout: float | None) -> bytes:
        body = bytearray()
        while True:
            size_text = self._line(timeout).partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size_text):
                raise ResponseError("the response has a malformed chunk")
            size = int(size_text, 16)
            if size == 0:
                while self._line(timeout):
                    pass
                return bytes(body)
            self._limit(len(body) + size)
            body += self._exactly(size, timeout)
            if self._line(timeout):
                raise ResponseError("the response has a malformed chunk")

    def _line(self, timeout: float | None) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > HEAD_LIMIT or not self._more(timeout):
                raise ResponseError("the response has a malformed chunk")
        line = self._take(end)
        del self._buffer[:2]
        return line

    def _exactly(self, size: int, timeout: float | None) -> bytes:
        self._limit(size)
        while len(self._buffer) < size:
            if not self._more(timeout):
                raise ResponseError("the connection was closed inside the response body")
        return self._take(size)

    def _take(self, count: int) -> bytes:
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    @staticmethod
    def _limit(size: int) -> None:
        if size > BODY_LIMIT:
            raise ResponseError(f"the response body is larger than {BODY_LIMIT} bytes")
