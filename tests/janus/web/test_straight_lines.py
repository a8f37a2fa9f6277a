"""A page whose request runs without a command level is the page that the command level makes, and so is its journal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from soul.assembly import build
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.peer import Peer
from soul.janus.state import janus_of
from soul.janus.stream import Address
from soul.janus.web import rule_work
from soul.janus.web.rule_work import RuleWork
from soul.janus.web.service import WebService
from soul.online.straight import StraightRun

PEER = Peer(Address("192.0.2.7", 5000), Address("127.0.0.1", 8080))

PROCEDURES = {
    "plain": "Begin\nPrint 'A'\nEnd\n",
    "comments around": "* The page\n*\nBegin\nPrint 'A'\nEnd\n\n* done\n",
    "certificate": "Begin\nPrint $Web_Cert_Levels\nPrint $Web_Cert_Info('COMMONNAME')\nEnd\n",
    "request": "Begin\nPrint $Web_Parm('X') With $Web_Hdr_Parm('URL')\nEnd\n",
    "user": "Begin\nPrint $User With $UserId With $Account\nEnd\n",
    "files": "Begin\nPrint $CurFile\nPrint $ListInf\nEnd\n",
    "view of parameters": "Begin\nPrint $View('ERMX') With '/' With $View('INCCC')\nEnd\n",
    "globals": "Begin\nPrint $Setg('G', 'X') With $Getg('G')\nEnd\n",
    "nothing left of another request": "Begin\nPrint $Getg('G')\n%x = $Setg('G', 'Y')\nEnd\n",
    "lists": "Begin\n%l is Float\n%l = $ListNew\n%l = $ListAdd(%l, 'A')\nPrint %l\nEnd\n",
    "procedure read": "Begin\n%l is Float\n%l = $Procopn('B', 'MYPROC')\nPrint $RdProc(%l)\nEnd\n",
    "commands": "Begin\nPrint $Commnd('DISPLAY PROC B')\nEnd\n",
    "use of responses": "Begin\n%a is String Len 20\n%a = $Read('NAME?')\nPrint 'x' With %a\nEnd\n",
    "cancelled": "Begin\nPrint 'A'\n%x is Float array(2)\n%x(3) = 1\nPrint 'B'\nEnd\n",
    "stopped": "Begin\nPrint 'A'\nStop\nPrint 'B'\nEnd\n",
    "assert": "Begin\nPrint 'A'\nAssert 1 = 2, info 'no'\nEnd\n",
    "on error": "Begin\nOn Error\nPrint $ErrMsg\nEnd On\n%x is Float array(2)\n%x(3) = 1\nEnd\n",
    "held line": "Begin\nPrint 'A' ...\nEnd\n",
    "held line and a message": "Begin\nPrint 'A' ...\nPrint $ErrMsg ...\n%x is Float array(1)\n%x(3) = 1\nEnd\n",
    "audit": "Begin\nAudit 'A'\nPrint 'B'\nEnd\n",
    "set parameter": "Begin\n%x = $Resetn('ERMX', 3)\nPrint $View('ERMX')\nEnd\n",
    "web set": "Begin\n%x = $Web_Set('LF')\nPrint 'A'\nPrint 'B'\nEnd\n",
    "web off": "Begin\nPrint 'A'\n%x = $Web_Off\nPrint 'B'\n%x = $Web_On\nPrint 'C'\nEnd\n",
    "web done": "Begin\nPrint 'A'\n%x = $Web_Done(404, 'Nope')\nEnd\n",
    "after the response": "Begin\nPrint 'A'\n%x = $Web_Done\nPrint 'B'\nEnd\n",
    "redirected": "Begin\n%x = $Web_Response('Location', '/B')\n%x = $Web_Done(302)\nEnd\n",
    "warned": "Begin\nPrint 'A'\nEnd\nLater\n",
    "commands behind": "Begin\nPrint 'A'\nEnd\nBegin\nPrint 'B'\nEnd\nNOSUCH\n",
    "does not compile": "Begin\nPrint 'A\nEnd\n",
    "unknown variable": "Begin\nPrint %%\nEnd\n",
    "includes another": "Begin\nPrint 'A'\nEnd\nINCLUDE B\n",
    "includes while compiling": "Begin\nInclude B\nPrint 'A'\nEnd\n",
    "no end": "Begin\nPrint 'A'\n",
    "dummy string": "Begin\nPrint '?&G'\nEnd\n",
    "more": "Begin\n%x is Float\n%x = 1\nEnd More\nMore\nPrint %x\nEnd\n",
    "end more": "Begin\nPrint 'A'\nEnd More\n",
    "empty": "",
    "logs off": "Begin\nPrint 'A'\nEnd\nLOGOUT\n",
    "page too large": "Begin\n%x is Float\nFor %x From 1 To 200000\nPrint '0123456789'\nEnd For\nEnd\n",
    "too many errors": "Begin\n%x is Float\nFor %x From 1 To 50\n%y = $Web_Set('x', 'y')\nPrint $ListAdd(99, 'x')\nEnd For\n"
    "End\n",
}

VOLATILE = re.compile(r"\d\d (?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC) \d\d \d\d[.:]\d\d(?:[.:]\d\d)?")

Start = Callable[..., "Place"]


class Place:
    """An Online directory with one web port, WEB."""

    def __init__(self, path: Path, text: str, parameters: str, rule: str, settings: str) -> None:
        self.path = path
        for name, content in (("A", text), ("B", "Print 'B'\n"), ("C", "Begin\nPrint 'C'\nEnd\n")):
            for file in ("MYPROC", "OTHER"):
                (path / file).mkdir(parents=True, exist_ok=True)
                (path / file / f"{name}.soul").write_text(content.replace("'C'", f"'C {file}'"), "utf-8")
        lines = (f"JANUS DEFINE WEB 8080 WEBSERV 10 HTTPVERSION 1.1 {parameters}", "JANUS WEB WEB ALLOW *")
        rules = [f"JANUS WEB WEB ON {each}" for each in rule.splitlines()]
        (path / "ccain.m204").write_text("\n".join([*lines, *rules]) + "\n", "utf-8")
        (path / "soul.toml").write_text("[limits]\noutput_bytes = 1000000\n" + settings, "utf-8")
        self.online = build(path)
        problems = self.online.run_startup()
        assert not problems, problems
        port = janus_of(self.online).ports.get("WEB")
        assert port is not None
        self.service = WebService(self.online, port)

    def send(self, query: str = "X=1", path: str = "/A") -> HttpResponse:
        request = HttpRequest("GET", path, path, query, "1.1", (("Host", "h"),))
        return self.service.handle(request, PEER, [])

    def seen(self) -> tuple[object, ...]:
        """One more request: its response, and the journal lines that it wrote."""
        self.online.audit.clear()
        response = self.send()
        lines = [
            (line.line_type, line.user, line.userid, VOLATILE.sub("", line.text)) for line in self.online.audit.lines
        ]
        page = VOLATILE.sub("", response.body.decode())
        return response.status, response.headers, page, response.userid, response.close, lines, self.online.threads


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    places: list[Place] = []

    def make(
        text: str, parameters: str = "OPEN FILE MYPROC", rule: str = "* CMD 'INCLUDE A'", settings: str = ""
    ) -> Place:
        places.append(Place(tmp_path / str(len(places)), text, parameters, rule, settings))
        return places[-1]

    yield make
    for place in places:
        place.online.close()


@pytest.fixture
def straight_runs(monkeypatch: pytest.MonkeyPatch) -> list[StraightRun]:
    """The runs without a command level so far."""
    runs: list[StraightRun] = []
    run = StraightRun.run

    def noted(self: StraightRun) -> object:
        runs.append(self)
        return run(self)

    monkeypatch.setattr(StraightRun, "run", noted)
    return runs


@pytest.mark.parametrize("rule", ["* CMD 'INCLUDE A'", "/* CMD 'INCLUDE *'"], ids=["line", "name"])
@pytest.mark.parametrize("text", PROCEDURES.values(), ids=PROCEDURES.keys())
def test_the_page_is_the_same(start: Start, monkeypatch: pytest.MonkeyPatch, text: str, rule: str) -> None:
    """Response and journal are the same, the first and the later times, as when there is always a command level."""
    usual, straight = start(text, rule=rule), start(text, rule=rule)
    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(RuleWork, "straight", lambda *arguments: None)
            wanted = usual.seen()
        assert straight.seen() == wanted


RULES = {
    "rule opens": ("", "* OPEN FILE MYPROC CMD 'INCLUDE C'", "MYPROC"),
    "rule opens another": ("OPEN FILE MYPROC", "* OPEN FILE OTHER CMD 'INCLUDE C'", "OTHER"),
    "rule opens two": ("OPEN FILE MYPROC", "* OPEN FILE OTHER AND FILE MYPROC CMD 'INCLUDE C'", "OTHER"),
    "port opens two": ("OPEN FILE MYPROC AND FILE OTHER", "* CMD 'INCLUDE C'", "MYPROC"),
    "no output until $Web_On": ("OPEN FILE MYPROC NOAUTOON", "* CMD 'INCLUDE C'", ""),
}


@pytest.mark.parametrize(("parameters", "rule", "shown"), RULES.values(), ids=RULES.keys())
def test_the_default_file_is_the_same(
    start: Start, straight_runs: list[StraightRun], parameters: str, rule: str, shown: str
) -> None:
    place = start("", parameters, rule)
    first = place.seen()
    assert first[2] == (f"C {shown}\r\n" if shown else "")
    assert [place.seen(), place.seen()] == [first, first]
    assert len(straight_runs) == 2


ONE_REQUEST = ("plain", "cancelled", "globals", "lists", "assert", "web done")
MORE = ("commands behind", "warned", "dummy string", "does not compile", "end more", "more")


@pytest.mark.parametrize(("text", "runs"), [*((text, 2) for text in ONE_REQUEST), *((text, 0) for text in MORE)])
def test_only_the_first_request_needs_a_command_level(
    start: Start, straight_runs: list[StraightRun], text: str, runs: int
) -> None:
    """... from the beginning; a program that asks for it gets it. What is more than one request goes the usual way."""
    place = start(PROCEDURES[text])
    for _ in range(3):
        place.seen()
    assert len(straight_runs) == runs


def test_a_changed_procedure_and_a_file_that_is_gone_are_seen(start: Start, straight_runs: list[StraightRun]) -> None:
    place = start(PROCEDURES["plain"])
    procedure = place.path / "MYPROC" / "A.soul"
    for text in ("one", "two"):
        procedure.write_text(f"Begin\nPrint '{text}'\nEnd\n", "utf-8")
        assert [place.send().body.decode() for _ in range(2)] == [f"{text}\r\n"] * 2
    assert straight_runs
    procedure.unlink()
    assert place.send().status == 500
    procedure.write_text(PROCEDURES["plain"], "utf-8")
    assert [place.send().body for _ in range(2)] == [b"A\r\n"] * 2


def test_a_parameter_that_changes_how_lines_are_read_counts(start: Start, straight_runs: list[StraightRun]) -> None:
    place = start(PROCEDURES["plain"])
    for name, value in (("INCCC", 5), ("MAXINCL", 0), ("VLEN", 33)):
        place.seen(), place.seen()
        straight_runs.clear()
        before, place.online.user_parameters()[name] = place.online.user_parameters()[name], value
        place.seen()
        assert straight_runs == []
        place.online.user_parameters()[name] = before


@pytest.mark.parametrize("condition", ["NODONE", "REQCANCEL"])
@pytest.mark.parametrize("text", ["plain", "globals", "cancelled", "lists", "too many errors", "commands behind"])
def test_an_exception_handler_finds_the_same(
    start: Start, monkeypatch: pytest.MonkeyPatch, text: str, condition: str
) -> None:
    """Files, globals and levels of input are those that the page left, also when it had no command level."""
    rules = f"* OPEN FILE OTHER CMD 'INCLUDE A'\n{condition} CMD 'INCLUDE H'"
    places = [start(PROCEDURES[text], "OPEN FILE MYPROC NOAUTODONE", rules) for _ in range(2)]
    handler = "CLOSE FILE OTHER\nBegin\nPrint 'handled' With $Getg('G')\n%x = $Web_Done\nEnd\n"
    for place in places:
        for file in ("MYPROC", "OTHER"):
            (place.path / file / "H.soul").write_text(handler, "utf-8")
    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(RuleWork, "straight", lambda *arguments: None)
            wanted = places[0].seen()
        assert places[1].seen() == wanted
        assert ("handled" in str(wanted[2])) == (condition == ("REQCANCEL" if text == "cancelled" else "NODONE"))
        assert "SOUL.0204" not in str(wanted)


def test_names_in_urls_lead_to_their_own_procedures(start: Start, straight_runs: list[StraightRun]) -> None:
    """... in any spelling."""
    place = start("Begin\nPrint 'A'\nEnd\n", "OPEN FILE MYPROC NOUPCASE", "/* CMD 'INCLUDE *'")
    pages = {"/A": b"A\r\n", "/C": b"C MYPROC\r\n", "/a": b"A\r\n", "/c": b"C MYPROC\r\n"}
    for _ in range(3):
        assert {path: place.send(path=path).body for path in pages} == pages
    assert len(straight_runs) == len(pages) * 3 - 2  # each procedure was compiled once
    for path in ("/", "/ ", "/D", "/../A", "/A, X", "/A\x85", "/-1", "/0", "/''", "/A B"):
        assert place.send(path=path).status in (400, 404), path
    assert len(straight_runs) == len(pages) * 3 - 2


def test_the_spellings_that_are_remembered_are_few(
    start: Start, monkeypatch: pytest.MonkeyPatch, straight_runs: list[StraightRun]
) -> None:
    monkeypatch.setattr(rule_work, "KNOWN_NAMES", 2)
    place = start("Begin\nPrint 'A'\nEnd\n", "OPEN FILE MYPROC NOUPCASE", "/* CMD 'INCLUDE *'")
    assert [place.send(path=path).status for path in ("/A", "/a", "/C", "/c", "/A", "/a")] == [200] * 6
    assert len(straight_runs) == 4
    assert all(len(work._known) <= 2 for work in place.service._works.values())


def test_a_spelling_that_becomes_a_procedure_of_its_own_is_seen(start: Start) -> None:
    place = start("Begin\nPrint 'A'\nEnd\n", "OPEN FILE MYPROC NOUPCASE", "/* CMD 'INCLUDE *'")
    assert [place.send(path=path).body for path in ("/a", "/a", "/A", "/A")] == [b"A\r\n"] * 4
    (place.path / "MYPROC" / "a.soul").write_text("Begin\nPrint 'small'\nEnd\n", "utf-8")
    assert [place.send(path=path).body for path in ("/a", "/a", "/A")] == [b"small\r\n"] * 2 + [b"A\r\n"]
