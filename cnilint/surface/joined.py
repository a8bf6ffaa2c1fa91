"""Surfaces that belong together: those of a file, of a Terraform module's folder, or of a cluster that was named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.surface.model import OVERLAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilint.surface.model import Item, Surface

# What is only looked at beside the settings of aws-node.
_ASIDE: Final = frozenset({"objects", "nodes"})
# Values that are laid over each other: several files of them are layers, not rivals.
_LAYERS: Final = frozenset({"helm", "values"})


def joined(found: list[Surface], *, named: bool) -> list[Surface]:
    """Return surfaces that know of each other.

    Objects and nodes become part of each surface that configures aws-node, and are no longer surfaces of their own.
    Where it is not ``named`` that all is one cluster, objects are not joined to two surfaces of one kind, nor nodes to
    more than the one surface there is: two add-ons in a file may be two clusters'.
    """
    own = [surface for surface in found if surface.kind not in _ASIDE]
    if len(found) == 1 or not own:
        return found
    one = named or len({surface.kind for surface in own}) == len(own)
    aside = [surface for surface in found if surface.kind in _ASIDE]
    siblings = _siblings(found) if one else {}
    nodes = tuple(dict.fromkeys(group for surface in found for group in surface.nodes))
    alone = named or len(own) == 1
    whole = [
        surface._replace(
            siblings=siblings if one else surface.siblings,
            nodes=nodes if alone else surface.nodes,
            partial=surface.partial or (one and _covered(surface, own)),
            elsewhere=_elsewhere(surface, own) if one else surface.elsewhere,
            beside=tuple(other for other in own[:index] if one and not _layered(surface, other)),
        )
        for index, surface in enumerate(own)
    ]
    left = (
        surface._replace(siblings={} if one else surface.siblings, nodes=() if alone else surface.nodes)
        for surface in aside
    )
    return [*whole, *(item for item in left if item.settings or item.repeated or item.siblings or item.nodes)]


def _siblings(found: list[Surface]) -> dict[str, list[Item]]:
    siblings: dict[str, list[Item]] = {}
    for surface in found:
        for kind, items in surface.siblings.items():
            known = siblings.setdefault(kind, [])
            known += [
                item._replace(partial=item.partial or surface.partial)
                for item in items
                if not any(item.node is other.node for other in known)
            ]
    return siblings


def _elsewhere(surface: Surface, own: Sequence[Surface]) -> frozenset[tuple[str, str]]:
    """Return what other surfaces set and this one does not; nothing where it was read from the cluster."""
    if surface.live:
        return frozenset()
    written = {(item.container, item.name) for item in surface.settings}
    return frozenset((item.container, item.name) for other in own for item in other.settings) - written


def _covered(surface: Surface, own: Sequence[Surface]) -> bool:
    """Tell whether another surface may set anything: values that nobody can see."""
    others = (other for other in own if other is not surface and other.kind in OVERLAYS)
    return not surface.live and any(other.partial for other in others)


def _layered(surface: Surface, other: Surface) -> bool:
    """Tell whether one of two surfaces is meant to change the other: a patch its base, values those below them."""
    if {surface.kind, other.kind} <= _LAYERS:
        return True
    return surface.kind == other.kind == "daemonset" and (surface.partial or other.partial)
