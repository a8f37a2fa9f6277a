"""Declarations: from the words of a declaration to the variable it makes.

Source: m204wiki, Using variables and values in computation; Longstrings; Enumerations; Object variables.
"""

from __future__ import annotations

from collections.abc import Iterable

from soul.language import nodes as n, problems as p, refused as r
from soul.language.library import Library
from soul.language.problems import Problems, nearest
from soul.language.scopes import Defaults, ParameterInfo, Program, Scope, VariableInfo
from soul.language.source import Span
from soul.language.types import (
    BOOLEAN,
    DOCUMENTED_CLASSES,
    EXCEPTIONS,
    FLOAT,
    LONGSTRING,
    MAX_ARRAY,
    MAX_DECIMALS,
    MAX_STRING,
    UNICODE,
    UNKNOWN_CLASS,
    SoulType,
)

_SIMPLE = {"FLOAT": FLOAT, "LONGSTRING": LONGSTRING, "UNICODE": UNICODE, "BOOLEAN": BOOLEAN}
_UNKNOWN = SoulType("object", class_name=UNKNOWN_CLASS)
_IMPLICIT = ("FLOAT", "FIXED", "STRING", "UNDEFINED")


class Declarer:
    """Declares variables in scopes, explicitly and implicitly."""

    def __init__(self, library: Library, problems: Problems, defaults: Defaults) -> None:
        self.library = library
        self.problems = problems
        self._first = defaults
        self.restart()

    def restart(self) -> None:
        """Go back to the defaults the request begins with."""
        self.undeclared = self._first.kind
        self.length = self._first.length
        self.decimals = self._first.decimals

    @property
    def defaults(self) -> Defaults:
        """Return the defaults in effect where the request ends."""
        return Defaults(self.undeclared, self.length, self.decimals)

    def variables_are(self, node: n.VariablesAre, quiet: bool = False) -> None:
        """Apply `Variables Are`: it governs the declarations after it."""
        kind = node.type.name
        if kind not in _IMPLICIT:
            if not quiet:
                text = f"{kind.capitalize()} cannot be the type of undeclared variables"
                self.problems.error(p.BAD_DECLARATION, text, node.type.at, "Float, Fixed, String or Undefined can")
            return
        if not quiet and kind in ("STRING", "FIXED") and self.undeclared != "UNDEFINED":
            self.type_of(node.type)
        self.undeclared = kind  # type: ignore[assignment]
        if kind == "STRING":
            self.length = node.type.length or self.length
        if isinstance(node.type.decimals, int):
            self.decimals = node.type.decimals

    # Types.

    def type_of(self, node: n.Type) -> SoulType:
        """Return the type that `node` names; after a complaint some type that keeps the rest going."""
        if node.name in _SIMPLE:
            return _SIMPLE[node.name]
        if node.name == "STRING":
            return self._string(node)
        if node.name == "FIXED":
            return self._fixed(node)
        if node.name == "ENUMERATION":
            if node.class_name.upper() == "BOOLEAN":
                return BOOLEAN
            if node.class_name.upper() not in self.problems.refused.enumerations:
                self._refuse(f"enumeration {node.class_name} is not supported", node, r.ENUMERATIONS)
            return _UNKNOWN
        if node.name == "OBJECT":
            return self._object(node)
        if node.name == "COLLECTION":
            self._refuse("collections are not supported", node, r.COLLECTIONS)
            self.problems.refused.classes.add(node.class_name.upper())
        elif node.name != "STRUCTURE":
            self.problems.error(p.NOT_SUPPORTED, f"type {node.name.capitalize()} is not supported here", node.at)
        elif node.class_name.upper() not in self.problems.refused.types:
            self._refuse("structures are not supported", node, r.CLASSES)
        return _UNKNOWN

    def _string(self, node: n.Type) -> SoulType:
        length = node.length
        if length is None:
            if self.undeclared == "UNDEFINED":
                text = "String needs a Len when Variables Are Undefined is in effect"
                self.problems.error(p.BAD_DECLARATION, text, node.at)
            length = self.length
        if not 1 <= length <= MAX_STRING:
            text = f"Len {length} is outside the range 1 to {MAX_STRING}"
            self.problems.error(p.BAD_DECLARATION, text, node.at, "Use Longstring for longer strings")
            length = MAX_STRING
        return SoulType("string", length, places=node.decimals if isinstance(node.decimals, int) else None)

    def _fixed(self, node: n.Type) -> SoulType:
        decimals = node.decimals if isinstance(node.decimals, int) else self.decimals
        if not 0 <= decimals <= MAX_DECIMALS:
            text = f"Dp {decimals} is outside the range 0 to {MAX_DECIMALS}"
            self.problems.error(p.BAD_DECLARATION, text, node.at)
            decimals = 0
        return SoulType("fixed", decimals=decimals)

    def _object(self, node: n.Type) -> SoulType:
        name = node.class_name
        if name == UNKNOWN_CLASS or name.upper() in self.problems.refused.types:
            return _UNKNOWN
        if name.upper() in EXCEPTIONS:
            return SoulType("exception", class_name=EXCEPTIONS[name.upper()])
        known = self.library.system_class(name)
        if known is not None:
            return SoulType("object", class_name=known.name)
        if name.upper() in DOCUMENTED_CLASSES:
            self._refuse(f"class {name.title()} is not supported", node, r.SYSTEM_CLASSES)
            self.problems.refused.classes.add(name.upper())
            return _UNKNOWN
        names: Iterable[str] = (*getattr(self.library, "class_names", tuple)(), *EXCEPTIONS.values())
        self.problems.error(p.NO_CLASS, f"class {name} is not known", node.at, nearest(name, names))
        return _UNKNOWN

    def _refuse(self, text: str, node: n.Type, part: str) -> None:
        form = node.class_name.title() or node.name.capitalize()
        self.problems.refuse(form, part, node.at, text)

    # Variables.

    def declare(self, program: Program, scope: Scope, node: n.Declaration) -> None:
        """Declare the variable of a declaration statement."""
        declared = self.type_of(node.type)
        if node.name in scope.variables:
            text = f"{node.name} is declared twice in one scope"
            hint = f"The first declaration is in line {scope.variables[node.name].at.line}"
            self.problems.error(p.DECLARED_TWICE, text, node.at, hint)
            return
        info = VariableInfo(node.name, declared, node.at, node.name, initial=node.initial)
        self._bounds(info, node)
        if node.static:
            self._static(info, scope, node)
        if node.common:
            self._common(program, info, node)
            info = program.common[node.name]
        scope.variables[node.name] = info

    def _bounds(self, info: VariableInfo, node: n.Declaration) -> None:
        if node.array is None:
            return
        bounds = tuple(bound or 0 for bound in node.array)
        size = 1
        for bound in bounds:
            size *= bound
        if not 1 <= len(bounds) <= 3 or not 0 < size <= MAX_ARRAY:
            text = f"an array has 1 to 3 bounds of at least 1 and at most {MAX_ARRAY} elements"
            self.problems.error(p.BAD_DECLARATION, text, node.at)
            bounds = (1,) * max(1, min(3, len(bounds)))
        if info.type.kind in ("object", "exception"):
            if info.type != _UNKNOWN:
                self.problems.error(p.NOT_SUPPORTED, "arrays of objects are not supported", node.at)
        info.bounds, info.rank = bounds, len(bounds)

    def _static(self, info: VariableInfo, scope: Scope, node: n.Declaration) -> None:
        if info.type.kind == "longstring":
            self.problems.error(p.BAD_DECLARATION, "Static Longstring is not supported", node.at)
        info.static = True
        if scope.parent is not None:
            info.python = f"{node.name} of {scope.path}"

    def _common(self, program: Program, info: VariableInfo, node: n.Declaration) -> None:
        known = program.common.get(node.name)
        info.common, info.python = True, f"{node.name} in common"
        if known is None:
            program.common[node.name] = info
        elif (known.type, known.bounds) != (info.type, info.bounds):
            text = f"Common {node.name} is declared as {known.type} elsewhere"
            self.problems.error(p.BAD_DECLARATION, text, node.at, f"See line {known.at.line}")
        elif known.initial is None:
            known.initial = info.initial

    def variable(self, scope: Scope, node: n.Variable) -> VariableInfo | None:
        """Return the variable `node` names, declaring it when the defaults allow that."""
        info = scope.variables.get(node.name)
        if info is not None:
            return info
        if self.undeclared == "UNDEFINED":
            if not scope.broken:
                hint = nearest(node.name, scope.variables)
                self.problems.error(p.UNDECLARED, f"{node.name} is not declared", node.at, hint)
            declared = FLOAT
        elif self.undeclared == "FLOAT":
            declared = FLOAT
        elif self.undeclared == "FIXED":
            declared = SoulType("fixed", decimals=self.decimals)
        else:
            declared = SoulType("string", self.length)
        info = VariableInfo(node.name, declared, node.at, node.name, explicit=False)
        scope.variables[node.name] = info
        return info

    def declare_unknown(self, scope: Scope, name: str, at: Span) -> None:
        """Declare the variable of a refused statement, unless declared: nothing is said about its uses."""
        scope.variables.setdefault(name, VariableInfo(name, _UNKNOWN, at, name, explicit=False))

    def declare_caught(self, scope: Scope, node: n.Catch) -> None:
        """Declare the variable of `Catch class To %x` as an object of that class, unless declared (our choice)."""
        name = EXCEPTIONS.get(node.class_name.name.upper())
        target = node.target
        own = node.class_name.name.upper() in self.problems.refused.types
        if (name is not None or own) and isinstance(target, n.Variable) and not target.groups:
            if target.name not in scope.variables:
                kind = _UNKNOWN if name is None else SoulType("exception", class_name=name)
                scope.variables[target.name] = VariableInfo(target.name, kind, target.at, target.name, explicit=False)

    # Parameters.

    def parameter(self, node: n.Parameter) -> ParameterInfo:
        """Return what the compiler keeps of a parameter."""
        if node.is_list:
            text = "List parameters belong to record processing, which is not supported"
            self.problems.refuse("List parameters", r.RECORDS, node.at, text)
        kind = FLOAT if node.is_list else self.type_of(node.type)
        optional = node.optional or node.default is not None
        return ParameterInfo(node.name, kind, node.rank, node.mode == "OUTPUT", optional, node.named, node)

    def declare_parameter(self, scope: Scope, info: ParameterInfo, node: n.Parameter, local: bool) -> None:
        """Declare a parameter as a variable of its subroutine.

        An Input parameter of a complex subroutine, and an Input array anywhere, may not be assigned:
        m204wiki, Copy qualifier for subroutine parameters.
        """
        if node.name in scope.variables:
            self.problems.error(p.DECLARED_TWICE, f"parameter {node.name} is declared twice", node.at)
            return
        scope.variables[node.name] = VariableInfo(
            node.name,
            info.type,
            node.at,
            node.name,
            rank=info.rank,
            parameter=node,
            in_cell=info.output and not info.rank,
            read_only=not info.output and not node.copy and (not local or info.rank > 0),
        )

    def declare_this(self, scope: Scope, on_class: n.ClassName) -> None:
        """Declare `%THIS`, the object of a local method."""
        name = on_class.name.upper()
        if name in ("STRING", "LONGSTRING"):
            kind = LONGSTRING
        elif name in _SIMPLE:
            kind = _SIMPLE[name]
        else:
            kind = self._object(n.Type(on_class.at, "OBJECT", class_name=on_class.name))
        scope.variables["%THIS"] = VariableInfo("%THIS", kind, on_class.at, "%THIS", read_only=True)
