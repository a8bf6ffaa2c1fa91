"""Settings laid flat: one path for each thing that can be set, whatever form it is written in.

The paths are those of what runs in the cluster, with the names by which Kubernetes tells the items of lists apart:

- ``env``, container, name: the text, or ``{"valueFrom": ...}``
- ``flag``, name: the text of a flag of the agent
- ``configMap``, key: the text in the ConfigMap amazon-vpc-cni
- ``container``, name, field ...: what else a container has; the container itself as a whole where it is no known one
- ``pod``, field ...: the pod's spec, with the template's ``labels`` and ``annotations``
- ``daemonset``, field ...: ``labels``, ``annotations`` and the DaemonSet's own spec
- ``volume``, name, and ``mount``, container, path: the volume and the mount without these
- ``eniConfig``, name: its spec
- ``serviceAccount``, ``annotations``, key

Mappings are laid flat down to their leaves, as a strategic merge patch and Helm both merge them; lists that Kubernetes
replaces as a whole are leaves.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cnilint.cel.evaluate import UNKNOWN
from cnilint.facts.release import stock_of
from cnilint.knowledge.flags import parsed
from cnilint.knowledge.releases import FIELD_REF
from cnilint.surface.model import AGENT, INIT, MAIN, placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str, ...]
Flat = dict[Path, object]

PODS: Final = ("livenessProbe", "readinessProbe", "startupProbe")
# What the API server fills in (k8s.io/kubernetes pkg/apis/core/v1/defaults.go and apps/v1/defaults.go): a live object
# says it, a manifest need not. By the end of the path.
_USUAL: Final[dict[Path, object]] = {
    ("imagePullPolicy",): "IfNotPresent",
    ("dnsPolicy",): "ClusterFirst",
    ("restartPolicy",): "Always",
    ("schedulerName",): "default-scheduler",
    ("terminationMessagePath",): "/dev/termination-log",
    ("terminationMessagePolicy",): "File",
    ("revisionHistoryLimit",): 10,
    ("rollingUpdate", "maxSurge"): 0,
    **{(probe, "failureThreshold"): 3 for probe in PODS},
    **{(probe, "periodSeconds"): 10 for probe in PODS},
    **{(probe, "successThreshold"): 1 for probe in PODS},
    **{(probe, "timeoutSeconds"): 1 for probe in PODS},
}


def default(path: Path) -> object:
    """Return what the API server fills in for a leaf that is not written; None where it fills in nothing."""
    return next((held for end, held in _USUAL.items() if path[-len(end) :] == end), None)


def usual(path: Path, value: object) -> bool:
    """Tell whether a leaf says what the API server would fill in anyway."""
    return value is not None and value == default(path)


def leaves(path: Path, data: object) -> Iterator[tuple[Path, object]]:
    """Yield the leaves of plain data, each with its path; an empty mapping has none."""
    if isinstance(data, dict):
        for key, item in data.items():
            yield from leaves((*path, str(key)), item)
    else:
        yield path, data


def nested(path: Path, value: object) -> dict[str, Any]:
    """Return a value below its keys."""
    found = value
    for key in reversed(path):
        found = {key: found}
    return found if isinstance(found, dict) else {}


def merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return two mappings as one: those below both merged, all else as ``over`` has it."""
    found = dict(under)
    for key, value in over.items():
        below = found.get(key)
        found[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return found


def unseen(data: object) -> bool:
    """Tell whether data holds anything that is put in later."""
    if isinstance(data, dict):
        return any(unseen(key) or unseen(item) for key, item in data.items())
    if isinstance(data, list):
        return any(map(unseen, data))
    return data is UNKNOWN or placeholder(data)


def source(value_from: object) -> dict[str, object]:
    """Return where a variable's value comes from, without the one version that a field's reference has."""
    if isinstance(value_from, dict) and isinstance(value_from.get("fieldRef"), dict):
        field = {key: item for key, item in value_from["fieldRef"].items() if (key, item) != ("apiVersion", "v1")}
        value_from = {**value_from, "fieldRef": field}
    return {"valueFrom": value_from}


def bare(data: object) -> object:
    """Return data without the nulls by which a patch takes away what it does not want of a mapping."""
    if isinstance(data, dict):
        return {key: bare(item) for key, item in data.items() if item is not None}
    return [bare(item) for item in data] if isinstance(data, list) else data


def volume(data: dict[str, object]) -> dict[str, object]:
    """Return a volume without its name, and without the empty type of a path of the host that a live object has."""
    found = {key: bare(item) for key, item in data.items() if key != "name" and item is not None}
    host = found.get("hostPath")
    if isinstance(host, dict) and not host.get("type"):
        found["hostPath"] = {key: item for key, item in host.items() if key != "type"}
    return found


def ports(data: object) -> object:
    """Return a container's ports without what the API server fills in: TCP, and the node's port in its network."""
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        return data
    return [
        {
            key: value
            for key, value in item.items()
            if (key, value) not in (("protocol", "TCP"), ("hostPort", item.get("containerPort")))
        }
        for item in data
        if "$patch" not in item
    ]


@cache
def shipped(release: str | None) -> Flat:
    """Return what the stock manifest of a release sets, of an unknown one the newest's; do not change it."""
    stock = stock_of(release)
    found: Flat = {}
    for container in stock.containers:
        for name, text in stock.env(container).items():
            field = {"fieldRef": {"fieldPath": text.removeprefix(FIELD_REF)}}
            found["env", container, name] = {"valueFrom": field} if text.startswith(FIELD_REF) else text
        held = stock.items
        found["container", container, "image"] = f"{held[f'{container} image']}:{held[f'{container} tag']}"
        for field_name in ("imagePullPolicy", "ports", "resources", "securityContext", *PODS):
            data = held.get(f"{container} {field_name}")
            found.update(leaves(("container", container, field_name), data) if data is not None else ())
        for at, name in stock.mounts(container).items():
            found["mount", container, at] = {"name": name}
    found.update({("flag", name): text for name, text in parsed(stock.args(AGENT)).texts.items()})
    found.update({("configMap", key): text for key, text in stock.configmap.items()})
    for name, host in stock.volumes.items():
        found["volume", name] = {"hostPath": {"path": host.path, **({"type": host.type} if host.type else {})}}
    for key, data in stock.pod.items():
        found.update(leaves(("pod", key), data))
    for key, data in stock.daemonset.items():
        found.update(leaves(("daemonset", key), data) if key in ("labels", "updateStrategy") else ())
    return {path: value for path, value in found.items() if not usual(path, value)}


OWN: Final = (MAIN, INIT, AGENT)
