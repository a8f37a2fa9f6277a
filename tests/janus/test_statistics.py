"""$SyStat, $JpStat and $JpStatL, as a program reads them."""

from __future__ import annotations

from soul.assembly import build
from soul.janus.port import PortState
from soul.janus.state import janus_of
from soul.janus.web.statistics import WEB_STATISTICS, WebStatistics
from soul.online.online import ListOutput, Online


def shown(online: Online, *lines: str) -> list[str]:
    output = ListOutput()
    session = online.session(online.new_thread(output))
    session.run("\n".join(["Begin", "%d is string len 255", "%n is float", *lines, "End"]))
    online.release(session.thread)
    return output.lines


def with_ports() -> Online:
    online = build(None)
    session = online.startup_session(ListOutput())
    session.run("JANUS DEFINE WEBA 8080 WEBSERV 10\nJANUS DEFINE OUT * CLSOCK 5\n", terminal=False)
    online.release(session.thread)
    port = janus_of(online).ports.get("WEBA")
    assert port is not None
    port.state = PortState.STARTED
    port.counters.active, port.counters.refused, port.counters.connects = 3, 2, 70_000
    return online


def test_figures_of_the_online() -> None:
    online = build(None)
    statistics = WebStatistics()
    online.slots.put(WEB_STATISTICS, statistics)
    for status in (200, 302, 404, 403, 500, 200):
        statistics.count(status)
    rows = shown(
        online,
        "%d = $SyStat('jscreens JWEBERRS DKIO')",
        "Print $Len(%d) ' [' $Substr(%d,5,10) '] ' $C2X($Substr(%d,15,2))",
        "Print $Unbin($Substr(%d,17,4)) ' ' $Unbin($Substr(%d,21,4)) ' ' $Unbin($Substr(%d,25,4))",
        "Print ($Unbin($Substr(%d,1,4)) >= 0)",
        "%d = $SyStat('JWEBERRS', 8)",
        "Print $Len(%d) ' [' $Substr(%d,9,8) '] ' $C2X($Substr(%d,17,8))",
    )
    assert rows == ["28 [SYSTEM    ] 0000", "4 2 0", "1", "24 [SYSTEM  ] 0000000000000002"]


def test_figures_of_a_port() -> None:
    rows = shown(
        with_ports(),
        "%d = $JpStat('TYPE ACTIV FREE REFUSED CONNECTS', 'weba')",
        "Print $Len(%d) ' [' $Substr(%d,5,30) '] ' $Unbin($Substr(%d,35,2)) ' [' $Substr(%d,37,8) ']'",
        "For %n From 45 To 57 By 4",
        "Print $Unbin($Substr(%d,%n,4))",
        "End For",
    )
    assert rows == [f"60 [{'WEBA':30}] 1 [WEBSERV ]", "3", "7", "2", "70000"]


def test_figures_of_all_active_ports() -> None:
    rows = shown(
        with_ports(),
        "%n = $ListNew",
        "%d = $ListAdd(%n, 'OLD')",
        "Print ($JpStatL(%n, 'ACTIV REFUSED') >= 0) ' ' $ListCnt(%n)",
        "%d = $ListInf(%n, 1)",
        "Print '[' $Substr(%d,1,30) '] ' $Unbin($Substr(%d,31,2)) ' ' $Unbin($Substr(%d,33,4)) ' ' $Unbin($Substr(%d,37))",
    )
    assert rows == ["1 1", f"[{'WEBA':30}] 8080 3 2"]


def test_codes() -> None:
    many = "CPU " * 60
    rows = shown(
        with_ports(),
        f"Print $Unbin($SyStat) ' ' $Unbin($SyStat('CPU X')) ' ' $Unbin($SyStat('CPU',4)) ' ' $Unbin($SyStat('{many}'))",
        "Print $Unbin($JpStat('ACTIV')) ' ' $Unbin($JpStat('X','WEBA')) ' ' $Unbin($JpStat('ACTIV','NONE'))",
        "Print $JpStatL(0) ' ' $JpStatL(99,'ACTIV') ' ' $JpStatL($ListNew,'X')",
    )
    assert rows == ["-5 -12 -12 -14", "-5 -12 -12", "-5 -6 -12"]
    assert shown(build(None), "Print $JpStatL($ListNew,'ACTIV')") == ["-17"]
