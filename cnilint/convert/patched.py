"""Choices to a strategic merge patch of aws-node, with patches of the objects beside it.

Lists whose items have names are merged by them; to take an item away, ``$patch: delete`` stands in it, and to take a
field away, null (kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnilint.choices.flat import Flat, Path, merged, nested, shipped
from cnilint.choices.model import REMOVED
from cnilint.facts.release import stock_of
from cnilint.knowledge.flags import parsed
from cnilint.surface.model import AGENT, INIT

if TYPE_CHECKING:
    from cnilint.choices.model import Choices

Object = dict[str, Any]

_DELETE: Final[Object] = {"$patch": "delete"}
# Lists of which a patch's items would be merged with those there are.
_MERGED: Final = frozenset({"ports"})


def objects(choices: Choices) -> list[Object]:
    """Return the patch of the DaemonSet, if there is anything in it, and the objects beside it."""
    flat, beside = choices.flat, list(_beside(choices))
    found = _daemonset(flat, shipped(choices.release), choices)
    return (
        [found, *beside] if "spec" in found or len(found["metadata"]) > len(_name("aws-node")) or not beside else beside
    )


def _name(name: str) -> Object:
    return {"name": name, "namespace": "kube-system"}


def _daemonset(flat: Flat, usual: Flat, choices: Choices) -> Object:
    found: Object = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": _name("aws-node")}
    pod: Object = {}
    for path, value in _collapsed(flat, choices.desired).items():
        kind, *rest = path
        tree = nested(tuple(rest), _null(value, rest[-1]))
        if kind == "daemonset":
            found = merged(found, {"metadata" if rest[0] in ("labels", "annotations") else "spec": tree})
        elif kind == "pod" and rest[0] in ("labels", "annotations"):
            found = merged(found, {"spec": {"template": {"metadata": tree}}})
        elif kind == "pod":
            pod = merged(pod, tree)
    pod |= _containers(flat, usual, choices)
    volumes = [_item("name", path[1], value, usual.get(path)) for path, value in flat.items() if path[0] == "volume"]
    pod |= {"volumes": volumes} if volumes else {}
    return merged(found, {"spec": {"template": {"spec": pod}}}) if pod else found


def _null(value: object, field: str) -> object:
    """Return a value as a patch writes it: null takes it away, and a list is told to take the place of another."""
    if value is REMOVED:
        return None
    return [{"$patch": "replace"}, *value] if field in _MERGED and isinstance(value, list) else value


def _collapsed(flat: Flat, desired: Flat) -> Flat:
    """Return choices where what is taken away as a whole is taken away at its top."""
    found: Flat = {}
    for path, value in flat.items():
        top = path
        least = 4 if path[0] == "container" else 3
        while value is REMOVED and len(top) >= least and not any(held[: len(top) - 1] == top[:-1] for held in desired):
            top = top[:-1]
        found[top] = value
    return found


def _containers(flat: Flat, usual: Flat, choices: Choices) -> Object:
    """Return the lists of containers, each with what is changed of it."""
    stock = stock_of(choices.release).containers
    lists: dict[str, list[Object]] = {"initContainers": [], "containers": []}
    for name in dict.fromkeys(_container(path) for path in flat if _container(path)):
        own = flat.get(("container", name))
        if own is REMOVED:
            body: Object = dict(_DELETE)
        elif isinstance(own, dict):
            body = {key: value for key, value in own.items() if key != "init"}
        else:
            body = _body(name, flat, usual, choices)
        init = name == INIT or stock.get(name, False) or (isinstance(own, dict) and own.get("init") is True)
        lists["initContainers" if init else "containers"].append({"name": name, **body})
    return {key: found for key, found in lists.items() if found}


def _container(path: Path) -> str:
    """Return the container that a path is of, "" for none."""
    return AGENT if path[0] == "flag" else path[1] if path[0] in ("env", "container", "mount") else ""


def _body(name: str, flat: Flat, usual: Flat, choices: Choices) -> Object:
    image = flat.get(("container", name, "image"))
    body: Object = {"image": image} if isinstance(image, str) else {}
    if any(path[0] == "flag" for path in flat) and name == AGENT:
        body["args"] = _args(choices)
    env = [_variable(path[2], value, usual.get(path)) for path, value in flat.items() if path[:2] == ("env", name)]
    body |= {"env": env} if env else {}
    for path, value in _collapsed(flat, choices.desired).items():
        if path[:2] == ("container", name):
            body = merged(body, nested(path[2:], _null(value, path[-1])))
    mounts = [
        {"mountPath": path[2], **(_DELETE if value is REMOVED else value)}  # type: ignore[dict-item]  # a mapping
        for path, value in flat.items()
        if path[:2] == ("mount", name)
    ]
    return body | ({"volumeMounts": mounts} if mounts else {})


def _variable(name: str, value: object, usual: object) -> Object:
    """Return an entry of an environment; what is there of the other kind is taken away, or it would stand beside."""
    if value is REMOVED:
        return {"name": name, **_DELETE}
    if isinstance(value, dict):
        return {"name": name, **({"value": None} if isinstance(usual, str) else {}), **value}
    return {"name": name, "value": value, **({"valueFrom": None} if isinstance(usual, dict) else {})}


def _args(choices: Choices) -> list[str]:
    """Return the agent's whole command line: a patch replaces it."""
    wanted = {path[1]: value for path, value in choices.desired.items() if path[0] == "flag"}
    known = [flag for flag in parsed(stock_of(choices.release).args(AGENT)).texts if flag in wanted]
    return [f"--{flag}={wanted[flag]}" for flag in dict.fromkeys((*known, *wanted))]


def _item(key: str, name: str, value: object, usual: object) -> Object:
    """Return an item of a list that is merged by a key, with nulls for what the shipped one has otherwise."""
    if value is REMOVED:
        return {key: name, **_DELETE}
    return {key: name, **_over(usual if isinstance(usual, dict) else {}, value if isinstance(value, dict) else {})}


def _over(usual: Object, value: Object) -> Object:
    """Return a mapping that, merged over another, leaves no more than it says."""
    found: Object = {}
    for key, item in value.items():
        below = usual.get(key)
        found[key] = _over(below, item) if isinstance(below, dict) and isinstance(item, dict) else item
    return {**found, **dict.fromkeys(usual.keys() - value.keys())}


def _beside(choices: Choices) -> list[Object]:
    """Return the ConfigMap, the service account and the ENIConfigs, where any of their fields are chosen."""
    flat = choices.flat
    data = {path[1]: value for path, value in flat.items() if path[0] == "configMap"}
    notes = {path[2]: value for path, value in flat.items() if path[0] == "serviceAccount"}
    found: list[Object] = []
    if data:
        found.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": _name("amazon-vpc-cni"), "data": data})
    if notes:
        about = {**_name("aws-node"), "annotations": notes}
        found.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": about})
    for path, value in flat.items():
        if path[0] == "eniConfig":
            version = "crd.k8s.amazonaws.com/v1alpha1"
            found.append({"apiVersion": version, "kind": "ENIConfig", "metadata": {"name": path[1]}, "spec": value})
    return found
