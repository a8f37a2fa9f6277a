"""From a logical line to the handler of its command: IN clause, table, privileges; and what follows when it refuses.

Source: m204wiki, Overview of Model 204 commands; Application Subsystem development.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from soul.language.source import SourceLine
from soul.online.command import Command, CommandError, Privilege
from soul.online.messages import ONLINE_MESSAGES
from soul.online.pieces import Piece, command_start, in_clause, locate
from soul.online.problem import ProblemKind, UserRestarted
from soul.runtime.errors import Stopped, log_internal_error

if TYPE_CHECKING:
    from soul.online.session import Session


def issue(
    session: Session,
    joined: str,
    pieces: Sequence[Piece],
    at: SourceLine,
    plain: tuple[Command, str] | None = None,
) -> None:
    """Execute a logical line. `pieces` are those of a continued line; `plain` is what the command table knows of it.

    Whatever goes wrong is reported. Raises UserRestarted and Stopped.
    """
    command: Command | None
    command, operands = plain or (None, joined)
    try:
        if command is None:
            body = _in_clause(session, joined)
            found = session.online.commands.match(body)
            if found is None:
                audit_command(session, joined, None)
                _enter_subsystem_or_refuse(session, body)
                return
            command, start = found
            operands = body[start:]
        audit_command(session, joined, command)
        _allow(session, command)
        command.handler(session, operands, at)
    except CommandError as error:
        offset = len(joined) - len(operands) + error.offset if error.offset is not None else None
        secret = command is not None and command.redact is not None and command.redact(joined) != joined
        line, column = locate(pieces or (Piece(0, 0, at),), command_start(joined) if offset is None else offset)
        refuse(session, error, column, line, secret=secret)
    except (UserRestarted, Stopped):
        raise
    except Exception as error:
        line = pieces[0].line if pieces else at
        log_internal_error("soul.command", "internal error", error)
        detail = type(error).__name__
        session.problems.report(ONLINE_MESSAGES["SOUL.0216"], ProblemKind.CANCELLED, line, secret=True, detail=detail)
    finally:
        session.context = None


def refuse(session: Session, error: CommandError, column: int, line: SourceLine, *, secret: bool = False) -> None:
    """Say that a command is refused; in a procedure, too many errors restart the user."""
    in_procedure = session.in_procedure
    session.problems.refuse(error, column, line, secret=secret)
    if in_procedure:
        session.check_error_limit()


def audit_command(session: Session, joined: str, command: Command | None) -> None:
    """Write the line of a command to the audit trail, without what must not be read there."""
    text = command.shown(joined) if command is not None else joined
    line_type = "CI" if session.thread.number == 0 else "LP" if session.in_procedure else "LI"
    session.online.audit.write(line_type, text, session.thread)


def _in_clause(session: Session, joined: str) -> str:
    """Take `IN FILE f` (or GROUP, or neither) off the front of a command and set the context."""
    kind, name, rest = in_clause(joined)
    if name:
        session.context = session.files.find(name, kind)
        if session.context is None:
            raise CommandError(ONLINE_MESSAGES["SOUL.0204"], name=name)
    return rest


def _allow(session: Session, command: Command) -> None:
    if command.privilege is not Privilege.NONE and command.privilege & ~session.privileges:
        raise CommandError(ONLINE_MESSAGES["SOUL.0206"], command=command.name, privilege=command.privilege.title)
    if not command.in_procedure and session.in_procedure:
        raise CommandError(ONLINE_MESSAGES["SOUL.0207"], command=command.name)


def _enter_subsystem_or_refuse(session: Session, body: str) -> None:
    words = body.split()
    if words and words[0].upper() in session.online.settings.subsystems:
        from soul.online.subsystem import enter

        enter(session, words[0].upper(), words[1:])
        return
    raise CommandError(ONLINE_MESSAGES["M204.1030"], hint=session.online.commands.hint(words[0]) if words else "")
