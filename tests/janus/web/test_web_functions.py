"""The $Web_ functions, on a web thread and off it."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from soul.janus.web.compression import compressed
from soul.janus.web.dates import EPOCH, from_text, seconds_of, to_text
from soul.janus.web.page import PageOptions
from soul.janus.web.thread import option_setting
from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.library import BuiltinLibrary
from soul.runtime.thread import Thread
from soul.runtime.values import Cell

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def offline():
    """Call a $function on a thread that answers no web request."""
    modules = ("output", "request", "form", "cookie", "dates", "security", "procedure", "saved")
    library = BuiltinLibrary([f"soul.janus.functions.web_{name}" for name in modules])
    silent = SimpleNamespace(line=print, message=print, write=lambda *a: None)
    thread = Thread(silent, silent, clock=lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))

    def call(name, *arguments):
        builtin = library.function(name)
        assert builtin is not None, name
        return builtin.function(*([thread] if builtin.wants_thread else []), *arguments)

    return call


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("$Web", (), 0),
        ("$Web_Api", (), 0),
        ("$Web_On", (), -1),
        ("$Web_Off", (), -1),
        ("$Web_Flush", (), -1),
        ("$Web_Done", (), -1),
        ("$Web_Done", (404, "No such item"), -1),
        ("$Web_Response", ("Pragma", "no-cache"), -1),
        ("$Web_Expire", (3900000000.0,), -1),
        ("$Web_Set_Cookie", ("COLOUR", "BLUE"), -1),
        ("$Web_Type", ("text/html",), -1),
        ("$Web_Put_Text", ("x",), -1),
        ("$Web_Put_Bin", ("x",), -1),
        ("$Web_Sub", ("@",), -1),
        ("$Web_Form_Done", (), -1),
        ("$Web_ProcSend", ("F", "P"), -1),
        ("$Web_Proc_Recv", ("F", "P"), -1),
        ("$Web_Set", ("CR",), ""),
        ("$Web_Hdr_Parm", ("HOST",), ""),
        ("$Web_Num_Hdr", (), 0),
        ("$Web_Form_Parm", ("A",), ""),
        ("$Web_Parm", ("A",), ""),
        ("$Web_Num_IsIndex", (), 0),
        ("$Web_Get_Cookie", ("A",), ""),
        ("$Web_IPAddr", (), ""),
        ("$Web_User", (), ""),
        ("$Web_Password", (), ""),
        ("$Web_Protocol", (), 0),
        ("$Web_Secure", (), 0),
        ("$Web_Port", (), ""),
        ("$Web_Cert_Levels", (), 0),
        ("$Web_Cert_Info", ("CN",), ""),
        ("$Web_End_SSLSes", (), -1),
        ("$Web_End_Ses", (), -1),
        ("$Web_Input_Content", (), ""),
        ("$Web_File_Content", (), ""),
        ("$Web_Output_Type", (), ""),
        ("$Web_Num_LogMsg", (), 0),
        ("$Web_LogMsg", (1,), ""),
        ("$Web_Rest_Recset", ("x",), 2),
    ],
)
def test_off_a_web_thread(offline, name, arguments, result):
    assert offline(name, *arguments) == result


def test_saved_sets_are_off(offline):
    code = Cell(0.0)
    assert offline("$Web_Save_Recset", "FD1", None, code) == ""
    assert code.value == 2


# -- dates ----------------------------------------------------------------------------------------------------

SECONDS = 2993100577


@pytest.mark.parametrize(
    ("name", "argument", "result"),
    [
        ("$Web_NS2Date", 86400, "Tue, 02 Jan 1900 00:00:00 GMT"),
        ("$Web_NS2Date", 5097600, "Thu, 01 Mar 1900 00:00:00 GMT"),
        ("$Web_D2Date", SECONDS, "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("$Web_N2Date", SECONDS, "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("$Web_ND2Date", 36524, "Sat, 01 Jan 2000 00:00:00 GMT"),
        ("$Web_NM2Date", SECONDS * 1000 + 999, "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("$Web_NS2Date", -1, ""),
        ("$Web_NS2Date", 1e15, ""),
        ("$Web_Date2NS", "Sun, 06 Nov 1994 08:49:37 GMT", SECONDS),
        ("$Web_Date2D", "Sunday, 06-Nov-94 08:49:37 GMT", SECONDS),
        ("$Web_Date2N", "Sun Nov  6 08:49:37 1994", SECONDS),
        ("$Web_Date2ND", "Sat, 01 Jan 2000 00:00:00 GMT", 36524),
        ("$Web_Date2NM", "Sun, 06 Nov 1994 08:49:37 GMT", SECONDS * 1000),
        ("$Web_Date2NS", "Tue, 29 Feb 2000 12:00:00 GMT", 3160814400),
        ("$Web_Date2NS", "Wed, 30 Feb 2000 12:00:00 GMT", -9e12),
        ("$Web_Date2NS", "yesterday", -9e12),
    ],
)
def test_dates(offline, name, argument, result):
    assert offline(name, argument) == result


def test_two_digit_years(offline):
    assert offline("$Web_Date2NS", "Sunday, 06-Nov-94 08:49:37 GMT", None, 1980.0) == SECONDS
    later = offline("$Web_Date2NS", "Sunday, 06-Nov-94 08:49:37 GMT", None, 2000.0)
    assert to_text(later).endswith("2094 08:49:37 GMT")


def test_date_with_format_is_local_time(offline):
    local = datetime(1994, 11, 6, 8, 49, 37)
    assert offline("$Web_Date2NS", "19941106084937", "YYYYMMDDHHMISS") == seconds_of(local)


def test_current_time(offline):
    now = (datetime(2026, 11, 25, 12, tzinfo=UTC) - EPOCH) // timedelta(seconds=1)
    assert offline("$Web_DateNS") == offline("$Web_Date") == now
    assert offline("$Web_DateND") == now // 86400
    assert offline("$Web_DateNM") == now * 1000


def test_dates_with_a_zone_are_converted():
    assert seconds_of(datetime(1994, 11, 6, 9, 49, 37, tzinfo=timezone(timedelta(hours=1)))) == SECONDS
    assert from_text(to_text(SECONDS), 1970) == SECONDS


# -- reading the request --------------------------------------------------------------------------------------


def test_headers(page):
    got = {}

    def code(p):
        got["url"] = p("$Web_Hdr_Parm", "url")
        got["method"] = p("$Web_Hdr_Parm", "METHOD")
        got["isindex"] = p("$Web_Hdr_Parm", "ISINDEX")
        got["version"] = p("$Web_Hdr_Parm", "VERSION")
        got["part"] = p("$Web_Hdr_Parm", "X-T", None, 2, 3)
        got["second"] = p("$Web_Hdr_Parm", "x-t", 2)
        got["missing"] = p("$Web_Hdr_Parm", "X-NONE")
        got["no arguments"] = p("$Web_Hdr_Parm")
        got["lengths"] = (p("$Web_Hdr_Len", "X-T"), p("$Web_Hdr_Len", "X-NONE"))
        got["host"] = (p("$Web_Num_Hdr", "HOST"), p("$Web_Hdr_Parm", "Host"), p("$Web_Header", "HOST"))
        got["first"] = (p("$Web_Hdr_Name", 1), p("$Web_Hdr_Parm", None, 1))
        got["count"] = p("$Web_Num_Hdr")
        got["bad start"] = p("$Web_Hdr_Parm", "X-T", None, 0)
        got["authorization"] = (p("$Web_Hdr_Parm", "AUTHORIZATION"), p("$Web_Num_Hdr", "AUTHORIZATION"))

    page.run(code, "/A/B?X=1&Y=2", headers={"X-T": "ABCDEF", "x-T": "second"}, login="homer:doh")
    assert got == {
        "url": "/A/B",
        "method": "GET",
        "isindex": "X=1&Y=2",
        "version": "1.1",
        "part": "BCD",
        "second": "second",
        "missing": "",
        "no arguments": "",
        "lengths": (6, 0),
        "host": (1, "h", "h"),
        "first": ("METHOD", "GET"),
        "count": 7,
        "bad start": "",
        "authorization": ("", 0),
    }


def test_url_parameters(page):
    got = []

    def code(p):
        got.append((p("$Web_Num_IsIndex"), p("$Web_Num_URL_Parm", "x"), p("$Web_IsIndex_Parm", "X", 2)))
        got.append((p("$Web_URL_Parm", None, 3), p("$Web_URL_Parm_Name", 3), p("$Web_URL_Parm_Len", "Y")))

    page.run(code, "/A?X=1&X=2&Y=a+b%41")
    assert got == [(3, 2, "2"), ("a bA", "Y", 4)]


def test_form_fields(page):
    got = []

    def code(p):
        got.append((p("$Web_Form_Parm", "A"), p("$Web_Parm", "a", 2), p("$Web_Parm", "B", None, 2, 1)))
        got.append((p("$Web_Form_Len", "B"), p("$Web_Form_Name", 2), p("$Web_Num_Form"), p("$Web_Num_Form", "A")))
        got.append((p("$Web_Parm", "C"), p("$Web_Input_Content")))

    page.run(code, method="POST", headers=FORM, body=b"A=1&B=xyz&A=2")
    assert got == [("1", "2", "y"), (3, "B", 3, 2), ("", "")]


UPLOAD = (
    b"".join(
        b'--X\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part
        for part in [
            (b"A", b"", b"text"),
            (b"F", b'; filename="one"', b"first"),
            (b"F", b'; filename="two"', b"second"),
            (b"G", b'; filename="three"', b"\x00\xff"),
        ]
    )
    + b"--X--\r\n"
)
MULTIPART = {"Content-Type": "multipart/form-data; boundary=X"}


def test_uploaded_files(page):
    got = []

    def code(p):
        got.append(p("$Web_File_Content", "F", None, "text"))
        got.append(p("$Web_File_Content", "f", 2, "TEXT"))
        got.append(to_ebcdic(p("$Web_File_Content", None, 4)))
        got.append(p("$Web_File_Content"))
        got.append(p("$Web_Parm", "A"))
        got.append(p("$Web_Proc_Receive", "MYPROC", "NEWP", "F", 2))
        got.append(p("$Web_Proc_Receive", None, "BIN", "G"))
        got.append(p("$Web_Proc_Receive", None, "BIN", "H"))

    page.run(code, method="POST", headers=MULTIPART, body=UPLOAD)
    assert got == ["first", "second", b"\x00\xff", "", "text", 0, 0, -5]
    assert page.file.procedure("NEWP").text == "second"
    assert page.file.procedure("BIN").text == "AP8="


def test_input_content(page):
    got = []
    types = (None, "binary", "TEXT", "TextUtf8", "other")
    page.run(
        lambda p: got.extend(p("$Web_Input_Content", one) for one in types),
        method="PUT",
        headers={"Content-Type": "text/plain"},
        body="é".encode(),
    )
    assert [to_ebcdic(got[0]), to_ebcdic(got[1])] == [b"\xc3\xa9", b"\xc3\xa9"]
    assert got[2:] == ["Ã©", "é", ""]


def test_rawinputonly_has_no_fields(site):
    got = []
    site.handler("RUN", lambda p: got.append((p("$Web_Num_Form"), p("$Web_Input_Content", "Text"))))
    site.define("", "ALLOW *\nON * RAWINPUTONLY CMD 'INCLUDE RUN'")
    site.send("POST", "/", headers=FORM, body=b"A=1")
    assert got == [(0, "A=1")]


def test_client(site):
    got = []
    site.handler(
        "RUN", lambda p: got.extend(p(n) for n in ("$Web_IPAddr", "$Web_Secure", "$Web_Protocol", "$Web_Port"))
    )
    site.define("", "ALLOW *\nON * CMD 'INCLUDE RUN'")
    site.send(peer=site.peer(host="198.242.244.97", protocol=16))
    site.send()
    assert got == ["198.242.244.97", 1, 16, "WEB", "192.0.2.7", 0, 0, "WEB"]


# -- building the page ----------------------------------------------------------------------------------------


def test_headers_of_the_response(page, first_header):
    codes = []

    def code(p):
        codes.append(p("$Web_Response", "X-A", "1"))
        codes.append(p("$Web_Response", "x-a", "2"))
        codes.append(p("$Web_Response", None, "2"))
        codes.append(p("$Web_Response", "X-B", "a\r\nSet-Cookie: evil=1"))
        codes.append(p("$Web_Response", "X-C\nX-D", "a"))
        codes.append(p("$Web_Header", "X-E", "5"))
        codes.append(p("$Web_Type", "text/plain"))
        codes.append(p("$Web_Type", ""))
        codes.append(p("$Web_Type", "text/html\r\nX: y"))
        codes.append(p("$Web_Expire", float(SECONDS + 604800)))
        codes.append(p("$Web_Expire", float(SECONDS)))
        codes.append(p("$Web_Expire", "soon"))
        codes.append(p("$Web_Output_Type"))

    response = page.run(code)
    assert codes == [0, 0, -5, -4, -4, 0, 0, -4, -4, 0, 0, -4, "text/plain"]
    assert response.headers == [
        ("Content-Type", "text/plain"),
        ("x-a", "2"),
        ("X-E", "5"),
        ("Expires", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ]


def test_cookies(page):
    codes = []

    def code(p):
        codes.append(
            (p("$Web_Get_Cookie", "A"), p("$Web_Cookie_Parm", "a"), p("$Web_Num_Cookie"), p("$Web_Cookie_Name", 2))
        )
        codes.append(p("$Web_Set_Cookie", "A", "1"))
        codes.append(p("$Web_Set_Cookie", "A", "2"))
        codes.append(p("$Web_Set_Cookie", "B", "1", float(SECONDS), "/", "h", "SECURE"))
        codes.append(p("$Web_Set_Cookie", None, "1"))
        codes.append(p("$Web_Set_Cookie", "C", "1", "soon"))
        codes.append(p("$Web_Set_Cookie", "C\r\nX: y", "1"))
        codes.append(p("$Web_Set_Cookie", "C", "1; domain=evil"))
        codes.append(p("$Web_Set_Cookie", "C", "1", None, "/", None, "MAYBE"))

    response = page.run(code, headers={"Cookie": "A=1; B=2"})
    assert codes == [("1", "1", 2, "B"), 0, 0, 0, -4, -4, -4, -4, -4]
    assert [value for name, value in response.headers if name == "Set-Cookie"] == [
        "A=2",
        "B=1; expires=Sun, 06 Nov 1994 08:49:37 GMT; path=/; domain=h; secure",
    ]


def test_put_text_and_bytes(page):
    def code(p):
        p("$Web_Off")
        p.print("unseen")
        p("$Web_Put_Text", "text")
        p("$Web_Put_Bin", from_ebcdic(b"\xff\xd8"))

    assert page.run(code).body == b"text\r\n\xff\xd8"


def test_flush_and_output_content(page):
    got = []
    response = page.run(
        lambda p: [p.print("a"), p("$Web_Flush"), p.print("b"), got.append(p("$Web_Output_Content", "text"))]
    )
    assert (response.body, got) == (b"b\r\n", ["b\r\n"])


@pytest.mark.parametrize(
    ("content_type", "body", "sent"),
    [
        ("text/html", "plain", "text/html"),
        ("text/html", "é →", "text/html; charset=utf-8"),
        ("application/json", "é", "application/json"),
    ],
)
def test_character_set(page, content_type, body, sent, first_header):
    response = page.run(lambda p: [p("$Web_Type", content_type), p.print(body)])
    assert response.body == body.encode() + b"\r\n"
    assert first_header(response, "Content-Type") == sent


def test_named_character_set(page, first_header):
    response = page.run(lambda p: [p("$Web_Type", "text/plain; charset=iso-8859-1"), p.print("é→")])
    assert response.body == b"\xe9?\r\n"
    assert first_header(response, "Content-Type") == "text/plain; charset=iso-8859-1"


@pytest.mark.parametrize(("status", "code"), [(404, 0), (199, -4), (1000, -4), (599, 0)])
def test_done_status(page, status, code):
    codes = []
    response = page.run(lambda p: codes.append(p("$Web_Done", status, "No such <record>")))
    assert codes == [code]
    assert response.status == (status if code == 0 else 200)
    if code == 0:
        assert b"No such &lt;record&gt;" in response.body


def test_done_401_challenges(page, first_header):
    assert first_header(page.run(lambda p: p("$Web_Done", 401)), "WWW-Authenticate").startswith("Basic realm=")


def test_web_set():
    options = PageOptions()
    assert [option_setting(options, word, None) for word in ("CR", "LF", "crlf")] == ["CRLF"] * 3
    assert option_setting(options, "", "NOAUTODONE") == "AUTODONE"
    assert option_setting(options, "AUTODONE", None) == "NOAUTODONE"
    assert not options.autodone
    assert option_setting(options, "", "LF") == "CRLF"
    assert option_setting(options, "COMPRESS", "2") == "0"
    assert option_setting(options, "COMPRESS", None) == "2"
    for parameter, value in (("COMPRESS", "9"), ("BOGUS", None), ("", "BOGUS"), ("CR", "MSGSEND"), ("", None)):
        assert option_setting(options, parameter, value) == ""


def test_web_set_nomsgsend_and_noautodone(page):
    response = page.run(lambda p: [p("$Web_Set", None, "NOAUTODONE"), p.print("x")])
    assert response.status == 500


SUBSTITUTED = "Greetings from @LOCATION!.\nA @QUALITY! place, @UNKNOWN! and a@b.c\n"


def send_with(page, delimiter, *more):
    page.file.store("CARD", SUBSTITUTED)

    def code(p):
        p.thread.globals.update(LOCATION="Springfield", QUALITY="nice")
        for one in delimiter:
            p("$Web_Sub", one)
        p.print("@LOCATION!")
        p("$Web_ProcSend", None, "CARD", *more)

    return page.run(code).body.decode()


def test_sub(page):
    assert send_with(page, ["@"]) == (
        "@LOCATION!\r\nGreetings from Springfield.\r\nA nice place, @UNKNOWN! and a@b.c\r\n"
    )
    assert "@QUALITY!" in send_with(page, [])
    assert "@QUALITY!" in send_with(page, ["@", ""])
    assert send_with(page, [], "LF") == "@LOCATION!\r\n" + SUBSTITUTED
    codes = []
    page.run(lambda p: codes.append(p("$Web_Sub", "abcd")))
    assert codes == [-4]


def test_proc_send_more_and_errors(page):
    page.file.store("A", "a")
    page.file.store("B", "b")
    codes = []

    def code(p):
        codes.append(p("$Web_Proc_Send", "MYPROC", "A", "MORE"))
        p("$Web_Put_Text", "x")
        codes.append(p("$Web_Proc_Send", "FILE MYPROC", "../B"))
        codes.append(p("$Web_Proc_Send", "NOFILE", "B"))
        codes.append(p("$Web_Proc_Send", None, "B", "CR LF"))
        codes.append(p("$Web_Proc_Send", None, "B", "BINARY"))
        codes.append(p("$Web_Proc_Send", "FILE MYPROC", "B"))

    assert page.run(code).body == b"a\r\nx\r\nb\r\n"
    assert codes == [0, -2, -2, -4, -2, 0]


def test_send_and_recv_rules(site, first_header):
    site.file.store("LOGO.GIF", "R0lG\nODlh\n")
    site.file.store("A.TXT", "line\n")
    rules = "ALLOW ANY *\nTYPE *.GIF image/gif\nTYPE *.TXT text/plain\nON /* SEND *\nON PUT /UP/* RECV *"
    site.define("", rules)
    response = site.send(target="/LOGO.GIF")
    assert (response.body, first_header(response, "Content-Type")) == (b"GIF89a", "image/gif")
    assert site.send(target="/a.txt").body == b"line\r\n"
    assert site.send(target="/NONE").status == 404
    assert site.send("PUT", "/UP/NEW", body=b"one\r\ntwo").status == 201
    assert site.file.procedure("NEW").text.split() == ["one", "two"]
    site.send("PUT", "/UP/..%2F..%2Fetc", body=b"x")
    assert site.file.names() == ["../../ETC", "A.TXT", "LOGO.GIF", "NEW"]  # a name like any other, never a path


def test_last_modified(page):
    since = {"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"}
    assert page.run(lambda p: p("$Web_Last_Modified", float(SECONDS)), headers=since).status == 304
    assert page.run(lambda p: p("$Web_Last_Modified", float(SECONDS + 1)), headers=since).status == 200


def test_form_done(page):
    codes = []
    assert page.run(lambda p: [p.print("form"), codes.append(p("$Web_Form_Done", -1))]).body == b"form\r\n"
    assert codes == [0]
    assert page.run(lambda p: p("$Web_Form_Done", -1, 5)).status == 500


# -- compression ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "accepted", "content_type", "coding"),
    [
        (0, "gzip", "text/html", None),
        (1, "gzip, deflate", "text/html", "gzip"),
        (2, "deflate", "text/html", "deflate"),
        (2, "gzip;q=0, deflate", "text/html", "deflate"),
        (2, "", "text/html", None),
        (2, "br", "text/html", None),
        (2, "gzip", "image/gif", None),
    ],
)
def test_compression(level, accepted, content_type, coding, first_header):
    from soul.janus.http.message import HttpResponse

    body = b"page " * 200
    response = compressed(HttpResponse(headers=[("Content-Type", content_type)], body=body), level, accepted)
    assert first_header(response, "Content-Encoding") == coding
    window = {"gzip": 31, "deflate": 15, None: 0}[coding]
    assert (zlib.decompress(response.body, window) if coding else response.body) == body


def test_compression_needs_ncmpbuf(site, first_header):
    site.handler("RUN", lambda p: p.print("x" * 5000))
    site.define("", "ALLOW *\nON * COMPRESS 2 CMD 'INCLUDE RUN'")
    assert first_header(site.send(headers={"Accept-Encoding": "gzip"}), "Content-Encoding") is None


def test_compression_with_ncmpbuf(site, first_header):
    site.online.user_parameters()["NCMPBUF"] = 5
    site.handler("RUN", lambda p: p.print("x" * 5000))
    site.define("COMPRESS 1", "ALLOW *\nON * CMD 'INCLUDE RUN'\nON /NOT COMPRESS 0 CMD 'INCLUDE RUN'")
    offered = {"Accept-Encoding": "gzip"}
    response = site.send(headers=offered)
    assert first_header(response, "Content-Encoding") == "gzip"
    assert zlib.decompress(response.body, 31) == b"x" * 5000 + b"\r\n"
    assert first_header(site.send(target="/NOT", headers=offered), "Content-Encoding") is None
    assert "SOUL.2414" not in site.audit


def test_compress_without_ncmpbuf_is_said_once(site):
    site.define("COMPRESS 2")
    assert site.audit.count("SOUL.2414") == 1
