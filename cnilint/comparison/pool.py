"""What max pods and the warm pool become on each instance type, by the model of ``cnilint.capacity``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.capacity import answer
from cnilint.capacity.question import ALL_TYPES, Asked, Node, nodes
from cnilint.errors import CnilintError
from cnilint.record import NamedTuple
from cnilint.surface.model import MAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilint.capacity import Result
    from cnilint.comparison.difference import Comparison
    from cnilint.comparison.effective import Effective


class Load(NamedTuple):
    """What a node of a type holds: kubelet's max pods, pods that can get an address, addresses of a node without pods.

    ``enis`` are those of a node without pods.
    """

    max_pods: int
    reachable_pods: int
    idle_addresses: int
    idle_enis: int


class Pool(NamedTuple):
    """An instance type with both loads, or why one cannot be told."""

    instance_type: str
    old: Load | None
    new: Load | None
    reason: str = ""


def pools(
    found: Comparison,
    types: Sequence[str],
    limits: tuple[tuple[int | None, int | None], ...],
    configured: Sequence[str],
) -> list[Pool]:
    """Return what becomes of each instance type that an option, a side or else the configuration names.

    ``limits`` are, for each side, the max pods of the option and of the configuration. None where no type is known, or
    neither side configures aws-node.
    """
    sides = (found.old, found.new)
    if any(MAIN not in side.parts for side in sides):
        return []
    named = [*types] or list(dict.fromkeys(name for side in sides for name in _types(side))) or [*configured]
    if ALL_TYPES in named:
        return []
    pairs = (_pool(name, sides, limits) for name in named)
    return list(dict.fromkeys(each for pair in pairs for each in pair))


def _types(side: Effective) -> list[str]:
    return [name for group in side.surface.nodes if not group.windows for name in group.types]


def _pool(
    name: str, sides: tuple[Effective, Effective], limits: tuple[tuple[int | None, int | None], ...]
) -> list[Pool]:
    """Return the loads of a type: one for each max pods that its groups of nodes have."""
    try:
        before, after = (_nodes(name, side, limit) for side, limit in zip(sides, limits, strict=True))
        if len(before) != len(after):
            several = before if len(before) > len(after) else after
            other = (after if several is before else before)[0]
            before, after = (
                (several, [other] * len(several)) if several is before else ([other] * len(several), several)
            )
        pairs = zip(before, after, strict=True)
        return [Pool(name, _load(sides[0], one), _load(sides[1], other)) for one, other in pairs]
    except CnilintError as error:
        return [Pool(name, None, None, error.message)]


def _nodes(name: str, side: Effective, limits: tuple[int | None, int | None]) -> list[Node]:
    return nodes(_asked(side), [name], (), limits)


def _asked(side: Effective) -> Asked:
    return Asked(side.surface.text.path, side.release, side.context.values(MAIN), side.surface.nodes)


def _load(side: Effective, node: Node) -> Load:
    settings = _asked(side).settings
    result: Result = answer(settings, node.instance, (0,), max_pods=node.max_pods, managed=node.managed)
    idle = result.points[0]
    return Load(result.max_pods, result.reachable_pods, idle.subnet_addresses, idle.enis)
