"""Calls of $functions, intrinsic methods, members of system classes and local methods.

Source: m204wiki, SOUL $functions; Notation conventions for methods; Local and Common entities.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from soul.language import nodes as n, problems as p, refused as r
from soul.language.code import Code
from soul.language.context import Context
from soul.language.forms import Forms
from soul.language.image_items import Images
from soul.language.library import Builtin, Kind, Parameter, SystemClass
from soul.language.problems import nearest
from soul.language.scopes import ParameterInfo, Signature
from soul.language.source import Span
from soul.language.types import BOOLEAN, DOCUMENTED_CLASSES, EXCEPTIONS, UNKNOWN_CLASS, SoulType
from soul.language.variables import typed
from soul.language.words import OTHER_FUNCTIONS

if TYPE_CHECKING:
    from soul.language.expressions import Expressions


# $functions that want an image, by the place of that argument.
IMAGE_ARGUMENTS = {
    "$IMGINF": 0,
    "$IMGOVL": 0,
    "$LSTR_GET_IMAGE": 0,
    "$LSTR_SET_IMAGE": 0,
    "$LISTNEWI": 0,
    "$LISTIMG": 1,
    "$LISTADDI": 1,
    "$LISTINSI": 2,
    "$LISTINFI": 2,
}


class Calls:
    """Emits calls."""

    def __init__(self, context: Context, expressions: Expressions) -> None:
        self.context = context
        self.build = context.build
        self.expressions = expressions
        self.images = Images(context, expressions)
        self.forms = Forms(context)

    # Built-ins.

    def function(self, node: n.FunctionCall, expected: SoulType | None) -> Code:
        """Return a call of a $function."""
        builtin = self.context.library.function(node.name)
        if builtin is None:
            other = OTHER_FUNCTIONS.get(node.name.upper())
            hint = f"Use {other}" if other else nearest(node.name, self.context.library.function_names())
            return self.expressions.refuse(p.NO_FUNCTION, f"{node.name} is no known $function", node.at, hint)
        if not builtin.available and node.name not in self.context.warned:
            self.context.warned.add(node.name)
            text = f"{builtin.name} is not available off the mainframe: it always returns its failure value"
            self.context.problems.warning(p.UNAVAILABLE, text, node.at)
        self._image_argument(node)
        code = self._call(builtin, node.name, [], node.arguments or [], node.at, is_long=False)
        if node.included is None:
            return code
        b, (place, responses) = self.build, node.included
        key = b.group([b.constant(self.context.program.part), b.constant(place)])
        response = b.call("included_response", key, b.group(map(b.constant, responses)))
        given = b.compare(b.keep(response), ast.IsNot(), b.constant(None))
        return Code(b.choose(given, b.kept(), code.tree), "text")

    def _image_argument(self, node: n.FunctionCall) -> None:
        """Let an item stand for its name where a function wants an image: m204wiki, $ImgInf."""
        place = IMAGE_ARGUMENTS.get(node.name)
        if place is None or len(node.arguments or ()) <= place:
            return
        argument = node.arguments[place]  # type: ignore[index]
        value = argument.value
        image = self.context.scope.image_of(value.target) if isinstance(value, n.MethodCall) else None
        if image is not None and isinstance(value, n.MethodCall):
            argument.value = n.StringLiteral(value.at, f"{image.name}:{value.name}")

    def _call(
        self, builtin: Builtin, name: str, leading: list[ast.expr], arguments: list[n.Argument], at: Span, is_long: bool
    ) -> Code:
        """Return a call of `builtin`, known as `name`; `leading` are the object or value before its arguments."""
        skipped = 1 if name.startswith("intrinsic:") else 0
        positional, named, codes = self._arguments(builtin, builtin.parameters[skipped:], arguments, at)
        b = self.build
        b.at(at)
        if builtin.forms and not named and not leading:
            written = self.forms.call(builtin, positional, codes)
            if written is not None:
                return written
        if name.startswith("$"):  # only now: a function that is written out is not looked for when the request runs
            self.context.bind("function", name)
        first = [b.name("thread")] if builtin.wants_thread else []
        # An object comes before the thread, a value (an ordinary first parameter) after it.
        placed = [*first, *leading] if skipped else [*leading, *first]
        call = ast.Call(b.name(name), [*placed, *positional], named, **b.place)
        return self._result(builtin, call, is_long)

    def _result(self, builtin: Builtin, call: ast.expr, is_long: bool) -> Code:
        kind = builtin.result
        if kind is Kind.INTEGER:
            return Code(self.build.call("float", call), "num")
        if kind is Kind.NUMBER:
            return Code(call, "num")
        if kind is Kind.STRING:
            return Code(call, "text", is_long=is_long)
        if kind is Kind.BOOLEAN:
            return Code(call, "boolean")
        if kind is Kind.VALUE:
            return Code(call, "any", is_long=is_long)
        if kind is Kind.NONE:
            return Code(call, "none")
        return Code(call, "object", builtin.result_class)

    def _arguments(
        self, builtin: Builtin, parameters: tuple[Parameter, ...], arguments: list[n.Argument], at: Span
    ) -> tuple[list[ast.expr], list[ast.keyword], list[Code | None]]:
        """Return the arguments by position and by name, and what is known of those by position."""
        positional: list[ast.expr] = []
        codes: list[Code | None] = []
        named: list[ast.keyword] = []
        given: set[str] = set()
        by_position = [each for each in parameters if not each.named_only]
        place = 0
        for argument in arguments:
            if argument.name is not None:
                self._named(builtin, parameters, argument, named, given)
                continue
            parameter = by_position[min(place, len(by_position) - 1)] if by_position else None
            if parameter is None or (place >= len(by_position) and not parameter.variadic):
                if argument.value is None and not positional:
                    continue  # `$f()` may arrive as one empty argument
                self._count(builtin, by_position, len(arguments), at)
                break
            given.add(parameter.name)
            value, code = self._argument(builtin, parameter, argument)
            positional.append(value)
            codes.append(code)
            place += 1
        while positional and self._left_out(arguments, len(positional)):
            positional.pop()
        for parameter in by_position[len(positional) :]:
            if parameter.required and not parameter.variadic and parameter.name not in given:
                self._count(builtin, by_position, len(positional), at)
                break
        for parameter in parameters:
            if parameter.named_only and parameter.required and parameter.name not in given:
                text = f"{builtin.name} needs the argument {parameter.name}="
                self.context.problems.error(p.ARGUMENT_COUNT, text, at)
        return positional, named, codes

    @staticmethod
    def _left_out(arguments: list[n.Argument], count: int) -> bool:
        by_position = [each for each in arguments if each.name is None]
        return count <= len(by_position) and by_position[count - 1].value is None

    def _count(self, builtin: Builtin, parameters: list[Parameter], given: int, at: Span) -> None:
        least = sum(1 for each in parameters if each.required)
        most = len(parameters)
        if parameters and parameters[-1].variadic:
            wanted = f"at least {least}"
        else:
            wanted = str(least) if least == most else f"{least} to {most}"
        text = f"{builtin.name} takes {wanted} argument{'' if wanted == '1' else 's'}, not {given}"
        names = ", ".join(each.name for each in parameters)
        self.context.problems.error(p.ARGUMENT_COUNT, text, at, f"Arguments: {names}" if names else "")

    def _named(
        self,
        builtin: Builtin,
        parameters: tuple[Parameter, ...],
        argument: n.Argument,
        named: list[ast.keyword],
        given: set[str],
    ) -> None:
        wanted = (argument.name or "").upper().replace("_", "")
        found = next((each for each in parameters if each.name.upper() == wanted and not each.variadic), None)
        if found is None:
            hint = nearest(wanted, (each.name for each in parameters))
            text = f"{builtin.name} has no argument called {argument.name}"
            self.context.problems.error(p.ARGUMENT_KIND, text, argument.at, hint)
            return
        if found.name in given:
            self.context.problems.error(p.ARGUMENT_KIND, f"argument {found.name} is given twice", argument.at)
        given.add(found.name)
        if argument.value is not None:
            value, _ = self._argument(builtin, found, argument)
            named.append(ast.keyword(_python_name(builtin, found), value, **self.build.place))

    def _argument(self, builtin: Builtin, parameter: Parameter, argument: n.Argument) -> tuple[ast.expr, Code | None]:
        value = argument.value
        if value is None:
            return self._omitted(builtin, parameter, argument), None
        if parameter.kind is Kind.REFERENCE:
            if isinstance(value, n.Variable):
                return self.expressions.variables.free_reference(value, argument.at), None
            text = f"argument {parameter.name} of {builtin.name} must be a variable: it receives a value"
            self.context.problems.error(p.ARGUMENT_KIND, text, argument.at)
            return self.build.constant(None), None
        expected = None
        if parameter.kind is Kind.BOOLEAN:
            expected = BOOLEAN
        elif parameter.kind is Kind.OBJECT:
            expected = SoulType("object", class_name=parameter.class_name)
        code = self.expressions.emit(value, expected)
        return self._converted(builtin, parameter, code, argument.at), code

    def _converted(self, builtin: Builtin, parameter: Parameter, code: Code, at: Span) -> ast.expr:
        convert = self.expressions.convert
        kind = parameter.kind
        if kind is Kind.STRING:
            return convert.text(code, at)
        if kind is Kind.NUMBER:
            return convert.number(code, at)
        if kind is Kind.INTEGER:
            return convert.integer(code, at)
        if kind is Kind.BOOLEAN:
            return convert.condition(code, at)
        if kind is Kind.VALUE:
            if code.kind in ("num", "text", "any"):
                return code.tree
            return convert.number(code, at) if code.kind == "cond" else convert.text(code, at)
        if kind is Kind.ARRAY and code.kind != "array":
            text = f"argument {parameter.name} of {builtin.name} must be a whole array"
            self.context.problems.error(p.ARGUMENT_KIND, text, at)
        if kind is Kind.OBJECT and parameter.class_name:
            wanted = SoulType("object", class_name=parameter.class_name)
            return convert.to_type(code, wanted, at)
        return code.tree

    def _omitted(self, builtin: Builtin, parameter: Parameter, argument: n.Argument) -> ast.expr:
        """Return the default of an argument left out between others."""
        if parameter.variadic:
            return self.build.constant(None)
        signature = inspect.signature(builtin.function)
        default = signature.parameters[_python_name(builtin, parameter)].default
        if default is inspect.Parameter.empty:
            text = f"argument {parameter.name} of {builtin.name} cannot be left out"
            self.context.problems.error(p.ARGUMENT_COUNT, text, argument.at)
            default = None
        return self.build.constant(default)

    # Methods.

    def method(self, node: n.MethodCall, expected: SoulType | None) -> Code:
        """Return a method call, a property or a constant such as `%(Boolean):True`."""
        image = self.context.scope.image_of(node.target)
        if isinstance(node.target, n.ClassReference):
            code = self._of_class(node, node.target, expected)
        elif image is not None:
            return self.images.item(image, node)
        else:
            code = self._of_value(node)
        for group in node.groups:
            code = self.item(code, group, node.at)
        return code

    def _of_class(self, node: n.MethodCall, target: n.ClassReference, expected: SoulType | None) -> Code:
        name = target.class_name.name
        if name == "LOCAL":
            return self._local(node)
        if name == "BOOLEAN":
            if node.name in ("TRUE", "FALSE"):
                return Code(self.build.constant(node.name == "TRUE"), "boolean")
            return self._no_member("Boolean", node, ("True", "False"))
        if name in EXCEPTIONS and node.name == "NEW":
            exception = self.build.call("soul_exception", self.build.constant(EXCEPTIONS[name]))
            return Code(exception, "exception", EXCEPTIONS[name])
        owner = self.context.library.system_class(name)
        if (owner is None and name in DOCUMENTED_CLASSES) or " " in name:
            form = name.title()
            if name.partition(" ")[0] not in self.context.problems.refused.classes:
                part = r.COLLECTIONS if " " in name else r.SYSTEM_CLASSES
                self.context.problems.refuse(form, part, target.at, f"class {form} is not supported")
            return self.expressions.broken()
        if name in self.context.problems.refused.types or name in self.context.problems.refused.enumerations:
            return self.expressions.broken()
        if owner is None:
            names: tuple[str, ...] = tuple(getattr(self.context.library, "class_names", tuple)())
            return self.expressions.refuse(p.NO_CLASS, f"class {name} is not known", target.at, nearest(name, names))
        return self._shared(owner, node.name, node.arguments or [], node.at) or self._not_shared(owner, node)

    def _not_shared(self, owner: SystemClass, node: n.MethodCall) -> Code:
        if owner.method(node.name) is not None or owner.property_(node.name) is not None:
            text = f"{node.name} of class {owner.name} needs an object: it is not a shared method"
            return self.expressions.refuse(p.NO_METHOD, text, node.at)
        return self._no_member(owner.name, node, owner.names())

    def _shared(self, owner: SystemClass, name: str, arguments: list[n.Argument], at: Span) -> Code | None:
        """Return a call of a constructor or shared method, or None when `name` is neither."""
        builtin = owner.constructor(name)
        if builtin is not None:
            bound = self.context.bind("constructor", owner.name.upper(), name)
            code = self._call(builtin, bound, [], arguments, at, is_long=True)
            return Code(code.tree, "object", owner.name)
        builtin = owner.method(name)
        if builtin is not None and owner.is_shared(name):
            bound = self.context.bind("method", owner.name.upper(), name)
            return self._call(builtin, bound, [], arguments, at, is_long=True)
        return None

    def _no_member(self, class_name: str, node: n.MethodCall, names: object) -> Code:
        hint = nearest(node.name, names)  # type: ignore[arg-type]
        return self.expressions.refuse(p.NO_METHOD, f"class {class_name} has no member {node.name}", node.at, hint)

    def _of_value(self, node: n.MethodCall) -> Code:
        target = self.expressions.emit(node.target)
        self.build.at(node.at)
        local = self._local_method(node, target)
        if local is not None:
            return local
        called = self.context.scope.variables.get(node.name)  # a method variable
        if target.kind == "broken" or UNKNOWN_CLASS in (target.class_name, called and called.type.class_name):
            return self.expressions.broken()
        if target.kind == "object":
            return self._member(target, node)
        if target.kind == "exception":
            name = self.build.constant(node.name)
            return Code(self.build.call("exception_property", target.tree, name), "any")
        if target.kind == "boolean":
            return self._boolean_method(target, node)
        if target.kind in ("array", "none", "null"):
            return self.expressions.refuse(p.NO_METHOD, f"{target.described} has no methods", node.at)
        return self._intrinsic(target, node)

    def _member(self, target: Code, node: n.MethodCall) -> Code:
        if node.name == "CLASSNAME" and target.class_name:
            return Code(self.build.constant(f"System:{target.class_name}"), "text")
        owner = self.context.library.system_class(target.class_name) if target.class_name else None
        if owner is None:
            return self.expressions.refuse(p.NO_METHOD, "the class of this object is not known", node.at)
        shared = self._shared(owner, node.name, node.arguments or [], node.at)
        return (
            shared
            or self._call_member(owner, target, node.name, node.arguments or [], node.at)
            or self._no_member(owner.name, node, owner.names())
        )

    def _call_member(
        self, owner: SystemClass, target: Code, name: str, arguments: list[n.Argument], at: Span
    ) -> Code | None:
        builtin, role = owner.method(name), "method"
        if builtin is None:
            member = owner.property_(name)
            builtin, role = (member.get if member is not None else None), "getter"
            if member is not None and builtin is None:
                text = f"property {member.name} of class {owner.name} can only be set"
                return self.expressions.refuse(p.NO_METHOD, text, at)
        if builtin is None:
            return None
        bound = self.context.bind(role, owner.name.upper(), name)
        return self._call(builtin, bound, [self._present(target, builtin.name)], arguments, at, is_long=True)

    def _present(self, target: Code, member: str) -> ast.expr:
        """Return the object, cancelling the request when it is Null: m204wiki, Object variables."""
        b = self.build
        if isinstance(target.tree, ast.Call):
            return b.call("not_null", target.tree, b.constant(member))
        fine = b.compare(b.keep(target.tree), ast.IsNot(), b.constant(None))
        return b.choose(fine, b.kept(), b.call("null_reference", b.constant(member)))

    def item(self, code: Code, group: list[n.Argument], at: Span) -> Code:
        """Return `%collection(index)`: the same as `%collection:item(index)`."""
        if code.kind == "broken" or code.class_name == UNKNOWN_CLASS:
            return self.expressions.broken()
        owner = self.context.library.system_class(code.class_name) if code.class_name else None
        found = self._call_member(owner, code, "ITEM", group, at) if owner is not None else None
        if found is not None:
            return found
        return self.expressions.refuse(p.SUBSCRIPTS, f"{code.described} takes no subscript", at)

    def set_property(
        self,
        owner: SystemClass,
        setter: Builtin,
        target: Code,
        node: n.MethodCall,
        value: Callable[[SoulType | None], Code],
        at: Span,
    ) -> ast.expr:
        """Return a call that sets a property: its last parameter is the value, those before it subscripts."""
        b = self.build
        parameter = setter.parameters[-1]
        expected = {Kind.BOOLEAN: BOOLEAN, Kind.OBJECT: SoulType("object", class_name=parameter.class_name)}
        code = value(expected.get(parameter.kind))
        subscripts = tuple(each for each in setter.parameters[:-1])
        positional, named, _ = self._arguments(setter, subscripts, node.arguments or [], at)
        b.at(at)
        bound = self.context.bind("setter", owner.name.upper(), node.name)
        thread = [b.name("thread")] if setter.wants_thread else []
        values = [
            self._present(target, setter.name),
            *thread,
            *positional,
            self._converted(setter, parameter, code, at),
        ]
        return ast.Call(b.name(bound), values, named, **b.place)

    def add_line(self, owner: SystemClass, target: Code, text: Code, at: Span) -> ast.expr | None:
        """Return a call of the Add method of a collection of lines, or None when it has none."""
        builtin = owner.method("ADD")
        if builtin is None or not builtin.parameters:
            return None
        bound = self.context.bind("method", owner.name.upper(), "ADD")
        thread = [self.build.name("thread")] if builtin.wants_thread else []
        value = self._converted(builtin, builtin.parameters[0], text, at)
        return self.build.call(bound, self._present(target, "Add"), *thread, value)

    def _boolean_method(self, target: Code, node: n.MethodCall) -> Code:
        b = self.build
        if node.name in ("ISTRUE", "ISFALSE"):
            value = b.compare(target.tree, ast.Is(), b.constant(node.name == "ISTRUE"))
            return Code(value, "cond")
        if node.name == "TOSTRING":
            return Code(b.call("boolean_text", target.tree), "text", longest=5)
        return self._no_member("Boolean", node, ("IsTrue", "IsFalse", "ToString"))

    def _intrinsic(self, target: Code, node: n.MethodCall) -> Code:
        builtin = self.context.library.intrinsic(node.name)
        if builtin is None or not builtin.parameters:
            hint = nearest(node.name, self.context.library.intrinsic_names())
            text = f"{target.described} has no method {node.name}"
            return self.expressions.refuse(p.NO_METHOD, text, node.at, hint)
        first = self._converted(builtin, builtin.parameters[0], target, node.at)
        bound = self.context.bind("intrinsic", node.name)
        return self._call(builtin, bound, [first], node.arguments or [], node.at, is_long=True)

    # Constructors without a class name.

    def named(self, node: n.NamedCall, expected: SoulType | None) -> Code:
        """Return `New(..)` or another constructor whose class the target gives."""
        if expected is not None and expected.class_name == UNKNOWN_CLASS:
            return self.expressions.broken()
        if expected is not None and node.name == "NEW":
            return self.construct(expected, node.name, node.arguments, node.at)
        if expected is not None and expected.kind == "object":
            found = self.implied(expected, node.name, node.arguments, node.at)
            if found is not None:
                return found
        if self.context.records or self.context.problems.refused.has_records:
            return self.expressions.field(f"{node.name}(..)", node.at)
        text = f"{node.name}(..) is a field occurrence or an array without its %; there is no record here"
        return self.expressions.refuse(
            p.NO_FIELD, text, node.at, f"Write %{node.name} or ${node.name} if that is meant"
        )

    def construct(self, wanted: SoulType, name: str, arguments: list[n.Argument], at: Span) -> Code:
        """Return a new object of the class `wanted`."""
        if wanted.class_name == UNKNOWN_CLASS:
            return self.expressions.broken()
        if wanted.kind == "boolean":
            return self.expressions.refuse(p.NO_NEW, "New is not allowed for enumerations", at)
        if wanted.kind == "exception":
            b = self.build
            return Code(b.call("soul_exception", b.constant(wanted.class_name)), "exception", wanted.class_name)
        if wanted.kind == "object":
            found = self.implied(wanted, name, arguments, at)
            if found is not None:
                return found
            return self.expressions.refuse(p.NO_NEW, f"class {wanted.class_name} has no New", at)
        return self.expressions.refuse(p.NO_NEW, f"New needs an object variable, not {wanted}", at)

    def implied(self, wanted: SoulType, name: str, arguments: list[n.Argument], at: Span) -> Code | None:
        """Return a constructor or shared method of the expected class, or None when it has none of that name."""
        owner = self.context.library.system_class(wanted.class_name) if wanted.class_name else None
        return self._shared(owner, name, arguments, at) if owner is not None else None

    # Local methods and complex subroutines.

    def _local(self, node: n.MethodCall) -> Code:
        found = [each for each in self.context.scope.find_methods(node.name) if not each.on_class]
        if not found:
            names = {each for scope in self.context.program.scopes for each in scope.methods}
            hint = nearest(node.name, names)
            return self.expressions.refuse(p.NO_METHOD, f"there is no local method {node.name}", node.at, hint)
        return self._call_signature(found[0], [], node.arguments or [], node.at)

    def _local_method(self, node: n.MethodCall, target: Code) -> Code | None:
        for signature in self.context.scope.find_methods(node.name):
            if not signature.on_class or signature.scope is None:
                continue
            this = signature.scope.variables["%THIS"].type
            fits = {"num": this.is_number, "cond": this.is_number, "text": this.is_text, "any": not this.class_name}
            if fits.get(target.kind, target.class_name.upper() == this.class_name.upper() != ""):
                value = self.expressions.convert.to_type(target, this, node.at)
                return self._call_signature(signature, [value], node.arguments or [], node.at)
        return None

    def _call_signature(
        self, signature: Signature, leading: list[ast.expr], arguments: list[n.Argument], at: Span
    ) -> Code:
        tree = self.subroutine(signature, leading, arguments, at)
        if signature.result is not None:
            return typed(tree, signature.result)
        return Code(tree, "none")

    def subroutine(
        self, signature: Signature, leading: list[ast.expr], arguments: list[n.Argument], at: Span
    ) -> ast.expr:
        """Return a call of a complex subroutine or local method: m204wiki, Subroutines."""
        placed = self._placed(signature, arguments, at)
        values: list[ast.expr] = []
        for parameter, argument in zip(signature.parameters, placed, strict=True):
            values.append(self._parameter(signature, parameter, argument, at))
        self.build.at(at)
        return self.build.call(signature.python, *leading, *values)

    def _placed(self, signature: Signature, arguments: list[n.Argument], at: Span) -> list[n.Argument | None]:
        placed: list[n.Argument | None] = [None] * len(signature.parameters)
        names = {each.name.lstrip("%"): index for index, each in enumerate(signature.parameters) if each.name}
        place = 0
        given = [each for each in arguments if each.value is not None or len(arguments) > 1]
        for argument in given:
            index = place if argument.name is None else names.get(argument.name.upper(), -1)
            place += argument.name is None
            if argument.name is not None and index < 0:
                text = f"{signature.name} has no parameter called {argument.name}"
                self.context.problems.error(p.ARGUMENT_KIND, text, argument.at, nearest(argument.name, names))
            elif index >= len(placed):
                self._parameter_count(signature, len(given), at)
                break
            else:
                placed[index] = argument
                self._check_named(signature.parameters[index], argument)
        return placed

    def _check_named(self, parameter: ParameterInfo, argument: n.Argument) -> None:
        """Complain about an argument without the name that NameRequired asks for: m204wiki, Methods."""
        if parameter.named == "REQUIRED" and argument.name is None and argument.value is not None:
            name = parameter.name.lstrip("%")
            text = f"the argument for {parameter.name} must be named"
            self.context.problems.error(p.ARGUMENT_KIND, text, argument.at, f"Write {name}=...")

    def _parameter_count(self, signature: Signature, given: int, at: Span) -> None:
        least = sum(1 for each in signature.parameters if not each.optional)
        most = len(signature.parameters)
        wanted = str(most) if least == most else f"{least} to {most}"
        text = f"{signature.name} takes {wanted} argument{'' if wanted == '1' else 's'}, not {given}"
        hint = f"It is defined in line {signature.at.line}" if signature.defined else ""
        self.context.problems.error(p.ARGUMENT_COUNT, text, at, hint)

    def _parameter(
        self, signature: Signature, parameter: ParameterInfo, argument: n.Argument | None, at: Span
    ) -> ast.expr:
        if argument is None or argument.value is None:
            if not parameter.optional:
                given = "left out"
                text = f"parameter {parameter.name or '?'} of {signature.name} cannot be {given}"
                self.context.problems.error(p.ARGUMENT_COUNT, text, at if argument is None else argument.at)
            return self.build.name("missing")
        value = argument.value
        if parameter.rank:
            return self._array(signature, parameter, value, argument.at)
        if parameter.output:
            if isinstance(value, n.Variable):
                return self.expressions.variables.reference(value, parameter.type, argument.at)
            text = f"argument for Output parameter {parameter.name} of {signature.name} must be a variable"
            self.context.problems.error(p.ARGUMENT_KIND, text, argument.at)
            return self.build.constant(None)
        return self.expressions.value(value, parameter.type)

    def _array(self, signature: Signature, parameter: ParameterInfo, value: n.Expr, at: Span) -> ast.expr:
        info = None
        if isinstance(value, n.Variable) and not value.groups:
            info = self.expressions.variables.find(value.name, value.at)
        if info is None or not info.rank:
            text = f"argument for {parameter.name} of {signature.name} must be a whole array"
            self.context.problems.error(p.ARGUMENT_KIND, text, at)
            return self.build.constant(None)
        if info.rank != parameter.rank or info.type != parameter.type:
            text = (
                f"{info.name} is {info.type} with {info.rank} dimensions, parameter {parameter.name} of "
                f"{signature.name} is {parameter.type} with {parameter.rank}"
            )
            self.context.problems.error(p.ARGUMENT_KIND, text, at)
        if parameter.output:
            self.expressions.variables.check_assignable(info, at)
        return self.build.name(info.python)


def _python_name(builtin: Builtin, parameter: Parameter) -> str:
    """Return the name the Python function has for `parameter`."""
    for name in inspect.signature(builtin.function).parameters:
        if name.rstrip("_").replace("_", "") == parameter.name:
            return name
    return parameter.name
