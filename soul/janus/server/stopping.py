"""The stop list of one running request or socket program, with a way to wake it while it waits."""

from __future__ import annotations

from collections.abc import Callable


class StopSignal(list[str]):
    """A thread's `stop` list: empty while all is well, a reason is appended to stop it.

    Compiled loops only test its truth. Whoever waits registers a waker with `on_stop` and is called, from the stopping
    thread, when a reason arrives; at once when there already is one.
    """

    begin_wait: Callable[[], None] = staticmethod(lambda: None)
    """Called by the program's thread when it is about to wait for something: others may go on meanwhile."""

    _wakers: tuple[Callable[[], None], ...] = ()

    def append(self, reason: str) -> None:
        """Ask the owner to stop; the first reason is the one reported."""
        super().append(reason)
        for waker in self._wakers:
            waker()

    def on_stop(self, waker: Callable[[], None]) -> None:
        """Call `waker` when somebody asks to stop. It must not block and must not raise."""
        self._wakers = (*self._wakers, waker)
        if self:
            waker()

    def ignore(self, waker: Callable[[], None]) -> None:
        """Take back `on_stop`."""
        self._wakers = tuple(known for known in self._wakers if known != waker)
