"""The nodes of HCL beyond those of YAML: strings with their runs, function calls, and what several make together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from cnilint.source.inset import HOLE
from cnilint.source.plain import resolved
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from cnilint.source.inset import Run
    from cnilint.source.nodes import Offset
    from cnilint.source.yaml import Node

# A scalar that was written elsewhere: no edit may touch it, as it has its meaning but not its characters.
_TAGS: Final = {str: "str", bool: "bool", int: "int", float: "float", type(None): "null"}


class Words(ScalarNode):
    """A string with the runs of its content."""

    __slots__ = ("runs",)

    def __init__(self, value: str, start: Offset, end: Offset, style: str, runs: list[Run]) -> None:
        super().__init__(None, value, start, end, style=style)
        self.runs = runs


class Call(ScalarNode):
    """What a function returns: nothing that is known, but what it was given is."""

    __slots__ = ("arguments", "function")

    def __init__(self, start: Offset, end: Offset, function: str, arguments: list[Node]) -> None:
        super().__init__(None, HOLE, start, end, style='"')
        self.function = function
        self.arguments = arguments


class Merged(MappingNode):
    """What ``merge`` makes of several mappings: its entries need not stand beside each other."""


class Joined(SequenceNode):
    """What ``concat`` makes of several lists."""


def is_open(node: MappingNode) -> bool:
    """Tell whether a mapping holds more than what is written: it was merged with something unknown."""
    return any(isinstance(key, ScalarNode) and HOLE in key.value for key, _ in node.value)


def merged(arguments: list[Node], start: Offset, end: Offset) -> Node:
    """Return the mapping that ``merge`` makes: later keys win; an unknown argument is an entry without a known key."""
    pairs: dict[str, tuple[Node, Node]] = {}
    for item in arguments:
        if isinstance(item, MappingNode):
            for key, value in item.value:
                pairs.pop(key.value, None)
                pairs[key.value] = (key, value)
        elif not (isinstance(item, ScalarNode) and item.value == "null" and not item.style):
            unknown = ScalarNode(None, HOLE, item.start_mark, item.end_mark, style='"')
            pairs[HOLE] = (unknown, unknown)
    return Merged(None, list(pairs.values()), start, end, flow_style=True)


def moved(node: Node, start: Offset, end: Offset) -> Node:
    """Return a value that is written elsewhere as the node of the place where it is used."""
    if isinstance(node, Call):
        return Call(start, end, node.function, node.arguments)
    if isinstance(node, (MappingNode, SequenceNode)):
        return cast("Node", type(node)(node.tag, node.value, start, end, flow_style=True))
    assert isinstance(node, ScalarNode)  # noqa: S101  # there is no fourth kind
    if isinstance(node, Words):
        return frozen(Words(node.value, start, end, node.style or '"', node.runs))
    return frozen(ScalarNode(node.tag, node.value, start, end, style=node.style))


def frozen(node: Node) -> Node:
    """Return a node whose scalars have a tag of their own, so that no edit changes them."""
    rest = [node]
    while rest:
        item = rest.pop()
        if isinstance(item, Call):
            rest += item.arguments
        elif not isinstance(item, ScalarNode):
            rest += [part for entry in item.value for part in (entry if isinstance(entry, tuple) else (entry,))]
        elif item.tag is None:
            kind = str if item.style else type(resolved(item.value))
            item.tag = f"tag:yaml.org,2002:{_TAGS[kind]}"
    return node
