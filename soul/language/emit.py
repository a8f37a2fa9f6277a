"""From a resolved request to the syntax tree of a Python module.

The module defines one function per scope and, around its variables, nested functions for simple subroutines and On
units. Running the module sets up Common and Static variables; `main` is the request.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from soul.language import nodes as n
from soul.language.context import Binding, Context
from soul.language.expressions import Expressions
from soul.language.flatten import jump_handler
from soul.language.flow import Flow, scope_result, simple_name
from soul.language.images import ImageInfo
from soul.language.library import Library
from soul.language.plan import Region
from soul.language.problems import Problems
from soul.language.pysource import Builder
from soul.language.scopes import Program, Scope, VariableInfo
from soul.language.statements import Statements
from soul.language.variables import bound_name, items_name

MAX_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Emission:
    """What the emitter hands on: the module, its built-ins, and the procedures its line numbers speak of."""

    module: ast.Module
    bindings: dict[str, Binding]
    procedures: tuple[str, ...]


def emit(program: Program, problems: Problems, library: Library) -> Emission:
    """Return the Python module of a request; complaints go to `problems`.

    When a variable turns out to be passed by reference after code for it was made, all is made again.
    """
    said = list(problems.found)
    previous = program.previous
    procedures = previous.procedures if previous is not None else ()
    for _ in range(MAX_ATTEMPTS):
        context = Context(Builder(procedures), problems, library, program, program.main)
        module = _Module(context).emit()
        if not context.again:
            break
        problems.restore(said)
    bindings = context.bindings if previous is None else {**previous.bindings, **context.bindings}
    return Emission(module, bindings, context.build.procedures)


class _Module:
    """Emits the functions of one request."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.build = context.build
        self.expressions = Expressions(context)
        self.statements = Statements(context, self.expressions)

    def emit(self) -> ast.Module:
        self.build.at(self.context.program.at)
        functions = [self._scope(scope) for scope in self.context.program.scopes]
        self.context.scope = self.context.program.main
        setup = [statement for info in self._globals() for statement in self._initial(info)]
        setup += [self._image(image) for image in self._images()]
        return ast.Module(body=[*setup, *functions], type_ignores=[])

    def _globals(self) -> list[VariableInfo]:
        """Return the variables that live in the module, each once, without those another part of the request set up."""
        program = self.context.program
        known: set[int] = set()
        if program.previous is not None:
            earlier = (*program.previous.scope.variables.values(), *program.previous.common.values())
            known.update(map(id, earlier))
        found = {
            id(info): info
            for scope in program.scopes
            for info in scope.variables.values()
            if info.is_global and id(info) not in known
        }
        return list(found.values())

    def _images(self) -> list[ImageInfo]:
        """Return the images of all scopes, without those of the parts of the request before."""
        program = self.context.program
        known = program.previous.scope.images if program.previous is not None else {}
        found = [image for scope in program.scopes for image in scope.images.values()]
        return [image for image in found if known.get(image.name) is not image]

    def _image(self, image: ImageInfo) -> ast.stmt:
        """Return the statement that makes an image."""
        b = self.build
        b.at(image.at)
        block = [b.name(image.block.python)] if image.block is not None else []
        made = b.call("image", b.constant(image.name), b.constant(image.rows), b.constant(image.is_global), *block)
        return b.assign(image.python, made)

    # One scope.

    def _scope(self, scope: Scope) -> ast.stmt:
        context, b = self.context, self.build
        context.scope, context.touched = scope, set()
        b.at(scope.at)
        flow = Flow(context, self.expressions, self.statements)
        flow.result = scope_result(scope)
        nested = self._nested(flow, scope)
        context.touched |= self._touched_inside
        b.at(scope.at)
        body = self._guarded(flow, scope)
        b.at(scope.at)
        head = [*self._declared(scope, context.touched), *self._parameters(scope)]
        if context.program.keeps and scope.parent is None:
            head += b.declare("global", (simple_name(name) for name in scope.simple))
        for info in self._locals(scope, flow):
            head += self._initial(info)
        code = [*head, *nested]
        if scope.parent is not None:
            code.append(flow.check())
        code += body
        if flow.result is not None:
            code.append(b.give(b.constant(flow.result.default())))
        if scope.parent is not None and any(unit.condition == "ATTENTION" for unit in scope.units):
            code = self._own_attention(flow, code)
        names = [each.name for each in scope.node.parameters] if scope.node is not None else []
        if "%THIS" in scope.variables:
            names.insert(0, "%THIS")
        return b.function(scope.path, names, code)

    def _declared(self, scope: Scope, touched: set[VariableInfo]) -> list[ast.stmt]:
        return self.build.declare("global", {info.python for info in touched if info.is_global})

    def _locals(self, scope: Scope, flow: Flow) -> list[VariableInfo]:
        """Return the variables the scope's function sets up, in a stable order."""
        known = {id(info) for info in self.context.touched}
        found = [
            info
            for info in scope.variables.values()
            if id(info) in known and not info.is_global and info.parameter is None and info.name != "%THIS"
        ]
        return [*found, flow.active] if flow.active in self.context.touched else found

    def _initial(self, info: VariableInfo) -> list[ast.stmt]:
        """Return the assignment of a variable's starting value."""
        b = self.build
        b.at(info.at)
        value: ast.expr = b.constant(info.type.default())
        if info.initial is not None:
            value = self.expressions.value(info.initial, info.type)
            b.at(info.at)
        if info.rank:
            return [b.assign(info.python, b.call("array", b.constant(info.bounds), value)), self._items(info)]
        return [b.assign(info.python, b.call("cell", value) if info.in_cell else value)]

    def _items(self, info: VariableInfo) -> ast.stmt:
        """Return what takes the list out of an array: the list is the same as long as the array is."""
        b = self.build
        return b.assign(items_name(info), b.attribute(b.name(info.python), "items"))

    def _bounds(self, info: VariableInfo) -> ast.stmt:
        """Return what takes the bounds out of an array that is a parameter."""
        b = self.build
        names = [bound_name(info, dimension) for dimension in range(info.rank)]
        return b.assign_to(b.targets(*names), b.attribute(b.name(info.python), "bounds"))

    def _parameters(self, scope: Scope) -> list[ast.stmt]:
        """Return what the entry of a subroutine does with its parameters."""
        b = self.build
        code: list[ast.stmt] = []
        for info in scope.variables.values():
            parameter = info.parameter
            if parameter is None:
                continue
            b.at(info.at)
            output = parameter.mode == "OUTPUT"
            if parameter.optional or parameter.default is not None:
                code += self._optional(info, parameter, output)
            if info.rank and parameter.copy and not output:
                code.append(b.assign(info.python, b.call("copy_array", b.name(info.python))))
            elif info.in_cell and not output:
                code.append(b.assign(info.python, b.call("cell", b.name(info.python))))
            if info.rank:
                code += [self._items(info), self._bounds(info)]
        return code

    def _optional(self, info: VariableInfo, parameter: n.Parameter, output: bool) -> list[ast.stmt]:
        b = self.build
        present = f"{info.python} is present"
        value: ast.expr = b.constant(info.type.default())
        if parameter.default is not None:
            value = self.expressions.value(parameter.default, info.type)
        if info.rank:  # an array that was left out has no elements (our choice)
            value = b.call("array", b.constant((0,) * info.rank), value)
        elif output:
            value = b.call("cell", value)
        test = b.compare(b.name(info.python), ast.IsNot(), b.name("missing"))
        given = b.assign(info.python, value)
        return [b.assign(present, test), b.when(b.negation(b.name(present)), [given])]

    def _own_attention(self, flow: Flow, code: list[ast.stmt]) -> list[ast.stmt]:
        """Return the body of a subroutine whose On Attention units end with it."""
        b, before = self.build, flow.fresh("a")
        again = b.do(b.call("on_attention", b.name(before)))
        return [b.assign(before, b.attribute(b.name("thread"), "attention")), b.finally_(code, [again])]

    # Nested functions.

    def _nested(self, flow: Flow, scope: Scope) -> list[ast.stmt]:
        """Return the functions of the simple subroutines and On units of a scope."""
        self._touched_inside: set[VariableInfo] = set()
        outer = flow.plan.region_of(scope.body)
        functions: list[ast.stmt] = []
        flow.in_simple = True
        for name, node in scope.simple.items():
            functions.append(self._function(flow, simple_name(name), node, [outer, None]))
        for unit in scope.units:
            flow.unit = unit
            if unit.condition in ("ERROR", "ATTENTION"):
                functions.append(self._function(flow, flow.unit_name(unit), unit, [outer, None]))
            else:
                self._function(flow, "unused", unit, [outer, None])
        flow.unit = None
        flow.in_simple = False
        flow.regions = []
        self.context.touched = set()
        return functions

    def _function(self, flow: Flow, name: str, node: n.SimpleSubroutine | n.OnUnit, regions: list[object]) -> ast.stmt:
        b = self.build
        self.context.touched = set()
        flow.regions = list(regions)  # type: ignore[arg-type]
        flow.frames = []
        b.at(node.at)
        code = [flow.check(), *flow.region(node.body)]
        touched = self.context.touched
        self._touched_inside |= touched
        b.at(node.at)
        shared = {info.python for info in touched if not info.is_global}
        words = [*self._declared(self.context.scope, touched), *b.declare("nonlocal", shared)]
        return b.function(name, [], [*words, *code])

    def _guarded(self, flow: Flow, scope: Scope) -> list[ast.stmt]:
        """Return the body of a scope, with its On Error units around it: m204wiki, $ErrMsg (On Error)."""
        b = self.build
        code = flow.region(scope.body)
        if flow.active not in self.context.touched:
            return code
        b.at(scope.at)
        region = flow.plan.region_of(scope.body)
        start = code[:1] if region is not None else []
        rest = code[1:] if region is not None else code
        error = flow.fresh("x")
        idle = b.negation(b.call("begin_on_error", b.name(error), b.name(flow.active.python)))
        left = flow.fresh("r")
        run = b.assign(left, ast.Call(b.name(flow.active.python), [], [], **b.place))
        if region is not None:
            run = b.trial([run], [jump_handler(flow, region, leave=True)])
        then = [b.fail()]
        if flow.plan.resumes and region is not None:
            then = self._resume(flow, region, left)
        bounced = b.compare(b.name(left), ast.Eq(), b.constant("BOUNCE"))
        then = [b.when(bounced, [b.do(b.call("bounced", b.name(error))), b.fail()]), *then]
        handler = b.handler(b.name("cancelling"), error, [b.when(idle, [b.fail()]), run, *then])
        if region is None:
            return [*start, b.trial(rest, [handler])]
        return [*start, b.loop(b.constant(True), [b.trial([*rest, b.leave()], [handler])])]

    def _resume(self, flow: Flow, region: Region, left: str) -> list[ast.stmt]:
        """Return what follows an On Error unit that may have been left by Bypass, Continue or Retry."""
        b = self.build
        ended = b.compare(b.name(left), ast.Is(), b.constant(None))
        again = b.compare(b.name(left), ast.NotEq(), b.constant("RETRY"))
        following = b.assign(region.counter, b.item(flow.after_failure, b.name(region.counter)))
        return [b.when(ended, [b.fail()]), b.when(again, [following])]
