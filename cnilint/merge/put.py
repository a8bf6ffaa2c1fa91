"""Edits that put a value at a path of a YAML or JSON text, or take it out, in the style of what stands around it.

A path's steps are keys of mappings, and items of lists by the key that tells them apart (``Named``). What is missing on
the way is added behind what there is: as block or flow, indented as its neighbours are. Where a text is laid out so
that this could touch anything else, there is no edit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnilint.convert.writing import plain, yaml
from cnilint.edit import Edit, removal, replacement
from cnilint.record import NamedTuple
from cnilint.source.plain import entry
from cnilint.source.yaml import CollectionNode, MappingNode, ScalarNode, SequenceNode, end, start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node


class Named(NamedTuple):
    """The item of a list that has this text at a key."""

    key: str
    text: str


Step = str | Named


class Stop(NamedTuple):
    """A step that was taken: the node it led to, and where that stands in its parent."""

    parent: Node
    number: int
    node: Node


def put(text: Text, root: Node, path: Sequence[Step], value: object) -> Edit | None:
    """Return the edit that puts plain data at a path below a node; None where the text does not allow it."""
    stops = trail(root, path)
    if len(stops) == len(path):
        last = path[-1]
        whole = {last.key: last.text, **value} if isinstance(last, Named) and isinstance(value, dict) else value
        return _replaced(text, stops, whole)
    node = stops[-1].node if stops else root
    step, *rest = path[len(stops) :]
    data = _nested([step], _nested(rest, value))
    fits = isinstance(node, MappingNode) if isinstance(step, str) else isinstance(node, SequenceNode)
    if fits and node.value:
        return _more(text, node, data)
    empty = not node.value if isinstance(node, CollectionNode) else node.value in ("", "~", "null")
    return _replaced(text, stops, data) if stops and empty else None


def taken(text: Text, root: Node, path: Sequence[Step]) -> Edit | None:
    """Return the edit that takes what stands at a path out; None where nothing does, or the text does not allow it."""
    stops = trail(root, path)
    if len(stops) < len(path):
        return None
    while len(stops) > 1 and len(stops[-1].parent.value) == 1:
        stops.pop()  # what holds nothing else goes as well
    parent, number, _ = stops[-1]
    return removal(text, parent, number)


def added(text: Text, node: Node, value: object) -> Edit | None:
    """Return the edit that puts an item behind those of a list that is not empty."""
    return _more(text, node, [value]) if isinstance(node, SequenceNode) and node.value else None


def trail(root: Node, path: Sequence[Step]) -> list[Stop]:
    """Return the steps of a path that exist."""
    stops: list[Stop] = []
    node = root
    for step in path:
        number = _number(node, step)
        if number is None:
            break
        item = node.value[number]
        stops.append(Stop(node, number, item[1] if isinstance(item, tuple) else item))
        node = stops[-1].node
    return stops


def _number(node: Node, step: Step) -> int | None:
    if isinstance(step, str) and isinstance(node, MappingNode):
        pair = entry(node, step)
        return next(number for number, other in enumerate(node.value) if other is pair) if pair else None
    if isinstance(step, Named) and isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            pair = entry(item, step.key) if isinstance(item, MappingNode) else None
            if pair and isinstance(pair[1], ScalarNode) and pair[1].value == step.text:
                return number
    return None


def _nested(path: Sequence[Step], value: object) -> object:
    """Return a value below the steps that lead to it."""
    for step in reversed(path):
        if isinstance(step, Named):
            value = [{step.key: step.text, **(value if isinstance(value, dict) else {})}]
        else:
            value = {step: value}
    return value


def _replaced(text: Text, trail: Sequence[Stop], value: object) -> Edit | None:
    """Return the edit that gives another value to what a trail ends at."""
    parent, number, node = trail[-1]
    edit = scalar(text, parent, node, value) if isinstance(value, str) and node.value else None
    if edit is not None:
        return edit
    flow = _within_flow(parent)
    plain_one = isinstance(node, ScalarNode) and node.value and node.style not in ("|", ">")
    if flow or (plain_one and not isinstance(value, dict | list)):
        return Edit(start(text, node), end(node), _flow(value, bare=_bare(parent)))
    item = parent.value[number]
    begin = (item[0] if isinstance(item, tuple) else item).start_mark.index
    stop = max(end(node), begin)
    lines = _lines(value)
    if isinstance(item, tuple):  # the key stays as it is written
        colon = text.content.find(":", end(item[0]))
        stop = max(stop, colon + 1)
        key = text.content[begin : colon + 1]
        below = isinstance(value, dict | list) and value
        lines = [key, *(f"  {line}" for line in lines)] if below else [f"{key} {lines[0]}"]
    stop -= len(text.content[begin:stop]) - len(text.content[begin:stop].rstrip())
    return Edit(begin, stop, _break(text).join([lines[0], *(_indented(text, begin, line) for line in lines[1:])]))


def scalar(text: Text, parent: Node, node: Node, value: str) -> Edit | None:
    """Return the edit that gives a scalar another text, without quotes where it has none and needs none."""
    bare = isinstance(node, ScalarNode) and not node.style and node.tag is None and not _within_flow(parent)
    if bare and plain(value) and "\n" not in text.content[start(text, node) : end(node)]:
        return Edit(start(text, node), end(node), value)
    return replacement(text, node, value)


def _within_flow(node: Node) -> bool:
    return isinstance(node, CollectionNode) and node.flow_style


def _more(text: Text, node: Node, data: object) -> Edit | None:
    """Return the edit that adds an entry to a mapping, or an item to a list, that has others."""
    last = node.value[-1]
    stop = end(last[1] if isinstance(last, tuple) else last)
    if _within_flow(node):
        return Edit(stop, stop, f", {_flow(data, bare=_bare(node))[1:-1]}")
    first = node.value[0]
    begin = (first[0] if isinstance(first, tuple) else first).start_mark.index
    while stop and text.content[stop - 1] in "\r\n":
        stop -= 1  # a block of text ends behind its last line
    found = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)").match(text.content, stop)
    if found is None:
        return None
    if isinstance(data, list):
        lines = _item(text, last, begin, data[0])
    else:
        lines = [_indented(text, begin, line) for line in _lines(data)]
    return None if lines is None else Edit(found.end(), found.end(), _break(text) + _break(text).join(lines))


def _item(text: Text, last: Node, begin: int, value: object) -> list[str] | None:
    """Return the lines of an item of a list in block style, on one line where the last item is."""
    before = text.line(text.row(begin))[: text.position(begin)[1] - 1]
    dash = re.fullmatch(r"([ \t]*)-([ \t]+)", before)
    if dash is None:
        return None
    lines = [_flow(value, bare=_bare(last))] if _within_flow(last) else _lines(value)
    return [before + lines[0], *(" " * len(before) + line for line in lines[1:])]


def _lines(value: object) -> list[str]:
    """Return data in block style, line by line."""
    if isinstance(value, dict | list) and value:
        lines = yaml(value).splitlines()
        indent = len(lines[0]) - len(lines[0].lstrip(" "))
        return [line[indent:] for line in lines]
    return [_flow(value, bare=True)]


def _indented(text: Text, begin: int, line: str) -> str:
    """Return a line as far to the right as an offset is."""
    return " " * (text.position(begin)[1] - 1) + line if line else line


def _flow(value: object, *, bare: bool) -> str:
    """Return data on one line; ``bare`` lets keys and plain words stand without quotes."""
    import json  # noqa: PLC0415  # only where something is written

    if isinstance(value, dict):
        pairs = (f"{_flow(str(key), bare=bare)}: {_flow(item, bare=bare)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item, bare=bare) for item in value)}]"
    return value if bare and isinstance(value, str) and plain(value) else json.dumps(value, ensure_ascii=False)


def _bare(node: Node) -> bool:
    """Tell whether the first key or item of a collection stands without quotes."""
    if not node.value:
        return False
    first = node.value[0]
    found = first[0] if isinstance(first, tuple) else first
    return isinstance(found, ScalarNode) and not found.style


def _break(text: Text) -> str:
    return "\r\n" if "\r\n" in text.content else "\n"
