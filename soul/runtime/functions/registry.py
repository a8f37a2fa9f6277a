"""How a $function or intrinsic method is made known: a typed Python function with a decorator.

    FAMILY = Family("strings")

    @FAMILY.function("$Substr", page="$Substr")
    def substr(string: str, start: int = 1, length: int | None = None) -> str:
        '''Return part of a string. ...'''

The annotations are the signature. The compiler converts each argument before the call, so the function sees
exactly the annotated type:

    str        a string                     int     a number rounded to the nearest integer
    float      a number                     Value   the SOUL value as it is (str or float)
    bool       a condition                  Array   a whole array, by reference
    Reference  a variable to assign to      object  any object
    X | None   the same, None when the argument is omitted (give it the default None)

A first parameter annotated `Thread` receives the running thread. `*args` takes any number of arguments of its
annotated type (None for an omitted one when annotated `X | None`). Keyword-only parameters are named arguments.
A result annotated int is turned into a float by the compiler; None means that there is no result.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from soul.language.library import Builtin, Form, Kind, Parameter
from soul.runtime.thread import Thread
from soul.runtime.values import Array, Reference, Value

F = TypeVar("F", bound=Callable[..., Any])

_KINDS: dict[Any, Kind] = {
    str: Kind.STRING,
    float: Kind.NUMBER,
    int: Kind.INTEGER,
    bool: Kind.BOOLEAN,
    Value: Kind.VALUE,
    Array: Kind.ARRAY,
    Reference: Kind.REFERENCE,
    object: Kind.OBJECT,
    type(None): Kind.NONE,
}


def kind_of(annotation: Any) -> Kind:
    """Return the kind an annotation stands for; `X | None` counts as X."""
    if annotation in _KINDS:
        return _KINDS[annotation]
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        rest = frozenset(a for a in typing.get_args(annotation) if a is not type(None))
        if len(rest) == 1:
            return kind_of(next(iter(rest)))
        if rest == frozenset((str, float)):
            return Kind.VALUE
    return Kind.OBJECT


def class_of(annotation: Any) -> str:
    """Return the SOUL class name of an object annotation: its `soul_name` attribute, or ''."""
    for candidate in (annotation, *typing.get_args(annotation)):
        name = getattr(candidate, "soul_name", "")
        if name:
            return str(name)
    return ""


def parameter_of(name: str, parameter: inspect.Parameter, annotation: Any) -> Parameter:
    """Return how the compiler sees one parameter of a registered Python function."""
    return Parameter(
        name=name.rstrip("_").replace("_", ""),
        kind=kind_of(annotation),
        required=parameter.default is inspect.Parameter.empty
        and parameter.kind is not inspect.Parameter.VAR_POSITIONAL,
        variadic=parameter.kind is inspect.Parameter.VAR_POSITIONAL,
        named_only=parameter.kind is inspect.Parameter.KEYWORD_ONLY,
        class_name=class_of(annotation),
    )


@dataclass(frozen=True)
class Entry:
    """One registered function; its signature is worked out when somebody first asks."""

    name: str
    function: Callable[..., Any]
    page: str
    available: bool
    forms: tuple[Form, ...] = ()

    @cached_property
    def builtin(self) -> Builtin:
        """Return the description the compiler works with."""
        hints = typing.get_type_hints(self.function)
        parameters: list[Parameter] = []
        wants_thread = False
        for index, (name, parameter) in enumerate(inspect.signature(self.function).parameters.items()):
            annotation = hints[name]
            if index == 0 and annotation is Thread:
                wants_thread = True
                continue
            parameters.append(parameter_of(name, parameter, annotation))
        return Builtin(
            name=self.name,
            parameters=tuple(parameters),
            result=kind_of(hints["return"]),
            function=self.function,
            wants_thread=wants_thread,
            result_class=class_of(hints["return"]),
            available=self.available,
            page=self.page,
            forms=self.forms,
        )


class Family:
    """The $functions (or intrinsic methods) of one module."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._entries: dict[str, Entry] = {}

    def function(
        self, *names: str, page: str = "", available: bool = True, forms: tuple[Form, ...] = ()
    ) -> Callable[[F], F]:
        """Register the decorated function under its documented name; further names are synonyms.

        `forms` are expressions that give the same as common calls; `tests/runtime/functions/test_forms.py` compares.
        """

        def register(function: F) -> F:
            for name in names:
                key = name.upper()
                if key in self._entries:
                    raise ValueError(f"{name} registered twice in {self.title}")
                self._entries[key] = Entry(name, function, page or names[0], available, forms)
            return function

        return register

    method = function  # intrinsic methods register the same way, without a `$`

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def names_of(self, function: Callable[..., Any]) -> list[str]:
        """Return the names of a registered function, its own first, then the synonyms."""
        return [entry.name for entry in self if entry.function is function]

    def get(self, name: str) -> Entry | None:
        """Return the entry called `name`, in any case, or None."""
        return self._entries.get(name.upper())
