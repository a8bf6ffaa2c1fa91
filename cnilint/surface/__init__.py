"""Documents to surfaces: what configures the VPC CNI, with the place of every setting.

A family is a module of this package with a function ``surfaces(text, roots)``, told from others by names that stand
in whatever it reads; a reader is one with a function ``read(text)`` for texts that are no YAML. The tables below name
them all. They are imported when a text asks for them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from cnilint.record import NamedTuple
from cnilint.source.yaml import documents
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


class Family(NamedTuple):
    """A module of this package, and names of which one stands in every text that it finds something in."""

    module: str
    names: tuple[str, ...]


FAMILIES: Final[tuple[Family, ...]] = (
    Family("kubernetes", ("aws-node", "amazon-vpc-cni", "ENIConfig", "SecurityGroupPolicy")),
    Family("terraform", ("vpc-cni", "aws_eks_node_group", "managed_node_groups")),
)
# By the end of a file's name, what reads it instead of the YAML reader.
READERS: Final[dict[str, str]] = dict.fromkeys((".tf", ".tofu", ".tfvars", ".hcl"), "terraform")
# What every text that yields a surface must contain, so that the rest need not be parsed.
_NEEDLES: Final = tuple(dict.fromkeys(name.encode() for family in FAMILIES for name in family.names))
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


def surfaces(text: Text, *more: Reading) -> list[Surface]:
    """Return the surfaces of a text, family by family; ``more`` are readings beyond the usual ones.

    Raises SourceError where the text, or the part of it that configures the CNI, cannot be understood.
    """
    reader = next((name for suffix, name in READERS.items() if text.path.endswith(suffix)), None)
    if reader:
        return cast("list[Surface]", _module(reader).read(text))
    roots = list(documents(text))
    escaped = "\\" in text.content
    wanted = (
        cast("Reading", _module(family.module).surfaces)
        for family in FAMILIES
        if escaped or any(name in text.content for name in family.names)
    )
    return [surface for found in (*wanted, *more) for surface in found(text, roots)]


def _module(name: str) -> Any:  # noqa: ANN401  # a family or a reader: what it has is said above
    return __import__(f"cnilint.surface.{name}", fromlist=[name])
