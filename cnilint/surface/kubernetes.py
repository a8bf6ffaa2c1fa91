"""Kubernetes objects: the DaemonSet aws-node with its siblings, in manifests, lists and API responses.

The Deployment cni-metrics-helper is a sibling, and a surface of its own where its environment stands: it has an image,
and so a release, of its own (amazon-vpc-cni-k8s config/master/cni-metrics-helper.yaml).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.knowledge.versions import image
from cnilint.source.inset import Inset
from cnilint.source.plain import Plain, child
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode
from cnilint.surface.model import AGENT, INIT, MAIN, Container, Item, Setting, Surface, mapping, value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_HELPER = "cni-metrics-helper"
# No tool nests lists; an alias may, without end.
_LISTS_IN_LISTS = 8
# Objects that a surface looks at, and the only names that count where a name tells them apart.
_OBJECTS: dict[str, frozenset[str] | None] = {
    "DaemonSet": frozenset({"aws-node"}),
    "ConfigMap": None,
    "ClusterRole": frozenset({"aws-node"}),
    "ENIConfig": None,
    "SecurityGroupPolicy": None,
    "CNINode": None,
    "ServiceAccount": frozenset({"aws-node"}),
    "Deployment": frozenset({_HELPER}),
}
_NONE: frozenset[str] = frozenset()
# Looked at beside others, and no surface of their own kind.
_NO_SURFACE = frozenset({"Deployment", "ServiceAccount"})
_OWN_CONFIG_MAP = "amazon-vpc-cni"
_CONFIG_MAP_KEY = "enable-network-policy-controller"
_CONTAINERS = frozenset({MAIN, INIT, AGENT})


def surfaces(text: Text, roots: list[Node], known: Sequence[tuple[str, Item]] = ()) -> list[Surface]:
    """Return a surface for each DaemonSet aws-node, or one for the siblings when there is none.

    Behind these stand the metrics helper's, and those of patches that do not name their object. Siblings that are
    ``known``, by kind, are no longer among the roots.
    """
    plain = Plain(text)
    sets: list[Node] = []
    beside: list[tuple[str, Item]] = []
    for node in (found for root in roots for found in objects(root) if wanted(found)):
        if _text(child(node, "kind")) == "DaemonSet":
            sets.append(node)
        elif other := sibling(text, node, plain):
            beside.append(other)
    siblings: dict[str, list[Item]] = {}
    for kind, item in sorted((*beside, *known), key=lambda found: _start(found[1])) if known else beside:
        siblings.setdefault(kind, []).append(item)
    own = {kind: found for kind, found in siblings.items() if kind not in _NO_SURFACE}
    found = [daemonset(text, node, mapping(plain.data(node)), siblings) for node in sets]
    if own and not found:
        first = min((item for items in own.values() for item in items), key=_start)
        found = [Surface("objects", first.text, first.node, {}, (), {}, own)]
    found += [helper for item in siblings.get("Deployment", ()) if (helper := _helper(item)).settings]
    patches = [root for root in roots if _nameless(root)]
    if patches:
        from cnilint.surface import patch  # noqa: PLC0415  # it needs this module, and few texts need it

        found += patch.surfaces(text, patches)
    return [found[0]._replace(repeated=tuple(plain.repeated) or found[0].repeated), *found[1:]] if found else []


def wanted(node: Node) -> bool:
    """Tell by its kind and its name whether an object is looked at."""
    kind = _text(child(node, "kind"))
    names = _OBJECTS.get(kind, _NONE)
    return names is None or (bool(names) and _text(child(child(node, "metadata"), "name")) in names)


def _start(item: Item) -> int:
    """Return where an object starts in the file's text."""
    index: int = item.node.start_mark.index
    return item.text.outward(index) if isinstance(item.text, Inset) else index


def _nameless(root: Node) -> bool:
    """Tell whether a document may be a patch without the name of its object."""
    if isinstance(root, SequenceNode):
        return True
    named = child(root, "kind") is not None and child(child(root, "metadata"), "name") is not None
    return child(root, "spec") is not None and not named


def objects(root: Node, depth: int = 0) -> Iterator[Node]:
    """Yield the objects of a document: itself, or the items of a list or an API list response."""
    if not isinstance(root, MappingNode) or depth > _LISTS_IN_LISTS:
        return
    kind = _text(child(root, "kind"))
    listed = child(root, "items") if kind.endswith("List") else None
    if isinstance(listed, SequenceNode):
        for item in listed.value:
            # The items of a DaemonSetList need not repeat their kind.
            own = child(item, "kind") is not None
            yield from objects(item, depth + 1) if own else _typed(item, kind.removesuffix("List"))
    else:
        yield root


def _typed(item: Node, kind: str) -> Iterator[Node]:
    """Yield an item of a typed list with the kind that its list gives it."""
    if isinstance(item, MappingNode) and kind:
        start = item.start_mark
        key = ScalarNode(None, "kind", start, start, style='"')
        typed = MappingNode(
            item.tag,
            [*item.value, (key, ScalarNode(None, kind, start, start, style='"'))],
            start,
            item.end_mark,
            item.flow_style,
        )
        yield typed


def _text(node: Node | None) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""


def sibling(text: Text, node: Node, plain: Plain) -> tuple[str, Item] | None:
    """Return the kind of an object that is wanted, and the object.

    None for what is not looked at after all: of ConfigMaps only the CNI's own and those that carry one of its keys are.
    """
    kind, item = _text(child(node, "kind")), Item(mapping(plain.data(node)), node, text)
    if kind == "CNINode" and not str(item.data.get("apiVersion")).startswith("vpcresources.k8s.aws/"):
        return None
    if kind == "ConfigMap" and item.name != _OWN_CONFIG_MAP and _CONFIG_MAP_KEY not in mapping(item.data.get("data")):
        return None
    return kind, item


def _helper(item: Item) -> Surface:
    """Return the surface of a Deployment cni-metrics-helper: the environment of its one container."""
    containers = {found.name: found for found in _containers(item.node, item.data, frozenset({_HELPER}))}
    partial = _patch(item.data)
    settings = tuple(
        setting for found in containers.values() for setting in _settings(item.text, found, partial=partial)
    )
    written = containers[_HELPER].data.get("image") if containers else None
    release = image(written).version if isinstance(written, str) else None
    return Surface("objects", item.text, item.node, {}, settings, containers, {}, partial=partial, release=release)


def daemonset(text: Text, node: Node, data: dict[str, object], siblings: dict[str, list[Item]]) -> Surface:
    """Return the surface of a DaemonSet aws-node at a node, or of a patch of it, whatever name that bears."""
    containers = {found.name: found for found in _containers(node, data)}
    metadata = mapping(data.get("metadata"))
    partial = _patch(data)
    settings = tuple(setting for found in containers.values() for setting in _settings(text, found, partial=partial))
    live = bool(metadata.get("uid") or metadata.get("managedFields") or metadata.get("resourceVersion"))
    return Surface("daemonset", text, node, data, settings, containers, siblings, partial=partial, live=live)


def _patch(data: dict[str, object]) -> bool:
    """Tell whether an object is a patch: the API requires a selector of every other."""
    return "selector" not in mapping(data.get("spec"))


def _containers(node: Node, data: dict[str, object], names: frozenset[str] = _CONTAINERS) -> Iterator[Container]:
    pod = child(child(child(node, "spec"), "template"), "spec")
    plain = mapping(mapping(mapping(data.get("spec")).get("template")).get("spec"))
    for key in ("initContainers", "containers"):
        listed, found = plain.get(key), child(pod, key)
        if not isinstance(listed, list) or not isinstance(found, SequenceNode):
            continue
        for content, item in zip(listed, found.value, strict=True):
            name = mapping(content).get("name")
            if isinstance(name, str) and name in names:
                yield Container(name, mapping(content), item, init=key == "initContainers")


def _settings(text: Text, container: Container, *, partial: bool) -> Iterator[Setting]:
    """Yield a container's settings; a patch's entry that gives no value takes one away or changes something else."""
    node = child(container.node, "env")
    listed = container.data.get("env")
    if not isinstance(node, SequenceNode) or not isinstance(listed, list):
        return
    for index, (content, item) in enumerate(zip(listed, node.value, strict=True)):
        if not isinstance(content, dict) or (partial and _idle(content)):
            continue
        written = {key.value: found for key, found in item.value}  # child() would cost three times that
        name_node = written.get("name") or child(item, "name")
        if isinstance(name_node, ScalarNode):
            value_node = written.get("value") or child(item, "value") or child(item, "valueFrom")
            yield Setting(name_node.value, value(content), container.name, text, node, index, name_node, value_node)


def _idle(content: dict[str, object]) -> bool:
    return "$patch" in content or not {"value", "valueFrom"} & content.keys()
