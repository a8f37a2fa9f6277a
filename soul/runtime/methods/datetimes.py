"""Methods between datetime strings and numbers since 1 January 1900.

Source: m204wiki, DaysToString (Float function); Datetime string formats.
"""

from __future__ import annotations

from collections.abc import Callable

from soul.runtime.functions.dates import DateError
from soul.runtime.functions.datetime_formats import (
    DAY,
    datetime_format,
    format_moment,
    moment_of,
    number_of,
    parse_moment,
    span_start,
)
from soul.runtime.functions.messages import date_error
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("datetime methods")

# unit, how many make a day, example date and number
_UNITS = (
    ("Days", 1, "20000101", "36524"),
    ("Seconds", 86_400, "19000102", "86400"),
    ("Milliseconds", DAY, "19000102", "86400000"),
)


def _reader(name: str, per_day: int) -> Callable[[Thread, str, str, float | None], float]:
    def method(thread: Thread, string: str, format_: str, cent_span: float | None = None) -> float:
        try:
            start = span_start(cent_span, thread.clock().year)
            return float(number_of(parse_moment(datetime_format(format_), string, start, strict=False), per_day))
        except DateError as error:
            raise date_error(name, str(error)) from None

    return method


def _printer(name: str, per_day: int) -> Callable[[float, str], str]:
    def method(number: float, format_: str) -> str:
        try:
            return format_moment(datetime_format(format_), moment_of(number, per_day))
        except DateError as error:
            raise date_error(name, str(error)) from None

    return method


def _register(unit: str, per_day: int, example: str, number: str) -> None:
    read_name, print_name = f"StringTo{unit}", f"{unit}ToString"
    read, print_ = _reader(read_name, per_day), _printer(print_name, per_day)
    read.__doc__ = f"""Convert a datetime string to {unit.lower()} since 1 January 1900.

    Arguments: format, see Datetime string formats; CentSpan, the first year a two-digit year can mean, -99 to 99
    relative to the current year or 1753 to 9999, default -50.
    Result: the number, negative before 1900. Matching is not strict.
    Errors: a string that does not match, or a bad format, cancels the request.
    Example: '{example}':{read_name}('YYYYMMDD') -> {number}
    Page: m204wiki, {read_name} (String function)
    """
    print_.__doc__ = f"""Convert {unit.lower()} since 1 January 1900 to a datetime string.

    Arguments: format, see Datetime string formats.
    Result: the datetime in that format.
    Errors: a bad format, or a number out of range, cancels the request.
    Example: {number}:{print_name}('YYYYMMDD') -> {example}
    Page: m204wiki, {print_name} (Float function)
    """
    FAMILY.method(read_name, page=f"{read_name} (String function)")(read)
    FAMILY.method(print_name, page=f"{print_name} (Float function)")(print_)


for _row in _UNITS:
    _register(*_row)


@FAMILY.method("TimeStringConvert", page="TimeStringConvert (String function)")
def time_string_convert(
    thread: Thread, string: str, input_format: str, output_format: str, cent_span: float | None = None
) -> str:
    """Convert a datetime string from one format to another.

    Arguments: input format, output format, see Datetime string formats; CentSpan, as for StringToDays.
    Result: the datetime in the output format.
    Errors: a string that does not match, or a bad format, cancels the request.
    Example: '12/22/11':timeStringConvert('MM/DD/YY','Month DAY, YYYY') -> December 22, 2011
    Page: m204wiki, TimeStringConvert (String function)
    """
    try:
        start = span_start(cent_span, thread.clock().year)
        moment = parse_moment(datetime_format(input_format), string, start, strict=False)
        return format_moment(datetime_format(output_format), moment)
    except DateError as error:
        raise date_error("TimeStringConvert", str(error)) from None
