"""The fast named tuple does what ``typing.NamedTuple`` does."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from cnilint.finding import Location
from cnilint.record import NamedTuple


class Point(NamedTuple):
    """A point."""

    x: int
    y: int = 2
    names: tuple[Missing, ...] = ()  # type: ignore[name-defined]  # noqa: F821  # annotations are never looked up

    @property
    def total(self) -> int:
        return self.x + self.y


def test_values_come_by_place_and_by_name() -> None:
    assert Point(1) == Point(1, 2, ()) == Point(x=1) == Point(1, names=()) == (1, 2, ())
    assert (Point(1, 5).total, Point(3)._replace(y=4), Point(1)._asdict()) == (
        6,
        (3, 4, ()),
        {"x": 1, "y": 2, "names": ()},
    )
    assert (Point._fields, Point._field_defaults) == (("x", "y", "names"), {"y": 2, "names": ()})
    assert Point._make([7, 8, ()]) == (7, 8, ())
    assert (Point.__doc__, Point.__module__, repr(Point(1))) == ("A point.", __name__, "Point(x=1, y=2, names=())")
    match Point(4):
        case Point(x, y):
            assert (x, y) == (4, 2)


@pytest.mark.parametrize(("values", "named"), [((), {}), ((1, 2, (), 4), {}), ((1,), {"x": 1}), ((1,), {"z": 3})])
def test_wrong_values_are_refused(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Point takes x, y, names"):
        Point(*values, **named)


def test_a_tuple_cannot_be_changed_and_can_be_sent() -> None:
    place = Location("a", 1, 2, 3, 4, "x")
    with pytest.raises(AttributeError):
        place.line = 5  # type: ignore[misc]
    with pytest.raises(AttributeError):
        place.other = 5  # type: ignore[attr-defined]
    sent = pickle.loads(pickle.dumps(place))  # noqa: S301  # what this test wrote itself
    assert (sent, type(sent)) == (place, Location)
    assert hash(place) == hash(tuple(place))
