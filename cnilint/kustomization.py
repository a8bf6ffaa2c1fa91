"""Kustomizations, and the local files that each is built from. Nothing is built here, and nothing is fetched.

Source: kubernetes-sigs/kustomize api/types/kustomization.go (the fields that name files), api/konfig/general.go (the
names of the file), api/internal/git/repospec.go (what is taken for a repository).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.files import absolute, content
from cnilint.record import NamedTuple
from cnilint.source.plain import child
from cnilint.source.text import Text, decoded
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, documents
from cnilint.surface import mentioned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.yaml import Node

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_GROUP: Final = "kustomize.config.k8s.io"
# What the fields name, and the key below an item where it is not the item itself. What is laid over the rest comes
# first. The objects of ``config`` and ``data`` are not part of what is built.
_FIELDS: Final = (
    *(("patch", "patches", "path"), ("patch", "patchesJson6902", "path"), ("patch", "patchesStrategicMerge", "")),
    *(("object", "components", ""), ("object", "resources", ""), ("object", "bases", "")),
    *(("config", "generators", ""), ("config", "transformers", ""), ("config", "validators", "")),
    *(("data", "crds", ""), ("data", "configurations", "")),
    *(("data", "openapi", "path"), ("data", "replacements", "path")),
    *(("data", kind, key) for kind in ("configMapGenerator", "secretGenerator") for key in ("files", "envs", "env")),
)  # fmt: skip
# Keys under which the file of a generator or a transformer names files.
_PATHS: Final = frozenset({"path", "paths", "files", "envs", "env", "file"})
_REMOTE: Final = (
    r"(?i)(?:[^=/]*=)?(?:git::|gh:|[a-z][a-z0-9+.-]*://|[\w.-]+@[\w.-]+[:/]|(?:www\.)?github\.com[:/])"
    r"|.*(?:\?(?:.*&)?(?:ref|version|timeout|submodules)=|\.git(?:[/?]|\Z)|_git/)"
)


class Tree(NamedTuple):
    """What a kustomization is built from.

    ``path`` is its file. ``files`` are the kustomizations, patches and resources that are read, those that are laid
    over others first. ``folders`` are those of its bases and components, absolute. ``errors`` tell why it must not be
    built. ``ours`` is whether any of the files names the CNI.
    """

    path: str
    files: tuple[str, ...]
    folders: frozenset[str]
    errors: tuple[SourceError, ...]
    ours: bool


class _Reference(NamedTuple):
    """A file that is named; ``aside`` where its objects are not part of what is built."""

    path: str
    kind: str
    aside: bool


def buildable(path: str) -> bool:
    """Tell whether a file is a kustomization that can be built by itself: no component, and none of Flux'."""
    if os.path.basename(path) not in NAMES:
        return False
    try:
        root = _root(_text(path))
    except SourceError:
        return True
    group, kind = (_literal(child(root, key)) for key in ("apiVersion", "kind"))
    return group.partition("/")[0] in ("", _GROUP) and kind in ("", "Kustomization")


def tree(path: str) -> Tree:
    """Return what the kustomization in a file is built from."""
    files: list[str] = []
    folders: set[str] = set()
    errors: list[SourceError] = []
    seen: set[tuple[str, bool]] = set()
    todo = [_Reference(path, "kustomization", aside=False)]
    while todo:
        item = todo.pop()
        real = absolute(item.path)
        if (real, item.aside) in seen:
            continue
        seen.add((real, item.aside))
        if not item.aside:
            files.append(item.path)
        if item.kind == "kustomization":
            folders.add(os.path.dirname(real))
        try:
            named = list(_named(item))
        except SourceError as error:
            # The tool says what is wrong with other files; what a kustomization fetches must be known before.
            errors += [error] if item.kind in ("kustomization", "config") else []
            continue
        errors += [one for one in named if isinstance(one, SourceError)]
        todo += reversed([one for one in named if isinstance(one, _Reference)])
    own = os.path.dirname(absolute(path))
    return Tree(path, tuple(files), frozenset(folders - {own}), tuple(errors), any(map(_ours, files)))


def _named(item: _Reference) -> Iterator[_Reference | SourceError]:
    """Yield the files that a file names, and an error for each that would have to be fetched."""
    if item.kind == "config":
        text = _text(item.path)
        yield from (_unfetched(text, node) for root in documents(text) for node in _paths(root) if _remote(node.value))
    if item.kind != "kustomization":
        return
    text = _text(item.path)
    for kind, node in _fields(_root(text)):
        if "\n" in node.value:  # what others name stands here itself
            if kind == "config" and any(_remote(path.value) for path in _written(node)):
                yield _unfetched(text, node)
        elif _remote(node.value):
            yield _unfetched(text, node)
        elif kind != "data" and node.value.isprintable():  # no file is called otherwise, and some names raise
            path = os.path.normpath(os.path.join(os.path.dirname(item.path), node.value))
            aside = item.aside or kind == "config"
            within = next((each for name in NAMES if os.path.lexists(each := os.path.join(path, name))), None)
            yield _Reference(within, "kustomization", aside) if within else _Reference(path, kind, aside)


def _fields(root: Node | None) -> Iterator[tuple[str, ScalarNode]]:
    """Yield the scalars of a kustomization that name files, with what they name."""
    for kind, field, key in _FIELDS:
        held = child(root, field)
        for item in held.value if isinstance(held, SequenceNode) else [held]:
            named = child(item, key) if key else item
            each = named.value if isinstance(named, SequenceNode) else [named]
            yield from ((kind, node) for node in each if isinstance(node, ScalarNode) and node.value)


def _written(node: ScalarNode) -> list[ScalarNode]:
    """Return what a generator or a transformer that stands in a kustomization names; nothing where it is no YAML."""
    try:
        return [path for root in documents(Text(node.value)) for path in _paths(root)]
    except SourceError:
        return []


def _paths(root: Node) -> Iterator[ScalarNode]:
    """Yield the scalars below a node that stand under a key for files; an alias is followed once."""
    seen: set[tuple[int, bool]] = set()
    todo = [(root, False)]
    while todo:
        node, named = todo.pop()
        if (id(node), named) in seen:
            continue
        seen.add((id(node), named))
        if isinstance(node, MappingNode):
            todo += [(value, _literal(key) in _PATHS) for key, value in node.value]
        elif isinstance(node, SequenceNode):
            todo += [(item, named) for item in node.value]
        elif isinstance(node, ScalarNode) and named:
            yield node


def _remote(path: str) -> bool:
    return re.match(_REMOTE, path) is not None


def _unfetched(text: Text, node: ScalarNode) -> SourceError:
    shown = node.value if "\n" not in node.value else "in what stands here"
    message = f"names a remote base, {shown}, which is not fetched; build it yourself and check the output"
    return SourceError(message, text.path, *text.position(node.start_mark.index))


def _ours(path: str) -> bool:
    try:
        return mentioned(content(path))
    except SourceError:
        return False


def _text(path: str) -> Text:
    return decoded(content(path), path)


def _root(text: Text) -> Node | None:
    return next(iter(documents(text)), None)


def _literal(node: Node | None) -> str:
    return node.value if isinstance(node, ScalarNode) else ""
