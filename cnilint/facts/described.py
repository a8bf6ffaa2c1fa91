"""A DaemonSet aws-node as plain data: what a surface writes, or what an annotation says was applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.knowledge.releases import FIELD_REF
from cnilint.knowledge.versions import image
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, INIT, MAIN, UNKNOWN, items, mapping, placeholder, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnilint.surface.model import Surface

Path = tuple[str | int, ...]

POD: Final = ("spec", "template", "spec")
# Where each container stands; the stock manifest has no other.
LISTS: Final = {MAIN: "containers", AGENT: "containers", INIT: "initContainers"}
# What a patch writes to take an entry away.
DELETED: Final = "$patch: delete"


class Described(NamedTuple):
    """A DaemonSet: its plain data, its containers' by name, and the texts of their environments.

    A text that nobody can see is None; one of the downward API reads ``@fieldRef:spec.nodeName``, as in the release
    table; an entry that a patch takes away is DELETED. ``partial``: what is not written is unknown. ``live``: it was
    read from a cluster, where entries without a value are no edit but what an overwrite left.
    """

    data: Mapping[str, object]
    containers: Mapping[str, Mapping[str, object]]
    env: Mapping[tuple[str, str], str | None]
    partial: bool
    live: bool

    @property
    def pod(self) -> dict[str, object]:
        """The pod template's spec."""
        return mapping(mapping(mapping(self.data.get("spec")).get("template")).get("spec"))

    @property
    def release(self) -> str | None:
        """The release that the image of aws-node tells."""
        written = self.containers.get(MAIN, {}).get("image")
        return image(written).version if isinstance(written, str) else None


def of_surface(surface: Surface) -> Described:
    """Return what a surface describes; the environment of a JSON patch stands in its settings alone."""
    containers = {name: found.data for name, found in surface.containers.items()}
    env = _environment(containers, live=surface.live)
    for setting in surface.settings:
        place = (setting.container, setting.name)
        if place not in env and setting.container not in containers:
            env[place] = _seen(setting.value)
    return Described(surface.object, containers, env, surface.partial, surface.live)


def of_data(data: Mapping[str, object]) -> Described:
    """Return what plain data describes: an object as somebody applied it."""
    pod = mapping(mapping(mapping(data.get("spec")).get("template")).get("spec"))
    containers = {
        str(content.get("name")): content
        for key in ("initContainers", "containers")
        for content in items(pod.get(key))
        if LISTS.get(str(content.get("name"))) == key
    }
    return Described(data, containers, _environment(containers), partial=False, live=False)


def _environment(
    containers: Mapping[str, Mapping[str, object]], *, live: bool = False
) -> dict[tuple[str, str], str | None]:
    found: dict[tuple[str, str], str | None] = {}
    for container, data in containers.items():
        for entry in items(data.get("env")):
            name = entry.get("name")
            if isinstance(name, str):
                found[container, name] = _text(entry, live=live)
    return found


def _text(entry: dict[str, object], *, live: bool) -> str | None:
    written = entry.get("value")
    if isinstance(written, str) and len(entry) == len(("name", "value")):  # nearly all
        return None if placeholder(written) else written
    if entry.get("$patch") == "delete":
        return DELETED
    source = entry.get("valueFrom")
    if source is not None:
        path = mapping(mapping(source).get("fieldRef")).get("fieldPath")
        return f"{FIELD_REF}{path}" if isinstance(path, str) else None
    if written is None and live:
        return None
    return _seen(value(entry))


def _seen(text: object) -> str | None:
    """Return a value as the text that was meant; None for what nobody can see."""
    if text is UNKNOWN or isinstance(text, dict | list):
        return None
    return str(text).lower() if isinstance(text, bool) else str(text)


def hidden(data: object) -> bool:
    """Tell whether some of plain data is put in later: a placeholder, or what a tool works out."""
    if isinstance(data, dict):
        return any(map(hidden, data.values()))
    if isinstance(data, list):
        return any(map(hidden, data))
    return data is UNKNOWN or placeholder(data)


def reached(data: object, path: Iterable[str | int]) -> object:
    """Return what stands at a path of keys below plain data, None where nothing does."""
    for step in path:
        data = mapping(data).get(str(step))
    return data
