"""Kubernetes objects in Terraform: manifests, ConfigMaps, and variables put into the DaemonSet.

Schemas: hashicorp/terraform-provider-kubernetes docs/resources (env, manifest, config_map_v1, config_map_v1_data) and
gavinbunney/terraform-provider-kubectl docs/resources/kubectl_manifest.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.knowledge.versions import image
from cnilint.source.hcl import inset
from cnilint.source.inset import HOLE
from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, documents, span
from cnilint.surface import kubernetes
from cnilint.surface.model import AGENT, INIT, MAIN, UNKNOWN, Setting, Surface, mapping
from cnilint.surface.model import value as given
from cnilint.surface.terraform_values import FORMAT, decoded, encoded, first, is_null, known, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_CONTAINERS: Final = {"container": (MAIN, AGENT), "init_container": (INIT,)}
_NAMES: Final = ("aws-node", "amazon-vpc-cni", "ENIConfig", "SecurityGroupPolicy", "cni-metrics-helper")
_CONFIG_MAPS: Final = frozenset(
    f"kubernetes_config_map{version}{part}" for version in ("", "_v1") for part in ("", "_data")
)
KINDS: Final = frozenset({"kubernetes_manifest", "kubectl_manifest", *_CONFIG_MAPS})


def environment(text: Text, body: MappingNode) -> Surface | None:
    """Return the surface of a ``kubernetes_env`` for the DaemonSet aws-node."""
    name = child(first(child(body, "metadata")), "name")
    if literal(name) != "aws-node" or literal(child(body, "kind")) != "DaemonSet" or name is None:
        return None
    for key, own in _CONTAINERS.items():
        container = literal(child(body, key))
        if container in own:
            settings = tuple(_settings(text, child(body, "env"), str(container)))
            return Surface(
                "environment", text, body, {}, settings, {}, {}, format=FORMAT, partial=True, place=span(text, name)
            )
    return None


def _settings(text: Text, node: Node | None, container: str) -> Iterator[Setting]:
    if isinstance(node, MappingNode):
        node = SequenceNode(None, [node], node.start_mark, node.end_mark, flow_style=False)
    if not isinstance(node, SequenceNode):
        return
    for index, item in enumerate(node.value):
        name, value = child(item, "name"), child(item, "value")
        if not isinstance(name, ScalarNode) or literal(name) is None:
            continue
        known = UNKNOWN if child(item, "value_from") is not None else _text(value)
        yield Setting(name.value, known, container, text, node, index, name, value or child(item, "value_from"))


def _text(value: Node | None) -> object:
    text = "" if is_null(value) else literal(value)
    return UNKNOWN if text is None else given({"value": text})


def objects(text: Text, kind: str, body: MappingNode) -> list[Surface]:
    """Return the surfaces of the Kubernetes objects that a resource writes.

    Raises SourceError where a manifest of the CNI's is a string that cannot be understood.
    """
    if kind in _CONFIG_MAPS:
        node: Node | None = _config_map(body)
    else:
        node = child(body, "manifest" if kind == "kubernetes_manifest" else "yaml_body")
        node = encoded(node) or decoded(node) or node
    if isinstance(node, ScalarNode) and not is_null(node) and node.value != HOLE:
        found = _parsed(text, node)
    else:
        found = kubernetes.surfaces(text, [node]) if isinstance(node, MappingNode) else []
    return [_known(surface) for surface in found]


def _known(surface: Surface) -> Surface:
    """Return a surface whose DaemonSet has UNKNOWN for what is put in; the image's tag may be known all the same."""
    if surface.kind != "daemonset":
        return surface._replace(format=FORMAT)
    own = surface.containers.get(MAIN)
    name = str(own.data.get("image") or "") if own else ""
    containers = {key: item._replace(data=mapping(known(item.data))) for key, item in surface.containers.items()}
    return surface._replace(
        format=FORMAT,
        object=mapping(known(surface.object)),
        containers=containers,
        release=image(name).version if HOLE in name else None,
    )


def _parsed(text: Text, node: ScalarNode) -> list[Surface]:
    if not any(name in node.value for name in _NAMES):
        return []
    inside = inset(text, node)
    try:
        return kubernetes.surfaces(inside, list(documents(inside)))
    except SourceError:
        if HOLE in node.value:
            return []
        raise


def _config_map(body: MappingNode) -> Node:
    """Return a resource's ConfigMap as the object it becomes; its values are strings, whatever their quotes."""
    metadata, data = first(child(body, "metadata")), child(body, "data")
    pairs: list[tuple[Node, Node]] = [(_word(body, "kind"), _word(body, "ConfigMap"))]
    if metadata is not None:
        pairs.append((_word(metadata, "metadata"), metadata))
    if isinstance(data, MappingNode):
        texts = [(key, _string(value)) for key, value in data.value if HOLE not in key.value]
        quoted = MappingNode(None, texts, data.start_mark, data.end_mark, flow_style=True)
        pairs.append((_word(data, "data"), quoted))
    return MappingNode(None, pairs, body.start_mark, body.end_mark, flow_style=True)


def _word(node: Node, text: str) -> ScalarNode:
    return ScalarNode(None, text, node.start_mark, node.start_mark, style='"')


def _string(node: Node) -> Node:
    if not isinstance(node, ScalarNode) or node.style or is_null(node):
        return node
    return ScalarNode(None, node.value, node.start_mark, node.end_mark, style='"')
