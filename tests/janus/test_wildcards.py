"""Wildcard patterns against a slow model, captures, and patterns made to hurt."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from soul.janus.wildcards import Pattern, Template, Wild, pieces_of

PATTERNS = st.text(alphabet='ab*?"', max_size=8)
SUBJECTS = st.text(alphabet='ab*?"', max_size=8)


def model(pieces, text):
    """Return every way to match, as tuples of captures, in order of shortest captures first."""
    if not pieces:
        return [()] if not text else []
    head, rest = pieces[0], pieces[1:]
    if head is Wild.ONE:
        return [(text[0], *more) for more in model(rest, text[1:])] if text else []
    if head is Wild.ANY:
        return [(text[:n], *more) for n in range(len(text) + 1) for more in model(rest, text[n:])]
    return model(rest, text[len(head) :]) if text.startswith(head) else []


@given(PATTERNS, SUBJECTS)
def test_matches_like_the_model_with_the_shortest_captures(pattern, subject):
    ways = model(pieces_of(pattern), subject)
    assert Pattern(pattern, exact_case=True).match(subject) == (ways[0] if ways else None)


@given(PATTERNS, PATTERNS, SUBJECTS)
def test_covers_is_never_wrong(wide, narrow, subject):
    one, other = Pattern(wide), Pattern(narrow)
    if one.covers(other) and other.match(subject) is not None:
        assert one.match(subject) is not None


@given(PATTERNS)
def test_everything_covers_and_covers_itself(pattern):
    assert Pattern("*").covers(Pattern(pattern))
    assert Pattern(pattern).covers(Pattern(pattern))


ALL = ["".join(chars) for n in range(6) for chars in itertools.product("ab", repeat=n)]


@given(st.text(alphabet="ab*?", max_size=4), st.text(alphabet="ab*?", max_size=4))
def test_meets_says_whether_a_common_text_exists(left, right):
    one, other = Pattern(left), Pattern(right)
    common = any(one.match(text) is not None and other.match(text) is not None for text in ALL)
    if common:
        assert one.meets(other)
    elif sum(char != "*" for char in left + right) <= 5:
        assert not one.meets(other)  # a shortest common text has no more characters than both patterns


@given(st.text(alphabet="ab*?", max_size=8), SUBJECTS)
def test_filling_a_pattern_with_its_captures_gives_the_subject_back(pattern, subject):
    captures = Pattern(pattern, exact_case=True).match(subject)
    if captures is not None:
        assert Template(pattern).fill(captures) == subject


@pytest.mark.parametrize(
    ("pattern", "subject", "captures"),
    [
        ("HOMER??", "HOMER01", ("0", "1")),
        ("HOMER??", "HOMER", None),
        ("homer*", "HOMER", ("",)),
        ('A"*B', "A*B", ()),
        ('A"*B', "AXB", None),
        ("/JUNK/*", "/junk/Main.html", ("MAIN.HTML",)),
        ("*.HTML", "/A/B/C.HTML", ("/A/B/C",)),
        ("*A*A", "AAA", ("", "A")),
        ("AB*BA", "ABA", None),
    ],
)
def test_examples(pattern, subject, captures):
    assert Pattern(pattern).match(subject) == captures


def test_case_of_captures():
    assert Pattern("/a/*").match("/A/bC", keep_case=True) == ("bC",)
    assert Pattern("/a/*", exact_case=True).match("/A/bC") is None


def test_letters_that_grow_in_upper_case_keep_their_place():
    assert Pattern("/STRAßE/*").match("/straße/ß1") == ("ß1",)


def test_hostile_patterns_take_bounded_time():
    # A backtracking matcher would need more steps than there are atoms.
    subject = "a" * 4000 + "b"
    assert Pattern("*a" * 100 + "c").match(subject) is None
    assert Pattern("*?a?" * 60 + "c").match(subject) is None
    assert Pattern("*a" * 100 + "*").covers(Pattern("*a?" * 100 + "c*"))
    assert not Pattern("*a" * 100 + "c").meets(Pattern("a*" * 100 + "d"))


def test_extra_wildcards_of_a_template_stay():
    assert Template("A*B*").fill(("x",)) == "AxB*"
