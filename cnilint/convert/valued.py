"""Choices to values: of the chart, or of the EKS add-on, whose schema then decides what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnilint.choices.keys import (
    AGENT_PORTS,
    AGENT_SWITCH,
    FIRST_VALUES,
    NETWORK_POLICY,
    WITHOUT_AGENT,
    metrics_port,
)
from cnilint.choices.model import REMOVED, Choice, Choices, Left
from cnilint.convert.builder import Builder
from cnilint.convert.parts import eni_configs, images, mounts, resources
from cnilint.convert.single import single, single_flag
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT

if TYPE_CHECKING:
    from cnilint.choices.flat import Path

_SWITCHES: Final = frozenset({("flag", "enable-network-policy"), ("configMap", "enable-network-policy-controller")})
# Keys that come first, in this order.
_ORDER: Final = ("image", "env", "extraEnv", "init", NETWORK_POLICY, "nodeAgent")
# Names that a note lists.
_SHOWN: Final = 5
# A DaemonSet's selector cannot be changed (Kubernetes, "DaemonSet"), and that of the chart is not the manifest's.
_SELECTOR: Final = "to take over a DaemonSet of the manifest, set originalMatchLabels: a selector cannot be changed"
_LABELS: Final = "podLabels become part of the selector, which cannot be changed, unless originalMatchLabels is set"


class Values(NamedTuple):
    """Values as plain data, what they could not hold, and what there is to know beside."""

    data: dict[str, Any]
    lost: tuple[Left, ...]
    notes: tuple[str, ...]


def values(choices: Choices, *, addon: bool) -> Values:
    """Return choices as values of the EKS add-on of their release, or of the chart that installs it."""
    found = Builder(choices, addon=addon)
    resources(found)
    mounts(found)
    images(found)
    eni_configs(found)
    _network_policy(found)
    for item in choices.items:
        if not (_apart(item.path) or _implied(found, item)):
            single(found, item)
    if found.data.get("nodeAgent", {}).get("enabled") is False and WITHOUT_AGENT[-1] not in found.flat:
        found.notes.append(f"the chart leaves out {WITHOUT_AGENT[-1][-1]} without the agent")
    if addon and not found.since(FIRST_VALUES):
        found.notes.append(f"no version of the add-on before {FIRST_VALUES} is known to take configuration values")
    if not addon and choices.kind == "daemonset":
        found.notes.append(_SELECTOR)
    if not addon and "podLabels" in found.data:
        found.notes.append(_LABELS)
    if found.unchanged:
        found.notes.append(_unchanged(found.unchanged))
    order = dict.fromkeys((*_ORDER, *found.data))
    return Values({key: found.data[key] for key in order if key in found.data}, tuple(found.lost), tuple(found.notes))


def _unchanged(names: list[str]) -> str:
    """Return the note about what the file does not set, and what is shipped sets without any difference."""
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    return f"not set in the file, which makes no difference from what is shipped: {shown}"


def _apart(path: Path) -> bool:
    """Tell whether choices of a kind are made values together, by functions of their own."""
    kind = path[0]
    return kind in ("mount", "volume", "eniConfig") or path in _SWITCHES or path[2:3] in (("resources",), ("image",))


def _implied(found: Builder, item: Choice) -> bool:
    """Tell whether something follows from other values."""
    agent = found.flat.get(("container", AGENT)) is REMOVED and not found.addon and found.since(AGENT_SWITCH)
    if agent and item.path in WITHOUT_AGENT[1:] and item.value is REMOVED:
        return True
    port = str(found.desired.get(("flag", "metrics-bind-addr"), "")).removeprefix(":")
    return item.path == AGENT_PORTS and port.isdigit() and item.value == metrics_port(port)


def _network_policy(found: Builder) -> None:
    """Make the agent's flag and the controller's switch the one value that both are rendered from."""
    flag, config = (
        next((item for item in found.choices.items if item.path == (kind, name)), None)
        for kind, name in (("flag", "enable-network-policy"), ("configMap", "enable-network-policy-controller"))
    )
    item = flag or config
    if item is None or (flag and flag.value is REMOVED):
        if flag:
            single_flag(found, flag)
        return
    one = f"the {found.whose} has one value for it and {{}}, which says otherwise"
    if config and (flag.value != config.value if flag else found.choices.whole):
        found.lose(config, one.format("the agent's flag"))
        if not flag:
            return
    elif flag and not config and "ConfigMap" in found.choices.beside:
        found.lose(flag, one.format("the ConfigMap amazon-vpc-cni"))
        return
    elif not (flag and config):
        other = "the ConfigMap amazon-vpc-cni" if flag else "the agent's flag --enable-network-policy"
        found.notes.append(f"{NETWORK_POLICY} sets {other} as well")
    found.put(item, (NETWORK_POLICY,), item.value)
