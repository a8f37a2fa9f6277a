"""$Sir_ datetime functions: numbers since 1 January 1900 in four units, and the Sir2000 conversions.

$Sir_Date2x matches formats leniently, the Sir2000 functions strictly. For the formats see `datetime_formats`.
Source: m204wiki, $Sir_Date2N; $Sir_Date2ND; $Sir_Date2NM; $Sir_N2Date; $Sir_ND2Date; $Sir_DateCnv; $Sir_DateDif;
$Sir_Date_Err.
"""

from __future__ import annotations

from datetime import datetime

from soul.runtime.functions.date_control import SETTINGS, date_control, report
from soul.runtime.functions.dates import DIFFERENCE_ERROR, DateError
from soul.runtime.functions.datetime_formats import (
    DAY,
    EPOCH,
    Moment,
    datetime_format,
    format_moment,
    moment_of,
    number_of,
    parse_moment,
    span_start,
)
from soul.runtime.functions.messages import invalid
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("Sirius dates")

NUMBER_ERROR = -9_000_000_000_000  # m204wiki, $Sir_Date2N: -9E12
ASTERISKS = 32  # m204wiki, $Sir_DateCnv: at most
NOW_FORMAT = "YYYYMMDDHHMISSXXX"  # of $Sir_Date without argument (our choice)

# unit: suffix of the function names, units in a day, what the unit is, example date and its number, an example of now
UNITS = (
    ("N", 25_920_000, "1/300 seconds", "19000102", "25920000", "1201381292736"),
    ("ND", 1, "days", "20000101", "36524", "46349"),
    ("NM", DAY, "milliseconds", "19000102", "86400000", "4004604309120"),
    ("NS", 86_400, "seconds", "19000102", "86400", "4004604309"),
)


def moment_now(thread: Thread) -> Moment:
    """Return the thread's present moment."""
    now: datetime = thread.clock()
    seconds = (now.hour * 60 + now.minute) * 60 + now.second
    return (now.date() - EPOCH).days, seconds * 1000 + now.microsecond // 1000


def to_number(
    thread: Thread, function: str, per_day: int, text: str, format_: str, span: float | None, control: str | None
) -> float:
    """Return the number of a date string, or the error value."""
    try:
        start = span_start(span, thread.clock().year)
        return float(number_of(parse_moment(datetime_format(format_), text, start, strict=False), per_day))
    except DateError as error:
        report(thread, function, str(error), control)
        return float(NUMBER_ERROR)


def to_text(thread: Thread, function: str, per_day: int, number: float, format_: str, control: str | None) -> str:
    """Return the date string of a number, or null."""
    try:
        return format_moment(datetime_format(format_), moment_of(number, per_day))
    except DateError as error:
        report(thread, function, str(error), control)
        return ""


def _register(suffix: str, per_day: int, unit: str, example: str, number: str, present: str) -> None:
    parse_name, print_name, now_name = f"$Sir_Date2{suffix}", f"$Sir_{suffix}2Date", f"$Sir_Date{suffix}"

    def date2(
        thread: Thread, date: str = "", format_: str = "", span: float | None = None, errctl: str | None = None
    ) -> float:
        return to_number(thread, parse_name, per_day, date, format_, span, errctl)

    def date(thread: Thread, number: float = 0.0, format_: str = "", errctl: str | None = None) -> str:
        return to_text(thread, print_name, per_day, number, format_, errctl)

    def now(thread: Thread) -> float:
        return float(number_of(moment_now(thread), per_day))

    date2.__doc__ = f"""Convert a datetime string to {unit} since 1 January 1900.

    Arguments: date; format, see Datetime string formats; span, the first year a two-digit year can mean, -99 to 99
    relative to the current year or 1753 to 9999, default -50; errctl CANCEL, REPORT or IGNORE.
    Result: the number, negative before 1900. Matching is not strict.
    Errors: -9000000000000.
    Example: {parse_name}('{example}','YYYYMMDD') -> {number}
    Example: {parse_name}('19990230','YYYYMMDD') -> -9000000000000
    Page: m204wiki, {parse_name}
    """
    date.__doc__ = f"""Convert {unit} since 1 January 1900 to a datetime string.

    Arguments: number; format, see Datetime string formats; errctl CANCEL, REPORT or IGNORE.
    Result: the datetime in that format.
    Errors: null.
    Example: {print_name}({number},'YYYYMMDD') -> {example}
    Page: m204wiki, {print_name}
    """
    now.__doc__ = f"""Return the present datetime in {unit} since 1 January 1900.

    Arguments: none.
    Result: a whole number; the example is of 25 November 2026, 14:05:09.120.
    Example: {now_name} -> {present}
    Page: m204wiki, {now_name}
    """
    FAMILY.function(parse_name)(date2)
    FAMILY.function(print_name)(date)
    FAMILY.function(now_name)(now)


for _row in UNITS:
    _register(*_row)


def _convert(thread: Thread, format_: str, text: str, span: float | None) -> Moment:
    return parse_moment(datetime_format(format_), text, span_start(span, thread.clock().year), strict=True)


def _asterisks(format_: str) -> str:
    return "*" * max(1, min(len(format_), ASTERISKS))


@FAMILY.function("$Sir_DateCnv", page="$Sir_DateCnv")
def sir_datecnv(
    thread: Thread,
    input_format: str,
    output_format: str,
    date: str,
    span: float | None = None,
    errctl: str | None = None,
) -> str:
    """Convert a datetime from one format to another.

    Arguments: input format, output format, see Datetime string formats; date, matched strictly; span, as for
    $Sir_Date2N, default -50; errctl CANCEL, REPORT or IGNORE.
    Result: the datetime in the output format.
    Errors: asterisks, as many as the output format has characters, at most 32.
    Example: $Sir_DateCnv('YYMMDD','YYYYMMDD','970101',1950) -> 19970101
    Example: $Sir_DateCnv('YYYYMMDD','YYMMDD','nonsense') -> ******
    Page: m204wiki, $Sir_DateCnv
    """
    try:
        target = datetime_format(output_format)
        return format_moment(target, _convert(thread, input_format, date, span))
    except DateError as error:
        report(thread, "$Sir_DateCnv", str(error), errctl)
        return _asterisks(output_format)


@FAMILY.function("$Sir_DateDif", page="$Sir_DateDif")
def sir_datedif(
    thread: Thread,
    format_a: str,
    date_a: str,
    format_b: str | None = None,
    date_b: str = "",
    span: float | None = None,
    errctl: str | None = None,
) -> int:
    """Return the difference of two dates in whole days; the time of day is ignored.

    Arguments: format and date a; format b, default format a, and date b, both matched strictly; span; errctl.
    Result: a less b.
    Errors: 99999999.
    Example: $Sir_DateDif('YYMMDD','970301',,'970308') -> -7
    Page: m204wiki, $Sir_DateDif
    """
    try:
        first = _convert(thread, format_a, date_a, span)
        second = _convert(thread, format_b or format_a, date_b, span)
    except DateError as error:
        report(thread, "$Sir_DateDif", str(error), errctl)
        return DIFFERENCE_ERROR
    return first[0] - second[0]


@FAMILY.function("$Sir_DateChk", page="$Sir_DateChk")
def sir_datechk(thread: Thread, format_: str, date: str, span: float | None = None) -> int:
    """Say whether a datetime is valid.

    Arguments: format; date, matched strictly; span, as for $Sir_Date2N.
    Result: 1 or 0.
    Example: $Sir_DateChk('YYMMDD','960229') -> 1
    Page: m204wiki, $Sir_DateChk
    """
    try:
        _convert(thread, format_, date, span)
    except DateError:
        return 0
    return 1


@FAMILY.function("$Sir_DateChg", page="$Sir_DateChg")
def sir_datechg(
    thread: Thread,
    format_: str,
    date: str,
    days: int = 0,
    span: float | None = None,
    errctl: str | None = None,
) -> str:
    """Add days to a datetime.

    Arguments: format; date, matched strictly; days, may be negative; span; errctl.
    Result: the new datetime in the same format.
    Errors: asterisks, as many as the format has characters, at most 32.
    Example: $Sir_DateChg('YYYYMMDD','20240228',2) -> 20240301
    Page: m204wiki, $Sir_DateChg
    """
    try:
        moment = _convert(thread, format_, date, span)
        return format_moment(datetime_format(format_), (moment[0] + days, moment[1]))
    except DateError as error:
        report(thread, "$Sir_DateChg", str(error), errctl)
        return _asterisks(format_)


@FAMILY.function("$Sir_DateFmt", page="$Sir_DateFmt")
def sir_datefmt(format_: str) -> int:
    """Say whether a datetime format is valid.

    Arguments: format, see Datetime string formats.
    Result: 1 or 0.
    Example: $Sir_DateFmt('YYYY-MM-DD') -> 1
    Example: $Sir_DateFmt('YYYYYYYY') -> 0
    Page: m204wiki, $Sir_DateFmt
    """
    try:
        datetime_format(format_)
    except DateError:
        return 0
    return 1


@FAMILY.function("$Sir_Date", page="$Sir_Date")
def sir_date(thread: Thread, format_: str | None = None, errctl: str | None = None) -> str:
    """Return the present datetime as a string.

    Arguments: format, default YYYYMMDDHHMISSXXX; errctl CANCEL, REPORT or IGNORE.
    Result: the datetime in that format; the examples are of 25 November 2026, 14:05:09.120.
    Errors: null.
    Example: $Sir_Date('Wkday, Day Month YYYY') -> Wednesday, 25 November 2026
    Example: $Sir_Date -> 20261125140509120
    Page: m204wiki, $Sir_Date
    """
    try:
        return format_moment(datetime_format(format_ or NOW_FORMAT), moment_now(thread))
    except DateError as error:
        report(thread, "$Sir_Date", str(error), errctl)
        return ""


@FAMILY.function("$SirTime", page="$SirTime")
def sirtime(thread: Thread) -> str:
    """Return the present datetime as YYDDDHHMISSXX.

    Arguments: none.
    Result: 13 digits; the example is of 25 November 2026, 14:05:09.120.
    Example: $SirTime -> 2632914050912
    Page: m204wiki, $SirTime
    """
    return format_moment(datetime_format("YYDDDHHMISSXX"), moment_now(thread))


@FAMILY.function("$Sir_Date_Err", page="$Sir_Date_Err")
def sir_date_err(thread: Thread, setting: str | None = None) -> str:
    """Set or ask what date errors do for the rest of the request.

    Arguments: setting OFF, CANCEL (message and cancellation), REPORT (warning) or IGNORE (silent); null or omitted
    only asks.
    Result: the previous setting. It applies to the standard date functions too, and ends with the request.
    Errors: another setting cancels the request.
    Example: $Sir_Date_Err -> OFF
    Page: m204wiki, $Sir_Date_Err
    """
    control = date_control(thread)
    previous = control.setting
    if setting:
        wanted = setting.strip().upper()
        if wanted not in SETTINGS:
            raise invalid("$Sir_Date_Err", "SETTING MUST BE OFF, CANCEL, REPORT OR IGNORE")
        control.setting = wanted
    return previous
