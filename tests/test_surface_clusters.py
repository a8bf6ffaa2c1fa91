"""Cluster API, kOps, Crossplane and ACK: objects that put settings into the CNI, and the nodes beside them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.errors import SourceError
from cnilint.source.text import Text
from cnilint.surface import UNKNOWN, NodeGroup, Surface, surfaces

PLANE = "apiVersion: controlplane.cluster.x-k8s.io/v1beta2\nkind: AWSManagedControlPlane\nmetadata: {name: p}\nspec:\n"


def found(*documents: str) -> list[Surface]:
    return surfaces(Text("\n---\n".join(documents), "x.yaml"))


def nodes(*documents: str) -> tuple[NodeGroup, ...]:
    plane = PLANE + "  vpcCni: {env: []}"
    return found(plane, *documents)[0].nodes


def test_what_the_add_on_and_the_provider_both_set_is_judged_apart() -> None:
    addon, environment = found(
        PLANE + "  version: v1.30.1\n  vpcCni: {env: [{name: A, value: b}]}\n"
        "  addons: [{name: vpc-cni, version: v1.18.1-eksbuild.1, conflictResolution: none,"
        " configuration: '{\"env\": {}}'}]"
    )
    assert (addon.kind, environment.kind) == ("addon", "environment")
    assert addon.partial
    assert addon.addon is not None
    assert [mode[:2] for mode in addon.addon.conflicts] == [("NONE", "both")]
    for surface in (addon, environment):
        assert (surface.format, surface.release, surface.managed) == ("clusterapi", "v1.18.1", True)
        assert surface.kubernetes == "1.30"


def test_a_configuration_that_is_no_yaml_is_told_with_its_place() -> None:
    with pytest.raises(SourceError) as error:
        found(PLANE + '  addons:\n  - name: vpc-cni\n    configuration: |\n      {"env": {}')
    assert error.value.line == 8
    (surface,) = found(PLANE + '  addons:\n  - name: vpc-cni\n    configuration: |\n      {${MORE} "env": {}')
    assert (surface.partial, surface.settings) == (True, ())


@pytest.mark.parametrize("env", ["'${ENV}'", "[]", "{A: b}", "[A]", "null"])
def test_an_environment_without_settings(env: str) -> None:
    assert [surface.settings for surface in found(PLANE + f"  vpcCni: {{env: {env}}}")] == [()]


POOL = "apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: AWSManagedMachinePool\nmetadata: {name: m}\nspec: "
OWNER = (
    "apiVersion: cluster.x-k8s.io/v1beta1\nkind: MachinePool\nspec: {template: {spec: {"
    "bootstrap: {configRef: {name: b}}, infrastructureRef: {name: m}}}}"
)
BOOT = "apiVersion: bootstrap.cluster.x-k8s.io/v1beta2\nkind: "


@pytest.mark.parametrize(
    ("boot", "pods"),
    [
        ("NodeadmConfig\nmetadata: {name: b}\nspec: {kubelet: {config: {maxPods: 58}}}", 58),
        ("NodeadmConfig\nmetadata: {name: b}\nspec: {kubelet: {flags: [--v=2, --max-pods=20]}}", 20),
        ("NodeadmConfigTemplate\nmetadata: {name: b}\nspec: {template: {spec: {kubelet: {config: {maxPods: 9}}}}}", 9),
        ("EKSConfig\nmetadata: {name: b}\nspec: {kubeletExtraArgs: {max-pods: '110'}}", 110),
        ("EKSConfigTemplate\nmetadata: {name: b}\nspec: {template: {spec: {kubeletExtraArgs: {max-pods: 17}}}}", 17),
        ("EKSConfig\nmetadata: {name: b}\nspec: {useMaxPods: true}", None),
        ("EKSConfig\nmetadata: {name: other}\nspec: {kubeletExtraArgs: {max-pods: '110'}}", None),
    ],
)
def test_max_pods_come_from_the_bootstrap_that_belongs_to_the_machines(boot: str, pods: int | None) -> None:
    (group,) = nodes(POOL + "{instanceType: m5.large}", OWNER, BOOT + boot)
    assert (group.name, group.types, group.max_pods, group.managed) == ("m", ("m5.large",), pods, True)
    assert group.at.content.strip("'").removeprefix("--max-pods=") == (str(pods) if pods else "m")


def test_max_pods_that_cannot_be_told_are_not_guessed() -> None:
    boot = "EKSConfig\nmetadata: {name: b}\nspec: {kubeletExtraArgs: {max-pods: '${PODS}'}}"
    assert nodes(POOL + "{instanceType: m5.large}", OWNER, BOOT + boot) == ()
    boot = "EKSConfig\nmetadata: {name: b}\nspec: {useMaxPods: false}"
    assert nodes(POOL + "{instanceType: m5.large}", OWNER, BOOT + boot)[0].max_pods == 110


def test_instance_types_wherever_machines_have_them() -> None:
    template = "{awsLaunchTemplate: {instanceType: m5.large, ami: {id: ami-1}}, amiType: CUSTOM}"
    (own,) = nodes(POOL + template)
    assert (own.types, own.managed) == (("m5.large",), False)
    kind = POOL.replace("AWSManagedMachinePool", "AWSMachinePool")
    mixed = "{mixedInstancesPolicy: {overrides: [{instanceType: c5.large}, {instanceType: c6i.large}]}}"
    (group,) = nodes(kind + mixed)
    assert (group.types, group.managed) == (("c5.large", "c6i.large"), False)
    assert nodes(POOL + "{instanceType: '${TYPE}'}")[0].types == ()


def test_nodes_of_a_file_with_two_control_planes_are_nobodys() -> None:
    plane = PLANE + "  vpcCni: {env: [{name: A, value: b}]}"
    assert [surface.nodes for surface in found(plane, plane, POOL + "{instanceType: m5.large}")] == [(), ()]


def test_kops_groups_belong_by_label() -> None:
    cluster = (
        "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata: {name: %s}\nspec: {networking: {amazonvpc: {}}}"
    )
    group = (
        "apiVersion: kops.k8s.io/v1alpha2\nkind: InstanceGroup\nmetadata: {name: n%s}\n"
        "spec: {role: Node, machineType: m5.large}"
    )
    labelled = group % ", labels: {kops.k8s.io/cluster: b}"
    one, two = found(cluster % "a", cluster % "b", labelled, group % "")
    assert (len(one.nodes), len(two.nodes)) == (0, 1)
    (alone,) = found(cluster % "a", labelled, group % "")
    assert [item.max_pods for item in alone.nodes] == [None]


@pytest.mark.parametrize("name", ["ADDITIONAL_ENI_TAGS", "ENABLE_IPv4", "ENABLE_IPv6"])
def test_what_kops_replaces_is_unknown(name: str) -> None:
    networking = f"{{amazonvpc: {{env: [{{name: {name}, value: x}}]}}}}"
    (surface,) = found(f"apiVersion: kops/v1alpha2\nkind: Cluster\nspec: {{networking: {networking}}}")
    assert surface.settings[0].value is UNKNOWN


def test_for_provider_wins_over_init_provider() -> None:
    (surface,) = found(
        "apiVersion: eks.aws.upbound.io/v1beta1\nkind: Addon\nspec:\n"
        "  forProvider: {addonName: vpc-cni, addonVersion: v1.18.1-eksbuild.1}\n"
        '  initProvider: {addonVersion: v1.16.0-eksbuild.1, configurationValues: \'{"env": {"MAX_ENI": "4"}}\'}'
    )
    assert surface.release == "v1.18.1"
    assert [(item.name, item.value) for item in surface.settings] == [("MAX_ENI", "4")]


@pytest.mark.parametrize(
    ("values", "form"),
    [("'{}'", "text"), ('""', "text"), ("null", "absent"), ("{env: {A: b}}", "mapping"), ("'${VALUES}'", "text")],
)
def test_how_the_values_are_given(values: str, form: str) -> None:
    (surface,) = found(
        "apiVersion: eks.services.k8s.aws/v1alpha1\nkind: Addon\n"
        f"spec: {{name: vpc-cni, configurationValues: {values}}}"
    )
    assert surface.addon is not None
    assert surface.addon.form == ("unknown" if "$" in values else form)


NAMES = ["spec", "template", "vpcCni", "env", "addons", "network", "vpc", "ipv6", "version", "networking", "amazonvpc"]
MORE = ["forProvider", "initProvider", "configuration", "configurationValues", "resources", "base", "pipeline", "input"]
VALUES = st.none() | st.booleans() | st.integers() | st.sampled_from(["vpc-cni", "{", '{"env": {"A": 1}}', "${X}", ""])
DATA = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*NAMES, *MORE, "name", "addonName", "patches", "kubelet"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
HEADS = [
    ("controlplane.cluster.x-k8s.io/v1beta2", "AWSManagedControlPlane"),
    ("controlplane.cluster.x-k8s.io/v1beta2", "AWSManagedControlPlaneTemplate"),
    ("infrastructure.cluster.x-k8s.io/v1beta2", "AWSManagedMachinePool"),
    ("kops.k8s.io/v1alpha2", "Cluster"),
    ("kops.k8s.io/v1alpha2", "InstanceGroup"),
    ("eks.aws.upbound.io/v1beta1", "Addon"),
    ("eks.services.k8s.aws/v1alpha1", "Addon"),
    ("apiextensions.crossplane.io/v1", "Composition"),
    ("kro.run/v1alpha1", "ResourceGraphDefinition"),
]


@given(st.lists(st.tuples(st.sampled_from(HEADS), DATA, DATA), min_size=1, max_size=3))
def test_nothing_but_a_source_error(objects: list[tuple[tuple[str, str], object, object]]) -> None:
    documents = [
        json.dumps({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec})
        for (version, kind), metadata, spec in objects
    ]
    try:
        every = found(*documents, "vpc-cni: amazonvpc")
    except SourceError:
        return
    for surface in every:
        for setting in surface.settings:
            assert setting.at.start <= setting.at.end
