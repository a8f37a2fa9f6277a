"""HttpResponse: what Get, Post and Send of HttpRequest return.

Source: m204wiki, List of HttpResponse methods; HeaderValue, HeaderCount (HttpResponse functions).
"""

from __future__ import annotations

from soul.janus.http.client import ClientResponse
from soul.runtime.classes.registry import method, system_class
from soul.runtime.errors import cancelled
from soul.runtime.thread import Thread


@system_class("HttpResponse")
class HttpResponseObject:
    """What a web server answered: the result of Get, Post and Send of HttpRequest.

    Page: m204wiki, HTTP Helper
    """

    def __init__(self, response: ClientResponse, url: str) -> None:
        self._response = response
        self._url = url

    @method("StatusLine", page="StatusLine (HttpResponse function)")
    def status_line(self) -> str:
        """Return code, blank and message, such as `200 OK`.

        Arguments: none.
        Result: the text of the status line.
        """
        return f"{self._response.status} {self._response.reason}".rstrip()

    @method("Code", page="Code (HttpResponse function)")
    def code(self) -> int:
        """Return the status code.

        Arguments: none.
        Result: a number such as 200.
        """
        return self._response.status

    @method("Message", page="Message (HttpResponse function)")
    def message(self) -> str:
        """Return the text after the status code.

        Arguments: none.
        Result: such as `OK`.
        """
        return self._response.reason

    @method("Success", page="Success (HttpResponse function)")
    def success(self) -> int:
        """Say whether the status code is one of success.

        Arguments: none.
        Result: 1 for 200 to 299, else 0.
        """
        return 1 if 200 <= self._response.status <= 299 else 0

    @method("URL", page="URL (HttpResponse function)")
    def url(self) -> str:
        """Return the URL the response really came from, after redirects.

        Arguments: none.
        Result: the whole URL.
        """
        return self._url

    @method("Content", page="Content (HttpResponse function)")
    def content(self) -> str:
        """Return the whole document.

        Arguments: none.
        Result: a longstring, read as UTF-8 when the response says so, else as Latin-1 (our choice).
        """
        kind = (self._response.header("Content-Type") or "").lower().replace(" ", "")
        encoding = "utf-8" if "charset=utf-8" in kind else "latin-1"
        return self._response.body.decode(encoding, "replace")

    @method("HeaderCount", page="HeaderCount (HttpResponse function)")
    def header_count(self, name: str | None = None) -> int:
        """Return how many headers the response has.

        Arguments: name in any case, to count those of that name; default all.
        Result: 0 or more.
        """
        return len(self._response.headers if name is None else self._response.header_all(name))

    @method("HeaderValue", page="HeaderValue (HttpResponse function)")
    def header_value(self, name: str, occurrence: int = 1) -> str:
        """Return the value of a header.

        Arguments: name in any case; occurrence, 1 or more, default 1.
        Result: null when there is none.
        Errors: an occurrence below 1 cancels the request.
        """
        if occurrence < 1:
            raise cancelled(f"HeaderValue: occurrence {occurrence} is less than 1")
        found = self._response.header_all(name)
        return found[occurrence - 1] if occurrence <= len(found) else ""

    @method("Print", page="List of HttpResponse methods")
    def print_report(self, thread: Thread) -> None:
        """Print the status line, the headers and the size of the content, for debugging.

        Arguments: none.
        """
        thread.output.line(f"HttpResponse {self.status_line()} from {self._url}")
        for name, value in self._response.headers:
            thread.output.line(f"  {name}: {value}")
        thread.output.line(f"  content: {len(self._response.body)} bytes")


CLASSES = (HttpResponseObject,)
