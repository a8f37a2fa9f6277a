"""`soul.toml`: the settings of an Online directory. An unknown section or key is an error, never ignored.

[parameters]                   # system and user parameters of the run (m204wiki, Parameters)
MAXINCL = 10

[files.SHARED]                 # a procedure file kept elsewhere, or a sub-directory under another name
path = "../shared/procs"         # relative to the directory

[groups]
ALLPROCS = ["MYPROC", "SHARED"]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from soul.language.nearest import nearest_names
from soul.online.names import file_name_error

SETTINGS_FILE = "soul.toml"


class SettingsError(Exception):
    """Something in soul.toml is wrong; `problems` lists everything found."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Opening(Enum):
    """How a file may be opened (m204wiki, OPEN command)."""

    PUBLIC = "public"
    SEMI_PUBLIC = "semi-public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class FileSettings:
    """One file: where it is ('' path: the sub-directory of its name) and how it may be opened."""

    path: str = ""
    opening: Opening = Opening.PUBLIC
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SubsystemSettings:
    """An application subsystem (m204wiki, Application Subsystem development)."""

    file: str
    login: str = ""
    initialisation: str = ""
    error: str = ""
    communication_global: str = "NEXT"
    exit_value: str = "XIT"
    error_global: str = "APSYERR"


@dataclass(frozen=True, slots=True)
class DataSetSettings:
    """A data set: its file, and whether it holds lines of text (V) or records of `lrecl` bytes (F)."""

    path: str = ""
    recfm: str = "V"
    lrecl: int = 80


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a section: its type, default and meaning."""

    type: type
    default: Any
    meaning: str


# Sections of single values. A layer that needs a setting adds a row here; it is read with Settings.value.
SECTIONS: Mapping[str, Mapping[str, Key]] = {
    "login": {
        "trusted": Key(bool, True, "whether $Sir_Login may log users in without a password"),
    },
    "limits": {
        "request_seconds": Key(int, 60, "run time of one request on a port; 0 = no limit"),
        "output_bytes": Key(int, 16 * 1024 * 1024, "output that one web request may collect"),
        "sdaemons": Key(int, 8, "threads that run procedures for ports"),
        "handshake_seconds": Key(int, 10, "time a TLS handshake may take"),
        "head_seconds": Key(int, 10, "time in which a request's head must arrive"),
        "body_seconds": Key(int, 10, "longest pause while a request's body arrives"),
        "write_seconds": Key(int, 30, "longest pause while a response is taken"),
        "body_bytes": Key(int, 16 * 1024 * 1024, "largest request body"),
    },
    "serve": {
        "host": Key(str, "127.0.0.1", "address that ports listen on"),
        "drain_seconds": Key(int, 10, "time connections get to finish after SIGTERM or Ctrl-C"),
    },
}


@dataclass(frozen=True)
class Settings:
    """What soul.toml says, checked."""

    directory: Path | None = None
    parameters: Mapping[str, int | str] = field(default_factory=dict)
    files: Mapping[str, FileSettings] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    users: Mapping[str, object] = field(default_factory=dict, repr=False)  # tables for users.user_from
    subsystems: Mapping[str, SubsystemSettings] = field(default_factory=dict)
    datasets: Mapping[str, DataSetSettings] = field(default_factory=dict)
    values: Mapping[tuple[str, str], object] = field(default_factory=dict)

    def number(self, section: str, key: str) -> int:
        """Return a numeric setting or its default."""
        return int(self._value(section, key))

    def flag(self, section: str, key: str) -> bool:
        """Return a yes/no setting or its default."""
        return bool(self._value(section, key))

    def text(self, section: str, key: str) -> str:
        """Return a text setting or its default."""
        return str(self._value(section, key))

    def _value(self, section: str, key: str) -> Any:
        return self.values.get((section, key), SECTIONS[section][key].default)

    def locations(self) -> dict[str, Path]:
        """Return the files kept outside the directory."""
        base = self.directory or Path()
        return {name: base / row.path for name, row in self.files.items() if row.path}


def load_settings(directory: Path | None) -> Settings:
    """Return the settings of an Online directory; defaults where there is no soul.toml. Raises SettingsError."""
    if directory is None:
        return Settings()
    path = directory / SETTINGS_FILE
    if not path.exists():
        return Settings(directory)
    import tomllib

    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: {error}"]) from None
    except OSError as error:
        raise SettingsError([f"{path} cannot be read: {error.strerror}"]) from None
    return _Reader(directory, str(path)).read(data)


def _suggestion(word: str, known: Iterable[str]) -> str:
    near = nearest_names(word, known)
    return f", did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"


class _Reader:
    """Turns the parsed file into Settings and collects every problem on the way."""

    def __init__(self, directory: Path, place: str) -> None:
        self._directory = directory
        self._place = place
        self._problems: list[str] = []

    def read(self, data: Mapping[str, Any]) -> Settings:
        readers: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "parameters": self._parameters,
            "files": self._files,
            "groups": self._groups,
            "users": dict,
            "subsystems": self._subsystems,
            "datasets": self._datasets,
        }
        found: dict[str, Any] = {}
        values: dict[tuple[str, str], object] = {}
        for section, rows in data.items():
            if section not in readers and section not in SECTIONS:
                self._problem(f"unknown section [{section}]{_suggestion(section, [*readers, *SECTIONS])}")
            elif not isinstance(rows, dict):
                self._problem(f"{section} must be a section: write [{section}]")
            elif section in readers:
                found[section] = readers[section](rows)
            else:
                values.update(self._values(section, rows))
        if self._problems:
            raise SettingsError(self._problems)
        return Settings(directory=self._directory, values=values, **found)

    def _problem(self, text: str) -> None:
        self._problems.append(f"{self._place}: {text}")

    def _values(self, section: str, rows: Mapping[str, Any]) -> dict[tuple[str, str], object]:
        values: dict[tuple[str, str], object] = {}
        for key, value in rows.items():
            known = SECTIONS[section].get(key)
            if known is None:
                self._problem(f"unknown key {key} in [{section}]{_suggestion(key, SECTIONS[section])}")
            elif type(value) is not known.type:
                self._problem(f"{key} in [{section}] must be {_TYPE_NAMES[known.type]}")
            elif known.type is int and isinstance(value, int) and value < 0:
                self._problem(f"{key} in [{section}] must not be negative")
            else:
                values[section, key] = value
        return values

    def _parameters(self, rows: Mapping[str, Any]) -> dict[str, int | str]:
        from soul.online.parameters import PARAMETERS, Scope

        values: dict[str, int | str] = {}
        for name, value in rows.items():
            row = PARAMETERS.get(name)
            if row is None or row.scope is Scope.VIEW:
                names = [known.name for known in PARAMETERS if known.scope is not Scope.VIEW]
                self._problem(f"unknown parameter {name}{_suggestion(name, names)}")
                continue
            try:
                values[row.name] = row.parse(str(value), row.default)
            except ValueError as error:
                self._problem(f"parameter {error}".lower().replace(name.lower(), row.name))
        return values

    def _name(self, name: str, what: str) -> str:
        problem = file_name_error(name.upper())
        if problem:
            self._problem(f"{what} {name}: {problem}")
        return name.upper()

    def _table(self, name: str, row: object, keys: Mapping[str, type]) -> dict[str, Any]:
        """Return the known keys of one sub-table."""
        if not isinstance(row, dict):
            self._problem(f"{name} must be a section: write [{name}]")
            return {}
        for key, value in row.items():
            if key not in keys:
                self._problem(f"unknown key {key} in [{name}]{_suggestion(key, keys)}")
            elif type(value) is not keys[key]:
                self._problem(f"{key} in [{name}] must be {_TYPE_NAMES[keys[key]]}")
        return {key: value for key, value in row.items() if key in keys and type(value) is keys[key]}

    def _files(self, rows: Mapping[str, Any]) -> dict[str, FileSettings]:
        files: dict[str, FileSettings] = {}
        for name, row in rows.items():
            keys = self._table(f"files.{name}", row, {"path": str, "opening": str, "password": str})
            opening = keys.get("opening", Opening.PUBLIC.value)
            if opening not in [known.value for known in Opening]:
                self._problem(f"opening in [files.{name}] must be public, semi-public or private")
                opening = Opening.PUBLIC.value
            path = keys.get("path", "")
            if path and not (self._directory / path).is_dir():
                self._problem(f"path in [files.{name}]: there is no directory {path}")
            files[self._name(name, "file")] = FileSettings(path, Opening(opening), keys.get("password", ""))
        return files

    def _groups(self, rows: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        groups: dict[str, tuple[str, ...]] = {}
        for name, members in rows.items():
            if not isinstance(members, list) or not members or not all(isinstance(m, str) for m in members):
                self._problem(f"group {name} must be a list of file names")
                continue
            groups[self._name(name, "group")] = tuple(member.upper() for member in members)
        return groups

    def _datasets(self, rows: Mapping[str, Any]) -> dict[str, DataSetSettings]:
        found: dict[str, DataSetSettings] = {}
        for name, row in rows.items():
            keys = self._table(f"datasets.{name}", row, {"path": str, "recfm": str, "lrecl": int})
            if keys.get("recfm", "V") not in ("F", "V"):
                self._problem(f"recfm in [datasets.{name}] must be F or V")
            if not 1 <= keys.get("lrecl", 80) <= 32_767:
                self._problem(f"lrecl in [datasets.{name}] must be 1 to 32767")
            path = keys.get("path", "")
            if path and not (self._directory / path).resolve().is_relative_to(self._directory.resolve()):
                self._problem(f"path in [datasets.{name}] must lie inside the Online directory")
            found[name.upper()] = DataSetSettings(**keys)
        return found

    def _subsystems(self, rows: Mapping[str, Any]) -> dict[str, SubsystemSettings]:
        subsystems: dict[str, SubsystemSettings] = {}
        fields = dict.fromkeys(SubsystemSettings.__dataclass_fields__, str)
        for name, row in rows.items():
            keys = self._table(f"subsystems.{name}", row, fields)
            if "file" not in keys:
                self._problem(f"[subsystems.{name}] needs the key file")
                continue
            subsystems[name.upper()] = SubsystemSettings(**keys)
        return subsystems


_TYPE_NAMES: Mapping[type, str] = {bool: "true or false", int: "a whole number", str: "a text in quotes"}
