"""Every Example line of every docstring, evaluated; and what a manual page must have."""

from __future__ import annotations

import re

import pytest

import soul.runtime.functions
import soul.runtime.methods

from .conftest import entries

_ALL = {**entries(soul.runtime.functions), **entries(soul.runtime.methods)}
_EXAMPLE = re.compile(r"^ *Example: (.*?) ->(?: (.*))?$", re.MULTILINE)
_EXAMPLES = sorted(
    {(match[1], match[2] or "") for entry in _ALL.values() for match in _EXAMPLE.finditer(entry.function.__doc__ or "")}
)


@pytest.mark.parametrize(("expression", "expected"), _EXAMPLES)
def test_example(expression, expected, soul_):
    assert soul_.text(expression) == ("" if expected == "(null)" else expected)


@pytest.mark.parametrize("entry", _ALL.values(), ids=lambda entry: entry.name)
def test_manual(entry):
    text = entry.function.__doc__ or ""
    assert text.split("\n")[0].endswith(".")
    for heading in ("Arguments:", "Result:", "Page: m204wiki, "):
        assert heading in text, heading
    assert entry.builtin.name == entry.name
