"""What is asked: nodes and their max pods."""

from __future__ import annotations

from typing import Any

import pytest

from cnilint.capacity.question import nodes, same, stock
from cnilint.errors import ConfigError
from cnilint.facts import Told
from cnilint.source.text import Text
from cnilint.surface.model import NodeGroup


def group(**said: Any) -> NodeGroup:  # noqa: ANN401  # fields of any type
    return NodeGroup("pool", ("m5.large",), None, Text("a: b\n", "pool.yaml").span(3, 4), **said)


@pytest.mark.parametrize(
    "said", [{"hidden": True}, {"expression": "int(uint(max_pods))"}, {"pods_per_core": 4, "hidden": True}]
)
def test_max_pods_that_cannot_be_seen_are_asked_for(said: dict[str, Any]) -> None:
    asked = stock(Told(), (group(**said),))
    with pytest.raises(ConfigError) as caught:
        nodes(asked, (), (), (None, 110))
    assert str(caught.value) == "pool.yaml:1:4: the max pods of pool cannot be told: say them with --max-pods"
    assert [node.max_pods for node in nodes(asked, (), (), (29, 110))] == [29]


@pytest.mark.parametrize(
    ("said", "max_pods"),
    [
        ({"pods_per_core": 4}, None),
        ({"expression": "max_pods - 9"}, 20),
        ({"managed": True}, 110),
        ({"windows": True}, 0),
    ],
)
def test_max_pods_of_a_group(said: dict[str, Any], max_pods: int | None) -> None:
    asked = stock(Told(), (group(**said),))
    if max_pods is None:
        with pytest.raises(ConfigError):
            nodes(asked, (), (), (None, None))
    elif not max_pods:
        with pytest.raises(ConfigError, match="no instance type is known"):
            nodes(asked, (), (), (None, None))
    else:
        (node,) = nodes(asked, (), (), (None, 110))
        assert (node.max_pods, node.managed) == (max_pods, said.get("managed", False))


def test_what_is_compared_with_a_file_that_says_two_things_needs_max_pods() -> None:
    found = nodes(stock(Told(), (group(), group(managed=True))), (), (), (None, None))
    with pytest.raises(ConfigError, match=r"x\.yaml has m5\.large with several max pods"):
        same(found, "x.yaml")
    assert same(found[:1], "x.yaml") == found[0]
