"""Takes connections, applies MAXCON and the address rules, and brings TLS handshakes to their end.

All of it happens in the I/O loop. A step of a handshake takes some tenths of a millisecond, and handshakes come in
bursts, so the connections that are ready for one wait in a line of their own, of which the loop moves few on at a time.
A client that is refused by its address or by MAXCON costs no signature.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from soul.janus.peer import Peer
from soul.janus.server.channel import Channel, PlainChannel, TlsChannel
from soul.janus.server.connection import NEVER, Connection, Owner
from soul.janus.server.limits import ServerLimits
from soul.janus.server.messages import Reporter
from soul.janus.server.poller import READ, WRITE, Poller
from soul.janus.server.served import ServedPort
from soul.janus.stream import Address
from soul.janus.tls.verdicts import Progress, Refusal, timeout_refusal

if TYPE_CHECKING:
    from soul.janus.tls.direct import TlsSocket

ACCEPTS_PER_TURN = 16  # of one listener
NO_DESCRIPTORS = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))


class Loop(Protocol):
    """Where the acceptor works, and where connections go whose handshake is over: the I/O loop."""

    def call(self, action: Callable[[], None]) -> None:
        """Run `action` in a turn soon. May be called from any thread."""

    def established(self, connection: Connection) -> None:
        """Own `connection` from now on; channel and peer are known."""


class Acceptor:
    """Owns every connection from accept to the end of its handshake.

    `add` and `remove` may be called from any thread, everything else is for the I/O loop. `table` leads from a
    descriptor to its connection.
    """

    def __init__(
        self,
        poller: Poller,
        limits: ServerLimits,
        clock: Callable[[], float],
        reporter: Reporter,
        table: dict[int, Connection],
        loop: Loop,
    ) -> None:
        self._poller = poller
        self._limits = limits
        self._clock = clock
        self._reporter = reporter
        self._table = table
        self._loop = loop
        self._listeners: dict[int, ServedPort] = {}
        self._paused: set[int] = set()  # listeners that are not polled for the moment
        self._starved = False  # ... because no descriptor was left: accepting would fail again and again
        self._handshakes: dict[Connection, TlsSocket | None] = {}  # None: no byte has come yet
        self.knocking: list[int] = []  # descriptors without a connection that are ready: listeners
        self.line: deque[Connection] = deque()  # those that can go on with their handshakes; some may be closed by now

    def add(self, served: ServedPort) -> None:
        """Start accepting on the port's listener."""
        self._loop.call(lambda: self._add(served))

    def remove(self, served: ServedPort) -> threading.Event:
        """Stop accepting and close the listener; the event is set when it is closed."""
        closed = threading.Event()
        self._loop.call(lambda: self._remove(served, closed))
        return closed

    # Turns.

    def accept(self, *, alone: bool) -> None:
        """Take connections from the listeners that knock.

        `alone`: nothing else was ready, so there is most probably one. Asking in vain costs as much as taking one, and
        what is left knocks again.
        """
        most = 1 if alone else ACCEPTS_PER_TURN
        for descriptor in self.knocking:
            served = self._listeners.get(descriptor)
            if served is not None:  # else it was removed in this very turn
                self._accept_some(served, most)
        self.knocking.clear()

    def move_on(self, steps: int = 1) -> None:
        """Do some steps of the handshakes that can go on."""
        line = self.line
        for _ in range(min(steps, len(line))):
            connection = line.popleft()
            if connection.owner is Owner.ACCEPTOR:
                self._guarded(connection, self._step)

    def expire(self, connection: Connection) -> None:
        """The deadline of a connection has passed."""
        self._guarded(connection, self._expire)

    def look(self) -> None:
        """Try again what had to pause; called about once a second."""
        self._starved = False
        self._resume()

    def _guarded(self, connection: Connection, action: Callable[[Connection], None]) -> None:
        """Run `action`; one connection's trouble must not stop the others."""
        try:
            action(connection)
        except Exception as error:
            self._reporter.report(
                "SOUL.0764",
                port=connection.served.name,
                reason=f"{type(error).__name__}: {error}",
            )
            self._drop(connection)

    # Listeners.

    def _add(self, served: ServedPort) -> None:
        descriptor = served.listener.fileno()
        self._listeners[descriptor] = served
        self._poller.keep(descriptor)

    def _remove(self, served: ServedPort, closed: threading.Event) -> None:
        descriptor = served.listener.fileno()
        if self._listeners.get(descriptor) is served:
            del self._listeners[descriptor]
            self._paused.discard(descriptor)
            self._poller.forget(descriptor)
        served.close_listener()
        closed.set()

    def _accept_some(self, served: ServedPort, most: int) -> None:
        for _ in range(most):
            if len(self._handshakes) >= self._limits.handshakes:
                self._pause(served)  # the kernel's backlog holds the rest
                return
            try:
                sock, address = served.listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in NO_DESCRIPTORS:
                    self._reporter.report("SOUL.0768", port=served.name, reason=error.strerror)
                    self._starved = True
                    self._pause(served)
                return  # else the client was gone before we came
            self._accept(served, sock, address)

    def _pause(self, served: ServedPort) -> None:
        descriptor = served.listener.fileno()
        self._paused.add(descriptor)
        self._poller.forget(descriptor)

    def _resume(self) -> None:
        """Accept again where that was paused, unless the reason still holds."""
        if not self._paused or self._starved or len(self._handshakes) >= self._limits.handshakes:
            return
        for descriptor in self._paused:
            self._poller.keep(descriptor)
        self._paused.clear()

    # Connections.

    def _accept(self, served: ServedPort, sock: socket.socket, address: tuple[str, int]) -> None:
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            local = served.local or Address(*sock.getsockname()[:2])
        except OSError:
            sock.close()
            return
        remote = Address(_unmapped(address[0]), address[1])
        connection = Connection(served, sock, remote, local)
        if not served.enter(connection):
            sock.close()
            if served.open:
                limit = served.port.definition.max_connections
                self._reporter.report("MSIR.0020", address=remote.host, port=served.name, limit=limit)
            return
        self._guarded(connection, self._begin)

    def _begin(self, connection: Connection) -> None:
        """Refuse a connection by its address, or wait for the first byte of its handshake."""
        served = connection.served
        if not served.admits(connection.address):
            served.port.counters.refused += 1
            self._reporter.report("SOUL.0760", address=connection.address.host, port=served.name)
            connection.release()
            return
        connection.poller = self._poller
        connection.home = self._table
        self._table[connection.descriptor] = connection
        if served.tls is None:
            peer = Peer(connection.address, connection.local)
            self._established(connection, PlainChannel(connection.sock), peer)
            return
        connection.deadline = self._clock() + self._limits.handshake_seconds
        # OpenSSL's object holds about 49 KB and is made when the first byte has come.
        self._handshakes[connection] = None
        self._poller.add(connection.descriptor, READ)

    def _step(self, connection: Connection) -> None:
        """Go on with a handshake whose socket is ready."""
        if connection.severed:
            self._drop(connection)
            return
        tls = self._handshakes[connection]
        if tls is None:
            from soul.janus.tls.direct import TlsSocket

            assert connection.served.tls is not None
            tls = self._handshakes[connection] = TlsSocket(connection.served.tls.current(), connection.sock)
        if connection.discarding:
            if tls.drain():
                self._drop(connection)
            else:
                self._poller.arm(connection.descriptor, READ)
            return
        progress = tls.handshake()
        if progress is Progress.WANT_READ:
            self._poller.arm(connection.descriptor, READ)
        elif progress is Progress.WANT_WRITE:
            self._poller.arm(connection.descriptor, WRITE)
        elif progress is Progress.DONE:
            del self._handshakes[connection]
            peer = tls.peer_facts(connection.address, connection.local)
            self._established(connection, TlsChannel(tls), peer)
            self._resume()
        else:
            assert tls.refusal is not None
            self._refused(connection, tls, tls.refusal)

    def _refused(self, connection: Connection, tls: TlsSocket, refusal: Refusal) -> None:
        """Journal the refusal and let the alert arrive: closing at once could turn it into a reset."""
        text = f"{refusal.text} (port {connection.served.name}, client {connection.address.host})"
        self._reporter.write(refusal.message, text)
        tls.begin_drain()
        connection.discarding = True
        connection.deadline = self._clock() + self._limits.linger_seconds
        self._poller.arm(connection.descriptor, READ)

    def _expire(self, connection: Connection) -> None:
        if not connection.discarding:
            tls, seconds = self._handshakes.get(connection), self._limits.handshake_seconds
            refusal = timeout_refusal(seconds, server=True) if tls is None else tls.expire(seconds)
            text = f"{refusal.text} (port {connection.served.name}, client {connection.address.host})"
            self._reporter.write(refusal.message, text)
        self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        """Close a connection whose handshake does not end well."""
        tls = self._handshakes.pop(connection, None)
        connection.release()
        if tls is not None:
            with contextlib.suppress(Exception):
                tls.close()
        self._resume()

    def _established(self, connection: Connection, channel: Channel, peer: Peer) -> None:
        connection.channel = channel
        connection.peer = peer
        connection.deadline = NEVER
        if connection.severed:
            connection.release()
        else:
            self._loop.established(connection)


def _unmapped(host: str) -> str:
    """Return an IPv4 address that came over an IPv6 socket as IPv4."""
    return host.removeprefix("::ffff:") if host.startswith("::ffff:") and "." in host else host
