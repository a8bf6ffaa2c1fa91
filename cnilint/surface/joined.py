"""Surfaces that belong together: those of a file, of a Terraform module's folder, or of a cluster that was named.

Files of eksctl or Cluster API that stand in one folder are joined where they tell the same cluster's name themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.surface.model import OVERLAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnilint.surface.model import Item, Surface

# What is only looked at beside the settings of aws-node.
_ASIDE: Final = frozenset({"objects", "nodes"})
# Values that are laid over each other: several files of them are layers, not rivals.
_LAYERS: Final = frozenset({"helm", "values"})
# Formats of which the files in a folder are looked at together where they name the same cluster.
_IN_FOLDERS: Final = frozenset({"eksctl", "clusterapi"})

# A format, and the name of a cluster as this tells it.
Cluster = tuple[str, str]


def clusters(found: Iterable[Surface]) -> tuple[Cluster, ...]:
    """Return the clusters that a file's surfaces name in full, of those formats whose files are looked at by folder."""
    named = (surface for surface in found if "/" in surface.cluster and surface.format in _IN_FOLDERS)
    return tuple(dict.fromkeys((surface.format, surface.cluster) for surface in named))


def of_folder(files: Sequence[list[Surface]]) -> list[Surface]:
    """Return the surfaces of a folder's files: each file's joined, then those of all files that name the same cluster.

    Where two files configure the CNI of the same cluster, one may be meant to take the other's place: they are only
    compared, and nodes stay with their file.
    """
    found = [surface for file in files for surface in joined(file, named=False)]
    for cluster in clusters(found):
        own = [surface for surface in found if (surface.format, surface.cluster) == cluster]
        others = [surface for surface in found if (surface.format, surface.cluster) != cluster]
        found = [*(_joined(own, named=True) if len(_configuring(own)) == 1 else _compared(own)), *others]
    return found


def _configuring(found: Iterable[Surface]) -> set[str]:
    """Return the files that configure aws-node."""
    return {surface.text.path for surface in found if surface.kind not in _ASIDE}


def _compared(found: list[Surface]) -> list[Surface]:
    """Return surfaces that each know those before them which configure the same aws-node."""
    own = [surface for surface in found if surface.kind not in _ASIDE]
    rest = [surface for surface in found if surface.kind in _ASIDE]
    return [*(surface._replace(beside=tuple(own[:index])) for index, surface in enumerate(own)), *rest]


def joined(found: list[Surface], *, named: bool) -> list[Surface]:
    """Return surfaces that know of each other; never of one that names another cluster.

    Where several clusters are named, those without a name are not joined to any of them.
    """
    names = {(surface.format, surface.cluster) for surface in found if surface.cluster}
    if len(names) == len({form for form, _ in names}):
        one = len(names) == 1 and all(surface.cluster for surface in found) and bool(clusters(found))
        return _joined(found, named=named or one)
    parts: dict[Cluster, list[Surface]] = {}
    for surface in found:
        parts.setdefault((surface.format if surface.cluster else "", surface.cluster), []).append(surface)
    nameless = parts.pop(("", ""), [])
    others = [surface for surface in nameless if surface.kind != "nodes"]
    nodes = [surface for surface in nameless if surface.kind == "nodes"]
    each = [
        *(_joined(part, named=form in _IN_FOLDERS) for (form, _), part in parts.items()),
        _joined(others, named=False),
    ]
    return [*(surface for part in each for surface in part), *nodes]


def _joined(found: list[Surface], *, named: bool) -> list[Surface]:
    """Return surfaces of one cluster, or of what may be one, that know of each other.

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
                if not any(item.node is other.node and item.text is other.text for other in known)
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
