"""One user of the Online, as far as running requests and $functions see it.

A thread is created by the layer above (a terminal, a batch run, a web request, a socket connection) and is used
by one Python thread at a time. Only `stop` is touched from outside.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from soul.runtime.errors import Stopped, StopStatement
from soul.runtime.messages import PLACED, Message, MessageClass, places
from soul.runtime.pager import SETTINGS as PAGE_SETTINGS, Pager, several_of
from soul.runtime.printer import Printer
from soul.runtime.slots import Slots

TERMINAL_ERRORS_OFF = 4  # MSGCTL
TERMINAL_INFORMATION_OFF = 2
PREFIXES_OFF = 1
ATTENTION = "ATTENTION"  # the reason to stop of the attention key
ERROR_TEXT_LENGTH = 79  # ERRMSGL default 80, less one: m204wiki, $ErrMsg


class Output(Protocol):
    """Where the terminal output of a thread goes: a terminal, a captured page, a procedure."""

    def line(self, text: str, /) -> None:
        """Take one finished line of program output."""

    def message(self, text: str, /) -> None:
        """Take one finished message line (NOMSGSEND ports drop these)."""


class Journal(Protocol):
    """The audit trail, as seen from below."""

    def write(self, line_type: str, text: str, thread: Thread | None = None) -> None:
        """Write one line of the two-letter `line_type` (US, ER, MS, AD ...)."""


class Parameters(dict[str, str | int]):
    """User parameters by upper-case name, with the documented defaults of those the language reads."""

    def number(self, name: str, default: int = 0) -> int:
        """Return a numeric parameter."""
        value = self.get(name, default)
        return value if isinstance(value, int) else default


class Thread:
    """The state of one user that requests and $functions read and change."""

    printer: Printer | None = None  # of the request that runs
    error_count = 0  # ERCNT
    first_error = ""  # $FstErr
    last_error = ""  # $ErrMsg
    message_filter: Callable[[Message], Message] | None = None  # MSGCTL and MSGCTLU change attributes
    error_counted: Callable[[], None] | None = None  # called after each counting message; may end the request
    where: Callable[[], list[tuple[str, int]]] | None = None  # procedures and lines evaluated, innermost first
    io_status = (0, 0)  # $Status and $StatusD
    attention: Callable[[], str | None] | None = None  # the On Attention unit in effect
    waits: Callable[[], None] | None = None  # called before a wait: others may go on meanwhile

    def __init__(
        self,
        output: Output,
        journal: Journal,
        *,
        number: int = 0,
        userid: str = "NO USERID",
        account: str = "NO ACCOUNT",
        clock: Callable[[], datetime] = datetime.now,
        daemon: bool = False,
    ) -> None:
        self.journal = journal
        self.number = number
        self.userid = userid
        self.account = account
        self.clock = clock
        self.parameters = Parameters()
        self.pager = Pager(output, self.parameters, clock, daemon)
        self.output: Output = self.pager  # the terminal, or what stands before it for a time
        self.globals: dict[str, str] = {}
        self.responses: deque[str] = deque()  # INCLUDE responses left for dummy strings and $Read
        self.slots = Slots()
        self.stop: list[str] = []  # reasons to stop; empty while all is well, appended to from any thread
        self.at_request_end: list[Callable[[], None]] = []  # what ends with each request: CLOSE sockets ...
        self.at_logoff: list[Callable[[], None]] = []  # what ends with the login: NOCLOSE sockets ...

    def redirect(self, output: Output) -> None:
        """Send terminal output elsewhere from now on, also what Print of the running request writes."""
        self.output = output
        self._aim()

    def set_parameter(self, name: str, value: str | int) -> None:
        """Change a user parameter; those of the pages count from the next line on."""
        self.parameters[name] = value
        if name in PAGE_SETTINGS:
            self.refresh_pages()

    def refresh_pages(self) -> None:
        """Take the parameters of the pages as they are now."""
        self.pager.refresh()
        if isinstance(self.output, Pager):
            self.output.refresh()
        self._aim()

    def _aim(self) -> None:
        if self.printer is not None:
            self.printer.aim(self.output.line, several_of(self.output))

    @property
    def pages(self) -> Pager:
        """The pages that headers are set for: those of the terminal unless USE PROC made others."""
        return self.output if isinstance(self.output, Pager) else self.pager

    def finish_line(self) -> None:
        """Write the line that Print of the running request holds open (`...`), if there is one."""
        if self.printer is not None:
            self.printer.finish()

    def new_page(self) -> None:
        """Begin a new page of output, where it goes to something that has pages."""
        if isinstance(self.output, Pager):
            self.output.new_page()

    def check_stop(self) -> None:
        """Raise `Stopped` when somebody asked this thread to stop. Waits and long loops call it.

        An attention runs the On Attention unit instead, and returns when the program is to go on.
        """
        if self.stop:
            unit = self.attention
            if self.stop != [ATTENTION] or unit is None:
                raise Stopped(self.stop[0])
            self._attend(unit)

    def press_attention(self) -> bool:
        """Press the attention key: the On Attention unit runs at the next loop, call or wait. False when there is none.

        May be called from any thread, and from a signal handler.
        """
        if self.attention is None or self.stop:
            return False
        self.stop.append(ATTENTION)
        return True

    def end_attention(self) -> None:
        """Forget the On Attention unit, and an attention that came too late for it: the request is over."""
        self.attention = None
        if ATTENTION in self.stop:
            self.stop.remove(ATTENTION)

    def _attend(self, unit: Callable[[], str | None]) -> None:
        """Run an On Attention unit: the request ends with it, unless it says how to go on (m204wiki, ON units)."""
        self.attention = None  # another attention inside the unit finds none
        self.stop.remove(ATTENTION)
        try:
            action = unit()
        finally:
            self.attention = unit
        if action == "BOUNCE":
            raise Stopped(ATTENTION)
        if action is None:
            raise StopStatement

    def begin_wait(self) -> None:
        """Say that this thread is about to wait for something; raise `Stopped` when somebody asked it to stop."""
        self.check_stop()
        if self.waits is not None:
            self.waits()

    def finish_request(self) -> None:
        """Run what was registered for the end of a request. Called after every evaluation, however it ended."""
        if self.at_request_end:
            for action in list(self.at_request_end):
                action()

    def finish_login(self) -> None:
        """Run what was registered for logoff,."""
        if self.at_logoff:
            actions, self.at_logoff = self.at_logoff, []
            for action in actions:
                action()
        self.at_request_end.clear()

    def dissolve(self) -> None:
        """Undo the links to what belongs to the thread, when nobody uses either any more.

        They lead in circles and would be memory until the next search for garbage, which a busy server pays for.
        """
        self.slots.clear()
        self.slots.fill = None
        self.message_filter = self.error_counted = None

    def message(self, message: Message, **fields: object) -> None:
        """Issue a numbered message: counter, $ErrMsg, terminal and audit trail as its attributes say."""
        text = message.text.format(**fields) if fields else message.text
        self.message_text(message, text)

    def message_text(self, message: Message, text: str) -> None:
        """Issue `message` with its text already made."""
        if self.message_filter is not None:
            message = self.message_filter(message)
        if message.counts:
            self.error_count += 1
            remembered = f"{message.number}: {text}"[:ERROR_TEXT_LENGTH]
            self.first_error = self.first_error or remembered
            self.last_error = remembered
        control = self.parameters.number("MSGCTL")
        hidden = TERMINAL_ERRORS_OFF if message.kind is MessageClass.ERROR else TERMINAL_INFORMATION_OFF
        prefix = "CANCELLING REQUEST: " if message.cancels else ""
        count = f"{self.error_count} " if message.counts else ""
        line = text if control & PREFIXES_OFF else f"*** {count}{prefix}{message.number}: {text}"
        if message.terminal and not control & hidden:
            for row in line.split("\n"):
                self.output.message(row)
        if message.audit:
            self.journal.write(message.line_type, line, self)
        if message.counts and not message.cancels and self.where is not None and message.number not in PLACED:
            for place_message, fields in places(self.where()):
                self.message(place_message, **fields)
        if message.counts and self.error_counted is not None:
            self.error_counted()
