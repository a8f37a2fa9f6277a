"""The documented facts whose arguments are literals. Disagreements are listed in docs/deviations.md.

They are read from the folder SOUL_FACTS names, default tests/conformance/facts; without facts there is nothing to run.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

FACTS = Path(os.environ.get("SOUL_FACTS", Path(__file__).parents[2] / "conformance" / "facts"))
NEEDS_CLASSES = {"xml-empty-element-tag"}


def _facts() -> list[dict[str, object]]:
    found = []
    for name in ("soul-functions.jsonl", "soul-language.jsonl", "soul-classes.jsonl"):
        path = FACTS / name
        if path.exists():
            found += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [fact for fact in found if fact["kind"] == "expr" and fact["id"] not in NEEDS_CLASSES]


@pytest.mark.parametrize("fact", _facts(), ids=lambda fact: str(fact["id"]))
def test_fact(fact, soul_):
    for statement in fact.get("setup", ()):
        soul_.run(statement)
    assert soul_.text(fact["expr"]) == fact["expect"]
