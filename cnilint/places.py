"""Routes to places: where in the text a rule's finding points, and what its edit works on."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, cast

from cnilint.edit import Edit, outward, quotation, removal, replacement
from cnilint.facts.agent import Arg, argument
from cnilint.facts.overlay import config
from cnilint.surface.model import AGENT, HELPER, INIT, MAIN, OVERLAYS, Setting, mapping
from cnilint.surface.reach import node_span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnilint.facts import Facts
    from cnilint.source.text import Span
    from cnilint.surface.model import Item

_CONTAINERS = {"set": MAIN, "init": INIT, "helper": HELPER}
# What elements of lists are called by.
_NAMES = ("container", "name", "kind", "namespace", "path", "field", "key", "flag", "type", "group")


def first_place(facts: Facts, routes: Sequence[Sequence[str]], element: Mapping[str, object]) -> Span:
    """Return the place of the first route that leads to something written, else of the first.

    Of the container that one leads into, a later route that leads to something chosen goes first.
    """
    written = [route for route in routes if len(routes) > 1 and stands(facts, route)]
    chosen = (route for route in written if route[0] == written[0][0] and _chosen(facts, route))
    return place(facts, next(chosen, written[0] if written else routes[0]), element)


def _chosen(facts: Facts, route: Sequence[str]) -> bool:
    """Tell whether a route leads to a setting that is not as the stock manifest ships it."""
    if route[0] not in _CONTAINERS:
        return True
    setting = facts.context.surface.setting(_CONTAINERS[route[0]], route[-1])
    return setting in facts.context.chosen


def place(facts: Facts, route: Sequence[str], element: Mapping[str, object]) -> Span:
    """Return the span a route leads to, or that of its nearest ancestor that exists.

    Routes: ``set.X``, ``init.set.X``, ``agent.flags.X``, ``configMap.X``, ``object.a.b``, ``surface``, and ``m.at``
    of an element.
    """
    surface, root, last = facts.context.surface, route[0], route[-1]
    if root in _CONTAINERS:
        found = surface.setting(_CONTAINERS[root], last)
        return found.at if found else surface.environment(_CONTAINERS[root])
    if root == "agent":
        arg = argument(facts.context, last)
        return arg.at if arg else _agent(facts, "args")
    if root == "configMap":
        return _config_key(facts, last)
    if root in ("object", "values"):
        return surface.span(*(int(step) if step.isdigit() else step for step in route[1:]))
    if root == "surface":
        return surface.anchor
    at = element[last]  # a span, or what works it out: few elements are ever pointed at
    return cast("Span", at() if callable(at) else at)


def _config_key(facts: Facts, key: str) -> Span:
    """Return the span of a key of the ConfigMap, or of the value that the chart renders it from."""
    surface = facts.context.surface
    written = config(facts.context).get(key) if surface.kind in OVERLAYS else None
    if written is not None:
        return written.at
    spans = (node_span(item.text, item.node, ("data", key)) for item in _own_config_maps(facts))
    return next((span for span in spans if span), surface.anchor)


def entry_line(facts: Facts, routes: Sequence[Sequence[str]], element: Mapping[str, object]) -> int:
    """Return the line on which the entry of a setting starts, 0 where a finding points at no setting."""
    found = (_target(facts, route, element) for route in routes)
    target = next((item for item in found if isinstance(item, Setting)), None)
    return target.text.position(target.entry.start)[0] if target else 0


def subject(facts: Facts, routes: Sequence[Sequence[str]], element: Mapping[str, object]) -> str:
    """Return what a finding points to by names that stay when lines move: the object, and the setting in it."""
    surface = facts.context.surface
    named = mapping(surface.object.get("metadata")).get("name") or (surface.place.content if surface.place else "")
    targets = (_target(facts, route, element) for route in routes)
    setting = next((item for item in targets if isinstance(item, Setting)), None)
    what = [setting.container, setting.name] if setting else [".".join(routes[0])]
    own = (element[key] for key in _NAMES if key in element)
    return " ".join(map(str, (surface.cluster, named, *what, *own)))


def stands(facts: Facts, route: Sequence[str]) -> bool:
    """Tell whether a route leads to something written, so that it is worth showing beside a finding."""
    surface = facts.context.surface
    if route[0] in _CONTAINERS:
        return surface.setting(_CONTAINERS[route[0]], route[-1]) is not None
    if route[0] == "configMap" and surface.kind in OVERLAYS:
        return route[-1] in config(facts.context)
    if route[0] == "configMap":
        return any(route[-1] in mapping(item.data.get("data")) for item in _own_config_maps(facts))
    if route[0] == "values":
        values: object = surface.object if surface.kind in OVERLAYS else {}
        return reduce(lambda above, step: mapping(above).get(step), route[1:], values) is not None
    return route[0] != "agent" or argument(facts.context, route[-1]) is not None


def _own_config_maps(facts: Facts) -> list[Item]:
    return [item for item in facts.context.surface.siblings.get("ConfigMap", []) if item.name == "amazon-vpc-cni"]


def _agent(facts: Facts, key: str) -> Span:
    surface = facts.context.surface
    container = surface.containers.get(AGENT)
    node = container.node if container else surface.node
    return node_span(surface.text, node, (key,)) or node_span(surface.text, node, ("name",)) or surface.anchor


def edits(facts: Facts, verb: str, route: Sequence[str], element: Mapping[str, object], to: str) -> tuple[Edit, ...]:
    """Return the edits of a rule's verb; none where the text does not allow it."""
    target = _target(facts, route, element)
    if target is None:
        return ()
    edit: Edit | None = None
    if verb == "remove":
        edit = removal(target.text, target.parent, target.number)
    elif isinstance(target, Setting):
        value = target.value_node
        if verb == "rename":
            edit = replacement(target.text, target.name_node, to)
        elif value is not None:
            edit = quotation(target.text, value) if verb == "quote" else replacement(target.text, value, to)
    edit = outward(target.text, edit) if edit else None
    return (edit,) if edit else ()


def _target(facts: Facts, route: Sequence[str], element: Mapping[str, object]) -> Setting | Arg | None:
    if route[0] in _CONTAINERS:
        return facts.context.surface.setting(_CONTAINERS[route[0]], route[-1])
    if route[0] == "agent":
        return argument(facts.context, route[-1])
    found = element.get("setting")
    return found if isinstance(found, (Setting, Arg)) else None
