"""Pods that come and go on a simulated node: when they have addresses, and what EC2 is asked for that.

Times are lower bounds where pods wait: a waiting pod is taken to have an address as soon as there is one, while
kubelet asks again later.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cnilint.capacity.pool import Pool
from cnilint.capacity.reconcile import init, reconcile
from cnilint.capacity.steady import Point, told
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.capacity.settings import Model

# Seconds.
INTERVAL: Final = 5.0
"""Between two passes, what they do not counted (ipPoolMonitorInterval, pkg/ipamd/ipamd.go, line 60)."""
FIRST: Final = 1.2
"""From pods' arrival or departure to the first pass: some moment of the interval."""
APART: Final = 60.0
"""Between two pods that come or go one by one."""
KEPT: Final = 256  # models remembered; a fleet has few shapes


class Writes(NamedTuple):
    """How many EC2 calls change something: the node's start, a burst of pods that comes, and the same that goes."""

    start: int
    arrive_one_by_one: int
    arrive_at_once: int
    leave_one_by_one: int
    leave_at_once: int


class Burst(NamedTuple):
    """What some pods cost, and the seconds until the last of them that gets an address has it."""

    writes: Writes
    seconds: float


def started(model: Model) -> Pool:
    """Return the pool of a node without pods, settled."""
    pool = Pool(model)
    init(pool)
    settle(pool)
    return pool


def settle(pool: Pool) -> bool:
    """Let ipamd run until nothing is left to do, and tell whether it comes to that.

    A pool that goes round in circles is left when it has grown to a state for the second time.
    """
    seen = {pool.signature()}
    pool.now += FIRST
    while True:
        grew, shrank = reconcile(pool)
        if grew:
            mark = pool.signature()
            if mark in seen:
                return False
            seen.add(mark)
        elif not shrank and not _skip(pool):
            return True
        pool.now += INTERVAL


def wait(pool: Pool, seconds: float) -> None:
    """Let ipamd run for some time."""
    end = pool.now + seconds
    pool.now += FIRST
    while pool.now < end:
        if not any(reconcile(pool)) and not _skip(pool):
            break
        pool.now += INTERVAL
    pool.now = max(pool.now, end)


def _skip(pool: Pool) -> bool:
    """Skip the passes before time lets anything happen; tell whether there is something to wait for."""
    pool.wakes = [wake for wake in pool.wakes if wake >= pool.now]
    if not pool.wakes:
        return False
    pool.now += (min(pool.wakes) - pool.now) // INTERVAL * INTERVAL
    return True


def arrivals(model: Model) -> Iterator[Point]:
    """Yield the settled node with no pod, with one, with two, and so on without end."""
    pool = started(model)
    while True:
        pods = pool.assigned + pool.waiting
        yield told(model, pods, pool.units, len(pool.interfaces))
        pool.arrive()
        settle(pool)


@lru_cache(KEPT)
def burst(model: Model, pods: int) -> Burst:
    """Return what ``pods`` pods cost on a node without pods, one by one and at once."""
    idle = started(model)
    pool = idle.copy()
    counts = [idle.writes]
    for step in (pool.arrive, pool.leave):
        before = pool.writes
        for _ in range(pods):
            step()
            wait(pool, APART)
        settle(pool)
        counts.append(pool.writes - before)
    pool = idle
    begin = pool.served_at = pool.now
    for step in (pool.arrive, pool.leave):
        before = pool.writes
        step(pods)
        settle(pool)
        counts.append(pool.writes - before)
    start, come, go, come_at_once, go_at_once = counts
    return Burst(Writes(start, come, come_at_once, go, go_at_once), round(pool.served_at - begin, 1))
