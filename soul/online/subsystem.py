"""Application subsystems (APSY): the loop over the communication global, and the error procedure.

A subsystem is defined in soul.toml:

    [subsystems.PAYROLL]
    file = "MYPROC"                  # where its procedures are
    login = "PAY.LOGIN"              # included first
    error = "PAY.ERROR"              # included after a cancelled request
    communication_global = "NEXT"    # names the procedure to include next
    exit_value = "XIT"               # ends the subsystem

Source: m204wiki, Application Subsystem development; M204.0673.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from soul.online.command import CommandError
from soul.online.messages import ONLINE_MESSAGES
from soul.online.problem import Problem, ProblemKind
from soul.runtime.errors import RequestCancelled
from soul.runtime.thread import Output

if TYPE_CHECKING:
    from soul.online.session import Session
    from soul.online.settings import SubsystemSettings

# The three-letter codes of the error global. Others of the documentation cannot happen here.
CODES = {
    ProblemKind.CANCELLED: "CAN",
    ProblemKind.COMPILE: "CNT",  # counting errors (our choice for compile errors)
    ProblemKind.COMMAND: "CNT",
}
SILENT_CODES = frozenset({"CAN", "HNG", "HRD", "SFT"})  # the error procedure must not use the terminal


class _NoTerminal:
    """Stands in for the terminal while an error procedure runs that must not use it."""

    def __init__(self, terminal: Output, subsystem: str, code: str) -> None:
        self._terminal = terminal
        self._refusal = RequestCancelled(ONLINE_MESSAGES["M204.0673"], subsystem=subsystem, code=code)

    def line(self, text: str) -> None:
        """Cancel the request."""
        raise self._refusal

    def message(self, text: str) -> None:
        """Show a message."""
        self._terminal.message(text)


def enter(session: Session, name: str, operands: Sequence[str]) -> None:
    """Run subsystem `name` until its communication global holds the exit value or nothing.

    `operands` are the words typed after the name; the first include gets them as responses (our choice).
    """
    if session.subsystem:
        raise CommandError(ONLINE_MESSAGES["SOUL.0208"], detail=f"SUBSYSTEM {session.subsystem} IS RUNNING ALREADY")
    settings = session.online.settings.subsystems[name]
    context = session.open(settings.file, default=True)
    session.subsystem = name
    default = session.files.default
    session.inform("SOUL.0220", name=name, what="ENTERED")
    try:
        for procedure in (settings.initialisation, settings.login):
            if procedure and not _step(session, settings, procedure, operands):
                return
        _loop(session, settings)
    finally:
        session.subsystem = ""
        if session.files.default is default and session.files.find(context.name) is not None:
            session.files.close(context.name)
        session.inform("SOUL.0220", name=name, what="ENDED")


def _loop(session: Session, settings: SubsystemSettings) -> None:
    """Include what the communication global names, again and again.

    The global is cleared before each include, so that a procedure that names no successor ends the subsystem
    instead of running for ever (our choice).
    """
    while True:
        session.thread.check_stop()
        following = session.thread.globals.pop(settings.communication_global, "")
        if following in {"", settings.exit_value}:
            return
        if not _step(session, settings, following, ()):
            return


def _step(session: Session, settings: SubsystemSettings, procedure: str, responses: Sequence[str]) -> bool:
    """Include one procedure, and the error procedure after a failure; say whether the subsystem goes on."""
    problems = session.include(procedure, responses, file=settings.file)
    if not problems:
        return True
    worst = problems[-1]
    if worst.kind is ProblemKind.RESTARTED:
        return False
    return _handle_error(session, settings, worst)


def _handle_error(session: Session, settings: SubsystemSettings, problem: Problem) -> bool:
    code = CODES.get(problem.kind, "CNT")
    session.thread.globals[settings.error_global] = code
    # The communication global is not set to the error procedure's name.
    if not settings.error:
        session.inform("M204.0673", subsystem=session.subsystem, code=code)
        return False
    terminal = session.thread.output
    if code in SILENT_CODES:
        session.thread.redirect(_NoTerminal(terminal, session.subsystem, code))
    try:
        return not session.include(settings.error, file=settings.file)
    finally:
        session.thread.redirect(terminal)
