"""The queue and its sdaemons: one drives it, another takes over when a program waits or takes too long."""

from __future__ import annotations

import math
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from soul.janus.server.connection import Connection
from soul.janus.server.jobs import PROGRAMS_PER_TURN, JobQueue, Seat, Todo

PATIENCE = 10.0


class Workers:
    """Threads that do what the queue says; what a connection is called says what its program does.

    `wait...` waits until `release` without a word, `leave...` says so first.
    """

    def __init__(self, jobs: JobQueue, count: int) -> None:
        self.jobs = jobs
        self.taken: list[tuple[str, int]] = []
        self.polling: list[int] = []  # who waits for the sockets, now and before
        self._step = threading.Condition()
        self._released = threading.Event()
        self._sockets = threading.Semaphore(0)
        jobs.wake = self._sockets.release
        self._watchdog = threading.Thread(target=jobs.watch, daemon=True)
        self._threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(count)]
        for thread in (self._watchdog, *self._threads):
            thread.start()

    def _work(self, number: int) -> None:
        seat, ran = Seat(), False
        while (work := self.jobs.next(seat, ran=ran)) is not Todo.END:
            if work is Todo.DRIVE:
                self._turn(number)
                ran = False
            else:
                self._program(cast("Any", work).name, seat, number)
                ran = True

    def _turn(self, number: int) -> None:
        with self._step:
            self.polling.append(number)
            self._step.notify_all()
        self._sockets.acquire(timeout=0.0 if self.jobs.ready else PATIENCE)
        self.jobs.polling = False

    def _program(self, name: str, seat: Seat, number: int) -> None:
        with self._step:
            self.taken.append((name, number))
            self._step.notify_all()
        if name.startswith("leave"):
            self.jobs.leave(seat)
        if name.startswith(("wait", "leave")):
            self._released.wait(PATIENCE)

    def until(self, count: int) -> list[str]:
        """Wait until `count` programs have begun, and return their names in order."""
        with self._step:
            assert self._step.wait_for(lambda: len(self.taken) >= count, PATIENCE), self.taken
            return [name for name, _ in self.taken]

    def until_somebody_polls(self) -> int:
        """Wait until a sdaemon waits for the sockets, and return which."""
        with self._step:
            assert self._step.wait_for(lambda: bool(self.polling), PATIENCE)
            return self.polling[-1]

    def put(self, *names: str) -> None:
        for name in names:
            self.jobs.put(connection(name))

    def release(self) -> None:
        self._released.set()

    def end(self) -> None:
        self.release()
        for _ in self._threads:
            self.jobs.end_worker()
        self.jobs.end()
        for thread in (*self._threads, self._watchdog):
            thread.join(PATIENCE)
            assert not thread.is_alive()


def connection(name: str) -> Connection:
    return cast("Connection", SimpleNamespace(name=name))


def test_one_sdaemon_waits_for_the_sockets_and_runs_the_programs() -> None:
    jobs = JobQueue(10, 3, patience=1.0)
    workers = Workers(jobs, 4)
    driver = workers.until_somebody_polls()
    workers.put("0", "1", "2", "3", "4", "5")
    assert workers.until(6) == ["0", "1", "2", "3", "4", "5"]
    assert {number for _, number in workers.taken} == {driver}
    workers.end()


def test_another_sdaemon_takes_over_when_a_program_takes_too_long() -> None:
    jobs = JobQueue(10, 3, patience=0.001)
    workers = Workers(jobs, 4)
    workers.put("wait 1", "wait 2", "last")
    assert workers.until(3) == ["wait 1", "wait 2", "last"]
    assert len({number for _, number in workers.taken}) == 3
    workers.end()


def test_another_sdaemon_takes_over_at_once_when_a_program_is_about_to_wait() -> None:
    jobs = JobQueue(10, 3, patience=1000.0)  # the watchdog is of no help
    workers = Workers(jobs, 4)
    workers.put("leave 1", "leave 2", "last")
    assert workers.until(3) == ["leave 1", "leave 2", "last"]
    jobs._ended = True  # it sleeps for a thousand seconds: nobody waits for it
    workers.release()


@pytest.mark.parametrize("programs", [1, 2])
def test_no_more_programs_run_than_there_may_and_somebody_still_waits_for_the_sockets(programs: int) -> None:
    jobs = JobQueue(10, programs, patience=0.001)
    workers = Workers(jobs, programs + 1)
    workers.put(*(f"wait {number}" for number in range(programs)), "one more")
    names = workers.until(programs)
    busy = {number for _, number in workers.taken}
    seen = len(workers.polling)
    jobs.nudge()
    with workers._step:
        assert workers._step.wait_for(lambda: len(workers.polling) > seen or workers.polling[-1] not in busy, PATIENCE)
    assert names == [f"wait {number}" for number in range(programs)]
    assert not jobs.ready
    workers.release()
    assert workers.until(programs + 1)[-1] == "one more"
    workers.end()


def test_the_driver_looks_at_the_sockets_between_many_programs() -> None:
    jobs = JobQueue(1000, 1, patience=math.inf)
    seat = Seat()
    for number in range(2 * PROGRAMS_PER_TURN):
        jobs.put(connection(f"{number}"))
    work = [jobs.next(seat, ran=step > 0) for step in range(PROGRAMS_PER_TURN)]
    assert Todo.DRIVE not in work
    assert jobs.next(seat, ran=True) is Todo.DRIVE
    assert jobs.ready
    assert isinstance(jobs.next(seat, ran=False), SimpleNamespace)


def test_what_waits_is_taken_before_the_sdaemons_end() -> None:
    jobs = JobQueue(10, 2, patience=0.001)
    for number in range(5):
        jobs.put(connection(f"{number}"))
    workers = Workers(jobs, 3)
    workers.end()
    assert sorted(name for name, _ in workers.taken) == ["0", "1", "2", "3", "4"]


def test_a_socket_program_is_taken_only_by_a_free_sdaemon() -> None:
    jobs = JobQueue(10, 1, patience=0.001)
    workers = Workers(jobs, 2)
    workers.put("wait")
    workers.until(1)
    assert not jobs.put_if_free(connection("the only one is busy"))
    workers.end()


def test_a_socket_program_never_waits_for_a_sdaemon_that_drives() -> None:
    """It goes to an idle one, or to one that is just between two jobs; never behind a wait for the sockets."""
    jobs = JobQueue(10, 2, patience=0.001)
    driver, other = Seat(), Seat()
    assert jobs.next(driver, ran=False) is Todo.DRIVE
    socket = connection("wait")
    assert jobs.put_if_free(socket)  # nobody is idle: the third sdaemon is on its way
    assert jobs.next(other, ran=False) is socket
    assert jobs.put_if_free(second := connection("second"))
    assert jobs.next(driver, ran=False) is second  # the driver comes by first: it leaves its place ...
    assert jobs.next(Seat(), ran=False) is Todo.DRIVE  # ... to the next
    assert not jobs.put_if_free(connection("both are busy"))


def test_the_queue_is_full_at_its_length() -> None:
    jobs = JobQueue(2, 1)
    jobs.put(connection("1"))
    assert not jobs.full
    jobs.put(connection("2"))
    assert jobs.full
