"""eksctl's ClusterConfig: what is told of the add-on, the cluster and its nodes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.errors import SourceError
from cnilint.source.text import Text
from cnilint.surface import Surface, surfaces

HEAD = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\n"


def config(body: str) -> Surface:
    (surface,) = surfaces(Text(HEAD + body, "cluster.yaml"))
    return surface


def group(body: str) -> tuple[tuple[str, ...], int | None, str] | None:
    """Return types, max pods and the place's characters of a node group; None where there is none.

    Max pods that are written and cannot be seen are -1 here.
    """
    surface = config("addons: [{name: vpc-cni}]\nmanagedNodeGroups:\n  - name: ng\n" + body)
    return next(
        ((found.types, -1 if found.hidden else found.max_pods, found.at.content) for found in surface.nodes), None
    )


VPC = """
vpc:
  subnets:
    private: {eu-west-1a: {id: subnet-1, cidr: 10.0.0.0/24}, eu-west-1b: {id: subnet-2, cidr: 10.0.1.0/24}}
    public: {eu-west-1a: {id: subnet-3, cidr: 10.0.9.0/26}, eu-west-1b: %s}
"""
PRIVATE = ("10.0.0.0/24", "10.0.1.0/24")
PUBLIC = ("10.0.9.0/26", "10.0.9.64/26")


@pytest.mark.parametrize(
    ("body", "public", "most", "subnets"),
    [
        ("", "{cidr: 10.0.9.64/26}", None, PUBLIC),
        ("    privateNetworking: false\n    desiredCapacity: 3", "{cidr: 10.0.9.64/26}", 3, PUBLIC),
        ("    privateNetworking: true\n    maxSize: 9\n    desiredCapacity: 3", "{}", 9, PRIVATE),
        ("    privateNetworking: true\n    maxSize: ${MOST}", "{}", None, PRIVATE),
        ("    maxSize: 0", "{cidr: 10.0.9.64/26}", None, PUBLIC),
        # not all are told, or others are meant
        ("", "{id: subnet-4}", None, ()),
        ("", "{cidr: '${CIDR}'}", None, ()),
        ("    privateNetworking: ${PRIVATE}", "{cidr: 10.0.9.64/26}", None, ()),
        ("    privateNetworking: {}", "{cidr: 10.0.9.64/26}", None, ()),
        ("    privateNetworking: true\n    subnets: [subnet-1]", "{}", None, ()),
        ("    privateNetworking: true\n    availabilityZones: [eu-west-1a]", "{}", None, ()),
    ],
)
def test_how_many_nodes_and_where(body: str, public: str, most: int | None, subnets: tuple[str, ...]) -> None:
    groups = f"addons: [{{name: vpc-cni}}]\nnodeGroups:\n  - name: ng\n    instanceType: m5.large\n{body}"
    (found,) = config(groups + VPC % public).nodes
    assert (found.most, found.subnets) == (most, subnets)


@pytest.mark.parametrize(
    ("version", "release", "written"),
    [
        ("v1.18.1-eksbuild.3", "v1.18.1", "v1.18.1-eksbuild.3"),
        ("1.7.5", "v1.7.5", "1.7.5"),
        ("latest", None, "latest"),
        ("1.18", None, "1.18"),
        ("${V}", None, ""),
        ("~", None, "~"),
    ],
)
def test_the_version_of_the_addon(version: str, release: str | None, written: str) -> None:
    surface = config(
        f"addons: [{{name: vpc-cni, version: '{version}'}}]"
        if version[0] == "$"
        else f"addons:\n- name: vpc-cni\n  version: {version}\n"
    )
    assert surface.addon is not None
    assert (surface.release, surface.addon.version) == (release, written)
    assert (surface.addon.version_at.content if surface.addon.version_at else "") == written


@pytest.mark.parametrize(
    ("body", "kubernetes", "ipv6"),
    [
        ('metadata: {version: "1.31"}', "1.31", None),
        ("metadata: {version: 1.30}\nkubernetesNetworkConfig: {ipFamily: IPv4}", "1.30", False),
        ("metadata: {version: auto}\nkubernetesNetworkConfig: {ipFamily: ipv6}", None, True),
        ("metadata: {version: '${V}'}\nkubernetesNetworkConfig: {ipFamily: '${F}'}", None, None),
        ("metadata: []\nkubernetesNetworkConfig: x", None, None),
    ],
)
def test_the_cluster(body: str, kubernetes: str | None, *, ipv6: bool | None) -> None:
    surface = config(f"addons: [{{name: vpc-cni}}]\n{body}")
    assert (surface.kubernetes, surface.ipv6, surface.managed) == (kubernetes, ipv6, True)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("", ((), None, "ng")),
        ("    instanceType: m5.large", (("m5.large",), None, "ng")),
        (
            "    instanceType: mixed\n    instancesDistribution: {instanceTypes: [m5.large]}",
            (("m5.large",), None, "ng"),
        ),
        ("    instanceTypes: [m5.large, m5.large, '${T}']", ((), None, "ng")),
        ("    instanceTypes: !x [m5.large]", ((), None, "ng")),
        ("    instanceType: m5.large\n    instanceSelector: {vCPUs: 2}", ((), None, "ng")),
        ("    maxPodsPerNode: 17", ((), 17, "17")),
        ("    maxPodsPerNode: 17\n    kubeletExtraConfig: {maxPods: 4}", ((), 17, "17")),
        ("    kubeletExtraConfig: {maxPods: 4}", ((), 4, "4")),
        ("    bottlerocket: {settings: {kubernetes: {max-pods: 8}}}", ((), 8, "8")),
        ("    maxPodsPerNode: ${PODS}", ((), -1, "${PODS}")),
        ("    maxPodsPerNode: '17'", ((), -1, "'17'")),
        ("    maxPodsPerNode: true", ((), -1, "true")),
        ("    amiFamily: WindowsServer2022FullContainer", None),
        ("    overrideBootstrapCommand: bootstrap.sh --max-pods=9", ((), 9, "9")),
        ("    overrideBootstrapCommand: bootstrap.sh --kubelet-extra-args '--max-pods 9'", ((), 9, "9")),
        ("    overrideBootstrapCommand: bootstrap.sh --max-pods=$N", ((), -1, "$N")),
        (
            "    overrideBootstrapCommand: |\n      kubelet:\n        maxPodsExpression: max_pods\n",
            ((), -1, "max_pods"),
        ),
        ('    overrideBootstrapCommand: "kubelet: {\\"maxPods\\": 9}"', ((), 9, "9")),
        ("    overrideBootstrapCommand: bootstrap.sh --use-max-pods false", ((), None, "ng")),
    ],
)
def test_the_nodes(body: str, wanted: tuple[tuple[str, ...], int | None, str] | None) -> None:
    assert group(body) == wanted


def test_all_surfaces_carry_the_nodes_of_their_own_cluster() -> None:
    one = HEAD + "addons: [{name: vpc-cni}]\nnodeGroups: [{name: a}]\nmanagedNodeGroups: [{name: b}]\n"
    two = HEAD + "nodeGroups: [{name: c}, d, [e]]\n"
    found = surfaces(Text(f"{one}---\n{two}"))
    told = [(surface.kind, [(node.name, node.managed) for node in surface.nodes]) for surface in found]
    assert told == [("addon", [("a", False), ("b", True)]), ("nodes", [("c", False)])]


def test_a_broken_string_is_told_at_its_place() -> None:
    with pytest.raises(SourceError) as caught:
        config("addons:\n  - name: vpc-cni\n    configurationValues: |\n      env:\n        A: [\n      init: {}\n")
    assert (caught.value.path, caught.value.line) == ("cluster.yaml", 7)


KEYS = ["addons", "name", "vpc-cni", "configurationValues", "managedNodeGroups", "maxPodsPerNode", "instanceTypes"]
PIECES = st.sampled_from(
    [*KEYS, ":", ": ", " ", "\n", "\n  ", "{", "}", "[", "]", ",", "- ", '"', "'", "|", "&a ", "*a", "1"]
)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_no_config_breaks_the_reader(body: str) -> None:
    with suppress(SourceError):
        surfaces(Text(HEAD + body))


@pytest.mark.parametrize(
    ("body", "own"), [("", True), ("    ami: ami-1\n", False), ("    launchTemplate: {id: lt-1}\n", False)]
)
def test_a_managed_group_has_an_image_of_eks_unless_it_says_otherwise(body: str, *, own: bool) -> None:
    surface = config("addons: [{name: vpc-cni}]\nmanagedNodeGroups:\n  - name: ng\n" + body)
    assert [found.managed for found in surface.nodes] == [own]
