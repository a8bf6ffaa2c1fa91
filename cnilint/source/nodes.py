"""Nodes: what a document is made of, each with its place.

They are this module's own and not ruamel.yaml's because a manifest has a thousand of them: a node of ruamel.yaml takes
half as long to make as all that libyaml does for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:

    class Mark(Protocol):
        """A place in the text."""

        index: int


class Offset:
    """The place of a node that no parser of YAML made."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


class Node:
    """A scalar, a list or a mapping; ``tag`` is the one that was written, None where there is none."""

    __slots__ = ("end_mark", "start_mark", "tag", "value")

    tag: str | None
    value: Any  # narrower in each of the three below
    start_mark: Mark
    end_mark: Mark


class ScalarNode(Node):
    """A scalar; ``style`` is its quote or its block's sign, "" or None where it is plain."""

    __slots__ = ("style",)

    value: str

    def __init__(self, tag: str | None, value: str, start_mark: Mark, end_mark: Mark, style: str | None) -> None:
        self.tag = tag
        self.value = value
        self.start_mark = start_mark
        self.end_mark = end_mark
        self.style = style


class CollectionNode(Node):
    """A list or a mapping."""

    __slots__ = ("flow_style",)

    def __init__(
        self,
        tag: str | None,
        value: list[Any],
        start_mark: Mark,
        end_mark: Mark,
        flow_style: bool,  # noqa: FBT001
    ) -> None:
        self.tag = tag
        self.value = value
        self.start_mark = start_mark
        self.end_mark = end_mark
        self.flow_style = flow_style


class SequenceNode(CollectionNode):
    """A list of nodes."""

    __slots__ = ()

    value: list[Node]


class MappingNode(CollectionNode):
    """Pairs of nodes, repeated keys among them."""

    __slots__ = ()

    value: list[tuple[Node, Node]]


def adopted(theirs: Any, known: dict[int, Node] | None = None) -> Node:  # noqa: ANN401  # ruamel's nodes are untyped
    """Return a node of ruamel.yaml, and all below it, as ours; what an alias repeats stays one node."""
    known = {} if known is None else known
    if id(theirs) in known:
        return known[id(theirs)]
    written = theirs.ctag is not None and theirs.ctag.suffix is not None
    tag = str(theirs.ctag) if written else None
    if theirs.id == "scalar":
        scalar = ScalarNode(tag, theirs.value, theirs.start_mark, theirs.end_mark, theirs.style)
        return known.setdefault(id(theirs), scalar)
    value: list[Any] = []
    kind = MappingNode if theirs.id == "mapping" else SequenceNode
    ours = known[id(theirs)] = kind(tag, value, theirs.start_mark, theirs.end_mark, theirs.flow_style)
    value += (  # now that the node is known, for an alias may lead back to it
        tuple(adopted(part, known) for part in item) if isinstance(item, tuple) else adopted(item, known)
        for item in theirs.value
    )
    return ours
