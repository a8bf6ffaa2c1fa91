"""The Helm chart aws-vpc-cni in Terraform's ``helm_release``.

Schema: hashicorp/terraform-provider-helm docs/resources/release.md (``set`` blocks; from v3 a list). The syntax of
``set`` is Helm's own: helm/helm pkg/strvals/parser.go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.knowledge.versions import release
from cnilint.source.inset import HOLE
from cnilint.source.nodes import Offset
from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface.model import INIT, MAIN, UNKNOWN, Setting, mapping
from cnilint.surface.model import value as given
from cnilint.surface.terraform_values import FORMAT, encoded, is_null, laid, listed, literal, nothing, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface

CHART: Final = "aws-vpc-cni"
_SETS: Final = ("set", "set_sensitive", "set_string")
_ROUTES: Final = {("env",): MAIN, ("init", "env"): INIT}


def helm(text: Text, body: MappingNode) -> Surface | None:
    """Return the surface of a release of the chart; None for another chart.

    Raises SourceError where values are a string that cannot be understood.
    """
    chart = child(body, "chart")
    name = literal(chart) or (chart.value if isinstance(chart, ScalarNode) else "")
    if chart is None or name.rstrip("/").rpartition("/")[2] != CHART:
        return None
    found, whole = _values(text, child(body, "values"))
    local = name.startswith((".", "/", HOLE))  # a copy of the chart has defaults of its own
    unseen = local or child(body, "dynamic") is not None or not all(_readable(child(body, key)) for key in _SETS)
    settings = {(item.container, item.name): item for surface in found for item in surface.settings}
    data: dict[str, object] = {}
    for surface in found:
        data = _over(data, surface.object)
    for item in (item for key in _SETS for item in _set(text, child(body, key), data)):
        settings[item.container, item.name] = item
    base = next((surface for surface in found if surface.object), None) or laid(text, nothing(chart), "helm")
    return base._replace(
        settings=tuple(settings.values()),
        object=data,
        partial=not whole or unseen or any(item.partial for item in found) or _indexed(body),
        format=FORMAT,
        managed=False,
        release=_release(data, None if local else literal(child(body, "version"))),
        place=span(text, chart),
    )


def _release(data: dict[str, object], version: str | None) -> str | None:
    """Return the release of the image that is told, else the one that a version of the chart brings."""
    tag = mapping(data.get("image")).get("tag")
    if tag is not None:
        return release(tag) if isinstance(tag, str) else None
    try:
        from cnilint.knowledge.chart import release_of  # noqa: PLC0415  # only where a version is written
    except ImportError:
        return None
    found: str | None = release_of(version) if version else None
    return found


def _values(text: Text, node: Node | None) -> tuple[list[Surface], bool]:
    """Return the surface of each document of values that is known, and whether all of them are."""
    found: list[Surface] = []
    if not isinstance(node, SequenceNode):
        return found, is_null(node)
    unknown = 0
    for item in node.value:
        data = encoded(item) or item
        if is_null(data):
            continue
        if isinstance(data, ScalarNode) and data.value != HOLE:
            found.append(within(text, data, "helm"))
        elif isinstance(data, MappingNode):
            found.append(laid(text, data, "helm"))
        else:
            unknown += 1
    return found, not unknown


def _readable(node: Node | None) -> bool:
    """Tell whether all the ``set`` of a release are written."""
    return is_null(node) or (bool(listed(node)) and all(isinstance(item, MappingNode) for item in listed(node)))


def _indexed(body: MappingNode) -> bool:
    """Tell whether ``extraEnv`` is set item by item, or something whose name is not known."""
    names = [child(item, "name") for key in _SETS for item in listed(child(body, key))]
    texts = [name.value for name in names if isinstance(name, ScalarNode)]
    return any(text.startswith("extraEnv[") or HOLE in text for text in texts) or not is_null(child(body, "set_list"))


def _set(text: Text, node: Node | None, data: dict[str, object]) -> Iterator[Setting]:
    """Yield the settings of ``set`` entries, and put what they set into the data."""
    if not isinstance(node, SequenceNode):
        node = SequenceNode(None, listed(node), Offset(0), Offset(0), flow_style=False)
    for index, item in enumerate(node.value):
        name, value = child(item, "name"), child(item, "value")
        path = _path(literal(name) or "")
        if not path or name is None:
            continue
        kind = "string" if child(item, "type") is None else literal(child(item, "type")) or ""
        written = _meant(value, kind)
        _put(data, path, written if written is UNKNOWN else _typed(str(written), child(item, "type")))
        container = _ROUTES.get(tuple(path[:-1]))
        if container is not None:
            shown = _last(text, name, path[-1])
            yield Setting(path[-1], given({"value": written}), container, text, node, index, shown, value)


def _path(name: str) -> list[str]:
    """Return the keys of a name, whose dots are escaped where they belong to a key; none where it has an index."""
    keys = [re.sub(r"\\(.)", r"\1", key) for key in re.findall(r"(?:\\.|[^.\\])+", name)]
    return [] if "[" in name else keys


def _meant(value: Node | None, kind: str) -> object:
    """Return the text that a value stands for, UNKNOWN where it is a list, a null or put in by others."""
    text = "" if is_null(value) else literal(value)
    if text is None:
        return UNKNOWN
    if kind == "literal":
        return text
    if text.startswith("{") or re.search(r"(?<!\\),", text) or text == "null":
        return UNKNOWN
    return re.sub(r"\\(.)", r"\1", text)


def _typed(text: str, kind: Node | None) -> object:
    """Return the value that Helm makes of a text."""
    if kind is not None:
        return text
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text) else text


def _put(data: dict[str, object], path: list[str], value: object) -> None:
    for key in path[:-1]:
        below = mapping(data.get(key))
        data[key] = dict(below)
        data = data[key]  # type: ignore[assignment]  # the copy just made
    data[path[-1]] = value


def _last(text: Text, name: Node, key: str) -> Node:
    """Return the part of a name that is the variable's."""
    start, end = name.start_mark.index, name.end_mark.index
    at = text.content.rfind(key, start, end)
    return name if at < 0 else ScalarNode(None, key, Offset(at), Offset(at + len(key)), style=None)


def _over(lower: dict[str, object], upper: dict[str, object]) -> dict[str, object]:
    """Return values laid over others, as Helm merges them."""
    merged = dict(lower)
    for key, item in upper.items():
        below = merged.get(key)
        merged[key] = _over(below, item) if isinstance(below, dict) and isinstance(item, dict) else item
    return merged
