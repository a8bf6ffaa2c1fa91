"""Facts about the environment: what is written, what the process gets and makes of it, what the stock manifest has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.facts.overlay import image_version
from cnilint.facts.release import ABSENT, shipped_texts, stock_values
from cnilint.knowledge.releases import known, newest
from cnilint.surface.model import HELPER, INIT, MAIN, OVERLAYS, mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.facts.context import Context
    from cnilint.surface.model import Container


def chosen(context: Context, container: str) -> dict[str, object]:
    """Return the texts that are set and differ from the stock manifest: what somebody chose."""
    written, shipped = context.written(container), shipped_texts(context.release)
    names = (item.name for item in context.chosen if item.container == container)
    # once more, for a setting without its quotes: what it means may be as shipped
    return {name: written[name] for name in names if shipped.get((container, name), ABSENT) != written[name]}


def surface(context: Context) -> dict[str, object]:
    """Return what kind of surface it is."""
    found = context.surface
    about: dict[str, object] = {"kind": found.kind, "partial": found.partial, "live": found.live}
    about |= {"format": found.format, "overlay": found.kind in OVERLAYS}
    if found.ipv6 is not None:
        about["ipv6"] = found.ipv6
    if context.managed is not None:
        about["managed"] = context.managed
    return about


def cni(context: Context) -> dict[str, object]:
    """Return the release of aws-node and of its init container."""
    about: dict[str, object] = {"newest": newest()}
    if context.release and context.number:
        about["version"] = context.release
        about["known"] = known(context.release)
    for name, container in (("imageVersion", MAIN), ("initVersion", INIT)):
        overlaid = context.surface.kind in OVERLAYS
        version = image_version(context, container) if overlaid else context.image_version(container)
        if isinstance(version, str):
            about[name] = version
    return about


def privileged(context: Context, container: Container) -> dict[str, object]:
    """Return whether a container is privileged; nothing where a patch does not say."""
    written = mapping(container.data.get("securityContext")).get("privileged")
    return {} if written is None and context.surface.partial else {"privileged": written is True}


def init(context: Context) -> dict[str, object]:
    """Return the same facts of the init container."""
    found = context.container(INIT)
    about: dict[str, object] = {
        "set": context.written(INIT),
        "text": context.texts(INIT),
        "chosen": chosen(context, INIT),
        "env": context.values(INIT),
        "stock": stock_values(context.release, INIT),
    }
    if found is not None:
        about["present"] = True
        about |= privileged(context, found)
    elif not context.surface.partial and context.surface.kind == "daemonset":
        about["present"] = False
    return about


def helper(context: Context) -> object:
    """Return the same facts of the metrics helper; ABSENT for a surface that is not its own."""
    if HELPER not in context.surface.containers:
        return ABSENT
    return {
        "set": context.written(HELPER),
        "text": context.texts(HELPER),
        "chosen": chosen(context, HELPER),
        "env": context.values(HELPER),
        "stock": stock_values(context.release, HELPER),
    }


def kubernetes(context: Context) -> dict[str, object]:
    """Return the version of Kubernetes with its three numbers, when it was told."""
    told = context.surface.kubernetes or context.told.kubernetes
    return {"version": told if told.count(".") > 1 else f"{told}.0"} if told else {}


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {
    "surface": surface,
    "cni": cni,
    "kubernetes": kubernetes,
    "set": lambda context: context.written(MAIN),
    "text": lambda context: context.texts(MAIN),
    "chosen": lambda context: chosen(context, MAIN),
    "env": lambda context: context.values(MAIN),
    "stock": lambda context: stock_values(context.release, MAIN),
    "init": init,
    "helper": helper,
    "object": lambda context: context.surface.object if context.surface.kind == "daemonset" else ABSENT,
    "values": lambda context: context.surface.object if context.surface.kind in OVERLAYS else ABSENT,
    "limits": lambda context: dict(context.told.limits),
    "expected": lambda context: {
        key: number
        for key, number in (("podsPerNode", context.told.pods_per_node), ("maxPods", context.told.max_pods))
        if number is not None
    },
}
