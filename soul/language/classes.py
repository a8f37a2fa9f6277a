"""Which class an expression has, before its code is made: needed to know which arguments are passed by reference."""

from __future__ import annotations

from soul.language import nodes as n
from soul.language.library import Builtin, Library, SystemClass
from soul.language.scopes import Scope


class ClassFinder:
    """Works out the class of object expressions from declarations and the library."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def class_of(self, scope: Scope, node: n.Expr) -> SystemClass | None:
        """Return the system class of `node`, or None when it has none."""
        match node:
            case n.Variable():
                info = scope.variables.get(node.name)
                if info is not None and info.type.kind == "object":
                    return self.library.system_class(info.type.class_name)
            case n.ClassReference():
                return self.library.system_class(node.class_name.name)
            case n.MethodCall():
                builtin = self.method(scope, node)
                if builtin is not None and builtin.result_class:
                    return self.library.system_class(builtin.result_class)
        return None

    def method(self, scope: Scope, node: n.MethodCall) -> Builtin | None:
        """Return the built-in behind a method call, or None."""
        owner = self.class_of(scope, node.target)
        if owner is None:
            return None if isinstance(node.target, n.ClassReference) else self.library.intrinsic(node.name)
        found = owner.method(node.name) or owner.constructor(node.name)
        if found is None:
            member = owner.property_(node.name)
            found = member.get if member is not None else None
        return found

    def is_member(self, scope: Scope, node: n.MethodCall) -> bool:
        """Say whether the method belongs to a class (so that its parameters do not begin with the value)."""
        return self.class_of(scope, node.target) is not None
