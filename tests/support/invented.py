"""Sockets, their poller and TLS handshakes that exist in the tests of the server alone."""

from __future__ import annotations

from collections import Counter, deque
from types import SimpleNamespace
from typing import Any

from interleaving import Schedule

from soul.janus.server.connection import Connection
from soul.janus.tls.verdicts import Progress

MESSAGES = 2  # of the client's in a handshake


class Network:
    """A poller and the clients behind it: a connection is ready when it is armed and its client has sent something."""

    def __init__(self, schedule: Schedule | None = None) -> None:
        """Without a schedule only a `wait` that need not wait is answered."""
        self.schedule = schedule
        self.armed: set[int] = set()
        self.kept: set[int] = set()
        self.sent: Counter[int] = Counter()  # also the callers at a listener
        self.shut: set[int] = set()
        self.woken = False
        self.waiting = 0
        self.turns = 0

    def ready(self) -> list[int]:
        return [number for number in sorted(self.armed) if self.sent[number] or number in self.shut]

    def arm(self, descriptor: int, interest: int) -> None:
        self.armed.add(descriptor)

    add = arm

    def keep(self, descriptor: int) -> None:
        self.armed.add(descriptor)
        self.kept.add(descriptor)

    def forget(self, descriptor: int) -> None:
        self.armed.discard(descriptor)
        self.kept.discard(descriptor)

    def wait(self, timeout: float) -> list[tuple[int, int]]:
        """Wait for ever where a poller waits a second: a second would hide that somebody was not woken."""
        self.waiting += 1
        self.turns += 1
        assert self.waiting == 1, "two wait for the sockets"
        if self.schedule is not None:
            self.schedule.switch()
        if timeout and not (self.woken or self.ready()):
            assert self.schedule is not None, "it would wait for ever"
            self.schedule.wait(lambda: self.woken or bool(self.ready()))
        self.woken = False
        found = self.ready()
        self.armed.difference_update(set(found) - self.kept)
        self.waiting -= 1
        return [(descriptor, 1) for descriptor in found]

    def wake(self) -> None:
        self.woken = True

    def close(self) -> None:
        pass


class Socket:
    """The server's end of a connection."""

    def __init__(self, network: Network, descriptor: int) -> None:
        self.network = network
        self.descriptor = descriptor
        self.closed = False

    def fileno(self) -> int:
        return self.descriptor

    def setblocking(self, flag: bool) -> None:
        pass

    def setsockopt(self, *option: int) -> None:
        pass

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", 1

    def shutdown(self, how: int) -> None:
        self.network.shut.add(self.descriptor)

    def close(self) -> None:
        assert self.descriptor not in self.network.armed
        self.closed = True


class Listener(Socket):
    """A listener and who waits at it."""

    def __init__(self, network: Network, descriptor: int) -> None:
        super().__init__(network, descriptor)
        self.backlog: deque[Socket] = deque()

    def connect(self, sock: Socket) -> None:
        self.backlog.append(sock)
        self.network.sent[self.descriptor] += 1

    def accept(self) -> tuple[Socket, tuple[str, int]]:
        assert not self.closed, "accepting on a closed listener"
        if not self.backlog:
            raise BlockingIOError
        self.network.sent[self.descriptor] -= 1
        return self.backlog.popleft(), ("127.0.0.1", 1)


class Handshake:
    """A `TlsSocket` whose handshake takes some messages of the client."""

    def __init__(self, generation: object, sock: Socket) -> None:
        self.sock = sock
        self.came = 0

    def handshake(self) -> Progress:
        if self.sock.network.sent[self.sock.descriptor]:
            self.sock.network.sent[self.sock.descriptor] -= 1
            self.came += 1
        return Progress.DONE if self.came == MESSAGES else Progress.WANT_READ

    def peer_facts(self, address: object, local: object) -> object:
        return SimpleNamespace(address=address)

    def close(self) -> None:
        self.sock.close()


def port_of(
    network: Network,
    number: int,
    connections: dict[int, Connection],
    *,
    web: object = None,
    sockets: object = None,
    tls: bool = False,
) -> Any:
    """Return a `ServedPort` with a listener; `connections` gets those that enter, by their descriptor."""

    def enter(connection: Connection) -> bool:
        connections[connection.descriptor] = connection
        return True

    listener = Listener(network, number)
    return SimpleNamespace(
        name=f"P{number}",
        port=SimpleNamespace(counters=SimpleNamespace(refused=0)),
        listener=listener,
        local=None,
        web=web,
        sockets=sockets,
        tls=SimpleNamespace(current=lambda: None) if tls else None,
        open=True,
        admits=lambda address: True,
        enter=enter,
        leave=lambda connection: None,
        close_listener=listener.close,
    )
