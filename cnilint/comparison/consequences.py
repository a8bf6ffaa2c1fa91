"""What comes of changes: what restarts, and which pods and nodes keep what they had; rules: consequences.json."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cnilint.comparison.effective import FIELDS, FLAGS, IMAGES, MOUNTS, PROBES, RELEASE
from cnilint.comparison.fields import POD
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, HELPER, INIT, MAIN, OVERLAYS, mapping

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilint.comparison.difference import Change, Comparison

# What the rules are about, in the order in which it is told.
KINDS: Final = ("nodes", "pods", "traffic", "pool", "controller")
_TEMPLATE: Final = frozenset({MAIN, INIT, AGENT, FLAGS, IMAGES, PROBES, MOUNTS})
# Values that become other objects than the DaemonSet.
_OTHER_OBJECTS: Final = ("eniConfig.", "serviceAccount.", "podMonitor.", "cniConfig.")


class Consequence(NamedTuple):
    """What comes of the changes of some settings, and the page that says so.

    ``unsure`` are those of the settings of which one side is not known: they may be the same.
    """

    kind: str
    names: tuple[str, ...]
    text: str
    source: str
    unsure: tuple[str, ...] = ()


def restarts(found: Comparison) -> Consequence:
    """Return what restarts. What is only written otherwise counts too: the pod template is another text."""
    every = [*found.changes, *found.same]
    surface = found.new.surface
    if any(_in_template(change, found) for change in every):
        strategy = mapping(mapping(surface.object.get("spec")).get("updateStrategy"))
        rolling = mapping(strategy.get("rollingUpdate")).get("maxUnavailable")
        if strategy.get("type") == "OnDelete":
            return _restart("on-delete")
        untold = "one" if surface.kind == "daemonset" and not surface.partial else ""
        most = rolling or ("10%" if surface.kind in OVERLAYS else untold)
        return _restart("daemonset", f"at most {most} at a time" if most else "at the pace of its updateStrategy")
    if any(change.part == HELPER for change in every):
        return _restart("helper")
    return _restart("none")


def consequences(changes: Iterable[Change]) -> list[Consequence]:
    """Return what comes of changes beside restarts, each rule once with the settings that it is about."""
    found: list[Consequence] = []
    every = list(changes)
    for rule in _table()["rules"]:
        own = [change for change in every if _about(rule, change)]
        if own:
            unsure = tuple(change.name for change in own if not (change.old.known and change.new.known))
            names = tuple(change.name for change in own)
            found.append(Consequence(rule["kind"], names, rule["text"], rule["source"], unsure))
    return sorted(found, key=lambda each: KINDS.index(each.kind))


def _about(rule: dict[str, Any], change: Change) -> bool:
    if rule["part"] != change.part or change.name in rule.get("but", ()):
        return False
    if "to" in rule and change.new.value is not rule["to"]:
        return False
    return change.name in rule["names"] if "names" in rule else change.name.startswith(rule["starts"])


def _in_template(change: Change, found: Comparison) -> bool:
    """Tell whether a change is one of the pod that the DaemonSet makes."""
    if change.part == FIELDS:
        values = found.new.surface.kind in OVERLAYS
        return not change.name.startswith(_OTHER_OBJECTS) if values else change.name.startswith(POD)
    if change.part == RELEASE:
        return True
    return change.part in _TEMPLATE and found.new.surface.kind != "objects" and _rendered(change, found)


def _rendered(change: Change, found: Comparison) -> bool:
    """Tell whether the text changes that the API server gets: of two forms of the same it may not."""
    if found.old.surface.kind == found.new.surface.kind:
        return True
    return change in found.changes


def _restart(name: str, pace: str = "") -> Consequence:
    held = _table()["restarts"][name]
    return Consequence("restarts", (name,), held["text"].format(pace=pace), held["source"])


@cache
def _table() -> dict[str, Any]:
    import json  # noqa: PLC0415  # with the table

    with open(os.path.join(os.path.dirname(__file__), "consequences.json"), encoding="utf-8") as file:
        table: dict[str, Any] = json.load(file)
    return table
