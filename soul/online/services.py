"""What $functions reach of the Online: the session behind `soul.runtime.functions.services`.

Sources: m204wiki, $Sir_Login; $CommndL; $View; $Read; LOGIN or LOGON command.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from soul.language.source import SourceLine
from soul.online.command import CommandError, Privilege
from soul.online.dummies import DummyStrings
from soul.online.parameters import PARAMETERS, Scope, view_parameter
from soul.online.procedures import DirectoryProcedureFile, ProcedureError, ProcedureFile
from soul.online.users import UserError, Verdict, privilege_names
from soul.runtime.functions.procedures import BAD_FILE, NOT_FOUND, PROCEDURES, ProcedureFacts
from soul.runtime.functions.services import SESSION_SERVICES

if TYPE_CHECKING:
    from soul.online.session import Session

LOGIN_CODES = {
    Verdict.GOOD: 0,
    Verdict.UNKNOWN: 1,
    Verdict.WRONG_PASSWORD: 2,
    Verdict.DELAYED: 4,
}
PASSWORD_REFUSED = 3


class OnlineServices:
    """Satisfies `SessionServices` for the thread of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def system_administrator(self) -> bool:
        """Whether the user has the system administrator privilege."""
        return bool(self._session.privileges & Privilege.SYSTEM_ADMINISTRATOR)

    @property
    def subsystem_name(self) -> str:
        """The name of the subsystem the request runs in, or null."""
        return self._session.subsystem

    @property
    def subsystem_class(self) -> str:
        """The user class in that subsystem: there is one class, USER (our choice)."""
        return "USER" if self._session.subsystem else ""

    @property
    def io_status(self) -> tuple[int, int]:
        """The $Status and $StatusD of the last external input or output statement."""
        return self._session.thread.io_status

    def privileges(self) -> frozenset[str]:
        """Return the user's privileges, upper case."""
        return frozenset(name.upper() for name in privilege_names(self._session.privileges))

    def parameter(self, name: str) -> str | None:
        """Return the text of a parameter as VIEW shows it, or None when there is no such parameter."""
        return view_parameter(self._session.thread, name)

    def set_parameter(self, name: str, value: str) -> bool:
        """Reset a user parameter; False when that is not possible."""
        row = PARAMETERS.get(name)
        if row is None or row.scope is not Scope.USER:
            return False
        try:
            changes = row.changes(row.parse(value, row.default))
        except ValueError:
            return False
        for changed, kept in changes.items():
            self._session.thread.set_parameter(changed, kept)
        return True

    def login(self, userid: str, password: str | None, new_password: str | None, account: str) -> int:
        """Log in; 0 done, else the code of $Sir_Login. No password asks for a trusted login."""
        session = self._session
        if password is None and not session.online.settings.flag("login", "trusted"):
            session.online.audit.write(
                "AD", f"Trusted login of {userid} refused: login.trusted is false", session.thread
            )
            return LOGIN_CODES[Verdict.UNKNOWN]
        if password is not None and new_password:
            verdict = session.online.users.verify(userid, password)
            if verdict is not Verdict.GOOD:
                return LOGIN_CODES[verdict]
            try:
                session.online.users.change_password(userid, new_password)
            except UserError:
                return PASSWORD_REFUSED
            password = new_password
        return LOGIN_CODES[session.login(userid, password, account)]

    def command(self, line: str, control: int | None, width: int) -> tuple[int, list[str]]:
        """Run a command on a thread of its own; return the code of $CommndL and the output lines."""
        from soul.online.online import ListOutput

        output = ListOutput()
        with_thread = self._session.online.new_thread(
            output, userid=self._session.thread.userid, account=self._session.thread.account, daemon=True
        )
        try:
            session = self._session.online.session(with_thread, self._session.privileges)
            if control is not None:
                with_thread.parameters["MSGCTL"] = control
            problems = session.execute(line)
            waiting = session.mode is not None
        finally:
            self._session.online.release(with_thread)
        lines = [line[start : start + width] for line in output.lines for start in range(0, len(line) or 1, width)]
        return (12 if waiting else 4 if problems else 0), lines

    def background(self, line: str) -> int:
        """Run a command on a thread and a Python thread of its own; return 0 when it was started."""
        import threading

        def work() -> None:
            self.command(line, None, 255)

        threading.Thread(target=work, name=f"background {line[:20]}", daemon=True).start()
        return 0

    def subsystem_status(self, name: str) -> int:
        """Return the $Subsys code of a subsystem: 1 defined and active (our choice), -1 when it is not defined."""
        return 1 if name.upper() in self._session.online.settings.subsystems else -1

    def read_line(self, prompt: str, *, echo: bool, keep_case: bool, whole: bool) -> str | None:
        """Show `prompt` and read a line from the terminal; None when the thread has none."""
        return self._session.ask("$$" + prompt, whole=whole, keep_case=keep_case)


class SessionProcedures:
    """Satisfies `ProcedureAccess`: the procedures of one session's open files."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, name: str, file: str | None) -> Sequence[str] | int:
        """Return the lines, or 2 for a missing procedure, 4 for a bad file or none."""
        opened = self._session.files.find(file) if file else None
        if file and opened is None:
            return BAD_FILE
        try:
            return [line.text for line in self._session.find_procedure(name, opened).lines]
        except CommandError as error:
            return NOT_FOUND if error.message.number in {"SOUL.0201", "M204.1172"} else BAD_FILE

    def substitute(self, lines: Sequence[str], responses: str) -> Sequence[str]:
        """Return the lines with dummy strings replaced, from an INCLUDE response text such as ",A,B"."""
        from soul.online.commands.inclusion import split_include

        left = split_include("X " + responses)[1]
        dummies = DummyStrings(self._session.global_value, lambda prompt: left.pop(0) if left else "")
        return [dummies.replace(SourceLine(line, "", 0)).text for line in lines]

    def list(self, file: str | None) -> Sequence[ProcedureFacts] | None:
        """Return the procedures of a file or group in order of names; None for a file that is not open."""
        opened = self._session.files.find(file) if file else self._session.files.default
        if opened is None:
            return None
        facts: list[ProcedureFacts] = []
        for member in opened.members:
            found = self._session.online.files.find(member)
            if found is not None:
                facts += [self._facts(found, name) for name in found.names()]
        return sorted(facts, key=lambda fact: fact.name)

    @staticmethod
    def _facts(file: ProcedureFile, name: str) -> ProcedureFacts:
        try:
            size = len(file.procedure(name).text)
        except ProcedureError:
            return ProcedureFacts(file.name, name)
        updated = ""
        if isinstance(file, DirectoryProcedureFile):
            path = file.path_of(name)
            with contextlib.suppress(OSError):  # it has just been removed
                if path is not None:
                    updated = datetime.fromtimestamp(os.stat(path).st_mtime).strftime("%Y%m%d%H%M%S")
        return ProcedureFacts(file.name, name, size, updated)

    def touch(self, name: str, file: str | None) -> bool:
        """Set the last-update stamp to now; False when that is not possible."""
        opened = self._session.files.find(file) if file else self._session.files.default
        for member in opened.members if opened is not None else ():
            found = self._session.online.files.find(member)
            if isinstance(found, DirectoryProcedureFile):
                path = found.path_of(name)
                if path is not None:
                    try:
                        os.utime(path)
                    except OSError:
                        return False
                    return True
        return False

    def write_temporary(self, lines: Sequence[str]) -> None:
        """Make the lines temporary procedure 0."""
        self._session.temporary.store(0, "".join(line + "\n" for line in lines))


def attach_services(session: Session) -> None:
    """Attach everything that $functions may ask the session's thread for."""
    from soul.online.datasets import OnlineDataSets
    from soul.runtime.datasets import DATA_SETS

    slots = session.thread.slots
    slots.put(SESSION_SERVICES, OnlineServices(session))
    slots.put(PROCEDURES, SessionProcedures(session))
    slots.put(DATA_SETS, OnlineDataSets(session))
    session.online.shared.attach(session.thread)
