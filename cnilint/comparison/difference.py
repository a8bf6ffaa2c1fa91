"""Two places compared: settings with another effect, those only written otherwise, and those that nobody can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.comparison.effective import CONTAINERS, FIELDS, IMAGES, PARTS, PROBES, RELEASE, Effective, effective
from cnilint.comparison.fields import THERE, form
from cnilint.comparison.ignored import beside
from cnilint.comparison.side import NOTHING, UNSET, UNTOLD, Side, frozen
from cnilint.errors import ConfigError
from cnilint.facts import Facts
from cnilint.facts.ownership import ownership
from cnilint.knowledge.releases import newest
from cnilint.record import NamedTuple
from cnilint.surface.joined import joined
from cnilint.surface.model import AGENT, HELPER, MAIN, OVERLAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnilint.facts import Told
    from cnilint.surface.model import Surface

# Told as parts of aws-node's own pod; a file that does not show its container may be silent of it.
_SILENT: Final = frozenset({AGENT, HELPER})


class Change(NamedTuple):
    """A setting that is not the same on both sides; ``owner`` and ``verdict`` are those of the new side's field.

    ``reason`` is why different values have no effect, empty where they have, or mean the same.
    """

    part: str
    name: str
    old: Side
    new: Side
    owner: str = ""
    verdict: str = ""
    reason: str = ""


class Comparison(NamedTuple):
    """Two places that configure the same aws-node.

    ``changes`` have another effect; ``same`` are written otherwise and have the same. ``unknown`` cannot be compared:
    one side does not tell. ``silent`` are the parts of which one side (the first of the pair: ``old`` or ``new``) tells
    nothing.
    """

    old: Effective
    new: Effective
    changes: tuple[Change, ...]
    same: tuple[Change, ...]
    unknown: tuple[Change, ...]
    silent: tuple[tuple[str, str], ...]


class Difference(NamedTuple):
    """What two files differ in: the places that are compared, and those that only one of them has."""

    comparisons: tuple[Comparison, ...]
    gone: tuple[Surface, ...]
    new: tuple[Surface, ...]

    @property
    def differs(self) -> bool:
        """Whether anything has another effect, or may have."""
        return bool(self.gone or self.new or any(each.changes for each in self.comparisons))


def difference(old: Sequence[Surface], new: Sequence[Surface], told: tuple[Told, Told]) -> Difference:
    """Return what two files differ in, from the surfaces of each and what is told about each."""
    before, after = ([*joined([*found], named=False)] for found in (old, new))
    pairs, gone, came = _paired(before, after)
    return Difference(tuple(_compared(one, other, told) for one, other in pairs), tuple(gone), tuple(came))


def configuring(found: Sequence[Surface], path: str) -> Sequence[Surface]:
    """Return surfaces that are to be compared. Raises ConfigError where there are none."""
    if not found:
        raise ConfigError("neither aws-node nor nodes are configured in it", path)
    return found


def _paired(
    old: list[Surface], new: list[Surface]
) -> tuple[list[tuple[Surface, Surface]], list[Surface], list[Surface]]:
    """Return surfaces that configure the same, those that only the one side has, and those of the other.

    They are the same where they are called the same: those that say the same first, then in the order of the texts.
    Of the others, where each side has one alone that configures aws-node, or nodes, these are.
    """
    old, new, pairs = [*old], [*new], list[tuple["Surface", "Surface"]]()
    for alike in (_content, _named, _role):
        for key in dict.fromkeys(map(alike, old)):
            own = [surface for surface in old if alike(surface) == key]
            others = [surface for surface in new if alike(surface) == key]
            if alike is _role and not len(own) == len(others) == 1:
                continue
            pairs += zip(own, others, strict=False)
            count = min(len(own), len(others))
            old = [surface for surface in old if not any(surface is each for each in own[:count])]
            new = [surface for surface in new if not any(surface is each for each in others[:count])]
    return pairs, old, new


def _named(surface: Surface) -> tuple[object, ...]:
    return (_role(surface), surface.kind, surface.cluster, surface.anchor.content)


def _content(surface: Surface) -> tuple[object, ...]:
    settings = ((item.container, item.name, item.value) for item in surface.settings)
    return (*_named(surface), surface.release, frozen(surface.object), *map(frozen, settings))


def _role(surface: Surface) -> object:
    """Return what a surface configures: aws-node by any form, or what its kind says."""
    return "aws-node" if surface.kind in OVERLAYS | {"daemonset", "environment"} else surface.kind


def _compared(one: Surface, other: Surface, told: tuple[Told, Told]) -> Comparison:
    """Return the comparison of two places. The release of one counts for the other where that does not tell any."""
    releases = [Facts(surface, said).context.release for surface, said in zip((one, other), told, strict=True)]
    usual = releases[0] or releases[1] or newest()
    old = effective(one, told[0], releases[1] or usual)
    new = effective(other, told[1], releases[0] or usual)
    found: dict[str, list[Change]] = {"changes": [], "same": [], "unknown": []}
    names = [name for name in PARTS if name in old.parts and name in new.parts and _comparable(name, old, new)]
    for pair in (change for name in names for change in _part(name, old, new)):
        change = pair._replace(reason=_reason(pair, old, new))
        kind = _kind(change, old, new)
        if kind:
            found[kind].append(change)
    changes, same, unknown = (tuple(each) for each in found.values())
    edited = ownership(new.context) if changes else []
    changes = tuple(_owned(change, edited) for change in changes)
    return Comparison(old, new, changes, same, unknown, tuple(_silent(old, new)))


def _kind(change: Change, old: Effective, new: Effective) -> str:
    """Return what a pair of sides is: ``changes``, ``same`` or ``unknown``; empty where there is nothing to tell."""
    written = change.old.written, change.new.written
    chosen = written != (None, None)
    if change.reason or change.old.same == change.new.same:
        alike = form(old.surface) == form(new.surface) or None not in written
        return "same" if alike and written[0] != written[1] and not _follows(change, old, new) else ""
    if NOTHING in (change.old.same, change.new.same) and not chosen:
        return ""  # a release reads what another does not, and nobody sets it
    if all(each.known or each.written is not None for each in (change.old, change.new)):
        return "changes"
    if chosen and all(_open(side, change.part) for side in (old, new)):
        return "changes"
    return "unknown" if chosen else ""


def _open(side: Effective, part: str) -> bool:
    """Tell whether a part of a side may hold more than what is written."""
    return side.context.open_ended(part) if part in CONTAINERS else side.partial


def _reason(change: Change, old: Effective, new: Effective) -> str:
    """Return why another value has no effect, empty where it may have one: nothing reads it, or not beside others."""
    sides = change.old, change.new
    if any(each.same == NOTHING for each in sides) and all(each.same == NOTHING or each == UNSET for each in sides):
        return "read by nothing"
    if change.part != MAIN:
        return ""
    rivals = [beside(change.name, side.parts[MAIN]) for side in (old, new)]
    return f"ignored beside {' and '.join(dict.fromkeys(rivals))}" if all(rivals) else ""


def _follows(change: Change, old: Effective, new: Effective) -> bool:
    """Tell whether a setting is another only because the release is: a tag, and the version beside it."""
    if change.part == RELEASE:
        return True  # the one tells what is taken for the other
    if change.part == IMAGES:
        return old.release != new.release
    return change.old.written == old.release and change.new.written == new.release


def _comparable(name: str, old: Effective, new: Effective) -> bool:
    return name != FIELDS or form(old.surface) == form(new.surface)


def _part(name: str, old: Effective, new: Effective) -> Iterator[Change]:
    one, other = old.parts[name], new.parts[name]
    missing = tuple(UNTOLD if each.partial and name not in CONTAINERS else UNSET for each in (old, new))
    alone = _objects(one) ^ _objects(other) if name == FIELDS else set()
    unlike = {each for each in alone if not _listed(each, one) or not _listed(each, other)}
    for key in sorted(one | other, key=lambda key: (key not in one or key not in other, key)):
        of = next((each for each in alone if key == each or key.startswith(f"{each}.")), "")
        if not of or (key == of and of not in unlike):
            yield Change(name, key, one.get(key, missing[0]), other.get(key, missing[1]))


def _objects(part: Mapping[str, Side]) -> set[str]:
    """Return the objects beside the DaemonSet that a side has: ``ENIConfig a``."""
    return {key for key, side in part.items() if side == THERE}


def _listed(name: str, part: Mapping[str, Side]) -> bool:
    """Tell whether a side has any object of the kind that a name starts with."""
    return any(each.partition(" ")[0] == name.partition(" ")[0] for each in _objects(part))


def _silent(old: Effective, new: Effective) -> Iterator[tuple[str, str]]:
    """Yield the parts, and the objects, of which only one side tells, with the side that does not."""
    alike = form(old.surface) == form(new.surface)
    for name in PARTS:
        aside = name in _SILENT or (not alike and name in (IMAGES, FIELDS))
        if not aside and (name in old.parts) != (name in new.parts):
            yield ("new" if name in old.parts else "old"), name
    one, other = (each.parts.get(FIELDS, {}) if alike else {} for each in (old, new))
    for name in sorted(_objects(one) ^ _objects(other)):
        if not (_listed(name, one) and _listed(name, other)):
            yield ("new" if name in _objects(one) else "old"), name


def _owned(change: Change, edited: Iterable[Mapping[str, object]]) -> Change:
    """Return a change with the manager of its field, where the new side is known to have one."""
    ends: tuple[str, ...] = (f".{change.part}.env.{change.name}", f".{change.part}.env.{change.name}.value")
    if change.part == IMAGES:
        ends = (f".{change.name}.image",)
    elif change.part == PROBES:
        ends = (f".{change.name.replace(' ', '.')}",)
    elif change.part == FIELDS:
        ends = (change.name,)
    for element in edited:
        if str(element["field"]).endswith(ends):
            return change._replace(owner=str(element["manager"]), verdict=str(element["verdict"]))
    return change
