"""Patches of the DaemonSet aws-node that do not name it: what ``kubectl patch`` and kustomize take.

A strategic-merge body needs neither kind nor name: the names of its containers tell (``surfaces`` also finds it bare in
a file). A JSON 6902 list tells containers by their index alone. In every stock manifest aws-node is the first of the
containers, aws-eks-nodeagent the second (since v1.14.0) and aws-vpc-cni-init the first of the init containers
(amazon-vpc-cni-k8s config/master/aws-k8s-cni.yaml), and that is what an index is taken for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.knowledge.variables import variables
from cnilint.knowledge.versions import image
from cnilint.source.plain import Plain, child
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface.kubernetes import daemonset
from cnilint.surface.model import AGENT, INIT, MAIN, Setting, Surface, items, mapping, value
from cnilint.surface.reach import first_leaf
from cnilint.surface.values import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilint.source.text import Span, Text
    from cnilint.source.yaml import Node

_OPERATIONS: Final = frozenset({"add", "replace", "test", "remove", "move", "copy"})
_WRITES: Final = frozenset({"add", "replace"})
_ENV: Final = r"/spec/template/spec/((?:initC|c)ontainers/[0-9]+)/env(?:/([0-9]+|-))?(?:/(name|value))?"
_IMAGE: Final = "/spec/template/spec/containers/0/image"
_BY_INDEX: Final = {"containers/0": MAIN, "containers/1": AGENT, "initContainers/0": INIT}
# What other programs read under the same name.
_COMMON: Final = frozenset({"CLUSTER_ENDPOINT", "CLUSTER_NAME", "DISABLE_METRICS", "ENABLE_IPv4", "ENABLE_IPv6"})


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each document that is a patch of aws-node by the names of its containers or variables."""
    found = (bare(text, root) for root in roots)
    return [surface for surface in found if surface is not None]


def bare(text: Text, root: Node) -> Surface | None:
    """Return the surface of a patch whose target nobody tells; None where it is not known to be aws-node."""
    if isinstance(root, SequenceNode):
        return operations(text, root) if _operations_of_ours(text, root) else None
    nameless = child(root, "kind") is None or child(child(root, "metadata"), "name") is None
    return body(text, root) if nameless and isinstance(root, MappingNode) else None


def body(text: Text, root: Node, *, told: bool = False) -> Surface | None:
    """Return the surface of a strategic-merge patch; None where it is none of aws-node.

    ``told`` is whether its target was told, else the names of its containers decide.
    """
    kind = child(root, "kind")
    if not isinstance(root, MappingNode) or (isinstance(kind, ScalarNode) and kind.value != "DaemonSet"):
        return None
    pod = child(child(child(root, "spec"), "template"), "spec")
    if not told and pod is None:
        return None
    plain = Plain(text)
    found = daemonset(text, root, mapping(plain.data(root)), {})
    if not found.containers and not told:
        return None
    first = next(iter(found.containers.values()), None)
    named = child(first.node, "name") if first else None
    return found._replace(
        partial=True, repeated=tuple(plain.repeated), place=span(text, named or first_leaf(root)), format="patch"
    )


def operations(text: Text, root: SequenceNode) -> Surface | None:
    """Return the surface of a JSON 6902 list whose target is aws-node; None where it is no such list."""
    plain = Plain(text)
    data = plain.data(root)
    if not _is_list_of_operations(data):
        return None
    ours = list(_operations(data, root))
    settings = tuple(setting for operation in ours for setting in operation.settings(text, root))
    places = (operation.place(text) for operation in ours if re.fullmatch(_ENV, operation.path))
    return Surface(
        "daemonset", text, root, {}, settings, {}, {}, partial=True, format="patch", repeated=tuple(plain.repeated),
        release=_release(ours), place=next(places, span(text, first_leaf(root))),
    )  # fmt: skip


class _Operation:
    """One operation: what it does where, and with which value. ``name`` is the variable's, where a test told it."""

    def __init__(self, content: dict[str, object], node: Node, index: int) -> None:
        self.op, self.path, self.value = str(content["op"]), str(content["path"]), content.get("value")
        self.node, self.index = node, index
        self.name: tuple[str, ScalarNode] | None = None

    def place(self, text: Text) -> Span:
        return span(text, child(self.node, "path") or self.node)

    def settings(self, text: Text, root: SequenceNode) -> Iterator[Setting]:
        """Yield the settings that it writes: a whole list, an entry, or the value of an entry whose name is known."""
        found = re.fullmatch(_ENV, self.path)
        container = _BY_INDEX.get(found[1]) if found else None
        given = child(self.node, "value")
        if found is None or container is None or given is None or self.op not in _WRITES:
            return
        if not found[2] and not found[3]:
            yield from listed(text, given, self.value, container)
        elif found[3] == "value" and self.name:
            name, place = self.name
            yield Setting(name, value({"value": self.value}), container, text, root, self.index, place, given)
        elif not found[3] and isinstance(named := child(given, "name"), ScalarNode):
            shown = child(given, "value") or child(given, "valueFrom")
            written = value(mapping(self.value))
            yield Setting(named.value, written, container, text, root, self.index, named, shown)


def _operations(data: object, root: SequenceNode) -> Iterator[_Operation]:
    """Yield the operations, each with the name that an earlier test found at its place."""
    names: dict[str, tuple[str, ScalarNode]] = {}
    for index, (content, node) in enumerate(zip(items(data), root.value, strict=True)):
        operation = _Operation(content, node, index)
        entry = operation.path.removesuffix("/name").removesuffix("/value")
        if operation.op == "test":
            given = child(node, "value")
            named = given if operation.path.endswith("/name") else child(given, "name")
            if isinstance(named, ScalarNode) and named.value:
                names[entry] = (named.value, named)
        elif operation.path == entry and "/env" in entry and not entry.endswith("/-"):
            names.clear()  # entries come, go or move
        elif operation.path.endswith("/value"):
            operation.name = names.get(entry)
        yield operation


def _is_list_of_operations(data: object) -> bool:
    return (
        isinstance(data, list)
        and bool(data)
        and all(
            isinstance(item, dict) and item.get("op") in _OPERATIONS and isinstance(item.get("path"), str)
            for item in data
        )
    )


def _release(ours: Iterable[_Operation]) -> str | None:
    written = (item.value for item in ours if item.path == _IMAGE and item.op in _WRITES)
    return next((image(text).version for text in written if isinstance(text, str)), None)


def _operations_of_ours(text: Text, root: SequenceNode) -> bool:
    """Tell whether a list of operations writes variables that nobody but aws-node reads."""
    found = operations(text, root)
    names = {setting.name for setting in found.settings} if found else set()
    table = variables()
    readers = [table[name].containers for name in names if name in table and name not in _COMMON]
    if any(set(containers) == {"cni-metrics-helper"} for containers in readers):
        return False
    return any(
        "cni-metrics-helper" not in containers and table[name].group != "identity"
        for name in names - _COMMON
        if name in table
        for containers in [table[name].containers]
    )


__all__ = ["bare", "body", "operations", "surfaces"]
