"""Facts about the nodes: how many addresses an instance type can give to pods, and how many pods kubelet lets it run.

Formulas: max-pods-calculator.sh of amazon-eks-ami, nodeadm's eni_max_pods.go, and ipamd's own view
(amazon-vpc-cni-k8s pkg/ipamd/ipamd.go: getMaxENI, hasRoomForEni, GetAllocatableENIs). The first address of an ENI is
its own; two pods (aws-node, kube-proxy) use the node's address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.facts.release import ABSENT
from cnilint.knowledge.instances import Instance, instance
from cnilint.surface.model import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.facts.context import Context

PREFIX_SIZE: Final = 16
HOST_NETWORK_PODS: Final = 2
# Kubernetes recommends no more than 110 pods on a node; EKS allows 250 where there are more than 30 vCPUs.
SMALL_CAP, LARGE_CAP, LARGE_VCPUS = 110, 250, 30


def nodes(context: Context) -> list[dict[str, object]]:
    """Return the facts of each instance type that was told."""
    found = (instance(name) for name in context.told.instance_types)
    return [node(context, item) for item in found if item is not None]


def node(context: Context, item: Instance) -> dict[str, object]:
    """Return the facts of one instance type under the surface's settings."""
    nitro = item.hypervisor == "nitro"
    about: dict[str, object] = {
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
    # Bare metal has prefixes since v1.11.0 (release notes).
    able = nitro or (item.metal and context.since("v1.11.0"))
    about["prefixes"] = used["ENABLE_PREFIX_DELEGATION"] is True and able
    return about | density(item, used, context, prefixes=about["prefixes"] is True)


def density(item: Instance, used: Mapping[str, object], context: Context, *, prefixes: bool) -> dict[str, object]:
    """Return how many ENIs serve pods, how many addresses they hold and the node's max pods.

    ``maxPods`` is the one that was told; else the highest that any tool would set, so that a rule that compares with
    it cannot be wrong about a node whose kubelet nobody described.
    """
    custom = used["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] is True
    trunk = used["ENABLE_POD_ENI"] is True and trunk_slot(item, context)
    told = context.told.max_pods
    limit = used["MAX_ENI"]
    enis = min(item.enis, limit) if isinstance(limit, int) and limit >= 1 else item.enis
    cap = LARGE_CAP if (item.vcpus or 0) > LARGE_VCPUS else SMALL_CAP
    if used["ENABLE_IPv6"] is True:
        return {"recommendedMaxPods": cap, "maxPods": told or cap}
    each = (item.ips - 1) * (PREFIX_SIZE if prefixes else 1)
    usable = max(0, enis - custom - trunk)
    recommended = min(cap, max(0, enis - custom) * each + HOST_NETWORK_PODS)
    default = item.enis * (item.ips - 1) + HOST_NETWORK_PODS
    return {
        "usableEnis": usable,
        "podsByAddress": usable * each,
        "recommendedMaxPods": recommended,
        "maxPods": told or max(recommended, default),
    }


def trunk_slot(item: Instance, context: Context) -> bool:
    """Tell whether an ENI is lost to ordinary pods under ENABLE_POD_ENI.

    The trunk has given no addresses to pods since v1.16.4; until v1.20.4 a slot was kept on types without a trunk too.
    """
    if item.branch == 0:
        return not context.since("v1.20.4")
    return context.since("v1.16.4")


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {
    "nodes": lambda context: nodes(context) if context.surface.kind not in ("objects", "nodes") else ABSENT,
}
