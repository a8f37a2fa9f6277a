"""What an ON rule does: OPEN, then CMD, SEND or RECV. Source: m204wiki, JANUS WEB ON."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from soul.janus.rules import Action as ActionWord, OnMatch, RuleCommand
from soul.janus.web.dates import from_text, seconds_of, to_text
from soul.janus.web.procedures import ProcedureFormat, format_of, receive, send
from soul.language.whole import whole_number
from soul.online.command import CommandError
from soul.online.known_line import execute_again
from soul.online.problem import Problem, ProblemKind
from soul.online.session import Session
from soul.online.straight import INCLUDE_TITLE
from soul.runtime.errors import RequestCancelled

if TYPE_CHECKING:
    from soul.janus.port import OpenClause, PortDefinition
    from soul.janus.web.thread import WebThread

TITLE = "JANUS WEB ON"


class Outcome(Enum):
    """How the commands of a rule ended."""

    DONE = auto()  # all went through, or went wrong inside a procedure that goes on
    REFUSED = auto()  # a command of the rule itself was refused
    CANCELLED = auto()  # a request was cancelled or did not compile, or a file could not be opened
    RESTARTED = auto()  # the user was restarted
    NOT_FOUND = auto()  # the client named a procedure or command that there is not
    BAD_URL = auto()  # the client's part of the command holds what no command may


class Action:
    """One ON rule at work on one thread."""

    def __init__(self, session: Session, web: WebThread, on: OnMatch) -> None:
        self._session = session
        self._web = web
        self._on = on

    def run(self, *, commands_of_port: bool) -> Outcome:
        """Do OPEN and, when asked, CMD of the port, then what the rule says. Raises Stopped.

        Exception handlers find the port's files open, but its CMD is not for them (our choice).
        """
        page = self._web.page
        rule = self._on.rule
        definition = self._web.port.definition
        outcome = self._open(definition.opens("OPEN"))
        for command in definition.commands("CMD") if commands_of_port else ():
            if outcome not in (Outcome.DONE, Outcome.REFUSED):
                break
            outcome = outcome_of(self._execute(command, "CMD"), "CMD")
        if outcome not in (Outcome.DONE, Outcome.REFUSED):
            return outcome
        outcome = self._open(rule.opens)
        if outcome is not Outcome.DONE:
            return outcome
        page.on = page.options.autoon
        page.expires = _expiry(rule.string("EXPIRE"), self._session) if rule.flag("EXPIRE") else ""
        if rule.action is ActionWord.SEND:
            return self._send()
        if rule.action is ActionWord.RECV:
            return self._receive()
        return self._commands()

    def _open(self, clauses: tuple[OpenClause, ...]) -> Outcome:
        """Open files and groups; the first one becomes the default. A failure is a cancelled request (our choice)."""
        files = self._session.files
        for index, clause in enumerate(clauses):
            opened = files.find(clause.name, clause.kind)
            if opened and opened.privileges == clause.privileges and (index or files.default is opened):
                continue  # the port's OPEN did it already
            try:
                self._session.open(clause.name, clause.kind, clause.privileges, default=index == 0)
            except CommandError as error:
                self._session.thread.message_text(error.message, error.text)
                return Outcome.CANCELLED
        return Outcome.DONE

    def _commands(self) -> Outcome:
        refused = False
        for command in self._on.commands:
            if command.substituted and command.hazard:
                return Outcome.BAD_URL
            outcome = self._command(command)
            if outcome not in (Outcome.DONE, Outcome.REFUSED):
                return outcome
            refused = refused or outcome is Outcome.REFUSED
        return Outcome.REFUSED if refused else Outcome.DONE

    def _command(self, command: RuleCommand) -> Outcome:
        """Issue one command. What the client contributed to it is one literal name, never scanned for syntax."""
        if not command.substituted:
            return outcome_of(self._execute(command.literal, TITLE), TITLE)
        name = command.include
        if name is not None:
            if not self._has_procedure(name):
                return Outcome.NOT_FOUND
            problems = self._session.include(name) + self._session.finish()
            return outcome_of(problems, INCLUDE_TITLE)
        if command.verb_from_url and command.verb.upper() not in self._session.online.settings.subsystems:
            return Outcome.NOT_FOUND
        problems = self._session.execute(command.text, title=TITLE) + self._session.finish()
        return outcome_of(problems, TITLE)

    def _has_procedure(self, name: str) -> bool:
        """Say whether there is such a permanent procedure; temporary ones are not for URLs."""
        try:
            return bool(name.strip()) and self._session.has_procedure(name)
        except CommandError:
            return True  # no default file: the command itself says so

    def _execute(self, command: str, title: str) -> list[Problem]:
        """Execute a command of the port or rule, in which nothing comes from the client."""
        return execute_again(self._session, command, title) + self._session.finish()

    def _send(self) -> Outcome:
        try:
            send(self._session, self._web, self._on.procedure, "", self._format())
        except CommandError:
            return Outcome.NOT_FOUND
        except RequestCancelled as error:
            self._session.thread.message_text(error.message, error.text)
            return Outcome.CANCELLED
        self._web.page.finish()
        return Outcome.DONE

    def _receive(self) -> Outcome:
        try:
            receive(self._session, self._web.request.body, self._on.procedure, "", self._format())
        except CommandError as error:
            self._session.thread.message_text(error.message, error.text)
            return Outcome.CANCELLED
        if not self._web.page.done:
            self._web.page.finish(201)
        return Outcome.DONE

    def _format(self) -> ProcedureFormat:
        return format_of(word for word in ("BINARY", "BASE64", "TEXT") if self._on.rule.flag(word))


def outcome_of(problems: list[Problem], title: str) -> Outcome:
    """Return how a command that was executed under `title` ended."""
    if not problems:
        return Outcome.DONE
    kinds = {problem.kind for problem in problems}
    if ProblemKind.RESTARTED in kinds:
        return Outcome.RESTARTED
    if kinds & {ProblemKind.CANCELLED, ProblemKind.COMPILE}:
        return Outcome.CANCELLED
    own = [problem for problem in problems if problem.kind is ProblemKind.COMMAND and problem.procedure == title]
    return Outcome.REFUSED if own else Outcome.DONE


def _expiry(text: str, session: Session) -> str:
    """Return the Expires header of EXPIRE: a number of seconds from now, or an HTTP date (our choice); '' for none."""
    text = text.strip()
    if not text:
        return ""
    now = session.thread.clock()
    seconds = whole_number(text)
    if seconds is not None:
        return to_text(seconds_of(now) + seconds)
    moment = from_text(text, now.year - 50)
    return "" if moment is None else to_text(moment)


def authenticate_header(definition: PortDefinition) -> str:
    """Return the challenge of a 401 response; the realm is REALM or the port's name (our choice)."""
    realm = definition.string("REALM") or definition.name
    return 'Basic realm="' + realm.replace("\\", "\\\\").replace('"', '\\"') + '", charset="UTF-8"'
