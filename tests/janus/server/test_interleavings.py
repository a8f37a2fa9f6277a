"""The queue, its sdaemons, the I/O loop and the acceptor in many orders of their steps.

Every client gets in, whatever its handshake waits for; every request is answered, once.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from interleaving import Schedule
from invented import MESSAGES, Handshake, Network, Socket, port_of

from soul.janus.server import (
    acceptor as acceptors,
    connection as connections,
    ioloop as ioloops,
    jobs as queues,
    sdaemon as sdaemons,
)
from soul.janus.server.connection import Connection, Owner
from soul.janus.server.ioloop import IoLoop
from soul.janus.server.jobs import JobQueue
from soul.janus.server.limits import ServerLimits
from soul.janus.server.sdaemon import Sdaemon
from soul.janus.tls import direct

MODULES = [f"soul.janus.server.{name}" for name in ("jobs", "ioloop", "acceptor", "sdaemon", "connection", "stopping")]
REQUESTS = 3  # of one connection


class House:
    """The real queue, sdaemons, I/O loop, acceptor and connections; invented are what is below and above them."""

    def __init__(self, schedule: Schedule, programs: int, watchdog: bool, handshakes: int) -> None:
        """Without a watchdog the programs say when they wait, and are short otherwise."""
        self.schedule = schedule
        self.programs = programs
        self.kinds = ["short", "short", "waits", "stops"] + ["long", "waits unsaid", "stops unsaid"] * watchdog
        self.jobs = JobQueue(100, programs)
        self.network = Network(schedule)
        limits = ServerLimits(handshakes=handshakes)
        self.loop = IoLoop(self.network, limits, lambda: 0.0, self.jobs, cast("Any", self))
        self.loop.exchange = cast("Any", self)
        self.connections: dict[int, Connection] = {}
        self.ports = {
            "plain": self.port(1, web=self),
            "secure": self.port(2, web=self, tls=True),
            "sockets": self.port(3, sockets=self),
            "secure sockets": self.port(4, sockets=self, tls=True),
        }
        self.extra = 100  # the last port that a program started and stopped
        self.running = 0
        self.owned: set[int] = set()
        self.answered: Counter[int] = Counter()
        self.taken_back: Counter[int] = Counter()
        self.socket_runs = 0
        self.refused = 0
        for number in range(programs + 1):
            sdaemon = Sdaemon(number, self.jobs, self.loop.turn, cast("Any", self), cast("Any", self), lambda: 0.0)
            schedule.start(f"sdaemon {number}", sdaemon.run)
        if watchdog:
            schedule.start("watchdog", self.jobs.watch)

    def port(self, number: int, *, web: object = None, sockets: object = None, tls: bool = False) -> Any:
        """Return a port and let somebody see to its listener."""
        port = port_of(self.network, number, self.connections, web=web, sockets=sockets, tls=tls)
        self.loop.acceptor.add(port)
        return port

    def connect(self, port: str, descriptor: int) -> None:
        """Connect as a client, which then says what its handshake needs."""
        served = self.ports[port]
        served.listener.connect(Socket(self.network, descriptor))
        for _ in range(MESSAGES if served.tls else 0):
            if self.schedule.random.random() < 0.5:
                self.schedule.sleep(self.schedule.random.randrange(1, 60))
            self.network.sent[descriptor] += 1

    # What the exchange does.

    def begin(self, connection: Connection) -> None:
        """Nothing is to be prepared."""

    def turn(self, connection: Connection) -> None:
        """Read what came: each message is a request."""
        assert connection.owner is Owner.IO
        if not self.network.sent[connection.descriptor]:
            self.loop.hand_back(connection, 1)  # it was taken out of the queue, or its handshake has just ended
            return
        self.network.sent[connection.descriptor] -= 1
        self._dispatch(connection)

    def _dispatch(self, connection: Connection) -> None:
        connection.request = cast("Any", SimpleNamespace(method="GET", path="/", of=connection))
        connection.owner = Owner.QUEUE
        self.jobs.put(connection)

    def respond(self, connection: Connection, response: object) -> None:
        """Answer; then take what the client sent ahead, or wait for it in one of two ways."""
        descriptor = connection.descriptor
        assert connection.owner is Owner.SDAEMON
        self.owned.discard(descriptor)
        self.answered[descriptor] += 1
        way = self.schedule.random.choice(("ahead", "again", "wait"))
        if way == "ahead" and self.network.sent[descriptor]:
            self.network.sent[descriptor] -= 1
            self._dispatch(connection)
        elif way == "again":
            self.loop.again(connection)
        else:
            self.loop.hand_back(connection, 1)

    # What the programs do.

    def _program(self, descriptor: int, stop: Any) -> None:
        assert descriptor not in self.owned, "two programs for one connection"
        self.owned.add(descriptor)
        self.running += 1
        assert self.running <= self.programs, "more programs than there may be"
        kind = self.schedule.random.choice(self.kinds)
        if kind == "long":
            for _ in range(40):
                self.schedule.switch()
        elif kind.startswith("stops"):
            self._start_and_stop(stop, said=kind == "stops")
        elif kind != "short":
            if kind == "waits":
                stop.begin_wait()
            # What is waited for may need a request that still has to come: somebody must look at the sockets.
            before = self.network.turns
            self.schedule.wait(lambda: bool(self.network.waiting) or self.network.turns > before)
            self.schedule.sleep(self.schedule.random.randrange(1, 100))
        self.running -= 1

    def _start_and_stop(self, stop: Any, said: bool) -> None:
        """Start a port and stop it, as a program does that executes JANUS START and JANUS DRAIN."""
        self.extra += 1
        port = self.port(self.extra, web=self)
        self.schedule.sleep(self.schedule.random.randrange(1, 40))
        closed = self.loop.acceptor.remove(port)
        if said:
            stop.begin_wait()
        self.schedule.wait(closed.is_set)
        assert port.listener.closed

    def handle(self, request: Any, peer: object, stop: Any, sent: Any) -> object:
        """Run a web program; some go on after their page is sent."""
        self._program(request.of.descriptor, stop)
        if self.schedule.random.random() < 0.2:
            sent("early")
            self.schedule.sleep(20)
        return "page"

    def run(self, stream: object, peer: object, stop: Any) -> None:
        """Run a socket program."""
        self.socket_runs += 1
        self._program(-self.socket_runs, stop)

    def report(self, number: str, **fields: object) -> None:
        if number != "MSIR.0023":
            raise AssertionError(f"{number}: {fields}")
        self.refused += 1

    # What the clients and the operator do.

    def client(self, port: str, descriptor: int) -> None:
        self.connect(port, descriptor)
        for count in range(1, REQUESTS + 1):
            self.network.sent[descriptor] += 1
            if self.schedule.random.random() < 0.7:  # else the next request comes ahead
                self.schedule.wait(
                    lambda count=count: self.answered[descriptor] + self.taken_back[descriptor] >= count  # type: ignore[misc]
                )

    def caller(self, first: int, count: int) -> None:
        """Connect to the ports of socket programs, one after the other."""
        for descriptor in range(first, first + count):
            self.connect(self.schedule.random.choice(("sockets", "secure sockets")), descriptor)
            self.schedule.sleep(self.schedule.random.randrange(1, 60))

    def visitor(self, descriptor: int) -> None:
        """Begin a handshake, or say nothing, and be thrown out."""
        self.ports["secure"].listener.connect(Socket(self.network, descriptor))
        self.network.sent[descriptor] += self.schedule.random.randrange(MESSAGES)
        self.schedule.wait(lambda: descriptor in self.connections)
        self.schedule.sleep(self.schedule.random.randrange(1, 60))
        self.connections[descriptor].sever("the port was forced")
        self.schedule.wait(lambda: self.connections[descriptor].owner is Owner.CLOSED)

    def operator(self, clients: list[int]) -> None:
        """Take requests out of the queue, as a deadline and FORCE do, until all were answered."""
        while not self.over(len(clients)):
            self.schedule.sleep(self.schedule.random.randrange(1, 200))
            for connection in [self.connections[number] for number in clients if number in self.connections]:
                if self.schedule.random.random() < 0.2 and connection.change_owner(Owner.QUEUE, Owner.IO):
                    self.taken_back[connection.descriptor] += 1
                    self.loop.again(connection)

    def over(self, clients: int) -> bool:
        """Say whether every request was answered or taken back."""
        return sum(self.answered.values()) + sum(self.taken_back.values()) >= REQUESTS * clients

    def end(self, clients: int, calls: int, visitors: int) -> None:
        """End the threads when everything was answered."""
        self.schedule.wait(lambda: self.over(clients))
        self.schedule.wait(lambda: self.socket_runs + self.refused >= calls and not self.running)
        self.schedule.wait(lambda: sum(c.owner is Owner.CLOSED for c in self.connections.values()) >= calls + visitors)
        for _ in range(self.programs + 1):
            self.jobs.end_worker()
        self.jobs.end()


def _played(seed: int, monkeypatch: pytest.MonkeyPatch) -> House:
    schedule = Schedule(seed, MODULES)
    monkeypatch.setattr(queues, "PROGRAMS_PER_TURN", 2)
    threads = SimpleNamespace(Lock=schedule.lock)
    monkeypatch.setattr(queues, "threading", threads)
    monkeypatch.setattr(queues, "time", SimpleNamespace(sleep=lambda seconds: schedule.sleep(30)))
    monkeypatch.setattr(connections, "threading", threads)
    monkeypatch.setattr(ioloops, "STEPS_AFTER_PROGRAMS", 2)
    monkeypatch.setattr(acceptors, "ACCEPTS_PER_TURN", 2)
    monkeypatch.setattr(direct, "TlsSocket", Handshake)
    monkeypatch.setattr(sdaemons, "ChannelStream", lambda *of: SimpleNamespace(close=lambda: None))
    chance = schedule.random
    house = House(
        schedule,
        programs=chance.choice((1, 2, 3)),
        watchdog=chance.random() < 0.7,
        handshakes=chance.choice((1, 2, 256)),
    )
    clients = list(range(10, 10 + chance.choice((1, 3, 5))))
    calls, visitors = chance.choice((0, 2, 4)), chance.choice((0, 1, 3))
    for number in clients:
        schedule.start(f"client {number}", partial(house.client, chance.choice(("plain", "secure")), number))
    for number in range(20, 20 + visitors):
        schedule.start(f"visitor {number}", partial(house.visitor, number))
    if chance.random() < 0.3:  # seldom: what it moves on would hide that something stands still
        schedule.start("operator", partial(house.operator, clients))
    schedule.start("caller", partial(house.caller, 30, calls))
    schedule.start("end", partial(house.end, len(clients), calls, visitors))
    schedule.run()
    assert house.running == 0
    assert not house.loop.acceptor.line
    found = {number: house.answered[number] + house.taken_back[number] for number in clients}
    assert set(found.values()) == {REQUESTS}, found
    assert house.socket_runs + house.refused == calls
    return house


@pytest.mark.parametrize("batch", range(4))
def test_every_request_is_answered_in_whatever_order_the_threads_run(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(batch * 40, batch * 40 + 40):
        with monkeypatch.context() as patched:
            try:
                _played(seed, patched)
            except AssertionError as error:
                raise AssertionError(f"order {seed}: {error}") from error
