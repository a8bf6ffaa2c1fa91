"""A DaemonSet aws-node as shipped and as it lives, and edits of each of its fields: for tests/test_ownership*.py."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from stock_manifest import daemonset as manifest

from cnilint.knowledge.releases import newest
from cnilint.knowledge.versions import before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Data = dict[str, Any]
REGISTRY = "602401143452.dkr.ecr.us-west-2.amazonaws.com"
CREATED = "2023-03-11T09:26:40Z"
NOTED = "kubectl.kubernetes.io/last-applied-configuration"
OWNED_BEFORE = {"AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", "MY_NODE_NAME"}
NAMES_OF_RELEASES = {"app.kubernetes.io/version", "helm.sh/chart", "app.kubernetes.io/managed-by"}


class Edit(NamedTuple):
    """One edit: the rule's family of fields, what is edited (the end of the finding's field), and how."""

    family: str
    field: str
    apply: Callable[[Data], None]

    def of(self, manifest: Data) -> Data:
        """Return the manifest with this edit."""
        edited = copy.deepcopy(manifest)
        self.apply(edited)
        return edited

    def __repr__(self) -> str:
        return f"{self.family} {self.field}"


def edits(of: Data) -> Iterator[Edit]:
    """Yield an edit of each managed field and of each variable of a DaemonSet."""
    spec = of["spec"]
    pod = spec["template"]["spec"]
    yield Edit("service account", "serviceAccountName", _put("x", "spec", "template", "spec", "serviceAccountName"))
    for path, labels in (
        (("metadata", "labels"), of["metadata"]["labels"]),
        (("spec", "template", "metadata", "labels"), spec["template"]["metadata"]["labels"]),
    ):
        for label in labels.keys() - NAMES_OF_RELEASES:
            field = f"[{label}]" if "/" in label else f".{label}"
            yield Edit("labels", field, _put("x", *path, label))
    for number, volume in enumerate(pod["volumes"]):
        at = ("spec", "template", "spec", "volumes", number, "hostPath", "path")
        yield Edit("volumes", f"{volume['name']}.hostPath.path", _put("/srv/x", *at))
    yield Edit("pod", "hostNetwork", _put(False, "spec", "template", "spec", "hostNetwork"))  # noqa: FBT003  # the value
    for key in ("priorityClassName", "terminationGracePeriodSeconds"):
        if key in pod:
            yield Edit("pod", key, _put(45, "spec", "template", "spec", key))
    yield Edit("pod", "tolerations", _put([{"key": "x"}], "spec", "template", "spec", "tolerations"))
    terms = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    yield Edit("pod", "nodeSelectorTerms", _put([], "spec", "template", "spec", *terms))
    yield Edit("pod", "updateStrategy.type", _put("OnDelete", "spec", "updateStrategy", "type"))
    for key in ("initContainers", "containers"):
        for number, container in enumerate(pod.get(key, ())):
            yield from _of_container(("spec", "template", "spec", key, number), container)


def _of_container(at: tuple[str | int, ...], held: Data) -> Iterator[Edit]:
    yield from _documented(at, held)
    yield from _others(at, held)
    for number, entry in enumerate(held.get("env") or ()):
        changed = {"name": entry["name"], "value": "7"}
        yield Edit("environment", f"env.{entry['name']}.value", _put(changed, *at, "env", number))
        yield Edit("environment", f"env.{entry['name']}", _without(number, *at, "env"))


def _documented(at: tuple[str | int, ...], held: Data) -> Iterator[Edit]:
    name = held["name"]
    repository = held["image"].partition("/")[2]
    yield Edit("image", f"{name}.image", _put(f"registry.example.com/{repository}", *at, "image"))
    for number, mount in enumerate(held.get("volumeMounts", ())):
        yield Edit("mounts", f"[{mount['mountPath']}].name", _put("x", *at, "volumeMounts", number, "name"))
    for probe in ("livenessProbe", "readinessProbe"):
        for key in held.get(probe, {}).keys() & {"initialDelaySeconds", "timeoutSeconds"}:
            yield Edit("probes", f"{probe}.{key}", _put(77, *at, probe, key))
        if probe in held:
            yield Edit("probes", f"{probe}.exec.command", _put(["x"], *at, probe, "exec", "command"))


def _others(at: tuple[str | int, ...], held: Data) -> Iterator[Edit]:
    for number, word in enumerate(held.get("args", ())):
        yield Edit("agent flags", f"args.{number}", _put(f"{word.partition('=')[0]}=7", *at, "args", number))
    if held.get("resources"):
        yield Edit("resources", "requests.cpu", _put("77m", *at, "resources", "requests", "cpu"))
    if "privileged" in held.get("securityContext", {}):
        yield Edit("security context", "privileged", _put(False, *at, "securityContext", "privileged"))  # noqa: FBT003
    if "capabilities" in held.get("securityContext", {}):
        yield Edit("security context", "add", _put(["SYS_TIME"], *at, "securityContext", "capabilities", "add"))
    if "imagePullPolicy" in held:
        yield Edit("container", "imagePullPolicy", _put("Never", *at, "imagePullPolicy"))
    for number, port in enumerate(held.get("ports", ())):
        yield Edit("container", f"{port['name']}.containerPort", _put(7, *at, "ports", number, "containerPort"))


def _put(value: object, *path: str | int) -> Callable[[Data], None]:
    def apply(data: Any) -> None:  # noqa: ANN401  # plain data
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return apply


def _without(number: int, *path: str | int) -> Callable[[Data], None]:
    def apply(data: Any) -> None:  # noqa: ANN401  # plain data
        for step in path:
            data = data[step]
        del data[number]

    return apply


def verdict(edit: Edit, release: str, *, managed: bool | None) -> str:
    """Return what is right about an edit: EKS has an add-on since v1.7.5, with variables since v1.12.0."""
    variable = edit.field.removeprefix("env.").removesuffix(".value")
    early = edit.family == "environment" and before(release, "v1.12.0") and variable not in OWNED_BEFORE
    if managed is False or before(release, "v1.7.5") or early:
        return "kept"
    return "reverted" if managed else "unknown"


def tree(data: object) -> Any:  # noqa: ANN401  # a tree of fieldsV1
    """Return the fields of plain data as server-side apply notes them."""
    if isinstance(data, dict):
        return {f"f:{key}": tree(value) for key, value in data.items()}
    if isinstance(data, list) and data and all(isinstance(item, dict) for item in data):
        key = next((name for name in ("mountPath", "name") if name in data[0]), None)
        if key:
            return {
                f"k:{json.dumps({key: item[key]}, separators=(',', ':'))}": {".": {}, **tree(item)} for item in data
            }
    return {}


def live(**entries: tuple[object, str]) -> Data:
    """Return the newest DaemonSet as EKS rendered it, with a tree and a time for each other manager."""
    found = manifest(newest())
    eks = entries.pop(
        "eks", (tree({"spec": found["spec"], "metadata": {"labels": found["metadata"]["labels"]}}), "2025")
    )
    every = {"eks": eks, **entries}
    found["metadata"] |= {
        "creationTimestamp": CREATED,
        "managedFields": [
            {"manager": name.replace("_", "-"), "time": f"{time}-02-03T14:01:40Z", "fieldsV1": fields}
            for name, (fields, time) in every.items()
        ],
    }
    return found


def other() -> tuple[object, str]:
    """Return the tree of a manager that owns nothing yet, and its time."""
    steps = ("f:spec", "f:template", "f:spec", "f:containers", 'k:{"name":"aws-node"}', "f:env")
    fields: dict[str, Any] = {}
    for step in reversed(steps):
        fields = {step: fields}
    return fields, "2025"
