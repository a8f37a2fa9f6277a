"""Responses, cookies and forms as bytes."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given, settings, strategies as st

from soul.janus.http.cookies import CookieError, SetCookie, parse_cookies
from soul.janus.http.forms import FormError, parse_form, parse_query
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.http.response import HeaderError, check_header, plain_page, render

GET = HttpRequest("GET", "/", "/", "", "1.1", (("Host", "h"),), keep_alive=True)
HEAD = HttpRequest("HEAD", "/", "/", "", "1.1", (("Host", "h"),), keep_alive=True)


def bytes_of(response: HttpResponse, request: HttpRequest = GET) -> bytes:
    return b"".join(render(request, response, http_version="1.1", keep_alive=True, second=784111777)[0])


def test_response_head() -> None:
    answer = bytes_of(HttpResponse(200, headers=[("Content-Type", "text/html")], body=b"page"))
    assert answer == (
        b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/html\r\n"
        b"Content-Length: 4\r\n\r\npage"
    )


def test_head_has_the_length_but_no_body() -> None:
    answer = bytes_of(HttpResponse(body=b"page"), HEAD)
    assert b"Content-Length: 4\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_body(status: int) -> None:
    answer = bytes_of(HttpResponse(status, body=b"page"))
    assert answer.endswith(b"\r\n\r\n")
    assert b"Content-Length" not in answer


def test_framing_headers_of_a_handler_are_not_sent() -> None:
    headers = [("Content-Length", "9"), ("Transfer-Encoding", "chunked"), ("Connection", "upgrade"), ("X", "1")]
    answer = bytes_of(HttpResponse(headers=headers, body=b"page"))
    assert b"Content-Length: 4\r\n" in answer
    assert b"Transfer-Encoding" not in answer
    assert b"upgrade" not in answer
    assert b"X: 1\r\n" in answer


@pytest.mark.parametrize(
    "header",
    [("X", "a\r\nSet-Cookie: b"), ("X", "a\nb"), ("X\r\nY", "a"), ("X Y", "a"), ("", "a"), ("X", "a\x00"), ("X:", "a")],
)
def test_header_injection_gives_a_plain_500(header: tuple[str, str]) -> None:
    with pytest.raises(HeaderError):
        check_header(*header)
    answer = bytes_of(HttpResponse(headers=[header], body=b"secret"))
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"Set-Cookie" not in answer
    assert b"secret" not in answer


def test_reason_cannot_end_the_line() -> None:
    assert bytes_of(HttpResponse(404, "No\r\nX: 1")).startswith(b"HTTP/1.1 404 No  X: 1\r\n")


def test_plain_page_escapes_its_text() -> None:
    assert b"&lt;b&gt;" in plain_page(404, "<b>").body


@settings(max_examples=150, deadline=None)
@given(
    st.integers(200, 599),
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=12)), max_size=4),
    st.binary(max_size=40),
    st.sampled_from([GET, HEAD]),
)
def test_any_response_is_read_back_by_h11(
    status: int, headers: list[tuple[str, str]], body: bytes, request: HttpRequest
) -> None:
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=request.method, target="/", headers=[("Host", "h")]))
    client.send(h11.EndOfMessage())
    client.receive_data(bytes_of(HttpResponse(status, headers=headers, body=body), request))
    head = client.next_event()
    assert isinstance(head, h11.Response)
    got = b""
    while isinstance(event := client.next_event(), h11.Data):
        got += bytes(event.data)
    assert isinstance(event, h11.EndOfMessage)
    if head.status_code == status != 500 and request is GET and status not in (204, 304):
        assert got == body
    elif request is HEAD:
        assert got == b""


def test_cookies_survive_a_bad_neighbour() -> None:
    assert parse_cookies(['a=1; weird[]; b="2"; =x; c=d=e']) == (("a", "1"), ("b", "2"), ("c", "d=e"))


def test_set_cookie() -> None:
    cookie = SetCookie("A", "1", path="/", secure=True)
    assert cookie.header() == "A=1; path=/; secure"
    assert SetCookie("A", "1", "Sun, 06 Nov 1994 08:49:37 GMT", domain="h").header() == (
        "A=1; expires=Sun, 06 Nov 1994 08:49:37 GMT; domain=h"
    )


@pytest.mark.parametrize(
    "cookie",
    [
        SetCookie("A\r\nB", "1"),
        SetCookie("A;B", "1"),
        SetCookie("A", "1; domain=x"),
        SetCookie("A", "1\r\nX: y"),
        SetCookie("A", "1", path="/;secure"),
        SetCookie("A", "1", domain="h\n"),
        SetCookie("", "1"),
    ],
)
def test_cookie_injection(cookie: SetCookie) -> None:
    with pytest.raises(CookieError):
        cookie.header()


def test_query() -> None:
    assert parse_query("X=1&X=2&&Y=a+b%41&Z&bad=%zz") == (
        ("X", "1"),
        ("X", "2"),
        ("Y", "a bA"),
        ("Z", ""),
        ("bad", "%zz"),
    )


def test_urlencoded_form() -> None:
    fields = parse_form(b"a=1&b=%C3%A9&c=%E9&a=2\r\n", "application/x-www-form-urlencoded; charset=utf-8")
    assert fields is not None
    assert [(f.name, f.value) for f in fields] == [("a", "1"), ("b", "é"), ("c", "é"), ("a", "2")]


def test_other_types_are_not_forms() -> None:
    assert parse_form(b"<x/>", "text/xml") is None


@pytest.mark.parametrize("body", [b"<x/>", b"a=%zz", b"a=\x00", b'{"a": 1}'])
def test_bad_urlencoded_form(body: bytes) -> None:
    with pytest.raises(FormError):
        parse_form(body, "")


MULTIPART = (
    b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    b'--X\r\nContent-Disposition: form-data; name="f"; filename="x.bin"\r\nContent-Type: image/gif\r\n\r\n\x00\xff\r\n'
    b"--X--\r\n"
)


def test_multipart_form() -> None:
    fields = parse_form(MULTIPART, "multipart/form-data; boundary=X")
    assert fields is not None
    assert [(f.name, f.value, f.content, f.file_name) for f in fields] == [
        ("a", "1", None, ""),
        ("f", "", b"\x00\xff", "x.bin"),
    ]
    assert fields[1].content_type == "image/gif"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (MULTIPART[:-10], "multipart/form-data; boundary=X"),
        (MULTIPART, "multipart/form-data"),
        (MULTIPART, "multipart/form-data; boundary=Y"),
        (MULTIPART.replace(b'name="a"', b'name="a"; name="b"'), "multipart/form-data; boundary=X"),
        (b"", "multipart/form-data; boundary=X"),
    ],
)
def test_bad_multipart_form(body: bytes, content_type: str) -> None:
    with pytest.raises(FormError):
        parse_form(body, content_type)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=120), st.sampled_from(["", "multipart/form-data; boundary=X", "multipart/form-data; boundary"])
)
def test_any_body_is_a_form_or_an_error(tail: bytes, content_type: str) -> None:
    for body in (tail, MULTIPART[:40] + tail + MULTIPART[40:]):
        try:
            parse_form(body, content_type)
        except FormError as error:
            assert error.status in (400, 413)  # noqa: PT017
