"""Calls of built-ins written out: the Python expression a built-in gives for some of its calls, instead of the call.

A call of a Python function takes longer than most of the small $functions. What may be written out is said beside the
function (`soul.language.library.Form`); here a call is matched with it and the expression is put together.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from soul.language.code import Code
from soul.language.context import Context
from soul.language.library import Builtin, Form, Kind
from soul.language.pysource import Builder
from soul.language.types import NUMBER_TEXT

SHORT = 255  # m204wiki, SOUL $functions: the longest result of a function that is not of the longstring kind

# Functions of the run-time support that have no effect: their calls may be moved, repeated or left out.
_HARMLESS = frozenset(("to_int", "number_text", "number_of", "value_text"))

# Names in a form that are no parameters: functions of Python, and the built-in itself.
_OTHERS = frozenset(("abs", "call", "len", "max", "min"))


class Forms:
    """Emits what calls are written out as."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.build = context.build

    def call(self, builtin: Builtin, values: Sequence[ast.expr], codes: Sequence[Code | None]) -> Code | None:
        """Return the expression for a call with these arguments, None where no form fits.

        Arguments: `values` are the converted arguments, `codes` what they were before (None: left out).
        """
        given = {
            parameter.name: (value, code)
            for parameter, value, code in zip(builtin.parameters, values, codes, strict=False)
            if code is not None
        }
        for form in builtin.forms:
            if _fits(form, given):
                return self._written(builtin, form, given)
        return None

    def _written(self, builtin: Builtin, form: Form, given: Mapping[str, tuple[ast.expr, Code]]) -> Code | None:
        template = _template(form.expression)
        if not _keeps_order(template, [(name, value) for name, (value, _) in given.items()]):
            return None
        if any(not _is_simple(given[name][0]) for name in template.uncertain):
            return None
        arguments = {name: value for name, (value, _) in given.items()}
        for name, wanted in form.where.items():
            value = arguments[name]
            if isinstance(wanted, range) and isinstance(value, ast.Constant):  # a value as it is would be a float
                arguments[name] = self.build.constant(int(value.value))  # type: ignore[arg-type]
        if template.calls:
            arguments["call"] = self.build.name(self.context.bind("function", builtin.name.upper()))
        tree = _Writer(self.build, template.uses, arguments).write(template.tree)
        if builtin.result is not Kind.STRING:
            return Code(tree, "num")
        return Code(tree, "text", longest=_length(*given[form.longest]) if form.longest else None)


def _length(value: ast.expr, code: Code) -> int | None:
    """Return the greatest length that an argument, a string or a literal length, gives to the result."""
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, int) else len(str(value.value))
    return {"num": NUMBER_TEXT, "cond": 1, "boolean": 5}.get(code.kind, code.longest)


def _fits(form: Form, given: Mapping[str, tuple[ast.expr, Code]]) -> bool:
    if given.keys() != _template(form.expression).parameters:
        return False
    for name, wanted in form.where.items():
        value, code = given[name]
        literal = value.value if isinstance(value, ast.Constant) else None
        if isinstance(wanted, range):
            if not _is_in(literal, wanted):
                return False
        elif wanted == "blank":
            if literal != " ":
                return False
        elif wanted in ("text", "character"):
            if not isinstance(literal, str) or not literal or (wanted == "character" and len(literal) > 1):
                return False
        else:
            length = _length(value, code)
            if length is None or length > SHORT:
                return False
    return True


def _is_in(literal: object, wanted: range) -> bool:
    """Say whether a literal is a whole number of a range; `in` would go through the range for one that is not."""
    if isinstance(literal, float) and literal.is_integer():
        literal = int(literal)
    return isinstance(literal, int) and literal in wanted


def _keeps_order(template: _Template, arguments: Sequence[tuple[str, ast.expr]]) -> bool:
    """Say whether a template evaluates `arguments`, which are in the order of the call, to the same effect.

    Order matters only for what has effects: one such argument, which the template evaluates first. It may set a
    variable (`$Random`, a Status), so nothing that could read one may stand before it in the call.
    """
    hard = [place for place, (_, value) in enumerate(arguments) if not _is_harmless(value)]
    if not hard:
        return True
    before = arguments[: hard[0]]
    return (
        len(hard) == 1
        and arguments[hard[0]][0] == template.first
        and all(isinstance(value, ast.Constant) for _, value in before)
    )


def _is_simple(tree: ast.expr) -> bool:
    """Say whether evaluating `tree` again costs next to nothing."""
    return isinstance(tree, ast.Name | ast.Constant | ast.Attribute)


def _is_harmless(tree: ast.expr) -> bool:
    """Say whether evaluating `tree` has no effect and cannot fail."""
    if isinstance(tree, ast.Name | ast.Constant):
        return True
    if isinstance(tree, ast.Attribute):
        return _is_harmless(tree.value)
    if isinstance(tree, ast.IfExp):  # the conversion to an integer
        return _is_harmless(tree.test) and _is_harmless(tree.body) and _is_harmless(tree.orelse)
    if not isinstance(tree, ast.Call):
        return False
    if isinstance(tree.func, ast.Attribute):
        known = tree.func.attr in ("is_integer", "__trunc__") and _is_harmless(tree.func.value)
    else:
        known = isinstance(tree.func, ast.Name) and tree.func.id in _HARMLESS
    return known and all(_is_harmless(argument) for argument in tree.args)


class _Template:
    """The expression of a form: its tree, its parameters, how often each is used, and the first one evaluated.

    `uncertain` are those used more than once of which the first use may be passed over.
    """

    def __init__(self, expression: str) -> None:
        self.tree = ast.parse(expression, mode="eval").body
        found = [(node.id, certain) for node, certain in _in_order(self.tree)]
        names = [(name, certain) for name, certain in found if name not in _OTHERS]
        self.calls = any(name == "call" for name, _ in found)
        self.uses = Counter(name for name, _ in names)
        self.parameters = self.uses.keys()
        self.first = names[0][0]
        self.uncertain = {
            name
            for name in self.parameters
            if self.uses[name] > 1 and not next(certain for each, certain in names if each == name)
        }


@cache
def _template(expression: str) -> _Template:
    return _Template(expression)


def _in_order(tree: ast.AST, certain: bool = True) -> Iterator[tuple[ast.Name, bool]]:
    """Give the names of an expression in the order of their evaluation, and whether they are evaluated in any case.

    The operands of a chained comparison count as evaluated: a branch they allow is entered after all of them.
    """
    if isinstance(tree, ast.Name):
        yield tree, certain
    for number, child in enumerate(ast.iter_child_nodes(tree)):
        branch = number > 0 and isinstance(tree, ast.IfExp | ast.BoolOp)
        yield from _in_order(child, certain and not branch)


class _Writer:
    """Copies a template with arguments in the places of its parameters.

    An argument that is used more than once and takes time is kept in a variable of the Python function. Forms inside
    an argument are through with their variables by then.
    """

    def __init__(self, build: Builder, uses: Mapping[str, int], values: dict[str, ast.expr]) -> None:
        self.build = build
        self.uses = uses
        self.values = values

    def write(self, tree: Any) -> Any:
        """Return a copy of a part of the template at the builder's position."""
        if isinstance(tree, ast.Name):
            return self._use(tree.id)
        if isinstance(tree, list):
            return [self.write(each) for each in tree]
        if not isinstance(tree, ast.expr):
            return tree
        node = type(tree).__new__(type(tree))
        node.__dict__ = state = self.build.place.copy()
        for name in tree._fields:
            state[name] = self.write(getattr(tree, name))
        return node

    def _use(self, name: str) -> ast.expr:
        b = self.build
        value = self.values.get(name)
        if value is None:
            return b.name(name)
        if self.uses.get(name, 1) == 1 or _is_simple(value):
            return value
        self.values[name] = b.name(f"_{name}")
        return ast.NamedExpr(b.target(f"_{name}"), value, **b.place)  # type: ignore[arg-type]
