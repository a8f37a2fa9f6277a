"""Scopes and what they hold: variables, labels, subroutines.

There are two kinds of scope: the request, and each complex subroutine or local method. Simple subroutines and On
units share the scope around them. Source: m204wiki, Scope; Subroutines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from soul.language.images import ImageInfo
from soul.language.nodes import Body, Expr, OnUnit, Parameter, SimpleSubroutine, Statement, Subroutine, Variable
from soul.language.source import NOWHERE, Span
from soul.language.types import SoulType


@dataclass(frozen=True, slots=True)
class Defaults:
    """The type of variables without a declaration: VTYPE, VLEN and VDP."""

    kind: Literal["STRING", "FLOAT", "FIXED", "UNDEFINED"] = "STRING"
    length: int = 20
    decimals: int = 0


@dataclass(slots=True, eq=False)
class VariableInfo:
    """One variable of a scope.

    `python` is its name in the emitted code; `in_cell` says that the name holds a cell, because somebody refers to
    the variable by reference; `is_global` that it lives outside the function (Common and Static).
    """

    name: str
    type: SoulType
    at: Span
    python: str
    bounds: tuple[int, ...] = ()
    rank: int = 0
    initial: Expr | None = None
    common: bool = False
    static: bool = False
    parameter: Parameter | None = None
    in_cell: bool = False
    read_only: bool = False
    explicit: bool = True
    kept: bool = False  # of a request that ends with End More: the next part uses it, too

    @property
    def is_global(self) -> bool:
        """Say whether the variable lives outside the function of its scope."""
        return self.common or self.static or self.kept


@dataclass(slots=True, eq=False)
class Signature:
    """A complex subroutine or local method that can be called."""

    name: str
    python: str
    parameters: list[ParameterInfo]
    at: Span
    result: SoulType | None = None
    is_function: bool = False
    on_class: str = ""
    defined: bool = True
    scope: Scope | None = None


@dataclass(slots=True, eq=False)
class ParameterInfo:
    """One parameter: its type, number of dimensions, and whether it is passed by reference."""

    name: str
    type: SoulType
    rank: int
    output: bool
    optional: bool
    named: str
    node: Parameter


@dataclass(slots=True, eq=False)
class Scope:
    """One scope; `path` is its name in the emitted code, `parent` the scope around a local subroutine."""

    path: str
    parent: Scope | None
    body: Body
    at: Span
    node: Subroutine | None = None
    signature: Signature | None = None
    variables: dict[str, VariableInfo] = field(default_factory=dict)
    labels: dict[str, Statement] = field(default_factory=dict)
    simple: dict[str, SimpleSubroutine] = field(default_factory=dict)
    subroutines: dict[str, Signature] = field(default_factory=dict)
    methods: dict[str, list[Signature]] = field(default_factory=dict)
    images: dict[str, ImageInfo] = field(default_factory=dict)
    units: list[OnUnit] = field(default_factory=list)
    earlier_simple: frozenset[str] = frozenset()  # of the parts of the request before More
    earlier_labels: frozenset[str] = frozenset()
    broken: bool = False  # a declaration failed to parse: undeclared variables are not reported

    def continue_from(self, earlier: Scope) -> None:
        """Take over what the part of the request before More left."""
        self.variables.update(earlier.variables)
        self.subroutines.update(earlier.subroutines)
        self.images.update(earlier.images)
        self.methods.update({name: list(found) for name, found in earlier.methods.items()})
        self.earlier_simple = earlier.earlier_simple | earlier.simple.keys()
        self.earlier_labels = earlier.earlier_labels | earlier.labels.keys()

    def image_of(self, target: Expr) -> ImageInfo | None:
        """Return the image that `%image` before a colon names, or None; an object variable of that name wins."""
        if not isinstance(target, Variable) or target.groups:
            return None
        info = self.variables.get(target.name)
        return (
            None if info is not None and info.type.kind in ("object", "exception") else self.images.get(target.name[1:])
        )

    def find_subroutine(self, name: str) -> Signature | None:
        """Return the complex subroutine `name` as seen from here."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.subroutines:
                return scope.subroutines[name]
            scope = scope.parent
        return None

    def find_methods(self, name: str) -> list[Signature]:
        """Return the local methods `name` as seen from here, inner ones first."""
        found: list[Signature] = []
        scope: Scope | None = self
        while scope is not None:
            found.extend(scope.methods.get(name, ()))
            scope = scope.parent
        return found


@dataclass(frozen=True, slots=True)
class Kept:
    """What a request that ends with End More leaves to the one that begins with More.

    `parts` counts the requests so far, `procedures` are those its line numbers speak of, `bindings` the built-ins its
    code uses, `fold_case` the case in effect at the end. Source: m204wiki, MORE command.
    """

    parts: int
    scope: Scope
    common: dict[str, VariableInfo]
    defaults: Defaults
    procedures: tuple[str, ...]
    bindings: dict[str, tuple[str, ...]]
    macros: dict[str, str]
    fold_case: bool = True


@dataclass(slots=True, eq=False)
class Program:
    """A resolved request: its scopes in source order, the first one being the request's own.

    `previous` is what the part before left when the request began with More.
    """

    scopes: list[Scope]
    common: dict[str, VariableInfo] = field(default_factory=dict)
    previous: Kept | None = None
    keeps: bool = False  # it ends with End More

    @property
    def part(self) -> int:
        """Return how many requests this one continues."""
        return self.previous.parts if self.previous is not None else 0

    def keep(self) -> None:
        """Let the variables outlive the request: those another part may pass by reference are held in cells."""
        shared = [*self.main.variables.values(), *self.common.values()]
        for info in shared:
            info.kept = info.kept or not info.common
            info.in_cell = info.in_cell or not info.rank

    @property
    def main(self) -> Scope:
        """Return the outermost scope."""
        return self.scopes[0]

    @property
    def at(self) -> Span:
        """Return where the request begins."""
        return self.main.body[0].at if self.main.body else NOWHERE
