"""Expressions: from tree to typed code.

Arithmetic follows m204wiki, Floating point conversion, rounding, and precision rules: every sum is rounded to 15
digits. The code tests inline for whole numbers, which need no rounding, and calls a function for the rest.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

from soul.language import nodes as n, problems as p, refused as r
from soul.language.calls import Calls
from soul.language.code import Code
from soul.language.context import Context
from soul.language.conversion import Conversion, literal_number
from soul.language.problems import nearest
from soul.language.source import Span
from soul.language.types import BOOLEAN, UNKNOWN_CLASS, SoulType
from soul.language.variables import Variables

WHOLE = 1e15  # whole numbers below it have at most 15 digits
OVERFLOW = 1e300  # products beyond it are looked at more closely
# How a double is taken for a number of few decimals: soul.runtime.numbers has the same values, and a test compares.
ROUNDER = 6755399441055744.0
NEAR_SCALE = 1e4
NEAR_LIMIT = 1e11
AS_NEAR = 3.8e-16
LONG_CHAIN = 16  # longer chains of + and - become one call, to keep the Python tree shallow

_ORDER: dict[str, tuple[type[ast.cmpop], bool, bool]] = {
    # operator: Python's for numbers; for strings: operands exchanged, may be equal
    ">": (ast.Gt, True, False),
    ">=": (ast.GtE, True, True),
    "<": (ast.Lt, False, False),
    "<=": (ast.LtE, False, True),
}


def _has_decimals(tree: ast.expr) -> bool:
    """Say whether an operand is a literal with decimals."""
    return isinstance(tree, ast.Constant) and isinstance(tree.value, float) and not tree.value.is_integer()


class Expressions:
    """Emits expressions."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.build = context.build
        self.convert = Conversion(context)
        self.variables = Variables(context, self)
        self.calls = Calls(context, self)
        self._emitters: dict[type[n.Node], Callable[[Any, SoulType | None], Code]] = {
            n.StringLiteral: self._string,
            n.NumberLiteral: self._number,
            n.Variable: self.variables.read,
            n.FieldVariable: self._field_variable,
            n.FunctionCall: self.calls.function,
            n.MethodCall: self.calls.method,
            n.ClassReference: self._class_reference,
            n.BareName: self._bare_name,
            n.NamedCall: self.calls.named,
            n.Unary: self._unary,
            n.Arithmetic: self._arithmetic,
            n.Concat: self._concat,
            n.Comparison: self._comparison,
            n.Like: self._like,
            n.IsPresent: self._is_present,
            n.IsNull: self._is_null,
            n.IsInstance: self._is_instance,
            n.Logical: self._logical,
            n.Not: self._not,
            n.LabelQuery: self._label_query,
            n.SelfReference: self._self_reference,
            n.ListArgument: self._list_argument,
        }

    def emit(self, node: n.Expr, expected: SoulType | None = None) -> Code:
        """Return the code of `node`; `expected` settles what names such as True and New mean."""
        self.build.at(node.at)
        code = self._emitters[type(node)](node, expected)
        self.build.at(node.at)
        return code

    # Short cuts for callers that want one kind.

    def number(self, node: n.Expr) -> ast.expr:
        """Return `node` as a float."""
        return self.convert.number(self.emit(node), node.at)

    def integer(self, node: n.Expr) -> ast.expr:
        """Return `node` as an int."""
        return self.convert.integer(self.emit(node), node.at)

    def text(self, node: n.Expr) -> ast.expr:
        """Return `node` as a str."""
        return self.convert.text(self.emit(node), node.at)

    def condition(self, node: n.Expr) -> ast.expr:
        """Return `node` as a bool."""
        return self.convert.condition(self.emit(node, BOOLEAN), node.at)

    def value(self, node: n.Expr, wanted: SoulType) -> ast.expr:
        """Return `node` as a variable of type `wanted` keeps it."""
        return self.convert.to_type(self.emit(node, wanted), wanted, node.at)

    def refuse(self, number: str, text: str, at: Span, hint: str = "") -> Code:
        """Complain, and return code that keeps the compilation going."""
        self.context.problems.error(number, text, at, hint)
        return self.broken()

    def field(self, name: str, at: Span) -> Code:
        """Refuse a field; inside a record loop, which has been refused itself, nothing more is said."""
        if not self.context.records:
            text = f"{name} names a field; record processing is not supported"
            self.context.problems.refuse("field names", r.RECORDS, at, text)
        return self.broken()

    def broken(self) -> Code:
        """Return code for what has been complained about."""
        return Code(self.build.constant(None), "broken")

    # Operands.

    def _string(self, node: n.StringLiteral, expected: SoulType | None) -> Code:
        return Code(self.build.constant(node.value), "text", longest=len(node.value))

    def _number(self, node: n.NumberLiteral, expected: SoulType | None) -> Code:
        value = literal_number(node.text)
        if math.isinf(value):
            return self.refuse(p.LIMIT, f"number {node.text} is too large", node.at)
        return Code(self.build.constant(value), "num")

    def _field_variable(self, node: n.FieldVariable, expected: SoulType | None) -> Code:
        return self.field(f"%{node.name}", node.at)

    def _label_query(self, node: n.LabelQuery, expected: SoulType | None) -> Code:
        if node.label.name in self.context.problems.refused.labels:
            return self.broken()
        form = f"{node.query.capitalize()} In"
        text = r.belongs(f"{form} {node.label.name}", r.RECORDS)
        self.context.problems.refuse(form, r.RECORDS, node.at, text)
        return self.broken()

    def _list_argument(self, node: n.ListArgument, expected: SoulType | None) -> Code:
        text = "lists belong to record processing, which is not supported"
        self.context.problems.refuse("lists", r.RECORDS, node.at, text)
        return self.broken()

    def _class_reference(self, node: n.ClassReference, expected: SoulType | None) -> Code:
        text = f"a class needs a method: %({node.class_name.name}):New"
        return self.refuse(p.WRONG_TYPE, text, node.at)

    def _is_instance(self, node: n.IsInstance, expected: SoulType | None) -> Code:
        self.context.problems.refuse("Is Instance Of", r.CLASSES, node.at)
        return self.broken()

    def _self_reference(self, node: n.SelfReference, expected: SoulType | None) -> Code:
        if self.context.assigned_to is None:
            return self.refuse(p.MISPLACED, "@ stands for the target of an assignment: there is none here", node.at)
        return self.emit(self.context.assigned_to)

    def _bare_name(self, node: n.BareName, expected: SoulType | None) -> Code:
        name = node.name
        if name == "NULL" and (expected is None or expected.kind in ("object", "exception", "boolean")):
            return Code(self.build.constant(None), "null")
        if name in ("TRUE", "FALSE") and expected is not None and expected.kind == "boolean":
            return Code(self.build.constant(name == "TRUE"), "boolean")
        if name == "NEW" and expected is not None:
            return self.calls.construct(expected, "NEW", [], node.at)
        if expected is not None and expected.class_name == UNKNOWN_CLASS:
            return self.broken()
        if expected is not None and expected.kind == "object":
            found = self.calls.implied(expected, name, [], node.at)
            if found is not None:
                return found
        refused = self.context.problems.refused
        if refused.enumerations:
            return self.broken()
        if self.context.records or refused.has_records:
            return self.field(name, node.at)
        hint = nearest(name, (v[1:] for v in self.context.scope.variables))
        if hint:
            hint = hint.replace("mean ", "mean %", 1)
        else:
            hint = f"Write '{name}' in quotes if you mean the text, or %{name} for a variable"
        return self.refuse(p.NO_FIELD, f"{name} is a field name, and there is no record here", node.at, hint)

    # Operators.

    def _unary(self, node: n.Unary, expected: SoulType | None) -> Code:
        value = self.number(node.operand)
        return Code(value if node.operator == "+" else self.build.minus(value), "num")

    def _arithmetic(self, node: n.Arithmetic, expected: SoulType | None) -> Code:
        value = self.number(node.first)
        if node.rest[0][0] in "+-" and len(node.rest) > LONG_CHAIN:
            operands = [self.number(operand) for _, operand in node.rest]
            signs = self.build.constant("".join(sign for sign, _ in node.rest))
            return Code(self.build.call("sum_chain", signs, value, *operands), "num")
        if len(node.rest) > LONG_CHAIN:
            operands = [self.number(operand) for _, operand in node.rest]
            signs = self.build.constant("".join(sign for sign, _ in node.rest))
            return Code(self.build.call("product_chain", signs, value, *operands), "num")
        for operator, operand in node.rest:
            right = self.number(operand)
            self.build.at(node.at)
            value = self._operation(value, operator, right)
        return Code(value, "num")

    def _operation(self, left: ast.expr, operator: str, right: ast.expr) -> ast.expr:
        b = self.build
        if operator in "+-":
            value = b.binary(left, ast.Add() if operator == "+" else ast.Sub(), right)
            return self._near(value) if _has_decimals(left) or _has_decimals(right) else self.rounded(value)
        if operator == "*":
            kept = b.keep(b.binary(left, ast.Mult(), right))
            fits = b.between(b.constant(-OVERFLOW), kept, b.constant(OVERFLOW), ast.Lt())
            return b.choose(fits, b.kept(), b.call("overflow", b.kept()))
        if isinstance(right, ast.Constant) and isinstance(right.value, float) and abs(right.value) >= 1.0:
            return b.binary(left, ast.Div(), right)
        return b.call("divide", left, right)

    def rounded(self, value: ast.expr) -> ast.expr:
        """Return `value`, a sum, rounded to 15 digits unless it is whole."""
        b = self.build
        whole = b.method(b.keep(value), "is_integer")
        small = b.between(b.constant(-WHOLE), b.kept(), b.constant(WHOLE), ast.Lt())
        return b.choose(b.both(whole, small), b.kept(), b.call("round_sum", b.kept()))

    def _near(self, value: ast.expr) -> ast.expr:
        """Return `value`, a sum that will seldom be whole, rounded to 15 digits: see `soul.runtime.numbers.round15`."""
        b = self.build
        rounder, scale = b.constant(ROUNDER), b.constant(NEAR_SCALE)
        kept = b.keep(value)
        inside = b.between(b.constant(-NEAR_LIMIT), kept, b.constant(NEAR_LIMIT), ast.Lt())
        scaled = b.binary(b.binary(b.kept(), ast.Mult(), scale), ast.Add(), rounder)
        near = b.binary(b.binary(scaled, ast.Sub(), rounder), ast.Div(), scale)
        same = b.compare(b.keep(near, "_w"), ast.Eq(), b.kept())
        off = b.binary(b.binary(b.kept("_w"), ast.Sub(), b.kept()), ast.Div(), b.kept())
        close = b.between(b.constant(-AS_NEAR), off, b.constant(AS_NEAR), ast.Lt())
        slow = b.call("round_sum", b.kept())
        return b.choose(inside, b.choose(same, b.kept(), b.choose(close, b.kept("_w"), slow)), slow)

    def _concat(self, node: n.Concat, expected: SoulType | None) -> Code:
        return self.join([(self.emit(part), part.at) for part in node.parts])

    def join(self, parts: list[tuple[Code, Span]]) -> Code:
        """Return the concatenation of `parts`."""
        texts = [self.convert.text(code, at) for code, at in parts]
        lengths = [self.convert.longest(code) for code, _ in parts]
        longest = None if any(length is None for length in lengths) else sum(filter(None, lengths))
        is_long = any(code.is_long for code, _ in parts)
        if len(texts) == 1:
            return Code(texts[0], "text", longest=longest, is_long=is_long)
        if len(texts) == 2:
            tree = self.build.binary(texts[0], ast.Add(), texts[1])
        else:
            tree = self.build.joined(texts)
        return Code(tree, "text", longest=longest, is_long=is_long)

    # Comparisons.

    def _operands(self, node: n.Comparison) -> tuple[Code, Code]:
        """Return both sides; True, False and Null take their meaning from the other side."""
        named = isinstance(node.left, n.BareName)
        first, second = (node.right, node.left) if named else (node.left, node.right)
        one = self.emit(first)
        expected = None
        if one.kind in ("boolean", "cond"):
            expected = BOOLEAN
        elif one.is_object:
            expected = SoulType("object", class_name=one.class_name)
        two = self.emit(second, expected)
        return (two, one) if named else (one, two)

    def _comparison(self, node: n.Comparison, expected: SoulType | None) -> Code:
        left, right = self._operands(node)
        if "broken" in (left.kind, right.kind):
            return Code(self.build.constant(False), "cond")
        if left.is_object or right.is_object:
            return self._identity(node, left, right)
        if "boolean" in (left.kind, right.kind):
            return self._boolean_comparison(node, left, right)
        if node.operator in ("=", "!="):
            return self._equality(node, left, right)
        return self._ordering(node, left, right)

    def _identity(self, node: n.Comparison, left: Code, right: Code) -> Code:
        b = self.build
        if node.operator not in ("=", "!="):
            return self.refuse(p.WRONG_TYPE, "objects can only be compared for equality", node.at)
        for code in (left, right):
            if not code.is_object and code.kind != "boolean":
                return self.refuse(p.WRONG_TYPE, f"{code.described} cannot be compared with an object", node.at)
        operator = ast.Is() if node.operator == "=" else ast.IsNot()
        return Code(b.compare(left.tree, operator, right.tree), "cond")

    def _boolean_comparison(self, node: n.Comparison, left: Code, right: Code) -> Code:
        b = self.build
        if node.operator not in ("=", "!="):
            return self.refuse(p.WRONG_TYPE, "Booleans can only be compared for equality", node.at)
        same = b.call("same_boolean", self.convert.boolean(left, node.at), self.convert.boolean(right, node.at))
        return Code(same if node.operator == "=" else b.negation(same), "cond")

    def _is_numeric(self, left: Code, right: Code) -> bool:
        return bool({left.kind, right.kind} & {"num", "cond"})

    def _equality(self, node: n.Comparison, left: Code, right: Code) -> Code:
        b = self.build
        operator = ast.Eq() if node.operator == "=" else ast.NotEq()
        if self._is_numeric(left, right):
            one, two = self.convert.number(left, node.at), self.convert.number(right, node.at)
            return Code(b.compare(one, operator, two), "cond")
        if left.kind == right.kind == "text":
            return Code(b.compare(left.tree, operator, right.tree), "cond")
        if "any" not in (left.kind, right.kind) or "array" in (left.kind, right.kind):
            return self.refuse(p.WRONG_TYPE, f"{left.described} cannot be compared with {right.described}", node.at)
        same = b.call("equal", left.tree, right.tree)
        return Code(same if node.operator == "=" else b.negation(same), "cond")

    def _ordering(self, node: n.Comparison, left: Code, right: Code) -> Code:
        b = self.build
        operator, exchanged, or_equal = _ORDER[node.operator]
        if self._is_numeric(left, right):
            one, two = self.convert.number(left, node.at), self.convert.number(right, node.at)
            return Code(b.compare(one, operator(), two), "cond")
        if not {left.kind, right.kind} <= {"text", "any"}:
            return self.refuse(p.WRONG_TYPE, f"{left.described} cannot be compared with {right.described}", node.at)
        first, second = (right, left) if exchanged else (left, right)
        both_text = left.kind == right.kind == "text"
        name = ("text_less" if both_text else "less") + ("_equal" if or_equal else "")
        return Code(b.call(name, first.tree, second.tree), "cond")

    def _like(self, node: n.Like, expected: SoulType | None) -> Code:
        matched = self.build.call("like", self.text(node.subject), self.text(node.pattern))
        return Code(self.build.negation(matched) if node.negated else matched, "cond")

    def _is_present(self, node: n.IsPresent, expected: SoulType | None) -> Code:
        subject = node.subject
        info = None
        if isinstance(subject, n.Variable) and not subject.groups:
            info = self.context.scope.variables.get(subject.name)
        if info is None or info.parameter is None:
            if not self.context.records:
                text = "Is Present asks for a field or a parameter; record processing is not supported"
                self.context.problems.refuse("Is Present", r.RECORDS, node.at, text)
            return self.broken()
        optional = info.parameter.optional or info.parameter.default is not None
        present = self.build.name(f"{info.python} is present") if optional else self.build.constant(True)
        return Code(self.build.negation(present) if node.negated else present, "cond")

    def _is_null(self, node: n.IsNull, expected: SoulType | None) -> Code:
        code = self.emit(node.subject)
        b = self.build
        if code.kind == "text":
            tested: ast.expr = b.compare(code.tree, ast.Eq(), b.constant(""))
        elif code.is_object or code.kind == "boolean":
            tested = b.compare(code.tree, ast.Is(), b.constant(None))
        elif code.kind == "broken":
            return code
        else:
            return self.refuse(p.WRONG_TYPE, f"{code.described} cannot be Null", node.at)
        return Code(b.negation(tested) if node.negated else tested, "cond")

    def _logical(self, node: n.Logical, expected: SoulType | None) -> Code:
        b = self.build
        operands = [self.condition(operand) for operand in node.operands]
        self.build.at(node.at)
        if node.operator == "AND":
            return Code(b.both(*operands), "cond")
        if node.operator == "OR":
            return Code(b.either(*operands), "cond")
        result = operands[0]
        for operand in operands[1:]:
            result = b.negation(b.either(result, operand))
        return Code(result, "cond")

    def _not(self, node: n.Not, expected: SoulType | None) -> Code:
        return Code(self.build.negation(self.condition(node.operand)), "cond")
