"""Small classes declared by their attributes, as dataclasses are, but cheap to declare.

A dataclass generates and compiles four methods when it is declared, a third of a millisecond; there are 90 kinds of
nodes, of which a request uses a dozen. Here the constructor is compiled when the first object is made, and the
other methods are the same for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any, ClassVar, dataclass_transform

__all__ = ["Record", "field"]

_FACTORY: Any = type(field(default_factory=list))


@dataclass_transform(field_specifiers=(field,))
class Record:
    """Attributes in the order declared, those of the base class first, are the arguments of the constructor.

    A default is written as in a dataclass, `field` with `default_factory` and `kw_only` included. Objects are equal
    when they are of the same class and their attributes are.
    """

    declared: ClassVar[dict[str, str]] = {}
    """The attributes and their annotations, in the order of the arguments."""
    _defaults: ClassVar[dict[str, Any]] = {}
    _named: ClassVar[frozenset[str]] = frozenset()
    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __init_subclass__(cls) -> None:
        """Note the attributes of a class."""
        own = {name: text for name, text in cls.__annotations__.items() if "ClassVar" not in text}
        cls.declared = {**cls.declared, **own}
        cls._defaults = dict(cls._defaults)
        for name in own:
            if name in cls.__dict__:
                default = cls._defaults[name] = cls.__dict__[name]
                if isinstance(default, _FACTORY):
                    delattr(cls, name)
                    if default.kw_only is True:
                        cls._named |= {name}
        # Of each class its own, or a class would get the constructor that was compiled for its base class.
        cls.__init__ = _compiling  # type: ignore[assignment,method-assign]

    def __repr__(self) -> str:
        """Return the object as it would be made."""
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.declared)
        return f"{type(self).__qualname__}({shown})"

    def __eq__(self, other: object) -> bool:
        """Compare class and attributes."""
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.declared)


def _compiling(self: Record, *values: Any, **named: Any) -> None:
    """Give the class of the object a constructor of its own, and call it."""
    kind = type(self)
    constructor = _constructor(kind.declared, kind._defaults, kind._named)
    kind.__init__ = constructor  # type: ignore[method-assign]
    constructor(self, *values, **named)


def _constructor(parts: dict[str, str], defaults: dict[str, Any], named: frozenset[str]) -> Callable[..., None]:
    """Return an `__init__` for these attributes; it names them all, so that a wrong call says what is wrong."""
    known: dict[str, Any] = {"absent": object()}
    heads: dict[bool, list[str]] = {False: ["self"], True: []}
    body = []
    for name in parts:
        head, value = name, name
        if name in defaults:
            default = defaults[name]
            if isinstance(default, _FACTORY):
                known[f"make_{name}"] = default.default_factory
                head, value = f"{name}=absent", f"make_{name}() if {name} is absent else {name}"
            else:
                known[f"default_{name}"] = default
                head = f"{name}=default_{name}"
        heads[name in named].append(head)
        body.append(f" self.{name} = {value}")
    by_name = ", ".join(["", "*", *heads[True]]) if heads[True] else ""
    exec(f"def __init__({', '.join(heads[False])}{by_name}):\n" + ("\n".join(body) or " pass"), known)
    made: Callable[..., None] = known["__init__"]
    return made
