"""Facts about nodes in number: whether their subnets carry them, and what types that are mixed take from each other.

The arithmetic is that of ``cnilint capacity --subnet --nodes``: ``cnilint.capacity.subnet`` over the settled pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.capacity.maxpods import HOST_NETWORK_PODS, PREFIX_SIZE, usual
from cnilint.capacity.settings import Settings, missing, model, settings
from cnilint.capacity.steady import point
from cnilint.capacity.subnet import Subnet, blocks, carried, fits, subnet, taken
from cnilint.errors import ConfigError
from cnilint.facts.capacity import node as limits
from cnilint.facts.capacity import stated
from cnilint.knowledge.instances import Instance, instance
from cnilint.record import NamedTuple
from cnilint.surface.model import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnilint.facts.context import Context
    from cnilint.surface.model import NodeGroup

# Under these ipamd keeps no pool by itself; under IPv6 pods take no IPv4 addresses.
_WITHOUT_POOL: Final = ("ENABLE_IPv6", "DISABLE_NETWORK_RESOURCE_PROVISIONING", "ENABLE_IMDS_ONLY_MODE")
_WARM: Final = 2

Element = dict[str, object]
Kind = tuple[str, "NodeGroup | None"]


class Share(NamedTuple):
    """What nodes take of their subnets: single addresses and prefixes."""

    singles: int
    prefixes: int


class Nodes(NamedTuple):
    """Nodes that share subnets: how many, of which types, and what one takes.

    ``share`` is the least of all types, so that whatever does not fit does not fit for certain; ``thrifty`` is the
    most of all types with few warm addresses.
    """

    number: int
    types: tuple[str, ...]
    share: Share
    thrifty: Share


def fleets(context: Context) -> list[Element]:
    """Return the nodes that share subnets, where their number, their types and the subnets' sizes are all known.

    A node runs the pods that are expected on it, or one: there are no nodes for none.
    """
    values = context.values(MAIN)
    # A variable that the release does not have is off.
    if any(values.get(name) not in {None, False} for name in _WITHOUT_POOL) or missing(values):
        return []
    chosen = settings(values, context.release)
    if context.told.subnets:
        return list(_told(context, chosen))
    # The subnets of the nodes are not those of the pods under custom networking.
    return [] if chosen.custom_networking else list(_described(context, chosen))


def _told(context: Context, chosen: Settings) -> Iterator[Element]:
    """Yield the fleet of the configuration: so many nodes of the types that are known, in these subnets."""
    told = context.told
    groups = [group for group in context.surface.nodes if not group.windows]
    named = {name for group in groups for name in group.types}
    kinds: list[Kind] = [(name, None) for name in told.instance_types if name not in named]
    kinds += [(name, group) for group in groups for name in group.types]
    if told.nodes is None or any(group.more or not group.types for group in groups):
        return
    rooms = [Subnet("", size) if isinstance(size, int) else subnet(size) for size in told.subnets]
    nodes = _nodes(context, chosen, told.nodes, kinds)
    carries = [carried(room, *nodes.share) for room in rooms] if nodes else []
    if nodes and None not in carries:
        total = sum(number or 0 for number in carries)
        about: Element = {"at": context.surface.anchor, "told": True, "carried": total, "fits": nodes.number <= total}
        yield {**_numbers(context, [nodes], rooms), **about}


def _described(context: Context, chosen: Settings) -> Iterator[Element]:
    """Yield the groups of nodes that share subnets, as the file describes both.

    A group whose types are not all known takes addresses too; what does not fit without it does not fit either.
    """
    shared: dict[tuple[str, ...], list[NodeGroup]] = {}
    for group in context.surface.nodes:
        if group.subnets and group.most and not group.more and not group.windows:
            shared.setdefault(group.subnets, []).append(group)
    for cidrs, groups in shared.items():
        try:
            rooms = [subnet(cidr) for cidr in cidrs]
        except ConfigError:
            continue
        every = [
            (group, nodes)
            for group in groups
            if (nodes := _nodes(context, chosen, group.most or 0, [(name, group) for name in group.types]))
        ]
        if every:
            parts = [nodes for _, nodes in every]
            about: Element = {"at": every[0][0].at, "told": False, "fits": fits(rooms, *_sum(parts))}
            yield {**_numbers(context, parts, rooms), **about}


def _nodes(context: Context, chosen: Settings, number: int, kinds: Sequence[Kind]) -> Nodes | None:
    """Return so many nodes; None where a type is not known, or how many pods kubelet admits there."""
    found, thrifty = [], []
    for name, group in kinds:
        item = instance(name)
        most = _max_pods(context, item, group) if item else None
        if item is None or most is None:
            return None
        pods = max(0, min(_pods(context), most - HOST_NETWORK_PODS))
        sparing = chosen._replace(warm_ip=_WARM, minimum_ip=pods, prefixes=False)
        found.append(_share(chosen, item, most, pods))
        thrifty.append(_share(sparing, item, most, pods))
    if not found:
        return None
    least = Share(min(each.singles for each in found), min(each.prefixes for each in found))
    return Nodes(number, tuple(dict.fromkeys(name for name, _ in kinds)), least, max(thrifty))


def _share(chosen: Settings, item: Instance, most: int, pods: int) -> Share:
    settled = point(model(chosen, item, most), pods)
    return Share(*taken(settled, custom_networking=chosen.custom_networking, ipv6=False))


def _max_pods(context: Context, item: Instance, group: NodeGroup | None) -> int | None:
    """Return max pods where they are known, else the fewest that any tool gives; the pool stops to grow at it."""
    told = context.told.max_pods
    if group is not None:
        pods = stated(group, item)
        if pods is None and (group.hidden or group.expression is not None or group.pods_per_core is not None):
            return None
        told = pods or told
    recommended = limits(context, item).get("recommendedMaxPods")
    if told or not isinstance(recommended, int):
        return told
    return max(min(recommended, usual(item)), _pods(context) + HOST_NETWORK_PODS)


def _pods(context: Context) -> int:
    return context.told.pods_per_node or 1


def _sum(parts: Iterable[Nodes]) -> Share:
    listed = list(parts)
    singles = sum(nodes.number * nodes.share.singles for nodes in listed)
    return Share(singles, sum(nodes.number * nodes.share.prefixes for nodes in listed))


def _numbers(context: Context, parts: list[Nodes], rooms: list[Subnet]) -> Element:
    """Return the numbers of a fleet; ``saved`` is what it takes with few warm addresses, if that is less and fits."""
    singles, prefixes = _sum(parts)
    addresses = singles + prefixes * PREFIX_SIZE
    element: Element = {
        "nodes": sum(nodes.number for nodes in parts),
        "types": list(dict.fromkeys(name for nodes in parts for name in nodes.types)),
        "pods": _pods(context),
        "addresses": addresses,
        "prefixes": prefixes,
        "free": sum(room.addresses for room in rooms),
        "blocks": sum(map(blocks, rooms)),
        "subnets": [room.cidr for room in rooms] if all(room.cidr for room in rooms) else [],
    }
    fewer = sum(nodes.number * nodes.thrifty.singles for nodes in parts)
    if fewer < addresses and fits(rooms, fewer, 0):
        element["saved"] = fewer
    return element


def mixed(context: Context) -> list[Element]:
    """Return the managed node groups of types that hold different numbers of pods: EKS gives all the smallest.

    EKS does so where it gives max pods at all: nobody else states them, and the image is its own (user guide,
    choosing-instance-type).
    """
    if context.told.max_pods:
        return []
    return [element for group in context.surface.nodes for element in _mixed(context, group)]


def _mixed(context: Context, group: NodeGroup) -> Iterator[Element]:
    silent = group.max_pods is None and not group.hidden and group.expression is None and group.pods_per_core is None
    if not (group.managed and silent and not group.windows and len(group.types) > 1):
        return
    found: dict[str, int] = {}
    for name in group.types:
        item = instance(name)
        about: Mapping[str, object] = limits(context, item) if item and item.vcpus else {}
        pods = about.get("recommendedMaxPods")
        if isinstance(pods, int):
            found[name] = pods
    if len(set(found.values())) > 1:
        low, high = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
        yield {
            "at": group.at,
            "group": group.name,
            "smallest": low,
            "least": found[low],
            "largest": high,
            "most": found[high],
        }
