"""Kustomizations: patches of the DaemonSet aws-node and of its ConfigMap, what generates that, and the image's tag.

Kustomize's own files (kustomize.config.k8s.io, or neither kind nor apiVersion in a file of one of its names) and Flux'
Kustomization, whose spec has the same fields. Files that are only named are not followed. Source: kubernetes-sigs/
kustomize api/types (kustomization.go, patch.go, selector.go, image.go, configmapargs.go).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.knowledge.versions import release
from cnilint.source.inset import HOLE, inset
from cnilint.source.plain import Plain, child, scalar
from cnilint.source.yaml import ScalarNode, SequenceNode, documents, span
from cnilint.surface import configmap, kubernetes, patch
from cnilint.surface.addon import literal
from cnilint.surface.model import Surface, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_NAMES: Final = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_SET: Final = ("DaemonSet", "aws-node")
_MAP: Final = ("ConfigMap", configmap.NAME)
# One of these stands in a patch that is about the CNI without a target that says so.
_OURS: Final = ("aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent", configmap.NAME, "ontainers/0/env")
_LABELS: Final = r"(?:^|[,\s])(?:k8s-app|app\.kubernetes\.io/name)\s*==?\s*aws-node(?:$|[,\s])"
_PLACEHOLDERS: Final = r"\$\{[^}]*\}"
_LONG: Final = 200  # a pattern beyond this is none of a name


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return the surfaces of what kustomizations say themselves.

    Raises SourceError where a patch that is about the CNI is no YAML.
    """
    bodies = (_body(text, root) for root in roots)
    return [surface for found in bodies if found is not None for surface in _surfaces(text, found)]


def _body(text: Text, root: Node) -> Node | None:
    """Return the node whose fields are those of a kustomization."""
    kind, group = literal(child(root, "kind")), literal(child(root, "apiVersion")).partition("/")[0]
    if group == "kustomize.toolkit.fluxcd.io" and kind == "Kustomization":
        return child(root, "spec")
    named = text.path.replace("\\", "/").rpartition("/")[2] in _NAMES
    known = group == "kustomize.config.k8s.io" or (named and not group)
    return root if known and kind in ("", "Kustomization", "Component") else None


def _surfaces(text: Text, found: Node) -> Iterator[Surface]:
    tag = next((node for item in _items(found, "images") for node in _tag(item)), None)
    version = release(literal(tag)) if tag is not None else None
    sets = False
    for surface in (*_patches(text, found), *_generated(text, found)):
        sets = sets or surface.kind == "daemonset"
        yield surface._replace(
            format="kustomize", release=surface.release or (version if surface.kind == "daemonset" else None)
        )
    if version and tag is not None and not sets:
        place = span(text, tag)
        yield Surface(
            "daemonset", text, found, {}, (), {}, {}, partial=True, format="kustomize", release=version, place=place
        )


def _tag(item: Node) -> Iterator[Node]:
    """Yield the new tag of the image of aws-node."""
    tag = child(item, "newTag")
    if tag is not None and literal(child(item, "name")).rpartition("/")[2] == "amazon-k8s-cni":
        yield tag


def _patches(text: Text, found: Node) -> Iterator[Surface]:
    for key in ("patches", "patchesJson6902"):
        for item in _items(found, key):
            written, target = child(item, "patch"), child(item, "target")
            if isinstance(written, ScalarNode):
                yield from _patch(text, written, target)
    for written in _items(found, "patchesStrategicMerge"):
        if isinstance(written, ScalarNode) and ("\n" in written.value or written.value[:1] == "{"):
            yield from _patch(text, written, None)


def _patch(text: Text, written: ScalarNode, target: Node | None) -> Iterator[Surface]:
    """Yield the surfaces of a patch that stands in the file."""
    wanted = [what for what in (_SET, _MAP) if target is None or _selects(target, *what)]
    told = [what for what in wanted if target is not None and _names(target, *what)]
    if not wanted or not (told or any(name in written.value for name in _OURS)):
        return
    within = inset(text, written, _PLACEHOLDERS)
    try:
        roots = list(documents(within))
    except SourceError:
        if HOLE not in within.content:
            raise
        return
    if target is None:
        yield from (surface._replace(partial=True) for surface in kubernetes.surfaces(within, roots))
        return
    for root in roots:
        named = literal(child(child(root, "metadata"), "name"))
        surface = _patched_set(within, root, told=_SET in told or named == _SET[1]) if _SET in wanted else None
        if surface is None and (_MAP in told or (_MAP in wanted and named == _MAP[1])):
            surface = configmap.patched(within, root, literal(child(target, "namespace")))
        if surface is not None:
            yield surface


def _patched_set(within: Text, root: Node, *, told: bool) -> Surface | None:
    if isinstance(root, SequenceNode):
        return patch.operations(within, root) if told else patch.bare(within, root)
    return patch.body(within, root, told=told)


def _selects(target: Node, kind: str, name: str) -> bool:
    """Tell whether a target may select an object: its fields are patterns, matched as a whole."""
    fields = (("kind", kind), ("name", name), ("namespace", "kube-system"))
    if not all(_matches(child(target, key), wanted) for key, wanted in fields):
        return False
    return child(target, "labelSelector") is None or child(target, "name") is not None or _labelled(target, kind)


def _names(target: Node, kind: str, name: str) -> bool:
    """Tell whether a target that selects an object means no other."""
    named = literal(child(target, "name")) == name or _labelled(target, kind)
    return named and literal(child(target, "kind")) == kind


def _labelled(target: Node, kind: str) -> bool:
    return kind == _SET[0] and re.search(_LABELS, literal(child(target, "labelSelector"))) is not None


def _matches(node: Node | None, wanted: str) -> bool:
    if node is None or (isinstance(node, ScalarNode) and scalar(node) in (None, "")):
        return True
    pattern = literal(node)
    try:
        return 0 < len(pattern) < _LONG and re.fullmatch(pattern, wanted) is not None
    except re.error:
        return False


def _generated(text: Text, found: Node) -> Iterator[Surface]:
    """Yield a surface for each generator of the CNI's ConfigMap that writes keys in the file."""
    for item in _items(found, "configMapGenerator"):
        if literal(child(item, "name")) == configmap.NAME:
            data = mapping(Plain(text).data(item))
            whole = data.get("behavior") in (None, "", "create", "replace") and not (
                data.keys() & {"files", "envs", "env"}
            )
            namespace = child(item, "namespace") or child(found, "namespace")
            yield configmap.generated(text, item, literal(namespace), whole=whole)


def _items(node: Node, key: str) -> list[Node]:
    listed = child(node, key)
    return list(listed.value) if isinstance(listed, SequenceNode) else []
