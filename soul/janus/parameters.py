"""The parameters of JANUS DEFINE: one row for each, and what follows from the rows.

A row says how the operand is written, which values are allowed, for which port types, and whether the parameter does
anything away from the mainframe. `PortDefinition.values` holds only what a definition gave; defaults are looked up
here. Of a pair such as AUTODONE / NOAUTODONE only the word that was given is stored, as True.

Source: m204wiki, JANUS DEFINE, and the page "X (JANUS DEFINE parameter)" of each name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from soul.janus.port import PortType

T = PortType


class Form(Enum):
    """How the operand of a parameter is written, and what is stored for it."""

    FLAG = "no operand"  # True
    NUMBER = "a number"  # int
    MASK = "a number or X'nn'"  # int
    WORD = "a name"  # str, upper case
    TEXT = "a value"  # str as written
    OPTIONAL_TEXT = "an optional value"  # str, '' when left out
    OPTIONAL_NUMBER = "an optional number"  # int, `default` when left out
    NUMBER_OR_ALL = "a number or *"  # int or '*'
    CHOICE = "one of a few words"  # str
    COMMANDS = "cmd [AND cmd]..."  # tuple[str, ...]
    OPENS = "[FILE | GROUP] name [[WITH] privileges] [AND ...]"  # tuple[OpenClause, ...]
    KEY = "a file and a procedure, or 0 on a client port"  # (file, procedure)
    REMOTE = "a host and a port number, each may be *"  # (host, port number or None for `*`)
    HEX = "hexadecimal digits or NONE"  # str, upper case
    SEPARATORS = "[AMBIG|]hex|hex... or NONE"  # str, upper case
    ADDRESS = "an IP address"  # str
    NETWORK = "an IP address or subnet"  # soul.janus.addresses.Network
    USER_PATTERN = "a userid, which may have wildcards"  # str


class WithoutSsl(Enum):
    """What a parameter that speaks of SSL means on a port without the SSL parameter (our choice, janus-define)."""

    FINE = "fine"
    WARNED = "warned"
    REFUSED = "refused"


SOCKETS = frozenset({T.CLSOCK, T.SRVSOCK})
WEB = frozenset({T.WEBSERV})
CERTIFICATE_TYPES = frozenset({T.SRVSOCK, T.WEBSERV, T.OPENSERV, T.SDS})
CLIENT_TYPES = frozenset({T.CLSOCK, T.CLSOCKU, T.DEBUGGERCLIENT})  # they listen on nothing
TCP_TYPES = frozenset(PortType) - {T.CLSOCKU, T.SRVSOCKU}
SERVER_TYPES = frozenset(PortType) - CLIENT_TYPES
# The documented CLSOCK example gives SSLMAXCERTL and SSLBSIZE, so the buffer and session rows take CLSOCK as well.
SSL_TYPES = CERTIFICATE_TYPES | {T.CLSOCK}
STARTABLE = frozenset({T.WEBSERV, T.SRVSOCK, T.CLSOCK})

BUFFERS = "buffers are sized by need"
NO_3270 = "there are no 3270 pages"
NOT_BUILT = "no port type that reads it starts yet"
NO_CACHE = "finished logins are not kept for re-use"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name and operand, the port types it is valid for, its default and range.

    `excludes` is the group of parameters of which only one may be given; `inert` says why it has no effect away from
    the mainframe ('' when it has one).
    """

    name: str
    form: Form = Form.FLAG
    types: frozenset[PortType] = frozenset(PortType)
    default: object = None
    minimum: int = 0
    maximum: int = 2_147_483_647
    synonyms: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    excludes: str = ""
    ssl: WithoutSsl = WithoutSsl.FINE
    inert: str = ""
    null_allowed: bool = False


def table(*rows: Parameter) -> Mapping[str, Parameter]:
    """Return the rows by name and synonym, in the order written."""
    return MappingProxyType({word: row for row in rows for word in (row.name, *row.synonyms)})


def pair(name: str, types: frozenset[PortType], inert: str = "") -> tuple[Parameter, Parameter]:
    """Return a parameter and its NO form."""
    return (
        Parameter(name, types=types, excludes=name, inert=inert),
        Parameter("NO" + name, types=types, excludes=name, inert=inert),
    )


_P = Parameter
_F = Form
_W = WithoutSsl

PARAMETERS: Mapping[str, Parameter] = table(
    # Security, certificates, login
    _P("SSL", _F.KEY, TCP_TYPES),
    _P("SSLCLCERT", types=CERTIFICATE_TYPES, ssl=_W.REFUSED),
    _P("SSLCLCERTR", types=CERTIFICATE_TYPES, ssl=_W.REFUSED),
    _P("SSLPROT", _F.MASK, SSL_TYPES, default=0x1E, maximum=0x3F, ssl=_W.WARNED),
    _P("SSLCIPH", _F.MASK, SSL_TYPES, default=0, maximum=0x3FF, ssl=_W.WARNED),
    _P("SSLCACHE", _F.NUMBER, SSL_TYPES, default=4096, maximum=32767, ssl=_W.WARNED),
    _P("SSLMAXAGE", _F.NUMBER, SSL_TYPES, default=1440, maximum=32767, ssl=_W.WARNED),
    _P("SSLMAXCERTL", _F.NUMBER, SSL_TYPES, default=1024, minimum=256, maximum=32767, ssl=_W.WARNED),
    _P("SSLBSIZE", _F.NUMBER, SSL_TYPES, default=4096, minimum=1024, maximum=32767, ssl=_W.WARNED),
    _P("SSLIBSIZE", _F.NUMBER, SSL_TYPES, default=4096, minimum=1024, maximum=32767, ssl=_W.WARNED),
    _P("SSLOBSIZE", _F.NUMBER, SSL_TYPES, default=4096, minimum=1024, maximum=16384, ssl=_W.WARNED),
    _P("SSLOPT", types=frozenset({T.CLSOCK, T.FTPSERVER}), ssl=_W.REFUSED),
    _P("SSLSES", types=WEB, ssl=_W.REFUSED),
    _P("SESCOOKIE", _F.OPTIONAL_TEXT, WEB, default=""),
    _P("SESTIMEOUT", _F.NUMBER, WEB, default=15, minimum=1, maximum=32767),
    _P("NEWSESCMD", _F.COMMANDS, frozenset({T.SRVSOCK, T.WEBSERV, T.TNSERV}), default=()),
    _P("NEWSESOPEN", _F.OPENS, frozenset({T.SRVSOCK, T.WEBSERV, T.TNSERV}), default=()),
    _P(
        "PRELOGINUSER",
        _F.WORD,
        frozenset({T.SRVSOCK, T.WEBSERV, T.OPENSERV, T.FTPSERVER, T.TNSERV, T.SDS, T.IFDIAL}),
        default="NO USERID",
    ),
    _P("WEBUSER", _F.WORD, WEB, default="WEBUSER"),
    _P("WEBPUBLOG", types=WEB),
    _P("WEBLOGCOOKIE", _F.TEXT, WEB, default=""),
    _P("WEBLOGHOLD", _F.NUMBER, WEB, default=0, maximum=32767, inert=NO_CACHE),
    _P("WEBLOGMAX", _F.NUMBER, WEB, default=1, minimum=1, maximum=32767, synonyms=("WEBLM",), inert=NO_CACHE),
    _P("WEBSDMAX", _F.NUMBER, WEB, default=1, minimum=1, maximum=32767, inert=NO_CACHE),
    _P("WEBCOOKID", _F.OPTIONAL_TEXT, WEB, default="", inert=NO_CACHE),
    _P("REALM", _F.TEXT, WEB, default=""),
    _P("NEWPASSWORDC", types=WEB),
    _P("LOGMSGI", types=WEB),
    # What runs
    _P("OPEN", _F.OPENS, CERTIFICATE_TYPES, default=()),
    _P("CMD", _F.COMMANDS, CERTIFICATE_TYPES | {T.TNSERV, T.IMAGINET}, default=()),
    _P("AUTOSYS", _F.WORD, frozenset({T.TNSERV}), inert=NOT_BUILT),
    *pair("AUTODONE", WEB),
    *pair("AUTOON", WEB),
    *pair("AUDTERM", WEB | {T.SRVSOCK}),
    *pair("MSGSEND", WEB),
    *pair("CLOSEIMMED", WEB),
    *pair("CLOSEREAD", WEB),
    *pair("SCREEN", WEB, NO_3270),
    _P("CR", types=WEB, excludes="line separator"),
    _P("LF", types=WEB, excludes="line separator"),
    _P("CRLF", types=WEB, excludes="line separator"),
    _P("RAWINPUT", types=WEB, excludes="RAWINPUT"),
    _P("RAWINPUTONLY", types=WEB, excludes="RAWINPUT"),
    _P("NOTRAWINPUTONLY", types=WEB, excludes="RAWINPUT"),
    _P("MAXTEMP", _F.NUMBER, WEB, default=0, inert="page size is limited by the server's settings"),
    _P("APSYSUFFIX", inert="there are no DBS suffixes"),
    _P("AUTOLOAD", types=frozenset({T.SDS}), inert=NOT_BUILT),
    _P("MSG204", _F.NUMBER, frozenset({T.OPENSERV}), inert=NOT_BUILT),
    _P("LANGUAGE", _F.WORD, frozenset({T.OPENSERV, T.SDS}), inert=NOT_BUILT),
    # Network, buffers, protocol
    _P("ALLOCC", inert=BUFFERS),
    _P("BINDADDR", _F.ADDRESS, SERVER_TYPES | {T.CLSOCKU}, default=""),
    _P("IBSIZE", _F.NUMBER, default=8192, minimum=512, maximum=65534, inert=BUFFERS),
    _P("OBSIZE", _F.NUMBER, default=8192, minimum=512, maximum=65534, inert=BUFFERS),
    _P("BSIZE", _F.NUMBER, default=8192, minimum=512, maximum=65534, inert=BUFFERS),
    _P("RBSIZE", _F.NUMBER, default=8192, minimum=512, inert=BUFFERS),
    _P("TIMEOUT", _F.NUMBER, default=0, maximum=32767),
    _P("KEEPALIVE", _F.NUMBER, frozenset({T.WEBSERV, T.CLSOCK}), default=0, maximum=32767),
    _P("HTTPVERSION", _F.CHOICE, WEB, default="1.0", choices=("1.0", "1.1")),
    _P("COMPRESS", _F.OPTIONAL_NUMBER, WEB, default=0, maximum=3),
    _P("SLOWCLOSE", _F.MASK, WEB, default=1, maximum=0x77, inert="connections end as HTTP now asks"),
    _P("FORMPOSTWAIT", _F.NUMBER, WEB, default=900, minimum=1, maximum=32767),
    _P("FORMREDIRWAIT", _F.NUMBER, WEB, default=60, minimum=1, maximum=32767),
    _P("STIMEOUT", _F.NUMBER, WEB, default=0, maximum=32767, inert=NO_3270),
    _P("MAXIPSES", _F.NUMBER, WEB, default=0, maximum=32767),
    _P("LINEND", _F.HEX, SOCKETS, default="0D"),
    _P("PRSTOK", _F.SEPARATORS, SOCKETS, default="NONE"),
    _P("BINARY", types=SOCKETS, excludes="translation"),
    _P("CHAR", types=SOCKETS, excludes="translation"),
    *pair("FINCLOSE", SOCKETS),
    _P("REMOTE", _F.REMOTE, frozenset({T.CLSOCK, T.DEBUGGERCLIENT}), default=("*", None)),
    _P("SOCKPMAX", _F.NUMBER, frozenset({T.CLSOCK, T.DEBUGGERCLIENT}), default=1, minimum=1, maximum=32767),
    _P("MASTER", types=frozenset({T.OPENSERV, T.CLSOCK, T.CLSOCKU, T.DEBUGGERCLIENT})),
    _P("TRACE", _F.MASK, default=0, maximum=255),
    _P("UPCASE", types=frozenset({T.WEBSERV, T.OPENSERV, T.SDS}), excludes="UPCASE"),
    _P("NOUPCASE", types=frozenset({T.WEBSERV, T.OPENSERV, T.SDS}), excludes="UPCASE"),
    _P("XTAB", _F.WORD, default="STANDARD", inert="text travels as ISO 8859-1"),
    # Janus FTP Server
    _P("ANONYMOUS", _F.NUMBER_OR_ALL, frozenset({T.FTPSERVER}), minimum=1, inert=NOT_BUILT),
    _P("ANONUSER", _F.WORD, frozenset({T.FTPSERVER}), default="ANONYMOUS", inert=NOT_BUILT),
    _P("CLIENTSOCKET", _F.WORD, frozenset({T.FTPSERVER}), inert=NOT_BUILT),
    _P("PASVPORT", _F.NUMBER, frozenset({T.FTPSERVER}), default=5000, minimum=1000, maximum=32767, inert=NOT_BUILT),
)


def parameter(word: str) -> Parameter | None:
    """Return the parameter called `word` (any case, synonyms too), or None."""
    return PARAMETERS.get(word.upper())


def default_of(name: str, port_type: PortType | None = None) -> object:
    """Return the documented default of a parameter, None when it has none or does not exist.

    `port_type` matters for TRACE alone: 3 for SDS and OPENSERV, else 0 (m204wiki, TRACE (JANUS DEFINE parameter)).
    """
    if name == "TRACE" and port_type in {PortType.SDS, PortType.OPENSERV}:
        return 3
    row = PARAMETERS.get(name)
    return None if row is None else row.default


def keywords() -> Iterable[str]:
    """Return every parameter name and synonym."""
    return PARAMETERS.keys()
