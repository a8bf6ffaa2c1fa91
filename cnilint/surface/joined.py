"""Surfaces that belong together: those of a file, of a Terraform module's folder, or of a cluster that was named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnilint.surface.model import Item, Surface

# What is only looked at beside the settings of aws-node.
_ASIDE: Final = frozenset({"objects", "nodes"})


def joined(found: list[Surface], *, named: bool) -> list[Surface]:
    """Return surfaces that know of each other.

    Objects and nodes become part of each surface that configures aws-node, and are no longer surfaces of their own.
    Where it is not ``named`` that all is one cluster, nodes are only joined to the one surface there is: two add-ons
    in a file may be two clusters'.
    """
    own = [surface for surface in found if surface.kind not in _ASIDE]
    if len(found) == 1 or not own:
        return found
    aside = [surface for surface in found if surface.kind in _ASIDE]
    nodes = [group for surface in found for group in surface.nodes]
    siblings = _siblings(found)
    repeated = [key for surface in aside for key in surface.repeated]
    whole = [
        surface._replace(
            siblings=siblings,
            nodes=tuple(dict.fromkeys(nodes)) if named or len(own) == 1 else surface.nodes,
            repeated=(*surface.repeated, *(repeated if surface is own[0] else ())),
            beside=tuple(other for other in own[:index] if named or other.kind != surface.kind),
        )
        for index, surface in enumerate(own)
    ]
    return [*whole, *(surface._replace(siblings={}) for surface in aside if surface.settings)]


def _siblings(found: list[Surface]) -> dict[str, list[Item]]:
    siblings: dict[str, list[Item]] = {}
    for surface in found:
        for kind, items in surface.siblings.items():
            known = siblings.setdefault(kind, [])
            known += [item for item in items if not any(item.node is other.node for other in known)]
    return siblings
