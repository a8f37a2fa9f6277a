"""Control flow: blocks, loops, jumps, subroutines, On units.

`native` emits statements as Python statements; `Flattener` (in `flatten`) cuts them into blocks where the plan says so.
Every loop tests for a stop request at its back edge, every subroutine at its entry.

Source: m204wiki, Statement syntax; Subroutines; Exceptions.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from soul.language import nodes as n, problems as p
from soul.language.context import Context
from soul.language.expressions import Expressions
from soul.language.plan import FlatBlock, Plan, Region
from soul.language.print_runs import in_runs
from soul.language.problems import nearest
from soul.language.scopes import Scope, VariableInfo
from soul.language.source import Span
from soul.language.statements import Statements
from soul.language.tree import children, inside
from soul.language.types import UNKNOWN_CLASS, SoulType
from soul.language.variables import Shadow, bound_name, counter_and_offset

Subscript = tuple[VariableInfo, int, int]
"""An array, a dimension of it, and what is added to a loop counter there."""

REGIONS = 1_000_000  # more than one request has: those of another part of it, before More, have other numbers
SUBSCRIPT_DIGITS = 16  # a String of this length holds every whole number
CHAIN = 50  # ElseIf branches in one Python chain; longer ones are continued in the next


@dataclass(slots=True, eq=False)
class Frame:
    """A loop around the statement being emitted: what Loop Next does before it goes on, or the blocks it goes to."""

    loop: n.Statement
    following: list[n.Statement] = field(default_factory=list)
    next_block: FlatBlock | None = None
    end_block: FlatBlock | None = None
    step: tuple[VariableInfo, str] | None = None  # counter and name of the step: Loop Next adds it
    until: n.Expr | None = None


class Flow:
    """Emits the statements of one Python function at a time."""

    def __init__(self, context: Context, expressions: Expressions, statements: Statements) -> None:
        self.context = context
        self.build = context.build
        self.expressions = expressions
        self.statements = statements
        self.plan = Plan(context.scope, first=context.program.part * REGIONS)
        self.regions: list[Region | None] = []
        self.frames: list[Frame] = []
        self.result: SoulType | None = None
        self.in_simple = False
        self.active = VariableInfo("_on", SoulType("object"), context.scope.at, "_on")
        self.unit: n.OnUnit | None = None  # whose body is being emitted
        self.after_failure = self.build.constant(())  # for each block, the number of the one Bypass goes on with
        self.catches: list[str] = []
        self._names = 0
        self._changed: set[str] | None = None

    def fresh(self, prefix: str) -> str:
        """Return a new name for a helper variable."""
        self._names += 1
        return f"_{prefix}{self._names}"

    def check(self) -> ast.stmt:
        """Return the test for a stop request."""
        return self.build.when(self.build.name("stop"), [self.build.do(self.build.call("halt"))])

    # Statement lists.

    def region(self, body: n.Body) -> list[ast.stmt]:
        """Return the code of a region: dispatched when the plan says so."""
        region = self.plan.region_of(body)
        if region is None:
            return self.native(body)
        from soul.language.flatten import Flattener

        return Flattener(self, region).emit(body)

    def native(self, body: n.Body) -> list[ast.stmt]:
        """Return the code of statements none of which is flattened."""
        code: list[ast.stmt] = []
        for statement in body:
            code.extend(self.statement(statement))
        return in_runs(code)

    def statement(self, node: n.Statement) -> list[ast.stmt]:
        """Return the code of one statement that is not flattened."""
        self.build.at(node.at)
        plain = self.statements.emitters.get(type(node))
        if plain is not None:
            return plain(node)
        match node:
            case n.If():
                return self._if(node)
            case n.ForCounter():
                return self._for(node)
            case n.Repeat():
                return self._repeat(node)
            case n.Block():
                return self.native(node.body)
            case n.LoopNext() | n.LoopEnd():
                return self._loop_exit(node)
            case n.Jump():
                return self.jump(node.label)
            case n.ComputedJump():
                return self._computed_jump(node)
            case n.Call():
                return self._call(node)
            case n.Return() | n.ReturnText():
                return self._return(node)
            case n.Try():
                return self._try(node)
            case n.Rethrow():
                return self._rethrow(node)
            case n.OnUnit():
                return self._on(node)
            case n.ClearOn():
                return self._clear_on(node)
            case n.UnitExit():
                return self._unit_exit(node)
            case n.SimpleSubroutine() | n.Subroutine():
                return []
            case n.RecordStatement():
                return self._record(node)
        raise AssertionError(f"no emitter for {type(node).__name__}")  # pragma: no cover

    def _record(self, node: n.RecordStatement) -> list[ast.stmt]:
        """Refuse a statement of records, and compile what is inside: a word there can be a field of the record."""
        refused = self.statements.record(node)
        self.context.records += 1
        try:
            return [*refused, *self._loop_body(Frame(node), node.body)]
        finally:
            self.context.records -= 1

    # If.

    def _if(self, node: n.If) -> list[ast.stmt]:
        b = self.build
        otherwise = self.native(node.otherwise) if node.otherwise is not None else []
        if len(node.branches) <= CHAIN:
            return [self._chain(node.branches, otherwise)]
        code: list[ast.stmt] = []
        more = self.fresh("m")
        rest = node.branches
        while rest:
            part, rest = rest[:CHAIN], rest[CHAIN:]
            b.at(node.at)
            last = otherwise if not rest else [b.assign(more, b.constant(True))]
            piece = [b.assign(more, b.constant(False)), self._chain(part, last)]
            code.extend(piece if not code else [b.when(b.name(more), piece)])
        return code

    def _chain(self, branches: list[n.Branch], otherwise: list[ast.stmt]) -> ast.stmt:
        made: ast.stmt | None = None
        tests: list[tuple[n.Branch, ast.expr, list[ast.stmt]]] = []
        for branch in branches:
            test = self.expressions.condition(branch.condition)
            tests.append((branch, test, self.native(branch.body)))
        for branch, test, body in reversed(tests):
            self.build.at(branch.at)
            made = self.build.when(test, body, otherwise)
            otherwise = [made]
        assert made is not None
        return made

    # Loops.

    def _changes(self, name: str, body: n.Body) -> bool:
        """Say whether statements may change the loop counter `name`."""
        if self._changed is None:
            scope = self.context.scope
            shared = [*(each.body for each in scope.simple.values()), *(unit.body for unit in scope.units)]
            self._changed = {each for part in shared for each in assigned(part)}
        return name in self._changed or name in assigned(body)

    def counter(self, node: n.ForCounter) -> VariableInfo | None:
        """Return the counter of a For, or None after a complaint."""
        variable = node.variable
        if not isinstance(variable, n.Variable) or variable.groups:
            self.context.problems.error(p.NOT_ASSIGNABLE, "For needs a plain %variable to count in", variable.at)
            return None
        info = self.expressions.variables.find(variable.name, variable.at)
        self.expressions.variables.check_assignable(info, variable.at)
        if info.rank or not (info.type.is_number or info.type.is_text):
            self.context.problems.error(
                p.WRONG_TYPE, f"{info.name} is {info.type}: For cannot count in it", variable.at
            )
            return None
        return info

    def _for(self, node: n.ForCounter) -> list[ast.stmt]:
        b = self.build
        info = self.counter(node)
        start = self.expressions.number(node.start)
        stop = self.expressions.number(node.stop)
        step = self.expressions.number(node.step) if node.step is not None else b.constant(1.0)
        if info is None:
            self._loop_body(Frame(node), node.body)
            return []
        if info.in_cell or info.is_global or self._changes(info.name, node.body):
            return self._counted_while(node, info, (start, stop, step))
        inside = subscripts_with(info.name, node.body, self.context.scope)
        if inside and keeps_whole_numbers(info.type):
            return self._counted_pairs(node, info, (start, stop, step), inside)
        values, after = self.fresh("i"), self.fresh("a")
        b.at(node.at)
        prepare = b.assign_to(b.targets(values, after), b.call("count_values", start, stop, step))
        name, store = self._counted_name(info, node.at)
        body = [self.check(), *store, *self._loop_body(Frame(node), node.body)]
        b.at(node.at)
        return [prepare, b.each(b.target(name), b.name(values), body, self._behind(info, after, node.at))]

    def _counted_name(self, info: VariableInfo, at: Span) -> tuple[str, list[ast.stmt]]:
        """Return the name that takes a loop's values, and what puts them into the counter."""
        if info.type.kind == "float":
            return info.python, []
        name = self.fresh("c")
        return name, [self.store_number(info, self.build.name(name), at)]

    def _behind(self, info: VariableInfo, after: str, at: Span) -> list[ast.stmt]:
        """Return what gives the counter its value behind a loop that ran to its end."""
        return [self.store_number(info, self.build.name(after), at)]

    def _counted_pairs(
        self,
        node: n.ForCounter,
        info: VariableInfo,
        values: tuple[ast.expr, ast.expr, ast.expr],
        inside: frozenset[Subscript],
    ) -> list[ast.stmt]:
        """Return a For whose counter is a subscript: the loop has it as an int as well, which saves the conversion."""
        b, shadows = self.build, self.expressions.variables.shadows
        pairs, after, index = self.fresh("i"), self.fresh("a"), self.fresh("k")
        b.at(node.at)
        low = max(1 - offset for _, _, offset in inside)
        known = [array.bounds[dimension] - offset for array, dimension, offset in inside if array.bounds]
        late = [(array, dimension, offset) for array, dimension, offset in inside if not array.bounds]
        high: list[ast.expr] = [b.constant(min(known))] if known else []
        for array, dimension, offset in sorted(late, key=lambda each: (each[0].name, *each[1:])):
            self.expressions.variables.find(array.name, node.at)
            high.append(b.binary(b.name(bound_name(array, dimension)), ast.Sub(), b.constant(offset)))
        prepare = b.assign_to(b.targets(pairs, after), b.call("count_pairs", *values, b.constant(low), *high))
        certain = not late and _within(values, low, min(known))
        shadows[info] = Shadow(index, info, inside, certain)
        name, store = self._counted_name(info, node.at)
        body = [self.check(), *store, *self._loop_body(Frame(node), node.body)]
        del shadows[info]
        b.at(node.at)
        return [prepare, b.each(b.targets(index, name), b.name(pairs), body, self._behind(info, after, node.at))]

    def store_number(self, info: VariableInfo, value: ast.expr, at: Span) -> ast.stmt:
        """Return the assignment of a number to the counter `info`."""
        from soul.language.code import Code

        converted = self.expressions.convert.to_type(Code(value, "num"), info.type, at)
        return self.build.assign_to(self.expressions.variables.scalar_target(info), converted)

    def begin_count(
        self, node: n.ForCounter, info: VariableInfo, values: tuple[ast.expr, ast.expr, ast.expr]
    ) -> tuple[list[ast.stmt], ast.expr, str, str]:
        """Return what a counting loop does first, its test, and the names of its end and its step."""
        b = self.build
        stop_name, step_name = self.fresh("e"), self.fresh("s")
        b.at(node.at)
        first = [
            self.store_number(info, values[0], node.at),
            b.assign(stop_name, values[1]),
            b.assign(step_name, values[2]),
        ]
        counter = self.expressions.number(node.variable)
        b.at(node.at)
        if isinstance(values[2], ast.Constant) and isinstance(values[2].value, float):
            towards = ast.LtE() if values[2].value >= 0.0 else ast.GtE()
            return first, b.compare(counter, towards, b.name(stop_name)), stop_name, step_name
        up = b.compare(counter, ast.LtE(), b.name(stop_name))
        down = b.compare(self.expressions.number(node.variable), ast.GtE(), b.name(stop_name))
        b.at(node.at)
        test = b.choose(b.compare(b.name(step_name), ast.GtE(), b.constant(0.0)), up, down)
        return first, test, stop_name, step_name

    def advance(self, info: VariableInfo, step_name: str, node: n.Statement) -> list[ast.stmt]:
        """Return the step of a counting loop."""
        b = self.build
        counter = self.expressions.number(n.Variable(node.at, info.name))
        b.at(node.at)
        return [
            self.store_number(info, self.expressions.rounded(b.binary(counter, ast.Add(), b.name(step_name))), node.at)
        ]

    def _counted_while(
        self, node: n.ForCounter, info: VariableInfo, values: tuple[ast.expr, ast.expr, ast.expr]
    ) -> list[ast.stmt]:
        first, test, _, step_name = self.begin_count(node, info, values)
        frame = Frame(node, step=(info, step_name))
        body = [self.check(), *self._loop_body(frame, node.body), *self.advance(info, step_name, node)]
        self.build.at(node.at)
        return [*first, self.build.loop(test, body)]

    def _loop_body(self, frame: Frame, body: n.Body) -> list[ast.stmt]:
        self.frames.append(frame)
        try:
            return self.native(body)
        finally:
            self.frames.pop()

    def _repeat(self, node: n.Repeat) -> list[ast.stmt]:
        b = self.build
        if node.kind == "TIMES":
            assert node.value is not None
            count = self.expressions.integer(node.value)
            b.at(node.at)
            passes = b.call("range", count)
            name = self.fresh("n")
            body = [self.check(), *self._loop_body(Frame(node), node.body)]
            b.at(node.at)
            return [b.each(b.target(name), passes, body)]
        if node.kind == "UNTIL":
            assert node.value is not None
            frame = Frame(node, until=node.value)
            body = [self.check(), *self._loop_body(frame, node.body), *self._until(node.value)]
            b.at(node.at)
            return [b.loop(b.constant(True), body)]
        test = self.expressions.condition(node.value) if node.value is not None else b.constant(True)
        body = [self.check(), *self._loop_body(Frame(node), node.body)]
        b.at(node.at)
        return [b.loop(test, body)]

    def _until(self, condition: n.Expr) -> list[ast.stmt]:
        test = self.expressions.condition(condition)
        return [self.build.when(test, [self.build.leave()])]

    def _loop_exit(self, node: n.LoopNext | n.LoopEnd) -> list[ast.stmt]:
        b = self.build
        loop = self.plan.loop_of.get(id(node))
        frame = next((each for each in reversed(self.frames) if each.loop is loop), None)
        if loop is None or frame is None:
            words = "Loop Next" if isinstance(node, n.LoopNext) else "Loop End"
            where = (
                f"there is no loop called {node.label.name} around it" if node.label else "there is no loop around it"
            )
            self.context.problems.error(p.NO_LOOP, f"{words}: {where}", node.at)
            return []
        if frame.next_block is not None and frame.end_block is not None:
            return self.go(frame.next_block if isinstance(node, n.LoopNext) else frame.end_block)
        if isinstance(node, n.LoopEnd):
            return [b.leave()]
        if frame.step is not None:
            return [*self.advance(*frame.step, node), b.again()]
        if frame.until is not None:
            return [*self._until(frame.until), b.again()]
        return [b.again()]

    # Jumps.

    def number_of(self, block: FlatBlock) -> ast.expr:
        """Return the number of a block, filled in when all blocks are known."""
        constant = self.build.constant(-1)
        block.uses.append(constant)
        return constant

    def go(self, block: FlatBlock) -> list[ast.stmt]:
        """Return a jump to `block` from the present place."""
        b = self.build
        if self.regions and self.regions[-1] is block.region:
            return [b.assign(block.region.counter, self.number_of(block)), b.again()]
        block.region.entered = True
        region = b.constant(block.region.number)
        return [b.fail(b.call("jump", region, self.number_of(block)))]

    def jump(self, label: n.Name) -> list[ast.stmt]:
        """Return `Jump To label`."""
        block = self.plan.find(label, self.regions)
        if block is None and label.name in self.context.scope.earlier_labels:
            text = f"label {label.name} is in a part of the request before More: a jump cannot go back there"
            self.context.problems.error(p.NO_LABEL, text, label.at, "A subroutine of that part can be called")
            return []
        if block is None:
            hint = nearest(label.name, self.context.scope.labels)
            elsewhere = label.name in self.context.scope.labels
            text = f"label {label.name} cannot be reached from here" if elsewhere else f"there is no label {label.name}"
            self.context.problems.error(p.NO_LABEL, text, label.at, "" if elsewhere else hint)
            return []
        if block.region not in self.regions:
            text = f"label {label.name} is inside a subroutine, an On unit or a Try: it cannot be reached from here"
            self.context.problems.error(p.NO_LABEL, text, label.at)
            return []
        return [self.check(), *self.go(block)]

    def _computed_jump(self, node: n.ComputedJump) -> list[ast.stmt]:
        b = self.build
        selector = self.expressions.integer(node.selector)
        name = self.fresh("j")
        code: list[ast.stmt] = [b.assign(name, selector)]
        for number, target in enumerate(node.targets, 1):
            b.at(target.at)
            code.append(b.when(b.compare(b.name(name), ast.Eq(), b.constant(number)), self.jump(target)))
        return code

    # Calls.

    def _call(self, node: n.Call) -> list[ast.stmt]:
        b, scope, name = self.build, self.context.scope, node.name.name
        if node.arguments is None and (name in scope.simple or name in scope.earlier_simple):
            return [b.do(b.call(simple_name(name)))]
        signature = scope.find_subroutine(name)
        if signature is None:
            if name in scope.simple or name in scope.earlier_simple:
                text = f"{name} is a simple subroutine: it takes no arguments"
                self.context.problems.error(p.ARGUMENT_COUNT, text, node.name.at)
                return []
            known = {*scope.simple, *scope.earlier_simple, *scope.subroutines, *self.context.program.main.subroutines}
            text = f"there is no subroutine {name}"
            self.context.problems.error(p.NO_SUBROUTINE, text, node.name.at, nearest(name, known))
            return []
        return [b.do(self.expressions.calls.subroutine(signature, [], node.arguments or [], node.at))]

    def _return(self, node: n.Return | n.ReturnText) -> list[ast.stmt]:
        b = self.build
        if isinstance(node, n.ReturnText):
            if self.result is None or self.in_simple:
                self.context.problems.error(p.MISPLACED, "ReturnText is possible in a function only", node.at)
                return []
            return [b.give(self.statements.text_of(node.text, self.result))]
        if node.value is None:
            if self.result is not None and not self.in_simple:
                self.context.problems.error(p.WRONG_TYPE, "a function returns a value", node.at)
            return [b.give()]
        if self.result is None or self.in_simple:
            self.context.problems.error(p.MISPLACED, "only a function returns a value", node.value.at)
            return []
        value = self.expressions.value(node.value, self.result)
        b.at(node.at)
        return [b.give(value)]

    # Try.

    def _try(self, node: n.Try) -> list[ast.stmt]:
        b = self.build
        body = self.region_inside(node.body)
        success = self.region_inside(node.success) if node.success is not None else []
        if not node.catches:
            return [*body, *success]
        caught = self.fresh("x")
        choice: list[ast.stmt] = [b.fail()]
        for catch in reversed(node.catches):
            choice = [self._catch(catch, caught, choice)]
        b.at(node.at)
        handler = b.handler(b.name("soul_exception"), caught, choice)
        return [b.trial(body, [handler], success)]

    def region_inside(self, body: n.Body) -> list[ast.stmt]:
        """Return the code of a part of a Try."""
        return self.region(body)

    def _catch(self, catch: n.Catch, caught: str, otherwise: list[ast.stmt]) -> ast.stmt:
        from soul.language.code import Code
        from soul.language.types import EXCEPTIONS

        b = self.build
        b.at(catch.at)
        name = EXCEPTIONS.get(catch.class_name.name.upper())
        if name is None and catch.class_name.name.upper() in self.context.problems.refused.types:
            name = UNKNOWN_CLASS
        if name is None:
            text = f"{catch.class_name.name} is no known exception class"
            hint = nearest(catch.class_name.name, EXCEPTIONS.values())
            self.context.problems.error(p.NO_CLASS, text, catch.class_name.at, hint)
            name = catch.class_name.name
        code: list[ast.stmt] = []
        if catch.target is not None and name != UNKNOWN_CLASS:
            exception = Code(b.name(caught), "exception", name)
            code += self.statements.assign(catch.target, catch.at, lambda wanted: exception)
        self.catches.append(caught)
        code += self.region_inside(catch.body)
        self.catches.pop()
        b.at(catch.at)
        matches = b.call("is_exception", b.name(caught), b.constant(name))
        return b.when(matches, code, otherwise)

    def _rethrow(self, node: n.Rethrow) -> list[ast.stmt]:
        if not self.catches:
            self.context.problems.error(p.MISPLACED, "Rethrow is possible in a Catch only", node.at)
            return []
        return [self.build.fail(self.build.name(self.catches[-1]))]

    # On units.

    def unit_name(self, node: n.OnUnit) -> str:
        """Return the name of the function of an On unit."""
        return f"On {node.condition.title()} {self.context.scope.units.index(node) + 1}"

    def _on(self, node: n.OnUnit) -> list[ast.stmt]:
        if node.condition == "ATTENTION":
            return [self.build.do(self.build.call("on_attention", self.build.name(self.unit_name(node))))]
        if node.condition != "ERROR":
            return []  # the condition never occurs: there are no records
        self.context.touched.add(self.active)
        return [self.build.assign(self.active.python, self.build.name(self.unit_name(node)))]

    def _clear_on(self, node: n.ClearOn) -> list[ast.stmt]:
        if node.condition == "ATTENTION":
            return [self.build.do(self.build.call("on_attention", self.build.constant(None)))]
        if node.condition != "ERROR":
            return []
        self.context.touched.add(self.active)
        return [self.build.assign(self.active.python, self.build.constant(None))]

    def _unit_exit(self, node: n.UnitExit) -> list[ast.stmt]:
        """Return what leaves an On unit: its name is the result of the unit's function.

        In On Error, Bypass and Continue go on behind the statement that failed, Retry evaluates it again (our choice:
        it is the one in the unit's scope, a Call when the error comes from a subroutine). In On Attention all three go
        on where the program was. Bounce hands the condition on, as if there were no unit.
        """
        action = node.action.capitalize()
        if self.unit is None:
            self.context.problems.error(p.MISPLACED, f"{action} is possible in an On unit only", node.at)
            return []
        return [self.build.give(self.build.constant(node.action))]


def simple_name(name: str) -> str:
    """Return the name of the function of a simple subroutine."""
    return f"{name} simple"


def assigned(body: n.Body) -> set[str]:
    """Return the names of the variables that statements assign."""
    names: set[str] = set()
    for statement in inside(body):
        target: n.Expr | None = None
        if isinstance(statement, n.Assignment | n.SetText):
            target = statement.target
        elif isinstance(statement, n.ForCounter):
            target = statement.variable
        if isinstance(target, n.Variable):
            names.add(target.name)
    return names


def subscripts_with(name: str, body: n.Body, scope: Scope) -> frozenset[Subscript]:
    """Return the subscripts in `body` that are the variable `name`, or it and a constant."""
    found: set[Subscript] = set()
    waiting: list[n.Node] = list(body)
    while waiting:
        node = waiting.pop()
        waiting.extend(children(node))
        array = scope.variables.get(node.name) if isinstance(node, n.Variable) and node.groups else None
        if not isinstance(node, n.Variable) or array is None or array.rank != len(node.groups[0]):
            continue
        for dimension, argument in enumerate(node.groups[0]):
            counted = counter_and_offset(argument.value) if argument.value is not None else None
            if counted is not None and counted[0] == name:
                found.add((array, dimension, counted[1]))
    return frozenset(found)


def keeps_whole_numbers(kind: SoulType) -> bool:
    """Say whether a variable of type `kind` keeps every subscript as it is."""
    return kind.length >= SUBSCRIPT_DIGITS if kind.kind == "string" else kind.kind != "fixed" or not kind.decimals


def _within(values: tuple[ast.expr, ast.expr, ast.expr], low: int, high: int) -> bool:
    """Say whether a For counts through whole numbers between `low` and `high`, as can be seen from its literals."""
    numbers = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, float)]
    if len(numbers) < len(values) or not all(number.is_integer() for number in numbers) or not numbers[2]:
        return False
    return all(low <= number <= high for number in numbers[:2])


def scope_result(scope: Scope) -> SoulType | None:
    """Return the type a scope's function returns, None when it returns nothing."""
    return scope.signature.result if scope.signature is not None else None
