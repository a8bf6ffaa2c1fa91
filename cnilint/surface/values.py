"""Values: an ``env`` mapping laid over the stock manifest, as the EKS add-on and the Helm chart take them.

``env`` is the environment of aws-node, ``init.env`` that of its init container; ``extraEnv`` is a list as in a
container. Every format that carries such values reads them here, whatever file and string they stand in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnilint.source.nodes import Offset
from cnilint.source.plain import Plain, child
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode
from cnilint.surface.model import INIT, MAIN, UNKNOWN, Setting, Surface, mapping, value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_KEYS = frozenset({"env", "init"})


def overlay(text: Text, root: Node, kind: str, **said: Any) -> Surface:  # noqa: ANN401  # fields of a Surface
    """Return the surface of values that stand at a node; ``said`` is what the file tells beside them.

    Raises SourceError where the values cannot be understood.
    """
    plain = Plain(text)
    data = mapping(plain.data(root))
    return Surface(kind, text, root, data, tuple(_all(text, root, data)), {}, {}, **said)._replace(
        repeated=tuple(plain.repeated)
    )


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each document whose keys are those of values: how rules write their short examples."""
    wanted = (root for root in roots if _keys(root) and _keys(root) <= _KEYS)
    return [overlay(text, root, "values", format="values") for root in wanted]


def _keys(root: Node) -> set[str]:
    return (
        {key.value for key, _ in root.value if isinstance(key, ScalarNode)} if isinstance(root, MappingNode) else set()
    )


def _all(text: Text, root: Node, data: dict[str, object]) -> Iterator[Setting]:
    yield from mapped(text, child(root, "env"), data.get("env"), MAIN)
    yield from listed(text, child(root, "extraEnv"), data.get("extraEnv"), MAIN)
    yield from mapped(text, child(child(root, "init"), "env"), mapping(data.get("init")).get("env"), INIT)


def mapped(text: Text, node: Node | None, data: object, container: str) -> Iterator[Setting]:
    """Yield the settings of a mapping from names to values, those that a merge key brings in first."""
    written = mapping(data)
    if not isinstance(node, MappingNode):
        return
    own = {name.value for name, _ in node.value if isinstance(name, ScalarNode)}
    for name, item in node.value:
        if isinstance(name, ScalarNode) and name.value == "<<" and not name.style:
            # Of several sources the first wins; it is yielded last.
            for source in reversed(item.value) if isinstance(item, SequenceNode) else (item,):
                below = {key: written[key] for key in written if key not in own}
                yield from mapped(text, source, below, container)
    for index, (name, item) in enumerate(node.value):
        if isinstance(name, ScalarNode) and name.value in written:
            given = value({"value": written[name.value]})
            yield Setting(name.value, given, container, text, node, index, name, item)


def listed(text: Text, node: Node | None, data: object, container: str) -> Iterator[Setting]:
    """Yield the settings of a list of ``name`` and ``value``, as a container's ``env`` is."""
    if not isinstance(node, SequenceNode) or not isinstance(data, list):
        return
    for index, (content, item) in enumerate(zip(data, node.value, strict=True)):
        name = child(item, "name")
        if isinstance(content, dict) and isinstance(name, ScalarNode):
            shown = child(item, "value") or child(item, "valueFrom")
            yield Setting(name.value, value(content), container, text, node, index, name, shown)


def unknown(text: Text, kind: str, **said: Any) -> Surface:  # noqa: ANN401  # fields of a Surface
    """Return the surface of values that nobody can see: a variable, another file, an expression."""
    node = ScalarNode(None, "", Offset(0), Offset(0), '"')
    return Surface(kind, text, node, {}, (), {}, {}, partial=True, **said)


__all__ = ["UNKNOWN", "listed", "mapped", "overlay", "surfaces", "unknown"]
