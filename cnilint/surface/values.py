"""Values: an ``env`` mapping laid over the stock manifest, as the Helm chart and the EKS add-on take them.

Rules write their short examples in this form. ``env`` is the environment of aws-node, ``init.env`` that of its init
container.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.source.plain import Plain, child
from cnilint.source.yaml import MappingNode, ScalarNode
from cnilint.surface.kubernetes import value
from cnilint.surface.model import INIT, MAIN, Setting, Surface, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_KEYS = frozenset({"env", "init"})


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each document whose keys are those of values."""
    plain = Plain(text)
    found = []
    for root in roots:
        data = mapping(plain.data(root))
        if data and set(data) <= _KEYS:
            main = _settings(text, child(root, "env"), data.get("env"), MAIN)
            init = _settings(text, child(child(root, "init"), "env"), mapping(data.get("init")).get("env"), INIT)
            found.append(Surface("values", text, root, data, (*main, *init), {}, {}))
    return found


def _settings(text: Text, node: Node | None, data: object, container: str) -> Iterator[Setting]:
    if not isinstance(node, MappingNode):
        return
    written = mapping(data)
    for index, (name, item) in enumerate(node.value):
        if isinstance(name, ScalarNode) and name.value in written:
            given = value({"value": written[name.value]})
            yield Setting(name.value, given, container, text, node, index, name, item)
