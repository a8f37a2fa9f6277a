"""The built-in library: $functions, intrinsic methods and system classes, imported when first asked for.

A request uses a handful of built-ins, so nothing is imported until a name is looked up. Which module holds a name is
read from the module's text (the decorators name it); a name that is not found that way is sought in all modules.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soul.language.library import Builtin, SystemClass

FUNCTION_PACKAGE = "soul.runtime.functions"
METHOD_PACKAGE = "soul.runtime.methods"
CLASS_PACKAGE = "soul.runtime.classes"

# At the start of a line: a docstring may speak of a registration without being one.
_REGISTRATION = re.compile(r"\n@FAMILY\.(?:function|method)\(\s*((?:\"[^\"]*\"\s*,?\s*)+)")
_CLASS = re.compile(r"\n@system_class\(\s*\"([^\"]+)\"")
_QUOTED = re.compile(r"\"([^\"]*)\"")


def modules_of(package: str) -> tuple[str, ...]:
    """Return the names of the modules directly in `package`, without importing them."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        return ()
    found = pkgutil.iter_modules(spec.submodule_search_locations)
    return tuple(sorted(f"{package}.{module.name}" for module in found if not module.ispkg))


def _locate(module: str) -> Path | None:
    """Return the source file of `module`, without importing it."""
    package, _, name = module.rpartition(".")
    spec = importlib.util.find_spec(package) if package else None
    for folder in (spec.submodule_search_locations if spec is not None else None) or ():
        path = Path(folder, name + ".py")
        if path.is_file():
            return path
    return None


class _Index:
    """Which of some modules registers which names."""

    def __init__(self, modules: Sequence[str], registration: re.Pattern[str]) -> None:
        self.modules = tuple(dict.fromkeys(modules))
        self._registration = registration

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Return upper-case name -> module name, read from the modules' texts."""
        names: dict[str, str] = {}
        for module in self.modules:
            path = _locate(module)
            text = path.read_text(encoding="utf-8") if path is not None else ""
            for match in self._registration.finditer(text):
                for name in _QUOTED.findall(match.group(0)):
                    names.setdefault(name.upper(), module)
        return names

    def candidates(self, name: str) -> Iterator[ModuleType]:
        """Give the modules that may hold `name`, the likely one first."""
        likely = self.by_name.get(name.upper())
        if likely is not None:
            yield importlib.import_module(likely)
        yield from self.all()

    def all(self) -> Iterator[ModuleType]:
        """Give every module."""
        for module in self.modules:
            yield importlib.import_module(module)


class BuiltinLibrary:
    """All built-ins of an Online; satisfies `soul.language.library.Library`.

    `function_modules`, `method_modules` and `class_modules` are names of modules that layers above add to the
    runtime's own; each has a `FAMILY`, or classes with the decorator `system_class`.
    """

    def __init__(
        self,
        function_modules: Sequence[str] = (),
        method_modules: Sequence[str] = (),
        class_modules: Sequence[str] = (),
    ) -> None:
        self._functions = _Index((*modules_of(FUNCTION_PACKAGE), *function_modules), _REGISTRATION)
        self._methods = _Index((*modules_of(METHOD_PACKAGE), *method_modules), _REGISTRATION)
        self._classes = _Index((*modules_of(CLASS_PACKAGE), *class_modules), _CLASS)
        self._found: dict[tuple[str, str], Builtin | None] = {}
        self._found_classes: dict[str, SystemClass | None] = {}

    def _lookup(self, index: _Index, kind: str, name: str) -> Builtin | None:
        key = (kind, name.upper())
        if key not in self._found:
            # Stored only when the search is over: another thread must never see a name as unknown meanwhile.
            self._found[key] = self._search(index, name)
        return self._found[key]

    @staticmethod
    def _search(index: _Index, name: str) -> Builtin | None:
        for module in index.candidates(name):
            family = getattr(module, "FAMILY", None)
            entry = family.get(name) if family is not None else None
            if entry is not None:
                builtin: Builtin = entry.builtin
                return builtin
        return None

    def _names(self, index: _Index) -> list[str]:
        families = [getattr(module, "FAMILY", ()) for module in index.all()]
        return sorted({entry.name for family in families for entry in family})

    def function(self, name: str) -> Builtin | None:
        """Return the $function called `name` (with its `$`), or None."""
        return self._lookup(self._functions, "function", name)

    def function_names(self) -> Sequence[str]:
        """Return the names of all $functions, for "did you mean"."""
        return self._names(self._functions)

    def intrinsic(self, name: str) -> Builtin | None:
        """Return the intrinsic method `name` of strings and numbers; its first parameter is the value."""
        return self._lookup(self._methods, "method", name)

    def intrinsic_names(self) -> Sequence[str]:
        """Return the names of all intrinsic methods, for "did you mean"."""
        return self._names(self._methods)

    def system_class(self, name: str) -> SystemClass | None:
        """Return the system class called `name`, or None."""
        key = name.upper()
        if key not in self._found_classes:
            for module in self._classes.candidates(name):
                for registered in self._of_module(module):
                    self._found_classes[registered.name.upper()] = registered
                if key in self._found_classes:
                    break
            else:
                self._found_classes[key] = None
        return self._found_classes[key]

    def class_names(self) -> Sequence[str]:
        """Return the names of all system classes."""
        return sorted({registered.name for module in self._classes.all() for registered in self._of_module(module)})

    @staticmethod
    def _of_module(module: ModuleType) -> Iterable[SystemClass]:
        own = [item for item in vars(module).values() if isinstance(item, type) and item.__module__ == module.__name__]
        return [vars(item)["soul_class"] for item in own if "soul_class" in vars(item)]

    def fingerprint(self) -> str:
        """Return a text that changes whenever a signature changes: part of the compile cache's key."""
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for index in (self._functions, self._methods, self._classes):
            for module in index.modules:
                path = _locate(module)
                state = path.stat() if path is not None else None
                digest.update(
                    f"{module}|{state.st_size if state else 0}|{state.st_mtime_ns if state else 0}\n".encode()
                )
        return digest.hexdigest()
