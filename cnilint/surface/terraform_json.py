"""Terraform's JSON to blocks: configuration in JSON syntax, variables, and what ``terraform show -json`` prints.

Formats: developer.hashicorp.com/terraform/language/syntax/json and /internals/json-format. In the configuration a
string is a template; in a plan and a state it is what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.record import NamedTuple
from cnilint.source.hcl import Source
from cnilint.source.hclnode import Words, moved
from cnilint.source.inset import HOLE, inset, punched
from cnilint.source.nodes import Offset
from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode
from cnilint.surface.terraform_values import is_null, listed, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_CONFIGURATION: Final = (".tf.json", ".tofu.json")
_VARIABLES: Final = ".tfvars.json"
# How many labels a block of the type has.
_LABELS: Final = {"resource": 2, "module": 1, "variable": 1, "locals": 0}
_HOLES: Final = r"(?<!\$)\$\{[^}]*\}|(?<!%)%\{[^}]*\}"


class Block(NamedTuple):
    """A block as HCL has them."""

    type: str
    labels: tuple[str, ...]
    start: int
    end: int
    body: MappingNode


def blocks(text: Text, root: Node) -> tuple[list[Block], MappingNode | None]:
    """Return the blocks of a document and, of a file of variables, these."""
    if not isinstance(root, MappingNode):
        return [], None
    if text.path.endswith(_VARIABLES):
        return [], root
    if text.path.endswith(_CONFIGURATION):
        return list(_configuration(text, root)), None
    values = child(root, "planned_values") or child(root, "values")
    if child(root, "format_version") is not None and isinstance(child(values, "root_module"), MappingNode):
        return list(_resources(child(values, "root_module"), _unknown(child(root, "resource_changes")))), None
    return [], None


def _configuration(text: Text, root: MappingNode) -> Iterator[Block]:
    local = [item for node in listed(child(root, "locals")) for item in listed(node) if isinstance(item, MappingNode)]
    named = {key.value: value for item in local for key, value in item.value if isinstance(key, ScalarNode)}
    templates = _Templates(text, named)
    for kind, count in _LABELS.items():
        for labels, body in _labelled(child(root, kind), count):
            made = templates.node(body)
            if isinstance(made, MappingNode):
                yield Block(kind, labels, body.start_mark.index, body.end_mark.index, made)


def _labelled(node: Node | None, count: int) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield the bodies below as many levels of labels, each of which may be a list of objects."""
    for item in listed(node):
        if not count:
            yield (), item
        elif isinstance(item, MappingNode):
            for key, value in item.value:
                for labels, body in _labelled(value, count - 1):
                    yield (str(getattr(key, "value", "")), *labels), body


class _Templates:
    """Makes of JSON's strings what Terraform makes of them."""

    def __init__(self, text: Text, local: dict[str, Node]) -> None:
        self._text = text
        self._local = local
        self._plain = "${" not in text.content and "%{" not in text.content and "\\u00" not in text.content

    def node(self, node: Node) -> Node:
        """Return a node with its templates read."""
        if self._plain:
            return node
        if isinstance(node, ScalarNode):
            return self._string(node) if node.style == '"' and ("${" in node.value or "%{" in node.value) else node
        if isinstance(node, SequenceNode):
            items = [self.node(item) for item in node.value]
            return SequenceNode(node.tag, items, node.start_mark, node.end_mark, flow_style=node.flow_style)
        if not isinstance(node, MappingNode):
            return node
        pairs = [(self._key(key), self.node(value)) for key, value in node.value]
        return MappingNode(node.tag, pairs, node.start_mark, node.end_mark, flow_style=node.flow_style)

    def _key(self, node: Node) -> Node:
        return self._holed(node) if isinstance(node, ScalarNode) and "${" in node.value else node

    def _string(self, node: ScalarNode) -> Node:
        text = node.value.strip()
        if text.startswith("${") and text.endswith("}") and text == node.value:
            found = self._expression(node)
            if found is not None:
                return found
        return self._holed(node)

    def _expression(self, node: ScalarNode) -> Node | None:
        """Return what a string that is one expression stands for; None where it is more than one, or none."""
        outer = inset(self._text, node)
        inner = type(outer)(outer.outer, outer.content[2:-1], outer.runs(2, len(outer.content) - 1), outer.style)
        try:
            source = Source(inner, bare=True, resolved=self._local.items())
            found = None if source.faults else source.expression()
        except SourceError:
            return None
        if found is None:
            return None
        return moved(found, Offset(node.start_mark.index), Offset(node.end_mark.index))

    def _holed(self, node: ScalarNode) -> Node:
        found = punched(inset(self._text, node), _HOLES)
        runs = list(found.runs(0, len(found.content)))
        return Words(found.content, Offset(node.start_mark.index), Offset(node.end_mark.index), '"', runs)


def _unknown(changes: Node | None) -> dict[str, list[Node]]:
    """Return the attributes of each resource that are known only after the plan was applied."""
    found: dict[str, list[Node]] = {}
    for change in listed(changes):
        address, after = literal(child(change, "address")), child(child(change, "change"), "after_unknown")
        if address and isinstance(after, MappingNode):
            found[address] = [key for key, value in after.value if literal(value) == "true"]
    return found


def _resources(module: Node | None, unknown: dict[str, list[Node]]) -> Iterator[Block]:
    """Yield the resources of a module and of those below it."""
    for item in listed(child(module, "resources")):
        kind, name, body = literal(child(item, "type")), literal(child(item, "name")), child(item, "values")
        if literal(child(item, "mode")) not in (None, "managed") or not kind or not isinstance(body, MappingNode):
            continue
        later = unknown.get(literal(child(item, "address")) or "", ())
        pairs = [(key, value) for key, value in body.value if not is_null(value)]
        pairs += [(key, ScalarNode(None, HOLE, key.start_mark, key.end_mark, style='"')) for key in later]
        made = MappingNode(body.tag, pairs, body.start_mark, body.end_mark, flow_style=body.flow_style)
        yield Block("resource", (kind, name or ""), body.start_mark.index, body.end_mark.index, made)
    for below in listed(child(module, "child_modules")):
        yield from _resources(below, unknown)
