"""Documents that stand word for word in file after file: roles, accounts and definitions that clusters share.

Each is composed once more by itself, when it is met again, and kept. Where it stands from then on it is blank before
the file is composed, and what is kept of it is shown at its place. Only documents that nothing but the family of
Kubernetes objects reads are kept; the DaemonSet itself is not, as it is what clusters have of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.record import NamedTuple
from cnilint.source.inset import part
from cnilint.source.plain import Plain, child
from cnilint.source.text import Text
from cnilint.source.yaml import ScalarNode, documents
from cnilint.surface import kubernetes
from cnilint.surface.families import MANIFEST, of_a_manifest
from cnilint.surface.model import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface

_BETWEEN: Final = "\n---\n"
# What may make a document mean something else than it does alone, or end it elsewhere.
_BOUND: Final = ("\r", "&", "\n%", "\n...")
# More than the objects of a cluster's CNI: what nobody shares is soon forgotten.
_MOST: Final = 64
_LONGEST: Final = 16 * 1024
_OWN: Final = frozenset({"DaemonSet", "Deployment"})


class _Kept(NamedTuple):
    """What is kept of a document: its kind and what is looked at beside aws-node; None of what never is."""

    kind: str
    item: Item | None


known: dict[str, _Kept | None] = {}  # None: met once


def surfaces(text: Text) -> list[Surface] | None:
    """Return the surfaces of a manifest that holds documents which are kept; None for any other text."""
    if not known or not _separable(text.content):
        return None
    siblings: list[tuple[str, Item]] = []
    others: list[int] = []  # where each document that is not kept starts, and where it ends
    every = [(start, document, known.get(document)) for start, document in _documents(text.content)]
    for start, document, kept in every:
        if not kept:
            others += [start, start + len(document)]
        elif kept.item:
            here = part(text, start, start + len(document))
            siblings.append((kept.kind, Item(kept.item.data, kept.item.node, here)))
    if len(others) == 2 * len(every):
        return None
    first, last = (others[0], others[-1]) if others else (0, 0)
    within = (("\n" * len(document) if kept else document) for start, document, kept in every if first <= start < last)
    try:
        roots = [root for root in documents(Text(_BETWEEN.join(within))) if not isinstance(root, ScalarNode)]
    except SourceError:
        return None  # the whole of it says better what is wrong
    if roots and not of_a_manifest(roots):
        return None
    rest = part(text, first, last) if first else text
    _take_note(rest, roots)
    return kubernetes.surfaces(rest, roots, siblings)


def remember(text: Text, roots: list[Node]) -> None:
    """Take note of a manifest's documents; of those that were met before, keep what a file is asked for."""
    if _separable(text.content):
        _take_note(text, roots)


def _take_note(text: Text, roots: list[Node]) -> None:
    by_start = {root.start_mark.index: root for root in roots if _shareable(root)}
    if not by_start:
        return
    starts = iter(sorted(by_start))
    at = next(starts, None)
    for start, document in _documents(text.content):
        if at is None:
            return
        if start <= at < start + len(document):
            _note(document, by_start[at])
            at = next(starts, None)


def _note(document: str, root: Node) -> None:
    if len(document) > _LONGEST:
        return
    if len(known) == _MOST and document not in known:
        known.clear()
    if not kubernetes.wanted(root):
        known[document] = _Kept("", None)
    elif document not in known:
        known[document] = None
    elif known[document] is None:
        known[document] = _kept(Text(document))


def _kept(text: Text) -> _Kept | None:
    """Return what a document by itself holds; None where it is no longer one, or has keys that stand twice."""
    roots, plain = list(documents(text)), Plain(text)
    found = kubernetes.sibling(text, roots[0], plain) if len(roots) == 1 else None
    return None if found is None or plain.repeated else _Kept(*found)


def _separable(content: str) -> bool:
    return _BETWEEN in content and not any(sign in content for sign in _BOUND)


def _documents(content: str) -> Iterator[tuple[int, str]]:
    """Yield the start and the text of each document."""
    at = 0
    for document in content.split(_BETWEEN):
        yield at, document
        at += len(document) + len(_BETWEEN)


def _shareable(root: Node) -> bool:
    """Tell whether a document is an object that only the family of Kubernetes objects reads, and has a name."""
    version, kind = child(root, "apiVersion"), child(root, "kind")
    if not isinstance(version, ScalarNode) or not isinstance(kind, ScalarNode) or kind.value in _OWN:
        return False
    return (version.value, kind.value) in MANIFEST and child(child(root, "metadata"), "name") is not None
