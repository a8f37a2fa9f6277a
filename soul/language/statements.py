"""Plain statements: assignment, output, Assert and the like. Blocks and jumps are in `flow`.

Source: m204wiki, Report generation; Targeted Text statements; Assert statement; Statement syntax.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from soul.language import nodes as n, problems as p, refused as r
from soul.language.code import Code
from soul.language.context import Context
from soul.language.expressions import Expressions
from soul.language.source import Span
from soul.language.types import LONGSTRING, UNKNOWN_CLASS, SoulType

_PRINTERS = {"PRINT": "printer", "AUDIT": "audit", "TRACE": "trace"}
_GLOBALS = frozenset(("GLOBALS", "GLOBAL"))


class Statements:
    """Emits plain statements as lists of Python statements."""

    def __init__(self, context: Context, expressions: Expressions) -> None:
        self.context = context
        self.build = context.build
        self.expressions = expressions
        self.emitters: dict[type[n.Statement], Callable[[Any], list[ast.stmt]]] = {
            n.Declaration: self._nothing,
            n.VariablesAre: self._nothing,
            n.SiriusCase: self._sirius_case,
            n.DeclareSubroutine: self._declare_subroutine,
            n.SirFact: self._nothing,
            n.SetPageLine: self._page_line,
            n.NewPage: self._new_page,
            n.Assignment: self._assignment,
            n.ExpressionStatement: self._expression,
            n.Stop: self._stop,
            n.Pause: self._pause,
            n.Print: self._print,
            n.PrintText: self._print_text,
            n.SetText: self._set_text,
            n.TextBlock: self._text_block,
            n.Skip: self._skip,
            n.Assert: self._assert,
            n.Clear: self._clear,
            n.Throw: self._throw,
            n.Image: self._nothing,
            n.ImageStatement: self.expressions.calls.images.statement,
            n.ScreenStatement: self._screen,
            n.ClassBlock: self._class,
        }

    def _nothing(self, node: n.Statement) -> list[ast.stmt]:
        return []

    def refuse(self, form: str, part: str, at: Span, text: str = "") -> list[ast.stmt]:
        """Complain about a statement that is known and belongs to a part of SOUL that is not there."""
        self.context.problems.refuse(form, part, at, text)
        return []

    def _declare_subroutine(self, node: n.DeclareSubroutine) -> list[ast.stmt]:
        signature = self.context.scope.find_subroutine(node.name.name)
        if signature is not None and not signature.defined:
            text = f"subroutine {node.name.name} is declared here and defined nowhere"
            self.context.problems.error(p.NO_SUBROUTINE, text, node.name.at)
        return []

    def _sirius_case(self, node: n.SiriusCase) -> list[ast.stmt]:
        if node.ignored:
            text = "Sirius Case Leave is ignored: COMPOPT X'02' is set"
            self.context.problems.warning(p.IGNORED, text, node.at)
        return []

    def _page_line(self, node: n.SetPageLine) -> list[ast.stmt]:
        b = self.build
        text = self._items(node.items, node.at) if node.items else b.constant(None)
        b.at(node.at)
        return [b.do(b.call("set_page_line", b.constant(node.kind), b.constant(node.number), text))]

    def _new_page(self, node: n.NewPage) -> list[ast.stmt]:
        b = self.build
        return [b.do(b.method(b.name("printer"), "finish")), b.do(b.call("new_page"))]

    # Assignment.

    def _assignment(self, node: n.Assignment) -> list[ast.stmt]:
        return self.assign(node.target, node.at, lambda wanted: self.expressions.emit(node.value, wanted), node.value)

    def assign(
        self, target: n.Expr, at: Span, value: Callable[[SoulType | None], Code], source: n.Expr | None = None
    ) -> list[ast.stmt]:
        """Return `target = value`; `value` gives its code once the target's type is known."""
        b = self.build
        before, self.context.assigned_to = self.context.assigned_to, target
        try:
            if isinstance(target, n.Variable):
                return self._assign_variable(target, at, value, source)
            if isinstance(target, n.MethodCall):
                return self._assign_property(target, at, value)
        finally:
            self.context.assigned_to = before
        b.at(at)
        if isinstance(target, n.FieldVariable):
            self.expressions.field(f"%{target.name}", target.at)
            return []
        self.context.problems.error(p.NOT_ASSIGNABLE, "nothing can be assigned to this", target.at)
        return []

    def _assign_variable(
        self, target: n.Variable, at: Span, value: Callable[[SoulType | None], Code], source: n.Expr | None
    ) -> list[ast.stmt]:
        b, variables = self.build, self.expressions.variables
        info = variables.find(target.name, target.at)
        variables.check_assignable(info, target.at)
        if target.groups and not info.rank and info.type.kind == "object":
            return self._assign_item(target, at, value)
        if info.rank and not target.groups:
            self.context.problems.error(p.SUBSCRIPTS, f"{info.name} is an array: it needs subscripts", target.at)
            return []
        if target.groups and not info.rank:
            self.context.problems.error(p.SUBSCRIPTS, f"{info.name} is not an array", target.at)
            return []
        appended = self._append(info.name, info.type, target, source)
        if appended is not None and not info.in_cell and not info.is_global:
            b.at(at)
            return [b.assign(info.python, b.binary(b.name(info.python), ast.Add(), appended))]
        code = value(info.type)
        b.at(at)
        if code.kind == "none":
            self.context.problems.error(p.WRONG_TYPE, "this call gives no value to assign", at)
            return []
        tree = self.expressions.convert.to_type(code, info.type, source.at if source is not None else at)
        b.at(at)
        if info.rank:
            return [b.assign_to(variables.element_target(info, target.groups[0], target.at), tree)]
        return [b.assign_to(variables.scalar_target(info), tree)]

    def _append(self, name: str, kind: SoulType, target: n.Variable, source: n.Expr | None) -> ast.expr | None:
        """Return what `%x = %x With ...` appends, so that CPython can extend the string in place."""
        if kind.kind not in ("longstring", "unicode") or target.groups or not isinstance(source, n.Concat):
            return None
        first = source.parts[0]
        own = isinstance(first, n.Variable) and first.name == name and not first.groups
        if not own and not isinstance(first, n.SelfReference):
            return None
        rest = [(self.expressions.emit(part), part.at) for part in source.parts[1:]]
        return self.expressions.join(rest).tree

    def _assign_item(self, target: n.Variable, at: Span, value: Callable[[SoulType | None], Code]) -> list[ast.stmt]:
        whole = n.Variable(target.at, target.name, target.groups[:-1])
        call = n.MethodCall(target.at, whole, "ITEM", target.groups[-1])
        return self._assign_property(call, at, value)

    def _assign_property(
        self, target: n.MethodCall, at: Span, value: Callable[[SoulType | None], Code]
    ) -> list[ast.stmt]:
        image = self.context.scope.image_of(target.target)
        if image is not None:
            return self.expressions.calls.images.assign(image, target, at, value)
        if self.context.problems.refused.is_screen(target.target):
            return []
        b = self.build
        owner_code = self.expressions.emit(target.target)
        if owner_code.kind == "broken" or owner_code.class_name == UNKNOWN_CLASS:
            return []
        owner = self.context.library.system_class(owner_code.class_name) if owner_code.kind == "object" else None
        if owner is None:
            text = f"{owner_code.described} has no property {target.name} that can be set"
            self.context.problems.error(p.NO_METHOD, text, target.at)
            return []
        member = owner.property_(target.name)
        if member is None or member.set is None:
            hint = p.nearest(target.name, owner.names()) if member is None else ""
            state = "can only be read" if member is not None else "is not known"
            text = f"property {target.name} of class {owner.name} {state}"
            self.context.problems.error(p.NO_METHOD, text, target.at, hint)
            return []
        calls = self.expressions.calls
        return [b.do(calls.set_property(owner, member.set, owner_code, target, value, at))]

    def _expression(self, node: n.ExpressionStatement) -> list[ast.stmt]:
        code = self.expressions.emit(node.expression)
        return [self.build.do(code.tree)]

    # Ends and pauses.

    def _stop(self, node: n.Stop) -> list[ast.stmt]:
        return [self.build.fail(self.build.call("stop_statement"))]

    def _pause(self, node: n.Pause) -> list[ast.stmt]:
        b = self.build
        seconds = self.expressions.number(node.seconds) if node.seconds is not None else b.constant(1.0)
        return [b.do(b.call("pause", seconds))]

    # Output.

    def _print(self, node: n.Print) -> list[ast.stmt]:
        b = self.build
        printer = b.name(_PRINTERS[node.destination])
        if any(item.start is not None or item.end is not None for item in node.items):
            row = self._columns(node.items)
            b.at(node.at)
            return [b.do(b.method(printer, "columns", row, b.constant(node.open_ended)))]
        text = self._items(node.items, node.at)
        return [b.do(b.method(printer, "hold" if node.open_ended else "print", text))]

    def _items(self, items: list[n.PrintItem], at: Span) -> ast.expr:
        """Return the text of the items of Print and its like."""
        b = self.build
        if any(item.start is not None or item.end is not None for item in items):
            row = self._columns(items)
            b.at(at)
            return b.call("in_columns", row)
        parts: list[tuple[Code, Span]] = []
        for item in items:
            if item.joiner == "AND" and parts:
                parts.append((Code(b.constant(" "), "text", longest=1), item.at))
            parts.append((self.expressions.emit(item.value), item.value.at))
        b.at(at)
        return self.expressions.join(parts).tree if parts else b.constant("")

    def _columns(self, items: list[n.PrintItem]) -> ast.expr:
        b = self.build
        found: list[ast.expr] = []
        for item in items:
            text = self.expressions.text(item.value)
            start = self.expressions.integer(item.start) if item.start is not None else b.constant(None)
            end = self.expressions.integer(item.end) if item.end is not None else b.constant(None)
            b.at(item.at)
            found.append(b.group([text, b.constant(item.joiner == "AND"), start, end]))
        return b.row(found)

    def line(self, line: n.TextLine, encode: bool = False) -> Code:
        """Return the text of a line with brace expressions; `encode` replaces what HTML reserves in their values."""
        b = self.build
        parts: list[tuple[Code, Span]] = []
        for part in line.parts:
            if isinstance(part, str):
                parts.append((Code(b.constant(part), "text", longest=len(part)), line.at))
                continue
            code = self.expressions.emit(part)
            if encode:
                code = Code(b.call("encode_html", self.expressions.convert.text(code, part.at)), "text", is_long=True)
            parts.append((code, part.at))
        b.at(line.at)
        return self.expressions.join(parts) if parts else Code(b.constant(""), "text", longest=0)

    def _print_text(self, node: n.PrintText) -> list[ast.stmt]:
        text = self.line(node.text)
        self.build.at(node.at)
        printer = self.build.name(_PRINTERS[node.destination])
        return [self.build.do(self.build.method(printer, "print", text.tree))]

    def _set_text(self, node: n.SetText) -> list[ast.stmt]:
        return self.assign(node.target, node.at, lambda wanted: self.line(node.text))

    def _text_block(self, node: n.TextBlock) -> list[ast.stmt]:
        b = self.build
        found: list[ast.stmt] = []
        for line in node.lines:
            text = self.line(line, bool(node.encode))
            b.at(line.at)
            if node.target is None:
                printer = b.name(_PRINTERS[node.destination])
                found.append(b.do(b.method(printer, "print", text.tree)))
            else:
                added = self._add_line(node.target, text, line.at)
                if added is not None:
                    found.append(added)
        return found

    def _add_line(self, target: n.Expr, text: Code, at: Span) -> ast.stmt | None:
        code = self.expressions.emit(target)
        self.build.at(at)
        owner = self.context.library.system_class(code.class_name) if code.class_name else None
        added = self.expressions.calls.add_line(owner, code, text, at) if owner is not None else None
        if added is None and (code.kind == "broken" or code.class_name == UNKNOWN_CLASS):
            return None
        if added is None:
            self.context.problems.error(p.WRONG_TYPE, "Text To needs a Stringlist variable", target.at)
            return None
        return self.build.do(added)

    def _skip(self, node: n.Skip) -> list[ast.stmt]:
        b = self.build
        count = self.expressions.integer(node.count)
        return [b.do(b.method(b.name("printer"), "skip", count))]

    # The rest.

    def _assert(self, node: n.Assert) -> list[ast.stmt]:
        b = self.build
        condition = self.expressions.condition(node.condition)
        info = self.expressions.text(node.info) if node.info is not None else b.constant("")
        b.at(node.at)
        where = (b.constant(node.at.procedure), b.constant(node.at.line))
        failed = b.call("assertion_failed", *where, info, b.constant(node.continues))
        return [b.when(b.negation(condition), [b.do(failed)])]

    def _clear(self, node: n.Clear) -> list[ast.stmt]:
        if node.words and node.words[-1] in _GLOBALS and len(node.words) <= 2:
            return [self.build.do(self.build.call("clear_globals"))]
        if node.words and node.words[-1] == "OBJECTS":
            return []
        first = node.words[0] if node.words else ""
        part = r.RECORDS if first == "LIST" else r.SCREENS
        return self.refuse(f"Clear {first.capitalize()}", part, node.at)

    def _throw(self, node: n.Throw) -> list[ast.stmt]:
        code = self.expressions.emit(node.value)
        if code.kind == "broken":
            return []
        if code.kind != "exception":
            self.context.problems.error(p.WRONG_TYPE, f"{code.described} cannot be thrown", node.value.at)
            return []
        b = self.build
        b.at(node.at)
        return [b.fail(b.call("not_null", code.tree, b.constant("Throw")))]

    # Refused by name.

    def record(self, node: n.RecordStatement) -> list[ast.stmt]:
        return self.refuse(r.title_of(node.keyword), r.part_of(node.keyword), node.at)

    def _screen(self, node: n.ScreenStatement) -> list[ast.stmt]:
        return self.refuse(r.title_of(node.keyword), r.SCREENS, node.at)

    def _class(self, node: n.ClassBlock) -> list[ast.stmt]:
        form = node.keyword.capitalize()
        part = r.ENUMERATIONS if node.keyword == "ENUMERATION" else r.CLASSES
        name = node.name.partition(" ")[0]
        return self.refuse(form, part, node.at, f"{form} {name}".rstrip() + f": {part} are not supported")

    def text_of(self, line: n.TextLine, wanted: SoulType | None) -> ast.expr:
        """Return a text line as a value of type `wanted`, for ReturnText."""
        return self.expressions.convert.to_type(self.line(line), wanted or LONGSTRING, line.at)
