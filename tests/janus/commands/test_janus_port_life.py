"""JANUS START, DRAIN, FORCE, DELETE: a stateful test against a model, and the cases with a story."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from soul.janus.commands import redact_password
from soul.janus.messages import JANUS_MESSAGES
from soul.janus.port import PortState
from soul.online.command import CommandError

_SPEC = importlib.util.spec_from_file_location("janus_command_bench", Path(__file__).with_name("conftest.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
_CONFTEST = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_CONFTEST)

NAMES = ("A1", "A2", "B1")
NUMBERS = {"A1": 1001, "A2": 1001, "B1": 1002}


class PortLife(RuleBasedStateMachine):
    """The model: for each defined name its state and its number of connections."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = _CONFTEST.Bench()
        self.model: dict[str, tuple[PortState, int]] = {}

    def teardown(self) -> None:
        self.bench.online.close()

    def command(self, text: str, accepted: bool) -> None:
        problems = self.bench.run(text)
        assert (problems == []) is accepted, [problem.render() for problem in problems]

    @rule(name=st.sampled_from(NAMES))
    def define(self, name: str) -> None:
        new = name not in self.model
        self.command(f"JANUS DEFINE {name} {NUMBERS[name]} WEBSERV 5", new)
        if new:
            self.model[name] = (PortState.STOPPED, 0)

    @rule(name=st.sampled_from(NAMES))
    def add_rule(self, name: str) -> None:
        self.command(f"JANUS WEB {name} ALLOW", name in self.model)

    @rule(name=st.sampled_from(NAMES))
    def start(self, name: str) -> None:
        state, active = self.model.get(name, (None, 0))
        taken = any(
            other != name and NUMBERS[other] == NUMBERS[name] and self.model[other][0] is PortState.STARTED
            for other in self.model
        )
        accepted = state in {PortState.STOPPED, PortState.DRAINING} and not taken
        self.command(f"JANUS START {name}", accepted)
        if accepted:
            self.model[name] = (PortState.STARTED, active)

    @rule(name=st.sampled_from(NAMES))
    def drain(self, name: str) -> None:
        state, active = self.model.get(name, (None, 0))
        self.command(f"JANUS DRAIN {name}", state is PortState.STARTED)
        if state is PortState.STARTED:
            self.model[name] = (PortState.DRAINING if active else PortState.STOPPED, active)

    @rule(name=st.sampled_from(NAMES))
    def force(self, name: str) -> None:
        state, _ = self.model.get(name, (None, 0))
        accepted = state in {PortState.STARTED, PortState.DRAINING}
        self.command(f"JANUS FORCE {name}", accepted)
        if accepted:
            self.model[name] = (PortState.STOPPED, 0)

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        state, _ = self.model.get(name, (None, 0))
        self.command(f"JANUS DELETE {name}", state is PortState.STOPPED)
        if state is PortState.STOPPED:
            del self.model[name]

    @rule(name=st.sampled_from(NAMES))
    def connect(self, name: str) -> None:
        state, active = self.model.get(name, (None, 0))
        if state is PortState.STARTED:
            self.bench.port(name).counters.active += 1
            self.model[name] = (state, active + 1)

    @rule(name=st.sampled_from(NAMES))
    def last_connection_ends(self, name: str) -> None:
        state, _ = self.model.get(name, (None, 0))
        if state is not None:
            self.bench.host.finish(self.bench.port(name))
            self.model[name] = (PortState.STOPPED if state is PortState.DRAINING else state, 0)

    @rule()
    def drain_all_with_a_pattern(self) -> None:
        matching = [name for name in self.model if name.startswith("A")]
        started = [name for name in matching if self.model[name][0] is PortState.STARTED]
        problems = self.bench.run("JANUS DRAIN A?")
        assert (problems == []) is bool(started)
        for name in started:
            active = self.model[name][1]
            self.model[name] = (PortState.DRAINING if active else PortState.STOPPED, active)

    @invariant()
    def ports_are_as_the_model_says(self) -> None:
        ports = {port.name: (port.state, port.counters.active) for port in self.bench.state.ports}
        assert ports == self.model


TestPortLife = PortLife.TestCase
TestPortLife.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_two_ports_on_one_number(bench):
    bench.good("JANUS DEFINE ACCTPROD 1001 WEBSERV 5\nJANUS DEFINE ACCTTEST 1001 WEBSERV 5\nJANUS START ACCTPROD")
    problem = bench.refused("JANUS START ACCTTEST")
    assert problem.number == "SOUL.2049"
    assert "ACCTPROD" in problem.text
    assert bench.port("ACCTTEST").state is PortState.STOPPED


def test_one_number_on_two_addresses(bench):
    bench.good(
        "JANUS DEFINE A 1001 WEBSERV 5 BINDADDR 127.0.0.1\nJANUS DEFINE B 1001 WEBSERV 5 BINDADDR 127.0.0.2\n"
        "JANUS START ?"
    )
    assert bench.port("B").state is PortState.STARTED


def test_drain_with_a_pattern(bench):
    for index, name in enumerate(["HOMER01", "HOMER02", "HOMER"]):
        bench.good(f"JANUS DEFINE {name} {1000 + index} WEBSERV 5\nJANUS START {name}")
        bench.port(name).counters.active = 1
    bench.good("JANUS DRAIN HOMER??")
    states = {port.name: port.state for port in bench.state.ports}
    assert states == {
        "HOMER01": PortState.DRAINING,
        "HOMER02": PortState.DRAINING,
        "HOMER": PortState.STARTED,
    }
    assert bench.port("HOMER01").counters.active == 1


@pytest.mark.parametrize(
    "type_", ["OPENSERV", "SDS", "TNSERV", "FTPSERVER", "IFDIAL", "2PC", "IMAGINET", "SRVSOCKU", "CLSOCKU"]
)
def test_types_that_do_not_start(bench, type_):
    bench.good(f"JANUS DEFINE P 7 {type_} 5")
    problem = bench.refused("JANUS START P")
    assert problem.number == "SOUL.2045"
    assert type_ in problem.text
    assert bench.port("P").state is PortState.STOPPED


def test_no_host(bench):
    bench.good("JANUS DEFINE P 7 WEBSERV 5")
    bench.state.host = None
    problem = bench.refused("JANUS START P")
    assert problem.number == "SOUL.2046"
    assert "soul serve" in problem.text


ENCRYPTED = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"


@pytest.fixture
def encrypted(bench):
    bench.procedures("JANSSL", {"K": ENCRYPTED})
    bench.good("JANUS DEFINE P 7 WEBSERV 5 SSL JANSSL K")
    return bench


def test_password_on_the_line_is_nowhere_in_the_audit_trail(encrypted):
    encrypted.good("JANUS START P s3cret")
    assert encrypted.host.passwords == ["s3cret"]
    assert not any("s3cret" in row for row in encrypted.audit())


def test_password_in_the_next_line(encrypted):
    shown = encrypted.good("JANUS START P\ns3cret\nJANUS STATUS")
    assert encrypted.host.passwords == ["s3cret"]
    assert any("started" in row for row in shown)
    assert not any("s3cret" in row for row in [*encrypted.audit(), *shown])


def test_encrypted_key_without_password(encrypted):
    problem = encrypted.refused("JANUS START P")
    assert problem.number == "SOUL.2065"
    assert "encrypted" in problem.text
    assert encrypted.port("P").state is PortState.STOPPED


def test_refused_start_hides_the_password(encrypted):
    encrypted.state.host = None
    problem = encrypted.refused("JANUS START P s3cret")
    assert "s3cret" not in problem.render()
    assert not any("s3cret" in row for row in encrypted.screen.messages)


@pytest.mark.parametrize("word", ["STRAT", "STAR", "strt", "STARTT"])
def test_a_misspelled_start_hides_the_password(encrypted, word):
    problem = encrypted.refused(f"JANUS {word} P s3cret")
    assert problem.number == "SOUL.2001"
    assert not any("s3cret" in row for row in [problem.render(), *encrypted.audit(), *encrypted.screen.messages])


def test_a_command_taken_for_the_password_is_explained(encrypted):
    def refuse(port, password):
        raise CommandError(JANUS_MESSAGES["SOUL.2065"], port=port.name, reason="wrong password")

    encrypted.host.start = refuse
    problem = encrypted.refused("JANUS START P\nJANUS STATUS")
    assert "taken for the password" in problem.hint


def test_certificates_asked_for_without_any_ca(bench):
    bench.good("JANUS DEFINE P 7 WEBSERV 5 SSL F K SSLCLCERT\nJANUS DEFINE Q 8 WEBSERV 5 SSL F K")
    assert any("SOUL.2066" in row for row in bench.good("JANUS START P"))
    assert not any("SOUL.2066" in row for row in bench.good("JANUS START Q"))


def test_redaction_touches_start_alone():
    assert redact_password("janus start P a b") == "janus start P ********"
    assert redact_password("JANUS START P") == "JANUS START P"
    assert redact_password("JANUS DRAIN P x") == "JANUS DRAIN P x"


def test_delete_takes_the_rules_with_it(bench):
    bench.good("JANUS DEFINE P 7 WEBSERV 5\nJANUS WEB P ON /A CMD X\nJANUS TRACE P 8\nJANUS DELETE P")
    bench.good("JANUS DEFINE P 7 WEBSERV 5")
    assert bench.port("P").rules.on("/A", "GET") is None
    assert bench.state.trace(bench.port("P"), "10.0.0.1") == 0


def test_master_port_started_last(bench):
    bench.good("JANUS DEFINE M1 * CLSOCK 5 MASTER\nJANUS DEFINE M2 * CLSOCK 5 MASTER\nJANUS START M2\nJANUS START M1")
    assert bench.state.master() is bench.port("M1")
    bench.good("JANUS DRAIN M?")
    assert bench.state.master() is None


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("JANUS START", "SOUL.2003"),
        ("JANUS START NOPE", "SOUL.2008"),
        ("JANUS START N*", "SOUL.2005"),
        ("JANUS START KNOWN a b", "SOUL.2004"),
        ("JANUS DRAIN KNOWN", "SOUL.2047"),
        ("JANUS DRAIN", "SOUL.2003"),
        ("JANUS FORCE KNOWN", "SOUL.2047"),
        ("JANUS FORCE KNOWN x", "SOUL.2004"),
        ("JANUS DELETE KNWN", "SOUL.2008"),
        ("JANUS DELETE ''", "MSIR.0660"),
        ("JANUS DISPLAY X", "SOUL.2008"),
        ("JANUS", "SOUL.2000"),
        ("JANUS STOP KNOWN", "SOUL.2001"),
        ("JANUS ADDCOORD X", "SOUL.2002"),
        ("JANUS DEFREM X", "SOUL.2002"),
        ("JANUS LIMITS X", "SOUL.2004"),
        ("JANUS TRACE KNOWN", "SOUL.2003"),
        ("JANUS TRACE KNOWN 256", "SOUL.2015"),
        ("JANUS TRACE KNOWN 10.0.0.1-8 1", "SOUL.2017"),
        ("JANUS TRACE KNOWN HOST 1", "SOUL.2017"),
        ("JANUS DOMAIN a..b", "SOUL.2017"),
        ("JANUS NAMESERVER HOST", "SOUL.2017"),
        ("JANUS NAMESERVER 10.0.0.1 70000", "SOUL.2010"),
        ("JANUS DEFIPG G HOST", "SOUL.2017"),
        ("JANUS DEFIPG G", "SOUL.2003"),
        ("JANUS DELUSG G", "SOUL.2008"),
        ("JANUS WEB KNOWN", "SOUL.2003"),
        ("JANUS WEB NOPE ALLOW", "SOUL.2008"),
        ("JANUS SRVSOCK KNOWN ALLOW", "SOUL.2036"),
        ("JANUS DISWEB KNOWN NOSUCH", "SOUL.2030"),
        ("JANUS ADDCA KNOWN F", "SOUL.2003"),
        ("JANUS ADDCA KNOWN F P", "SOUL.2060"),
    ],
)
def test_wrong_commands_change_nothing(bench, line, number):
    bench.good("JANUS DEFINE KNOWN 71 WEBSERV 5")
    before = bench.picture()
    assert bench.refused(line).number == number
    assert bench.picture() == before
