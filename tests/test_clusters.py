"""Clusters and units: which files are looked at together, and what comes of it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
import stock_manifest

from cnilint import config
from cnilint.errors import ConfigError
from cnilint.units import Unit, units

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import CommandLine, OnProcessors

    Write = Callable[[dict[str, str]], None]

ADDON = '{"addonName": "vpc-cni", "clusterName": "c", "configurationValues": "{\\"env\\": {%s}}"}\n'
PREFIXES = ADDON % '\\"ENABLE_PREFIX_DELEGATION\\": \\"true\\"'
ENI_CONFIG = """\
apiVersion: crd.k8s.amazonaws.com/v1alpha1
kind: ENIConfig
metadata:
  name: eu-west-1a
spec:
  subnet: subnet-1
  securityGroups: [sg-1]
"""
POOL = """\
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: small}
spec:
  template:
    spec:
      requirements:
        - {key: node.kubernetes.io/instance-type, operator: In, values: [t3.micro]}
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: small}
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: small}
spec:
  kubelet:
    maxPods: 20
"""
SETTINGS = "instanceTypes, cni, kubernetes, managed, maxPods, podsPerNode, subnets, nodes, limits"
GROUP = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: c, region: eu-west-1}
managedNodeGroups:
  - name: small
    instanceType: t3.micro
    maxPodsPerNode: 20
"""
PATCH = f"""\
{stock_manifest.PATCH}            - {{name: %s, value: "%s"}}
"""
ONE = "clusters: [{name: one, files: [one/]}]\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes files, by path, below the folder that the command line runs in."""

    def written(contents: dict[str, str]) -> None:
        for name, content in contents.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    return written


def found(cnilint: CommandLine, *args: str) -> set[tuple[str, int, str]]:
    """Return path, line and rule of each finding."""
    ran = cnilint("check", "--format", "json", "--ignore", "unused-ignore", *(args or (".",)))
    assert ran.json["errors"] == []
    return {(item["path"], item["line"], item["rule"]) for item in ran.json["findings"]}


# The configuration


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("clusters: {}", "1:11: `clusters` is a mapping, but must be a list of mappings, each with `name` and `files`"),
        ("clusters: [a]", "1:12: `clusters[0]` is 'a', but must be a mapping with `name`, `files` and settings"),
        ("clusters:\n- files: [a]", "2:3: `clusters[0]` has no `name`"),
        ("clusters:\n- name: a", "2:3: `clusters[0]` has no `files`"),
        ("clusters:\n- {name: '', files: [a]}", "2:10: `clusters[0].name` is '', but must be a text that is not empty"),
        (
            "clusters:\n- {name: a, files: []}",
            "2:20: `clusters[0].files` is an empty list, but must be a list of one or more patterns as in a .gitignore",
        ),
        (
            "clusters:\n- name: a\n  files: [a]\n  as: addon",
            "4:3: `clusters[0].as` is no key of the configuration; there are name, files, " + SETTINGS,
        ),
        (
            "clusters:\n- {name: a, files: [a]}\n- name: b\n  files: [b]\n  maxPods: 0",
            "5:12: `clusters[1].maxPods` is 0, but must be a whole number of 1 or more",
        ),
        (
            "clusters:\n- {name: a, files: [a], limits: {warmIpTargets: 1}}",
            "2:34: `clusters[0].limits.warmIpTargets` is no key of the configuration; did you mean `warmIpTarget`?",
        ),
    ],
)
def test_a_wrong_cluster_is_an_error_with_its_place(
    cnilint: CommandLine, write: Write, content: str, message: str
) -> None:
    write({".cnilint.yaml": f"{content}\n"})
    ran = cnilint("check", ".")
    assert ran.code == 2
    assert ran.err.removeprefix("cnilint: ").rpartition(".cnilint.yaml:")[2] == f"{message}\n"


def test_a_clusters_instance_types_are_checked(cnilint: CommandLine, write: Write) -> None:
    write({".cnilint.yaml": "clusters: [{name: a, files: [a], instanceTypes: [m5.lrage]}]"})
    ran = cnilint("check", ".")
    place, _, said = ran.err.partition(" `")
    assert (ran.code, place.endswith(".cnilint.yaml:1:50:")) == (2, True)
    assert said == (
        "clusters[0].instanceTypes[0]` is an unknown instance type 'm5.lrage'; "
        "did you mean m5.large or m5.xlarge or m5.8xlarge?\n"
    )


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        ("10.0.0.7/24", "is '10.0.0.7/24', which is no IPv4 block; did you mean 10.0.0.0/24?"),
        ("10.0.0.0/8", "is '10.0.0.0/8', which is too large or too small for a subnet, which is a /16 to a /28"),
        ("10.0.0.0/x", "is '10.0.0.0/x', which is no IPv4 block such as 10.0.0.0/24"),
    ],
)
def test_subnets_are_checked(cidr: str, message: str, cnilint: CommandLine, write: Write) -> None:
    write({".cnilint.yaml": f"subnets: [9]\noverrides:\n- files: [a]\n  subnets:\n  - 10.0.0.0/24\n  - {cidr}\n"})
    ran = cnilint("check", ".")
    place, _, said = ran.err.partition(" `")
    assert (ran.code, place.endswith(".cnilint.yaml:6:5:")) == (2, True)
    assert said == f"overrides[0].subnets[1]` {message}\n"


def test_toml_holds_clusters_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "pyproject.toml"
    path.write_text("[[tool.cnilint.clusters]]\nname = 'a'\nfiles = ['a/']\nkubernetes = 1.30\n")
    told = config.read(str(path))
    assert config.in_force(told, "a/x.yaml").kubernetes == "1.30"
    assert (told.cluster("a/x.yaml"), told.cluster("b/x.yaml")) == (0, None)
    path.write_text("[[tool.cnilint.clusters]]\nname = 'a'\nfiles = ['a/']\n[[tool.cnilint.clusters]]\nname = 'b'\n")
    with pytest.raises(ConfigError, match=r":4:16: `clusters\[1\]` has no `files`"):
        config.read(str(path))


CLUSTERS = """\
kubernetes: 1.20
maxPods: 10
clusters:
  - {name: a, files: ["a/*", "!a/b/"], kubernetes: 1.30, maxPods: 20, instanceTypes: [m5.large]}
  - {name: b, files: ["*.json", /a/], maxPods: 30, cni: v1.18.0}
overrides:
  - {files: [c.json, a/c.yaml], maxPods: 40, managed: true}
"""


@pytest.mark.parametrize(
    ("path", "cluster", "said"),
    [
        ("x.yaml", None, ("1.20", 10, None)),
        ("a/x.yaml", 0, ("1.30", 20, None)),
        ("a/x.json", 0, ("1.30", 20, None)),  # both match: the first alone counts
        ("a/b/x.yaml", 1, ("1.20", 30, "v1.18.0")),
        ("x.json", 1, ("1.20", 30, "v1.18.0")),
        ("c.json", 1, ("1.20", 40, "v1.18.0")),
        ("a/c.yaml", 0, ("1.30", 40, None)),
        ("z/a/x.yaml", None, ("1.20", 10, None)),
        ("<stdin>", None, ("1.20", 10, None)),
    ],
)
def test_the_first_cluster_that_matches_counts_and_overrides_win_over_it(
    path: str, cluster: int | None, said: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cnilint.yaml").write_text(CLUSTERS)
    told = config.found(".")
    assert told.cluster(path) == cluster
    settings = config.in_force(told, path)
    assert (settings.kubernetes, settings.max_pods, settings.cni) == said
    assert settings.instance_types == (("m5.large",) if cluster == 0 else ())
    assert settings is config.in_force(told, os.path.abspath(path))


def test_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cnilint.yaml").write_text("clusters: [{name: a, files: [a/]}, {name: b, files: ['*.yaml']}]")
    told = config.found(".")
    paths = [
        "x.json",
        "a/x.tf",
        "m/x.tf",
        "y.yaml",
        "m/x.json",
        "m/y.tf",
        "a/x.yaml",
        "n/x.tfvars",
        "m/z/x.tf",
        "z.yaml",
    ]
    assert units(paths, told) == [
        Unit(("x.json",), named=False),
        Unit(("a/x.tf", "a/x.yaml"), named=True),
        Unit(("m/x.tf", "m/y.tf"), named=False),
        Unit(("y.yaml", "z.yaml"), named=True),
        Unit(("m/x.json",), named=False),
        Unit(("n/x.tfvars",), named=False),
        Unit(("m/z/x.tf",), named=False),
    ]


# Judged together


@pytest.mark.parametrize(("name", "nodes", "line"), [("pool.yaml", POOL, 16), ("nodes.yaml", GROUP, 7)])
def test_nodes_of_another_file_are_judged_with_the_add_on(
    cnilint: CommandLine,
    write: Write,
    name: str,
    nodes: str,
    line: int,
) -> None:
    write({".cnilint.yaml": ONE, "one/addon.json": PREFIXES, f"one/{name}": nodes, f"two/{name}": nodes})
    assert (f"one/{name}", line, "max-pods-above-addresses") not in found(cnilint)
    write({"one/addon.json": ADDON % '\\"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG\\": \\"true\\"'})
    result = found(cnilint)
    assert (f"one/{name}", line, "max-pods-above-addresses") in result
    assert {path for path, _, rule in result if rule == "max-pods-above-addresses"} == {f"one/{name}"}


def test_objects_of_another_file_are_judged_with_the_daemon_set(
    cnilint: CommandLine, write: Write, manifest: str
) -> None:
    rule = "eni-configs-unused"
    write({"one/cni.yaml": manifest, "one/eni/a.yaml": ENI_CONFIG})
    assert not {item for item in found(cnilint) if item[2] == rule}  # nobody said that they belong together
    write({".cnilint.yaml": ONE})
    assert {item[:2] for item in found(cnilint) if item[2] == rule} == {("one/cni.yaml", 15)}
    assert not {item for item in found(cnilint, "one/cni.yaml", ".cnilint.yaml") if item[2] == rule}


def test_what_another_surface_may_set_is_unknown(cnilint: CommandLine, write: Write, manifest: str) -> None:
    patch = PATCH % ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "true")
    write({".cnilint.yaml": ONE, "one/cni.yaml": manifest, "one/eni.yaml": ENI_CONFIG, "one/patch.yaml": patch})
    assert not {item for item in found(cnilint) if item[2] == "eni-configs-unused"}
    write({"one/patch.yaml": patch.replace("CUSTOM_NETWORK_CFG", "RANDOMIZESNAT")})
    assert {item for item in found(cnilint) if item[2] == "eni-configs-unused"}
    write({"one/addon.json": ADDON.replace('"{\\"env\\": {%s}}"', '"${VALUES}"')})
    assert not {item for item in found(cnilint) if item[2] == "eni-configs-unused"}


def test_a_patch_of_the_config_map_says_nothing_of_other_keys(
    cnilint: CommandLine, write: Write, manifest: str
) -> None:
    agent = """\
        - name: aws-eks-nodeagent
          image: 602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon/aws-network-policy-agent:v1.4.0
          args: ["--enable-network-policy=true"]
"""
    patch = """\
kind: Kustomization
patches:
  - target: {kind: ConfigMap, name: amazon-vpc-cni}
    patch: |
      [{"op": "add", "path": "/data/branch-eni-cooldown", "value": "60"}]
"""
    whole = 'kind: ConfigMap\nmetadata: {name: amazon-vpc-cni}\ndata: {branch-eni-cooldown: "60"}\n'
    write({".cnilint.yaml": ONE, "one/cni.yaml": manifest + agent, "one/map.yaml": whole})
    rule = "network-policy-switches-differ"
    assert rule in {item[2] for item in found(cnilint)}
    write({"one/map.yaml": "", "one/kustomization.yaml": patch})
    assert rule not in {item[2] for item in found(cnilint)}


# Places, comments and levels in several files

CUSTOM = ADDON % '\\"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG\\": \\"true\\"'
ABOVE = "max-pods-above-addresses"


def test_a_comment_counts_in_the_file_that_a_finding_points_into(cnilint: CommandLine, write: Write) -> None:
    ignored = POOL.replace("maxPods: 20", f"maxPods: 20 # cnilint: ignore[{ABOVE}] as it was")
    write({".cnilint.yaml": ONE, "one/addon.json": CUSTOM, "one/pool.yaml": ignored})
    ran = cnilint("check", "--format", "json", "one")
    assert {item["rule"] for item in ran.json["findings"]}.isdisjoint({ABOVE, "unused-ignore"})
    write(
        {
            "one/pool.yaml": f"# cnilint: ignore[{ABOVE}, snat]\n{POOL}",
            "one/more.yaml": f"{ENI_CONFIG}# cnilint: ignore",
        }
    )
    ran = cnilint("check", "--format", "json", "one")
    unused = [(item["path"], item["line"]) for item in ran.json["findings"] if item["rule"] == "unused-ignore"]
    assert unused == [("one/more.yaml", 8), ("one/pool.yaml", 1), ("one/pool.yaml", 1)]
    assert ("one/pool.yaml", 17, ABOVE) in found(cnilint)


@pytest.mark.parametrize(
    ("files", "level", "severity"),
    [("one/pool.yaml", "off", None), ("one/addon.json", "off", "warning"), ("one/pool.yaml", "error", "error")],
)
def test_the_level_is_that_of_the_file_that_a_finding_points_into(
    cnilint: CommandLine, write: Write, files: str, level: str, severity: str | None
) -> None:
    overrides = f"overrides: [{{files: [{files}], rules: {{{ABOVE}: {level}}}}}]\n"
    write({".cnilint.yaml": ONE + overrides, "one/addon.json": CUSTOM, "one/pool.yaml": POOL})
    ran = cnilint("check", "--format", "json", "one")
    assert [item["severity"] for item in ran.json["findings"] if item["rule"] == ABOVE] == [severity] * bool(severity)


def test_a_key_that_stands_twice_is_told_in_its_own_file(cnilint: CommandLine, write: Write, manifest: str) -> None:
    twice = ENI_CONFIG + "  subnet: subnet-2\n"
    write({".cnilint.yaml": ONE, "one/cni.yaml": manifest, "one/eni.yaml": twice, "one/addon.json": CUSTOM})
    assert {item for item in found(cnilint) if item[2] == "duplicate-key"} == {("one/eni.yaml", 8, "duplicate-key")}


def test_what_cannot_be_read_is_an_error_and_the_rest_is_judged_together(cnilint: CommandLine, write: Write) -> None:
    write({".cnilint.yaml": ONE, "one/addon.json": CUSTOM, "one/broken.yaml": "aws-node: [\n", "one/pool.yaml": POOL})
    write({"one/other.yaml": "a: b\n"})
    ran = cnilint("check", "--format", "json", ".")
    assert ran.code == 2
    assert [error["path"] for error in ran.json["errors"]] == ["one/broken.yaml"]
    assert [item["path"] for item in ran.json["findings"] if item["rule"] == ABOVE] == ["one/pool.yaml"]
    assert (ran.json["summary"]["files"], ran.json["summary"]["checked"]) == (4, 2)


# Contradictions


def contradictions(cnilint: CommandLine) -> list[tuple[str, int, str]]:
    ran = cnilint("check", "--format", "json", "--select", "contradicting-surfaces", ".")
    return [(item["path"], item["line"], item["message"]) for item in ran.json["findings"]]


UNTIL = "the one applied last wins until the other is applied again"
TARGETS = ADDON % '\\"MINIMUM_IP_TARGET\\": \\"10\\"'
VALUES = "image: {tag: v1.19.0}\nenv:\n  MINIMUM_IP_TARGET: '20'\n"


def test_a_contradiction_names_the_other_file_and_line(cnilint: CommandLine, write: Write) -> None:
    patch = PATCH % ("MINIMUM_IP_TARGET", "12")
    write({"one/addon.json": TARGETS, "one/patch.yaml": patch, "two/patch.yaml": PATCH % ("MINIMUM_IP_TARGET", "30")})
    assert contradictions(cnilint) == []
    write({".cnilint.yaml": ONE})
    assert contradictions(cnilint) == [
        (
            "one/patch.yaml",
            10,
            f"MINIMUM_IP_TARGET=12 here and 10 in the add-on's values (one/addon.json:1): {UNTIL}",
        )
    ]


def test_two_add_ons_of_one_cluster_contradict_each_other_only_where_it_is_named(
    cnilint: CommandLine, write: Write
) -> None:
    both = f"{TARGETS}---\n{TARGETS.replace('10', '12')}"
    write({"one/addons.yaml": both})
    assert contradictions(cnilint) == []
    write({".cnilint.yaml": ONE})
    assert [item[:2] for item in contradictions(cnilint)] == [("one/addons.yaml", 3)]


@pytest.mark.parametrize(
    "files",
    [
        {"a.yaml": PATCH % ("MINIMUM_IP_TARGET", "12"), "b.yaml": PATCH % ("MINIMUM_IP_TARGET", "14")},
        {"values.yaml": VALUES, "values-prod.yaml": VALUES.replace("20", "30")},
        {"addon.json": TARGETS, "patch.yaml": PATCH % ("MINIMUM_IP_TARGET", "10")},
        {"addon.json": TARGETS, "patch.yaml": PATCH % ("MINIMUM_IP_TARGET", "${TARGET}")},
    ],
    ids=["patches", "layers of values", "the same value", "a placeholder"],
)
def test_layers_are_no_contradiction(cnilint: CommandLine, write: Write, files: dict[str, str]) -> None:
    write({".cnilint.yaml": ONE, **{f"one/{name}": content for name, content in files.items()}})
    assert contradictions(cnilint) == []


def test_a_patch_and_its_base_do_not_contradict_each_other(cnilint: CommandLine, write: Write, manifest: str) -> None:
    write({".cnilint.yaml": ONE, "one/base.yaml": manifest, "one/patch.yaml": PATCH % ("WARM_IP_TARGET", "9")})
    assert contradictions(cnilint) == []
    write({"one/patch.yaml": manifest.replace('"5"', '"9"')})
    assert [item[:2] for item in contradictions(cnilint)] == [("one/patch.yaml", 19)]


# Several processes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one process here")
def test_clusters_in_several_processes_give_the_same(write: Write, on_processors: OnProcessors) -> None:
    names = [f"c{number:02}" for number in range(60)]
    clusters = [{"name": name, "files": [f"{kind}/{name}*" for kind in ("a", "b", "c")]} for name in names]
    write({".cnilint.yaml": json.dumps({"clusters": clusters})})
    for name in names:
        write({f"a/{name}.json": CUSTOM, f"b/{name}.yaml": POOL, f"c/{name}.yaml": PATCH % ("DISABLE_METRICS", "true")})
    one = on_processors(3)
    assert [item["path"] for item in one.json["findings"] if item["rule"] == ABOVE] == [f"b/{n}.yaml" for n in names]
    assert one.json["summary"]["checked"] == 180
