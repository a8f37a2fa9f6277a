"""`soul doc`: the manual of $functions, intrinsic methods and system classes, from their docstrings."""

from __future__ import annotations

import argparse
import difflib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soul.language.library import Builtin, Parameter
    from soul.runtime.library import BuiltinLibrary

EXAMPLE = """example:
  soul doc '$Substr'
  soul doc StringToHex
  soul doc HttpRequest
  soul doc --list
  soul doc --write docs/reference     writes functions.md, methods.md and classes.md"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `soul doc`."""
    parser.epilog = EXAMPLE
    parser.add_argument("names", nargs="*", metavar="NAME", help="a $function, a method or a class, in any case")
    parser.add_argument("--list", action="store_true", help="show all names")
    parser.add_argument("--write", metavar="DIR", type=Path, help="write the reference pages into DIR")


def main(arguments: argparse.Namespace) -> int:
    """Show or write the documentation; return the exit status."""
    from soul.assembly import library

    known = library()
    if arguments.write is not None:
        return _write(known, arguments.write)
    if arguments.list:
        print("\n".join([*known.function_names(), *known.intrinsic_names(), *known.class_names()]))
        return 0
    if not arguments.names:
        print("soul doc: give a name, --list or --write DIR", file=sys.stderr)
        return 2
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
    spelled = {candidate.upper(): candidate for candidate in names}
    near = difflib.get_close_matches(name.upper(), list(spelled), n=3, cutoff=0.6)
    hint = f"; did you mean {', '.join(spelled[word] for word in near)}?" if near else ""
    dollar = " (in a shell, put the name in single quotes)" if not name.startswith("$") else ""
    print(f"soul doc: there is no {name!r}{hint}{dollar if not near else ''}", file=sys.stderr)


def pages_for(known: BuiltinLibrary, name: str) -> Iterator[str]:
    """Give a page for everything called `name`."""
    function = known.function(name) or (known.function("$" + name) if not name.startswith("$") else None)
    if function is not None:
        yield page_of(function)
    method = known.intrinsic(name)
    if method is not None:
        yield page_of(method, receiver=True)
    found = known.system_class(name)
    if found is not None:
        parts = [f"class {found.name}"]
        for member in found.names():
            builtin = found.constructor(member) or found.method(member)
            if builtin is not None:
                parts.append(page_of(builtin))
                continue
            known_property = found.property_(member)
            if known_property is not None and (known_property.get or known_property.set):
                accessor = known_property.get or known_property.set
                assert accessor is not None
                writable = "" if known_property.set is None else " (can be set)"
                parts.append(f"{member}{writable}\n\n{_indented(_docstring(accessor))}")
        yield "\n\n".join(parts)


def page_of(builtin: Builtin, *, receiver: bool = False) -> str:
    """Return the page of one function or method as plain text."""
    parts = [signature(builtin, receiver=receiver), "", _indented(_docstring(builtin))]
    if not builtin.available:
        parts += ["", "    Not available off the mainframe: compiles with a warning and returns its failure value."]
    if builtin.page:
        parts += ["", f"    Page: m204wiki, {builtin.page}"]
    return "\n".join(parts)


def signature(builtin: Builtin, *, receiver: bool = False) -> str:
    """Return the call form: `$Substr(string, [start], [length])`."""
    parameters = list(builtin.parameters)
    front = ""
    if receiver and parameters:
        front = f"{parameters.pop(0).kind.value}:"
    shown = ", ".join(_shown(parameter) for parameter in parameters)
    result = f" -> {builtin.result_class or builtin.result.value}" if builtin.result.value != "none" else ""
    return f"{front}{builtin.name}{f'({shown})' if shown else ''}{result}"


def _shown(parameter: Parameter) -> str:
    text = f"{parameter.name}=" if parameter.named_only else parameter.name
    if parameter.variadic:
        text += "..."
    return text if parameter.required else f"[{text}]"


def _docstring(builtin: Builtin) -> str:
    return inspect.getdoc(builtin.function) or "No description."


def _indented(text: str) -> str:
    return "\n".join("    " + row if row else "" for row in text.splitlines())


def _write(known: BuiltinLibrary, directory: Path) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    functions = [builtin for name in known.function_names() if (builtin := known.function(name))]
    methods = [builtin for name in known.intrinsic_names() if (builtin := known.intrinsic(name))]
    texts = {
        "functions.md": _markdown("$functions", [page_of(builtin) for builtin in functions]),
        "methods.md": _markdown("Methods of strings and numbers", [page_of(b, receiver=True) for b in methods]),
        "classes.md": _markdown(
            "System classes", [page for name in known.class_names() for page in pages_for(known, name)]
        ),
    }
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
        print(directory / name)
    return 0


def _markdown(title: str, pages: list[str]) -> str:
    rows = [f"# {title}", "", "Generated by `soul doc --write`; do not edit.", ""]
    for page in pages:
        head, _, body = page.partition("\n")
        rows += [f"## `{head}`", ""]
        rows += [row[4:] if row.startswith("    ") else row for row in body.strip("\n").splitlines()]
        rows.append("")
    return "\n".join(rows)
