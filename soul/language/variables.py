"""Variables and array elements: reading, assigning and referring to them.

A variable is a Python local of its own name. One that is passed by reference is held in a cell; Common and Static
ones are globals of the request. Array items lie in one Python list.

Source: m204wiki, Using variables and values in computation; Subroutines.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from soul.language import nodes as n, problems as p
from soul.language.code import Code, CodeKind
from soul.language.context import Context
from soul.language.problems import nearest
from soul.language.scopes import VariableInfo
from soul.language.source import Span
from soul.language.types import SoulType

if TYPE_CHECKING:
    from soul.language.expressions import Expressions

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


class Variables:
    """Emits uses of variables."""

    def __init__(self, context: Context, expressions: Expressions) -> None:
        self.context = context
        self.build = context.build
        self.expressions = expressions
        self.shadows: dict[VariableInfo, str] = {}  # loop counters whose value is at hand as an int

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
        info = self.find(node.name, node.at)
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
        index = self.index(info, group, at)
        return self.build.item(self.build.attribute(self.build.name(info.python), "items"), index)

    def element_target(self, info: VariableInfo, group: list[n.Argument], at: Span) -> ast.expr:
        """Return an array element as something Python assigns to."""
        index = self.index(info, group, at)
        return self.build.item_target(self.build.attribute(self.build.name(info.python), "items"), index)

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
            bound = self._bound(info, dimension)
            constant = self._constant_index(info, dimension, argument.value)
            shadow = self._shadow(argument.value)
            if constant is not None:
                here: ast.expr = b.constant(constant)
            elif shadow is not None:
                here = self._counted(info, dimension, shadow, self.expressions.number(argument.value))
            else:
                number = self.expressions.number(argument.value)
                b.at(argument.at)
                here = self._offset(info, dimension, number)
            place = here if place is None else b.binary(b.binary(place, ast.Mult(), bound), ast.Add(), here)
        assert place is not None
        return place

    def _bound(self, info: VariableInfo, dimension: int) -> ast.expr:
        if info.bounds:
            return self.build.constant(info.bounds[dimension])
        bounds = self.build.attribute(self.build.name(info.python), "bounds")
        return self.build.item(bounds, self.build.constant(dimension))

    def _constant_index(self, info: VariableInfo, dimension: int, value: n.Expr) -> int | None:
        if not isinstance(value, n.NumberLiteral) or not info.bounds or not value.text.isdigit():
            return None
        number = int(value.text)
        return number - 1 if 1 <= number <= info.bounds[dimension] else None

    def _shadow(self, value: n.Expr) -> str | None:
        if not isinstance(value, n.Variable) or value.groups:
            return None
        info = self.context.scope.variables.get(value.name)
        return self.shadows.get(info) if info is not None else None

    def _counted(self, info: VariableInfo, dimension: int, shadow: str, number: ast.expr) -> ast.expr:
        """Return a subscript that is a loop counter; the shadow is 0 when the counter is not whole."""
        b = self.build
        inside = b.between(b.constant(1), b.name(shadow), self._bound(info, dimension), ast.LtE())
        offset = b.binary(b.name(shadow), ast.Sub(), b.constant(1))
        careful = b.call("subscript", b.name(info.python), b.constant(dimension), number)
        return b.choose(inside, offset, careful)

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
        offset = b.binary(b.call("int", again), ast.Sub(), b.constant(1))
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
