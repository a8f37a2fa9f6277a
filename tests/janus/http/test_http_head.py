"""What the HTTP front accepts and refuses: a table of hostile heads, and two other parsers as judges."""

from __future__ import annotations

import h11
import httptools
import pytest
from hypothesis import example, given, settings, strategies as st

from soul.janus.http.connection import HttpConnection, HttpLimits, HttpRefusal, Phase
from soul.janus.http.message import HttpRequest, HttpResponse

OK = "ok"
WAIT = "wait"


def verdict(data: bytes, limits: HttpLimits | None = None) -> object:
    """Return OK, WAIT or the status of the refusal for the first request in `data`."""
    connection = HttpConnection(limits)
    connection.receive(data)
    try:
        request = connection.next_request()
    except HttpRefusal as refusal:
        assert connection.closing
        return refusal.status
    return OK if request is not None else WAIT


H = b"Host: h\r\n"
G = b"GET / HTTP/1.1\r\n"
P = b"POST / HTTP/1.1\r\n" + H

CASES: list[tuple[str, bytes, object]] = [
    ("plain get", G + H + b"\r\n", OK),
    ("get 1.0 without host", b"GET / HTTP/1.0\r\n\r\n", OK),
    ("one empty line before", b"\r\n" + G + H + b"\r\n", OK),
    ("two empty lines before", b"\r\n\r\n" + G + H + b"\r\n", 400),
    ("unknown method", b"BREW / HTTP/1.1\r\n" + H + b"\r\n", OK),
    ("method of 16", b"A" * 16 + b" / HTTP/1.1\r\n" + H + b"\r\n", OK),
    ("method of 17", b"A" * 17 + b" / HTTP/1.1\r\n" + H + b"\r\n", 501),
    ("connect", b"CONNECT h:443 HTTP/1.1\r\n" + H + b"\r\n", 501),
    ("options star", b"OPTIONS * HTTP/1.1\r\n" + H + b"\r\n", OK),
    ("the first line ends in LF", b"GET / HTTP/1.1\nHos", 400),
    ("CR came, LF may follow", b"GET / HTTP/1.1\r", WAIT),
    ("get star", b"GET * HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("version 2.0", b"GET / HTTP/2.0\r\n" + H + b"\r\n", 505),
    ("version 3.1", b"GET / HTTP/3.1\r\n" + H + b"\r\n", 505),
    ("version 1.2", b"GET / HTTP/1.2\r\n" + H + b"\r\n", 400),
    ("version 0.9 line", b"GET /\r\n" + H + b"\r\n", 400),
    ("no version", b"GET / \r\n" + H + b"\r\n", 400),
    ("lower-case version", b"GET / http/1.1\r\n" + H + b"\r\n", 400),
    ("version with many digits", b"GET / HTTP/1.10\r\n" + H + b"\r\n", 400),
    ("http2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("tls on a plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ("double space in request line", b"GET  / HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("tab in request line", b"GET\t/ HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("space in target", b"GET /a b HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("space before method", b" GET / HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("bad method byte", b"G(T / HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("trailing space in request line", b"GET / HTTP/1.1 \r\n" + H + b"\r\n", 400),
    ("fragment", b"GET /a#b HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("no slash", b"GET a HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("high bytes in target", b"GET /\xe9 HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("nul in target", b"GET /\x00 HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("absolute form", b"GET http://x/a HTTP/1.1\r\n" + H + b"\r\n", OK),
    ("absolute form without path", b"GET https://x?q HTTP/1.1\r\n" + H + b"\r\n", OK),
    ("absolute form, other scheme", b"GET ftp://x/a HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("absolute form with userinfo", b"GET http://u@x/a HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("absolute form, empty host", b"GET http:///a HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("bad escape", b"GET /%zz HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("cut escape", b"GET /a%2 HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("escaped nul", b"GET /a%00 HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("escaped newline", b"GET /a%0aEND HTTP/1.1\r\n" + H + b"\r\n", 400),
    ("escaped dots", b"GET /%2e%2e/ HTTP/1.1\r\n" + H + b"\r\n", OK),
    ("no host", G + b"\r\n", 400),
    ("two hosts", G + H + b"Host: i\r\n\r\n", 400),
    ("two equal hosts in 1.0", b"GET / HTTP/1.0\r\n" + H + H + b"\r\n", 400),
    ("malformed host", G + b"Host: h/a\r\n\r\n", 400),
    ("host with userinfo", G + b"Host: a@h\r\n\r\n", 400),
    ("host with bad port", G + b"Host: h:x\r\n\r\n", 400),
    ("empty host", G + b"Host:\r\n\r\n", 400),
    ("host with port", G + b"Host: h:80\r\n\r\n", OK),
    ("host ipv6", G + b"Host: [::1]:80\r\n\r\n", OK),
    ("host list", G + b"Host: a, b\r\n\r\n", 400),
    ("space before colon", G + b"Host : h\r\n\r\n", 400),
    ("folded field", G + H + b"X: a\r\n b\r\n\r\n", 400),
    ("folded transfer-encoding", P + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
    ("first field begins with a space", G + b" X: a\r\n" + H + b"\r\n", 400),
    ("bare lf", b"GET / HTTP/1.1\nHost: h\n\n", 400),
    ("bare lf inside", G + b"X: a\nY: b\r\n" + H + b"\r\n", 400),
    ("bare cr inside", G + b"X: a\rY: b\r\n" + H + b"\r\n", 400),
    ("nul in value", G + H + b"X: a\x00b\r\n\r\n", 400),
    ("control in value", G + H + b"X: a\x08b\r\n\r\n", 400),
    ("high bytes in value", G + H + b"X: \xc3\xa9\r\n\r\n", OK),
    ("no colon", G + H + b"X\r\n\r\n", 400),
    ("empty name", G + H + b": a\r\n\r\n", 400),
    ("empty value", G + H + b"X:\r\n\r\n", OK),
    ("length and chunked", P + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("chunked and length", P + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
    ("two lengths", P + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    ("two equal lengths", P + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
    ("length list", P + b"Content-Length: 1, 1\r\n\r\na", 400),
    ("negative length", P + b"Content-Length: -1\r\n\r\n", 400),
    ("plus length", P + b"Content-Length: +1\r\n\r\na", 400),
    ("hex length", P + b"Content-Length: 0x1\r\n\r\na", 400),
    ("empty length", P + b"Content-Length:\r\n\r\n", 400),
    ("endless length", P + b"Content-Length: " + b"9" * 16 + b"\r\n\r\n", 400),
    ("huge length", P + b"Content-Length: " + b"9" * 15 + b"\r\n\r\n", 413),
    ("length 0", P + b"Content-Length: 0\r\n\r\n", OK),
    ("body incomplete", P + b"Content-Length: 3\r\n\r\nab", WAIT),
    ("gzip, chunked", P + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
    ("identity", P + b"Transfer-Encoding: identity\r\n\r\n", 400),
    ("xchunked", P + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
    ("chunked with parameter", P + b"Transfer-Encoding: chunked;a\r\n\r\n0\r\n\r\n", 400),
    ("two codings", P + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("chunked in 1.0", b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("Chunked", P + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", OK),
    ("chunk", P + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", OK),
    ("chunk extension", P + b"Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n", OK),
    ("chunk size with blank", P + b"Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n", 400),
    ("chunk size 0x", P + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400),
    ("chunk size empty", P + b"Transfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n", 400),
    ("chunk size negative", P + b"Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n", 400),
    ("chunk size of 9 digits", P + b"Transfer-Encoding: chunked\r\n\r\n000000003\r\nabc\r\n0\r\n\r\n", 400),
    ("huge chunk", P + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413),
    ("long chunk extension", P + b"Transfer-Encoding: chunked\r\n\r\n3;" + b"a" * 300 + b"\r\nabc\r\n0\r\n\r\n", 400),
    ("bare lf after size", P + b"Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400),
    ("cr in extension", P + b"Transfer-Encoding: chunked\r\n\r\n3;a\rb\r\nabc\r\n0\r\n\r\n", 400),
    ("chunk longer than said", P + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400),
    ("trailer", P + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: a\r\n\r\n", 400),
    ("two authorizations", G + H + b"Authorization: a\r\nAuthorization: b\r\n\r\n", 400),
    ("two content types", P + b"Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n", 400),
    ("unknown expectation", P + b"Expect: 200-ok\r\nContent-Length: 1\r\n\r\na", 417),
    ("upgrade offered", G + H + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", OK),
    ("too many fields", G + H + b"".join(b"X%d: a\r\n" % i for i in range(100)) + b"\r\n", 431),
    ("100 fields", G + H + b"".join(b"X%d: a\r\n" % i for i in range(99)) + b"\r\n", OK),
    ("head too large", G + H + b"X: " + b"a" * 33000, 431),
    ("target too long", b"GET /" + b"a" * 8192 + b" HTTP/1.1\r\n" + H + b"\r\n", 414),
    ("endless target", b"GET /" + b"a" * 40000, 414),
    ("half a request", b"GET / HT", WAIT),
    ("nothing", b"", WAIT),
]


@pytest.mark.parametrize(("data", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_verdict(data: bytes, expected: object) -> None:
    assert verdict(data) == expected


def httptools_refuses(data: bytes) -> bool:
    """Say whether httptools alone refuses `data`."""
    try:
        httptools.HttpRequestParser(object()).feed_data(data)
    except httptools.HttpParserUpgrade:
        return False
    except httptools.HttpParserError:
        return True
    return False


def h11_refuses(data: bytes) -> bool:
    """Say whether h11 alone refuses the first request in `data`."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
    connection.receive_data(data)
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.EndOfMessage):
                return False
    except h11.RemoteProtocolError:
        return True


# Where we accept what another parser refuses, on purpose.
HTTPTOOLS_STRICTER = {"unknown method", "method of 16"}
H11_STRICTER = {"one empty line before"}


@pytest.mark.parametrize("case", [c for c in CASES if c[2] == OK], ids=lambda c: c[0])
def test_other_parsers_accept_what_we_accept(case: tuple[str, bytes, object]) -> None:
    name, data, _ = case
    assert httptools_refuses(data) == (name in HTTPTOOLS_STRICTER)
    assert h11_refuses(data) == (name in H11_STRICTER)


def test_absolute_form_replaces_host() -> None:
    connection = HttpConnection()
    connection.receive(b"GET http://real:81/a?b HTTP/1.1\r\nHost: other\r\n\r\n")
    request = connection.next_request()
    assert request is not None
    assert (request.header("host"), request.path, request.query) == ("real:81", "/a", "b")


def test_path_is_decoded_once() -> None:
    connection = HttpConnection()
    connection.receive(b"GET /%2525/%c3%a9/%e9?x=%41 HTTP/1.1\r\nHost: h\r\n\r\n")
    request = connection.next_request()
    assert request is not None
    assert request.path == "/%25/\xc3\xa9/\xe9"  # not valid UTF-8 as a whole: ISO-8859-1
    assert request.raw_path == "/%2525/%c3%a9/%e9"
    assert request.query == "x=%41"


SNIPPETS = st.sampled_from(
    [
        b"GET ",
        b"POST ",
        b"/",
        b"/%2e",
        b" HTTP/1.1",
        b"\r\n",
        b"\n",
        b"\r",
        b"Host: h\r\n",
        b"Content-Length: 3\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"3\r\nabc\r\n",
        b"0\r\n\r\n",
        b"\x00",
        b" ",
        b":",
        b"Expect: 100-continue\r\n",
    ]
)
BYTES = st.one_of(
    st.binary(max_size=200), st.lists(st.one_of(SNIPPETS, st.binary(max_size=4)), max_size=25).map(b"".join)
)


@settings(max_examples=300, deadline=None)
@given(BYTES, st.lists(st.integers(1, 40), max_size=8))
@example(G + H + b"\r\n" + G + H + b"\r\n", [1])
def test_any_bytes_give_requests_or_a_refusal(data: bytes, cuts: list[int]) -> None:
    """Any bytes, cut anywhere: requests, a wait or a refusal; nothing else, and the same as in one piece."""

    def run(pieces: list[bytes]) -> list[object]:
        connection = HttpConnection()
        seen: list[object] = []
        try:
            for piece in [*pieces, b""]:
                connection.receive(piece)
                while (request := connection.next_request()) is not None:
                    seen.append((request.method, request.path, request.body))
                    connection.pending_output()
                    connection.render(request, HttpResponse(body=b"x"))
        except HttpRefusal as refusal:
            assert connection.closing
            assert b"".join(connection.refuse(refusal)).startswith(b"HTTP/1.1 ")  # noqa: PT017
            seen.append(refusal.status)
        return seen

    pieces: list[bytes] = []
    rest = data
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    whole = run([data])
    split = run([*(p for p in pieces if p), rest] if rest else [p for p in pieces if p])
    ends = [x for x in whole if isinstance(x, int)]
    assert len(ends) <= 1
    if not isinstance(whole[-1] if whole else 0, int) or not ends:
        assert split[: len(whole)] == whole


@settings(max_examples=200, deadline=None)
@given(BYTES)
def test_what_both_parsers_read_reads_the_same(data: bytes) -> None:
    """When h11 accepts the same first request, method, target and body agree with ours."""
    connection = HttpConnection()
    connection.receive(data)
    try:
        request = connection.next_request()
    except HttpRefusal:
        return
    if request is None or data.startswith(b"\r\n"):
        return
    other = h11.Connection(h11.SERVER)
    other.receive_data(data)
    head = other.next_event()
    assert isinstance(head, h11.Request)
    assert (head.method.decode(), head.target.decode().partition("?")[0]) == (request.method, request.raw_path)
    body = b""
    while isinstance(event := other.next_event(), h11.Data):
        body += bytes(event.data)
    assert body == request.body


def exchange(connection: HttpConnection, data: bytes, response: HttpResponse) -> tuple[HttpRequest, bytes]:
    """Send one request in and return it with the bytes of the answer."""
    connection.receive(data)
    request = connection.next_request()
    assert request is not None
    return request, b"".join(connection.render(request, response))


def test_pipelined_requests_wait_for_the_response() -> None:
    connection = HttpConnection()
    connection.receive((G + H + b"\r\n") * 3)
    for _ in range(3):
        request = connection.next_request()
        assert request is not None
        assert connection.next_request() is None
        assert connection.phase is Phase.BUSY
        connection.render(request, HttpResponse())
    assert connection.next_request() is None
    assert connection.phase is Phase.IDLE
    assert not connection.closing


def test_a_repeated_head_is_one_request_each_time() -> None:
    connection = HttpConnection()
    heads = [
        G + H + b"\r\n",
        G + H + b"\r\n",
        G + H + b"X-A: 1\r\n\r\n",
        P + b"Content-Length: 1\r\n\r\na",
        G + H + b"\r\n",
    ]
    seen = [exchange(connection, head, HttpResponse())[0] for head in heads]
    assert seen[0] == seen[1] == seen[4]
    assert [request.header("X-A") for request in seen] == [None, None, "1", None, None]
    assert seen[3].body == b"a"
    assert connection.requests == 5
    connection.receive(P + b"Content-Length: 1\r\n\r\nb")  # the same head as before, another body
    again = connection.next_request()
    assert again is not None
    assert again.body == b"b"


def test_phases_follow_the_bytes() -> None:
    connection = HttpConnection()
    assert connection.phase is Phase.IDLE
    connection.receive(b"POST / HT")
    assert connection.next_request() is None
    assert connection.phase is Phase.HEAD
    connection.receive(b"TP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert connection.next_request() is None
    assert connection.phase is Phase.BODY
    assert connection.pending_output() == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert connection.pending_output() == b""
    connection.receive(b"ab")
    assert connection.next_request() is None
    assert connection.body_received == 2
    connection.receive(b"c")
    request = connection.next_request()
    assert request is not None
    assert request.body == b"abc"


def test_body_there_already_needs_no_continue() -> None:
    connection = HttpConnection()
    connection.receive(P + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
    assert connection.next_request() is not None
    assert connection.pending_output() == b""


def test_client_that_ends_half_way_is_refused() -> None:
    connection = HttpConnection()
    connection.receive(P + b"Content-Length: 3\r\n\r\na")
    assert connection.next_request() is None
    connection.receive(b"")
    with pytest.raises(HttpRefusal, match="half way"):
        connection.next_request()
    assert connection.closing


def test_large_body_is_spooled_and_whole() -> None:
    limits = HttpLimits(spool_bytes=1000, body_bytes=200_000)
    connection = HttpConnection(limits)
    body = bytes(range(256)) * 300
    connection.receive(P + b"Content-Length: %d\r\n\r\n" % len(body))
    for start in range(0, len(body), 999):
        assert connection.next_request() is None
        connection.receive(body[start : start + 999])
    request = connection.next_request()
    assert request is not None
    assert request.body == body


@pytest.mark.parametrize("limit", [10, 11])
def test_chunked_body_counts_against_the_limit(limit: int) -> None:
    data = P + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n6\r\nfghijk\r\n0\r\n\r\n"
    assert verdict(data, HttpLimits(body_bytes=limit)) == (413 if limit == 10 else OK)


@pytest.mark.parametrize(
    ("request_head", "port", "keeps", "said"),
    [
        (b"GET / HTTP/1.1\r\nHost: h\r\n", "1.1", True, b""),
        (b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n", "1.1", False, b"Connection: close"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, Close\r\n", "1.1", False, b"Connection: close"),
        (b"GET / HTTP/1.0\r\n", "1.1", False, b"Connection: close"),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n", "1.1", True, b"Connection: keep-alive"),
        (b"GET / HTTP/1.1\r\nHost: h\r\n", "1.0", False, b"Connection: close"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nConnection: Keep-Alive\r\n", "1.0", True, b"Connection: keep-alive"),
    ],
)
def test_keep_alive(request_head: bytes, port: str, keeps: bool, said: bytes) -> None:
    connection = HttpConnection(None, port, keep_alive=True)
    _, answer = exchange(connection, request_head + b"\r\n", HttpResponse(body=b"x"))
    assert connection.closing is not keeps
    assert said in answer
    assert b"Content-Length: 1\r\n" in answer
    if not said:
        assert b"Connection" not in answer
    assert answer.startswith(b"HTTP/1.1 " if port == "1.1" and b"HTTP/1.1" in request_head else b"HTTP/1.0 ")


def test_port_without_keepalive_closes() -> None:
    connection = HttpConnection(None, "1.1", keep_alive=False)
    _, answer = exchange(connection, G + H + b"\r\n", HttpResponse())
    assert connection.closing
    assert b"Connection: close" in answer
