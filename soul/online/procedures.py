"""Procedure files: sets of named texts, on disk or in memory.

A procedure file on disk is a directory with one text file per procedure. A name asked for is looked up in the
directory's listing and never joined to a path, so that names from a URL cannot reach outside.

    files.get("MYPROC").procedure("CERT.LOGIN").text

Sources: m204wiki, Procedures; PROCEDURE command; INCLUDE command. The directory form is this project's own.
"""

from __future__ import annotations

import math
import os
import stat
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

from soul.language.nearest import nearest_names
from soul.language.source import SourceLine
from soul.online.names import (
    TEXT_ENDINGS,
    composed,
    file_name_error,
    from_disk,
    procedure_name_error,
    to_disk,
)
from soul.online.replacing import put_in_place

TEXT_LIMIT = 16 * 1024 * 1024  # bytes of one procedure
_RACY_NS = 50_000_000  # a directory or file changed less than this ago may change again within one clock tick
LOOK_SECONDS = 0.1  # a procedure file that was there is looked for in its directory no more often
# Sub-directories of an Online that hold something else.
_NEVER_PROCEDURES = frozenset({"TESTS", "DATASETS", "__PYCACHE__"})


class ProcedureError(Exception):
    """A procedure or procedure file that is not there or cannot be used; the text is fit for users."""


class ProcedureNotFound(ProcedureError):
    """There is no procedure of that name."""


@dataclass(frozen=True)
class Procedure:
    """One procedure as it was when it was read. `file` is '' for a temporary procedure."""

    file: str
    name: str
    text: str
    blocks: dict[object, object] = field(default_factory=dict, compare=False, repr=False)  # compiled requests

    @property
    def title(self) -> str:
        """The name users know it by: MYPROC(CERT.LOGIN)."""
        return f"{self.file}({self.name})"

    @cached_property
    def lines(self) -> tuple[SourceLine, ...]:
        """The text line by line."""
        return source_lines(self.text, self.title)


def source_lines(text: str, title: str) -> tuple[SourceLine, ...]:
    """Return the lines of `text`, numbered from 1, as lines of the procedure called `title`."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if rows and rows[-1] == "":
        rows.pop()
    return tuple(SourceLine(row, title, number) for number, row in enumerate(rows, 1))


class ProcedureFile(Protocol):
    """A set of procedures by name. Look-ups are exact first, then without regard to case (our choice)."""

    @property
    def name(self) -> str:
        """The file's name, upper case."""

    def names(self) -> Sequence[str]:
        """Return the procedure names in order."""

    def procedure(self, name: str) -> Procedure:
        """Return the procedure `name` as it is now, or raise ProcedureNotFound or ProcedureError."""

    def has(self, name: str) -> bool:
        """Say whether there is a procedure `name`."""

    def store(self, name: str, text: str) -> None:
        """Create or replace the procedure `name`, or raise ProcedureError."""

    def delete(self, name: str) -> None:
        """Delete the procedure `name`, or raise ProcedureNotFound or ProcedureError."""


def find_name(names: Iterable[str], wanted: str, file: str) -> str | None:
    """Return which of `names` is meant by `wanted`: the exact one, else the only one that differs in case."""
    folded = wanted.upper()
    similar: list[str] = []
    for name in names:
        if name == wanted:
            return name
        if name.upper() == folded:
            similar.append(name)
    if len(similar) > 1:
        choices = ", ".join(sorted(similar))
        raise ProcedureError(f"procedure name {wanted} in {file} is ambiguous: {choices} differ only in case")
    return similar[0] if similar else None


def not_found(name: str, file: str) -> ProcedureNotFound:
    """Return the error for a missing procedure."""
    return ProcedureNotFound(f"there is no procedure {name} in {file}")


def places_sought(files: Sequence[ProcedureFile], name: str) -> str:
    """Return where `name` was looked for in vain, as the end of a message, with the name that is most like it."""
    where = " IN " + " OR ".join(file.name for file in files)
    names = [known for file in files for known in file.names()]
    near = nearest_names(name, names, cutoff=0.75)
    return f"{where} (DID YOU MEAN {near[0].upper()}?)" if near else where


def checked_name(name: str) -> str:
    """Return `name` when it can name a procedure, else raise ProcedureError."""
    problem = procedure_name_error(name)
    if problem:
        raise ProcedureError(problem)
    return name


class MemoryProcedureFile:
    """A procedure file that lives as long as the Online: for tests and for runs without a directory."""

    def __init__(self, name: str, procedures: Mapping[str, str] | None = None) -> None:
        self._name = name.upper()
        self._lock = threading.Lock()
        self._procedures = {key: Procedure(self._name, key, text) for key, text in (procedures or {}).items()}

    @property
    def name(self) -> str:
        """The file's name."""
        return self._name

    def names(self) -> Sequence[str]:
        """Return the procedure names in order."""
        with self._lock:
            return sorted(self._procedures)

    def has(self, name: str) -> bool:
        """Say whether there is a procedure `name`."""
        return find_name(self.names(), name, self._name) is not None

    def procedure(self, name: str) -> Procedure:
        """Return the procedure `name`."""
        with self._lock:
            known = find_name(self._procedures, name, self._name)
            if known is None:
                raise not_found(name, self._name)
            return self._procedures[known]

    def store(self, name: str, text: str) -> None:
        """Create or replace the procedure `name`."""
        checked_name(name)
        with self._lock:
            known = find_name(self._procedures, name, self._name) or name
            self._procedures[known] = Procedure(self._name, known, text)

    def delete(self, name: str) -> None:
        """Delete the procedure `name`."""
        with self._lock:
            known = find_name(self._procedures, name, self._name)
            if known is None:
                raise not_found(name, self._name)
            del self._procedures[known]


class _Stamp(NamedTuple):
    """When a path last changed, as far as its file system tells."""

    changed: int
    size: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> _Stamp:
        return cls(status.st_mtime_ns, status.st_size, status.st_ino)

    def settled(self) -> bool:
        """Say whether a later change is sure to show as another stamp."""
        return time.time_ns() - self.changed > _RACY_NS


@dataclass(frozen=True)
class _Listing:
    stamp: _Stamp
    settled: bool
    paths: Mapping[str, str]  # procedure name -> path
    folded: Mapping[str, tuple[str, ...]]  # upper-case name -> names


class DirectoryProcedureFile:
    """A directory as a procedure file. Changes on disk are seen at the next look-up."""

    def __init__(self, name: str, path: Path, boundary: Path) -> None:
        """Serve `path` as file `name`; no procedure may resolve to a place outside `boundary`."""
        self._name = name
        self._path = path
        self._place = str(path)
        self._boundary = os.path.realpath(boundary)
        self._lock = threading.Lock()
        self._listing: _Listing | None = None
        self._texts: dict[str, tuple[_Stamp, bool, Procedure]] = {}

    @property
    def name(self) -> str:
        """The file's name."""
        return self._name

    @property
    def path(self) -> Path:
        """The directory."""
        return self._path

    def names(self) -> Sequence[str]:
        """Return the procedure names in order."""
        return sorted(self._list().paths)

    def has(self, name: str) -> bool:
        """Say whether there is a procedure `name`."""
        return self._find(self._list(), name) is not None

    def procedure(self, name: str) -> Procedure:
        """Return the procedure `name` as it is on disk now."""
        known_text = self._unchanged(name)
        if known_text is not None:
            return known_text
        listing = self._list()
        known = self._find(listing, name)
        if known is None:
            raise not_found(name, self._name)
        return self._read(known, listing.paths[known])

    def path_of(self, name: str) -> Path | None:
        """Return where the procedure `name` is kept, or None when there is none."""
        listing = self._list()
        known = self._find(listing, name)
        return None if known is None else Path(listing.paths[known])

    def store(self, name: str, text: str) -> None:
        """Create or replace the procedure `name`: the file appears whole or not at all."""
        checked_name(name)
        listing = self._list()
        known = self._find(listing, name)
        if known is None:
            target = str(self._path / to_disk(name))
            if os.path.lexists(target):
                raise ProcedureError(f"procedure {name} cannot be stored in {self._name}: its place is taken")
        else:
            target = listing.paths[known]
        if text and not text.endswith("\n"):
            text += "\n"
        self._write(known or name, target, text)

    def delete(self, name: str) -> None:
        """Delete the procedure `name`."""
        listing = self._list()
        known = self._find(listing, name)
        if known is None:
            raise not_found(name, self._name)
        try:
            os.unlink(listing.paths[known])
        except OSError as error:
            raise ProcedureError(f"procedure {known} cannot be deleted: {error.strerror}") from None
        with self._lock:
            self._listing = None
            self._texts.pop(known, None)

    def _find(self, listing: _Listing, name: str) -> str | None:
        name = composed(name)
        if name in listing.paths:
            return name
        similar = listing.folded.get(name.upper(), ())
        return find_name(similar, name, self._name)

    def _list(self) -> _Listing:
        with self._lock:
            try:
                stamp = _Stamp.of(os.stat(self._place))
                known = self._listing
                if known is not None and known.settled and known.stamp == stamp:
                    return known
                known = self._scan(stamp)
            except OSError as error:
                raise ProcedureError(f"procedure file {self._name} cannot be read: {error.strerror}") from None
            self._listing = known
            return known

    def _scan(self, stamp: _Stamp) -> _Listing:
        settled = stamp.settled()
        paths: dict[str, str] = {}
        folded: dict[str, tuple[str, ...]] = {}
        with os.scandir(self._path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith(".") or entry.is_dir():
                    continue
                name = self._checked_entry(entry)
                if name in paths:
                    twice = f"{os.path.basename(paths[name])} and {entry.name}"
                    raise ProcedureError(f"procedure {name} exists twice in {self._name}: {twice}")
                paths[name] = entry.path
                folded[name.upper()] = (*folded.get(name.upper(), ()), name)
        return _Listing(stamp, settled, paths, folded)

    def _checked_entry(self, entry: os.DirEntry[str]) -> str:
        self._check_place(entry.name, entry.path)
        name = from_disk(entry.name)
        problem = procedure_name_error(name)
        if problem:
            raise ProcedureError(f"file {entry.name!r} in {self._name} cannot be a procedure: {problem}")
        return name

    def _check_place(self, name: str, path: str) -> None:
        if not inside(os.path.realpath(path), self._boundary):
            raise ProcedureError(f"procedure {name} in {self._name} escapes the Online's directory")

    def _unchanged(self, name: str) -> Procedure | None:
        """Return the procedure of just this name when its file is the one that was read; else None.

        The same file under the same path has the same text, whatever else has changed in the directory.
        """
        listing, cached = self._listing, self._texts.get(name)
        if listing is None or cached is None or not cached[1] or name not in listing.paths:
            return None
        try:
            return cached[2] if _Stamp.of(os.stat(listing.paths[name])) == cached[0] else None
        except OSError:
            return None

    def _read(self, name: str, path: str) -> Procedure:
        try:
            status = os.stat(path)
            stamp = _Stamp.of(status)
            cached = self._texts.get(name)
            if cached is not None and cached[1] and cached[0] == stamp:
                return cached[2]
            self._check_place(name, path)
            if not stat.S_ISREG(status.st_mode):
                raise ProcedureError(f"procedure {name} in {self._name} is a pipe or device, not a text")
            if stamp.size > TEXT_LIMIT:
                raise ProcedureError(f"procedure {name} in {self._name} is larger than {TEXT_LIMIT} bytes")
            settled = stamp.settled()
            raw = Path(path).read_bytes()
        except FileNotFoundError:
            if os.path.islink(path):
                raise ProcedureError(
                    f"procedure {name} in {self._name} is a link to a file that is not there"
                ) from None
            raise not_found(name, self._name) from None
        except OSError as error:
            raise ProcedureError(f"procedure {name} in {self._name} cannot be read: {error.strerror}") from None
        text = _decoded(raw, name, self._name)
        if cached is not None and cached[2].text == text:
            procedure = cached[2]  # keeps what was compiled from it
        else:
            procedure = Procedure(self._name, name, text)
        self._texts[name] = (stamp, settled, procedure)
        return procedure

    def _write(self, name: str, target: str, text: str) -> None:
        import tempfile

        temporary = ""
        try:
            handle, temporary = tempfile.mkstemp(prefix=".", suffix=".new", dir=self._path)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            mode = os.stat(target).st_mode & 0o777 if os.path.exists(target) else 0o644
            os.chmod(temporary, mode)
            put_in_place(temporary, target)
        except (OSError, UnicodeEncodeError) as error:
            if temporary and os.path.exists(temporary):
                os.unlink(temporary)
            reason = error.strerror if isinstance(error, OSError) else "it holds characters that are no text"
            raise ProcedureError(f"procedure {name} cannot be stored in {self._name}: {reason}") from None
        with self._lock:
            self._listing = None


def _decoded(raw: bytes, name: str, file: str) -> str:
    if b"\x00" not in raw:
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    raise ProcedureError(f"procedure {name} in {file} is not a text (UTF-8)")


def inside(path: str, directory: str) -> bool:
    """Say whether the resolved `path` is `directory` or lies under it."""
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


class ProcedureFiles:
    """All procedure files of an Online by name, found by scanning its directory once and again when it changes."""

    def __init__(self, directory: Path | None = None, locations: Mapping[str, Path] | None = None) -> None:
        """Find the files under `directory`; `locations` are further ones from soul.toml."""
        self._directory = directory
        self._root = "" if directory is None else str(directory)
        self._locations = {name.upper(): path for name, path in (locations or {}).items()}
        self._lock = threading.Lock()
        self._added: dict[str, ProcedureFile] = {}
        self._found: dict[str, DirectoryProcedureFile] = {}
        self._stamp: _Stamp | None = None
        self._settled = False
        self._looked = -math.inf  # when the directory was last looked at

    def get(self, name: str) -> ProcedureFile:
        """Return the procedure file `name` (any case), or raise ProcedureError."""
        found = self.find(name)
        if found is None:
            problem = file_name_error(name.upper())
            raise ProcedureError(problem or f"there is no procedure file {name.upper()}")
        return found

    def find(self, name: str) -> ProcedureFile | None:
        """Return the procedure file `name` (any case), or None."""
        key = name.upper()
        known = self._added.get(key) or self._found.get(key)
        if known is None or time.monotonic() - self._looked > LOOK_SECONDS:
            self._refresh()
            known = self._added.get(key) or self._found.get(key)
        return known

    def names(self) -> Sequence[str]:
        """Return the names of all procedure files in order."""
        self._refresh()
        return sorted({*self._added, *self._found})

    def add(self, file: ProcedureFile) -> None:
        """Add a file made by the program, for instance a MemoryProcedureFile."""
        problem = file_name_error(file.name)
        if problem:
            raise ProcedureError(f"{file.name}: {problem}")
        self._added[file.name] = file

    def problems(self) -> list[str]:
        """Return everything that is wrong with the directory and the names in it; empty when all is well."""
        try:
            self._refresh()
        except ProcedureError as error:
            return [str(error)]
        problems: list[str] = []
        for name in sorted(self._found):
            try:
                self._found[name].names()
            except ProcedureError as error:
                problems.append(str(error))
        return problems

    def __iter__(self) -> Iterator[ProcedureFile]:
        return iter([self.get(name) for name in self.names()])

    def _refresh(self) -> None:
        with self._lock:
            looked = time.monotonic()
            if self._directory is None:
                if self._locations and not self._found:
                    self._found = self._located()
                return
            try:
                stamp = _Stamp.of(os.stat(self._root))
                if self._settled and self._stamp == stamp:
                    self._looked = looked
                    return
                settled = stamp.settled()
                found = self._scan(self._directory)
            except OSError as error:
                raise ProcedureError(f"{self._directory} cannot be read: {error.strerror}") from None
            kept = {name: self._found.get(name) for name in found}
            self._found = {
                name: old if old is not None and old.path == found[name].path else found[name]
                for name, old in kept.items()
            }
            self._stamp, self._settled, self._looked = stamp, settled, looked

    def _located(self) -> dict[str, DirectoryProcedureFile]:
        return {name: DirectoryProcedureFile(name, path, path) for name, path in self._locations.items()}

    def _scan(self, directory: Path) -> dict[str, DirectoryProcedureFile]:
        boundary = os.path.realpath(directory)
        found = self._located()
        placed = {os.path.realpath(file.path) for file in found.values()}  # they have the names soul.toml gives them
        with os.scandir(directory) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                name = entry.name.upper()
                if entry.name.startswith(".") or name in _NEVER_PROCEDURES or not entry.is_dir():
                    continue
                real = os.path.realpath(entry.path)
                if real in placed:
                    continue
                problem = file_name_error(name)
                if problem:
                    if _holds_procedures(entry.path):
                        raise ProcedureError(f"directory {entry.name} cannot be a procedure file: {problem}")
                    continue
                if not inside(real, boundary):
                    raise ProcedureError(f"procedure file {entry.name} escapes the Online's directory")
                if name in found:
                    raise ProcedureError(f"procedure file {name} exists twice: {found[name].path} and {entry.path}")
                found[name] = DirectoryProcedureFile(name, Path(entry.path), directory)
        return found


def _holds_procedures(path: str) -> bool:
    try:
        return any(name.lower().endswith(TEXT_ENDINGS) for name in os.listdir(path))
    except OSError:
        return False
