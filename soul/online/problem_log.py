"""What went wrong in a session: issued as messages, shown with its place, and kept for the caller.

Source: m204wiki, MSGCTL parameter; Terminal session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from soul.language.source import SourceLine
from soul.online.audit import AuditTrail
from soul.online.command import CommandError
from soul.online.feed import Feed
from soul.online.problem import Problem, ProblemKind
from soul.runtime.messages import Message
from soul.runtime.thread import Thread


class ProblemLog(list[Problem]):
    """The problems of one session, oldest first.

    `feeds` are its levels of input: the place of what was just typed is not shown.
    """

    __slots__ = ("_audit", "_feeds", "_thread")

    def __init__(self, thread: Thread, audit: AuditTrail, feeds: Sequence[Feed]) -> None:
        self._thread = thread
        self._audit = audit
        self._feeds = feeds

    def take(self, first: int) -> list[Problem]:
        """Return the problems from number `first` on; at command level all are forgotten."""
        if not self:
            return []
        new = self[first:]
        if not self._feeds:
            self.clear()
        return new

    def report(
        self,
        message: Message,
        kind: ProblemKind,
        line: SourceLine | None,
        *,
        secret: bool = False,
        **fields: object,
    ) -> None:
        """Issue a failure and remember it with its place; of a `secret` line nothing is shown."""
        text = message.text.format(**fields) if fields else message.text
        self._thread.message_text(message, text)
        problem = Problem(kind, message.number, text)
        if line is not None:
            source = "" if secret else line.text
            problem = replace(problem, procedure=line.procedure, line=line.line, source=source)
        self.note(problem, shown=message.terminal)

    def refuse(self, error: CommandError, column: int, line: SourceLine, *, secret: bool) -> None:
        """Issue the message of a refused command and remember it with its place."""
        self._thread.message_text(error.message, error.text)
        self.note(
            Problem(
                ProblemKind.COMMAND,
                error.message.number,
                error.text,
                line.procedure,
                line.line,
                column if not secret else 0,
                "" if secret else line.text,
                error.hint,
            ),
            shown=error.message.terminal,
        )

    def note(self, problem: Problem, *, shown: bool = True) -> None:
        """Remember a failure whose message was issued already; show its place unless it was typed just now."""
        self.append(problem)
        if shown and not self._thread.parameters.number("MSGCTL") & 4:
            in_procedure = bool(self._feeds) and not self._feeds[-1].terminal
            for row in problem.rows if in_procedure else problem.hint_rows:
                self._thread.output.message(row)
        if problem.line:
            for row in problem.rows:
                self._audit.write("ER", row, self._thread)

    def place(self, problem: Problem, *, remember: bool, hidden: int) -> None:
        """Show the place of a complaint about a request, also for typed ones; `hidden` is its bit of MSGCTL."""
        if remember:
            self.append(problem)
        shown = not self._thread.parameters.number("MSGCTL") & hidden
        for row in problem.rows:
            if shown:
                self._thread.output.message(row)
            self._audit.write("ER" if remember else "MS", row, self._thread)
