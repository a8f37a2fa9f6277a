"""The tree of expressions; see `soul.language.nodes`, which is what everybody imports."""

from __future__ import annotations

from typing import Literal

from soul.language.record import Record, field
from soul.language.source import Span


class Node(Record):
    """Anything with a place in the source."""

    at: Span


class Expr(Node):
    """An expression."""


# Parts that are neither expression nor statement.


class Name(Node):
    """A name that is not a value: a label, a subroutine, an image. `name` is upper case."""

    name: str


class ClassName(Node):
    """A class as written in `%(Stringlist):New` or `Is Object Stringlist`: upper case, one blank between words."""

    name: str


class Argument(Node):
    """One argument of a call or one subscript. `value` is None when left out; `name` is set in `name=value`."""

    value: Expr | None
    name: str | None = None


# Expressions.


class StringLiteral(Expr):
    """Quoted text; doubled quotes are already single."""

    value: str


class NumberLiteral(Expr):
    """A number as written, with its sign when one stood directly before it: `-.5`, `1.5E3`."""

    text: str


class Variable(Expr):
    """`%X`, `%X(1)`, `%X(1)(2)`: `groups` holds one list of arguments for each pair of parentheses."""

    name: str
    groups: list[list[Argument]] = field(default_factory=list)


class FieldVariable(Expr):
    """`%%X`, the field whose name is the value of `%X`. `name` is `%X`."""

    name: str
    groups: list[list[Argument]] = field(default_factory=list)


class FunctionCall(Expr):
    """`$LEN(..)`; `arguments` is None when there were no parentheses.

    `included` is set for a $Read in the lines of an Include statement: its place, and the responses left for it.
    """

    name: str
    arguments: list[Argument] | None
    included: tuple[int, tuple[str, ...]] | None = None


class MethodCall(Expr):
    """`target:name(..)`, also `%image:item` and `%obj:property`; `qualifier` is the `(class)` before the name.

    `groups` holds further parentheses: `%x:item(1)(2)`.
    """

    target: Expr
    name: str
    arguments: list[Argument] | None
    qualifier: ClassName | None = None
    groups: list[list[Argument]] = field(default_factory=list)


class ClassReference(Expr):
    """`%(class)`, the target of shared methods and constructors: `%(Stringlist):New`, `%(Local):name(..)`."""

    class_name: ClassName


class BareName(Expr):
    """One or more words that are no keyword: a field, an enumeration value, `True`, `New`, a method value."""

    name: str


class NamedCall(Expr):
    """`name(..)`: an implied constructor, `New(..)`, a field occurrence."""

    name: str
    arguments: list[Argument]


class Unary(Expr):
    """A sign before an operand that is no number literal."""

    operator: Literal["+", "-"]
    operand: Expr


class Arithmetic(Expr):
    """A chain of one precedence level, left to right: `first`, then (`+`, operand), (`-`, operand) or (`*` ...)."""

    first: Expr
    rest: list[tuple[str, Expr]]


class Concat(Expr):
    """Two or more parts joined by With, written or implied."""

    parts: list[Expr]


class Comparison(Expr):
    """`left operator right`; every spelling is reduced to one of six."""

    operator: Literal["=", "!=", ">", ">=", "<", "<="]
    left: Expr
    right: Expr


class Like(Expr):
    """`subject [Is] [Not] Like pattern`."""

    subject: Expr
    pattern: Expr
    negated: bool


class IsPresent(Expr):
    """`subject Is [Not] Present`."""

    subject: Expr
    negated: bool


class IsNull(Expr):
    """`subject Is [Not] Null`."""

    subject: Expr
    negated: bool


class IsInstance(Expr):
    """`subject Is Instance Of class`."""

    subject: Expr
    class_name: ClassName


class Logical(Expr):
    """A flat chain of one operator. A mixed Or/Nor chain nests only where the operator changes.

    A Nor chain is folded from the left: `a Nor b Nor c` is (a Nor b) Nor c.
    """

    operator: Literal["AND", "OR", "NOR"]
    operands: list[Expr]


class Not(Expr):
    """`Not operand`."""

    operand: Expr


class LabelQuery(Expr):
    """`Count In label`, `Value In label`, `Occurrence In label`."""

    query: Literal["COUNT", "VALUE", "OCCURRENCE"]
    label: Name


class SelfReference(Expr):
    """`@` on the right of an assignment: the target's value before it."""


class ListArgument(Expr):
    """`List name` as an argument of Call."""

    name: str
