"""One running region: its files, users, audit trail, commands, built-ins and threads.

    online = Online(Path("programs/clcert"))
    problems = online.run_startup()

`soul.assembly.build` makes an Online with the Janus layer attached; this module knows nothing of ports.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from soul.language.source import SourceLine
from soul.online.audit import AuditTrail
from soul.online.command import ALL_PRIVILEGES, CommandTable, Privilege
from soul.online.parameters import PARAMETERS
from soul.online.problem import Problem, ProblemKind
from soul.online.procedures import ProcedureError, ProcedureFiles, source_lines
from soul.online.session import NO_ACCOUNT, NO_USERID, SESSION, Session
from soul.online.settings import Settings, load_settings
from soul.online.users import MemoryUserStore, TomlUserStore, UserError, Users, UserStore, user_from
from soul.runtime.errors import Stopped
from soul.runtime.messages import Message
from soul.runtime.pager import SETTINGS as PAGE_SETTINGS
from soul.runtime.slots import Slots
from soul.runtime.thread import Output, Thread

if TYPE_CHECKING:
    from soul.language.library import Library
    from soul.online.known_line import KnownInclude
    from soul.online.open_files import OpenFile
    from soul.runtime.functions.shared import SharedTables

STARTUP_FILE = "ccain.m204"
USERS_FILE = "users.toml"


class OnlineError(Exception):
    """The Online cannot be made: no such directory, wrong settings. `problems` are fit for users."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class AuditOutput:
    """Sends what a thread without terminal prints to the audit trail, as RK lines."""

    def __init__(self, audit: AuditTrail) -> None:
        self._audit = audit

    def line(self, text: str) -> None:
        """Take a line of output."""
        self._audit.write("RK", text)

    def message(self, text: str) -> None:
        """Drop a message: the audit trail has it already."""


class ListOutput:
    """Collects what a thread prints, for tests and programs. `messages` are also part of `lines`."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.messages: list[str] = []

    def line(self, text: str) -> None:
        """Take a line of output."""
        self.lines.append(text)

    def message(self, text: str) -> None:
        """Take a message."""
        self.lines.append(text)
        self.messages.append(text)

    @property
    def text(self) -> str:
        """Everything, as a terminal would show it."""
        return "\n".join(self.lines)


class StreamOutput:
    """Writes to a stream as it comes: standard output. What cannot be written stops the run; `failure` says why."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failure: OSError | None = None

    def line(self, text: str) -> None:
        """Write a line of output. Raises Stopped when that is impossible: the reader went away, the disk is full."""
        if self.failure is not None:
            return
        try:
            self._stream.write(text + "\n")
        except UnicodeEncodeError:
            coding = self._stream.encoding or "ascii"
            self._stream.write(text.encode(coding, "backslashreplace").decode(coding) + "\n")
        except OSError as error:
            self.failure = error
            raise Stopped("THE OUTPUT CANNOT BE WRITTEN") from None

    message = line


class Online:
    """One Online. Attributes: settings, files, users, audit, commands, library, slots, shared, clock."""

    def __init__(
        self,
        directory: Path | str | None = None,
        *,
        audit: AuditTrail | None = None,
        library: Callable[[], Library] | None = None,
        user_store: UserStore | None = None,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        """Read the settings of `directory` (None: an empty Online in memory). Raises OnlineError.

        `library` makes the built-ins when the first request is compiled.
        """
        from soul.online.commands import register_commands
        from soul.online.settings import SettingsError

        self.directory = Path(directory) if directory is not None else None
        if self.directory is not None and not self.directory.is_dir():
            raise OnlineError([f"{self.directory} is not a directory"])
        self.clock = clock
        try:
            self.settings: Settings = load_settings(self.directory)
            self.users = Users(user_store or self._user_store())
        except SettingsError as error:
            raise OnlineError(error.problems) from None
        except UserError as error:
            raise OnlineError([str(error)]) from None
        self.files = ProcedureFiles(self.directory, self.settings.locations())
        self.audit = audit if audit is not None else AuditTrail(clock=clock)
        self.commands = CommandTable()
        self.slots = Slots()
        self.opened_files: dict[tuple[str, str, int], OpenFile] = {}  # what OpenFiles found by name, kind, privileges
        self.known_lines: dict[tuple[str, str], KnownInclude] = {}  # by line and default file
        self._shared: SharedTables | None = None
        self.message_changes: dict[str, Callable[[Message], Message]] = {}  # MSGCTL
        self._make_library = library or _runtime_library
        self._library: Library | None = None
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._threads: dict[int, Thread] = {}
        self._user_parameters = {**PARAMETERS.defaults(), **self.settings.parameters}
        self._has_pages = any(self._user_parameters.get(name) for name in PAGE_SETTINGS)
        register_commands(self.commands)

    @property
    def library(self) -> Library:
        """The built-ins that requests may use."""
        if self._library is None:
            with self._lock:
                if self._library is None:
                    self._library = self._make_library()
        return self._library

    @property
    def uptime(self) -> int:
        """Milliseconds since the Online was brought up."""
        return int((time.monotonic() - self._started) * 1000)

    @property
    def shared(self) -> SharedTables:
        """The tables that all threads share: system globals, sessions, semaphores."""
        from soul.runtime.functions.shared import SharedTables

        if self._shared is None:
            with self._lock:
                self._shared = self._shared or SharedTables()
        return self._shared

    def user_parameters(self) -> dict[str, int | str]:
        """Return the parameters a session begins with."""
        return self._user_parameters

    def file_exists(self, name: str) -> bool:
        """Say whether there is a file of this name that OPEN can open."""
        try:
            return self.files.find(name) is not None
        except ProcedureError:
            return False

    def new_thread(
        self,
        output: Output | None = None,
        *,
        userid: str = NO_USERID,
        account: str = NO_ACCOUNT,
        number: int | None = None,
        daemon: bool = False,
    ) -> Thread:
        """Return a new user thread with the lowest free number from 1; `release` gives the number back.

        A `daemon` (a port, $Commnd) and a thread without output have no pages unless HDRCTL says so.
        """
        with self._lock:
            if number is None:
                number = 1
                while number in self._threads:
                    number += 1
            thread = Thread(
                output if output is not None else AuditOutput(self.audit),
                self.audit,
                number=number,
                userid=userid,
                account=account,
                clock=self.clock,
                daemon=daemon or output is None,
            )
            thread.parameters.update(self._user_parameters)
            if self._has_pages:
                thread.refresh_pages()
            self._threads[number] = thread
        return thread

    def release(self, thread: Thread) -> None:
        """Forget a thread and free its number. Files are closed; no LOGOUT line is written."""
        session = thread.slots.get(SESSION)
        if session is not None:
            session.close_all()
        self.forget(thread)

    def forget(self, thread: Thread) -> None:
        """Forget a thread that nobody uses any more, and free its number."""
        with self._lock:
            if self._threads.get(thread.number) is thread:
                del self._threads[thread.number]

    @property
    def threads(self) -> list[Thread]:
        """The present threads by number."""
        with self._lock:
            return [self._threads[number] for number in sorted(self._threads)]

    def session(self, thread: Thread, privileges: Privilege | None = None) -> Session:
        """Return the command level of `thread`, made on first use.

        `privileges` default to those of the thread's userid (none for a userid that is not defined).
        """
        known = thread.slots.get(SESSION)
        if known is not None:
            return known
        if privileges is None:
            user = self.users.get(thread.userid) if thread.userid != NO_USERID else None
            privileges = user.privileges if user is not None else Privilege.NONE
        return Session(self, thread, privileges)

    def startup_session(self, output: Output | None = None) -> Session:
        """Return the command level of user 0, which has all privileges and no error limit."""
        thread = self.new_thread(output, userid="USER0", number=0)
        thread.parameters["ERMX"] = -1  # every error of the start-up commands is shown (our choice)
        return self.session(thread, ALL_PRIVILEGES)

    def run_startup(self, output: Output | None = None) -> list[Problem]:
        """Execute the start-up commands as user 0 and return every problem, those of the directory first."""
        problems = [Problem(ProblemKind.COMMAND, "SOUL.0210", text) for text in self.files.problems()]
        session = self.startup_session(output)
        try:
            lines = self._startup_lines(problems)
            problems += session.run(lines, title=STARTUP_FILE, terminal=False)
        finally:
            self.release(session.thread)
        return problems

    def _startup_lines(self, problems: list[Problem]) -> Iterable[SourceLine]:
        if self.directory is None:
            return ()
        path = self.directory / STARTUP_FILE
        try:
            return source_lines(path.read_text("utf-8-sig"), STARTUP_FILE)
        except FileNotFoundError:
            return ()
        except UnicodeDecodeError:
            problems.append(Problem(ProblemKind.COMMAND, "SOUL.0210", f"{path} is not a text (UTF-8)"))
        except OSError as error:
            problems.append(Problem(ProblemKind.COMMAND, "SOUL.0210", f"{path} cannot be read: {error.strerror}"))
        return ()

    def close(self) -> None:
        """Stop every thread and close the audit trail."""
        for thread in self.threads:
            thread.stop.append("THE ONLINE ENDS")
        self.audit.close()

    def _user_store(self) -> UserStore:
        users = [user_from(name, row, "soul.toml") for name, row in self.settings.users.items()]
        if self.directory is None:
            return MemoryUserStore(users)
        return TomlUserStore(self.directory / USERS_FILE, users)


def _runtime_library() -> Library:
    from soul.runtime.library import BuiltinLibrary

    return BuiltinLibrary()
