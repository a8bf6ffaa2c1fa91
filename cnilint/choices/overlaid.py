"""Values of the EKS add-on or of the chart to choices: what they render to that the stock manifest does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.choices.flat import leaves, merged, unseen, volume
from cnilint.choices.keys import (
    AGENT_PORTS,
    AGENT_SWITCH,
    CONFIG_MAP,
    CONTAINERS,
    EXTRA_MOUNTS_IN_INIT,
    FLAGS,
    LEAVES,
    NETWORK_POLICY,
    NOT_IN_INIT,
    OWN_RESOURCES,
    PULL_POLICY,
    RESOURCES_OF_INIT,
    SILENT,
    TREES,
    WITHOUT_AGENT,
    metrics_port,
)
from cnilint.choices.model import REMOVED, Left
from cnilint.surface.helm import rendered
from cnilint.surface.model import INIT, MAIN, UNKNOWN, items, mapping

if TYPE_CHECKING:
    from cnilint.choices.flat import Path
    from cnilint.choices.model import Found

# Read elsewhere: the environment by ``written``, the rest by functions of their own below.
_APART = frozenset(
    {("env",), ("init", "env"), ("extraEnv",), ("extraVolumes",), ("extraVolumeMounts",), ("eniConfig",)}
    | {(*above, key) for above in CONTAINERS.values() for key in ("resources", "image")}
)
_ABOVE = frozenset({"init", "nodeAgent", "serviceAccount", "cniConfig", "podMonitor", "crd"})


def overlaid(found: Found) -> None:
    """Find what values set beside the variables."""
    data = found.context.surface.object
    if found.context.surface.partial:
        at = found.context.surface.anchor
        found.hidden.append(Left("values", at, "part of them is put in later, so that there may be more settings"))
    _walk(found, (), data)
    _resources(found, data)
    _extra(found, data)
    _eni_configs(found, data)
    for name, above in CONTAINERS.items():
        _image(found, name, above)


def _walk(found: Found, path: Path, data: dict[str, object]) -> None:
    """Find what stands at the keys below a path."""
    for key, value in data.items():
        at = (*path, key)
        wanted = list if key.startswith("extra") else dict
        if (at in _APART or (len(at) == 1 and key in _ABOVE)) and not isinstance(value, wanted | None):
            _beyond(found, at, f"no {'list' if wanted is list else 'mapping'}, which is what stands here")
        if at in _APART:
            continue
        if len(at) == 1 and key in _ABOVE:
            _walk(found, at, mapping(value))
        elif at in TREES:
            for below, leaf in leaves((), value):
                _put(found, (*TREES[at], *below), leaf, (*at, *below))
        elif at in FLAGS or at in CONFIG_MAP:
            _texts(found, at, value)
        else:
            _single(found, at, value, data)


def _single(found: Found, at: Path, value: object, data: dict[str, object]) -> None:
    """Find what a single value sets; a key that nobody knows is beyond."""
    if at in LEAVES:
        if value is not None or at != ("serviceAccount", "name"):
            _put(found, LEAVES[at], value, at)
    elif at == ("nodeAgent", "enabled") and value in (False, "false") and found.context.since(AGENT_SWITCH):
        for path in WITHOUT_AGENT:
            found.put(path, REMOVED, found.context.surface.span(*at))
    elif not (value in SILENT.get(at, ()) or _aside(at, data)):
        _beyond(found, at, "no setting of aws-node that is known")


def _beyond(found: Found, at: Path, reason: str) -> None:
    found.beyond.append(Left(".".join(at), found.context.surface.span(*at), reason))


def _aside(at: Path, data: dict[str, object]) -> bool:
    """Tell whether a value belongs to a switch that is off."""
    return at[0] == "podMonitor" and data.get("create", False) in (False, "false")


def _put(found: Found, path: Path, value: object, at: Path) -> None:
    """Keep a value; null takes away what the chart has there."""
    span = found.context.surface.span(*at)
    if unseen(value):
        found.hidden.append(Left(".".join(at), span, "its value cannot be told from the file"))
    else:
        found.put(path, REMOVED if value is None else value, span)


def _texts(found: Found, at: Path, value: object) -> None:
    """Keep a value that the templates make text of: a flag, a key of the ConfigMap, or both."""
    if value is None:
        return
    text = UNKNOWN if unseen(value) else rendered(value)
    if at in FLAGS:
        flag = FLAGS[at]
        port = flag.endswith("-bind-addr") and isinstance(text, str) and text.isdigit()
        _put(found, ("flag", flag), f":{text}" if port else text, at)
        if flag == "metrics-bind-addr" and port and AGENT_PORTS in found.shipped:
            _put(found, AGENT_PORTS, metrics_port(str(text)), at)
    if at in CONFIG_MAP:
        _put(found, ("configMap", CONFIG_MAP[at]), text, at)
    if at == (NETWORK_POLICY,):
        _put(found, ("flag", "enable-network-policy"), text, at)


def _resources(found: Found, data: dict[str, object]) -> None:
    """Find the resources: those of aws-node are every container's that has none of its own."""
    context, surface = found.context, found.context.surface
    given = {name: _at(data, (*above, "resources")) for name, above in CONTAINERS.items()}
    for name, written in given.items():
        if written is not None and unseen(written):
            _put(found, ("container", name, "resources"), UNKNOWN, (*CONTAINERS[name], "resources"))
            return
    usual = mapping(context.stock.resources(MAIN))
    main = merged(usual, mapping(given[MAIN]))
    for name, above in CONTAINERS.items():
        if name not in context.stock.containers or (name == INIT and not context.since(RESOURCES_OF_INIT)):
            continue
        own = mapping(given[name]) if name != MAIN and context.since(OWN_RESOURCES) else {}
        wanted = own or main
        if not any(given.values()) or ("container", name) in found.items:
            continue
        at = surface.span(*(above if own else ()), "resources")
        path = ("container", name, "resources")
        whole = {leaf: value for leaf, value in leaves(path, wanted) if value is not None}
        for leaf in {*whole, *(held for held in found.shipped if held[:3] == path)}:
            found.put(leaf, whole.get(leaf, REMOVED), at)


def _at(data: dict[str, object], path: Path) -> object:
    found: object = data
    for step in path:
        found = mapping(found).get(step)
    return found


def _extra(found: Found, data: dict[str, object]) -> None:
    """Find the volumes and mounts that are added."""
    context = found.context
    for item in items(data.get("extraVolumes")):
        _put(found, ("volume", str(item.get("name"))), volume(item), ("extraVolumes", str(item.get("name"))))
    in_init = context.since(EXTRA_MOUNTS_IN_INIT) and context.release != NOT_IN_INIT
    for item in items(data.get("extraVolumeMounts")):
        at = str(item.get("mountPath"))
        mount = {key: value for key, value in item.items() if key != "mountPath"}
        for name in (MAIN, INIT) if in_init else (MAIN,):
            _put(found, ("mount", name, at), mount, ("extraVolumeMounts", at))


def _eni_configs(found: Found, data: dict[str, object]) -> None:
    """Find the ENIConfigs that values create; their region stands in none of them (templates/eniconfig.yaml)."""
    written = mapping(data.get("eniConfig"))
    if written.get("create") not in (True, "true"):
        return
    for name, subnet in mapping(written.get("subnets")).items():
        given = mapping(subnet)
        groups = {"securityGroups": given["securityGroups"]} if given.get("securityGroups") else {}
        _put(found, ("eniConfig", name), {"subnet": given.get("id"), **groups}, ("eniConfig", "subnets", name))


def _image(found: Found, name: str, above: Path) -> None:
    """Find the image that values choose; the parts that are not written are the chart's own."""
    written = mapping(_at(found.context.surface.object, (*above, "image")))
    policy = (*above, "image", "pullPolicy")
    if "pullPolicy" in written and found.context.since(PULL_POLICY):
        _put(found, LEAVES[policy], written["pullPolicy"], policy)
    usual = found.shipped.get(("container", name, "image"))
    parts = {key: value for key, value in written.items() if key != "pullPolicy" and value not in (None, "")}
    if not parts or not isinstance(usual, str):
        return
    at = (*above, "image")
    if unseen(parts):
        _put(found, ("container", name, "image"), UNKNOWN, at)
        return
    repository, _, shipped_tag = usual.rpartition(":")
    host, _, rest = repository.partition("/")
    account, _, domain = host.partition(".dkr.ecr.us-west-2.")
    tag = str(parts.get("tag", shipped_tag))
    if "override" in parts:
        text = str(parts["override"])
    elif "overrideRepository" in parts:
        text = f"{parts['overrideRepository']}:{tag}"
    else:
        text = (
            f"{parts.get('account', account)}.dkr.{parts.get('endpoint', 'ecr')}.{parts.get('region', 'us-west-2')}"
            f".{parts.get('domain', domain)}/{rest}:{tag}"
        )
    _put(found, ("container", name, "image"), text, at)
