"""Standard date $functions: $Date, $DateCnv and their relatives, and the rules for two-digit years.

The format elements are the older set (DD, DDD, MM, MON, MONTH, YY, YYYY, CYY), not that of the $Sir_ functions.
Source: m204wiki, Overview of $Date functions; $DateChg; $DateChk; $DateCnv; $DateDif; $DayI; CENTSPLT parameter;
DEFCENT parameter; BASECENT parameter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from soul.language.whole import whole_number
from soul.runtime import numbers
from soul.runtime.centuries import Centuries, base_century
from soul.runtime.functions.date_control import report
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread
from soul.runtime.values import Value

FAMILY = Family("dates")

FORMAT_LENGTH = 32
DATE_LENGTH = 36
DIFFERENCE_ERROR = 99999999

MONTHS = (
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
)
DAYS = ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")

_ELEMENTS = ("MONTH", "YYYY", "CYY", "DDD", "MON", "DD", "MM", "YY")
_PATTERNS = {
    "MONTH": "(?P<MONTH>" + "|".join(MONTHS) + ")",
    "MON": "(?P<MON>" + "|".join(name[:3] for name in MONTHS) + ")",
    "YYYY": "(?P<YYYY>[0-9]{4})",
    "CYY": "(?P<CYY>[0-9]{3})",
    "DDD": "(?P<DDD>[0-9]{3})",
    "DD": "(?P<DD>[0-9]{2})",
    "MM": "(?P<MM>[0-9]{2})",
    "YY": "(?P<YY>[0-9]{2})",
}
_NUMBERS = {name: number for number, full in enumerate(MONTHS, 1) for name in (full, full[:3])}


class DateError(ValueError):
    """A format or date that is not valid; the text says why."""


@dataclass(frozen=True)
class DateFormat:
    """A format taken apart: elements and single characters in order."""

    text: str
    parts: tuple[str, ...]
    pattern: re.Pattern[str]
    short_pattern: re.Pattern[str]  # CYY without its century digit, for CUSTOM=1


@lru_cache(maxsize=256)
def date_format(text: str) -> DateFormat:
    """Take a format apart. Raises DateError when it is not valid."""
    if not 1 <= len(text) <= FORMAT_LENGTH:
        raise DateError("FORMAT MUST HAVE 1 TO 32 CHARACTERS")
    parts: list[str] = []
    at = 0
    while at < len(text):
        part = next((element for element in _ELEMENTS if text.startswith(element, at)), text[at])
        if part in "'\"":
            raise DateError("A QUOTE MAY NOT BE IN A FORMAT")
        parts.append(part)
        at += len(part)
    used = [part for part in parts if part in _PATTERNS]
    years = sum(part.endswith("Y") for part in used)
    months = sum(part in ("MM", "MON", "MONTH") for part in used)
    by_day_of_year = used.count("DDD") == 1 and months == 0 and "DD" not in used
    by_month = months == 1 and used.count("DD") == 1 and "DDD" not in used
    if years != 1 or not (by_day_of_year or by_month):
        raise DateError("FORMAT NEEDS MONTH, DAY AND YEAR, OR YEAR AND DDD")
    pattern = "".join(_PATTERNS.get(part) or re.escape(part) for part in parts)
    return DateFormat(
        text, tuple(parts), re.compile(pattern), re.compile(pattern.replace("<CYY>[0-9]{3}", "<YY>[0-9]{2}"))
    )


def _parameter(thread: Thread, name: str) -> int | None:
    value = thread.parameters.get(name)
    if isinstance(value, int):
        return value if value >= 0 else None
    return whole_number(value) if value else None


def _given(argument: Value | None) -> int | None:
    """Return a number that was given: a null one acts as omitted (m204wiki, $DateCnv)."""
    if argument is None or argument == "":
        return None
    return numbers.to_int(numbers.number(argument))


def centuries(thread: Thread, defcent: Value | None = None, centsplt: Value | None = None) -> Centuries:
    """Return the rules in force: the arguments of the call, else CENTSPLT, else DEFCENT.

    Raises DateError when both arguments are given or one is out of range.
    """
    today = thread.clock().date()
    default, split = _given(defcent), _given(centsplt)
    if default is not None and split is not None:
        raise DateError("DEFCENT AND CENTSPLT MAY NOT BOTH BE GIVEN")
    if default is not None:
        if not 0 <= default <= 99:
            raise DateError("DEFCENT MUST BE 0 TO 99")
        return Centuries(default)
    century = today.year // 100
    if split is not None:
        if not 0 <= split <= 99:
            raise DateError("CENTSPLT MUST BE 0 TO 99")
        return Centuries(century, split, base_century(today, split))
    known_split = _parameter(thread, "CENTSPLT")
    known_default = _parameter(thread, "DEFCENT")
    if known_split is None:
        return Centuries(century if known_default is None else known_default)
    base = _parameter(thread, "BASECENT")
    return Centuries(century, known_split, base_century(today, known_split) if base is None else base)


def custom(thread: Thread, option: int) -> bool:
    """Say whether the CUSTOM parameter holds `option`."""
    return str(option) in re.findall("[0-9]+", str(thread.parameters.get("CUSTOM", "")))


def parse_date(thread: Thread, form: DateFormat, text: str, rules: Centuries) -> date:
    """Return the date that `text` shows in the format `form`. Raises DateError."""
    if len(text) > DATE_LENGTH:
        raise DateError("DATE MAY HAVE 36 CHARACTERS")
    match = form.pattern.fullmatch(text)
    if match is None and custom(thread, 1):
        match = form.short_pattern.fullmatch(text)
    if match is None:
        raise DateError("DATE DOES NOT MATCH ITS FORMAT")
    found = match.groupdict()
    if "YYYY" in found:
        year = int(found["YYYY"])
    elif "CYY" in found:
        year = 1900 + int(found["CYY"])
    else:
        year = rules.year(int(found["YY"]))
    try:
        if "DDD" in found:
            result = date(year, 1, 1) + timedelta(days=int(found["DDD"]) - 1)
            if result.year != year:
                raise DateError("DAY OF YEAR DOES NOT EXIST")
            return result
        name = found.get("MONTH") or found.get("MON")
        return date(year, _NUMBERS[name] if name else int(found["MM"]), int(found["DD"]))
    except (ValueError, OverflowError):
        raise DateError("DATE DOES NOT EXIST") from None


def format_date(form: DateFormat, day: date) -> str:
    """Return `day` in the format `form`. Raises DateError when the year has no CYY."""
    if "CYY" in form.parts and not 1900 <= day.year <= 2899:
        raise DateError("YEAR CANNOT BE SHOWN WITH A CENTURY DIGIT")
    values = {
        "MONTH": MONTHS[day.month - 1],
        "MON": MONTHS[day.month - 1][:3],
        "YYYY": f"{day.year:04}",
        "CYY": f"{day.year - 1900:03}",
        "YY": f"{day.year % 100:02}",
        "MM": f"{day.month:02}",
        "DD": f"{day.day:02}",
        "DDD": f"{day.timetuple().tm_yday:03}",
    }
    return "".join(values.get(part, part) for part in form.parts)


def _asterisks(format_: str) -> str:
    return "*" * max(1, len(format_))


@FAMILY.function("$DateChk", page="$DateChk")
def datechk(
    thread: Thread, format_: str, date_: str, defcent: Value | None = None, centsplt: Value | None = None
) -> int:
    """Say whether a date is valid.

    Arguments: format, at most 32 characters, of DD DDD MM MON MONTH YY YYYY CYY and other characters; date, at most
    36 characters; defcent or centsplt for two-digit years, a null one acts as omitted.
    Result: 1 valid, 0 invalid or not of that format.
    Example: $DateChk('MON. DD, YYYY','FEB. 30, 1999') -> 0
    Example: $DateChk('YYYYDDD','2024366') -> 1
    Page: m204wiki, $DateChk
    """
    try:
        parse_date(thread, date_format(format_), date_, centuries(thread, defcent, centsplt))
    except DateError:
        return 0
    return 1


@FAMILY.function("$DateChg", page="$DateChg")
def datechg(
    thread: Thread,
    format_: str,
    date_: str,
    days: int = 0,
    defcent: Value | None = None,
    centsplt: Value | None = None,
) -> str:
    """Add days to a date.

    Arguments: format and date, as for $DateChk; days to add, may be negative; defcent or centsplt.
    Result: the new date in the same format.
    Errors: all asterisks, as many as the format has characters.
    Example: $DateChg('MON. DD, YYYY','JAN. 10, 2009',15) -> JAN. 25, 2009
    Example: $DateChg('YYYYMMDD','20240228',2) -> 20240301
    Page: m204wiki, $DateChg
    """
    try:
        form = date_format(format_)
        day = parse_date(thread, form, date_, centuries(thread, defcent, centsplt))
        return format_date(form, day + timedelta(days=days))
    except OverflowError:
        report(thread, "$DateChg", "RESULT OUT OF RANGE")
    except DateError as error:
        report(thread, "$DateChg", str(error))
    return _asterisks(format_)


@FAMILY.function("$DateCnv", page="$DateCnv")
def datecnv(
    thread: Thread,
    input_format: str,
    output_format: str,
    date_: str,
    defcent: Value | None = None,
    centsplt: Value | None = None,
) -> str:
    """Convert a date from one format to another.

    Arguments: input format, output format and date, as for $DateChk; defcent, the century of two-digit years, or
    centsplt, the two-digit year at which the base century begins: not both, unless one is null.
    Result: the date in the output format.
    Errors: all asterisks, as many as the input format has characters.
    Example: $DateCnv('MON DD, YYYY','YY DDD','JAN 10, 2005') -> 05 010
    Example: $DateCnv('YY/MM/DD','YYYY/MM/DD','98/01/02',19) -> 1998/01/02
    Page: m204wiki, $DateCnv
    """
    try:
        rules = centuries(thread, defcent, centsplt)
        target = date_format(output_format)
        return format_date(target, parse_date(thread, date_format(input_format), date_, rules))
    except DateError as error:
        report(thread, "$DateCnv", str(error))
        return _asterisks(input_format)


@FAMILY.function("$DateDif", page="$DateDif")
def datedif(
    thread: Thread,
    format1: str,
    date1: str,
    format2: str | None = None,
    date2: str = "",
    defcent: Value | None = None,
    centsplt: Value | None = None,
) -> int:
    """Return the difference of two dates in days.

    Arguments: format1 and date1; format2, default format1, and date2; defcent or centsplt.
    Result: date1 less date2.
    Errors: 99999999.
    Example: $DateDif('YYYYMMDD','20240301',,'20240228') -> 2
    Page: m204wiki, $DateDif
    """
    try:
        rules = centuries(thread, defcent, centsplt)
        first = date_format(format1)
        second = date_format(format2) if format2 else first
        return (parse_date(thread, first, date1, rules) - parse_date(thread, second, date2, rules)).days
    except DateError as error:
        report(thread, "$DateDif", str(error))
        return DIFFERENCE_ERROR


def _year(day: date, year_format: int) -> str:
    return {1: f"{day.year:04}", 2: str(day.year - 1900)}.get(year_format, f"{day.year % 100:02}")


@FAMILY.function("$Date", page="Overview of $Date functions")
def date_(thread: Thread, year_format: int = 0, fill: str | None = None) -> str:
    """Return today's date, yy-mm-dd.

    Arguments: year format, 0 two digits, 1 four digits, 2 years since 1900, default 0; fill, the character between
    the parts, null for none, default hyphen.
    Result: year, month, day; the examples are of 25 November 2026.
    Example: $Date -> 26-11-25
    Example: $Date(1,'/') -> 2026/11/25
    Example: $Date(2,'') -> 1261125
    Page: m204wiki, Overview of $Date functions
    """
    today = thread.clock().date()
    if year_format == 0 and fill is None:
        return today.isoformat()[2:]
    separator = "-" if fill is None else fill[:1]
    return separator.join((_year(today, year_format), f"{today.month:02}", f"{today.day:02}"))


@FAMILY.function("$DateJ", page="Overview of $Date functions")
def datej(thread: Thread, year_format: int = 0, fill: str | None = None) -> str:
    """Return today's date, yy.ddd.

    Arguments: year format, as for $Date; fill, default point.
    Result: year and day of the year; the examples are of 25 November 2026.
    Example: $DateJ -> 26.329
    Example: $DateJ(1,'') -> 2026329
    Page: m204wiki, Overview of $Date functions
    """
    today = thread.clock().date()
    separator = "." if fill is None else fill[:1]
    return f"{_year(today, year_format)}{separator}{today.timetuple().tm_yday:03}"


@FAMILY.function("$DateP", page="Overview of $Date functions")
def datep(thread: Thread, year_format: int = 0, fill: str | None = None) -> str:
    """Return today's date, dd mon yy.

    Arguments: year format, as for $Date; fill, default blank.
    Result: day, month name of three letters, year; the examples are of 25 November 2026.
    Example: $DateP -> 25 NOV 26
    Example: $DateP(1,'-') -> 25-NOV-2026
    Page: m204wiki, Overview of $Date functions
    """
    today = thread.clock().date()
    separator = " " if fill is None else fill[:1]
    return separator.join((f"{today.day:02}", MONTHS[today.month - 1][:3], _year(today, year_format)))


@FAMILY.function("$Time", page="$Time")
def time(thread: Thread) -> str:
    """Return the time of day, hh:mm:ss.

    Arguments: none.
    Result: the time in 24 hours; the example is of nine seconds past 14:05.
    Example: $Time -> 14:05:09
    Page: m204wiki, $Time
    """
    return thread.clock().time().isoformat("seconds")


def _weekday(thread: Thread, text: str, split: Value | None) -> int:
    """Return the number of the weekday of a cyyddd date, 1 Sunday to 7 Saturday. Raises DateError."""
    match = re.fullmatch("(?:([0-9]?)([0-9]{2})(?=[0-9]{3}))?([0-9]{1,3})", text.strip())
    if match is None:
        raise DateError("DATE IS NOT CYYDDD")
    century, yy, ddd = match.groups()
    if yy is None:
        year = thread.clock().year
    elif century:
        year = 1900 + int(century + yy)
    else:
        year = centuries(thread, centsplt=split).year(int(yy))
    day = parse_date(thread, date_format("YYYYDDD"), f"{year:04}{ddd:0>3}", Centuries(19))
    return day.isoweekday() % 7 + 1


@FAMILY.function("$DayI", page="$DayI")
def dayi(thread: Thread, date_: str, split: Value | None = None) -> int:
    """Return the number of a weekday.

    Arguments: date as cyyddd; without century digit split, then CENTSPLT, then DEFCENT decide; without year the
    current one counts; split, the two-digit year at which the base century begins.
    Result: 1 Sunday to 7 Saturday; with CUSTOM=3 2 Monday to 8 Sunday.
    Errors: 0.
    Example: $DayI('100032') -> 3
    Page: m204wiki, $DayI
    """
    try:
        number = _weekday(thread, date_, split)
    except DateError as error:
        report(thread, "$DayI", str(error))
        return 0
    return 8 if number == 1 and custom(thread, 3) else number


@FAMILY.function("$Day", page="$Day")
def day(thread: Thread, date_: str, split: Value | None = None) -> str:
    """Return the name of a weekday.

    Arguments: date and split as for $DayI; or one digit, the number of a weekday as $DayI gives it.
    Result: SUNDAY to SATURDAY; with CUSTOM=3 the number 9 gives MON-FRI.
    Errors: null.
    Example: $Day('100032') -> TUESDAY
    Example: $Day(3) -> TUESDAY
    Example: $Day($DayI('100032')) -> TUESDAY
    Page: m204wiki, $DayI; CUSTOM parameter
    """
    number = date_.strip()
    if len(number) == 1 and whole_number(number) is not None:
        days = (*DAYS[1:], DAYS[0], "MON-FRI") if custom(thread, 3) else DAYS
        place = int(number) - (2 if custom(thread, 3) else 1)
        return days[place] if 0 <= place < len(days) else ""
    try:
        return DAYS[_weekday(thread, date_, split) - 1]
    except DateError as error:
        report(thread, "$Day", str(error))
        return ""
