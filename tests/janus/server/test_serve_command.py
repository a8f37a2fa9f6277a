"""`soul serve` as a process: what it prints, its exit status, its signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PATIENCE = 60
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are sent to a process")

STARTUP = """* Ports for a test
JANUS DEFINE HELLO {number} WEBSERV 10 HTTPVERSION 1.1 KEEPALIVE 10
JANUS WEB HELLO ALLOW *
JANUS WEB HELLO ON / OPEN FILE MYPROC CMD 'INCLUDE HELLO'
JANUS WEB HELLO ON /loop OPEN FILE MYPROC CMD 'INCLUDE LOOP'
JANUS START HELLO
"""
HELLO = "Begin\nPrint 'hello from SOUL'\nEnd\n"
LOOP = "Begin\nAudit 'loop begins'\nRepeat Forever\nEnd Repeat\nEnd\n"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    online = tmp_path / "online"
    (online / "MYPROC").mkdir(parents=True)
    (online / "ccain.m204").write_text(STARTUP.format(number=9))
    (online / "MYPROC" / "HELLO.soul").write_text(HELLO)
    (online / "MYPROC" / "LOOP.soul").write_text(LOOP)
    return online


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "soul.cli.main", "serve", *arguments]


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a `soul serve` that ends by itself."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=PATIENCE, check=False)


class Process:
    """A `soul serve` that reached `ready`."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command(str(directory), "--host", "127.0.0.1", "--port", "hello=0", *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines = []
        while not self.lines or self.lines[-1] not in ("ready\n", ""):
            self.lines.append(self.process.stdout.readline())
        assert self.lines[-1] == "ready\n", self.process.communicate()[1]

    @property
    def number(self) -> int:
        found = re.fullmatch(r"port HELLO listening on 127\.0\.0\.1:(\d+)\n", self.lines[0])
        assert found
        return int(found[1])

    def request(self, path: str) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", self.number), PATIENCE)
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        return sock

    def wait_for_error(self, text: str) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if text in line:
                return
        raise AssertionError(f"no {text!r}")

    def finish(self) -> int:
        return self.process.wait(PATIENCE)


@pytest.fixture
def served(directory: Path):
    process = Process(directory, "--audit", str(directory / "audit.log"), "--verbose")
    yield process
    process.process.kill()
    process.process.communicate()


def test_prints_the_port_then_ready_and_ends_with_0(served, directory):
    assert served.lines[1:] == ["ready\n"]
    with served.request("/") as sock:
        assert b"hello from SOUL" in sock.recv(65536)
    served.process.send_signal(signal.SIGTERM)
    assert served.finish() == 0
    assert "SOUL.0767" in (directory / "audit.log").read_text()


def test_second_signal_ends_an_endless_loop(served):
    with served.request("/loop"):
        served.wait_for_error("loop begins")
        served.process.send_signal(signal.SIGINT)
        served.wait_for_error("draining")
        served.process.send_signal(signal.SIGINT)
        assert served.finish() == 0


def test_every_error_of_the_start_up_commands_is_shown(directory):
    (directory / "ccain.m204").write_text(
        STARTUP.format(number=9) + "JANUS DEFINE OTHER 99999 WEBSERV 5\nJANUS STRAT HELLO\n"
    )
    result = serve(str(directory), "--port", "HELLO=0")
    assert (result.returncode, result.stdout) == (1, "")
    assert "ccain.m204 line 7 column 20: SOUL.2010" in result.stderr
    assert "JANUS DEFINE OTHER 99999 WEBSERV 5\n                       ^" in result.stderr
    assert "ccain.m204 line 8" in result.stderr
    assert "Traceback" not in result.stderr


def test_port_number_in_use(directory):
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        (directory / "ccain.m204").write_text(STARTUP.format(number=number))
        result = serve(str(directory), "--host", "127.0.0.1")
    assert result.returncode == 1
    assert f"port number {number} is in use on 127.0.0.1" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["nowhere"], "nowhere is not a directory"),
        ([], "DIR"),
        (["{}", "--port", "HELLO"], "NAME=NUMBER"),
        (["{}", "--port", "HELLO=70000"], "0 to 65535"),
        (["{}", "--port", "HELLO=0", "--port", "HELO=0"], "did you mean HELLO?"),
        (["{}", "--workers", "0"], "1 to 1000"),
    ],
)
def test_wrong_usage(directory, arguments, text):
    result = serve(*(argument.format(directory) for argument in arguments))
    assert (result.returncode, result.stdout) == (2, "")
    assert text in result.stderr


def test_wrong_settings(directory):
    (directory / "soul.toml").write_text("[limits]\nsdaemon = 3\n")
    result = serve(str(directory))
    assert result.returncode == 1
    assert "sdaemon" in result.stderr


def test_audit_file_that_cannot_be_written(directory):
    result = serve(str(directory), "--audit", str(directory))
    assert result.returncode == 1
    assert "cannot be written" in result.stderr
