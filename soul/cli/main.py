"""The command `soul`: finds the sub-command's module and imports nothing else.

Exit status: 0 done, 1 what was asked for failed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import sys
from collections.abc import Sequence

# name -> (module with `configure(parser)` and `main(arguments) -> int`, one line for the overview)
COMMANDS = {
    "run": ("soul.cli.run", "run a text of commands and requests"),
    "check": ("soul.cli.check", "compile a text without running it and show every error"),
    "serve": ("soul.cli.serve", "start the ports of an Online directory"),
    "test": ("soul.cli.test", "run the tests of an Online directory, offline"),
    "user": ("soul.cli.user", "manage the users of an Online directory"),
    "cert": ("soul.cli.cert", "make development certificates"),
    "conform": ("soul.cli.conform", "run conformance facts"),
    "doc": ("soul.cli.doc", "show the documentation of a $function, method or class"),
}
USAGE = 2


def overview() -> str:
    """Return the text of `soul --help`."""
    rows = [f"  {name:<9} {summary}" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(
        [
            "usage: soul COMMAND ...",
            "",
            "Run, serve and test SOUL procedures away from the mainframe.",
            "",
            *rows,
            "",
            "soul COMMAND --help tells more.   Example: soul run report.soul",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _open_streams()
    try:
        status = _command(given)
        sys.stdout.flush()
        return status
    except OSError as error:
        return _no_output(error)


def _command(given: list[str]) -> int:
    if not given or given[0] in {"-h", "--help", "help"}:
        print(overview())
        return 0 if given else USAGE
    if given[0] in {"-V", "--version"}:
        from importlib.metadata import version

        print("soul", version("soul-online"))
        return 0
    if given[0] not in COMMANDS:
        return _unknown(given[0])
    return _run(given[0], given[1:])


def _open_streams() -> None:
    """Put nothing in the place of streams that are closed, and \\uXXXX for characters that the output has none for."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - until the process ends
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _no_output(error: OSError) -> int:
    """Return the exit status when the output cannot be written."""
    with contextlib.suppress(OSError, ValueError):  # the end of the process must not try once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL):
        return 0  # the reader went away (`soul ... | head`): nothing is left to say, and nobody to say it to
    print(f"soul: the output cannot be written: {error.strerror or error}", file=sys.stderr)
    return 1


def _unknown(name: str) -> int:
    from soul.language.nearest import nearest_names

    near = nearest_names(name, COMMANDS)
    hint = f", did you mean {near[0]}?" if near else ""
    print(f"soul: there is no command {name!r}{hint} (soul --help lists them)", file=sys.stderr)
    return USAGE


def _run(name: str, rest: list[str]) -> int:
    import importlib

    module_name, summary = COMMANDS[name]
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name != module_name:
            raise
        print(f"soul: the command {name} is not part of this installation", file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(
        prog=f"soul {name}",
        description=summary[0].upper() + summary[1:] + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.configure(parser)
    arguments = parser.parse_args(rest)
    try:
        status: int = module.main(arguments)
        return status
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if getattr(arguments, "debug", False) or (isinstance(error, OSError) and error.filename is None):
            raise
        print(f"soul {name}: internal error: {type(error).__name__}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
