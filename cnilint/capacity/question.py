"""What is asked: settings under a name, and the nodes they are asked about.

Both come from surfaces, the stock manifest, options and the configuration.

Nothing is guessed: a variable that nobody tells is an error that names it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cnilint.capacity.settings import FIELDS, missing, settings
from cnilint.errors import ConfigError
from cnilint.facts.capacity import stated
from cnilint.facts.context import Context
from cnilint.facts.release import ABSENT, reads, stock_values, unset_values, used
from cnilint.knowledge.instances import all_types, instance, unknown
from cnilint.knowledge.releases import known as known_release
from cnilint.knowledge.releases import nearest_known, newest
from cnilint.knowledge.variables import UNSET, Malformed, expected, nearest, value, variables
from cnilint.record import NamedTuple
from cnilint.surface.model import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnilint.capacity.settings import Settings
    from cnilint.facts.context import Told
    from cnilint.knowledge.instances import Instance
    from cnilint.surface.model import NodeGroup, Surface

ALL_TYPES: Final = "all"
_ASIDE: Final = frozenset({"nodes", "objects"})


class Node(NamedTuple):
    """Nodes of one instance type; ``max_pods`` is None where it has to be worked out."""

    instance: Instance
    max_pods: int | None = None
    managed: bool = False


class Asked(NamedTuple):
    """Settings under a name: the release, the typed values, and the groups of nodes that the file describes.

    ``option`` is the one by which a value that is missing can be told. ``notes`` are sentences about what is not taken
    as it is written, by the variable's name; "" is the release.
    """

    name: str
    release: str
    values: Mapping[str, object]
    groups: tuple[NodeGroup, ...] = ()
    option: str = "--set"
    notes: Mapping[str, str] = MappingProxyType({})

    @property
    def settings(self) -> Settings:
        """What ipamd makes of the values. Raises ConfigError where one that matters is not known."""
        unknown = missing(self.values)
        if unknown:
            stock = stock_values(self.release, MAIN)
            told = ",".join(f"{name}={_text(stock.get(name))}" for name in unknown)
            raise ConfigError(
                f"{self.name} does not tell {_listed(unknown)}: say what the nodes have; "
                f"as the stock manifest of {self.release} has it, that is {self.option} {told}"
            )
        return settings(self.values, self.release)


def stock(told: Told, groups: tuple[NodeGroup, ...] = (), beside: str = "") -> Asked:
    """Return the settings of a release's stock manifest: of the one that was told, else of the newest."""
    release = told.cni or newest()
    values = {**unset_values(release, MAIN), **stock_values(release, MAIN)}
    name = f"stock manifest of {release}" + (f" on the nodes of {beside}" if beside else "")
    return Asked(name, release, values, groups, notes=_unknown_release(release))


def of_surfaces(found: Sequence[Surface], told: Told, path: str) -> list[Asked]:
    """Return what each place of a file that configures aws-node asks; of nodes alone, the stock manifest on them.

    Raises ConfigError where the file tells of neither.
    """
    told = told._replace(cni=told.cni or newest())
    own = [surface for surface in found if surface.kind not in _ASIDE]
    groups = tuple(group for surface in found for group in surface.nodes)
    if not own and not groups:
        raise ConfigError("neither aws-node nor nodes are configured in it", path)
    if not own:
        return [stock(told, groups, path)]
    asked = []
    for surface in own:
        context = Context(surface, told)
        line, column = surface.anchor.text.position(surface.anchor.start)
        name = path if len(own) == 1 else f"{path}:{line}:{column}"
        nodes = groups if len(own) == 1 else surface.nodes
        release = context.release or newest()
        notes = {**_unknown_release(release), **_malformed(context)}
        asked.append(Asked(name, release, context.values(MAIN), nodes, notes=notes))
    return asked


def _unknown_release(release: str) -> dict[str, str]:
    if known_release(release):
        return {}
    near = nearest_known(release) or newest()
    return {"": f"{release} is no release that cnilint knows: where it does not tell, it is taken to be like {near}"}


def _malformed(context: Context) -> dict[str, str]:
    """Return what to say of values that ipamd cannot read, each with its place; it goes on with the default."""
    found = {}
    for name in FIELDS:
        setting, text = context.standing.get((MAIN, name)), context.texts(MAIN).get(name)
        if setting is None or not isinstance(text, str):
            continue
        try:
            value(variables()[name], text, context.release)
        except Malformed as error:
            line, column = setting.at.text.position(setting.at.start)
            place = f"{setting.at.text.path}:{line}:{column}"
            found[name] = f"{place}: {name} is {text!r}, which {error.reason}: it counts as not set"
    return found


def pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """Return names and values of an option's texts, of which each may hold several: ``A=1,B=2``.

    Raises ConfigError for what is none, and for a name that capacity does not depend on.
    """
    found = {}
    for text in texts:
        for item in text.split(","):
            name, sign, written = item.strip().partition("=")
            if not sign:
                raise ConfigError(f"{option} {text}: {item.strip()!r} is not NAME=VALUE")
            if name not in FIELDS:
                raise ConfigError(f"{option} {item.strip()}: {_no_setting(name)}")
            found[name] = written.strip()
    return found


def changed(asked: Asked, texts: Mapping[str, str], option: str) -> Asked:
    """Return settings with other values of some variables; an empty text is a variable that is not set.

    Raises ConfigError for a value that the release does not take.
    """
    values = dict(asked.values)
    for name, text in texts.items():
        variable = variables()[name]
        if not reads(asked.release, variable):
            raise ConfigError(f"{option} {name}={text}: {asked.release} does not read it")
        try:
            if text:
                value(variable, text, asked.release)
        except Malformed as error:
            raise ConfigError(f"{option} {name}={text}: {error.reason}; it takes {expected(variable)}") from None
        typed = used(asked.release, variable, text or UNSET)
        values.pop(name, None) if typed is ABSENT else values.update({name: typed})
    what = ", ".join(f"{name}={text}" for name, text in texts.items())
    notes = {name: note for name, note in asked.notes.items() if name not in texts}
    return asked._replace(name=f"{asked.name} with {what}" if texts else asked.name, values=values, notes=notes)


def nodes(asked: Asked, types: Sequence[str], configured: Sequence[str], limits: tuple[int | None, ...]) -> list[Node]:
    """Return the nodes that settings are asked about: those of an option, else of the file, else of the configuration.

    ``limits`` are the max pods of the option and of the configuration: the file's stand between them. Raises
    ConfigError for a type that is not known, where nobody names any, and where a file's max pods cannot be seen.
    """
    groups = [group for group in asked.groups if not group.windows]
    wanted = types or [name for group in groups for name in group.types] or configured
    if not wanted:
        raise ConfigError(f"no instance type is known for {asked.name}: name some with --instance-type, or {ALL_TYPES}")
    for group in () if types else groups:
        for name in group.types:
            if instance(name) is None:
                raise ConfigError(unknown(name), group.at.text.path, *group.at.text.position(group.at.start))
    found = []
    for item in map(known, _expanded(wanted)):
        of: list[NodeGroup | None] = [group for group in groups if item.type in group.types]
        found += [_node(item, group, limits) for group in of or [None]]
    return list(dict.fromkeys(found))


def same(found: Sequence[Node], name: str) -> Node:
    """Return the one kind of node that there is. Raises ConfigError where there are several."""
    if len(found) > 1:
        raise ConfigError(f"{name} has {found[0].instance.type} with several max pods: say them with --max-pods")
    return found[0]


def known(name: str) -> Instance:
    """Return an instance type. Raises ConfigError, with the nearest names, for one that the table does not have."""
    found = instance(name)
    if found is None:
        raise ConfigError(unknown(name))
    return found


def _expanded(types: Sequence[str]) -> list[str]:
    return all_types() if ALL_TYPES in types else list(dict.fromkeys(types))


def _node(item: Instance, group: NodeGroup | None, limits: tuple[int | None, ...]) -> Node:
    option, configured = limits
    if option is not None or group is None:
        return Node(item, option or configured, group is not None and group.managed)
    pods = stated(group, item)
    if pods is None and (group.hidden or group.pods_per_core is not None or group.expression is not None):
        at = group.at
        raise ConfigError(
            f"the max pods of {group.name or item.type} cannot be told: say them with --max-pods",
            at.text.path,
            *at.text.position(at.start),
        )
    return Node(item, pods or configured, group.managed)


def _no_setting(name: str) -> str:
    close = nearest(name)
    if close in FIELDS:
        return f"unknown variable; did you mean {close}?"
    return f"capacity does not depend on it, but on {', '.join(FIELDS)}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _text(held: object) -> str:
    """Return a value as it is written; empty where nothing is set."""
    return str(held).lower() if isinstance(held, bool) else "" if held is None else str(held)
