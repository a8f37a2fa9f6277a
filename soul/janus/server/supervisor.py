"""The main thread of `soul serve`: waits for signals, watches run times, and stops everything in order."""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from types import FrameType

from soul.janus.server.server import LiveServer

TICK_SECONDS = 0.25
STOPPING_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name))


class Supervisor:
    """Runs on the main thread, the only one that Python gives signals to.

    The first signal drains: nothing new is accepted and what runs may finish. The second, or the end of the grace
    period, forces: connections break and programs are cancelled. `say` tells the operator what happens.
    """

    def __init__(self, server: LiveServer, say: Callable[[str], None]) -> None:
        self._server = server
        self._say = say
        self._signals = 0
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Take over the stopping signals, and give them back at the end."""
        before = {number: signal.signal(number, self._note) for number in STOPPING_SIGNALS}
        # Python runs handlers between bytecodes of the main thread; the byte written here ends its `select` at once.
        descriptor = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._server.on_change = self._wake
        try:
            yield
        finally:
            signal.set_wakeup_fd(descriptor)
            for number, handler in before.items():
                signal.signal(number, handler)

    def run(self) -> bool:
        """Wait for a signal and stop the server. False: something could not be stopped and was left behind."""
        while not self._signals:
            self._wait()
        server, limits = self._server, self._server.limits
        self._say("draining: running requests may finish; a second signal ends them")
        server.drain_all()
        if self._until_stopped(limits.drain_seconds, signals=2):
            return True
        running = server.running()
        self._say("forcing" + (f", still running: {'; '.join(running)}" if running else ""))
        server.force_all()
        if self._until_stopped(limits.force_seconds, signals=3):
            return True
        for name in server.report_stuck():
            self._say(f"still running after it was cancelled: {name}")
        return False

    def _until_stopped(self, seconds: float, signals: int) -> bool:
        """Wait until every port has stopped; False after `seconds`, or at the signal of that number."""
        deadline = time.monotonic() + seconds
        while not self._server.stopped:
            if time.monotonic() >= deadline or self._signals >= signals:
                return False
            self._wait()
        return True

    def _wait(self) -> None:
        readable, _, _ = select.select([self._reader], [], [], TICK_SECONDS)
        if readable:
            with contextlib.suppress(OSError):
                self._reader.recv(4096)
        self._server.tick()

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._signals += 1

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._writer.send(b"\0")
