"""``cnilint convert``: what cannot be carried, what stands beside, exit codes, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine


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


@pytest.mark.parametrize("form", ["addon", "helm"])
def test_without_a_value_nothing_is_printed_that_would_be_one(cnilint: CommandLine, form: str) -> None:
    found = cnilint("convert", "-", "--to", form, "--as", "helm", stdin=b"env: {WARM_ENI_TARGET: '1'}")
    assert all(line.startswith("#") for line in found.out.splitlines())
    assert found.code == 0
    old = ("--cni-version", "v1.11.0")
    said = cnilint("convert", "-", "--to", form, "--as", "helm", *old, stdin=b"env: {WARM_ENI_TARGET: '2'}").err
    assert ("before v1.12.0" in said) == (form == "addon")


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
    assert "attachPolicyARNs: it stands beside the values of the add-on" in found.err
    assert found.code == 1
    again = cnilint("convert", "-", "--to", "eksctl", "--stdin-filename", "x.tf", stdin=found.out.encode())
    assert "  name: blue\n" in again.out
    assert "resolveConflicts: overwrite" in again.out


@pytest.mark.parametrize(("key", "line"), [("", True), ("_on_update", True), ("_on_create", False)])
def test_eksctl_has_one_mode_for_conflicts(cnilint: CommandLine, key: str, line: bool) -> None:  # noqa: FBT001
    resource = f'resource "aws_eks_addon" "a" {{\n  addon_name = "vpc-cni"\n  resolve_conflicts{key} = "NONE"\n}}\n'
    found = cnilint("convert", "-", "--to", "eksctl", "--stdin-filename", "x.tf", stdin=resource.encode())
    assert ("resolveConflicts: none\n" in found.out) == line


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
    found = cnilint("convert", "-", "--to", "addon", "-o", "x.yaml", stdin=b"env: {MAX_ENI: '2'}")
    assert (found.code, found.out) == (0, "")
    assert (tmp_path / "x.yaml").read_text().endswith('env:\n  MAX_ENI: "2"\n')
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]


def test_the_configuration_tells_the_release(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / ".cnilint.yaml").write_text("cni: v1.12.6\n")
    (tmp_path / "x.yaml").write_text("env: {MAX_ENI: '2'}")
    assert "vpc-cni v1.12.6" in cnilint("convert", "x.yaml", "--to", "addon").out
    assert "unknown release" in cnilint("convert", "x.yaml", "--to", "addon", "--no-config").out
