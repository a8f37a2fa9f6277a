"""Known lines that need no command level: an INCLUDE whose procedure is one request and nothing else.

Most pages of a server are such a line. The request runs on its thread at once; the session, its files and its levels of
input are made when somebody asks for them: a $function, a message, an error. They are then as if the line had been
executed as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from soul.online.commands.requests import SETTING_NAMES, Ready, block_key
from soul.online.evaluation import conclude, end_evaluation
from soul.online.feed import Feed
from soul.online.known_line import KnownInclude, known_include, passed_over, reads_as_usual
from soul.online.procedures import ProcedureError, ProcedureFile
from soul.runtime.errors import StopStatement
from soul.runtime.request import COMPLETED, Outcome, evaluate

if TYPE_CHECKING:
    from soul.online.evaluation import Compiled
    from soul.online.online import Online
    from soul.online.open_files import OpenFile
    from soul.online.problem import Problem
    from soul.online.session import Session
    from soul.runtime.thread import Thread

INCLUDE_TITLE = "command"  # what `Session.include` calls the command itself
_SETTINGS: Callable[[Mapping[str, object]], tuple[object, ...]] = itemgetter(*SETTING_NAMES, "MAXINCL")


class Opening(NamedTuple):
    """A file or group to open, with the arguments of `Session.open`."""

    name: str
    kind: str
    privileges: int
    default: bool


class Straight(NamedTuple):
    """An INCLUDE that needs no command level, the files to be opened before it, and what both led to."""

    title: str  # of the level of input that the line is, as problems name it
    openings: Sequence[Opening]
    files: tuple[tuple[str, ProcedureFile], ...]  # what they gave
    known: KnownInclude
    compiled: Compiled
    end: int  # the lines of the procedure that have been dealt with when the request is over
    settings: tuple[object, ...]
    line: str  # as the audit trail has it; '' for the INCLUDE of a name
    begin: str

    def holds(self, online: Online, thread: Thread) -> bool:
        """Say whether line and files lead to the same as before, for a thread that has just begun."""
        if _SETTINGS(thread.parameters) != self.settings:
            return False
        known, find = self.known, online.files.find
        try:
            for name, file in self.files:
                if find(name) is not file:
                    return False
            return known.file.procedure(known.name) is known.procedure
        except ProcedureError:
            return False


def straight_line(
    online: Online, line: str, title: str, openings: Sequence[Opening], thread: Thread
) -> Straight | None:
    """Return how a line can be executed without a command level; None: it cannot, or is not known well enough yet."""
    default = _default(online, openings)
    known = online.known_lines.get((line, default.name)) if default is not None else None
    if known is None or known.command is None or known.default is not default:
        return None
    return _straight(online, known, known.command.shown(line), title, openings, thread)


def straight_include(online: Online, name: str, openings: Sequence[Opening], thread: Thread) -> Straight | None:
    """Return how `Session.include(name)` can do without a command level; None: it cannot, or not yet."""
    default = _default(online, openings)
    known = known_include(online, name, default) if default is not None else None
    if known is None:
        return None
    return _straight(online, known, "", INCLUDE_TITLE, openings, thread)


def _default(online: Online, openings: Sequence[Opening]) -> OpenFile | None:
    """Return what is the default file after the openings; None when they have not been seen to go well."""
    default: OpenFile | None = None
    for opening in openings:
        opened = _opened(online, opening)
        if opened is None:
            return None
        default = opened if opening.default else default
    return default


def _opened(online: Online, opening: Opening) -> OpenFile | None:
    return online.opened_files.get((opening.name, opening.kind, opening.privileges))


def _straight(
    online: Online, known: KnownInclude, line: str, title: str, openings: Sequence[Opening], thread: Thread
) -> Straight | None:
    parameters, procedure = thread.parameters, known.procedure
    ready = procedure.blocks.get(block_key(online, parameters, known.first + 1))
    if not isinstance(ready, Ready) or not reads_as_usual(parameters):
        return None
    compiled = ready.compiled
    alone = all(passed_over(at.text) for at in procedure.lines[ready.end :])
    if not alone or compiled.warnings or compiled.request.kept is not None or compiled.block.ending != "End":
        return None
    opened = (_opened(online, opening) for opening in openings)
    files = {file.name: file.procedure_files[0] for file in opened if file is not None}
    begin = known.begin[0].shown(procedure.lines[known.first].text)
    settings = _SETTINGS(parameters)
    found = Straight(title, openings, tuple(files.items()), known, compiled, ready.end, settings, line, begin)
    return found if found.holds(online, thread) else None


class StraightRun:
    """One execution of a `Straight` on a thread that has no command level yet."""

    __slots__ = ("_running", "_session", "_straight", "_thread")

    def __init__(self, straight: Straight, thread: Thread) -> None:
        self._straight = straight
        self._thread = thread
        self._session: Session | None = None
        self._running = True

    def catch_up(self, session: Session) -> None:
        """Bring a session that is made while the request runs, or later, to where it would be."""
        straight = self._straight
        for name, kind, privileges, default in straight.openings:
            session.open(name, kind, privileges, default=default)
        if straight.line:
            session.lines_typed += 1
        if not self._running:
            return
        self._session = session
        if straight.line:
            session.push(Feed((), straight.title, terminal=True))
        feed = Feed.of_procedure(straight.known.procedure)
        session.push(feed)
        feed.skip_to(straight.end)
        session.evaluating = True

    def run(self) -> list[Problem]:
        """Evaluate the request; return what went wrong. Raises Stopped."""
        thread, straight = self._thread, self._straight
        write = thread.journal.write
        if straight.line:
            write("LI", straight.line, thread)
        write("LP", straight.begin, thread)
        thread.pager.in_request = True
        outcome: Outcome | None = None
        try:
            outcome = evaluate(straight.compiled.request, thread)
        except StopStatement:
            pass  # ERMX was exceeded: the session ended the request
        finally:
            self._running = False
            thread.pager.end_request()
            if self._session is not None:
                end_evaluation(self._session, straight.compiled)
        session = self._session
        if session is None:  # then no message was issued
            assert outcome is COMPLETED
            return []
        return session.go_on(0, lambda: conclude(session, straight.compiled, outcome), first=0)
