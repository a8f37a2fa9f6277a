"""The sockets of one user: numbers, limits, the last error, what ends with a request and with the login.

Sources: m204wiki, $Sock_Num; SOCKMAX parameter; $Sock_ErrInfo; $Sock_Set (CLOSE, NOCLOSE); $Sock_Capture.
"""

from __future__ import annotations

from collections.abc import Iterator

from soul.janus.messages import JANUS_MESSAGES
from soul.janus.sockets.usersocket import OnReset, SocketReset, SocketState, UserSocket
from soul.runtime.errors import RequestCancelled, cancelled
from soul.runtime.slots import Slot
from soul.runtime.thread import Output, Thread

SOCKMAX_DEFAULT = 10
SERVER_SOCKET = 1
RESET_CODE = -1
RESET_TEXT = "RESET"


class SocketTable:
    """All in-use sockets of one thread by number. Number 1 is reserved for the server socket."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread
        self._sockets: dict[int, UserSocket] = {}
        self.error_code = ""
        self.error_socket = ""
        self.error_function = ""
        thread.at_request_end.append(self._request_ended)
        thread.at_logoff.append(self.close_all)

    def __iter__(self) -> Iterator[UserSocket]:
        return iter([self._sockets[number] for number in sorted(self._sockets)])

    def get(self, number: int) -> UserSocket | None:
        """Return the in-use socket `number`, or None."""
        return self._sockets.get(number)

    def free_number(self, maximum: int) -> int | None:
        """Return the lowest free client number, None when SOCKMAX `maximum` is reached."""
        for number in range(SERVER_SOCKET + 1, maximum + 1):
            if number not in self._sockets:
                return number
        return None

    def add(self, socket: UserSocket) -> None:
        """Take a socket into use under its number."""
        self._sockets[socket.number] = socket

    def close(self, socket: UserSocket) -> None:
        """Close a socket and take it out of use."""
        self._sockets.pop(socket.number, None)
        socket.close()

    def close_all(self) -> None:
        """Close every socket: logoff."""
        for socket in self:
            self.close(socket)

    def _request_ended(self) -> None:
        for socket in self:
            if socket.settings.close_at_request_end:
                self.close(socket)

    def failed(self, function: str, socket: UserSocket, code: str, reason: str) -> None:
        """Remember the last error and write MSIR.0667 to the audit trail."""
        self.error_code, self.error_socket, self.error_function = code, str(socket.number), function
        self._thread.message(JANUS_MESSAGES["MSIR.0667"], function=function, reason=reason)

    def used(self, number: int, function: str) -> UserSocket:
        """Return the in-use socket `number`, or cancel the request."""
        socket = self._sockets.get(number)
        if socket is None:
            raise cancelled(f"{function}: {number} is not the number of a socket in use")
        return socket

    def met_reset(self, socket: UserSocket, function: str, *, needs_open: bool) -> None:
        """Apply the ONRESET setting to an operation that met a RESET socket: return to go on, or cancel.

        LABEL and LABELC cancel where they would jump: a jump out of a $function is not offered (our choice).
        """
        setting = socket.settings.on_reset
        goes_on = setting is OnReset.CONTINUE or (not needs_open and setting in (OnReset.CANCELC, OnReset.LABELC))
        if not goes_on:
            raise cancelled(f"{function}: socket {socket.number} is RESET: {socket.broken}")
        self.failed(function, socket, RESET_TEXT, socket.broken)

    def broke(self, socket: UserSocket, function: str, error: SocketReset) -> None:
        """An operation that needs OPEN broke the socket: go on or cancel, as ONRESET says."""
        try:
            self.met_reset(socket, function, needs_open=True)
        except RequestCancelled as cancellation:
            raise cancellation from error

    def selected(self, selection: str) -> list[int]:
        """Return the numbers of the sockets that a $Sock_Num selection names. Raises ValueError."""
        chosen: set[int] = set()
        words = selection.upper().split() or ["ANY"]
        everything = set(self._sockets)
        position = 0
        while position < len(words):
            negated = words[position] == "NOT"
            position += negated
            if position >= len(words) or words[position] not in _SELECTIONS:
                word = words[position] if position < len(words) else "NOT"
                raise ValueError(f"'{word}' is not one of {', '.join(_SELECTIONS)}")
            states, capture = _SELECTIONS[words[position]]
            found = {s.number for s in self if s.state in states and (capture is None or s.settings.capture == capture)}
            chosen |= everything - found if negated else found
            position += 1
            if position < len(words):
                if words[position] != "OR" or position + 1 == len(words):
                    raise ValueError("the words of a selection are joined by OR")
                position += 1
        return sorted(chosen)


_OPEN = frozenset((SocketState.CONN, SocketState.FINR, SocketState.FINS, SocketState.FINBOTH))
_ANY = _OPEN | {SocketState.RESET}
_SELECTIONS: dict[str, tuple[frozenset[SocketState], bool | None]] = {
    "ANY": (_ANY, None),
    "CONN": (frozenset((SocketState.CONN,)), None),
    "FINR": (frozenset((SocketState.FINR,)), None),
    "FINS": (frozenset((SocketState.FINS,)), None),
    "FINBOTH": (frozenset((SocketState.FINBOTH,)), None),
    "RESET": (frozenset((SocketState.RESET,)), None),
    "OPEN": (_OPEN, None),
    "CAPTURE": (_ANY, True),
    "CAPOPEN": (_OPEN, True),
}

SOCKETS: Slot[SocketTable] = Slot("sockets")


def sockets_of(thread: Thread) -> SocketTable:
    """Return the socket table of a thread, made on first use."""
    table = thread.slots.get(SOCKETS)
    if table is None:
        table = SocketTable(thread)
        thread.slots.put(SOCKETS, table)
    return table


class CapturingOutput:
    """Terminal output of a thread with sockets: lines go to every capturing socket, else where they went before."""

    def __init__(self, table: SocketTable, below: Output) -> None:
        self._table = table
        self.below = below

    def line(self, text: str) -> None:
        """Send a line to the capturing sockets, or pass it on when there is none."""
        if not self._captured(text):
            self.below.line(text)

    def message(self, text: str) -> None:
        """Messages are terminal output too."""
        if not self._captured(text):
            self.below.message(text)

    def _captured(self, text: str) -> bool:
        captured = False
        for socket in self._table:
            if not socket.settings.capture:
                continue
            captured = True
            if socket.broken:
                self._table.met_reset(socket, "Captured print", needs_open=True)
                continue
            try:
                socket.send(socket.encode(text) + (socket.settings.line_end or b""))
            except SocketReset as error:
                self._table.broke(socket, "Captured print", error)
        return captured
