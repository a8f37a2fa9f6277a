"""The command level of one user: its levels of input, its files and login, and the loop that reads lines.

What becomes of a line is said elsewhere: `joining` makes logical lines, `dispatch` executes commands, a `Mode` takes
the lines of a request, and `problem_log` keeps what went wrong.

    session = online.session(online.new_thread(output, userid="ALICE"))
    problems = session.execute("INCLUDE CERT.LOGIN")

A session is used by one Python thread at a time, like its `Thread`. Sources: m204wiki, Overview of Model 204
commands; Terminal session; INCLUDE command; IF command; LOGIN or LOGON command; ERMX parameter; MAXINCL parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from soul.language.source import SourceLine
from soul.online.command import CommandError, Privilege
from soul.online.continuation import continued_by_column
from soul.online.dispatch import issue, refuse
from soul.online.dummies import DummyStrings
from soul.online.feed import Feed
from soul.online.joining import Joiner
from soul.online.line_end import LINE_END, line_end
from soul.online.messages import ONLINE_MESSAGES
from soul.online.mode import Mode
from soul.online.names import temporary_number
from soul.online.open_files import OpenFile, OpenFiles
from soul.online.problem import Problem, ProblemKind, UserRestarted
from soul.online.problem_log import ProblemLog
from soul.online.procedures import Procedure, ProcedureError, ProcedureFile, ProcedureNotFound, places_sought
from soul.online.temporary import TemporaryProcedures
from soul.online.users import Verdict
from soul.runtime.errors import Stopped, StopStatement
from soul.runtime.messages import Message
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

if TYPE_CHECKING:
    from soul.online.evaluation import Outstanding
    from soul.online.online import Online

NO_USERID = "NO USERID"
NO_ACCOUNT = "NO ACCOUNT"


class Session:
    """The command level of one thread."""

    mode: Mode | None = None
    context: OpenFile | None = None  # the IN clause of the command being executed
    more: Outstanding | None = None  # what End More keeps for the next request
    subsystem = ""
    upper = False  # *UPPER
    replies: Iterator[SourceLine] = iter(())  # to prompts, when the typed lines are at their end
    evaluating = False
    lines_typed = 0

    def __init__(self, online: Online, thread: Thread, privileges: Privilege = Privilege.NONE) -> None:
        self.online = online
        self.thread = thread
        self.privileges = privileges
        self.files = OpenFiles(online)
        self.temporary = TemporaryProcedures()
        self.feeds: list[Feed] = []
        self.message_changes: dict[str, Callable[[Message], Message]] = {}  # MSGCTLU
        self._joiner = Joiner(online.commands)
        self.problems = ProblemLog(thread, online.audit, self.feeds)
        self._attach()
        thread.message_filter = self.changed_message
        thread.error_counted = self._error_counted

    @cached_property
    def dummies(self) -> DummyStrings:
        """What replaces the dummy strings of this session."""
        return DummyStrings(self.global_value, self.response)

    def dissolve(self) -> None:
        """Undo the links between session and thread when nobody uses either any more: see `Thread.dissolve`."""
        self.thread.dissolve()
        self.__dict__.pop("dummies", None)

    def _attach(self) -> None:
        """Make the session reachable from its thread; what only some $functions need comes when they ask."""
        self.thread.slots.put(SESSION, self)
        self.thread.slots.fill = self._attach_services

    def _attach_services(self) -> None:
        from soul.online.services import attach_services

        attach_services(self)

    # -- input ------------------------------------------------------------------------------------------------

    def execute(self, line: str, *, title: str = "command") -> list[Problem]:
        """Execute one typed line, and everything it includes; return what went wrong.

        A line that begins a request, a procedure definition or a prompt leaves the session waiting for more.
        Raises Stopped when the thread was stopped from outside; the session is back at command level then.
        """
        self.lines_typed += 1
        return self._run_feed(Feed([SourceLine(line, title, self.lines_typed)], title, terminal=True))

    def run(self, lines: str | Iterable[SourceLine], *, title: str = "input", terminal: bool = True) -> list[Problem]:
        """Execute lines as command-level input to their end; return what went wrong.

        Input that ends within a request or definition is a problem (our choice), and nothing waits afterwards.
        """
        if isinstance(lines, str):
            from soul.online.procedures import source_lines

            lines = source_lines(lines, title)
        problems = self._run_feed(Feed(lines, title, terminal=terminal))
        return problems + self.finish()

    def include(self, name: str, responses: Sequence[str] = (), *, file: str | None = None) -> list[Problem]:
        """Include the procedure whose whole name is `name`, as INCLUDE does; return what went wrong.

        For names that come from a URL or a program: nothing in `name` is taken for a response or a command.
        """
        first = len(self.problems)
        try:
            procedure = self.find_procedure(name, self.files.find(file) if file else None)
            self.push(Feed.of_procedure(procedure, responses))
        except CommandError as error:
            refuse(self, error, 0, SourceLine(f"INCLUDE {name}", "command", 0))
            return self.problems.take(first)
        self._pump(len(self.feeds) - 1)
        return self.problems.take(first)

    def finish(self) -> list[Problem]:
        """Say that the input is over: report what is unfinished and go back to command level."""
        first = len(self.problems)
        if self._joiner.open:
            line = self._joiner.unfinished
            self._joiner.drop()
            if line is not None:
                expected = "THE LINE AFTER A CONTINUATION HYPHEN"
                self.problems.report(ONLINE_MESSAGES["SOUL.0209"], ProblemKind.COMMAND, line, expected=expected)
        if self.mode is not None:
            self.mode.input_ended()
            self.mode = None
        return self.problems.take(first)

    def push(self, feed: Feed) -> None:
        """Make `feed` the level that lines are read from, or refuse: MAXINCL.

        With the default of 5, A may include B, B C, C D and D E; E cannot include another.
        """
        if feed.procedure is not None:
            limit = self.thread.parameters.number("MAXINCL", 5)
            if len(self.feeds) >= limit and sum(each.procedure is not None for each in self.feeds) >= limit:
                raise CommandError(ONLINE_MESSAGES["SOUL.0205"], limit=limit)
        self.feeds.append(feed)
        self.thread.responses = feed.responses

    @property
    def feed(self) -> Feed | None:
        """The level lines are read from now."""
        return self.feeds[-1] if self.feeds else None

    @property
    def in_procedure(self) -> bool:
        """Say whether the present line comes from a procedure (or the start-up commands), not from a terminal."""
        return bool(self.feeds) and not self.feeds[-1].terminal

    def response(self, prompt: str) -> str:
        """Return the next INCLUDE response, else the next typed line after showing `$$prompt`, else ''."""
        if self.thread.responses:
            return self.thread.responses.popleft()
        return self.ask("$$" + prompt) or ""

    def ask(self, prompt: str, *, whole: bool = False, keep_case: bool = False) -> str | None:
        """Show a prompt and return the reply, or None where nobody can type.

        A reply ends at a semicolon, behind which input goes on, and is continued by a trailing hyphen; `whole` takes
        the line as it was typed. m204wiki, $Read.
        """
        feed = next((feed for feed in reversed(self.feeds) if feed.terminal), None)
        if feed is None:
            return None
        self.thread.finish_line()
        self.thread.output.line(prompt)
        reply = feed.reply(whole, self.replies)
        return reply.upper() if reply and self.upper and not keep_case and not whole else reply

    def global_value(self, name: str) -> str | None:
        """Return a global for a dummy string: the user's, then the subsystem's and the system's; None if unset."""
        value = self.thread.globals.get(name)
        if value is None:
            shared = self.online.shared.globals
            value = shared.get(self.subsystem, name) if self.subsystem else None
            value = shared.get("", name) if value is None else value
        return value

    # -- procedures and files ---------------------------------------------------------------------------------

    def find_procedure(self, name: str, context: OpenFile | None = None) -> Procedure:
        """Return the procedure `name`: a temporary one, or one of the IN clause's or default file.

        Raises CommandError (SOUL.0201 not found, SOUL.0202 no file, M204.1172 no such temporary procedure).
        """
        number = temporary_number(name)
        if number is not None:
            return self.temporary.get(number)
        where = self._files(context)
        for file in where:
            try:
                return file.procedure(name)
            except ProcedureNotFound:
                continue
            except ProcedureError as error:
                raise CommandError(ONLINE_MESSAGES["SOUL.0210"], detail=str(error)) from None
        raise CommandError(ONLINE_MESSAGES["SOUL.0201"], name=name, where=places_sought(where, name))

    def has_procedure(self, name: str, context: OpenFile | None = None) -> bool:
        """Say whether `find_procedure` would find a procedure (a broken one counts)."""
        number = temporary_number(name)
        if number is not None:
            return self.temporary.has(number)
        try:
            return any(file.has(name) for file in self._files(context))
        except ProcedureError:
            return True

    def procedure_file(self, context: OpenFile | None = None) -> ProcedureFile:
        """Return the file that procedures are stored in: the IN clause's or default one, a group's first."""
        return self._files(context)[0]

    def _files(self, context: OpenFile | None) -> tuple[ProcedureFile, ...]:
        chosen = context or self.context or self.files.default
        if chosen is None:
            raise CommandError(ONLINE_MESSAGES["SOUL.0202"])
        if not chosen.procedure_files:
            raise CommandError(ONLINE_MESSAGES["M204.0946"], detail=f": {chosen.name} HOLDS NO PROCEDURES")
        return chosen.procedure_files

    def open(
        self,
        name: str,
        kind: str = "",
        privileges: int = 0x0221,
        *,
        password: str | None = None,
        default: bool = False,
        trusted: bool = True,
    ) -> OpenFile:
        """Open a file or group. `kind` is FILE, GROUP or '' (group first, then file).

        The first one opened becomes the default, and so does any with `default`. `trusted` (port definitions) asks
        no password. Raises CommandError when there is no such file or the password is wrong.
        """
        return self.files.open(name, kind, privileges, password=password, default=default, trusted=trusted)

    def close_all(self) -> None:
        """Close all files and groups, without messages."""
        self.files.close_all()

    # -- logins -----------------------------------------------------------------------------------------------

    def login(self, userid: str, password: str | None, account: str = "") -> Verdict:
        """Log the user in after checking the password; `password=None` is a trusted login. Say how it went.

        A success is journaled (M204.0353) and shown; a failure changes nothing and shows nothing.
        """
        users = self.online.users
        verdict = users.find(userid) if password is None else users.verify(userid, password)
        if verdict is not Verdict.GOOD:
            self.online.audit.write("AD", f"Login of {userid} failed: {verdict.value}", self.thread)
            return verdict
        user = users.get(userid)
        assert user is not None
        self.thread.userid = user.userid
        self.thread.account = account or user.account or NO_ACCOUNT
        self.privileges = user.privileges
        self._log_line("LOGIN")
        return verdict

    @property
    def logged_in(self) -> bool:
        """Say whether somebody is logged in."""
        return self.thread.userid != NO_USERID

    def logoff(self) -> None:
        """Log the user out: files closed, temporary procedures, globals and settings gone (M204.0353)."""
        if self.logged_in:
            self._log_line("LOGOUT")
        self.thread.finish_login()
        self.clean_up()
        self.thread.userid = NO_USERID
        self.thread.account = NO_ACCOUNT
        self.privileges = Privilege.NONE

    def clean_up(self) -> None:
        """Drop everything that belongs to the login except who is logged in."""
        thread = self.thread
        self.close_all()
        self.temporary.clear()
        self.message_changes.clear()
        self.more = None
        self.mode = None
        self.subsystem = ""
        thread.globals.clear()
        thread.slots.clear()
        self._attach()
        thread.parameters.clear()
        thread.parameters.update(self.online.user_parameters())
        thread.refresh_pages()
        thread.error_count = 0
        thread.first_error = thread.last_error = ""

    def _log_line(self, what: str) -> None:
        when = self.thread.clock().strftime("%y %b %d %H:%M").upper()
        self.thread.message(
            ONLINE_MESSAGES["M204.0353"], userid=self.thread.userid, account=self.thread.account, what=what, when=when
        )

    # -- messages ---------------------------------------------------------------------------------------------

    def inform(self, number: str, **fields: object) -> None:
        """Issue one of ONLINE_MESSAGES that is no failure."""
        self.thread.message(ONLINE_MESSAGES[number], **fields)

    def soft_restart(self, how: str = " SOFTLY") -> None:
        """Restart the user: the input is dropped and the user logged out (M204.1024)."""
        self.thread.message(ONLINE_MESSAGES["M204.1024"], how=how)
        self.problems.append(Problem(ProblemKind.RESTARTED, "M204.1024", "USER RESTARTED" + how))
        self._drop_input()
        self.logoff()
        raise UserRestarted

    def check_error_limit(self) -> None:
        """Restart the user when more than ERMX errors were counted in a procedure; -1 and 65535 mean no limit."""
        if self._over_limit():
            self.thread.error_count = 0
            self.soft_restart()

    def _over_limit(self) -> bool:
        count = self.thread.error_count
        return count > 0 and 0 <= (limit := self.thread.parameters.number("ERMX", 30)) < 65535 and count > limit

    def _error_counted(self) -> None:
        """End the request when its errors exceed ERMX; `check_error_limit` restarts the user (m204wiki, ERMX)."""
        if self.evaluating and self._over_limit():
            raise StopStatement

    def changed_message(self, message: Message) -> Message:
        """Return a message with the attributes that MSGCTL and MSGCTLU gave it."""
        for changes in (self.online.message_changes, self.message_changes):
            change = changes.get(message.number) if changes else None
            if change is not None:
                message = change(message)
        return message

    # -- the loop ---------------------------------------------------------------------------------------------

    @property
    def at_rest(self) -> bool:
        """Say whether the next line is a command as it stands, and nothing else waits to be read."""
        return not (self.feeds or self.mode or self.upper or self._joiner.open)

    def go_on(self, depth: int, begin: Callable[[], None], first: int | None = None) -> list[Problem]:
        """Do `begin`, then read and execute lines until the input stack is no higher than `depth`.

        Return what went wrong, from problem number `first` on (by default from now on).
        """
        first = len(self.problems) if first is None else first
        self._pump(depth, begin)
        return self.problems.take(first)

    def _run_feed(self, feed: Feed) -> list[Problem]:
        first = len(self.problems)
        self.push(feed)
        self._pump(len(self.feeds) - 1)
        return self.problems.take(first)

    def _pump(self, depth: int, begin: Callable[[], None] | None = None) -> None:
        """Read and execute lines until the input stack is no higher than `depth`."""
        try:
            if begin is not None:
                begin()
            while len(self.feeds) > depth:
                feed = self.feeds[-1]
                line = feed.next()
                if line is None:
                    self.pop()
                    continue
                column = self.thread.parameters.number("INCCC")
                if self.mode is None and not (column or self._joiner.open or self.upper):
                    plain = self.online.commands.plain(line.text)
                    if plain is not None:
                        issue(self, line.text, (), line, plain)
                        continue
                if column and not (self.mode and self.mode.whole_lines):
                    line = continued_by_column(line, column)
                if feed.terminal and LINE_END in line.text:
                    line = self._first_of(line, feed)
                if self.mode is not None:
                    self.mode.take(line, feed)
                elif self.upper and feed.terminal:
                    self._command_line(replace(line, text=line.text.upper()))
                else:
                    self._command_line(line)
        except UserRestarted:
            pass
        except Stopped:
            self._drop_input()
            raise

    def _first_of(self, line: SourceLine, feed: Feed) -> SourceLine:
        """Return a typed line up to its LINEND character, where that ends lines."""
        if self._joiner.in_comment if self.mode is None else self.mode.whole_lines:
            return line
        end = line_end(line.text)
        return line if end is None else feed.first_of(line, end)

    def pop(self) -> None:
        """End the present level of input."""
        feed = self.feeds.pop()
        if feed.table_settings:
            # An outstanding PUSHUTABLE is undone when its level closes (m204wiki, PUSHUTABLE and POPUTABLE).
            self.thread.parameters.update(feed.table_settings[0])
        self.thread.responses = self.feeds[-1].responses if self.feeds else type(feed.responses)()

    def _drop_input(self) -> None:
        while self.feeds:
            self.pop()
        self.mode = None
        self._joiner.drop()

    def replaced(self, line: SourceLine) -> SourceLine:
        """Return `line` with its dummy strings replaced as the SUB parameter says."""
        bit = 4 if self.in_procedure else 1
        if "?" not in line.text or not self.thread.parameters.number("SUB", 5) & bit:
            return line
        found = self.online.commands.match(self._joiner.text or line.text) if self.mode is None else None
        return self.dummies.replace(line, prompts=found is None or not found[0].wildcards)

    def _command_line(self, stored: SourceLine) -> None:
        whole = self._joiner.take(self.replaced(stored))
        if whole is not None:
            issue(self, *whole)


SESSION: Slot[Session] = Slot("session")


def session_of(thread: Thread) -> Session:
    """Return the command level of `thread`; raises LookupError for a thread that has none."""
    found = thread.slots.get(SESSION)
    if found is None:
        raise LookupError("this thread has no command level")
    return found
