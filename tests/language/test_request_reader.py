"""Where a request ends."""

from __future__ import annotations

import pytest

from soul.language.parser import RequestReader, end_of_request
from soul.language.source import SourceLine


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("End", "End"),
        ("  END  ", "End"),
        ("end more", "End More"),
        ("End More Use", "End More Use"),
        ("End * done", "End"),
        ("End If", None),
        ("EndIf", None),
        ("End For x", None),
        ("End More Uses", None),
        ("end: Stop", None),
        ("%end = 1", None),
    ],
)
def test_end_of_request(text: str, expected: str | None) -> None:
    assert end_of_request(text) == expected


@pytest.mark.parametrize(
    "body",
    [
        ["Print 1"],
        ["Text", "End", "End Text"],
        ["Html To %x", "End", "End Text", "End More", "End Html"],
        ["lab: If %a = 'then' Then Text", "End", "End Text"],
        ["Print 1 -", "End"],
        ["* comment -", "End"],
        ["/? comment", "End", "?/"],
        ["Text Print -", "End"],
        ["Text Print one line"],
        ["Text Expr [ ]", "End", "End Text"],
    ],
)
def test_reader_stops_at_the_right_end(body: list[str]) -> None:
    reader = RequestReader()
    fed = [reader.feed(SourceLine(text, "P", 1)) for text in [*body, "End More"]]
    assert fed == [False] * len(body) + [True]
    assert [line.text for line in reader.lines] == body
    assert reader.ending == "End More"
