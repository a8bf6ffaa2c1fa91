"""Manifests of the VPC CNI as its releases ship them: six documents, some 12 KB, made from the table of releases."""

from __future__ import annotations

import io
import os
import re
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

from cnilint.knowledge.releases import FIELD_REF, Stock, newest, releases, stock

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]

_CONTAINERS = ("aws-node", "aws-eks-nodeagent")
_INIT = "aws-vpc-cni-init"
_PLAIN = ("args", "ports", "livenessProbe", "readinessProbe", "resources", "securityContext", "imagePullPolicy")
# What clusters change, one at a time; the first is the manifest as shipped.
_CHANGES = (
    ("", ""),
    ("WARM_ENI_TARGET", "2"),
    ("ENABLE_PREFIX_DELEGATION", "true"),
    ("AWS_VPC_K8S_CNI_LOGLEVEL", "INFO"),
    ("AWS_VPC_K8S_CNI_EXTERNALSNAT", "true"),
    ("DISABLE_METRICS", "true"),
    ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "true"),
)
_RELEASES = 8
_SET = "kind: DaemonSet\napiVersion: apps/v1\nmetadata:\n"
_DEFINITION = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates", "eniconfig-definition.yaml")


def one() -> str:
    """Return the newest release's stock manifest."""
    return _text(newest())


def many(count: int) -> Iterator[str]:
    """Yield manifests as clusters have them: of several releases, most with a setting changed."""
    for index, text in enumerate(shipped(count)):
        yield changed(text, *_CHANGES[index % len(_CHANGES)])


def shipped(count: int) -> Iterator[str]:
    """Yield manifests of several releases without a change that anything could be said of.

    Each DaemonSet has a note of its own, so that no two are the same text; roles and definitions are, as in clusters.
    """
    names = list(releases())[-_RELEASES:]
    for index in range(count):
        yield _text(names[index % len(names)]).replace(_SET, f"{_SET}  annotations:\n    cluster: c{index:05}\n")


def changed(text: str, name: str, value: str) -> str:
    """Return a manifest with one environment variable changed; without a name, as it is."""
    return re.sub(rf'(name: {name}\n +value: )"[^"]*"', rf'\1"{value}"', text, count=1) if name else text


def documents(count: int) -> str:
    """Return one text of this many documents: manifests one after the other."""
    each = chain.from_iterable(text.removeprefix("---\n").split("\n---\n") for text in many(count))
    return "".join(f"---\n{document.rstrip()}\n" for document in islice(each, count))


@cache
def _text(version: str) -> str:
    """Return the stock manifest of a release."""
    yaml = YAML()
    yaml.width = 4096
    yaml.explicit_start = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump_all(_objects(stock(version)), out)
    with open(_DEFINITION, encoding="utf-8") as file:
        return f"---\n{file.read()}{out.getvalue()}"


def _objects(shipped: Stock) -> list[Object]:
    labels = {key: Quoted(value) if value == shipped.version else value for key, value in shipped.labels.items()}
    named = {"name": "aws-node", "labels": labels}
    here = {"name": "aws-node", "namespace": "kube-system", "labels": labels}
    return [
        _copied(held)
        for held in (
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": here},
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {**here, "name": "amazon-vpc-cni"},
                "data": {key: Quoted(value) for key, value in shipped.configmap.items()},
            },
            _rbac("ClusterRole", named) | {"rules": _grants(shipped)},
            _rbac("ClusterRoleBinding", named)
            | {
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "aws-node"},
                "subjects": [{"kind": "ServiceAccount", "name": "aws-node", "namespace": "kube-system"}],
            },
            _daemonset(shipped, here),
        )
    ]


def _copied(held: Any) -> Any:  # noqa: ANN401  # plain data of any shape
    """Return it without anything shared, which would be written as anchors and aliases."""
    if isinstance(held, dict):
        return {key: _copied(value) for key, value in held.items()}
    return [_copied(value) for value in held] if isinstance(held, list) else held


def _rbac(kind: str, metadata: Object) -> Object:
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata}


def _grants(shipped: Stock) -> list[Object]:
    verbs: dict[str, list[str]] = {}
    for name, verb in sorted(shipped.grants):
        verbs.setdefault(name, []).append(verb)
    rules: list[Object] = []
    for name, allowed in verbs.items():
        if name.startswith("url:"):
            rules.append({"nonResourceURLs": [name.removeprefix("url:")], "verbs": allowed})
        else:
            group, _, resource = name.partition("/")
            groups = [Quoted("") if group == "core" else group]
            rules.append({"apiGroups": groups, "resources": [resource], "verbs": allowed})
    return rules


def _daemonset(shipped: Stock, metadata: Object) -> Object:
    pod = {key: value for key, value in shipped.pod.items() if key != "labels"}
    pod["initContainers"] = [_container(shipped, _INIT)]
    pod["containers"] = [_container(shipped, name) for name in _CONTAINERS]
    pod["volumes"] = [
        {"name": name, "hostPath": {"path": held.path} | ({"type": held.type} if held.type else {})}
        for name, held in shipped.volumes.items()
    ]
    return {
        "kind": "DaemonSet",
        "apiVersion": shipped.daemonset["apiVersion"],
        "metadata": metadata,
        "spec": {
            "updateStrategy": shipped.daemonset["updateStrategy"],
            "selector": shipped.daemonset["selector"],
            "template": {"metadata": {"labels": shipped.pod_labels}, "spec": pod},
        },
    }


def _container(shipped: Stock, name: str) -> Object:
    written: Object = {"name": name, "image": f"{shipped.items[f'{name} image']}:{shipped.items[f'{name} tag']}"}
    written |= {key: held for key in _PLAIN if (held := shipped.items.get(f"{name} {key}")) is not None}
    env = shipped.env(name)
    written["env"] = [{"name": variable, **_value(value)} for variable, value in env.items()]
    written["volumeMounts"] = [{"mountPath": path, "name": name} for path, name in shipped.mounts(name).items()]
    return written


def _value(value: str) -> Object:
    if value.startswith(FIELD_REF):
        return {"valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": value.removeprefix(FIELD_REF)}}}
    return {"value": Quoted(value)}
