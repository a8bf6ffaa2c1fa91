"""Nodes: Node objects, Karpenter's, nodeadm's NodeConfig and kubelet's own configuration, as YAML or JSON.

A file may hold several of a kind; they make one surface a kind, with a group for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.knowledge.instances import instance
from cnilint.record import NamedTuple
from cnilint.source.nodes import Offset
from cnilint.source.plain import child, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface import karpenter
from cnilint.surface.kubelet import configuration, is_node_config, node_config, whole
from cnilint.surface.model import NodeGroup, Surface
from cnilint.surface.reach import first_leaf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.kubelet import Kubelet

_TYPE_LABELS: Final = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
# Labels that tell which nodes are alike; without one of them a node is told by its own name.
_GROUP_LABELS: Final = ("eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool", "alpha.eksctl.io/nodegroup-name")
# fargate, auto and hybrid: nodes without aws-node.
_COMPUTE_TYPE: Final = "eks.amazonaws.com/compute-type"


class Found(NamedTuple):
    """An object: its kind and apiVersion, those of its list where it has none of its own, and its node."""

    kind: str
    version: str
    node: Node


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each kind of document that says something of nodes' types or max pods.

    Raises SourceError where user data in an EC2NodeClass is broken.
    """
    seen: set[int] = set()
    found = [item for root in roots for item in _objects(root, seen)]
    groups = {
        "kubernetes": list(_nodes(text, found)),
        "karpenter": karpenter.groups(text, found),
        "nodeadm": list(_configs(text, found, "node.eks.aws/")),
        "kubelet": list(_configs(text, found, "kubelet.config.k8s.io/")),
    }
    return [_surface(text, form, tuple(listed)) for form, listed in groups.items() if listed]


def _surface(text: Text, form: str, groups: tuple[NodeGroup, ...]) -> Surface:
    node = ScalarNode(None, "", Offset(0), Offset(0), '"')
    return Surface("nodes", text, node, {}, (), {}, {}, format=form, nodes=groups, place=groups[0].at)


def _objects(root: Node, seen: set[int], kind: str = "", version: str = "") -> Iterator[Found]:
    """Yield the objects of a document: itself, or the items of a list; what aliases repeat is told once."""
    if not isinstance(root, MappingNode) or id(root) in seen:
        return
    seen.add(id(root))
    kind, version = _text(child(root, "kind")) or kind, _text(child(root, "apiVersion")) or version
    listed = child(root, "items")
    if isinstance(listed, SequenceNode) and kind.endswith("List"):
        for item in listed.value:
            yield from _objects(item, seen, kind.removesuffix("List"), "" if kind == "List" else version)
    else:
        yield Found(kind, version, root)


def _text(node: Node | None) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""


def _configs(text: Text, found: list[Found], group: str) -> Iterator[NodeGroup]:
    """Yield the nodes of each NodeConfig, or KubeletConfiguration, that says something of max pods."""
    for kind, version, node in found:
        said: Kubelet | None = None
        if version.startswith(group) and kind == "KubeletConfiguration":
            said = configuration(text, node)
        elif version.startswith(group) and is_node_config(node):
            said = node_config(text, node)
        if said and not said.silent:
            name = _text(child(child(node, "metadata"), "name"))
            yield said.group(name, span(text, child(node, "kind") or first_leaf(node)))


def _nodes(text: Text, found: list[Found]) -> Iterator[NodeGroup]:
    """Yield the nodes of a cluster, those that are alike once."""
    known: set[tuple[str, ...]] = set()
    for kind, version, node in found:
        group = _node(text, node) if kind == "Node" and version in ("v1", "") else None
        if group is not None:
            like = (group.name, *group.types, str(group.max_pods))
            if like not in known:
                known.add(like)
                yield group


def _node(text: Text, node: Node) -> NodeGroup | None:
    """Return what a Node tells; None for one that is no EC2 instance, or that does not run aws-node."""
    metadata, status = child(node, "metadata"), child(node, "status")
    labels = child(metadata, "labels")
    type_node = next((item for label in _TYPE_LABELS if (item := child(labels, label)) is not None), None)
    kind, provider = _text(type_node), _text(child(child(node, "spec"), "providerID"))
    system = _text(child(labels, "kubernetes.io/os")) or _text(child(child(status, "nodeInfo"), "operatingSystem"))
    if not (provider.startswith("aws:") if provider else instance(kind)) or _text(child(labels, _COMPUTE_TYPE)):
        return None
    pods = child(child(status, "allocatable"), "pods") or child(child(status, "capacity"), "pods")
    name = next((_text(child(labels, label)) for label in _GROUP_LABELS if child(labels, label) is not None), "")
    name = name or _text(child(metadata, "name"))
    at = span(text, pods or type_node or child(metadata, "name") or first_leaf(node))
    number = whole(str(scalar(pods))) if isinstance(pods, ScalarNode) else None
    hidden = pods is not None and number is None
    return NodeGroup(name, (kind,) if kind else (), number, at, hidden=hidden, windows=system == "windows")
