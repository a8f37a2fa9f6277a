"""Handlers written in SOUL, on a web port of an Online directory: what the browser gets when they go well or wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from soul.assembly import build
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.peer import Peer
from soul.janus.state import janus_of
from soul.janus.stream import Address
from soul.janus.web.service import WebService
from soul.online.online import Online

PEER = Peer(Address("192.0.2.7", 5000), Address("127.0.0.1", 8080))
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)

Send = Callable[..., HttpResponse]


class Directory:
    """An Online directory with one web port, WEB, and its procedures."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.procedures = path / "MYPROC"
        self.procedures.mkdir()
        self.online: Online
        self.service: WebService

    def store(self, name: str, text: str) -> None:
        (self.procedures / f"{name}.soul").write_text(text, "utf-8")

    def start(self, parameters: str = "", rules: str = "ALLOW *\nON /* CMD 'INCLUDE *'") -> None:
        lines = [f"JANUS DEFINE WEB 8080 WEBSERV 10 HTTPVERSION 1.1 OPEN FILE MYPROC {parameters}"]
        lines += [f"JANUS WEB WEB {rule}" for rule in rules.splitlines()]
        (self.path / "ccain.m204").write_text("\n".join(lines) + "\n", "utf-8")
        self.online = build(self.path)
        problems = self.online.run_startup()
        assert not problems, problems
        port = janus_of(self.online).ports.get("WEB")
        assert port is not None
        self.service = WebService(self.online, port)

    def send(
        self,
        path: str,
        method: str = "GET",
        query: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        stop: list[str] | None = None,
    ) -> HttpResponse:
        request = HttpRequest(method, path, path, query, "1.1", (("Host", "h"), *headers), body)
        return self.service.handle(request, PEER, [] if stop is None else stop)

    @property
    def audit(self) -> str:
        return "\n".join(f"{line.line_type} {line.text}" for line in self.online.audit.lines)


@pytest.fixture
def directory(tmp_path: Path):
    made = Directory(tmp_path)
    yield made
    made.online.close()


def test_page_with_form_fields_headers_and_cookies(directory):
    directory.store(
        "PAGE",
        """\
Begin
%rc is float
%rc = $Web_Type('text/html')
%rc = $Web_Response('X-Made-By', 'SOUL')
$Web_Set_Cookie('SEEN', '1', , '/')
Html
<p>{$Web_Parm('NAME')} from {$Web_Hdr_Parm('X-TOWN',,1,3)} asks {$Web_URL_Parm('Q')} of {$Web_Num_Form} fields</p>
End Html
Print $Web_Hdr_Parm('URL') And $Web_User And $UserId And 'ü'
End
""",
    )
    directory.start()
    response = directory.send("/PAGE", "POST", "q=why", (*FORM, ("X-Town", "Springfield")), b"name=Homer+%3CS%3E&x=1")
    assert response.status == 200
    lines = response.body.decode().split("\r\n")
    assert lines[0] == "<p>Homer <S> from Spr asks why of 2 fields</p>"
    assert lines[1].split() == ["/PAGE", "WEBUSER", "ü"]
    assert response.headers == [
        ("Content-Type", "text/html; charset=utf-8"),
        ("X-Made-By", "SOUL"),
        ("Set-Cookie", "SEEN=1; path=/"),
    ]


def test_compile_errors_stay_in_the_audit_trail(directory):
    directory.store("BAD", "Begin\n%secret = Nonsense(\nPrint 'x'\nPrnt 'y'\nEnd\n")
    directory.start()
    response = directory.send("/BAD")
    assert response.status == 500
    for internal in (b"Nonsense", b"secret", b"Prnt", b"MYPROC", b"M204", b"SOUL."):
        assert internal not in response.body
    assert "MYPROC(BAD) line 2" in directory.audit
    assert "MYPROC(BAD) line 4" in directory.audit
    assert directory.send("/BAD").status == 500


def test_cancelled_request(directory):
    directory.store("CANCEL", "Begin\nPrint 'half a page'\nAssert 1 = 2\nEnd\n")
    directory.start()
    response = directory.send("/CANCEL")
    assert response.status == 500
    assert b"half a page" not in response.body
    assert "MSIR.0494" in directory.audit


def test_reqcancel_handler_in_soul(directory):
    directory.store("CANCEL", "Begin\nAssert 1 = 2\nEnd\n")
    directory.store("OOPS", "Begin\nPrint 'Sorry.'\n%rc is float\n%rc = $Web_Done(500)\nEnd\n")
    directory.start(rules="ALLOW *\nON /* CMD 'INCLUDE *'\nON REQCANCEL OPEN FILE MYPROC CMD 'INCLUDE OOPS'")
    response = directory.send("/CANCEL")
    assert (response.status, response.body) == (500, b"Sorry.\r\n")


def test_endless_handler_is_stopped(directory):
    directory.store("LOOP", "Begin\n%x is float\nRepeat While 1 = 1\n%x = %x + 1\nEnd Repeat\nEnd\n")
    directory.start()
    stop: list[str] = []
    timer = threading.Timer(0.2, stop.append, ["TIME LIMIT"])
    timer.start()
    response = directory.send("/LOOP", stop=stop)
    timer.join()
    assert (response.status, response.close) == (503, True)
    assert "REQUEST STOPPED: TIME LIMIT" in directory.audit
    assert directory.online.threads == []


def test_handler_that_prints_50_megabytes(directory):
    directory.store(
        "BIG",
        "Begin\n%i is float\n%line is longstring\n%line = $PadR('x', 'x', 250)\n"
        "For %i From 1 To 200000\nPrint %line\nEnd For\nEnd\n",
    )
    directory.start()
    response = directory.send("/BIG")
    assert response.status == 500
    assert len(response.body) < 1000
    assert "SOUL.2403" in directory.audit
    assert "output_bytes" in directory.audit


def test_program_goes_on_after_web_done(directory):
    directory.store(
        "DONE",
        "Begin\n%rc is float\nPrint 'page'\n%rc = $Web_Done\nAudit 'went on'\nPrint 'too late'\nAudit 'no'\nEnd\n",
    )
    directory.start()
    response = directory.send("/DONE")
    assert (response.status, response.body) == (200, b"page\r\n")
    assert "US went on" in directory.audit
    assert "US no" not in directory.audit
    assert "M204.0564" in directory.audit


def test_a_line_held_open_after_web_done_loses_the_user_too(directory):
    directory.store("DONE", "Begin\n%rc is float\nPrint 'page'\n%rc = $Web_Done\nPrint 'too late' ...\nEnd\n")
    directory.start()
    response = directory.send("/DONE")
    assert (response.status, response.body) == (200, b"page\r\n")
    assert "M204.0564" in directory.audit
    assert "SOUL.0216" not in directory.audit


REPORT = "Begin\nSet Header 1 'HEADER'\nNew Page\nPrint '12345'\nEnd\n"


@pytest.mark.parametrize(("control", "body"), [(1, b"12345\r\n"), (9, b"HEADER\r\n12345\r\n")])
def test_a_page_of_a_web_port_has_pages_with_hdrctl_8_only(directory, control, body):
    settings = f"[parameters]\nOUTLPP = 40\nOUTMRL = 3\nHDRCTL = {control}\n"
    (directory.path / "soul.toml").write_text(settings, "utf-8")
    directory.store("REPORT", REPORT)
    directory.start()
    assert directory.send("/REPORT").body == body


LOGIN = """\
Begin
%rc is float
If $Web_URL_Parm('KEY') = 'sesame' Then
   %rc = $Sir_Login('ALICE')
End If
End
"""


def test_trusted_login_in_newsescmd(directory):
    (directory.path / "soul.toml").write_text("[users.ALICE]\n", "utf-8")
    directory.store("ENTER", LOGIN)
    directory.store("WHO", "Begin\nPrint $UserId\nEnd\n")
    directory.start(
        "NEWSESOPEN FILE MYPROC NEWSESCMD 'INCLUDE ENTER'", "DISALLOW *\nALLOW /* USER ALICE\nON /* CMD 'INCLUDE WHO'"
    )
    assert directory.send("/", query="key=sesame").body == b"ALICE\r\n"
    refused = directory.send("/", query="key=open")
    assert refused.status == 401


HOSTILE = [
    *[
        "../SECRET",
        "..",
        ".",
        "/etc/passwd",
        "SECRET",
        "PAGE'",
        "'PAGE'",
        "PAGE,X",
        "PAGE.soul",
        "?PAGE",
        "??G",
        "-1",
        "%2e%2e%2fSECRET",
        "*",
        "é",
    ],
    *("PAGE X", 'PA"GE', "..\\SECRET", "PAGE -", "\u2028", "PAGE\u00a0"),
]


@pytest.mark.parametrize("name", HOSTILE)
def test_url_reaches_only_procedures_by_their_whole_name(directory, name):
    directory.store("PAGE", "Begin\nPrint 'reached'\nEnd\n")
    (directory.path / "SECRET.soul").write_text("Begin\nPrint 'secret'\nEnd\n", "utf-8")
    (directory.path / "OTHER").mkdir()
    (directory.path / "OTHER" / "SECRET.soul").write_text("Begin\nPrint 'secret'\nEnd\n", "utf-8")
    directory.start()
    assert directory.send("/PAGE").body == b"reached\r\n"
    response = directory.send("/" + name)
    assert response.status in (400, 404)
    assert b"secret" not in response.body
    assert b"reached" not in response.body


def test_procedure_names_with_blanks_and_special_characters(directory):
    directory.store("MY PAGE", "Begin\nPrint 'blank'\nEnd\n")
    directory.start()
    assert directory.send("/MY PAGE").body == b"blank\r\n"


def test_several_requests_at_once_do_not_mix(directory):
    directory.store(
        "ECHO",
        "Begin\n%i is float\n$SetG('X', $Web_URL_Parm('X'))\nFor %i From 1 To 200\nPrint $GetG('X')\nEnd For\nEnd\n",
    )
    directory.start()
    answers: dict[int, bytes] = {}

    def work(number: int) -> None:
        answers[number] = directory.send("/ECHO", query=f"X={number}").body

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert answers == {number: f"{number}\r\n".encode() * 200 for number in range(8)}
