"""`soul run`: executes a text of commands and requests and shows what a terminal would show."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soul.language.source import SourceLine
    from soul.runtime.thread import Thread

EXAMPLE = """example:
  printf "Begin\\nPrint 'HELLO'\\nEnd\\n" | soul run -
  soul run report.soul --dir programs/clcert

What a program asks for ($Read, ??) comes from the lines behind its End, and then from standard input.

Exit status: 0 done, 1 a request failed to compile or was cancelled (or a command was refused), 2 wrong usage."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `soul run`."""
    parser.epilog = EXAMPLE
    parser.add_argument("file", metavar="FILE", help="the text to run; - reads standard input")
    parser.add_argument("--dir", metavar="DIR", help="the Online directory whose procedures and users are there")
    parser.add_argument("--verbose", action="store_true", help="show the audit trail on standard error")
    parser.add_argument("--audit", metavar="FILE", type=Path, help="append the audit trail to FILE")
    parser.add_argument("--debug", action="store_true", help="show the Python traceback of an internal error")


def read_text(file: str) -> str:
    """Return the text of FILE or standard input; raises OSError or UnicodeDecodeError."""
    raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    return raw.decode("utf-8-sig")


def main(arguments: argparse.Namespace) -> int:
    """Run the text; return the exit status."""
    try:
        text = read_text(arguments.file)
    except OSError as error:
        print(f"soul run: {arguments.file} cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    except UnicodeDecodeError:
        print(f"soul run: {arguments.file} is not a text (UTF-8)", file=sys.stderr)
        return 2
    if arguments.debug:
        import logging

        logging.basicConfig(level=logging.ERROR)
    try:
        return _run(text, arguments)
    except Exception as error:
        if arguments.debug or (isinstance(error, OSError) and error.filename is None):  # the output failed
            raise
        print(f"soul run: internal error: {type(error).__name__}: {error} (--debug shows more)", file=sys.stderr)
        return 1


def _typed() -> Iterator[SourceLine]:
    """Give the lines of standard input, read when a program asks for them."""
    from soul.language.source import SourceLine

    while sys.stdin is not None:
        sys.stdout.flush()
        try:
            line = sys.stdin.readline()
        except (OSError, ValueError):  # closed, or no text
            return
        if not line:
            return
        yield SourceLine(line.rstrip("\n"), "standard input", 0)


@contextmanager
def _attention_key(thread: Thread) -> Iterator[None]:
    """Make Ctrl-C the attention key: it runs the request's On Attention unit, and ends the run when there is none."""

    def press(number: int, frame: object) -> None:
        if not thread.press_attention():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _run(text: str, arguments: argparse.Namespace) -> int:
    from soul.assembly import build
    from soul.online.audit import AuditTrail
    from soul.online.command import ALL_PRIVILEGES
    from soul.online.online import OnlineError, StreamOutput
    from soul.runtime.errors import Stopped

    try:
        audit = AuditTrail(arguments.audit, sys.stderr if arguments.verbose else None)
        online = build(arguments.dir, audit=audit)
    except OnlineError as error:
        for problem in error.problems:
            print(f"soul run: {problem}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"soul run: {arguments.audit} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    title = "input" if arguments.file == "-" else Path(arguments.file).name
    output = StreamOutput(sys.stdout)
    thread = online.new_thread(output)
    try:
        with _attention_key(thread):
            session = online.session(thread, ALL_PRIVILEGES)
            if arguments.file != "-":
                session.replies = _typed()
            problems = session.run(text, title=title)
        thread.finish_login()
    except Stopped as stopped:
        if output.failure is not None:
            raise output.failure from None
        print(f"soul run: stopped: {stopped.reason}", file=sys.stderr)
        return 1
    finally:
        online.close()
    return 1 if problems else 0
