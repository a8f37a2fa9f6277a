"""The client of the offline tests: presents any certificate or none, and sees what a browser or program would see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from soul.janus.certificates.keys import KeyMaterial
from soul.janus.http.client import ClientResponse, ResponseReader, render_request
from soul.janus.peer import Peer
from soul.janus.stream import Address, ByteStream, StreamError
from soul.janus.tls.connection import ClientSession
from soul.janus.tls.engine import TlsEngine
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.stream import TlsStream
from soul.janus.tls.verdicts import TlsBroken, TlsRefused

WAIT_SECONDS = 30.0


class Refused(Exception):
    """The port did not let the client in.

    `alert` is the TLS alert number the client received, None when the connection was just closed; `reason` in words.
    """

    def __init__(self, reason: str, alert: int | None) -> None:
        self.reason = reason
        self.alert = alert
        super().__init__(reason)


@dataclass(frozen=True)
class Answer:
    """What came back: `status`, `headers`, `body`; whom the request ran as; the audit-trail lines it caused."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    userid: str
    audit: tuple[str, ...] = field(repr=False)
    resumed: bool = False
    session: ClientSession | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The body as text (UTF-8, else Latin-1)."""
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError:
            return self.body.decode("latin-1")

    def header(self, name: str) -> str | None:
        """Return the value of the first header called `name` (any case), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Connection:
    """One connection to a port: TLS when the port has it. Use it as a context manager, or call `close`."""

    def __init__(self, stream: ByteStream, address: Address, settled: Callable[[], None]) -> None:
        self._stream = stream
        self._settled = settled
        self.address = address
        self._reader = ResponseReader(stream)
        self._buffer = b""

    @classmethod
    def open(
        cls,
        carrier: ByteStream,
        generation: TlsGeneration | None,
        resume: ClientSession | None,
        settled: Callable[[], None],
    ) -> Connection:
        """Do the handshake when there is a generation. Raises Refused."""
        if generation is None:
            return cls(carrier, carrier.local, settled)
        stream = TlsStream(carrier, TlsEngine(generation, server_name="localhost", resume=resume))
        try:
            stream.handshake(WAIT_SECONDS)
        except TlsRefused as error:
            settled()
            raise Refused(error.refusal.reason, stream.engine.alert_received) from error
        except StreamError as error:
            settled()
            raise Refused(str(error), stream.engine.alert_received) from error
        return cls(stream, carrier.local, settled)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def server(self) -> Peer | None:
        """What is known about the server: protocol, certificate chain; None without TLS."""
        return self._stream.peer if isinstance(self._stream, TlsStream) else None

    @property
    def resumed(self) -> bool:
        """Say whether the handshake resumed an earlier session."""
        return isinstance(self._stream, TlsStream) and self._stream.engine.resumed

    @property
    def session(self) -> ClientSession | None:
        """The session to offer in a later connection; in TLS 1.3 only after something was received."""
        return self._stream.engine.client_session() if isinstance(self._stream, TlsStream) else None

    def exchange(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        close: bool = False,
    ) -> ClientResponse:
        """Send a request and return the response. Raises Refused when the connection ends instead."""
        fields = {"Host": "localhost", **(headers or {})}
        if body or method in ("POST", "PUT"):
            fields["Content-Length"] = str(len(body))
        if close:
            fields["Connection"] = "close"
        data = render_request(method, path, list(fields.items()), body, "1.1")
        return self.exchange_raw(data, method)

    def exchange_raw(self, data: bytes, method: str = "GET") -> ClientResponse:
        """Send bytes of any shape and return the response to them. Raises Refused when the connection ends instead."""
        try:
            self._stream.send(data, WAIT_SECONDS)
            return self._reader.read(method, WAIT_SECONDS)
        except TlsBroken as error:
            self.close()
            raise Refused(str(error), error.alert) from error
        except StreamError as error:
            self.close()
            raise Refused(str(error), None) from error

    def send(self, data: bytes | str) -> None:
        """Send to a socket port; text is sent as Latin-1. Raises Refused when the connection is broken."""
        try:
            self._stream.send(data.encode("latin-1") if isinstance(data, str) else data, WAIT_SECONDS)
        except StreamError as error:
            raise self._broken(error) from error

    def send_line(self, text: str) -> None:
        """Send a line that ends in CR LF."""
        self.send(text + "\r\n")

    def receive(self, limit: int = 65536) -> bytes:
        """Return what has come, at least one byte; b'' at the end. Raises Refused when the connection is broken."""
        if self._buffer:
            data, self._buffer = self._buffer[:limit], self._buffer[limit:]
            return data
        try:
            return self._stream.receive(limit, WAIT_SECONDS)
        except StreamError as error:
            raise self._broken(error) from error

    def receive_line(self) -> str:
        """Return the next line without its CR, LF or CR LF; '' at the end of the stream."""
        while b"\n" not in self._buffer and b"\r" not in self._buffer[:-1]:
            data = self._stream_receive()
            if not data:
                break
            self._buffer += data
        line, _, rest = self._buffer.replace(b"\r\n", b"\n").replace(b"\r", b"\n").partition(b"\n")
        self._buffer = rest
        return line.decode("latin-1")

    def receive_all(self) -> bytes:
        """Return everything up to the end of the stream."""
        parts = [self._buffer]
        self._buffer = b""
        while data := self._stream_receive():
            parts.append(data)
        return b"".join(parts)

    def _stream_receive(self) -> bytes:
        try:
            return self._stream.receive(65536, WAIT_SECONDS)
        except StreamError as error:
            raise self._broken(error) from error

    @staticmethod
    def _broken(error: StreamError) -> Refused:
        return Refused(str(error), error.alert if isinstance(error, TlsBroken) else None)

    def finish(self) -> None:
        """Say that nothing more is sent; receiving still works."""
        self._stream.finish()

    def close(self) -> None:
        """Close, and wait until the server's side is over, so that its audit lines are there."""
        self._stream.close()
        self._settled()


def form_body(fields: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    """Return the headers and body of a posted form."""
    return {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(fields).encode("ascii")


__all__ = ["Answer", "Connection", "KeyMaterial", "Refused", "form_body"]
