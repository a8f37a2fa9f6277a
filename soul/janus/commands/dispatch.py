"""The subcommands of JANUS: names, synonyms and handlers, and the documented ones that make no sense here.

Source: m204wiki, Janus commands (List of Janus commands).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from soul.janus.clauses import Cursor, nearest, refuse
from soul.janus.commands import authorities, groups, names, ports, rules, status, traces
from soul.janus.commands.invocation import Invocation
from soul.janus.state import janus_of
from soul.language.source import SourceLine
from soul.online.session import Session

_NO_2PC = "there is no two-phase commit"
_NO_OPEN_CLIENT = "Open Client and Open Server are not built"
_NO_TABLES = "text travels as ISO 8859-1, without translate tables"


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One subcommand: its handler, or the reason why there is none."""

    name: str
    handler: Callable[[Invocation], None] | None
    synonyms: tuple[str, ...] = ()
    unavailable: str = ""


def _here(name: str, handler: Callable[[Invocation], None], *synonyms: str) -> Subcommand:
    return Subcommand(name, handler, synonyms)


def _absent(name: str, reason: str, *synonyms: str) -> Subcommand:
    return Subcommand(name, None, synonyms, reason)


_ROWS = (
    _here("ADDCA", authorities.add),
    _absent("ADDCOORDINATOR", _NO_2PC, "ADDCOORD"),
    _absent("ADDSUFFIX", "there are no DBS suffixes", "ADDSUFF"),
    _absent("CHARSET", _NO_OPEN_CLIENT),
    _here("CLSOCK", rules.client_socket),
    _here("CONFIGURATION", status.configuration),
    _here("DEFINE", ports.define),
    _here("DEFINEIPGROUP", groups.define_addresses, "DEFIPGROUP", "DEFINEIPG", "DEFIPG"),
    _absent("DEFINEREMOTE", _NO_OPEN_CLIENT, "DEFREMOTE", "DEFINEREM", "DEFREM"),
    _here("DEFINEUSGROUP", groups.define_users, "DEFUSGROUP", "DEFINEUSG", "DEFUSG"),
    _here("DELCA", authorities.remove),
    _here("DELETE", ports.delete),
    _absent("DELETECOORDINATOR", _NO_2PC, "DELCOORDINATOR", "DELETECOORD", "DELCOORD"),
    _here("DELETEIPGROUP", groups.delete_addresses, "DELIPGROUP", "DELETEIPG", "DELIPG"),
    _absent("DELETEREMOTE", _NO_OPEN_CLIENT, "DELREMOTE", "DELETEREM", "DELREM"),
    _here("DELETEUSGROUP", groups.delete_users, "DELUSGROUP", "DELETEUSG", "DELUSG"),
    _here("DISPLAY", ports.display),
    _here("DISPLAYCA", authorities.display, "DISCA"),
    _absent("DISPLAYCOORDINATOR", _NO_2PC, "DISCOORDINATOR", "DISPLAYCOORD", "DISCOORD"),
    _here("DISPLAYIPGROUP", groups.display_addresses, "DISPLAYIPG", "DISIPGROUP", "DISIPG"),
    _absent("DISPLAYREMOTE", _NO_OPEN_CLIENT, "DISPLAYREM", "DISREMOTE", "DISREM"),
    _here("DISPLAYSOCK", rules.display_sockets, "DISSOCK"),
    _here("DISPLAYTRACE", traces.display, "DISTRACE"),
    # Not in the documented list, but its siblings are (our choice).
    _here("DISPLAYUSGROUP", groups.display_users, "DISPLAYUSG", "DISUSGROUP", "DISUSG"),
    _here("DISPLAYWEB", rules.display_web, "DISWEB"),
    _absent("DISPXT", _NO_TABLES),
    _here("DOMAIN", names.domain),
    _here("DRAIN", ports.drain),
    _here("FORCE", ports.force),
    _absent("FTP", "the FTP server is not built"),
    _absent("LANGUAGE", _NO_OPEN_CLIENT),
    _here("LIMITS", status.limits),
    _absent("LOADXT", _NO_TABLES),
    _here("NAMESERVER", names.name_server),
    _absent("RELOAD", "Specialty Data Store ports are not built"),
    _here("SRVSOCK", rules.server_socket),
    _here("SSLSTATUS", status.ssl, "SSLSTAT"),
    _here("START", ports.start),
    _here("STATUS", status.ports),
    _here("STATUSCA", authorities.status, "STATCA"),
    _absent("STATUSREMOTE", _NO_OPEN_CLIENT),
    _absent("TCPLOG", "use JANUS TRACE"),
    _here("TRACE", traces.trace),
    _here("TSTATUS", status.threads, "TSTAT"),
    _here("WEB", rules.web),
)

SUBCOMMANDS: Mapping[str, Subcommand] = MappingProxyType(
    {word: row for row in _ROWS for word in (row.name, *row.synonyms)}
)


def execute(session: Session, operands: str, at: SourceLine) -> None:
    """Execute one JANUS command. Raises CommandError; a refused command has changed nothing."""
    cursor = Cursor.over(operands, "")
    word = cursor.here
    if word is None:
        raise refuse("SOUL.2000", None)
    cursor.index += 1
    row = SUBCOMMANDS.get(word.upper)
    if row is None:
        raise refuse("SOUL.2001", word, _hint(word.text), subcommand=word.text.upper())
    cursor.subcommand = row.name
    if row.handler is None:
        raise refuse("SOUL.2002", word, subcommand=row.name, reason=row.unavailable)
    row.handler(Invocation(session, janus_of(session.online), cursor, at))


def _hint(word: str) -> str:
    if word.upper() == "STOP":
        return "JANUS DRAIN stops a port gently, JANUS FORCE at once"
    return nearest(word, SUBCOMMANDS)
