"""Nodes to plain data, as kubectl reads YAML.

kubectl reads YAML 1.1 in the dialect of sigs.k8s.io/yaml (goyaml.v2/resolve.go): an unquoted ``yes``, ``on`` or ``y``
is true, ``0777`` is 511, ``1_000`` is 1000, ``08`` is 8, a repeated key silently replaces the first, and a key
becomes a string. Seen running: ``kubectl label --local -f x.yaml a=b -o json`` of kubectl v1.32.4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from cnilint.errors import ExcessError, SourceError
from cnilint.record import NamedTuple
from cnilint.source.yaml import MAX_DEPTH, MappingNode, Node, ScalarNode, SequenceNode, template_error

if TYPE_CHECKING:
    from cnilint.source.text import Text

# An alias repeats a node; a few that repeat each other make a small text mean a billion nodes.
MAX_NODES = 1_000_000

_WORDS: dict[str, object] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
# Patterns are left to re's own cache: compiling them costs more than most files need of them.
_INTEGER = r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)\Z"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"
_NUMBER_STARTS = frozenset("0123456789+-.")
_NUMERIC = "0123456789abcdefABCDEFxXoO_+-."
_STR, _INT, _FLOAT_TAG, _BOOL, _NULL = (f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))
_TAGGED: dict[str, tuple[type, ...]] = {_INT: (int,), _FLOAT_TAG: (int, float), _BOOL: (bool,), _NULL: (type(None),)}
_INT64 = 1 << 63
# What unquoted scalars mean that were met before: a manifest has some hundred, and most stand in the next one too.
_met: dict[str, object] = {}
_MOST, _SHORT = 2000, 100


class Repeated(NamedTuple):
    """A key that stands twice in a mapping: the later node wins."""

    key: str
    first: Node
    last: Node


class Plain:
    """Plain data of nodes of one text, and the keys that were repeated on the way."""

    __slots__ = ("_active", "_aliased", "_depth", "_done", "_keys", "_sizes", "_text", "repeated")

    def __init__(self, text: Text) -> None:
        self.repeated: list[Repeated] = []
        self._text = text
        self._depth = 0
        self._keys: set[str] = set()  # those met whose text is the key, quoted or not: nearly all, and most many times
        self._aliased = "&" in text.content  # without an anchor there is nothing to follow, to count or to share
        self._done: dict[int, object] = {}
        self._sizes: dict[int, int] = {}
        self._active: set[int] = set()

    def data(self, node: Node) -> object:
        """Return the node as dict, list, str, int, float, bool or None.

        Raises SourceError for an alias that contains itself, for aliases that would repeat more than MAX_NODES nodes,
        for a template, and for a key that is no scalar.
        """
        if isinstance(node, ScalarNode):
            return scalar(node)
        if self._depth == MAX_DEPTH:
            raise self._excess(f"nested deeper than {MAX_DEPTH} levels", node)
        self._depth += 1
        if self._aliased:
            value = self._followed(node)
        else:
            value = self._mapping(node) if isinstance(node, MappingNode) else self._list(node)
        self._depth -= 1
        return value

    def _followed(self, node: Node) -> object:
        """Return a collection's data where aliases may lead to it again."""
        known = id(node)
        if known in self._done:
            return self._done[known]
        if known in self._active:
            raise self._excess("an alias that contains itself", node)
        self._active.add(known)
        value: object = self._mapping(node) if isinstance(node, MappingNode) else self._list(node)
        self._active.discard(known)
        self._done[known] = value
        self._count(node)
        return value

    def _list(self, node: Node) -> list[object]:
        return [scalar(item) if isinstance(item, ScalarNode) else self.data(item) for item in node.value]

    def _mapping(self, node: MappingNode) -> dict[str, object]:
        value: dict[str, object] = {}
        merged: dict[str, object] = {}
        for pair in node.value:
            key_node, value_node = pair
            if not isinstance(key_node, ScalarNode):
                raise self._bad_key(key_node)
            key = key_node.value
            if key not in self._keys:
                if key == "<<" and not key_node.style:
                    merged = {**self._merged(value_node), **merged}
                    continue
                key = self._key(key_node)
            if key in value:
                self.repeated.append(Repeated(key, _before(node, key, pair), key_node))
            if not isinstance(value_node, ScalarNode):
                value[key] = self.data(value_node)
            elif value_node.tag is None and not value_node.style and value_node.value in _met:
                value[key] = _met[value_node.value]
            else:
                value[key] = scalar(value_node)
        return {**merged, **value} if merged else value

    def _key(self, node: ScalarNode) -> str:
        """Return a key that was not met before."""
        text = node.value
        if text in _WORDS or text[0] in _NUMBER_STARTS or text == "<<" or not text.isascii():
            return key_text(node)
        self._keys.add(text)
        return text

    def _merged(self, node: Node) -> dict[str, object]:
        """Return what a merge key brings in: a mapping, or several of which earlier ones win."""
        sources = node.value if isinstance(node, SequenceNode) else [node]
        merged: dict[str, object] = {}
        for source in reversed(sources):
            if not isinstance(source, MappingNode):
                raise self._error("a merge key (<<) whose value is no mapping", source)
            merged.update(self.data(source))  # type: ignore[call-overload]  # data of a MappingNode is a dict
        return merged

    def _count(self, node: Node) -> None:
        """Count the nodes this one stands for once its aliases are followed."""
        parts = (part for item in node.value for part in (item if isinstance(item, tuple) else (item,)))
        size = 1 + sum(self._sizes.get(id(part), 1) for part in parts)
        if size > MAX_NODES:
            raise self._excess(f"aliases that repeat each other to more than {MAX_NODES:,} nodes", node)
        self._sizes[id(node)] = size

    def _bad_key(self, node: Node) -> SourceError:
        offset = node.start_mark.index
        if self._text.content[max(0, offset - 1) : offset + 1] == "{{":
            return template_error(self._text, offset - 1)
        return self._error("a key that is a list or a mapping, which Kubernetes refuses", node)

    def _excess(self, message: str, node: Node) -> ExcessError:
        line, column = self._text.position(node.start_mark.index)
        return ExcessError(message, self._text.path, line, column)

    def _error(self, message: str, node: Node) -> SourceError:
        line, column = self._text.position(node.start_mark.index)
        return SourceError(message, self._text.path, line, column)


def _before(node: MappingNode, key: str, pair: tuple[Node, Node]) -> Node:
    """Return the key's node in the last pair before this one that has the same key."""
    earlier = node.value[: next(index for index, other in enumerate(node.value) if other is pair)]
    return next(name for name, _ in reversed(earlier) if isinstance(name, ScalarNode) and key_text(name) == key)


def scalar(node: ScalarNode) -> object:
    """Return a scalar's value as kubectl reads it."""
    if node.tag is None:
        text = node.value
        if node.style:
            return text if text.isascii() else _joined(text)
        return resolved(text)
    value = node.value if node.tag == _STR else resolved(node.value)
    wanted = _TAGGED.get(node.tag)
    return value if wanted is None or isinstance(value, wanted) else node.value


def _joined(text: str) -> str:
    """Return a quoted text with its pairs of surrogate escapes, as JSON writes them, joined to characters."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def resolved(text: str) -> object:
    """Return what an unquoted scalar means."""
    value = _resolved(text)
    if len(_met) < _MOST and len(text) < _SHORT:
        _met[text] = value
    return value


def _resolved(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or text.strip(_NUMERIC):
        return text
    digits = text.replace("_", "")
    if re.match(_INTEGER, digits):
        number = _integer(digits)
        return number if -_INT64 <= number < 2 * _INT64 else float(number)
    return float(digits) if re.match(_FLOAT, digits) else text


def _integer(digits: str) -> int:
    sign, body = (-1, digits[1:]) if digits[0] == "-" else (1, digits.lstrip("+"))
    if len(body) > 1 and body[0] == "0" and body[1].isdigit():
        return sign * int(body, 8)
    return sign * int(body, 0)


def key_text(node: ScalarNode) -> str:
    """Return a key as the string that JSON makes of it."""
    value = scalar(node)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "null" if value is None else str(value)


def child(node: Node | None, key: str | int) -> Node | None:
    """Return the node at a key or an index, as a reader that lets the last of repeated keys win finds it."""
    if isinstance(node, MappingNode):
        pair = entry(node, key)
        return pair[1] if pair is not None else _merged_child(node, key)
    if isinstance(node, SequenceNode) and isinstance(key, int) and -len(node.value) <= key < len(node.value):
        return node.value[key]
    return None


def _merged_child(node: MappingNode, key: str | int) -> Node | None:
    merges = [value for name, value in node.value if name.value == "<<"]
    sources = [source for merge in merges for source in (merge.value if isinstance(merge, SequenceNode) else [merge])]
    return next((found for source in sources if source is not node and (found := child(source, key)) is not None), None)


def entry(node: MappingNode, key: str | int) -> tuple[ScalarNode, Node] | None:
    """Return the key node and the value node of a key that the mapping itself writes."""
    for pair in reversed(node.value):
        if pair[0].value == key:  # what is no scalar equals no key
            return cast("tuple[ScalarNode, Node]", pair)
    return None
