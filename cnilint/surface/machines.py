"""Machines of Cluster API Provider AWS: their instance types, and the max pods that their bootstrap gives kubelet.

A MachineDeployment or MachinePool names both by reference: the infrastructure (AWSMachineTemplate, AWSMachinePool,
AWSManagedMachinePool) and the bootstrap (EKSConfig, NodeadmConfig and their templates), and the Cluster by its name; an
object may bear that in a label as well. Source:
cluster-api-provider-aws api/v1beta2, exp/api/v1beta2 and bootstrap/eks/api/v1beta2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.source.plain import child
from cnilint.source.yaml import ScalarNode, SequenceNode, span
from cnilint.surface.addon import literal
from cnilint.surface.model import NodeGroup
from cnilint.surface.reach import first_leaf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_MACHINES: Final = frozenset({"AWSMachineTemplate", "AWSMachinePool", "AWSManagedMachinePool"})
_BOOTSTRAPS: Final = frozenset({"EKSConfig", "EKSConfigTemplate", "NodeadmConfig", "NodeadmConfigTemplate"})
_LABEL: Final = "cluster.x-k8s.io/cluster-name"
_FLAG: Final = "--max-pods="
_KUBELET: Final = 110  # kubelet's default


def groups(text: Text, every: list[Node]) -> dict[str, list[NodeGroup]]:
    """Return the groups of machines among the objects of a file, by their cluster (see ``cluster``)."""
    bootstraps = {_name(item): item for item in every if _kind(item) in _BOOTSTRAPS}
    owners = {
        _raw(child(child(_inner(item), "infrastructureRef"), "name")): item
        for item in every
        if _kind(item) in ("MachineDeployment", "MachinePool")
    }
    found: dict[str, list[NodeGroup]] = {}
    for item in every:
        if _kind(item) in _MACHINES:
            owner = owners.get(_name(item))
            used = _raw(child(child(child(_inner(owner), "bootstrap"), "configRef"), "name"))
            group = _group(text, item, bootstraps.get(used))
            if group is not None:
                found.setdefault(cluster(owner) or cluster(item), []).append(group)
    return found


def cluster(item: Node | None) -> str:
    """Return namespace and name of the Cluster that an object says it belongs to, as written; "" where it does not."""
    labels = child(child(item, "metadata"), "labels")
    return _within(item, _raw(child(child(item, "spec"), "clusterName")) or _raw(child(labels, _LABEL)))


def clusters(every: list[Node]) -> dict[str, str]:
    """Return the Clusters among the objects of a file: each by the namespace and the name of its control plane."""
    found: dict[str, str] = {}
    for item in every:
        reference = child(child(item, "spec"), "controlPlaneRef")
        if _kind(item) == "Cluster" and literal(child(reference, "kind")) == "AWSManagedControlPlane":
            found[_within(item, _raw(child(reference, "name")))] = identity(item)
    return found


def identity(item: Node) -> str:
    """Return namespace and name of an object, as written."""
    return _within(item, _name(item))


def known(name: str) -> str:
    """Return the namespace and name of a Cluster, "" where any of it is put in later."""
    return name if re.fullmatch(r"(?:[a-z0-9][a-z0-9-]*)?/[a-z0-9][a-z0-9.-]*", name) else ""


def _within(item: Node | None, name: str) -> str:
    return f"{_raw(child(child(item, 'metadata'), 'namespace'))}/{name}" if name else ""


def _group(text: Text, item: Node, bootstrap: Node | None) -> NodeGroup | None:
    """Return a group; None where its max pods are given and cannot be told."""
    pods = next((node for node in _max_pods(bootstrap) if node is not None), None)
    if pods is not None and _number(pods) is None:
        return None
    name = child(child(item, "metadata"), "name")
    at = span(text, pods if pods is not None else name if name is not None else first_leaf(item))
    types = tuple(dict.fromkeys(found for node in _types(item) if (found := literal(node))))
    spec = child(item, "spec")
    own_image = (
        child(child(child(spec, "awsLaunchTemplate"), "ami"), "id") is not None
        or literal(child(spec, "amiType")) == "CUSTOM"
    )
    managed = _kind(item) == "AWSManagedMachinePool" and not own_image
    return NodeGroup(_name(item), types, _number(pods), at, managed=managed)


def _types(item: Node) -> Iterator[Node | None]:
    spec = child(item, "spec")
    yield child(_inner(item), "instanceType")
    yield child(spec, "instanceType")
    yield child(child(spec, "awsLaunchTemplate"), "instanceType")
    overrides = child(child(spec, "mixedInstancesPolicy"), "overrides")
    yield from (child(each, "instanceType") for each in _items(overrides))


def _max_pods(bootstrap: Node | None) -> Iterator[Node | None]:
    """Yield where a bootstrap may give max pods, what wins first; without a number ``useMaxPods`` decides."""
    for spec in (_inner(bootstrap), child(bootstrap, "spec")):
        kubelet = child(spec, "kubelet")
        yield from (flag for flag in reversed(_items(child(kubelet, "flags"))) if _raw(flag).startswith(_FLAG))
        yield child(child(kubelet, "config"), "maxPods")
        yield child(child(spec, "kubeletExtraArgs"), "max-pods")
        if literal(child(spec, "useMaxPods")).lower() == "false":
            yield child(spec, "useMaxPods")


def _number(node: Node | None) -> int | None:
    written = literal(node).removeprefix(_FLAG)
    if written.lower() == "false":  # bootstrap.sh then leaves kubelet its own default
        return _KUBELET
    return int(written) if written.isascii() and written.isdigit() and len(written) < 6 else None  # noqa: PLR2004


def _inner(item: Node | None) -> Node | None:
    return child(child(child(item, "spec"), "template"), "spec")


def _items(node: Node | None) -> list[Node]:
    return list(node.value) if isinstance(node, SequenceNode) else []


def _kind(item: Node) -> str:
    known = "cluster.x-k8s.io/" in literal(child(item, "apiVersion"))
    return literal(child(item, "kind")) if known else ""


def _name(item: Node) -> str:
    return _raw(child(child(item, "metadata"), "name"))


def _raw(node: Node | None) -> str:
    """Return a name as written: two that hold the same placeholder are the same."""
    return str(node.value) if isinstance(node, ScalarNode) else ""
