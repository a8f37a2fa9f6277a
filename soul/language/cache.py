"""Compiled requests kept from one run to the next, in memory and on disk.

The key covers everything the code depends on: text, procedures, options, built-ins, compiler and Python. A cache that
is missing, broken, foreign or cannot be written only costs the time to compile again. Code objects are read with
`marshal` from a directory that is ours alone, since reading a prepared one could run anything.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import stat
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soul.language.compile import CompiledRequest, CompileOptions, IncludeReader, Inclusion
from soul.language.diagnostics import Diagnostic, Severity
from soul.language.places import cache_directory
from soul.language.source import SourceLine, Span

if TYPE_CHECKING:
    from soul.language.library import Library

MEMORY_REQUESTS = 500
MAX_FILE = 64 * 1024 * 1024
MAX_FILES = 2_000  # older ones are removed when more have gathered
_FORMAT = "soul-request-1"


@lru_cache(maxsize=1)
def _compiler() -> str:
    """Return a text that changes with the compiler: sizes and times of its modules, and Python's version."""
    state = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        with contextlib.suppress(OSError):
            found = path.stat()
            state.append(f"{path.name}|{found.st_size}|{found.st_mtime_ns}")
    return f"{_FORMAT}|{sys.implementation.cache_tag}|{sys.version}|" + ";".join(state)


class _Memory:
    """The requests compiled most recently, shared by all threads of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[str, CompiledRequest] = OrderedDict()

    def get(self, key: str) -> CompiledRequest | None:
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, key: str, compiled: CompiledRequest) -> None:
        with self._lock:
            self._found[key] = compiled
            self._found.move_to_end(key)
            while len(self._found) > MEMORY_REQUESTS:
                self._found.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


@lru_cache(maxsize=1)
def memory() -> _Memory:
    """Return the process's memory of compiled requests."""
    return _Memory()


def request_key(lines: Sequence[SourceLine], library: Library, options: CompileOptions) -> str:
    """Return the key of a request."""
    digest = hashlib.sha256()
    digest.update(f"{_compiler()}|{library.fingerprint()}|{options}\n".encode())
    for line in lines:
        columns = line.column_map if line.column_map is not None else ""
        digest.update(f"{line.procedure}\0{line.line}\0{columns}\0{line.text}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def load(key: str, library: Library, include: IncludeReader | None) -> CompiledRequest | None:
    """Return the compiled request kept under `key`, or None; included procedures must still read the same."""
    found = memory().get(key)
    if found is not None and found.library is not library:
        found = CompiledRequest(
            found.code, found.bindings, found.procedures, found.diagnostics, library, found.inclusions
        )
    if found is None:
        found = _read(key, library)
        if found is not None:
            memory().put(key, found)
    if found is None or not _same_inclusions(found.inclusions, include):
        return None
    return found


def _same_inclusions(inclusions: Sequence[Inclusion], include: IncludeReader | None) -> bool:
    if not inclusions:
        return True
    if include is None:
        return False
    for inclusion in inclusions:
        try:
            left = list(inclusion.responses)
            lines = include(inclusion.name, left, inclusion.at)
        except Exception:  # the compilation that follows reports whatever is wrong
            return False
        if tuple((line.text, line.procedure, line.line) for line in lines) != inclusion.lines:
            return False
        if tuple(left) != inclusion.left:
            return False
    return True


def store(key: str, compiled: CompiledRequest) -> None:
    """Keep a compiled request."""
    memory().put(key, compiled)
    with contextlib.suppress(OSError, ValueError):
        _write(key, marshal.dumps(_packed(compiled)))


def _packed(compiled: CompiledRequest) -> tuple[Any, ...]:
    diagnostics = [(d.number, d.text, tuple(d.at), d.source, d.hint) for d in compiled.diagnostics]
    inclusions = [(i.name, i.responses, tuple(i.at), i.lines, i.left) for i in compiled.inclusions]
    return _FORMAT, compiled.code, compiled.bindings, compiled.procedures, diagnostics, inclusions


def _read(key: str, library: Library) -> CompiledRequest | None:
    try:
        data = _own_file(_path(key))
        if data is None:
            return None
        digest, content = data[:32], data[32:]
        if hashlib.sha256(content).digest() != digest:
            return None
        mark, code, bindings, procedures, diagnostics, inclusions = marshal.loads(content)
        if mark != _FORMAT:
            return None
        warnings = tuple(Diagnostic(Severity.WARNING, n, t, Span(*at), s, h) for n, t, at, s, h in diagnostics)
        included = tuple(Inclusion(n, r, Span(*at), lines, left) for n, r, at, lines, left in inclusions)
        return CompiledRequest(code, bindings, procedures, warnings, library, included)
    except (OSError, ValueError, EOFError, TypeError):
        return None


def _path(key: str) -> Path:
    return cache_directory() / "requests" / f"{key}.bin"


def _is_ours(state: os.stat_result) -> bool:
    """Say whether only we can have written what has this state."""
    if not hasattr(os, "getuid"):
        return True
    return state.st_uid == os.getuid() and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _own_file(path: Path) -> bytes | None:
    if not _is_ours(path.parent.stat()):
        return None
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or not _is_ours(state) or state.st_size > MAX_FILE:
            return None
        return file.read()


def _write(key: str, content: bytes) -> None:
    path = _path(key)
    import tempfile

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_ours(path.parent.stat()):
        return
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    if key.startswith("00"):  # one store in 256 looks after the size of the directory
        _prune(path.parent)


def _prune(directory: Path) -> None:
    files = sorted(directory.glob("*.bin"), key=lambda each: each.stat().st_mtime, reverse=True)
    for path in files[MAX_FILES:]:
        with contextlib.suppress(OSError):
            path.unlink()
