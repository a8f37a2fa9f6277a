"""Dates that depend on the clock or on parameters, the error control, and the rules of the format strings."""

from __future__ import annotations

import contextlib
from datetime import datetime

import pytest
from hypothesis import given, strategies as st

from soul.runtime.errors import RequestCancelled
from soul.runtime.functions.dates import DateError
from soul.runtime.functions.datetime_formats import (
    DAY,
    datetime_format,
    format_moment,
    moment_of,
    number_of,
    parse_moment,
)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("$Date", "13-07-11"),
        ("$Date(2,' ')", "113 07 11"),
        ("$Date(0,'z')", "13z07z11"),
        ("$Date(1)", "2013-07-11"),
        ("$DateJ", "13.192"),
        ("$DateJ(1,'-')", "2013-192"),
        ("$DateJ(1,'')", "2013192"),
        ("$DateP", "11 JUL 13"),
        ("$Time", "14:05:09"),
        ("$Sir_Date('YYYY-MM-DD HH:MI:SS.XXX')", "2013-07-11 14:05:09.120"),
        ("$SirTime", "1319214050912"),
        ("$Sir_DateND", "41464"),
        ("$Sir_DateNS - $Sir_DateND * 86400", "50709"),
        ("$Sir_DateNM - $Sir_DateND * 86400000", "50709120"),
        ("$DayI('192')", "5"),
    ],
)
def test_now(soul_, call, expected):
    soul_.now = datetime(2013, 7, 11, 14, 5, 9, 120_000)
    assert soul_.text(call) == expected


@pytest.mark.parametrize(
    ("parameters", "call", "expected"),
    [
        ({"CUSTOM": 1, "BASECENT": 19, "CENTSPLT": 95}, "$DateCnv('CYYDDD','YYYYMMDD','96001')", "19960101"),
        ({"CUSTOM": 1, "BASECENT": 19, "CENTSPLT": 95}, "$DateCnv('CYYDDD','YYYYMMDD','95001')", "19950101"),
        ({"BASECENT": 19, "CENTSPLT": 95}, "$DateCnv('CYYDDD','YYYYMMDD','96001')", "******"),
        ({"CUSTOM": "1,3"}, "$DayI('23001',50)", "8"),
        ({"CUSTOM": 3}, "$DayI('100032')", "3"),
        ({"DEFCENT": 20}, "$DateCnv('YYMMDD','YYYYMMDD','960101')", "20960101"),
        ({}, "$DateCnv('YYMMDD','YYYYMMDD','960101')", "20960101"),
        ({"CENTSPLT": 50}, "$DateCnv('YYMMDD','YYYYMMDD','960101')", "19960101"),
        ({"CENTSPLT": 50}, "$DateCnv('YYMMDD','YYYYMMDD','490101')", "20490101"),
        ({}, "$DateCnv('YYMMDD','YYYYMMDD','960101',,50)", "19960101"),
        ({}, "$DateCnv('YYMMDD','YYYYMMDD','960101',19,50)", "******"),
    ],
)
def test_two_digit_years(soul_, parameters, call, expected):
    soul_.thread.parameters.update(parameters)
    assert soul_.text(call) == expected


@pytest.mark.parametrize(("year", "base"), [(1996, 19), (2006, 19), (2056, 20)])
def test_base_century(year, base):
    from datetime import date

    from soul.runtime.functions.dates import base_century

    assert base_century(date(year, 5, 23), 50) == base


CALLS = ["$Sir_Date2ND('19990230','YYYYMMDD')", "$DateCnv('YYYYMMDD','YYMMDD','19990230')", "$Sir_ND2Date(0,'QQ')"]


@pytest.mark.parametrize("call", CALLS)
def test_error_control(soul_, call):
    silent = soul_.text(call)
    assert soul_.terminal.messages == []
    assert soul_.text("$Sir_Date_Err('report')") == "OFF"
    assert soul_.text(call) == silent
    assert "SOUL.0107" in soul_.terminal.messages[0]
    assert soul_.text("$Sir_Date_Err('CANCEL')") == "REPORT"
    with pytest.raises(RequestCancelled):
        soul_.text(call)
    soul_.thread.finish_request()
    assert soul_.text("$Sir_Date_Err") == "OFF"
    assert soul_.text(call) == silent


def test_error_control_argument(soul_):
    with pytest.raises(RequestCancelled):
        soul_.text("$Sir_Date2ND('19990230','YYYYMMDD',,'CANCEL')")
    soul_.run("%r = $Sir_Date_Err('CANCEL')")
    assert soul_.text("$Sir_Date2ND('19990230','YYYYMMDD',,'IGNORE')") == "-9000000000000"


@pytest.mark.parametrize(
    "text",
    ["", "YYYY YYYY", "YYYYYY", "YY CYY", "MM MON", "AM PM", "DDD MM", "DDD DD", "ND NS", "ND YYYY", "/", "I*", "ZYY MONTH",
     "*MONTH", "T HH", "X XX", "WKD Wkday", 'YY"'],
)  # fmt: skip
def test_formats_that_are_refused(text):
    with pytest.raises(DateError):
        datetime_format(text)


@pytest.mark.parametrize(
    ("form", "text", "printed"),
    [
        ("Wkday, DAY Month YYYY", "Thursday, 11 July 2013", "Thursday, 11 July 2013"),
        ("WKD Mon BD", "THU Jul 11", None),
        ('YYYY"TMMDD', "2013T0711", "2013T0711"),
        ("ZYYMMDD", "1130711", "1130711"),
        ("CYYDDD", "113192", "113192"),
        ("HH:MI AM", "12:05 AM", "12:05 AM"),
        ("BH.MI PM", " 1.05 PM", " 1.05 PM"),
        ("YYYYIMMIDD", "2013-07/11", "2013 07 11"),
        ("MONTH*", "MAY and more", "MAY"),
        ("NS", "86400", "86400"),
        ("SS.X", "09.5", "09.5"),
    ],
)
def test_formats(form, text, printed):
    compiled = datetime_format(form)
    moment = parse_moment(compiled, text, 1976, strict=True)
    if printed is not None:
        assert format_moment(compiled, moment) == printed


@pytest.mark.parametrize(
    ("form", "text"),
    [("BM/DD/YYYY", "07/11/2013"), ("DAY.MM.YYYY", "05.07.2013"), ("DD MON YYYY", "11 jul 2013"), ("HH:MI", " 7:05")],
)
def test_strict_matching(form, text):
    compiled = datetime_format(form)
    parse_moment(compiled, text, 1976, strict=False)
    with pytest.raises(DateError):
        parse_moment(compiled, text, 1976, strict=True)


@given(st.integers(-53_000, 2_900_000), st.integers(0, DAY - 1))
def test_round_trip(days, milliseconds):
    form = datetime_format("YYYYMMDDHHMISSXXX")
    try:
        text = format_moment(form, (days, milliseconds))
    except DateError:
        return
    assert parse_moment(form, text, 1976, strict=True) == (days, milliseconds)
    assert moment_of(number_of((days, milliseconds), DAY), DAY) == (days, milliseconds)


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_but_date_errors(form, text):
    with contextlib.suppress(DateError):
        parse_moment(datetime_format(form), text, 1976, strict=False)
