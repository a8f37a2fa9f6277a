"""Regions cut into blocks: the loop that dispatches them, and the constructs that are flattened into them."""

from __future__ import annotations

import ast
import math

from soul.language import nodes as n
from soul.language.flow import Flow, Frame
from soul.language.plan import FlatBlock, Region
from soul.language.tree import bodies


class Flattener:
    """Emits one region as blocks under a binary tree of tests."""

    def __init__(self, flow: Flow, region: Region) -> None:
        self.flow = flow
        self.build = flow.build
        self.region = region
        self.current = FlatBlock(region)
        self.started: list[tuple[str, float]] = []  # what a loop would hold that a jump enters without its beginning
        self.resumes = False

    def emit(self, body: n.Body) -> list[ast.stmt]:
        """Return the code of the region."""
        b = self.build
        here = b.here
        self.region.blocks = [self.current]
        self.flow.regions.append(self.region)
        frames, self.flow.frames = self.flow.frames, [f for f in self.flow.frames if f.next_block is not None]
        self.resumes = self.flow.plan.resumes and self.flow.plan.region_of(self.flow.context.scope.body) is self.region
        self._body(body)
        b.here = here
        self.current.code.append(b.leave())
        self.flow.frames = frames
        self.flow.regions.pop()
        for number, block in enumerate(self.region.blocks):
            block.number = number
            for use in block.uses:
                use.value = number
        after = [block.after.number if block.after is not None else block.number for block in self.region.blocks]
        self.flow.after_failure.value = tuple(after) if self.resumes else ()  # type: ignore[assignment]
        loop = b.loop(b.constant(True), self._tree(self.region.blocks))
        start = self._beginning()
        return [start, *self._entered(loop)] if self.region.entered else [start, loop]

    def _beginning(self) -> ast.stmt:
        """Return the one statement that is not repeated when an On Error unit goes on in the region."""
        b = self.build
        counter = b.assign(self.region.counter, b.constant(0))
        if not self.started:
            return counter
        names, values = zip((self.region.counter, 0), *self.started, strict=True)
        return b.assign_to(b.targets(*names), b.group([b.constant(value) for value in values]))

    def _entered(self, loop: ast.stmt) -> list[ast.stmt]:
        """Return the loop inside another one that takes jumps from other functions and from inside a Try."""
        b = self.build
        return [b.loop(b.constant(True), [b.trial([loop, b.leave()], [jump_handler(self.flow, self.region)])])]

    def _tree(self, blocks: list[FlatBlock]) -> list[ast.stmt]:
        if len(blocks) == 1:
            return blocks[0].code or [self.build.nothing()]
        b, middle = self.build, len(blocks) // 2
        test = b.compare(b.name(self.region.counter), ast.Lt(), b.constant(blocks[middle].number))
        return [b.when(test, self._tree(blocks[:middle]), self._tree(blocks[middle:]))]

    # Blocks.

    def _start(self, block: FlatBlock) -> None:
        """Let the present block run into `block`, and make that the present one."""
        self.current.code.extend(self._to(block))
        self._open(block)

    def _open(self, block: FlatBlock) -> None:
        self.region.blocks.append(block)
        self.current = block

    def _new(self) -> FlatBlock:
        return FlatBlock(self.region)

    def _to(self, block: FlatBlock) -> list[ast.stmt]:
        return [self.build.assign(self.region.counter, self.flow.number_of(block))]

    def _resumable(self, body: n.Body) -> None:
        """Emit statements each of which begins a block, and note where Bypass goes on after each."""
        for statement in body:
            self._labels(statement)
            self._start(self._new())
            first = len(self.region.blocks) - 1
            self._statement(statement)
            following = self._new()
            self._start(following)
            for block in self.region.blocks[first:-1]:
                block.after = block.after or following

    def _body(self, body: n.Body) -> None:
        if self.resumes:
            self._resumable(body)
            return
        for statement in body:
            self._labels(statement)
            self._statement(statement)

    def _labels(self, statement: n.Statement) -> None:
        """Begin a block at each label of `statement` that a jump goes to."""
        for label in statement.labels:
            block = self.region.labels.get(id(label))
            if block is not None:
                self._start(block)

    def _statement(self, statement: n.Statement) -> None:
        if not self.flow.plan.is_flat(statement):
            self.current.code.extend(self.flow.statement(statement))
            return
        self.build.at(statement.at)
        match statement:
            case n.If():
                self._if(statement)
            case n.ForCounter():
                self._for(statement)
            case n.Repeat():
                self._repeat(statement)
            case n.Block():
                self._body(statement.body)
            case n.RecordStatement():
                self.flow.statements.record(statement)
                self.flow.context.records += 1
                self._loop(statement, None, self._new())
                self.flow.context.records -= 1

    # Flattened constructs.

    def _if(self, node: n.If) -> None:
        behind = self._new()
        for branch in node.branches:
            inner, following = self._new(), self._new()
            test = self.flow.expressions.condition(branch.condition)
            self.build.at(branch.at)
            self.current.code.append(self.build.when(test, self._to(inner), self._to(following)))
            self._open(inner)
            self._body(branch.body)
            self.build.at(branch.at)
            self.current.code.extend(self._to(behind))
            self._open(following)
        if node.otherwise is not None:
            self._body(node.otherwise)
        self._start(behind)

    def _loop(self, node: n.Statement, test: ast.expr | None, following: FlatBlock) -> FlatBlock:
        """Emit the test and the body of a loop whose head is the present block; return the block behind it."""
        behind, inner = self._new(), self._new()
        self.build.at(node.at)
        if test is None:
            self.current.code.extend(self._to(inner))
        else:
            self.current.code.append(self.build.when(test, self._to(inner), self._to(behind)))
        self._open(inner)
        self.current.code.append(self.flow.check())
        self.flow.frames.append(Frame(node, next_block=following, end_block=behind))
        for body in bodies(node):
            self._body(body)
        self.flow.frames.pop()
        self.build.at(node.at)
        return behind

    def _for(self, node: n.ForCounter) -> None:
        flow = self.flow
        info = flow.counter(node)
        start = flow.expressions.number(node.start)
        stop = flow.expressions.number(node.stop)
        step = flow.expressions.number(node.step) if node.step is not None else self.build.constant(1.0)
        if info is None:
            self._body(node.body)
            return
        first, test, stop_name, step_name = flow.begin_count(node, info, (start, stop, step))
        down = isinstance(step, ast.Constant) and isinstance(step.value, float) and step.value < 0
        self.started += [(stop_name, math.inf if down else -math.inf), (step_name, -1.0 if down else 1.0)]
        self.current.code.extend(first)
        head, following = self._new(), self._new()
        self._start(head)
        behind = self._loop(node, test, following)
        self._start(following)
        self.current.code.extend(flow.advance(info, step_name, node))
        self.current.code.extend(self._to(head))
        self._open(behind)

    def _repeat(self, node: n.Repeat) -> None:
        b, flow = self.build, self.flow
        head, following = self._new(), self._new()
        test: ast.expr | None = None
        left = flow.fresh("n")
        if node.kind == "TIMES" and node.value is not None:
            self.current.code.append(b.assign(left, flow.expressions.integer(node.value)))
            self.started.append((left, 0.0))
        self._start(head)
        if node.kind == "TIMES":
            test = b.compare(b.name(left), ast.Gt(), b.constant(0))
        elif node.kind == "WHILE" and node.value is not None:
            test = flow.expressions.condition(node.value)
        behind = self._loop(node, test, following)
        self._start(following)
        if node.kind == "TIMES":
            one_less = b.binary(b.name(left), ast.Sub(), b.constant(1))
            self.current.code.append(b.assign(left, one_less))
        if node.kind == "UNTIL" and node.value is not None:
            done = flow.expressions.condition(node.value)
            self.current.code.append(b.when(done, self._to(behind), self._to(head)))
        else:
            self.current.code.extend(self._to(head))
        self._open(behind)


def jump_handler(flow: Flow, region: Region, leave: bool = False) -> ast.ExceptHandler:
    """Return the except clause that continues at the target of a jump into `region`; `leave` adds a continue."""
    b = flow.build
    name = flow.fresh("g")
    elsewhere = b.compare(b.attribute(b.name(name), "region"), ast.NotEq(), b.constant(region.number))
    code = [
        b.when(elsewhere, [b.fail()]),
        b.assign(region.counter, b.attribute(b.name(name), "block")),
    ]
    if leave:
        code.append(b.again())
    return b.handler(b.name("jump"), name, code)
