"""Each form that ``cnilint convert`` prints, character by character, and what its strings may hold."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cnilint.choices.choices import choices
from cnilint.config import EMPTY
from cnilint.convert.forms import converted
from cnilint.convert.writing import hcl, quoted, yaml
from cnilint.convertcli import TARGETS
from cnilint.facts import Context, Told
from cnilint.run import Choice, Run
from cnilint.source.text import decoded
from cnilint.surface import surfaces
from cnilint.surface.joined import joined

if TYPE_CHECKING:
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


@pytest.mark.parametrize("form", TARGETS)
def test_what_comes_out_has_no_finding(cnilint: CommandLine, tmp_path: Path, form: str) -> None:
    name = "x.tf" if form == "terraform" else "x.yaml"
    patch = "".join(line for line in PATCH.splitlines(keepends=True) if "HOST_IP" not in line).replace("18.5", "23.1")
    assert cnilint("convert", "-", "--to", form, "-o", name, stdin=patch.encode()).code == 0
    told = ("--as", form) if form in ("addon", "helm") else ()
    # A patch is an edit of what EKS may own: where it does, the other forms are what to convert it to.
    chosen = ("--cni-version", "v1.23.1", "--ignore", "ownership", "--quiet", "--fail-on", "info")
    found = cnilint("check", tmp_path / name, *told, *chosen)
    assert (found.code, found.out) == (0, "")


OK = sorted((Path(__file__).parent / "fixtures" / "ok").glob("*.yaml"))


@cache
def run(release: str | None, kind: str) -> Run:
    """Return a run that says nothing of owners: another form may have another one."""
    return Run(EMPTY, Choice(ignore=("ownership",), cni=release, kind=kind))


@pytest.mark.parametrize("form", TARGETS)
def test_what_was_right_is_right_in_any_form(form: str) -> None:
    count = 0
    for path in OK:
        raw = path.read_bytes()
        found = joined(surfaces(decoded(raw, path.name)), named=False)
        if (
            len(found) != 1
            or found[0].partial
            or found[0].kind in ("nodes", "environment")
            or b"cnilint: ignore" in raw
        ):
            continue
        before = choices(Context(found[0], Told()))
        text = converted(before, form)
        if before.items and not text.lost:
            count += 1
            name = "x.tf" if form == "terraform" else "x.yaml"
            kind = form if form in ("addon", "helm") else ""
            outcome = run(before.release, kind).outcome(text.text.encode(), name)
            assert (path.name, outcome.findings, outcome.errors) == (path.name, (), ())
    assert count > 5


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
