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
    """Return the value of a request header.

    Arguments: name, in any case, METHOD, URL (the path), HTTP or VERSION, and ISINDEX (the query) are names too;
    occurrence, which one of that name, or of all when the name is omitted, default 1; start and length, the part
    wanted, default the whole value.
    Result: null on any error. Authorization is visible only while NEWSESCMD runs.
    Request:
        GET /crew?ship=Pequod
        User-Agent: Spyglass/1.0
    Example:
        Print $Web_Hdr_Parm('METHOD')
        Print $Web_Hdr_Parm('URL')
        Print $Web_Hdr_Parm('ISINDEX')
        Print $Web_Hdr_Parm('user-agent', , 1, 8)
    Prints:
        GET
        /crew
        ship=Pequod
        Spyglass
    Page: m204wiki, $Web_Hdr_Parm
    """
    return portion(_value(_headers(thread), name, occurrence), start, length)


@FAMILY.function("$Web_Hdr_Parm_Lstr", page="$Web_Hdr_Parm")
def web_hdr_parm_lstr(thread: Thread, name: str | None = None, occurrence: int | None = None) -> str:
    """Return the value of a request header as a longstring.

    Arguments: name and occurrence, as for $Web_Hdr_Parm.
    Result: null on any error.
    Request:
        GET /
        Accept: text/html
    Example:
        Print $Web_Hdr_Parm_Lstr('ACCEPT')
    Prints:
        text/html
    Page: m204wiki, $Web_Hdr_Parm
    """
    return _value(_headers(thread), name, occurrence)


@FAMILY.function("$Web_Hdr_Len", "$Web_Hdr_Parm_Len", page="$Web_Hdr_Len or $Web_Hdr_Parm_Len")
def web_hdr_len(thread: Thread, name: str | None = None, occurrence: int | None = None) -> int:
    """Return the length of a request header's value.

    Arguments: name and occurrence, as for $Web_Hdr_Parm.
    Result: characters, 0 when there is no such header.
    Request:
        GET /
        Accept: text/html
    Example:
        Print $Web_Hdr_Len('ACCEPT')
        Print $Web_Hdr_Len('NONE')
    Prints:
        9
        0
    Page: m204wiki, $Web_Hdr_Len or $Web_Hdr_Parm_Len
    """
    return len(_value(_headers(thread), name, occurrence))


@FAMILY.function("$Web_Hdr_Name", page="Janus Web Server $functions")
def web_hdr_name(thread: Thread, occurrence: int = 1) -> str:
    """Return the name of the nth header field; METHOD, URL and HTTP come first.

    Arguments: occurrence, counted from 1, default 1.
    Result: in upper case unless the port has NOUPCASE; null when there are fewer.
    Request:
        GET /
    Example:
        Print $Web_Hdr_Name(1)
        Print $Web_Hdr_Name(4)
    Prints:
        METHOD
        HOST
    Page: m204wiki, Janus Web Server $functions
    """
    return _name(_headers(thread), occurrence)


@FAMILY.function("$Web_Num_Hdr", page="$Web_Num_Hdr")
def web_num_hdr(thread: Thread, name: str | None = None) -> int:
    """Return how many header fields there are.

    Arguments: name, to count those of that name; default all, with METHOD, URL and HTTP.
    Result: 0 or more.
    Request:
        GET /
        Accept: text/html
    Example:
        Print $Web_Num_Hdr('ACCEPT')
        Print $Web_Num_Hdr('COOKIE')
    Prints:
        1
        0
    Page: m204wiki, $Web_Num_Hdr
    """
    return _count(_headers(thread), name)


@FAMILY.function("$Web_IsIndex_Parm", "$Web_URL_Parm", page="$Web_Num_IsIndex")
def web_isindex_parm(
    thread: Thread,
    name: str | None = None,
    occurrence: int | None = None,
    start: int | None = None,
    length: int | None = None,
) -> str:
    """Return the value of a parameter in the URL, decoded.

    Arguments: name, in any case; occurrence, which one of that name, or of all when the name is omitted, default 1;
    start and length, the part wanted, default the whole value.
    Result: null on any error.
    Request:
        GET /crew?name=Ahab&title=Captain+of+the+Pequod
    Example:
        Print $Web_URL_Parm('NAME')
        Print $Web_IsIndex_Parm(, 2)
        Print $Web_IsIndex_Parm('TITLE', , 16)
    Prints:
        Ahab
        Captain of the Pequod
        Pequod
    Page: m204wiki, $Web_Num_IsIndex
    """
    return portion(pick(_query(thread), name, occurrence), start, length)


@FAMILY.function("$Web_IsIndex_Parm_Lstr", "$Web_IsIndex_Lstr", "$Web_URL_Parm_Lstr", page="$Web_Num_IsIndex")
def web_isindex_lstr(thread: Thread, name: str | None = None, occurrence: int | None = None) -> str:
    """Return the value of a parameter in the URL as a longstring, decoded.

    Arguments: name and occurrence, as for $Web_IsIndex_Parm.
    Result: null on any error.
    Request:
        GET /?name=Queequeg%21
    Example:
        Print $Web_URL_Parm_Lstr('NAME')
    Prints:
        Queequeg!
    Page: m204wiki, $Web_Num_IsIndex
    """
    return pick(_query(thread), name, occurrence) or ""


@FAMILY.function("$Web_IsIndex_Len", "$Web_IsIndex_Parm_Len", "$Web_URL_Parm_Len", page="$Web_Num_IsIndex")
def web_isindex_len(thread: Thread, name: str | None = None, occurrence: int | None = None) -> int:
    """Return the length of a parameter in the URL.

    Arguments: name and occurrence, as for $Web_IsIndex_Parm.
    Result: characters, decoded; 0 when there is no such parameter.
    Request:
        GET /?name=Ahab
    Example:
        Print $Web_URL_Parm_Len('NAME')
    Prints:
        4
    Page: m204wiki, $Web_Num_IsIndex
    """
    return len(pick(_query(thread), name, occurrence) or "")


@FAMILY.function("$Web_IsIndex_Name", "$Web_URL_Parm_Name", page="$Web_Num_IsIndex")
def web_isindex_name(thread: Thread, occurrence: int = 1) -> str:
    """Return the name of the nth parameter in the URL.

    Arguments: occurrence, counted from 1, default 1.
    Result: null when there are fewer.
    Request:
        GET /?name=Ahab&ship=Pequod
    Example:
        Print $Web_URL_Parm_Name(2)
    Prints:
        ship
    Page: m204wiki, $Web_Num_IsIndex
    """
    return _name(_query(thread), occurrence)


@FAMILY.function("$Web_Num_IsIndex", "$Web_Num_URL_Parm", page="$Web_Num_IsIndex")
def web_num_isindex(thread: Thread, name: str | None = None) -> int:
    """Return how many parameters the URL has.

    Arguments: name, to count those of that name; default all.
    Result: 0 or more.
    Request:
        GET /?item=Rope&item=Harpoon&count=3
    Example:
        Print $Web_Num_URL_Parm
        Print $Web_Num_URL_Parm('ITEM')
    Prints:
        3
        2
    Page: m204wiki, $Web_Num_IsIndex
    """
    return _count(_query(thread), name)


@FAMILY.function("$Web_IPAddr", page="$Web_IPAddr")
def web_ipaddr(thread: Thread) -> str:
    """Return the client's IP address.

    Arguments: none.
    Result: null off a web thread.
    Request:
        GET /
    Example:
        Print $Web_IPAddr
    Prints:
        127.0.0.1
    Page: m204wiki, $Web_IPAddr
    """
    state = live(thread)
    return "" if state is None else state.peer.address.host


@FAMILY.function("$Web_User", page="$Web_User")
def web_user(thread: Thread) -> str:
    """Return the userid the browser sent in the Authorization header.

    Arguments: none.
    Result: null when it sent none, and off a web thread.
    Request:
        GET /
        Authorization: Basic QUhBQjpXSEFMRQ==
    Example for NEWSESCMD:
        Begin
        If $Web_User = 'AHAB' And $Web_Password = 'WHALE' Then
          $Sir_Login($Web_User)
        End If
        End
    Prints:
        AHAB
    Page: m204wiki, $Web_User
    """
    state = live(thread)
    return "" if state is None else state.userid_sent


@FAMILY.function("$Web_Password", page="$Web_Password")
def web_password(thread: Thread) -> str:
    """Return the password the browser sent.

    Arguments: none.
    Result: null when it sent none, and off a web thread.
    Errors: anywhere but while NEWSESCMD runs the request is cancelled.
    Request:
        GET /
        Authorization: Basic QUhBQjpXSEFMRQ==
    Example for NEWSESCMD:
        Begin
        If $Web_Password = 'WHALE' Then
          $Sir_Login('AHAB')
        End If
        End
    Prints:
        AHAB
    Page: m204wiki, $Web_Password
    """
    state = live(thread)
    if state is None:
        return ""
    if not state.prelogin:
        raise RequestCancelled(WEB_MESSAGES["SOUL.2406"], function="$Web_Password")
    return state.password_sent


@FAMILY.function("$Web_Secure", page="Janus Web Server $functions")
def web_secure(thread: Thread) -> int:
    """Say whether the request came over SSL or TLS.

    Arguments: none.
    Result: 1 or 0; 0 off a web thread.
    Request with a client certificate:
        GET /
    Example:
        Print $Web_Secure
    Prints:
        1
    Page: m204wiki, Janus Web Server $functions
    """
    state = live(thread)
    return 0 if state is None else int(state.peer.secure)


@FAMILY.function("$Web_Protocol", page="$Web_Protocol")
def web_protocol(thread: Thread) -> int:
    """Return the protocol of the connection.

    Arguments: none.
    Result: 0 none, 4 TLS 1.0, 8 TLS 1.1, 16 TLS 1.2, 32 TLS 1.3; 0 off a web thread. The values above 4 are those of
    the SSLPROT bits (our choice: the page lists none).
    Request with a client certificate:
        GET /
    Example:
        Print $Web_Protocol
    Prints:
        32
    Page: m204wiki, $Web_Protocol
    """
    state = live(thread)
    return 0 if state is None else state.peer.protocol


@FAMILY.function("$Web_Port", page="Janus Web Server $functions")
def web_port(thread: Thread) -> str:
    """Return the name of the Janus port.

    Arguments: none.
    Result: null off a web thread.
    Request:
        GET /
    Example:
        Print $Web_Port
    Prints:
        WEB
    Page: m204wiki, Janus Web Server $functions
    """
    state = live(thread)
    return "" if state is None else state.port.name


@FAMILY.function("$Web_Num_LogMsg", page="$Web_Num_LogMsg")
def web_num_logmsg(thread: Thread) -> int:
    """Return how many messages the login issued.

    Arguments: none.
    Result: 0 on a port with LOGMSGI, when there was no login, and off a web thread.
    Request:
        GET /
    Example:
        Print $Web_Num_LogMsg
    Prints:
        0
    Page: m204wiki, $Web_Num_LogMsg
    """
    state = live(thread)
    return 0 if state is None else len(state.log_messages)


@FAMILY.function("$Web_LogMsg", page="$Web_LogMsg")
def web_logmsg(thread: Thread, number: int = 1) -> str:
    """Return the nth message of the login, for instance in a LOGONERR handler.

    Arguments: number, counted from 1, default 1.
    Result: null when there is none.
    Request:
        GET /
    Example:
        %i is float
        For %i From 1 To $Web_Num_LogMsg
          Print $Web_LogMsg(%i)
        End For
        Print 'no more'
    Prints:
        no more
    Page: m204wiki, $Web_LogMsg
    """
    state = live(thread)
    if state is None or not 1 <= number <= len(state.log_messages):
        return ""
    return state.log_messages[number - 1]
