"""Documents to surfaces: what configures the VPC CNI, with the place of every setting.

A family is a module with a function ``surfaces(text, roots)``; the list below names them all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnilint.source.yaml import documents
from cnilint.surface import kubernetes
from cnilint.surface.model import UNKNOWN, Container, Item, Setting, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

    Family = Callable[[Text, list[Node]], list[Surface]]

__all__ = ["UNKNOWN", "Container", "Item", "Setting", "Surface", "mentioned", "relevant", "surfaces"]

FAMILIES: tuple[Family, ...] = (kubernetes.surfaces,)

# What every document that yields a surface must contain, so that the rest need not be parsed.
_NEEDLES = (b"aws-node", b"amazon-vpc-cni", b"ENIConfig", b"SecurityGroupPolicy")
# A quoted name may hide a needle behind an escape (``"aws\\x2dnode"``) or a line that is continued.
_ESCAPED = rb"(?i)\\(?:x|u00|U000000)(?:2d|4[0-9a-f]|5[0-9a]|6[0-9a-f]|7[0-9a])|[a-z-]\\\r?\n"


def relevant(raw: bytes) -> bool:
    """Tell whether a file's bytes may hold a surface; wide, and never wrong about a file it rules out."""
    return mentioned(raw) or (b"\\" in raw and re.search(_ESCAPED, _unwide(raw)) is not None)


def mentioned(raw: bytes) -> bool:
    """Tell whether a file names what it would have to, outright."""
    raw = _unwide(raw)
    return any(needle in raw for needle in _NEEDLES)


def _unwide(raw: bytes) -> bytes:
    return raw.replace(b"\0", b"") if b"\0" in raw else raw


def surfaces(text: Text, *more: Family) -> list[Surface]:
    """Return the surfaces of a text, in its order; ``more`` are families beyond the usual ones.

    Raises SourceError where the text, or the part of it that configures the CNI, cannot be understood.
    """
    roots = list(documents(text))
    return [surface for family in (*FAMILIES, *more) for surface in family(text, roots)]
