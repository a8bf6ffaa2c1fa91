"""What values of the EKS add-on or the Helm chart say besides the environment: the agent's flags, the ConfigMap.

Both are rendered from the chart, whose templates put ``nodeAgent`` into the agent's command line and the switches at
the top into the ConfigMap amazon-vpc-cni (amazon-vpc-cni-k8s charts/aws-vpc-cni/templates/daemonset.yaml and
configmap.yaml).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.facts.context import as_text
from cnilint.facts.release import stock_of
from cnilint.knowledge.versions import image, release
from cnilint.source.inset import HOLE
from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, Node, ScalarNode
from cnilint.surface.model import AGENT, INIT, UNKNOWN, Setting, mapping, placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnilint.facts.context import Context

Element = dict[str, object]

NODE_AGENT: Final = {
    "enableCloudWatchLogs": "enable-cloudwatch-logs",
    "enablePolicyEventLogs": "enable-policy-event-logs",
    "networkPolicyAgentLogFileLocation": "log-file",
    "enableIpv6": "enable-ipv6",
    "metricsBindAddr": "metrics-bind-addr",
    "healthProbeBindAddr": "health-probe-bind-addr",
    "conntrackCacheCleanupPeriod": "conntrack-cache-cleanup-period",
    "conntrackCacheTableSize": "conntrack-cache-table-size",
    "logLevel": "log-level",
}
_SWITCH: Final = "enableNetworkPolicy"
# Keys of the values that become keys of the ConfigMap, and what stands there without them.
CONFIG: Final = {
    "enableNetworkPolicy": "enable-network-policy-controller",
    "enableWindowsIpam": "enable-windows-ipam",
    "enableWindowsPrefixDelegation": "enable-windows-prefix-delegation",
    "warmWindowsPrefixTarget": "warm-prefix-target",
    "warmWindowsIPTarget": "warm-ip-target",
    "minimumWindowsIPTarget": "minimum-ip-target",
    "branchENICooldown": "branch-eni-cooldown",
}


def flags(context: Context) -> dict[str, Setting]:
    """Return the flags of the agent that the values write, each with its text and place; bind addresses are ports."""
    surface = context.surface
    below = child(surface.node, "nodeAgent")
    found = dict(_entries(context, surface.node, surface.object, {_SWITCH: "enable-network-policy"}))
    return found | dict(_entries(context, below, surface.object.get("nodeAgent"), NODE_AGENT))


def config(context: Context) -> dict[str, Setting]:
    """Return the keys of the ConfigMap that the values write."""
    return dict(_entries(context, context.surface.node, context.surface.object, CONFIG))


def _entries(
    context: Context, node: Node | None, data: object, names: Mapping[str, str]
) -> Iterator[tuple[str, Setting]]:
    written = mapping(data)
    for number, (key, value) in enumerate(node.value if isinstance(node, MappingNode) else ()):
        name = names.get(key.value) if isinstance(key, ScalarNode) else None
        if name is None or not isinstance(value, ScalarNode) or written.get(key.value) is None:
            continue
        setting = Setting(key.value, UNKNOWN, AGENT, context.surface.text, node, number, key, value)  # type: ignore[arg-type]  # a mapping
        yield name, setting._replace(value=_rendered(written[key.value], setting.written))


def _rendered(value: object, written: str) -> object:
    if placeholder(value) or HOLE in written:
        return UNKNOWN
    return value if isinstance(value, str) else as_text(value, written)


def line(context: Context) -> tuple[str, ...] | None:
    """Return the agent's command line as the chart renders it; None where there is no agent or nobody can tell."""
    stock = stock_of(context.release).args(AGENT)
    agent = mapping(context.surface.object.get("nodeAgent"))
    if context.surface.partial or not stock or agent.get("enabled") in (False, "false"):
        return None
    texts = {name: _word(name, setting.value) for name, setting in flags(context).items()}
    if context.surface.kind == "addon":  # EKS sets it from the cluster
        ipv6 = context.surface.ipv6
        texts["enable-ipv6"] = _word("enable-ipv6", UNKNOWN if ipv6 is None else str(ipv6).lower())
    known = tuple(texts.pop(_name(word), word) for word in stock)
    return (*known, *texts.values())


def _name(word: str) -> str:
    return word.lstrip("-").partition("=")[0]


def _word(name: str, value: object) -> str:
    text = HOLE if value is UNKNOWN else str(value)
    return f"--{name}={':' if name.endswith('-bind-addr') and text.isdigit() else ''}{text}"


def image_version(context: Context, container: str) -> object:
    """Return the version of a container's image as the chart's values write it.

    None where they write neither tag nor override, or it is the add-on's values, which have no images; UNKNOWN where
    what is written names no version.
    """
    above = {INIT: "init", AGENT: "nodeAgent"}.get(container)
    data = mapping(context.surface.object.get(above)) if above else context.surface.object
    written = mapping(data.get("image"))
    override, tag = written.get("override"), written.get("tag")
    if context.surface.kind == "addon" or (not override and tag is None):
        return None
    found = image(override).version if isinstance(override, str) and override else release(str(tag))
    return found or UNKNOWN


def eni_configs(context: Context) -> list[Element]:
    """Return the ENIConfigs that values create, named by the keys of their subnets (templates/eniconfig.yaml)."""
    surface = context.surface
    written = mapping(surface.object.get("eniConfig"))
    found = []
    for name, subnet in mapping(written.get("subnets")).items() if written.get("create") in (True, "true") else ():
        element: Element = {"name": str(name), "unknownKeys": [], "at": surface.span("eniConfig", "subnets", name)}
        groups = mapping(subnet).get("securityGroups", [])
        if isinstance(groups, list) and UNKNOWN not in groups:
            element["securityGroups"] = [item for item in groups if isinstance(item, str)]
        # EKS refuses a subnet without its id, so that of an add-on there is nothing more to say of it.
        subnet_id = mapping(subnet).get("id", UNKNOWN if surface.kind == "addon" else None)
        if subnet_id is not None:
            element["subnet"] = subnet_id
        found.append(element)
    return found


def config_map(context: Context) -> dict[str, object]:
    """Return the keys and texts of the ConfigMap: those written, and the switches that are off without them."""
    usual = {} if context.surface.partial else {CONFIG[key]: "false" for key in (_SWITCH, "enableWindowsIpam")}
    return {**usual, **{name: setting.value for name, setting in config(context).items()}}
