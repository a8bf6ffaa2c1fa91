"""The fact ``burst``: what pods that start together on an idle node wait, and what they cost EC2.

The arithmetic is that of ``cnilint.capacity.simulation``. It is computed where a message asks, which is where its rule
finds something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.capacity import BURST
from cnilint.capacity.maxpods import HOST_NETWORK_PODS
from cnilint.capacity.settings import Settings, missing, model, settings
from cnilint.capacity.simulation import burst as simulated
from cnilint.capacity.steady import reach
from cnilint.facts.capacity import nodes
from cnilint.knowledge.instances import Instance, instance
from cnilint.surface.model import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnilint.facts.context import Context

# Under these ipamd keeps no pool by itself.
_WITHOUT_LOOP: Final = ("ENABLE_IPv6", "DISABLE_NETWORK_RESOURCE_PROVISIONING", "ENABLE_IMDS_ONLY_MODE")
_MOST: Final = 1000  # more pods than any node runs

Element = dict[str, object]


def burst(context: Context) -> Element:
    """Return how long a burst lasts and what it costs, on the type where it lasts longest; {} where nobody can tell.

    A burst is of the pods that are expected on a node, else of 30, or of all that get an address if they are fewer.
    Without a type it is the least that holds for all types that have addresses for so many.
    """
    values = context.values(MAIN)
    # A variable that the release does not have is off.
    if any(values.get(name) not in {None, False} for name in _WITHOUT_LOOP):
        return {}
    pods = min(context.told.pods_per_node or BURST, _MOST)
    found = [] if missing(values) else list(_on_types(context, settings(values, context.release), pods))
    return max(found, key=lambda each: each[0])[1] if found else _least(context, values, pods)


def _on_types(context: Context, chosen: Settings, pods: int) -> Iterator[tuple[float, Element]]:
    """Yield the seconds and the element of each type that is known and has addresses for pods."""
    for node in nodes(context):
        item, most = instance(str(node.get("type", ""))), node.get("maxPods")
        if item is None or not isinstance(most, int):
            continue
        pool = model(chosen, item, most)
        number = min(pods, reach(pool), most - HOST_NETWORK_PODS)
        if number > 0:
            writes, seconds = simulated(pool, number)
            told = {"type": item.type, "pods": number, "seconds": int(seconds), "calls": writes.arrive_at_once}
            yield seconds, told


def _least(context: Context, values: Mapping[str, object], pods: int) -> Element:
    """Return what a burst takes at least where single addresses are counted: on one interface that holds them all.

    An interface that is attached for the minimum may bring some more addresses, which saves the last call.
    """
    warm, minimum = values.get("WARM_IP_TARGET"), values.get("MINIMUM_IP_TARGET", 0)
    if not isinstance(warm, int) or not isinstance(minimum, int) or not 0 < max(warm, minimum) < pods:
        return {}
    if values.get("ENABLE_PREFIX_DELEGATION") not in {None, False} or warm <= 0:
        return {}
    chosen = settings({"WARM_IP_TARGET": warm, "MINIMUM_IP_TARGET": minimum}, context.release)
    item = Instance("", 1, 2 * pods, "nitro", metal=False, vcpus=None, branch=0, cards=(), source="")
    writes, seconds = simulated(model(chosen, item, 2 * pods), pods)
    calls = writes.arrive_at_once
    return {"pods": pods, "seconds": int(seconds), "calls": calls - 1 if minimum and calls > 1 else calls}
