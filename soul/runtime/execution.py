"""What the compiled code of a request finds under its lower-case names: the run-time support of one evaluation.

The emitted code (soul.language) calls these by name; upper-case names in it are SOUL's own.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NoReturn

from soul.runtime import arrays, compare, conversions, numbers
from soul.runtime.errors import RequestCancelled, SoulException, StopStatement
from soul.runtime.like import like
from soul.runtime.messages import RUNTIME_MESSAGES
from soul.runtime.pager import LIMITS, PAGE_LINES, several_of
from soul.runtime.printer import Printer, in_columns
from soul.runtime.thread import Thread
from soul.runtime.values import Array, Cell

PAUSE_SLICE = 0.05  # seconds between two looks at the stop list
OVERFLOW = RUNTIME_MESSAGES["SOUL.0005"]
ZERO_DIVISION = RUNTIME_MESSAGES["SOUL.0006"]
TOO_MANY_PAGE_LINES = RUNTIME_MESSAGES["SOUL.0016"]
NULL_OBJECT = RUNTIME_MESSAGES["SOUL.0007"]
ASSERTION = RUNTIME_MESSAGES["MSIR.0494"]
INFINITY = float("inf")
_SMALL = tuple(map(float, range(1025)))  # the numbers short loops count through

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
    import html

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


def _floats(whole: range) -> Iterable[float]:
    """Return the numbers of `whole` as floats; adding up is faster than converting, and exact below 1e15."""
    if not whole:
        return ()
    if whole.step == 1 and whole.start >= 0 and whole.stop <= len(_SMALL):
        return _SMALL[whole.start : whole.stop]
    return itertools.accumulate(itertools.repeat(float(whole.step), len(whole) - 1), initial=float(whole.start))


def count_values(start: float, stop: float, step: float) -> tuple[Iterable[float], float]:
    """Return the values a For counts through, and the first one beyond the end."""
    whole = _whole_steps(start, stop, step)
    if whole is not None:
        return _floats(whole), float(whole.start + len(whole) * whole.step)
    if not step:
        return (itertools.repeat(start) if start <= stop else ()), start
    passes = numbers.round15((stop - start) / step)
    after = start if passes < 0 else numbers.round15(start + (passes // 1.0 + 1.0) * step)
    return _steps(start, stop, step), after


def count_pairs(
    start: float, stop: float, step: float, low: int, *high: int
) -> tuple[Iterable[tuple[int | None, float]], float]:
    """Return what `count_values` does, before each value an index: the value less 1.

    The index is None where the values are not whole, or not between `low` and the least of `high`.
    """
    values, after = count_values(start, stop, step)
    whole = _whole_steps(start, stop, step)
    if whole is None:
        return zip(itertools.repeat(None), values, strict=False), after
    return zip(_indexes(whole, low, min(high)), values, strict=False), after


def _indexes(whole: range, low: int, high: int) -> Iterable[int | None]:
    """Return the numbers of `whole`, less 1, between those that are not within `low` and `high`."""
    step = abs(whole.step)
    before, length = (low - whole.start, high - low) if whole.step > 0 else (whole.start - high, high - low)
    first = min(max(-(-before // step), 0), len(whole))
    last = max((before + length) // step + 1, first)
    inside = whole[first:last]
    indexes = range(inside.start - 1, inside.stop - 1, inside.step)
    if len(inside) == len(whole):
        return indexes
    return itertools.chain(itertools.repeat(None, first), indexes, itertools.repeat(None))


# What concerns the thread: made for each evaluation, and only what its code speaks of. Closures, because compiled loops
# call them.


def _overflow(thread: Thread) -> Callable[[float], float]:
    """Return the check of a result: m204wiki, Floating point ... rules."""

    def overflow(x: float) -> float:
        if x - x == 0.0:
            return x
        thread.message(OVERFLOW)
        return 0.0

    return overflow


def _round_sum(thread: Thread) -> Callable[[float], float]:
    round15, overflow = numbers.round15, _overflow(thread)
    rounder, scale, limit, as_near = numbers.ROUNDER, numbers.NEAR_SCALE, numbers.NEAR_LIMIT, numbers.AS_NEAR

    def round_sum(x: float) -> float:
        if -limit < x < limit:  # the first way of round15, without another call
            w = ((x * scale + rounder) - rounder) / scale
            if w == x or -as_near < (w - x) / x < as_near:
                return w
        return round15(x) if x - x == 0.0 else overflow(x)

    return round_sum


def _divide(thread: Thread) -> Callable[[float, float], float]:
    overflow = _overflow(thread)

    def divide(left: float, right: float) -> float:
        if right == 0.0:
            thread.message(ZERO_DIVISION)
            return 0.0
        return overflow(left / right)

    return divide


def _sum_chain(thread: Thread) -> Callable[..., float]:
    round_sum = _round_sum(thread)

    def sum_chain(signs: str, first: float, *operands: float) -> float:
        for sign, operand in zip(signs, operands, strict=True):
            first = first + operand if sign == "+" else first - operand
            if not (first.is_integer() and -1e15 < first < 1e15):
                first = round_sum(first)
        return first

    return sum_chain


def _product_chain(thread: Thread) -> Callable[..., float]:
    overflow, divide = _overflow(thread), _divide(thread)

    def product_chain(signs: str, first: float, *operands: float) -> float:
        for sign, operand in zip(signs, operands, strict=True):
            first = overflow(first * operand) if sign == "*" else divide(first, operand)
        return first

    return product_chain


def _fixed(thread: Thread) -> Callable[[float, int], float]:
    def fixed(x: float, places: int) -> float:
        kept = numbers.fixed(x, places)
        if kept is None:
            thread.message(OVERFLOW)
            return 0.0
        return kept

    return fixed


def _halt(thread: Thread) -> Callable[[], None]:
    def halt() -> None:
        thread.check_stop()

    return halt


def bounced(error: BaseException) -> None:
    """Let an On Error unit further out take an error that this one handed on: Bounce."""
    error.bounced = True  # type: ignore[attr-defined]


def _on_attention(thread: Thread) -> Callable[[Callable[[], str | None] | None], None]:
    def on_attention(unit: Callable[[], str | None] | None) -> None:
        thread.attention = unit

    return on_attention


def _included_response(thread: Thread) -> Callable[[object, tuple[str, ...]], str | None]:
    """Return what gives a $Read the next response left of the Include statement it came with, or None."""
    left: dict[object, Iterator[str]] = {}

    def included_response(include: object, responses: tuple[str, ...]) -> str | None:
        if include not in left:
            left[include] = iter(responses)
        return next(left[include], None)

    return included_response


def _pause(thread: Thread) -> Callable[[float], None]:
    def pause(seconds: float) -> None:
        end = time.monotonic() + min(seconds, threading.TIMEOUT_MAX / 2)
        waiting = threading.Event()
        while (left := end - time.monotonic()) > 0:
            thread.begin_wait()
            waiting.wait(min(PAUSE_SLICE, left))
        thread.check_stop()

    return pause


def _assertion_failed(thread: Thread) -> Callable[[str, int, str, bool], None]:
    def assertion_failed(procedure: str, line: int, info: str, continues: bool) -> None:
        fields: dict[str, Any] = {"procedure": procedure, "line": line, "info": f": {info}" if info else ""}
        if not continues:
            raise RequestCancelled(ASSERTION, **fields)
        from dataclasses import replace

        thread.message(replace(ASSERTION, cancels=False), **fields)

    return assertion_failed


class Images:
    """Makes the images of a request; most have none, and then nothing is loaded."""

    __slots__ = ("_table", "_thread")

    def __init__(self, thread: Thread) -> None:
        self._thread = thread
        self._table: Any = None

    def __call__(self, name: str, rows: tuple[Any, ...], is_global: bool, block: Any = None) -> Any:
        """Return the image `name` laid out as `rows` say; it has the bytes of the image `block`."""
        from soul.runtime.images import ImageTable

        if self._table is None:
            self._table = ImageTable(self._thread)
            self.attach()
        return self._table.add(name, rows, is_global, block)

    def attach(self) -> None:
        """Let $functions find the images."""
        if self._table is not None:
            self._table.attach()

    def detach(self) -> None:
        """The evaluation is over."""
        if self._table is not None:
            self._table.detach()


def _data_sets(statement: str) -> Callable[[Thread], Callable[..., None]]:
    """Return what makes the function of a statement about data sets."""

    def make(thread: Thread) -> Callable[..., None]:
        from soul.runtime.datasets import DataSetStatements

        found: Callable[..., None] = getattr(DataSetStatements(thread), statement)
        return found

    return make


def _set_page_line(thread: Thread) -> Callable[[Literal["HEADER", "TRAILER"], int, str | None], None]:
    def set_page_line(kind: Literal["HEADER", "TRAILER"], number: int, text: str | None) -> None:
        if not thread.pages.set_line(kind, number, text):
            limit = f"{LIMITS[kind]}={thread.parameters.number(LIMITS[kind], PAGE_LINES)}"
            raise RequestCancelled(TOO_MANY_PAGE_LINES, what=kind, limit=limit)

    return set_page_line


def _option(thread: Thread) -> int:
    return thread.parameters.number("EVALOPT")


_MADE: dict[str, Callable[[Thread], Any]] = {
    "assertion_failed": _assertion_failed,
    "close_dataset": _data_sets("close"),
    "open_dataset": _data_sets("open"),
    "read_image": _data_sets("read"),
    "read_terminal": _data_sets("read_terminal"),
    "write_image": _data_sets("write"),
    "clear_globals": lambda thread: thread.globals.clear,
    "converter": lambda thread: conversions.converter_factory(_option(thread), _overflow(thread)),
    "divide": _divide,
    "fixed": _fixed,
    "halt": _halt,
    "image": Images,
    "included_response": _included_response,
    "new_page": lambda thread: thread.new_page,
    "on_attention": _on_attention,
    "overflow": _overflow,
    "pause": _pause,
    "product_chain": _product_chain,
    "round_sum": _round_sum,
    "set_page_line": _set_page_line,
    "sum_chain": _sum_chain,
}


_BY_OPTION: dict[str, Callable[[int], Any]] = {
    "assigned_number": conversions.number_conversion,
    "cut": lambda option: conversions.strict_cut if option & conversions.TRUNCATION_CANCELS else conversions.cut,
}
"""What depends on EVALOPT and on nothing else."""


def _terminal(thread: Thread) -> Printer:
    thread.printer = Printer(thread.output.line, several_of(thread.output))
    return thread.printer


_PRINTERS: dict[str, Callable[[Thread], Printer]] = {
    "audit": lambda thread: Printer(lambda text: thread.journal.write("US", text, thread)),
    "printer": _terminal,
    "trace": lambda thread: Printer(lambda text: thread.journal.write("AD", f"TRACE: {text}", thread)),
}

_SUPPORT: dict[str, Any] = {
    "array": Array,
    "boolean_text": conversions.boolean_text,
    "bounced": bounced,
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
    "in_columns": in_columns,
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
    "round_places": numbers.round_half_away,
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


SUPPORT = frozenset((*_SUPPORT, *_MADE, *_BY_OPTION, *_PRINTERS, "begin_on_error", "stop", "thread"))
"""Every name that compiled code may find."""


class Plan:
    """What one compiled request needs of the run-time support: what is always the same, and what each run makes.

    `wanted` are the names that the code speaks of (those that are not of the support are passed over), `functions`
    its built-ins.
    """

    __slots__ = ("_by_option", "_constants", "_made", "_printers", "has_images")

    def __init__(self, wanted: Iterable[str], functions: Mapping[str, Callable[..., Any]]) -> None:
        names = frozenset(wanted)
        self._constants = {name: _SUPPORT[name] for name in names & _SUPPORT.keys()}
        self._by_option = tuple((name, _BY_OPTION[name]) for name in names & _BY_OPTION.keys())
        self._constants.update((name, make(0)) for name, make in self._by_option)
        self._constants.update(functions)
        self._made = tuple((name, _MADE[name]) for name in names & _MADE.keys())
        self._printers = tuple((name, _PRINTERS[name]) for name in names & _PRINTERS.keys())
        self.has_images = "image" in names

    def names(
        self, thread: Thread, begin_on_error: Callable[[BaseException, object], bool]
    ) -> tuple[dict[str, Any], list[Printer]]:
        """Return the names for one evaluation, and its printers, whose open lines must be finished at the end."""
        names = self._constants.copy()
        names["begin_on_error"] = begin_on_error
        names["thread"] = thread
        names["stop"] = thread.stop
        if self._by_option and (option := _option(thread)):
            for name, make_by_option in self._by_option:
                names[name] = make_by_option(option)
        for name, make in self._made:
            names[name] = make(thread)
        printers: list[Printer] = []
        for name, make_printer in self._printers:
            names[name] = printer = make_printer(thread)
            printers.append(printer)
        return names, printers
