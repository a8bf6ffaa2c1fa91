"""Bottlerocket's settings, TOML: ``max-pods`` of ``[settings.kubernetes]``.

https://bottlerocket.dev/en/os/latest/api/settings/kubernetes/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.source.nodes import Offset
from cnilint.source.toml import pairs
from cnilint.source.yaml import ScalarNode
from cnilint.surface.kubelet import NOTHING, Kubelet, Stated
from cnilint.surface.model import Surface

if TYPE_CHECKING:
    from cnilint.source.text import Text

_PATH: Final = ("settings", "kubernetes", "max-pods")


def read(text: Text) -> list[Surface]:
    """Return the surface of a TOML file that tells Bottlerocket max pods.

    Raises SourceError where the file is no TOML.
    """
    return alone(text, kubelet(text), "bottlerocket") if _PATH[-1] in text.content else []


def kubelet(text: Text) -> Kubelet:
    """Return what Bottlerocket's user data says.

    Raises SourceError where it is no TOML.
    """
    found = NOTHING
    for pair in pairs(text):
        if pair.path == _PATH:
            usable = isinstance(pair.value, int) and not isinstance(pair.value, bool) and pair.value > 0
            found = Kubelet(config=Stated(pair.value if usable else None, pair.at))  # type: ignore[arg-type]  # an int
    return found


def alone(text: Text, found: Kubelet, form: str) -> list[Surface]:
    """Return the surface of a file that says of nodes no more than their max pods; none where it does not either."""
    at = found.at
    if at is None:
        return []
    node = ScalarNode(None, "", Offset(0), Offset(0), '"')
    return [Surface("nodes", text, node, {}, (), {}, {}, format=form, nodes=(found.group("", at),), place=at)]
