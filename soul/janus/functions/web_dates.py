"""$Web_ date functions: numbers counted from 1900-01-01 00:00 GMT, and HTTP dates. They work on any thread.

Source: m204wiki, $Web_Date, $Web_DateND, $Web_DateNM, $Web_DateNS; $Web_Date2D ...; $Web_D2Date ...
"""

from __future__ import annotations

from soul.janus.web.dates import EPOCH, from_text, milliseconds_of, seconds_of, to_text
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("web dates")

DAY = 86_400
ERROR = -9e12  # what the date functions return for a date that cannot be converted


@FAMILY.function("$Web_DateNS", "$Web_Date", page="$Web_Date")
def web_date_ns(thread: Thread) -> int:
    """Return the current time in seconds.

    Arguments: none.
    Result: seconds since 1900-01-01 00:00 GMT; the example is of 25 November 2026, 14:05:09 GMT.
    Example:
        Print $Web_DateNS
        Print $Web_NS2Date($Web_DateNS)
    Prints:
        4004604309
        Wed, 25 Nov 2026 14:05:09 GMT
    Page: m204wiki, $Web_Date
    """
    return seconds_of(thread.clock())


@FAMILY.function("$Web_DateND", page="$Web_Date")
def web_date_nd(thread: Thread) -> int:
    """Return the current date in days.

    Arguments: none.
    Result: days since 1900-01-01 00:00 GMT; the example is of 25 November 2026.
    Example:
        Print $Web_DateND
    Prints:
        46349
    Page: m204wiki, $Web_Date
    """
    return seconds_of(thread.clock()) // DAY


@FAMILY.function("$Web_DateNM", page="$Web_Date")
def web_date_nm(thread: Thread) -> int:
    """Return the current time in milliseconds.

    Arguments: none.
    Result: milliseconds since 1900-01-01 00:00 GMT; the example is of 25 November 2026, 14:05:09.120 GMT.
    Example:
        Print $Web_DateNM
    Prints:
        4004604309120
    Page: m204wiki, $Web_Date
    """
    return milliseconds_of(thread.clock())


@FAMILY.function("$Web_NS2Date", "$Web_D2Date", "$Web_N2Date", page="$Web_D2Date")
def web_ns2date(number: float) -> str:
    """Return seconds as a date.

    Arguments: seconds since 1900-01-01 00:00 GMT.
    Result: `Wkd, DD Mon YYYY HH:MI:SS GMT`; null when they cannot be converted.
    Example:
        Print $Web_NS2Date(86400)
    Prints:
        Tue, 02 Jan 1900 00:00:00 GMT
    Page: m204wiki, $Web_D2Date
    """
    return to_text(number)


@FAMILY.function("$Web_ND2Date", page="$Web_D2Date")
def web_nd2date(number: float) -> str:
    """Return days as a date.

    Arguments: days since 1900-01-01 00:00 GMT.
    Result: `Wkd, DD Mon YYYY HH:MI:SS GMT`; null when they cannot be converted.
    Example:
        Print $Web_ND2Date(36524)
    Prints:
        Sat, 01 Jan 2000 00:00:00 GMT
    Page: m204wiki, $Web_D2Date
    """
    return to_text(number * DAY)


@FAMILY.function("$Web_NM2Date", page="$Web_D2Date")
def web_nm2date(number: float) -> str:
    """Return milliseconds as a date.

    Arguments: milliseconds since 1900-01-01 00:00 GMT.
    Result: `Wkd, DD Mon YYYY HH:MI:SS GMT`; null when they cannot be converted.
    Example:
        Print $Web_NM2Date(86400999)
    Prints:
        Tue, 02 Jan 1900 00:00:00 GMT
    Page: m204wiki, $Web_D2Date
    """
    return to_text(number // 1000)


@FAMILY.function("$Web_Date2NS", "$Web_Date2D", "$Web_Date2N", page="$Web_Date2D")
def web_date2ns(thread: Thread, date: str, format_: str | None = None, centspan: float | None = None) -> float:
    """Return a date as seconds.

    Arguments: date, without a format one of the three HTTP forms, taken as GMT; format, a datetime format, with which
    the date is local time; centspan, the first of the 100 years that two-digit years stand for, absolute or relative to
    this year, default -50.
    Result: seconds since 1900-01-01 00:00 GMT; -9E12 when the date cannot be converted (unconfirmed).
    Example:
        Print $Web_Date2NS('Sun, 06 Nov 1994 08:49:37 GMT')
        Print $Web_Date2NS('Sunday, 06-Nov-94 08:49:37 GMT')
        Print $Web_Date2NS('Sun Nov  6 08:49:37 1994')
        Print $Web_Date2NS('no date')
    Prints:
        2993100577
        2993100577
        2993100577
        -9000000000000
    Page: m204wiki, $Web_Date2D
    """
    milliseconds = _milliseconds(thread, date, format_, centspan)
    return ERROR if milliseconds is None else float(milliseconds // 1000)


@FAMILY.function("$Web_Date2ND", page="$Web_Date2D")
def web_date2nd(thread: Thread, date: str, format_: str | None = None, centspan: float | None = None) -> float:
    """Return a date as whole days.

    Arguments: date, format and centspan, as for $Web_Date2NS.
    Result: days since 1900-01-01 00:00 GMT; -9E12 when the date cannot be converted (unconfirmed).
    Example:
        Print $Web_Date2ND('Sat, 01 Jan 2000 00:00:00 GMT')
    Prints:
        36524
    Page: m204wiki, $Web_Date2D
    """
    milliseconds = _milliseconds(thread, date, format_, centspan)
    return ERROR if milliseconds is None else float(milliseconds // (DAY * 1000))


@FAMILY.function("$Web_Date2NM", page="$Web_Date2D")
def web_date2nm(thread: Thread, date: str, format_: str | None = None, centspan: float | None = None) -> float:
    """Return a date as milliseconds.

    Arguments: date, format and centspan, as for $Web_Date2NS.
    Result: milliseconds since 1900-01-01 00:00 GMT; -9E12 when the date cannot be converted (unconfirmed).
    Example:
        Print $Web_Date2NM('Tue, 02 Jan 1900 00:00:00 GMT')
    Prints:
        86400000
    Page: m204wiki, $Web_Date2D
    """
    milliseconds = _milliseconds(thread, date, format_, centspan)
    return ERROR if milliseconds is None else float(milliseconds)


def _milliseconds(thread: Thread, text: str, form: str | None, centspan: float | None) -> int | None:
    """Return milliseconds since 1900 GMT, None for a date that cannot be converted."""
    from datetime import timedelta

    from soul.runtime.functions.dates import DateError
    from soul.runtime.functions.datetime_formats import datetime_format, parse_moment, span_start

    try:
        start = span_start(centspan, thread.clock().year)
        if not form:
            seconds = from_text(text, start)
            return None if seconds is None else seconds * 1000
        days, milliseconds = parse_moment(datetime_format(form), text, start, strict=False)
        local = EPOCH.replace(tzinfo=None) + timedelta(days=days, milliseconds=milliseconds)
        return milliseconds_of(local)
    except (DateError, OverflowError, ValueError, OSError):
        return None
