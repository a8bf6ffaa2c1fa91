"""All other fields of objects and values, which are compared between files of the same form alone.

What the API server fills in is left out, so that a live object can be compared with the manifest it was made from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import UNKNOWN
from cnilint.comparison.side import Side, frozen, side, unseen
from cnilint.facts.objects import grants
from cnilint.surface.model import OVERLAYS, Item, items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnilint.facts import Facts
    from cnilint.surface.model import Surface

Path = tuple[str, ...]

# Written by the API server or by kubectl, not by whoever configures (metav1.ObjectMeta and its annotations).
_SERVER: Final = frozenset(
    {"status", "creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"}
)
_ANNOTATIONS: Final = frozenset(
    {"kubectl.kubernetes.io/last-applied-configuration", "deprecated.daemonset.template.generation"}
)
# What the API server fills in where a field is not written (kubernetes pkg/apis/{apps,core,rbac}/v1/defaults.go).
_DEFAULTS: Final[Mapping[str, object]] = {
    "imagePullPolicy": "IfNotPresent",  # of a tag that is not latest
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "revisionHistoryLimit": 10,
    "maxSurge": 0,
    "protocol": "TCP",
    "type": "",
}
# Told elsewhere: of a container, of the pod, and of values.
_OF_CONTAINERS: Final = frozenset({"env", "args", "image", "volumeMounts", "livenessProbe", "readinessProbe"})
_OF_VALUES: Final = frozenset({"env", "extraEnv", "livenessProbe", "readinessProbe", "enableNetworkPolicy"}) | {
    *("livenessProbeTimeoutSeconds", "readinessProbeTimeoutSeconds", "extraVolumeMounts", "enableWindowsIpam"),
    *("enableWindowsPrefixDelegation", "warmWindowsPrefixTarget", "warmWindowsIPTarget", "minimumWindowsIPTarget"),
    "branchENICooldown",
}
_OF_AGENT: Final = frozenset({"enableCloudWatchLogs", "enablePolicyEventLogs", "networkPolicyAgentLogFileLocation"}) | {
    *("enableIpv6", "metricsBindAddr", "healthProbeBindAddr", "conntrackCacheCleanupPeriod"),
    *("conntrackCacheTableSize", "logLevel"),
}
POD: Final = "spec.template."
THERE: Final = Side("in the file", "written", ("there",))
"""An object beside the DaemonSet as a whole."""


def fields(facts: Facts) -> dict[str, Side] | None:
    """Return each other field, by its path, of an object with its siblings or of values; None for any other form."""
    surface = facts.context.surface
    if surface.kind in OVERLAYS:
        leaves = _leaves({key: held for key, held in surface.object.items() if key not in _OF_VALUES}, ())
        kept = ((path, value) for path, value in leaves if not _told_of_values(path))
    elif surface.kind in ("daemonset", "objects"):
        kept = ((path, value) for path, value in _of_objects(surface) if not _told_of_pod(path))
    else:
        return None
    found = {".".join(path): _side(value) for path, value in kept}
    beside = (item for item in _beside(surface) if surface.kind not in OVERLAYS)
    return found | {f"{kind} {item.name}": THERE for kind, item in beside}


def form(surface: Surface) -> str:
    """Return what two surfaces have in common whose other fields can be compared."""
    return "values" if surface.kind in OVERLAYS else surface.kind


def _of_objects(surface: Surface) -> Iterator[tuple[Path, object]]:
    yield from _leaves(surface.object, ())
    for kind, item in _beside(surface):
        yield from _of_sibling(kind, item)


def _beside(surface: Surface) -> Iterator[tuple[str, Item]]:
    """Yield the objects beside the DaemonSet whose fields are told here."""
    for kind, found in surface.siblings.items():
        if kind not in ("ConfigMap", "Deployment"):
            yield from ((kind, item) for item in found)


def _of_sibling(kind: str, item: Item) -> Iterator[tuple[Path, object]]:
    above = (f"{kind} {item.name}",)
    if kind == "ClusterRole":
        yield from (((*above, name), sorted(set(verbs))) for name, verbs in grants(item).items())
        return
    data = {key: value for key, value in item.data.items() if key not in ("apiVersion", "kind")}
    yield from _leaves(data, above)


def _leaves(data: object, above: Path) -> Iterator[tuple[Path, object]]:
    """Yield each leaf with its path; items of a list that have names go by these, other lists are leaves."""
    if isinstance(data, dict) and data:
        for key, value in data.items():
            if not _left_out(str(key), value, above):
                yield from _leaves(value, (*above, str(key)))
    elif isinstance(data, list) and data and len(_names(data)) == len(data):
        for name, value in zip(_names(data), data, strict=True):
            yield from _leaves({key: held for key, held in value.items() if key != "name"}, (*above, name))
    elif data not in ({}, [], None):
        yield above, data


def _names(data: list[object]) -> list[str]:
    """Return the names of a list's items, fewer where one has none or two have the same."""
    return list(dict.fromkeys(str(item["name"]) for item in items(data) if isinstance(item.get("name"), str)))


def _left_out(key: str, value: object, above: Path) -> bool:
    if key in _SERVER and above in ((), ("metadata",), ("spec", "template", "metadata")):
        return True
    if key in _ANNOTATIONS or (key == "serviceAccount" and above[-1:] == ("spec",)):
        return True
    return key in _DEFAULTS and frozen(_DEFAULTS[key]) == frozen(value)


def _told_of_pod(path: Path) -> bool:
    in_container = path[:3] == ("spec", "template", "spec") and path[3:4] in (("containers",), ("initContainers",))
    return (in_container and path[5:6] != () and path[5] in _OF_CONTAINERS) or path[-2:] == ("hostPath", "path")


def _told_of_values(path: Path) -> bool:
    return path[:2] == ("init", "env") or (path[:1] == ("nodeAgent",) and path[1:2] != () and path[1] in _OF_AGENT)


def _side(value: object) -> Side:
    if value is UNKNOWN:
        return unseen("field", "written", "...")
    return side(value, "written", str(value))
