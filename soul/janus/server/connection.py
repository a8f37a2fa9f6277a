"""One accepted connection, from accept to close, and who owns it.

Exactly one thread owns a connection at any moment, because a TLS object may be used by one thread at a time. `lock`
guards the change of owner and the closing of the descriptor, nothing else; it is never held while a byte moves.
"""

from __future__ import annotations

import contextlib
import math
import socket
import threading
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING

from soul.janus.server.channel import TLS_RECORD, Channel, WantRead, WantWrite
from soul.janus.stream import Address

if TYPE_CHECKING:
    from soul.janus.http.connection import HttpConnection
    from soul.janus.http.message import HttpRequest
    from soul.janus.peer import Peer
    from soul.janus.server.poller import Poller
    from soul.janus.server.served import ServedPort
    from soul.janus.server.stopping import StopSignal
    from soul.janus.server.stream import ChannelStream

NEVER = math.inf
JOIN_BYTES = 64 * 1024


class Owner(Enum):
    """Who may touch the connection's socket and TLS object."""

    ACCEPTOR = "acceptor"
    IO = "I/O loop"
    QUEUE = "waiting for a sdaemon"
    SDAEMON = "sdaemon"
    CLOSED = "closed"


# Looking a member of an Enum up takes Python 3.11 as long as a call.
_QUEUE, _SDAEMON, _CLOSED = Owner.QUEUE, Owner.SDAEMON, Owner.CLOSED


class Flushed(Enum):
    """How far writing got."""

    DONE = "done"
    WANT_WRITE = "the socket must be writable first"
    WANT_READ = "TLS must read first"
    BUDGET = "the budget of this turn is used up"


class Connection:
    """The state of one connection. Everything but `sever` and `owner` is for the present owner alone."""

    __slots__ = (
        "address",
        "body_started",
        "channel",
        "deadline",
        "descriptor",
        "discarded",
        "discarding",
        "home",
        "http",
        "linger",
        "local",
        "lock",
        "output",
        "owner",
        "peer",
        "phase",
        "poller",
        "request",
        "served",
        "severed",
        "sock",
        "stop",
        "stream",
    )

    def __init__(self, served: ServedPort, sock: socket.socket, address: Address, local: Address) -> None:
        self.served = served
        self.sock = sock
        self.descriptor = sock.fileno()
        self.address = address
        self.local = local
        self.lock = threading.Lock()
        self.owner = Owner.ACCEPTOR
        self.severed = ""  # why the connection was broken from outside; '' while it was not
        self.channel: Channel | None = None  # after the handshake
        self.peer: Peer | None = None
        self.http: HttpConnection | None = None
        self.request: HttpRequest | None = None
        self.stop: StopSignal | None = None
        self.stream: ChannelStream | None = None
        self.output: deque[memoryview] = deque()
        self.phase: object = None  # the HTTP phase that `deadline` belongs to
        self.deadline = NEVER
        self.body_started = 0.0
        self.linger = False  # read on for a moment after the last byte was sent
        self.discarding = False  # ... and now doing so
        self.discarded = 0
        self.poller: Poller | None = None
        self.home: dict[int, Connection] | None = None  # the table that leads from the descriptor here

    def hand_to(self, owner: Owner) -> bool:
        """Change the owner; False when the connection is closed."""
        with self.lock:
            if self.owner is _CLOSED:
                return False
            self.owner = owner
            return True

    def change_owner(self, before: Owner, after: Owner) -> bool:
        """Change the owner if it is `before`; False when it is not."""
        with self.lock:
            if self.owner is not before:
                return False
            self.owner = after
            return True

    def begin(self, stop: StopSignal) -> bool:
        """Begin a program for a connection that waited in the queue; False when it waits there no more."""
        with self.lock:
            if self.owner is not _QUEUE:
                return False
            self.owner = _SDAEMON
            self.stop = stop
            return True

    def send_now(self, chunks: list[bytes]) -> bool:
        """Send a small response at once; False when something is left, which is queued then. Raises StreamError."""
        data = chunks[0]
        size = len(data)
        if len(chunks) > 1 or size > TLS_RECORD or self.output:
            self.queue_output(chunks)
            return False
        assert self.channel is not None
        try:
            sent = self.channel.send(data)
        except (WantRead, WantWrite):
            sent = 0
        if sent < size:
            self.output.append(memoryview(data)[sent:])
        return sent == size

    def queue_output(self, chunks: list[bytes]) -> None:
        """Add to the bytes that wait to be sent; a small head travels in one piece with what follows it."""
        if len(chunks) == 2 and len(chunks[0]) + len(chunks[1]) <= JOIN_BYTES:
            self.output.append(memoryview(chunks[0] + chunks[1]))
            return
        if len(chunks) > 1:
            body = memoryview(chunks[1])
            cut = max(0, JOIN_BYTES - len(chunks[0]))
            self.output.append(memoryview(chunks[0] + bytes(body[:cut])))
            self.output.append(body[cut:])
            chunks = chunks[2:]
        self.output.extend(memoryview(chunk) for chunk in chunks if chunk)

    def flush(self, piece: int, budget: float = math.inf) -> Flushed:
        """Send from `output`, `piece` bytes at a time. Raises StreamError."""
        output, channel = self.output, self.channel
        assert channel is not None
        while output:
            view = output[0]
            if budget <= 0:
                return Flushed.BUDGET
            try:
                sent = channel.send(view if len(view) <= piece else view[:piece])
            except WantWrite:
                return Flushed.WANT_WRITE
            except WantRead:
                return Flushed.WANT_READ
            budget -= sent
            if sent == len(view):
                output.popleft()
            else:
                output[0] = view[sent:]
        return Flushed.DONE

    def sever(self, reason: str) -> None:
        """Break the connection from any thread, without touching what belongs to the owner.

        `shutdown` on the descriptor ends the owner's wait, read or write at once; the owner closes. A program that
        runs for the connection finds `reason` in its stop list.
        """
        with self.lock:
            if self.owner is _CLOSED:
                return
            self.severed = self.severed or reason
            stop, stream = self.stop, self.stream
        # First the reason, then the broken socket: whoever wakes up must know why.
        if stop is not None:
            stop.append(reason)
        if stream is not None:
            stream.interrupt()
        with self.lock, contextlib.suppress(OSError):  # the owner may have closed it meanwhile
            self.sock.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Close the descriptor and leave the port; for the owner. Closing twice is harmless."""
        with self.lock:
            if self.owner is _CLOSED:
                return
            self.owner = _CLOSED
            if self.poller is not None:
                self.poller.forget(self.descriptor)
            if self.home is not None and self.home.get(self.descriptor) is self:
                del self.home[self.descriptor]
            if self.channel is not None:
                self.channel.close()
            self.sock.close()
        self.output.clear()
        self.served.leave(self)
