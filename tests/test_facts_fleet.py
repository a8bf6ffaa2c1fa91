"""Nodes in number: whether their subnets carry them, and node groups of mixed sizes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.capacity.subnet import carried, subnet
from cnilint.facts import Facts, Told
from cnilint.knowledge.instances import all_types
from cnilint.knowledge.vocabulary import vocabulary
from cnilint.source.text import Span, Text
from cnilint.source.yaml import documents
from cnilint.surface import NodeGroup, values

PUBLIC = ("10.0.0.0/26",)


def facts(env: str, *groups: NodeGroup, **told: object) -> Facts:
    text = Text(f"env: {{{env or 'WARM_ENI_TARGET: ' + repr('1')}}}\n")
    surface = values.surfaces(text, list(documents(text)))[0]._replace(nodes=groups)
    return Facts(surface, Told(**told))  # type: ignore[arg-type]


def fleets(env: str, *groups: NodeGroup, **told: object) -> list[dict[str, Any]]:
    return facts(env, *groups, **told)["fleets"]  # type: ignore[return-value]


def group(*types: str, most: int | None = 10, subnets: tuple[str, ...] = PUBLIC, **more: object) -> NodeGroup:
    text = Text("here", "x.yaml")
    about: dict[str, object] = {"max_pods": None, **more}
    return NodeGroup("g", types, at=Span(text, 0, 4), most=most, subnets=subnets, **about)  # type: ignore[arg-type]


TOLD: dict[str, object] = {"subnets": ("10.0.0.0/24",), "nodes": 9, "instance_types": ("m5.large",)}


@pytest.mark.parametrize(
    ("env", "told", "found"),
    [
        # nodes, pods, addresses, free, carried, fits; at 1 pod two interfaces with 20 addresses
        ("", {}, (9, 1, 180, 251, 12, True)),
        ("", {"pods_per_node": 10}, (9, 10, 270, 251, 8, False)),
        ("", {"pods_per_node": 10, "nodes": 8}, (8, 10, 240, 251, 8, True)),
        ("", {"subnets": ("10.0.0.0/25", 50)}, (9, 1, 180, 173, 8, False)),
        # as if all were of the type that takes the least
        ("", {"pods_per_node": 10, "instance_types": ("m5.large", "t3.medium", "m5.4xlarge")},
         (9, 10, 162, 251, 13, True)),
        ("ENABLE_PREFIX_DELEGATION: 'true'", {"pods_per_node": 10}, (9, 10, 297, 251, 7, False)),
        # the address of the primary interface is in another subnet
        ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true'", {}, (9, 1, 180, 251, 12, True)),
        # the pool stops to grow at max pods
        ("", {"instance_types": ("m5.4xlarge",), "pods_per_node": 20, "max_pods": 29, "subnets": (500,)},
         (9, 20, 270, 500, 16, True)),
    ],
)  # fmt: skip
def test_the_fleet_of_the_configuration(env: str, told: dict[str, object], found: tuple[object, ...]) -> None:
    (fleet,) = fleets(env, **{**TOLD, **told})
    assert (*(fleet[key] for key in ("nodes", "pods", "addresses", "free", "carried", "fits")),) == found
    assert (fleet["told"], fleet["at"].content) == (True, "env")


@pytest.mark.parametrize(
    ("env", "groups", "told"),
    [
        ("", (), {"nodes": None}),
        ("", (), {"subnets": ()}),
        ("", (), {"instance_types": ()}),
        ("", (group("m5.large", more=True),), {}),
        ("", (group(),), {}),
        ("", (group("x9.huge"),), {}),
        ("", (group("m5.large", hidden=True),), {}),
        ("WARM_IP_TARGET: '${X}'", (), {}),
        ("ENABLE_IMDS_ONLY_MODE: 'true'", (), {}),
        ("DISABLE_NETWORK_RESOURCE_PROVISIONING: '${X}'", (), {}),
        ("ENABLE_IPv6: 'true', ENABLE_PREFIX_DELEGATION: 'true'", (), {}),
        # no interface is in the pods' subnet
        ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', MAX_ENI: '1'", (), {}),
    ],
)
def test_what_is_not_known_is_no_fleet(env: str, groups: tuple[NodeGroup, ...], told: dict[str, object]) -> None:
    assert fleets(env, *groups, **{**TOLD, **told}) == []


def test_groups_share_the_subnets_that_they_are_in() -> None:
    found = fleets(
        "",
        group("m5.large", most=1),
        group("m5.4xlarge", "m5.large", most=2),
        group("m5.large", most=3, subnets=("10.0.1.0/24",)),
        # nothing is known of how many, where, or what
        group("m5.large", most=None),
        group("m5.large", subnets=()),
        group("x9.huge", most=50),
        group("m5.large", subnets=("10.0.0.0/99",)),
        group("m5.large", windows=True),
    )
    keys = ("nodes", "types", "addresses", "free", "fits", "told")
    assert [tuple(fleet[key] for key in keys) for fleet in found] == [
        (3, ["m5.large", "m5.4xlarge"], 60, 59, False, False),
        (3, ["m5.large"], 60, 251, True, False),
    ]
    assert ["carried" in fleet for fleet in found] == [False, False]
    assert found[0]["saved"] == 3 * 4


def test_under_custom_networking_the_subnets_of_the_nodes_are_not_the_pods() -> None:
    assert fleets("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true'", group("m5.4xlarge", most=99)) == []


@given(
    st.lists(st.sampled_from(all_types()), min_size=1, max_size=3),
    st.integers(1, 60),
    st.integers(16, 28),
    st.integers(1, 200),
    st.sampled_from(["", "WARM_IP_TARGET: '2', MINIMUM_IP_TARGET: '12'", "ENABLE_PREFIX_DELEGATION: 'true'"]),
)
def test_it_is_what_capacity_says_of_the_thriftiest_type(
    types: list[str], pods: int, bits: int, nodes: int, env: str
) -> None:
    room = subnet(f"10.0.0.0/{bits}")
    told = {"subnets": (room.cidr,), "nodes": nodes, "pods_per_node": pods}
    (fleet,) = fleets(env, instance_types=tuple(types), **told)
    each = [fleets(env, instance_types=(name,), **told)[0] for name in types]
    # a type may take fewer single addresses and another fewer prefixes
    assert fleet["carried"] >= max(one["carried"] for one in each)
    assert fleet["addresses"] <= min(one["addresses"] for one in each)
    for one in each:
        taken = (one["addresses"] - 16 * one["prefixes"]) // nodes, one["prefixes"] // nodes
        assert one["carried"] == carried(room, *taken)
    if "saved" in fleet:
        assert fleet["saved"] <= room.addresses


def mixed(env: str, *groups: NodeGroup, **told: object) -> list[tuple[object, ...]]:
    found: list[dict[str, object]] = facts(env, *groups, **told)["mixedGroups"]  # type: ignore[assignment]
    return [tuple(item[key] for key in ("group", "smallest", "least", "largest", "most")) for item in found]


@pytest.mark.parametrize(
    ("env", "described", "told", "found"),
    [
        ("", group("m5.xlarge", "m5.large", "m5.4xlarge", managed=True), {},
         [("g", "m5.large", 29, "m5.4xlarge", 110)]),
        ("", group("m5.large", "m5.xlarge", managed=True, more=True), {}, [("g", "m5.large", 29, "m5.xlarge", 58)]),
        ("", group("m5.large", "x9.huge", "m5.xlarge", managed=True), {}, [("g", "m5.large", 29, "m5.xlarge", 58)]),
        ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true'", group("m5.large", "m5.xlarge", managed=True), {},
         [("g", "m5.large", 20, "m5.xlarge", 44)]),
        ("ENABLE_PREFIX_DELEGATION: 'true'", group("m5.large", "m5.xlarge", managed=True), {}, []),
        ("MAX_ENI: '${X}'", group("m5.large", "m5.xlarge", managed=True), {}, []),
        ("", group("m5.large", "m5.xlarge"), {}, []),
        ("", group("m5.large", "m5.xlarge", managed=True, max_pods=29), {}, []),
        ("", group("m5.large", "m5.xlarge", managed=True, hidden=True), {}, []),
        ("", group("m5.large", "m5.xlarge", managed=True, expression="max_pods"), {}, []),
        ("", group("m5.large", "m5.xlarge", managed=True, pods_per_core=10), {}, []),
        ("", group("m5.large", "m5.xlarge", managed=True, windows=True), {}, []),
        ("", group("m5.large", "m5.xlarge", managed=True), {"max_pods": 29}, []),
        ("", group("m5.large", managed=True), {}, []),
        # its vCPUs, and so its limit, are not known
        ("", group("m5.large", "bmn-sf1.metal", managed=True), {}, []),
    ],
)  # fmt: skip
def test_groups_of_mixed_sizes(
    env: str, described: NodeGroup, told: dict[str, object], found: list[tuple[object, ...]]
) -> None:
    assert mixed(env, described, **told) == found


def test_the_elements_are_those_of_the_vocabulary() -> None:
    fields: dict[str, object] = vocabulary()["fleets"][1][1]  # type: ignore[assignment]
    assert fleets("", **TOLD)[0].keys() <= fields.keys()
    fields = vocabulary()["mixedGroups"][1][1]  # type: ignore[assignment]
    held = facts("", group("m5.large", "m5.xlarge", managed=True))["mixedGroups"]
    assert held[0].keys() == fields.keys()  # type: ignore[index]
