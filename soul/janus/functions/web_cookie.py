"""$Web_ functions for cookies. Source: m204wiki, $Web_Cookie_Parm; $Web_Set_Cookie."""

from __future__ import annotations

from soul.janus.http.cookies import CookieError, SetCookie
from soul.janus.web.dates import to_text
from soul.janus.web.messages import WEB_MESSAGES
from soul.janus.web.thread import Pairs, live, pick, portion
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread
from soul.runtime.values import Value

FAMILY = Family("web cookies")

NOT_WEB = -1
INVALID = -4


def _cookies(thread: Thread) -> Pairs:
    state = live(thread)
    return () if state is None else state.cookies


@FAMILY.function("$Web_Cookie_Parm", "$Web_Get_Cookie", page="$Web_Cookie_Parm")
def web_cookie_parm(
    thread: Thread,
    name: str | None = None,
    occurrence: int | None = None,
    start: int | None = None,
    length: int | None = None,
) -> str:
    """Return the value of a cookie the browser sent.

    Arguments: name, in any case; occurrence, which one of that name, or of all when the name is omitted, default 1;
    start and length, the part wanted, default the whole value.
    Result: null on any error.
    Request:
        GET /
        Cookie: crew=Ahab; ship=Pequod
    Example:
        Print $Web_Cookie_Parm('SHIP')
        Print $Web_Cookie_Parm(, 1)
    Prints:
        Pequod
        Ahab
    Page: m204wiki, $Web_Cookie_Parm
    """
    return portion(pick(_cookies(thread), name, occurrence), start, length)


@FAMILY.function("$Web_Get_Cookie_Lstr", "$Web_Cookie_Parm_Lstr", page="$Web_Cookie_Parm")
def web_get_cookie_lstr(thread: Thread, name: str | None = None, occurrence: int | None = None) -> str:
    """Return the value of a cookie as a longstring.

    Arguments: name and occurrence, as for $Web_Cookie_Parm.
    Result: null on any error.
    Request:
        GET /
        Cookie: crew=Ahab
    Example:
        Print $Web_Get_Cookie_Lstr('crew')
    Prints:
        Ahab
    Page: m204wiki, $Web_Cookie_Parm
    """
    return pick(_cookies(thread), name, occurrence) or ""


@FAMILY.function("$Web_Cookie_Len", "$Web_Cookie_Parm_Len", page="$Web_Cookie_Parm")
def web_cookie_len(thread: Thread, name: str | None = None, occurrence: int | None = None) -> int:
    """Return the length of a cookie's value.

    Arguments: name and occurrence, as for $Web_Cookie_Parm.
    Result: characters, 0 when there is no such cookie.
    Request:
        GET /
        Cookie: crew=Ahab
    Example:
        Print $Web_Cookie_Len('CREW')
    Prints:
        4
    Page: m204wiki, $Web_Cookie_Parm
    """
    return len(pick(_cookies(thread), name, occurrence) or "")


@FAMILY.function("$Web_Cookie_Name", page="$Web_Cookie_Parm")
def web_cookie_name(thread: Thread, occurrence: int = 1) -> str:
    """Return the name of the nth cookie.

    Arguments: occurrence, counted from 1, default 1.
    Result: null when there are fewer.
    Request:
        GET /
        Cookie: crew=Ahab; ship=Pequod
    Example:
        Print $Web_Cookie_Name(2)
    Prints:
        ship
    Page: m204wiki, $Web_Cookie_Parm
    """
    cookies = _cookies(thread)
    return cookies[occurrence - 1][0] if 1 <= occurrence <= len(cookies) else ""


@FAMILY.function("$Web_Num_Cookie", page="Janus Web Server $functions")
def web_num_cookie(thread: Thread, name: str | None = None) -> int:
    """Return how many cookies the browser sent.

    Arguments: name, to count those of that name; default all.
    Result: 0 or more.
    Request:
        GET /
        Cookie: crew=Ahab; ship=Pequod
    Example:
        Print $Web_Num_Cookie $Web_Num_Cookie('SHIP')
    Prints:
        21
    Page: m204wiki, Janus Web Server $functions
    """
    cookies = _cookies(thread)
    return len(cookies) if not name else sum(1 for key, _ in cookies if key.upper() == name.upper())


@FAMILY.function("$Web_Set_Cookie", "$Web_Set_Cookie_Lstr", page="$Web_Set_Cookie")
def web_set_cookie(
    thread: Thread,
    name: str | None = None,
    value: str | None = None,
    expire: Value | None = None,
    path: str | None = None,
    domain: str | None = None,
    secure: str | None = None,
) -> int:
    """Set a cookie in the browser; a second call for the same name, path and domain replaces the first.

    Arguments: name; value; expire, in seconds since 1900-01-01 00:00 GMT, omitted until the browser ends; path, default
    the path of this URL, `/` for all; domain, default this host; secure, SECURE or INSECURE (default).
    Result: 0; -1 off a web thread; -4 when name or value is missing or an argument is invalid.
    Request:
        GET /
    Example:
        Print $Web_Set_Cookie('ship', 'Pequod', , '/', , 'SECURE')
        Print $Web_Set_Cookie('ship')
    Prints:
        0
        -4
    Response:
        Set-Cookie: ship=Pequod; path=/; secure
    Page: m204wiki, $Web_Set_Cookie
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    expires, valid = _expires(expire)
    word = (secure or "INSECURE").strip().upper()
    if not name or value is None or not valid or word not in ("SECURE", "INSECURE"):
        return INVALID
    cookie = SetCookie(name, value, expires, path or "", domain or "", word == "SECURE")
    try:
        state.page.set_cookie(cookie)
    except CookieError as error:
        thread.message(WEB_MESSAGES["SOUL.2412"], function="$Web_Set_Cookie", reason=error)
        return INVALID
    return 0


def _expires(expire: Value | None) -> tuple[str, bool]:
    """Return the HTTP date of an expire argument, and whether the argument is valid."""
    if expire is None or expire == "":
        return "", True
    try:
        text = to_text(float(expire))
    except ValueError:
        return "", False
    return text, bool(text)
