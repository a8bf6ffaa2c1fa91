"""What becomes of the settings that a surface makes, and of those it leaves alone, in another release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.choices.model import REMOVED
from cnilint.facts.release import ABSENT, reads, since, stock_values, unset_values, used
from cnilint.facts.settings import as_json
from cnilint.knowledge.flags import default, flags, parsed
from cnilint.knowledge.releases import agent, stock
from cnilint.knowledge.variables import variables
from cnilint.knowledge.versions import before
from cnilint.knowledge.versions import parsed as number
from cnilint.surface.model import AGENT, INIT, MAIN
from cnilint.upgrade.moved import said, settings
from cnilint.upgrade.note import DEFAULTS, NEW, SETTINGS, Note, manifest_url, url
from cnilint.upgrade.target import between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.choices.flat import Path
    from cnilint.choices.model import Choices
    from cnilint.facts.context import Context
    from cnilint.knowledge.variables import Variable
    from cnilint.surface.model import Setting

# Where the agent's flags are read.
_FLAGS_URL: Final = "https://github.com/aws/aws-network-policy-agent/blob/main/README.md"
# Types of variables whose value is a switch, a number or a word; all others say where something is.
_PLAIN: Final = frozenset({"bool", "int", "enum"})
_VERSION: Final = "VPC_CNI_VERSION"


def fates(context: Context, chosen: Choices, old: str, new: str) -> Iterator[Note]:
    """Yield what becomes of the settings of a surface when release ``old`` becomes ``new``."""
    own = [note for setting in settings(context, chosen) for note in _fate(setting, old, new)]
    own += _flags(chosen, old, new)
    places = {note.at for note in own if note.at is not None and note.act}
    yield from own
    yield from (note for note in said(context, chosen, old, new) if note.at not in places)
    defaults = [*_defaults(chosen, old, new)]
    yield from defaults
    known = {note.name for note in (*own, *defaults)} | {_name(path[1], path[2]) for path in _variables(chosen)}
    yield from _appearing(known, old, new)


def _variables(chosen: Choices) -> Iterator[Path]:
    return (path for path in chosen.flat if path[0] == "env")


def _fate(setting: Setting, old: str, new: str) -> Iterator[Note]:
    """Yield what becomes of a variable."""
    variable = variables().get(setting.name)
    if variable is None or setting.container not in variable.containers or setting.name == _VERSION:
        return
    now, then = reads(old, variable), reads(new, variable)
    note = Note(SETTINGS, _name(setting.container, setting.name), "", (url(variable.source),), setting.at)
    if now and not then:
        yield _lost(note, variable, new)
    elif then and variable.dead and since(new, variable.dead) and not since(old, variable.dead):
        text = f"read without effect since {variable.dead}: {variable.description}"
        yield note._replace(text=text, since=variable.dead, act=True)
    elif then and not now and variable.first and not since(old, variable.first):
        text = f"{variable.first} is the first release that reads it: from then on it counts"
        yield note._replace(text=text, since=variable.first)
    elif now and then:
        yield from _meaning(note, variable, setting, old, new)


def _lost(note: Note, variable: Variable, new: str) -> Note:
    if variable.removed and since(new, variable.removed):
        text = f"no longer read since {variable.removed}: leave it out. {variable.description}"
        return note._replace(text=text, since=variable.removed, act=True)
    return note._replace(text=f"{new} does not read it: {variable.first} is the first release that does", act=True)


def _meaning(note: Note, variable: Variable, setting: Setting, old: str, new: str) -> Iterator[Note]:
    """Yield what another release makes of the same text."""
    one, other = (used(release, variable, setting.value) for release in (old, new))
    if ABSENT not in (one, other) and one != other:
        yield note._replace(text=f"{setting.written} means {as_json(other)} there, and {as_json(one)} here", act=True)
    if variable.deprecated and since(new, variable.deprecated) and not since(old, variable.deprecated):
        yield note._replace(text=f"deprecated since {variable.deprecated}", since=variable.deprecated)
    place = setting.container, setting.name
    texts = [stock(release).env(place[0]).get(place[1]) for release in (old, new)]
    if texts[1] == setting.value != texts[0] and texts[0] is not None:
        text = f"{texts[1]} is what the manifest of {new} sets as well: it can be left out"
        yield note._replace(text=text, sources=(manifest_url(new),))


def _flags(chosen: Choices, old: str, new: str) -> Iterator[Note]:
    """Yield the flags of the agent that the other release's does not know: it ends at once."""
    agents = agent(old), agent(new)
    for item in chosen.items:
        flag = flags().get(item.path[1]) if item.path[0] == "flag" else None
        if flag is None or item.value is REMOVED or agents[0] is None:
            continue
        note = Note(SETTINGS, item.name, "", (_FLAGS_URL,), item.at, act=True)
        if agents[1] is None:
            yield note._replace(text=f"{new} has no {AGENT}")
        elif before(agents[1], flag.first):
            text = f"{AGENT} {agents[1]}, which {new} ships, does not know it ({flag.first} does) and exits at start"
            yield note._replace(text=text)


def _defaults(chosen: Choices, old: str, new: str) -> Iterator[Note]:
    """Yield what changes where nobody sets anything: by the code, or by the manifest that comes with the release."""
    for container in (MAIN, INIT):
        one, other = usual(old, container), usual(new, container)
        for name, value in other.items():
            variable = variables()[name]
            if name == _VERSION or variable.type not in _PLAIN or ("env", container, name) in chosen.flat:
                continue
            fresh = name not in one and variable.type == "enum" and name in stock(new).env(container)
            if not fresh and one.get(name, value) == value:
                continue
            was = f"{as_json(one[name])} becomes {as_json(value)}" if name in one else f"{as_json(value)}, new"
            reached = [release for release in between(old, new) if usual(release, container).get(name) == value]
            since_when = reached[0] if reached else ""
            text = f"{was}. {variable.description}"
            yield Note(DEFAULTS, _name(container, name), text, (url(variable.source),), since=since_when)
    yield from _flag_defaults(chosen, old, new)


def usual(release: str, container: str) -> dict[str, object]:
    """Return what the variables of a container are where nobody sets any: as shipped, else as the code has it."""
    return {**unset_values(release, container), **stock_values(release, container)}


def _name(container: str, name: str) -> str:
    return name if container == MAIN else f"{container} {name}"


def _flag_defaults(chosen: Choices, old: str, new: str) -> Iterator[Note]:
    """Yield the flags of the agent that have another value where nobody sets them."""
    for name, flag in flags().items() if agent(old) and agent(new) else ():
        one, other = _flag(old, name), _flag(new, name)
        if None in (one, other) or one == other or ("flag", name) in chosen.flat:
            continue
        text = f"{as_json(one)} becomes {as_json(other)}. {flag.description}"
        reached = [release for release in between(old, new) if _flag(release, name) == other]
        yield Note(DEFAULTS, f"{AGENT} --{name}", text, (_FLAGS_URL,), since=reached[0] if reached else "")


def _flag(release: str, name: str) -> object:
    """Return the value of a flag as a release ships it; None where its agent, if it has one, does not know it."""
    version = agent(release)
    written = parsed(stock(release).args(AGENT)).values
    return written.get(name, default(flags()[name], version)) if version else None


def _appearing(known: set[str], old: str, new: str) -> Iterator[Note]:
    """Yield the documented settings that a later release reads first, but for those that are told already."""
    found = []
    for name, variable in variables().items():
        first = variable.first
        container = next((each for each in (MAIN, INIT) if each in variable.containers), None)
        if not first or not container or not variable.documented or variable.dead or _name(container, name) in known:
            continue
        if since(new, first) and not since(old, first) and reads(new, variable):
            text, sources = variable.description, (url(variable.source),)
            found.append(Note(NEW, _name(container, name), text, sources, since=first))
    yield from sorted(found, key=lambda note: (number(note.since) or (), note.name))
