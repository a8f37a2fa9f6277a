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
from soul.online.messages import ONLINE_MESSAGES
from soul.online.problem import Problem, ProblemKind
from soul.runtime.messages import Message, MessageClass

if TYPE_CHECKING:
    from soul.language.compile import CompiledRequest
    from soul.online.session import Session


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one request. `ending` is End, End More or End More Use; `continues` says that More began it."""

    lines: tuple[SourceLine, ...]
    ending: str
    at: SourceLine
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled request. `reusable` is False when it holds the lines of other procedures (Include)."""

    request: CompiledRequest
    block: Block
    reusable: bool
    warnings: tuple[Diagnostic, ...] = ()


def compiled(session: Session, block: Block) -> Compiled:
    """Compile a request. Raises CompileError."""
    from soul.language.compile import CompileOptions, compile_request

    included: list[str] = []

    def include(name: str, responses: Sequence[str], at: Span) -> Sequence[SourceLine]:
        from soul.language.parser import IncludeRefused
        from soul.online.commands.requests import included_lines

        included.append(name)
        try:
            return included_lines(session, name, responses, at)
        except CommandError as error:
            raise IncludeRefused(error.message.number, error.text) from None

    options = CompileOptions(include=include)
    request = compile_request(block.lines, session.online.library, options)
    return Compiled(request, block, not included, tuple(request.warnings))


def compile_block(session: Session, block: Block) -> Compiled | None:
    """Compile a request; show all its errors and return None when it has any."""
    try:
        return compiled(session, block)
    except CompileError as error:
        show_diagnostics(session, error.diagnostics)
        return None


def diagnose(session: Session, block: Block) -> Sequence[Diagnostic]:
    """Return everything the compiler says about a request."""
    try:
        return compiled(session, block).warnings
    except CompileError as error:
        return error.diagnostics


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
    session.place(problem, remember=is_error, hidden=4 if is_error else 2)


def run_block(session: Session, compiled: Compiled) -> None:
    """Evaluate a request and note how it ended."""
    from soul.runtime.request import evaluate

    thread = session.thread
    for warning in compiled.warnings:
        show_diagnostic(session, warning)
    try:
        outcome = evaluate(compiled.request, thread)
    finally:
        if compiled.block.ending != "End More Use":
            end_use(session)
    if outcome.cancelled is not None:
        session.note_cancelled(outcome.cancelled)
        return
    if compiled.block.ending != "End":
        session.more = outcome
    session.check_error_limit()


def unfinished(session: Session, at: SourceLine) -> None:
    """Report a request without End."""
    session.report(ONLINE_MESSAGES["SOUL.0209"], ProblemKind.COMPILE, at, expected="END")
