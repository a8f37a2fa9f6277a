"""Procedures sent to the browser, and uploads stored as procedures.

Source: m204wiki, $Web_Proc_Send; $Web_Proc_Receive; $Web_Sub; Uploading files to a Janus Web Server. Binary content is
kept as base64 text: procedures are texts here, and the container bytes of the original are not public (our choice).
"""

from __future__ import annotations

import base64
import binascii
import textwrap
from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING

from soul.online.command import CommandError
from soul.online.messages import ONLINE_MESSAGES
from soul.online.open_files import OpenFile
from soul.online.procedures import Procedure, ProcedureError

if TYPE_CHECKING:
    from soul.janus.web.thread import WebThread
    from soul.online.session import Session

BASE64_LINE = 76
_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml", "application/xhtml+xml")


class ProcedureFormat(Enum):
    """How a procedure's text stands for the content: as it is, as base64, or as its content type says."""

    TEXT = "TEXT"
    BINARY = "BINARY"
    BY_TYPE = ""


def format_of(words: Iterable[str]) -> ProcedureFormat:
    """Return the format that BINARY, BASE64 or TEXT name."""
    found = {word.upper() for word in words}
    if found & {"BINARY", "BASE64"}:
        return ProcedureFormat.BINARY
    return ProcedureFormat.TEXT if "TEXT" in found else ProcedureFormat.BY_TYPE


def send(session: Session, web: WebThread, name: str, file: str, form: ProcedureFormat, line_end: str = "") -> None:
    """Add the content of a procedure to the page.

    `file` is a name, `FILE x`, `GROUP x`, or '' for the default file. Raises CommandError when there is no such
    procedure, or when binary content is not base64.
    """
    procedure = session.find_procedure(name, _context(session, file))
    page = web.page
    if form is ProcedureFormat.BINARY:
        page.put_bytes(_decoded(procedure))
        return
    if form is ProcedureFormat.BY_TYPE and not page.type_now.lower().startswith(_TEXT_TYPES):
        try:
            page.put_bytes(_decoded(procedure))
            return
        except CommandError:
            pass  # not base64: it is sent as the text it is
    for line in procedure.lines:
        text = _substituted(line.text, page.sub, session.thread.globals) if page.sub else line.text
        page.put_text(text, line_end)


def receive(session: Session, content: bytes, name: str, file: str, form: ProcedureFormat) -> None:
    """Store an upload as a procedure, created or replaced. Raises CommandError."""
    target = session.procedure_file(_context(session, file))
    if form is ProcedureFormat.BY_TYPE:
        form = ProcedureFormat.TEXT if _is_text(content) else ProcedureFormat.BINARY
    if form is ProcedureFormat.TEXT:
        text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    else:
        text = "\n".join(textwrap.wrap(base64.b64encode(content).decode("ascii"), BASE64_LINE))
    try:
        target.store(name, text)
    except ProcedureError as error:
        raise CommandError(ONLINE_MESSAGES["SOUL.0210"], detail=str(error)) from None


def _context(session: Session, file: str) -> OpenFile | None:
    """Return the open file or group that a $function names; None for the default. A name not open is opened."""
    words = file.split()
    if not words:
        return None
    kind = words[0].upper() if len(words) > 1 and words[0].upper() in ("FILE", "GROUP") else ""
    name = words[-1].upper()
    found = session.files.find(name, kind) or (session.files.find(name, "FILE") if not kind else None)
    if found is None:
        raise CommandError(ONLINE_MESSAGES["SOUL.0204"], name=name)
    return found


def _decoded(procedure: Procedure) -> bytes:
    try:
        return base64.b64decode("".join(procedure.text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise CommandError(
            ONLINE_MESSAGES["SOUL.0210"], detail=f"{procedure.title} holds no binary content (base64)"
        ) from None


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in content


def _substituted(line: str, delimiter: str, values: dict[str, str]) -> str:
    """Replace `@NAME!` by global NAME; an unknown one stays as it is (our choice)."""
    pieces = line.split(delimiter)
    done = [pieces[0]]
    for piece in pieces[1:]:
        name, mark, rest = piece.partition("!")
        value = values.get(name.upper()) if mark else None
        done.append(f"{delimiter}{piece}" if value is None else f"{value}{rest}")
    return "".join(done)
