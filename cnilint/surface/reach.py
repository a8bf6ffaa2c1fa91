"""From a node and a path to the place in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.source.plain import child, entry
from cnilint.source.yaml import MappingNode, Node, ScalarNode, SequenceNode, span

if TYPE_CHECKING:
    from cnilint.source.text import Span, Text


def node_span(text: Text, root: Node, path: tuple[str | int, ...]) -> Span | None:
    """Return the span of a path below a node, or of the deepest ancestor that exists; None when nothing of it does."""
    shown: Node | None = None
    node = root
    for step in path:
        below = _step(node, step)
        if below is None:
            break
        key, node = below
        shown = node if isinstance(node, ScalarNode) or key is None else key
        if key is None and not isinstance(node, ScalarNode):
            shown = child(node, "name") or child(node, "mountPath") or first_leaf(node)
    return span(text, shown) if shown is not None else None


def _step(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, SequenceNode):
        item = child(node, step) if isinstance(step, int) else _named(node, step)
        return (None, item) if item is not None else None
    if not isinstance(node, MappingNode):
        return None
    pair = entry(node, step)
    if pair is not None:
        return pair
    merged = child(node, step)
    return (None, merged) if merged is not None else None


def _named(node: SequenceNode, name: str) -> Node | None:
    """Return the item of a list with this ``name`` or ``mountPath``: the keys by which Kubernetes tells items apart."""
    for item in node.value:
        for key in ("name", "mountPath"):
            found = child(item, key)
            if isinstance(found, ScalarNode) and found.value == name:
                return item
    return None


def first_leaf(node: Node) -> Node:
    """Return the first scalar in a node, or the node itself when it holds none."""
    while not isinstance(node, ScalarNode) and node.value:
        first = node.value[0]
        node = first[0] if isinstance(first, tuple) else first
    return node
