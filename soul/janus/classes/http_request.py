"""HttpRequest: an HTTP client for SOUL programs, over a CLSOCK port.

Source: m204wiki, HTTP Helper; List of HttpRequest methods and the page of each member.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import quote_plus, urljoin, urlsplit

from soul.janus.classes.http_response import HttpResponseObject
from soul.janus.http.client import ClientResponse, ResponseError, ResponseReader, render_request
from soul.janus.sockets.connect import ConnectFailure, open_connection
from soul.janus.stream import StreamError, StreamInterrupted
from soul.runtime.classes.registry import constructor, getter, method, setter, system_class
from soul.runtime.errors import Stopped, cancelled
from soul.runtime.thread import Thread

DEFAULT_PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset((301, 302, 303, 307))
MOST_REDIRECTS = 100
LONGEST_TIMEOUT = 32767
LONGEST_METHOD = 16
FORM_TYPE = "application/x-www-form-urlencoded"
LINE_ENDS = ("CRLF", "CR", "LF")


@dataclass
class Field:
    """A form field."""

    name: str
    value: str
    file: str | None = None


@system_class("HttpRequest")
class HttpRequestObject:
    """A request to a web server, over a CLSOCK port.

    Make it with New, give it an address, perhaps headers and fields, and send it with Get, Post or Send as often as
    wanted. In the example a CLSOCK port named CLIENT leads to this Online's own web port, which answers `Hello`.
    Example:
        %request is object HttpRequest
        %response is object HttpResponse
        %request = new
        %request:url = 'http://localhost:8080/'
        %response = %request:get('CLIENT')
        Print %response:statusLine
        Print %response:content:left(5)
    Prints:
        200 OK
        Hello
    Page: m204wiki, HTTP Helper
    """

    def __init__(self) -> None:
        self._scheme = "http"
        self._host = "127.0.0.1"
        self._port: int | None = None
        self._page = "/"
        self._headers: list[tuple[str, str]] = []
        self._fields: list[Field] = []
        self._content: str | None = None
        self._content_is_binary = False
        self._multipart = False
        self._version = "1.1"
        self._redirects = 0
        self._timeout = 0
        self._line_end = "CRLF"
        self._authentication: tuple[str, str] | None = None

    @constructor("New", page="New (HttpRequest constructor)")
    @staticmethod
    def new() -> HttpRequestObject:
        """Make a request for http://127.0.0.1:80/ without fields, headers or content.

        Arguments: none.
        Result: the request.
        """
        return HttpRequestObject()

    # The address.

    @getter("URL", page="URL (HttpRequest property)")
    def url(self) -> str:
        """Return the whole URL, however it was set."""
        return f"{self._scheme}://{self._host}:{self.port()}{self._page}"

    @setter("URL", page="URL (HttpRequest property)")
    def set_url(self, value: str) -> None:
        """Set protocol, host, port and page at once. Errors: an unparsable URL cancels the request."""
        try:
            parts = urlsplit(value.strip())
            port = parts.port
        except ValueError as error:
            raise cancelled(f"URL: '{value}' cannot be parsed: {error}") from error
        if parts.scheme.lower() not in DEFAULT_PORTS or not parts.hostname or parts.username is not None:
            raise cancelled(f"URL: '{value}' cannot be parsed: expected http://host[:port]/page")
        self._scheme, self._host, self._port = parts.scheme.lower(), parts.hostname, port
        self._page = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @getter("Protocol", page="URL (HttpRequest property)")
    def protocol(self) -> str:
        """Return `http` or `https`."""
        return self._scheme

    @setter("Protocol", page="URL (HttpRequest property)")
    def set_protocol(self, value: str) -> None:
        """Set the protocol: http or https, any case. Errors: anything else cancels the request."""
        scheme = value.strip().lower().removesuffix("://")
        if scheme not in DEFAULT_PORTS:
            raise cancelled(f"Protocol: '{value}' is neither http nor https")
        self._scheme = scheme

    @getter("Host", page="Host (HttpRequest property)")
    def host(self) -> str:
        """Return the host name or address."""
        return self._host

    @setter("Host", page="Host (HttpRequest property)")
    def set_host(self, value: str) -> None:
        """Set the host name or address. Errors: a null host, blanks or slashes cancel the request."""
        if not value.strip() or any(c in value for c in " /?#@\r\n"):
            raise cancelled(f"Host: '{value}' is not a host name")
        self._host = value.strip()

    @getter("Port", page="URL (HttpRequest property)")
    def port(self) -> int:
        """Return the port number: 80, or 443 for https (our choice), unless set."""
        return self._port or DEFAULT_PORTS[self._scheme]

    @setter("Port", page="URL (HttpRequest property)")
    def set_port(self, value: int) -> None:
        """Set the port number, 1 to 65535. Errors: another number cancels the request."""
        if not 1 <= value <= 65535:
            raise cancelled(f"Port: {value} is not in the range 1-65535")
        self._port = value

    @getter("Page", page="Page (HttpRequest property)")
    def page(self) -> str:
        """Return the path from the slash after host and port, and the query if any."""
        return self._page

    @setter("Page", page="Page (HttpRequest property)")
    def set_page(self, value: str) -> None:
        """Set the path. Errors: a path that does not begin with a slash cancels the request."""
        if not value.startswith("/"):
            raise cancelled(f"Page: '{value}' does not begin with a slash")
        self._page = value

    # Settings.

    @getter("MaxRedirects", page="MaxRedirects (HttpRequest property)")
    def max_redirects(self) -> int:
        """Return how many redirects one Get, Post or Send follows."""
        return self._redirects

    @setter("MaxRedirects", page="MaxRedirects (HttpRequest property)")
    def set_max_redirects(self, value: int) -> None:
        """Set how many redirects are followed, 0 to 100. Errors: another number cancels the request."""
        if not 0 <= value <= MOST_REDIRECTS:
            raise cancelled(f"MaxRedirects: {value} is not in the range 0-{MOST_REDIRECTS}")
        self._redirects = value

    @getter("Timeout", page="Timeout (HttpRequest property)")
    def timeout(self) -> int:
        """Return the limit of one call in seconds, 0 for none of its own."""
        return self._timeout

    @setter("Timeout", page="Timeout (HttpRequest property)")
    def set_timeout(self, value: int) -> None:
        """Set the limit in seconds, 0 to 32767. Errors: another number cancels the request."""
        if not 0 <= value <= LONGEST_TIMEOUT:
            raise cancelled(f"Timeout: {value} is not in the range 0-{LONGEST_TIMEOUT}")
        self._timeout = value

    @getter("HttpVersion", page="List of HttpRequest methods")
    def http_version(self) -> str:
        """Return 1.0 or 1.1."""
        return self._version

    @setter("HttpVersion", page="List of HttpRequest methods")
    def set_http_version(self, value: str) -> None:
        """Set the HTTP version. Errors: anything but 1.0 and 1.1 cancels the request."""
        text = "1.0" if value.strip() in ("1", "1.0") else value.strip()
        if text not in ("1.0", "1.1"):
            raise cancelled(f"HttpVersion: '{value}' is neither 1.0 nor 1.1")
        self._version = text

    @getter("LineEnd", page="List of HttpRequest methods")
    def line_end(self) -> str:
        """Return the line end of list data: CRLF, CR or LF."""
        return self._line_end

    @setter("LineEnd", page="List of HttpRequest methods")
    def set_line_end(self, value: str) -> None:
        """Set the line end of list data. Errors: anything but CRLF, CR, LF cancels the request."""
        if value.strip().upper() not in LINE_ENDS:
            raise cancelled(f"LineEnd: '{value}' is not one of {', '.join(LINE_ENDS)}")
        self._line_end = value.strip().upper()

    @getter("MultiPartFormEncoding", page="List of HttpRequest methods")
    def multipart(self) -> bool:
        """Say whether fields are sent as multipart/form-data."""
        return self._multipart

    @setter("MultiPartFormEncoding", page="List of HttpRequest methods")
    def set_multipart(self, value: bool) -> None:
        """Choose whether fields are sent as multipart/form-data."""
        self._multipart = value

    @method("SetAuthentication", page="List of HttpRequest methods")
    def set_authentication(self, user: str, password: str) -> None:
        """Send HTTP basic authentication with every call.

        Arguments: userid; password.
        """
        self._authentication = (user, password)

    @method("RemoveAuthentication", page="List of HttpRequest methods")
    def remove_authentication(self) -> None:
        """Send no authentication any more.

        Arguments: none.
        """
        self._authentication = None

    # Headers, fields, content.

    @method("AddHeader", page="AddHeader (HttpRequest subroutine)")
    def add_header(self, header: str, value: str) -> None:
        """Add a header; repeats are allowed.

        Arguments: name; value.
        Errors: content-length, connection other than close, or a name or value that is not well formed cancels the
        request.
        """
        name = header.strip()
        if name.lower() == "content-length":
            raise cancelled("AddHeader: content-length may not be set, it is computed")
        if name.lower() == "connection" and value.strip().lower() != "close":
            raise cancelled("AddHeader: connection may only be close")
        try:
            render_request("GET", "/", [(name, value)], b"", "1.1")
        except ValueError as error:
            raise cancelled(f"AddHeader: {error}") from error
        self._headers.append((name, value))

    @method("HeaderCount", page="List of HttpRequest methods")
    def header_count(self, name: str | None = None) -> int:
        """Return how many headers were added.

        Arguments: name in any case, to count those of that name; default all.
        Result: 0 or more.
        """
        return sum(1 for key, _ in self._headers if name is None or key.lower() == name.strip().lower())

    @method("AddField", page="AddField (HttpRequest subroutine)")
    def add_field(self, field_name: str, field_value: str, file: str | None = None) -> None:
        """Add a form field; repeats add further ones.

        Arguments: name; value; file, the name of an upload, which needs multipart encoding.
        """
        self._fields.append(Field(field_name, field_value, file))

    @method("FieldCount", page="List of HttpRequest methods")
    def field_count(self, name: str | None = None) -> int:
        """Return how many fields there are.

        Arguments: name in any case, to count those of that name; default all.
        Result: 0 or more.
        """
        return sum(1 for f in self._fields if name is None or f.name.lower() == name.strip().lower())

    @method("AddLongString", page="AddLongstring (HttpRequest subroutine)")
    def add_longstring(self, longstring: str, binary_flag: int = 0) -> None:
        """Make a string the data of the next Post, replacing earlier data.

        Arguments: string; binary flag, not 0 for bytes that are not translated, default 0.
        """
        self._content, self._content_is_binary = longstring, binary_flag != 0

    # The calls.

    @method("Get", page="Get (HttpRequest function)")
    def get(self, thread: Thread, port: str | None = None, cancel: int = 1) -> HttpResponseObject | None:
        """Send GET.

        Arguments: Port, the CLSOCK port, default the MASTER port; Cancel, as for Send.
        Result: as of Send.
        Errors: as of Send.
        """
        return self._call(thread, "GET", port, cancel)

    @method("Post", page="Post (HttpRequest function)")
    def post(self, thread: Thread, port: str | None = None, cancel: int = 1) -> HttpResponseObject | None:
        """Send POST.

        Arguments: Port, the CLSOCK port, default the MASTER port; Cancel, as for Send.
        Result: as of Send.
        Errors: as of Send.
        """
        return self._call(thread, "POST", port, cancel)

    @method("Send", page="Send (HttpRequest function)")
    def send(
        self, thread: Thread, port: str | None = None, cancel: int = 1, *, method: str = "GET"
    ) -> HttpResponseObject | None:
        """Send a request.

        Arguments: Port, the CLSOCK port, default the MASTER port; Cancel, 0 gives Null instead of cancelling, default
        1; Method, a name of 1 to 16 letters, default GET.
        Result: the response, whatever its status.
        Errors: when communication fails the request is cancelled, or, with Cancel=0, the result is Null.
        """
        word = method.strip().upper()
        if not word.isalpha() or len(word) > LONGEST_METHOD:
            raise cancelled(f"Send: '{method}' is not a method name of 1 to {LONGEST_METHOD} letters")
        return self._call(thread, word, port, cancel)

    def _call(self, thread: Thread, verb: str, port: str | None, cancel: int) -> HttpResponseObject | None:
        try:
            return self._follow(thread, verb, port)
        except StreamInterrupted as error:
            raise Stopped(str(error)) from error
        except (ConnectFailure, StreamError, ResponseError) as error:
            if cancel:
                raise cancelled(f"HttpRequest {verb.capitalize()}: {error}") from error
            return None

    def _follow(self, thread: Thread, verb: str, port: str | None) -> HttpResponseObject:
        remaining, current = self._redirects, self
        while True:
            response = current._exchange(thread, verb, port)
            location = response.header("Location")
            if response.status not in REDIRECTS or location is None or remaining == 0:
                return HttpResponseObject(response, current.url())
            remaining -= 1
            following = HttpRequestObject()
            following.set_url(urljoin(current.url(), location))
            following._headers, following._version = self._headers, self._version
            following._timeout = self._timeout
            if (following._scheme, following._host, following.port()) == (self._scheme, self._host, self.port()):
                following._authentication = self._authentication  # never to another server
            if response.status == 307:
                following._fields, following._content = self._fields, self._content
                following._content_is_binary, following._multipart = self._content_is_binary, self._multipart
            elif verb != "HEAD":
                verb = "GET"
            current = following

    def _exchange(self, thread: Thread, verb: str, port: str | None) -> ClientResponse:
        target, headers, body = self._render(verb)
        try:
            data = render_request(verb, target, headers, body, self._version)
        except ValueError as error:
            raise ResponseError(str(error)) from error
        wanted = {"http": "NOSSL", "https": "SSL"}[self._scheme]
        connection = open_connection(thread, port, self._host, self.port(), wanted)
        timeout = self._timeout or connection.timeout
        try:
            connection.stream.send(data, timeout)
            return ResponseReader(connection.stream).read(verb, timeout)
        finally:
            connection.close()

    def _render(self, verb: str) -> tuple[str, list[tuple[str, str]], bytes]:
        names = {name.lower() for name, _ in self._headers}
        default = DEFAULT_PORTS[self._scheme]
        headers = [("Host", self._host if self.port() == default else f"{self._host}:{self.port()}")]
        headers = [h for h in headers if h[0].lower() not in names] + list(self._headers)
        if self._authentication is not None:
            token = base64.b64encode(":".join(self._authentication).encode("utf-8")).decode("ascii")
            headers.append(("Authorization", f"Basic {token}"))
        target, body = self._page, b""
        if self._content is not None and verb not in ("GET", "HEAD"):
            body = self._bytes(self._content, self._content_is_binary)
        elif self._fields and verb in ("GET", "HEAD"):
            target += ("&" if "?" in target else "?") + self._urlencoded()
        elif self._fields and self._multipart:
            kind, body = self._multiparts()
            headers.append(("Content-Type", kind))
        elif self._fields:
            body = self._urlencoded().encode("ascii")
            if "content-type" not in names:
                headers.append(("Content-Type", FORM_TYPE))
        if body or verb in ("POST", "PUT"):
            headers.append(("Content-Length", str(len(body))))
        if "connection" not in names:
            headers.append(("Connection", "close"))
        return target, headers, body

    @staticmethod
    def _bytes(text: str, binary: bool) -> bytes:
        from soul.runtime.collation import to_ebcdic

        return to_ebcdic(text) if binary else text.encode("latin-1", "replace")

    def _urlencoded(self) -> str:
        return "&".join(
            f"{quote_plus(f.name, encoding='latin-1', errors='replace')}="
            f"{quote_plus(f.value, encoding='latin-1', errors='replace')}"
            for f in self._fields
        )

    def _multiparts(self) -> tuple[str, bytes]:
        import secrets

        boundary = secrets.token_hex(16)
        parts = []
        for each in self._fields:
            name = each.name.replace('"', "%22").replace("\r", "").replace("\n", "")
            disposition = f'Content-Disposition: form-data; name="{name}"'
            if each.file is not None:
                clean = each.file.replace('"', "%22").replace("\r", "").replace("\n", "")
                disposition += f'; filename="{clean}"\r\nContent-Type: application/octet-stream'
            parts.append(f"--{boundary}\r\n{disposition}\r\n\r\n{each.value}\r\n")
        text = "".join(parts) + f"--{boundary}--\r\n"
        return f"multipart/form-data; boundary={boundary}", text.encode("latin-1", "replace")

    @method("Print", page="List of HttpRequest methods")
    def print_report(self, thread: Thread) -> None:
        """Print the URL, the headers and the fields' names, for debugging; no values, which may be secret.

        Arguments: none.
        """
        thread.output.line(f"HttpRequest {self.url()}")
        for name, _ in self._headers:
            thread.output.line(f"  header {name}")
        for each in self._fields:
            thread.output.line(f"  field {each.name}: {len(each.value)} characters")


CLASSES = (HttpRequestObject,)
