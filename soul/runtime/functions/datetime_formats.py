"""Datetime format strings of the $Sir_ functions and the datetime methods: checking, matching, printing.

A moment is (days since 1 January 1900, milliseconds of the day). Matching is strict or not; see `Token`.
Source: m204wiki, Datetime string formats; Template:Datetime format matching; Template:Processing dates with two-digit
year values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from soul.runtime.functions.dates import DAYS, MONTHS, DateError

EPOCH = date(1900, 1, 1)
DAY = 86_400_000  # milliseconds
FIRST_YEAR, LAST_YEAR = 1753, 9999  # m204wiki, CENTSPAN: the range of absolute values
SPAN_DEFAULT = -50
FORMAT_LENGTH = 255
TEXT_LENGTH = 255

Moment = tuple[int, int]

_FULL_MONTHS = "|".join(MONTHS)
_SHORT_MONTHS = "|".join(name[:3] for name in MONTHS)
_FULL_DAYS = "|".join(DAYS)
_SHORT_DAYS = "|".join(name[:3] for name in DAYS)


@dataclass(frozen=True)
class Token:
    """One token: what it stands for, and the texts it matches strictly and otherwise."""

    part: str  # year, month, day, weekday, yearday, hour, minute, second, fraction, half, number, any
    strict: str
    lenient: str = ""
    variable: bool = False


def _capital(names: str) -> str:
    return "|".join(name.capitalize() for name in names.split("|"))


_TWO = "[0-9]{2}"
_TOKENS = {
    "WKDAY": Token("weekday", _FULL_DAYS, variable=True),
    "Wkday": Token("weekday", _capital(_FULL_DAYS), variable=True),
    "MONTH": Token("month", _FULL_MONTHS, variable=True),
    "Month": Token("month", _capital(_FULL_MONTHS), variable=True),
    "YYYY": Token("year", "[0-9]{4}"),
    "CYY": Token("year", "[0-9]{3}"),
    "ZYY": Token("year", "[1-9]?[0-9]{2}", "[0-9]{1,3}", variable=True),
    "WKD": Token("weekday", _SHORT_DAYS),
    "Wkd": Token("weekday", _capital(_SHORT_DAYS)),
    "MON": Token("month", _SHORT_MONTHS),
    "Mon": Token("month", _capital(_SHORT_MONTHS)),
    "DDD": Token("yearday", "[0-9]{3}"),
    "DAY": Token("day", "[1-9][0-9]?", "[0-9]{1,2}", variable=True),
    "Day": Token("day", "[1-9][0-9]?", "[0-9]{1,2}", variable=True),
    "XXX": Token("fraction", "[0-9]{3}"),
    "YY": Token("year", _TWO),
    "MM": Token("month", _TWO, "[ 0-9][0-9]"),
    "BM": Token("month", "[ 1][0-9]", "[ 0-9][0-9]"),
    "DD": Token("day", _TWO, "[ 0-9][0-9]"),
    "BD": Token("day", "[ 1-3][0-9]", "[ 0-9][0-9]"),
    "HH": Token("hour", _TWO, "[ 0-9][0-9]"),
    "BH": Token("hour", "[ 12][0-9]", "[ 0-9][0-9]"),
    "MI": Token("minute", _TWO),
    "SS": Token("second", _TWO),
    "XX": Token("fraction", _TWO),
    "AM": Token("half", "AM|PM"),
    "PM": Token("half", "AM|PM"),
    "ND": Token("number", "-?[0-9]{1,15}"),
    "NM": Token("number", "-?[0-9]{1,15}"),
    "NS": Token("number", "-?[0-9]{1,15}"),
    "X": Token("fraction", "[0-9]"),
    "I": Token("any", "."),
    "*": Token("any", ".*", variable=True),
}
_ORDER = tuple(sorted(_TOKENS, key=len, reverse=True))
_UNITS = {"ND": 1, "NS": 86_400, "NM": DAY}  # how many make a day
_MONTH_NUMBERS = {name: number for number, full in enumerate(MONTHS, 1) for name in (full, full[:3])}
_SINGLE = ("year", "month", "day", "weekday", "fraction", "half")


# How each token is shown: a function of the day and the milliseconds of it.
_Shown = Callable[[date, int], str]
_SHOWN: dict[str, _Shown] = {
    "YYYY": lambda day, _: f"{day.year:04}",
    "CYY": lambda day, _: f"{day.year - 1900:03}",
    "ZYY": lambda day, _: f"{day.year - 1900:02}",
    "YY": lambda day, _: f"{day.year % 100:02}",
    "MONTH": lambda day, _: MONTHS[day.month - 1],
    "Month": lambda day, _: MONTHS[day.month - 1].capitalize(),
    "MON": lambda day, _: MONTHS[day.month - 1][:3],
    "Mon": lambda day, _: MONTHS[day.month - 1][:3].capitalize(),
    "MM": lambda day, _: f"{day.month:02}",
    "BM": lambda day, _: f"{day.month:2}",
    "DD": lambda day, _: f"{day.day:02}",
    "BD": lambda day, _: f"{day.day:2}",
    "DAY": lambda day, _: str(day.day),
    "Day": lambda day, _: str(day.day),
    "DDD": lambda day, _: f"{day.timetuple().tm_yday:03}",
    "WKDAY": lambda day, _: DAYS[day.isoweekday() % 7],
    "Wkday": lambda day, _: DAYS[day.isoweekday() % 7].capitalize(),
    "WKD": lambda day, _: DAYS[day.isoweekday() % 7][:3],
    "Wkd": lambda day, _: DAYS[day.isoweekday() % 7][:3].capitalize(),
    "HH": lambda _, time: f"{time // 3_600_000:02}",
    "BH": lambda _, time: f"{time // 3_600_000:2}",
    "MI": lambda _, time: f"{time // 60_000 % 60:02}",
    "SS": lambda _, time: f"{time // 1000 % 60:02}",
    "X": lambda _, time: f"{time // 100 % 10}",
    "XX": lambda _, time: f"{time // 10 % 100:02}",
    "XXX": lambda _, time: f"{time % 1000:03}",
    "AM": lambda _, time: "AM" if time < DAY // 2 else "PM",
    "PM": lambda _, time: "AM" if time < DAY // 2 else "PM",
    "ND": lambda day, time: str(number_of(((day - EPOCH).days, time), 1)),
    "NS": lambda day, time: str(number_of(((day - EPOCH).days, time), 86_400)),
    "NM": lambda day, time: str(number_of(((day - EPOCH).days, time), DAY)),
    "I": lambda *_: " ",  # not documented for output: a blank, and nothing for * (our choice)
    "*": lambda *_: "",
}
_TWELVE: dict[str, _Shown] = {
    "HH": lambda _, time: f"{(time // 3_600_000 + 11) % 12 + 1:02}",
    "BH": lambda _, time: f"{(time // 3_600_000 + 11) % 12 + 1:2}",
}


@dataclass(frozen=True)
class DatetimeFormat:
    """A checked format. `parts` holds (token, "") or ("", separator); `shown` the same as it is printed.

    `has_century` says that years are shown as those since 1900.
    """

    text: str
    parts: tuple[tuple[str, str], ...]
    strict: re.Pattern[str]
    lenient: re.Pattern[str]
    shown: tuple[str | _Shown, ...]
    has_century: bool

    @property
    def tokens(self) -> list[str]:
        """The tokens in order."""
        return [token for token, _ in self.parts if token]


def _split(text: str) -> list[tuple[str, str]]:
    """Take a format apart into tokens and separators."""
    parts: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            if at + 1 == len(text):
                raise DateError("NOTHING FOLLOWS THE QUOTE")
            parts.append(("", text[at + 1]))
            at += 2
            continue
        token = next((token for token in _ORDER if text.startswith(token, at)), "")
        if not token and text[at].isalpha():
            raise DateError(f"UNKNOWN FORMAT ELEMENT AT {text[at : at + 8]}")
        parts.append((token, "" if token else text[at]))
        at += len(token) or 1
    return parts


def _check(parts: list[tuple[str, str]]) -> None:
    """Enforce the rules for combinations of tokens. Raises DateError."""
    tokens = [token for token, _ in parts if token]
    kinds = [_TOKENS[token].part for token in tokens]
    if not any(kind != "any" for kind in kinds):
        raise DateError("FORMAT HAS NO DATE OR TIME")
    if any(tokens.count(token) > 1 for token in tokens if token != "I"):
        raise DateError("A FORMAT ELEMENT IS REPEATED")
    if any(kinds.count(kind) > 1 for kind in _SINGLE):
        raise DateError("TWO FORMAT ELEMENTS MEAN THE SAME")
    if "number" in kinds and len(parts) > 1:
        raise DateError("ND, NM AND NS STAND ALONE")
    if "yearday" in kinds and ("day" in kinds or "month" in kinds):
        raise DateError("DDD EXCLUDES DAY AND MONTH")
    variable = [token for token in tokens if _TOKENS[token].variable]
    if "ZYY" in variable and len(variable) > 1:
        raise DateError("ZYY ALLOWS NO OTHER ELEMENT OF VARIABLE LENGTH")
    if "*" in variable and len(variable) > 1 and parts[-1][0] != "*":
        raise DateError("* MUST COME LAST")


@lru_cache(maxsize=512)
def datetime_format(text: str) -> DatetimeFormat:
    """Take a format apart and check it. Raises DateError."""
    if not 1 <= len(text) <= FORMAT_LENGTH:
        raise DateError("FORMAT MUST HAVE 1 TO 255 CHARACTERS")
    parts = _split(text)
    _check(parts)

    def pattern(choose: Callable[[Token], str]) -> str:
        return "".join(f"({choose(_TOKENS[token])})" if token else re.escape(other) for token, other in parts)

    strict = re.compile(pattern(lambda token: token.strict), re.DOTALL)
    lenient = re.compile(pattern(lambda token: token.lenient or token.strict), re.DOTALL | re.IGNORECASE | re.ASCII)
    tokens = {token for token, _ in parts}
    table = {**_SHOWN, **_TWELVE} if tokens & {"AM", "PM"} else _SHOWN
    shown = tuple(table[token] if token else other for token, other in parts)
    return DatetimeFormat(text, tuple(parts), strict, lenient, shown, bool(tokens & {"CYY", "ZYY"}))


def span_start(span: float | None, current_year: int) -> int:
    """Return the first year that a two-digit year can mean. Raises DateError for a span out of range.

    Arguments: span, -99 to 99 relative to the current year, or 1753 to 9999; None is -50.
    """
    value = SPAN_DEFAULT if span is None else span
    if value != int(value):
        raise DateError("CENTSPAN MUST BE A WHOLE NUMBER")
    if -99 <= value <= 99:
        return current_year + int(value)
    if FIRST_YEAR <= value <= LAST_YEAR:
        return int(value)
    raise DateError("CENTSPAN MUST BE -99 TO 99 OR 1753 TO 9999")


def _full_year(token: str, text: str, start: int) -> int:
    if token == "YYYY":
        return int(text)
    if token in ("CYY", "ZYY"):
        return 1900 + int(text)
    return start + (int(text) - start) % 100


def _day_number(found: dict[str, tuple[str, str]], start: int) -> int:
    """Return the days since 1900 of the date parts; what is missing is that of 1 January 1900 (our choice)."""
    year = _full_year(*found["year"], start) if "year" in found else EPOCH.year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateError("YEAR OUT OF RANGE")
    if "yearday" in found:
        day = date(year, 1, 1) + timedelta(days=int(found["yearday"][1]) - 1)
        if day.year != year:
            raise DateError("DAY OF YEAR DOES NOT EXIST")
    else:
        month = found.get("month", ("", "1"))[1].upper()
        number = _MONTH_NUMBERS.get(month) or int(month)
        day = date(year, number, int(found.get("day", ("", "1"))[1]))
    return (day - EPOCH).days


def _milliseconds(found: dict[str, tuple[str, str]]) -> int:
    hour = int(found.get("hour", ("", "0"))[1])
    minute = int(found.get("minute", ("", "0"))[1])
    second = int(found.get("second", ("", "0"))[1])
    if "half" in found and "hour" in found:
        if not 1 <= hour <= 12:
            raise DateError("HOUR MUST BE 1 TO 12")
        hour = hour % 12 + (12 if found["half"][1].upper() == "PM" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise DateError("TIME DOES NOT EXIST")
    fraction = int(found.get("fraction", ("", "0"))[1].ljust(3, "0"))
    return ((hour * 60 + minute) * 60 + second) * 1000 + fraction


def parse_moment(form: DatetimeFormat, text: str, start: int, *, strict: bool) -> Moment:
    """Return the moment `text` shows; `start` is the first year a two-digit year can mean. Raises DateError."""
    if len(text) > TEXT_LENGTH:
        raise DateError("DATE MAY HAVE 255 CHARACTERS")
    match = (form.strict if strict else form.lenient).fullmatch(text)
    if match is None:
        raise DateError("DATE DOES NOT MATCH ITS FORMAT")
    found: dict[str, tuple[str, str]] = {}
    for token, value in zip(form.tokens, match.groups(), strict=True):
        found[_TOKENS[token].part] = (token, value)
    if "number" in found:
        token, value = found["number"]
        return moment_of(float(value), _UNITS[token])
    try:
        return _day_number(found, start), _milliseconds(found)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, DateError) else DateError("DATE DOES NOT EXIST") from None


def moment_of(number: float, per_day: int) -> Moment:
    """Return the moment of a count of units since 1900; `per_day` units make a day. Raises DateError out of range."""
    days, rest = divmod(number, per_day)
    if not -1e7 < days < 1e7:
        raise DateError("NUMBER OUT OF RANGE")
    moment = (int(days), min(int(rest * DAY / per_day + 0.5), DAY - 1))
    _date_of(moment)
    return moment


def number_of(moment: Moment, per_day: int) -> int:
    """Return a moment as the count of units since 1900, cut to whole units."""
    return moment[0] * per_day + moment[1] * per_day // DAY


def _date_of(moment: Moment) -> date:
    try:
        day = EPOCH + timedelta(days=moment[0])
    except OverflowError:
        raise DateError("DATE OUT OF RANGE") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DateError("DATE OUT OF RANGE")
    return day


def format_moment(form: DatetimeFormat, moment: Moment) -> str:
    """Return `moment` in a format. Raises DateError when it cannot be shown."""
    day, time = _date_of(moment), moment[1]
    if form.has_century and not 1900 <= day.year <= 2899:
        raise DateError("YEAR CANNOT BE SHOWN WITH A CENTURY DIGIT")
    return "".join([part if isinstance(part, str) else part(day, time) for part in form.shown])
