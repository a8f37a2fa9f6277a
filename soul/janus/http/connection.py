"""One server-side HTTP connection without any I/O: bytes in, requests out; responses in, bytes out.

    connection = HttpConnection(limits, "1.1")
    connection.receive(data)
    request = connection.next_request()          # None: more bytes are needed; HttpRefusal: answer and close
    chunks = connection.render(request, response)
    if connection.closing: close after the chunks have been sent

Requests that a client sends ahead (pipelining) wait in the buffer until the response before them is rendered.
"""

from __future__ import annotations

import re
from enum import Enum

from soul.janus.http.body import BodyReader
from soul.janus.http.head import Head, HttpLimits, HttpRefusal, parse_head
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.http.response import plain_page, render

__all__ = ["HttpConnection", "HttpLimits", "HttpRefusal", "Phase"]

_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
REPEATED_BYTES = 2048  # heads up to this length are remembered until the next one, which is often the same


class Phase(Enum):
    """What the connection waits for; each has a time limit of its own."""

    IDLE = "idle"  # no byte of a request has come
    HEAD = "head"  # a head has begun
    BODY = "body"  # the head is complete, the body is not
    BUSY = "busy"  # a request has been given out and not answered yet
    CLOSED = "closed"  # refused or answered for the last time


# Looking a member of an Enum up takes Python 3.11 as long as a call.
_IDLE, _HEAD, _BODY, _BUSY, _CLOSED = Phase.IDLE, Phase.HEAD, Phase.BODY, Phase.BUSY, Phase.CLOSED


class HttpConnection:
    """The HTTP side of one connection. Not thread-safe: it has one owner at a time, as the connection itself.

    `http_version` is the port's HTTPVERSION, "1.0" or "1.1"; `keep_alive` says whether the port keeps
    connections at all (KEEPALIVE above 0).
    """

    def __init__(self, limits: HttpLimits | None = None, http_version: str = "1.1", keep_alive: bool = True) -> None:
        self._limits = limits or HttpLimits()
        self._http_version = http_version
        self._keep_alive = keep_alive
        self._buffer = bytearray()
        self._scanned = 0  # how far the buffer is known to hold no end of a head
        self._head: Head | None = None
        self._body: BodyReader | None = None
        self._last: tuple[bytes, HttpRequest] | None = None  # the latest head without a body, and what it says
        self._busy = False
        self._ended = False
        self._output = b""
        self._skipped_empty_line = False
        self.closing = False  # nothing more is read; close when the output has been sent
        self.requests = 0  # how many requests have been given out

    @property
    def phase(self) -> Phase:
        """Say what the connection waits for."""
        if self.closing:
            return _CLOSED
        if self._busy:
            return _BUSY
        if self._head is not None:
            return _BODY
        return _HEAD if self._buffer else _IDLE

    @property
    def body_received(self) -> int:
        """Return how many bytes of the present body have come, for the minimum rate."""
        return self._body.received if self._body is not None else 0

    def receive(self, data: bytes) -> None:
        """Take bytes from the client; b'' means that it will send no more."""
        if not data:
            self._ended = True
        elif not self.closing:
            self._buffer += data

    def next_request(self) -> HttpRequest | None:
        """Return the next complete request, None while it is incomplete or the one before is not answered.

        Raises HttpRefusal; answer with `refuse` and close.
        """
        if self._busy or self.closing or (not self._buffer and self._head is None):
            return None
        try:
            request = self._advance()
            if request is None and self._ended and self.phase is not _IDLE:
                raise HttpRefusal(400, "The request ended half way")
        except HttpRefusal:
            self._close()
            raise
        return request

    def again(self, data: bytes) -> HttpRequest | None:
        """Return the request before this one when `data` is just the same request and nothing else, as it often is.

        Otherwise nothing is taken: `receive` it.
        """
        last = self._last
        if last is None or last[0] != data or self._buffer or self._head is not None or self._busy or self.closing:
            return None
        self._skipped_empty_line = False
        return self._given_out(last[1])

    def pending_output(self) -> bytes:
        """Return what must be sent before the body comes (100 Continue), once; usually b''."""
        output, self._output = self._output, b""
        return output

    def render(self, request: HttpRequest, response: HttpResponse) -> list[bytes]:
        """Return the bytes that answer `request`; `closing` then says whether the connection ends."""
        keep = request.keep_alive and self._keep_alive and not (response.close or self._ended)
        keep = keep and (self._http_version == "1.1" or _asks_to_keep(request))
        chunks, keep = render(request, response, http_version=self._http_version, keep_alive=keep)
        if not keep:
            self._close()
        self._busy = False
        return chunks

    def refuse(self, refusal: HttpRefusal) -> list[bytes]:
        """Return the bytes that answer a refused request; the connection is closed after them."""
        self._close()
        response = plain_page(refusal.status, refusal.text)
        return render(None, response, http_version=self._http_version, keep_alive=False)[0]

    def _close(self) -> None:
        """Forget everything that came and will come."""
        self.closing = True
        self._buffer.clear()
        self._head = self._last = None
        if self._body is not None:
            self._body.discard()
            self._body = None

    def _advance(self) -> HttpRequest | None:
        """Go on from what is in the buffer."""
        raw = b""
        if self._head is None:
            taken = self._take_head()
            if taken is None:
                return None
            raw = taken
            if self._last is not None and self._last[0] == raw:
                return self._given_out(self._last[1])
            self._begin(raw)
        head, body = self._head, self._body
        assert head is not None
        assert body is not None
        body.feed(self._buffer)
        if not body.complete:
            return None
        request = self._complete(head, body)
        repeatable = 0 < len(raw) <= REPEATED_BYTES and not (head.length or head.chunked or head.expects_continue)
        self._last = (raw, request) if repeatable else None
        return request

    def _complete(self, head: Head, body: BodyReader) -> HttpRequest:
        """Give out the request whose head and body have come."""
        self._head = self._body = None
        self._output = b""  # a body that is there already needs no 100 Continue
        return self._given_out(
            HttpRequest(
                method=head.method,
                raw_path=head.raw_path,
                path=head.path,
                query=head.query,
                version=head.version,
                headers=head.headers,
                body=body.content(),
                keep_alive=head.keep_alive,
            )
        )

    def _given_out(self, request: HttpRequest) -> HttpRequest:
        """Count a request that is given out now."""
        self._busy = True
        self.requests += 1
        return request

    def _begin(self, raw: bytes) -> None:
        """Begin with the request of a head."""
        self._head = parse_head(raw, self._limits)
        self._body = BodyReader(self._head, self._limits)
        if self._head.expects_continue and not self._body.complete:
            self._output = CONTINUE

    def _take_head(self) -> bytes | None:
        """Take a whole head from the buffer; None when its end has not come."""
        buffer = self._buffer
        if not self._skipped_empty_line and buffer.startswith(b"\r\n"):
            del buffer[:2]  # some clients send one after a POST body: RFC 9112, section 2.2
            self._skipped_empty_line = True
        limit = self._limits.head_bytes
        end = buffer.find(b"\r\n\r\n", max(0, self._scanned - 3), limit)
        if end < 0:
            if len(buffer) >= limit:
                raise HttpRefusal(*self._too_large())
            if _BARE_LINE_FEED.search(buffer, max(0, self._scanned - 1)):
                raise HttpRefusal(400, "The lines of a request end in CR LF")
            self._scanned = len(buffer)
            return None
        if len(buffer) == end + 4:  # nothing was sent ahead
            raw = bytes(buffer)
            buffer.clear()
        else:
            raw = bytes(buffer[: end + 4])
            del buffer[: end + 4]
        self._scanned = 0
        self._skipped_empty_line = False
        return raw

    def _too_large(self) -> tuple[int, str]:
        """Say which part of an endless head is too large."""
        if b"\n" not in self._buffer[: self._limits.target_bytes + 64]:
            return 414, "The URL is too long"
        return 431, "The request head is too large"


def _asks_to_keep(request: HttpRequest) -> bool:
    """Say whether the client asks in words that the connection be kept, as HTTP/1.0 requires."""
    return any("keep-alive" in value.lower() for value in request.header_all("Connection"))
