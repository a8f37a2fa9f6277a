"""The examples of several lines in the docstrings of $functions and methods, and how they are run.

    Request:                      an HTTP request; `Request with a client certificate:` goes to a port that asks for one
        GET /?name=Ahab
    Partner sends:                lines for a socket port; the program talks to the partner on socket 1
        hello
    Example:                      statements of one request, or lines with Begin and End
        Print $Web_URL_Parm('name')
    Prints:                       what a terminal, or the page of the request, shows
        Ahab
    Response:                     the status and headers that the response must have
        200 OK
    Partner receives:             the lines that the partner gets
        hello yourself

`Example for NEWSESCMD:` is run before the login; the page then shows the userid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import copytree

from soul.cli.reference import BLOCKS
from soul.online.command import ALL_PRIVILEGES
from soul.online.online import ListOutput
from soul.testing.offline import Offline

NOW = datetime(2026, 11, 25, 14, 5, 9, 120_000)
PROGRAMS = ("Example:", "Example for NEWSESCMD:")
REQUESTS = ("Request:", "Request with a client certificate:")
RESULTS = ("Prints:", "Response:", "Partner receives:")

STARTUP = """\
JANUS DEFINE WEB 8000 WEBSERV 5 HTTPVERSION 1.1 NOMSGSEND OPEN FILE MYPROC
JANUS WEB WEB ALLOW ANY *
JANUS WEB WEB ON ANY * CMD 'INCLUDE EXAMPLE'
JANUS DEFINE SECURE 8443 WEBSERV 5 HTTPVERSION 1.1 SSL JANSSL TM2008.PKEY SSLCLCERT OPEN FILE MYPROC
JANUS ADDCA SECURE MYPROC COMPANY.ROOT.CERT
JANUS WEB SECURE ALLOW ANY *
JANUS WEB SECURE ON ANY * CMD 'INCLUDE EXAMPLE'
JANUS DEFINE LOGIN 8081 WEBSERV 5 HTTPVERSION 1.1 OPEN FILE MYPROC -
   NEWSESOPEN FILE MYPROC NEWSESCMD 'INCLUDE EXAMPLE'
JANUS WEB LOGIN ALLOW * USER *
JANUS WEB LOGIN ON * CMD 'INCLUDE PAGE'
JANUS DEFINE TALK 3000 SRVSOCK 5 LINEND 0D0A PRSTOK 0D0A OPEN FILE MYPROC CMD 'INCLUDE EXAMPLE'
JANUS DEFINE SECRET 3001 SRVSOCK 5 LINEND 0D0A PRSTOK 0D0A SSL JANSSL TM2008.PKEY SSLCLCERT -
   OPEN FILE MYPROC CMD 'INCLUDE EXAMPLE'
JANUS ADDCA SECRET MYPROC COMPANY.ROOT.CERT
JANUS DEFINE ECHO 3333 SRVSOCK 5 LINEND 0D0A PRSTOK 0D0A OPEN FILE MYPROC CMD 'INCLUDE ECHO'
JANUS DEFINE OUT * CLSOCK 5 REMOTE localhost 3333 LINEND 0D0A PRSTOK 0D0A SOCKPMAX 5
JANUS DEFINE HELLO 8080 WEBSERV 5 HTTPVERSION 1.1 OPEN FILE MYPROC
JANUS WEB HELLO ALLOW *
JANUS WEB HELLO ON * CMD 'INCLUDE HELLO'
JANUS DEFINE CLIENT * CLSOCK 5 REMOTE localhost 8080
JANUS START *
"""
NETWORK_WORDS = ("$Sock_", "object Socket", "object HttpRequest")
ECHO = """\
Begin
%line is longstring
Repeat While $Sock_RecvPrs(1, %line)
  $Sock_SendLn(1, %line)
End Repeat
End
"""


@dataclass
class Example:
    """One example: the rows of each block by its label."""

    function: str
    blocks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The label of the program."""
        return next(label for label in PROGRAMS if label in self.blocks)

    @property
    def program(self) -> str:
        """What is run: Begin and End are added when they are not there."""
        rows = self.blocks[self.label]
        lines = rows if any(row.strip().lower() == "begin" for row in rows) else ["Begin", *rows, "End"]
        return "".join(line + "\n" for line in lines)

    @property
    def expected(self) -> dict[str, list[str]]:
        """What must come out."""
        return {label: self.blocks[label] for label in RESULTS if label in self.blocks}


def examples(name: str, doc: str) -> Iterator[Example]:
    """Give the examples of a docstring (as `inspect.getdoc` returns it). Raises ValueError for a malformed one."""
    current = Example(name)
    rows: list[str] | None = None
    for row in [*doc.splitlines(), "End:"]:
        if rows is not None and (not row or row.startswith("    ")):
            rows.append(row[4:])
            continue
        done = any(label in current.blocks for label in RESULTS)
        if current.blocks and (row not in BLOCKS or (done and row not in RESULTS)):
            if not done or not any(label in current.blocks for label in PROGRAMS):
                raise ValueError(f"{name}: an example has no program or no result: {current.blocks}")
            yield current
            current = Example(name)
        rows = current.blocks.setdefault(row, []) if row in BLOCKS else None


def play(example: Example, directory: Path, certificates: Callable[[], Path]) -> dict[str, list[str]]:
    """Run an example in an Online made in `directory`; `certificates` gives a directory with JANSSL and MYPROC."""
    secure = "Request with a client certificate:" in example.blocks
    ports = (
        len(example.blocks) > 2 or any(word in example.program for word in NETWORK_WORDS) or example.label != "Example:"
    )
    if ports:
        for name in ("JANSSL", "MYPROC"):
            copytree(certificates() / name, directory / name)
    else:
        (directory / "MYPROC").mkdir()
    procedures = directory / "MYPROC"
    (procedures / "EXAMPLE.soul").write_text(example.program, "utf-8")
    (procedures / "PAGE.soul").write_text("Begin\nPrint $Userid\nEnd\n", "utf-8")
    (procedures / "ECHO.soul").write_text(ECHO, "utf-8")
    (procedures / "HELLO.soul").write_text("Begin\nPrint 'Hello'\nEnd\n", "utf-8")
    (directory / "ccain.m204").write_text(STARTUP if ports else "", "utf-8")
    (directory / "soul.toml").write_text("[users.AHAB]\n", "utf-8")
    with Offline(directory, clock=lambda: NOW) as online:
        request = next((example.blocks[label] for label in REQUESTS if label in example.blocks), None)
        if request is not None:
            port = "SECURE" if secure else "LOGIN" if example.label != "Example:" else "WEB"
            return _ask(online, port, request)
        if "Partner receives:" in example.blocks:
            return _talk(online, "SECRET" if "$Sock_Cert" in example.function else "TALK", example)
        output = ListOutput()
        thread = online.online.new_thread(output)
        try:
            online.online.session(thread, ALL_PRIVILEGES).run("OPEN MYPROC\nINCLUDE EXAMPLE")
        finally:
            online.online.release(thread)
        return {"Prints:": [row for row in output.lines if not row.startswith("*** M204.")]}


def _ask(online: Offline, port: str, rows: list[str]) -> dict[str, list[str]]:
    head = rows[: rows.index("")] if "" in rows else rows
    body = "\r\n".join(rows[len(head) + 1 :]).encode("latin-1")
    method, path = head[0].split()
    headers = dict(row.split(": ", 1) for row in head[1:])
    certificate = "GOOD" if port == "SECURE" else None
    answer = online.request(port, method, path, certificate=certificate, headers=headers, body=body)
    shown = [f"{answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in answer.headers)]
    return {"Prints:": answer.text.splitlines(), "Response:": shown}


def _talk(online: Offline, port: str, example: Example) -> dict[str, list[str]]:
    with online.connect(port, certificate="GOOD" if port == "SECRET" else None) as connection:
        for row in example.blocks.get("Partner sends:", []):
            connection.send_line(row)
        connection.finish()
        return {"Partner receives:": connection.receive_all().decode("latin-1").splitlines()}
