"""The client-certificate matrix in memory: what the client sees, what SOUL sees, what the audit trail says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from matrix import Case, cases, write_online

from soul.janus.certificates.keys import KeyMaterial
from soul.janus.tls.connection import ClientSession
from soul.testing.client import Refused
from soul.testing.offline import Offline


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offline]:
    directory: Path = tmp_path_factory.mktemp("matrix")
    write_online(directory)
    with Offline(directory) as offline:
        yield offline


def material(offline: Offline, case: Case) -> KeyMaterial | None:
    return None if case.client == "none" else offline.certificate(case.client.upper())


def visit(offline: Offline, case: Case, resume: ClientSession | None = None) -> tuple[str, bool, ClientSession | None]:
    """Connect, return what the handler answered, whether the session was resumed, and the session to resume."""
    with offline.connect(
        case.port.name, certificate=None if case.client == "none" else case.client.upper(), tls=case.tls, resume=resume
    ) as connection:
        if case.port.type == "SRVSOCK":
            text = connection.receive_all().decode("latin-1")
        else:
            text = connection.exchange("GET", "/", close=True).body.decode("latin-1")
        return text.strip(), connection.resumed, connection.session


@pytest.mark.parametrize("case", cases(), ids=str)
def test_first_and_resumed(offline: Offline, case: Case) -> None:
    before = len(offline.audit)
    if case.accepted:
        text, resumed, session = visit(offline, case)
        assert (text, resumed) == (case.text, False)
        assert session is not None
        again, resumed, _ = visit(offline, case, session)
        assert (again, resumed) == (case.text, True), "the resumed session must show the same certificate"
        assert not any("MSIR.0646" in line for line in offline.audit[before:])
    else:
        for attempt in ("first", "second"):
            with pytest.raises(Refused) as refusal:
                visit(offline, case)
            assert refusal.value.alert == case.alert, attempt
        journal = [line for line in offline.audit[before:] if "MSIR.0646" in line]
        assert len(journal) == 2
        assert all(case.journal in line for line in journal)


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
def test_a_session_of_one_port_never_opens_another(offline: Offline, tls: str) -> None:
    with offline.connect("WEBASK", certificate="GOOD", tls=tls) as connection:
        connection.exchange("GET", "/", close=True)
        session = connection.session
    with offline.connect("WEBREQ", certificate="GOOD", tls=tls, resume=session) as connection:
        assert not connection.resumed
        connection.exchange("GET", "/", close=True)


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
def test_a_session_without_certificate_does_not_enter_a_port_that_requires_one(offline: Offline, tls: str) -> None:
    with offline.connect("WEBASK", tls=tls) as connection:
        connection.exchange("GET", "/", close=True)
        session = connection.session
    with pytest.raises(Refused), offline.connect("WEBREQ", tls=tls, resume=session) as connection:
        connection.exchange("GET", "/", close=True)


def test_removing_the_authority_ends_its_sessions(tmp_path: Path) -> None:
    write_online(tmp_path)
    with Offline(tmp_path) as offline:
        with offline.connect("WEBASK", certificate="GOOD", tls="1.2") as connection:
            connection.exchange("GET", "/", close=True)
            session = connection.session
        offline.commands("JANUS DELCA WEBASK JANSSL ROOT.CERT\n")
        with (
            pytest.raises(Refused) as refusal,
            offline.connect("WEBASK", certificate="GOOD", tls="1.2", resume=session) as connection,
        ):
            connection.exchange("GET", "/", close=True)
        assert refusal.value.alert == 48
