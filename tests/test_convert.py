"""``cnilint convert``: what is printed for each form, what cannot be carried, exit codes, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilint.change.writing import hcl, quoted, yaml
from cnilint.convertcli import TARGETS

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

PATCH = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  template:
    spec:
      initContainers:
        - name: aws-vpc-cni-init
          env: [{name: DISABLE_TCP_EARLY_DEMUX, value: "true"}]
      containers:
        - name: aws-node
          image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.18.5-eksbuild.1
          env:
            - {name: WARM_ENI_TARGET, value: "1"}
            - {name: WARM_IP_TARGET, value: "5"}
            - {name: HOST_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
"""
ADDON = """\
# Configuration values of the EKS add-on vpc-cni v1.18.5-eksbuild.1
env:
  WARM_IP_TARGET: "5"
extraEnv:
  - name: HOST_IP
    valueFrom:
      fieldRef:
        fieldPath: status.hostIP
init:
  env:
    DISABLE_TCP_EARLY_DEMUX: "true"
"""
HELM = """\
# Values of the chart aws-vpc-cni 1.18.5, which installs the CNI v1.18.5-eksbuild.1
#
# Note: to take over a DaemonSet of the manifest, set originalMatchLabels: a selector cannot be changed
image:
  region: eu-west-1
  tag: v1.18.5-eksbuild.1
env:
  WARM_IP_TARGET: "5"
extraEnv:
  - name: HOST_IP
    valueFrom:
      fieldRef:
        fieldPath: status.hostIP
init:
  env:
    DISABLE_TCP_EARLY_DEMUX: "true"
"""
DAEMON_SET = """\
# Strategic merge patch for aws-node v1.18.5-eksbuild.1
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: aws-node
  namespace: kube-system
spec:
  template:
    spec:
      initContainers:
        - name: aws-vpc-cni-init
          env:
            - name: DISABLE_TCP_EARLY_DEMUX
              value: "true"
      containers:
        - name: aws-node
          image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.18.5-eksbuild.1
          env:
            - name: WARM_IP_TARGET
              value: "5"
            - name: HOST_IP
              valueFrom:
                fieldRef:
                  fieldPath: status.hostIP
"""
EKSCTL = """\
# The EKS add-on vpc-cni v1.18.5-eksbuild.1 for eksctl
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: "${CLUSTER_NAME}"
  region: eu-west-1
addons:
  - name: vpc-cni
    version: v1.18.5-eksbuild.1
    configurationValues: |-
      env:
        WARM_IP_TARGET: "5"
      extraEnv:
        - name: HOST_IP
          valueFrom:
            fieldRef:
              fieldPath: status.hostIP
      init:
        env:
          DISABLE_TCP_EARLY_DEMUX: "true"
"""
TERRAFORM = """\
# The EKS add-on vpc-cni v1.18.5-eksbuild.1 for Terraform
variable "cluster_name" {
  type = string
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name                = var.cluster_name
  addon_name                  = "vpc-cni"
  addon_version               = "v1.18.5-eksbuild.1"
  resolve_conflicts_on_update = "PRESERVE"

  configuration_values = jsonencode({
    env = {
      WARM_IP_TARGET = "5"
    }
    extraEnv = [
      {
        name = "HOST_IP"
        valueFrom = {
          fieldRef = {
            fieldPath = "status.hostIP"
          }
        }
      },
    ]
    init = {
      env = {
        DISABLE_TCP_EARLY_DEMUX = "true"
      }
    }
  })
}
"""


@pytest.mark.parametrize(
    ("form", "expected"),
    list(zip(TARGETS, [ADDON, HELM, DAEMON_SET, EKSCTL, TERRAFORM], strict=True)),
    ids=TARGETS,
)
def test_each_form(cnilint: CommandLine, form: str, expected: str) -> None:
    found = cnilint("convert", "-", "--to", form, stdin=PATCH.encode())
    assert found.out == expected
    assert found.code == 0
    assert all(line.startswith("note: ") for line in found.err.splitlines())


def test_what_is_not_carried_is_told_twice(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("env: {WARM_IP_TARGET: '5', WARM_ENI_TARGET: '${WARM}'}\nnodeSelector: {a: b}")
    found = cnilint("convert", "x.yaml", "--as", "helm", "--to", "addon")
    assert found.code == 1
    first, second = found.err.splitlines()
    assert first == "x.yaml:1:45: not carried: WARM_ENI_TARGET: its value cannot be told from the file: '${WARM}'"
    assert second.startswith("x.yaml:2:19: not carried: pod nodeSelector.a: the add-on refuses it: $.nodeSelector: ")
    assert "# - WARM_ENI_TARGET (x.yaml:1:45): its value cannot be told from the file: '${WARM}'\n" in found.out
    assert found.out.endswith('env:\n  WARM_IP_TARGET: "5"\n')


LOST = [
    ("addon", "env: {ENABLE_IPv6: 'true', MAX_ENI: '2'}", ["ENABLE_IPv6"]),
    ("addon", "env: {WARM_ENI_TARGET: null, MAX_ENI: '2'}", []),
    ("addon", "env: {WARM_PREFIX_TARGET: null, MAX_ENI: '2'}", ["WARM_PREFIX_TARGET"]),
    ("addon", "env: {MAX_ENI: '2'}\npodLabels: {a: b}", ["pod labels.a"]),
    ("addon", "env: {MAX_ENI: '2'}\nimage: {override: 'r.example/amazon-k8s-cni:v1.20.0'}", ["aws-node image"]),
    ("addon", "env: {MAX_ENI: '2'}\nimage: {region: eu-west-1, tag: v1.20.0}", []),
    ("addon", "env: {MAX_ENI: '2'}\ninit: {resources: {limits: {cpu: 1}}}", ["aws-vpc-cni-init resources"]),
    (
        "addon",
        "env: {MAX_ENI: '2'}\nnodeAgent: {enabled: false}",
        ["volume bpf-pin-path", "aws-eks-nodeagent", "NETWORK_POLICY_ENFORCING_MODE"],
    ),
    ("addon", "env: {MAX_ENI: '2', NETWORK_POLICY_ENFORCING_MODE: none}", ["NETWORK_POLICY_ENFORCING_MODE"]),
    ("addon", "env: {MAX_ENI: '2'}\nnodeAgent: {logLevel: info, metricsBindAddr: '9000'}", []),
    ("helm", "env: {WARM_PREFIX_TARGET: null, MAX_ENI: '2'}", []),
    ("helm", "env: {MAX_ENI: '2'}\nnodeAgent: {enabled: false}\npodLabels: {a: b}", []),
    ("helm", "env: {MAX_ENI: '2'}\npodMonitor: {create: true}", ["podMonitor.create"]),
]


@pytest.mark.parametrize(("form", "values", "names"), LOST)
def test_what_a_form_cannot_hold(cnilint: CommandLine, form: str, values: str, names: list[str]) -> None:
    told = ("--as", "helm", "--cni-version", "v1.20.0")
    found = cnilint("convert", "-", "--to", form, *told, stdin=values.encode())
    assert [line.split(": ")[2] for line in found.err.splitlines() if "not carried" in line] == names
    assert found.code == bool(names)


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("v1.12.6", ["aws-eks-nodeagent --enable-policy-event-logs", "ENABLE_SUBNET_DISCOVERY"]),
        ("v1.15.1", ["ENABLE_SUBNET_DISCOVERY"]),
        ("v1.18.5", []),
    ],
)
def test_an_older_add_on_takes_less(cnilint: CommandLine, version: str, names: list[str]) -> None:
    values = b"env: {MAX_ENI: '2', ENABLE_SUBNET_DISCOVERY: 'false'}\nnodeAgent: {enablePolicyEventLogs: 'true'}"
    found = cnilint("convert", "-", "--to", "addon", "--as", "helm", "--cni-version", version, stdin=values)
    assert sorted(line.split(": ")[2] for line in found.err.splitlines()) == sorted(names)
    assert found.code == bool(names)


def test_what_stands_beside_an_add_on_is_kept(cnilint: CommandLine) -> None:
    eksctl = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: blue, region: eu-west-1}
addons:
  - name: vpc-cni
    version: 1.18.5
    resolveConflicts: overwrite
    attachPolicyARNs: [arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy]
    configurationValues: '{"env": {"MAX_ENI": "2"}}'
"""
    found = cnilint("convert", "-", "--to", "terraform", stdin=eksctl.encode())
    for line in ('cluster_name                = "blue"', 'addon_version               = "v1.18.5-eksbuild.1"'):
        assert line in found.out
    assert 'resolve_conflicts_on_create = "OVERWRITE"\n  resolve_conflicts_on_update = "OVERWRITE"' in found.out
    assert "attachPolicyARNs: the role of an add-on" in found.err
    assert found.code == 1
    again = cnilint("convert", "-", "--to", "eksctl", "--stdin-filename", "x.tf", stdin=found.out.encode())
    assert "  name: blue\n" in again.out
    assert "resolveConflicts: overwrite" in again.out


def test_a_role_goes_with_the_add_on(cnilint: CommandLine) -> None:
    values = (
        b"env: {MAX_ENI: '2'}\nserviceAccount: {annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/x'}}"
    )
    for form, line in (("eksctl", "serviceAccountRoleARN: "), ("terraform", "service_account_role_arn    = ")):
        found = cnilint("convert", "-", "--as", "helm", "--to", form, stdin=values)
        assert f'{line}"arn:aws:iam::1:role/x"' in found.out
        assert found.code == 0
    assert cnilint("convert", "-", "--as", "helm", "--to", "addon", stdin=values).code == 1


SEVERAL = "env: {MAX_ENI: '2'}\n---\nenv: {MAX_ENI: '3'}\n"


def test_of_several_places_one_is_chosen(cnilint: CommandLine) -> None:
    found = cnilint("convert", "-", "--to", "addon", stdin=SEVERAL.encode())
    assert (found.code, found.out) == (2, "")
    assert (
        "in 2 places: say which with --surface (1: line 1, column 1, values; 2: line 3, column 1, values)" in found.err
    )
    chosen = cnilint("convert", "-", "--to", "addon", "--surface", "2", stdin=SEVERAL.encode())
    assert (chosen.code, chosen.out.splitlines()[-1]) == (0, '  MAX_ENI: "3"')
    assert "no more than 2" in cnilint("convert", "-", "--to", "addon", "--surface", "3", stdin=SEVERAL.encode()).err


@pytest.mark.parametrize(
    ("args", "stdin", "said"),
    [
        (("nope.yaml", "--to", "addon"), "", "nope.yaml: no such file"),
        (("-", "--to", "addon"), "a: b", "<stdin>: aws-node is not configured in it"),
        (("-", "--to", "addon"), "kind: [aws-node", "<stdin>:1:"),
        (("-", "--to", "what"), "", "'what' is not one of"),
        (("-",), "", "Missing option '--to'"),
        (("-", "--to", "addon", "--cni-version", "x"), "", "'x' is no release"),
        (("-", "--to", "addon", "-o", "no/x.yaml"), "env: {MAX_ENI: '2'}", "no/x.yaml: cannot be written"),
    ],
)
def test_what_is_wrong_is_one_error(cnilint: CommandLine, args: tuple[str, ...], stdin: str, said: str) -> None:
    found = cnilint("convert", *args, stdin=stdin.encode())
    assert found.code == 2
    assert found.out == ""
    assert said in found.err


def test_a_file_is_written_whole(cnilint: CommandLine, tmp_path: Path) -> None:
    found = cnilint("convert", "-", "--to", "addon", "-o", "x.yaml", stdin=PATCH.encode())
    assert (found.code, found.out) == (0, "")
    assert (tmp_path / "x.yaml").read_text() == ADDON
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]


def test_the_configuration_tells_the_release(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / ".cnilint.yaml").write_text("cni: v1.12.6\n")
    (tmp_path / "x.yaml").write_text("env: {MAX_ENI: '2'}")
    assert "vpc-cni v1.12.6" in cnilint("convert", "x.yaml", "--to", "addon").out
    assert "unknown release" in cnilint("convert", "x.yaml", "--to", "addon", "--no-config").out


@pytest.mark.parametrize("form", TARGETS)
def test_what_comes_out_has_no_finding(cnilint: CommandLine, tmp_path: Path, form: str) -> None:
    name = "x.tf" if form == "terraform" else "x.yaml"
    patch = "".join(line for line in PATCH.splitlines(keepends=True) if "HOST_IP" not in line).replace("18.5", "23.1")
    assert cnilint("convert", "-", "--to", form, "-o", name, stdin=patch.encode()).code == 0
    told = ("--as", form) if form in ("addon", "helm") else ()
    found = cnilint("check", tmp_path / name, *told, "--cni-version", "v1.23.1", "--quiet", "--fail-on", "info")
    assert (found.code, found.out) == (0, "")


def test_strings_that_yaml_would_read_otherwise_are_quoted() -> None:
    assert yaml({"a": ["yes", "0777", "1:30", "", "it's", '{"a": 1}', "a\nb", "\u2028"]}) == (
        'a:\n  - "yes"\n  - "0777"\n  - "1:30"\n  - ""\n  - "it\'s"\n  - \'{"a": 1}\'\n  - "a\\nb"\n  - "\\L"\n'
    )
    assert yaml({"a": None, "b": {}, "c": [], "d": True, "e": 1}) == "a: null\nb: {}\nc: []\nd: true\ne: 1\n"


def test_hcl_takes_nothing_for_a_template() -> None:
    assert quoted('${a} %{b} "c" \\ \n\t\u2028') == '"$${a} %%{b} \\"c\\" \\\\ \\n\\t\\u2028"'
    assert hcl({"a b": [], "c": None, "true": {"d": [1, False]}}) == (
        '{\n  "a b" = []\n  c     = null\n  "true" = {\n    d = [\n      1,\n      false,\n    ]\n  }\n}'
    )
