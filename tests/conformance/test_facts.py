"""Every documented behaviour that can be run, one test each.

`pending.txt` names facts that are known to fail, with the reason; a fact that passes must leave the list. No fact that
the documentation shows as an example of the language or a $function may be on it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from soul.testing.conformance import Fact, check, read_facts

HERE = Path(__file__).parent
FACTS = {path.stem: read_facts(path) for path in sorted((HERE / "facts").glob("*.jsonl"))}


def pending() -> dict[str, str]:
    reasons: dict[str, str] = {}
    for row in (HERE / "pending.txt").read_text("utf-8").splitlines():
        if row.strip() and not row.startswith("#"):
            name, _, reason = row.partition(" ")
            reasons[name] = reason.strip()
    return reasons


PENDING = pending()


def parameters() -> list[object]:
    rows: list[object] = []
    for facts in FACTS.values():
        for fact in facts:
            if fact.runnable:
                marks = [pytest.mark.xfail(reason=PENDING[fact.id], strict=True)] if fact.id in PENDING else []
                rows.append(pytest.param(fact, id=fact.id, marks=marks))
    return rows


@pytest.mark.parametrize("fact", parameters())
def test_fact(fact: Fact) -> None:
    outcome = check(fact)
    assert outcome.passed, f"expected {outcome.expected!r}, got {outcome.got!r}"


def test_pending_facts_exist_and_have_a_reason() -> None:
    known = {fact.id for facts in FACTS.values() for fact in facts}
    assert set(PENDING) <= known
    assert all(PENDING.values())


def test_no_example_of_the_language_is_pending() -> None:
    examples = {
        fact.id for area in ("soul-language", "soul-functions") for fact in FACTS[area] if fact.basis == "example"
    }
    assert not examples & set(PENDING)


def test_no_fact_is_given_twice() -> None:
    names = [fact.id for facts in FACTS.values() for fact in facts]
    assert len(names) == len(set(names))
