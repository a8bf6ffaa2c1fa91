"""Edits of text: what a rule's fix changes, and nothing else.

An edit is made from nodes, so it fits block and flow style, JSON and any indentation; where a text is laid out so
that the verb could take more than its entry, there is no edit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnilint.record import NamedTuple
from cnilint.source.inset import Inset
from cnilint.source.plain import resolved
from cnilint.source.yaml import CollectionNode, ScalarNode, end
from cnilint.source.yaml import start as first

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

# What may stand unquoted without YAML making anything else of it.
_PLAIN = r"[A-Za-z0-9_/][A-Za-z0-9_./-]*"
# YAML's, and those of HCL.
_COMMENTS = ("#", "//", "/*")


class Edit(NamedTuple):
    """Replace the characters from ``start`` to ``end`` (offsets, end exclusive) by ``content``."""

    start: int
    end: int
    content: str


def fixed(content: str, edits: Iterable[Edit]) -> str:
    """Return the text with the edits applied; of edits that overlap, the first in the text wins."""
    pieces, done = [], 0
    for edit in sorted(set(edits)):
        if edit.start < done:
            continue
        pieces += [content[done : edit.start], edit.content]
        done = edit.end
    return "".join([*pieces, content[done:]])


def outward(text: Text, edit: Edit) -> Edit | None:
    """Return an edit of a text as one of its file; None where the strings around it could not be written again."""
    while isinstance(text, Inset):
        put = text.put(edit.start, edit.end, edit.content)
        if put is None:
            return None
        edit, text = Edit(*put), text.outer
    return edit


def removal(text: Text, parent: Node, index: int) -> Edit | None:
    """Return the edit that takes one item out of a list, or one key out of a mapping."""
    if isinstance(parent, CollectionNode) and parent.flow_style:
        edit = _flow_removal(parent, index)
        start, stop = _bounds(parent, index)
        between = text.content[edit.start : start] + text.content[stop : edit.end]
        if any(sign in between for sign in _COMMENTS):
            return None  # it may be another item's
        alone = len(parent.value) == 1  # a comma behind it would be left over
        return None if alone and text.content[stop : stop + 100].lstrip().startswith(",") else edit
    return _block_removal(text, parent, index)


def _bounds(parent: Node, index: int) -> tuple[int, int]:
    item = parent.value[index]
    first, last = item if isinstance(item, tuple) else (item, item)
    return first.start_mark.index, end(last)


def _flow_removal(parent: Node, index: int) -> Edit:
    start, stop = _bounds(parent, index)
    if index + 1 < len(parent.value):
        return Edit(start, _bounds(parent, index + 1)[0], "")
    if index:
        return Edit(_bounds(parent, index - 1)[1], stop, "")
    return Edit(start, stop, "")


def _block_removal(text: Text, parent: Node, index: int) -> Edit | None:
    """Remove whole lines: those of the entry, from its dash or key, when nothing else stands on them."""
    start, stop = _bounds(parent, index)
    line = text.row(start)
    before = text.content[text.starts[line - 1] : start]
    last = text.row(max(start, stop - 1))
    behind = text.content[stop : text.starts[last] if last < len(text.starts) else len(text.content)]
    alone = len(parent.value) == 1
    if (
        alone
        or not re.fullmatch(r"[ \t]*(?:-[ \t]+)?", before)
        or not re.fullmatch(r"[ \t]*(?:#[^\n]*)?\r?\n?", behind)
    ):
        return None
    return Edit(text.starts[line - 1], stop + len(behind), "")


def replacement(text: Text, node: Node, content: str) -> Edit | None:
    """Return the edit that gives a scalar another content and keeps its quotes where it has any."""
    plain = isinstance(node, ScalarNode) and node.style not in ("|", ">") and node.tag is None
    if not isinstance(node, ScalarNode) or not plain or not content.isprintable():
        return None
    start, stop = first(text, node), node.end_mark.index
    if "\n" in text.content[start:stop]:
        return None
    if node.style == "'":
        return Edit(start, stop, "'" + content.replace("'", "''") + "'")
    # Only a string stands without quotes, and only where one does already: JSON and HCL know no other way.
    bare = not node.style and isinstance(resolved(node.value), str)
    if bare and re.fullmatch(_PLAIN, content) and isinstance(resolved(content), str):
        return Edit(start, stop, content)
    return Edit(start, stop, '"' + content.replace("\\", "\\\\").replace('"', '\\"') + '"')


def quotation(text: Text, node: Node) -> Edit | None:
    """Return the edit that puts an unquoted scalar into quotes, its characters as they are."""
    if not isinstance(node, ScalarNode) or node.style or node.tag is not None:
        return None
    start, stop = first(text, node), node.end_mark.index
    return Edit(start, stop, f'"{text.content[start:stop]}"') if stop > start else None
