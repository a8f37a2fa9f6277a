"""Variables and array elements: reading, assigning and referring to them.

A variable is a Python local of its own name. One that is passed by reference is held in a cell; Common and Static
ones are globals of the request. Array items lie in one Python list.

Source: m204wiki, Using variables and values in computation; Subroutines.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soul.language import nodes as n, problems as p
from soul.language.code import Code, CodeKind
from soul.language.context import Context
from soul.language.problems import nearest
from soul.language.scopes import VariableInfo
from soul.language.source import Span
from soul.language.types import UNKNOWN_CLASS, SoulType

if TYPE_CHECKING:
    from soul.language.expressions import Expressions

LITERAL_DIGITS = 9  # of whole literals that are subscripts or offsets of subscripts

_KINDS: dict[str, CodeKind] = {
    "float": "num",
    "fixed": "num",
    "string": "text",
    "longstring": "text",
    "unicode": "text",
    "boolean": "boolean",
    "object": "object",
    "exception": "exception",
}


def typed(tree: ast.expr, kind: SoulType) -> Code:
    """Return `tree` as the value of a variable of type `kind`."""
    longest = kind.length if kind.kind == "string" else None
    is_long = kind.kind in ("longstring", "unicode")
    return Code(tree, _KINDS.get(kind.kind, "any"), kind.class_name, longest, is_long)


@dataclass(frozen=True, slots=True)
class Shadow:
    """The int beside a loop counter: the counter less 1, an index into an array.

    `inside` are the subscripts it serves: array, dimension, and what is added to the counter. It is None where the
    counter is not whole or one of those subscripts would be out of bounds; `certain` says that it never is.
    """

    python: str
    counter: VariableInfo
    inside: frozenset[tuple[VariableInfo, int, int]]
    certain: bool


def items_name(info: VariableInfo) -> str:
    """Return the name the emitted code has for the list of an array's items."""
    return f"{info.python} items"


def bound_name(info: VariableInfo, dimension: int) -> str:
    """Return the name the emitted code has for a bound of an array that is a parameter."""
    return f"{info.python} bound {dimension}"


def whole_literal(value: n.Expr | None) -> int | None:
    """Return the value of a literal of digits alone."""
    plain = isinstance(value, n.NumberLiteral) and value.text.isdigit() and len(value.text) <= LITERAL_DIGITS
    return int(value.text) if isinstance(value, n.NumberLiteral) and plain else None


def counter_and_offset(value: n.Expr) -> tuple[str, int] | None:
    """Return the variable and the constant of a subscript `%i`, `%i + 1` or `%i - 1`."""
    if isinstance(value, n.Variable) and not value.groups:
        return value.name, 0
    if isinstance(value, n.Arithmetic) and len(value.rest) == 1 and value.rest[0][0] in "+-":
        sign, operand = value.rest[0]
        number = whole_literal(operand)
        if number is not None and isinstance(value.first, n.Variable) and not value.first.groups:
            return value.first.name, number if sign == "+" else -number
    return None


class Variables:
    """Emits uses of variables."""

    def __init__(self, context: Context, expressions: Expressions) -> None:
        self.context = context
        self.build = context.build
        self.expressions = expressions
        self.shadows: dict[VariableInfo, Shadow] = {}  # loop counters whose value is at hand as an int

    def find(self, name: str, at: Span) -> VariableInfo:
        """Return the variable called `name`, and note that the function under construction uses it."""
        info = self.context.scope.variables.get(name)
        if info is None:  # the resolver has complained already, or a part it did not see uses the name
            hint = nearest(name, self.context.scope.variables)
            self.context.problems.error(p.UNDECLARED, f"{name} is not declared", at, hint)
            info = VariableInfo(name, SoulType("float"), at, name)
            self.context.scope.variables[name] = info
        self.context.touched.add(info)
        return info

    def read(self, node: n.Variable, expected: SoulType | None) -> Code:
        """Return the value of a variable, an array element or a collection item."""
        if self.context.problems.refused.is_screen(node):
            return self.expressions.broken()
        info = self.find(node.name, node.at)
        if info.type.class_name == UNKNOWN_CLASS:
            return self.expressions.broken()
        if not node.groups:
            if info.rank:
                return Code(self.build.name(info.python), "array", str(info.type))
            return typed(self._scalar(info), info.type)
        if info.rank:
            element = typed(self.element(info, node.groups[0], node.at), info.type)
            if len(node.groups) > 1:
                return self._not_array(node)
            return element
        if info.type.kind == "object":
            code = typed(self._scalar(info), info.type)
            for group in node.groups:
                code = self.expressions.calls.item(code, group, node.at)
            return code
        return self._not_array(node)

    def _not_array(self, node: n.Variable) -> Code:
        text = f"{node.name} is not an array"
        return self.expressions.refuse(p.SUBSCRIPTS, text, node.at, "Declare it with Array(n)")

    def _scalar(self, info: VariableInfo) -> ast.expr:
        name = self.build.name(info.python)
        return self.build.attribute(name, "value") if info.in_cell else name

    def scalar_target(self, info: VariableInfo) -> ast.expr:
        """Return the variable as something Python assigns to."""
        if info.in_cell:
            return self.build.attribute_target(self.build.name(info.python), "value")
        return self.build.target(info.python)

    # Array elements.

    def element(self, info: VariableInfo, group: list[n.Argument], at: Span) -> ast.expr:
        """Return an array element that is read."""
        return self.build.item(self.build.name(items_name(info)), self.index(info, group, at))

    def element_target(self, info: VariableInfo, group: list[n.Argument], at: Span) -> ast.expr:
        """Return an array element as something Python assigns to."""
        return self.build.item_target(self.build.name(items_name(info)), self.index(info, group, at))

    def index(self, info: VariableInfo, group: list[n.Argument], at: Span) -> ast.expr:
        """Return the place of an element in the array's list.

        Whole subscripts within the bounds are handled inline; everything else is the business of `subscript`.
        """
        b = self.build
        if len(group) != info.rank or any(argument.value is None or argument.name for argument in group):
            plural = "s" if info.rank > 1 else ""
            text = f"{info.name} has {info.rank} dimension{plural}: it needs {info.rank} subscript{plural}"
            self.context.problems.error(p.SUBSCRIPTS, text, at)
            return b.constant(0)
        place: ast.expr | None = None
        for dimension, argument in enumerate(group):
            assert argument.value is not None
            here = self._subscript(info, dimension, argument.value, argument.at)
            if place is None:
                place = here
            elif isinstance(place, ast.Constant) and isinstance(place.value, int) and info.bounds:
                place = self._sum(here, place.value * info.bounds[dimension])
            else:
                row = b.binary(place, ast.Mult(), self._bound(info, dimension))
                place = b.binary(row, ast.Add(), here)
        assert place is not None
        return place

    def _subscript(self, info: VariableInfo, dimension: int, value: n.Expr, at: Span) -> ast.expr:
        """Return one subscript as an index from 0."""
        fixed = whole_literal(value)
        if fixed is not None and fixed >= 1 and (not info.bounds or fixed <= info.bounds[dimension]):
            return self._fixed(info, dimension, fixed)
        counted = counter_and_offset(value)
        shadow = self._shadow(counted[0]) if counted is not None else None
        if counted is not None and shadow is not None and (info, dimension, counted[1]) in shadow.inside:
            return self._counted(info, dimension, shadow, counted[1], value)
        number = self.expressions.number(value)
        self.build.at(at)
        return self._offset(info, dimension, number)

    def _bound(self, info: VariableInfo, dimension: int) -> ast.expr:
        if info.bounds:
            return self.build.constant(info.bounds[dimension])
        return self.build.name(bound_name(info, dimension))

    def _sum(self, place: ast.expr, more: int) -> ast.expr:
        if isinstance(place, ast.Constant) and isinstance(place.value, int):
            return self.build.constant(place.value + more)
        return self.build.binary(place, ast.Add(), self.build.constant(more)) if more else place

    def _fixed(self, info: VariableInfo, dimension: int, number: int) -> ast.expr:
        """Return a literal subscript; the bounds of a parameter are known when the subroutine runs."""
        b = self.build
        if info.bounds:
            return b.constant(number - 1)
        inside = b.compare(b.constant(number), ast.LtE(), self._bound(info, dimension))
        careful = b.call("subscript", b.name(info.python), b.constant(dimension), b.constant(float(number)))
        return b.choose(inside, b.constant(number - 1), careful)

    def _shadow(self, name: str) -> Shadow | None:
        info = self.context.scope.variables.get(name)
        return self.shadows.get(info) if info is not None else None

    def _counted(self, info: VariableInfo, dimension: int, shadow: Shadow, offset: int, value: n.Expr) -> ast.expr:
        """Return a subscript that is a loop counter, or one and a constant."""
        b = self.build
        self.find(shadow.counter.name, value.at)
        index = self._sum(b.name(shadow.python), offset)
        if shadow.certain:
            return index
        number = self.expressions.number(value)
        careful = b.call("subscript", b.name(info.python), b.constant(dimension), number)
        return b.choose(b.compare(b.name(shadow.python), ast.IsNot(), b.constant(None)), index, careful)

    def _offset(self, info: VariableInfo, dimension: int, number: ast.expr) -> ast.expr:
        b = self.build
        bound = self._bound(info, dimension)
        if isinstance(bound, ast.Constant):
            bound = b.constant(float(info.bounds[dimension]))
        if isinstance(number, ast.Name):
            whole = b.method(number, "is_integer")
            again: ast.expr = number
        else:
            whole = b.method(b.keep(number), "is_integer")
            again = b.kept()
        inside = b.between(b.constant(1.0), again, bound, ast.LtE())
        # float.__trunc__ gives what int() does, in half the time.
        offset = b.binary(b.method(again, "__trunc__"), ast.Sub(), b.constant(1))
        careful = b.call("subscript", b.name(info.python), b.constant(dimension), again)
        return b.choose(b.both(whole, inside), offset, careful)

    # References.

    def reference(self, node: n.Variable, wanted: SoulType, at: Span) -> ast.expr:
        """Return a reference to a variable or array element for an Output parameter of type `wanted`."""
        b = self.build
        info = self.find(node.name, node.at)
        self.check_assignable(info, at)
        if node.groups:
            place: ast.expr = b.call("element_reference", b.name(info.python), self.index(info, node.groups[0], at))
        else:
            self.context.again |= not info.in_cell
            info.in_cell = True
            place = b.name(info.python)
        if info.type == wanted:
            return place
        return b.call("converted", place, self.converter(wanted), self.converter(info.type))

    def free_reference(self, node: n.Variable, at: Span) -> ast.expr:
        """Return a reference for a built-in, which assigns any value: the variable's own type converts it."""
        b = self.build
        info = self.find(node.name, node.at)
        place = self.reference(node, info.type, at)
        if info.type.kind in ("object", "exception", "boolean"):
            return place
        capacity = b.constant(info.type.length if info.type.kind == "string" else None)
        return b.call("variable_reference", place, self.converter(info.type), capacity)

    def converter(self, kind: SoulType) -> ast.expr:
        """Return the function that converts any value to what a variable of type `kind` keeps."""
        b = self.build
        decimals = kind.decimals
        if kind.kind == "string":
            decimals = kind.places if kind.places is not None else -1
        return b.call("converter", b.constant(kind.kind), b.constant(kind.length), b.constant(decimals))

    def check_assignable(self, info: VariableInfo, at: Span) -> None:
        """Complain when `info` is an Input parameter: m204wiki, Copy qualifier for subroutine parameters."""
        if info.read_only:
            hint = "Declare it Output, or add Copy to work with a copy of it" if info.parameter is not None else ""
            self.context.problems.error(p.NOT_ASSIGNABLE, f"Input parameter {info.name} may not be updated", at, hint)
