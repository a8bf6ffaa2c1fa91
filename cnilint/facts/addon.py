"""Facts about an EKS add-on: what the service refuses of its values, and what the file says beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.facts.release import ABSENT
from cnilint.source.plain import child, entry
from cnilint.source.yaml import MappingNode, ScalarNode, span
from cnilint.surface.model import UNKNOWN, Setting, placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.facts.context import Context
    from cnilint.knowledge.addon import Refusal
    from cnilint.source.yaml import Node

Element = dict[str, object]

# A comma before a closing bracket, strings skipped: no JSON, though a reader of YAML takes it.
_TRAILING_COMMA: Final = r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])'


def addon(context: Context) -> object:
    """Return what the file says of the add-on beside its values; ABSENT where there is no add-on."""
    surface = context.surface
    if surface.kind != "addon":
        return ABSENT
    about: Element = {}
    found = surface.addon
    if found is not None:
        if found.version and not placeholder(found.version):
            about["version"] = found.version
        if found.before_compute is not None:
            about["beforeCompute"] = found.before_compute
    return about


def given(context: Context) -> list[Element]:
    """Return, as the one element of a list, how the values are given, and where."""
    surface = context.surface
    if surface.kind != "addon" or surface.addon is None:
        return []
    form = surface.addon.form
    empty = form in ("text", "expression") and not surface.partial and surface.object == {}
    return [{"form": form, "empty": empty, "at": surface.addon.values_at or surface.anchor}]


def refused(context: Context) -> list[Element]:
    """Return what the service refuses of the values, in the order of the text."""
    surface = context.surface
    if surface.kind != "addon" or not surface.object:
        return []
    from cnilint.knowledge.addon import refusals  # noqa: PLC0415  # most files hold no add-on

    found = (item for item in refusals(surface.object, context.release) if not _open(context, item))
    elements = [_element(context, item) for item in found]
    return sorted(elements, key=lambda element: element["at"].start)  # type: ignore[attr-defined]  # a span


def _open(context: Context, item: Refusal) -> bool:
    """Tell whether something on the way to a refused value is put in by others, so that nobody knows it."""
    value: object = context.surface.object
    for step in item.path:
        if placeholder(step) or value is UNKNOWN:
            return True
        value = value.get(step) if isinstance(value, dict) else value[step] if isinstance(value, list) else None  # type: ignore[index]
    if value is UNKNOWN or placeholder(value):
        return True
    node, _ = _found(context.surface.node, item.path)
    keys = [key.value for key, _ in node.value] if isinstance(node, MappingNode) and not item.at_key else []
    return any(placeholder(key) for key in keys)  # a mapping that has more keys than can be seen


def _element(context: Context, item: Refusal) -> Element:
    from cnilint.knowledge.addon import key_path  # noqa: PLC0415

    node, key = _found(context.surface.node, item.path)
    shown = key if key is not None and (item.at_key or not isinstance(node, ScalarNode)) else node
    text = context.surface.text
    at = span(text, shown) if shown is not None and item.path else context.surface.anchor
    element: Element = {
        "key": key_path(item.path).removeprefix("$.").removeprefix("$"),
        "name": str(item.path[-1]) if item.path else "",
        "problem": item.problem,
        "instead": item.instead,
        "said": item.said,
        "found": item.found,
        "expected": item.expected,
        "version": item.version,
        "text": at.content,
        "at": at,
    }
    if item.problem == "text":
        element["setting"] = _setting(context, item.path)
    return element


def _setting(context: Context, path: tuple[str | int, ...]) -> Setting | None:
    """Return the entry of a mapping at a path, which an edit can change like a variable; None for an item of a list."""
    parent, _ = _found(context.surface.node, path[:-1])
    if not isinstance(parent, MappingNode):
        return None
    number, (name, value) = next(each for each in enumerate(parent.value) if each[1][0].value == path[-1])
    return Setting(str(path[-1]), UNKNOWN, "", context.surface.text, parent, number, name, value)


def _found(root: Node, path: tuple[str | int, ...]) -> tuple[Node | None, Node | None]:
    """Return the node at a path, and the key it stands under."""
    node: Node | None = root
    key: Node | None = None
    for step in path:
        pair = entry(node, step) if isinstance(node, MappingNode) else None
        key, node = pair or (None, child(node, step))
    return node, key


def conflicts(context: Context) -> list[Element]:
    """Return the modes in which conflicts with what others changed are resolved, and when each counts."""
    found = context.surface.addon
    modes = found.conflicts if found and context.surface.kind == "addon" else ()
    return [{"when": when, "mode": mode, "at": at} for mode, when, at in modes]


def roles(context: Context) -> list[Element]:
    """Return the fields that give the add-on an IAM role, where the format has several."""
    found = context.surface.addon
    return [{"field": name, "at": at} for name, at in found.roles] if found else []


def trailing_commas(context: Context) -> list[Element]:
    """Return the commas that make of values in braces no JSON."""
    surface = context.surface
    content = surface.text.content
    as_text = surface.addon is None or surface.addon.form == "text"
    if surface.kind != "addon" or not as_text or not content.lstrip().startswith("{"):
        return []
    found = (match for match in re.finditer(_TRAILING_COMMA, content) if match[0] == ",")
    return [{"at": surface.text.span(match.start(), match.end())} for match in found]


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {
    "addon": addon,
    "addonValues": given,
    "refusals": refused,
    "conflictModes": conflicts,
    "addonRoles": roles,
    "trailingCommas": trailing_commas,
}
