"""A web port of an Online in memory. Handlers are procedures with the command `CALL name`, which runs Python code on
the request's thread: the tests reach every step without the SOUL compiler, and the $functions as a program does."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from soul.janus.commands import register
from soul.janus.http.connection import HttpConnection
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.peer import Peer, SslSession
from soul.janus.state import janus_of
from soul.janus.stream import Address
from soul.janus.web.service import WebService
from soul.language.source import SourceLine
from soul.online.online import ListOutput, Online
from soul.online.problem import Problem, ProblemKind
from soul.online.procedures import MemoryProcedureFile
from soul.online.session import Session
from soul.online.users import MemoryUserStore, User, hash_password
from soul.runtime.errors import RequestCancelled
from soul.runtime.library import BuiltinLibrary
from soul.runtime.thread import Thread

MODULES = ("output", "request", "form", "cookie", "dates", "security", "procedure", "saved")
Handler = Callable[["Program"], None]


class Program:
    """What a handler sees: Print, the $functions by name, the thread."""

    def __init__(self, session: Session, library: BuiltinLibrary) -> None:
        self.session = session
        self.thread: Thread = session.thread
        self._library = library

    def print(self, *texts: object) -> None:
        for text in texts:
            self.thread.output.line(str(text))

    def __call__(self, name: str, *arguments: Any) -> Any:
        builtin = self._library.function(name)
        assert builtin is not None, name
        return builtin.function(*([self.thread] if builtin.wants_thread else []), *arguments)


class Site:
    """One Online with one web port called WEB."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, 0, 0)
        users = [User("HOMER", hash_password("DOH")), User("MARGE", hash_password("BLUE")), User("GUEST")]
        self.online = Online(user_store=MemoryUserStore(users), clock=lambda: self.now)
        self.library = BuiltinLibrary([f"soul.janus.functions.web_{name}" for name in MODULES])
        self.file = MemoryProcedureFile("MYPROC")
        self.online.files.add(self.file)
        self.online.files.add(MemoryProcedureFile("OTHER"))
        register(self.online)
        self.handlers: dict[str, Handler] = {}
        self.online.commands.add("CALL", self._call)
        self.online.commands.add("MUMBLE", lambda session, operands, at: session.inform("SOUL.0221", text=operands))
        self.calls: list[str] = []
        self.service: WebService

    def _call(self, session: Session, operands: str, at: SourceLine) -> None:
        self.calls.append(operands)
        try:
            self.handlers[operands](Program(session, self.library))
        except RequestCancelled as error:
            session.thread.message_text(error.message, error.text)
            session.problems.note(Problem(ProblemKind.CANCELLED, error.message.number, error.text))

    def handler(self, name: str, code: Handler, file: str = "MYPROC") -> None:
        """Store a procedure that runs `code`."""
        self.handlers[name] = code
        self.online.files.get(file).store(name, f"CALL {name}\n")

    def commands(self, text: str) -> list[Problem]:
        session = self.online.startup_session(ListOutput())
        try:
            return session.run(text, terminal=False)
        finally:
            self.online.release(session.thread)

    def define(self, parameters: str = "", rules: str = "ALLOW *", *, ssl: bool = False) -> None:
        """Define the port with rules, one a line, and make its service."""
        key = "SSL MYPROC KEY " if ssl else ""
        lines = [f"JANUS DEFINE WEB 8080 WEBSERV 10 HTTPVERSION 1.1 OPEN FILE MYPROC {key}{parameters}"]
        lines += [f"JANUS WEB WEB {rule.strip()}" for rule in rules.strip().splitlines()]
        problems = self.commands("\n".join(lines))
        assert not problems, problems
        port = janus_of(self.online).ports.get("WEB")
        assert port is not None
        self.port = port
        self.service = WebService(self.online, port)

    def peer(self, **values: Any) -> Peer:
        return Peer(Address(values.pop("host", "192.0.2.7"), 5000), Address("127.0.0.1", 8080), **values)

    def send(
        self,
        method: str = "GET",
        target: str = "/",
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        peer: Peer | None = None,
        login: str = "",
        stop: list[str] | None = None,
    ) -> HttpResponse:
        """Send a request through the HTTP front and the service; return the response as it would be sent."""
        fields = {"Host": "h", **(headers or {})}
        if login:
            fields["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        if body:
            fields["Content-Length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        connection = HttpConnection()
        connection.receive(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body)
        request = connection.next_request()
        assert request is not None
        return self.answer(request, peer, stop)

    def answer(self, request: HttpRequest, peer: Peer | None = None, stop: list[str] | None = None) -> HttpResponse:
        response = self.service.handle(request, peer or self.peer(), [] if stop is None else stop)
        assert self.online.threads == []  # every request gives its thread back
        return response

    def run(self, code: Handler, target: str = "/X", **values: Any) -> HttpResponse:
        """Run `code` as the handler of every URL."""
        self.handler("RUN", code)
        return self.send(values.pop("method", "GET"), target, **values)

    def later(self, **units: float) -> None:
        self.now += timedelta(**units)

    @property
    def audit(self) -> str:
        return "\n".join(f"{line.line_type} {line.text}" for line in self.online.audit.lines)


def header(response: HttpResponse, name: str) -> str | None:
    values = [value for key, value in response.headers if key.lower() == name.lower()]
    return values[0] if values else None


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.online.close()


@pytest.fixture
def secure_session() -> SslSession:
    return SslSession("abc", 0.0)


@pytest.fixture
def page(site: Site) -> Site:
    """A public port whose every URL runs the procedure RUN."""
    site.define("WEBUSER GUEST", "ALLOW ANY *\nON ANY * CMD 'INCLUDE RUN'")
    return site


@pytest.fixture
def first_header() -> Callable[[HttpResponse, str], str | None]:
    return header
