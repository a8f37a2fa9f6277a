"""The client-certificate matrix over loopback: `soul serve` as a process, our own client over TCP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from matrix import PORTS, Case, cases, write_online
from serving import Serving

from soul.janus.certificates.development import DevelopmentCertificates
from soul.janus.sockets.tcp import TcpNetwork
from soul.janus.tls.connection import ClientSession
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.protocols import TLS_1_2, TLS_1_3
from soul.janus.tls.settings import client_settings
from soul.testing.client import Connection, Refused

VERSIONS = {"1.2": TLS_1_2, "1.3": TLS_1_3}


class Live:
    """The served matrix and its clients' TLS settings."""

    def __init__(self, serving: Serving, certificates: DevelopmentCertificates) -> None:
        self.serving = serving
        self._certificates = certificates
        self._generations: dict[tuple[str, str], TlsGeneration] = {}

    def generation(self, client: str, tls: str) -> TlsGeneration:
        key = (client, tls)
        if key not in self._generations:
            keys = None if client == "none" else self._certificates.clients[client].material
            settings = client_settings(
                client, keys=keys, authorities=(self._certificates.root.certificate,), protocols=VERSIONS[tls]
            )
            self._generations[key] = TlsGeneration(settings)
        return self._generations[key]

    def visit(self, case: Case, resume: ClientSession | None = None) -> tuple[str, bool, ClientSession | None]:
        carrier = TcpNetwork().connect("127.0.0.1", self.serving.numbers[case.port.name], 10.0)
        generation = self.generation(case.client, case.tls)
        with Connection.open(carrier, generation, resume, lambda: None) as connection:
            if case.port.type == "SRVSOCK":
                text = connection.receive_all().decode("latin-1")
            else:
                text = connection.exchange("GET", "/", close=True).body.decode("latin-1")
            return text.strip(), connection.resumed, connection.session


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    directory: Path = tmp_path_factory.mktemp("matrix")
    certificates = write_online(directory)
    with Serving(directory, [port.name for port in PORTS]) as serving:
        yield Live(serving, certificates)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_first_and_resumed(live: Live, case: Case) -> None:
    start = len(live.serving.audit())
    if case.accepted:
        text, resumed, session = live.visit(case)
        assert (text, resumed) == (case.text, False)
        again, resumed, _ = live.visit(case, session)
        assert (again, resumed) == (case.text, True)
    else:
        for _ in range(2):
            with pytest.raises(Refused) as refusal:
                live.visit(case)
            assert refusal.value.alert == case.alert
        assert case.journal in live.serving.wait_for_audit("MSIR.0646", 2, start)


def test_the_server_stops_cleanly(tmp_path: Path) -> None:
    write_online(tmp_path)
    serving = Serving(tmp_path, [port.name for port in PORTS])
    status, errors = serving.stop()
    assert status == 0
    assert "Traceback" not in errors
