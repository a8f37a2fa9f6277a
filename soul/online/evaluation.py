"""From the lines of a request to its run: compile, show every error, evaluate, note how it ended.

Source: m204wiki, BEGIN command; MORE command; Terminal session; ERMX parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soul.language.diagnostics import CompileError, Diagnostic, Severity
from soul.language.source import SourceLine, Span
from soul.online.command import CommandError
from soul.online.commands.procedures import end_use
from soul.online.parameters import COMPOPT
from soul.online.problem import Problem, ProblemKind
from soul.runtime.errors import Stopped, StopStatement
from soul.runtime.messages import Message, MessageClass
from soul.runtime.request import Ending, Outcome, evaluate

if TYPE_CHECKING:
    from soul.language.compile import CompiledRequest
    from soul.language.scopes import Kept
    from soul.online.session import Session


CASE_TO_UPPER, LEAVE_IGNORED = 0x01, 0x02  # m204wiki, COMPOPT parameter

_VARIABLE_TYPES = frozenset(("STRING", "FLOAT", "FIXED", "UNDEFINED"))


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one request. `ending` is End, End More or End More Use."""

    lines: tuple[SourceLine, ...]
    ending: str
    at: SourceLine


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What a request that ended with End More leaves to the one that begins with More: names and values."""

    kept: Kept
    state: dict[str, object]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled request. `reusable` is False when it depends on more than its own lines (Include, More)."""

    request: CompiledRequest
    block: Block
    reusable: bool
    warnings: tuple[Diagnostic, ...] = ()


def compiled(session: Session, block: Block, previous: Kept | None = None) -> Compiled:
    """Compile a request; `previous` is what it continues. Raises CompileError."""
    from soul.language.compile import CompileOptions, compile_request

    included: list[str] = []

    def include(name: str, responses: list[str], at: Span) -> Sequence[SourceLine]:
        from soul.language.parser import IncludeRefused
        from soul.online.commands.requests import included_lines

        included.append(name)
        try:
            return included_lines(session, name, responses, at)
        except CommandError as error:
            raise IncludeRefused(error.message.number, error.text) from None

    parameters = session.thread.parameters
    variable_type = str(parameters.get("VTYPE", "STRING")).upper()
    compopt = parameters.number("COMPOPT", COMPOPT)
    options = CompileOptions(
        variable_type=variable_type if variable_type in _VARIABLE_TYPES else "STRING",  # type: ignore[arg-type]
        variable_length=parameters.number("VLEN", 20),
        variable_decimals=parameters.number("VDP", 0),
        fold_case=previous.fold_case if previous is not None else _folds_case(block.at, compopt),
        leave_allowed=not compopt & LEAVE_IGNORED,
        keeps=block.ending != "End",
    )
    request = compile_request(block.lines, session.online.library, options, include, previous)
    return Compiled(request, block, not included and previous is None, request.diagnostics)


def _folds_case(begin: SourceLine, compopt: int) -> bool:
    """Say whether a request begins in Sirius Case ToUpper: its Begin is not all upper case, or COMPOPT says so."""
    return bool(compopt & CASE_TO_UPPER) or not begin.text.split(None, 1)[0].isupper()


def compile_block(session: Session, block: Block, previous: Kept | None = None) -> Compiled | None:
    """Compile a request; show all its errors and return None when it has any."""
    try:
        return compiled(session, block, previous)
    except CompileError as error:
        show_diagnostics(session, error.diagnostics)
        return None


def diagnose(session: Session, block: Block, previous: Kept | None = None) -> tuple[Sequence[Diagnostic], Kept | None]:
    """Return everything the compiler says about a request, and what it leaves to a request that continues it."""
    try:
        found = compiled(session, block, previous)
    except CompileError as error:
        return error.diagnostics, None
    return found.warnings, found.request.kept


def show_diagnostics(session: Session, diagnostics: Sequence[Diagnostic]) -> None:
    """Show and count every complaint about a request, up to ERMX errors."""
    limit = session.thread.parameters.number("ERMX", 30)
    errors = 0
    for diagnostic in diagnostics:
        is_error = diagnostic.severity is Severity.ERROR
        errors += is_error
        if is_error and 0 <= limit < 65535 and errors > limit:
            break  # compilation stops, back to command level
        show_diagnostic(session, diagnostic)


def show_diagnostic(session: Session, diagnostic: Diagnostic) -> None:
    """Show one complaint: the message, its place, the line with a caret."""
    is_error = diagnostic.severity is Severity.ERROR
    kind = MessageClass.ERROR if is_error else MessageClass.INFORMATION
    message = Message(diagnostic.number, diagnostic.text, kind, counts=is_error)
    thread = session.thread
    thread.message_text(message, diagnostic.text)
    at = diagnostic.at
    width = at.end_column - at.column if at.end_line == at.line else len(diagnostic.source) + 1 - at.column
    problem = Problem(
        ProblemKind.COMPILE,
        diagnostic.number,
        diagnostic.text,
        at.procedure,
        at.line,
        at.column,
        diagnostic.source,
        diagnostic.hint,
        max(1, width),
    )
    session.problems.place(problem, remember=is_error, hidden=4 if is_error else 2)


def run_block(session: Session, compiled: Compiled, state: dict[str, object] | None = None) -> None:
    """Evaluate a request and note how it ended; `state` holds the values of the part before it (More)."""
    thread = session.thread
    for warning in compiled.warnings:
        show_diagnostic(session, warning)
    outcome = None
    session.evaluating = thread.pager.in_request = True
    try:
        outcome = evaluate(compiled.request, thread, state)
    except StopStatement:
        pass  # ERMX was exceeded: the session ended the request
    finally:
        thread.pager.end_request()
        end_evaluation(session, compiled)
    conclude(session, compiled, outcome)


def end_evaluation(session: Session, compiled: Compiled) -> None:
    """Put the session back to where it takes commands: the evaluation is over, however it ended."""
    session.evaluating = False
    if compiled.block.ending != "End More Use":
        end_use(session)


def conclude(session: Session, compiled: Compiled, outcome: Outcome | None) -> None:
    """Note how an evaluation ended; `outcome` is None when too many errors ended it. Raises Stopped."""
    if outcome is None:
        session.check_error_limit()
        return
    if outcome.ending is Ending.STOPPED:
        raise Stopped(outcome.text)
    if outcome.ending is Ending.CANCELLED:
        line = _source_line(compiled.block, outcome.procedure, outcome.line)
        problem = Problem(ProblemKind.CANCELLED, outcome.number, outcome.text, outcome.procedure, outcome.line, 0, line)
        session.problems.place(problem, remember=True, hidden=4)
        return
    if compiled.request.kept is not None and outcome.state is not None:
        session.more = Outstanding(compiled.request.kept, outcome.state)
    session.check_error_limit()


def _source_line(block: Block, procedure: str, line: int) -> str:
    """Return the text of a line of the request, '' for one of an included procedure."""
    return next((each.text for each in block.lines if (each.procedure, each.line) == (procedure, line)), "")
