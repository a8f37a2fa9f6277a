"""The body of an HTTP request: by length or in chunks, counted against the limit, spooled when it is large.

The framing is our own: an unlimited chunk extension, leading zeros without end or a trailer field that another server
reads as a header are refused. RFC 9112, sections 6 and 7.
"""

from __future__ import annotations

import re
import tempfile
from enum import Enum, auto

from soul.janus.http.head import Head, HttpLimits, HttpRefusal

CHUNK_LINE_BYTES = 256
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})(?:[ \t]*;[\t -~\x80-\xff]*)?\Z")


class _Part(Enum):
    """What comes next in a chunked body."""

    SIZE = auto()
    DATA = auto()
    DATA_END = auto()
    LAST = auto()


class BodyReader:
    """Takes the body of one request out of the connection's buffer.

    Raises HttpRefusal 413 as soon as the limit is known to be passed, 400 for bad chunks.
    """

    def __init__(self, head: Head, limits: HttpLimits) -> None:
        if head.length > limits.body_bytes:
            raise HttpRefusal(413, "The request body is too large")
        self._limit = limits.body_bytes
        self._spool_bytes = limits.spool_bytes
        self._chunked = head.chunked
        self._left = head.length
        self._part = _Part.SIZE
        self._parts: list[bytes] = []
        self._size = 0
        self._file: tempfile.SpooledTemporaryFile[bytes] | None = None
        self.complete = not head.chunked and head.length == 0

    @property
    def received(self) -> int:
        """Return the number of body bytes taken so far, for rate limits."""
        return self._size

    def feed(self, buffer: bytearray) -> None:
        """Take what belongs to the body from the front of `buffer`; `complete` says when all of it has come."""
        if self._chunked:
            while not self.complete and self._step(buffer):
                pass
        elif not self.complete:
            self._take(buffer)
            self.complete = self._left == 0

    def content(self) -> bytes:
        """Return the whole body and release the temporary file."""
        if self._file is None:
            return b"".join(self._parts)
        with self._file as file:
            file.seek(0)
            return file.read()

    def discard(self) -> None:
        """Release the temporary file of a body that will not be used."""
        self._parts.clear()
        if self._file is not None:
            self._file.close()

    def _take(self, buffer: bytearray) -> None:
        """Move up to `_left` bytes from the buffer into the body."""
        data = bytes(buffer[: self._left])
        del buffer[: len(data)]
        self._left -= len(data)
        self._size += len(data)
        if self._file is None and self._size > self._spool_bytes:
            self._file = tempfile.SpooledTemporaryFile(max_size=1)  # noqa: SIM115 closed by content and discard
            self._file.write(b"".join(self._parts))
            self._parts.clear()
        if self._file is None:
            self._parts.append(data)
        else:
            self._file.write(data)

    def _step(self, buffer: bytearray) -> bool:
        """Take one element of a chunked body; False when more bytes are needed."""
        if self._part is _Part.DATA:
            if not buffer:
                return False
            self._take(buffer)
            if self._left == 0:
                self._part = _Part.DATA_END
            return True
        line = self._line(buffer)
        if line is None:
            return False
        if self._part is _Part.SIZE:
            self._begin_chunk(line)
        elif line:
            trailer = self._part is _Part.LAST
            raise HttpRefusal(400, "Trailer fields are not accepted" if trailer else "A chunk has a wrong length")
        elif self._part is _Part.LAST:
            self.complete = True
        else:
            self._part = _Part.SIZE
        return True

    def _line(self, buffer: bytearray) -> bytes | None:
        """Take one CRLF-ended line, without its end; None when it has not come yet."""
        end = buffer.find(b"\n", 0, CHUNK_LINE_BYTES)
        if end < 0:
            if len(buffer) >= CHUNK_LINE_BYTES:
                raise HttpRefusal(400, "A chunk size line is too long")
            if self._part is _Part.DATA_END and buffer and not buffer.startswith(b"\r"):
                raise HttpRefusal(400, "A chunk has a wrong length")
            return None
        if end == 0 or buffer[end - 1] != 0x0D:
            raise HttpRefusal(400, "A chunk is malformed")
        line = bytes(buffer[: end - 1])
        del buffer[: end + 1]
        return line

    def _begin_chunk(self, line: bytes) -> None:
        """Read a chunk size line."""
        match = _CHUNK_LINE.match(line)
        if match is None:
            raise HttpRefusal(400, "A chunk size is malformed")
        self._left = int(match.group(1), 16)
        if self._size + self._left > self._limit:
            raise HttpRefusal(413, "The request body is too large")
        self._part = _Part.DATA if self._left else _Part.LAST
