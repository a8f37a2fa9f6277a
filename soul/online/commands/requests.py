"""BEGIN and MORE: a request is read to its End, compiled as a whole and evaluated.

Source: m204wiki, BEGIN command; MORE command; INCLUDE command; ERMX parameter; USE PROC command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from soul.language.source import SourceLine, Span
from soul.online.command import CommandError, CommandTable
from soul.online.commands.procedures import end_use
from soul.online.continuation import continued_by_column
from soul.online.dummies import has_dummies
from soul.online.feed import Feed
from soul.online.messages import ONLINE_MESSAGES
from soul.online.problem import Problem, ProblemKind
from soul.online.session import Session

if TYPE_CHECKING:
    from soul.online.evaluation import Compiled, Outstanding
    from soul.online.online import Online


SETTING_NAMES = ("COMPOPT", "VTYPE", "VLEN", "VDP", "SUB", "INCCC")
_SETTINGS: Callable[[Mapping[str, object]], tuple[object, ...]] = itemgetter(*SETTING_NAMES)


def register(table: CommandTable) -> None:
    """Add the commands of this family."""
    table.add("BEGIN", begin, abbreviation="B")
    table.add("MORE", more)


@dataclass(frozen=True, slots=True)
class Ready:
    """A compiled request that is kept with its procedure: where its lines end, and what runs it."""

    compiled: Compiled
    end: int
    run: Callable[[Session, Compiled], None]


class RequestMode:
    """Collects a request's lines until the one that ends it, then runs the request.

    A request that lies in one procedure and holds no dummy strings is the same each time: its compiled form is kept
    with the procedure's text.
    """

    def __init__(self, session: Session, at: SourceLine, feed: Feed | None, more: Outstanding | None = None) -> None:
        """Begin to read; `more` is what the request continues when it began with More."""
        from soul.language.request import RequestReader

        self._session = session
        self._at = at
        self._more = more
        self._reader = RequestReader()
        self._feed = feed
        self._begin = feed.index if feed is not None else 0
        self._fixed = feed is not None and feed.procedure is not None and more is None
        self._typed: list[str] | None = [at.text] if feed is not None and feed.terminal else None

    @property
    def expected(self) -> str:
        """What would end the mode."""
        return self._reader.expected

    @property
    def whole_lines(self) -> bool:
        """Whether the next line is text or comment, where a semicolon ends nothing."""
        return self._reader.in_text

    def take(self, line: SourceLine, feed: Feed) -> None:
        """Take one line; the last one compiles and evaluates the request."""
        if self._typed is not None:
            self._typed.append(line.text)
        if self._fixed and (feed is not self._feed or has_dummies(line.text)):
            self._fixed = False
        if self._reader.feed(self._session.replaced(line)):
            self._finish(feed)

    def _finish(self, feed: Feed) -> None:
        from soul.online.evaluation import Block, compile_block, run_block

        session = self._session
        session.mode = None
        if self._typed is not None:
            session.temporary.remember("\n".join(self._typed) + "\n", session.thread.parameters.number("NORQS", 5))
        block = Block(tuple(self._reader.lines), self._reader.ending, self._at)
        more = self._more
        compiled = compile_block(session, block, more.kept if more is not None else None)
        if compiled is None:  # nothing was evaluated: what End More left is still there for another try (our choice)
            end_use(session)
            return
        if self._fixed and compiled.reusable and feed.procedure is not None:
            feed.procedure.blocks[block_key(session.online, session.thread.parameters, self._begin)] = Ready(
                compiled, feed.index, run_block
            )
        session.more = None
        run_block(session, compiled, more.state if more is not None else None)

    def input_ended(self) -> None:
        """Report a request without End and drop it (our choice)."""
        message = ONLINE_MESSAGES["SOUL.0209"]
        text = message.text.format(expected=self.expected)
        at = self._reader.unfinished or self._at
        self._session.thread.message_text(message, text)
        problem = Problem(ProblemKind.COMPILE, message.number, text, at.procedure, at.line, source=at.text)
        self._session.problems.place(problem, remember=True, hidden=4)


def block_key(online: Online, parameters: Mapping[str, object], index: int) -> tuple[object, ...]:
    """Return what the compiled form of the request that begins at line `index` of a procedure depends on."""
    try:
        settings = _SETTINGS(parameters)
    except KeyError:  # a thread without parameters of its own
        settings = tuple(parameters.get(name) for name in SETTING_NAMES)
    return (index, online.library.fingerprint(), *settings)


def begin(session: Session, operands: str, at: SourceLine) -> None:
    """`BEGIN`: starts a request; the error counter starts at 0."""
    if operands.strip() and not operands.lstrip().startswith("*"):
        raise CommandError(ONLINE_MESSAGES["SOUL.0208"], offset=0, detail="BEGIN STANDS ALONE ON ITS LINE")
    session.thread.error_count = 0
    session.more = None
    feed = session.feed
    if feed is not None and feed.procedure is not None and feed.procedure.blocks:
        key = block_key(session.online, session.thread.parameters, feed.index)
        known = feed.procedure.blocks.get(key)
        if isinstance(known, Ready):
            feed.skip_to(known.end)
            known.run(session, known.compiled)
            return
    session.mode = RequestMode(session, at, feed)


def more(session: Session, operands: str, at: SourceLine) -> None:
    """`MORE`: a request that continues the one that ended with End More; the error counter goes on."""
    if operands.strip() and not operands.lstrip().startswith("*"):
        raise CommandError(ONLINE_MESSAGES["SOUL.0208"], offset=0, detail="MORE STANDS ALONE ON ITS LINE")
    if session.more is None:
        raise CommandError(ONLINE_MESSAGES["SOUL.0222"])
    session.mode = RequestMode(session, at, session.feed, session.more)


def included_lines(session: Session, name: str, responses: list[str], at: Span) -> Sequence[SourceLine]:
    """Return the lines that an Include statement puts into a request, dummy strings replaced as they are read.

    `name` may begin with `FILE f ` or `GROUP g `, or with `IF g=v, `: no lines then unless the global has that value.
    The responses that they take are taken out of `responses`. Raises CommandError.
    """
    from soul.online.commands.inclusion import applies, resolve

    if name.startswith("IF "):
        wanted, name = applies(session, name[3:])
        if not wanted:
            return ()
    context = None
    first, _, rest = name.partition(" ")
    if first.upper() in {"FILE", "GROUP"} and " " in rest:
        file, _, name = rest.partition(" ")
        context = session.files.find(file, first.upper())
        if context is None:
            raise CommandError(ONLINE_MESSAGES["SOUL.0204"], name=file)
    if session.has_procedure(name, context) or not responses:
        procedure, left = session.find_procedure(name, context), list(responses)
    else:
        procedure, given = resolve(session, " ".join([name, *responses]), context)
        left = list(given)
    feed = Feed.of_procedure(procedure, left)
    session.push(feed)
    try:
        column = session.thread.parameters.number("INCCC")
        lines: list[SourceLine] = []
        while (line := feed.next()) is not None:
            lines.append(session.replaced(continued_by_column(line, column)))
        responses[:] = feed.responses
        return lines
    finally:
        session.pop()
