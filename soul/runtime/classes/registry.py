"""How a system class is made known: a Python class with a decorator, its members with others.

    @system_class("HttpRequest")
    class HttpRequest:
        @constructor("New")
        @staticmethod
        def new() -> HttpRequest: ...

        @method("AddHeader", page="AddHeader (HttpRequest subroutine)")
        def add_header(self, name: str, value: str) -> None: ...

        @getter("URL")
        def url(self) -> str: ...

        @setter("URL")
        def set_url(self, value: str) -> None: ...

Annotations follow soul.runtime.functions.registry; a parameter after `self` annotated `Thread` receives the
running thread. The class attribute `soul_name` is set by the decorator.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from soul.language.library import Builtin, Parameter, Property
from soul.runtime.functions.registry import class_of, kind_of, parameter_of
from soul.runtime.thread import Thread

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)


def _mark(role: str, name: str, page: str) -> Callable[[F], F]:
    def mark(function: F) -> F:
        target: Any = function.__func__ if isinstance(function, staticmethod) else function
        target.soul_member = (role, name, page)
        return function

    return mark


def constructor(name: str, page: str = "") -> Callable[[F], F]:
    """Mark a static method as the constructor `name`; it returns the new object."""
    return _mark("constructor", name, page)


def method(name: str, page: str = "") -> Callable[[F], F]:
    """Mark a method (function or subroutine) of the class."""
    return _mark("method", name, page)


def shared(name: str, page: str = "") -> Callable[[F], F]:
    """Mark a static method as a shared method: callable as `%(Class):name` and through any variable."""
    return _mark("shared", name, page)


def getter(name: str, page: str = "") -> Callable[[F], F]:
    """Mark the reader of a property."""
    return _mark("getter", name, page)


def setter(name: str, page: str = "") -> Callable[[F], F]:
    """Mark the writer of a property."""
    return _mark("setter", name, page)


def _describe(name: str, function: Callable[..., Any], page: str) -> Builtin:
    hints = typing.get_type_hints(function)
    parameters: list[Parameter] = []
    wants_thread = False
    for key, parameter in inspect.signature(function).parameters.items():
        if key == "self":
            continue
        annotation = hints[key]
        if annotation is Thread:
            wants_thread = True
            continue
        parameters.append(parameter_of(key, parameter, annotation))
    result = hints.get("return", type(None))
    return Builtin(name, tuple(parameters), kind_of(result), function, wants_thread, class_of(result), True, page)


class RegisteredClass:
    """The description of one system class; satisfies `soul.language.library.SystemClass`.

    Members take the object first (except constructors and shared methods), then the thread when
    `wants_thread`, then the arguments.
    """

    def __init__(self, name: str, python: type) -> None:
        self._name = name
        self.python = python
        self._members: dict[tuple[str, str], tuple[str, Callable[..., Any], str]] = {}
        self._built: dict[tuple[str, str], Builtin] = {}
        for attribute in vars(python).values():
            function = attribute.__func__ if isinstance(attribute, staticmethod) else attribute
            mark = getattr(function, "soul_member", None)
            if mark is not None:
                role, member, page = mark
                self._members[role, member.upper()] = (member, function, page)

    @property
    def name(self) -> str:
        """The documented spelling of the class name."""
        return self._name

    def _member(self, role: str, name: str) -> Builtin | None:
        key = (role, name.upper())
        if key not in self._members:
            return None
        if key not in self._built:
            member, function, page = self._members[key]
            self._built[key] = _describe(member, function, page)
        return self._built[key]

    def constructor(self, name: str) -> Builtin | None:
        """Return the constructor called `name`, or None."""
        return self._member("constructor", name)

    def method(self, name: str) -> Builtin | None:
        """Return the method or shared method called `name`, or None."""
        return self._member("method", name) or self._member("shared", name)

    def is_shared(self, name: str) -> bool:
        """Say whether `name` is a shared method: its function takes no object."""
        return ("shared", name.upper()) in self._members

    def property_(self, name: str) -> Property | None:
        """Return the property called `name`, or None."""
        get, set_ = self._member("getter", name), self._member("setter", name)
        known = get or set_
        return Property(known.name, get, set_) if known else None

    def names(self) -> Iterable[str]:
        """Return all member names."""
        return sorted({member for member, _, _ in self._members.values()})


def system_class(name: str) -> Callable[[C], C]:
    """Register the decorated Python class as the SOUL class `name`."""

    def register(python: C) -> C:
        python.soul_name = name  # type: ignore[attr-defined]
        python.soul_class = RegisteredClass(name, python)  # type: ignore[attr-defined]
        return python

    return register
