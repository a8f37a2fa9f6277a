"""What the compiler must know about built-ins, without knowing the built-ins.

The language layer imports nothing above it. Whoever compiles a request passes a `Library`, which answers
questions about $functions, intrinsic methods and system classes by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


class Kind(Enum):
    """What a built-in wants for an argument, or gives as its result."""

    STRING = "string"
    NUMBER = "number"  # a float
    INTEGER = "integer"  # a float on the SOUL side, rounded to the nearest int for the function
    VALUE = "value"  # any scalar as it is: str or float
    BOOLEAN = "boolean"
    ARRAY = "array"  # a whole array, passed by reference
    OBJECT = "object"  # see Parameter.class_name
    REFERENCE = "reference"  # a variable the function assigns to: a `Cell`
    NONE = "none"  # no result


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a built-in. `required` is False when the Python function has a default for it."""

    name: str  # the documented name, as used for named arguments
    kind: Kind
    required: bool
    variadic: bool = False
    named_only: bool = False
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A Python expression that says what a built-in gives for some of its calls: emitted instead of the call.

    `expression` is in terms of the parameters' names, which must be exactly those given; what it gives is a str, or a
    float where the result is a number; `call` in it is the built-in itself. `where` is what must be known of arguments
    when the call is compiled: a range is a literal whole number in it, "text" a literal that is not null, "character"
    a literal of one character, "blank" a literal blank, "short" a string of at most 255 characters.
    `longest` names the parameter whose length (or, for a literal number, whose value) the result cannot exceed.
    """

    expression: str
    where: Mapping[str, range | str]
    longest: str = ""


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in: its documented name, parameters, result and the Python function behind it.

    `wants_thread` says that the function takes the running `Thread` as its first argument.
    `available` is False for mainframe-only rows: they compile with a warning and return their failure value.
    `forms` are tried in order before a call is emitted.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Kind
    function: Callable[..., Any]
    wants_thread: bool = False
    result_class: str = ""
    available: bool = True
    page: str = ""
    forms: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a system class: `get` and `set` are built-ins whose first parameter is the object."""

    name: str
    get: Builtin | None
    set: Builtin | None


class SystemClass(Protocol):
    """A class of the built-in library, such as HttpRequest."""

    @property
    def name(self) -> str:
        """The documented spelling of the class name."""

    def constructor(self, name: str) -> Builtin | None:
        """Return the constructor called `name` (usually New), or None."""

    def method(self, name: str) -> Builtin | None:
        """Return the method, or shared method, called `name`, or None."""

    def is_shared(self, name: str) -> bool:
        """Say whether `name` is a shared method: its function takes no object."""

    def property_(self, name: str) -> Property | None:
        """Return the property called `name`, or None."""

    def names(self) -> Iterable[str]:
        """Return all member names, for "did you mean"."""


class Library(Protocol):
    """All built-ins a request may use. Names are looked up without regard to case."""

    def function(self, name: str) -> Builtin | None:
        """Return the $function called `name` (with its `$`), or None."""

    def function_names(self) -> Sequence[str]:
        """Return the names of all $functions, for "did you mean"."""

    def intrinsic(self, name: str) -> Builtin | None:
        """Return the intrinsic method `name` of strings and numbers; its first parameter is the value."""

    def intrinsic_names(self) -> Sequence[str]:
        """Return the names of all intrinsic methods, for "did you mean"."""

    def system_class(self, name: str) -> SystemClass | None:
        """Return the system class called `name`, or None."""

    def fingerprint(self) -> str:
        """Return a text that changes whenever a signature changes: part of the compile cache's key."""
