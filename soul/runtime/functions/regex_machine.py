"""Regular expressions of SOUL: matching with a bounded amount of work.

A pattern whose worst case is small goes to Python's `re`, which cannot be stopped once it runs. Every other one runs
on a backtracking machine that counts its steps: a hostile pattern ends with `TooManySteps` and never holds a server
thread. Both engines give the same matches; tests compare them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from soul.runtime.functions.limits import REGEX_STEPS
from soul.runtime.functions.regex_syntax import (
    Anchor,
    Back,
    Choice,
    Group,
    Look,
    Node,
    Options,
    RegexError,
    Repeat,
    Sequence,
    Set,
    read_options,
    read_pattern,
    width_of,
)

FAST_WORK = 5e6  # worst-case steps that Python's `re` does in well under a second
PROGRAM_LIMIT = 20_000  # instructions of one compiled pattern
_SCAN = 64  # characters of a run that count as one step

Span = tuple[int, int]
Spans = tuple[Span, ...]  # whole match, then groups; (-1, -1) for a group that took no part


class TooManySteps(Exception):
    """The step limit of one call was reached."""


@dataclass(frozen=True)
class Instruction:
    """One instruction of the machine; what its fields mean depends on `code`."""

    code: str  # set, run, split, jump, save, back, anchor, look, mark, progress, match
    node: Node | None = None
    x: int = 0
    y: int = 0
    lazy: bool = False
    pattern: re.Pattern[str] | None = None
    program: tuple[Instruction, ...] = ()


class _Compiler:
    """Turns a tree into instructions."""

    def __init__(self, groups: int) -> None:
        self.program: list[Instruction] = []
        self.slots = 2 * groups + 2  # capture positions, then one mark for each loop

    def _emit(self, instruction: Instruction) -> int:
        if len(self.program) >= PROGRAM_LIMIT:
            raise RegexError("pattern is too large when its repetitions are written out", 1, -3)
        self.program.append(instruction)
        return len(self.program) - 1

    def compile(self, node: Node) -> None:
        """Append the instructions of `node`."""
        match node:
            case Set():
                self._emit(Instruction("set", node, pattern=node.matcher))
            case Anchor():
                self._emit(Instruction("anchor", node, pattern=node.matcher))
            case Back():
                self._emit(Instruction("back", node, node.number, lazy=node.ignore_case))
            case Sequence():
                for item in node.items:
                    self.compile(item)
            case Group():
                self._emit(Instruction("save", x=2 * node.number))
                self.compile(node.item)
                self._emit(Instruction("save", x=2 * node.number + 1))
            case Choice():
                self._choice(node)
            case Look():
                self._look(node)
            case Repeat():
                self._repeat(node)

    def _choice(self, node: Choice) -> None:
        jumps = []
        for option in node.options[:-1]:
            split = self._emit(Instruction("split"))
            self.compile(option)
            jumps.append(self._emit(Instruction("jump")))
            self.program[split] = Instruction("split", x=split + 1, y=len(self.program))
        self.compile(node.options[-1])
        for jump in jumps:
            self.program[jump] = Instruction("jump", x=len(self.program))

    def _look(self, node: Look) -> None:
        inner = _Compiler(0)
        inner.slots = self.slots
        inner.compile(node.item)
        inner._emit(Instruction("match"))
        self.slots = inner.slots
        self._emit(Instruction("look", node, node.width, int(node.behind), node.negative, program=tuple(inner.program)))

    def _repeat(self, node: Repeat) -> None:
        if isinstance(node.item, Set):
            bounds = f"{{{node.low},{'' if node.high is None else node.high}}}"
            run = re.compile(node.item.pattern + bounds)
            high = -1 if node.high is None else node.high
            self._emit(Instruction("run", node.item, node.low, high, node.lazy, run))
            return
        for _ in range(node.low):
            self.compile(node.item)
        if node.high is None:
            self._loop(node)
            return
        splits = []
        for _ in range(node.high - node.low):
            splits.append(self._emit(Instruction("split")))
            self.compile(node.item)
        for split in splits:
            self.program[split] = self._branch(split + 1, len(self.program), node.lazy)

    def _branch(self, inside: int, outside: int, lazy: bool) -> Instruction:
        return Instruction("split", x=outside, y=inside) if lazy else Instruction("split", x=inside, y=outside)

    def _loop(self, node: Repeat) -> None:
        slot = self.slots
        self.slots += 1
        split = self._emit(Instruction("split"))
        self._emit(Instruction("mark", x=slot))
        self.compile(node.item)
        self._emit(Instruction("progress", x=slot, y=split))
        self.program[split] = self._branch(split + 1, len(self.program), node.lazy)


class _Machine:
    """Runs one program on one text; counts steps over all its runs."""

    def __init__(self, text: str, slots: int, limit: int) -> None:
        self.text = text
        self.slots = slots
        self.left = limit

    def run(self, program: tuple[Instruction, ...], start: int, registers: tuple[int, ...]) -> tuple[int, ...] | None:
        """Match at `start`; return the registers with the end of the match in register 1, or None."""
        text, size = self.text, len(self.text)
        # Ways not tried yet: (instruction, position, registers, bound). The bound is that of a run, else -1.
        stack: list[tuple[int, int, tuple[int, ...], int]] = [(0, start, registers, -1)]
        while stack:
            pc, at, registers, bound = stack.pop()
            if bound >= 0 and at != bound:  # a run: keep its next length for later, one nearer to the bound
                stack.append((pc, at - 1 if at > bound else at + 1, registers, bound))
            while True:
                self.left -= 1
                if self.left < 0:
                    raise TooManySteps
                step = program[pc]
                code = step.code
                if code == "set":
                    if at >= size or step.pattern is None or not step.pattern.match(text, at):
                        break
                    at += 1
                elif code == "run":
                    found = step.pattern.match(text, at) if step.pattern else None
                    if found is None:
                        break
                    end = found.end()
                    self.left -= (end - at) // _SCAN
                    shortest = at + step.x
                    if step.lazy:
                        if end > shortest:
                            stack.append((pc + 1, shortest + 1, registers, end))
                        at = shortest
                    else:
                        if end > shortest:
                            stack.append((pc + 1, end - 1, registers, shortest))
                        at = end
                elif code == "split":
                    stack.append((step.y, at, registers, -1))
                    pc = step.x
                    continue
                elif code == "jump":
                    pc = step.x
                    continue
                elif code in ("save", "mark"):
                    registers = (*registers[: step.x], at, *registers[step.x + 1 :])
                elif code == "progress":
                    if registers[step.x] == at:
                        pass  # an empty turn ends the loop, or it would never end
                    else:
                        pc = step.y
                        continue
                elif code == "anchor":
                    if step.pattern is None or not step.pattern.match(text, at):
                        break
                elif code == "back":
                    low, high = registers[2 * step.x], registers[2 * step.x + 1]
                    piece = text[low:high] if low >= 0 <= high else None
                    other = "" if piece is None else text[at : at + len(piece)]
                    if piece is None or (other.lower() != piece.lower() if step.lazy else other != piece):
                        break
                    self.left -= len(piece) // _SCAN
                    at += len(piece)
                elif code == "look":
                    outcome = self._look(step, at, registers)
                    if outcome is None:
                        break
                    registers = outcome
                else:
                    return (start, at, *registers[2:])
                pc += 1
        return None

    def _look(self, step: Instruction, at: int, registers: tuple[int, ...]) -> tuple[int, ...] | None:
        begin = at - step.x if step.y else at
        found = None if begin < 0 else self.run(step.program, begin, registers)
        if step.lazy:  # negative
            return registers if found is None else None
        return None if found is None else (*registers[:2], *found[2:])


def worst_case(node: Node, size: int) -> float:
    """Return an upper bound of the ways in which `node` can match at one place of a text of `size` characters."""
    match node:
        case Set() | Anchor() | Back():
            return 1.0
        case Group() | Look():
            return worst_case(node.item, size)
        case Sequence():
            product = 1.0
            for item in node.items:
                product = min(product * worst_case(item, size), 1e30)
            return product
        case Choice():
            return sum(worst_case(option, size) for option in node.options)
        case Repeat():
            high = size if node.high is None else min(node.high, size)
            inner = worst_case(node.item, size)
            if inner == 1.0 and width_of(node.item):
                return float(max(high - node.low, 0) + 1)
            return 1e30 if high > 1 else inner + 1


def python_pattern(node: Node) -> str:
    """Return the pattern for Python's `re` that means the same."""
    match node:
        case Set():
            return node.pattern
        case Anchor():
            return node.kind
        case Back():
            return f"(?i:\\{node.number})" if node.ignore_case else f"(?:\\{node.number})"
        case Group():
            return f"({python_pattern(node.item)})"
        case Look():
            return f"(?{'<' if node.behind else ''}{'!' if node.negative else '='}{python_pattern(node.item)})"
        case Sequence():
            return "".join(map(python_pattern, node.items))
        case Choice():
            return f"(?:{'|'.join(map(python_pattern, node.options))})"
        case Repeat():
            bounds = f"{{{node.low},{'' if node.high is None else node.high}}}{'?' if node.lazy else ''}"
            return f"(?:{python_pattern(node.item)}){bounds}"


class Regex:
    """A compiled pattern."""

    def __init__(self, pattern: str, options: Options) -> None:
        self.options = options
        self.node, self.groups = read_pattern(pattern, options)
        compiler = _Compiler(self.groups)
        compiler.compile(self.node)
        compiler._emit(Instruction("match"))
        self._program = tuple(compiler.program)
        self._slots = compiler.slots
        self._length = len(pattern) + 1
        self._python: re.Pattern[str] | None = None

    def is_fast(self, size: int) -> bool:
        """Say whether Python's `re` can be trusted with a text of `size` characters."""
        return worst_case(self.node, size) * (size + 1) * self._length <= FAST_WORK

    def search(self, text: str, start: int = 0, *, limit: int = REGEX_STEPS) -> Spans | None:
        """Return the spans of the first match at or after index `start`, or None. Raises TooManySteps."""
        return self.searcher(text, limit=limit)(start)

    def searcher(self, text: str, *, limit: int = REGEX_STEPS) -> _Searcher:
        """Return an object that searches `text` again and again within one step limit."""
        return _Searcher(self, text, limit)

    def python(self) -> re.Pattern[str]:
        """Return the equivalent for Python's `re`, compiled when first needed."""
        if self._python is None:
            self._python = re.compile(python_pattern(self.node))
        return self._python

    def run(self, machine: _Machine, start: int) -> Spans | None:
        """Search with the machine."""
        empty = (-1,) * self._slots
        for at in range(start, len(machine.text) + 1):
            found = machine.run(self._program, at, empty)
            if found is not None:
                pairs = zip(found[0 : 2 * self.groups + 2 : 2], found[1 : 2 * self.groups + 2 : 2], strict=True)
                return tuple(pair if min(pair) >= 0 else (-1, -1) for pair in pairs)
        return None

    def machine(self, text: str, limit: int) -> _Machine:
        """Return a machine for this program."""
        return _Machine(text, self._slots, limit)


class _Searcher:
    """Searches one text; the step limit holds for all its searches together."""

    def __init__(self, regex: Regex, text: str, limit: int) -> None:
        self._regex = regex
        self._text = text
        self._fast = regex.is_fast(len(text))
        self._machine = None if self._fast else regex.machine(text, limit)

    def __call__(self, start: int) -> Spans | None:
        """Return the spans of the first match at or after `start`."""
        if self._machine is not None:
            return self._regex.run(self._machine, start)
        found = self._regex.python().search(self._text, start)
        return None if found is None else tuple(found.span(group) for group in range(self._regex.groups + 1))


@lru_cache(maxsize=256)
def compile_regex(pattern: str, options: str = "") -> Regex:
    """Compile a pattern with the letters of an options argument. Raises RegexError."""
    return Regex(pattern, read_options(options))
