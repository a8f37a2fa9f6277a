"""JANUS ADDCA, DELCA, DISPLAYCA and STATUSCA: the certifying authorities that a port trusts.

Source: m204wiki, JANUS ADDCA; JANUS STATCA or STATUSCA. The operands of DELCA and DISPLAYCA are our choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from soul.janus.clauses import refuse
from soul.janus.commands.invocation import Invocation, columns
from soul.janus.port import Port, TrustedCa
from soul.janus.wildcards import Pattern
from soul.online.procedures import ProcedureError

if TYPE_CHECKING:
    from cryptography import x509


def add(command: Invocation) -> None:
    """JANUS ADDCA portname filename procname; ports without SSL that match are left out."""
    word, _ = command.pattern()
    file_word = command.cursor.take("file name")
    procedure_word = command.cursor.take("procedure name")
    command.cursor.finish()
    assert word is not None
    matching = command.state.matching(word.text)
    if not matching:
        raise command.no_port(word)
    ports = [port for port in matching if port.definition.ssl]
    if not ports:
        raise refuse("SOUL.2060", word, pattern=word.text)
    file, procedure = file_word.text.upper(), procedure_word.text
    certificates = _load(command, file, procedure, procedure_word.offset)
    for port in ports:
        for certificate in certificates:
            _trust(command, port, TrustedCa(file, procedure, certificate, _name(certificate)))


def _load(command: Invocation, file: str, procedure: str, offset: int) -> tuple[x509.Certificate, ...]:
    """Return the CA certificates in a procedure, or refuse."""
    from soul.janus.certificates.keys import KeyMaterialError, load_authorities

    try:
        text = command.session.online.files.get(file).procedure(procedure).text
        return load_authorities(text)
    except (ProcedureError, KeyMaterialError) as error:
        raise refuse("SOUL.2061", offset, file=file, procedure=procedure, reason=str(error)) from None


def _name(certificate: x509.Certificate) -> str:
    """Return the common name of a CA, else its whole subject."""
    from soul.janus.certificates.names import common_name, subject_text

    return common_name(certificate) or subject_text(certificate)


def _trust(command: Invocation, port: Port, authority: TrustedCa) -> None:
    with port.lock:
        known = any(other.certificate == authority.certificate for other in port.authorities)
        if not known:
            port.authorities.append(authority)
            port.changed()
    if known:
        command.say("SOUL.2064", port=port.name, name=authority.name)
    else:
        fields = {"name": authority.name, "file": authority.file, "procedure": authority.procedure}
        command.say("MSIR.0642", port=port.name, **fields)


def remove(command: Invocation) -> None:
    """JANUS DELCA portname filename procname: later handshakes no longer trust what came from that procedure."""
    word, text = command.pattern()
    file = command.cursor.take("file name").text
    procedure = command.cursor.take("procedure name").text
    command.cursor.finish()
    assert word is not None
    ports = command.state.matching(text)
    if not ports:
        raise command.no_port(word)
    wanted_file, wanted_procedure = Pattern(file), Pattern(procedure)
    removed: list[tuple[Port, TrustedCa]] = []
    for port in ports:
        with port.lock:
            gone = [ca for ca in port.authorities if _comes_from(ca, wanted_file, wanted_procedure)]
            if gone:
                port.authorities = [ca for ca in port.authorities if ca not in gone]
                port.changed()
        removed.extend((port, ca) for ca in gone)
    if not removed:
        raise refuse("SOUL.2062", word, pattern=text, file=file.upper(), procedure=procedure)
    for port, ca in removed:
        command.say("SOUL.2063", name=ca.name, file=ca.file, procedure=ca.procedure, port=port.name)


def _comes_from(authority: TrustedCa, file: Pattern, procedure: Pattern) -> bool:
    return file.match(authority.file) is not None and procedure.match(authority.procedure) is not None


def _selected(command: Invocation) -> list[tuple[Port, TrustedCa]]:
    """Take `[portname] [filename] [procname]`, each a pattern, and return what they select."""
    ports = command.ports(default="*")
    file = Pattern(command.pattern("file name", default="*")[1])
    procedure = Pattern(command.pattern("procedure name", default="*")[1])
    command.cursor.finish()
    return [(port, ca) for port in ports for ca in list(port.authorities) if _comes_from(ca, file, procedure)]


def status(command: Invocation) -> None:
    """JANUS STATUSCA [portname] [filename] [procname]."""
    rows: list[tuple[object, ...]] = [("Portname", "Filename", "Procname", "Internal-name", "NumSigned")]
    rows += [(port.name, ca.file, ca.procedure, ca.name, ca.signed) for port, ca in _selected(command)]
    command.print(columns(rows, right=(4,)))


def display(command: Invocation) -> None:
    """JANUS DISPLAYCA [portname] [filename] [procname]: what the certificates say."""
    for port, ca in _selected(command):
        command.print([f"Port {port.name}, file {ca.file}, proc {ca.procedure}", *_contents(ca.certificate)])


def _contents(certificate: x509.Certificate) -> list[str]:
    from soul.janus.certificates.info import serial_number
    from soul.janus.certificates.names import fingerprint_text

    rows = [
        ("Subject", certificate.subject.rfc4514_string()),
        ("Issuer", certificate.issuer.rfc4514_string()),
        ("Serial number", serial_number(certificate)),
        ("Valid from", f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M:%S} UTC"),
        ("Valid until", f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC"),
        ("Fingerprint", fingerprint_text(certificate)),
    ]
    return ["  " + row for row in columns(rows)]
