"""Single turns of the I/O loop: who comes first, and that nobody is left behind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from invented import MESSAGES, Handshake, Network, Socket, port_of

from soul.janus.server.acceptor import ACCEPTS_PER_TURN
from soul.janus.server.connection import Connection, Owner
from soul.janus.server.ioloop import STEPS_AFTER_PROGRAMS, IoLoop
from soul.janus.server.jobs import JobQueue
from soul.janus.server.limits import ServerLimits
from soul.janus.tls import direct


class Turns:
    """An I/O loop with one port of each kind, and what its connections come to."""

    def __init__(self, limits: ServerLimits) -> None:
        self.now = 0.0
        self.network = Network()
        self.connections: dict[int, Connection] = {}
        self.read: list[int] = []
        self.journal: list[str] = []
        self.jobs = JobQueue(100, 4)
        self.loop = IoLoop(self.network, limits, lambda: self.now, self.jobs, cast("Any", self))
        self.loop.exchange = cast("Any", self)
        self.plain = port_of(self.network, 1, self.connections, web=self)
        self.secure = port_of(self.network, 2, self.connections, web=self, tls=True)
        for port in (self.plain, self.secure):
            self.loop.acceptor.add(port)
        self.loop.turn()

    def connect(self, port: Any, first: int, count: int, *, said: int = 0) -> None:
        """Connect `count` clients that have said `said` messages of their handshakes each."""
        for descriptor in range(first, first + count):
            port.listener.connect(Socket(self.network, descriptor))
            self.network.sent[descriptor] = said

    def turns(self, count: int) -> None:
        for _ in range(count):
            self.loop.turn()

    @property
    def steps(self) -> int:
        """How many steps of handshakes were done."""
        handshakes = self.loop.acceptor._handshakes.values()
        unfinished = sum(cast("Handshake", tls).came for tls in handshakes if tls is not None)
        done = sum(c.served.tls is not None and c.owner is Owner.IO for c in self.connections.values())
        return unfinished + done * MESSAGES

    # What the exchange and the reporter do.

    def begin(self, connection: Connection) -> None:
        """Nothing is to be prepared."""

    def turn(self, connection: Connection) -> None:
        if self.network.sent[connection.descriptor]:
            self.network.sent[connection.descriptor] -= 1
            self.read.append(connection.descriptor)
        self.loop.hand_back(connection, 1)

    def write(self, message: object, text: str) -> None:
        self.journal.append(text)


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    monkeypatch.setattr(direct, "TlsSocket", Handshake)
    return Turns(ServerLimits())


def test_every_step_of_a_handshake_is_followed_by_a_look_at_the_sockets(turns):
    count = 20
    turns.connect(turns.plain, 10, 1)
    turns.connect(turns.secure, 100, count, said=MESSAGES)
    while turns.steps < count * MESSAGES:
        before = turns.steps
        turns.network.sent[10] = 10 in turns.connections
        turns.loop.turn()  # it never waits: that would be an error here
        assert turns.steps - before <= 1
        assert turns.read == [10] * len(turns.read)
        assert not turns.network.sent[10]
    assert turns.read
    assert not turns.loop.acceptor.line


def test_handshakes_go_on_while_there_are_always_programs_to_run(turns):
    turns.connect(turns.secure, 100, 3 * STEPS_AFTER_PROGRAMS, said=MESSAGES)
    turns.turns(3)
    turns.jobs.put(cast("Any", SimpleNamespace()))
    before = turns.steps
    for count in range(3):
        turns.loop.turn()
        assert turns.jobs.ready
        assert turns.steps - before == count * STEPS_AFTER_PROGRAMS


def test_a_turn_takes_some_connections_of_each_listener(turns):
    turns.connect(turns.plain, 100, 2 * ACCEPTS_PER_TURN)
    turns.connect(turns.secure, 1000, 2 * ACCEPTS_PER_TURN)
    turns.loop.turn()
    assert len(turns.connections) == 2 * ACCEPTS_PER_TURN
    turns.loop.turn()
    assert len(turns.connections) == 4 * ACCEPTS_PER_TURN


def test_a_turn_that_has_nothing_else_takes_one_connection(turns):
    turns.connect(turns.plain, 100, 3)
    for count in (1, 2, 3):
        turns.loop.turn()
        assert len(turns.connections) == count


def test_a_request_that_came_with_the_handshake_is_read_at_once(turns):
    turns.connect(turns.secure, 10, 1, said=MESSAGES + 1)
    while turns.read != [10]:
        turns.loop.turn()
    assert turns.network.ready() == []


def test_a_handshake_that_ran_out_of_time_in_the_line_is_left_alone(turns):
    turns.connect(turns.secure, 10, 1, said=1)
    turns.loop.turn()
    turns.jobs.put(cast("Any", SimpleNamespace()))  # a program goes first
    turns.now = 60.0
    turns.loop.turn()
    assert turns.loop.acceptor.line
    assert turns.connections[10].owner is Owner.CLOSED
    assert "did not finish the handshake" in turns.journal[0]
    turns.loop.turn()
    assert not turns.loop.acceptor.line
    assert turns.steps == 0


def test_a_listener_that_is_removed_while_somebody_knocks_is_not_asked(turns):
    turns.connect(turns.plain, 10, 1)
    closed = turns.loop.acceptor.remove(turns.plain)
    turns.loop.turn()
    assert closed.is_set()
    assert turns.plain.listener.closed
    assert turns.connections == {}
