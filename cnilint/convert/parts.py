"""Parts of values that are made of several choices together: resources, volumes, images, ENIConfigs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnilint.choices.flat import merged, nested
from cnilint.choices.keys import (
    CONTAINERS,
    EXTRA_MOUNTS_IN_INIT,
    NOT_IN_INIT,
    OWN_RESOURCES,
    RESOURCES_OF_INIT,
)
from cnilint.choices.model import REMOVED, Choice, Left
from cnilint.facts.release import stock_of
from cnilint.knowledge.registries import from_eks
from cnilint.knowledge.versions import image
from cnilint.surface.model import AGENT, INIT, MAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.choices.flat import Path
    from cnilint.convert.builder import Builder

# A zone, local zones with it, and the region that its name begins with.
_ZONE = r"([a-z]{2}(?:-[a-z]+)+-[0-9])(?:-[a-z0-9-]+)?[a-z]"


def resources(found: Builder) -> None:
    """Write the resources: those of aws-node are every container's, but for those that have their own in the chart."""
    chosen = [item for item in found.choices.items if item.path[2:3] == ("resources",)]
    if not chosen:
        return
    others = [name for name in (INIT, AGENT) if _rendered(found, name)]
    for item in chosen:
        if item.path[3:] == ():
            found.lose(item, "resources are a mapping")
        elif item.path[1] == MAIN:
            found.put(item, ("resources", *item.path[3:]), item.value)
        elif item.path[1] not in others:
            found.lose(item, f"the {found.whose}{found.version} has no value for it")
    main = merged(_tree(found.shipped, MAIN), found.data.get("resources", {}))
    own = not found.addon and found.since(OWN_RESOURCES)
    for name in others:
        wanted = _tree(found.desired, name)
        if wanted == _clean(main):
            continue
        item = next((item for item in chosen if item.path[1] == name), chosen[0])
        if own and wanted:
            found.put(item, (*CONTAINERS[name], "resources"), wanted)
        else:
            reason = f"the {found.whose} gives {name} the resources of aws-node"
            found.lost.append(Left(f"{name} resources", item.at, reason))


def _rendered(found: Builder, name: str) -> bool:
    """Tell whether the chart gives a container resources, which are those of aws-node where it has none of its own."""
    if name not in stock_of(found.release).containers or found.flat.get(("container", name)) is REMOVED:
        return False
    return name != INIT or found.since(RESOURCES_OF_INIT)


def _tree(flat: dict[Path, object], container: str) -> dict[str, Any]:
    """Return the resources of a container as a mapping."""
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        if path[:3] == ("container", container, "resources"):
            tree = merged(tree, nested(path[3:], value))
    return tree


def _clean(tree: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping without nulls, and without the mappings that they leave empty."""
    found = {key: _clean(item) if isinstance(item, dict) else item for key, item in tree.items()}
    return {key: item for key, item in found.items() if item not in (None, {})}


def mounts(found: Builder) -> None:
    """Write the volumes and mounts that are added; values cannot change those that are shipped."""
    for item in found.choices.items:
        if item.path[0] == "volume" and not _implied(found, item):
            _added(found, item, "extraVolumes", {"name": item.path[1]})
        elif item.path[0] == "mount" and item.path[1] == MAIN:
            _added(found, item, "extraVolumeMounts", {"mountPath": item.path[2]})
        elif item.path[0] == "mount" and not _mounted_in_init(found, item):
            found.lose(item, f"the {found.whose} has no value for the mounts of {item.path[1]}")


def _mounted_in_init(found: Builder, item: Choice) -> bool:
    """Tell whether a mount of the init container goes with the same one of aws-node."""
    beside = found.flat.get(("mount", MAIN, item.path[2])) == item.value and item.path not in found.shipped
    return beside and item.path[1] == INIT and _in_init(found)


def _in_init(found: Builder) -> bool:
    return found.since(EXTRA_MOUNTS_IN_INIT) and found.release != NOT_IN_INIT


def _implied(found: Builder, item: Choice) -> bool:
    """Tell whether a volume goes with the agent, which the chart can leave out."""
    without = found.flat.get(("container", AGENT)) is REMOVED and not found.addon
    return without and item.path == ("volume", "bpf-pin-path") and item.value is REMOVED


def _fields(item: Choice) -> dict[str, Any]:
    return item.value if isinstance(item.value, dict) else {}


def _added(found: Builder, item: Choice, key: str, name: dict[str, object]) -> None:
    if item.path in found.shipped:
        found.lose(item, f"the {found.whose} has no value for what it ships with")
        return
    data = {key: [*found.data.get(key, []), {**name, **_fields(item)}]}
    reason = found.refused(data) if found.addon else ""
    if reason:
        found.lose(item, reason)
        return
    found.data = {**found.data, **data}
    alone = key == "extraVolumeMounts" and ("mount", INIT, item.path[2]) not in found.flat
    if alone and _in_init(found):
        found.notes.append(f"{key} mounts {item.path[2]} into {INIT} as well")


def images(found: Builder) -> None:
    """Write the images; the add-on takes its own from EKS' registry of the cluster's region."""
    for item in found.choices.items:
        if item.path[2:] != ("image",):
            continue
        usual = found.shipped.get(item.path)
        if item.value is REMOVED or not isinstance(usual, str) or item.path[1] not in CONTAINERS:
            found.lose(item, f"the {found.whose} has no value for it")
        elif not found.addon:
            found.put(item, (*CONTAINERS[item.path[1]], "image"), dict(_image(str(item.value), usual)))
        elif not (from_eks(image(str(item.value))) and image(str(item.value)).version == image(usual).version):
            found.lose(item, "the add-on takes its images from EKS, of its own version")


def _image(text: str, usual: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of an image that are not the chart's own; ``override`` for one of another registry."""
    pattern = r"([^./]+)\.dkr\.([^./]+)\.([^./]+)\.([^/]+)/([^:@]+):([^@]+)"
    parts, shipped_parts = re.fullmatch(pattern, text), re.fullmatch(pattern, usual)
    if parts is None or shipped_parts is None or parts[5] != shipped_parts[5]:
        yield "override", text
        return
    for key, part, own in zip(
        ("account", "endpoint", "region", "domain", "", "tag"), parts.groups(), shipped_parts.groups(), strict=True
    ):
        if part != own:
            yield key, part


def eni_configs(found: Builder) -> None:
    """Write the ENIConfigs, named by the keys of their subnets; the add-on wants a region with them."""
    chosen = [item for item in found.choices.items if item.path[0] == "eniConfig"]
    zones = (re.fullmatch(_ZONE, item.path[1]) for item in chosen)
    region = next((zone[1] for zone in zones if zone), found.choices.region)
    for item in chosen:
        spec = _fields(item)
        groups = spec.get("securityGroups")
        if not isinstance(spec.get("subnet"), str) or spec.keys() - {"subnet", "securityGroups"}:
            found.lose(item, f"the {found.whose} makes ENIConfigs of a subnet and its security groups alone")
        elif found.addon and not region:
            found.lose(item, "the add-on wants a region beside it, and the file tells none")
        else:
            subnet = {"id": spec["subnet"], **({"securityGroups": groups} if groups else {})}
            settings = {"create": True, **({"region": region} if region else {}), "subnets": {item.path[1]: subnet}}
            found.put(item, ("eniConfig",), settings)
