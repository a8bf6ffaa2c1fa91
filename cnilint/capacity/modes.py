"""What a node does, by the family of its addresses; answers are remembered, since few instance types differ."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cnilint.capacity import simulation, steady
from cnilint.capacity.settings import IPV6_PREFIX_SIZE
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from cnilint.capacity.settings import Model

KEPT: Final = 1024


class Course(NamedTuple):
    """What a node does; the fields are those of ``Result``."""

    reachable_pods: int
    points: tuple[steady.Point, ...]
    eni_attached_at_pod: dict[int, int]
    writes: simulation.Writes
    burst_seconds: float


@lru_cache(KEPT)
def ipv4(model: Model, pods: tuple[int, ...], burst: int, most: int) -> Course:
    """Return what a node does at some numbers of pods and in a burst; ``most`` pods run on it at any time."""
    writes, seconds = simulation.burst(model, burst)
    points = tuple(steady.point(model, number) for number in pods)
    return Course(steady.reach(model), points, steady.attached(model, most), writes, seconds)


def ipv6(model: Model, pods: tuple[int, ...], *, refused: bool) -> Course:
    """Return what a node does that has one /80 from the start and asks EC2 for nothing more.

    ipamd starts no loop (pkg/ipamd/ipamd.go at v1.23.1, lines 771 and 1177); where it refuses to start, all pods wait.
    """
    if refused:
        points = tuple(steady.Point(number, 1, 0, 0, 0, 1, number) for number in pods)
        return Course(0, points, {}, simulation.Writes(0, 0, 0, 0, 0), 0.0)
    held, enis = IPV6_PREFIX_SIZE, 1 + model.idle
    points = tuple(steady.Point(number, enis, 1, held, held - number, enis, 0) for number in pods)
    attached = dict.fromkeys(range(2, enis + 1), 0)
    return Course(held, points, attached, simulation.Writes(model.start_writes + 1, 0, 0, 0, 0), 0.0)
