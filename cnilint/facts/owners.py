"""Whose the edited fields of a DaemonSet are, with the key of the configuration values that sets each for good."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from cnilint.facts.fields import EKS, managers, only_a_copy, shared
from cnilint.facts.verdicts import verdict
from cnilint.knowledge.addon import takes
from cnilint.surface.model import INIT, MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilint.facts.context import Context
    from cnilint.facts.described import Path
    from cnilint.facts.edited import Edited
    from cnilint.facts.verdicts import Verdict
    from cnilint.source.text import Span

Element = dict[str, object]

# Keys of the add-on's configuration values, by the flag of the agent and by the field of aws-node that they give.
_FLAGS: Final = {
    "--enable-network-policy": "enableNetworkPolicy",
    "--enable-cloudwatch-logs": "nodeAgent.enableCloudWatchLogs",
    "--enable-policy-event-logs": "nodeAgent.enablePolicyEventLogs",
    "--metrics-bind-addr": "nodeAgent.metricsBindAddr",
    "--health-probe-bind-addr": "nodeAgent.healthProbeBindAddr",
    "--log-level": "nodeAgent.logLevel",
}
_FIELDS: Final = {
    "livenessProbe.timeoutSeconds": "livenessProbeTimeoutSeconds",
    "readinessProbe.timeoutSeconds": "readinessProbeTimeoutSeconds",
    "resources.requests.cpu": "resources.requests.cpu",
}
_ENVIRONMENTS: Final = {MAIN: "env", INIT: "init.env"}


def elements(context: Context, edits: Iterable[Edited]) -> list[Element]:
    """Return edits with their verdicts, without those that EKS made itself."""
    owners = managers(context.surface.object) if context.surface.live else {}
    found = []
    for edit in edits:
        key = lasting(edit, context.release)
        about = verdict(context, edit, owners, settable=bool(key))
        if about is not None:
            found.append(_element(context, edit, about, key))
    return found


def _element(context: Context, edit: Edited, about: Verdict, key: str) -> Element:
    return {
        "field": dotted(edit.path),
        "family": edit.family,
        "name": edit.name,
        "container": edit.container,
        "change": edit.change,
        "manager": about.manager,
        "verdict": about.word,
        "shipped": edit.shipped,
        "written": edit.written,
        "evidence": about.evidence,
        "lasting": key,
        "at": partial(place, context, edit),
    }


def place(context: Context, edit: Edited) -> Span:
    """Return where an edit stands; of what was taken away, where it would."""
    setting = context.surface.setting(edit.container, edit.name) if edit.family == "environment" else None
    return setting.at if setting else context.surface.span(*edit.path)


def lasting(edit: Edited, release: str | None) -> str:
    """Return the key of the add-on's configuration values that sets a field, "" where this version takes none."""
    key = _key(edit)
    if not key or edit.change == "removed":
        return ""
    return key if _takes(key, release) else ""


@lru_cache
def _takes(key: str, release: str | None) -> bool:
    return takes(key.split("."), release)


def _key(edit: Edited) -> str:
    if edit.family == "environment":
        return f"{_ENVIRONMENTS[edit.container]}.{edit.name}" if edit.container in _ENVIRONMENTS else ""
    if edit.family == "agent flags":
        return _FLAGS.get(edit.name, "")
    if edit.family == "pod":
        top = edit.name.partition(".")[0]
        return top if top in ("affinity", "tolerations") else ""
    return _FIELDS.get(edit.name, "") if edit.container == MAIN else ""


def dotted(path: Path) -> str:
    """Return a path as a rule writes it: a step with a dot or a slash stands in brackets."""
    steps = (f"[{step}]" if {".", "/"} & set(str(step)) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def field_managers(context: Context) -> list[Element]:
    """Return the managers that own fields of a live object together with EKS; none where it may be EKS' no longer."""
    surface = context.surface
    owners = managers(surface.object) if context.managed is not False else {}
    eks = owners.pop(EKS, None)
    if eks is None or (not context.managed and only_a_copy(surface.object, eks)):
        return []
    counted = ((owner, shared(owner.tree, eks.tree)) for owner in owners.values())
    return [
        {
            "manager": owner.name,
            "shared": count,
            "at": partial(surface.span, "metadata", "managedFields", owner.number, "manager"),
        }
        for owner, count in counted
        if count
    ]
