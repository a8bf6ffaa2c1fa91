"""A chart that a tool installs, to a surface: layers of values, then what is assigned over them."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Final

from cnilint.knowledge.chart import CHART
from cnilint.knowledge.variables import variables
from cnilint.knowledge.versions import image, release
from cnilint.record import NamedTuple
from cnilint.source.plain import child, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode
from cnilint.surface.helm import assigned, names_chart, opaque, rendered, steps, taken
from cnilint.surface.model import INIT, MAIN, UNKNOWN, Setting, Surface, mapping, placeholder
from cnilint.surface.values import overlay, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilint.source.text import Span, Text
    from cnilint.source.yaml import Node

    Layer = tuple[Text, Node]

# Keys that few but the values of this chart have; ``image`` and the like stand in every chart's.
TELLING: Final = frozenset(
    {"cniConfig", "enableNetworkPolicy", "enableWindowsIpam", "eniConfig", "env", "extraEnv", "init", "nodeAgent"}
)
# Variables that other programs know under the same name; those of the metrics helper's chart are left out as well.
_COMMON: Final = frozenset(
    {
        "AGENT_LOG_PATH",
        "AWS_EC2_ENDPOINT",
        "AWS_REGION",
        "CLUSTER_NAME",
        "DISABLE_INTROSPECTION",
        "DISABLE_METRICS",
        "ENABLE_IPv4",
    }
    | {"ENABLE_IPv6", "ENABLE_NFTABLES", "MAX_ENI", "MY_NODE_NAME", "MY_POD_NAME", "POD_MTU"}
)
_HELPER: Final = "cni-metrics-helper"


class Assignment(NamedTuple):
    """A name and a value as ``--set`` takes them, and where they stand.

    ``value`` is a text as Helm's parser gets it, a boolean, an integer, or UNKNOWN; ``forced`` is ``--set-string``.
    """

    name: str
    value: object
    text: Text
    parent: Node
    number: int
    name_node: ScalarNode
    value_node: Node | None
    forced: bool = False


class Install(NamedTuple):
    """A chart that a tool installs: the tool's format, the chart as written, and where findings point.

    ``release`` is the CNI's that the chart's version installs, where it is known. ``partial`` is where values come from
    elsewhere too. ``exact`` is for tools that read YAML otherwise than Helm and write it again: only what has but one
    spelling is known. ``managed`` is that of the surface.
    """

    format: str
    chart: str
    place: Span
    release: str | None = None
    partial: bool = False
    exact: bool = False
    managed: bool | None = False


class _Mark:
    """Where a node starts or ends."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


def surface(found: Install, layers: Sequence[Layer], sets: Sequence[Assignment] = ()) -> Surface | None:
    """Return the surface of an installed chart: the CNI's own, or one that has it as a dependency; else None.

    What the values of the chart around a dependency set for it is not known.
    Raises SourceError where the values cannot be understood.
    """
    if names_chart(found.chart):
        return _installed(found, layers, sets)
    below = [(text, node) for text, root in layers if (node := child(root, CHART)) is not None and telling(node)]
    prefix = f"{CHART}."
    inner = [item._replace(name=item.name.removeprefix(prefix)) for item in sets if item.name.startswith(prefix)]
    if not below and not any(assigned(item.name, item.value) for item in inner):
        return None
    return _installed(found._replace(release=None, partial=True), below, inner)


def telling(node: Node) -> bool:
    """Tell whether a mapping below the chart's own name has keys of its values."""
    return isinstance(node, MappingNode) and any(child(node, key) is not None for key in TELLING)


def unmistakable(node: Node | None) -> bool:
    """Tell whether values set a variable of the CNI that no other program has."""
    envs = (child(node, "env"), child(child(node, "init"), "env"))
    found = {name.value for env in envs if isinstance(env, MappingNode) for name, _ in env.value}
    return bool(found) and not found.isdisjoint(own_variables())


@cache
def own_variables() -> frozenset[str]:
    """Return the variables that only the CNI's two containers read."""
    return frozenset(
        name
        for name, item in variables().items()
        if {MAIN, INIT} & {*item.containers} and _HELPER not in item.containers and item.first and name not in _COMMON
    )


def _installed(found: Install, layers: Sequence[Layer], sets: Sequence[Assignment]) -> Surface:
    """Return the surface of the CNI's chart: ``layers`` of which later ones win, then assignments."""
    said = {"format": found.format, "place": found.place, "managed": found.managed}
    laid = [overlay(text, root, "helm", **said) for text, root in layers]
    env: dict[tuple[str, str], Setting] = {}
    extra: list[Setting] = []
    data: dict[str, object] = {}
    for layer in laid:
        extra = [] if "extraEnv" in layer.object else extra  # Helm merges mappings, and replaces lists
        for item in layer.settings:
            if isinstance(item.parent, SequenceNode):
                extra.append(item)
            else:
                _put(env, _rendered(item, exact=found.exact))
        data = _merged(data, layer.object)
    for given in sets:
        _put(env, _setting(given))
        data = _merged(data, _nested(steps(given.name) or (), taken(given.value, forced=given.forced)))
    base = laid[-1] if laid else unknown(found.place.text, "helm", **said)
    return base._replace(
        settings=tuple(item for item in (*env.values(), *extra) if item.value is not None),
        object=data,
        partial=found.partial or any(map(_hidden, laid)) or any(opaque(given.name) for given in sets),
        release=_release(mapping(data.get("image")), found.release),
        repeated=tuple(repeated for layer in laid for repeated in layer.repeated),
    )


def _put(env: dict[tuple[str, str], Setting], item: Setting | None) -> None:
    """Put a setting behind all others, in place of the one of its name."""
    if item is not None:
        env.pop((item.container, item.name), None)
        env[item.container, item.name] = item


def _rendered(item: Setting, *, exact: bool) -> Setting | None:
    """Return a setting with the text that the process gets: None as its value for a null, which takes it away."""
    if placeholder(item.name):
        return None
    node = item.value_node
    if isinstance(node, ScalarNode) and scalar(node) is None:
        return item._replace(value=None)
    text = item.value if item.value is UNKNOWN else rendered(item.value)
    as_written = isinstance(item.value, str) or (isinstance(node, ScalarNode) and node.value == text)
    return item._replace(value=text if as_written or not exact else UNKNOWN)


def _hidden(layer: Surface) -> bool:
    """Tell whether values leave open what stands in the environments: not a mapping there, or a name put in later."""
    data, init = layer.object, layer.object.get("init", {})
    maps = (data.get("env", {}), init, init.get("env", {}) if isinstance(init, dict) else {})
    lists = data.get("extraEnv") or []
    names = (name for found in (*maps, data) if isinstance(found, dict) for name in found)
    return (
        not all(isinstance(found, dict) for found in maps)
        or not isinstance(lists, list)
        or any(map(placeholder, names))
    )


def _setting(given: Assignment) -> Setting | None:
    found = assigned(given.name, given.value, forced=given.forced)
    if found is None:
        return None
    name = _tail(given.text, given.name_node, found.name)
    return Setting(
        found.name, found.value, found.container, given.text, given.parent, given.number, name, given.value_node
    )


def _tail(text: Text, node: ScalarNode, name: str) -> ScalarNode:
    """Return the part of a ``--set`` name that is the variable's; where it is written otherwise, one no edit takes."""
    found = copy(node)
    stop = node.end_mark.index - (1 if node.style in ("'", '"') else 0)
    start = stop - len(name)
    if text.content[start:stop] == name and start >= node.start_mark.index:
        found.start_mark, found.end_mark, found.style = _Mark(start), _Mark(stop), ""
    else:
        found.style = "|"
    return found


def _nested(path: tuple[str, ...], value: object) -> dict[str, object]:
    """Return a value below its keys; an empty mapping for no keys."""
    for key in reversed(path):
        value = {key: value}
    return mapping(value)


def _merged(under: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    """Return two layers of values as Helm merges them."""
    found = dict(under)
    for key, value in over.items():
        below = found.get(key)
        found[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return found


def _release(of: dict[str, object], usual: str | None) -> str | None:
    """Return the release of the image that the values choose, else the usual one."""
    override, tag = of.get("override"), of.get("tag")
    if override:
        return image(override).version if isinstance(override, str) else None
    if tag is not None:
        return release(tag) if isinstance(tag, str) else None
    return usual
