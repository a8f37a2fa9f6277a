"""What the parts of the emitter share while they turn one request into Python code."""

from __future__ import annotations

from dataclasses import dataclass, field

from soul.language.library import Library
from soul.language.nodes import Expr
from soul.language.problems import Problems
from soul.language.pysource import Builder
from soul.language.scopes import Program, Scope, VariableInfo

Binding = tuple[str, ...]
"""How a built-in is found again: ("function", name), ("intrinsic", name), ("method", class, name) ..."""


@dataclass(slots=True)
class Context:
    """The state of one emission.

    `touched` holds the variables the Python function under construction uses; `bindings` the built-ins by the name
    they have in the emitted code; `assigned_to` is the target of the assignment being emitted, for `@`; `records`
    counts the refused record loops around, where a word can be a field.
    """

    build: Builder
    problems: Problems
    library: Library
    program: Program
    scope: Scope
    bindings: dict[str, Binding] = field(default_factory=dict)
    touched: set[VariableInfo] = field(default_factory=set)
    assigned_to: Expr | None = None
    records: int = 0
    warned: set[str] = field(default_factory=set)
    again: bool = False  # a variable turned out to be passed by reference: emit once more

    def bind(self, *binding: str) -> str:
        """Return the name under which the emitted code knows a built-in."""
        name = binding[1] if binding[0] == "function" else ":".join(binding)
        self.bindings[name] = binding
        return name
