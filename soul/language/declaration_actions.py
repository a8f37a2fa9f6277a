"""What each rule of `grammar/soul.lark` for declarations builds: types, clauses, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from soul.language import clauses as clause_rules, nodes
from soul.language.clauses import Clause
from soul.language.expression_actions import Action, Children, cover, join, name_of
from soul.language.lexer import Token


def declare(c: Children) -> nodes.Declaration:
    """`[Declare] %x [Is] type [clauses]`."""
    return clause_rules.declaration(cover(c), c[1].value, c[3], c[4])


def declare_subroutine(c: Children) -> nodes.DeclareSubroutine:
    """`Declare Subroutine name (types)`."""
    return nodes.DeclareSubroutine(cover(c), name_of(c[2]), list(c[3] or ()))


def simple_type(c: Children) -> nodes.Type:
    """Float, String, ..."""
    return nodes.Type(c[0].at, c[0].value)


def class_type(c: Children) -> nodes.Type:
    """Object, Enumeration, Structure with a class; `For itemtype` of a SortOrder goes to `of`."""
    name = c[0].value
    if name == "ENUMERATION" and c[1].value == "BOOLEAN":
        return nodes.Type(cover(c), "BOOLEAN")
    return nodes.Type(cover(c), name, class_name=c[1].value, of=c[3] if len(c) > 2 else None)


def class_type_in(c: Children) -> nodes.Type:
    """`Object Recordset In [File|Group] name`: objects of records, which are refused by name."""
    return nodes.Type(cover(c), c[0].value, class_name=c[1].value)


def collection_type(c: Children) -> nodes.Type:
    """`[Collection] Arraylist Of type`."""
    return nodes.Type(cover(c), "COLLECTION", class_name=c[-3].value, of=c[-1])


def clause_number(c: Children) -> Clause:
    """Len n, Dp n, Dp *."""
    return Clause(join(c[0], c[1]), c[0].value, c[1].value)


def clause_array(c: Children) -> Clause:
    """Array(bounds)."""
    return Clause(join(c[0], c[3]), "ARRAY", c[2])


def clause_value(c: Children) -> Clause:
    """Initial(value), Default(value)."""
    return Clause(join(c[0], c[3]), c[0].value, c[2])


def clause_no(c: Children) -> Clause:
    """No FS."""
    return Clause(join(c[0], c[1]), "NO")


def clause_flag(c: Children) -> Clause:
    """A clause of one word, or with a quoted name."""
    return Clause(cover(c), c[0].value, c[1].value if len(c) > 1 else None)


def no_parameters(c: Children) -> list[nodes.Parameter]:
    """`()`."""
    return []


def parameters(c: Children) -> list[nodes.Parameter]:
    """`( .. )`."""
    return c[1]  # type: ignore[no-any-return]


def parameter(c: Children) -> nodes.Parameter:
    """`%x Is type clauses`."""
    return clause_rules.parameter(cover(c), c[0].value, c[2], c[3])


def parameter_type(c: Children) -> nodes.Parameter:
    """A parameter of Declare Subroutine: no name."""
    return clause_rules.parameter(cover(c), "", c[0], c[1])


def parameter_list_of(c: Children) -> nodes.Parameter:
    """`List name [In [File] f]`."""
    at = cover(c)
    source = " ".join(token.value for token in c[3:])
    return nodes.Parameter(at, c[1].value, nodes.Type(at, "LIST"), is_list=True, source=source)


def parameter_bare(c: Children) -> nodes.Parameter:
    """A list named without the word List."""
    return nodes.Parameter(c[0].at, c[0].value, nodes.Type(c[0].at, "LIST"), is_list=True)


def variables_are(c: Children) -> nodes.VariablesAre:
    """`Variables Are type` or Undefined."""
    if isinstance(c[2], Token):
        return nodes.VariablesAre(cover(c), nodes.Type(c[2].at, "UNDEFINED"))
    clause_rules.sort_out(c[3], clause_rules.TYPE_CLAUSES, "with Variables Are", c[2])
    return nodes.VariablesAre(cover(c), c[2])


def sirius_case(c: Children) -> nodes.SiriusCase:
    """`Sirius Case ..`."""
    return nodes.SiriusCase(cover(c), c[2].value)


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        name: action
        for name, action in globals().items()
        if callable(action) and getattr(action, "__module__", "") == __name__ and not name.startswith("_")
    }
)
