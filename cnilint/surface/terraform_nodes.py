"""Node groups in Terraform: instance types, and the max pods that user data gives to kubelet.

Schemas: hashicorp/terraform-provider-aws website/docs/r/eks_node_group.html.markdown; terraform-aws-modules/
terraform-aws-eks variables.tf (``eks_managed_node_groups``, ``self_managed_node_groups`` and their ``_defaults``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.source.hcl import inset
from cnilint.source.hclnode import Call, is_open
from cnilint.source.inset import HOLE
from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface.model import NodeGroup
from cnilint.surface.terraform_values import is_null, listed, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Span, Text
    from cnilint.source.yaml import Node

# Arguments that hold node groups by name, and whether EKS manages these.
MAPS: Final = {"eks_managed_node_groups": True, "self_managed_node_groups": False}
# What makes of a managed node group's AMI one that EKS computes no max pods for.
_OWN_IMAGE: Final = ("ami_id", "launch_template", "launch_template_id")
_MAX_PODS: Final = r"""(?:--max-pods[= ]|maxPods["']?\s*[:=]\s*|max-pods["']?\s*=\s*)["']?([0-9]{1,5})\b"""
_MENTIONED: Final = r"max-?pods(?!-calculator)"


def resource(text: Text, body: MappingNode) -> Iterator[NodeGroup]:
    """Yield the node group of an ``aws_eks_node_group``."""
    name = child(body, "node_group_name") or child(body, "node_group_name_prefix")
    at = name if name is not None else child(body, "instance_types")
    if at is not None:
        yield from _group(text, literal(name) or "", at, (body,), managed=True)


def groups(text: Text, body: MappingNode) -> Iterator[NodeGroup]:
    """Yield the node groups of a module's arguments, each with what its defaults say."""
    for argument, managed in MAPS.items():
        defaults = child(body, argument.removesuffix("s") + "_defaults")
        below = (defaults,) if isinstance(defaults, MappingNode) else ()
        named = child(body, argument)
        for key, group in named.value if isinstance(named, MappingNode) else ():
            if isinstance(group, MappingNode) and HOLE not in key.value and literal(child(group, "create")) != "false":
                yield from _group(text, key.value, key, (group, *below), managed=managed)


def _group(text: Text, name: str, at: Node, layers: tuple[MappingNode, ...], *, managed: bool) -> Iterator[NodeGroup]:
    """Yield a group, unless it is Windows', whose nodes run no aws-node, or its max pods are put in later."""
    found, mentioned = _max_pods(text, layers)
    kind = literal(_first(layers, "ami_type"))
    if (mentioned and found is None) or "WINDOWS" in f"{kind} {literal(_first(layers, 'platform'))}".upper():
        return
    own = any(not is_null(_first(layers, key)) for key in _OWN_IMAGE)
    usual = _first(layers, "ami_type") is None or kind not in (None, "CUSTOM")
    computed = managed and usual and not own and not any(is_open(layer) for layer in layers)
    types = _types(layers, managed=managed)
    pods, place = found or (None, span(text, at))
    yield NodeGroup(name, types, pods, place, managed=computed)


def _first(layers: tuple[MappingNode, ...], key: str) -> Node | None:
    """Return what the first layer that says anything says; an empty list, as a plan writes it, is nothing."""
    for node in (child(layer, key) for layer in layers):
        if node is not None and not is_null(node) and (isinstance(node, ScalarNode) or node.value):
            return node
    return None


def _types(layers: tuple[MappingNode, ...], *, managed: bool) -> tuple[str, ...]:
    """Return the instance types; none where any of them is not known. A group of one's own has one type."""
    if is_open(layers[0]) or literal(_first(layers, "use_mixed_instances_policy")) == "true":
        return ()
    many = _first(layers, "instance_types")
    nodes = listed(many) if isinstance(many, SequenceNode) else [many]
    if not managed:
        nodes = [_first(layers, "instance_type")]
    names = [literal(node) for node in nodes]
    return tuple(name for name in names if name) if all(names) else ()


def _max_pods(text: Text, layers: tuple[MappingNode, ...]) -> tuple[tuple[int, Span] | None, bool]:
    """Return the one max pods of a group's strings with its place, and whether any of them speaks of it."""
    for layer in layers:
        found: list[tuple[int, Span]] = []
        mentioned = False
        for node in _strings(layer):
            mentioned = mentioned or re.search(_MENTIONED, node.value, re.IGNORECASE) is not None
            inside = inset(text, node)
            found += [(int(match[1]), inside.span(*match.span(1))) for match in re.finditer(_MAX_PODS, node.value)]
        if mentioned or found:
            return (found[0] if len({number for number, _ in found}) == 1 else None), True
    return None, False


def _strings(node: Node) -> Iterator[ScalarNode]:
    """Yield the strings in a node, those that functions are given among them."""
    if isinstance(node, Call):
        for item in node.arguments:
            yield from _strings(item)
    elif isinstance(node, ScalarNode):
        if node.style:
            yield node
    else:
        for item in node.value:
            yield from _strings(item[1] if isinstance(item, tuple) else item)
