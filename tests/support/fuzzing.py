"""Random SOUL texts: from a grammar, from good programs with words moved about, and from bytes. The same seed, the same text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from soul.language.library import Builtin, Kind

T = TypeVar("T")
NOT_PLAIN = frozenset({Kind.ARRAY, Kind.OBJECT, Kind.REFERENCE, Kind.NONE})

TYPES = ["float", "fixed dp 2", "string len 5", "string len 255", "longstring", "unicode", "fixed"]
# What a declaration may be instead: refused, limited, or of a class.
ODD_TYPES = [
    "boolean",
    "float array(3)",
    "string len 9 array(2,2)",
    "object httpRequest",
    "object invalidValue",
    "float static",
]
NUMBERS = ["0", "1", "2", "-1", "3.5", "15", "255", "0.1", "1E9", "1E300", "999999999999999", ".5", "-0"]
SMALL = ["0", "1", "2", "3", "-1", "7", "20", "0.5"]
STRINGS = ["''", "'A'", "'ABC'", "'12'", "'1.5E3'", "' 7 '", "'it''s'", "'a,b'", "'(A'", "'C1C2'", "'é€'", "'%'", '"q"']
ARITHMETIC = ["+", "-", "*", "/"]
RELATIONS = ["=", "ne", "gt", "lt", "ge", "<=", "like", "is not", "^="]
LOGIC = ["and", "or", "nor"]
LABELS = ["a", "b", "c", "d"]
# $functions that wait, ask the terminal or act on the machine.
QUIET = re.compile(r"\$(WakeUp|Wait|Read\w*|Command|CommBg|CommndL|SndMail|Bind\w*|Sir_Login|SirParm|ResetN)$", re.I)
# A request and the command level around it must survive these, wherever they stand.
FRAGMENTS = [
    *[
        "(",
        ")",
        ",",
        ":",
        "=",
        "+",
        "-",
        "*",
        "/",
        "...",
        "@",
        "%",
        "{",
        "}",
        "{~}",
        "'",
        '"',
        ";",
        "??",
        "?&",
        "?!",
        "/?",
        "?/",
        "-",
    ],
    *[
        "%x",
        "%%f",
        "$len(",
        "$",
        "'a'",
        "5",
        "3.x",
        "If",
        "Then",
        "Else",
        "ElseIf",
        "End",
        "For",
        "From",
        "To",
        "By",
        "Print",
        "With",
        "And",
        "Or",
        "Not",
        "Is",
        "Like",
        "Text",
        "Html",
        "Expr",
    ],
    *[
        "Subroutine",
        "Local",
        "Function",
        "Declare",
        "String",
        "Len",
        "Array",
        "Initial",
        "Image",
        "Occurs",
        "Try",
        "Catch",
        "Class",
        "Public",
        "Store",
        "Find",
    ],
    *[
        "Include",
        "In",
        "File",
        "lab:",
        "Repeat",
        "Call",
        "List",
        "Count",
        "Assert",
        "Info",
        "Jump",
        "Stop",
        "Return",
        "Begin",
        "More",
        "Use",
        "!IfDef",
        "!EndIf",
        "!Def",
    ],
]
COMMANDS = [
    "BEGIN",
    "END",
    "MORE",
    "INCLUDE 0",
    "PROCEDURE 0",
    "END PROCEDURE",
    "VIEW ERMX",
    "CLEARG",
    "USE PROC -1",
    "FOO",
]


@dataclass(frozen=True)
class Callee:
    """A $function or method: its name and how many plain arguments it takes."""

    name: str
    least: int
    most: int


def callees(builtins: Iterable[Builtin], receiver: bool = False) -> list[Callee]:
    """Return those of `builtins` that take plain values and act on nothing outside."""
    found = []
    for each in builtins:
        own = [one for one in each.parameters[int(receiver) :] if not one.named_only]
        if QUIET.match(each.name) or any(one.kind in NOT_PLAIN for one in own) or each.result in NOT_PLAIN:
            continue
        most = len(own) + 2 * any(one.variadic for one in own)
        found.append(Callee(each.name, sum(one.required for one in own), most))
    return found


class Programs:
    """Makes texts. `functions` and `methods` are what to call; `seeds` are programs to spoil."""

    def __init__(
        self, random: Random, functions: Sequence[Callee], methods: Sequence[Callee], seeds: Sequence[str]
    ) -> None:
        self.random = random
        self.functions = functions
        self.methods = methods
        self.seeds = seeds
        self._variables: list[str] = []
        self._odd: dict[str, str] = {}  # variables that are no plain values
        self._routine_names: list[str] = []
        self._loops = 0  # around the present statement

    def text(self) -> str:
        """Return one text of command-level input."""
        kind = self.random.random()
        if kind < 0.55:
            return self.program()
        if kind < 0.8:
            return self.spoiled()
        if kind < 0.9:
            return self.words()
        return self.noise()

    # Kinds of texts.

    def program(self) -> str:
        """Return a request made from the grammar: most of them compile."""
        self._loops = 0
        self._variables = [f"%v{number}" for number in range(self.random.randint(2, 5))]
        self._odd = {}
        self._routine_names = [name for name in ("s", "t", "u") if self.random.random() < 0.5]
        rows = ["Begin"]
        for name in self._variables:
            if self._careless(0.1):
                self._odd[name] = self._pick(ODD_TYPES)
            if self._careless(0.85):
                rows.append(f"{name} is {self._odd.get(name) or self._pick(TYPES)}")
        rows += self._body()
        rows += [row for name in self._routine_names for row in self._routine(name)]
        return "\n".join([*rows, "End"])

    def _careless(self, chance: float = 0.004) -> bool:
        return self.random.random() < chance

    def _body(self) -> list[str]:
        """Return the statements of a scope, with the labels that its jumps go to."""
        rows = self._block(3)
        return [*rows, f"a: {self._simple()}", *self._block(2), "b: print 'b'"]

    def spoiled(self) -> str:
        """Return a good program with some of its words or lines changed, lost, doubled or moved."""
        rows = self._pick(self.seeds).split("\n") if self.random.random() < 0.6 else self.program().split("\n")
        for _ in range(self.random.randint(1, 4)):
            place = self.random.randrange(len(rows))
            self._pick([self._spoil_word, self._spoil_row, self._cut])(rows, place)
            rows = rows or [""]
        return "\n".join(rows)

    def words(self) -> str:
        """Return lines of words that mean something elsewhere."""
        rows = [
            " ".join(self._pick(FRAGMENTS) for _ in range(self.random.randint(0, 7)))
            for _ in range(self.random.randint(1, 8))
        ]
        rows.insert(self.random.randint(0, 2) % len(rows), self._pick(COMMANDS))
        return "\n".join([*rows, "End"])

    def noise(self) -> str:
        """Return random bytes as text, within a request or without."""
        content = self.random.randbytes(self.random.randint(0, 80)).decode("latin-1")
        return f"Begin\n{content}\nEnd" if self.random.random() < 0.7 else content

    # Spoiling.

    def _spoil_word(self, rows: list[str], place: int) -> None:
        words = rows[place].split(" ")
        words[self.random.randrange(len(words))] = self._pick([*FRAGMENTS, *self._variables, ""])
        rows[place] = " ".join(words)

    def _spoil_row(self, rows: list[str], place: int) -> None:
        row = rows.pop(place)
        if self.random.random() < 0.6:
            rows.insert(self.random.randint(0, len(rows)), row)
        if self.random.random() < 0.3:
            rows.insert(self.random.randint(0, len(rows)), row)

    def _cut(self, rows: list[str], place: int) -> None:
        at = self.random.randint(0, len(rows[place]))
        rows[place] = (
            rows[place][:at] + self._pick(["", chr(self.random.randrange(256)), "€", "\t"]) + rows[place][at + 1 :]
        )

    # The grammar.

    def _pick(self, choices: Sequence[T]) -> T:
        return self.random.choice(choices)

    def _block(self, depth: int) -> list[str]:
        return [row for _ in range(self.random.randint(0, 4)) for row in self._statement(depth)]

    def _statement(self, depth: int) -> list[str]:
        blocks: list[Callable[[int], list[str]]] = [
            self._if,
            self._for,
            self._repeat,
            self._try,
            self._text,
            self._unit,
        ]
        if depth and self.random.random() < 0.4:
            return self._pick(blocks)(depth - 1)
        simple = self._simple()
        if self.random.random() < 0.08:
            simple = f"{self._pick(LABELS if self._careless(0.05) else ['c', 'd'])}: {simple}"
        return [simple]

    def _simple(self) -> str:
        makers: list[Callable[[], str]] = [self._assignment] * 5 + [
            lambda: f"print {self._expression(2)}",
            lambda: f"print {self._operand()} at {self._pick(SMALL)} with {self._operand()} to {self._pick(SMALL)} ...",
            lambda: f"printText {{~}} = {{{self._expression(2)}}} and {self._pick(STRINGS)}",
            lambda: f"setText {self._target()} = x{{{self._expression(1)}}}",
            lambda: f"audit {self._operand()}",
            lambda: (
                f"set {self._pick(['header', 'trailer'])} {self._pick('0126')} {self._operand()} at {self._pick(SMALL)}"
            ),
            lambda: f"set header {self._pick('12')}",
            lambda: f"jump to {self._pick(LABELS) if self._careless() else self._pick(['a', 'b'])}",
            lambda: f"jump to (a, b) {self._expression(1)}",
            lambda: f"assert {self._condition(1)}, info {self._pick(STRINGS)} continue",
            lambda: self._pick(["return", "stop", "skip 1 line", "new page", "skip 0 lines"]),
            lambda: f"throw %({self._pick(['invalidValue', 'itemNotFound'])}):new",
            lambda: f"{self._target()} = @ with {self._pick(STRINGS)}",
            self._call_routine,
            self._call,
        ]
        if self._loops or self._careless():
            makers += [lambda: "loop next", lambda: "loop end"]
        if self._careless():
            return self._pick([f"{self._pick(self._variables)} = {self._pick(['new', 'null', 'true'])}", "rethrow"])
        return self._pick(makers)()

    def _call_routine(self) -> str:
        name = (
            self._pick(["s", "t", "u"])
            if self._careless() or not self._routine_names
            else self._pick(self._routine_names)
        )
        plain = [name for name in self._variables if name not in self._odd]
        if name not in self._routine_names or not plain:
            return "print 'no routine'"
        return {
            "s": "call s",
            "t": f"call t({self._operand()}, {self._pick(plain)})",
            "u": f"print %(local):u({self._operand()})",
        }[name]

    def _assignment(self) -> str:
        return f"{self._target()} = {self._expression(3)}"

    def _target(self) -> str:
        name = self._pick(self._variables)
        kind = self._odd.get(name, "")
        if "array" in kind:
            bounds = self._pick(["1", "2", "1", "2", "3", self._pick(SMALL)])
            return f"{name}({bounds}, {self._pick(['1', '2'])})" if "," in kind else f"{name}({bounds})"
        if self._careless():
            return f"{name}({self._pick(SMALL)})"
        return name if not kind or kind == "float static" or self._careless(0.1) else "%plain"

    def _condition(self, depth: int) -> str:
        test = f"{self._expression(depth)} {self._pick(RELATIONS)} {self._operand()}"
        if self.random.random() < 0.3:
            test = f"not {test}"
        return (
            f"{test} {self._pick(LOGIC)} {self._condition(depth - 1)}" if depth and self.random.random() < 0.3 else test
        )

    def _expression(self, depth: int) -> str:
        if not depth or self.random.random() < 0.3:
            return self._operand()
        makers: list[Callable[[], str]] = [
            lambda: f"{self._expression(depth - 1)} {self._pick(ARITHMETIC)} {self._expression(depth - 1)}",
            lambda: f"({self._expression(depth - 1)})",
            lambda: f"(-{self._target()})",
            # One variable at most, so that no loop doubles a Longstring again and again.
            lambda: f"{self._target()} with {self._pick(STRINGS)} {self._pick(STRINGS)}",
            lambda: f"({self._condition(0)})",
            self._call,
            self._method_call,
            lambda: f"{self._target()}:{self._pick(['length', 'reverse', 'left(2)', 'round(1)', 'toString'])}",
        ]
        return self._pick(makers)()

    def _call(self) -> str:
        callee = self._pick(self.functions)
        return f"{callee.name}{self._arguments(callee)}"

    def _method_call(self) -> str:
        callee = self._pick(self.methods)
        return f"{self._literal()}:{callee.name}{self._arguments(callee)}"

    def _arguments(self, callee: Callee) -> str:
        count = self.random.randint(callee.least, callee.most) if not self._careless() else self.random.randint(0, 4)
        given = [self._pick(SMALL + STRINGS) for _ in range(count)]
        if count > callee.least and self._careless(0.1):
            given[callee.least] = ""
        return f"({', '.join(given)})" if given else ""

    def _literal(self) -> str:
        return self._pick(NUMBERS + STRINGS)

    def _operand(self) -> str:
        return self._target() if self.random.random() < 0.5 else self._literal()

    def _if(self, depth: int) -> list[str]:
        rows = [f"if {self._condition(2)} then", *self._block(depth)]
        if self.random.random() < 0.3:
            rows += [f"elseif {self._condition(1)} then", *self._block(depth)]
        if self.random.random() < 0.3:
            rows += ["else", *self._block(depth)]
        return [*rows, "end if"]

    def _for(self, depth: int) -> list[str]:
        bounds = f"from {self._operand()} to {self._operand()}" + self._pick(["", "", f" by {self._operand()}"])
        plain = [name for name in self._variables if name not in self._odd] or ["%plain"]
        return [f"for {self._pick(plain)} {bounds}", *self._inside(depth), "end for"]

    def _inside(self, depth: int) -> list[str]:
        self._loops += 1
        rows = self._block(depth)
        self._loops -= 1
        return rows

    def _repeat(self, depth: int) -> list[str]:
        kind = self._pick(["", "forever", "3 times", f"while {self._condition(0)}", f"until {self._condition(0)}"])
        label = self._pick(["", "", f"{self._pick(LABELS)}: "])
        return [f"{label}repeat {kind}", *self._inside(depth), "end repeat"]

    def _try(self, depth: int) -> list[str]:
        rows = [
            "try",
            *self._block(depth),
            f"catch {self._pick(['invalidValue', 'invalidHexData'])}",
            *self._block(depth),
        ]
        return [*rows, *self._pick([[], ["success", *self._block(depth)]]), "end try"]

    def _text(self, depth: int) -> list[str]:
        kind = self._pick(["text", "html"])
        option = self._pick(["", " raw", " noexpr", " expr < >", " encode"])
        return [f"{kind}{option}", f"a {{{self._expression(1)}}} b", f"<{self._operand()}>", f"end {kind}"]

    def _unit(self, depth: int) -> list[str]:
        leave = self._pick(["bypass", "retry", "continue", "jump to a", "stop", "print $errmsg"])
        loops, self._loops = self._loops, 0
        rows = self._block(min(depth, 1))
        self._loops = loops
        return ["on error", *rows, leave, "end on"]

    def _routine(self, name: str) -> list[str]:
        if name == "s":
            return ["s: subroutine", *self._block(2), "end subroutine"]
        outer, self._variables = self._variables, ["%p", "%plain"]
        names, self._routine_names = self._routine_names, [each for each in self._routine_names if each != "s"]
        if name == "t":
            self._variables.append("%q")
            head, last = "subroutine t(%p is float copy, %q is string len 9 output)", ["end subroutine"]
        else:
            head, last = "local function u(%p is float) is longstring", ["return %p", "end function"]
        rows = [row for row in self._body() if name == "t" or not row.endswith("return")]
        self._variables, self._routine_names = outer, names
        return [head, *rows, *last]
