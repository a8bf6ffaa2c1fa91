"""What becomes part of what when surfaces belong together."""

from __future__ import annotations

import pytest

from cnilint.source.text import Text
from cnilint.surface import Surface, surfaces
from cnilint.surface.joined import joined

ADDON = "{addonName: vpc-cni, clusterName: %s, configurationValues: '{\"env\": {%s}}'}"
PATCH = (
    "{kind: DaemonSet, metadata: {name: aws-node}, spec: {template: {spec: {containers:"
    " [{name: aws-node, env: [{name: MAX_ENI, value: '%s'}]}]}}}}"
)
POOL = (
    "{kind: NodePool, apiVersion: karpenter.sh/v1, metadata: {name: %s}, spec: {template: {spec: {requirements:"
    " [{key: node.kubernetes.io/instance-type, operator: In, values: [m5.large]}]}}}}"
)
ENI_CONFIG = "{kind: ENIConfig, apiVersion: crd.k8s.amazonaws.com/v1alpha1, metadata: {name: %s}, spec: {subnet: s}}"
HELPER = (
    "{kind: Deployment, metadata: {name: cni-metrics-helper}, spec: {template: {spec: {containers:"
    " [{name: cni-metrics-helper, env: [{name: USE_CLOUDWATCH, value: 'no'}]}]}}}}"
)
ONE, OTHER = ADDON % ("a", '"MAX_ENI": "3"'), ADDON % ("b", '"WARM_ENI_TARGET": "2"')


def file(*documents: str, path: str = "x.yaml") -> list[Surface]:
    """Return the surfaces of a file before they are joined."""
    return surfaces(Text("\n---\n".join(documents), path))


def seen(found: list[Surface]) -> list[tuple[str, dict[str, list[str]], list[str]]]:
    """Return of each surface its kind, its siblings and its nodes."""
    return [
        (
            surface.kind,
            {kind: [item.name for item in items] for kind, items in surface.siblings.items()},
            [group.name for group in surface.nodes],
        )
        for surface in found
    ]


@pytest.mark.parametrize("named", [True, False])
def test_one_add_on_has_all_objects_and_nodes(*, named: bool) -> None:
    found = joined([*file(ENI_CONFIG % "e", POOL % "p"), *file(ONE), *file(POOL % "q")], named=named)
    assert seen(found) == [("addon", {"ENIConfig": ["e"]}, ["p", "q"])]


@pytest.mark.parametrize("named", [True, False])
def test_what_stands_aside_stays_where_nothing_configures_aws_node(*, named: bool) -> None:
    apart = [*file(ENI_CONFIG % "e"), *file(POOL % "p")]
    assert joined(apart, named=named) == apart
    assert joined([], named=named) == []


def test_of_two_add_ons_nobody_knows_whose_the_nodes_and_objects_are() -> None:
    apart = file(ONE, OTHER, ENI_CONFIG % "e", POOL % "p")
    assert sorted(seen(joined(apart, named=False))) == [
        ("addon", {}, []),
        ("addon", {}, []),
        ("nodes", {}, ["p"]),
        ("objects", {"ENIConfig": ["e"]}, []),
    ]
    assert seen(joined(apart, named=True)) == [("addon", {"ENIConfig": ["e"]}, ["p"])] * 2


def test_of_two_kinds_objects_are_joined_and_nodes_are_not() -> None:
    apart = file(ONE, PATCH % "4", ENI_CONFIG % "e", POOL % "p")
    assert sorted(seen(joined(apart, named=False))) == [
        ("addon", {"ENIConfig": ["e"]}, []),
        ("daemonset", {"ENIConfig": ["e"]}, []),
        ("nodes", {}, ["p"]),
    ]


def test_siblings_and_nodes_are_never_doubled() -> None:
    apart = file(ONE, PATCH % "4", ENI_CONFIG % "e", ENI_CONFIG % "f", POOL % "p")
    again = joined(joined(apart, named=True), named=True)
    assert [names for _, *names in seen(again)] == [[{"ENIConfig": ["e", "f"]}, ["p"]]] * 2
    assert seen(joined(apart + apart, named=True))[0][1:] == ({"ENIConfig": ["e", "f"]}, ["p"])


def test_objects_with_settings_of_their_own_stay_without_their_siblings() -> None:
    apart = [*file(ONE), *file(HELPER, ENI_CONFIG % "e")]
    found = joined(apart, named=True)
    assert [(surface.kind, [item.name for item in surface.settings]) for surface in found] == [
        ("addon", ["MAX_ENI"]),
        ("objects", ["USE_CLOUDWATCH"]),
    ]
    assert found[0].siblings.keys() == {"ENIConfig"}
    assert found[1].siblings == {}


def test_a_repeated_key_stays_with_its_text() -> None:
    twice = (ENI_CONFIG % "e").replace("subnet: s", "subnet: s, subnet: t")
    found = joined([*file(ONE, path="a.yaml"), *file(twice, path="b.yaml")], named=True)
    assert [(surface.text.path, [item.key for item in surface.repeated]) for surface in found] == [
        ("a.yaml", []),
        ("b.yaml", ["subnet"]),
    ]


def test_each_surface_knows_those_before_it() -> None:
    found = joined([*file(ONE), *file(PATCH % "4"), *file(OTHER)], named=True)
    assert [[other.kind for other in surface.beside] for surface in found] == [[], ["addon"], ["addon", "daemonset"]]
    apart = joined(file(ONE, OTHER, PATCH % "4"), named=False)
    assert [surface.beside for surface in apart] == [(), (), ()]
    patches = joined([*file(PATCH % "4"), *file(PATCH % "5")], named=True)
    assert [surface.beside for surface in patches] == [(), ()]


def test_what_others_set_is_told() -> None:
    found = joined([*file(ONE), *file(PATCH % "4"), *file(OTHER)], named=True)
    assert [{name for _, name in surface.elsewhere} for surface in found] == [
        {"WARM_ENI_TARGET"},
        {"WARM_ENI_TARGET"},
        {"MAX_ENI"},
    ]
    assert [surface.partial for surface in found] == [False, True, False]
    unseen = file("{addonName: vpc-cni, clusterName: a, configurationValues: '${VALUES}'}")
    assert [surface.partial for surface in joined([*file(ONE), *unseen], named=True)] == [True, True]
    live = [surface._replace(live=True) for surface in file(ONE)]
    (first, *_) = joined([*live, *file(OTHER), *unseen], named=True)
    assert (first.partial, first.elsewhere) == (False, frozenset())
