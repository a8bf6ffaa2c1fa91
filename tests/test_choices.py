"""What a surface sets beyond its release's stock manifest: every kind of surface, every part of a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilint.choices.choices import choices
from cnilint.choices.model import REMOVED, Choices
from cnilint.facts import Context, Told
from cnilint.source.text import decoded
from cnilint.surface import surfaces
from cnilint.surface.joined import joined

if TYPE_CHECKING:
    from pathlib import Path

MAIN, INIT, AGENT = "aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent"


def read(content: str, path: str = "x.yaml", told: Told | None = None, kind: str = "") -> Choices:
    """Return the choices of the one surface with settings that a text has."""
    found = joined(surfaces(decoded(content.encode(), path), kind=kind), named=False)
    own = [surface for surface in found if surface.kind != "nodes"]
    assert len(own) == 1
    return choices(Context(own[0], told or Told()))


def patch(pod: str, more: str = "") -> str:
    return f"""\
kind: DaemonSet
apiVersion: apps/v1
metadata: {{name: aws-node, namespace: kube-system}}
spec: {{template: {{spec: {pod}}}}}
{more}"""


LIVENESS = [
    ("container", MAIN, "livenessProbe", *field)
    for field in [("exec", "command"), ("initialDelaySeconds",), ("timeoutSeconds",)]
]
PATCHES = [
    ("{containers: [{name: aws-node, env: [{name: MAX_ENI, value: '4'}]}]}", {("env", MAIN, "MAX_ENI"): "4"}),
    ("{containers: [{name: aws-node, env: [{name: WARM_ENI_TARGET, value: '1'}]}]}", {}),
    (
        "{containers: [{name: aws-node, env: [{name: WARM_ENI_TARGET, $patch: delete}]}]}",
        {("env", MAIN, "WARM_ENI_TARGET"): REMOVED},
    ),
    ("{containers: [{name: aws-node, env: [{name: MAX_ENI, $patch: delete}]}]}", {}),
    (
        "{containers: [{name: aws-node, env: [{name: X, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: a}}}]}]}",
        {("env", MAIN, "X"): {"valueFrom": {"fieldRef": {"fieldPath": "a"}}}},
    ),
    (
        "{initContainers: [{name: aws-vpc-cni-init, env: [{name: ENABLE_IPv6, value: 'true'}]}]}",
        {("env", INIT, "ENABLE_IPv6"): "true"},
    ),
    (
        "{containers: [{name: aws-node, resources: {limits: {memory: 1Gi}, requests: {cpu: 25m}}}]}",
        {("container", MAIN, "resources", "limits", "memory"): "1Gi"},
    ),
    ("{tolerations: [{operator: Exists}], nodeSelector: {a: b}}", {("pod", "nodeSelector", "a"): "b"}),
    ("{tolerations: null}", {("pod", "tolerations"): REMOVED}),
    ("{tolerations: []}", {("pod", "tolerations"): REMOVED}),
    ("{volumes: [{name: run-dir, $patch: delete}]}", {("volume", "run-dir"): REMOVED}),
    ("{volumes: [{name: x, emptyDir: {}}]}", {("volume", "x"): {"emptyDir": {}}}),
    (
        "{containers: [{name: aws-node, volumeMounts: [{mountPath: /x, name: x}]}]}",
        {("mount", MAIN, "/x"): {"name": "x"}},
    ),
    ("{containers: [{name: aws-node, livenessProbe: null}]}", dict.fromkeys(LIVENESS, REMOVED)),
    (
        "{containers: [{name: aws-node, ports: [{$patch: replace}, {containerPort: 1}]}]}",
        {("container", MAIN, "ports"): [{"containerPort": 1}]},
    ),
    (
        "{volumes: [{name: run-dir, hostPath: {path: /x, type: null}, emptyDir: null}]}",
        {("volume", "run-dir"): {"hostPath": {"path": "/x"}}},
    ),
    ("{containers: [{name: side, image: x}]}", {("container", "side"): {"image": "x"}}),
    (
        "{containers: [{name: aws-node, livenessProbe: {timeoutSeconds: 30, periodSeconds: 10}}]}",
        {("container", MAIN, "livenessProbe", "timeoutSeconds"): 30},
    ),
    ("{containers: [{name: aws-eks-nodeagent, $patch: delete}]}", {("container", AGENT): REMOVED}),
    (
        "{initContainers: [{name: more, image: x}], containers: [{name: aws-node}]}",
        {("container", "more"): {"image": "x", "init": True}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("pod", "expected"), PATCHES)
def test_a_patch_chooses_what_it_writes_otherwise(pod: str, expected: dict[object, object]) -> None:
    found = read(patch(pod))
    assert found.flat == expected
    assert not found.hidden
    assert not found.beyond


def test_a_list_of_arguments_replaces_the_shipped_one() -> None:
    args = ["--enable-network-policy=true", "--log-level", "info", "--what=1", "loose"]
    found = read(patch(f"{{containers: [{{name: {AGENT}, args: {args}}}]}}"))
    written = {path[1]: value for path, value in found.flat.items() if value is not REMOVED}
    assert written == {"enable-network-policy": "true", "log-level": "info"}
    assert ("flag", "metrics-bind-addr") in found.flat
    assert [left.name for left in found.beyond] == [f"{AGENT} --what", f"{AGENT} loose"]


def test_what_a_whole_manifest_leaves_out_is_removed(manifest: str) -> None:
    found = read(manifest)
    assert found.release == "v1.23.1"
    assert found.env(MAIN)["WARM_IP_TARGET"] == "5"
    assert found.env(MAIN)["WARM_ENI_TARGET"] is REMOVED
    assert "ENABLE_IPv4" not in found.env(MAIN)
    assert found.flat["container", AGENT] is REMOVED
    assert not [path for path in found.flat if path[0] == "flag" or path[:2] == ("env", AGENT)]
    assert ("configMap", "enable-windows-ipam") not in found.flat


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("env: {MAX_ENI: '${MAX}', WARM_IP_TARGET: '5'}", ["MAX_ENI"]),
        ("env: {MAX_ENI: 0777, WARM_IP_TARGET: '5'}", ["MAX_ENI"]),
        ("env: {'${X}': a, WARM_IP_TARGET: '5'}", ["values"]),
        ("env: {WARM_IP_TARGET: '5'}\ntolerations: '${T}'", ["tolerations"]),
    ],
)
def test_what_cannot_be_seen_is_hidden(content: str, names: list[str]) -> None:
    found = read(content, kind="addon")
    assert [left.name for left in found.hidden] == names
    assert list(found.flat) == [("env", MAIN, "WARM_IP_TARGET")]


def test_what_is_no_setting_is_beyond() -> None:
    found = read("env: {MAX_ENI: '2', WARM_ENI_TARGET: null}")
    assert ([left.name for left in found.beyond], list(found.env(MAIN))) == (["WARM_ENI_TARGET"], ["MAX_ENI"])
    found = read("env: {ENABLE_IPv6: 'true'}\nwarmIpTarget: 5\nnodeAgent: {env: {}}", kind="addon")
    assert [left.name for left in found.beyond] == ["ENABLE_IPv6", "warmIpTarget", "nodeAgent.env"]


def test_what_is_not_built_as_values_are_is_beyond() -> None:
    found = read("env: {MAX_ENI: '2'}\nresources: 5\nextraVolumes: {a: b}\nnodeAgent: x\ninit: null", kind="helm")
    assert [left.name for left in found.beyond] == ["resources", "extraVolumes", "nodeAgent"]
    assert list(found.flat) == [("env", MAIN, "MAX_ENI")]


def test_a_json_patch_is_read_as_far_as_it_can_be() -> None:
    found = read("""\
- {op: add, path: /spec/template/spec/containers/0/env/-, value: {name: WARM_IP_TARGET, value: "5"}}
- {op: replace, path: /spec/template/spec/containers/0/image, value: "r.example/amazon-k8s-cni:v1.20.0"}
- {op: add, path: /spec/template/spec/nodeSelector, value: {a: b}}
""")
    assert found.release == "v1.20.0"
    assert [path[-1] for path in found.flat] == ["WARM_IP_TARGET", "image"]
    assert [left.name for left in found.beyond] == ["add /spec/template/spec/nodeSelector"]


def test_objects_beside_a_manifest(manifest: str) -> None:
    beside = """\
---
{kind: ConfigMap, apiVersion: v1, metadata: {name: amazon-vpc-cni}, data: {enable-windows-ipam: "true"}}
---
{kind: ENIConfig, apiVersion: crd.k8s.amazonaws.com/v1alpha1, metadata: {name: a}, spec: {subnet: subnet-1}}
---
{kind: ServiceAccount, apiVersion: v1, metadata: {name: aws-node, annotations: {eks.amazonaws.com/role-arn: arn}}}
---
kind: ClusterRole
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: aws-node}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]
"""
    found = read(manifest + beside)
    assert found.flat["configMap", "enable-windows-ipam"] == "true"
    assert found.flat["eniConfig", "a"] == {"subnet": "subnet-1"}
    assert found.flat["serviceAccount", "annotations", "eks.amazonaws.com/role-arn"] == "arn"
    assert [left.name for left in found.beyond] == ["ClusterRole core/secrets get"]


def test_a_place_and_a_name_a_choice() -> None:
    found = read("env:\n  MAX_ENI: '4'\nnodeAgent:\n  logLevel: info\ntolerations: [{key: a}]", kind="addon")
    said = [(item.name, item.at.text.position(item.at.start)[0]) for item in found.items]
    assert said == [("MAX_ENI", 2), (f"{AGENT} --log-level", 4), ("pod tolerations", 5)]


def test_a_stock_manifest_chooses_nothing(corpus: Path) -> None:
    for path in sorted((corpus / "stock").glob("*.yaml")):
        found = read(path.read_text("utf-8"), path.name)
        assert (found.items, found.hidden, found.beyond) == ((), (), ()), path.name
