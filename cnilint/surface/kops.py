"""kOps: the environment of the Amazon VPC networking of a Cluster, and its InstanceGroups in the same file.

kOps renders the DaemonSet itself: it lays ``env`` over defaults of its own and then sets a few variables whatever
``env`` says, so that nothing written for those ever counts (kops upup/pkg/fi/cloudup/template_functions.go,
``AmazonVpcEnvVars``). The images may be named; else the release is that of the kOps version and unknown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.knowledge.versions import image, minor
from cnilint.source.plain import Plain, child, entry
from cnilint.source.yaml import MappingNode, SequenceNode, span
from cnilint.surface.addon import literal
from cnilint.surface.kubernetes import objects
from cnilint.surface.model import MAIN, UNKNOWN, NodeGroup, Surface, mapping
from cnilint.surface.reach import first_leaf
from cnilint.surface.values import listed

if TYPE_CHECKING:
    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_API: Final = r"kops(?:\.k8s\.io)?/v1alpha[0-9]+"
# v1alpha2 and v1alpha3 (kops pkg/apis/kops/v1alpha2/networking.go, v1alpha3/networking.go).
_NETWORKS: Final = ("amazonvpc", "amazonVPC")
_IMAGES: Final = ("imageName", "image")
# What kOps writes after env, and what besides in a cluster of IPv6.
_REPLACED: Final = frozenset({"ADDITIONAL_ENI_TAGS", "ENABLE_IPv4", "ENABLE_IPv6"})
_REPLACED_IPV6: Final = frozenset({"ENABLE_PREFIX_DELEGATION", "WARM_PREFIX_TARGET"})


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each Cluster with the Amazon VPC networking, with the nodes that are known to be its own."""
    every = [item for root in roots for item in objects(root) if re.fullmatch(_API, literal(child(item, "apiVersion")))]
    clusters = [item for item in every if literal(child(item, "kind")) == "Cluster"]
    groups = [item for item in every if literal(child(item, "kind")) == "InstanceGroup"]
    found = []
    for cluster in clusters:
        network = _network(cluster)
        if network is not None:
            own = [item for item in groups if _belongs(item, cluster, alone=len(clusters) == 1)]
            nodes = (_group(text, item, cluster) for item in own)
            known = tuple(group for group in nodes if group is not None)
            found.append(_cluster(text, cluster, network)._replace(nodes=known))
    return found


def _network(cluster: Node) -> tuple[Node, Node] | None:
    """Return the key and the value of the Amazon VPC networking."""
    networking = child(child(cluster, "spec"), "networking")
    if not isinstance(networking, MappingNode):
        return None
    return next((pair for name in _NETWORKS if (pair := entry(networking, name)) is not None), None)


def _cluster(text: Text, cluster: Node, network: tuple[Node, Node]) -> Surface:
    plain = Plain(text)
    key, node = network
    spec, env = child(cluster, "spec"), child(node, "env")
    written = plain.data(env) if env is not None else None
    block = literal(child(spec, "nonMasqueradeCIDR")) or literal(child(child(spec, "networking"), "nonMasqueradeCIDR"))
    ipv6 = ":" in block if block else None
    replaced = _REPLACED | _REPLACED_IPV6 if ipv6 else _REPLACED
    settings = (
        item._replace(value=UNKNOWN) if item.name in replaced else item for item in listed(text, env, written, MAIN)
    )
    named = next((found for name in _IMAGES if (found := literal(child(node, name)))), "")
    return Surface(
        "environment", text, cluster, mapping(plain.data(cluster)), tuple(settings), {}, {}, format="kops",
        release=image(named).version, managed=False, kubernetes=minor(literal(child(spec, "kubernetesVersion"))),
        ipv6=ipv6, place=span(text, key),
    )  # fmt: skip


def _belongs(group: Node, cluster: Node, *, alone: bool) -> bool:
    """Tell whether a group is one of workers of a cluster: by its label, or because there is no other cluster."""
    labels = child(child(group, "metadata"), "labels")
    label, name = literal(child(labels, "kops.k8s.io/cluster")), literal(child(child(cluster, "metadata"), "name"))
    role = literal(child(child(group, "spec"), "role")).lower()
    return role in ("", "node") and (label == name if label and name else alone)


def _group(text: Text, group: Node, cluster: Node) -> NodeGroup | None:
    """Return a group; None where its max pods are given and cannot be told."""
    spec, name = child(group, "spec"), child(child(group, "metadata"), "name")
    mixed = child(child(spec, "mixedInstancesPolicy"), "instances")
    written = [child(spec, "machineType"), *(mixed.value if isinstance(mixed, SequenceNode) else [])]
    types = [kind for node in written for kind in literal(node).split(",") if kind]
    kubelets = (child(child(own, "kubelet"), "maxPods") for own in (spec, child(cluster, "spec")))
    pods = next((node for node in kubelets if node is not None), None)
    if pods is not None and not re.fullmatch(r"[0-9]{1,5}", literal(pods)):
        return None
    at = span(text, pods if pods is not None else name if name is not None else first_leaf(group))
    return NodeGroup(literal(name), tuple(dict.fromkeys(types)), int(literal(pods)) if pods is not None else None, at)
