"""An Online in memory whose user 0 issues JANUS commands, with a host that opens nothing."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from soul.janus.commands import register
from soul.janus.port import Port, PortState
from soul.janus.state import JanusState, janus_of
from soul.online.online import Online
from soul.online.problem import Problem
from soul.online.procedures import MemoryProcedureFile


class Screen:
    """What a terminal would show."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.messages: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def message(self, text: str) -> None:
        self.messages.append(text)


class FakeHost:
    """A PortHost without sockets: a port with `counters.active` connections drains until `finish` is called."""

    def __init__(self) -> None:
        self.passwords: list[str | None] = []

    def start(self, port: Port, password: str | None) -> None:
        self.passwords.append(password)
        port.state = PortState.STARTED

    def drain(self, port: Port) -> None:
        port.state = PortState.DRAINING if port.counters.active else PortState.STOPPED

    def force(self, port: Port) -> None:
        port.counters.active = 0
        port.state = PortState.STOPPED

    def finish(self, port: Port) -> None:
        port.counters.active = 0
        if port.state is PortState.DRAINING:
            port.state = PortState.STOPPED


class Bench:
    """Everything a test of commands needs."""

    def __init__(self) -> None:
        self.online = Online()
        register(self.online)
        self.host = FakeHost()
        self.screen = Screen()
        self.state: JanusState = janus_of(self.online)
        self.state.host = self.host
        self.session = self.online.startup_session(self.screen)

    def procedures(self, file: str, texts: dict[str, str]) -> None:
        self.online.files.add(MemoryProcedureFile(file, texts))

    def run(self, text: str) -> list[Problem]:
        """Execute lines; return what went wrong. What was shown is in `screen`, emptied before."""
        self.screen.lines.clear()
        self.screen.messages.clear()
        return self.session.run(text, title="ccain.m204", terminal=False)

    def good(self, text: str) -> list[str]:
        """Execute lines that must succeed; return what was shown."""
        problems = self.run(text)
        assert problems == [], [problem.render() for problem in problems]
        return [*self.screen.lines, *self.screen.messages]

    def refused(self, text: str) -> Problem:
        """Execute lines of which exactly one must be refused; return why."""
        problems = self.run(text)
        assert len(problems) == 1, [problem.render() for problem in problems]
        return problems[0]

    def port(self, name: str) -> Port:
        port = self.state.ports.get(name)
        assert port is not None
        return port

    def picture(self) -> object:
        """Everything a refused command must leave alone."""
        return [
            (
                port.definition,
                port.state,
                port.generation,
                [ca.name for ca in port.authorities],
                [rule.command(port.name) for rule in port.rules.rules()],
                port.rules.socket_rules.rules,
            )
            for port in self.state.ports
        ]

    def audit(self) -> list[str]:
        return [line.text for line in self.online.audit.lines]


@pytest.fixture
def bench() -> Iterable[Bench]:
    one = Bench()
    yield one
    one.online.close()
