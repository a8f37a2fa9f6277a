"""The start of a login session on a port: NEWSESOPEN, NEWSESCMD, and the login that $Sir_Login makes in it.

WEBSERV and SRVSOCK ports share this. Sources: m204wiki, NEWSESCMD; NEWSESOPEN; PRELOGINUSER; $Sir_Login.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from soul.online.command import CommandError
from soul.online.problem import Problem, ProblemKind
from soul.online.session import Session
from soul.online.users import UserError, Verdict
from soul.runtime.slots import Slot

if TYPE_CHECKING:
    from soul.janus.port import PortDefinition

NEW_SESSION: Slot[NewSession] = Slot("new session")

# What $Sir_Login returns: only 0 is documented to mean success, the others are our choice.
LOGGED_IN = 0
UNKNOWN_USER = 1
WRONG_PASSWORD = 2
NEW_PASSWORD_REFUSED = 3
DELAYED = 4

_CODES = {
    Verdict.GOOD: LOGGED_IN,
    Verdict.UNKNOWN: UNKNOWN_USER,
    Verdict.WRONG_PASSWORD: WRONG_PASSWORD,
    Verdict.DELAYED: DELAYED,
}


@dataclass
class NewSession:
    """Attached to a thread while NEWSESCMD runs; only then may $Sir_Login be called."""

    session: Session
    upper_case: bool
    userid: str = ""  # who was logged in, '' nobody yet

    def login(self, userid: str, password: str | None, new_password: str | None, account: str) -> int:
        """Log in, trusted when `password` is None, and change the password when a new one is given.

        Returns one of the codes above. A trusted login needs the setting `login.trusted`.
        """
        if self.upper_case:
            userid = userid.upper()
            password = password.upper() if password is not None else None
            new_password = new_password.upper() if new_password is not None else None
        online = self.session.online
        if not 1 <= len(userid.strip()) <= 10:
            return UNKNOWN_USER
        if password is None and not online.settings.flag("login", "trusted"):
            online.audit.write("AD", f"Trusted login of {userid} refused: the setting login.trusted is off")
            return UNKNOWN_USER
        if password is not None and new_password:
            return self._change(userid.strip(), password, new_password, account)
        return self._log_in(userid.strip(), password, account)

    def _log_in(self, userid: str, password: str | None, account: str) -> int:
        code = _CODES[self.session.login(userid, password, account)]
        if code == LOGGED_IN:
            self.userid = self.session.thread.userid
        return code

    def _change(self, userid: str, password: str, new_password: str, account: str) -> int:
        users = self.session.online.users
        code = _CODES[users.verify(userid, password)]
        if code != LOGGED_IN:
            return code
        try:
            users.change_password(userid, new_password)
        except UserError:
            return NEW_PASSWORD_REFUSED
        return self._log_in(userid, new_password, account)


def run_new_session(session: Session, definition: PortDefinition) -> tuple[str, list[Problem]]:
    """Run NEWSESOPEN and NEWSESCMD; return the userid that was logged in ('' none) and what went wrong.

    Afterwards files are closed, globals and everything else of the user cleared, the slots of the thread too; the
    login and the sizes of the user's tables stay. Raises Stopped when the thread was stopped.
    """
    thread = session.thread
    state = NewSession(session, not definition.flag("NOUPCASE"))
    thread.slots.put(NEW_SESSION, state)
    problems: list[Problem] = []
    try:
        for clause in definition.opens("NEWSESOPEN"):
            session.open(clause.name, clause.kind, clause.privileges)
        for command in definition.commands("NEWSESCMD"):
            problems += session.execute(command, title="NEWSESCMD")
            problems += session.finish()
            if any(problem.kind is not ProblemKind.COMMAND for problem in problems):
                break
    except CommandError as error:
        session.thread.message_text(error.message, error.text)
        problems.append(Problem(ProblemKind.CANCELLED, error.message.number, error.text, hint=error.hint))
    finally:
        sizes = _table_sizes(session)
        session.clean_up()
        thread.parameters.update(sizes)
        thread.slots.drop(NEW_SESSION)
    return state.userid, problems


def _table_sizes(session: Session) -> dict[str, str | int]:
    """Return the sizes that UTABLE set: they outlive NEWSESCMD, as documented."""
    from soul.online.parameters import PARAMETERS, Scope

    tables = {row.name for row in PARAMETERS if row.scope is Scope.TABLE}
    return {name: value for name, value in session.thread.parameters.items() if name in tables}
