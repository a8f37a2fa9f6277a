"""Who does what next: complete requests that wait, sdaemons that wait for them, and the one sdaemon that drives.

Python runs one thread at a time, so a thread that reads requests and another that answers them gain nothing by being
two; each request then costs a change of threads, and each system call may cost another. So one sdaemon *drives*: it
waits for the sockets, reads what comes, and runs the programs of complete requests itself, one after the other. When a
program is about to wait for something (`leave`), or keeps the driver for longer than PATIENCE_SECONDS (the watchdog
sees it), an idle sdaemon becomes the driver, and the old one is just a sdaemon that runs a program.

There is one thread more than there may be programs, so that somebody always waits for the sockets and looks at the
time limits, whatever the programs do.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum

from soul.janus.server.connection import Connection

PATIENCE_SECONDS = 0.004  # how long a program may keep the driver: the watchdog's looks cost the others time, too
QUIET_LOOKS = 2  # looks without a new program after which the watchdog sleeps until there is one
PROGRAMS_PER_TURN = 32  # programs that a driver runs before it looks at the sockets again


class Todo(Enum):
    """What a sdaemon does when it runs no program."""

    DRIVE = "wait for the sockets once"
    END = "end the thread"


class Seat:
    """Where one sdaemon waits for work, and where a socket connection is put for it."""

    __slots__ = ("_gate", "given")

    def __init__(self) -> None:
        self.given: Connection | None = None
        self._gate = threading.Lock()
        self._gate.acquire()

    def wait(self) -> None:
        """Wait for `wake`, which may have come before."""
        self._gate.acquire()

    def wake(self) -> None:
        """End the present or the next `wait`; once for each."""
        self._gate.release()


class JobQueue:
    """Connections with a complete request, oldest first, and the roles of the sdaemons.

    `length` is how many may wait; `programs` how many may run at the same time; `patience` is in seconds. `wake` is
    set by whoever waits for the sockets and ends that wait.
    """

    def __init__(self, length: int, programs: int, patience: float = PATIENCE_SECONDS) -> None:
        self.wake: Callable[[], None] = lambda: None
        self.polling = False  # the driver waits for the sockets, or is about to
        self._length = length
        self._programs = programs
        self._patience = patience
        self._lock = threading.Lock()
        self._waiting: deque[Connection] = deque()
        self._given: deque[Connection] = deque()  # socket connections for a sdaemon that is between two jobs
        self._idle: list[Seat] = []
        self._driver: Seat | None = None
        self._held = False  # the driver runs a program
        self._stalled = False  # ... for too long, and nobody was idle to take its place
        self._running = 0
        self._in_turn = 0  # programs since the driver last looked at the sockets
        self._begun = 0  # programs begun and drivers made; the watchdog sees by it whether anything moves
        self._watched = False
        self._ending = 0
        self._ended = False
        self._watch = Seat()

    @property
    def full(self) -> bool:
        """Say whether no more may wait."""
        return len(self._waiting) >= self._length

    @property
    def ready(self) -> bool:
        """Say whether the driver could run a program now."""
        return bool(self._waiting) and self._running < self._programs

    def put(self, connection: Connection) -> None:
        """Add a connection whose owner is the queue, and see to it that the driver looks at it.

        Without the lock: a driver that has just found nothing looks again when `polling` is set, and whoever comes
        later than that finds it set.
        """
        self._waiting.append(connection)
        if self.polling:
            self.wake()

    def nudge(self) -> None:
        """See to it that the driver looks at the queue; nothing to do for the driver itself, which is not polling."""
        if self.polling:
            self.wake()

    def put_if_free(self, connection: Connection) -> bool:
        """Give a socket connection to a sdaemon that can take it at once; False when none is free."""
        with self._lock:
            if self._ending or self._running + len(self._waiting) >= self._programs:
                return False
            self._running += 1
            if self._idle:
                seat = self._idle.pop()
                seat.given = connection
                seat.wake()
            else:
                self._given.append(connection)  # somebody is about to ask: there are more threads than programs
        return True

    def next(self, seat: Seat, *, ran: bool) -> Connection | Todo:
        """Wait for something to do. `ran`: the caller comes from a program. It owns the connection it is given."""
        while True:
            with self._lock:
                if ran:
                    self._running -= 1
                    ran = False
                plain = self._driver is seat and not (self._given or seat.given or self._ending)
                work = self._drive() if plain else self._work(seat)
                if work is not None:
                    return work
                self._idle.append(seat)
            seat.wait()

    def _work(self, seat: Seat) -> Connection | Todo | None:
        """Return what there is to do for one sdaemon; None: nothing."""
        given = self._given_to(seat)
        if given is not None:
            return given
        if self._ending and not self.ready:
            self._end(seat)
            return Todo.END
        if self._driver is not seat and (self._driver is None or self._stalled):
            self._appoint(seat)
        if self._driver is seat:
            return self._drive()
        if self.polling and self.ready:  # it waited for want of a free sdaemon
            return self._begin()
        return None

    def _given_to(self, seat: Seat) -> Connection | None:
        given, seat.given = seat.given, None
        if given is None and self._given:
            given = self._given.popleft()
            if self._driver is seat:  # the next one that comes drives: nobody is idle, or it would have been given this
                self._driver = None
                self.polling = False
        return given

    def _drive(self) -> Connection | Todo:
        """Return the driver's next program, or that it shall look at the sockets."""
        self.polling = self._stalled = False
        # `ready` and `_begin`, spelled out: this is done for every request.
        if self._waiting and self._running < self._programs and self._in_turn < PROGRAMS_PER_TURN:
            self._in_turn += 1
            self._held = True
            if not self._watched:
                self._watched = True
                self._watch.wake()
            self._running += 1
            self._begun += 1
            return self._waiting.popleft()
        self._in_turn = 0
        self._held = False
        self.polling = True
        return Todo.DRIVE

    def _begin(self) -> Connection:
        self._running += 1
        self._begun += 1
        return self._waiting.popleft()

    def _appoint(self, seat: Seat) -> None:
        """Make a sdaemon the driver."""
        self._driver = seat
        self._held = self._stalled = self.polling = False
        self._in_turn = 0
        self._begun += 1

    def _appoint_idle(self) -> bool:
        """Make an idle sdaemon the driver; False when there is none."""
        if not self._idle:
            return False
        seat = self._idle.pop()
        self._appoint(seat)
        seat.wake()
        return True

    def leave(self, seat: Seat) -> None:
        """Drive no more: the program that the sdaemon runs is about to wait for something."""
        with self._lock:
            if self._driver is seat and self._held:
                self._stalled = not self._appoint_idle()

    # The watchdog.

    def watch(self) -> None:
        """Give the driver's place to somebody else whenever a program keeps it too long; returns after `end`."""
        while not self._ended:
            self._watch.wait()
            quiet = 0
            while not self._ended and quiet < QUIET_LOOKS:
                begun = self._begun
                time.sleep(self._patience)
                quiet = 0 if self._begun != begun else quiet + 1
                if self._held and quiet and not self._replace(begun):
                    break
            with self._lock:
                self._watched = self._held and not self._stalled and not self._ended
                if self._watched:
                    self._watch.wake()

    def _replace(self, begun: int) -> bool:
        """Make an idle sdaemon the driver; False when there is none: then the next one that is free takes the place."""
        with self._lock:
            if self._held and self._begun == begun:
                self._stalled = not self._appoint_idle()
            return not self._stalled

    # The end.

    def end_worker(self) -> None:
        """Make one sdaemon end when nothing is left that it could do."""
        with self._lock:
            self._ending += 1
            if self._idle:
                self._idle.pop().wake()
        self.nudge()

    def _end(self, seat: Seat) -> None:
        self._ending -= 1
        if self._driver is seat:
            self._driver = None
            self._held = self.polling = False
        if self._ending and self._idle:
            self._idle.pop().wake()

    def end(self) -> None:
        """End the watchdog."""
        with self._lock:
            self._ended = True
            if not self._watched:
                self._watched = True
                self._watch.wake()
