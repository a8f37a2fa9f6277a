"""`soul serve`: starts the ports of an Online directory and serves them until a signal comes."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from soul.language.nearest import nearest_names
from soul.language.whole import whole_number

if TYPE_CHECKING:
    from soul.janus.port import Port
    from soul.janus.server.server import LiveServer
    from soul.online.audit import AuditTrail
    from soul.online.online import Online

EXAMPLE = """examples:
  soul serve programs/clcert
  soul serve programs/clcert --host 127.0.0.1 --port CLCERTWEB=0 --audit audit.log

The start-up commands are in DIR/ccain.m204. Each started port is shown as `port NAME listening on ADDR:NUMBER`, then
`ready`. SIGTERM or Ctrl-C drains: running requests may finish. A second one ends them.

Exit status: 0 after a clean stop, 1 the start-up commands failed or a program could not be stopped, 2 wrong usage."""

FAILED = 1
USAGE = 2
SWITCH_SECONDS = 0.0005  # a request that computes holds up the others for this long, not for Python's 5 ms
MOST_SDAEMONS = 1000
GARBAGE_THRESHOLD = 10_000  # new objects between two searches for garbage; Python's default is 700
_PORT_OPTION = re.compile(r"([^=\s]+)=(\d{1,5})\Z")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `soul serve`."""
    parser.epilog = EXAMPLE
    parser.add_argument("directory", metavar="DIR", help="the Online directory")
    parser.add_argument("--host", metavar="ADDR", help="listen on this address, whatever BINDADDR and soul.toml say")
    parser.add_argument(
        "--port",
        metavar="NAME=NUMBER",
        action="append",
        default=[],
        type=_port_option,
        help="use another TCP port number for the port NAME; 0 picks a free one",
    )
    parser.add_argument("--audit", metavar="FILE", help="append the audit trail to FILE")
    parser.add_argument("--verbose", action="store_true", help="show the audit trail on standard error")
    parser.add_argument(
        "--workers", metavar="N", type=_workers, help="programs that run at the same time (sdaemons; see soul.toml)"
    )
    parser.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)


def main(arguments: argparse.Namespace) -> int:
    """Serve until told to stop and return the exit status."""
    directory = Path(arguments.directory)
    if not directory.is_dir():
        print(f"soul serve: {directory} is not a directory", file=sys.stderr)
        return USAGE
    _prepare_process()
    from soul.online.audit import AuditTrail

    try:
        path = Path(arguments.audit) if arguments.audit else None
        audit = AuditTrail(path, sys.stderr if arguments.verbose else None)
    except OSError as error:
        print(f"soul serve: the audit trail {arguments.audit} cannot be written: {error.strerror}", file=sys.stderr)
        return FAILED
    with contextlib.closing(audit):
        try:
            return _serve(directory, audit, arguments)
        except Exception as error:
            if arguments.debug:
                raise
            text = f"internal error: {type(error).__name__}: {error}"
            audit.write("ER", text)
            print(f"soul serve: {text} (--debug shows more)", file=sys.stderr)
            return FAILED


def _prepare_process() -> None:
    """Set what must be set before OpenSSL is loaded and threads begin."""
    from soul.janus.tls.groups import choose_groups

    choose_groups(os.environ)
    sys.setswitchinterval(SWITCH_SECONDS)
    from soul.janus.server.listening import raise_descriptor_limit

    raise_descriptor_limit()


def _settle_memory() -> None:
    """Keep the garbage collector away from what start-up has made, and from looking after every few requests.

    Requests leave next to no garbage in circles; searching for it was 2 to 4 per cent of perf's samples.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


def _serve(directory: Path, audit: AuditTrail, arguments: argparse.Namespace) -> int:
    from soul.assembly import build
    from soul.janus.server.assembly import attach_live_server
    from soul.online.online import OnlineError

    try:
        online = build(directory, audit=audit)
    except OnlineError as error:
        _complain(error.problems)
        return FAILED
    announcer = _Announcer()
    server = attach_live_server(
        online,
        announce=announcer.announce,
        host=arguments.host,
        numbers=dict(arguments.port),
        sdaemons=arguments.workers,
    )
    status = FAILED
    try:
        status = _start(online, arguments.port)
        if not status:
            _settle_memory()
            status = _run(server, announcer)
    finally:
        server.force_all()
        server.close()
        online.close()
        if server.running():
            # A program that hears no flag sits in a system call. The audit trail is written; nothing else is lost.
            sys.stdout.flush()
            os._exit(FAILED)
    return status


def _start(online: Online, numbers: Iterable[tuple[str, int]]) -> int:
    """Execute the start-up commands; return the exit status, 0 to go on."""
    problems = online.run_startup()
    if problems:
        _complain(problem.render() for problem in problems)
        return FAILED
    from soul.janus.state import janus_of

    defined = [port.name for port in janus_of(online).ports]
    for name, _ in numbers:
        if name not in defined:
            near = nearest_names(name, defined)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(defined) or 'none'}"
            _complain([f"soul serve: --port {name}: the start-up commands define no such port; {hint}"])
            return USAGE
    return 0


def _run(server: LiveServer, announcer: _Announcer) -> int:
    from soul.janus.server.supervisor import Supervisor

    supervisor = Supervisor(server, lambda text: print(f"soul serve: {text}", file=sys.stderr, flush=True))
    with supervisor.watching():
        announcer.ready()
        return 0 if supervisor.run() else FAILED


class _Announcer:
    """Shows started ports: those of the start-up commands together when all went well, later ones as they come."""

    def __init__(self) -> None:
        self._waiting: list[str] | None = []

    def announce(self, port: Port, host: str, number: int) -> None:
        """Take note of a port that listens."""
        shown = f"[{host}]" if ":" in host else host
        line = f"port {port.name} listening on {shown}:{number}"
        if self._waiting is None:
            print(line, flush=True)
        else:
            self._waiting.append(line)

    def ready(self) -> None:
        """Show what has waited, and that the server is ready."""
        lines, self._waiting = self._waiting or [], None
        print("\n".join([*lines, "ready"]), flush=True)


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _port_option(text: str) -> tuple[str, int]:
    found = _PORT_OPTION.match(text)
    if found is None or int(found[2]) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER with a number from 0 to 65535")
    return found[1].upper(), int(found[2])


def _workers(text: str) -> int:
    number = whole_number(text)
    if number is None or not 1 <= number <= MOST_SDAEMONS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_SDAEMONS}")
    return number
