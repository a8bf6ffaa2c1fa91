"""The variables that a surface writes, of any kind of surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.choices.flat import OWN, source, unseen
from cnilint.choices.model import REMOVED, Found, Left
from cnilint.facts.context import meant
from cnilint.knowledge.versions import release
from cnilint.source.plain import Plain, scalar
from cnilint.source.yaml import MappingNode, ScalarNode
from cnilint.surface.model import INIT, MAIN, UNKNOWN, Setting, mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnilint.facts.context import Context


def variables(found: Found) -> None:
    """Find the variables; one that cannot be seen is hidden, one that EKS refuses goes to nobody."""
    context, surface = found.context, found.context.surface
    for (container, name), setting in context.standing.items():
        if container not in OWN:
            continue
        path = ("env", container, name)
        if context.refused(setting):
            found.beyond.append(Left(name, setting.at, "EKS refuses it here, so that no container has it"))
            continue
        if surface.kind == "values" and _null(setting):
            reason = "null takes it away from the chart, and the add-on refuses it"
            found.beyond.append(Left(name, setting.at, reason))
            continue
        value, reason = _value(setting)
        if value is UNKNOWN:
            found.hidden.append(Left(name, setting.at, reason))
            found.items.pop(path, None)
        elif not _version(context, name, value):
            found.put(path, value, setting.at)
    _nulls(found)


def _value(setting: Setting) -> tuple[object, str]:
    """Return a setting's text or its source; UNKNOWN, and why, where neither can be seen."""
    if setting.value is not UNKNOWN:
        text = meant(setting)
        return text, f"YAML makes something else of {_short(setting.written)}" if text is UNKNOWN else ""
    item = setting.parent.value[setting.number]
    data = mapping(Plain(setting.text).data(item)) if isinstance(item, MappingNode) else {}
    entry: Mapping[str, object] = data if "valueFrom" in data else mapping(data.get("value"))
    found = entry.get("valueFrom")
    if isinstance(found, dict) and found and not unseen(found):
        return source(found), ""
    return UNKNOWN, f"its value cannot be told from the file: {_short(setting.written)}".rstrip(": ")


def _null(setting: Setting) -> bool:
    """Tell whether a mapping of values has a null there."""
    node = setting.value_node
    return isinstance(setting.parent, MappingNode) and isinstance(node, ScalarNode) and scalar(node) is None


def _short(text: str) -> str:
    """Return the first line of a text, cut where it is long."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= 60 else f"{line[:57]}..."  # noqa: PLR2004  # what fits beside a name and a place


def _version(context: Context, name: str, value: object) -> bool:
    """Tell whether a variable only repeats the release, perhaps with EKS' own build."""
    own = context.release and isinstance(value, str) and release(value) == context.release
    return name == "VPC_CNI_VERSION" and bool(own)


def _nulls(found: Found) -> None:
    """Find the variables that values of the chart set to null, which takes them away."""
    surface = found.context.surface
    if surface.kind != "helm":
        return
    envs = ((MAIN, surface.object, ()), (INIT, surface.object.get("init"), ("init",)))
    for container, data, above in envs:
        for name, value in mapping(mapping(data).get("env")).items():
            if value is None and ("env", container, name) in found.shipped:
                found.put(("env", container, name), REMOVED, surface.span(*above, "env", name))
