"""Max pods: how many pods kubelet lets run on a node, by every way to count them, with the working.

Sources: max-pods-calculator.sh of amazon-eks-ami (templates/al2/runtime), nodeadm's
internal/kubelet/eni_max_pods.go, and getMaxENI and hasRoomForEni of amazon-vpc-cni-k8s at v1.23.1
(pkg/ipamd/ipamd.go, lines 1406 and 2592). The first address of an interface is its own; two pods (aws-node,
kube-proxy) use the node's address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from cnilint.capacity.settings import Settings
    from cnilint.knowledge.instances import Instance

HOST_NETWORK_PODS: Final = 2
# Kubernetes recommends no more than 110 pods on a node; EKS allows 250 where there are more than 30 vCPUs.
SMALL_CAP, LARGE_CAP, LARGE_VCPUS = 110, 250, 30
PREFIX_SIZE: Final = 16
Version = tuple[int, int, int]
NEWEST: Final[Version] = (1 << 30, 0, 0)
# From when a trunk gives no addresses to other pods, and from when a slot is kept only on types that can have a trunk.
TRUNK_ALONE: Final[Version] = (1, 16, 4)
TRUNK_KNOWN: Final[Version] = (1, 20, 4)


class MaxPods(NamedTuple):
    """A node's max pods, how it comes about (a sentence a line), and what keeps it there."""

    pods: int
    working: tuple[str, ...]
    capped: bool
    """Addresses would allow more."""


def interfaces(instance: Instance, max_eni: int = 0) -> int:
    """Return how many interfaces ipamd may have on an instance; MAX_ENI below 1 is ignored."""
    return min(instance.enis, max_eni) if max_eni >= 1 else instance.enis


def usual(instance: Instance) -> int:
    """Return what nodeadm gives kubelet, and what eni-max-pods.txt holds: neither reads the settings of the CNI."""
    return instance.enis * (instance.ips - 1) + HOST_NETWORK_PODS


def cap(instance: Instance) -> int:
    """Return the most pods that EKS recommends, and allows in a managed node group."""
    return LARGE_CAP if (instance.vcpus or 0) > LARGE_VCPUS else SMALL_CAP


def trunk_slot(instance: Instance, release: Version = NEWEST) -> bool:
    """Tell whether an interface is lost to ordinary pods under ENABLE_POD_ENI.

    The trunk has given no addresses to pods since v1.16.4; until v1.20.4 a slot was kept on types without a trunk too.
    On types that the controller does not list ipamd asks for a trunk, none comes, and the slot is kept for good.
    """
    if instance.branch is None:
        return True
    return release >= TRUNK_ALONE if instance.branch else release < TRUNK_KNOWN


def serving(chosen: Settings, instance: Instance) -> int:
    """Return how many interfaces can serve ordinary pods.

    The primary serves them from the start, but under custom networking. Only a further slot is kept for a trunk: where
    there is none, ipamd asks for no trunk (tryEnableSecurityGroupsForPods, line 1467).
    """
    slots = interfaces(instance, chosen.max_eni) - chosen.custom_networking
    lost = chosen.pod_eni and trunk_slot(instance, chosen.release)
    return max(0 if chosen.custom_networking else 1, slots - lost)


def addresses(slots: int, instance: Instance, size: int) -> int:
    """Return the pod addresses of some interfaces; ``size`` is 1, or 16 where they hold prefixes."""
    return max(0, slots) * (instance.ips - 1) * size


def recommended(slots: int, instance: Instance, size: int) -> int:
    """Return what max-pods-calculator.sh answers for some interfaces."""
    return min(cap(instance), addresses(slots, instance, size) + HOST_NETWORK_PODS)


def max_pods(chosen: Settings, instance: Instance, size: int, *, managed: bool = False) -> MaxPods:
    """Return the max pods that suits some settings; ``size`` is 1, or 16 where the instance gets prefixes.

    The caps of 110 and 250 hold in a managed node group in every mode. Elsewhere nothing caps single addresses, and
    the calculator caps the rest; under IPv6 addresses do not bind at all. A trunk takes a slot from ordinary pods, but
    no tool counts that: pods with branch interfaces count against max pods too.
    """
    bound = cap(instance)
    limited = f"no more than {bound}: {_cpus(instance)}"
    if chosen.ipv6:
        return MaxPods(bound, ("IPv6: addresses do not bind", limited), capped=True)
    limit = interfaces(instance, chosen.max_eni)
    slots = limit - chosen.custom_networking
    working = []
    if limit < instance.enis:
        working.append(f"MAX_ENI={limit}: {limit} of {_interfaces(instance.enis)}")
    if chosen.custom_networking:
        working.append(f"custom networking: {_interfaces(limit)} - the primary = {slots}")
    found = addresses(slots, instance, size) + HOST_NETWORK_PODS
    working.append(f"{_product(slots, instance, size)} + {HOST_NETWORK_PODS} = {found}")
    capped = found > bound and (managed or size > 1)
    if capped:
        working.append(limited)
    left = serving(chosen, instance)
    if left < slots:
        ordinary = addresses(left, instance, size)
        working.append(f"pods without a branch interface: {_product(left, instance, size)} = {ordinary}")
    return MaxPods(bound if capped else found, tuple(working), capped)


def _product(slots: int, instance: Instance, size: int) -> str:
    units = instance.ips - 1
    held = f"{units} prefix{'' if units == 1 else 'es'} x {size} addresses" if size > 1 else _addresses(units)
    return f"{_interfaces(slots)} x {held}"


def _interfaces(number: int) -> str:
    return f"{number} interface{'' if number == 1 else 's'}"


def _addresses(number: int) -> str:
    return f"{number} address{'' if number == 1 else 'es'}"


def _cpus(instance: Instance) -> str:
    if instance.vcpus is None:
        return "its vCPUs are not known"
    return f"{instance.vcpus} vCPUs are {'more' if instance.vcpus > LARGE_VCPUS else 'not more'} than {LARGE_VCPUS}"
