"""LOGIN, LOGON, LOGOUT, LOGOFF, and the change of a password.

Source: m204wiki, LOGIN or LOGON command; LOGOUT or LOGOFF command; LOGONCP command.
"""

from __future__ import annotations

from dataclasses import dataclass

from soul.language.source import SourceLine
from soul.online.command import CommandError, CommandTable, words
from soul.online.feed import Feed
from soul.online.messages import ONLINE_MESSAGES
from soul.online.problem import ProblemKind
from soul.online.session import Session
from soul.online.users import UserError, Verdict


def register(table: CommandTable) -> None:
    """Add the commands of this family."""
    table.add("LOGIN", login, abbreviation="LOGON", redact=redact_login)
    table.add("LOGINCP", login_changing, abbreviation="LOGONCP", redact=redact_login)
    table.add("LOGOUT", logout, abbreviation="LOGOFF")


@dataclass
class PasswordMode:
    """Waits for the line that is the password of LOGIN. The line reaches no log."""

    session: Session
    userid: str
    account: str
    at: SourceLine
    changing: bool

    @property
    def expected(self) -> str:
        """What would end the mode."""
        return "THE PASSWORD"

    @property
    def whole_lines(self) -> bool:
        """Whether a semicolon is text."""
        return True

    def take(self, line: SourceLine, feed: Feed) -> None:
        """Check the password, and the new one after a colon or in the next line for LOGINCP."""
        session = self.session
        session.mode = None
        password = line.text.strip()
        new = ""
        if not self.changing and ":" in password:
            # `old:new` changes the password too, where the password as a whole is not right
            if session.login(self.userid, password, self.account) is Verdict.GOOD:
                return
            password, _, new = password.partition(":")
        verdict = session.login(self.userid, password, self.account)
        if verdict is not Verdict.GOOD:
            session.problems.report(ONLINE_MESSAGES["M204.0349"], ProblemKind.COMMAND, self.at, secret=True)
            return
        if new:
            change_password(session, self.userid, new, self.at)
        elif self.changing:
            session.mode = NewPasswordMode(session, self.userid, self.at)
            session.thread.output.line("NEW PASSWORD")

    def input_ended(self) -> None:
        """The login fails."""
        self.session.problems.report(ONLINE_MESSAGES["M204.0349"], ProblemKind.COMMAND, self.at)


@dataclass
class NewPasswordMode:
    """Waits for the new password of LOGINCP."""

    session: Session
    userid: str
    at: SourceLine

    @property
    def expected(self) -> str:
        """What would end the mode."""
        return "THE NEW PASSWORD"

    @property
    def whole_lines(self) -> bool:
        """Whether a semicolon is text."""
        return True

    def take(self, line: SourceLine, feed: Feed) -> None:
        """Change the password."""
        self.session.mode = None
        change_password(self.session, self.userid, line.text.strip(), self.at)

    def input_ended(self) -> None:
        """Nothing is changed."""
        self.session.problems.report(ONLINE_MESSAGES["SOUL.0209"], ProblemKind.COMMAND, self.at, expected=self.expected)


def change_password(session: Session, userid: str, password: str, at: SourceLine) -> None:
    """Store a new password, or say why not."""
    try:
        session.online.users.change_password(userid, password)
    except UserError as error:
        session.problems.report(
            ONLINE_MESSAGES["SOUL.0208"], ProblemKind.COMMAND, at, secret=True, detail=str(error).upper()
        )
        return
    session.inform("SOUL.0221", text="PASSWORD CHANGED")


def login(session: Session, operands: str, at: SourceLine) -> None:
    """`LOGIN user [account]`: prompts for the password and takes the next line as the reply."""
    _begin(session, operands, at, changing=False)


def redact_login(line: str) -> str:
    """Return a LOGIN line fit for logs: what follows userid and account is most likely a password."""
    given = line.split(None, 3)
    return " ".join([*given[:3], "********"]) if len(given) > 3 else line


def login_changing(session: Session, operands: str, at: SourceLine) -> None:
    """`LOGINCP user [account]`: as LOGIN, then asks for a new password."""
    _begin(session, operands, at, changing=True)


def _begin(session: Session, operands: str, at: SourceLine, *, changing: bool) -> None:
    given = words(operands)
    if not 1 <= len(given) <= 2:
        raise CommandError(ONLINE_MESSAGES["SOUL.0208"], detail="LOGIN TAKES A USERID AND AN OPTIONAL ACCOUNT")
    if session.logged_in:
        session.logoff()
    account = given[1].text.upper() if len(given) > 1 else ""
    session.mode = PasswordMode(session, given[0].text.upper(), account, at, changing)
    session.inform("M204.0347")


def logout(session: Session, operands: str, at: SourceLine) -> None:
    """`LOGOUT`: closes files, drops temporary procedures and globals."""
    if operands.strip():
        raise CommandError(ONLINE_MESSAGES["SOUL.0208"], offset=0, detail="LOGOUT TAKES NO OPERANDS")
    session.logoff()
