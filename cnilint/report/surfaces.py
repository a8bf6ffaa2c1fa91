"""What was found where: the surfaces of files, for ``cnilint surfaces``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.facts.context import Context, Told
from cnilint.report.printable import dumped, printable
from cnilint.surface.model import MAIN, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnilint.surface.model import NodeGroup, Setting, Surface

VERSION = 1


def text(found: Iterable[Surface]) -> str:
    """Return a paragraph a surface: what it is, then a line a setting with its place, container and value."""
    lines = (line for surface in found for line in (heading(surface), *_lines(surface)))
    return "".join(f"{printable(line)}\n" for line in lines)


def heading(surface: Surface) -> str:
    """Return the line about a surface as a whole: its place, what it is, the release and who manages it."""
    at = surface.anchor
    line, column = at.text.position(at.start)
    owner = {True: "managed by EKS", False: "self-managed", None: ""}[surface.managed]
    said = (Context(surface, Told()).release or "", owner, "partial" if surface.partial else "")
    kind = surface.kind if surface.kind == surface.format else f"{surface.kind} ({surface.format})"
    return ", ".join(filter(None, (f"{at.text.path}:{line}:{column}: {kind}", *said)))


def _lines(surface: Surface) -> Iterable[str]:
    for setting in surface.settings:
        line, column = setting.at.text.position(setting.at.start)
        container = "" if setting.container == MAIN else f"{setting.container}: "
        value = "unknown" if setting.value is UNKNOWN else as_json(setting.value)
        yield f"  {line}:{column} {container}{setting.name} = {value}"
    for group in surface.nodes:
        line, column = group.at.text.position(group.at.start)
        types = " ".join(group.types) + (" and others" if group.more else "") if group.types else "any type"
        yield f"  {line}:{column} {' '.join(filter(None, ('nodes', group.name)))}: {types}{_pods(group)}"


def _pods(group: NodeGroup) -> str:
    """Return what a group says of max pods, of how many nodes there are, and where."""
    said = [
        "" if group.max_pods is None else f"max pods {group.max_pods}",
        "" if group.expression is None else f"max pods of {as_json(group.expression)}",
        "" if group.pods_per_core is None else f"{group.pods_per_core} a core",
        "max pods unknown" if group.hidden else "",
        "" if group.aside is None else f"overridden {group.aside[0]}",
        "Windows" if group.windows else "",
        "" if group.most is None else f"{group.most} at most",
        f"in {' '.join(group.subnets)}" if group.subnets else "",
    ]
    return "".join(f", {item}" for item in said if item)


def as_json(value: object) -> str:
    """Return a value as JSON writes it."""
    from json import dumps  # noqa: PLC0415  # a check does not list surfaces

    return dumps(value, ensure_ascii=False, default=str)


def json(found: Sequence[Surface]) -> str:
    """Return the versioned object that ``--format json`` prints."""
    return dumped({"version": VERSION, "surfaces": [_surface(surface) for surface in found]})


def _surface(surface: Surface) -> dict[str, object]:
    at = surface.anchor
    line, column = at.text.position(at.start)
    return {
        "kind": surface.kind,
        "format": surface.format,
        "path": at.text.path,
        "line": line,
        "column": column,
        "release": Context(surface, Told()).release,
        "managed": surface.managed,
        "partial": surface.partial,
        "settings": [_setting(item) for item in surface.settings],
    }


def _setting(setting: Setting) -> dict[str, object]:
    line, column = setting.at.text.position(setting.at.start)
    known = setting.value is not UNKNOWN
    return {
        "name": setting.name,
        "container": setting.container,
        "value": setting.value if known else None,
        "known": known,
        "line": line,
        "column": column,
    }
