"""The servers under test as processes of their own, all with the same certificates, and what they cost."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
PATIENCE = 30.0
BODY = "\n".join(f"line {number} of the page" for number in range(10)) + "\n"

PROCEDURE = """Begin
%name is String Len 255
%signer is String Len 255
%serial is String Len 255
%name = $Web_Cert_Info('COMMONNAME', 0)
%signer = $Web_Cert_Info('COMMONNAME', 1)
%serial = $Web_Cert_Info('SERIALNUMBER', 0)
Print 'Name   ' With %name
Print 'Signer ' With %signer
Print 'Serial ' With %serial
Print 'line 4 of the page'
Print 'line 5 of the page'
Print 'line 6 of the page'
Print 'line 7 of the page'
Print 'line 8 of the page'
Print 'line 9 of the page'
Print 'line 10 of the page'
End
"""
STARTUP = """JANUS DEFINE BENCH 9799 WEBSERV 20000 HTTPVERSION 1.1 KEEPALIVE 600 -
   SSL JANSSL SERVER.PKEY SSLCLCERT SSLBSIZE 16384
JANUS ADDCA BENCH MYPROC ROOT.CERT
JANUS WEB BENCH ALLOW *
JANUS WEB BENCH ON / OPEN FILE MYPROC CMD 'INCLUDE PAGE'
JANUS START BENCH
"""
WSGI = f"""BODY = {BODY!r}.encode()


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))])
    return [BODY]
"""
NGINX = """daemon off; worker_processes 1; pid nginx.pid; error_log stderr crit;
events {{ worker_connections 12000; }}
http {{
  access_log off; client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp;
  scgi_temp_path tmp; {sessions} keepalive_requests 1000000; keepalive_timeout 600;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate server.pem; ssl_certificate_key server.pem;
    ssl_client_certificate root.pem; ssl_verify_client optional; ssl_protocols TLSv1.3;
    location / {{ default_type text/plain; return 200 "{body}"; }}
  }}
}}
"""

AS_IT_COMES = ""  # without a word about sessions nginx lets clients resume them by tickets, which they keep
SESSIONS_KEPT = "ssl_session_tickets off; ssl_session_cache shared:bench:64m;"  # the server keeps them, as ours does


@dataclass
class ServerProcess:
    """A running server: its name for the table, its first process and its port number."""

    name: str
    process: subprocess.Popen[str]
    number: int

    def cpu_seconds(self) -> float:
        """Return the processor time that the server and its workers have used."""
        return sum(_cpu_nanoseconds(pid) for pid in _tree(self.process.pid)) / 1e9

    def memory(self) -> int:
        """Return the resident bytes of the server and its workers."""
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in _tree(self.process.pid))
        return sum(pages) * PAGE_BYTES


def _cpu_nanoseconds(pid: int) -> int:
    """Return the processor time of every thread; /proc/PID/stat would count in steps of 10 ms."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # it has just ended
            total += int((thread / "schedstat").read_text().split()[0])
    return total


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in _tree(int(child)))]


def write_files(folder: Path) -> None:
    """Write certificates, the Online directory and the peers' configuration into `folder`."""
    from soul.janus.certificates.development import make_development_certificates

    pki = make_development_certificates()
    server, client = pki.server, pki.clients["good"]
    for name, text in {
        "server.pem": server.pem,
        "root.pem": pki.root.certificate_pem,
        "client.pem": client.pem,
        "benchapp.py": WSGI,
        "online/ccain.m204": STARTUP,
        "online/MYPROC/PAGE.soul": PROCEDURE,
        "online/MYPROC/ROOT.CERT": pki.root.certificate_pem,
        "online/JANSSL/SERVER.PKEY": server.pem,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def soul_serve(folder: Path) -> Iterator[ServerProcess]:
    """Run `soul serve` on the Online directory."""
    command = [sys.executable, "-m", "soul.cli.main", "serve", str(folder / "online"), "--host", "127.0.0.1"]
    process = subprocess.Popen([*command, "--port", "BENCH=0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    number = 0
    for line in process.stdout:
        found = re.match(r"port BENCH listening on .*:(\d+)$", line)
        number = int(found[1]) if found else number
        if line == "ready\n":
            break
    with _stopping(process):
        if not number:
            raise RuntimeError("soul serve did not start; its messages are above")
        yield ServerProcess("soul serve", process, number)


@contextlib.contextmanager
def gunicorn(folder: Path) -> Iterator[ServerProcess | None]:
    """Run gunicorn's gthread worker with a trivial WSGI page; None when it is not installed."""
    if importlib.util.find_spec("gunicorn") is None:
        print(f"gunicorn is not installed: no row for it ({sys.executable} -m pip install gunicorn)")
        yield None
        return
    number = _free_number()
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "16", "--workers", "1"]
    command += ["--bind", f"127.0.0.1:{number}", "--keep-alive", "600", "--worker-connections", "12000"]
    command += ["--certfile", "server.pem", "--keyfile", "server.pem", "--ca-certs", "root.pem", "--cert-reqs", "1"]
    process = subprocess.Popen([*command, "--log-level", "critical", "benchapp:application"], cwd=folder, text=True)
    with _stopping(process):
        _wait_for_port(number)
        yield ServerProcess("gunicorn gthread", process, number)


@contextlib.contextmanager
def nginx(folder: Path, name: str = "nginx return 200", sessions: str = AS_IT_COMES) -> Iterator[ServerProcess | None]:
    """Run nginx with `return 200`; None when it is not installed. `sessions` are its settings for SSL sessions."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        print("nginx is not installed: no row for it (apt-get install nginx-light, brew install nginx)")
        yield None
        return
    number = _free_number()
    home = folder / f"nginx-{number}"
    home.mkdir()
    for file in ("server.pem", "root.pem"):
        shutil.copy(folder / file, home)
    text = NGINX.format(port=number, body=BODY.replace("\n", "\\n"), sessions=sessions)
    (home / "nginx.conf").write_text(text, encoding="utf-8")
    command = [program, "-p", str(home), "-c", "nginx.conf", "-e", "stderr"]
    process = subprocess.Popen(command, text=True)
    with _stopping(process):
        _wait_for_port(number)
        yield ServerProcess(name, process, number)


@contextlib.contextmanager
def _stopping(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_number() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def _wait_for_port(number: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", number), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
