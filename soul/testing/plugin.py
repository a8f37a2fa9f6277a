"""The pytest plugin: the fixture `online`, and SOUL programs in `tests/*.soul` of an Online directory as tests.

A SOUL test passes when it compiles, is not cancelled and issues no counting error: Assert does the rest. It runs as a
system manager at command level, so it may hold commands and several requests, and it would run on the mainframe too.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from soul.testing.offline import Offline

ENDINGS = frozenset((".soul", ".m204", ".proc"))
STARTUP_FILE = "ccain.m204"


def directory_of(path: Path) -> Path | None:
    """Return the Online directory a test file belongs to: the nearest folder above with ccain.m204 or soul.toml."""
    for folder in path.parents:
        if (folder / STARTUP_FILE).is_file() or (folder / "soul.toml").is_file():
            return folder
    return None


@pytest.fixture
def online_directory(request: pytest.FixtureRequest) -> Path:
    """The Online directory under test. Override it to test a copy, with certificates made for the occasion."""
    found = directory_of(request.path)
    if found is None:
        pytest.fail(f"{request.path} is in no Online directory: there is no {STARTUP_FILE} above it", pytrace=False)
    return found


@pytest.fixture
def online(online_directory: Path) -> Iterator[Offline]:
    """An Online started from `online_directory`, offline: real TLS handshakes, no network."""
    from soul.online.online import OnlineError
    from soul.testing.offline import Offline, StartupFailed

    failure = ""
    try:
        offline = Offline(online_directory)
    except (StartupFailed, OnlineError) as error:
        failure = str(error)
    if failure:
        pytest.fail(f"the start-up commands of {online_directory} fail:\n{failure}", pytrace=False)
    with offline:
        yield offline


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the SOUL programs in a folder called tests."""
    if file_path.suffix.lower() in ENDINGS and file_path.parent.name == "tests" and directory_of(file_path):
        module: pytest.Collector = SoulFile.from_parent(parent, path=file_path)
        return module
    return None


class SoulFile(pytest.Module):
    """One SOUL test program, as a module with one test in it."""

    def _getobj(self) -> types.ModuleType:
        module = types.ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        name = "test_" + "".join(c if c.isalnum() else "_" for c in self.path.stem)
        setattr(module, name, _program_test(self.path))
        return module


def _program_test(path: Path) -> Callable[[Offline], None]:
    def run_program(online: Offline) -> None:
        from soul.testing.program import run_test_program

        failure = run_test_program(online, path)
        if failure:
            pytest.fail(failure, pytrace=False)

    return run_program
