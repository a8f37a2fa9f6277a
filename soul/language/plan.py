"""Where a scope needs blocks instead of Python's own control flow.

Python has no jumps, and at most 20 statically nested loops. A *region* (the body of a scope, a simple subroutine, an On
unit, a part of a Try) whose statements are the target of a jump is cut into blocks, which a `while` loop dispatches.
Inside it only the constructs are flattened that hold a target, are left by a jump, or are nested too deep; the others
stay Python loops. Source: CPython's limits; m204wiki, Statement syntax (Jump To, Loop).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from soul.language import nodes as n
from soul.language.scopes import Scope
from soul.language.tree import bodies, inside

NATIVE_DEPTH = 10  # Python loops nested inside each other; outer ones beyond it are flattened

Loop = n.ForCounter | n.Repeat | n.RecordStatement  # the last is refused, but what is inside is checked
_OWN = n.SimpleSubroutine | n.OnUnit | n.Subroutine  # their bodies belong to functions of their own


@dataclass(slots=True, eq=False)
class FlatBlock:
    """One block of a region; `uses` are the places in the Python tree that hold its number."""

    region: Region
    code: list[ast.stmt] = field(default_factory=list)
    uses: list[ast.Constant] = field(default_factory=list)
    number: int = -1
    after: FlatBlock | None = None  # where Bypass goes on when the statement of the block fails
    order: int = 0  # where its label stands among labels and jumps


@dataclass(slots=True, eq=False)
class Region:
    """A statement list that is dispatched; `entered` says that some code jumps to it from another function or Try.

    `labels` are the blocks by the identity of their label, `names` those of each name in the order written.
    """

    number: int
    labels: dict[int, FlatBlock] = field(default_factory=dict)
    names: dict[str, list[FlatBlock]] = field(default_factory=dict)
    blocks: list[FlatBlock] = field(default_factory=list)
    entered: bool = False

    @property
    def counter(self) -> str:
        """Return the name of the variable that holds the number of the next block."""
        return f"_pc{self.number}"


def _resumes(body: n.Body) -> bool:
    """Say whether an On Error unit may go on behind the statement that failed, or with it: Bypass, Continue, Retry."""
    return any(isinstance(statement, n.UnitExit) and statement.action != "BOUNCE" for statement in inside(body))


class Plan:
    """The regions of one scope, and which statements are flattened."""

    def __init__(self, scope: Scope, first: int = 0) -> None:
        """Plan a scope; its regions are numbered from `first`."""
        self._first = first
        self.resumes = any(unit.condition == "ERROR" and _resumes(unit.body) for unit in scope.units)
        self.targets: set[str] = set()
        self._order: dict[int, int] = {}  # a label, or the name in a jump -> how many came before it
        self._flat: dict[int, bool] = {}
        self._height: dict[int, int] = {}
        self.regions: dict[int, Region] = {}
        self.loop_of: dict[int, n.Statement] = {}  # Loop Next/End -> the loop it speaks of
        self._find_targets(scope.body)
        self._find_loops(scope.body, [])
        self._resuming = self.resumes
        self._region(scope.body, self.resumes)

    def region_of(self, body: n.Body) -> Region | None:
        """Return the region of a statement list that must be dispatched, or None."""
        return self.regions.get(id(body))

    def find(self, label: n.Name, around: Sequence[Region | None]) -> FlatBlock | None:
        """Return the block a jump to `label` goes to, or None.

        Of several labels of that name it is the last one before the jump, else the first (our choice: m204wiki, Request
        composition rules); those in the regions `around` the jump, which it can reach, come before all others.
        """
        found = [block for region in self.regions.values() for block in region.names.get(label.name, ())]
        found = [block for block in found if block.region in around] or found
        found.sort(key=lambda block: block.order)
        before = [block for block in found if block.order < self._order[id(label)]]
        return before[-1] if before else found[0] if found else None

    def is_flat(self, statement: n.Statement) -> bool:
        """Say whether `statement` must be cut into blocks."""
        return self._flat.get(id(statement), False)

    def _find_targets(self, body: n.Body) -> None:
        for statement in body:
            for label in statement.labels:
                self._order[id(label)] = len(self._order)
            jumps: list[n.Name] = []
            if isinstance(statement, n.Jump):
                jumps = [statement.label]
            elif isinstance(statement, n.ComputedJump):
                jumps = statement.targets
            for name in jumps:
                self._order[id(name)] = len(self._order)
                self.targets.add(name.name)
            if not isinstance(statement, n.Subroutine):
                for inner in bodies(statement):
                    self._find_targets(inner)

    def _find_loops(self, body: n.Body, around: list[n.Statement]) -> None:
        for statement in body:
            if isinstance(statement, n.LoopNext | n.LoopEnd) and around:
                wanted = statement.label.name if statement.label is not None else None
                for loop in reversed(around):
                    if wanted is None or any(label.name == wanted for label in loop.labels):
                        self.loop_of[id(statement)] = loop
                        break
            for inner in bodies(statement):
                if isinstance(statement, _OWN):
                    if not isinstance(statement, n.Subroutine):
                        self._find_loops(inner, [])
                else:
                    within = [*around, statement] if isinstance(statement, Loop) else around
                    self._find_loops(inner, within)

    # Which statements are flat.

    def _region(self, body: n.Body, resumes: bool = False) -> None:
        """Find out whether `body` is a region, and treat the regions inside it."""
        flat = resumes
        for statement in body:
            flat |= self._mark(statement, []) or self._is_target(statement)
        if flat:
            region = Region(self._first + len(self.regions))
            self.regions[id(body)] = region
            self._label(region, body)

    def _is_target(self, statement: n.Statement) -> bool:
        return any(label.name in self.targets for label in statement.labels)

    def _label(self, region: Region, body: n.Body) -> None:
        for statement in body:
            for label in statement.labels:
                if label.name in self.targets:
                    block = FlatBlock(region, order=self._order[id(label)])
                    region.labels[id(label)] = block
                    region.names.setdefault(label.name, []).append(block)
            if not isinstance(statement, _OWN | n.Try):
                for inner in bodies(statement):
                    self._label(region, inner)

    def _mark(self, statement: n.Statement, around: list[n.Statement]) -> bool:
        """Note for `statement` and all below it whether they are flat."""
        if isinstance(statement, _OWN):
            if not isinstance(statement, n.Subroutine):
                resuming, self._resuming = self._resuming, False
                self._region(statement.body)
                self._resuming = resuming
            return False
        if isinstance(statement, n.Try):
            return self._try(statement, around)
        flat = self._resuming and bool(bodies(statement))
        height = 0
        within = [*around, statement] if isinstance(statement, Loop) else around
        for body in bodies(statement):
            for inner in body:
                flat |= self._mark(inner, within) or self._is_target(inner)
                height = max(height, self._height.get(id(inner), 0))
        if isinstance(statement, Loop):
            flat |= height >= NATIVE_DEPTH or self._is_left(statement, statement)
            height = 0 if flat else height + 1
        self._flat[id(statement)] = flat
        self._height[id(statement)] = height
        return flat

    def _try(self, statement: n.Try, around: list[n.Statement]) -> bool:
        height = 0
        resuming, self._resuming = self._resuming, False
        for body in bodies(statement):
            self._region(body)
            own = self.regions.get(id(body)) is not None
            height = max([height, *(self._height.get(id(inner), 0) for inner in body)]) + 2 * own
        self._resuming = resuming
        self._height[id(statement)] = height + 1
        self._flat[id(statement)] = False
        return False

    def _is_left(self, loop: n.Statement, node: n.Statement) -> bool:
        """Say whether something inside `loop` goes elsewhere by a jump or by a Loop statement of an outer loop."""
        for body in bodies(node):
            in_region = id(body) in self.regions
            for inner in body:
                if isinstance(inner, n.Jump | n.ComputedJump):
                    return True
                if isinstance(inner, n.LoopNext | n.LoopEnd):
                    meant = self.loop_of.get(id(inner))
                    if meant is not loop and not self._holds(loop, meant):
                        return True
                    if meant is loop and in_region and isinstance(node, n.Try):
                        return True
                if not isinstance(inner, _OWN) and self._is_left(loop, inner):
                    return True
        return False

    def _holds(self, loop: n.Statement, other: n.Statement | None) -> bool:
        """Say whether `other` is a loop inside `loop`."""
        if other is None:
            return True
        waiting = [inner for body in bodies(loop) for inner in body]
        while waiting:
            statement = waiting.pop()
            if statement is other:
                return True
            waiting.extend(inner for body in bodies(statement) for inner in body)
        return False
