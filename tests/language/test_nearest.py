"""Which name a misspelled word is taken for."""

from __future__ import annotations

import pytest

from soul.janus.commands.dispatch import SUBCOMMANDS
from soul.language.nearest import nearest_names, slips


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("", "", 0), ("ABC", "", 3), ("STRAT", "START", 1), ("STRAT", "TSTAT", 2), ("AB", "BA", 1), ("ABC", "ABD", 1)],
)
def test_slips(one, other, expected):
    assert slips(one, other) == slips(other, one) == expected


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("STRAT", "START"),
        ("drian", "DRAIN"),
        ("DSIPLAY", "DISPLAY"),
        ("STATSU", "STATUS"),
        ("TSATUS", "TSTATUS"),
        ("DEFIEN", "DEFINE"),
        ("NONSENSE", None),
    ],
)
def test_janus_subcommands(word, name):
    assert nearest_names(word, SUBCOMMANDS, cutoff=0.7) == ([name] if name else [])


def test_names_keep_their_spelling_and_are_found_in_any_case():
    assert nearest_names("stringtohxe", ["StringToHex", "HexToString"]) == ["StringToHex"]
    assert nearest_names("lenth", ["$Len", "Length", "Left"], most=2) == ["Length", "Left"]
