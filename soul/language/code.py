"""Typed code: a Python expression together with what is known of its value.

The kinds: `num` a float; `text` a str; `any` a float or a str; `cond` a bool from a comparison, which is the number
1 or 0 when it is used as a value; `boolean` True, False or None of the Boolean enumeration; `object` (of
`class_name`), `exception`, `null` the null object, `array`, `none` nothing at all;
`broken` stands for what has been complained about, so that nothing more is said about it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

CodeKind = Literal["num", "text", "any", "cond", "boolean", "object", "exception", "null", "array", "none", "broken"]


@dataclass(slots=True)
class Code:
    """One expression. `longest` is the greatest length of a text, None when not known; `is_long` says that a result too
    long for a String cancels the request instead of being cut."""

    tree: ast.expr
    kind: CodeKind
    class_name: str = ""
    longest: int | None = None
    is_long: bool = False

    @property
    def is_object(self) -> bool:
        """Say whether the value is a reference."""
        return self.kind in ("object", "exception", "null")

    @property
    def is_simple(self) -> bool:
        """Say whether evaluating it twice is cheap and without effect."""
        return isinstance(self.tree, ast.Name | ast.Constant)

    @property
    def described(self) -> str:
        """Return the kind in a user's words."""
        return {
            "num": "a number",
            "text": "a string",
            "any": "a value",
            "cond": "a condition",
            "boolean": "a Boolean",
            "object": f"an object of class {self.class_name}" if self.class_name.strip("?") else "an object",
            "exception": f"an exception {self.class_name}",
            "null": "Null",
            "array": "a whole array",
            "none": "nothing",
            "broken": "this",
        }[self.kind]
