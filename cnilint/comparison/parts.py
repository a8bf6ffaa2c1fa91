"""What is set beside the environment: the agent's flags, the ConfigMap, images, probes, mounts and nodes.

A part that a file does not tell of is None: nothing is known of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.comparison.side import NOTHING, STOPS, UNSET, UNTOLD, Side, row, side, unseen
from cnilint.facts import overlay
from cnilint.facts.context import CONTAINERS, as_text
from cnilint.knowledge import configmap
from cnilint.knowledge.flags import flags as known_flags
from cnilint.knowledge.flags import parsed
from cnilint.knowledge.versions import image, release
from cnilint.surface.model import AGENT, INIT, MAIN, OVERLAYS, mapping, placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnilint.facts import Facts
    from cnilint.surface.model import NodeGroup

Part = dict[str, Side]

# What Kubernetes takes where a probe does not say (kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_Probe).
_PROBE: Final[Mapping[str, object]] = {
    "initialDelaySeconds": 0,
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
}
_PROBES: Final = ("livenessProbe", "readinessProbe")


def flags(facts: Facts) -> Part | None:
    """Return the flags of the network policy agent as it uses them."""
    agent = fact(facts, "agent")
    if not isinstance(agent, dict) or not agent:
        return None
    if agent.get("present") is False:
        return {"agent": side("absent", "written")}
    if "flags" not in agent:
        return None
    context = facts.context
    values, texts = mapping(agent["flags"]), mapping(agent.get("set"))
    shipped = parsed(context.stock.args(AGENT)).texts if context.surface.kind in OVERLAYS else {}
    refused = {str(item["flag"]): str(item["text"]) for item in _list(facts, "malformedFlags")}
    found: Part = {"agent": side("present", "written" if context.container(AGENT) else "stock")}
    for name, flag in known_flags().items():
        text = texts.get(name)
        written = text if isinstance(text, str) else None if text is None else "..."
        origin = "written" if name in texts else "stock" if name in shipped else "default"
        if name in refused:
            found[name] = Side(refused[name], origin, ("stops", refused[name]), written, note=STOPS)
        elif name not in values:
            found[name] = Side(None, "unread", NOTHING, written)
        elif values[name] is UNKNOWN:
            found[name] = unseen(f"flag {written}", origin if written else "eks", written)
        else:
            found[name] = side(values[name], origin, written)
        if flag.dead:
            found[name] = found[name]._replace(same=NOTHING)
    for item in _list(facts, "unknownFlags"):
        found[str(item["flag"])] = Side(None, "written", ("stops", item["flag"]), str(item["flag"]), note=STOPS)
    return found


def config_map(facts: Facts) -> Part | None:
    """Return the keys of the ConfigMap amazon-vpc-cni as the controllers use them."""
    data = fact(facts, "configMap")
    if not isinstance(data, dict):
        return None
    context, found = facts.context, dict[str, Side]()
    laid_over = context.surface.kind in OVERLAYS and not context.surface.partial
    shipped = context.stock.configmap if laid_over else {}
    chosen = overlay.config(context) if context.surface.kind in OVERLAYS else {}
    if laid_over and not shipped and not chosen:
        return None  # a release without the ConfigMap
    for name in dict.fromkeys((*configmap.keys(), *data)):
        key, text = configmap.keys().get(name), data.get(name, MAYBE if context.surface.partial else None)
        origin = "written"
        if laid_over and name not in chosen:
            text, origin = shipped.get(name), "stock"
        found[name] = _key(key, text, origin)
        if name in chosen:
            found[name] = found[name]._replace(line=row(chosen[name]))
    return found


def _key(key: configmap.Key | None, text: object, origin: str) -> Side:
    if text is MAYBE:
        return UNTOLD
    if text is UNKNOWN or placeholder(text):
        return unseen(f"key {text}", origin, "..." if origin == "written" else None)
    written = text if origin == "written" and isinstance(text, str) else None
    if key is None:
        return Side(text, origin, NOTHING, written, note="read by nothing")
    if not isinstance(text, str):
        return UNSET if key.default is None else side(key.default, "default")
    value = configmap.value(key, text)
    if value is None:
        taken = configmap.value(key, key.used)
        return side(key.used if taken is None else taken, origin, written, f"{text!r} counts as {key.used}")
    return side(value, origin, written)


def images(facts: Facts) -> Part | None:
    """Return the images of the containers; the release's own version in a tag is the release's change, not theirs."""
    context = facts.context
    found: Part = {}
    for name in CONTAINERS:
        container = context.container(name)
        written = container.data.get("image") if container else None
        if isinstance(written, str) and placeholder(written):
            found[name] = unseen(written, "written", written)
        elif isinstance(written, str):
            parts = image(written)
            own = parts.tag and release(parts.tag) == context.release
            tag = parts.tag.replace((context.release or "")[1:], "<release>", 1) if own else parts.tag
            same = ("image", parts.registry, parts.repository, tag, parts.digest)
            found[name] = Side(written, "written", same, written)
        elif container and context.surface.partial:
            found[name] = UNTOLD
    return found or None


def probes(facts: Facts) -> Part | None:
    """Return the fields of the probes, with what Kubernetes takes where one is not written."""
    context = facts.context
    surface, found = context.surface, dict[str, Side]()
    if surface.kind in OVERLAYS and not surface.partial:
        for kind in _PROBES:
            held = context.stock.probe(MAIN, kind.removesuffix("Probe"))
            whole: dict[str, object] = {**_PROBE, "exec.command": list(held.command)} if held else {}
            if held:
                times = zip(("initialDelaySeconds", "timeoutSeconds"), (held.initial_delay, held.timeout), strict=True)
                whole |= {key: time for key, time in times if time is not None}
            own = dict(_leaves(mapping(surface.object.get(kind))))
            if f"{kind}TimeoutSeconds" in surface.object:
                own["timeoutSeconds"] = surface.object[f"{kind}TimeoutSeconds"]
            found |= {f"{MAIN} {kind}.{key}": _field(value, "stock") for key, value in whole.items()}
            found |= {f"{MAIN} {kind}.{key}": _field(value, "written") for key, value in own.items()}
        return found
    for name in (MAIN, AGENT):
        container = context.container(name)
        for kind in _PROBES if container else ():
            probe = mapping(container.data.get(kind)) if container else {}
            usual = {} if surface.partial or not probe else _PROBE
            found |= {f"{name} {kind}.{key}": _field(value, "default") for key, value in usual.items()}
            found |= {f"{name} {kind}.{key}": _field(value, "written") for key, value in _leaves(probe)}
    return found or (None if surface.partial or surface.kind != "daemonset" else found)


def _field(value: object, origin: str) -> Side:
    text = as_text(value, str(value)) if isinstance(value, str | int) else str(value)
    written = str(text) if origin == "written" else None
    if value is UNKNOWN or placeholder(value):
        return unseen(str(value), origin, written)
    return side(int(value) if isinstance(value, str) and value.isdigit() else value, origin, written)


def _leaves(data: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def mounts(facts: Facts) -> Part | None:
    """Return what of the host stands at each path of a container."""
    found = fact(facts, "mounts")
    if not isinstance(found, list) or facts.context.surface.kind not in OVERLAYS | {"daemonset"}:
        return None
    part: Part = {}
    stock, laid_over = facts.context.stock, facts.context.surface.kind in OVERLAYS
    if laid_over and fact(facts, "agent"):  # its mounts cannot be set, and are no facts
        hosts = ((path, stock.volumes[volume].path) for path, volume in stock.mounts(AGENT).items())
        part = {f"{AGENT} {path}": side(host, "stock") for path, host in hosts}
    shipped = {(name, path) for name in (MAIN, INIT) for path in stock.mounts(name)} if laid_over else ()
    for item in found:
        host = item.get("hostPath") or f"volume {item['volume']}"
        origin = "stock" if (item["container"], item["path"]) in shipped else "written"
        part[f"{item['container']} {item['path']}"] = side(host, origin, str(host) if origin == "written" else None)
    return part


def nodes(facts: Facts) -> Part | None:
    """Return the instance types and the max pods of each group of nodes."""
    part: Part = {}
    for group in facts.context.surface.nodes:
        name = group.name or "nodes"
        while f"{name} instance types" in part:
            name += "'"
        line = group.at.text.position(group.at.start)[0]
        types = sorted(group.types)
        part[f"{name} instance types"] = (
            unseen(f"types {types}", "written", " ".join(types), line)
            if group.more or not types
            else side(types, "written", " ".join(types), line=line)
        )
        part[f"{name} max pods"] = _pods(group, line)
    return part or None


def _pods(group: NodeGroup, line: int) -> Side:
    if group.hidden:
        return unseen("max pods", "written", "...", line)
    if group.max_pods is None and (group.expression is not None or group.pods_per_core is not None):
        text = group.expression if group.expression is not None else f"{group.pods_per_core} a core"
        return side(text, "written", text, line=line)
    return UNSET if group.max_pods is None else side(group.max_pods, "written", str(group.max_pods), line=line)


def fact(facts: Facts, name: str) -> object:
    """Return a fact, None where the surface does not have it."""
    try:
        return facts[name]
    except KeyError:
        return None


def _list(facts: Facts, name: str) -> list[dict[str, object]]:
    found = fact(facts, name)
    return found if isinstance(found, list) else []
