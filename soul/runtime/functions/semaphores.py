"""Semaphores: names one thread of the Online holds at a time.

The Online puts one `SemaphoreTable` for all threads under `SEMAPHORES`. What a thread holds stays held until it is
released or the user logs off. Source: m204wiki, $Bind; $Bind_List; $Unbind.
"""

from __future__ import annotations

import threading
import time
from functools import partial

from soul.runtime.functions.lists import add_lines
from soul.runtime.functions.patterns import wild_match
from soul.runtime.functions.registry import Family
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

FAMILY = Family("semaphores")

SLICE = 0.1  # seconds between two looks at a request to stop
LONGEST_WAIT = 86_400_000.0  # milliseconds (our choice)
NAME_LENGTH = 255
NO_NAME, HELD_ALREADY, BOUND = -1, -10, -20  # results of $Bind


class SemaphoreTable:
    """Who holds which semaphore."""

    def __init__(self) -> None:
        self._owners: dict[str, Thread] = {}
        self._changed = threading.Condition()

    def take(self, thread: Thread, name: str, wait: float) -> int:
        """Take a semaphore, waiting up to `wait` seconds; return the code of $Bind."""
        until = time.monotonic() + wait
        with self._changed:
            if self._owners.get(name) is thread:
                return HELD_ALREADY
            while (owner := self._owners.setdefault(name, thread)) is not thread:
                left = until - time.monotonic()
                if left <= 0:
                    return owner.number
                thread.begin_wait()
                self._changed.wait(min(left, SLICE))
            return BOUND

    def release(self, thread: Thread, pattern: str = "*") -> int:
        """Release what the thread holds and `pattern` matches; return how many."""
        with self._changed:
            held = [name for name, owner in self._owners.items() if owner is thread and wild_match(name, pattern)]
            for name in held:
                del self._owners[name]
            self._changed.notify_all()
            return len(held)

    def release_all(self, thread: Thread) -> None:
        """Release everything the thread holds."""
        self.release(thread)

    def held(self, thread: Thread) -> list[str]:
        """Return the names the thread holds, in order."""
        with self._changed:
            return sorted(name for name, owner in self._owners.items() if owner is thread)


SEMAPHORES: Slot[SemaphoreTable] = Slot("semaphores")
_RELEASED_AT_LOGOFF: Slot[bool] = Slot("semaphores are released at logoff")


def semaphores(thread: Thread) -> SemaphoreTable:
    """Return the table the thread uses."""
    table = thread.slots.get(SEMAPHORES)
    if table is None:
        table = SemaphoreTable()
        thread.slots.put(SEMAPHORES, table)
    if not thread.slots.get(_RELEASED_AT_LOGOFF):
        thread.slots.put(_RELEASED_AT_LOGOFF, True)
        thread.at_logoff.append(partial(table.release_all, thread))
    return table


@FAMILY.function("$Bind", page="$Bind")
def bind(thread: Thread, name: str = "", wait: float = 0.0) -> int:
    """Take a semaphore of the Online.

    Arguments: name, 1 to 255 bytes; wait, the milliseconds to wait when another thread holds it, default 0, at most
    a day.
    Result: -20 taken, -10 held by this thread already, -1 no name, else the number of the user that holds it. It is
    held until $Unbind or the end of the login.
    Example: $Bind('ORDERS') -> -20
    Example: $Bind('') -> -1
    Page: m204wiki, $Bind
    """
    if not 1 <= len(name) <= NAME_LENGTH:
        return NO_NAME
    return semaphores(thread).take(thread, name, max(0.0, min(wait, LONGEST_WAIT)) / 1000)


@FAMILY.function("$Unbind", page="$Unbind")
def unbind(thread: Thread, name: str = "") -> int:
    """Release a semaphore.

    Arguments: name.
    Result: 0 released, 1 not held by this thread.
    Example: $Unbind('NEVER.BOUND') -> 1
    Page: m204wiki, $Unbind
    """
    quoted = "".join(f'"{char}' for char in name)
    return 0 if name and semaphores(thread).release(thread, quoted) else 1


@FAMILY.function("$UnbindW", page="$Unbind")
def unbindw(thread: Thread, pattern: str = "") -> int:
    """Release the semaphores that a wildcard pattern matches.

    Arguments: pattern, as for $Sir_Wild.
    Result: 0 released, 1 none held.
    Example: $UnbindW('*') -> 1
    Page: m204wiki, $Unbind
    """
    return 0 if semaphores(thread).release(thread, pattern) else 1


@FAMILY.function("$Bind_List", page="$Bind_List")
def bind_list(thread: Thread, list_: int | None = None) -> int:
    """Put the names of the semaphores the thread holds into a $list.

    Arguments: list.
    Result: number of names; -5 argument missing, -6 invalid $list.
    Example: $Bind_List($ListNew) -> 0
    Page: m204wiki, $Bind_List
    """
    return add_lines(thread, list_, semaphores(thread).held(thread))
