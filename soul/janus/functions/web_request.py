"""$Web_ functions that read the request: headers, URL parameters, client, login messages.

Source: m204wiki, Janus Web Server $functions; $Web_Hdr_Parm; $Web_Num_IsIndex; $Web_User. Off a web thread they return
null or 0.
"""

from __future__ import annotations

from soul.janus.web.messages import WEB_MESSAGES
from soul.janus.web.thread import Pairs, live, pick, portion
from soul.runtime.errors import RequestCancelled
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("web request")


def _headers(thread: Thread) -> Pairs:
    state = live(thread)
    return () if state is None else state.headers


def _query(thread: Thread) -> Pairs:
    state = live(thread)
    return () if state is None else state.query


def _count(pairs: Pairs, name: str | None) -> int:
    if not name:
        return len(pairs)
    wanted = name.upper()
    return sum(1 for key, _ in pairs if key.upper() == wanted)


def _value(pairs: Pairs, name: str | None, occurrence: int | None) -> str:
    return pick([(_spelling(key), value) for key, value in pairs], _spelling(name or ""), occurrence) or ""


def _spelling(name: str) -> str:
    """Return the name a pseudo-header is kept under: VERSION is HTTP."""
    return "HTTP" if name.upper() == "VERSION" else name


def _name(pairs: Pairs, occurrence: int) -> str:
    return pairs[occurrence - 1][0] if 1 <= occurrence <= len(pairs) else ""


@FAMILY.function("$Web_Hdr_Parm", page="$Web_Hdr_Parm")
def web_hdr_parm(
    thread: Thread,
    name: str | None = None,
    occurrence: int | None = None,
    start: int | None = None,
    length: int | None = None,
) -> str:
    """Return the value of a request header, null on any error.

    name: in any case; METHOD, URL (the path), HTTP or VERSION, and ISINDEX (the query) are names too. occurrence: which
    one of that name, or of all when the name is omitted. start, length: the part wanted, default the whole value.
    Authorization is visible only while NEWSESCMD runs.
    """
    return portion(_value(_headers(thread), name, occurrence), start, length)


@FAMILY.function("$Web_Hdr_Parm_Lstr", page="$Web_Hdr_Parm")
def web_hdr_parm_lstr(thread: Thread, name: str | None = None, occurrence: int | None = None) -> str:
    """Return the value of a request header as a Longstring, null on any error. See $Web_Hdr_Parm."""
    return _value(_headers(thread), name, occurrence)


@FAMILY.function("$Web_Hdr_Len", "$Web_Hdr_Parm_Len", page="$Web_Hdr_Len or $Web_Hdr_Parm_Len")
def web_hdr_len(thread: Thread, name: str | None = None, occurrence: int | None = None) -> int:
    """Return the length of a request header's value, 0 when there is none. Arguments as for $Web_Hdr_Parm."""
    return len(_value(_headers(thread), name, occurrence))


@FAMILY.function("$Web_Hdr_Name", page="Janus Web Server $functions")
def web_hdr_name(thread: Thread, occurrence: int = 1) -> str:
    """Return the name of the nth header field, null when there are fewer. METHOD, URL and HTTP come first."""
    return _name(_headers(thread), occurrence)


@FAMILY.function("$Web_Num_Hdr", page="$Web_Num_Hdr")
def web_num_hdr(thread: Thread, name: str | None = None) -> int:
    """Return how many header fields there are, of that name when one is given."""
    return _count(_headers(thread), name)


@FAMILY.function("$Web_IsIndex_Parm", "$Web_URL_Parm", page="$Web_Num_IsIndex")
def web_isindex_parm(
    thread: Thread,
    name: str | None = None,
    occurrence: int | None = None,
    start: int | None = None,
    length: int | None = None,
) -> str:
    """Return the value of a parameter in the URL, decoded; null on any error. Arguments as for $Web_Hdr_Parm."""
    return portion(pick(_query(thread), name, occurrence), start, length)


@FAMILY.function("$Web_IsIndex_Parm_Lstr", "$Web_IsIndex_Lstr", "$Web_URL_Parm_Lstr", page="$Web_Num_IsIndex")
def web_isindex_lstr(thread: Thread, name: str | None = None, occurrence: int | None = None) -> str:
    """Return the value of a parameter in the URL as a Longstring, null on any error."""
    return pick(_query(thread), name, occurrence) or ""


@FAMILY.function("$Web_IsIndex_Len", "$Web_IsIndex_Parm_Len", "$Web_URL_Parm_Len", page="$Web_Num_IsIndex")
def web_isindex_len(thread: Thread, name: str | None = None, occurrence: int | None = None) -> int:
    """Return the length of the value of a parameter in the URL, 0 when there is none."""
    return len(pick(_query(thread), name, occurrence) or "")


@FAMILY.function("$Web_IsIndex_Name", "$Web_URL_Parm_Name", page="$Web_Num_IsIndex")
def web_isindex_name(thread: Thread, occurrence: int = 1) -> str:
    """Return the name of the nth parameter in the URL, null when there are fewer."""
    return _name(_query(thread), occurrence)


@FAMILY.function("$Web_Num_IsIndex", "$Web_Num_URL_Parm", page="$Web_Num_IsIndex")
def web_num_isindex(thread: Thread, name: str | None = None) -> int:
    """Return how many parameters the URL has, of that name when one is given."""
    return _count(_query(thread), name)


@FAMILY.function("$Web_IPAddr", page="$Web_IPAddr")
def web_ipaddr(thread: Thread) -> str:
    """Return the client's IP address, null off a web thread."""
    state = live(thread)
    return "" if state is None else state.peer.address.host


@FAMILY.function("$Web_User", page="$Web_User")
def web_user(thread: Thread) -> str:
    """Return the userid the browser sent in the Authorization header, null when it sent none."""
    state = live(thread)
    return "" if state is None else state.userid_sent


@FAMILY.function("$Web_Password", page="$Web_Password")
def web_password(thread: Thread) -> str:
    """Return the password the browser sent, null when it sent none.

    Valid only while NEWSESCMD runs: anywhere else on a web thread the request is cancelled. Null off a web thread.
    """
    state = live(thread)
    if state is None:
        return ""
    if not state.prelogin:
        raise RequestCancelled(WEB_MESSAGES["SOUL.2406"], function="$Web_Password")
    return state.password_sent


@FAMILY.function("$Web_Secure", page="Janus Web Server $functions")
def web_secure(thread: Thread) -> int:
    """Return 1 when the request came over SSL or TLS, else 0."""
    state = live(thread)
    return 0 if state is None else int(state.peer.secure)


@FAMILY.function("$Web_Protocol", page="$Web_Protocol")
def web_protocol(thread: Thread) -> int:
    """Return the protocol of the connection: 0 none, 4 TLS 1.0, 8 TLS 1.1, 16 TLS 1.2, 32 TLS 1.3.

    The values above 4 are those of the SSLPROT bits (our choice: the page lists none). 0 off a web thread.
    """
    state = live(thread)
    return 0 if state is None else state.peer.protocol


@FAMILY.function("$Web_Port", page="Janus Web Server $functions")
def web_port(thread: Thread) -> str:
    """Return the name of the Janus port, null off a web thread."""
    state = live(thread)
    return "" if state is None else state.port.name


@FAMILY.function("$Web_Num_LogMsg", page="$Web_Num_LogMsg")
def web_num_logmsg(thread: Thread) -> int:
    """Return how many messages the login issued; 0 on a port with LOGMSGI."""
    state = live(thread)
    return 0 if state is None else len(state.log_messages)


@FAMILY.function("$Web_LogMsg", page="$Web_LogMsg")
def web_logmsg(thread: Thread, number: int = 1) -> str:
    """Return the nth message of the login, null when there is none."""
    state = live(thread)
    if state is None or not 1 <= number <= len(state.log_messages):
        return ""
    return state.log_messages[number - 1]
