"""What the manifest of another release has otherwise: what somebody's own has to gain, to change and to lose.

A three-way comparison: the stock manifest of the release it leaves, the file, and the stock manifest of the release it
gets. What the file has already is not told, and what it has otherwise than it was shipped is said to be its own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from cnilint.choices.flat import shipped
from cnilint.choices.keys import CONTAINERS
from cnilint.choices.model import Choice
from cnilint.choices.nothing import same_without
from cnilint.knowledge.releases import stock
from cnilint.knowledge.versions import image, release
from cnilint.surface.model import AGENT, INIT, MAIN, OVERLAYS, mapping
from cnilint.upgrade.around import first, grants_and_objects
from cnilint.upgrade.note import MANIFEST, PAIRS, Note, manifest_url
from cnilint.upgrade.shown import TERMS, difference, shown
from cnilint.upgrade.target import between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.choices.flat import Flat, Path
    from cnilint.choices.model import Choices
    from cnilint.facts.context import Context
    from cnilint.knowledge.releases import Stock

_CONTAINERS: Final = (INIT, MAIN, AGENT)
_PROBES: Final = ("livenessProbe", "readinessProbe")
_VERSION: Final = ("env", MAIN, "VPC_CNI_VERSION")
# The release's own name among the labels.
_LABEL: Final = "app.kubernetes.io/version"


def shift(context: Context, chosen: Choices, old: str, new: str) -> Iterator[Note]:
    """Yield what must move with the release and what the manifest gains and loses, for a whole DaemonSet aws-node.

    Values, add-ons and patches leave the manifest to others; only the images and the probes they name are told.
    """
    if context.surface.kind in OVERLAYS:
        yield from _of_values(context, old, new)
    if context.surface.kind != "daemonset":
        return
    yield from _images(context, new)
    if not context.surface.partial:
        desired = chosen.desired
        yield from _pairs(context, desired, old, new)
        yield from _containers(context, old, new)
        yield from _leaves(context, desired, old, new)
        yield from grants_and_objects(context, old, new)


def _of_values(context: Context, old: str, new: str) -> Iterator[Note]:
    """Yield the tags and the probes that values write: they stand in the way of those that the chart brings."""
    surface = context.surface
    for name, above in CONTAINERS.items():
        at = (*above, "image", "tag")
        written: object = surface.object
        for step in at:
            written = mapping(written).get(step)
        wanted = stock(new).image(name)
        if isinstance(written, str) and wanted and release(written) != wanted.version:
            yield Note(PAIRS, ".".join(at), f"{written} -> {wanted.tag}", (manifest_url(new),), surface.span(*at))
    for kind in _PROBES:
        path: Path = ("container", MAIN, kind, "exec", "command")
        wanted_one, own = shipped(new).get(path), mapping(mapping(surface.object.get(kind)).get("exec")).get("command")
        if own is None or own == wanted_one or shipped(old).get(path) == wanted_one:
            continue
        place = surface.span(kind, "exec", "command")
        text = f"{difference(path, own, wanted_one)}: what the values say wins over the chart"
        yield Note(PAIRS, f"{kind}.exec.command", text, (manifest_url(new),), place, _since(path, old, new), act=True)


def _images(context: Context, new: str) -> Iterator[Note]:
    """Yield the images, which are of one release together."""
    for name in _CONTAINERS:
        container, wanted = context.container(name), stock(new).image(name)
        written = container.data.get("image") if container else None
        if not isinstance(written, str) or wanted is None or image(written).version == wanted.version:
            continue
        where = "initContainers" if container and container.init else "containers"
        at = context.surface.span("spec", "template", "spec", where, name, "image")
        was = image(written).tag or image(written).digest or "no tag"
        yield Note(PAIRS, f"{name} image", f"{was} -> {wanted.tag}", (manifest_url(new),), at)


def _pairs(context: Context, desired: Flat, old: str, new: str) -> Iterator[Note]:
    """Yield the commands of the probes, which ask where a release listens, and the variable that names the release."""
    for kind in _PROBES:
        path: Path = ("container", MAIN, kind, "exec", "command")
        wanted, written = shipped(new).get(path), desired.get(path)
        if wanted is None or written in (None, wanted) or shipped(old).get(path) == wanted:
            continue
        at = context.surface.span("spec", "template", "spec", "containers", MAIN, kind, "exec", "command")
        told = Note(PAIRS, f"{MAIN} {kind}", "", (manifest_url(new),), at, _since(path, old, new))
        yield told._replace(text=difference(path, written, wanted))
    setting = context.standing.get((_VERSION[1], _VERSION[2]))
    if setting is not None and _VERSION in shipped(new) and isinstance(setting.value, str) and setting.value != new:
        yield Note(PAIRS, _VERSION[2], f"{setting.value} -> {new}", (manifest_url(new),), setting.at)


def _containers(context: Context, old: str, new: str) -> Iterator[Note]:
    """Yield the containers that the manifest gains or loses as a whole."""
    one, other = stock(old), stock(new)
    for name in _CONTAINERS:
        if name in other.containers and name not in one.containers and not context.container(name):
            at = first(partial(_has, name), old, new)
            picture = f"{other.items[f'{name} image'].rpartition('/')[2]}:{other.items[f'{name} tag']}"
            kind = "init container" if other.containers[name] else "container"
            mounts = ", ".join(other.mounts(name))
            text = f"add the {kind}, of the image {picture}, with mounts of {mounts}"
            yield Note(MANIFEST, name, text, (manifest_url(at or new),), since=at)
        elif name in one.containers and name not in other.containers and context.container(name):
            yield Note(MANIFEST, name, "remove the container", (manifest_url(new),))


def _has(name: str, held: Stock) -> bool:
    return name in held.containers


def _leaves(context: Context, desired: Flat, old: str, new: str) -> Iterator[Note]:
    """Yield what the containers that stay, the pod and the DaemonSet gain, change and lose."""
    one, other = shipped(old), shipped(new)
    order = {name: number for number, name in enumerate((None, *_CONTAINERS))}
    paths = sorted(one.keys() | other.keys(), key=lambda path: (order[_container(path)], path))
    idle: dict[str, list[Path]] = {}
    for path in paths:
        container = _container(path)
        stays = container is None or (context.container(container) and container in stock(new).containers)
        if not stays or one.get(path) == other.get(path) or desired.get(path) == other.get(path) or _apart(path, other):
            continue
        if _idle(path, desired, new):
            idle.setdefault(path[1], []).append(path)
            continue
        name = "pod node affinity" if path[-1] == TERMS else Choice(path, None, context.surface.anchor).name
        text = _text(path, desired.get(path), one.get(path), other.get(path))
        if text:
            at = _since(path, old, new)
            yield Note(MANIFEST, name, text, (manifest_url(at or new),), since=at)
    for container, added in idle.items():
        names = ", ".join(f"{path[2]}={shown(path, other[path])}" for path in added)
        yield Note(MANIFEST, f"{container} env", f"may have, as it is without them too: {names}", (manifest_url(new),))


def _container(path: Path) -> str | None:
    return AGENT if path[0] == "flag" else path[1] if path[0] in ("env", "mount", "container") else None


def _apart(path: Path, other: Flat) -> bool:
    """Tell whether a leaf is told elsewhere: an image, a probe's command, the release's name, the ConfigMap."""
    probe = path[2:3] in ((_PROBES[0],), (_PROBES[1],)) and path[-1] == "command"
    return probe or path[-1] in ("image", _LABEL) or (path == _VERSION and path in other) or path[0] == "configMap"


def _text(path: Path, mine: object, was: object, wanted: object) -> str:
    """Return what is to be done with a leaf that is ``mine``, where the shipped one changes; None is none."""
    if was is None:
        return f"add {shown(path, wanted)}" if mine is None else f"{_own(path, mine)} comes with {shown(path, wanted)}"
    if wanted is None:
        return "remove it" if mine == was else "" if mine is None else f"{_own(path, mine)} is no longer there"
    if mine is None:
        return f"the file has none; the shipped one changes: {difference(path, was, wanted)}"
    changes = difference(path, was, wanted)
    return changes if mine == was else f"{_own(path, mine)} changes: {changes}"


def _own(path: Path, mine: object) -> str:
    return f"the file's own is {shown(path, mine)}; the shipped one"


def _idle(path: Path, desired: Flat, new: str) -> bool:
    """Tell whether the manifest adds a variable that only says what the release does without it."""
    return path[0] == "env" and path not in desired and path in shipped(new) and same_without(path, new)


def _since(path: Path, old: str, new: str) -> str:
    """Return the release on the way up from which a leaf is as it is at the end; "" on the way down."""
    wanted, found = shipped(new).get(path), ""
    for held in reversed(between(old, new)):
        if shipped(held).get(path) != wanted:
            break
        found = held
    return found
