"""How things are timed here: the median of several runs, alternating with the peer, as a ratio."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

RUNS = 7


@dataclass(frozen=True)
class Row:
    """One line of a table: what was measured, the figure, its peer, and the limit the project sets itself."""

    name: str
    ours: float  # seconds
    peer_name: str
    peer: float  # seconds
    limit: float | None = None  # highest ratio wanted

    @property
    def ratio(self) -> float:
        """Our time as a multiple of the peer's."""
        return self.ours / self.peer if self.peer else float("inf")

    def render(self) -> str:
        """Return the line for the terminal."""
        verdict = (
            "" if self.limit is None else f"  (limit {self.limit:g}: {'ok' if self.ratio <= self.limit else 'OVER'})"
        )
        return (
            f"{self.name:<44} {self.ours * 1e3:10.2f} ms   {self.peer_name:<26} {self.peer * 1e3:10.2f} ms"
            f"   ratio {self.ratio:6.2f}{verdict}"
        )


def cpu(action: Callable[[], object]) -> float:
    """Return the processor seconds of one call."""
    start = time.process_time()
    action()
    return time.process_time() - start


def compare(
    name: str, ours: Callable[[], object], peer_name: str, peer: Callable[[], object], limit: float | None = None
) -> Row:
    """Run both alternately, after one warm-up each, and return the medians."""
    ours()
    peer()
    mine, theirs = [], []
    for _ in range(RUNS):
        mine.append(cpu(ours))
        theirs.append(cpu(peer))
    return Row(name, statistics.median(mine), peer_name, statistics.median(theirs), limit)
