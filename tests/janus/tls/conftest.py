"""A port in memory, clients for it, and a clock that tests move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from cryptography import x509

from soul.janus.certificates.development import DevelopmentCertificates, Identity, make_development_certificates
from soul.janus.port import Port, PortDefinition, PortType, TrustedCa
from soul.janus.rules import OnRule, RuleSet, RuleType
from soul.janus.stream import StreamError
from soul.janus.tls.connection import ClientSession
from soul.janus.tls.engine import TlsEngine, exchange
from soul.janus.tls.generation import PortTls, TlsGeneration
from soul.janus.tls.settings import client_settings
from soul.janus.wildcards import Pattern

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """A clock that stands still until a test moves it."""

    seconds: float = NOW.timestamp()

    def __call__(self) -> float:
        return self.seconds

    def forward(self, *, days: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.seconds += days * 86400 + minutes * 60 + seconds


@dataclass
class Meeting:
    """One connection between a client and the port, after as much handshake as there will be."""

    server: TlsEngine
    client: TlsEngine
    broken: str = ""  # what the client saw when it read

    @property
    def accepted(self) -> bool:
        return self.server.done and self.server.refusal is None

    @property
    def alert(self) -> int | None:
        return self.client.alert_received

    def session(self) -> ClientSession:
        found = self.client.client_session()
        assert found is not None
        return found

    def close(self) -> None:
        self.server.close()
        self.client.close()
        exchange(self.server, self.client)

    def drop(self) -> None:
        """End the connection as a crash would, without farewell."""
        del self.server


@dataclass
class Bench:
    """A port, its TLS, and the certificates of the test."""

    pki: DevelopmentCertificates
    clock: HandClock
    port: Port
    tls: PortTls
    clients: dict[tuple[int, int], TlsGeneration] = field(default_factory=dict)

    def client(self, identity: Identity | None, protocol: int, **options: object) -> TlsGeneration:
        """Return client settings, the same object for the same certificate: sessions stay within one context."""
        key = (id(identity), protocol)
        if key not in self.clients or options:
            settings = client_settings(
                "client",
                keys=identity.material if identity else None,
                authorities=(self.pki.root.certificate,),
                protocols=protocol,
                **options,  # type: ignore[arg-type]
            )
            self.clients[key] = TlsGeneration(settings, self.clock)
        return self.clients[key]

    def meet(
        self,
        identity: Identity | None,
        protocol: int,
        resume: ClientSession | None = None,
        generation: TlsGeneration | None = None,
        client: TlsGeneration | None = None,
    ) -> Meeting:
        one = TlsEngine(generation or self.tls.current())
        other = TlsEngine(client or self.client(identity, protocol), resume=resume)
        exchange(one, other)
        meeting = Meeting(one, other)
        if meeting.accepted:
            one.send(b"hello")
        other.feed(one.take())
        try:
            other.receive(100)
        except StreamError as error:
            meeting.broken = str(error)
        return meeting


MakeBench = Callable[..., Bench]


@pytest.fixture(scope="session")
def pki() -> DevelopmentCertificates:
    return make_development_certificates(now=NOW)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def make_bench(pki: DevelopmentCertificates, clock: HandClock) -> MakeBench:
    def make(
        *flags: str,
        kind: PortType = PortType.WEBSERV,
        authorities: Sequence[x509.Certificate] | None = None,
        rule: bool = False,
        name: str = "SECWEB",
        **values: int,
    ) -> Bench:
        given = {"SSL": ("JANSSL", "SERVER.PKEY"), **dict.fromkeys(flags, True), **values}
        rules = RuleSet()
        if rule:
            rules.add(OnRule(RuleType.ON, Pattern("SSLNOCERTERR"), exception="SSLNOCERTERR"))
        port = Port(PortDefinition(name, 9743, kind, 10, given), rules)
        trusted = [pki.root.certificate] if authorities is None else authorities
        port.authorities = [TrustedCa("MYPROC", "ROOT.CERT", certificate, "root") for certificate in trusted]
        return Bench(pki, clock, port, PortTls(port, pki.server.material, clock))

    return make
