"""What stands in one folder of eksctl or Cluster API is looked at together where it names the same cluster."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cnilint.source.text import Text
from cnilint.surface import Surface, relevant, surfaces
from cnilint.surface.joined import joined, of_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import CommandLine, OnProcessors

    Write = Callable[..., None]

EKSCTL = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: %s, region: eu-west-1}\n"
ADDON = EKSCTL + "addons:\n- name: vpc-cni\n  configurationValues: '{\"env\": {%s}}'\n"
CUSTOM = '"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"'
GROUP = EKSCTL + "nodeGroups:\n- name: n\n  instanceType: m5.large\n  maxPodsPerNode: 29\n"
BOTH = {"addon": ADDON % ("a", CUSTOM), "nodes": GROUP % "a"}
ABOVE = "max-pods-above-addresses"

PLANE = """\
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: %s, namespace: eks}
spec: {controlPlaneRef: {kind: AWSManagedControlPlane, name: plane}}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: AWSManagedControlPlane
metadata: {name: plane, namespace: eks}
spec:
  addons:
  - name: vpc-cni
    version: v1.18.5-eksbuild.1
    configuration: '{"env": {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}}'
"""
POOL = """\
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: AWSMachinePool
metadata: {name: pool, namespace: eks}
spec: {awsLaunchTemplate: {instanceType: m5.large}}
---
apiVersion: bootstrap.cluster.x-k8s.io/v1beta2
kind: EKSConfig
metadata: {name: pool, namespace: eks}
spec: {kubeletExtraArgs: {max-pods: "29"}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachinePool
metadata: {name: pool, namespace: eks}
spec:
  clusterName: %s
  template: {spec: {bootstrap: {configRef: {name: pool}}, infrastructureRef: {name: pool}}}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes files, by path, below the folder that the command line runs in."""

    def written(contents: dict[str, str]) -> None:
        for name, content in contents.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    return written


def above(cnilint: CommandLine, *args: str) -> list[tuple[str, int]]:
    """Return path and line of each finding about max pods that addresses do not suffice for."""
    ran = cnilint("check", "--format", "json", "--select", ABOVE, *(args or (".",)))
    assert ran.json["errors"] == []
    return [(item["path"], item["line"]) for item in ran.json["findings"]]


def file(content: str, path: str = "x.yaml") -> list[Surface]:
    return surfaces(Text(content, path))


# The names that files tell


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ("{name: shop, region: eu-west-1}", "eu-west-1/shop"),
        ("{name: Shop_2, region: us-gov-west-1}", "us-gov-west-1/Shop_2"),
        ("{name: shop}", "shop"),
        ("{name: shop, region: region-code}", "shop"),
        ("{name: CLUSTER_NAME, region: eu-west-1}", ""),
        ("{region: eu-west-1}", ""),
        ("{name: '${NAME}', region: eu-west-1}", ""),
        ("{name: <cluster>, region: eu-west-1}", ""),
        ("{name: shop, region: '${REGION}'}", "shop"),
        ("[]", ""),
    ],
)
def test_the_name_of_a_cluster_config(metadata: str, name: str) -> None:
    (surface,) = file(GROUP.replace("{name: %s, region: eu-west-1}", metadata))
    assert surface.cluster == name


def test_the_cluster_of_a_control_plane_and_of_machines() -> None:
    (plane,) = file(PLANE % "shop")
    (pool,) = file(POOL % "shop")
    assert (plane.cluster, pool.cluster, pool.kind, pool.format) == ("eks/shop", "eks/shop", "nodes", "clusterapi")
    assert [(group.types, group.max_pods) for group in pool.nodes] == [(("m5.large",), 29)]
    assert pool.anchor.content == '"29"'
    (labelled,) = file(
        (PLANE % "shop").partition("---\n")[2].replace("namespace: eks", "labels: {cluster.x-k8s.io/cluster-name: a}")
    )
    assert labelled.cluster == "/a"


@pytest.mark.parametrize("name", ["'${CLUSTER_NAME}'", "{}", "''"])
def test_a_name_that_is_put_in_later_is_none(name: str) -> None:
    assert [surface.cluster for surface in file(POOL % name)] == [""]
    assert [surface.cluster for surface in file(PLANE % name)] == [""]


def test_machines_go_to_the_control_plane_of_their_cluster_in_the_same_file() -> None:
    other, later = (PLANE % "b").replace("plane", "second"), "'${NAME}'"
    pools = POOL % "b" + "---\n" + (POOL % "c").replace("pool", "pooled")
    one, two, left = file(f"{PLANE % 'a'}---\n{other}---\n{pools}")
    assert [[group.name for group in surface.nodes] for surface in (one, two, left)] == [[], ["pool"], ["pooled"]]
    assert [surface.cluster for surface in (one, two, left)] == ["eks/a", "eks/b", "eks/c"]
    (alone,) = file(f"{PLANE % later}---\n{POOL % later}")
    assert [group.name for group in alone.nodes] == ["pool"]


def test_nodes_without_the_cni_are_nobodys() -> None:
    without = (PLANE % "a").partition("  addons")[0] + "  vpcCni: {disable: true}\n"
    assert file(f"{without}---\n{POOL % 'a'}") == []
    assert [surface.cluster for surface in file(f"{without}---\n{POOL % 'b'}")] == ["eks/b"]


def test_machines_alone_are_read_beside_others() -> None:
    raw = (POOL % "a").replace("max-pods", "v").encode()
    assert not relevant(raw)
    assert relevant(raw, beside=True)


NODES = 'resource "aws_eks_node_group" "%s" {\n  cluster_name = %s\n  node_group_name = "%s"\n'
NODES += '  instance_types = ["m5.large"]\n}\n'
RESOURCE = 'resource "aws_eks_addon" "%s" {\n  addon_name = "vpc-cni"\n  cluster_name = %s\n}\n'


def test_node_groups_of_another_cluster_in_terraform_stay_apart() -> None:
    text = RESOURCE % ("cni", '"a"') + NODES % ("n", '"b"', "n") + NODES % ("m", '"a"', "m")
    found = surfaces(Text(text + NODES % ("o", "local.name", "o"), "x.tf"))
    apart = [("addon", "a", ["m"]), ("nodes", "b", ["n"]), ("nodes", "", ["o"])]
    assert seen(found) == seen(joined(found, named=False)) == apart


@pytest.mark.parametrize(("one", "two"), [('"a"', '"a"'), ('"a"', "local.name"), ("local.name", '"a"')])
def test_node_groups_in_terraform_are_joined_where_no_other_cluster_is_named(one: str, two: str) -> None:
    (addon,) = surfaces(Text(RESOURCE % ("cni", one) + NODES % ("n", two, "n"), "x.tf"))
    assert [group.name for group in addon.nodes] == ["n"]


# What is joined


def seen(found: list[Surface]) -> list[tuple[str, str, list[str]]]:
    return [(surface.kind, surface.cluster, [group.name for group in surface.nodes]) for surface in found]


@pytest.mark.parametrize("named", [True, False])
def test_what_names_different_clusters_is_never_joined(*, named: bool) -> None:
    found = [*file(ADDON % ("a", CUSTOM)), *file((GROUP % "b").replace("name: n", "name: of-b")), *file(GROUP % "a")]
    pool = [surface._replace(cluster="") for surface in file((GROUP % "c").replace("name: n", "name: any"))]
    assert seen(joined([*found, *pool], named=named)) == [
        ("addon", "eu-west-1/a", ["n"]),
        ("nodes", "eu-west-1/b", ["of-b"]),
        ("nodes", "", ["any"]),
    ]
    two = joined([*file(ADDON % ("a", CUSTOM)), *file(ADDON % ("b", CUSTOM))], named=named)
    assert [surface.beside for surface in two] == [(), ()]


def test_several_add_ons_of_one_name_have_its_nodes() -> None:
    plane = (PLANE % "shop") + "  vpcCni: {env: [{name: WARM_ENI_TARGET, value: '2'}]}\n"
    found = of_folder([file(plane), file(POOL % "shop", "y.yaml")])
    assert seen(found) == [("addon", "eks/shop", ["pool"]), ("environment", "eks/shop", ["pool"])]
    assert [[other.kind for other in surface.beside] for surface in found] == [[], ["addon"]]


def test_files_that_name_no_cluster_are_not_joined() -> None:
    nameless = [[surface._replace(cluster="") for surface in found] for found in (file(PLANE % "a"), file(POOL % "a"))]
    assert seen(of_folder(nameless)) == [("addon", "", []), ("nodes", "", ["pool"])]


def test_of_two_files_with_the_add_on_each_keeps_its_nodes() -> None:
    both = ADDON % ("a", CUSTOM) + "nodeGroups: [{name: n}]\n"
    found = of_folder([file(both), file(both.replace("name: n}", "name: m}"), "y.yaml"), file(GROUP % "a", "z.yaml")])
    assert [names for *_, names in seen(found)] == [["n"], ["m"], ["n"]]
    assert [[other.text.path for other in surface.beside] for surface in found] == [[], ["x.yaml"], []]


# Runs


def test_one_cluster_over_three_files(cnilint: CommandLine, write: Write) -> None:
    write({"addon.yaml": ADDON % ("a", CUSTOM), "cluster.yaml": EKSCTL % "a", "nodes.yaml": GROUP % "a"})
    assert above(cnilint, "nodes.yaml") == above(cnilint, "addon.yaml", "cluster.yaml") == []
    assert above(cnilint) == [("nodes.yaml", 7)]
    ran = cnilint("check", "--format", "json", "--select", ABOVE, ".")
    assert (ran.json["summary"]["files"], ran.json["summary"]["checked"]) == (3, 2)
    shown = cnilint("check", "--select", ABOVE, ".").out
    assert "nodes.yaml:7:19: " in shown
    assert "note: addon.yaml:6:" in shown


def test_nodes_of_another_cluster_or_folder_are_not_judged_with_the_add_on(cnilint: CommandLine, write: Write) -> None:
    write({"one/addon.yaml": ADDON % ("a", CUSTOM), "two/nodes.yaml": GROUP % "a", "one/nodes.yaml": GROUP % "b"})
    assert above(cnilint) == []
    write({"one/nodes.yaml": (GROUP % "a").replace("eu-west-1", "eu-west-2")})
    assert above(cnilint) == []
    write({"one/nodes.yaml": (GROUP % "a").replace("name: a", "name: '${NAME}'")})
    assert above(cnilint) == []
    bare = {f"three/{name}.yaml": text.replace(", region: eu-west-1", "") for name, text in BOTH.items()}
    write(bare)
    assert above(cnilint) == []
    write({f"four/{name}.yaml": text for name, text in BOTH.items()})
    assert above(cnilint) == [("four/nodes.yaml", 7)]
    two = "---\n".join(bare.values()).replace("name: a}", "name: b}", 1)
    write({"five.yaml": two, "four/nodes.yaml": ""})
    assert above(cnilint) == []
    write({"five.yaml": two.replace("name: b}", "name: a}")})
    assert above(cnilint) == [("five.yaml", 14)]


def test_two_clusters_in_one_folder(cnilint: CommandLine, write: Write) -> None:
    write({"a.yaml": ADDON % ("a", CUSTOM), "b.yaml": ADDON % ("b", '"WARM_ENI_TARGET": "2"'), "nb.yaml": GROUP % "b"})
    assert above(cnilint) == []
    write({"na.yaml": GROUP % "a"})
    assert above(cnilint) == [("na.yaml", 7)]


def test_a_named_cluster_holds_no_other(cnilint: CommandLine, write: Write) -> None:
    write({"x/addon.yaml": ADDON % ("a", CUSTOM), "x/nodes.yaml": GROUP % "b", "y/nodes.yaml": GROUP % "a"})
    write({".cnilint.yaml": "clusters: [{name: x, files: [x/, y/]}]\n"})
    assert above(cnilint) == [("y/nodes.yaml", 7)]
    write({"x/more.yaml": GROUP % "a", ".cnilint.yaml": "clusters: [{name: x, files: [addon.yaml]}]\n"})
    assert above(cnilint) == []


def test_control_plane_and_machines_in_two_files(cnilint: CommandLine, write: Write) -> None:
    write({"plane.yaml": PLANE % "shop", "pool.yaml": POOL % "shop", "other.yaml": POOL % "other"})
    assert above(cnilint) == [("pool.yaml", 9)]
    write({"pool.yaml": POOL % "'${NAME}'", "plane.yaml": PLANE % "'${NAME}'"})
    assert above(cnilint) == []


def test_machines_without_max_pods_count_beside_their_control_plane_alone(cnilint: CommandLine, write: Write) -> None:
    quiet = (POOL % "shop").replace("max-pods", "v")
    write({"pool.yaml": quiet, "deployment.yaml": "kind: Deployment\n", "karpenter.yaml": "a: [karpenter.sh/\n"})
    assert cnilint("check", "--format", "json", ".").json["summary"]["checked"] == 0
    write({"plane.yaml": PLANE % "shop", "other.yaml": quiet.replace("Name: shop", "Name: b")})
    ran = cnilint("check", "--format", "json", "--instance-type", "c5.large", ".")
    assert (ran.json["summary"]["files"], ran.json["summary"]["checked"], ran.json["errors"]) == (5, 2, [])


def test_instance_types_alone_count_beside_the_add_on(cnilint: CommandLine, write: Write) -> None:
    prefixes = ADDON % ("a", '"ENABLE_PREFIX_DELEGATION": "true"')
    write({"addon.yaml": prefixes, "nodes.yaml": EKSCTL % "a" + "nodeGroups: [{name: n, instanceType: m4.large}]\n"})
    args = ("check", "--format", "json", "--select", "prefix-delegation-on-xen")
    assert cnilint(*args, "nodes.yaml").json["summary"]["checked"] == 0
    ran = cnilint(*args, ".").json
    assert [(item["path"], item["rule"]) for item in ran["findings"]] == [("addon.yaml", "prefix-delegation-on-xen")]
    assert ran["summary"]["checked"] == 2


def test_what_is_no_part_of_the_cluster_keeps_its_outcome(cnilint: CommandLine, write: Write, manifest: str) -> None:
    write({"ds.yaml": manifest, "values.json": '{"env": {"WARM_ENI_TARGET": 1}}', "addon.yaml": ADDON % ("a", CUSTOM)})
    write({"broken.yaml": "aws-node: [\n"})
    before = cnilint("check", "--format", "json", ".").json
    write({"nodes.yaml": GROUP % "a"})
    after = cnilint("check", "--format", "json", ".").json
    assert [item for item in after["findings"] if item["path"] not in ("nodes.yaml", "addon.yaml")] == [
        item for item in before["findings"] if item["path"] != "addon.yaml"
    ]
    assert after["errors"] == before["errors"] != []


def test_a_comment_counts_where_the_finding_is(cnilint: CommandLine, write: Write) -> None:
    write({"addon.yaml": ADDON % ("a", CUSTOM), "nodes.yaml": GROUP % "a" + f"# cnilint: ignore[{ABOVE}]\n"})
    rules = [item["rule"] for item in cnilint("check", "--format", "json", ".").json["findings"]]
    assert {ABOVE, "unused-ignore"} <= {*rules}
    ignored = (GROUP % "a").replace("Node: 29", f"Node: 29 # cnilint: ignore[{ABOVE}]")
    write({"nodes.yaml": ignored})
    rules = [item["rule"] for item in cnilint("check", "--format", "json", ".").json["findings"]]
    assert {ABOVE, "unused-ignore"}.isdisjoint(rules)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one process here")
def test_folders_in_several_processes_give_the_same(write: Write, on_processors: OnProcessors) -> None:
    names = [f"c{number:03}" for number in range(120)]
    for name in names:
        write({f"{name}/a.yaml": ADDON % ("a", CUSTOM), f"{name}/b.yaml": GROUP % "a"})
    one = on_processors(2)
    assert [item["path"] for item in one.json["findings"] if item["rule"] == ABOVE] == [f"{n}/b.yaml" for n in names]
