"""Compiling a request: from its lines to a code object, from the cache when it was compiled before.

Source: m204wiki, Request composition rules; Mixed-case SOUL.
"""

from __future__ import annotations

import contextlib
import gc
import linecache
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Any, Literal

from soul.language.diagnostics import CompileError, Diagnostic, Severity
from soul.language.source import NOWHERE, SourceLine, Span

if TYPE_CHECKING:
    from soul.language.library import Builtin, Library
    from soul.language.scopes import Kept

IncludeReader = Callable[[str, list[str], Span], Sequence[SourceLine]]
Binding = tuple[str, ...]

TREE_DEPTH = 20_000  # Python frames the compiler may nest; its trees are shallow, but blocks may nest deep
FILE_PREFIX = "/soul/"

_registering = threading.Lock()


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """What governs a compilation besides the text: VTYPE, VLEN and VDP (m204wiki, Using variables and values).

    `fold_case` and `leave_allowed` are the case it begins with and whether Sirius Case Leave changes that (m204wiki,
    Mixed-case SOUL; COMPOPT parameter).
    """

    variable_type: Literal["STRING", "FLOAT", "FIXED", "UNDEFINED"] = "STRING"
    variable_length: int = 20
    variable_decimals: int = 0
    fold_case: bool = True
    leave_allowed: bool = True
    use_cache: bool = True
    keeps: bool = False  # the request ends with End More: another may continue it


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An Include statement that was followed: what was asked for, what came, and which responses were left."""

    name: str
    responses: tuple[str, ...]
    at: Span
    lines: tuple[tuple[str, str, int], ...]  # text, procedure, line
    left: tuple[str, ...]


@dataclass(slots=True)
class CompiledRequest:
    """A request ready to be evaluated by `soul.runtime.request.evaluate`.

    `bindings` says which built-in each name in the code stands for; `procedures` which procedure the line numbers of
    the code speak of (see `soul.language.pysource`); `diagnostics` are the warnings; `kept` is what a request that ends
    with End More leaves to the compilation of the next one.
    """

    code: CodeType
    bindings: dict[str, Binding]
    procedures: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    library: Library
    inclusions: tuple[Inclusion, ...] = ()
    kept: Kept | None = None
    _functions: dict[str, Callable[..., Any]] | None = field(default=None, repr=False)
    plan: object = field(default=None, repr=False, compare=False)  # what the run-time support keeps for the next run

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Return the Python function of every built-in, by the name it has in the code."""
        if self._functions is None:
            self._functions = {
                name: builtin.function
                for name, binding in self.bindings.items()
                if (builtin := find_builtin(self.library, binding)) is not None
            }
        return self._functions

    def names(self) -> Iterator[str]:
        """Yield every global name and attribute that the code speaks of."""
        return _names_in(self.code)


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def find_builtin(library: Library, binding: Binding) -> Builtin | None:
    """Return the built-in a binding stands for, or None when the library no longer has it."""
    kind = binding[0]
    if kind == "function":
        return library.function(binding[1])
    if kind == "intrinsic":
        return library.intrinsic(binding[1])
    owner = library.system_class(binding[1])
    if owner is None:
        return None
    if kind == "constructor":
        return owner.constructor(binding[2])
    if kind == "method":
        return owner.method(binding[2])
    member = owner.property_(binding[2])
    if member is None:
        return None
    return member.get if kind == "getter" else member.set


def file_name(procedure: str) -> str:
    """Return the file name that code of `procedure` has in tracebacks and debuggers."""
    inner = procedure.replace("(", "/", 1).removesuffix(")") if "(" in procedure else procedure
    return f"{FILE_PREFIX}{inner}"


class _RecordingReader:
    """Reads included procedures and remembers what it read, for the cache."""

    def __init__(self, include: IncludeReader) -> None:
        self._include = include
        self.inclusions: list[Inclusion] = []
        self.lines: list[SourceLine] = []

    def __call__(self, name: str, responses: list[str], at: Span) -> Sequence[SourceLine]:
        asked = tuple(responses)
        lines = self._include(name, responses, at)
        kept = tuple((line.text, line.procedure, line.line) for line in lines)
        self.inclusions.append(Inclusion(name, asked, at, kept, tuple(responses)))
        self.lines.extend(lines)
        return lines


def compile_request(
    lines: Sequence[SourceLine],
    library: Library,
    options: CompileOptions = CompileOptions(),
    include: IncludeReader | None = None,
    previous: Kept | None = None,
) -> CompiledRequest:
    """Compile the lines between Begin and End (both exclusive).

    Arguments: the lines, dummy strings replaced; the library of built-ins; options; `include` returns the lines of a
    procedure for an Include statement (see `soul.language.parser.parse_request`); `previous` is what the request
    continues when it began with More. Parts of a longer request are not cached.
    Errors: CompileError with every diagnostic of the request, warnings included.
    """
    from soul.language.cache import load, request_key, store

    register_source(lines)
    key = request_key(lines, library, options) if options.use_cache and previous is None and not options.keeps else ""
    found = load(key, library, include) if key else None
    if found is not None:
        return found
    with _collector_resting():
        compiled = _compile(lines, library, options, include, previous)
    if key:
        store(key, compiled)
    return compiled


@contextlib.contextmanager
def _collector_resting() -> Iterator[None]:
    """Keep Python's cycle collector from looking through the trees while they grow: a quarter of the time.

    When threads compile at the same time, the one that found it at work sets it to work again.
    """
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()


def _compile(
    lines: Sequence[SourceLine],
    library: Library,
    options: CompileOptions,
    include: IncludeReader | None,
    previous: Kept | None,
) -> CompiledRequest:
    from soul.language.parser import parse_request

    if sys.getrecursionlimit() < TREE_DEPTH:
        sys.setrecursionlimit(TREE_DEPTH)
    reader = _RecordingReader(include) if include is not None else None
    macros = dict(previous.macros) if previous is not None else {}
    parsed = parse_request(
        lines, fold_case=options.fold_case, leave_allowed=options.leave_allowed, include=reader, macros=macros
    )
    failed = any(each.severity is Severity.ERROR for each in parsed.diagnostics)
    every_line = [*lines, *(reader.lines if reader is not None else ())]
    register_source(every_line)
    unit = _Unit(every_line, options, reader, previous, macros, parsed.fold_case)
    return _generate(parsed.body, parsed.diagnostics, failed, unit, library)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What one compilation works on besides the tree."""

    lines: Sequence[SourceLine]
    options: CompileOptions
    reader: _RecordingReader | None
    previous: Kept | None
    macros: dict[str, str]
    fold_case: bool


def _generate(body: Any, said: list[Diagnostic], failed: bool, unit: _Unit, library: Library) -> CompiledRequest:
    from soul.language.emit import emit
    from soul.language.problems import LIMIT, Problems
    from soul.language.resolve import Resolver
    from soul.language.scopes import Defaults, Kept

    lines, options, previous = unit.lines, unit.options, unit.previous
    problems = Problems(lines)
    problems.found.extend(said)
    defaults = Defaults(options.variable_type, options.variable_length, options.variable_decimals)
    resolver = Resolver(library, problems, previous.defaults if previous is not None else defaults)
    program = resolver.resolve(body, broken=failed, previous=previous, keeps=options.keeps)
    emission = emit(program, problems, library)
    if not problems.failed:
        main = emission.procedures[0] if emission.procedures else (lines[0].procedure if lines else "")
        try:
            code = compile(emission.module, file_name(main), "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, RecursionError, MemoryError) as error:
            text = f"the request is nested too deep for the compiler ({error.__class__.__name__})"
            problems.error(LIMIT, text, body[0].at if body else NOWHERE)
    diagnostics = _in_order(problems.found, lines)
    if problems.failed:
        raise CompileError(diagnostics)
    inclusions = tuple(unit.reader.inclusions) if unit.reader is not None else ()
    kept = None
    if options.keeps:
        left = resolver.declarer.defaults
        common, bindings, procedures = program.common, emission.bindings, emission.procedures
        kept = Kept(program.part + 1, program.main, common, left, procedures, bindings, unit.macros, unit.fold_case)
    return CompiledRequest(code, emission.bindings, emission.procedures, diagnostics, library, inclusions, kept)


def _in_order(found: Sequence[Diagnostic], lines: Sequence[SourceLine]) -> tuple[Diagnostic, ...]:
    """Return diagnostics in source order, the main procedure first."""
    order: dict[str, int] = {}
    for line in lines:
        order.setdefault(line.procedure, len(order))
    return tuple(sorted(found, key=lambda each: (order.get(each.at.procedure, -1), each.at.line, each.at.column)))


def register_source(lines: Sequence[SourceLine]) -> None:
    """Give `linecache` the text of procedures, so that tracebacks and debuggers show SOUL lines."""
    texts: dict[str, dict[int, str]] = {}
    for line in lines:
        texts.setdefault(line.procedure, {})[line.line] = line.text + "\n"
    with _registering:
        for procedure, rows in texts.items():
            name = file_name(procedure)
            known = linecache.cache.get(name)
            shown = list(known[2]) if known is not None and len(known) == 4 else []
            last = max(rows)
            shown.extend(["\n"] * (last - len(shown)))
            for number, text in rows.items():
                if number > 0:
                    shown[number - 1] = text
            linecache.cache[name] = (sum(map(len, shown)), None, shown, name)
