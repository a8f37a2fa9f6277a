"""Command lines that a server executes again and again: the INCLUDE of an ON rule.

What such a line means is the same each time while the default file and the procedure are the same: the procedure is
found without a search, and the comments at its top are passed over. From its Begin on everything is as always.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from soul.online.commands.inclusion import include
from soul.online.commands.requests import begin
from soul.online.dispatch import audit_command, issue
from soul.online.dummies import has_dummies
from soul.online.feed import Feed
from soul.online.names import temporary_number
from soul.online.procedures import Procedure, ProcedureError, ProcedureFile

if TYPE_CHECKING:
    from soul.online.command import Command
    from soul.online.online import Online
    from soul.online.open_files import OpenFile
    from soul.online.problem import Problem
    from soul.online.session import Session
    from soul.runtime.thread import Parameters

LEVELS = 2  # the line itself and its procedure


class KnownInclude(NamedTuple):
    """The INCLUDE of a name, and what it leads to: a procedure that begins with a request."""

    command: Command | None  # None when the name is all there is: see `Session.include`
    name: str
    default: OpenFile
    file: ProcedureFile
    procedure: Procedure
    first: int  # index of the line that begins the request
    begin: tuple[Command, str]


def execute_again(session: Session, line: str, title: str) -> list[Problem]:
    """Do what `session.execute(line, title=title)` does, faster when the line is known."""
    default = session.files.default
    if default is None:
        return session.execute(line, title=title)
    lines = session.online.known_lines
    known = lines.get((line, default.name))
    if known is None or known.command is None or not _holds(session, known):
        problems = session.execute(line, title=title)
        found = _known(session, line, default)
        if found is not None:
            lines[(line, default.name)] = found
        return problems
    depth = len(session.feeds)
    session.lines_typed += 1
    session.push(Feed((), title, terminal=True))
    audit_command(session, line, known.command)
    feed = Feed.of_procedure(known.procedure)
    session.push(feed)
    feed.skip_to(known.first + 1)
    at = known.procedure.lines[known.first]
    return session.go_on(depth, lambda: issue(session, at.text, (), at, known.begin))


def _holds(session: Session, known: KnownInclude) -> bool:
    """Say whether the line means now what it meant when it became known."""
    if session.files.default is not known.default or not session.at_rest:
        return False
    if not reads_as_usual(session.thread.parameters):
        return False
    try:
        return known.file.procedure(known.name) is known.procedure
    except ProcedureError:
        return False


def _known(session: Session, line: str, default: OpenFile) -> KnownInclude | None:
    """Return what is to be known about a line that has just been executed; None: it is executed as any other."""
    plain = session.online.commands.plain(line)
    if plain is None or plain[0].handler is not include:
        return None
    name = plain[1].strip()
    return known_include(session.online, name, default, plain[0]) if name.replace(".", "").isalnum() else None


def known_include(online: Online, name: str, default: OpenFile, command: Command | None = None) -> KnownInclude | None:
    """Return what the INCLUDE of a literal name leads to; None when that is not always the same, or no request."""
    if len(default.procedure_files) != 1 or temporary_number(name) is not None:
        return None
    file = default.procedure_files[0]
    try:
        procedure = file.procedure(name)
    except ProcedureError:
        return None
    for index, at in enumerate(procedure.lines):
        if passed_over(at.text):
            continue
        first = online.commands.plain(at.text)
        if first is None or first[0].handler is not begin:
            return None
        return KnownInclude(command, name, default, file, procedure, index, first)
    return None


def reads_as_usual(parameters: Parameters) -> bool:
    """Say whether lines are read as they stand, and may include a procedure."""
    return not parameters.number("INCCC") and parameters.number("MAXINCL", 5) >= LEVELS


def passed_over(text: str) -> bool:
    """Say whether a line is empty or a comment that ends with itself, asks for nothing and can be no *-command."""
    text = text.strip()
    return not text or (text[0] == "*" and not text[1:2].isalpha() and text[-1] != "-" and not has_dummies(text))
