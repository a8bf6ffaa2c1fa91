"""Terraform and OpenTofu: the add-on, the Helm chart, Kubernetes objects and node groups in their files.

``read`` takes HCL (``.tf``, ``.tofu``, ``.tfvars``, Terragrunt's ``.hcl``); ``surfaces`` takes the same in JSON, and
the plans and states that ``terraform show -json`` prints.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnilint.record import NamedTuple
from cnilint.source.hcl import Source
from cnilint.source.nodes import Offset
from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, ScalarNode
from cnilint.surface import terraform_addon, terraform_nodes, terraform_objects
from cnilint.surface.model import OVERLAYS, Surface
from cnilint.surface.terraform_helm import helm
from cnilint.surface.terraform_json import Block, blocks
from cnilint.surface.terraform_values import FORMAT, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnilint.source.hcl import Block as HclBlock
    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Item, NodeGroup

# What a file that configures the CNI writes: where it is broken, it is to be mended and not passed over.
_SIGNS: Final = (
    r'(?m)^[^#\n]*(?:\baddon_name\s*=\s*"vpc-cni"|(?<![\w-])"?vpc-cni"?\s*[=:]\s*\{|\bchart\s*=\s*"[^"\n]*aws-vpc-cni")'
)
# Kinds of surfaces that stand for the CNI of a cluster.
_WHOLE: Final = OVERLAYS | {"daemonset"}


class Part(NamedTuple):
    """What one block says: surfaces of the CNI, and node groups, with the name of their cluster where it is known."""

    surfaces: list[Surface]
    groups: list[NodeGroup]
    cluster: str = ""


class Reader:
    """Reads the blocks of one file; ``check`` raises SourceError for a fault of syntax between two offsets."""

    def __init__(self, text: Text, found: list[Block | HclBlock], check: Callable[[int, int], None]) -> None:
        self._text = text
        self._blocks = found
        self._check = check
        self._seen: set[int] = set()

    def parts(self, variables: MappingNode | None = None) -> list[Part]:
        """Return what each block says, modules before the local values that they use; ``variables`` are values alone.

        Raises SourceError where a part that configures the CNI cannot be understood.
        """
        late = ("locals", "variable")
        found = [self._part(block) for block in self._blocks if block.type not in late]
        found += [self._part(block) for block in self._blocks if block.type in late]
        if variables is not None:
            found.append(self._module(variables))
        return [part for part in found if part.surfaces or part.groups]

    def _part(self, block: Block | HclBlock) -> Part:
        if block.type == "resource" and block.labels:
            return self._resource(block)
        if block.type == "module":
            return self._module(block.body)
        if block.type == "locals":
            return Part(list(self._addons(block.body, {})), [])
        if block.type == "variable" and block.labels:
            default = child(block.body, "default")
            return Part(list(self._entries(block.labels[-1], default, {})), [])
        return Part([], [])

    def _resource(self, block: Block | HclBlock) -> Part:
        kind, found = block.labels[0], None
        if kind == "aws_eks_node_group":
            name = literal(child(block.body, "cluster_name")) or ""
            return Part([], list(terraform_nodes.resource(self._text, block.body)), name)
        if kind in terraform_objects.KINDS:
            return Part(terraform_objects.objects(self._text, kind, block.body), [])
        if kind == "aws_eks_addon":
            found = terraform_addon.resource(self._text, block.body, **self._cluster())
        elif kind == "helm_release":
            found = helm(self._text, block.body)
        elif kind == "kubernetes_env":
            found = terraform_objects.environment(self._text, block.body)
        if found is None:
            return Part([], [])
        self._check(block.start, block.end)
        return Part([found], [])

    def _cluster(self) -> dict[str, object]:
        """Return what the file's only cluster says."""
        own = [block for block in self._blocks if block.type == "resource" and block.labels[:1] == ("aws_eks_cluster",)]
        return terraform_addon.cluster(own[0].body) if len(own) == 1 else {}

    def _module(self, body: MappingNode) -> Part:
        inputs = child(body, "inputs")  # Terragrunt's arguments of the module
        body = inputs if isinstance(inputs, MappingNode) else body
        found = list(self._addons(body, terraform_addon.module(body)))
        return Part(found, list(terraform_nodes.groups(self._text, body)))

    def _addons(self, body: MappingNode, said: dict[str, Any]) -> Iterator[Surface]:
        for key, value in body.value:
            if isinstance(key, ScalarNode):
                yield from self._entries(key.value, value, said)

    def _entries(self, name: str, node: Node | None, said: dict[str, Any]) -> Iterator[Surface]:
        for key, about in terraform_addon.entries(name, node):
            if key.start_mark.index not in self._seen:
                self._seen.add(key.start_mark.index)
                self._check(key.start_mark.index, about.end_mark.index)
                yield terraform_addon.stated(self._text, about, self._text.span(*_ends(key)), **said)


def _ends(node: Node) -> tuple[int, int]:
    return node.start_mark.index, node.end_mark.index


def read(text: Text) -> list[Surface]:
    """Return the surfaces of a file of HCL.

    Raises SourceError where what configures the CNI is no HCL, or holds a string that cannot be understood.
    """
    source = Source(text)
    variables = source.attributes() if not text.path.endswith((".tf", ".tofu")) else None
    parts = Reader(text, list(source.blocks()), source.check).parts(variables)
    if source.faults and not any(part.surfaces for part in parts) and re.search(_SIGNS, text.content):
        raise source.fault(*source.faults[0])
    return combined(text, parts)


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return the surfaces of Terraform's JSON: configuration, variables, a plan or a state."""
    found: list[Surface] = []
    for root in roots:
        listed, variables = blocks(text, root)
        parts = Reader(text, list(listed), lambda _start, _end: None).parts(variables)
        found += combined(text, parts)
    return found


def combined(text: Text, parts: list[Part]) -> list[Surface]:
    """Return the surfaces of a file, with the node groups and the objects that stand beside them.

    Of several clusters in a file nobody can tell which an object or a node group outside their modules belongs to.
    """
    found = [_with_own_groups(part) for part in parts]
    every = [surface for part in found for surface in part.surfaces]
    groups: dict[str, list[NodeGroup]] = {}
    for part in found:
        if part.groups:
            groups.setdefault(part.cluster, []).extend(part.groups)
    objects = [surface for surface in every if surface.kind == "objects"]
    others = [surface for surface in every if surface.kind != "objects"]
    if any(surface.kind == "environment" for surface in others):  # it changes what an add-on or a chart sets
        others = [item._replace(partial=item.partial or item.kind in OVERLAYS) for item in others]
    whole = [index for index, surface in enumerate(others) if surface.kind in _WHOLE]
    if len(whole) == 1:
        own = others[whole[0]]
        one = len({name for name in (*groups, own.cluster) if name}) < 2  # noqa: PLR2004  # clusters that are named
        names = [name for name in groups if one or (name and name == own.cluster)]
        nodes = [group for name in names for group in groups.pop(name)]
        others[whole[0]] = own._replace(nodes=(*own.nodes, *nodes), siblings=_siblings([own, *objects]))
        objects = []
    return [*others, *_beside(text, objects, groups)]


def _beside(text: Text, objects: list[Surface], groups: dict[str, list[NodeGroup]]) -> Iterator[Surface]:
    """Yield what belongs to no one surface: the objects of a file, and the node groups of each cluster."""
    if objects:
        yield objects[0]._replace(siblings=_siblings(objects))
    for name, nodes in groups.items():
        if any(group.types or group.max_pods is not None for group in nodes):
            root = ScalarNode(None, "", Offset(0), Offset(0), '"')
            found = Surface("nodes", text, root, {}, (), {}, {}, format=FORMAT, cluster=name)
            yield found._replace(nodes=tuple(nodes), place=nodes[0].at)


def _with_own_groups(part: Part) -> Part:
    """Return what a block says, its node groups on its add-on where it has one."""
    if len(part.surfaces) != 1 or not part.groups:
        return part
    return Part([part.surfaces[0]._replace(nodes=tuple(part.groups))], [])


def _siblings(found: list[Surface]) -> dict[str, list[Item]]:
    siblings: dict[str, list[Item]] = {}
    for surface in found:
        for kind, items in surface.siblings.items():
            siblings.setdefault(kind, []).extend(items)
    return siblings
