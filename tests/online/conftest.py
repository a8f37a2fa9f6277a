"""An Online in a directory, and a terminal on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from soul.online.command import ALL_PRIVILEGES, Privilege
from soul.online.online import ListOutput, Online
from soul.online.problem import Problem
from soul.online.session import Session


@dataclass
class Terminal:
    """A session whose output is a list."""

    online: Online
    session: Session
    output: ListOutput

    def run(self, text: str) -> list[str]:
        """Run lines and return what they showed."""
        self.output.lines.clear()
        self.problems: list[Problem] = self.session.run(text)
        return list(self.output.lines)

    def execute(self, line: str) -> list[str]:
        """Type one line and return what it showed."""
        self.output.lines.clear()
        self.problems = self.session.execute(line)
        return list(self.output.lines)


Files = dict[str, str]


@pytest.fixture
def terminal(tmp_path: Path) -> Callable[..., Terminal]:
    """Return a function that writes the given files and returns a terminal on an Online there."""

    def make(files: Files | None = None, privileges: Privilege = ALL_PRIVILEGES, open_file: str = "") -> Terminal:
        for name, text in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        online = Online(tmp_path, clock=lambda: datetime(2026, 11, 25, 10, 28))
        output = ListOutput()
        session = online.session(online.new_thread(output), privileges)
        if open_file:
            session.open(open_file)
        return Terminal(online, session, output)

    return make
