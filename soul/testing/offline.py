"""An Online for tests: started from its directory, reachable in memory, with a client that can present certificates.

with Offline(Path("programs/clcert")) as online:
    answer = online.request("CLCERTWEB", "GET", "/", certificate="GOOD")
    assert answer.status == 200
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from soul.assembly import build
from soul.janus.certificates.keys import KeyMaterial, KeyMaterialError, load_key_material, procedure_reader
from soul.janus.http.message import HttpResponse
from soul.janus.port import Port, PortState
from soul.janus.sockets.network import NETWORK
from soul.janus.sockets.service import SocketService
from soul.janus.state import janus_of
from soul.janus.stream import Address
from soul.janus.tls.connection import ClientSession
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.protocols import TLS_1_2, TLS_1_3
from soul.janus.tls.settings import client_settings
from soul.janus.tls.starting import start_tls
from soul.janus.web.service import WebService
from soul.online.audit import AuditLine
from soul.online.online import ListOutput, Online
from soul.online.problem import Problem
from soul.testing.client import Answer, Connection
from soul.testing.network import MemoryNetwork

Certificate = str | KeyMaterial | None
TLS_VERSIONS = {"1.2": TLS_1_2, "1.3": TLS_1_3}
KEY_FILE = "JANSSL"


class StartupFailed(Exception):
    """The start-up commands failed; the text shows every problem with its place."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.render() for problem in problems))


class Offline:
    """One Online whose ports are reachable in memory. Close it, or use it as a context manager.

    `directory` is an Online directory, None for an empty Online. `startup` False leaves ccain.m204 alone. `clock` is
    what SOUL and the audit trail see; `seconds` (since 1970) is the clock of certificates and SSL sessions.
    """

    def __init__(
        self,
        directory: Path | str | None = None,
        *,
        startup: bool = True,
        clock: Callable[[], datetime] = datetime.now,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        self.online: Online = build(directory, clock=clock)
        self._seconds = seconds
        self._generations: dict[tuple[str, int, bytes], TlsGeneration] = {}
        self._userids: dict[Address, str] = {}
        state = janus_of(self.online)
        self.network = MemoryNetwork(
            self.online.audit,
            web=lambda port: WebService(self.online, port),
            sockets=lambda port: SocketService(self.online, port),
            tls=lambda port, password: start_tls(self.online, port, password, seconds),
            admits=lambda port, address: port.rules.socket_rules.accepts(address.host),
            observe=self._observe,
        )
        state.host = self.network
        self.online.slots.put(NETWORK, self.network)
        if startup:
            problems = self.online.run_startup()
            if problems:
                self.close()
                raise StartupFailed(problems)

    def __enter__(self) -> Offline:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Force every port and end the Online."""
        self.network.close()
        self.online.close()

    # Commands and what they leave behind.

    def commands(self, text: str) -> str:
        """Execute command-level lines as a system manager and return what a terminal would show."""
        output = ListOutput()
        session = self.online.startup_session(output)
        try:
            session.run(text, title="commands")
        finally:
            self.online.release(session.thread)
        return output.text

    @property
    def audit(self) -> list[str]:
        """The lines of the audit trail so far, as its file shows them without date and user."""
        return [f"{line.line_type} {line.text}" for line in self.online.audit.lines]

    def _audit_after(self, last: AuditLine | None) -> tuple[str, ...]:
        """Return the lines written after `last`. The audit trail forgets old lines, so positions would not do."""
        found: list[str] = []
        for line in reversed(self.online.audit.lines):
            if line is last:
                break
            found.append(f"{line.line_type} {line.text}")
        return tuple(reversed(found))

    def port(self, name: str) -> Port:
        """Return a defined port. Raises LookupError."""
        port = janus_of(self.online).ports.get(name)
        if port is None:
            raise LookupError(f"port {name} is not defined")
        return port

    # The client.

    def connect(
        self, port: str, *, certificate: Certificate = None, tls: str = "", resume: ClientSession | None = None
    ) -> Connection:
        """Connect to a started port. Raises Refused when the port does not let the client in.

        `certificate` is the name of a client certificate among the Online's procedures (`GOOD` stands for
        GOOD.PKEY and GOOD.CERT of JANSSL), key material, or None for no certificate. `tls` is '1.2' or
        '1.3', '' for the newest both sides know. `resume` offers the session of an earlier connection.
        """
        target = self.port(port)
        if target.state is not PortState.STARTED or target.bound is None:
            raise LookupError(f"port {port} is not started")
        generation = self._generation(certificate, tls) if target.definition.ssl else None
        carrier = self.network.connect("127.0.0.1", target.bound, None)
        return Connection.open(carrier, generation, resume, lambda: self.network.wait_for(carrier.local))

    def request(
        self,
        port: str,
        method: str = "GET",
        path: str = "/",
        *,
        certificate: Certificate = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        tls: str = "",
        resume: ClientSession | None = None,
    ) -> Answer:
        """Send one request over a connection of its own and return the answer. Raises Refused; see `connect`."""
        lines = self.online.audit.lines
        last = lines[-1] if lines else None
        with self.connect(port, certificate=certificate, tls=tls, resume=resume) as connection:
            response = connection.exchange(method, path, headers, body, close=True)
            session, resumed = connection.session, connection.resumed
            address = connection.address
        return Answer(
            response.status,
            response.reason,
            response.headers,
            response.body,
            self._userids.pop(address, ""),
            self._audit_after(last),
            resumed,
            session,
        )

    def _observe(self, address: Address, response: HttpResponse) -> None:
        self._userids[address] = response.userid

    def _generation(self, certificate: Certificate, tls: str) -> TlsGeneration:
        """Return the client's TLS settings; the same for the same certificate, so that sessions can be resumed."""
        if tls and tls not in TLS_VERSIONS:
            raise ValueError(f"tls is {tls!r}: expected '1.2', '1.3' or ''")
        protocols = TLS_VERSIONS.get(tls, TLS_1_2 | TLS_1_3)
        keys = self.certificate(certificate) if isinstance(certificate, str) else certificate
        identity = keys.certificate.signature if keys is not None else b""
        name = certificate if isinstance(certificate, str) else ""
        found = self._generations.get((name, protocols, identity))
        if found is None:
            settings = client_settings("client", keys=keys, protocols=protocols, verify_peer=False)
            found = self._generations[name, protocols, identity] = TlsGeneration(settings, self._seconds)
        return found

    def certificate(self, name: str) -> KeyMaterial:
        """Return a client certificate by the name of its procedures; `FILE/NAME` names another file than JANSSL.

        Raises LookupError with the reason.
        """
        file, _, rest = name.rpartition("/")
        procedure = rest if rest.upper().endswith(".PKEY") else f"{rest}.PKEY"
        try:
            return load_key_material(procedure_reader(self.online.files), file or KEY_FILE, procedure)
        except KeyMaterialError as error:
            raise LookupError(f"client certificate {name}: {error}") from None
