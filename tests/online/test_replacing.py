"""A file that is being read for a moment is replaced all the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from soul.online.replacing import PAUSES, put_in_place


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    new, place = tmp_path / "new", tmp_path / "place"
    new.write_text("new")
    place.write_text("old")
    return new, place


def denied(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first `times` attempts fail, as Windows does while the file is open."""
    left = [times]
    replace = os.replace

    def attempt(source: str, target: str) -> None:
        if left[0]:
            left[0] -= 1
            raise PermissionError(13, "Access is denied")
        replace(source, target)

    monkeypatch.setattr(os, "replace", attempt)


@pytest.mark.parametrize("times", [0, 1, len(PAUSES)])
def test_tried_again(files: tuple[Path, Path], times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    denied(times, monkeypatch)
    waited: list[float] = []
    put_in_place(*files, patient=True, pause=waited.append)
    assert files[1].read_text() == "new"
    assert waited == list(PAUSES[:times])


def test_refused_in_the_end(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    denied(len(PAUSES) + 1, monkeypatch)
    with pytest.raises(PermissionError):
        put_in_place(*files, patient=True, pause=lambda seconds: None)
    assert files[1].read_text() == "old"


def test_refused_at_once_where_readers_do_not_matter(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    denied(1, monkeypatch)
    with pytest.raises(PermissionError):
        put_in_place(*files, patient=False)
