"""The queue, its sdaemons and the I/O loop in many orders of their steps: every request is answered, once."""

from __future__ import annotations

from collections import Counter
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from interleaving import Schedule

from soul.janus.server import connection as connections, jobs as queues, sdaemon as sdaemons
from soul.janus.server.connection import Connection, Owner
from soul.janus.server.ioloop import IoLoop
from soul.janus.server.jobs import JobQueue
from soul.janus.server.limits import ServerLimits
from soul.janus.server.sdaemon import Sdaemon
from soul.janus.stream import Address

MODULES = [f"soul.janus.server.{name}" for name in ("jobs", "ioloop", "sdaemon", "connection", "stopping")]
REQUESTS = 3  # of one connection
ADDRESS = Address("127.0.0.1", 1)


class Network:
    """A poller and the clients behind it: a connection is ready when it is armed and its client has sent something."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.armed: set[int] = set()
        self.sent: Counter[int] = Counter()
        self.woken = False
        self.waiting = 0
        self.turns = 0

    def ready(self) -> list[int]:
        return [descriptor for descriptor in sorted(self.armed) if self.sent[descriptor]]

    def arm(self, descriptor: int, interest: int) -> None:
        self.armed.add(descriptor)

    add = arm

    def forget(self, descriptor: int) -> None:
        self.armed.discard(descriptor)

    def wait(self, timeout: float) -> list[tuple[int, int]]:
        """Wait for ever where a poller waits a second: a second would hide that somebody was not woken."""
        self.waiting += 1
        self.turns += 1
        assert self.waiting == 1, "two wait for the sockets"
        self.schedule.switch()
        if timeout:
            self.schedule.wait(lambda: self.woken or bool(self.ready()))
        self.woken = False
        found = self.ready()
        self.armed.difference_update(found)
        self.waiting -= 1
        return [(descriptor, 1) for descriptor in found]

    def wake(self) -> None:
        self.woken = True

    def close(self) -> None:
        pass


class House:
    """The real queue, sdaemons, I/O loop and connections; invented are what is below and above them."""

    def __init__(self, schedule: Schedule, programs: int, watchdog: bool) -> None:
        """Without a watchdog the programs say when they wait, and are short otherwise."""
        self.schedule = schedule
        self.programs = programs
        self.kinds = ["short", "short", "waits"] + ["long", "waits unsaid"] * watchdog
        self.jobs = JobQueue(100, programs)
        self.network = Network(schedule)
        self.loop = IoLoop(self.network, ServerLimits(), lambda: 0.0, self.jobs, cast("Any", self))
        self.loop.exchange = cast("Any", self)
        self.served = cast("Any", SimpleNamespace(name="P", web=self, sockets=None, open=True, leave=lambda c: None))
        self.sockets = cast("Any", SimpleNamespace(name="S", web=None, sockets=self, open=True, leave=lambda c: None))
        self.clients: list[Connection] = []
        self.running = 0
        self.owned: set[int] = set()
        self.answered: Counter[int] = Counter()
        self.taken_back: Counter[int] = Counter()
        self.socket_runs = 0
        for number in range(programs + 1):
            sdaemon = Sdaemon(number, self.jobs, self.loop.turn, cast("Any", self), cast("Any", self), lambda: 0.0)
            schedule.start(f"sdaemon {number}", sdaemon.run)
        if watchdog:
            schedule.start("watchdog", self.jobs.watch)

    def connection(self, descriptor: int, served: Any) -> Connection:
        sock = SimpleNamespace(fileno=lambda: descriptor, close=lambda: None, shutdown=lambda how: None)
        made = Connection(served, cast("Any", sock), ADDRESS, ADDRESS)
        made.peer = cast("Any", SimpleNamespace(address=ADDRESS))
        made.channel = cast("Any", SimpleNamespace(close=lambda: None, finish=lambda: None))
        return made

    # What the exchange does.

    def begin(self, connection: Connection) -> None:
        """Nothing is to be prepared."""

    def turn(self, connection: Connection) -> None:
        """Read what came: each message is a request."""
        assert connection.owner is Owner.IO
        if not self.network.sent[connection.descriptor]:
            self.loop.hand_back(connection, 1)  # it was taken out of the queue
            return
        self.network.sent[connection.descriptor] -= 1
        self._dispatch(connection)

    def _dispatch(self, connection: Connection) -> None:
        connection.request = cast("Any", SimpleNamespace(method="GET", path="/", of=connection))
        if connection.hand_to(Owner.QUEUE):
            self.jobs.put(connection)
            self.jobs.nudge()

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
        elif kind != "short":
            if kind == "waits":
                stop.begin_wait()
            # What is waited for may need a request that still has to come: somebody must look at the sockets.
            before = self.network.turns
            self.schedule.wait(lambda: bool(self.network.waiting) or self.network.turns > before)
            self.schedule.sleep(self.schedule.random.randrange(1, 100))
        self.running -= 1

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
        raise AssertionError(f"{number}: {fields}")

    # What the clients and the operator do.

    def client(self, connection: Connection) -> None:
        descriptor = connection.descriptor
        self.loop.adopt(connection)
        for count in range(1, REQUESTS + 1):
            self.network.sent[descriptor] += 1
            if self.schedule.random.random() < 0.7:  # else the next request comes ahead
                self.schedule.wait(
                    lambda count=count: self.answered[descriptor] + self.taken_back[descriptor] >= count  # type: ignore[misc]
                )

    def operator(self) -> None:
        """Take requests out of the queue, as a deadline and FORCE do, until all were answered."""
        while not self.over():
            self.schedule.sleep(self.schedule.random.randrange(1, 200))
            for connection in self.clients:
                if self.schedule.random.random() < 0.2 and connection.change_owner(Owner.QUEUE, Owner.IO):
                    self.taken_back[connection.descriptor] += 1
                    self.loop.again(connection)

    def over(self) -> bool:
        """Say whether every request was answered or taken back."""
        return sum(self.answered.values()) + sum(self.taken_back.values()) >= REQUESTS * len(self.clients)

    def caller(self, count: int, refused: list[int]) -> None:
        for number in range(count):
            connection = self.connection(1000 + number, self.sockets)
            assert connection.hand_to(Owner.QUEUE)
            if not self.jobs.put_if_free(connection):
                refused.append(number)
            self.schedule.sleep(self.schedule.random.randrange(1, 60))

    def end(self, calls: int, refused: list[int]) -> None:
        """End the threads when everything was answered."""
        self.schedule.wait(self.over)
        self.schedule.wait(lambda: self.socket_runs + len(refused) >= calls and not self.running)
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
    monkeypatch.setattr(sdaemons, "ChannelStream", lambda *of: SimpleNamespace(close=lambda: None))
    chance = schedule.random
    house = House(schedule, programs=chance.choice((1, 2, 3)), watchdog=chance.random() < 0.7)
    house.clients = [house.connection(10 + number, house.served) for number in range(chance.choice((1, 3, 5)))]
    calls, refused = chance.choice((0, 2, 4)), list[int]()
    for client in house.clients:
        schedule.start(f"client {client.descriptor}", partial(house.client, client))
    if chance.random() < 0.3:  # seldom: what it moves on would hide that something stands still
        schedule.start("operator", house.operator)
    schedule.start("caller", partial(house.caller, calls, refused))
    schedule.start("end", partial(house.end, calls, refused))
    schedule.run()
    assert house.running == 0
    found = {
        client.descriptor: house.answered[client.descriptor] + house.taken_back[client.descriptor]
        for client in house.clients
    }
    assert set(found.values()) == {REQUESTS}, found
    assert house.socket_runs + len(refused) == calls
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
