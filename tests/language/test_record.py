"""Classes declared by their attributes: their constructors, defaults, equality."""

from __future__ import annotations

import pytest

from soul.language.record import Record, field
from soul.language.tree import children


class Point(Record):
    x: int
    y: int = 7


class Named(Point):
    labels: list[str] = field(default_factory=list, kw_only=True)
    name: str = ""


class Deeper(Named):
    pass


def test_attributes_in_order_with_those_of_the_base_class_first() -> None:
    assert Named.declared == {"x": "int", "y": "int", "labels": "list[str]", "name": "str"}
    made = Named(1, 2, "n", labels=["a"])
    assert (made.x, made.y, made.name, made.labels) == (1, 2, "n", ["a"])
    assert repr(made) == "Named(x=1, y=2, labels=['a'], name='n')"


def test_defaults_are_made_for_each_object() -> None:
    one, two = Named(1), Named(x=1)
    assert one == two
    assert one.y == 7
    one.labels.append("a")
    assert two.labels == []
    assert one != two


def test_a_class_does_not_take_the_constructor_of_its_base_class() -> None:
    assert Point(1).y == 7
    assert Deeper(1, 2, "n").name == "n"
    assert Named(1, 2, "n").name == "n"


def test_objects_of_different_classes_differ_and_none_is_hashable() -> None:
    assert Named(1) != Deeper(1)
    with pytest.raises(TypeError):
        hash(Point(1))


@pytest.mark.parametrize("again", [False, True])
def test_wrong_calls_are_refused_the_first_time_and_later(again: bool) -> None:
    class Fresh(Record):
        x: int

    if again:
        Fresh(1)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Fresh()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Fresh(1, z=2)  # type: ignore[call-arg]


def test_children_of_a_node_leave_labels_out() -> None:
    from soul.language import nodes as n
    from soul.language.source import NOWHERE

    number = n.NumberLiteral(NOWHERE, "1")
    print_ = n.SetText(NOWHERE, n.Variable(NOWHERE, "%X"), n.TextLine(NOWHERE, ["a", number]))
    assert [type(each).__name__ for each in children(print_)] == ["Variable", "TextLine"]
    assert list(children(n.TextLine(NOWHERE, ["a", number]))) == [number]
