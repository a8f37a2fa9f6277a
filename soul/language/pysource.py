"""Building Python syntax trees that carry SOUL positions.

A request may take lines from several procedures, but a code object knows one file name. The lines of the n-th
procedure are therefore numbered from n * LINE_STEP on; `split_line` undoes it.

The nodes there are most of get their attributes all at once, which takes a quarter of the time of their constructors.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from soul.language.source import Span

LINE_STEP = 1_000_000

_LOAD = ast.Load()
_STORE = ast.Store()
_name = ast.Name.__new__
_constant = ast.Constant.__new__
_call = ast.Call.__new__


def split_line(line: int) -> tuple[int, int]:
    """Return the procedure's index and the line in it for a line number of emitted code."""
    return divmod(line, LINE_STEP)


class Builder:
    """Makes nodes at the current position, which `at` sets."""

    def __init__(self, procedures: Iterable[str] = ()) -> None:
        """Start with the procedures that earlier parts of the request took lines from."""
        self._procedures: dict[str, int] = {name: number for number, name in enumerate(procedures)}
        self.place: dict[str, Any] = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
        self._span: Span | None = None

    @property
    def procedures(self) -> tuple[str, ...]:
        """Return the names of all procedures met, in the order of their numbers."""
        return tuple(self._procedures)

    @property
    def here(self) -> tuple[Span | None, dict[str, Any]]:
        """The current position, to be set again later."""
        return self._span, self.place

    @here.setter
    def here(self, position: tuple[Span | None, dict[str, Any]]) -> None:
        self._span, self.place = position

    def at(self, span: Span) -> None:
        """Make `span` the position of the nodes that follow."""
        if span is self._span:
            return
        self._span = span
        procedure, first, column, last, end_column = span
        line = self._procedures.setdefault(procedure, len(self._procedures)) * LINE_STEP
        line += first if first > 1 else 1
        end = line
        if last > first:
            end += last - first
        column = column - 1 if column > 1 else 0
        end_column = end_column - 1 if end_column > 1 else 0
        if end == line and end_column < column:
            end_column = column
        self.place = {"lineno": line, "col_offset": column, "end_lineno": end, "end_col_offset": end_column}

    # Expressions.

    def name(self, name: str) -> ast.expr:
        """Return a name that is read."""
        node = _name(ast.Name)
        node.__dict__ = state = self.place.copy()
        state["id"] = name
        state["ctx"] = _LOAD
        return node

    def target(self, name: str) -> ast.expr:
        """Return a name that is assigned."""
        node = _name(ast.Name)
        node.__dict__ = state = self.place.copy()
        state["id"] = name
        state["ctx"] = _STORE
        return node

    def targets(self, *names: str) -> ast.expr:
        """Return names that are assigned together."""
        return ast.Tuple([self.target(name) for name in names], _STORE, **self.place)

    def constant(self, value: object) -> ast.Constant:
        """Return a constant."""
        node = _constant(ast.Constant)
        node.__dict__ = state = self.place.copy()
        state["value"] = value
        state["kind"] = None
        return node

    def call(self, function: str, *arguments: ast.expr) -> ast.expr:
        """Return a call of a global function."""
        node = _call(ast.Call)
        node.__dict__ = state = self.place.copy()
        state["func"] = self.name(function)
        state["args"] = list(arguments)
        state["keywords"] = []
        return node

    def method(self, target: ast.expr, name: str, *arguments: ast.expr) -> ast.expr:
        """Return a call of a Python method."""
        return ast.Call(ast.Attribute(target, name, _LOAD, **self.place), list(arguments), [], **self.place)

    def attribute(self, target: ast.expr, name: str) -> ast.expr:
        """Return an attribute that is read."""
        return ast.Attribute(target, name, _LOAD, **self.place)

    def attribute_target(self, target: ast.expr, name: str) -> ast.expr:
        """Return an attribute that is assigned."""
        return ast.Attribute(target, name, _STORE, **self.place)

    def item(self, target: ast.expr, index: ast.expr) -> ast.expr:
        """Return an item that is read."""
        return ast.Subscript(target, index, _LOAD, **self.place)

    def item_target(self, target: ast.expr, index: ast.expr) -> ast.expr:
        """Return an item that is assigned."""
        return ast.Subscript(target, index, _STORE, **self.place)

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.expr:
        """Return an arithmetic operation."""
        return ast.BinOp(left, operator, right, **self.place)

    def compare(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
        """Return a comparison."""
        return ast.Compare(left, [operator], [right], **self.place)

    def between(self, low: ast.expr, value: ast.expr, high: ast.expr, operator: ast.cmpop) -> ast.expr:
        """Return `low operator value operator high`; for a variable as two tests, which take less time than a chain."""
        if isinstance(value, ast.NamedExpr):
            again: ast.expr = self.name(value.target.id)
        elif isinstance(value, ast.Name):
            again = value
        else:
            return ast.Compare(low, [operator, operator], [value, high], **self.place)
        return self.both(self.compare(low, operator, value), self.compare(again, operator, high))

    def both(self, *operands: ast.expr) -> ast.expr:
        """Return `a and b and ...`."""
        return ast.BoolOp(ast.And(), list(operands), **self.place)

    def either(self, *operands: ast.expr) -> ast.expr:
        """Return `a or b or ...`."""
        return ast.BoolOp(ast.Or(), list(operands), **self.place)

    def negation(self, operand: ast.expr) -> ast.expr:
        """Return `not operand`."""
        return ast.UnaryOp(ast.Not(), operand, **self.place)

    def minus(self, operand: ast.expr) -> ast.expr:
        """Return `-operand`."""
        return ast.UnaryOp(ast.USub(), operand, **self.place)

    def choose(self, test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
        """Return `yes if test else no`."""
        return ast.IfExp(test, yes, no, **self.place)

    def keep(self, value: ast.expr, name: str = "_t") -> ast.expr:
        """Return `(_t := value)`: the temporary every function has; its value is used up at once."""
        return ast.NamedExpr(self.target(name), value, **self.place)  # type: ignore[arg-type]

    def kept(self, name: str = "_t") -> ast.expr:
        """Return the temporary."""
        return self.name(name)

    def group(self, values: Iterable[ast.expr]) -> ast.expr:
        """Return a tuple."""
        return ast.Tuple(list(values), _LOAD, **self.place)

    def row(self, values: Iterable[ast.expr]) -> ast.expr:
        """Return a list."""
        return ast.List([*values], _LOAD, **self.place)

    def joined(self, parts: Iterable[ast.expr]) -> ast.expr:
        """Return an f-string of string parts."""
        values = [
            part if isinstance(part, ast.Constant) else ast.FormattedValue(part, -1, None, **self.place)
            for part in parts
        ]
        return ast.JoinedStr([*values], **self.place)

    # Statements.

    def assign(self, name: str, value: ast.expr) -> ast.stmt:
        """Return `name = value`."""
        return ast.Assign([self.target(name)], value, None, **self.place)

    def assign_to(self, target: ast.expr, value: ast.expr) -> ast.stmt:
        """Return `target = value`."""
        return ast.Assign([target], value, None, **self.place)

    def do(self, value: ast.expr) -> ast.stmt:
        """Return an expression as a statement."""
        return ast.Expr(value, **self.place)

    def when(self, test: ast.expr, body: Iterable[ast.stmt], otherwise: Iterable[ast.stmt] = ()) -> ast.stmt:
        """Return an if statement."""
        return ast.If(test, [*body] or [self.nothing()], [*otherwise], **self.place)

    def loop(self, test: ast.expr, body: Iterable[ast.stmt]) -> ast.stmt:
        """Return a while loop."""
        return ast.While(test, [*body] or [self.nothing()], [], **self.place)

    def each(
        self, target: ast.expr, values: ast.expr, body: Iterable[ast.stmt], otherwise: Iterable[ast.stmt] = ()
    ) -> ast.stmt:
        """Return a for loop."""
        return ast.For(target, values, [*body] or [self.nothing()], [*otherwise], None, **self.place)

    def give(self, value: ast.expr | None = None) -> ast.stmt:
        """Return a return statement."""
        return ast.Return(value, **self.place)

    def fail(self, value: ast.expr | None = None) -> ast.stmt:
        """Return a raise statement."""
        return ast.Raise(value, None, **self.place)

    def nothing(self) -> ast.stmt:
        """Return pass."""
        return ast.Pass(**self.place)

    def leave(self) -> ast.stmt:
        """Return break."""
        return ast.Break(**self.place)

    def again(self) -> ast.stmt:
        """Return continue."""
        return ast.Continue(**self.place)

    def function(self, name: str, parameters: Iterable[str], body: list[ast.stmt]) -> ast.stmt:
        """Return a function definition."""
        arguments = ast.arguments(
            posonlyargs=[],
            args=[ast.arg(parameter, None, None, **self.place) for parameter in parameters],
            vararg=None,
            kwonlyargs=[],
            kw_defaults=[],
            kwarg=None,
            defaults=[],
        )
        return ast.FunctionDef(name, arguments, body or [self.nothing()], [], None, None, **self.place)

    def handler(self, kind: ast.expr, name: str, body: list[ast.stmt]) -> ast.ExceptHandler:
        """Return an except clause."""
        return ast.ExceptHandler(kind, name, body or [self.nothing()], **self.place)

    def trial(
        self, body: list[ast.stmt], handlers: list[ast.ExceptHandler], success: Iterable[ast.stmt] = ()
    ) -> ast.stmt:
        """Return a try statement."""
        return ast.Try(body or [self.nothing()], handlers, [*success], [], **self.place)

    def finally_(self, body: list[ast.stmt], always: list[ast.stmt]) -> ast.stmt:
        """Return a try statement whose second part runs however the first one ends."""
        return ast.Try(body or [self.nothing()], [], [], always, **self.place)

    def declare(self, words: str, names: Iterable[str]) -> list[ast.stmt]:
        """Return a global or nonlocal statement, or nothing when there are no names."""
        listed = sorted(names)
        if not listed:
            return []
        kind = ast.Global if words == "global" else ast.Nonlocal
        return [kind(listed, **self.place)]
