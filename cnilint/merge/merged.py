"""A file's settings in the text of another release: carried over, put in, and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.choices.choices import choices
from cnilint.choices.flat import Flat, shipped, unseen
from cnilint.choices.model import REMOVED, Choice, Choices, Left
from cnilint.errors import ConfigError
from cnilint.facts.context import Context, Told
from cnilint.facts.objects import grants
from cnilint.merge.carried import Carried, carried, unread
from cnilint.merge.into import Draft, values_into
from cnilint.record import NamedTuple
from cnilint.source.inset import HOLE, Inset
from cnilint.source.yaml import ScalarNode, documents, span
from cnilint.surface import surfaces
from cnilint.surface.model import AGENT, OVERLAYS, UNKNOWN
from cnilint.surface.reach import node_span
from cnilint.upgrade.around import granted

if TYPE_CHECKING:
    from cnilint.choices.flat import Path
    from cnilint.source.text import Text
    from cnilint.surface.model import Surface

_REFUSED: Final = "the new file is laid out so that it cannot be put in"


class Merged(NamedTuple):
    """The new text with the old settings: those carried, those that were not, and what there is to know beside."""

    text: Text
    items: tuple[Choice, ...]
    left: tuple[Left, ...]
    notes: tuple[str, ...]


def merged(old: Context, new: Context) -> Merged:
    """Return the text of a new release's file with the settings of an old file in it.

    Raises ConfigError where either is of no known release, and where the new file is neither a whole manifest nor plain
    values.
    """
    surface = new.surface
    if not _whole(surface):
        reason = "what settings are carried to must be a whole manifest of a release, or a file of the chart's values"
        raise ConfigError(reason, surface.text.path)
    mine, theirs = choices(old), choices(new)
    found = carried(mine, theirs)
    if surface.kind == "daemonset":
        found = _with_unseen(old, theirs, found)
        text, left = _manifest(old, new, found)
    else:
        text, left = _values(new, theirs, found)
    lost = [*found.left, *left, *_differing(new, text, theirs, found, left)]
    gone = {item.name for item in lost}
    kept = tuple(item for item in found.items if item.name not in gone)
    return Merged(text, kept, tuple(lost), found.notes)


def _whole(surface: Surface) -> bool:
    """Tell whether a surface is a whole manifest, or values that are all that its file holds."""
    if isinstance(surface.text, Inset) or surface.partial:
        return False
    if surface.kind not in OVERLAYS:
        return surface.kind == "daemonset"
    return [root.start_mark.index for root in documents(surface.text)] == [surface.node.start_mark.index]


def _with_unseen(old: Context, theirs: Choices, found: Carried) -> Carried:
    """Return choices with the variables whose values are put in later: they are carried as they are written."""
    left, items, notes = list(found.left), list(found.items), list(found.notes)
    for (container, name), setting in old.standing.items():
        path, node = ("env", container, name), setting.value_node
        hidden = [each for each in left if each.at == setting.at and each.name == Choice(path, "", each.at).name]
        if not hidden or not isinstance(node, ScalarNode) or HOLE in node.value or setting.value is not UNKNOWN:
            continue
        if any(unread(path, str(old.release), str(theirs.release))) or not _has(theirs, container):
            continue
        left.remove(hidden[0])
        items.append(Choice(path, str(node.value), setting.at))
        notes.append(f"{hidden[0].name}: carried as it is written, {node.value}")
    return Carried(tuple(items), tuple(left), tuple(notes))


def _has(theirs: Choices, container: str) -> bool:
    """Tell whether the new manifest has a container."""
    return any(path[:2] == ("container", container) for path in theirs.desired)


def _manifest(old: Context, new: Context, found: Carried) -> tuple[Text, list[Left]]:
    """Return a manifest with choices put in one by one, and those that it does not allow."""
    inits = (name for name, container in new.surface.containers.items() if container.init)
    draft, left = Draft(new.surface.text, inits), list[Left]()
    order = sorted(found.items, key=lambda item: (item.value is REMOVED, not item.path[2:]))  # whole ones last
    for item in order:
        if not (draft.put(item) or (item.value is REMOVED and _within(item.path, found))):
            left.append(Left(item.name, item.at, _REFUSED))
    for role in old.surface.siblings.get("ClusterRole", ()):
        at = node_span(role.text, role.node, ("rules",)) or span(role.text, role.node)
        others = new.surface.siblings.get("ClusterRole", ())
        for resource, verbs in grants(role).items():
            more = [
                verb
                for verb in dict.fromkeys(verbs)
                if (resource, verb) not in old.stock.grants
                and not any(granted(each, resource, verb) for each in others)
            ]
            if more and not draft.grant(resource, more):
                left.append(Left(f"ClusterRole {resource} {', '.join(more)}", at, "the new file has no such role"))
    return draft.text, left


def _within(path: Path, found: Carried) -> bool:
    """Tell whether something goes with the container that is taken out as a whole."""
    container = AGENT if path[0] == "flag" else path[1]
    return any(item.path == ("container", container) and item.value is REMOVED for item in found.items)


def _values(new: Context, theirs: Choices, found: Carried) -> tuple[Text, list[Left]]:
    """Return values with choices put in, and those that no value can hold."""
    from cnilint.convert.valued import values  # noqa: PLC0415  # for this form alone

    whole = {**{item.path: item for item in theirs.items}, **{item.path: item for item in found.items}}
    made = values(theirs._replace(items=tuple(whole.values())), addon=new.surface.kind == "addon")
    text = values_into(new.surface.text, made.data)
    if text is None:
        raise ConfigError(_REFUSED, new.surface.text.path)
    ours = {item.name for item in found.items}
    return text, [item for item in made.lost if item.name in ours]


def _differing(new: Context, text: Text, theirs: Choices, found: Carried, left: list[Left]) -> list[Left]:
    """Return the choices that are not read back as they were put in.

    Raises ConfigError where anything else is read otherwise: then nothing may be written.
    """
    told = Told(new.release, new.told.kubernetes, new.told.managed)
    every = surfaces(text) or surfaces(text, kind=new.surface.kind)
    others = [each for each in every if each.kind == new.surface.kind]
    if len(others) != 1:
        raise ConfigError("the settings cannot be put into it: it would not be read as it is now", text.path)
    read = choices(Context(others[0], told)).flat
    lost = {item.name for item in left}
    wanted = _wanted(theirs, [item for item in found.items if item.name not in lost])
    wrong = {path for path in wanted.keys() | read.keys() if wanted.get(path) != read.get(path)}
    mine = [item for item in found.items if item.path in wrong and item.name not in lost]
    others_too = sorted(wrong - {item.path for item in found.items})
    if others_too:
        name = Choice(others_too[0], None, new.surface.anchor).name
        raise ConfigError(f"the settings cannot be put into it: {name} would change as well", text.path)
    return [Left(item.name, item.at, _REFUSED) for item in mine]


def _wanted(theirs: Choices, items: list[Choice]) -> Flat:
    """Return the choices that the new text must have: its own, with those that are put in."""
    usual, found = shipped(theirs.release), dict(theirs.flat)
    for item in items:
        whole = item.path[0] == "container" and item.path[2:] == ()
        found.pop(item.path, None)
        if unseen(item.value):
            continue  # read as nothing that is known
        if item.value is REMOVED:
            found.update({item.path: REMOVED} if whole or item.path in usual else {})
        elif usual.get(item.path) != item.value:
            found[item.path] = item.value
    gone = {
        path[1] for path, value in found.items() if path[0] == "container" and path[2:] == () and value is REMOVED
    }  # as above
    return {path: value for path, value in found.items() if not _below(path, gone)}


def _below(path: Path, gone: set[str]) -> bool:
    """Tell whether a path is part of a container that is not there."""
    if path[0] == "flag":
        return AGENT in gone
    return path[0] in ("env", "mount", "container") and path[2:] != () and path[1] in gone
