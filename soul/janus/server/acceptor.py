"""The acceptor thread: takes connections, applies MAXCON and the address rules, and brings TLS handshakes to their end.

Handshakes cost about a millisecond each and come in bursts, so they never run in the thread that serves established
connections. A client that is refused by its address or by MAXCON costs no signature.
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
from soul.janus.server.connection import NEVER, Connection
from soul.janus.server.limits import ServerLimits
from soul.janus.server.messages import Reporter
from soul.janus.server.poller import READ, WRITE, Poller
from soul.janus.server.served import ServedPort
from soul.janus.stream import Address

if TYPE_CHECKING:
    from soul.janus.tls.direct import TlsSocket
    from soul.janus.tls.verdicts import Refusal

SWEEP_SECONDS = 1.0
ACCEPTS_PER_TURN = 64
NO_DESCRIPTORS = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))
PAUSE_SECONDS = 1.0  # without descriptors: accept would fail again and again


class Receiver(Protocol):
    """Takes connections whose handshake is over; the live server."""

    def established(self, connection: Connection) -> None:
        """Own `connection` from now on; channel and peer are known."""


class Acceptor:
    """Owns every connection from accept to the end of its handshake."""

    def __init__(
        self,
        poller: Poller,
        limits: ServerLimits,
        clock: Callable[[], float],
        reporter: Reporter,
        receiver: Receiver,
    ) -> None:
        self._poller = poller
        self._limits = limits
        self._clock = clock
        self._reporter = reporter
        self._receiver = receiver
        self._listeners: dict[int, ServedPort] = {}
        self._paused: set[int] = set()  # listeners that are not polled for the moment
        self._pause_over = NEVER
        self._table: dict[int, Connection] = {}
        self._handshakes: dict[Connection, TlsSocket | None] = {}  # None: no byte has come yet
        self._calls: deque[Callable[[], None]] = deque()
        self._stopping = False
        self._next_sweep = clock() + SWEEP_SECONDS
        self.thread = threading.Thread(target=self._run, name="janus acceptor", daemon=True)

    def add(self, served: ServedPort) -> None:
        """Start accepting on the port's listener."""
        self._call(lambda: self._add(served))

    def remove(self, served: ServedPort) -> threading.Event:
        """Stop accepting and close the listener; the event is set when it is closed."""
        closed = threading.Event()
        self._call(lambda: self._remove(served, closed))
        return closed

    def wake(self) -> None:
        """Make the thread look at the clock."""
        self._poller.wake()

    def start(self) -> None:
        """Start the thread."""
        self.thread.start()

    def stop(self) -> None:
        """Make the thread end."""
        self._stopping = True
        self._poller.wake()

    def _call(self, action: Callable[[], None]) -> None:
        self._calls.append(action)
        self._poller.wake()

    def _run(self) -> None:
        while not self._stopping:
            for descriptor, _ in self._poller.wait(SWEEP_SECONDS):
                served = self._listeners.get(descriptor)
                connection = self._table.get(descriptor)
                if served is not None:
                    self._accept_some(served)
                elif connection is not None:
                    self._guarded(connection, self._turn)
            while self._calls:
                self._calls.popleft()()
            now = self._clock()
            if now >= self._pause_over:
                self._resume()
            if now >= self._next_sweep:
                self._next_sweep = now + SWEEP_SECONDS
                for connection in [c for c in self._table.values() if c.deadline <= now]:
                    self._guarded(connection, self._expire)

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
        self._poller.arm(descriptor, READ)

    def _remove(self, served: ServedPort, closed: threading.Event) -> None:
        descriptor = served.listener.fileno()
        if self._listeners.get(descriptor) is served:
            del self._listeners[descriptor]
            self._paused.discard(descriptor)
            self._poller.forget(descriptor)
        served.close_listener()
        closed.set()

    def _accept_some(self, served: ServedPort) -> None:
        descriptor = served.listener.fileno()
        for _ in range(ACCEPTS_PER_TURN):
            if len(self._handshakes) >= self._limits.handshakes:
                self._paused.add(descriptor)  # the kernel's backlog holds the rest
                return
            try:
                sock, address = served.listener.accept()
            except (BlockingIOError, InterruptedError):
                break
            except OSError as error:
                if error.errno not in NO_DESCRIPTORS:
                    break  # the client was gone before we came
                self._reporter.report("SOUL.0768", port=served.name, reason=error.strerror)
                self._paused.add(descriptor)
                self._pause_over = self._clock() + PAUSE_SECONDS
                return
            self._accept(served, sock, address)
        self._poller.arm(descriptor, READ)

    def _resume(self) -> None:
        if len(self._handshakes) >= self._limits.handshakes:
            return
        self._pause_over = NEVER
        for descriptor in self._paused:
            self._poller.arm(descriptor, READ)
        self._paused.clear()

    # Connections.

    def _accept(self, served: ServedPort, sock: socket.socket, address: tuple[str, int]) -> None:
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            local = Address(*sock.getsockname()[:2])
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
        if not served.admits(remote):
            served.port.counters.refused += 1
            self._reporter.report("SOUL.0760", address=remote.host, port=served.name)
            connection.release()
            return
        if served.tls is None:
            self._established(connection, PlainChannel(sock), Peer(remote, local))
            return
        connection.deadline = self._clock() + self._limits.handshake_seconds
        connection.poller = self._poller
        connection.home = self._table
        self._table[connection.descriptor] = connection
        # OpenSSL's object holds about 49 KB and is made when the first byte has come.
        self._handshakes[connection] = None
        self._poller.add(connection.descriptor, READ)

    def _turn(self, connection: Connection) -> None:
        from soul.janus.tls.direct import Progress, TlsSocket

        if connection.severed:
            self._drop(connection)
            return
        tls = self._handshakes[connection]
        if tls is None:
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
            self._forget(connection)
            peer = tls.peer_facts(connection.address, connection.local)
            self._established(connection, TlsChannel(tls), peer)
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
        tls = self._handshakes.get(connection)
        if not connection.discarding:
            if tls is not None:
                refusal = tls.expire(self._limits.handshake_seconds)
            else:
                from soul.janus.tls.verdicts import timeout_refusal

                refusal = timeout_refusal(self._limits.handshake_seconds, server=True)
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
        self._resume_if_paused()

    def _forget(self, connection: Connection) -> None:
        """Take a connection out of this thread's tables: it goes to its next owner."""
        self._handshakes.pop(connection, None)
        self._table.pop(connection.descriptor, None)
        self._poller.forget(connection.descriptor)
        connection.poller = None
        connection.home = None
        self._resume_if_paused()

    def _resume_if_paused(self) -> None:
        if self._paused and self._pause_over is NEVER:
            self._resume()

    def _established(self, connection: Connection, channel: Channel, peer: Peer) -> None:
        connection.channel = channel
        connection.peer = peer
        connection.deadline = NEVER
        if connection.severed:
            connection.release()
        else:
            self._receiver.established(connection)


def _unmapped(host: str) -> str:
    """Return an IPv4 address that came over an IPv6 socket as IPv4."""
    return host.removeprefix("::ffff:") if host.startswith("::ffff:") and "." in host else host
