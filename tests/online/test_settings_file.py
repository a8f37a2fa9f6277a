"""soul.toml: what it may say, and the error for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from soul.online.online import Online, OnlineError
from soul.online.settings import load_settings


def settings(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]
    (tmp_path / "soul.toml").write_text(text, encoding="utf-8")
    return load_settings(tmp_path)


def test_defaults_without_a_file(tmp_path: Path) -> None:
    found = load_settings(tmp_path)
    assert found.flag("login", "trusted") is True
    assert found.number("limits", "request_seconds") == 60


def test_values_are_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    found = settings(
        tmp_path,
        '[parameters]\nmaxincl = 10\n[login]\ntrusted = false\n[files.SHARED]\npath = "elsewhere"\n[groups]\nALL = ["A"]\n',
    )
    assert found.parameters == {"MAXINCL": 10}
    assert found.flag("login", "trusted") is False
    assert found.locations() == {"SHARED": tmp_path / "elsewhere"}
    assert found.groups == {"ALL": ("A",)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[limit]\n", "did you mean limits?"),
        ("[limits]\nrequest_second = 1\n", "did you mean request_seconds?"),
        ('[limits]\nrequest_seconds = "1"\n', "must be a whole number"),
        ("[limits]\nrequest_seconds = true\n", "must be a whole number"),
        ("[limits]\nrequest_seconds = -1\n", "must not be negative"),
        ("limits = 1\n", "must be a section"),
        ("[parameters]\nMAXINC = 9\n", "did you mean MAXINCL?"),
        ("[parameters]\nMAXINCL = 99\n", "out of range 5 to 40"),
        ('[files.A]\npath = "nowhere"\n', "there is no directory nowhere"),
        ('[files.A]\nopening = "open"\n', "public, semi-public or private"),
        ("[files.A]\npth = 1\n", "did you mean path?"),
        ("[files]\nTOOLONGNAME = {}\n", "1 to 8 characters"),
        ("[groups]\nA = 1\n", "must be a list of file names"),
        ("[subsystems.PAY]\n", "needs the key file"),
        ("[users.A]\npassword = 'plain'\n", "must be a hash"),
        ("[users.A]\npass = 'x'\n", "unknown key 'pass'"),
        ("[", "soul.toml: "),
    ],
)
def test_a_wrong_file_is_told_in_full(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "soul.toml").write_text(text, encoding="utf-8")
    with pytest.raises(OnlineError) as caught:
        Online(tmp_path)
    assert told in "\n".join(caught.value.problems)
    assert "soul.toml" in caught.value.problems[0]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "soul.toml").write_text("[limit]\n[parameters]\nNOPE = 1\n[groups]\nA = 1\n", encoding="utf-8")
    with pytest.raises(OnlineError) as caught:
        Online(tmp_path)
    assert len(caught.value.problems) == 3


def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OnlineError, match="is not a directory"):
        Online(tmp_path / "nowhere")
