"""What must work on every system, run where nothing of POSIX is: see `tests/support/elsewhere.py`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ELSEWHERE = ROOT / "tests" / "support" / "elsewhere.py"
DEMONSTRATION = ROOT / "programs" / "clcert"
PYTHON = [sys.executable, "-X", "warn_default_encoding", "-W", "ignore::EncodingWarning", str(ELSEWHERE)]
PATIENCE = 120.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="another system is made of Linux here")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the other system: its own cache, no UTF-8 mode."""
    cache = str(tmp_path_factory.mktemp("cache"))
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0", "SOUL_CACHE_DIR": cache}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A copy of the demonstration with certificates, and lines that end as they do there."""
    copy = tmp_path_factory.mktemp("site") / "online"
    shutil.copytree(DEMONSTRATION, copy, ignore=shutil.ignore_patterns("*.PKEY", "*.CERT", "__pycache__"))
    program = f"import demonstration, pathlib; demonstration.make_certificates(pathlib.Path({str(copy)!r}))"
    subprocess.run([sys.executable, "-c", program], env={**environment, "PYTHONPATH": f"{copy}:{ROOT}"}, check=True)
    for path in [copy / "ccain.m204", *(copy / "MYPROC").iterdir(), *(copy / "JANSSL").iterdir()]:
        path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8", newline="\r\n")
    return copy


def soul(environment: dict[str, str], *arguments: object, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PYTHON, *map(str, arguments)],
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        env=environment,
        check=False,
        timeout=PATIENCE,
    )


def test_the_other_system_is_another_one(environment: dict[str, str]) -> None:
    program = (
        "import elsewhere, os, select, socket, sys, tempfile\n"
        "elsewhere.become_another_system()\n"
        "for name in ('fcntl', 'pwd', 'grp', 'resource', 'termios'):\n"
        "    try: __import__(name)\n"
        "    except ModuleNotFoundError: continue\n"
        "    print(name)\n"
        "for module, name in ((os, 'fork'), (os, 'getuid'), (os, 'O_NOFOLLOW'), (select, 'poll'), (select, 'epoll'),\n"
        "                     (socket, 'AF_UNIX'), (os, 'sched_getaffinity')):\n"
        "    if hasattr(module, name): print(name)\n"
        "folder = tempfile.mkdtemp()\n"
        "held = open(folder + '/held', 'wb')\n"
        "for attempt in (lambda: open(folder + '/CON .x', 'w', encoding='ascii'), lambda: os.unlink(folder + '/held'),\n"
        "                lambda: os.open(folder, os.O_RDONLY), lambda: open(folder + '/a:b', 'w', encoding='ascii')):\n"
        "    try: attempt()\n"
        "    except OSError: continue\n"
        "    print('allowed')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": str(ELSEWHERE.parent)},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_more_sockets_are_waited_for_than_one_select_takes(environment: dict[str, str]) -> None:
    program = (
        "import elsewhere\n"
        "elsewhere.become_another_system()\n"
        "import socket\n"
        "from soul.janus.server.poller import READ, new_poller\n"
        "poller = new_poller()\n"
        "many = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(520)]\n"
        "for each in many:\n"
        "    each.bind(('127.0.0.1', 0))\n"
        "    poller.arm(each.fileno(), READ)\n"
        "print(poller.wait(0.0))\n"
        "poller.wake()\n"
        "print(poller.wait(60.0))\n"
        "many[0].sendto(b'x', many[-1].getsockname())\n"
        "print(poller.wait(60.0) == [(many[-1].fileno(), READ)])\n"
    )
    done = subprocess.run(
        [*PYTHON[:-1], "-c", program],
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": f"{ELSEWHERE.parent}:{ROOT}"},
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[]\n[]\nTrue\n", "")


def test_run_prints_what_the_terminal_has_characters_for(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "MYPROC").mkdir()
    lines = ["OPEN FILE MYPROC"]
    for name in ("con .x", "CONIN$", "aux", "A:B\\C?", "dot.", "é"):
        lines += [f"PROCEDURE '{name}'", "Begin", f"Print '{name}'", "End", "END PROCEDURE", f"INCLUDE '{name}'"]
        lines += [f"PROCEDURE '{name}'", "Begin", "Print 'AGAIN \u4e2d'", "End", "END PROCEDURE", f"INCLUDE '{name}'"]
        lines += [f"DELETE PROCEDURE '{name}'"]
    (tmp_path / "text.soul").write_bytes("\r\n".join(lines).encode())
    done = soul(environment, "run", tmp_path / "text.soul", "--dir", tmp_path, "--audit", tmp_path / "audit.log")
    assert (done.returncode, done.stderr) == (0, "")
    printed = [line for line in done.stdout.splitlines() if not line.startswith("***")]
    assert printed[:4] == ["con .x", "AGAIN \\u4e2d", "CONIN$", "AGAIN \\u4e2d"]
    assert printed[-2:] == ["\\xe9", "AGAIN \\u4e2d"]  # one byte in cp1252
    assert os.listdir(tmp_path / "MYPROC") == []
    assert "AGAIN" not in done.stderr
    assert "DEFINE PROCEDURE" in (tmp_path / "audit.log").read_text(encoding="utf-8")


def test_check(environment: dict[str, str], site: Path, tmp_path: Path) -> None:
    texts = sorted(path for path in (site / "MYPROC").iterdir() if path.suffix == ".soul")
    good = soul(environment, "check", *texts, "--dir", site)
    assert (good.returncode, good.stdout, good.stderr) == (0, "0 errors\n", "")
    (tmp_path / "wrong.soul").write_text("Begin\nPrnt '\u4e2d'\nEnd\n", encoding="utf-8")
    wrong = soul(environment, "check", tmp_path / "wrong.soul")
    assert (wrong.returncode, wrong.stderr) == (1, "")
    assert "Prnt '\\u4e2d'" in wrong.stdout


def test_test(environment: dict[str, str], site: Path) -> None:
    done = soul(environment, "test", site)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert re.search(r"^[1-9]\d* passed, 0 failed\n\Z", done.stdout, re.M)


def test_conform(environment: dict[str, str]) -> None:
    done = soul(environment, "conform", ROOT / "tests" / "conformance" / "facts" / "soul-language.jsonl")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.endswith(" passed, 0 failed\n")


def test_cert(environment: dict[str, str], tmp_path: Path) -> None:
    for arguments in (["init", tmp_path, "--server", "SERVER."], ["client", tmp_path, "Carol Carter", "AUX.PKEY"]):
        done = soul(environment, "cert", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
    packed = soul(environment, "cert", "p12", tmp_path, "AUX.PKEY", tmp_path / "carol.p12", text="a password\n")
    assert (packed.returncode, packed.stderr) == (0, "")
    assert {"SERVER..soul", "%41UX.PKEY", "GOOD.PKEY"} <= set(os.listdir(tmp_path / "JANSSL"))


def test_users(environment: dict[str, str], tmp_path: Path) -> None:
    done = soul(environment, "user", "add", tmp_path, "ALICE", "--stdin", text="A PASSWORD\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "user ALICE added\n", "")
    done = soul(environment, "user", "passwd", tmp_path, "ALICE", "--stdin", text="ANOTHER\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(os.listdir(tmp_path)) == ["users.toml"]


def test_serve_answers_and_ends_at_ctrl_c(environment: dict[str, str], site: Path) -> None:
    process = subprocess.Popen(
        [
            *PYTHON,
            "serve",
            str(site),
            "--host",
            "127.0.0.1",
            *[f"--port=CLCERT{n}=0" for n in ("WEB", "REQ", "ASK", "MAP", "SOCK")],
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    )
    try:
        assert process.stdout is not None
        numbers = {}
        for line in process.stdout:
            found = re.fullmatch(r"port (\w+) listening on 127\.0\.0\.1:(\d+)\n", line)
            if found is None:
                assert line == "ready\n", line
                break
            numbers[found[1]] = int(found[2])
        assert len(numbers) == 5
        assert "Welcome" in page(site, numbers["CLCERTASK"], "GOOD")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, errors.count("\n")) == (0, 1), errors


def page(site: Path, number: int, certificate: str) -> str:
    """Return the page that a client with a certificate gets from a live port."""
    import socket
    import ssl

    context = ssl.create_default_context(cafile=str(site / "MYPROC" / "COMPANY.ROOT.CERT"))
    context.load_cert_chain(site / "JANSSL" / f"{certificate}.PKEY")
    with (
        socket.create_connection(("127.0.0.1", number)) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as sock,
    ):
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        parts = []
        while data := sock.recv(65536):
            parts.append(data)
    return b"".join(parts).decode()
