"""The client-certificate matrix: every port, every client, what each must see. The same table for all ways to connect.

Port by port (type, parameter) and client by client; TLS 1.2 and 1.3; first connection and resumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from soul.janus.certificates.development import DevelopmentCertificates, make_development_certificates

HANDLER = """Begin
PrintText levels {$Web_Cert_Levels} name {$Web_Cert_Info('COMMONNAME')} signer {$Web_Cert_Info('COMMONNAME', 1)}
End
"""
NO_CERTIFICATE = """Begin
PrintText handler: no certificate, levels {$Web_Cert_Levels}
End
"""
SOCKET = """Begin
$Sock_SendLn(1, 'levels ' $Sock_Cert_Levels(1) ' name ' $Sock_Cert_Info(1, 'COMMONNAME', 0) -
   ' signer ' $Sock_Cert_Info(1, 'COMMONNAME'))
$Sock_Close(1)
End
"""


@dataclass(frozen=True)
class PortCase:
    """A port of the matrix: its name, its number, its type word and the certificate parameters."""

    name: str
    number: int
    type: str
    parameters: str
    rule: bool = False


PORTS = (
    PortCase("WEBNONE", 9801, "WEBSERV", ""),
    PortCase("WEBASK", 9802, "WEBSERV", "SSLCLCERT"),
    PortCase("WEBREQ", 9803, "WEBSERV", "SSLCLCERTR"),
    PortCase("WEBRULE", 9804, "WEBSERV", "SSLCLCERTR", rule=True),
    PortCase("SOCKNONE", 9805, "SRVSOCK", ""),
    PortCase("SOCKASK", 9806, "SRVSOCK", "SSLCLCERT"),
    PortCase("SOCKREQ", 9807, "SRVSOCK", "SSLCLCERTR"),
)

CLIENTS = ("none", "good", "intermediate", "expired", "future", "unknown", "selfsigned", "oversized")

# What a port that looks at certificates answers to a client that presents one: levels, name, signer; or the TLS alert
# and what the journal line says.
ACCEPTED = {
    "good": "levels 2 name Alice Archer signer Company Root CA",
    "intermediate": "levels 3 name Bruno Baker signer Company Issuing CA",
}
REFUSED = {
    "expired": (45, "expired"),
    "future": (42, "not yet valid"),
    "unknown": (48, "not signed by a trusted certifying authority"),
    "selfsigned": (48, "self-signed"),
    "oversized": (80, "SSLMAXCERTL"),
}
MISSING_ALERT = {"1.2": 40, "1.3": 116}
MISSING_REASON = "Error requesting client certificate - client did not have required certificate"
NOBODY = "levels 0 name  signer"


@dataclass(frozen=True)
class Case:
    """One cell: a port, a client, a TLS version, and what must come out: a text, or an alert and a journal text."""

    port: PortCase
    client: str
    tls: str
    text: str = ""
    alert: int = 0
    journal: str = ""

    @property
    def accepted(self) -> bool:
        """Say whether the client gets in."""
        return bool(self.text)

    def __str__(self) -> str:
        return f"{self.port.name}-{self.client}-{self.tls}"


def cases() -> list[Case]:
    """Return every cell of the matrix."""
    return [expected(port, client, tls) for port in PORTS for client in CLIENTS for tls in ("1.2", "1.3")]


def expected(port: PortCase, client: str, tls: str) -> Case:
    """Return what must come out for one client on one port."""
    if not port.parameters:
        return Case(port, client, tls, text=NOBODY)
    if client == "none":
        if port.rule:
            return Case(port, client, tls, text="handler: no certificate, levels 0")
        if port.parameters == "SSLCLCERTR":
            return Case(port, client, tls, alert=MISSING_ALERT[tls], journal=MISSING_REASON)
        return Case(port, client, tls, text=NOBODY)
    if client in ACCEPTED:
        return Case(port, client, tls, text=ACCEPTED[client])
    alert, reason = REFUSED[client]
    return Case(port, client, tls, alert=alert, journal=reason)


def write_online(directory: Path) -> DevelopmentCertificates:
    """Make the Online directory of the matrix and return the certificates of its clients."""
    made = make_development_certificates()
    procedures, keys = directory / "MYPROC", directory / "JANSSL"
    procedures.mkdir(parents=True)
    keys.mkdir()
    (procedures / "SHOW.CERT").write_text(HANDLER)
    (procedures / "NO.CERT").write_text(NO_CERTIFICATE)
    (procedures / "SOCK.CERT").write_text(SOCKET)
    (keys / "ROOT.CERT").write_text(made.root.certificate_pem)
    (keys / "SERVER.PKEY").write_text(made.server.pem)
    for name, identity in made.clients.items():
        (keys / f"{name.upper()}.PKEY").write_text(identity.pem)
    (directory / "ccain.m204").write_text("".join(_definition(port) for port in PORTS) + "JANUS START *\n")
    return made


def _definition(port: PortCase) -> str:
    common = f"SSL JANSSL SERVER.PKEY {port.parameters}"
    if port.type == "SRVSOCK":
        text = f"JANUS DEFINE {port.name} {port.number} SRVSOCK 40 {common} LINEND 0D0A -\n"
        text += "   OPEN FILE MYPROC CMD 'INCLUDE SOCK.CERT'\n"
    else:
        text = f"JANUS DEFINE {port.name} {port.number} WEBSERV 40 HTTPVERSION 1.1 KEEPALIVE 15 {common}\n"
        text += f"JANUS WEB {port.name} ALLOW *\n"
        text += f"JANUS WEB {port.name} ON / OPEN FILE MYPROC CMD 'INCLUDE SHOW.CERT'\n"
    if port.rule:
        text += f"JANUS WEB {port.name} ON SSLNOCERTERR OPEN FILE MYPROC CMD 'INCLUDE NO.CERT'\n"
    return text + f"JANUS ADDCA {port.name} JANSSL ROOT.CERT\n"
