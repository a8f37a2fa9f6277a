"""The clauses of declarations, parameters and image items: which go where, and what they set.

m204wiki, Using variables and values in computation; Subroutines; Copy qualifier for subroutine parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, cast

from soul.language import nodes
from soul.language.complaints import SyntaxRefusal

STRING_LIMIT = 255
PLACES_LIMIT = 15


class Clause(nodes.Node):
    """One clause: its keyword and what it says."""

    word: str
    value: Any = None


DECLARATION_CLAUSES = frozenset(
    ["LEN", "DP", "ARRAY", "INITIAL", "NO", "AUTO", "GLOBAL", "SESSION", "STATIC", "COMMON", "READONLY"]
)
PARAMETER_CLAUSES = frozenset(
    [
        "LEN",
        "DP",
        "ARRAY",
        "DEFAULT",
        "INPUT",
        "OUTPUT",
        "INPUTOUTPUT",
        "INOUT",
        "COPY",
        "NOCOPY",
        "OPTIONAL",
        "NAMEREQUIRED",
        "NAMEALLOWED",
        "ALLOWNULL",
    ]
)
TYPE_CLAUSES = frozenset({"LEN", "DP"})
IMAGE_CLAUSES = frozenset({"LEN", "DP", "OCCURS", "DEPENDING", "AFTER", "AT", "TO", "INITIAL", "WORDS", "LEN_ITEM"})

# Clauses that say different things about one matter: only one of each family may be given.
_FAMILY: Mapping[str, str] = MappingProxyType(
    {
        "INPUT": "direction",
        "OUTPUT": "direction",
        "INPUTOUTPUT": "direction",
        "INOUT": "direction",
        "COPY": "copying",
        "NOCOPY": "copying",
        "NAMEREQUIRED": "naming",
        "NAMEALLOWED": "naming",
        "GLOBAL": "lifetime",
        "SESSION": "lifetime",
    }
)
_LENGTH_TYPES = frozenset({"STRING"})
_PLACES_TYPES = frozenset({"STRING", "FIXED", "PACKED", "ZONED", "BINARY"})


def sort_out(
    clauses: Iterable[Clause] | None, allowed: frozenset[str], where: str, type_: nodes.Type
) -> dict[str, Clause]:
    """Return the clauses by keyword, after Len and Dp have been put into the (innermost) type.

    Raises SyntaxRefusal for a clause that does not belong here, comes twice, or does not fit the type.
    """
    found: dict[str, Clause] = {}
    families: set[str] = set()
    for clause in clauses or ():
        family = _FAMILY.get(clause.word, clause.word)
        if clause.word not in allowed:
            raise SyntaxRefusal("SOUL.1017", clause.at, clause=clause.word.capitalize(), where=where)
        if family in families and clause.word != "WORDS":
            raise SyntaxRefusal("SOUL.1018", clause.at, clause=clause.word.capitalize())
        families.add(family)
        found[clause.word] = clause
    innermost = type_
    while innermost.of is not None:
        innermost = innermost.of
    if length := found.pop("LEN", None):
        _fits(length, innermost, _LENGTH_TYPES, allowed)
        innermost.length = _number(length, 1, STRING_LIMIT)
    if places := found.pop("DP", None):
        _fits(places, innermost, _PLACES_TYPES, allowed)
        innermost.decimals = "*" if places.value == "*" else _number(places, 0, PLACES_LIMIT)
    return found


def _fits(clause: Clause, type_: nodes.Type, types: frozenset[str], allowed: frozenset[str]) -> None:
    if type_.name not in types and allowed is not IMAGE_CLAUSES:
        where = f"with {type_.name.capitalize()}"
        raise SyntaxRefusal("SOUL.1017", clause.at, clause=clause.word.capitalize(), where=where)


def _number(clause: Clause, low: int, high: int) -> int:
    text = str(clause.value)
    if not text.isdecimal() or len(text) > 9 or not low <= int(text) <= high:
        raise SyntaxRefusal("SOUL.1020", clause.at, what=clause.word.capitalize(), low=low, high=high)
    return int(text)


def _bounds(clause: Clause) -> list[int | None]:
    bounds: list[int | None] = []
    for bound in clause.value:
        if bound.type == "STAR":
            bounds.append(None)
            continue
        bounds.append(_number(Clause(bound.at, "an array bound", bound.value), 1, 999_999_999))
    if len(bounds) > 3:
        raise SyntaxRefusal("SOUL.1024", clause.at)
    return bounds


def declaration(at: Any, name: str, type_: nodes.Type, clauses: list[Clause] | None) -> nodes.Declaration:
    """Return the declaration of a variable."""
    found = sort_out(clauses, DECLARATION_CLAUSES, "in the declaration of a variable", type_)
    array = found.get("ARRAY")
    initial = found.get("INITIAL")
    return nodes.Declaration(
        at,
        name,
        type_,
        None if array is None else _bounds(array),
        None if initial is None else initial.value,
        static="STATIC" in found,
        common="COMMON" in found,
        field_save="NO" not in found,
        options=[word for word in ("AUTO", "GLOBAL", "SESSION", "READONLY") if word in found],
    )


def parameter(at: Any, name: str, type_: nodes.Type, clauses: list[Clause] | None) -> nodes.Parameter:
    """Return a parameter of a subroutine or method."""
    found = sort_out(clauses, PARAMETER_CLAUSES, "in a parameter", type_)
    rank = 0
    if array := found.get("ARRAY"):
        rank = len(_bounds(array))
    output = any(word in found for word in ("OUTPUT", "INPUTOUTPUT", "INOUT"))
    naming = "REQUIRED" if "NAMEREQUIRED" in found else "ALLOWED" if "NAMEALLOWED" in found else ""
    default = found.get("DEFAULT")
    return nodes.Parameter(
        at,
        name,
        type_,
        rank,
        "OUTPUT" if output else "INPUT",
        copy="COPY" in found,
        optional="OPTIONAL" in found or default is not None,
        default=None if default is None else default.value,
        named=cast(Literal["", "ALLOWED", "REQUIRED"], naming),
    )


def image_item(at: Any, name: str, type_: nodes.Type, clauses: list[Clause] | None) -> nodes.ImageItem:
    """Return an item of an image."""
    words: list[str] = [word for clause in clauses or () if clause.word == "WORDS" for word in clause.value]
    found = sort_out(clauses, IMAGE_CLAUSES, "in an image item", type_)

    def place(word: str) -> int | str | None:
        return found[word].value if word in found else None

    end = place("TO")
    initial = found.get("INITIAL")
    return nodes.ImageItem(
        at,
        name,
        type_,
        occurs=place("OCCURS"),
        depending_on=str(place("DEPENDING") or ""),
        length_item=str(place("LEN_ITEM") or ""),
        initial=None if initial is None else initial.value,
        after=str(place("AFTER") or ""),
        position=place("AT"),
        end=end if isinstance(end, int) else None,
        clauses=words,
    )


def image_array(at: Any, name: str, occurs: int | None, clauses: list[Clause] | None) -> nodes.ImageArray:
    """Return an array of image items, still without them."""
    nothing = nodes.Type(at, "STRING")
    found = sort_out(clauses, frozenset({"DEPENDING", "AFTER", "AT"}), "in an image array", nothing)
    return nodes.ImageArray(
        at,
        name,
        occurs,
        depending_on=str(found["DEPENDING"].value) if "DEPENDING" in found else "",
        after=str(found["AFTER"].value) if "AFTER" in found else "",
        position=found["AT"].value if "AT" in found else None,
    )
