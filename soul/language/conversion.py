"""Conversions between kinds of values, as emitted code.

Source: m204wiki, EVALOPT parameter; Longstrings; Boolean enumeration. What EVALOPT changes is decided when the
request runs: `assigned_number`, `cut` and their like are given to the code with that in mind.
"""

from __future__ import annotations

import ast
from decimal import MAX_EMAX, MIN_EMIN, ROUND_DOWN, Context, Decimal, DecimalException

from soul.language import problems as p
from soul.language.code import Code
from soul.language.context import Context as EmitContext
from soul.language.source import Span
from soul.language.types import NUMBER_TEXT, UNKNOWN_CLASS, SoulType

_FIFTEEN = Context(prec=15, rounding=ROUND_DOWN, Emax=MAX_EMAX, Emin=MIN_EMIN)
_PLAIN_WHOLE = 1e15


def literal_number(text: str) -> float:
    """Return the value of a number as written; digits past the 15th count as zeros; infinity when it is too large."""
    if len(text) <= 15 and " " not in text:
        return float(text)
    try:
        return float(_FIFTEEN.create_decimal(Decimal(text.replace(" ", ""))))
    except DecimalException:  # an exponent of more than 18 digits
        return float(text.replace(" ", ""))


class Conversion:
    """Turns typed code into code of another kind."""

    def __init__(self, context: EmitContext) -> None:
        self.context = context
        self.build = context.build

    def wrong(self, code: Code, wanted: str, at: Span) -> None:
        """Complain that `code` cannot be used as `wanted`."""
        if code.kind == "broken":
            return
        self.context.problems.error(p.WRONG_TYPE, f"{code.described} cannot be used as {wanted}", at)

    def number(self, code: Code, at: Span) -> ast.expr:
        """Return `code` as a float."""
        b = self.build
        if code.kind == "num":
            return code.tree
        if code.kind in ("text", "any"):
            return b.call("number_of", code.tree)
        if code.kind == "cond":
            return b.choose(code.tree, b.constant(1.0), b.constant(0.0))
        self.wrong(code, "a number", at)
        return b.constant(0.0)

    def integer(self, code: Code, at: Span) -> ast.expr:
        """Return `code` rounded to the nearest int."""
        if isinstance(code.tree, ast.Constant) and isinstance(code.tree.value, float) and code.tree.value.is_integer():
            return self.build.constant(int(code.tree.value))
        b = self.build
        number = self.number(code, at)
        if not isinstance(number, ast.Name):
            return b.call("to_int", number)
        # float.__trunc__ gives what int() does, in half the time.
        return b.choose(b.method(number, "is_integer"), b.method(number, "__trunc__"), b.call("to_int", number))

    def text(self, code: Code, at: Span) -> ast.expr:
        """Return `code` as a str."""
        b = self.build
        if code.kind == "text":
            return code.tree
        if code.kind == "num":
            if isinstance(code.tree, ast.Constant) and isinstance(code.tree.value, float):
                value = code.tree.value
                if value.is_integer() and abs(value) < _PLAIN_WHOLE:
                    return b.constant(str(int(value)))
            return b.call("number_text", code.tree)
        if code.kind == "any":
            return b.call("value_text", code.tree)
        if code.kind == "cond":
            return b.choose(code.tree, b.constant("1"), b.constant("0"))
        if code.kind == "boolean":
            return b.call("boolean_text", code.tree)
        if code.kind == "object" and code.class_name:
            found = self._to_string(code)
            if found is not None:
                return found
        self.wrong(code, "a string", at)
        return b.constant("")

    def _to_string(self, code: Code) -> ast.expr | None:
        """Return a call of the class's ToString method: m204wiki, ToString (Json function)."""
        owner = self.context.library.system_class(code.class_name)
        method = owner.method("ToString") if owner is not None else None
        if method is None or any(parameter.required for parameter in method.parameters):
            return None
        b = self.build
        name = self.context.bind("method", code.class_name.upper(), "TOSTRING")
        target = b.call("not_null", code.tree, b.constant("ToString"))
        arguments = (target, b.name("thread")) if method.wants_thread else (target,)
        return b.call(name, *arguments)

    def longest(self, code: Code) -> int | None:
        """Return the greatest length the text of `code` can have, None when not known."""
        if code.kind == "text":
            return code.longest
        return {"num": NUMBER_TEXT, "cond": 1, "boolean": 5}.get(code.kind)

    def condition(self, code: Code, at: Span) -> ast.expr:
        """Return `code` as a bool, for a test."""
        b = self.build
        if code.kind == "cond":
            return code.tree
        if code.kind == "boolean":
            return b.compare(code.tree, ast.Is(), b.constant(True))
        if code.kind in ("num", "text", "any"):
            return b.compare(self.number(code, at), ast.NotEq(), b.constant(0.0))
        self.wrong(code, "a condition", at)
        return b.constant(False)

    def boolean(self, code: Code, at: Span) -> ast.expr:
        """Return `code` as a value of the Boolean enumeration."""
        if code.kind in ("boolean", "null"):
            return code.tree
        return self.condition(code, at)

    def to_type(self, code: Code, wanted: SoulType, at: Span) -> ast.expr:
        """Return `code` as a variable of type `wanted` keeps it: m204wiki, Longstrings; EVALOPT parameter."""
        if wanted.kind == "float":
            return self._assigned(code, at)
        if wanted.kind == "fixed":
            return self._fixed(self._assigned(code, at), wanted.decimals)
        if wanted.kind == "string":
            if wanted.places is not None and code.kind == "num":
                rounded = self.build.call("round_places", code.tree, self.build.constant(wanted.places))
                code = Code(rounded, "num")
            return self._string(code, wanted.length, at)
        if wanted.kind in ("longstring", "unicode"):
            return self.text(code, at)
        if wanted.kind == "boolean":
            return self.boolean(code, at)
        return self._reference(code, wanted, at)

    def _assigned(self, code: Code, at: Span) -> ast.expr:
        """Return `code` as a number that is assigned: here EVALOPT makes strings that are none cancel the request."""
        if code.kind in ("text", "any"):
            return self.build.call("assigned_number", code.tree)
        return self.number(code, at)

    def _fixed(self, value: ast.expr, decimals: int) -> ast.expr:
        b = self.build
        limit = float(2_147_483_647 // 10**decimals)
        whole = b.method(b.keep(value), "is_integer")
        fits = b.between(b.constant(-limit), b.kept(), b.constant(limit), ast.LtE())
        return b.choose(b.both(whole, fits), b.kept(), b.call("fixed", b.kept(), b.constant(decimals)))

    def _string(self, code: Code, length: int, at: Span) -> ast.expr:
        b = self.build
        text = self.text(code, at)
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            longest: int | None = len(text.value)
        else:
            longest = self.longest(code)
        if longest is not None and longest <= length:
            return text
        too_long = "cut_long" if code.kind == "text" and code.is_long else "cut"
        fits = b.compare(b.call("len", b.keep(text)), ast.LtE(), b.constant(length))
        return b.choose(fits, b.kept(), b.call(too_long, b.kept(), b.constant(length)))

    def _reference(self, code: Code, wanted: SoulType, at: Span) -> ast.expr:
        if code.kind in ("null", "broken") or wanted.class_name == UNKNOWN_CLASS:
            return code.tree
        same = code.kind == wanted.kind and code.class_name.upper() == wanted.class_name.upper()
        anything = code.kind == "object" and (not wanted.class_name or wanted.class_name.upper() == "OBJECT")
        if same or anything or (code.kind == wanted.kind == "object" and not code.class_name):
            return code.tree
        self.wrong(code, f"an object of class {wanted.class_name}", at)
        return self.build.constant(None)
