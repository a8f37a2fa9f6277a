"""Names: which variable, label, subroutine or $function each name of a request means.

First all declarations, labels and subroutines of every scope are collected, so that forward references work; then
the expressions are walked in source order, which declares undeclared variables and finds out which variables are
passed by reference.

Source: m204wiki, Scope; Using variables and values in computation; Subroutines; Request composition rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from soul.language import nodes as n, problems as p
from soul.language.classes import ClassFinder
from soul.language.declare import Declarer
from soul.language.images import ImageReader
from soul.language.library import Kind, Library
from soul.language.problems import Problems
from soul.language.scopes import Defaults, Kept, Program, Scope, Signature
from soul.language.source import NOWHERE
from soul.language.tree import bodies, children


class Resolver:
    """Resolves one request; every complaint goes to `problems`."""

    def __init__(self, library: Library, problems: Problems, defaults: Defaults) -> None:
        self.library = library
        self.problems = problems
        self.declarer = Declarer(library, problems, defaults)
        self._scopes: dict[int, Scope] = {}
        self._finder = ClassFinder(library)
        self._uses: dict[type[n.Node], Callable[[Scope, Any], object]] = {
            n.ImageStatement: self._image_statement,
            n.Variable: self.declarer.variable,
            n.Call: self._call,
            n.FunctionCall: self._function,
            n.MethodCall: self._method,
            n.Catch: self.declarer.declare_caught,
        }

    def resolve(self, body: n.Body, broken: bool = False, previous: Kept | None = None, keeps: bool = False) -> Program:
        """Return the scopes of the request whose statements are `body`.

        `broken` says that some statements did not parse: then undeclared variables are not reported, as their
        declarations may be among them. `previous` is what the request continues (More), `keeps` that another one
        may continue it (End More).
        """
        main = Scope("main", None, body, body[0].at if body else NOWHERE, broken=broken)
        program = Program([main], previous=previous, keeps=keeps)
        if previous is not None:
            program.common.update(previous.common)
            main.continue_from(previous.scope)
        self.problems.refused.collect(body)
        self._collect(program, main, body)
        self.declarer.restart()
        self._walk(program, main, body)
        if keeps:
            program.keep()
        return program

    # Collecting.

    def _collect(self, program: Program, scope: Scope, body: n.Body) -> None:
        for statement in body:
            self._labels(scope, statement)
            match statement:
                case n.Declaration():
                    self.declarer.declare(program, scope, statement)
                case n.VariablesAre():
                    self.declarer.variables_are(statement)
                case n.DeclareSubroutine():
                    self._declare_subroutine(scope, statement)
                case n.Subroutine():
                    self._subroutine(program, scope, statement)
                    continue
                case n.SimpleSubroutine():
                    self._simple(scope, statement)
                case n.OnUnit():
                    scope.units.append(statement)
                case n.Image():
                    self._image(program, scope, statement)
                case n.RecordStatement() if statement.keyword.startswith("FOR EACH %"):
                    self.declarer.declare_unknown(scope, statement.keyword.split()[2], statement.at)
            for inner in bodies(statement):
                self._collect(program, scope, inner)

    def _labels(self, scope: Scope, statement: n.Statement) -> None:
        for label in statement.labels:
            if label.name in scope.labels or label.name in scope.earlier_labels:
                self.problems.warning(p.LABEL_TWICE, "STATEMENT LABEL MULTIPLY DEFINED", label.at)
            scope.labels[label.name] = statement

    def _image(self, program: Program, scope: Scope, statement: n.Image) -> None:
        if statement.name in scope.images:
            self._twice("image", statement.name, statement)
        python = f"{statement.name} image of {scope.path}{program.part or ''}"
        info = ImageReader(self.problems).read(statement, python)
        info.block = scope.images.get(statement.block)
        scope.images[statement.name] = info

    def _simple(self, scope: Scope, statement: n.SimpleSubroutine) -> None:
        if statement.name in scope.simple or statement.name in scope.earlier_simple:
            self._twice("subroutine", statement.name, statement)
        scope.simple[statement.name] = statement

    def _declare_subroutine(self, scope: Scope, statement: n.DeclareSubroutine) -> None:
        name = statement.name.name
        if name not in scope.subroutines:
            parameters = [self.declarer.parameter(each) for each in statement.parameters]
            scope.subroutines[name] = Signature(name, name, parameters, statement.at, defined=False)

    def _subroutine(self, program: Program, scope: Scope, statement: n.Subroutine) -> None:
        name = statement.name.name
        path = name if scope.parent is None and not statement.local else f"{scope.path}.{name}"
        path = f"{path} of {f'{program.part}.' if program.part else ''}{len(program.scopes)}"
        parameters = [self.declarer.parameter(each) for each in statement.parameters]
        signature = Signature(name, path, parameters, statement.name.at)
        if statement.result is not None:
            signature.is_function = True
            signature.result = self.declarer.type_of(statement.result)
        inner = Scope(path, scope, statement.body, statement.at, statement, signature, broken=scope.broken)
        signature.scope = inner
        if statement.on_class is not None:
            signature.on_class = statement.on_class.name
            self.declarer.declare_this(inner, statement.on_class)
        if statement.local:
            self._local(scope, signature, statement)
        else:
            self._complex(scope, signature, statement)
        for info, node in zip(parameters, statement.parameters, strict=True):
            self.declarer.declare_parameter(inner, info, node, statement.local)
        program.scopes.append(inner)
        self._scopes[id(statement)] = inner
        self._collect(program, inner, statement.body)

    def _local(self, scope: Scope, signature: Signature, statement: n.Subroutine) -> None:
        known = scope.methods.setdefault(signature.name, [])
        if any(other.on_class == signature.on_class for other in known):
            self._twice("local method", signature.name, statement)
        known.append(signature)
        if not signature.on_class:
            scope.subroutines.setdefault(signature.name, signature)

    def _complex(self, scope: Scope, signature: Signature, statement: n.Subroutine) -> None:
        known = scope.subroutines.get(signature.name)
        if known is not None and known.defined:
            self._twice("subroutine", signature.name, statement)
        elif known is not None and len(known.parameters) != len(signature.parameters):
            self.problems.error(
                p.BAD_DECLARATION,
                f"subroutine {signature.name} has {len(signature.parameters)} parameters, "
                f"its Declare Subroutine has {len(known.parameters)}",
                statement.name.at,
            )
        scope.subroutines[signature.name] = signature

    def _twice(self, what: str, name: str, statement: n.Statement) -> None:
        self.problems.error(p.DECLARED_TWICE, f"{what} {name} is defined twice", statement.at)

    # Walking.

    def _walk(self, program: Program, scope: Scope, body: n.Body) -> None:
        for statement in body:
            if isinstance(statement, n.VariablesAre):
                self.declarer.variables_are(statement, quiet=True)
            elif isinstance(statement, n.Subroutine):
                self._walk(program, self._scopes[id(statement)], statement.body)
            elif not isinstance(statement, n.Declaration | n.DeclareSubroutine | n.ClassBlock):
                self._node(program, scope, statement)

    def _node(self, program: Program, scope: Scope, node: n.Node) -> None:
        if isinstance(node, n.MethodCall) and self._is_image_item(scope, node):
            for argument in node.arguments or ():
                self._node(program, scope, argument)
            for group in node.groups:
                for argument in group:
                    self._node(program, scope, argument)
            return
        found = self._uses.get(type(node))
        if found is not None:
            found(scope, node)
        statements: list[n.Statement] = []
        for child in children(node):
            if isinstance(child, n.Statement):
                statements.append(child)
            else:
                self._node(program, scope, child)
        if statements:
            self._walk(program, scope, statements)

    def _is_image_item(self, scope: Scope, node: n.MethodCall) -> bool:
        return scope.image_of(node.target) is not None or self.problems.refused.is_screen(node.target)

    def _image_statement(self, scope: Scope, node: n.ImageStatement) -> None:
        image = scope.images.get(node.target)
        names = [*(image.variables if image is not None else ()), node.target, *node.words]
        for name in names:
            if name.startswith("%"):
                self.declarer.variable(scope, n.Variable(node.at, name))

    def _call(self, scope: Scope, node: n.Call) -> None:
        signature = scope.find_subroutine(node.name.name)
        if signature is not None:
            self._by_reference(scope, signature, node.arguments or [])

    def _by_reference(self, scope: Scope, signature: Signature, arguments: list[n.Argument]) -> None:
        for parameter, argument in zip(signature.parameters, arguments, strict=False):
            if parameter.output and not parameter.rank:
                self._refer(scope, argument)

    def _refer(self, scope: Scope, argument: n.Argument) -> None:
        if isinstance(argument.value, n.Variable) and not argument.value.groups:
            info = self.declarer.variable(scope, argument.value)
            if info is not None and not info.rank:
                info.in_cell = True

    def _function(self, scope: Scope, node: n.FunctionCall) -> None:
        builtin = self.library.function(node.name)
        if builtin is None:
            return
        for parameter, argument in zip(builtin.parameters, node.arguments or [], strict=False):
            if parameter.kind is Kind.REFERENCE:
                self._refer(scope, argument)

    def _method(self, scope: Scope, node: n.MethodCall) -> None:
        if not node.arguments or not any(isinstance(a.value, n.Variable) for a in node.arguments):
            return
        if isinstance(node.target, n.ClassReference) and node.target.class_name.name == "LOCAL":
            for signature in scope.find_methods(node.name)[:1]:
                self._by_reference(scope, signature, node.arguments)
            return
        builtin = self._finder.method(scope, node)
        if builtin is None:
            for signature in scope.find_methods(node.name):
                self._by_reference(scope, signature, node.arguments)
            return
        by_name = {each.name.upper(): each for each in builtin.parameters}
        offset = 0 if self._finder.is_member(scope, node) else 1
        for index, argument in enumerate(node.arguments):
            place = index + offset
            parameter = builtin.parameters[place] if place < len(builtin.parameters) else None
            if argument.name is not None:
                parameter = by_name.get(argument.name.upper())
            if parameter is not None and parameter.kind is Kind.REFERENCE:
                self._refer(scope, argument)
