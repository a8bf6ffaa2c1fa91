"""Facts about the pod: probes, mounts, privileges, service account."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from cnilint.facts.context import CONTAINERS, Context
from cnilint.facts.release import ABSENT
from cnilint.surface.model import INIT, MAIN, OVERLAYS, Container, items, mapping
from cnilint.surface.reach import node_span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnilint.source.text import Span

Element = dict[str, object]

# Why a mount of the stock manifest is needed; the others are reported without a reason.
_NEEDS: Final = {
    "/var/run/aws-node": "the sockets and the checkpoint of ipamd live there",
    "/host/opt/cni/bin": "the CNI binaries are installed there",
    "/host/etc/cni/net.d": "10-aws.conflist is written there",
    "/sys/fs/bpf": "the agent pins its eBPF programs there",
    "/run/xtables.lock": "iptables is locked there against other writers",
    "/host/var/log/aws-routed-eni": "ipamd's log is kept there",
    "/var/log/aws-routed-eni": "the agent's log is kept there",
}


def within(context: Context, container: Container, *path: str | int) -> Span:
    """Return the span of a path in a container, or of its nearest ancestor."""
    text = context.surface.text
    return node_span(text, container.node, path) or node_span(text, container.node, ("name",)) or context.surface.anchor


def probes(context: Context) -> list[Element]:
    """Return the probes that run a command, with the address they are given."""
    found: list[Element] = []
    for name in CONTAINERS:
        container = context.container(name)
        place = partial(within, context, container) if container else context.surface.span
        overlaid = context.surface.kind in OVERLAYS and name == MAIN  # the chart's values have those of aws-node
        data = container.data if container else context.surface.object if overlaid else {}
        for kind in ("liveness", "readiness"):
            command = mapping(mapping(data.get(f"{kind}Probe")).get("exec")).get("command")
            for index, word in enumerate(command if isinstance(command, list) else ()):
                text = str(word)
                if text.lstrip("-").startswith("addr="):
                    at = partial(place, f"{kind}Probe", "exec", "command", index)
                    address = text.partition("=")[2]
                    found.append({"container": name, "kind": kind, "address": address, "text": text, "at": at})
    return found


def _mounts_of_values(context: Context) -> object:
    """Return the mounts of the stock manifest and those that values add to its containers; ABSENT if unseen."""
    values, host = context.surface.object, dict[str, object]()
    extra, volumes = values.get("extraVolumeMounts") or [], values.get("extraVolumes") or []
    if context.surface.partial or not isinstance(extra, list) or not isinstance(volumes, list):
        return ABSENT
    host |= {name: volume.path for name, volume in context.stock.volumes.items()}
    host |= {str(item.get("name")): mapping(item.get("hostPath")).get("path") for item in items(volumes)}
    added = [(str(item.get("mountPath", "")), str(item.get("name", ""))) for item in items(extra)]
    found: list[Element] = []
    for container in (MAIN, INIT):
        for path, volume in (*context.stock.mounts(container).items(), *added):
            element: Element = {"container": container, "path": path, "volume": volume, "at": context.surface.anchor}
            if volume in host:
                element["host"], element["hostPath"] = host[volume] is not None, str(host[volume] or "")
            found.append(element)
    return found


def mounts(context: Context) -> object:
    """Return the volume mounts, each with what the volume is; ABSENT where values may add some unseen."""
    if context.surface.kind in OVERLAYS:
        return _mounts_of_values(context)
    found: list[Element] = []
    for container in _containers(context):
        for index, (path, volume) in enumerate(context.mounts(container.name)):
            at = partial(within, context, container, "volumeMounts", index, "mountPath")
            element: Element = {"container": container.name, "path": path, "volume": volume, "at": at}
            if volume in context.volumes:
                host = context.volumes[volume]
                element["host"], element["hostPath"] = host is not None, str(host or "")
            found.append(element)
    return found


def missing_mounts(context: Context) -> list[Element]:
    """Return the mounts that the release's stock manifest has and this one lacks."""
    if context.surface.partial or context.number is None:
        return []
    found: list[Element] = []
    for container in _containers(context):
        present = {path.rstrip("/") for path, _ in context.mounts(container.name)}
        for path, volume in context.stock.mounts(container.name).items():
            if path not in present and not any(path.startswith(f"{mount}/") for mount in present):
                at = within(context, container, "volumeMounts")
                need = _NEEDS.get(path, "the stock manifest mounts it")
                found.append({"container": container.name, "path": path, "volume": volume, "need": need, "at": at})
    return found


def _containers(context: Context) -> Iterator[Container]:
    yield from (found for name in CONTAINERS if (found := context.container(name)) is not None)


def service_account(context: Context) -> object:
    """Return the name of the pod's service account."""
    found = context.service_account()
    return found if isinstance(found, str) else ABSENT


def host_network(context: Context) -> object:
    """Return whether the pod uses the node's network; a full manifest that does not say so does not."""
    if context.surface.kind != "daemonset" or (context.surface.partial and "hostNetwork" not in context.pod):
        return ABSENT
    return context.pod.get("hostNetwork") is True


def capabilities(context: Context) -> object:
    """Return the capabilities that aws-node adds; ABSENT where it is privileged or a patch does not say."""
    container = context.container(MAIN)
    security = mapping(container.data.get("securityContext")) if container else {}
    if container is None or context.surface.partial or security.get("privileged") is True:
        return ABSENT
    added = mapping(security.get("capabilities")).get("add")
    return [str(item).removeprefix("CAP_") for item in added] if isinstance(added, list) else []


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {
    "probes": probes,
    "mounts": mounts,
    "missingMounts": missing_mounts,
    "serviceAccount": service_account,
    "hostNetwork": host_network,
    "capabilities": capabilities,
}
