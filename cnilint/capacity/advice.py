"""Which settings take the fewest addresses for a number of pods a node, and what they cost elsewhere.

Every candidate of a small grid is worked out with the model. Those are left out that do not carry the pods, that let
a burst wait too long, or that another is no worse than in anything. A restart of a single pod stalls where one
address is warm, and WARM_ENI_TARGET=0 and WARM_PREFIX_TARGET=0 go round in circles: they are no candidates.
"""

from __future__ import annotations

from functools import partial
from operator import lt
from typing import TYPE_CHECKING, Final

from cnilint.capacity import BURST, answer, simulation, steady
from cnilint.capacity import settings as reading
from cnilint.capacity.maxpods import HOST_NETWORK_PODS
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.capacity import Result
    from cnilint.capacity.settings import Settings
    from cnilint.knowledge.instances import Instance

STALL: Final = 2 * simulation.INTERVAL
"""Seconds after which a pod without an address counts as stalled: two passes of ipamd."""
VARIABLES: Final = {
    "prefixes": "ENABLE_PREFIX_DELEGATION",
    "warm_ip": "WARM_IP_TARGET",
    "minimum_ip": "MINIMUM_IP_TARGET",
    "warm_eni": "WARM_ENI_TARGET",
    "warm_prefix": "WARM_PREFIX_TARGET",
}


class Trade(NamedTuple):
    """What some settings take and cost on one node."""

    idle_addresses: int
    """Addresses of the subnet, without pods."""
    addresses: int
    """Addresses of the subnet, at the expected pods."""
    waiting_pods: int
    """Of the expected pods, those without an address, or that kubelet does not admit."""
    writes_at_once: int
    """EC2 calls that write when a burst of pods comes to a node without pods and leaves it, all at once."""
    writes_one_by_one: int
    """The same when they come and leave one by one."""
    burst_seconds: float
    """Until the last pod of a burst has an address, where that lasts longest; the expected pods are not exceeded."""


class Suggestion(NamedTuple):
    """Settings that are better than the present ones in something, and what changes with them."""

    settings: Settings
    changes: dict[str, str | None]
    """By variable what it is to be set to; None where it is not to be set."""
    max_pods: int
    trade: Trade
    sentence: str


class Advice(NamedTuple):
    """What the present settings take, and up to three suggestions, that with the fewest addresses first."""

    instance_type: str
    pods: int
    burst: int
    present: Trade
    suggestions: tuple[Suggestion, ...]


class _Option(NamedTuple):
    settings: Settings
    max_pods: int
    trade: Trade


def advice(  # noqa: PLR0913  # all that can be told of a node
    chosen: Settings,
    instance: Instance,
    pods: int,
    burst: int | None = None,
    *,
    max_pods: int | None = None,
    managed: bool = False,
) -> Advice:
    """Return how to take the fewest addresses for ``pods`` pods a node that need one, without stalling a burst.

    A burst is of 30 pods, or of all of them if they are fewer. ``max_pods`` and ``managed`` are those of ``answer``.
    IPv6 takes one prefix a node whatever the settings are: there is nothing to suggest.
    """
    burst = min(pods, BURST) if burst is None else burst
    work = partial(_option, instance=instance, pods=pods, burst=burst, max_pods=max_pods, managed=managed)
    present = work(chosen)
    found = () if chosen.ipv6 else map(work, dict.fromkeys(candidates(chosen, instance, pods, burst)))
    better = _better(present.trade, _undominated([option for option in found if _carries(option.trade)], burst), burst)
    told = tuple(
        Suggestion(
            option.settings,
            changes := _changes(chosen, option.settings),
            option.max_pods,
            option.trade,
            _sentence(present, option, changes, pods, burst),
        )
        for option in better
    )
    return Advice(instance.type, pods, burst, present.trade, told)


def candidates(chosen: Settings, instance: Instance, pods: int, burst: int) -> Iterator[Settings]:
    """Yield the settings that are tried; those that change less come first. What they ignore stays as it is."""
    plain = chosen._replace(warm_ip=0, minimum_ip=0)
    minimums = sorted({0, burst, pods}) if chosen.since(1, 6) else [0]
    able = reading.delegates(chosen._replace(prefixes=chosen.since(1, 9)), instance)
    now = reading.delegates(chosen, instance)
    for prefixes in (now, not now) if able else (False,):
        # Where prefixes are ignored the switch is left alone.
        mode = plain._replace(prefixes=prefixes if able else chosen.prefixes)
        yield mode._replace(warm_prefix=1) if prefixes else mode._replace(warm_eni=1)
        # A prefix is sixteen addresses at a time, so that fewer values differ.
        for warm in sorted({5, 10, burst} if prefixes else {2, 5, 10, burst}):
            for minimum in minimums:
                if warm > 1:
                    yield mode._replace(warm_ip=warm, minimum_ip=minimum)


def _option(  # noqa: PLR0913  # as above
    chosen: Settings, *, instance: Instance, pods: int, burst: int, max_pods: int | None, managed: bool
) -> _Option:
    result = answer(chosen, instance, (0, pods), burst, max_pods=max_pods, managed=managed)
    idle, full = result.points
    writes = result.writes
    unadmitted = max(0, pods - max(0, result.max_pods - HOST_NETWORK_PODS))
    trade = Trade(
        idle.subnet_addresses,
        full.subnet_addresses,
        max(full.waiting_pods, unadmitted),
        writes.arrive_at_once + writes.leave_at_once,
        writes.arrive_one_by_one + writes.leave_one_by_one,
        _seconds(chosen, instance, result, pods - burst, burst),
    )
    return _Option(chosen, result.max_pods, trade)


def _seconds(chosen: Settings, instance: Instance, result: Result, most: int, burst: int) -> float:
    """Return how long a burst lasts where it lasts longest: without pods, or where the fewest addresses are spare.

    Only fills that leave room for the burst among the expected pods, ``most`` or fewer, are looked at.
    """
    if chosen.ipv6 or most <= 0:
        return result.burst_seconds
    model = reading.model(chosen, instance, result.max_pods)
    spare = [steady.point(model, fill).spare_addresses for fill in range(most + 1)]
    least = min(spare)
    fills = {spare.index(least), most - spare[::-1].index(least)} - {0}
    return max([result.burst_seconds, *(_upon(model, fill, burst) for fill in fills)])


def _upon(model: reading.Model, fill: int, burst: int) -> float:
    """Return the seconds until the last pod of a burst has an address on a node with some pods, settled."""
    pool = simulation.started(model)
    pool.arrive(fill)
    simulation.settle(pool)
    begin = pool.served_at = pool.now
    pool.arrive(burst)
    simulation.settle(pool)
    return round(pool.served_at - begin, 1)


def _carries(trade: Trade) -> bool:
    return not trade.waiting_pods and trade.burst_seconds <= STALL


def _costs(trade: Trade, burst: int) -> tuple[int, int, int]:
    """Return what a suggestion is judged by; of the time of a burst only that it does not stall.

    Of EC2's writes those count that come to one for each pod that comes and goes.
    """
    return trade.addresses, trade.idle_addresses, round(trade.writes_one_by_one / max(1, burst))


def _undominated(options: list[_Option], burst: int) -> list[_Option]:
    """Return the options that no other is as good as in everything; of equal ones the first."""
    kept: list[_Option] = []
    for option in options:
        if not any(_as_good(other, option, burst) for other in kept):
            kept = [other for other in kept if not _as_good(option, other, burst)]
            kept.append(option)
    return kept


def _as_good(one: _Option, other: _Option, burst: int) -> bool:
    pairs = zip(_costs(one.trade, burst), _costs(other.trade, burst), strict=True)
    return all(mine <= its for mine, its in pairs)


def _better(present: Trade, options: list[_Option], burst: int) -> list[_Option]:
    """Return the options with the fewest addresses at the pods, with the fewest at idle and with the fewest writes.

    Where the present settings do what is asked, each takes fewer addresses than they do, at the pods or at idle.
    """
    if _carries(present):
        most = (present.addresses, present.idle_addresses)
        options = [each for each in options if any(map(lt, (each.trade.addresses, each.trade.idle_addresses), most))]
    if not options:
        return []
    costs = [_costs(option.trade, burst) for option in options]
    best = (min((cost[by], cost, index) for index, cost in enumerate(costs))[-1] for by in range(len(costs[0])))
    return [options[index] for index in dict.fromkeys(best)]


def _changes(chosen: Settings, wanted: Settings) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for field, name in VARIABLES.items():
        value = getattr(wanted, field)
        if value != getattr(chosen, field):
            unset = not value and field in {"warm_ip", "minimum_ip"}
            found[name] = None if unset else str(value).lower()
    return found


def _sentence(present: _Option, option: _Option, changes: dict[str, str | None], pods: int, burst: int) -> str:
    now, then = present.trade, option.trade
    written = [f"{name}={value}" for name, value in changes.items() if value is not None]
    subject = _joined([*written, *(f"no {name}" for name, value in changes.items() if value is None)])
    if pods + HOST_NETWORK_PODS > present.max_pods:
        subject += f", with max pods of {option.max_pods} for kubelet,"
    verb = "takes" if len(changes) == 1 else "take"
    left = f", which leave {_number(now.waiting_pods, 'pod')} without one" if now.waiting_pods else ""
    last = f"the last of {burst} pods that come at once" if burst > 1 else "a pod that comes"
    each = f"{burst} that come and go one by one cost" if burst > 1 else "that it comes and goes costs"
    return (
        f"{subject} {verb} {_number(then.addresses, 'subnet address')} a node at {_number(pods, 'pod')} (now "
        f"{now.addresses}{left}) and {then.idle_addresses} without pods (now {now.idle_addresses}); {last} has an "
        f"address after {then.burst_seconds:g} s (now {now.burst_seconds:g} s), and {each} "
        f"{_number(then.writes_one_by_one, 'EC2 write')} (now {now.writes_one_by_one})."
    )


def _joined(items: list[str]) -> str:
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 'es' if noun.endswith('s') else 's'}"
