"""Conversions part by part: what a patch must say to take away, and what comes with other values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from cnilint.choices.choices import choices
from cnilint.choices.nothing import same_without, without
from cnilint.convert.forms import converted
from cnilint.facts import Context, Told
from cnilint.source.text import decoded
from cnilint.surface import surfaces
from cnilint.surface.joined import joined

if TYPE_CHECKING:
    from cnilint.convert.forms import Form

MAIN, INIT, AGENT = "aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent"


def form(content: str, to: str, kind: str = "", release: str = "v1.23.1") -> Form:
    (surface,) = joined(surfaces(decoded(content.encode(), "x.yaml"), kind=kind), named=False)
    return converted(choices(Context(surface, Told(release))), to)


def pod(content: str, to: str = "daemonset-patch", kind: str = "") -> Any:  # noqa: ANN401  # plain data
    first = next(iter(YAML(typ="safe").load_all(form(content, to, kind).text)))
    return first["spec"]["template"]["spec"]


def patch(spec: str, more: str = "") -> str:
    return f"""\
kind: DaemonSet
apiVersion: apps/v1
metadata: {{name: aws-node, namespace: kube-system}}
spec: {{{more}template: {{spec: {spec}}}}}
"""


def main(container: str) -> str:
    return patch(f"{{containers: [{{name: aws-node, {container}}}]}}")


def test_a_patch_takes_away_the_other_kind_of_value() -> None:
    field = "valueFrom: {fieldRef: {fieldPath: status.hostIP}}"
    (found,) = pod(main(f"env: [{{name: AWS_VPC_ENI_MTU, {field}}}]"))["containers"]
    source = {"fieldRef": {"fieldPath": "status.hostIP"}}
    assert found["env"] == [{"name": "AWS_VPC_ENI_MTU", "value": None, "valueFrom": source}]
    (found,) = pod(main("env: [{name: MY_NODE_NAME, value: x}, {name: MAX_ENI, value: '1'}]"))["containers"]
    assert found["env"] == [
        {"name": "MY_NODE_NAME", "value": "x", "valueFrom": None},
        {"name": "MAX_ENI", "value": "1"},
    ]


def test_a_patch_takes_away_what_is_gone_at_its_top() -> None:
    assert pod(patch("{affinity: null, tolerations: []}")) == {"affinity": None, "tolerations": None}
    (found,) = pod(main("livenessProbe: {exec: null, httpGet: {port: 1}}"))["containers"]
    assert found["livenessProbe"] == {"exec": None, "httpGet": {"port": 1}}
    (found,) = pod(main("livenessProbe: null"))["containers"]
    assert found == {"name": MAIN, "livenessProbe": None}
    (found,) = pod(main("resources: {requests: {cpu: null}}"))["containers"]
    assert found["resources"] is None


def test_a_patch_replaces_a_volume_and_ports() -> None:
    found = pod(patch("{volumes: [{name: run-dir, emptyDir: {}, hostPath: null}]}"))
    assert found["volumes"] == [{"name": "run-dir", "emptyDir": {}, "hostPath": None}]
    found = pod(patch("{volumes: [{name: run-dir, hostPath: {path: /x, type: null}}]}"))
    assert found["volumes"] == [{"name": "run-dir", "hostPath": {"path": "/x", "type": None}}]
    (found,) = pod(main("ports: [{containerPort: 1}]"))["containers"]
    assert found["ports"] == [{"$patch": "replace"}, {"containerPort": 1}]


def test_a_patch_has_each_container_in_its_list() -> None:
    found = pod(patch("{initContainers: [{name: one, image: x}], containers: [{name: two, image: z}]}"))
    assert found == {"initContainers": [{"name": "one", "image": "x"}], "containers": [{"name": "two", "image": "z"}]}
    found = pod("nodeAgent: {enabled: false}\nenv: {MAX_ENI: '1'}", kind="helm")
    assert {"name": AGENT, "$patch": "delete"} in found["containers"]


def test_labels_and_the_update_strategy_stand_where_they_belong() -> None:
    values = (
        "podLabels: {a: b}\npodAnnotations: {c: d}\nupdateStrategy: {rollingUpdate: {maxUnavailable: 1}}\nenv: {X_Y: a}"
    )
    found = next(iter(YAML(typ="safe").load_all(form(values, "daemonset-patch", "helm").text)))
    assert found["spec"]["updateStrategy"] == {"rollingUpdate": {"maxUnavailable": 1}}
    assert found["spec"]["template"]["metadata"] == {"labels": {"a": "b"}, "annotations": {"c": "d"}}


def test_the_chart_leaves_out_a_variable_without_the_agent() -> None:
    whole = form(patch("{containers: [{name: aws-eks-nodeagent, $patch: delete}]}"), "helm")
    assert whole.text.endswith("nodeAgent:\n  enabled: false\n")
    assert "the chart leaves out NETWORK_POLICY_ENFORCING_MODE without the agent" in whole.notes
    env = "{name: aws-node, env: [{name: NETWORK_POLICY_ENFORCING_MODE, value: strict}]}"
    both = form(patch(f"{{containers: [{env}, {{name: aws-eks-nodeagent, $patch: delete}}]}}"), "helm")
    assert [item.name for item in both.lost] == ["NETWORK_POLICY_ENFORCING_MODE"]

    same = form("nodeAgent: {enabled: false}\nenv: {MAX_ENI: '1'}", "helm", "helm")
    assert (same.lost, same.notes) == ((), ())


MOUNT = "volumeMounts: [{mountPath: /x, name: run-dir}]"
MOUNTS = [("v1.20.0", 1), ("v1.21.2", 0), ("v1.22.0", 1), ("v1.23.1", 0)]


@pytest.mark.parametrize(("release", "lost"), MOUNTS)
def test_mounts_of_the_init_container_go_with_those_of_aws_node(release: str, lost: int) -> None:
    init = f"initContainers: [{{name: {INIT}, {MOUNT}}}]"
    both = form(patch(f"{{{init}, containers: [{{name: {MAIN}, {MOUNT}}}]}}"), "helm", release=release)
    assert [item.name for item in both.lost] == [f"mount {INIT} /x"] * lost
    assert len(form(patch(f"{{{init}}}"), "helm", release=release).lost) == 1
    alone = form(main(MOUNT), "helm", release=release)
    assert len([note for note in alone.notes if "as well" in note]) == 1 - lost
    values = form("extraVolumeMounts: [{mountPath: /x, name: run-dir}]", "daemonset-patch", "helm", release)
    assert (INIT in values.text) == (lost == 0)


def test_a_variable_without_a_key_stands_among_the_others() -> None:
    found = form("env: {MY_OWN: x, MAX_ENI: '1'}", "addon", "helm")
    assert YAML(typ="safe").load(found.text) == {
        "env": {"MAX_ENI": "1"},
        "extraEnv": [{"name": "MY_OWN", "value": "x"}],
    }
    assert [item.name for item in form("env: {MY_OWN: x}", "addon", "helm", "v1.15.1").lost] == ["MY_OWN"]


RESOURCES = [
    ("containers: [{name: aws-node, resources: {limits: {cpu: 1}}}]", "helm", ["init", "nodeAgent", "resources"], 0),
    ("containers: [{name: aws-node, resources: {limits: {cpu: 1}}}]", "addon", ["resources"], 2),
    ("initContainers: [{name: aws-vpc-cni-init, resources: {limits: {cpu: 1}}}]", "helm", ["init"], 0),
    ("initContainers: [{name: aws-vpc-cni-init, resources: {limits: {cpu: 1}}}]", "addon", [], 1),
    ("initContainers: [{name: aws-vpc-cni-init, resources: {requests: null}}]", "helm", [], 1),
    ("containers: [{name: aws-node, resources: what}]", "helm", [], 1),
]


@pytest.mark.parametrize(("spec", "to", "keys", "lost"), RESOURCES)
def test_resources_of_each_container(spec: str, to: str, keys: list[str], lost: int) -> None:
    found = form(patch(f"{{{spec}}}"), to)
    assert sorted(YAML(typ="safe").load(found.text) or ()) == keys
    assert len(found.lost) == lost


def test_resources_that_all_containers_lack_are_one_value() -> None:
    none = ", ".join(f"{{name: {name}, resources: {{requests: null}}}}" for name in (MAIN, AGENT))
    spec = f"{{initContainers: [{{name: {INIT}, resources: {{requests: null}}}}], containers: [{none}]}}"
    found = form(patch(spec), "helm")
    assert YAML(typ="safe").load(found.text) == {"resources": {"requests": {"cpu": None}}}
    assert not found.lost


def test_what_the_api_server_fills_in_is_no_choice() -> None:
    filled = """\
ports: [{containerPort: 61678, hostPort: 61678, name: metrics, protocol: TCP}], imagePullPolicy: IfNotPresent,
terminationMessagePath: /dev/termination-log, readinessProbe: {periodSeconds: 10, successThreshold: 1}"""
    assert form(main(filled), "daemonset-patch").text.count("\n") == 6
    other = form(main("ports: [{containerPort: 61678, hostPort: 1, name: metrics}]"), "daemonset-patch")
    assert "hostPort: 1\n" in other.text


def test_a_probe_without_its_timeout_has_the_usual_one(manifest: str) -> None:
    probe = "livenessProbe: {exec: {command: [x]}}"
    whole = manifest.replace("          env:", f"          {probe}\n          env:")
    found = form(whole, "daemonset-patch").text
    assert "timeoutSeconds: 1\n" in found
    assert "initialDelaySeconds: null\n" in found


def test_the_region_of_the_zones_comes_first_and_upstreams_own_tells_nothing() -> None:
    image = "image: 602401143452.dkr.ecr.{}.amazonaws.com/amazon-k8s-cni:v1.23.1"
    config = "---\n{{apiVersion: v1, kind: ENIConfig, metadata: {{name: {}}}, spec: {{subnet: subnet-1}}}}\n"
    env = "env: [{name: MAX_ENI, value: '1'}]"
    placed = main(f"{image.format('eu-west-1')}, {env}")
    assert "region: eu-west-1\n" in form(placed, "eksctl").text
    assert 'region: "${AWS_REGION}"\n' in form(main(f"{image.format('us-west-2')}, {env}"), "eksctl").text
    assert "region: us-east-1\n" in form(placed + config.format("us-east-1-atl-1a"), "addon").text
    assert "region: eu-west-1\n" in form(placed + config.format("blue"), "addon").text
    assert [item.name for item in form(main(env) + config.format("blue"), "addon").lost] == ["ENIConfig blue"]
    assert not form(main(env) + config.format("blue"), "helm").lost


SWITCH = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: amazon-vpc-cni}
data: {enable-network-policy-controller: "true"}
"""
ON = patch(f"{{containers: [{{name: {AGENT}, args: [--enable-network-policy=true]}}]}}")


@pytest.mark.parametrize(("content", "notes"), [(ON, 1), (ON + SWITCH, 0), (main("image: x") + SWITCH, 1)])
def test_one_value_for_the_flag_and_the_config_map(content: str, notes: int) -> None:
    found = form(content, "helm")
    assert 'enableNetworkPolicy: "true"' in found.text
    assert len([note for note in found.notes if "enableNetworkPolicy" in note]) == notes
    assert not [item for item in found.lost if "network-policy" in item.name]


def test_a_flag_and_a_config_map_that_differ_are_no_one_value(manifest: str) -> None:
    agent = f"        - name: {AGENT}\n          image: x\n          args: [--enable-network-policy=false]\n"
    whole = form(f"{manifest}{agent}{SWITCH}", "helm")
    assert "enableNetworkPolicy" not in whole.text
    assert "ConfigMap amazon-vpc-cni enable-network-policy-controller" in [item.name for item in whole.lost]


@pytest.mark.parametrize(
    ("name", "release", "same", "said"),
    [
        ("WARM_ENI_TARGET", "v1.23.1", True, "; without it, 1 is used"),
        ("WARM_PREFIX_TARGET", "v1.23.1", False, "; without it, 0 is used"),
        ("ENABLE_IPv4", "v1.23.1", False, "; without it, false is used"),
        ("WATCH_NAMESPACE", "v1.5.0", True, ""),
    ],
)
def test_what_a_variable_does_that_is_not_set(name: str, release: str, same: bool, said: str) -> None:  # noqa: FBT001
    assert same_without(("env", MAIN, name), release) is same
    assert without(("env", MAIN, name), release) == said
