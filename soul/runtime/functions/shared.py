"""The tables all threads of one Online share: system globals, sessions, semaphores.

An Online makes one `SharedTables` and attaches it to every thread it makes, and again whenever it clears the slots of
a thread (login, logoff). A thread without one keeps tables of its own.
Source: m204wiki, $Setg_Sys; Sessions; $Bind.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from soul.runtime.functions.globals_ import SHARED_GLOBALS, SharedGlobals
from soul.runtime.functions.semaphores import SEMAPHORES, SemaphoreTable
from soul.runtime.functions.sessions import SESSIONS, SessionTable
from soul.runtime.thread import Thread


@dataclass(frozen=True)
class SharedTables:
    """The shared tables of one Online."""

    globals: SharedGlobals = field(default_factory=SharedGlobals)
    sessions: SessionTable = field(default_factory=SessionTable)
    semaphores: SemaphoreTable = field(default_factory=SemaphoreTable)

    def attach(self, thread: Thread) -> None:
        """Make `thread` use these tables."""
        thread.slots.put(SHARED_GLOBALS, self.globals)
        thread.slots.put(SESSIONS, self.sessions)
        thread.slots.put(SEMAPHORES, self.semaphores)
