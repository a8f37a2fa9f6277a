"""The language as a manual that is run: every chunk of every *.soul file here, and every message in some chunk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chunks import Chunk, play, read

from soul.language.complaints import COMPLAINTS
from soul.language.problems import MEANINGS
from soul.online.messages import ONLINE_MESSAGES
from soul.runtime.functions.messages import FUNCTION_MESSAGES
from soul.runtime.messages import RUNTIME_MESSAGES

HERE = Path(__file__).parent
CHUNKS = [chunk for path in sorted(HERE.glob("*.soul")) for chunk in read(path)]

# Messages that no chunk can show, and where they are shown instead.
ELSEWHERE = {
    "SOUL.0009": "needs a machine without memory",
    "SOUL.0010": "needs an operator: tests/janus/server",
    "SOUL.0999": "a defect of this system, by definition",
    "SOUL.0216": "a defect of this system, by definition",
    "SOUL.1030": "needs a compilation without an Online: tests/language/test_syntax_errors.py",
}


@pytest.mark.parametrize("chunk", [pytest.param(each, id=f"{each.file}:{each.line}: {each.title}") for each in CHUNKS])
def test_chunk(chunk: Chunk, tmp_path: Path) -> None:
    shown = play(chunk, tmp_path)
    assert [(line, number) for line, number, _ in sorted(shown.located)] == [
        (line, number) for line, number, _ in chunk.marks
    ], "\n".join(text for _, _, text in shown.located)
    for (_, _, words), (_, _, text) in zip(chunk.marks, sorted(shown.located), strict=True):
        assert words in text
    assert shown.rows == list(chunk.expected)


def test_there_are_sixty_files() -> None:
    assert len({chunk.file for chunk in CHUNKS}) >= 60


def test_titles_are_unique_in_a_file() -> None:
    titles = [(chunk.file, chunk.title) for chunk in CHUNKS]
    assert len(titles) == len(set(titles))


def test_every_message_is_shown() -> None:
    tables = (RUNTIME_MESSAGES, FUNCTION_MESSAGES, ONLINE_MESSAGES)
    known = {*COMPLAINTS, *MEANINGS, *(each.number for table in tables for each in table)}
    shown = {number for chunk in CHUNKS for number in chunk.numbers}
    assert sorted(known - shown - set(ELSEWHERE)) == []
    assert set(ELSEWHERE) <= known - shown
    assert {number for number in shown if re.match(r"(M204|SOUL)\.", number)} <= known


@pytest.mark.parametrize("text", ["Print 'a'\n", "", "* prose only\n"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.soul"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="prose begins"):
        read(path)
