"""Where the pool comes to rest when pods only arrive, one after the other: in closed form.

Held equal to the simulation by a property test. A pool that does not rest (WARM_ENI_TARGET=0 or WARM_PREFIX_TARGET=0,
at the pods where nothing is free) is told as it is when it has grown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from cnilint.capacity.settings import Model


class Point(NamedTuple):
    """What a node holds with some pods on it; ``pods`` are those that need an address of the VPC."""

    pods: int
    enis: int
    """All interfaces, a primary that serves no pods and a trunk included."""
    prefixes: int
    pod_addresses: int
    spare_addresses: int
    subnet_addresses: int
    """What the interfaces take from their subnets: their own addresses and those for pods."""
    waiting_pods: int


def point(model: Model, pods: int) -> Point:
    """Return what a node holds when the last of ``pods`` has arrived and the pool has settled."""
    return told(model, pods, units(model, pods))


def told(model: Model, pods: int, held: int, serving: int | None = None) -> Point:
    """Return a point from the units that are held; ``serving`` is the number of interfaces that hold them."""
    if serving is None:
        serving = max(model.ready, -(-held // model.each))
    enis = model.idle + serving
    total = held * model.size
    return Point(
        pods=pods,
        enis=enis,
        prefixes=held if model.by_prefix() else 0,
        pod_addresses=total,
        spare_addresses=max(0, total - pods),
        subnet_addresses=total + enis,
        waiting_pods=max(0, pods - total),
    )


def units(model: Model, pods: int) -> int:
    """Return how many addresses or prefixes a node holds."""
    found = min(_target(model, pods), model.usable * model.each)
    if model.max_pods is None:
        return found
    # The pool stops to grow once it holds max pods (I:2637), but a step may take it further: under WARM_ENI_TARGET an
    # interface at a time, and what is wanted at the start.
    bound = -(-max(model.max_pods, 0) // model.size)
    start = min(_target(model, 0), -(-bound // model.each) * model.each)
    step = 1 if model.by_address() or model.by_prefix() else model.each
    return min(found, max(start, -(-bound // step) * step))


def _target(model: Model, pods: int) -> int:
    """Return how many units the settings want."""
    if model.stuck:
        return 0
    if model.by_address():
        wanted = max(pods + model.warm_ip if model.warm_ip else 0, model.minimum_ip)
        return -(-wanted // model.size)
    if model.by_prefix():
        return -(-pods // model.size) + model.warm_prefix if model.warm_prefix else pods // model.size + 1
    return model.each * (-(-pods // model.each) + model.warm_eni if model.warm_eni else pods // model.each + 1)


def reach(model: Model) -> int:
    """Return how many pods can get an address, whatever max pods is.

    MINIMUM_IP_TARGET alone ends it (I:2198): without WARM_IP_TARGET nothing is added for a pod that finds no address.
    """
    full = model.usable * model.each
    if model.stuck:
        return 0
    if model.by_address() and not model.warm_ip:
        full = min(full, -(-model.minimum_ip // model.size))
    return full * model.size


def attached(model: Model, most: int) -> dict[int, int]:
    """Return at which pod each interface after the first is attached, 0 where it is at once; up to ``most`` pods."""
    found = {}
    last = point(model, most).enis
    at = 0
    for eni in range(2, last + 1):
        low, high = at, most
        while low < high:
            middle = (low + high) // 2
            if point(model, middle).enis >= eni:
                high = middle
            else:
                low = middle + 1
        found[eni] = at = low
    return found
