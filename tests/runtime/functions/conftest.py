"""A small evaluator for calls with literal arguments, so that functions are tested without the compiler."""

from __future__ import annotations

import importlib
import pkgutil
import re
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest

import soul.runtime.functions
import soul.runtime.methods
from soul.language.library import Builtin, Kind, Parameter
from soul.runtime import numbers
from soul.runtime.functions.registry import Entry, Family
from soul.runtime.thread import Thread
from soul.runtime.values import Array, Cell

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d*)?(?:[eE]\d+)?|\.\d+)|(?P<function>\$[A-Za-z0-9_]+)"
    r"|(?P<variable>%[A-Za-z0-9_.]+)|(?P<word>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>[-+*/(),:=]))"
)


class Terminal:
    """Collects what a thread prints."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.messages: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def message(self, text: str) -> None:
        self.messages.append(text)


class Trail:
    """Collects the audit trail."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def write(self, line_type: str, text: str, thread: Thread | None = None) -> None:
        self.lines.append((line_type, text))


def modules(package: ModuleType) -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)
    ]


def entries(package: ModuleType) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for module in modules(package):
        family = getattr(module, "FAMILY", None)
        if isinstance(family, Family):
            for entry in family:
                assert entry.name.upper() not in found, f"{entry.name} is in two families"
                found[entry.name.upper()] = entry
    return found


class Evaluator:
    """Evaluates expressions on a thread of its own, on 25 November 2026, 14:05:09.120."""

    def __init__(self) -> None:
        self.terminal = Terminal()
        self.trail = Trail()
        self.now = datetime(2026, 11, 25, 14, 5, 9, 120_000)
        self.thread = Thread(self.terminal, self.trail, clock=lambda: self.now)
        self.functions = entries(soul.runtime.functions)
        self.methods = entries(soul.runtime.methods)
        self.variables: dict[str, Any] = {}

    def run(self, statement: str) -> None:
        if re.fullmatch(r"\s*%\S+ is .*", statement, re.I):
            name, kind = re.match(r"\s*(%\S+) is (\w+)", statement, re.I).groups()  # type: ignore[union-attr]
            self.variables[name.lower()] = 0.0 if kind.lower() == "float" else ""
            return
        name, expression = statement.split("=", 1)
        self.variables[name.strip().lower()] = self.value(expression)

    def value(self, expression: str) -> Any:
        self._tokens = self._scan(expression)
        self._at = 0
        result = self._with()
        assert self._peek() == "", f"{expression!r} goes on at {self._peek()!r}"
        return result

    def text(self, expression: str) -> str:
        return self._text(self.value(expression))

    def _scan(self, text: str) -> list[str]:
        tokens, at = [], 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            assert match, f"cannot read {text[at:]!r}"
            tokens.append(match[0].strip())
            at = match.end()
        return tokens

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _with(self) -> Any:
        value = self._sum()
        while self._peek() and (self._peek().lower() == "with" or self._peek()[0] in "'%"):
            if self._peek().lower() == "with":
                self._next()
            value = self._text(value) + self._text(self._sum())
        return value

    def _sum(self) -> Any:
        value = self._product()
        while self._peek() in ("+", "-"):
            sign = self._next()
            right = numbers.number(self._product())
            value = numbers.number(value) + (right if sign == "+" else -right)
        return value

    def _product(self) -> Any:
        value = self._chain()
        while self._peek() == "*":
            self._next()
            value = numbers.number(value) * numbers.number(self._chain())
        return value

    def _chain(self) -> Any:
        value = self._primary()
        while self._peek() == ":":
            self._next()
            name = self._next()
            value = self._call(self.methods[name.upper()].builtin, [value, *self._arguments()])
        return value

    def _primary(self) -> Any:
        token = self._next()
        if token == "(":
            value = self._with()
            assert self._next() == ")"
            return value
        if token == "-":
            return -numbers.number(self._next())
        if token[0] == "'":
            return token[1:-1].replace("''", "'")
        if token[0] == "%":
            return self.variables[token.lower()]
        if token[0] == "$":
            builtin = self.functions[token.upper()].builtin
            return self._call(builtin, self._arguments())
        if token.lower() in ("true", "false"):
            return token.lower() == "true"
        return float(token)

    def _arguments(self) -> list[Any]:
        if self._peek() != "(":
            return []
        self._next()
        values: list[Any] = []
        while True:
            if self._peek() in (",", ")"):
                values.append(None)
            elif self._at + 1 < len(self._tokens) and self._tokens[self._at + 1] == "=":
                name = self._next()
                self._next()
                values.append((name, self._with()))
            elif self._peek()[0] == "%" and self._tokens[self._at + 1] in (",", ")"):
                values.append(("%", self._next().lower()))
            else:
                values.append(self._with())
            if self._next() == ")":
                return values

    def _text(self, value: Any) -> str:
        if isinstance(value, bool):
            return "True" if value else "False"
        return numbers.text(float(value)) if isinstance(value, int | float) else str(value)

    def _convert(self, parameter: Parameter, value: Any) -> Any:
        if isinstance(value, tuple) and value[0] == "%":
            name = value[1]
            if parameter.kind is Kind.REFERENCE:
                cell = Cell(self.variables.get(name, ""))
                self._cells.append((name, cell))
                return cell
            value = self.variables.get(name, "")
        if parameter.kind is Kind.ARRAY:
            assert isinstance(value, Array)
            return value
        if value is None:
            return None
        match parameter.kind:
            case Kind.STRING:
                return self._text(value)
            case Kind.NUMBER:
                return numbers.number(value)
            case Kind.INTEGER:
                return numbers.to_int(numbers.number(value))
            case Kind.BOOLEAN:
                return bool(value)
        return value

    def _call(self, builtin: Builtin, arguments: list[Any]) -> Any:
        self._cells: list[tuple[str, Cell]] = []
        positional: list[Any] = [self.thread] if builtin.wants_thread else []
        named: dict[str, Any] = {}
        plain = [p for p in builtin.parameters if not p.named_only]
        import inspect

        python = {p.rstrip("_").replace("_", ""): p for p in inspect.signature(builtin.function).parameters}
        index = 0
        for value in arguments:
            if isinstance(value, tuple) and value[0] != "%":
                parameter = next(p for p in builtin.parameters if p.name.lower() == value[0].lower())
                named[python[parameter.name]] = self._convert(parameter, value[1])
                continue
            parameter = plain[min(index, len(plain) - 1)]
            assert index < len(plain) or parameter.variadic, f"too many arguments for {builtin.name}"
            index += 1
            converted = self._convert(parameter, value)
            if converted is None and not parameter.variadic:
                default = inspect.signature(builtin.function).parameters[python[parameter.name]].default
                converted = "" if default is inspect.Parameter.empty and parameter.kind is Kind.STRING else default
                if default is inspect.Parameter.empty and parameter.kind in (Kind.NUMBER, Kind.INTEGER):
                    converted = 0
            positional.append(converted)
        cells = self._cells
        missing = [p for p in plain[index:] if p.required]
        assert not missing, f"{builtin.name} needs {missing[0].name}"
        result = builtin.function(*positional, **named)
        for name, cell in cells:
            self.variables[name] = cell.value
        return float(result) if type(result) is int else result


@pytest.fixture
def soul_() -> Evaluator:
    return Evaluator()
