"""Web dates: numbers counted from 1900-01-01 00:00:00 GMT, and the three date forms of HTTP.

Source: m204wiki, $Web_Date2D, $Web_D2Date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
LAST_SECOND = (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - EPOCH) // timedelta(seconds=1)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_FORMS = (
    re.compile(rf"(?:{'|'.join(_DAYS)}), (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT", re.IGNORECASE),
    re.compile(rf"(?:{'|'.join(_LONG_DAYS)}), (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT", re.IGNORECASE),
    re.compile(rf"(?:{'|'.join(_DAYS)}) {_MONTH} +(?P<day>\d\d?) {_TIME} (?P<year>\d{{4}})", re.IGNORECASE),
)


def to_text(seconds: float) -> str:
    """Return `seconds` as `Wkd, DD Mon YYYY HH:MI:SS GMT`, '' when outside the years 1900 to 9999."""
    if not 0 <= seconds < LAST_SECOND + 1:
        return ""
    moment = EPOCH + timedelta(seconds=int(seconds))
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04} {moment:%H:%M:%S} GMT"
    )


def from_text(text: str, century_start: int) -> int | None:
    """Return the seconds of a date in one of the three HTTP forms, None when it is in none.

    `century_start` is the first year of the 100 years that a 2-digit year stands for.
    """
    for form in _FORMS:
        match = form.fullmatch(text.strip())
        if match is not None:
            break
    else:
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:
        year = century_start + (year - century_start) % 100
    month = _MONTHS.index(match["month"].title()) + 1
    try:
        moment = datetime(
            year, month, int(match["day"]), int(match["hour"]), int(match["minute"]), int(match["second"]), tzinfo=UTC
        )
    except ValueError:
        return None
    return seconds_of(moment) if moment >= EPOCH else None


def seconds_of(moment: datetime) -> int:
    """Return the whole seconds from 1900 to `moment`; one without a time zone is local time."""
    return (moment.astimezone(UTC) - EPOCH) // timedelta(seconds=1)


def milliseconds_of(moment: datetime) -> int:
    """Return the whole milliseconds from 1900 to `moment`."""
    return (moment.astimezone(UTC) - EPOCH) // timedelta(milliseconds=1)
