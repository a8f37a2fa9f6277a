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
    """Return the current time in seconds since 1900-01-01 00:00 GMT."""
    return seconds_of(thread.clock())


@FAMILY.function("$Web_DateND", page="$Web_Date")
def web_date_nd(thread: Thread) -> int:
    """Return the current date in days since 1900-01-01 GMT."""
    return seconds_of(thread.clock()) // DAY


@FAMILY.function("$Web_DateNM", page="$Web_Date")
def web_date_nm(thread: Thread) -> int:
    """Return the current time in milliseconds since 1900-01-01 00:00 GMT."""
    return milliseconds_of(thread.clock())


@FAMILY.function("$Web_NS2Date", "$Web_D2Date", "$Web_N2Date", page="$Web_D2Date")
def web_ns2date(number: float) -> str:
    """Return seconds since 1900 as `Wkd, DD Mon YYYY HH:MI:SS GMT`; null when they cannot be converted."""
    return to_text(number)


@FAMILY.function("$Web_ND2Date", page="$Web_D2Date")
def web_nd2date(number: float) -> str:
    """Return days since 1900 as `Wkd, DD Mon YYYY HH:MI:SS GMT`; null when they cannot be converted."""
    return to_text(number * DAY)


@FAMILY.function("$Web_NM2Date", page="$Web_D2Date")
def web_nm2date(number: float) -> str:
    """Return milliseconds since 1900 as `Wkd, DD Mon YYYY HH:MI:SS GMT`; null when they cannot be converted."""
    return to_text(number // 1000)


@FAMILY.function("$Web_Date2NS", "$Web_Date2D", "$Web_Date2N", page="$Web_Date2D")
def web_date2ns(thread: Thread, date: str, format_: str | None = None, centspan: float | None = None) -> float:
    """Return a date as seconds since 1900-01-01 00:00 GMT.

    date: without format one of the three HTTP forms, taken as GMT. format: a datetime format; the date is then local
    time. centspan: first year of the 100 years that two-digit years stand for, absolute or relative to this year,
    default -50. Result: -9E12 when the date cannot be converted (unconfirmed).
    """
    milliseconds = _milliseconds(thread, date, format_, centspan)
    return ERROR if milliseconds is None else float(milliseconds // 1000)


@FAMILY.function("$Web_Date2ND", page="$Web_Date2D")
def web_date2nd(thread: Thread, date: str, format_: str | None = None, centspan: float | None = None) -> float:
    """Return a date as whole days since 1900-01-01 GMT. Arguments and errors as for $Web_Date2NS."""
    milliseconds = _milliseconds(thread, date, format_, centspan)
    return ERROR if milliseconds is None else float(milliseconds // (DAY * 1000))


@FAMILY.function("$Web_Date2NM", page="$Web_Date2D")
def web_date2nm(thread: Thread, date: str, format_: str | None = None, centspan: float | None = None) -> float:
    """Return a date as milliseconds since 1900-01-01 00:00 GMT. Arguments and errors as for $Web_Date2NS."""
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
