"""`soul doc`: the manual of $functions, intrinsic methods and system classes, from their docstrings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from soul.language.nearest import nearest_names

if TYPE_CHECKING:
    from soul.runtime.library import BuiltinLibrary

EXAMPLE = """example:
  soul doc '$Substr'
  soul doc StringToHex
  soul doc HttpRequest
  soul doc --list
  soul doc --write docs/reference     writes functions.md, methods.md, classes.md, parameters.md and messages.md
  soul doc --conformance docs/conformance.md     writes what is done, deviates and is refused

Exit status: 0 shown or written, 1 no such name or not written, 2 wrong usage."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `soul doc`."""
    parser.epilog = EXAMPLE
    parser.add_argument("names", nargs="*", metavar="NAME", help="a $function, a method or a class, in any case")
    parser.add_argument("--list", action="store_true", help="show all names")
    parser.add_argument("--write", metavar="DIR", type=Path, help="write the reference pages into DIR")
    parser.add_argument("--conformance", metavar="FILE", type=Path, help="write the table of what is done into FILE")
    parser.add_argument(
        "--functions",
        metavar="FILE",
        type=Path,
        default=Path("tests/conformance/functions.txt"),
        help="the documented $functions for --conformance (%(default)s)",
    )
    parser.add_argument(
        "--deviations",
        metavar="FILE",
        type=Path,
        default=Path("docs/deviations.md"),
        help="the deviations for --conformance (%(default)s)",
    )


def main(arguments: argparse.Namespace) -> int:
    """Show or write the documentation; return the exit status."""
    from soul.assembly import library

    known = library()
    try:
        if arguments.write is not None:
            return _write(known, arguments.write)
        if arguments.conformance is not None:
            return _write_conformance(known, arguments.conformance, arguments.functions, arguments.deviations)
    except OSError as error:
        print(f"soul doc: {error.filename} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    if arguments.list:
        print("\n".join([*known.function_names(), *known.intrinsic_names(), *known.class_names()]))
        return 0
    if not arguments.names:
        print("soul doc: give a name, --list, --write DIR or --conformance FILE", file=sys.stderr)
        return 2
    from soul.cli.reference import pages_for

    missing = 0
    for name in arguments.names:
        pages = list(pages_for(known, name))
        if pages:
            print("\n\n".join(pages))
        else:
            missing += 1
            _say_missing(known, name)
    return 1 if missing else 0


def _say_missing(known: BuiltinLibrary, name: str) -> None:
    names = [*known.function_names(), *known.intrinsic_names(), *known.class_names()]
    near = nearest_names(name, names, most=3)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    dollar = " (in a shell, put the name in single quotes)" if not name.startswith("$") else ""
    print(f"soul doc: there is no {name!r}{hint}{dollar if not near else ''}", file=sys.stderr)


def _write(known: BuiltinLibrary, directory: Path) -> int:
    from soul.cli.reference import reference

    directory.mkdir(parents=True, exist_ok=True)
    for name, text in reference(known).items():
        (directory / name).write_text(text, encoding="utf-8")
        print(directory / name)
    return 0


def _write_conformance(known: BuiltinLibrary, path: Path, names: Path, deviations: Path) -> int:
    from soul.cli.coverage import CoverageError, page
    from soul.language.tables import grammar_path

    try:
        text = page(known, grammar_path().with_name("statements.toml"), names, deviations)
    except CoverageError as error:
        print(f"soul doc: {error}", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8")
    print(path)
    return 0
