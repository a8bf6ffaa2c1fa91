"""The settings of one file for another release: what is carried over, what is so anyway, what cannot be carried.

A three-way merge by meaning: what the old file sets beyond the stock manifest of its own release, laid over what the
new one says. What a release reads and ships, the tables of variables and releases tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.choices.flat import Flat, shipped, usual
from cnilint.choices.model import REMOVED, Choice, Choices, Left
from cnilint.choices.nothing import same_without
from cnilint.facts.release import ABSENT, reads, since, unset_values, used
from cnilint.knowledge.flags import flags
from cnilint.knowledge.releases import agent
from cnilint.knowledge.variables import variables
from cnilint.knowledge.versions import before, image
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, INIT, MAIN
from cnilint.upgrade.shown import difference, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.choices.flat import Path

# How ``Choices`` names a permission among what is no setting; they are carried by themselves.
GRANT: Final = "ClusterRole "
_OWN: Final = (MAIN, INIT, AGENT)


class Carried(NamedTuple):
    """What becomes of the settings of an old file: those to put into the new one, those left out, and notes.

    ``items`` are choices against the new release's stock manifest. ``left`` cannot be carried, each with the reason;
    ``notes`` are sentences about what is not repeated, and about what both sides changed.
    """

    items: tuple[Choice, ...]
    left: tuple[Left, ...]
    notes: tuple[str, ...]


class _Merge:
    """The old file's choices, and what the new file says, path by path."""

    def __init__(self, old: Choices, new: Choices) -> None:
        self.old, self.new = str(old.release), str(new.release)
        self.base, self.target = shipped(old.release), shipped(new.release)
        self.there: Flat = new.desired
        self.items: list[Choice] = []
        self.left: list[Left] = []
        self.notes: list[str] = []
        self.idle: list[str] = []
        self.registries: dict[str, list[str]] = {}
        self.without = {item.path[1] for item in old.items if _is_container(item.path) and item.value is REMOVED}

    def lose(self, item: Choice, reason: str) -> None:
        """Keep a choice among those that cannot be carried."""
        self.left.append(Left(item.name, item.at, reason))


def carried(old: Choices, new: Choices) -> Carried:
    """Return what becomes of the choices of one file in another; both know their release."""
    merge = _Merge(old, new)
    for item in old.items:
        reason = _gone(merge, item)
        if reason:
            merge.lose(item, reason)
        elif item.path[0] == "container" and item.path[2:] == ("image",):
            _image(merge, item)
        else:
            _single(merge, item)
    for registry, names in merge.registries.items():
        what = f"images of {', '.join(names)}"
        merge.notes.append(f"{what}: from {registry} as in the old file, with the new tags: see that they are there")
    if merge.idle:
        merge.notes.append(f"left as {merge.new} ships it, for it makes no difference: {', '.join(merge.idle)}")
    beyond = (each for each in old.beyond if not each.name.startswith(GRANT))
    return Carried(tuple(merge.items), (*merge.left, *old.hidden, *beyond), tuple(merge.notes))


def _single(merge: _Merge, item: Choice) -> None:
    """Carry one choice, unless the new file says the same anyway."""
    path, value = item.path, item.value
    there = merge.there.get(path, REMOVED if usual(path, value) is False else value)
    if _is_container(path) and value is REMOVED and any(held[:2] == path for held in merge.there):
        merge.items.append(item)
        return
    if there == value:
        if value is not REMOVED:
            merge.notes.append(f"{item.name}: not repeated, {merge.new} has {shown(path, value)} as well")
        return
    if value is REMOVED and same_without(path, merge.new):
        merge.idle.append(item.name)
        return
    if value is REMOVED and _needed(merge, path):
        merge.lose(
            item, f"the old file does not have it, and {merge.new} ships with it: take it out by hand if need be"
        )
        return
    if path not in merge.target and _default(path, value, merge.new):
        merge.notes.append(f"{item.name}: not repeated, {shown(path, value)} is the default of {merge.new}")
        return
    was, wanted = merge.base.get(path), merge.target.get(path)
    if path[-1] == "command" and was != wanted and value is not REMOVED:
        merge.lose(item, f"the shipped one changes, {_change(path, was, wanted)}, and an older one may ask in vain")
        return
    if was is not None and wanted is not None and was != wanted:
        mine = "taken away" if value is REMOVED else f"kept as {shown(path, value)}"
        merge.notes.append(f"{item.name}: {mine}, while the shipped one changes: {_change(path, was, wanted)}")
    elif value is REMOVED:
        merge.notes.append(f"{item.name}: taken out, as the old file does not have it")
    merge.items.append(item)


def _is_container(path: Path) -> bool:
    return path[0] == "container" and path[2:] == ()


def _needed(merge: _Merge, path: Path) -> bool:
    """Tell whether something is part of what containers run on: a mount, its volume, what they are allowed.

    What only a container has that is taken out goes with it.
    """
    if path[0] == "volume":
        users = {held[1] for held, data in merge.there.items() if held[0] == "mount" and data == {"name": path[1]}}
        return bool(users - merge.without)
    return (path[0] == "mount" and path[1] not in merge.without) or path[2:3] == ("securityContext",)


def _change(path: Path, was: object, wanted: object) -> str:
    return difference(path, was, wanted) if was is not None and wanted is not None else "in one of the two it is new"


def _gone(merge: _Merge, item: Choice) -> str:
    """Return why the new release has no place for a choice; "" where it has one."""
    kind = item.path[0]
    container = AGENT if kind == "flag" else item.path[1] if kind in ("env", "mount", "container") else ""
    below = not _is_container(item.path)
    if item.value is REMOVED:
        return ""
    if (
        container
        and below
        and container in _OWN
        and not any(held[:2] == ("container", container) for held in merge.there)
    ):
        return f"{merge.new} has no container {container} here"
    if kind == "configMap" and not any(held[0] == "configMap" for held in merge.target):
        return f"{merge.new} has no ConfigMap amazon-vpc-cni"
    if kind == "env":
        return next(unread(item.path, merge.old, merge.new), "")
    version = agent(merge.new) if kind == "flag" else None
    flag = flags().get(item.path[1])
    if flag is not None and version is not None and before(version, flag.first):
        return f"{AGENT} {version}, which {merge.new} ships, does not know it and would exit"
    return ""


def unread(path: Path, old: str, new: str) -> Iterator[str]:
    """Yield why a variable does nothing in the new release, where it did in the old one."""
    variable = variables().get(path[2])
    if variable is None or path[1] not in variable.containers:
        return
    if variable.removed and since(new, variable.removed):
        yield f"no longer read since {variable.removed}"
    elif reads(old, variable) and not reads(new, variable):
        yield f"{new} does not read it: {variable.first} is the first release that does"
    elif variable.dead and since(new, variable.dead) and not since(old, variable.dead):
        yield f"without effect since {variable.dead}"


def _default(path: Path, value: object, release: str) -> bool:
    """Tell whether a variable that the manifest does not set has the value that it has without being set."""
    variable = variables().get(path[-1]) if path[0] == "env" else None
    if variable is None or path[1] not in variable.containers or not isinstance(value, str):
        return False
    usual = unset_values(release, path[1]).get(path[2], ABSENT)
    return usual is not ABSENT and reads(release, variable) and used(release, variable, value) == usual and bool(value)


def _image(merge: _Merge, item: Choice) -> None:
    """Carry the registry and the repository of an image, with the tag of the new file."""
    there = merge.there.get(item.path)
    if not isinstance(item.value, str) or not isinstance(there, str):
        merge.lose(item, f"{merge.new} has no such image")
        return
    mine, other, usual = (image(str(text)) for text in (item.value, there, merge.base.get(item.path, "")))
    if mine.digest:
        merge.notes.append(f"{item.name}: the digest is that of the old image and is left out")
    if (mine.registry, mine.repository) == (usual.registry, usual.repository):
        return
    name = f"{mine.registry}/{mine.repository}".lstrip("/")
    if f"{name}:{other.tag}" != there:
        merge.items.append(item._replace(value=f"{name}:{other.tag}"))
        merge.registries.setdefault(mine.registry or mine.repository, []).append(item.path[1])
