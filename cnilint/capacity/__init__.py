"""How many pods a node takes, what it holds for them and what that costs, under given settings: a pure model of ipamd.

Nothing here reads a file or knows a surface. ``answer`` puts it together for one instance type; the modules are
imported when it is called, since facts need no more than ``maxpods``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilint.capacity.settings import Settings
    from cnilint.capacity.simulation import Writes
    from cnilint.capacity.steady import Point
    from cnilint.knowledge.instances import Instance

BURST: Final = 30


class Result(NamedTuple):
    """The answer for one instance type."""

    instance_type: str
    mode: str
    """secondary-ip, prefix or ipv6."""
    max_pods: int
    working: tuple[str, ...]
    """How max pods came about, a line each; empty where it was given."""
    enis: int
    """Interfaces that ipamd may have, MAX_ENI applied."""
    addresses_per_eni: int
    """IPv4 addresses of each, its own included."""
    reachable_pods: int
    """Pods that can get an address, whatever max pods is; pods of the host network need none and are not counted."""
    points: tuple[Point, ...]
    """The settled node at each number of pods that was asked for."""
    eni_attached_at_pod: dict[int, int]
    """The pod at which an interface is attached, 0 where that is at once; the first interface is not told."""
    writes: Writes
    burst_seconds: float
    """Until the last pod of a burst that gets an address has it."""


def answer(  # noqa: PLR0913  # all that can be told of a node
    settings: Settings,
    instance: Instance,
    points: Iterable[int] = (),
    burst: int = BURST,
    *,
    max_pods: int | None = None,
    managed: bool = False,
) -> Result:
    """Return what a node of a type does under some settings, at some numbers of pods that need an address.

    ``max_pods`` is kubelet's where it is known; else it is worked out, as a managed node group does if ``managed``.
    Where ipamd refuses to start (``settings.refusal``) all pods wait.
    """
    from cnilint.capacity import maxpods, modes  # noqa: PLC0415  # see above
    from cnilint.capacity import settings as reading  # noqa: PLC0415

    size = maxpods.PREFIX_SIZE if reading.delegates(settings, instance) else 1
    working: tuple[str, ...] = ()
    if max_pods is None:
        max_pods, working, _ = maxpods.max_pods(settings, instance, size, managed=managed)
    model = reading.model(settings, instance, max_pods)
    if settings.ipv6:
        course = modes.ipv6(model, tuple(points), refused=reading.refusal(settings, instance) is not None)
    else:
        course = modes.ipv4(model, tuple(points), burst, max(0, max_pods - maxpods.HOST_NETWORK_PODS))
    return Result(
        instance.type,
        "ipv6" if settings.ipv6 else "prefix" if size > 1 else "secondary-ip",
        max_pods,
        working,
        maxpods.interfaces(instance, settings.max_eni),
        instance.ips,
        *course,
    )


def plain(result: Result) -> dict[str, object]:
    """Return an answer as the data of its JSON; the working is for people and not in it."""
    data = _camel(result._asdict())
    del data["working"]
    data["points"] = [_camel(point._asdict()) for point in result.points]
    data["eniAttachedAtPod"] = {str(eni): pod for eni, pod in result.eni_attached_at_pod.items()}
    data["writes"] = _camel(result.writes._asdict())
    return data


def _camel(data: dict[str, object]) -> dict[str, object]:
    return {name[0] + name.title().replace("_", "")[1:]: value for name, value in data.items()}
