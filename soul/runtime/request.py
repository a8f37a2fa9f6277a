"""Evaluating a compiled request on a thread: to its end, to its cancellation, or until it is stopped.

Source: m204wiki, $ErrMsg (On Error); Terminal session (request cancellation); Exceptions (MSIR.0751).
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from types import CodeType, FrameType, TracebackType

from soul.language.compile import FILE_PREFIX, CompiledRequest
from soul.language.pysource import split_line
from soul.runtime.errors import RequestCancelled, SoulException, Stopped, StopStatement, log_internal_error
from soul.runtime.execution import SUPPORT, Images, Jump, Plan
from soul.runtime.messages import PLACED, RUNTIME_MESSAGES, Message
from soul.runtime.printer import Printer
from soul.runtime.thread import Thread

SHOWN_CALLS = 20  # m204wiki, M204.2966
CALL_DEPTH = 20_000  # Python frames one request may nest; emitted calls use no C stack


class Ending(Enum):
    """How an evaluation ended."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an evaluation; `number` and `text` are the message of a cancellation or stop."""

    ending: Ending
    number: str = ""
    text: str = ""
    procedure: str = ""
    line: int = 0
    state: dict[str, object] | None = None  # the variables of a request that ends with End More

    @property
    def completed(self) -> bool:
        """Whether the request came to its end."""
        return self.ending is Ending.COMPLETED


COMPLETED = Outcome(Ending.COMPLETED)


class Evaluation:
    """One evaluation: reports each error once, with the place it comes from."""

    __slots__ = ("_reported", "compiled", "outcome", "thread")

    def __init__(self, compiled: CompiledRequest, thread: Thread) -> None:
        self.compiled = compiled
        self.thread = thread
        self._reported: BaseException | None = None
        self.outcome = COMPLETED

    def begin_on_error(self, error: BaseException, unit: object) -> bool:
        """Report `error` so that the On Error unit finds it in $ErrMsg; False when no unit is to run.

        One unit runs for an error, and the next one outwards when it was left by Bounce.
        """
        if unit is None or (self._reported is error and not getattr(error, "bounced", False)) or self.thread.stop:
            return False
        error.bounced = False  # type: ignore[attr-defined]
        self.report(error)
        return True

    def place(self, trace: TracebackType | None) -> tuple[str, int]:
        """Return procedure and line of the innermost SOUL statement of a traceback."""
        found = ("", 0)
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.startswith(FILE_PREFIX):
                index, line = split_line(trace.tb_lineno)
                if index < len(self.compiled.procedures):
                    found = (self.compiled.procedures[index], line)
            trace = trace.tb_next
        return found

    def here(self) -> list[tuple[str, int]]:
        """Return procedure and line of the SOUL statement that is evaluated now, and of the calls that led to it."""
        found: list[tuple[str, int]] = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and len(found) < SHOWN_CALLS:
            if frame.f_code.co_filename.startswith(FILE_PREFIX) and frame.f_code.co_name != "<module>":
                index, line = split_line(frame.f_lineno)
                if index < len(self.compiled.procedures):
                    found.append((self.compiled.procedures[index], line))
            frame = frame.f_back
        return found

    def report(self, error: BaseException) -> None:
        """Issue the message of an error, unless that has been done."""
        if self._reported is error:
            return
        self._reported = error
        with suppress(RequestCancelled, Stopped):  # when the output takes nothing any more
            self.thread.finish_line()  # what Print held open stands before the message
        message, text = self._message(error)
        procedure, line = self.place(error.__traceback__)
        if procedure and message.number not in PLACED:
            text = f"{text}, in {procedure} line {line}"
        self.thread.message_text(message, text)
        self.outcome = Outcome(Ending.CANCELLED, message.number, text, procedure, line)

    def stopped(self, stopped: Stopped) -> None:
        """Issue the message of a request that somebody stopped."""
        message = RUNTIME_MESSAGES["SOUL.0010"]
        text = message.text.format(reason=stopped.reason)
        procedure, line = self.place(stopped.__traceback__)
        self.thread.message_text(message, text)
        self.outcome = Outcome(Ending.STOPPED, message.number, text, procedure, line)

    def _message(self, error: BaseException) -> tuple[Message, str]:
        if isinstance(error, RequestCancelled):
            message = error.message if error.message.cancels else replace(error.message, cancels=True)
            return message, error.text
        if isinstance(error, SoulException):
            return self._uncaught(error)
        if isinstance(error, RecursionError):
            message = RUNTIME_MESSAGES["SOUL.0008"]
            return message, message.text.format(limit=CALL_DEPTH // 2)
        if isinstance(error, Jump):
            message = RUNTIME_MESSAGES["SOUL.0012"]
            return message, message.text
        if isinstance(error, MemoryError):
            message = RUNTIME_MESSAGES["SOUL.0009"]
            return message, message.text
        log_internal_error("soul.request", f"internal error in {self.place(error.__traceback__)}", error)
        message = RUNTIME_MESSAGES["SOUL.0999"]
        return message, message.text.format(detail=type(error).__name__)

    def _uncaught(self, error: SoulException) -> tuple[Message, str]:
        """Return MSIR.0751 for an exception nobody caught: m204wiki, Exceptions."""
        shown = error.properties.get("Description") or error.properties.get("Reason") or ""
        detail = f": {shown}" if shown else ""
        binding = self._thrower(error.__traceback__)
        if binding is None:
            message = RUNTIME_MESSAGES["SOUL.0011"]
            return message, message.text.format(exception=error.class_name, detail=detail)
        message = RUNTIME_MESSAGES["MSIR.0751"]
        fields = {"class_name": binding[0], "function": binding[1], "exception": error.class_name.upper()}
        return message, message.text.format(**fields, detail=detail)

    def _thrower(self, trace: TracebackType | None) -> tuple[str, str] | None:
        """Return class and name of the built-in an exception comes from."""
        by_code: dict[CodeType, tuple[str, ...]] = {}
        for name, function in self.compiled.functions().items():
            code = getattr(function, "__code__", None)
            if code is not None:
                by_code[code] = self.compiled.bindings[name]
        while trace is not None:
            binding = by_code.get(trace.tb_frame.f_code)
            if binding is not None:
                return ("STRING", binding[1]) if len(binding) == 2 else (binding[1], binding[2])
            trace = trace.tb_next
        return None


def evaluate(compiled: CompiledRequest, thread: Thread, state: dict[str, object] | None = None) -> Outcome:
    """Run a compiled request on `thread`; `state` is what the part before left when it continues one (More).

    Every message is issued before this returns; nothing but `SystemExit` and `KeyboardInterrupt` comes out of it.
    """
    if sys.getrecursionlimit() < CALL_DEPTH:
        sys.setrecursionlimit(CALL_DEPTH)
    evaluation = Evaluation(compiled, thread)
    try:
        plan = _plan(compiled, state is not None)
    except Exception as error:  # a built-in cannot be loaded
        evaluation.report(error)
        return evaluation.outcome
    names, printers = plan.names(thread, evaluation.begin_on_error)
    if state is not None:
        names["image"] = state["image"]
        state.update(names)
        names = state
    images = names["image"] if plan.has_images else None
    if isinstance(images, Images):
        images.attach()
    before, thread.where = thread.where, evaluation.here
    unfinished = True
    try:
        exec(compiled.code, names)
        main = names["main"]
        assert callable(main)
        try:
            main()
            evaluation.outcome = COMPLETED  # whatever On Error dealt with on the way
        except StopStatement:
            pass
        for printer in printers:
            printer.finish()
        unfinished = False
    except Stopped as stopped:
        evaluation.stopped(stopped)
    except Exception as error:
        evaluation.report(error)
    finally:
        thread.where = before
        if unfinished:
            _finish(printers)
        thread.printer = None
        if isinstance(images, Images):
            images.detach()
        if thread.attention is not None or thread.stop:
            thread.end_attention()
        if thread.at_request_end:
            thread.finish_request()
    outcome = evaluation.outcome
    if compiled.kept is not None and outcome.completed:
        return replace(outcome, state=names)
    names.clear()  # its functions lead back to it: the dictionary would be memory until the next search for garbage
    return outcome


def _plan(compiled: CompiledRequest, continues: bool) -> Plan:
    """Return what the request needs of the run-time support, worked out once."""
    # Parts that End More joins share a dictionary, in which the functions of each look their names up.
    if continues or compiled.kept is not None:
        return Plan(SUPPORT, compiled.functions())
    if not isinstance(compiled.plan, Plan):
        compiled.plan = Plan(compiled.names(), compiled.functions())
    return compiled.plan


def _finish(printers: list[Printer]) -> None:
    """Finish the lines that a request which did not come to its end left open."""
    for printer in printers:
        with suppress(RequestCancelled, Stopped):  # when the output takes nothing any more; the request ends anyhow
            printer.finish()
