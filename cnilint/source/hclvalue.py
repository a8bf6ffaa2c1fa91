"""HCL expressions to nodes: what stands there as it is becomes data, whatever would have to be worked out a HOLE.

Strings are styled ``"``, heredocs ``|``, numbers, booleans and null not at all, so that ``plain`` and ``edit`` read and
write them rightly. A function call is a HOLE that remembers what it was given. Semantics: hashicorp/hcl,
hclsyntax/spec.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.errors import ExcessError
from cnilint.source.hclnode import Call, Joined, Words, is_open, merged, moved
from cnilint.source.hclstring import heredoc, quoted
from cnilint.source.inset import HOLE
from cnilint.source.nodes import Offset
from cnilint.source.plain import child, resolved
from cnilint.source.yaml import MappingNode, Node, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from tree_sitter import Node as Branch

    from cnilint.source.hcl import Source
    from cnilint.source.inset import Run

# An expression within an expression takes several frames of Python's stack.
MAX_DEPTH: Final = 100
# Local values that repeat each other make a small text mean a billion nodes.
MAX_FOLLOWED: Final = 10_000
# Functions whose value is that of their one argument, as far as it matters here.
_SAME: Final = frozenset({"tolist", "toset", "tomap", "sensitive", "nonsensitive", "trimspace", "chomp"})


class Values:
    """The nodes of one source's expressions; ``known`` are local values from elsewhere."""

    __slots__ = ("_active", "_depth", "_known", "_locals", "_source")

    def __init__(self, source: Source, known: dict[str, Node], expressions: dict[str, Branch]) -> None:
        self._source = source
        self._known: dict[str, Node | None] = {**known}
        self._locals = expressions
        self._active: set[str] = set()
        self._depth = 0

    def marks(self, branch: Branch) -> tuple[Offset, Offset]:
        """Return where a part of the tree starts and ends."""
        return Offset(self._source.offset(branch.start_byte)), Offset(self._source.offset(branch.end_byte))

    def hole(self, branch: Branch) -> Node:
        """Return what nobody can know."""
        return ScalarNode(None, HOLE, *self.marks(branch), style='"')

    def name(self, branch: Branch) -> ScalarNode:
        """Return an identifier, or a label, as a key: in quotes where YAML would make something else of it."""
        if branch.type == "string_lit":
            return self._words(branch)
        text = self._source.content(branch.start_byte, branch.end_byte)
        return ScalarNode(None, text, *self.marks(branch), style=None if resolved(text) == text else '"')

    def node(self, branch: Branch) -> Node:
        """Return an expression as a node.

        Raises ExcessError for one that is nested too deeply.
        """
        if self._depth == MAX_DEPTH:
            line, column = self._source.text.position(branch.start_byte and self._source.offset(branch.start_byte))
            raise ExcessError(f"nested deeper than {MAX_DEPTH} levels", self._source.text.path, line, column)
        self._depth += 1
        try:
            return self._expression(branch)
        finally:
            self._depth -= 1

    def _expression(self, branch: Branch) -> Node:
        parts = [item for item in branch.children if item.type != "comment"]
        if any(item.is_error or item.is_missing for item in parts) or not parts:
            return self.hole(branch)
        first = parts[0]
        if first.type == "(" and len(parts) == 3:  # noqa: PLR2004  # both brackets and what stands between
            return moved(self.node(parts[1]), *self.marks(branch))
        if len(parts) == 1:
            return self._single(first)
        if first.type == "variable_expr" and self._source.label(first) == "local":
            return self._local(branch, parts[1:])
        return self.hole(branch)

    def _single(self, branch: Branch) -> Node:
        if branch.type in ("literal_value", "template_expr", "collection_value"):
            return self._literal(branch, next((item for item in branch.children if item.type != "comment"), branch))
        if branch.type == "function_call":
            return self._call(branch)
        if branch.type == "operation":
            return self._negative(branch)
        return self.hole(branch)

    def _literal(self, outer: Branch, branch: Branch) -> Node:
        if branch.type in ("numeric_lit", "bool_lit", "null_lit"):
            text = self._source.content(branch.start_byte, branch.end_byte)
            return ScalarNode(None, text, *self.marks(branch), style=None)
        if branch.type in ("string_lit", "quoted_template"):
            return self._sole(branch) or self._words(branch)
        if branch.type == "heredoc_template":
            return Words(*self._template(branch, heredoc(self._source, branch), "|"))
        if branch.type == "object":
            pairs = [self._pair(item) for item in branch.children if item.type == "object_elem"]
            return MappingNode(None, pairs, *self.marks(branch), flow_style=True)
        if branch.type == "tuple":
            items = [self.node(item) for item in branch.children if item.type == "expression"]
            return SequenceNode(None, items, *self.marks(branch), flow_style=True)
        return self.hole(outer)

    def _words(self, branch: Branch) -> Words:
        return Words(*self._template(branch, quoted(self._source, branch), '"'))

    def _template(
        self, branch: Branch, content: tuple[str, list[Run]], style: str
    ) -> tuple[str, Offset, Offset, str, list[Run]]:
        return content[0], *self.marks(branch), style, content[1]

    def _sole(self, branch: Branch) -> Node | None:
        """Return what ``"${...}"`` holds when that is all: its value, whatever its type."""
        inner = branch.children[1:-1]
        if len(inner) != 1 or inner[0].type != "template_interpolation":
            return None
        found = next((item for item in inner[0].children if item.type == "expression"), None)
        return moved(self.node(found), *self.marks(branch)) if found is not None else None

    def _pair(self, element: Branch) -> tuple[Node, Node]:
        sides = [item for item in element.children if item.type == "expression"]
        if len(sides) != 2:  # noqa: PLR2004  # key and value
            return self.hole(element), self.hole(element)
        parts = sides[0].children
        if len(parts) == 1 and parts[0].type == "variable_expr":
            return self.name(parts[0]), self.node(sides[1])
        key = self.node(sides[0])
        return key if isinstance(key, ScalarNode) else self.hole(sides[0]), self.node(sides[1])

    def _negative(self, branch: Branch) -> Node:
        """Return a negative number; any other operation would have to be worked out."""
        parts = branch.children[0].children if branch.children else []
        if len(parts) == 2 and parts[0].type == "-" and parts[1].type == "literal_value":  # noqa: PLR2004
            number = self._single(parts[1])
            if isinstance(number, ScalarNode) and not number.style:
                return ScalarNode(None, f"-{number.value}", *self.marks(branch), style=None)
        return self.hole(branch)

    def _call(self, branch: Branch) -> Node:
        function = self._source.label(branch.children[0])
        given = [item for part in branch.children if part.type == "function_arguments" for item in part.children]
        spread = any(item.type == "ellipsis" for item in given)
        arguments = [self.node(item) for item in given if item.type == "expression"]
        start, end = self.marks(branch)
        if spread:
            return self.hole(branch)
        if function == "merge":
            return merged(arguments, start, end)
        if function in _SAME and len(arguments) == 1 and not isinstance(arguments[0], Call):
            return moved(arguments[0], start, end)
        if function == "concat":
            parts = [item.value if isinstance(item, SequenceNode) else [item] for item in arguments]
            return Joined(None, [item for part in parts for item in part], start, end, flow_style=True)
        return Call(start, end, function, arguments)

    def _local(self, branch: Branch, steps: list[Branch]) -> Node:
        """Return what a local value holds, at the place where it is used."""
        names = [self._step(item) for item in steps]
        found = self._named(names[0]) if names[0] else None
        for name in names[1:]:
            found = child(found, name) if name and isinstance(found, MappingNode) and not is_open(found) else None
        return moved(found, *self.marks(branch)) if found is not None else self.hole(branch)

    def _step(self, branch: Branch) -> str:
        """Return the name that ``.name`` or ``["name"]`` asks for, "" for whatever else stands there."""
        text = self._source.content(branch.start_byte, branch.end_byte)
        if branch.type == "get_attr":
            return text[1:].strip()
        inner = text[1:-1].strip()
        plain = len(inner) > 1 and inner[0] == inner[-1] == '"' and not set(inner[1:-1]) & set('\\"$%')
        return inner[1:-1] if branch.type == "index" and plain else ""

    def _named(self, name: str) -> Node | None:
        if name not in self._known and name in self._locals and name not in self._active:
            self._active.add(name)
            found = self.node(self._locals[name])
            self._known[name] = found if _size(found) < MAX_FOLLOWED else None
            self._active.discard(name)
        return self._known.get(name)


def _size(node: Node) -> int:
    """Return of how many nodes a value is made, at most as many as are followed."""
    rest, size = [node], 0
    while rest and size < MAX_FOLLOWED:
        item = rest.pop()
        size += 1
        if isinstance(item, Call):
            rest += item.arguments
        elif not isinstance(item, ScalarNode):
            rest += [part for entry in item.value for part in (entry if isinstance(entry, tuple) else (entry,))]
    return size
