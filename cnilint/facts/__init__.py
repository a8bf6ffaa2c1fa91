"""Surfaces to facts: what ipamd makes of the settings, computed when a rule asks and once for a surface.

``Facts`` is the mapping that expressions are evaluated over. Its names and types are those of the vocabulary; a name
that is absent here is silence in a rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.facts import addon, agent, contradictions, env, objects, pod, settings
from cnilint.facts.context import Context, Told
from cnilint.facts.release import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.surface.model import Surface

__all__ = ["ABSENT", "FACTS", "Context", "Facts", "Told"]


def _nodes(context: Context) -> object:
    """Return the facts of the nodes; their tables are read where there are any."""
    if context.surface.kind == "objects":
        return ABSENT
    if not context.surface.nodes and not context.told.instance_types:
        return []
    from cnilint.facts.capacity import nodes  # noqa: PLC0415  # most files and runs know of none

    return nodes(context)


def _burst(context: Context) -> object:
    """Return what a burst of pods waits and costs; the model is read where a message asks."""
    from cnilint.facts.burst import burst  # noqa: PLC0415  # as above

    return burst(context)


def _fleets(context: Context) -> object:
    """Return the nodes that share subnets; read where both are known at all."""
    known = (context.told.subnets and context.told.nodes) or any(group.subnets for group in context.surface.nodes)
    if context.surface.kind == "nodes" or not known:
        return []
    from cnilint.facts.fleet import fleets  # noqa: PLC0415  # as above

    return fleets(context)


def _mixed(context: Context) -> object:
    """Return the node groups of mixed sizes; read where a group has several types."""
    if not any(group.managed and len(group.types) > 1 for group in context.surface.nodes):
        return []
    from cnilint.facts.fleet import mixed  # noqa: PLC0415  # as above

    return mixed(context)


def _ownership(context: Context) -> object:
    """Return the edited fields; only a DaemonSet has owners, and only then are the modules needed."""
    if context.surface.kind != "daemonset":
        return []
    from cnilint.facts.ownership import ownership  # noqa: PLC0415  # values alone have no owners

    return ownership(context)


def _field_managers(context: Context) -> object:
    """Return the managers beside EKS; only a live object shows them."""
    if context.surface.kind != "daemonset" or not context.surface.live:
        return []
    from cnilint.facts.owners import field_managers  # noqa: PLC0415  # as above

    return field_managers(context)


def _last_applied(context: Context) -> object:
    """Return what kubectl noted and is another now; only a live object tells."""
    if context.surface.kind != "daemonset" or not context.surface.live:
        return []
    from cnilint.facts.applied import last_applied  # noqa: PLC0415  # as above

    return last_applied(context)


FACTS: Mapping[str, Callable[[Context], object]] = {
    **env.FACTS,
    **settings.FACTS,
    **agent.FACTS,
    **pod.FACTS,
    **objects.FACTS,
    "ownership": _ownership,
    "fieldManagers": _field_managers,
    "lastApplied": _last_applied,
    "nodes": _nodes,
    "burst": _burst,
    "fleets": _fleets,
    "mixedGroups": _mixed,
    **addon.FACTS,
    **contradictions.FACTS,
}


class Facts(dict[str, object]):
    """The facts of one surface; each is computed when first asked for."""

    __slots__ = ("context",)

    def __init__(self, surface: Surface, told: Told) -> None:
        super().__init__()
        self.context = Context(surface, told)

    def __missing__(self, name: str) -> object:
        """Compute a fact; raise KeyError where this surface does not have it."""
        value = FACTS[name](self.context)
        if value is ABSENT:
            raise KeyError(name)
        self[name] = value
        return value
