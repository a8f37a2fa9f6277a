"""What the compiled code of a request finds under its lower-case names: the run-time support of one evaluation.

The emitted code (soul.language) calls these by name; upper-case names in it are SOUL's own.
"""

from __future__ import annotations

import html
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from soul.runtime import arrays, compare, conversions, numbers
from soul.runtime.errors import RequestCancelled, SoulException, StopStatement
from soul.runtime.like import like
from soul.runtime.messages import RUNTIME_MESSAGES
from soul.runtime.printer import Printer
from soul.runtime.thread import Thread
from soul.runtime.values import Array, Cell

PAUSE_SLICE = 0.05  # seconds between two looks at the stop list
OVERFLOW = RUNTIME_MESSAGES["SOUL.0005"]
ZERO_DIVISION = RUNTIME_MESSAGES["SOUL.0006"]
NULL_OBJECT = RUNTIME_MESSAGES["SOUL.0007"]
ASSERTION = RUNTIME_MESSAGES["MSIR.0494"]
INFINITY = float("inf")

CANCELLING = (RequestCancelled, SoulException, RecursionError, MemoryError)


class Jump(Exception):
    """A jump from one Python function, or from inside a Try, to a block of a region."""

    def __init__(self, region: int, block: int) -> None:
        self.region = region
        self.block = block
        super().__init__(region, block)


class Missing:
    """The value of an optional parameter that was left out."""

    __slots__ = ()


def null_reference(member: str) -> NoReturn:
    """Cancel the request: a member of a Null object was used."""
    raise RequestCancelled(NULL_OBJECT, member=member)


def not_null(value: Any, member: str) -> Any:
    """Return an object that is not Null."""
    if value is None:
        null_reference(member)
    return value


def is_exception(exception: SoulException, name: str) -> bool:
    """Say whether an exception is of the class `name`."""
    return exception.class_name.upper() == name.upper()


def exception_property(exception: SoulException | None, name: str) -> Any:
    """Return a property of an exception by its upper-case name; null when the exception does not carry it."""
    found = not_null(exception, name)
    for key, value in found.properties.items():
        if key.replace("_", "").upper() == name:
            return value
    return ""


def encode_html(text: str) -> str:
    """Return `text` with the characters HTML reserves replaced: m204wiki, Text and Html statements."""
    return html.escape(text)


def _steps(start: float, stop: float, step: float) -> Iterator[float]:
    value = start
    while value <= stop if step >= 0 else value >= stop:
        yield value
        value = numbers.round15(value + step)


def _whole_steps(start: float, stop: float, step: float) -> range | None:
    """Return the values a For counts through when all of them are whole, else None."""
    if not step or not start.is_integer() or not step.is_integer() or max(abs(start), abs(stop), abs(step)) >= 1e15:
        return None
    first, by = int(start), int(step)
    if by > 0:
        return range(first, int(stop // 1.0) + 1, by)
    return range(first, int(-(-stop // 1.0)) - 1, by)


def count_values(start: float, stop: float, step: float) -> tuple[Iterable[float], float]:
    """Return the values a For counts through, and the first one beyond the end."""
    whole = _whole_steps(start, stop, step)
    if whole is not None:
        return map(float, whole), float(whole.start + len(whole) * whole.step)
    if not step:
        return (itertools.repeat(start) if start <= stop else ()), start
    passes = numbers.round15((stop - start) / step)
    after = start if passes < 0 else numbers.round15(start + (passes // 1.0 + 1.0) * step)
    return _steps(start, stop, step), after


def count_pairs(start: float, stop: float, step: float) -> tuple[Iterable[tuple[int, float]], float]:
    """Return what `count_values` does, each value after itself as an int, or after 0 when they are not whole."""
    values, after = count_values(start, stop, step)
    whole = _whole_steps(start, stop, step)
    return zip(whole if whole is not None else itertools.repeat(0), values, strict=False), after


def _arithmetic(thread: Thread) -> dict[str, Any]:
    """Return the arithmetic whose errors are counted on `thread`: m204wiki, Floating point ... rules."""
    round15 = numbers.round15

    def overflow(x: float) -> float:
        if x - x == 0.0:
            return x
        thread.message(OVERFLOW)
        return 0.0

    def round_sum(x: float) -> float:
        return round15(x) if x - x == 0.0 else overflow(x)

    def divide(left: float, right: float) -> float:
        if right == 0.0:
            thread.message(ZERO_DIVISION)
            return 0.0
        return overflow(left / right)

    def sum_chain(signs: str, first: float, *operands: float) -> float:
        for sign, operand in zip(signs, operands, strict=True):
            first = first + operand if sign == "+" else first - operand
            if not (first.is_integer() and -1e15 < first < 1e15):
                first = round_sum(first)
        return first

    def product_chain(signs: str, first: float, *operands: float) -> float:
        for sign, operand in zip(signs, operands, strict=True):
            first = overflow(first * operand) if sign == "*" else divide(first, operand)
        return first

    def fixed(x: float, places: int) -> float:
        kept = numbers.fixed(x, places)
        if kept is None:
            thread.message(OVERFLOW)
            return 0.0
        return kept

    return {
        "overflow": overflow,
        "round_sum": round_sum,
        "divide": divide,
        "sum_chain": sum_chain,
        "product_chain": product_chain,
        "fixed": fixed,
    }


def _statements(thread: Thread) -> dict[str, Any]:
    """Return what statements call that concern the thread."""

    def halt() -> None:
        thread.check_stop()

    def pause(seconds: float) -> None:
        end = time.monotonic() + min(seconds, threading.TIMEOUT_MAX / 2)
        waiting = threading.Event()
        while (left := end - time.monotonic()) > 0:
            thread.check_stop()
            waiting.wait(min(PAUSE_SLICE, left))
        thread.check_stop()

    def assertion_failed(procedure: str, line: int, info: str, continues: bool) -> None:
        fields: dict[str, Any] = {"procedure": procedure, "line": line, "info": f": {info}" if info else ""}
        if not continues:
            raise RequestCancelled(ASSERTION, **fields)
        from dataclasses import replace

        thread.message(replace(ASSERTION, cancels=False), **fields)

    return {
        "halt": halt,
        "pause": pause,
        "assertion_failed": assertion_failed,
        "clear_globals": thread.globals.clear,
    }


_SUPPORT: dict[str, Any] = {
    "array": Array,
    "boolean_text": conversions.boolean_text,
    "cancelling": CANCELLING,
    "cell": Cell,
    "converted": arrays.ConvertedReference,
    "copy_array": arrays.copy_array,
    "count_pairs": count_pairs,
    "count_values": count_values,
    "cut_long": conversions.cut_long,
    "element_reference": arrays.ElementReference,
    "encode_html": encode_html,
    "equal": compare.equal,
    "exception_property": exception_property,
    "is_exception": is_exception,
    "jump": Jump,
    "less": compare.less,
    "less_equal": compare.less_equal,
    "like": like,
    "missing": Missing,
    "not_null": not_null,
    "null_reference": null_reference,
    "number_of": numbers.number,
    "number_text": numbers.text,
    "same_boolean": conversions.same_boolean,
    "soul_exception": SoulException,
    "stop_statement": StopStatement,
    "subscript": arrays.subscript,
    "text_less": compare.text_less,
    "text_less_equal": compare.text_less_equal,
    "to_int": numbers.to_int,
    "value_text": conversions.value_text,
    "variable_reference": arrays.VariableReference,
}


def support(
    thread: Thread, begin_on_error: Callable[[BaseException, object], bool]
) -> tuple[dict[str, Any], tuple[Printer, ...]]:
    """Return the names for one evaluation, and its printers, whose open lines must be finished at the end."""
    option = thread.parameters.number("EVALOPT")
    arithmetic = _arithmetic(thread)
    journal = thread.journal
    printers = (
        Printer(thread.output.line),
        Printer(lambda text: journal.write("US", text, thread)),
        Printer(lambda text: journal.write("AD", f"TRACE: {text}", thread)),
    )
    names = {
        **_SUPPORT,
        **arithmetic,
        **_statements(thread),
        "assigned_number": conversions.number_conversion(option),
        "begin_on_error": begin_on_error,
        "converter": conversions.converter_factory(option, arithmetic["overflow"]),
        "cut": conversions.strict_cut if option & conversions.TRUNCATION_CANCELS else conversions.cut,
        "printer": printers[0],
        "audit": printers[1],
        "trace": printers[2],
        "stop": thread.stop,
        "thread": thread,
    }
    return names, printers
