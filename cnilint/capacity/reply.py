"""Answers to what was asked: a result for each settings and each kind of node, with what a subnet makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.capacity import answer
from cnilint.capacity.maxpods import HOST_NETWORK_PODS, PREFIX_SIZE
from cnilint.capacity.settings import refusal
from cnilint.capacity.subnet import carried, taken
from cnilint.errors import ConfigError
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnilint.capacity import Result
    from cnilint.capacity.advice import Advice
    from cnilint.capacity.question import Asked, Node
    from cnilint.capacity.settings import Settings
    from cnilint.capacity.steady import Point
    from cnilint.capacity.subnet import Subnet

MAX: Final = "max"
# More pods than any node has; it keeps a slip of the keyboard from taking forever.
MOST_PODS: Final = 10_000


class Demand(NamedTuple):
    """What is asked of all settings: numbers of pods (None: max pods), a burst, a subnet and a number of nodes.

    ``density`` is the number of pods a node that advice is for; None for max pods.
    """

    pods: tuple[int | None, ...]
    burst: int
    subnet: Subnet | None = None
    nodes: int | None = None
    density: int | None = None


class Reply(NamedTuple):
    """The answer for settings on a kind of node; ``refusal`` tells why ipamd does not start, None where it does."""

    asked: Asked
    settings: Settings
    node: Node
    result: Result
    refusal: str | None

    @property
    def full(self) -> int:
        """The pods that need an address on a node with max pods."""
        return full(self.result)


class Share(NamedTuple):
    """Of a point: how many such nodes the subnet carries, and what the nodes that were asked for take of it.

    ``carried`` is None where no subnet was told, or where they take nothing of it; ``taken`` where no number of nodes.
    """

    pods: int
    carried: int | None
    taken: int | None


def counts(text: str) -> tuple[int | None, ...]:
    """Return the numbers of pods of an option, None for ``max``. Raises ConfigError for what is none."""
    found: list[int | None] = []
    for item in filter(None, map(str.strip, text.split(","))):
        if item != MAX and not (item.isascii() and item.isdigit() and int(item[:9]) <= MOST_PODS):
            raise ConfigError(f"--pods {text}: {item!r} is neither a number of pods up to {MOST_PODS} nor {MAX!r}")
        found.append(None if item == MAX else int(item))
    if not found:
        raise ConfigError("--pods names no number of pods")
    return tuple(dict.fromkeys(found))


def full(result: Result) -> int:
    """Return the pods that need an address on a node with max pods."""
    return max(0, result.max_pods - HOST_NETWORK_PODS)


def reply(asked: Asked, settings: Settings, node: Node, pods: Iterable[int | None], burst: int) -> Reply:
    """Return the answer for settings on a kind of node."""
    result = _result(settings, node, (), burst)
    wanted = {full(result) if number is None else number for number in pods}
    result = _result(settings, node, sorted(wanted), burst)
    return Reply(asked, settings, node, result, refusal(settings, node.instance))


def compared(first: Reply, second: Reply, burst: int) -> tuple[Reply, Reply]:
    """Return two answers about a kind of node at the same numbers of pods: those of either."""
    pods = sorted({point.pods for each in (first, second) for point in each.result.points})
    one, other = (each._replace(result=_result(each.settings, each.node, pods, burst)) for each in (first, second))
    return one, other


def curve(found: Reply, pods: Sequence[int], burst: int) -> tuple[Point, ...]:
    """Return the points at other numbers of pods, for a chart."""
    return _result(found.settings, found.node, pods, burst).points


def advised(found: Reply, demand: Demand) -> Advice:
    """Return which settings take fewer addresses for the pods that are expected on a node, and what they cost."""
    from cnilint.capacity.advice import advice  # noqa: PLC0415  # where it is printed

    node = found.node
    pods = found.full if demand.density is None else demand.density
    burst = min(pods, demand.burst)
    return advice(found.settings, node.instance, pods, burst, max_pods=node.max_pods, managed=node.managed)


def whole(found: Reply, burst: int) -> Reply:
    """Return an answer with a point for each number of pods from none to those of max pods."""
    return found._replace(result=_result(found.settings, found.node, range(found.full + 1), burst))


def shares(found: Reply, demand: Demand) -> list[Share]:
    """Return what the subnet makes of each point."""
    listed = []
    for point in found.result.points:
        singles, prefixes = taken(point, custom_networking=found.settings.custom_networking, ipv6=found.settings.ipv6)
        nodes = carried(demand.subnet, singles, prefixes) if demand.subnet else None
        each = singles + prefixes * PREFIX_SIZE
        listed.append(Share(point.pods, nodes, None if demand.nodes is None else demand.nodes * each))
    return listed


def _result(settings: Settings, node: Node, pods: Iterable[int], burst: int) -> Result:
    return answer(settings, node.instance, tuple(pods), burst, max_pods=node.max_pods, managed=node.managed)
