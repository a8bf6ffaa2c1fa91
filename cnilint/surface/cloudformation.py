"""CloudFormation templates, also those that CDK synthesises and SAM extends, in YAML and JSON.

The configuration values are a string: outright, or made by Fn::Sub, Fn::Join or Fn::ToJsonString. What other functions
make, and each ``${X}``, is not known.

Source: the template reference's AWS::EKS::Addon, AWS::EKS::Nodegroup, AWS::EKS::Cluster and intrinsic functions; for
CDK's own cluster resource aws/aws-cdk packages/aws-cdk-lib/aws-eks/lib/cluster-resource.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnilint.source.inset import HOLE, Inset, inset
from cnilint.source.plain import Plain, child
from cnilint.source.text import Span
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span, start
from cnilint.surface.addon import Keys, is_cni, literal, said, values_in, values_of
from cnilint.surface.eksctl import instance_types, kubernetes, listed
from cnilint.surface.model import PLACEHOLDERS, UNKNOWN, NodeGroup, Surface
from cnilint.surface.values import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_ADDON: Final = Keys("AddonName", "AddonVersion", "ConfigurationValues", (("ResolveConflicts", "both"),))
# ``${!Literal}`` is no variable; {{resolve:ssm:name}} is looked up when the stack is made.
_SUB: Final = r"(?s)\$\{(?!!)[^}]*\}|\{\{.*?\}\}"
_DEEP: Final = 20
_CLUSTER: Final = "AWS::EKS::Cluster"


class Joined(Inset):
    """A text made of several strings; its edits stay within one of them, and not one that stands there twice."""

    __slots__ = ("_parts",)

    def __init__(self, outer: Text, parts: list[Inset]) -> None:
        runs = [run for part in parts for run in part.runs(0, len(part.content))]
        super().__init__(outer, "".join(part.content for part in parts), runs, None)
        self._parts = parts

    def span(self, start: int, end: int) -> Span:
        """Return the span in the one string that holds it: it ends where that ends, not where the next one starts."""
        part, at = self._within(start, end)
        return Span(self, start, end) if part is None else part.span(start - at, end - at)

    def put(self, start: int, end: int, content: str) -> tuple[int, int, str] | None:
        """Return an edit of the one string that is concerned; None where several are."""
        part, at = self._within(start, end)
        return None if part is None or self._parts.count(part) > 1 else part.put(start - at, end - at, content)

    def _within(self, start: int, end: int) -> tuple[Inset | None, int]:
        at = 0
        for part in self._parts:
            if at <= start < at + len(part.content):
                return (part if end <= at + len(part.content) else None), at
            at += len(part.content)
        return None, 0


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each add-on vpc-cni of each template; its nodes where the template has one cluster.

    Raises SourceError where the add-on's resource cannot be understood or its configuration values cannot be parsed.
    """
    # serverless.yml holds a template under ``resources``.
    templates = (root if child(root, "Resources") is not None else child(root, "resources") for root in roots)
    return [surface for template in templates for surface in _all(text, child(template, "Resources"))]


def _all(text: Text, resources: Node | None) -> Iterator[Surface]:
    found = resources.value if isinstance(resources, MappingNode) else []
    by_kind: dict[str, list[tuple[Node, Node]]] = {}
    for name, node in found:
        properties = child(node, "Properties")
        if isinstance(properties, MappingNode):
            by_kind.setdefault(literal(child(node, "Type")), []).append((name, properties))
    for _, addon in by_kind.get("AWS::EKS::Addon", ()):
        if is_cni(addon, _ADDON):
            Plain(text).data(addon)  # what contains itself or multiplies without end ends here
            yield _addon(text, addon, _cluster(text, by_kind))


def _cluster(text: Text, by_kind: dict[str, list[tuple[Node, Node]]]) -> dict[str, Any]:  # Any: fields of a Surface
    clusters = [
        *((child(node, "Version"), child(node, "KubernetesNetworkConfig")) for _, node in by_kind.get(_CLUSTER, ())),
        *(_of_cdk(child(node, "Config")) for _, node in by_kind.get("Custom::AWSCDK-EKS-Cluster", ())),
    ]
    if len(clusters) != 1:
        return {}
    version, network = clusters[0]
    family = literal(child(network, "IpFamily") or child(network, "ipFamily")).lower()
    groups = (_group(text, name, node) for name, node in by_kind.get("AWS::EKS::Nodegroup", ()) if not _windows(node))
    return {
        "kubernetes": kubernetes(literal(version)),
        "ipv6": {"ipv6": True, "ipv4": False}.get(family),
        "nodes": tuple(groups),
    }


def _of_cdk(config: Node | None) -> tuple[Node | None, Node | None]:
    """Return version and network of a cluster that CDK makes with a resource of its own, in the words of the API."""
    return child(config, "version"), child(config, "kubernetesNetworkConfig")


def _windows(node: Node) -> bool:
    """Tell whether aws-node does not run on a group's nodes."""
    return literal(child(node, "AmiType")).startswith("WINDOWS")


def _group(text: Text, name: Node, node: Node) -> NodeGroup:
    """Return a node group, under the name that the template itself has for it."""
    types = instance_types(listed(child(node, "InstanceTypes")))
    own = child(node, "LaunchTemplate") is None and literal(child(node, "AmiType")) != "CUSTOM"
    return NodeGroup(literal(name), types, None, span(text, name), managed=own)


def _addon(text: Text, node: Node, cluster: dict[str, Any]) -> Surface:
    values = child(node, _ADDON.values)
    fields = {"format": "cloudformation", **cluster, **said(text, node, _ADDON)}
    function, argument = _function(values)
    if not function:
        plain = values is None or values.tag is None
        return _known(values_of(text, values, **fields)) if plain else _unknown(text, values, fields)
    at = span(text, values) if values is not None else fields["place"]
    if function == "ToJsonString" and isinstance(argument, MappingNode):
        fields["addon"] = fields["addon"]._replace(form="expression")
        return _known(values_of(text, argument, **fields))
    parts = _parts(text, values) if values is not None else []
    if function in ("Sub", "Join") and any(part.content.strip(HOLE) for part in parts):
        return values_in(parts[0] if len(parts) == 1 else Joined(text, parts), at, **fields)
    return _unknown(text, values, fields)


def _unknown(text: Text, node: Node | None, fields: dict[str, Any]) -> Surface:
    found = unknown(text, "addon", **fields)
    at = span(text, node) if node is not None else None
    return found._replace(addon=fields["addon"]._replace(form="unknown", values_at=at))


def _function(node: Node | None) -> tuple[str, Node | None]:
    """Return the name of an intrinsic function, without ``Fn::``, and the node of its argument; "" for none."""
    if node is not None and node.tag is not None:
        tag = node.tag
        return (tag[1:], node) if tag.startswith("!") and not tag.startswith("!!") else ("", None)
    if isinstance(node, MappingNode) and len(node.value) == 1:
        key, argument = node.value[0]
        name = str(key.value)
        if name == "Ref" or name.startswith("Fn::"):
            return name.removeprefix("Fn::"), argument
    return "", None


def _parts(text: Text, node: Node, depth: int = 0) -> list[Inset]:
    """Return the strings that a value is made of, one after the other; what is no literal is a HOLE."""
    function, argument = _function(node)
    if not function and isinstance(node, ScalarNode):
        return [inset(text, node, PLACEHOLDERS)]
    if function == "Sub":
        template = argument if isinstance(argument, ScalarNode) else child(argument, 0)
        if isinstance(template, ScalarNode):
            return [inset(text, template, _SUB)]
    if function == "Join" and depth < _DEEP:
        delimiter, items = child(argument, 0), child(argument, 1)
        literals = not _function(delimiter)[0] and not _function(items)[0]
        if literals and isinstance(delimiter, ScalarNode) and isinstance(items, SequenceNode):
            return _joined(text, delimiter, items, depth)
    return [Inset(text, HOLE, [(start(text, node), 1)], None)]


def _joined(text: Text, delimiter: ScalarNode, items: SequenceNode, depth: int) -> list[Inset]:
    between = inset(text, delimiter)
    found: list[Inset] = []
    for index, item in enumerate(items.value):
        if index and between.content:
            found.append(between)
        found += _parts(text, item, depth + 1)
    return found


def _known(surface: Surface) -> Surface:
    """Return a surface of data in the template itself, where what a function makes is unknown."""
    if not isinstance(surface.node, MappingNode) or isinstance(surface.text, Inset):
        return surface
    settings = tuple(
        item._replace(value=UNKNOWN) if _function(item.value_node)[0] else item for item in surface.settings
    )
    parts = (surface.node, *(child(surface.node, key) for key in ("env", "init", "extraEnv")))
    env = child(child(surface.node, "init"), "env")
    partial = surface.partial or any(_function(part)[0] for part in (*parts, env) if part is not None)
    return surface._replace(settings=settings, object=_plain(surface.node, surface.object), partial=partial)


def _plain(node: Node | None, data: Any) -> Any:  # noqa: ANN401  # plain data of any shape
    """Return the plain data of a node with UNKNOWN for what a function makes."""
    if _function(node)[0]:
        return UNKNOWN
    if isinstance(data, dict):
        return {key: _plain(child(node, key), item) for key, item in data.items()}
    if isinstance(data, list) and isinstance(node, SequenceNode):
        return [_plain(item, found) for item, found in zip(node.value, data, strict=True)]
    return data
