"""The names most like a misspelled word, for every "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable


def nearest_names(word: str, names: Iterable[str], *, cutoff: float = 0.6, most: int = 1) -> list[str]:
    """Return the names, in their own spelling, that are most like `word` in any case, best first.

    What counts as alike is the share of characters in common, at least `cutoff` (0 to 1). Among those the fewest slips
    of the keyboard decide, so that STRAT is START and not TSTAT, whose characters it shares as well.
    """
    import difflib

    sought = word.upper()
    spelled = {name.upper(): name for name in names}
    alike = difflib.get_close_matches(sought, spelled, n=max(most, 8), cutoff=cutoff)
    return [spelled[name] for name in sorted(alike, key=lambda name: slips(sought, name))[:most]]


def slips(one: str, other: str) -> int:
    """Return how many characters are to be inserted, left out, replaced or exchanged with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, here in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, there in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (here != there))
            if i > 1 and j > 1 and here == other[j - 2] and one[i - 2] == there:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]
