"""The queue between the I/O thread and the sdaemons: one drives it, another takes over when it stands still."""

from __future__ import annotations

import math
import threading
from types import SimpleNamespace
from typing import Any, cast

from soul.janus.server.connection import Connection
from soul.janus.server.sdaemon import JobQueue, Seat

PATIENCE = 10.0
ATTEMPTS = 10_000


class Workers:
    """Threads that take what is in the queue; a connection called `wait` holds its thread until `release`."""

    def __init__(self, jobs: JobQueue, count: int) -> None:
        self.jobs = jobs
        self.taken: list[tuple[str, int]] = []
        self._step = threading.Condition()
        self._released = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(count)]
        for thread in self._threads:
            thread.start()

    def _work(self, number: int) -> None:
        seat = Seat()
        while (connection := self.jobs.get(seat)) is not None:
            name = cast("Any", connection).name
            if name.startswith("program"):
                self.jobs.leave(seat)
            with self._step:
                self.taken.append((name, number))
                self._step.notify_all()
            if name.startswith(("wait", "program")):
                self._released.wait(PATIENCE)

    def until(self, count: int) -> list[str]:
        """Wait until `count` connections were taken, looking at the queue as the I/O thread does."""
        with self._step:
            for _ in range(ATTEMPTS):
                if len(self.taken) >= count:
                    break
                self.jobs.look()
                self._step.wait(0.001)
            return [name for name, _ in self.taken]

    def end(self) -> None:
        self._released.set()
        for _ in self._threads:
            self.jobs.end_worker()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def connection(name: str) -> Connection:
    return cast("Connection", SimpleNamespace(name=name))


def test_one_sdaemon_drives_the_queue() -> None:
    jobs = JobQueue(10, patience=math.inf)
    workers = Workers(jobs, 4)
    for number in range(6):
        jobs.put(connection(f"{number}"))
    assert workers.until(6) == ["0", "1", "2", "3", "4", "5"]
    assert len({number for _, number in workers.taken}) == 1
    workers.end()


def test_another_sdaemon_takes_over_when_the_queue_stands_still() -> None:
    jobs = JobQueue(10, patience=0.0)
    workers = Workers(jobs, 3)
    for name in ("wait 1", "wait 2", "last"):
        jobs.put(connection(name))
    assert sorted(workers.until(3)) == ["last", "wait 1", "wait 2"]
    workers.end()


def test_a_program_leaves_the_queue_to_others() -> None:
    jobs = JobQueue(10, patience=math.inf)
    workers = Workers(jobs, 2)
    jobs.put(connection("program"))
    workers.until(1)
    jobs.put(connection("page"))
    assert workers.until(2) == ["program", "page"]
    workers.end()


def test_what_waits_is_taken_before_the_sdaemons_end() -> None:
    jobs = JobQueue(10, patience=math.inf)
    for number in range(5):
        jobs.put(connection(f"{number}"))
    workers = Workers(jobs, 2)
    workers.end()
    assert sorted(name for name, _ in workers.taken) == ["0", "1", "2", "3", "4"]


def test_a_program_is_taken_only_by_a_free_sdaemon() -> None:
    jobs = JobQueue(10)
    assert not jobs.put_if_free(connection("nobody is there"))
    workers = Workers(jobs, 1)
    jobs.put(connection("wait"))
    workers.until(1)
    assert not jobs.put_if_free(connection("the only one is busy"))
    workers.end()


def test_the_queue_is_full_at_its_length() -> None:
    jobs = JobQueue(2)
    jobs.put(connection("1"))
    assert not jobs.full
    jobs.put(connection("2"))
    assert jobs.full
    assert jobs.look()
