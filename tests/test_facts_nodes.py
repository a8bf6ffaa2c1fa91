"""The facts of nodes that a file describes: each group's own max pods, and what stays unknown."""

from __future__ import annotations

import pytest

from cnilint.facts import Facts, Told
from cnilint.knowledge.maxpods import computed, fault
from cnilint.knowledge.vocabulary import vocabulary
from cnilint.source.text import Span, Text
from cnilint.source.yaml import documents
from cnilint.surface import NodeGroup, values

ENV = "env: {ENABLE_PREFIX_DELEGATION: 'false'}\n"


def nodes(*groups: NodeGroup, **told: object) -> list[dict[str, object]]:
    text = Text(ENV)
    surface = values.surfaces(text, list(documents(text)))[0]._replace(nodes=groups)
    return Facts(surface, Told(**told))["nodes"]  # type: ignore[arg-type,return-value]


def group(*types: str, pods: int | None = None, **more: object) -> NodeGroup:
    text = Text("here", "x.yaml")
    return NodeGroup("g", types, pods, Span(text, 0, 4), **more)  # type: ignore[arg-type]


def stated(*groups: NodeGroup, **told: object) -> list[tuple[object, ...]]:
    found = nodes(*groups, **told)
    return [(item.get("type"), item.get("statedMaxPods"), item.get("maxPods")) for item in found]


@pytest.mark.parametrize(
    ("described", "told", "found"),
    [
        (group("m5.large", pods=58), {}, [("m5.large", 58, 58)]),
        (group("m5.large"), {}, [("m5.large", None, 29)]),
        (group("m5.large"), {"max_pods": 20}, [("m5.large", None, 20)]),
        (group("m5.large", pods=58), {"max_pods": 20}, [("m5.large", 58, 58)]),
        (group("m5.large", hidden=True), {}, [("m5.large", None, None)]),
        (group("m5.large", hidden=True), {"max_pods": 20}, [("m5.large", None, 20)]),
        (group("m5.large", pods=58, windows=True), {}, []),
        (group("x9.huge", pods=58), {}, [("x9.huge", 58, 58)]),
        (group(pods=58), {}, [(None, 58, 58)]),
        (group("m5.large", more=True), {}, [("m5.large", None, 29), (None, None, None)]),
        # EKS' own limit for its node groups, where the file says nothing
        (group("m5.large", pods=200, managed=True), {}, [("m5.large", 200, 200)]),
        (group("m5.4xlarge", managed=True), {}, [("m5.4xlarge", None, 110)]),
        (group("m5.4xlarge"), {}, [("m5.4xlarge", None, 234)]),
        (group("c5n.18xlarge", managed=True), {}, [("c5n.18xlarge", None, 250)]),
        # podsPerCore
        (group("m5.large", pods=58, pods_per_core=10), {}, [("m5.large", 20, 20)]),
        (group("m5.large", pods_per_core=10), {}, [("m5.large", None, 20)]),
        (group("x9.huge", pods=58, pods_per_core=10), {}, [("x9.huge", None, None)]),
        # nodeadm's expression
        (group("m5.large", expression="(default_enis - 1) * (ips_per_eni - 1) + 2"), {}, [("m5.large", 20, 20)]),
        (group("m5.large", expression="max_pods * 2.0"), {}, [("m5.large", 29, 29)]),
        (group("m5.large", expression="max_pods - 100"), {}, [("m5.large", 29, 29)]),
        (group("m5.large", expression="[1][0]"), {}, [("m5.large", None, None)]),
        # what was told gives way to what the file says of the same type
        (group("m5.large", pods=58), {"instance_types": ("m5.large", "t3.medium")},
         [("t3.medium", None, 17), ("m5.large", 58, 58)]),
    ],
)  # fmt: skip
def test_a_group_has_its_own_max_pods_where_the_file_says_so(
    described: NodeGroup, told: dict[str, object], found: list[tuple[object, ...]]
) -> None:
    assert stated(described, **told) == found


def test_every_element_has_a_place_and_told_ones_that_of_the_surface() -> None:
    told, described = nodes(group("m5.large"), instance_types=("t3.medium",))
    assert ("group" in told, told["at"].content) == (False, "env")  # type: ignore[attr-defined]
    assert (described["group"], described["at"].content) == ("g", "here")  # type: ignore[attr-defined]
    fields: dict[str, object] = vocabulary()["nodes"][1][1]  # type: ignore[assignment]
    full = nodes(group("m5.large", pods=1, expression="max_pods", aside=(5, described["at"]), managed=True))[0]
    assert full.keys() <= fields.keys()


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("((default_enis - 1) * (ips_per_eni - 1)) + 2", ""),
        ("max_pods > 110 ? 110 : max_pods", ""),
        ("int(double(max_pods) * 0.5)", ""),
        ("(default_enis - 1", "expected"),
        ("max_enis * 2", "max_enis"),
        ("min(110, max_pods)", "min"),
        ("max_pods * 0.5", "int"),
        ("size('abc')", None),
        ("uint(5)", None),
        ("0x10", None),
    ],
)
def test_an_expression_is_faulty_only_where_that_is_sure(expression: str, wrong: str | None) -> None:
    found = fault(expression)
    assert found == wrong if not wrong else wrong in (found or "")


def test_an_expression_is_computed_as_nodeadm_does() -> None:
    assert computed("(default_enis * ((ips_per_eni - 1) * 16)) + 2", 3, 6, 17) == 242
    assert computed("((default_enis - 1) * (ips_per_eni - 1)) + 2", 3, 6, 17) == 12
    assert computed("max_pods / 0", 3, 6, 17) == 17
    assert computed("max_pods == 17", 3, 6, 17) is None
    assert computed("double(max_pods) * 1.9", 3, 6, 17) == 32
