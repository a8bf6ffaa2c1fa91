"""eksctl's ClusterConfig: the add-on vpc-cni and the nodes it will run on.

Source: eksctl-io/eksctl pkg/apis/eksctl.io/v1alpha5 (``addon.go``, ``types.go``) and userdocs "Creating addons".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnilint.source.inset import inset
from cnilint.source.plain import child, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface.addon import Keys, is_cni, literal, said, values_of
from cnilint.surface.model import NodeGroup, Surface
from cnilint.surface.reach import first_leaf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilint.source.text import Span, Text
    from cnilint.source.yaml import Node

_ROLES: Final = frozenset(
    {"attachPolicy", "attachPolicyARNs", "podIdentityAssociations", "serviceAccountRoleARN", "wellKnownPolicies"}
)
_ADDON: Final = Keys("name", "version", "configurationValues", (("resolveConflicts", "both"),))
# What makes of a managed node group one whose image, or its start, is not EKS' own.
_CUSTOM: Final = ("ami", "launchTemplate", "overrideBootstrapCommand")
# What puts a node group into some of the cluster's subnets, or into others.
_PLACED: Final = ("subnets", "availabilityZones", "localZones", "outpostARN")
_GROUPS: Final = (("nodeGroups", False), ("managedNodeGroups", True))
# Where a node group's max pods may stand, outright.
_MAX_PODS: Final = (
    ("maxPodsPerNode",),
    ("kubeletExtraConfig", "maxPods"),
    ("bottlerocket", "settings", "kubernetes", "max-pods"),
)
# In a script: bootstrap.sh's argument for kubelet, or a NodeConfig. What follows may be no number, but a variable.
_IN_SCRIPT: Final = r"(?:--max-pods(?:=|[ \t]+)|\bmaxPods(?:Expression)?[\"']?:[ \t]*)[\"']?([^\s\"',;)}]*)"
# A name in capitals, such as CLUSTER_NAME, stands for another.
_NAME: Final = r"(?=.*[a-z])[A-Za-z0-9][A-Za-z0-9_-]*"
_REGION: Final = r"[a-z]{2}(?:-[a-z]+)+-[0-9]+"
_BLOCK: Final = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}"
_TYPE: Final = r"[a-z][a-z0-9-]*\.[a-z0-9-]+"


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each add-on vpc-cni of each ClusterConfig, or one for its nodes where there is none.

    Raises SourceError where the add-on's configuration values cannot be parsed.
    """
    return [surface for root in roots if _is_config(root) for surface in _all(text, root)]


def _is_config(root: Node) -> bool:
    return (
        literal(child(root, "kind")) == "ClusterConfig" and literal(child(root, "apiVersion")) == "eksctl.io/v1alpha5"
    )


def _all(text: Text, root: Node) -> Iterator[Surface]:
    groups = tuple(_groups(text, root))
    fields: dict[str, Any] = {"format": "eksctl", "nodes": groups, **_cluster(root)}
    found = [item for item in listed(child(root, "addons")) if is_cni(item, _ADDON)]
    for item in found:
        about = said(text, item, _ADDON)
        about["addon"] = about["addon"]._replace(roles=tuple(_roles(text, item)))
        yield values_of(text, child(item, _ADDON.values), **fields, **about)
    if groups and not found:
        yield Surface("nodes", text, root, {}, (), {}, {}, place=groups[0].at, **fields)


def _roles(text: Text, item: Node) -> Iterator[tuple[str, Span]]:
    """Yield the fields that give the add-on an IAM role; eksctl takes one (pkg/apis/eksctl.io/v1alpha5/addon.go)."""
    for key, value in item.value if isinstance(item, MappingNode) else ():
        policies = key.value == "wellKnownPolicies" and isinstance(value, MappingNode)
        given = [scalar(each) is True for _, each in value.value if isinstance(each, ScalarNode)] if policies else ()
        if key.value in _ROLES and (any(given) if policies else value.value):
            yield key.value, span(text, key)


def _cluster(root: Node) -> dict[str, Any]:  # Any: fields of a Surface
    metadata = child(root, "metadata")
    family = literal(child(child(root, "kubernetesNetworkConfig"), "ipFamily")).lower()
    return {
        "kubernetes": kubernetes(literal(child(metadata, "version"))),
        "ipv6": {"ipv6": True, "ipv4": False}.get(family),
        "cluster": _name(metadata),
    }


def _name(metadata: Node | None) -> str:
    """Return region and name of a cluster; the name alone where the region is not told; "" if that is put in later."""
    name, region = literal(child(metadata, "name")), literal(child(metadata, "region"))
    if not re.fullmatch(_NAME, name):
        return ""
    return f"{region}/{name}" if re.fullmatch(_REGION, region) else name


def kubernetes(version: str) -> str | None:
    """Return a version of Kubernetes as EKS writes it, or None for any other text, such as ``auto``."""
    return version if re.fullmatch(r"1\.[0-9]{1,3}", version) else None


def listed(node: Node | None) -> Iterable[Node]:
    """Return the items of a list, none of anything else."""
    return node.value if isinstance(node, SequenceNode) and node.tag is None else ()


def _groups(text: Text, root: Node) -> Iterator[NodeGroup]:
    for key, managed in _GROUPS:
        for node in listed(child(root, key)):
            group = _group(text, node, managed=managed) if isinstance(node, MappingNode) else None
            if group is not None:
                yield group._replace(most=_most(node), subnets=_subnets(root, node))


def _most(node: Node) -> int | None:
    """Return how many nodes a group may have; the number that is wanted where no most is said."""
    found = [scalar(item) for key in ("maxSize", "desiredCapacity") if isinstance(item := child(node, key), ScalarNode)]
    return next((number for number in found if type(number) is int and number > 0), None)


def _subnets(root: Node, node: Node) -> tuple[str, ...]:
    """Return the blocks of the subnets that a group's nodes may be in; none where one is not told.

    A group is in all private or all public subnets of the cluster, unless it names some.
    """
    if any(child(node, key) is not None for key in _PLACED):
        return ()
    private = child(node, "privateNetworking")
    inside = False if private is None else scalar(private) if isinstance(private, ScalarNode) else None
    if type(inside) is not bool:
        return ()
    listed = child(child(child(root, "vpc"), "subnets"), "private" if inside else "public")
    entries = [value for _, value in listed.value] if isinstance(listed, MappingNode) else []
    found = tuple(literal(child(entry, "cidr")) for entry in entries)
    return found if all(re.fullmatch(_BLOCK, cidr) for cidr in found) else ()


def _group(text: Text, node: Node, *, managed: bool) -> NodeGroup | None:
    """Return a node group; None for Windows, where aws-node does not run."""
    if literal(child(node, "amiFamily")).startswith("Windows"):
        return None
    name = child(node, "name")
    here = span(text, name if isinstance(name, ScalarNode) else first_leaf(node))
    pods, at = _max_pods(text, node)
    own = managed and not any(child(node, key) is not None for key in _CUSTOM)
    return NodeGroup(literal(name), _types(node), pods, at or here, own, hidden=at is not None and pods is None)


def _types(node: Node) -> tuple[str, ...]:
    """Return the instance types of a group; none where they are selected by what they can do, or put in later."""
    if child(node, "instanceSelector") is not None:
        return ()
    mixed = child(child(node, "instancesDistribution"), "instanceTypes")
    one = child(node, "instanceType")
    nodes = [*listed(child(node, "instanceTypes")), *listed(mixed)]
    # With a distribution eksctl itself writes "mixed" there.
    nodes += [one] if one is not None and literal(one) != "mixed" else []
    return instance_types(nodes)


def instance_types(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Return the names of instance types in a list, each once; none where one of them is not known."""
    names = tuple(dict.fromkeys(literal(node) for node in nodes))
    return names if all(re.fullmatch(_TYPE, name) for name in names) else ()


def _max_pods(text: Text, node: Node) -> tuple[int | None, Span | None]:
    """Return the max pods that a group gives its kubelets, and where; a place without a number: it is not known."""
    for path in _MAX_PODS:
        found: Node | None = node
        for key in path:
            found = child(found, key)
        if found is not None:
            number = scalar(found) if isinstance(found, ScalarNode) else None
            return (number if type(number) is int else None), span(text, found)
    script = child(node, "overrideBootstrapCommand")
    if not isinstance(script, ScalarNode):
        return None, None
    return in_script(inset(text, script))


def in_script(script: Text) -> tuple[int | None, Span | None]:
    """Return the max pods that a bootstrap script or a NodeConfig gives kubelet, and where; the last one counts."""
    found = list(re.finditer(_IN_SCRIPT, script.content))
    if not found:
        return None, None
    number = found[-1][1]
    return (int(number) if re.fullmatch("[0-9]{1,6}", number) else None), script.span(*found[-1].span(1))
