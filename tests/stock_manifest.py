"""Manifests for tests: written from the release table, in block or flow style, and the head of a patch."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from cnilint.knowledge.releases import FIELD_REF, stock

if TYPE_CHECKING:
    from cnilint.knowledge.releases import Stock

_FIELDS = ("imagePullPolicy", "ports", "resources", "securityContext", "livenessProbe", "readinessProbe")


# A patch of aws-node's environment: entries follow, indented by twelve.
PATCH = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  template:
    spec:
      containers:
        - name: aws-node
          env:
"""


def daemonset(release: str) -> dict[str, Any]:
    """Return the DaemonSet that a release ships, as plain data."""
    held = stock(release)
    spec = {key: value for key, value in held.pod.items() if key != "labels"}
    volumes = [
        {"name": name, "hostPath": {"path": host.path, **({"type": host.type} if host.type else {})}}
        for name, host in held.volumes.items()
    ]
    lists = {
        key: found
        for key, init in (("initContainers", True), ("containers", False))
        if (found := [_container(held, name) for name, kind in held.containers.items() if kind == init])
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "aws-node", "namespace": "kube-system", "labels": dict(held.labels)},
        "spec": {
            "selector": held.daemonset["selector"],
            "updateStrategy": held.daemonset["updateStrategy"],
            "template": {"metadata": {"labels": dict(held.pod_labels)}, "spec": {**spec, **lists, "volumes": volumes}},
        },
    }


def _container(held: Stock, name: str) -> dict[str, Any]:
    items = held.items
    env = [
        {"name": key, "valueFrom": {"fieldRef": {"fieldPath": text.removeprefix(FIELD_REF)}}}
        if text.startswith(FIELD_REF)
        else {"name": key, "value": text}
        for key, text in held.env(name).items()
    ]
    found: dict[str, Any] = {"name": name, "image": f"{items[f'{name} image']}:{items[f'{name} tag']}"}
    found |= {key: items[f"{name} {key}"] for key in _FIELDS if f"{name} {key}" in items}
    found |= {"args": held.args(name)} if held.args(name) else {}
    found |= {"env": env} if env else {}
    found["volumeMounts"] = [{"mountPath": path, "name": volume} for path, volume in held.mounts(name).items()]
    return found


def objects(release: str) -> list[dict[str, Any]]:
    """Return what a release ships beside the DaemonSet, as far as a surface looks at it."""
    held = stock(release)
    grants: dict[str, list[str]] = {}
    for resource, verb in sorted(held.grants):
        grants.setdefault(resource, []).append(verb)
    rules: list[dict[str, Any]] = []
    for resource, verbs in grants.items():
        group, _, name = resource.partition("/")
        if resource.startswith("url:"):
            rules.append({"nonResourceURLs": [resource.removeprefix("url:")], "verbs": verbs})
        else:
            rules.append({"apiGroups": ["" if group == "core" else group], "resources": [name], "verbs": verbs})
    found: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "aws-node", "namespace": "kube-system"}},
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "aws-node"},
            "rules": rules,
        },
    ]
    if held.configmap:
        metadata = {"name": "amazon-vpc-cni", "namespace": "kube-system"}
        found.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(held.configmap)})
    return found


def manifest(release: str, *, flow: bool = False) -> str:
    """Return a release's manifest as YAML, with a comment; ``flow`` writes variables and mounts on a line each."""
    return text(daemonset(release), objects(release), flow=flow)


def text(main: dict[str, Any], beside: list[dict[str, Any]], *, flow: bool = False) -> str:
    """Return a DaemonSet and the objects beside it as YAML."""
    pod = main["spec"]["template"]["spec"]
    for item in (*pod.get("initContainers", ()), *pod["containers"]) if flow else ():
        for key in ("env", "volumeMounts"):
            item[key] = [_flow(each) for each in item.get(key, ())]
    texts = [yaml(each) for each in (*beside, main)]
    return "---\n".join(["# what a release ships\n" + texts[0], *texts[1:]])


def _flow(item: dict[str, Any]) -> CommentedMap:
    found = CommentedMap(_quoted(item))
    found.fa.set_flow_style()
    return found


def yaml(data: object) -> str:
    """Return plain data as YAML in block style, its strings in double quotes."""
    writer = YAML()
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = 1 << 20
    stream = StringIO()
    writer.dump(_quoted(data), stream)
    return stream.getvalue()


def _quoted(data: object) -> Any:  # noqa: ANN401  # data with ruamel.yaml's own kinds
    if isinstance(data, CommentedMap):
        return data
    if isinstance(data, dict):
        return {key: _quoted(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_quoted(item) for item in data]
    return DoubleQuotedScalarString(data) if isinstance(data, str) else data
