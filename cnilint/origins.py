"""Where that was written which a tool put together: places in its output to places in the files it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.source.plain import child, entry
from cnilint.source.yaml import MappingNode, Node, ScalarNode, SequenceNode, documents, end, span
from cnilint.surface import surfaces
from cnilint.surface.kubernetes import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilint.source.text import Span, Text
    from cnilint.surface import Setting

    # Keys, indices, and for items of a list what tells them apart: a key and its value, or the scalar itself.
    Step = str | int | tuple[str, str]
    Identity = tuple[str, str]

_AWS_NODE: Final = ("DaemonSet", "aws-node")
_TELLING: Final = ("name", "mountPath")


class Origins:
    """The texts that an output was made of, those that were laid over others first."""

    def __init__(self, output: Text, texts: Iterable[Text]) -> None:
        self._output = output
        self._settings: dict[tuple[str, str, str], Setting] = {}
        self._objects: dict[Identity, list[tuple[Text, Node]]] = {}
        self._tags: dict[str, Span] = {}
        self._entries: dict[tuple[str, int, int], int] = {}
        for text in texts:
            try:
                self._read(text)
            except SourceError:  # a file that is no YAML holds nothing that was put together here
                continue
        self._built = {
            place.start: setting
            for surface in surfaces(output)
            for setting in surface.settings
            for place in (setting.at, setting.named_at, setting.entry)
        }

    def setting(self, offset: int) -> Setting | None:
        """Return the setting of the output that a place is at."""
        return self._built.get(offset)

    def entry_line(self, place: Span) -> int:
        """Return the line on which the setting's entry starts that is written at a place of the texts, else 0."""
        return self._entries.get(_place(place), 0)

    def span(self, offset: int) -> Span | None:
        """Return where that is written which stands at a place of the output; None where it is in none of the texts."""
        path = self._path(offset)
        if path is not None:
            identity, steps, leaf, at_key = path
            found = [
                (text, *pair)
                for text, root in self._objects.get(identity, ())
                if (pair := _found(root, steps)) and (at_key or _same(pair[1], leaf))
            ]
            if found:
                # What is merged, or lacks something, is pointed at where the whole of it stands: in what comes last.
                whole = at_key or (steps[-1:] == ["name"] and "env" not in steps)
                first = next((item for item in found if at_key and _same(item[2], leaf)), found[-1 if whole else 0])
                return span(first[0], first[1] if at_key else first[2])
            if steps[-1:] == ["image"] and isinstance(leaf, ScalarNode):
                tagged = self._tags.get(leaf.value.rpartition(":")[2])
                if tagged is not None and "amazon-k8s-cni:" in leaf.value:
                    return tagged
        return self._of_setting(offset)

    def _of_setting(self, offset: int) -> Span | None:
        setting = self._built.get(offset)
        written = self._settings.get(_key(setting)) if setting else None
        if setting is None or written is None:
            return None
        return written.named_at if offset == setting.named_at.start else written.at

    def _read(self, text: Text) -> None:
        for surface in surfaces(text):
            for setting in reversed(surface.settings):
                self._settings.setdefault(_key(setting), setting)
                for place in (setting.at, setting.named_at):
                    self._entries[_place(place)] = _place(setting.entry)[1]
            identity = _AWS_NODE if surface.kind == "daemonset" else _identity(surface.node)
            self._objects.setdefault(identity, []).append((surface.text, surface.node))
            for kind, items in surface.siblings.items():
                for item in items:
                    self._objects.setdefault((kind, item.name), []).append((item.text, item.node))
        for root in documents(text):
            for node in objects(root):
                self._objects.setdefault(_identity(node), []).append((text, node))
            listed = child(root, "images")
            for image in listed.value if isinstance(listed, SequenceNode) else ():
                tag = child(image, "newTag")
                if isinstance(tag, ScalarNode) and _literal(child(image, "name")).endswith("amazon-k8s-cni"):
                    self._tags.setdefault(tag.value, span(text, tag))

    def _path(self, offset: int) -> tuple[Identity, list[Step], Node, bool] | None:
        """Return the object that a place of the output is in, the way to it there, and whether it is a key's."""
        for root in documents(self._output):
            if root.start_mark.index <= offset < end(root):
                steps: list[Step] = []
                found = _descended(root, offset, steps)
                return (_identity(root), steps, *found) if found else None
        return None


def _descended(node: Node, offset: int, steps: list[Step]) -> tuple[Node, bool] | None:
    """Return the node at an offset, and whether that is a key, whose value is returned then; ``steps`` lead to it."""
    while not isinstance(node, ScalarNode):
        for step, key, value in _entries(node):
            if key is not None and key.start_mark.index == offset:
                steps.append(step)
                return value, True
            if value.start_mark.index <= offset < max(end(value), value.start_mark.index + 1):
                steps.append(step)
                node = value
                break
        else:
            return None
    return (node, False)


def _entries(node: Node) -> Iterator[tuple[Step, Node | None, Node]]:
    if isinstance(node, MappingNode):
        yield from ((_literal(key), key, value) for key, value in node.value)
        return
    for index, item in enumerate(node.value):
        telling = ((key, child(item, key)) for key in _TELLING)
        named = next(((key, value.value) for key, value in telling if isinstance(value, ScalarNode)), None)
        yield ("", item.value) if isinstance(item, ScalarNode) else named or index, None, item


def _found(node: Node, steps: list[Step]) -> tuple[Node, Node] | None:
    """Return what steps lead to: the last key (the node itself where that is none) and the node."""
    key = node
    for step in steps:
        pair = entry(node, step) if isinstance(node, MappingNode) and isinstance(step, str) else None
        below = pair[1] if pair else _item(node, step)
        if below is None:
            return None
        key, node = (pair[0] if pair else below), below
    return key, node


def _same(one: Node, other: Node) -> bool:
    """Tell whether two nodes hold the same; of a mapping the order of the keys does not count."""
    if isinstance(one, ScalarNode) or isinstance(other, ScalarNode):
        return bool(one.value == other.value)
    if isinstance(one, MappingNode) != isinstance(other, MappingNode) or len(one.value) != len(other.value):
        return False
    if isinstance(one, SequenceNode):
        return all(map(_same, one.value, other.value))
    pairs = ((value, child(other, _literal(key))) for key, value in one.value)
    return all(found is not None and _same(value, found) for value, found in pairs)


def _item(node: Node, step: Step) -> Node | None:
    if not isinstance(step, tuple):
        return child(node, step)
    listed = node.value if isinstance(node, SequenceNode) else ()
    key, value = step
    return next((item for item in listed if _literal(child(item, key) if key else item) == value), None)


def _identity(node: Node) -> Identity:
    return _literal(child(node, "kind")), _literal(child(child(node, "metadata"), "name"))


def _key(setting: Setting) -> tuple[str, str, str]:
    return setting.container, setting.name, repr(setting.value)


def _place(at: Span) -> tuple[str, int, int]:
    return at.text.path, *at.text.position(at.start)


def _literal(node: Node | None) -> str:
    return node.value if isinstance(node, ScalarNode) else ""
