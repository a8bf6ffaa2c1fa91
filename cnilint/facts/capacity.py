"""Facts about the nodes: how many addresses an instance type can give to pods, and how many pods kubelet lets it run.

The arithmetic is that of ``cnilint.capacity.maxpods``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.capacity.maxpods import (
    PREFIX_SIZE,
    addresses,
    cap,
    interfaces,
    recommended,
    serving,
    usual,
)
from cnilint.capacity.settings import delegates, settings
from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.knowledge.instances import Instance, instance
from cnilint.knowledge.maxpods import computed, fault
from cnilint.surface.model import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.capacity.settings import Settings
    from cnilint.facts.context import Context
    from cnilint.surface.model import NodeGroup

Element = dict[str, object]


def nodes(context: Context) -> list[Element]:
    """Return the facts of each instance type: those that were told, and those that the surface's groups of nodes have.

    Of a type that a group has what the file says is better than what was told. Windows nodes do not run aws-node.
    """
    groups = [group for group in context.surface.nodes if not group.windows]
    told = context.told.instance_types if context.surface.kind != "nodes" else ()
    named = {name for group in groups for name in group.types}
    found = (item for name in told if name not in named and (item := instance(name)) is not None)
    anchor = {"at": context.surface.anchor}
    return [
        *(node(context, item) | anchor for item in found),
        *(each for group in groups for each in _of(context, group)),
    ]


def _of(context: Context, group: NodeGroup) -> Iterator[Element]:
    """Yield the facts of a group's types, and those of a type that nobody can tell where there may be others."""
    about: Element = {"at": group.at, "managed": group.managed}
    if group.name:
        about["group"] = group.name
    if group.expression is not None:
        about["expression"] = group.expression
        wrong = fault(group.expression)
        if wrong is not None:
            about["expressionFault"] = wrong
    if group.aside:
        about |= {"overriddenMaxPods": group.aside[0], "overriddenAt": group.aside[1]}
    for name in group.types:
        item = instance(name)
        if item is None:
            yield {**about, "type": name, **_stated(group, None)}
        else:
            yield {**node(context, item, group), **about, **_stated(group, item)}
    if group.more or not group.types:
        yield {**about, **_stated(group, None)}


def _stated(group: NodeGroup, item: Instance | None) -> Element:
    """Return the max pods that a group's file gives kubelet on a type; nothing where it does not say."""
    pods = stated(group, item)
    if pods is None:
        return {}
    return {"statedMaxPods": pods, "maxPods": pods}


def stated(group: NodeGroup, item: Instance | None) -> int | None:
    """Return the max pods that a group's file gives kubelet on a type: as written, or what its expression gives."""
    pods = group.max_pods
    if group.expression is not None and item is not None:
        pods = computed(group.expression, item.enis, item.ips, usual(item))
    if pods is None or group.hidden:
        return None
    if group.pods_per_core is None:
        return pods
    return min(pods, group.pods_per_core * item.vcpus) if item is not None and item.vcpus else None


def node(context: Context, item: Instance, group: NodeGroup | None = None) -> Element:
    """Return the facts of one instance type under the surface's settings."""
    nitro = item.hypervisor == "nitro"
    about: Element = {
        "type": item.type,
        "metal": item.metal,
        "nitro": nitro,
        "enis": item.enis,
        "ips": item.ips,
        "cards": max(1, len(item.cards)),
    }
    if item.vcpus is not None:
        about["vcpus"] = item.vcpus
    if item.branch is not None:
        about |= {"branch": item.branch, "trunking": item.branch > 0}
    values = context.values(MAIN)
    names = (
        "MAX_ENI",
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
        "ENABLE_POD_ENI",
        "ENABLE_PREFIX_DELEGATION",
        "ENABLE_IPv6",
    )
    used = {name: values.get(name) for name in names}
    if any(value is UNKNOWN or value is MAYBE for value in used.values()):
        return about
    chosen = settings(used, context.release)
    return about | density(item, chosen, context, group)


def density(item: Instance, chosen: Settings, context: Context, group: NodeGroup | None = None) -> Element:
    """Return whether prefixes work, how many ENIs serve pods, how many addresses they hold and the node's max pods.

    ``maxPods`` is the one that was told; else the highest that any tool would set, so that a rule that compares with
    it cannot be wrong about a node whose kubelet nobody described.
    """
    prefixes = delegates(chosen, item)
    about: Element = {"prefixes": prefixes}
    if chosen.ipv6:
        return {**about, "recommendedMaxPods": cap(item), **_assumed(context, item, cap(item), group)}
    size = PREFIX_SIZE if prefixes else 1
    serves = serving(chosen, item)
    most = recommended(interfaces(item, chosen.max_eni) - chosen.custom_networking, item, size)
    return {
        **about,
        "usableEnis": serves,
        "podsByAddress": addresses(serves, item, size),
        "recommendedMaxPods": most,
        **_assumed(context, item, max(most, usual(item)), group),
    }


def _assumed(context: Context, item: Instance, highest: int, group: NodeGroup | None) -> Element:
    """Return the max pods of a node whose file does not tell them; nothing where it tells what cannot be seen."""
    if context.told.max_pods:
        return {"maxPods": context.told.max_pods}
    if group is None:
        return {"maxPods": highest}
    if group.hidden or group.max_pods is not None or group.expression is not None:
        return {}
    if group.pods_per_core is not None:
        return {"maxPods": min(highest, group.pods_per_core * item.vcpus)} if item.vcpus else {}
    # EKS computes and limits them for its node groups (user guide, choosing-instance-type).
    return {"maxPods": min(highest, cap(item)) if group.managed and item.vcpus else highest}
