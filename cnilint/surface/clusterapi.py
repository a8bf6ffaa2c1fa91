"""Cluster API Provider AWS: the control plane's add-on, its ``vpcCni.env``, and the nodes beside it.

``vpcCni.env`` is written into the container aws-node of the running DaemonSet, over whatever the add-on set; its init
container is left alone (cluster-api-provider-aws pkg/cloud/services/awsnode/cni.go). Templates of clusterctl have
``${VAR}`` and ``${VAR:=default}`` in them, which are unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnilint.knowledge.versions import minor
from cnilint.source.plain import Plain, child
from cnilint.source.yaml import MappingNode, SequenceNode, span
from cnilint.surface.addon import Keys, is_cni, literal, said, values_of
from cnilint.surface.kubernetes import objects
from cnilint.surface.machines import cluster, clusters, groups, identity, known
from cnilint.surface.model import MAIN, Surface, mapping
from cnilint.surface.values import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import NodeGroup

_KEYS: Final = Keys("name", "version", "configuration", (("conflictResolution", "both"),))
_GROUP: Final = "controlplane.cluster.x-k8s.io/"
_FORMAT: Final = "clusterapi"


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return the surfaces of each AWSManagedControlPlane with the nodes of its cluster, and those of other nodes.

    A control plane that stands alone has the nodes as well of which it is not known whose they are.
    Raises SourceError where an add-on's configuration cannot be parsed.
    """
    every = [item for root in roots for item in objects(root)]
    planes = [(item, spec) for item in every if (spec := _spec(item)) is not None]
    owners, left = clusters(every), groups(text, every)
    found: list[Surface] = []
    for plane, spec in planes:
        name = cluster(plane) or owners.get(identity(plane), "")
        own = list(_control_plane(text, plane, spec))
        names = _names(name, [*left], alone=len(planes) == 1) if own or _without(spec) else []
        nodes = tuple(group for of in names for group in left.pop(of))
        found += [surface._replace(nodes=nodes, cluster=known(name)) for surface in own]
    if len(planes) > 1:
        left.pop("", None)  # any of them may have these
    return [*found, *(_nodes(text, roots[0], name, nodes) for name, nodes in left.items() if any(map(_telling, nodes)))]


def _names(name: str, left: list[str], *, alone: bool) -> list[str]:
    """Return under which names the nodes of a control plane are found."""
    if alone and len({of for of in (*left, name) if of}) < 2:  # noqa: PLR2004  # clusters that are named
        return left
    return [name] if name and name in left else []


def _telling(group: NodeGroup) -> bool:
    return bool(group.types) or group.max_pods is not None


def _nodes(text: Text, root: Node, name: str, nodes: list[NodeGroup]) -> Surface:
    return Surface(
        "nodes", text, root, {}, (), {}, {}, format=_FORMAT, nodes=tuple(nodes), place=nodes[0].at, cluster=known(name)
    )


def _spec(item: Node) -> Node | None:
    """Return the spec of a control plane or of a template of one."""
    kind = literal(child(item, "kind"))
    if not literal(child(item, "apiVersion")).startswith(_GROUP):
        return None
    spec = child(item, "spec")
    if kind == "AWSManagedControlPlaneTemplate":
        return child(child(spec, "template"), "spec")
    return spec if kind == "AWSManagedControlPlane" else None


def _control_plane(text: Text, plane: Node, spec: Node) -> Iterator[Surface]:
    vpc = child(child(spec, "network"), "vpc")
    fields: dict[str, Any] = {
        "format": _FORMAT,
        "kubernetes": minor(literal(child(spec, "version"))),
        "ipv6": True if isinstance(child(vpc, "ipv6"), MappingNode) else None,
    }
    env = _environment(text, plane, spec)
    release = managed = None
    addons = child(spec, "addons")
    for item in addons.value if isinstance(addons, SequenceNode) else ():
        if is_cni(item, _KEYS):
            found = values_of(text, child(item, _KEYS.values), **{**said(text, item, _KEYS), **fields})
            release, managed = found.release, found.managed
            yield found._replace(partial=found.partial or env is not None)
    if env is not None:
        yield env._replace(release=release, managed=managed, **fields)


def _environment(text: Text, plane: Node, spec: Node) -> Surface | None:
    """Return the surface of what the provider itself puts into aws-node; None where it puts nothing there.

    A secondary CIDR block makes it create ENIConfigs, which belongs to that as well.
    """
    cni, block = child(spec, "vpcCni"), child(spec, "secondaryCidrBlock")
    if _without(spec):
        return None
    plain = Plain(text)
    env = child(cni, "env")
    if env is None and block is None:
        return None
    data = mapping(plain.data(plane))
    place = span(text, block) if block is not None and env is None else _key(text, cni, "env")
    written = plain.data(env) if env is not None else None
    settings = tuple(listed(text, env, written, MAIN))
    return Surface("environment", text, plane, data, settings, {}, {}, place=place)


def _without(spec: Node) -> bool:
    """Tell whether the provider deletes the CNI."""
    return _true(child(child(spec, "vpcCni"), "disable")) or _true(child(spec, "disableVPCCNI"))


def _key(text: Text, node: Node | None, name: str) -> Any:  # noqa: ANN401  # a span; the caller knows it is there
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((span(text, key) for key, _ in reversed(pairs) if literal(key) == name), None)


def _true(node: Node | None) -> bool:
    return literal(node).lower() == "true"
