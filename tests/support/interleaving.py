"""Threads that take turns: one runs at a time, and chance that can be repeated says at each line which goes on.

    schedule = Schedule(seed, ["soul.janus.server.jobs"])
    schedule.start("one", action)
    schedule.run()

Threads of the interpreter change at places that a test cannot choose, and errors that need a rare place stay unseen.
Here the lines of the named modules, and every lock and wait of the schedule, are such places. When nobody can go on,
the schedule fails at once and says where everybody stands: nothing is waited for, and no time is measured.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Iterable
from random import Random
from types import FrameType
from typing import Any

STEPS = 200_000  # changes of threads after which a schedule moves in a circle


class Unfair(AssertionError):
    """Nobody can go on, or they go round in circles."""


class _Abandoned(BaseException):
    """Ends the threads of a schedule that has failed."""


class _Task:
    """One thread: what it waits for (None: nothing), and how long at most, in steps."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.gate = threading.Semaphore(0)
        self.condition: Callable[[], bool] | None = None
        self.until: int | None = None
        self.pace = 1.0
        self.ended = False
        self.error: BaseException | None = None
        self.frame: FrameType | None = None

    def ready(self, step: int) -> bool:
        if self.condition is None:
            return self.until is None or step >= self.until
        return self.condition()

    @property
    def place(self) -> str:
        return f"{self.name} in {self.frame.f_code.co_name} line {self.frame.f_lineno}" if self.frame else self.name


class Schedule:
    """Runs tasks by turns. `modules` are those whose every line is a place to change."""

    def __init__(self, seed: int, modules: Iterable[str] = (), change: float = 0.2) -> None:
        """`change` is how probable a change is at a line."""
        self.random = Random(seed)
        self.steps = 0
        self._change = change
        self._files = frozenset(importlib.import_module(name).__file__ for name in modules)
        self._tasks: list[_Task] = []
        self._threads: list[threading.Thread] = []
        self._back = threading.Semaphore(0)
        self._present = threading.local()
        self._failed = False

    def start(self, name: str, action: Callable[[], object]) -> None:
        """Add a task."""
        task = _Task(name)
        self._tasks.append(task)
        thread = threading.Thread(target=self._body, args=(task, action), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def run(self) -> None:
        """Run all tasks to their ends. Raises Unfair, or the first error of a task.

        For some time some are much slower than others: a thread that stands still at one place is what others meet.
        """
        new_paces = 0
        while alive := [task for task in self._tasks if not task.ended]:
            ready = [task for task in alive if task.ready(self.steps)]
            sleepers = [task.until for task in alive if task.condition is None and task.until is not None]
            if not ready and sleepers:
                self.steps = min(sleepers)
                continue
            self.steps += 1
            if not ready or self.steps > STEPS:
                self._fail(alive, "nobody can go on" if not ready else "no end")
            if self.steps >= new_paces:
                new_paces = self.steps + self.random.randrange(20, 400)
                for task in alive:
                    task.pace = self.random.random() ** 6
            task = self.random.choices(ready, [task.pace for task in ready])[0]
            task.condition = task.until = None
            task.gate.release()
            self._back.acquire()
            if task.error is not None:
                self._end()
                raise task.error
        self._end()

    def switch(self) -> None:
        """Let anybody go on."""
        self._pass(None, None)

    def sleep(self, steps: int) -> None:
        """Let the others go on for some time, or until nobody can."""
        self._pass(None, self.steps + max(1, steps))

    def wait(self, condition: Callable[[], bool]) -> None:
        """Go on when `condition` holds."""
        if not condition():
            self._pass(condition, None)

    def lock(self) -> Lock:
        """Return a lock as of `threading`."""
        return Lock(self)

    def _pass(self, condition: Callable[[], bool] | None, until: int | None) -> None:
        task: _Task | None = getattr(self._present, "task", None)
        if task is None:  # the test itself, before `run`
            assert condition is None
            return
        if self._failed:
            raise _Abandoned
        task.condition, task.until, task.frame = condition, until, sys._getframe(2)
        self._back.release()
        task.gate.acquire()
        if self._failed:
            raise _Abandoned

    def _body(self, task: _Task, action: Callable[[], object]) -> None:
        self._present.task = task
        task.gate.acquire()
        try:
            if not self._failed:
                sys.settrace(self._trace)
                action()
        except _Abandoned:
            pass
        except BaseException as error:
            task.error = error
        finally:
            sys.settrace(None)
            task.ended = True
            self._back.release()

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        return self._line if frame.f_code.co_filename in self._files else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line" and self.random.random() < self._change:
            self._pass(None, None)
        return self._line

    def _fail(self, alive: list[_Task], what: str) -> None:
        places = "; ".join(task.place for task in alive)
        self._end()
        raise Unfair(f"{what} after {self.steps} steps: {places}")

    def _end(self) -> None:
        self._failed = True
        for task in self._tasks:
            task.gate.release()
        for thread in self._threads:
            thread.join()


class Lock:
    """A lock of a schedule."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._held = False

    def acquire(self, blocking: bool = True) -> bool:
        if not blocking and self._held:
            return False
        self._schedule.switch()
        self._schedule.wait(lambda: not self._held)
        self._held = True
        return True

    def release(self) -> None:
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()
