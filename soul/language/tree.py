"""Walking the tree of a request without knowing each node."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from soul.language import nodes as n

_PLAIN = frozenset(("at", "name", "text", "destination", "operator", "written", "labels", "kind"))

# Kinds of statements with statements inside, and those of them that have one list of them.
_BODIES = frozenset((n.ForCounter, n.Repeat, n.Block, n.SimpleSubroutine, n.OnUnit, n.Subroutine, n.RecordStatement))
_BLOCKS = frozenset((*_BODIES, n.If, n.Try))


@cache
def _parts(node_class: type[n.Node]) -> tuple[str, ...]:
    return tuple(name for name, kind in node_class.declared.items() if name not in _PLAIN or "TextLine" in kind)


def children(node: n.Node) -> Iterator[n.Node]:
    """Give the nodes directly below `node`, in source order; labels and names of things are left out."""
    for part in _parts(type(node)):  # type: ignore[arg-type]
        value = getattr(node, part)
        if isinstance(value, n.Node):
            yield value
        elif isinstance(value, list):
            yield from _in_list(value)


def _in_list(values: list[object]) -> Iterator[n.Node]:
    for value in values:
        if isinstance(value, n.Node):
            yield value
        elif isinstance(value, list):
            yield from _in_list(value)
        elif isinstance(value, tuple):
            for part in value:
                if isinstance(part, n.Node):
                    yield part


def bodies(statement: n.Statement) -> list[n.Body]:
    """Return the statement lists directly inside `statement`."""
    kind = type(statement)
    if kind not in _BLOCKS:
        return []
    if kind in _BODIES:
        return [statement.body]  # type: ignore[attr-defined]
    if isinstance(statement, n.If):
        found = [branch.body for branch in statement.branches]
        return [*found, statement.otherwise] if statement.otherwise is not None else found
    assert isinstance(statement, n.Try)
    found = [statement.body, *(catch.body for catch in statement.catches)]
    return [*found, statement.success] if statement.success is not None else found


def inside(body: n.Body) -> Iterator[n.Statement]:
    """Give all statements of `body` and of the blocks in it, but not those of subroutines and On units."""
    waiting = list(reversed(body))
    while waiting:
        statement = waiting.pop()
        yield statement
        if not isinstance(statement, n.SimpleSubroutine | n.OnUnit | n.Subroutine):
            for inner in reversed(bodies(statement)):
                waiting.extend(reversed(inner))
