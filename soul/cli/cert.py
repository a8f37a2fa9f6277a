"""`soul cert`: development certificates as procedures of an Online directory.

    soul cert init programs/clcert --server TM2008.PKEY --root COMPANY.ROOT.CERT --root-file MYPROC
    soul cert client programs/clcert "Carol Carter" CAROL.PKEY --root COMPANY.ROOT.PKEY

They are for development: the authority's private key lies beside them, unencrypted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from soul.language.whole import whole_number

if TYPE_CHECKING:
    from soul.janus.certificates.development import DevelopmentCertificates
    from soul.janus.certificates.keys import ReadProcedure

KEY_FILE = "JANSSL"  # the customary file: m204wiki, Janus Network Security
_KEY_MODE, _CERTIFICATE_MODE = 0o600, 0o644

_EXAMPLES = """examples:
  soul cert init DIR                            root, intermediate, server and client certificates into DIR/JANSSL
  soul cert init DIR --server TM2008.PKEY --root COMPANY.ROOT.CERT --root-file MYPROC
  soul cert client DIR "Carol Carter" CAROL.PKEY --email carol@example.com
  soul cert p12 DIR GOOD.PKEY good.p12          for a browser; asks for a password

Exit status: 0 done, 1 refused with the reason, 2 wrong usage."""


class CertificateCommandError(Exception):
    """The command cannot be done; the text is for the user."""


@dataclass(frozen=True)
class _Text:
    """A procedure to write. `secret` ones hold a private key."""

    file: str
    procedure: str
    text: str
    secret: bool
    about: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands of `soul cert`."""
    parser.description = "Make certificates for development, as procedures of an Online directory."
    parser.epilog = _EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", required=True, metavar="init|client|p12")

    init = actions.add_parser("init", help="make a root, an intermediate, a server key and client certificates")
    _add_common(init)
    init.add_argument("--server", default="SERVER.PKEY", metavar="PROC", help="the SSL procedure (SERVER.PKEY)")
    init.add_argument("--root", default="ROOT.CERT", metavar="PROC", help="the ADDCA procedure (ROOT.CERT)")
    init.add_argument("--root-file", metavar="FILE", help="procedure file of the ADDCA procedure (as --file)")
    init.add_argument("--root-name", default="", metavar="NAME", help="common name of the root (ORG Root CA)")
    init.add_argument("--organization", default="Company", metavar="ORG", help="organization in all names (Company)")
    init.add_argument("--client", type=_name, default="Alice Archer", metavar="NAME", help="common name of the clients")
    init.add_argument("--host", action="append", metavar="NAME", help="host name or address of the server; repeatable")
    init.add_argument("--key", choices=("ec", "rsa"), default="ec", help="EC P-256 (default) or RSA 2048 keys")

    client = actions.add_parser("client", help="make one more client certificate, signed by the root")
    _add_common(client)
    client.add_argument("name", type=_name, metavar="NAME", help="common name, for example 'Carol Carter'")
    client.add_argument("procedure", metavar="PROC", help="procedure to write, for example CAROL.PKEY")
    client.add_argument("--root", default="ROOT.PKEY", metavar="PROC", help="procedure with the root's key (ROOT.PKEY)")
    client.add_argument("--organization", default="Company", metavar="ORG", help="organization (Company)")
    client.add_argument("--unit", default="", metavar="UNIT", help="organizational unit")
    client.add_argument("--email", default="", metavar="ADDRESS", help="e-mail address")

    export = actions.add_parser("p12", help="pack a client's key and certificate for a browser")
    export.add_argument("directory", metavar="DIR", type=Path, help="the Online directory")
    export.add_argument("procedure", metavar="PROC", help="procedure with key and certificate, as GOOD.PKEY")
    export.add_argument("output", metavar="OUT", type=Path, help="the file to write, as good.p12")
    export.add_argument("--file", default=KEY_FILE, metavar="FILE", help=f"procedure file ({KEY_FILE})")
    export.add_argument("--force", action="store_true", help="replace the file if it is there")


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", type=Path, help="the Online directory")
    parser.add_argument("--file", default=KEY_FILE, metavar="FILE", help=f"procedure file to write to ({KEY_FILE})")
    parser.add_argument("--days", type=_days, default=365, metavar="N", help="days that certificates are valid (365)")
    parser.add_argument("--force", action="store_true", help="replace procedures that are there")


def main(arguments: argparse.Namespace) -> int:
    """Do the command. Returns the exit status: 0 done, 1 refused with a text on standard error."""
    from soul.online.procedures import ProcedureError

    actions = {"init": _init, "client": _client, "p12": _export}
    try:
        actions[arguments.action](arguments)
    except (CertificateCommandError, ProcedureError) as error:
        print(f"soul cert: {error}", file=sys.stderr)
        return 1
    return 0


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("a common name must not be empty")
    return text


def _days(text: str) -> int:
    number = whole_number(text)
    if number is None or not 1 <= number <= 3650:
        raise argparse.ArgumentTypeError("days are a number from 1 to 3650")
    return number


def _init(arguments: argparse.Namespace) -> None:
    from soul.janus.certificates.development import SERVER_NAMES, make_development_certificates

    try:
        made = make_development_certificates(
            organization=arguments.organization,
            root_name=arguments.root_name,
            server_names=tuple(arguments.host or SERVER_NAMES),
            client=arguments.client,
            days=arguments.days,
            kind=arguments.key,
        )
    except ValueError as error:  # a name that a certificate cannot hold
        raise CertificateCommandError(str(error)) from None
    texts = _texts(made, arguments)
    _write_all(arguments.directory, texts, arguments.force)


def _texts(made: DevelopmentCertificates, arguments: argparse.Namespace) -> list[_Text]:
    from soul.janus.certificates.development import CLIENT_KINDS

    file, root_file = arguments.file, arguments.root_file or arguments.file
    stem = arguments.root.removesuffix(".CERT")
    authority = made.root.identity.pem
    return [
        _Text(root_file, arguments.root, made.root.certificate_pem, False, "the root, for JANUS ADDCA"),
        _Text(file, f"{stem}.PKEY", authority, True, "the root's private key, for `soul cert client`"),
        _Text(file, "ISSUING.CERT", made.intermediate.certificate_pem, False, "an authority below the root"),
        _Text(file, arguments.server, made.server.pem, True, "key and certificate of the server, for SSL"),
        *(
            _Text(file, f"{kind.upper()}.PKEY", made.clients[kind].pem, True, f"a client certificate: {about}")
            for kind, about in CLIENT_KINDS.items()
        ),
    ]


def _client(arguments: argparse.Namespace) -> None:
    from soul.janus.certificates.development import Authority, Identity, Subject, Validity
    from soul.janus.certificates.keys import KeyMaterialError, is_authority, load_key_material

    try:
        root = load_key_material(_reader(arguments.directory), arguments.file, arguments.root)
    except KeyMaterialError as error:
        raise CertificateCommandError(f"{arguments.file}({arguments.root}): {error}") from None
    if not is_authority(root.certificate):
        raise CertificateCommandError(f"{arguments.file}({arguments.root}) is not a certifying authority's")
    authority = Authority(Identity(root.key, root.certificate, root.intermediates))
    subject = Subject(arguments.name, arguments.organization, unit=arguments.unit, email=arguments.email)
    try:
        made = authority.client(subject, Validity.days(arguments.days))
    except ValueError as error:
        raise CertificateCommandError(str(error)) from None
    text = _Text(arguments.file, arguments.procedure, made.pem, True, f"a client certificate for {arguments.name}")
    _write_all(arguments.directory, [text], arguments.force)


def _export(arguments: argparse.Namespace) -> None:
    from getpass import getpass

    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

    from soul.janus.certificates.keys import KeyMaterialError, load_key_material
    from soul.janus.certificates.names import common_name

    try:
        keys = load_key_material(_reader(arguments.directory), arguments.file, arguments.procedure)
    except KeyMaterialError as error:
        raise CertificateCommandError(f"{arguments.file}({arguments.procedure}): {error}") from None
    password = getpass("Password for the file: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not password:
        raise CertificateCommandError("browsers want a password for such a file; none was given")
    data = serialize_key_and_certificates(
        common_name(keys.certificate).encode(),
        keys.key,
        keys.certificate,
        keys.intermediates,
        BestAvailableEncryption(password.encode()),
    )
    if arguments.output.exists() and not arguments.force:
        raise CertificateCommandError(f"{arguments.output} is there already; --force replaces it")
    _write(arguments.output, data, _KEY_MODE)
    print(arguments.output)


def _reader(directory: Path) -> ReadProcedure:
    from soul.janus.certificates.keys import procedure_reader
    from soul.online.procedures import ProcedureFiles

    if not directory.is_dir():
        raise CertificateCommandError(f"there is no directory {directory}")
    return procedure_reader(ProcedureFiles(directory))


def _write_all(directory: Path, texts: Sequence[_Text], force: bool) -> None:
    """Write all procedures, or none when one of them is there already and `force` is off."""
    paths = [_path(directory, text) for text in texts]
    if len(set(paths)) < len(paths):
        raise CertificateCommandError("two of the procedures would have the same name")
    taken = [f"{text.file}({text.procedure})" for text, path in zip(texts, paths, strict=True) if path.exists()]
    if taken and not force:
        raise CertificateCommandError(
            f"nothing was written, for these are there already: {', '.join(taken)}; see --force"
        )
    for text, path in zip(texts, paths, strict=True):
        _write(path, text.text.encode(), _KEY_MODE if text.secret else _CERTIFICATE_MODE)
        print(f"{text.file}({text.procedure}): {text.about}")


def _path(directory: Path, text: _Text) -> Path:
    """Return where a procedure is on disk, or is to be: without a `.soul` ending, as keys are customarily named."""
    from soul.online.names import file_name_error, from_disk, procedure_name_error, to_disk

    problem = file_name_error(text.file.upper()) or procedure_name_error(text.procedure)
    if problem:
        raise CertificateCommandError(f"{text.file}({text.procedure}): {problem}")
    folder = directory / text.file.upper()
    if directory.is_dir():
        alike = [entry for entry in directory.iterdir() if entry.name.upper() == folder.name and entry.is_dir()]
        folder = alike[0] if alike else folder
    if folder.is_dir():
        for entry in folder.iterdir():
            if from_disk(entry.name).upper() == text.procedure.upper():
                return entry
    spelled = to_disk(text.procedure)
    plain = spelled.removesuffix(".soul")
    whole = from_disk(plain) == text.procedure and not plain.endswith((".", " "))  # which Windows would drop
    return folder / (plain if whole else spelled)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a file that nobody else can read before its contents are there, replacing a whole file at once."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.replace(partial, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise CertificateCommandError(f"cannot write {path}: {error.strerror}") from None
