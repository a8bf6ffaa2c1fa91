"""A DaemonSet aws-node, or a patch of it, to choices; and the objects that stand beside a surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.choices.flat import OWN, default, leaves, ports, unseen, volume
from cnilint.choices.model import REMOVED, Choice, Left
from cnilint.facts.objects import grants
from cnilint.knowledge.flags import parsed
from cnilint.source.plain import Plain, child
from cnilint.source.yaml import SequenceNode, span
from cnilint.surface.model import AGENT, INIT, MAIN, items, mapping, placeholder
from cnilint.surface.reach import node_span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.choices.flat import Path
    from cnilint.choices.model import Found
    from cnilint.source.text import Span
    from cnilint.surface.model import Item

Route = tuple[str | int, ...]

_POD: Final[Route] = ("spec", "template", "spec")
_LISTS: Final = ("initContainers", "containers")
# Labels that name the release or who renders the object, and annotations that tools keep their own notes in.
_NOTES: Final = frozenset(
    {"app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"}
    | {"deprecated.daemonset.template.generation", "kubectl.kubernetes.io/last-applied-configuration"}
)
# What tells an object from others, or what the cluster notes of it.
_IDENTITY: Final = frozenset({"selector", "template", "templateGeneration"})
_UNDERSTOOD: Final = frozenset({"name", "env", "volumeMounts", "$patch", "$setElementOrder/env"})
_UNSEEN: Final = "its value cannot be told from the file"
# Steps of a route that are the same thing under an older name.
_OLDER: Final = {"serviceAccount": "serviceAccountName"}


def manifest(found: Found) -> None:
    """Find what a DaemonSet, or a patch of it, sets beside the variables."""
    surface = found.context.surface
    if isinstance(surface.node, SequenceNode):
        _operations(found)
        return
    written = set(_written(found))
    for path in found.shipped if not surface.partial else ():
        if path not in written:
            filled = any(other[: len(path) - 1] == path[:-1] for other in written)
            _removed(found, path, default(path) if filled else None)


def _removed(found: Found, path: Path, filled: object) -> None:
    """Find something of the stock manifest that a whole DaemonSet does not have, with what is filled in for it."""
    kind, *rest = path
    if kind in ("configMap", "serviceAccount"):
        return
    container = AGENT if kind == "flag" else rest[0] if kind in ("env", "container", "mount") else None
    if container and container not in found.context.surface.containers:
        whole = ("container", container)
        at = found.context.surface.span(*_POD, "initContainers" if container == INIT else "containers")
        found.items[whole] = Choice(whole, REMOVED, at)
        return
    if rest[-1] not in _NOTES:
        found.put(path, REMOVED if filled is None else filled, _near(found, path))


def _near(found: Found, path: Path) -> Span:
    """Return where a thing that is not there would stand."""
    surface = found.context.surface
    kind, first = path[0], path[1]
    if kind == "env":
        return surface.environment(first)
    if kind in ("container", "mount", "flag"):
        name = AGENT if kind == "flag" else first
        where = "initContainers" if surface.containers[name].init else "containers"
        field = {"mount": "volumeMounts", "flag": "args"}.get(kind, path[-1])
        return surface.span(*_POD, where, name, field)
    return surface.span(*({"daemonset": ("metadata", first)}.get(kind, (*_POD, first))))


def _written(found: Found) -> Iterator[Path]:
    """Yield the path of each thing that is written, with those that are kept as choices."""
    data = found.context.surface.object
    spec = mapping(data.get("spec"))
    template = mapping(spec.get("template"))
    yield from _metadata(found, "daemonset", mapping(data.get("metadata")), ("metadata",))
    yield from _metadata(found, "pod", mapping(template.get("metadata")), ("spec", "template", "metadata"))
    for key, value in spec.items():
        if key not in _IDENTITY:
            yield from _leaves(found, ("daemonset", key), value, ("spec", key))
    pod = mapping(template.get("spec"))
    for key, value in pod.items():
        if key in _LISTS:
            yield from _containers(found, key, value)
        elif key == "volumes":
            for item in items(value):
                name = str(item.get("name"))
                yield from _leaf(found, ("volume", name), _entry(item, volume(item)), (*_POD, "volumes", name))
        elif key not in _OLDER or _OLDER[key] not in pod:
            yield from _leaves(found, ("pod", _OLDER.get(key, key)), value, (*_POD, key))


def _metadata(found: Found, kind: str, data: dict[str, object], route: Route) -> Iterator[Path]:
    for key in ("labels", "annotations"):
        if key in data:
            yield from _leaves(found, (kind, key), data[key], (*route, key))


def _entry(item: dict[str, object], value: object) -> object:
    """Return what an item of a patch's list does: REMOVED for one that takes away."""
    return REMOVED if item.get("$patch") == "delete" else value


def _leaves(found: Found, path: Path, data: object, route: Route) -> Iterator[Path]:
    for at, value in leaves((), data):
        if at and at[-1] in _NOTES:
            yield (*path, *at)
            continue
        yield from _leaf(found, (*path, *at), value, (*route, *at))


def _leaf(found: Found, path: Path, value: object, route: Route) -> Iterator[Path]:
    """Keep what stands at a leaf; null takes away in a patch, and says nothing in a whole object."""
    surface = found.context.surface
    if value is None and not surface.partial:
        return
    yield path
    if "$" in "".join(step[:1] for step in path):
        found.beyond.append(Left(".".join(map(str, route)), surface.span(*route[:-1]), "a directive of a patch"))
    elif value is not REMOVED and unseen(value):
        found.hidden.append(Left(Choice(path, value, surface.anchor).name, surface.span(*route), _UNSEEN))
        found.items.pop(path, None)
    else:
        found.put(path, REMOVED if value is None else value, surface.span(*route))


def _containers(found: Found, key: str, data: object) -> Iterator[Path]:
    for item in items(data):
        name = str(item.get("name"))
        if "$patch" in item or name not in OWN:
            whole = {field: value for field, value in item.items() if field != "name"}
            kind = {"init": True} if key == "initContainers" and name not in OWN else {}
            yield from _leaf(found, ("container", name), _entry(item, {**whole, **kind}), (*_POD, key, name))
            continue
        yield from _container(found, name, item, (*_POD, key, name))


def _container(found: Found, name: str, data: dict[str, object], route: Route) -> Iterator[Path]:
    yield from (("env", name, setting.name) for setting in found.context.surface.settings if setting.container == name)
    for item in items(data.get("env")):
        if item.get("$patch") == "delete":
            yield from _leaf(found, ("env", name, str(item.get("name"))), REMOVED, (*route, "env", str(item["name"])))
    for item in items(data.get("volumeMounts")):
        at = str(item.get("mountPath"))
        mount = {key: value for key, value in item.items() if key != "mountPath"}
        yield from _leaf(found, ("mount", name, at), _entry(item, mount), (*route, "volumeMounts", at))
    for key, value in data.items():
        if key == "args" and name == AGENT and isinstance(value, list):
            yield from _flags(found, [str(word) for word in value], route)
        elif key not in _UNDERSTOOD:
            shown = ports(value) if key == "ports" else value
            yield from _leaves(found, ("container", name, key), shown, (*route, key))


def _flags(found: Found, words: list[str], route: Route) -> Iterator[Path]:
    """Keep the agent's flags; a list of arguments takes the place of the stock manifest's, in a patch too."""
    surface, line = found.context.surface, parsed(words)
    for flag, text in line.texts.items():
        at = (*route, "args", line.places[flag])
        yield from _leaf(found, ("flag", flag), text, at)
    strange = (*((item.flag, item.index) for item in line.unknown), *((item.text, item.index) for item in line.loose))
    for text, index in strange:
        reason = _UNSEEN if placeholder(text) else f"{AGENT} knows no such flag"
        found.beyond.append(Left(f"{AGENT} {text}", surface.span(*route, "args", index), reason))
    for path in found.shipped:
        if path[0] == "flag" and path[1] not in line.texts:
            found.items[path] = Choice(path, REMOVED, surface.span(*route, "args"))
            yield path


def _operations(found: Found) -> None:
    """Find the operations of a JSON patch that write no variable; the image tells the release."""
    surface = found.context.surface
    read = {id(setting.parent.value[setting.number]) for setting in surface.settings}
    whole = {id(setting.parent) for setting in surface.settings}
    for node in surface.node.value:
        data = mapping(Plain(surface.text).data(node))
        path, given = str(data.get("path")), child(node, "value")
        if data.get("op") == "test" or id(node) in read or (given is not None and id(given) in whole):
            continue
        at = span(surface.text, child(node, "path") or node)
        if path.endswith("/containers/0/image") and isinstance(data.get("value"), str):
            found.put(("container", MAIN, "image"), data["value"], at)
        else:
            found.beyond.append(Left(f"{data.get('op')} {path}", at, "a JSON patch tells it by its place alone"))


def objects(found: Found) -> None:
    """Find what stands beside: the ConfigMap amazon-vpc-cni, ENIConfigs, the service account and the role."""
    siblings = found.context.surface.siblings
    for item in siblings.get("ConfigMap", ()):
        if item.name == "amazon-vpc-cni":
            for key, text in mapping(item.data.get("data")).items():
                _beside(found, item, ("configMap", key), text, ("data", key))
    for item in siblings.get("ENIConfig", ()):
        spec = mapping(item.data.get("spec"))
        _beside(found, item, ("eniConfig", item.name), spec, ("metadata", "name"))
    for item in siblings.get("ServiceAccount", ()):
        for key, text in mapping(mapping(item.data.get("metadata")).get("annotations")).items():
            if key not in _NOTES:
                path = ("serviceAccount", "annotations", key)
                _beside(found, item, path, text, ("metadata", "annotations", key))
    _role(found)


def _beside(found: Found, item: Item, path: Path, value: object, route: Route) -> None:
    at = node_span(item.text, item.node, route) or span(item.text, item.node)
    if unseen(value):
        found.hidden.append(Left(Choice(path, value, at).name, at, _UNSEEN))
    elif isinstance(value, str | dict):
        found.put(path, value, at)
    else:
        found.beyond.append(Left(Choice(path, value, at).name, at, "the API server takes nothing but a string here"))


def _role(found: Found) -> None:
    """Find what the ClusterRole grants beyond the stock manifest's; a role that grants less takes away nothing here."""
    context = found.context
    for item in context.surface.siblings.get("ClusterRole", ()):
        at = node_span(item.text, item.node, ("rules",)) or span(item.text, item.node)
        for resource, verbs in grants(item).items() if context.release else ():
            more = [verb for verb in dict.fromkeys(verbs) if (resource, verb) not in context.stock.grants]
            if more:
                name = f"ClusterRole {resource} {', '.join(more)}"
                found.beyond.append(Left(name, at, "a permission is no setting of aws-node"))
