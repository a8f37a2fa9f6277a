"""The regular expressions: both engines agree, hostile patterns end, replacement strings follow the page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings, strategies as st

from soul.runtime.errors import RequestCancelled
from soul.runtime.functions import regex
from soul.runtime.functions.regex_machine import TooManySteps, compile_regex
from soul.runtime.functions.regex_syntax import RegexError

ATOMS = st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", r"\d", r"\w", "1", "(?:a|b)", "(a)", "(ab|a)", "(b|)"])
QUANTIFIERS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,2}", "*?", "+?", "??", "{0,2}?"])
PATTERNS = st.lists(st.tuples(ATOMS, QUANTIFIERS).map("".join), min_size=1, max_size=4).map("".join)


def machine_spans(compiled, text):
    return compiled.run(compiled.machine(text, 1_000_000), 0)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.text(alphabet="ab1\n", max_size=12))
def test_machine_agrees_with_python(pattern, text):
    compiled = compile_regex(pattern)
    found = compiled.python().search(text)
    expected = None if found is None else tuple(found.span(group) for group in range(compiled.groups + 1))
    assert machine_spans(compiled, text) == expected


@pytest.mark.parametrize(
    ("pattern", "text", "span"),
    [
        (r"(a)\1", "xaa", (1, 3)),
        (r"a(?=b)", "acab", (2, 3)),
        (r"a(?!b)", "abac", (2, 3)),
        (r"(?<=a)b", "bab", (2, 3)),
        (r"(?<!a)b", "abb", (2, 3)),
        (r"^b$", "a\nb", None),
        (r"\bab\b", "cab ab", (4, 6)),
        (r"a{2,3}", "aaaa", (0, 3)),
        (r"a{,2}", "a{,2}", (0, 5)),
        (r"[]a]+", "x]a", (1, 3)),
        (r"[a\-z]+", "b-a", (1, 3)),
        (r"\i\c*", "1ab:2", (1, 5)),
    ],
)
def test_both_engines(pattern, text, span):
    compiled = compile_regex(pattern)
    for spans in (machine_spans(compiled, text), compiled.search(text)):
        assert (spans and spans[0]) == span


@pytest.mark.parametrize(
    ("options", "pattern", "text", "span"),
    [
        ("I", "A[B-C]", "xab", (1, 3)),
        ("i s", "A.B", "a\nb", (0, 3)),
        ("M", "^b$", "a\nb", (2, 3)),
        ("C", "a|ab", "ab", (0, 2)),
        ("C", "b", "abc", None),
        ("C", "^a$", "^a$", (0, 3)),
        ("I", r"(a)\1", "aA", (0, 2)),
    ],
)
def test_options(options, pattern, text, span):
    compiled = compile_regex(pattern, options)
    for spans in (machine_spans(compiled, text), compiled.search(text)):
        assert (spans and spans[0]) == span


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(a?){30}a{30}$", "(.*)*b", "(a|aa)+$", "(?:a*)*(?:a*)*b"])
def test_hostile_patterns_end(pattern):
    compiled = compile_regex(pattern)
    assert not compiled.is_fast(40)
    try:
        compiled.search("a" * 40 + "c", limit=100_000)
    except TooManySteps:
        return


def test_hostile_pattern_cancels(soul_):
    with pytest.raises(RequestCancelled, match="TOO MANY STEPS"):
        regex.regexmatch(soul_.thread, "a" * 60 + "c", "(a+)+$")


def test_long_text_needs_no_recursion():
    assert compile_regex("(?:ab|cd)*$").search("ab" * 50_000)[0] == (0, 100_000)


@pytest.mark.parametrize(
    ("pattern", "position"),
    [("(a", 1), ("a)", 2), ("*a", 1), ("a**", 3), ("[a", 1), ("[b-a]", 5), (r"\q", 2), ("(?P<x>a)", 2), (r"\1(a)", 2),
     ("(?<=a*)b", 8), ("a{3,2}", 2), ("\\", 2)],
)  # fmt: skip
def test_invalid_patterns(pattern, position):
    with pytest.raises(RegexError) as raised:
        compile_regex(pattern)
    assert raised.value.position == position
    assert raised.value.code < 0


@pytest.mark.parametrize(
    ("replacement", "expected"),
    [
        ("$1", "ab"),
        ("$U1", "AB"),
        ("[$l2]", "[cd]"),
        ("$3", "$3"),
        ("$0", "$0"),
        (r"\$1", "$1"),
        (r"\\$1", r"\ab"),
        ("$", "$"),
    ],
)
def test_replacement_markers(replacement, expected):
    assert regex.regexreplace("abCD", "(ab)(CD)", replacement) == expected


def test_replace_everywhere_with_empty_matches():
    assert regex.regexreplace("abc", "x*", "-", "G") == re.sub("x*", "-", "abc")


def test_as_is():
    assert regex.regexreplace("ab", "(a)", "$1$1", "A") == "$1$1b"


def test_captures_and_status(soul_):
    soul_.run("%l = $ListNew")
    soul_.run("%r = $RegexMatch('key=value', '(\\w+)=(\\w+)(x)?', , %s, %l)")
    assert [soul_.text(f"$ListInf(%l,{n})") for n in (1, 2, 3)] == ["key", "value", ""]
    assert soul_.variables["%s"] == 0.0
    soul_.run("%r = $RegexMatch('x', '(', , %s)")
    assert soul_.variables["%s"] == -1.0
