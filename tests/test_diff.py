"""``cnilint diff`` as its users meet it: forms, releases, consequences, nodes, exit codes, errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from conftest import CommandLine, Ran

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "schemas" / "diff.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
ENV = "            - name: {}\n              value: {}\n"
EKSCTL = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-west-1}
addons:
  - name: vpc-cni
    version: v1.23.1-eksbuild.1
    configurationValues: '{"env": {%s}}'
managedNodeGroups:
  - {name: general, instanceType: m5.large}
"""


class Files:
    """Two files that are written and compared."""

    def __init__(self, cnilint: CommandLine, folder: Path, manifest: str) -> None:
        self.cnilint = cnilint
        self.folder = folder
        self.manifest = manifest

    def __call__(self, old: str, new: str, *options: str) -> Ran:
        """Return the comparison of two texts."""
        (self.folder / "old.yaml").write_text(old)
        (self.folder / "new.yaml").write_text(new)
        return self.cnilint("diff", "old.yaml", "new.yaml", *options)

    def data(self, old: str, new: str, *options: str) -> dict[str, Any]:
        """Return the only comparison of two texts as data."""
        found = self(old, new, "--format", "json", *options).json
        VALIDATOR.validate(found)
        (only,) = found["comparisons"]
        return dict(only)

    def env(self, name: str, old: str | None, new: str | None, *options: str) -> dict[str, Any]:
        """Return the comparison of a manifest with other values of a variable, as they are written in YAML."""
        texts = (self.manifest + ("" if text is None else ENV.format(name, text)) for text in (old, new))
        return self.data(*texts, *options)


@pytest.fixture
def diff(cnilint: CommandLine, tmp_path: Path, manifest: str) -> Files:
    """Return what compares two texts."""
    return Files(cnilint, tmp_path, manifest)


def changed(found: dict[str, Any], kind: str = "changes") -> dict[str, tuple[Any, Any]]:
    return {item["name"]: (item["old"]["value"], item["new"]["value"]) for item in found[kind]}


def test_a_page_tells_what_changes_and_what_comes_of_it(diff: Files) -> None:
    old, new = (EKSCTL % text for text in ('"WARM_IP_TARGET": "5"', '"ENABLE_PREFIX_DELEGATION": "true"'))
    found = diff(old, new, "--exit-code")
    assert (found.code, found.err) == (1, "")
    head, *_ = found.out.partition("\n\nWhat restarts\n")
    assert head == (
        "--- old.yaml:5:11: addon (eksctl), v1.23.1, managed by EKS\n"
        "+++ new.yaml:5:11: addon (eksctl), v1.23.1, managed by EKS\n\n"
        "What changes\n"
        "  aws-node\n"
        "    ENABLE_PREFIX_DELEGATION: false (as shipped) -> true\n"
        "    WARM_IP_TARGET: 5 -> 0 (default)"
    )
    assert "  The DaemonSet replaces aws-node on every node, at most 10% at a time." in found.out
    assert "\nNew nodes\n  ENABLE_PREFIX_DELEGATION: Make new node groups" in found.out
    assert found.out.endswith(
        "\nMax pods and addresses of a node\n"
        "  m5.large: max pods 29 -> 110; pods that can get an address 27 -> 432; addresses held without pods 6 -> 17\n"
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "sides"),
    [
        ("MAX_ENI", None, '"2"', (-1, 2)),
        ("ENABLE_POD_ENI", '"t"', '"false"', (True, False)),
        ("ENABLE_POD_ENI", '"true"', None, (True, False)),
        ("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", None, '"10.0.0.0/8, 10.1.0.0/16"', ([], ["10.0.0.0/8", "10.1.0.0/16"])),
        ("POD_MTU", None, '"1500"', (None, 1500)),
        ("CLUSTER_NAME", None, '"shop"', ("", "shop")),
        ("SOME_VARIABLE", None, '"x"', (None, "x")),
    ],
)
def test_effective_values_are_compared(diff: Files, name: str, old: str, new: str, sides: tuple[Any, Any]) -> None:
    found = diff.env(name, old, new)
    assert changed(found) == {name: sides}
    assert found["restarts"]["what"] == "daemonset"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("ENABLE_POD_ENI", '"1"', '"true"'),
        ("ENABLE_POD_ENI", None, '"false"'),
        ("ENABLE_POD_ENI", '"yes"', None),
        ("AWS_VPC_K8S_CNI_LOGLEVEL", '"DEBUG"', '"debug"'),
        ("ENABLE_POD_ENY", '"true"', None),
        ("DISABLE_TCP_EARLY_DEMUX", None, '"true"'),
        ("ENABLE_NFTABLES", '"true"', '"false"'),
        ("VPC_ID", None, '"vpc-1"'),
    ],
)
def test_what_means_the_same_is_no_difference_and_is_told_apart(diff: Files, name: str, old: str, new: str) -> None:
    found = diff.env(name, old, new)
    assert (changed(found), [*changed(found, "noEffect")]) == ({}, [name])
    assert found["restarts"]["what"] == "daemonset", "the pod template is another text"
    texts = (diff.manifest + ("" if text is None else ENV.format(name, text)) for text in (old, new))
    printed = diff(*texts, "--exit-code")
    assert printed.code == 0
    assert "\nNo effective differences.\n" in printed.out


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("WARM_ENI_TARGET", "1", "3", "ignored beside WARM_IP_TARGET"),
        ("WARM_PREFIX_TARGET", None, "2", "ignored beside ENABLE_PREFIX_DELEGATION"),
        ("POD_SECURITY_GROUP_ENFORCING_MODE", None, "standard", "ignored beside ENABLE_POD_ENI"),
        ("ENABLE_V4_EGRESS", None, "false", "ignored beside ENABLE_IPv6"),
        ("ENABLE_POD_ENY", "a", "b", "read by nothing"),
    ],
)
def test_what_is_not_looked_at_has_no_effect(diff: Files, name: str, old: str, new: str, reason: str) -> None:
    found = diff.env(name, old and f'"{old}"', f'"{new}"')
    assert found["changes"] == []
    assert [(item["name"], item["reason"]) for item in found["noEffect"]] == [(name, reason)]


def test_what_is_looked_at_on_one_side_has_an_effect(diff: Files) -> None:
    both = ENV.format("WARM_ENI_TARGET", '"3"')
    found = diff.data(diff.manifest, diff.manifest.replace('"5"', '"0"') + both)
    assert changed(found) == {"WARM_ENI_TARGET": (1, 3), "WARM_IP_TARGET": (5, 0)}


def test_comments_and_order_are_nothing(diff: Files) -> None:
    lines = diff.manifest.splitlines()
    new = "\n".join(["# moved", *lines[:-4], *lines[-2:], *lines[-4:-2]])
    found = diff.data(diff.manifest, new)
    assert (found["changes"], found["noEffect"], found["restarts"]) == ([], [], None)


def test_a_value_that_cannot_be_seen_is_unknown_and_the_same_only_as_itself(diff: Files) -> None:
    assert changed(diff.env("MAX_ENI", '"${A}"', '"${A}"')) == {}
    (change,) = diff.env("MAX_ENI", '"${A}"', '"${B}"')["changes"]
    assert (change["old"]["known"], change["new"]["known"]) == (False, False)
    texts = (diff.manifest + ENV.format("MAX_ENI", text) for text in ('"${A}"', '"2"'))
    assert '    MAX_ENI: unknown ("${A}") -> 2\n' in diff(*texts).out
    assert changed(diff.env("MY_NODE_NAME", '""', "x", "--cni-version", "1.23.1")) == {"MY_NODE_NAME": ("", "x")}


def test_a_value_that_stops_the_container_says_so(diff: Files) -> None:
    (change,) = diff.env("IP_COOLDOWN_PERIOD", None, '"30s"')["changes"]
    assert change["new"]["note"] == '"30s" is not an integer: the container does not start'


def test_the_defaults_are_those_of_each_release(diff: Files) -> None:
    old = diff.manifest.replace("v1.23.1", "v1.17.1")
    found = changed(diff.data(old, diff.manifest))
    assert found["release"] == ("v1.17.1", "v1.23.1")
    assert found["NETWORK_POLICY_ENFORCING_MODE"] == ("standard", "")
    assert found["ENABLE_SUBNET_DISCOVERY"] == (False, True)
    assert not {"aws-node", "VPC_CNI_VERSION"} & set(found), "a tag is the release's"


def test_a_release_that_is_not_told_is_that_of_the_other_side(diff: Files) -> None:
    values = "env:\n  WARM_IP_TARGET: '6'\n  ENABLE_PREFIX_DELEGATION: 'false'\n"
    old = diff.manifest.replace("v1.23.1", "v1.18.1")
    found = diff(old, values)
    assert "\nnew.yaml does not tell the release: v1.18.1 is taken, as on the other side;" in found.out
    assert "    WARM_IP_TARGET: 5 -> 6\n" in found.out
    assert "  release:" not in found.out
    assert "release: v1.18.1 -> v1.20.0" in diff(old, values, "--cni-version", "v1.20.0").out
    assert "Neither side tells the release: v1.23.1 is taken" in diff(values, values.replace("6", "7")).out


@pytest.mark.parametrize(
    ("name", "new", "kind"),
    [
        ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "true", "nodes"),
        ("AWS_VPC_ENI_MTU", "1500", "pods"),
        ("AWS_VPC_K8S_CNI_EXTERNALSNAT", "true", "traffic"),
        ("MAX_ENI", "2", "pool"),
        ("DISABLE_METRICS", "true", ""),
    ],
)
def test_what_comes_of_a_variable(diff: Files, name: str, new: str, kind: str) -> None:
    found = diff.env(name, None, f'"{new}"')["consequences"]
    assert [(item["kind"], item["settings"]) for item in found] == ([(kind, [name])] if kind else [])


def test_the_way_of_a_switch_counts(diff: Files) -> None:
    on, off = (diff.env("ENABLE_POD_ENI", *texts)["consequences"][0] for texts in ((None, '"1"'), ('"1"', None)))
    assert (on["kind"], off["kind"]) == ("pods", "nodes")


def test_the_config_map_restarts_nothing(diff: Files) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: amazon-vpc-cni, namespace: kube-system}\ndata:\n"
    on, off = (f'{config}  enable-network-policy-controller: "{text}"\n' for text in ("true", "false"))
    found = diff.data(off, on)
    assert changed(found) == {"enable-network-policy-controller": (False, True)}
    assert (found["restarts"]["what"], found["consequences"][0]["kind"]) == ("none", "controller")
    alone = diff.data(f"{diff.manifest}---\n{on}", diff.manifest)
    assert (alone["changes"], alone["untold"]) == ([], [{"side": "new", "part": "ConfigMap amazon-vpc-cni"}])


def test_the_update_strategy_tells_what_restarts(diff: Files) -> None:
    never = diff.manifest.replace("spec:\n  selector", "spec:\n  updateStrategy: {type: OnDelete}\n  selector")
    assert diff.data(never, never.replace('"5"', '"6"'))["restarts"]["what"] == "on-delete"
    some = never.replace("{type: OnDelete}", "{rollingUpdate: {maxUnavailable: 3}}")
    assert "at most 3 at a time" in diff.data(some, some.replace('"5"', '"6"'))["restarts"]["text"]
    assert diff.data(never, some)["restarts"]["what"] == "none", "it is no part of the pod template"


def test_a_patch_does_not_tell_what_it_does_not_write(diff: Files) -> None:
    patch = diff.manifest.replace("  selector: {matchLabels: {k8s-app: aws-node}}\n", "")
    patch = patch.replace("          image:", "          # image:").replace("WARM_IP_TARGET", "IP_COOLDOWN_PERIOD")
    found = diff.data(diff.manifest, patch)
    assert changed(found) == {"IP_COOLDOWN_PERIOD": (30, 5)}
    assert {"WARM_IP_TARGET", "ENABLE_IPv4"} & set(changed(found, "unknown")) == {"WARM_IP_TARGET"}
    twice = diff.data(patch, patch.replace("IP_COOLDOWN_PERIOD", "MAX_ENI"))
    assert [(item["name"], item["old"]["known"], item["new"]["known"]) for item in twice["changes"]] == [
        ("IP_COOLDOWN_PERIOD", True, False),
        ("MAX_ENI", False, True),
    ]


def test_variables_that_another_program_puts_in_are_compared(diff: Files) -> None:
    kops = "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nspec:\n  networking:\n    amazonvpc:\n      env:\n"
    entries = [f'        - {{name: {name}, value: "{text}"}}\n' for name, text in (("MAX_ENI", 2), ("MAX_ENI", 3))]
    same = entries[0].replace("MAX_ENI", "WARM_IP_TARGET").replace("2", "5")
    assert changed(diff.data(kops + entries[0], kops + entries[1])) == {"MAX_ENI": (2, 3)}
    gone = diff.data(kops + entries[0], kops + entries[0].replace("MAX_ENI", "POD_MTU"))
    assert [(item["name"], item["new"]["known"]) for item in gone["changes"]] == [("MAX_ENI", False), ("POD_MTU", True)]
    assert "at the pace of its updateStrategy" in gone["restarts"]["text"]
    assert "\nNo effective differences that can be told.\n" in diff(kops + same, diff.manifest).out
    switch = entries[0].replace("MAX_ENI", "ENABLE_POD_ENI").replace("2", "true")
    (unsure,) = diff.data(kops + entries[0], kops + entries[0] + switch)["consequences"]
    assert (unsure["settings"], unsure["unsure"]) == (["ENABLE_POD_ENI"], ["ENABLE_POD_ENI"])
    assert "  ENABLE_POD_ENI (if it changes): " in diff(kops + entries[0], kops + entries[0] + switch).out
