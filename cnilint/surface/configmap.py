"""The ConfigMap amazon-vpc-cni where it is not written as an object: generated from literals, or patched.

What writes only some of its keys is partial: whether the others are there is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.source.inset import inset
from cnilint.source.nodes import Offset
from cnilint.source.plain import Plain, child
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface.addon import literal
from cnilint.surface.model import Item, Surface, items, mapping, placeholder
from cnilint.surface.reach import first_leaf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

NAME: Final = "amazon-vpc-cni"
_DATA: Final = "/data/"


def generated(text: Text, item: Node, namespace: str, *, whole: bool) -> Surface:
    """Return the surface of a ``configMapGenerator`` with ``literals`` (``key=value``)."""
    listed = child(item, "literals")
    written = listed.value if isinstance(listed, SequenceNode) else []
    pairs = [pair for node in written if isinstance(node, ScalarNode) for pair in _literal(text, node)]
    return _surface(text, item, pairs, namespace, partial=not whole)


def _literal(text: Text, node: ScalarNode) -> Iterator[tuple[ScalarNode, ScalarNode]]:
    """Yield key and value of a literal; one pair of quotes around the value is taken off, as kustomize does."""
    content = inset(text, node)
    key, equals, value = content.content.partition("=")
    if not equals or placeholder(key):
        return
    end = content.outward(len(content.content)) if content.content else node.end_mark.index
    middle = content.outward(len(key)) + 1
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    yield _scalar(key, content.outward(0), middle - 1), _scalar(value, middle, end)


def patched(text: Text, root: Node, namespace: str) -> Surface | None:
    """Return the surface of a patch of the ConfigMap: a strategic merge or a JSON 6902 list; None for others."""
    if isinstance(root, SequenceNode):
        pairs = list(_operations(text, root))
        return _surface(text, root, pairs, namespace, partial=True) if pairs else None
    if not isinstance(root, MappingNode) or literal(child(root, "kind")) not in ("", "ConfigMap"):
        return None
    plain = Plain(text)
    data = mapping(plain.data(root))
    own = {**data, "metadata": _metadata(namespace or str(mapping(data.get("metadata")).get("namespace") or ""))}
    found = {"ConfigMap": [Item(own, root, text)]}
    place = span(text, child(child(root, "metadata"), "name") or first_leaf(root))
    return Surface("objects", text, root, {}, (), {}, found, partial=True, place=place, repeated=tuple(plain.repeated))


def _operations(text: Text, root: SequenceNode) -> Iterator[tuple[Node, Node]]:
    """Yield key and value of what the operations of a list write into the data."""
    for content, node in zip(items(Plain(text).data(root)), root.value, strict=False):
        path, value = str(content.get("path")), child(node, "value")
        if content.get("op") not in ("add", "replace") or value is None:
            continue
        if path.startswith(_DATA) and "/" not in path.removeprefix(_DATA):
            place = child(node, "path")
            if place is not None:
                yield _scalar(path.removeprefix(_DATA), place.start_mark.index, place.end_mark.index), value
        elif path == _DATA[:-1] and isinstance(value, MappingNode):
            yield from value.value


def _surface(text: Text, node: Node, pairs: Iterable[tuple[Node, Node]], namespace: str, *, partial: bool) -> Surface:
    """Return the surface of a ConfigMap with these keys, as if they stood in one."""
    name = child(node, "name") or first_leaf(node)
    start, end = node.start_mark, node.end_mark
    data = MappingNode(None, list(pairs), start, end, flow_style=True)
    metadata = MappingNode(None, [(_scalar("name", *_ends(name)), name)], start, end, flow_style=True)
    keys = [(_scalar(key, *_ends(name)), held) for key, held in (("metadata", metadata), ("data", data))]
    root = MappingNode(None, keys, start, end, flow_style=True)
    plain = Plain(text)
    held = {"kind": "ConfigMap", "metadata": _metadata(namespace), "data": plain.data(data)}
    return Surface(
        "objects", text, root, {}, (), {}, {"ConfigMap": [Item(held, root, text)]}, partial=partial,
        place=span(text, name), repeated=tuple(plain.repeated),
    )  # fmt: skip


def _metadata(namespace: str) -> dict[str, object]:
    return {"name": NAME, **({"namespace": namespace} if namespace else {})}


def _ends(node: Node) -> tuple[int, int]:
    return node.start_mark.index, node.end_mark.index


def _scalar(value: str, start: int, end: int) -> ScalarNode:
    return ScalarNode(None, value, Offset(start), Offset(end), style='"')
