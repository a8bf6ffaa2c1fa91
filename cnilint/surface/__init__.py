"""Documents to surfaces: what configures the VPC CNI, with the place of every setting.

A family is a module of this package with a function ``surfaces(text, roots)``, told from others by names that stand
in whatever it reads; a reader is one with a function ``read(text)`` for texts that are no YAML. The tables in
``families`` name them all. They are imported when a text asks for them.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, cast

from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, documents
from cnilint.surface.families import FAMILIES, OPENINGS, READERS, mentioned, of_a_manifest, relevant
from cnilint.surface.model import UNKNOWN, AddOn, Container, Item, NodeGroup, Setting, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

    Reading = Callable[[Text, list[Node]], list[Surface]]

__all__ = [
    "UNKNOWN",
    "AddOn",
    "Container",
    "Item",
    "NodeGroup",
    "Setting",
    "Surface",
    "mentioned",
    "relevant",
    "surfaces",
]


def surfaces(text: Text, *more: Reading, kind: str = "", one_of_many: bool = False) -> list[Surface]:
    """Return the surfaces of a text, family by family; ``more`` are readings of what those leave.

    Of a text that is told to be values of a ``kind`` (one of ``families.FORCED``), all of it is read as such. Of files
    that are ``one_of_many`` what recurs is read once, and the surfaces' texts may be parts of the file.
    Raises SourceError where the text, or the part of it that configures the CNI, cannot be understood.
    """
    if kind:
        return cast("list[Surface]", _module(kind).forced(text))
    by_suffix = next((name for suffix, name in READERS.items() if text.path.endswith(suffix)), None)
    readers = [name for name in (_by_content(text), by_suffix) if name]
    if readers:
        return [surface for name in readers for surface in _module(name).read(text)]
    again = _again() if one_of_many else None
    found = again.surfaces(text) if again else None
    if found is not None:
        return cast("list[Surface]", found)
    roots = list(documents(text))
    escaped = "\\" in text.content
    if of_a_manifest(roots):
        able = [FAMILIES[0].module]
        if again:
            again.remember(text, roots)
    else:
        bare = any(isinstance(root, MappingNode) and child(root, "kind") is None for root in roots)
        able = [family.module for family in FAMILIES if escaped or family.may_read(text.content, bare=bare)]
    wanted = [cast("Reading", _module(name).surfaces) for name in dict.fromkeys(able)]
    usual = [surface for found in wanted for surface in found(text, roots)]
    seen = {id(surface.node) for surface in usual}
    return [*usual, *(surface for found in more for surface in found(text, roots) if id(surface.node) not in seen)]


def _again() -> Any:  # noqa: ANN401  # a module
    """Return what knows documents that recur; None before a manifest was met: most runs are about one."""
    return _module("recurring") if f"{__name__}.{FAMILIES[0].module}" in sys.modules else None


def _by_content(text: Text) -> str | None:
    """Return the reader of a text that begins as nothing else does: user data of EC2 has no suffix of its own."""
    begin = text.content[:64].lstrip()
    if not begin.startswith(("#", "<", "M", "m", "C", "c")):
        return None
    return next((name for opening, name in OPENINGS.items() if re.match(opening, text.content)), None)


def _module(name: str) -> Any:  # noqa: ANN401  # a family or a reader: what it has is said above
    return __import__(f"cnilint.surface.{name}", fromlist=[name])
