"""Janus ports: a definition that never changes, and the living port around it.

Sources: m204wiki, JANUS DEFINE; JANUS START, DRAIN, FORCE, DELETE; JANUS ADDCA.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cryptography import x509

    from soul.janus.rules import RuleSet
    from soul.janus.stream import ByteStream


class PortType(StrEnum):
    """The documented type words of JANUS DEFINE."""

    WEBSERV = "WEBSERV"
    SRVSOCK = "SRVSOCK"
    CLSOCK = "CLSOCK"
    CLSOCKU = "CLSOCKU"
    SRVSOCKU = "SRVSOCKU"
    TNSERV = "TNSERV"
    FTPSERVER = "FTPSERVER"
    OPENSERV = "OPENSERV"
    SDS = "SDS"
    IFDIAL = "IFDIAL"
    TWO_PC = "2PC"
    DEBUGGERCLIENT = "DEBUGGERCLIENT"
    IMAGINET = "IMAGINET"


class CertificateRequest(Enum):
    """What an SSL server port does about the client's certificate."""

    NONE = "none"
    ASK = "SSLCLCERT"
    REQUIRE = "SSLCLCERTR"


class PortState(StrEnum):
    """The states that status commands show."""

    STOPPED = "stopped"
    STARTED = "started"
    DRAINING = "draining"
    FORCING = "forcing"


@dataclass(frozen=True, slots=True)
class OpenClause:
    """One member of OPEN or NEWSESOPEN: `kind` is FILE, GROUP or '' (group first, then file)."""

    name: str
    kind: str = ""
    privileges: int = 0x0221


@dataclass(frozen=True)
class PortDefinition:
    """What one JANUS DEFINE said. `values` holds the given parameters by documented name, already range-checked:

    True for flags, int for numbers and masks, str for text, tuple[str, ...] for CMD and NEWSESCMD,
    tuple[OpenClause, ...] for OPEN and NEWSESOPEN, (file, procedure) for SSL (('', '') for `SSL 0`),
    (host, port) for REMOTE. Defaults come from soul.janus.parameters, through the methods below.
    """

    name: str
    number: int | None  # None: `*`
    type: PortType
    max_connections: int
    values: Mapping[str, object] = field(default_factory=dict)
    definer: str = ""  # userid that issued the command
    text: str = ""  # the command as entered, one logical line

    def flag(self, name: str) -> bool:
        """Say whether the flag parameter `name` was given."""
        return bool(self.values.get(name))

    def given(self, name: str) -> bool:
        """Say whether the parameter `name` was given at all."""
        return name in self.values

    def integer(self, name: str) -> int:
        """Return a numeric parameter, or its documented default (0 when none is documented)."""
        value = self.values.get(name) if name in self.values else _default_of(name)
        return value if isinstance(value, int) else 0

    def string(self, name: str) -> str:
        """Return a text parameter, or its default ('' when none)."""
        value = self.values.get(name) if name in self.values else _default_of(name)
        return value if isinstance(value, str) else ""

    def commands(self, name: str) -> tuple[str, ...]:
        """Return the commands of CMD or NEWSESCMD."""
        value = self.values.get(name)
        return tuple(str(v) for v in value) if isinstance(value, tuple) else ()

    def opens(self, name: str) -> tuple[OpenClause, ...]:
        """Return the members of OPEN or NEWSESOPEN."""
        value = self.values.get(name)
        return tuple(v for v in value if isinstance(v, OpenClause)) if isinstance(value, tuple) else ()

    @property
    def ssl(self) -> bool:
        """Say whether this is an SSL port."""
        return "SSL" in self.values

    @property
    def key_location(self) -> tuple[str, str] | None:
        """Return (file, procedure) of the private key, None for no SSL or `SSL 0`."""
        value = self.values.get("SSL")
        return (str(value[0]), str(value[1])) if isinstance(value, tuple) and value[0] else None

    @property
    def certificate_request(self) -> CertificateRequest:
        """Say what is done about client certificates; SSLCLCERTR wins when both are given (our choice)."""
        if self.flag("SSLCLCERTR"):
            return CertificateRequest.REQUIRE
        return CertificateRequest.ASK if self.flag("SSLCLCERT") else CertificateRequest.NONE


@cache
def _default_of(name: str) -> object:
    from soul.janus.parameters import default_of

    return default_of(name)


@dataclass
class TrustedCa:
    """One JANUS ADDCA: where the certificate came from, and how many received certificates it signed."""

    file: str
    procedure: str
    certificate: x509.Certificate
    name: str  # common name
    signed: int = 0


@dataclass
class PortCounters:
    """The figures of SSLSTATUS, TSTATUS and LIMITS."""

    active: int = 0
    high_water: int = 0
    persistent: int = 0
    refused: int = 0
    connects: int = 0
    new_sessions: int = 0
    sessions_not_found: int = 0
    sessions_timed_out: int = 0
    errors: int = 0


class Port:
    """A defined port: its rules, CA certificates, state and counters.

    `lock` guards every change. `generation` grows with each change that TLS must see (a CA added or removed, the
    first SSLNOCERTERR rule): connections that begin later use settings made anew. `bound` is the TCP port number in
    use while started (it differs from the definition under `--port NAME=0`).
    """

    def __init__(self, definition: PortDefinition, rules: RuleSet) -> None:
        self.definition = definition
        self.rules = rules
        self.state = PortState.STOPPED
        self.authorities: list[TrustedCa] = []
        self.counters = PortCounters()
        self.generation = 1
        self.bound: int | None = None
        self.outgoing: set[ByteStream] = set()  # a client port's connections, for FORCE to interrupt
        self.lock = threading.RLock()

    @property
    def name(self) -> str:
        """The port's name."""
        return self.definition.name

    def changed(self) -> None:
        """Note a change that later handshakes must see."""
        with self.lock:
            self.generation += 1


class PortHost(Protocol):
    """What makes started ports reachable: the live server, or the in-memory network of the offline tests."""

    def start(self, port: Port, password: str | None) -> None:
        """Make `port` reachable and set its state, or raise CommandError and leave it as it was.

        `password` is the pass phrase of the private key, None when the command gave none.
        """

    def drain(self, port: Port) -> None:
        """Accept nothing more; the port stops when the last connection ends. Returns at once."""

    def force(self, port: Port) -> None:
        """Break all connections and stop the port."""


class PortTable:
    """The ports of one Online by upper-case name, in order of definition."""

    def __init__(self) -> None:
        self._ports: dict[str, Port] = {}
        self.lock = threading.RLock()

    def get(self, name: str) -> Port | None:
        """Return the port called `name` (any case), or None."""
        return self._ports.get(name.upper())

    def add(self, port: Port) -> None:
        """Add a new port; the caller has made sure that the name is free."""
        with self.lock:
            self._ports[port.name.upper()] = port

    def remove(self, port: Port) -> None:
        """Forget a port."""
        with self.lock:
            self._ports.pop(port.name.upper(), None)

    def __iter__(self) -> Iterator[Port]:
        return iter(list(self._ports.values()))
