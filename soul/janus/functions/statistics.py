"""$SyStat, $JpStat and $JpStatL: figures of the Online and of its ports, as binary numbers in a string.

Source: m204wiki, $SyStat; $JpStat; $JpStatL; Janus Web Server. The names of the figures of ports are not readable: they
are those that JANUS TSTATUS and SSLSTATUS have for their columns (our choice).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from soul.janus.port import Port, PortState
from soul.janus.state import janus_of
from soul.janus.web.statistics import WEB_STATISTICS, WebStatistics
from soul.online.online import Online
from soul.online.session import SESSION
from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.functions.lists import BAD_LIST, MISSING, NO_ROOM, lists
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("statistics")
INVALID, NOT_LINKED, TOO_LONG, NO_PORT = -12, -13, -14, -17
LONGEST = 255


def _web(online: Online) -> WebStatistics:
    return online.slots.get(WEB_STATISTICS) or WebStatistics()


# DKIO and SVIO, disk and server input and output, are named on the page of $SyStat: there is none of either here.
_SYSTEM: Mapping[str, Callable[[Online], int]] = {
    "CPU": lambda online: int(time.process_time() * 1000),
    "DKIO": lambda online: 0,
    "SVIO": lambda online: 0,
    "JSCREENS": lambda online: _web(online).jscreens,
    "JWEBERRS": lambda online: _web(online).jweberrs,
}

_PORT: Mapping[str, Callable[[Port], int | str]] = {
    "TYPE": lambda port: port.definition.type,
    "STAT": lambda port: port.state,
    "MAXCON": lambda port: port.definition.max_connections,
    "ACTIV": lambda port: port.counters.active,
    "FREE": lambda port: port.definition.max_connections - port.counters.active,
    "PERST": lambda port: port.counters.persistent,
    "INUSE": lambda port: port.counters.active + port.counters.persistent,
    "INUSEH": lambda port: port.counters.high_water,
    "REFUSED": lambda port: port.counters.refused,
    "CONNECTS": lambda port: port.counters.connects,
    "SESNEW": lambda port: port.counters.new_sessions,
    "SESNF": lambda port: port.counters.sessions_not_found,
    "SESTO": lambda port: port.counters.sessions_timed_out,
    "ERRS": lambda port: port.counters.errors,
}


def _online(thread: Thread) -> Online | None:
    session = thread.slots.get(SESSION)
    return None if session is None else session.online


def _bytes(value: int | str, width: int = 4) -> bytes:
    """Return a figure: an unsigned binary number, or a text of eight characters."""
    if isinstance(value, str):
        return _text(value, 8)
    return (value % (1 << 8 * width)).to_bytes(width, "big")


def _text(text: str, width: int) -> bytes:
    return to_ebcdic(text.ljust(width)[:width])


def _code(code: int) -> str:
    """Return an error code as the string that is exactly four bytes long."""
    return from_ebcdic(code.to_bytes(4, "big", signed=True))


def _string(data: bytes) -> str:
    return from_ebcdic(data) if len(data) <= LONGEST else _code(TOO_LONG)


@FAMILY.function("$SyStat", page="$SyStat")
def systat(thread: Thread, statistics: str = "", stat8: int = 0) -> str:
    """Return figures of the Online.

    Arguments: names separated by blanks: CPU (milliseconds), JSCREENS (web pages sent), JWEBERRS (web requests answered
    with a 4xx status), DKIO and SVIO (always 0); 8 for figures of eight bytes.
    Result: four bytes with the milliseconds since the Online was brought up, SYSTEM in ten, two of zeros, and from byte
    17 each figure as a binary number of four bytes; with 8, eight bytes with the milliseconds, SYSTEM in eight, and
    figures of eight. A string of four bytes is a code: -5 no names, -12 an unknown name, -13 no Online, -14 too long.
    Example: $Unbin($SyStat('NONE')) -> -12
    Page: m204wiki, $SyStat
    """
    names = statistics.upper().split()
    if not names:
        return _code(MISSING)
    if stat8 not in (0, 8) or not all(name in _SYSTEM for name in names):
        return _code(INVALID)
    online = _online(thread)
    if online is None:
        return _code(NOT_LINKED)
    head, width = (8, 8) if stat8 else (4, 4)
    owner = _text("SYSTEM", 8) if stat8 else _text("SYSTEM", 10) + bytes(2)
    figures = b"".join(_bytes(_SYSTEM[name](online), width) for name in names)
    return _string(_bytes(online.uptime, head) + owner + figures)


@FAMILY.function("$JpStat", page="$JpStat")
def jpstat(thread: Thread, statistics: str = "", port: str = "") -> str:
    """Return figures of a Janus port.

    Arguments: names separated by blanks, those of the columns of JANUS TSTATUS and SSLSTATUS: TYPE STAT MAXCON ACTIV
    FREE PERST INUSE INUSEH REFUSED CONNECTS SESNEW SESNF SESTO ERRS; port name.
    Result: four bytes with the milliseconds since the Online was brought up, the port name in 30, two bytes with the
    number 1, and from byte 37 the figures: numbers of four bytes, texts of eight. A string of four bytes is a code: -5
    an argument is missing, -12 an unknown name or port, -13 no Online, -14 the result would be longer than 255.
    Example: $Unbin($JpStat('ACTIV','NONE')) -> -12
    Page: m204wiki, $JpStat
    """
    names, wanted = statistics.upper().split(), port.strip()
    if not names or not wanted:
        return _code(MISSING)
    online = _online(thread)
    found = janus_of(online).ports.get(wanted) if online is not None else None
    if not all(name in _PORT for name in names) or (found is None and online is not None):
        return _code(INVALID)
    if online is None or found is None:
        return _code(NOT_LINKED)
    return _string(_bytes(online.uptime) + _text(found.name, 30) + _bytes(1, 2) + _figures(found, names))


@FAMILY.function("$JpStatL", page="$JpStatL")
def jpstatl(thread: Thread, list_: int | None = None, statistics: str = "") -> int:
    """Put figures of all ports that are not stopped into a $list, whose items are deleted first.

    Arguments: list; names as for $JpStat.
    Result: milliseconds since the Online was brought up. Each item is the port name in 30 bytes, the port number in
    two, and from byte 33 the figures as those of $JpStat. Codes: -3 no room, -5 an argument is missing, -6 invalid
    $list, -12 an unknown name, -13 no Online, -17 no port is active.
    Example: $JpStatL($ListNew,'NONE') -> -12
    Page: m204wiki, $JpStatL
    """
    names = statistics.upper().split()
    if list_ is None or not names:
        return MISSING
    table = lists(thread)
    if table.get(list_) is None:
        return BAD_LIST
    if not all(name in _PORT for name in names):
        return INVALID
    online = _online(thread)
    if online is None:
        return NOT_LINKED
    state = janus_of(online)
    active = [port for port in state.ports if port.state is not PortState.STOPPED]
    if not active:
        return NO_PORT
    rows = [_text(each.name, 30) + _bytes(state.number(each) or 0, 2) + _figures(each, names) for each in active]
    return online.uptime if table.assign(list_, [from_ebcdic(row) for row in rows]) >= 0 else NO_ROOM


def _figures(port: Port, names: list[str]) -> bytes:
    return b"".join(_bytes(_PORT[name](port)) for name in names)
