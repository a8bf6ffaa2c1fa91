"""TOML to its pairs, each with the place of its value.

tree-sitter's grammar keeps places, which tomllib does not; it is imported when a TOML file is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnilint.errors import SourceError
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Span, Text

MAX_DEPTH: Final = 200
# What stands in for text that others put in, which is no TOML where it stands unquoted.
_TEMPLATE: Final = r"\$\{|\{\{|%\{|\{%"


class Pair(NamedTuple):
    """A key's names from the root on, its value (None where it is no int, bool or string), and the value's place."""

    path: tuple[str, ...]
    value: object
    at: Span


def pairs(text: Text) -> list[Pair]:
    """Return the pairs of a TOML text in order, those of inline tables included.

    Of a template the pairs that can be read are returned. Raises SourceError, with the place, for what is no TOML.
    """
    import tree_sitter_toml  # noqa: PLC0415
    from tree_sitter import Language, Parser  # noqa: PLC0415

    raw = text.content.encode("utf-8", "surrogatepass")
    root = Parser(Language(tree_sitter_toml.language())).parse(raw).root_node
    if root.has_error and not re.search(_TEMPLATE, text.content):
        offset = len(raw[: _broken(root).start_byte].decode("utf-8", "surrogatepass"))
        line, column = text.position(offset)
        raise SourceError("not TOML: this is no key, value or table", text.path, line, column)
    return list(_placed(text, raw, _pairs(root, ())))


def _placed(text: Text, raw: bytes, found: Iterator[tuple[tuple[str, ...], Any]]) -> Iterator[Pair]:
    """Yield the pairs with their places; tree-sitter counts bytes, and the pairs come in order."""
    before = offset = 0
    for path, node in found:
        offset += len(raw[before : node.start_byte].decode("utf-8", "surrogatepass"))
        before = node.start_byte
        end = offset + len(node.text.decode("utf-8", "surrogatepass"))
        yield Pair(path, _value(node), text.span(offset, end))


# tree-sitter's nodes: its types are imported with it.
def _broken(node: Any) -> Any:  # noqa: ANN401
    """Return the first node that is no part of a TOML text."""
    while True:
        below = next((item for item in node.children if item.has_error or item.is_missing), None)
        if below is None or node.type == "ERROR":
            return node
        node = below


def _pairs(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Yield the names that lead to each value, and its node."""
    for item in node.children:
        if item.type in ("table", "table_array_element"):
            name = next((below for below in item.children if below.type.endswith("_key")), None)
            yield from _pairs(item, _names(name) if name is not None else ())
        elif item.type == "pair" and not item.has_error and len(item.named_children) > 1:
            names, value = (*path, *_names(item.named_children[0])), item.named_children[1]
            if value.type != "inline_table":
                yield names, value
            elif len(names) < MAX_DEPTH:
                yield from _pairs(value, names)


def _names(key: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the names of a key, each without its quotes."""
    if key.type == "dotted_key":
        return tuple(name for item in key.named_children for name in _names(item))
    written = key.text.decode("utf-8", "surrogatepass")
    return (written[1:-1] if key.type == "quoted_key" else written,)


def _value(node: Any) -> object:  # noqa: ANN401
    written = node.text.decode("utf-8", "surrogatepass")
    if node.type == "integer":
        return int(written.replace("_", ""), 0)
    if node.type == "boolean":
        return bool(written == "true")
    plain = node.type == "string" and "\\" not in written and not written.startswith(('"""', "'''"))
    return written[1:-1] if plain else None
