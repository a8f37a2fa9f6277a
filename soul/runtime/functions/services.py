"""What the session $functions need from the Online, as one small Protocol and the default for a bare thread.

The Online puts its own object under `SESSION_SERVICES`; a thread without one behaves as a user who is not logged in
on a system without files.
"""

from __future__ import annotations

from typing import Protocol

from soul.language.whole import whole_number
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread


class SessionServices(Protocol):
    """The facts and actions of the Online that $functions reach."""

    @property
    def system_administrator(self) -> bool:
        """Whether the user has the system administrator privilege."""

    @property
    def subsystem_name(self) -> str:
        """The name of the subsystem (APSY) the request runs in, or null."""

    @property
    def subsystem_class(self) -> str:
        """The user class in that subsystem, or null."""

    @property
    def io_status(self) -> tuple[int, int]:
        """The $Status and $StatusD of the last external input or output statement."""

    def privileges(self) -> frozenset[str]:
        """Return the user's privileges, upper case: SUPERUSER, SYSTEM ADMINISTRATOR, SYSTEM MANAGER ..."""

    def parameter(self, name: str) -> str | None:
        """Return the text of a parameter as VIEW shows it, or None when there is no such parameter."""

    def set_parameter(self, name: str, value: str) -> bool:
        """Reset a parameter; False when that is not possible."""

    def login(self, userid: str, password: str | None, new_password: str | None, account: str) -> int:
        """Log in; 0 done, else the code of $Sir_Login. No password asks for a trusted login."""

    def command(self, line: str, control: int | None, width: int) -> tuple[int, list[str]]:
        """Run a command on a thread of its own; return the code of $CommndL and the output lines."""

    def background(self, line: str) -> int:
        """Start a command on a thread of its own; return 0 when it was started."""

    def subsystem_status(self, name: str) -> int:
        """Return the $Subsys code of a subsystem; -1 when it is not defined."""

    def read_line(self, prompt: str, *, echo: bool, keep_case: bool, whole: bool) -> str | None:
        """Read a line from the terminal; None when the thread has none."""


class BareServices:
    """The services of a thread without an Online."""

    system_administrator = False
    subsystem_name = ""
    subsystem_class = ""
    io_status = (0, 0)

    def __init__(self, thread: Thread) -> None:
        self._thread = thread

    def privileges(self) -> frozenset[str]:
        """Return none."""
        return frozenset()

    def parameter(self, name: str) -> str | None:
        """Return a parameter of the thread."""
        value = self._thread.parameters.get(name)
        return None if value is None else str(value)

    def set_parameter(self, name: str, value: str) -> bool:
        """Change a parameter of the thread that exists."""
        old = self._thread.parameters.get(name)
        if old is None:
            return False
        if isinstance(old, int):
            number = whole_number(value.removeprefix("-"))
            if number is None:
                return False
            self._thread.parameters[name] = -number if value.startswith("-") else number
        else:
            self._thread.parameters[name] = value
        return True

    def login(self, userid: str, password: str | None, new_password: str | None, account: str) -> int:
        """Refuse."""
        return 1

    def command(self, line: str, control: int | None, width: int) -> tuple[int, list[str]]:
        """Refuse: there is no command level."""
        return 4, []

    def background(self, line: str) -> int:
        """Refuse: there is no command level."""
        return 1

    def subsystem_status(self, name: str) -> int:
        """Know no subsystem."""
        return -1

    def read_line(self, prompt: str, *, echo: bool, keep_case: bool, whole: bool) -> str | None:
        """Have no terminal."""
        return None


SESSION_SERVICES: Slot[SessionServices] = Slot("session services")


def services(thread: Thread) -> SessionServices:
    """Return what the Online offers `thread`."""
    found = thread.slots.get(SESSION_SERVICES)
    return BareServices(thread) if found is None else found
