"""Facts about ownership: which fields that EKS manages were edited, and how that is known.

The documented families are service account, image, probes, labels, volumes and mounts (EKS best practices,
networking/vpc-cni). A live object's ``metadata.managedFields`` tells who owns a field; elsewhere an edit shows as a
difference from the stock manifest of the release, with the registry of every region taken for one. What a user adds
is not owned and is kept, so only changes and removals count.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from cnilint.facts.context import CONTAINERS, Context
from cnilint.facts.release import stock_of
from cnilint.knowledge.releases import known
from cnilint.knowledge.versions import image
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, INIT, MAIN, items, mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnilint.knowledge.releases import Probe
    from cnilint.knowledge.versions import Image

Element = dict[str, object]
Path = tuple[str | int, ...]

_POD: Final = ("spec", "template", "spec")
# The version label and the chart label name the release, and in several stock manifests another one than the image.
_VERSION_LABELS: Final = frozenset({"app.kubernetes.io/version", "helm.sh/chart", "app.kubernetes.io/managed-by"})
_PROBE_FIELDS: Final = ("initialDelaySeconds", "timeoutSeconds")
# EKS offers the add-on since v1.7.5; an older copy is always the cluster's own.
_FIRST_ADDON: Final = "v1.7.5"


class _Shipped(NamedTuple):
    """What the stock manifest says of a container in the managed fields."""

    image: Image | None
    probes: tuple[tuple[str, Probe], ...]
    mounts: dict[str, str]


@cache
def _shipped(release: str | None, container: str) -> _Shipped:
    manifest = stock_of(release)
    probes = ((f"{kind}Probe", manifest.probe(container, kind)) for kind in ("liveness", "readiness"))
    there = tuple((key, probe) for key, probe in probes if probe is not None)
    return _Shipped(manifest.image(container), there, manifest.mounts(container))


class Edited(NamedTuple):
    """A managed field whose value is not the shipped one."""

    path: Path
    family: str
    shipped: str
    written: str


def ownership(context: Context) -> list[Element]:
    """Return the edited fields that EKS manages; none where it is known not to manage them."""
    surface = context.surface
    if surface.kind != "daemonset" or context.managed is False:
        return []
    owners = managers(surface.object)
    if owners and "eks" not in owners:
        return []
    if not context.release or not known(context.release) or not context.since(_FIRST_ADDON):
        return []
    return [_element(context, edit, owners) for edit in edits(context) if not _owned(owners.get("eks"), edit.path)]


def _element(context: Context, edit: Edited, owners: Mapping[str, object]) -> Element:
    manager = next((name for name, fields in owners.items() if _owned(fields, edit.path)), "")
    return {
        "field": _dotted(edit.path),
        "family": edit.family,
        "manager": manager,
        "verdict": "reverted",
        "shipped": edit.shipped,
        "written": edit.written,
        "evidence": "managedFields" if owners else f"the stock manifest of {context.release}",
        "at": context.surface.span(*edit.path),
    }


def _dotted(path: Path) -> str:
    """Return a path as a rule writes it: a step with a dot or a slash stands in brackets."""
    steps = (f"[{step}]" if {".", "/"} & set(str(step)) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def managers(data: Mapping[str, object]) -> dict[str, object]:
    """Return each field manager of a live object with the tree of the fields it owns."""
    found: dict[str, object] = {}
    for entry in items(mapping(data.get("metadata")).get("managedFields")):
        name = entry.get("manager")
        if isinstance(name, str) and entry.get("subresource") != "status":
            found[name] = _united(found.get(name), entry.get("fieldsV1"))
    return found


def _united(one: object, other: object) -> object:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other if isinstance(other, dict) else one
    return {key: _united(one.get(key), other.get(key)) for key in one | other}


def _owned(tree: object, path: Path) -> bool:
    """Tell whether a tree of fieldsV1 owns a path: as a leaf, or as a whole above it."""
    for step in path:
        if not isinstance(tree, dict):
            return False
        key = next((key for key in tree if _is_step(key, str(step))), None)
        if key is None:
            return False
        tree = tree[key]
        if tree == {}:
            return True
    return True


def _is_step(key: str, step: str) -> bool:
    """Tell whether a key of fieldsV1 (``f:name`` or ``k:{"name":"x"}``) is this step of a path."""
    return key == f"f:{step}" or (key.startswith("k:") and f':"{step}"' in key)


def edits(context: Context) -> Iterator[Edited]:
    """Yield the managed fields that differ from the stock manifest. A patch's silence is no removal."""
    partial = context.surface.partial
    for edit in (*_account(context), *_labels(context), *_volumes(context), *_containers(context)):
        if edit.written or not partial:
            yield edit


def _account(context: Context) -> Iterator[Edited]:
    written, shipped = context.service_account(), context.stock.service_account
    if written != shipped:
        yield Edited((*_POD, "serviceAccountName"), "service account", shipped, str(written or ""))


def _labels(context: Context) -> Iterator[Edited]:
    data = context.surface.object
    pod = mapping(mapping(mapping(data.get("spec")).get("template")).get("metadata")).get("labels")
    own = mapping(data.get("metadata")).get("labels")
    for path, written, shipped in (
        (("metadata", "labels"), own, context.stock.labels),
        (("spec", "template", "metadata", "labels"), pod, context.stock.pod_labels),
    ):
        labels = mapping(written)
        for key, label in shipped.items():
            found = labels.get(key)
            if found != label and key not in _VERSION_LABELS:
                yield Edited((*path, key), "labels", label, _text(found))


def _volumes(context: Context) -> Iterator[Edited]:
    written = context.volumes
    for name, volume in context.stock.volumes.items():
        if written.get(name) != volume.path:
            yield Edited((*_POD, "volumes", name), "volumes", f"{name} ({volume.path})", _text(written.get(name)))


def _containers(context: Context) -> Iterator[Edited]:
    for name in CONTAINERS:
        container = context.container(name)
        if container is None:
            continue
        where = (*_POD, "initContainers" if container.init else "containers", name)
        shipped = _shipped(context.release, name)
        yield from _image(context, where, name, shipped.image, container.data.get("image"))
        for key, probe in shipped.probes:
            yield from _probe(context, (*where, key), probe, mapping(container.data.get(key)))
        yield from _mounts(dict(context.mounts(name)), where, shipped.mounts)


def _image(context: Context, where: Path, name: str, shipped: Image | None, written: object) -> Iterator[Edited]:
    if not isinstance(written, str) or shipped is None:
        return
    found = image(written)
    if found == shipped:
        return
    from cnilint.knowledge.registries import from_eks  # noqa: PLC0415  # most images are as shipped

    same_version = found.version is None or name == AGENT or found.version == context.image_version(MAIN)
    same_name = found.repository.rpartition("/")[2] == shipped.repository.rpartition("/")[2]
    if not (same_name and same_version and from_eks(found)):
        tag = context.release if name in (MAIN, INIT) else shipped.tag
        yield Edited((*where, "image"), "image", f"{shipped.repository}:{tag} from EKS's registry", written)


def _probe(context: Context, path: Path, shipped: Probe, probe: Mapping[str, object]) -> Iterator[Edited]:
    if not probe:
        yield Edited(path, "probes", " ".join(shipped.command), "")
        return
    command = mapping(probe.get("exec")).get("command")
    words = tuple(map(str, command)) if isinstance(command, list) else ()
    if words != shipped.command and (words or not context.surface.partial):
        yield Edited((*path, "exec", "command"), "probes", " ".join(shipped.command), " ".join(words) or "none")
    for field, usual in zip(_PROBE_FIELDS, (shipped.initial_delay, shipped.timeout), strict=True):
        found = probe.get(field)
        if usual is not None and found != usual and (found is not None or not context.surface.partial):
            yield Edited((*path, field), "probes", _text(usual), _text(found))


def _mounts(written: Mapping[str, str], where: Path, shipped: Mapping[str, str]) -> Iterator[Edited]:
    for path, volume in shipped.items():
        if written.get(path) != volume:
            usual = f"{path} from the volume {volume}"
            yield Edited((*where, "volumeMounts", path), "mounts", usual, _text(written.get(path)))


def _text(data: object) -> str:
    return "" if data is None else str(data)


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {"ownership": ownership}
