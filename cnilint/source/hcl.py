"""HCL, the language of Terraform and OpenTofu, to blocks whose bodies are the nodes that YAML has.

tree-sitter finds the structure (grammar: tree-sitter-grammars/tree-sitter-hcl), with places and in spite of faults;
``hclvalue`` makes nodes of the expressions. Nothing is evaluated but what stands in the text as it is.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.source.hclnode import Words, frozen
from cnilint.source.hclvalue import Values
from cnilint.source.inset import Inset
from cnilint.source.inset import inset as yaml_inset
from cnilint.source.nodes import Offset
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node as Branch
    from tree_sitter import Parser

    from cnilint.source.inset import Run
    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

_WITHIN: Final = 0x80  # the upper bits of a byte within a character of UTF-8
_PREFIX: Final = "x="  # makes an attribute, which the grammar takes, of a bare expression


class Block:
    """A block: its type, its labels, and its body, of which nodes are made when it is asked for."""

    __slots__ = ("_branch", "_made", "_source", "end", "labels", "start", "type")

    def __init__(self, source: Source, branch: Branch) -> None:
        self.start, self.end = source.offset(branch.start_byte), source.offset(branch.end_byte)
        names = [source.label(item) for item in branch.children if item.type in ("identifier", "string_lit")]
        self.type, self.labels = names[0] if names else "", tuple(names[1:])
        self._source, self._branch = source, branch
        self._made: MappingNode | None = None

    @property
    def body(self) -> MappingNode:
        """The body as a mapping: attributes by name; of blocks the list of those of a type, labels nested within."""
        if self._made is None:
            self._made = self._source.body(self._branch)
        return self._made


class Source:
    """A text parsed as HCL.

    Where the text is the inside of a string (``bare``), it is one expression, and its nodes have places in the text
    around it.
    """

    __slots__ = ("_chars", "_content", "_root", "_shift", "faults", "text", "values")

    def __init__(self, text: Text, *, bare: bool = False, resolved: Iterable[tuple[str, Node]] = ()) -> None:
        self.text = text
        self._content = _PREFIX + text.content if bare else text.content
        self._shift = len(_PREFIX) if bare else 0
        raw = self._content.encode("utf-8", "surrogatepass")
        ascii_only = len(raw) == len(self._content)
        self._chars = None if ascii_only else [0, *accumulate(int(byte & 0xC0 != _WITHIN) for byte in raw)]
        self._root = _parser().parse(raw).root_node
        self.faults = [(self.offset(item.start_byte), item) for item in _faults(self._root)]
        self.values = Values(self, dict(resolved), {} if bare else self._local_expressions())

    def offset(self, byte: int) -> int:
        """Return where a byte of what was parsed stands in the text, or in the text around it."""
        index = self._index(byte)
        return self.text.outward(index) if isinstance(self.text, Inset) and self._shift else index

    def runs(self, first: int, last: int) -> list[Run]:
        """Return the runs of the characters between two bytes that stand for themselves."""
        start, stop = self._index(first), self._index(last)
        if isinstance(self.text, Inset) and self._shift:
            return list(self.text.runs(start, stop))
        return [(start, stop - start)] if stop > start else []

    def _index(self, byte: int) -> int:
        return max(0, (self._chars[byte] if self._chars else byte) - self._shift)

    def content(self, first: int, last: int) -> str:
        """Return the characters between two bytes."""
        chars = self._chars
        return self._content[chars[first] : chars[last]] if chars else self._content[first:last]

    def label(self, branch: Branch) -> str:
        """Return the name that an identifier or a quoted label stands for."""
        return self.content(branch.start_byte, branch.end_byte).strip('"')

    def blocks(self) -> list[Block]:
        """Return the blocks of the file."""
        return [Block(self, item) for item in self._top() if item.type == "block"]

    def attributes(self) -> MappingNode:
        """Return the attributes of the file itself, as a file of variables has them."""
        return self._mapping(self._root, [self._attribute(item) for item in self._top() if item.type == "attribute"])

    def expression(self) -> Node:
        """Return the one expression of a bare text; no edit may touch it, as quotes would have to be escaped."""
        found = next((item for item in self._top() if item.type == "attribute"), None)
        return self.values.hole(self._root) if found is None or self.faults else frozen(self._attribute(found)[1])

    def _top(self) -> list[Branch]:
        return [item for body in self._root.children if body.type == "body" for item in body.children]

    def _local_expressions(self) -> dict[str, Branch]:
        """Return the expressions of local values that are defined once."""
        found: dict[str, Branch] = {}
        again: set[str] = set()
        for block in self._top():
            if block.type != "block" or not block.children or self.label(block.children[0]) != "locals":
                continue
            for item in (part for body in block.children if body.type == "body" for part in body.children):
                if item.type == "attribute":
                    name = self.label(item.children[0])
                    again.update({name} & found.keys())
                    found[name] = item.children[-1]
        return {name: item for name, item in found.items() if name not in again}

    def body(self, block: Branch) -> MappingNode:
        """Return a block's body as a mapping."""
        pairs: list[tuple[Node, Node]] = []
        lists: dict[str, SequenceNode] = {}
        for item in (part for body in block.children if body.type == "body" for part in body.children):
            if item.type == "attribute":
                pairs.append(self._attribute(item))
            elif item.type == "block":
                key, value = self._labelled(item)
                if key.value not in lists:
                    lists[key.value] = SequenceNode(None, [], value.start_mark, value.end_mark, flow_style=False)
                    pairs.append((key, lists[key.value]))
                lists[key.value].value.append(value)
                lists[key.value].end_mark = value.end_mark
        return self._mapping(block, pairs)

    def _labelled(self, block: Branch) -> tuple[ScalarNode, MappingNode]:
        """Return a block's type and its body, which its labels are laid around."""
        names = [item for item in block.children if item.type in ("identifier", "string_lit")]
        keys = [self.values.name(item) for item in names]
        node = self.body(block)
        for key in reversed(keys[1:]):
            node = MappingNode(None, [(key, node)], node.start_mark, node.end_mark, flow_style=True)
        return keys[0], node

    def _attribute(self, item: Branch) -> tuple[Node, Node]:
        return self.values.name(item.children[0]), self.values.node(item.children[-1])

    def _mapping(self, branch: Branch, pairs: list[tuple[Node, Node]]) -> MappingNode:
        start, end = Offset(self.offset(branch.start_byte)), Offset(self.offset(branch.end_byte))
        return MappingNode(None, pairs, start, end, flow_style=True)

    def check(self, start: int, end: int) -> None:
        """Raise SourceError for the first fault of syntax between two offsets."""
        for at, branch in self.faults:
            if start <= at <= end:
                raise self.fault(at, branch)

    def fault(self, at: int, branch: Branch) -> SourceError:
        """Return the error for a fault of syntax."""
        missing = f"missing {branch.type!r}" if branch.is_missing else "unexpected characters"
        line, column = self.text.position(at)
        return SourceError(f"not HCL: {missing}", self.text.path, line, column)


def inset(text: Text, node: ScalarNode) -> Inset:
    """Return the text inside a string: of HCL, or of JSON."""
    if not isinstance(node, Words):
        return yaml_inset(text, node)
    return Inset(text, node.value, node.runs or [(node.start_mark.index, 0)], node.style)


def _parser() -> Parser:
    import tree_sitter  # noqa: PLC0415  # 13 ms that only HCL needs
    import tree_sitter_hcl  # noqa: PLC0415

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def _faults(root: Branch) -> list[Branch]:
    """Return what the parser could make nothing of, or missed, in the order of places."""
    found, rest = [], [root] if root.has_error else []
    while rest:
        branch = rest.pop()
        if branch.is_error or branch.is_missing:
            found.append(branch)
        elif branch.has_error:
            rest.extend(reversed(branch.children))
    return found
