"""The settings of the warm pool as ipamd reads them, and what of an instance the pool works with.

Sources are amazon-vpc-cni-k8s at v1.23.1; a file without a folder is pkg/ipamd/ipamd.go. What was otherwise in an
older release stands at each field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.capacity.maxpods import NEWEST, PREFIX_SIZE, TRUNK_ALONE, Version, interfaces, serving
from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.knowledge.golang import boolean, integer
from cnilint.knowledge.versions import parsed
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnilint.knowledge.instances import Instance

# The variables that capacity depends on, and the fields of ``Settings`` that they become.
FIELDS: Final[dict[str, str]] = {
    "WARM_ENI_TARGET": "warm_eni",
    "WARM_IP_TARGET": "warm_ip",
    "MINIMUM_IP_TARGET": "minimum_ip",
    "WARM_PREFIX_TARGET": "warm_prefix",
    "ENABLE_PREFIX_DELEGATION": "prefixes",
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "custom_networking",
    "ENABLE_POD_ENI": "pod_eni",
    "MAX_ENI": "max_eni",
    "ENABLE_IPv6": "ipv6",
}
IPV6_PREFIX_SIZE: Final = 2**48
"""Addresses of the one /80 that a node has under IPv6."""


class Settings(NamedTuple):
    """What the environment variables of aws-node mean to ipamd."""

    warm_eni: int = 1
    """WARM_ENI_TARGET: 1 unless it is an integer of 0 or more (line 1424)."""
    warm_ip: int = 0
    """WARM_IP_TARGET; 0 is the same as not set (lines 1941 and 2029)."""
    minimum_ip: int = 0
    """MINIMUM_IP_TARGET; 0 is the same as not set (line 2044); read since v1.6.0."""
    warm_prefix: int = 0
    """WARM_PREFIX_TARGET: 0 unless it is an integer of 0 or more (line 1441); the stock manifest ships 1."""
    prefixes: bool = False
    """ENABLE_PREFIX_DELEGATION, read since v1.9.0."""
    custom_networking: bool = False
    pod_eni: bool = False
    max_eni: int = 0
    """MAX_ENI; below 1 it is ignored (line 1406)."""
    ipv6: bool = False
    """ENABLE_IPv6, read since v1.10.0."""
    release: Version = NEWEST

    def by_address(self) -> bool:
        """Tell whether addresses are counted: then WARM_ENI_TARGET and WARM_PREFIX_TARGET do not let the pool grow."""
        return bool(self.warm_ip or self.minimum_ip)

    def since(self, major: int, minor: int, patch: int = 0) -> bool:
        """Tell whether the release is this one or later."""
        return self.release >= (major, minor, patch)


def settings(values: Mapping[str, object], release: str | None = None) -> Settings:
    """Return the settings of environment variables: texts as written, or integers and booleans.

    What ipamd cannot read counts as not set. A release that is not known counts as the newest.
    """
    version = (parsed(release) if release else None) or NEWEST
    return Settings(
        warm_eni=_count(values.get("WARM_ENI_TARGET"), 1),
        warm_ip=_count(values.get("WARM_IP_TARGET"), 0),
        minimum_ip=_count(values.get("MINIMUM_IP_TARGET"), 0) if version >= (1, 6, 0) else 0,
        warm_prefix=_count(values.get("WARM_PREFIX_TARGET"), 0),
        prefixes=_switch(values.get("ENABLE_PREFIX_DELEGATION")) and version >= (1, 9, 0),
        custom_networking=_switch(values.get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG")),
        pod_eni=_switch(values.get("ENABLE_POD_ENI")),
        max_eni=_count(values.get("MAX_ENI"), 0),
        ipv6=_switch(values.get("ENABLE_IPv6")) and version >= (1, 10, 0),
        release=version,
    )


def missing(values: Mapping[str, object]) -> list[str]:
    """Return the variables that nobody knows, without those that make no difference beside the others."""
    unknown = [name for name in FIELDS if values.get(name) is UNKNOWN or values.get(name) is MAYBE]
    spared = set()
    if values.get("ENABLE_IPv6") is True:
        spared = {name for name in FIELDS if name.endswith("_TARGET")}
    elif any(isinstance(count := values.get(name), int) and count > 0 for name in FIELDS if "_IP_TARGET" in name):
        spared = {"WARM_ENI_TARGET", "WARM_PREFIX_TARGET"}
    elif values.get("ENABLE_PREFIX_DELEGATION") is False:
        spared = {"WARM_PREFIX_TARGET"}
    return [name for name in unknown if name not in spared]


def _count(value: object, default: int) -> int:
    number = integer(value) if isinstance(value, str) else value
    return number if isinstance(number, int) and number >= 0 else default


def _switch(value: object) -> bool:
    return (boolean(value) if isinstance(value, str) else value) is True


def delegates(chosen: Settings, instance: Instance) -> bool:
    """Tell whether an instance gets prefixes: on Nitro, and since v1.11.0 on bare metal.

    Elsewhere ipamd falls back to single addresses (isConfigValid, line 2755; pkg/awsutils/awsutils.go, line 2025).
    """
    able = instance.hypervisor == "nitro" or (instance.metal and chosen.since(1, 11))
    return chosen.prefixes and able


def refusal(chosen: Settings, instance: Instance) -> str | None:
    """Return why ipamd does not start on an instance, or None where it does (isConfigValid, line 2755)."""
    if not chosen.ipv6:
        return None
    if chosen.custom_networking:
        return "ENABLE_IPv6 and AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG exclude each other"
    if not chosen.prefixes:
        return "ENABLE_IPv6 needs ENABLE_PREFIX_DELEGATION"
    if not delegates(chosen, instance):
        return f"ENABLE_IPv6 needs a Nitro instance, which {instance.type} is not"
    return None


class Model(NamedTuple):
    """All numbers that the pool of one node depends on; equal models behave alike.

    A *unit* is what EC2 gives and takes back: a single address, or a prefix of 16.
    """

    warm_eni: int
    warm_ip: int
    minimum_ip: int
    warm_prefix: int
    size: int
    """Addresses a unit."""
    each: int
    """Units that an interface holds; its own address is not among them (pkg/awsutils/awsutils.go, line 1970)."""
    ready: int
    """Interfaces that are there from the start and serve pods."""
    idle: int
    """Interfaces that are there from the start and serve no pods; a trunk is counted as there from the start."""
    usable: int
    """Interfaces that can serve pods, those of ``ready`` included."""
    max_pods: int | None
    """Where the pool stops to grow (line 2637); None before v1.16.3."""
    start_writes: int
    """EC2 calls of node init that write, before the first address is asked for."""
    attach_writes: int
    """EC2 calls that write, an interface."""
    prescales: bool
    """Node init takes a full step, attaching an interface too; before v1.13.0 it only asks for addresses."""
    fills: bool
    """A top-up fills the interface and gives back what is too much; until v1.8.0."""
    floods: bool
    """What is too much is given back by each interface, not once in all; until v1.13.0."""
    stuck: bool
    """A target of 0 keeps the pool from growing: WARM_ENI_TARGET until v1.6.0, WARM_PREFIX_TARGET until v1.16.3."""

    def by_address(self) -> bool:
        """Tell whether the pool follows WARM_IP_TARGET or MINIMUM_IP_TARGET."""
        return bool(self.warm_ip or self.minimum_ip)

    def by_prefix(self) -> bool:
        """Tell whether the pool takes prefixes."""
        return self.size > 1


def model(chosen: Settings, instance: Instance, max_pods: int) -> Model:
    """Return the model of the pool that ipamd keeps on an instance under IPv4.

    ``max_pods`` is what the node tells ipamd (line 620). v1.16.3 itself loops without end where a node cannot grow;
    it is taken as v1.16.4, which undid that.
    """
    limit = interfaces(instance, chosen.max_eni)
    # The trunk is asked for where a slot is free (tryEnableSecurityGroupsForPods, line 1467), and only types that the
    # VPC resource controller lists get one.
    trunk = chosen.pod_eni and bool(instance.branch) and limit > 1
    # Since v1.16.4 a trunk gets no addresses for other pods (pkg/ipamd/datastore/data_store.go, line 1118).
    serving_trunk = trunk and chosen.release < TRUNK_ALONE
    ready = (not chosen.custom_networking) + serving_trunk
    idle = chosen.custom_networking + (trunk and not serving_trunk)
    prefixes = delegates(chosen, instance)
    counted = chosen.by_address()
    return Model(
        warm_eni=chosen.warm_eni,
        warm_ip=chosen.warm_ip,
        minimum_ip=chosen.minimum_ip,
        warm_prefix=chosen.warm_prefix,
        size=PREFIX_SIZE if prefixes else 1,
        each=instance.ips - 1,
        ready=ready,
        idle=idle,
        usable=serving(chosen, instance),
        max_pods=max_pods if chosen.since(1, 16, 3) else None,
        # CreateTags, and ModifyNetworkInterfaceAttribute where security groups are synchronised
        # (pkg/awsutils/awsutils.go, line 677).
        start_writes=1 if chosen.custom_networking else 2,
        attach_writes=3 if chosen.since(1, 15, 4) else 4 if chosen.since(1, 8) else 5,
        prescales=chosen.since(1, 13),
        fills=counted and not chosen.since(1, 8),
        floods=not chosen.since(1, 13),
        stuck=not counted
        and (
            chosen.warm_prefix == 0 and not chosen.since(1, 16, 3)
            if prefixes
            else chosen.warm_eni == 0 and not chosen.since(1, 6)
        ),
    )
