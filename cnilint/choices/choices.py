"""What a surface sets beyond the stock manifest of its release, with the place of each, and what cannot be carried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.choices.manifest import manifest, objects
from cnilint.choices.model import Choices, Found
from cnilint.choices.overlaid import overlaid
from cnilint.choices.written import variables
from cnilint.surface.model import INIT, MAIN, OVERLAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilint.facts.context import Context
    from cnilint.surface.model import Item


# The region whose registry upstream's manifest names, wherever it is applied.
_USUAL_REGION: Final = "us-west-2"


def choices(context: Context) -> Choices:
    """Return what a surface sets beyond its release's stock manifest."""
    found, surface = Found(context), context.surface
    variables(found)
    if surface.kind in OVERLAYS:
        overlaid(found)
    elif surface.kind == "daemonset":
        manifest(found)
    objects(found)
    region, _, cluster = surface.cluster.rpartition("/")
    return Choices(
        surface.kind,
        surface.format,
        context.release,
        tuple(found.items.values()),
        tuple(found.hidden),
        tuple(found.beyond),
        build=_build(context),
        cluster=cluster,
        region=region or next(_regions(context), ""),
        addon=surface.addon,
        whole=surface.kind == "daemonset" and not surface.partial,
        beside=frozenset(kind for kind, siblings in surface.siblings.items() if _whole(kind, siblings)),
    )


def _whole(kind: str, found: Sequence[Item]) -> bool:
    """Tell whether an object that is no patch is among siblings; of ConfigMaps, the CNI's own."""
    return any(not item.partial and (kind != "ConfigMap" or item.name == "amazon-vpc-cni") for item in found)


def _build(context: Context) -> str:
    """Return the add-on's version with its build, ``v1.18.1-eksbuild.3``; "" where the file does not tell it."""
    from cnilint.knowledge.versions import image  # noqa: PLC0415

    written = context.surface.addon.version if context.surface.addon else ""
    container = context.container(MAIN)
    tag = image(str(container.data.get("image", ""))).tag if container else ""
    told = next((text for text in (written, tag) if "-eksbuild." in text), "")
    return f"v{told.removeprefix('v')}" if told else ""


def _regions(context: Context) -> Iterator[str]:
    """Yield the regions whose registries of EKS the containers' images come from; upstream's own tells nothing."""
    import re  # noqa: PLC0415

    for name in (MAIN, INIT):
        container = context.container(name)
        written = str(container.data.get("image", "")) if container else ""
        found = re.search(r"\.ecr(?:-fips)?\.([a-z0-9-]+)\.", written)
        if found and found[1] != _USUAL_REGION:
            yield found[1]
