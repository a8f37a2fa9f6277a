"""One socket of a user: the stream, its state, its settings and its buffers.

Socket number 1 is the connection of a SRVSOCK thread, 2 and up are CLSOCK connections. Text is translated between
EBCDIC and the ASCII side by the STANDARD table, which is one-to-one with Latin-1, so CHAR text is sent as Latin-1
and BINARY text as its EBCDIC bytes.

Sources: m204wiki, $Sock_Info; $Sock_Set; $Sock_Recv; $Sock_RecvPrs; $Sock_OnReset; Translate tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from soul.janus.peer import Peer
from soul.janus.port import Port
from soul.janus.sockets.separators import Separators, parse_line_end
from soul.janus.stream import ByteStream, StreamError, StreamInterrupted, StreamTimeout
from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.errors import Stopped

CHUNK = 65536
SEND_BUFFER = 32768  # output is pushed when this much is waiting: bounds what one socket can hold back


class SocketState(StrEnum):
    """The documented values of $Sock_Info(n,'STAT')."""

    CONN = "CONN"
    FINR = "FINR"
    FINS = "FINS"
    FINBOTH = "FINBOTH"
    RESET = "RESET"


class OnReset(StrEnum):
    """What an operation on a RESET socket does."""

    CANCEL = "CANCEL"
    CANCELC = "CANCELC"
    CONTINUE = "CONTINUE"
    LABEL = "LABEL"
    LABELC = "LABELC"


class SocketReset(Exception):
    """The connection broke while the operation was under way; `reason` is for the audit trail."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass
class SocketSettings:
    """What $Sock_Set changes; the start values come from the port."""

    char: bool = True
    line_end: bytes | None = b"\r"
    separators: Separators | None = None
    on_reset: OnReset = OnReset.CANCEL
    close_at_request_end: bool = True
    capture: bool = False
    audit_terminal: bool = False
    table: str = "STANDARD"
    fin_close: bool = False

    @classmethod
    def of_port(cls, port: Port, *, server: bool) -> SocketSettings:
        """Return what a new socket of `port` starts with (m204wiki: LINEND, PRSTOK, BINARY, FINCLOSE, AUDTERM)."""
        definition = port.definition
        return cls(
            char=not definition.flag("BINARY"),
            line_end=parse_line_end(definition.string("LINEND") or "0D"),
            separators=Separators.parse(definition.string("PRSTOK") or "NONE"),
            close_at_request_end=not server,
            audit_terminal=definition.flag("AUDTERM"),
            fin_close=definition.flag("FINCLOSE"),
        )


@dataclass
class UserSocket:
    """A socket in use. `timeout` is the port's TIMEOUT in seconds, None for never."""

    number: int
    stream: ByteStream
    peer: Peer
    port_name: str
    settings: SocketSettings
    timeout: float | None = None
    fin_received: bool = False
    fin_sent: bool = False
    broken: str = ""  # why the socket is RESET; '' while it is open
    window: int | None = None  # bytes left of RECVLIM; None: no limit
    limit: int = 0  # RECVLIM as set
    on_close: Callable[[], None] = lambda: None
    _input: bytearray = field(default_factory=bytearray, repr=False)
    _output: bytearray = field(default_factory=bytearray, repr=False)

    @property
    def is_server(self) -> bool:
        """Say whether this is the connection of a SRVSOCK thread."""
        return self.number == 1

    @property
    def state(self) -> SocketState:
        """The documented state word."""
        if self.broken:
            return SocketState.RESET
        if self.fin_received:
            return SocketState.FINBOTH if self.fin_sent else SocketState.FINR
        return SocketState.FINS if self.fin_sent else SocketState.CONN

    # Sending.

    def encode(self, text: str, char: bool | None = None) -> bytes:
        """Return the bytes of `text` on the wire; `char` overrides the CHAR/BINARY setting."""
        if self.settings.char if char is None else char:
            return text.encode("latin-1", "replace")
        return to_ebcdic(text)

    def decode(self, data: bytes, char: bool | None = None) -> str:
        """Return the text of received bytes; `char` overrides the CHAR/BINARY setting."""
        if self.settings.char if char is None else char:
            return data.decode("latin-1")
        return from_ebcdic(data)

    def send(self, data: bytes, *, push: bool = False, fin: bool = False) -> None:
        """Send bytes, buffered unless `push` or `fin`. Raises SocketReset, Stopped."""
        self._output += data
        if push or fin or len(self._output) >= SEND_BUFFER:
            self.push()
        if fin:
            self.stream.finish()
            self.fin_sent = True
            self.settings.capture = False

    def push(self) -> None:
        """Send what is buffered. Raises SocketReset, Stopped."""
        if not self._output:
            return
        data, self._output = bytes(self._output), bytearray()
        with _Breaking(self):
            self.stream.send(data, self.timeout)

    # Receiving.

    def set_limit(self, limit: int) -> None:
        """Start a new receive window of `limit` bytes, 0 for none (RECVLIM)."""
        self.limit = limit
        self.window = limit or None

    def receive(self, maximum: int, minimum: int) -> bytes:
        """Return at least `minimum` bytes, or what came before the end; at most `maximum` and the window."""
        allowed = maximum if self.window is None else min(maximum, self.window)
        wanted = min(minimum, allowed)
        while len(self._input) < wanted and self._fill():
            pass
        return self._take(min(allowed, len(self._input)))

    def receive_until(self, separators: Separators, maximum: int) -> tuple[bytes, int, int]:
        """Return the data before the next separator, the separator's number (0: none) and the bytes taken."""
        start = 0
        while True:
            window = len(self._input) if self.window is None else min(len(self._input), self.window)
            exhausted = self.window is not None and window == self.window
            complete = self.fin_received or exhausted
            found = separators.find(self._input[:window] if exhausted else self._input, start, complete=complete)
            if found is not None and found.start <= maximum:
                taken = self._take(found.start + found.length)
                return taken[: found.start], found.index, len(taken)
            longest = maximum + separators.longest
            if found is not None or window >= longest or complete:
                data = self._take(min(window, maximum))
                return data, 0, len(data)
            start = max(0, len(self._input) - separators.longest)
            self._fill()

    def available(self, maximum: int, wait: float | None) -> bytes:
        """Return what can be had within `wait` seconds, perhaps nothing, at most `maximum` bytes."""
        if not self._input and not self.fin_received:
            self.push()
            try:
                data = self.stream.receive(CHUNK, 0.0 if wait is None else wait)
            except StreamTimeout:
                return b""
            except StreamInterrupted as error:
                raise Stopped(str(error)) from error
            except StreamError as error:
                raise self._reset(str(error)) from error
            self._arrived(data)
        return self._take(min(maximum, len(self._input)))

    def _take(self, count: int) -> bytes:
        data = bytes(self._input[:count])
        del self._input[:count]
        if self.window is not None:
            self.window -= len(data)
        return data

    def _fill(self) -> bool:
        """Wait for more input; False at the end of the stream."""
        self.push()
        if self.fin_received:
            return False
        with _Breaking(self):
            data = self.stream.receive(CHUNK, self.timeout)
        return self._arrived(data)

    def _arrived(self, data: bytes) -> bool:
        self._input += data
        if data:
            return True
        self.fin_received = True
        if self.settings.fin_close:
            self.broken = "the other side closed the connection"
            self.stream.close()
        return False

    def _reset(self, reason: str) -> SocketReset:
        self.broken = reason
        self._output.clear()
        self.stream.abort()
        return SocketReset(reason)

    def close(self) -> None:
        """Send what is buffered and close. Never raises."""
        if self._output and not self.broken:
            data, self._output = bytes(self._output), bytearray()
            try:
                self.stream.send(data, self.timeout if self.timeout is not None else 10.0)
            except StreamError as error:
                self.broken = str(error)
        self.stream.close()
        self.on_close()
        self.settings.capture = False


class _Breaking:
    """Turns what a stream raises into the socket's own state."""

    __slots__ = ("_socket",)

    def __init__(self, socket: UserSocket) -> None:
        self._socket = socket

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, StreamInterrupted):
            self._socket.broken = str(error)
            raise Stopped(str(error)) from error
        if isinstance(error, StreamTimeout):
            raise self._socket._reset("nothing came within the port's TIMEOUT") from error
        if isinstance(error, StreamError):
            raise self._socket._reset(str(error)) from error
