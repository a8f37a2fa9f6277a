"""`soul check`: compiles the requests of a text without running them and shows every error."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from soul.language.source import SourceLine

if TYPE_CHECKING:
    from soul.language.diagnostics import Diagnostic
    from soul.language.scopes import Kept
    from soul.online.command import CommandTable
    from soul.online.online import Online

EXAMPLE = """example:
  soul check MYPROC/CERT.LOGIN.soul
  soul check report.soul --dir programs/clcert     finds included procedures in its procedure files

A text that uses parts of SOUL that are not there ends with a count of them: what keeps it from running.

Exit status: 0 no errors (warnings may be shown), 1 errors, 2 wrong usage."""


# Commands that are statements as well.
BOTH = frozenset(("IF", "INCLUDE", "OPEN", "OPENC", "CLOSE", "NEW PAGE", "STOP", "DELETE"))


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `soul check`."""
    parser.epilog = EXAMPLE
    parser.add_argument("files", nargs="+", metavar="FILE", help="the texts to check; - reads standard input")
    parser.add_argument("--dir", metavar="DIR", help="the Online directory with the procedures that are included")


def requests_of(lines: tuple[SourceLine, ...], typed: bool) -> Iterator[tuple[list[SourceLine], str, bool]]:
    """Give the lines of each request in a text, how it ends ('' when it does not), and whether it began with More.

    `typed` says that a semicolon ends a line, as where `soul run` takes the text for typed lines.
    """
    from soul.language.request import RequestReader
    from soul.online.feed import Feed
    from soul.online.line_end import line_end

    reader: RequestReader | None = None
    is_more = False
    feed = Feed(lines, "")
    while (line := feed.next()) is not None:
        if typed and (reader is None or not reader.in_text) and (end := line_end(line.text)) is not None:
            line = feed.first_of(line, end)
        if reader is None:
            if line.text.strip().upper() in {"BEGIN", "B", "MORE"}:
                reader = RequestReader()
                is_more = line.text.strip().upper() == "MORE"
        elif reader.feed(line):
            yield reader.lines, reader.ending, is_more
            reader = None
    if reader is not None:
        yield reader.lines, "", is_more


def main(arguments: argparse.Namespace) -> int:
    """Check the texts; return the exit status."""
    from soul.assembly import build
    from soul.cli.run import read_text
    from soul.online.online import OnlineError
    from soul.online.procedures import ProcedureError

    try:
        online = build(arguments.dir)
    except OnlineError as error:
        for problem in error.problems:
            print(f"soul check: {problem}", file=sys.stderr)
        return 2
    errors = 0
    try:
        names = online.files.names()
    except ProcedureError as error:
        print(f"soul check: {error}", file=sys.stderr)
        return 2
    for file in arguments.files:
        try:
            text = read_text(file)
        except OSError as error:
            print(f"soul check: {file} cannot be read: {error.strerror}", file=sys.stderr)
            return 2
        except UnicodeDecodeError:
            print(f"soul check: {file} is not a text (UTF-8)", file=sys.stderr)
            return 2
        own = Path(file).resolve().parent.name.upper()  # what it includes is most likely beside it
        title = "input" if file == "-" else Path(file).name
        errors += _check(online, text, title, sorted(names, key=lambda name: name != own), own not in names)
    print(f"{errors} error{'' if errors == 1 else 's'}")
    return 1 if errors else 0


def _check(online: Online, text: str, title: str, files: Sequence[str], typed: bool) -> int:
    from soul.language.diagnostics import Severity
    from soul.online.command import ALL_PRIVILEGES
    from soul.online.evaluation import Block, diagnose
    from soul.online.procedures import source_lines

    session = online.session(online.new_thread(), ALL_PRIVILEGES)
    session.files.open_together(files)
    errors = 0
    said: list[Diagnostic] = []
    lines = source_lines(text, title)
    kept: Kept | None = None
    note = ""
    requests = list(requests_of(lines, typed))
    if not requests and is_part(online.commands, lines):
        note = f"{title} has no Begin: checked as lines that a request includes"
        requests = [(list(lines), "End", False)]
    elif not requests:
        print(f"{title} holds no request: nothing to check")
    for request, ending, is_more in requests:
        if not ending:
            print(f"{title}: SOUL.0209: INPUT ENDED BEFORE END")
            errors += 1
        at = request[0] if request else SourceLine("", title, len(lines))
        block = Block(tuple(request), ending or "End", at)
        diagnostics, kept = diagnose(session, block, kept if is_more else None)
        said.extend(diagnostics)
        if note and diagnostics:
            print(note)
        for diagnostic in diagnostics:
            print(diagnostic.render())
            errors += diagnostic.severity is Severity.ERROR
    for row in summary(title, said, errors):
        print(row)
    return errors


def is_part(commands: CommandTable, lines: Sequence[SourceLine]) -> bool:
    """Say whether lines without a Begin are a part of a request: none of them is a command and nothing else."""
    texts = [line.text.strip() for line in lines]
    statements = [text for text in texts if text and not text.startswith("*")]
    found = [known[0].name for text in statements if (known := commands.match(text)) is not None]
    return bool(statements) and BOTH.issuperset(found)


def summary(title: str, diagnostics: Sequence[Diagnostic], errors: int) -> Iterator[str]:
    """Give the lines that say which parts of SOUL that are not there keep a text from running; none when none is met.

    The parts and the forms in them come in order of their number; `errors` is the number of all errors of the text.
    """
    parts: dict[str, Counter[str]] = {}
    for diagnostic in diagnostics:
        if diagnostic.refused is not None:
            parts.setdefault(diagnostic.refused.part, Counter())[diagnostic.refused.form] += 1
    if not parts:
        return
    yield f"{title} needs parts of SOUL that are not supported:"
    for part, forms in sorted(parts.items(), key=lambda each: -each[1].total()):
        listed = ", ".join(form if number == 1 else f"{form} ({number})" for form, number in forms.most_common())
        yield from wrap(f"{forms.total():5} {part}: {listed}", 100, subsequent_indent=" " * 8)
    others = errors - sum(forms.total() for forms in parts.values())
    yield f"{others:5} other error{'' if others == 1 else 's'}" if others else "      Everything else compiles."
