"""What each expression rule of `grammar/soul.lark` builds. An action gets the children of its rule, all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from soul.language import nodes
from soul.language.complaints import SyntaxRefusal
from soul.language.lexer import Token
from soul.language.source import Span

Children: TypeAlias = list[Any]
Action: TypeAlias = Callable[[Children], Any]

_OPPOSITE: Mapping[str, str] = MappingProxyType({"=": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"})
_LEVEL: Mapping[str, str] = MappingProxyType({"+": "sum", "-": "sum", "*": "product", "/": "product"})
_METHOD_LIMIT = 100


# Words with an At that is none of Print's: those are followed by a number, or by Column.
_AT_A_WORD = re.compile(r"[A-Z][\w ]* AT (?!COLUMN )[A-Z][\w .,;']*")


class TrailingComment(Exception):
    """The words after an asterisk are a comment: the statement ends before it, at this place in the source."""

    def __init__(self, start: int) -> None:
        self.start = start
        super().__init__(start)


def join(first: Any, last: Any) -> Span:
    """Return the span from the beginning of `first` to the end of `last`; both have `at`."""
    a, b = first.at, last.at
    return Span(a[0], a[1], a[2], b[3], b[4])


def name_of(token: Token) -> nodes.Name:
    """Return a token as a name."""
    return nodes.Name(token.at, token.value)


def optional_name(token: Token | None) -> nodes.Name | None:
    """Return a token as a name; None for one that is absent."""
    return None if token is None else name_of(token)


def cover(children: Children) -> Span:
    """Return the span of all children that are there; lists count by their last member."""
    last: Any = None
    for child in reversed(children):
        last = child
        while isinstance(last, list):
            last = last[-1] if last else None
        if last is not None:
            break
    return join(children[0] if children[0] is not None else next(c for c in children if c is not None), last)


def first_item(c: Children) -> list[Any]:
    """Begin a list."""
    return [c[0]]


def next_item(c: Children) -> list[Any]:
    """Add to a list."""
    c[0].append(c[1])
    return c[0]  # type: ignore[no-any-return]


def next_after_comma(c: Children) -> list[Any]:
    """Add to a list after a comma."""
    c[0].append(c[2])
    return c[0]  # type: ignore[no-any-return]


def logical(c: Children) -> nodes.Logical:
    """And, Or, Nor: chains of one operator become one node."""
    left, operator, right = c
    if isinstance(left, nodes.Logical) and left.operator == operator.value:
        left.operands.append(right)
        left.at = join(left, right)
        return left
    return nodes.Logical(join(left, right), operator.value, [left, right])


def negated(c: Children) -> nodes.Not:
    """Not."""
    return nodes.Not(join(c[0], c[1]), c[1])


def compare(c: Children) -> nodes.Comparison:
    """A comparison; Is alone is equality."""
    operator = c[1].value
    return nodes.Comparison(join(c[0], c[2]), "=" if operator == "IS" else operator, c[0], c[2])


def compare_not(c: Children) -> nodes.Comparison:
    """`Not =` and its like: the opposite operator."""
    return nodes.Comparison(join(c[0], c[3]), _OPPOSITE[c[2].value], c[0], c[3])  # type: ignore[arg-type]


def compare_is(c: Children) -> nodes.Comparison:
    """`Is` before an operator: no more than the operator."""
    return nodes.Comparison(join(c[0], c[3]), c[2].value, c[0], c[3])


def compare_is_not(c: Children) -> nodes.Comparison:
    """`Is Not` before an operator: the opposite one."""
    return nodes.Comparison(join(c[0], c[4]), _OPPOSITE[c[3].value], c[0], c[4])  # type: ignore[arg-type]


def compare_not_is(c: Children) -> nodes.Comparison:
    """`Is Not` before an operand."""
    return nodes.Comparison(join(c[0], c[3]), "!=", c[0], c[3])


def like(c: Children) -> nodes.Like:
    """`[Is] [Not] Like`, by the number of words."""
    return nodes.Like(join(c[0], c[-1]), c[0], c[-1], any(t.type == "NOT" for t in c[1:-1]))


def present(c: Children) -> nodes.IsPresent:
    """`Is [Not] Present`."""
    return nodes.IsPresent(join(c[0], c[-1]), c[0], len(c) == 4)


def null(c: Children) -> nodes.IsNull:
    """`Is [Not] Null`."""
    return nodes.IsNull(join(c[0], c[-1]), c[0], len(c) == 4)


def instance(c: Children) -> nodes.IsInstance:
    """`Is Instance Of class`."""
    return nodes.IsInstance(join(c[0], c[4]), c[0], nodes.ClassName(c[4].at, c[4].value))


def concat(c: Children) -> nodes.Concat:
    """`With`: `c` is (left, With, right) or, implied, (left, right)."""
    left, right = c[0], c[-1]
    if isinstance(left, nodes.Concat):
        left.parts.append(right)
        left.at = join(left, right)
        return left
    return nodes.Concat(join(left, right), [left, right])


def arithmetic(c: Children) -> nodes.Arithmetic:
    """A chain of + and -, or of * and /."""
    left, operator, right = c
    if isinstance(left, nodes.Arithmetic) and _LEVEL[left.rest[0][0]] == _LEVEL[operator.value]:
        left.rest.append((operator.value, right))
        left.at = join(left, right)
        return left
    return nodes.Arithmetic(join(left, right), left, [(operator.value, right)])


def product(c: Children) -> nodes.Arithmetic:
    """* and /. Two or more plain words after ` * ` up to the end of the line are a comment, not a field."""
    operator: Token = c[1]
    text = operator.line.text
    if operator.value == "*" and isinstance(c[2], nodes.BareName):
        around = text[operator.start - 1 : operator.start], text[operator.end : operator.end + 1]
        words = " ".join(text[operator.end :].upper().split())
        plain = " " in words and words == c[2].name.upper()
        if all(side in (" ", "\t") for side in around) and (plain or _AT_A_WORD.fullmatch(words)):
            raise TrailingComment(operator.start)
    return arithmetic(c)


def sign(c: Children) -> nodes.Expr:
    """A sign. Directly before a digit it belongs to the literal, also when methods follow: `-.1:toPower(2.8)`."""
    mark: Token = c[0]
    innermost = c[1]
    while isinstance(innermost, nodes.MethodCall):
        innermost = innermost.target
    at = mark.at
    if isinstance(innermost, nodes.NumberLiteral) and innermost.text[0] not in "+-":
        place = innermost.at
        if (place.line, place.column) == (at.end_line, at.end_column):
            innermost.text = mark.value.replace("+", "") + innermost.text
            innermost.at = join(mark, innermost)
            outer = c[1]
            while isinstance(outer, nodes.MethodCall):
                outer.at = join(mark, outer)
                outer = outer.target
            return c[1]  # type: ignore[no-any-return]
    return nodes.Unary(join(mark, c[1]), mark.value, c[1])  # type: ignore[arg-type]


def variable(c: Children) -> nodes.Variable:
    """`%x`, with subscripts or item numbers."""
    if len(c) == 1:
        return nodes.Variable(c[0].at, c[0].value)
    return nodes.Variable(_with_groups(c[0], c[1]), c[0].value, [list(group) for group in c[1]])


def field_variable(c: Children) -> nodes.FieldVariable:
    """`%%x`."""
    groups = [list(group) for group in c[1]] if len(c) > 1 else []
    at = _with_groups(c[0], c[1]) if groups or len(c) > 1 else c[0].at
    return nodes.FieldVariable(at, c[0].value[1:], groups)


class Arguments(list[nodes.Argument]):
    """The arguments between one pair of parentheses, with the place of the pair."""

    __slots__ = ("at",)

    at: Span


def _with_groups(first: Any, groups: list[Arguments]) -> Span:
    return join(first, groups[-1])


def no_arguments(c: Children) -> Arguments:
    """`()`."""
    found = Arguments()
    found.at = join(c[0], c[1])
    return found


def arguments(c: Children) -> Arguments:
    """`( .. )`."""
    found = Arguments(c[1])
    found.at = join(c[0], c[2])
    return found


def argument(c: Children) -> nodes.Argument:
    """An expression as an argument."""
    return nodes.Argument(c[0].at, c[0])


def named_argument(c: Children) -> nodes.Argument:
    """`name=value`."""
    return nodes.Argument(join(c[0], c[1]), c[1], c[0].value)


def list_argument(c: Children) -> nodes.Argument:
    """`List name`."""
    at = join(c[0], c[1])
    return nodes.Argument(at, nodes.ListArgument(at, c[1].value))


def _omitted(comma: Token) -> nodes.Argument:
    return nodes.Argument(comma.at, None)


def omitted_two(c: Children) -> list[nodes.Argument]:
    """`(,`: both sides left out (so far)."""
    return [_omitted(c[0]), _omitted(c[0])]


def omitted_first(c: Children) -> list[nodes.Argument]:
    """`(, x`."""
    return [_omitted(c[0]), c[1]]


def omitted_next(c: Children) -> list[nodes.Argument]:
    """`.. ,` with nothing after it."""
    c[0].append(_omitted(c[1]))
    return c[0]  # type: ignore[no-any-return]


def quoted(c: Children) -> nodes.StringLiteral:
    """Quoted text."""
    return nodes.StringLiteral(c[0].at, c[0].value)


def number(c: Children) -> nodes.NumberLiteral:
    """A number."""
    return nodes.NumberLiteral(c[0].at, c[0].value)


def self_reference(c: Children) -> nodes.SelfReference:
    """`@`."""
    return nodes.SelfReference(c[0].at)


def function(c: Children) -> nodes.FunctionCall:
    """`$name` with or without parentheses."""
    if len(c) == 1:
        return nodes.FunctionCall(c[0].at, c[0].value, None)
    return nodes.FunctionCall(join(c[0], c[1]), c[0].value, list(c[1]))


def class_name(words: list[Token]) -> nodes.ClassName:
    """Return the class that these words name."""
    return nodes.ClassName(cover(words), " ".join(word.value for word in words).replace("+ ", "+"))


def class_reference(c: Children) -> nodes.ClassReference:
    """`%(class)`."""
    return nodes.ClassReference(join(c[0], c[2]), class_name(c[1]))


def enhancement(c: Children) -> list[Token]:
    """`+container` in the qualifier of an enhancement method."""
    return [c[0], *c[1]]


def member(c: Children) -> Children:
    """The name after a colon: [name token, groups, qualifier]."""
    return [c[0], c[1] if len(c) > 1 else [], None]


def narrowing(c: Children) -> Children:
    """`:(class)` without a name."""
    return [c[2], [], class_name(c[1])]


def qualified_member(c: Children) -> Children:
    """`:(class)name(..)`."""
    return [c[3], c[4] if len(c) > 4 else [], class_name(c[1])]


def method(c: Children) -> nodes.MethodCall:
    """`target:member`. The depth of a chain is bounded, as later phases descend into it."""
    target, _, (name, groups, qualifier) = c
    depth, inner = 0, target
    while isinstance(inner, nodes.MethodCall):
        depth, inner = depth + 1, inner.target
    if depth >= _METHOD_LIMIT:
        raise SyntaxRefusal("SOUL.1019", name.at, limit=_METHOD_LIMIT, what="method calls in one chain")
    last = groups[-1] if groups else name
    text = name.value if name.type != "RPAR" else ""
    given = list(groups[0]) if groups else None
    return nodes.MethodCall(join(target, last), target, text, given, qualifier, [list(group) for group in groups[1:]])


def parenthesis(c: Children) -> Any:
    """`( .. )`: grouping leaves no node."""
    return c[1]


def words(c: Children) -> list[Token]:
    """The first word of a name that may have several."""
    return [c[0]]


def bare_name(c: Children) -> nodes.BareName:
    """Words that are a field, an enumeration value or a method value."""
    found: list[Token] = c[0]
    return nodes.BareName(cover(found), " ".join(word.value for word in found))


def named_call(c: Children) -> nodes.NamedCall:
    """`name(..)`."""
    found: list[Token] = c[0]
    return nodes.NamedCall(join(found[0], c[1]), " ".join(word.value for word in found), list(c[1]))


def reserved_call(c: Children) -> nodes.NamedCall:
    """`eq(this, 2)`: a reserved word called like a constructor."""
    return nodes.NamedCall(join(c[0], c[1]), c[0].value, list(c[1]))


def label_query(c: Children) -> nodes.LabelQuery:
    """`Count In label` and its like."""
    return nodes.LabelQuery(join(c[0], c[2]), c[0].value, nodes.Name(c[2].at, c[2].value))


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "first_item": first_item,
        "next_item": next_item,
        "next_after_comma": next_after_comma,
        "logical": logical,
        "negated": negated,
        "compare": compare,
        "compare_not": compare_not,
        "compare_not_is": compare_not_is,
        "compare_is": compare_is,
        "compare_is_not": compare_is_not,
        "like": like,
        "like_is": like,
        "unlike": like,
        "unlike_is": like,
        "present": present,
        "not_present": present,
        "null": null,
        "not_null": null,
        "instance": instance,
        "concat": concat,
        "concat_implied": concat,
        "arithmetic": arithmetic,
        "product": product,
        "sign": sign,
        "variable": variable,
        "field_variable": field_variable,
        "no_arguments": no_arguments,
        "arguments": arguments,
        "argument": argument,
        "named_argument": named_argument,
        "list_argument": list_argument,
        "omitted_two": omitted_two,
        "omitted_first": omitted_first,
        "omitted_next": omitted_next,
        "quoted": quoted,
        "number": number,
        "self_reference": self_reference,
        "function": function,
        "class_reference": class_reference,
        "enhancement": enhancement,
        "member": member,
        "narrowing": narrowing,
        "qualified_member": qualified_member,
        "method": method,
        "parenthesis": parenthesis,
        "words": words,
        "more_words": next_item,
        "bare_name": bare_name,
        "named_call": named_call,
        "reserved_call": reserved_call,
        "label_query": label_query,
    }
)
