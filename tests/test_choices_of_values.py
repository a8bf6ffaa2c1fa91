"""What values of the EKS add-on and of the chart set beyond the stock manifest: what they render to."""

from __future__ import annotations

import pytest

from cnilint.choices.choices import choices
from cnilint.choices.model import REMOVED, Choices
from cnilint.facts import Context, Told
from cnilint.source.text import decoded
from cnilint.surface import surfaces

MAIN, INIT, AGENT = "aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent"


def read(content: str, kind: str) -> Choices:
    """Return the choices of the one surface that a text has."""
    (surface,) = surfaces(decoded(content.encode(), "x.yaml"), kind=kind)
    return choices(Context(surface, Told()))


OVERLAYS = [
    ("env: {WARM_IP_TARGET: '5', WARM_ENI_TARGET: '1'}", {("env", MAIN, "WARM_IP_TARGET"): "5"}),
    ("env: {ENABLE_PREFIX_DELEGATION: true}", {("env", MAIN, "ENABLE_PREFIX_DELEGATION"): "true"}),
    ("init: {env: {ENABLE_V6_EGRESS: 'true'}}", {("env", INIT, "ENABLE_V6_EGRESS"): "true"}),
    (
        "enableNetworkPolicy: 'true'\nnodeAgent: {logLevel: info, metricsBindAddr: '9000'}",
        {
            ("flag", "enable-network-policy"): "true",
            ("configMap", "enable-network-policy-controller"): "true",
            ("flag", "log-level"): "info",
            ("flag", "metrics-bind-addr"): ":9000",
            ("container", AGENT, "ports"): [{"containerPort": 9000, "name": "agentmetrics"}],
        },
    ),
    ("warmWindowsIPTarget: 5", {("configMap", "warm-ip-target"): "5"}),
    ("tolerations: [{operator: Exists}]\nlivenessProbeTimeoutSeconds: 10", {}),
    (
        "resources: {limits: {cpu: 1}}",
        {("container", name, "resources", "limits", "cpu"): "1" for name in (MAIN, INIT, AGENT)},
    ),
    (
        "eniConfig: {create: true, region: r, subnets: {r-1a: {id: subnet-1, securityGroups: [sg-1]}}}",
        {("eniConfig", "r-1a"): {"subnet": "subnet-1", "securityGroups": ["sg-1"]}},
    ),
    ("eniConfig: {create: false, region: r, subnets: {a: {id: b}}}", {}),
    (
        "extraVolumes: [{name: x, emptyDir: {}}]\nextraVolumeMounts: [{name: x, mountPath: /x}]",
        {
            ("volume", "x"): {"emptyDir": {}},
            ("mount", MAIN, "/x"): {"name": "x"},
            ("mount", INIT, "/x"): {"name": "x"},
        },
    ),
    ("extraEnv: [{name: X, value: z}]", {("env", MAIN, "X"): "z"}),
]  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), OVERLAYS)
@pytest.mark.parametrize("kind", ["addon", "helm"])
def test_values_choose_what_they_render_to(values: str, expected: dict[object, object], kind: str) -> None:
    found = read(values, kind=kind)
    assert found.flat == expected
    assert not found.hidden
    assert not found.beyond


REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
CHART = [
    ("env: {WARM_ENI_TARGET: null}", {("env", MAIN, "WARM_ENI_TARGET"): REMOVED}),
    ("nodeAgent: {enabled: false}", {
        ("container", AGENT): REMOVED, ("volume", "bpf-pin-path"): REMOVED,
        ("env", MAIN, "NETWORK_POLICY_ENFORCING_MODE"): REMOVED,
    }),
    ("affinity: null", {("pod", "affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms"): REMOVED}),
    ("imagePullSecrets: []\nnodeSelector: {}\nserviceAccount: {name: null, create: true}", {}),
    ("init: {resources: {limits: {cpu: 1}}}", {
        ("container", INIT, "resources", "limits", "cpu"): "1",
        ("container", INIT, "resources", "requests", "cpu"): REMOVED,
    }),
    ("image: {region: eu-west-1, tag: v1.23.1}", {
        ("container", MAIN, "image"): "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.23.1",
    }),
    ("image: {override: 'r.example/cni:v1.23.1'}", {("container", MAIN, "image"): "r.example/cni:v1.23.1"}),
    ("image: {pullPolicy: Always}", {("container", MAIN, "imagePullPolicy"): "Always"}),
    ("podAnnotations: {a: b}\nserviceAccount: {annotations: {c: d}}", {
        ("pod", "annotations", "a"): "b", ("serviceAccount", "annotations", "c"): "d",
    }),
]  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), CHART)
def test_values_of_the_chart(values: str, expected: dict[object, object]) -> None:
    found = read(f"env: {{MAX_ENI: '4'}}\n{values}" if "env:" not in values else values, kind="helm")
    assert {path: value for path, value in found.flat.items() if path != ("env", MAIN, "MAX_ENI")} == expected
    assert not found.hidden
    assert not found.beyond
