"""What values of the add-on and the chart say of the agent, the ConfigMap and the ENIConfigs."""

from __future__ import annotations

from typing import Any

import pytest

from cnilint.facts import Facts, Told
from cnilint.source.text import Text
from cnilint.surface import surfaces


def facts(content: str, release: str = "v1.19.2") -> Any:  # noqa: ANN401  # facts of any type
    (surface,) = surfaces(Text(content, "values.yaml"))
    return Facts(surface, Told(cni=release))


ENV = "env: {WARM_IP_TARGET: '5'}\n"


def test_the_agent_runs_with_what_the_chart_gives_it() -> None:
    found = facts(ENV)["agent"]
    assert (found["present"], found["version"]) == (True, "v1.1.6")
    assert found["flags"]["enable-network-policy"] is False
    assert (found["set"], found["chosen"]) == ({}, {})


def test_the_images_and_probes_that_values_choose_count() -> None:
    command = "{exec: {command: [/app/grpc-health-probe, '-addr=:50051']}}"
    found = facts(
        f"{ENV}image: {{tag: v1.23.1}}\ninit: {{image: {{override: 'r.example/init:v1.22.4'}}}}\n"
        f"nodeAgent: {{image: {{tag: v1.4.0}}}}\nlivenessProbe: {command}\nreadinessProbe: 5\n"
    )
    assert (found["cni"]["imageVersion"], found["cni"]["initVersion"]) == ("v1.23.1", "v1.22.4")
    assert found["agent"]["version"] == "v1.4.0"
    [probe] = found["probes"]
    assert (probe["container"], probe["kind"], probe["address"]) == ("aws-node", "liveness", ":50051")
    assert probe["at"]().content == "'-addr=:50051'"


def test_an_image_that_tells_no_version_tells_no_version_of_the_agent() -> None:
    found = facts(f"{ENV}nodeAgent: {{image: {{override: 'r.example/agent@sha256:0'}}}}\ninit: {{image: {{tag: x}}}}\n")
    assert "version" not in found["agent"]
    assert "initVersion" not in found["cni"]
    assert "imageVersion" not in found["cni"]


def test_values_become_flags() -> None:
    found = facts(
        f"{ENV}enableNetworkPolicy: 'true'\nnodeAgent: {{metricsBindAddr: '8999', enablePolicyEventLogs: 'false'}}\n"
    )["agent"]
    assert found["set"] == {
        "enable-network-policy": "true",
        "metrics-bind-addr": ":8999",
        "enable-policy-event-logs": "false",
    }
    assert set(found["chosen"]) == {"enable-network-policy", "metrics-bind-addr"}
    assert found["flags"]["enable-network-policy"] is True


@pytest.mark.parametrize(
    ("values", "release"), [("nodeAgent: {enabled: false}\nimage: {}\n", "v1.19.2"), ("", "v1.13.0")]
)
def test_where_there_is_no_agent_nothing_is_known_of_it(values: str, release: str) -> None:
    found = facts(ENV + values, release)["agent"]
    assert "flags" not in found
    assert found.get("present") is not True


def test_what_is_put_in_later_is_unknown() -> None:
    found = facts(f"{ENV}enableNetworkPolicy: ${{NETWORK_POLICY}}\n")
    assert not isinstance(found["agent"]["flags"]["enable-network-policy"], bool)
    assert not isinstance(found["configMap"]["enable-network-policy-controller"], str)


def test_a_wrong_value_of_a_flag_has_its_place() -> None:
    (found,) = facts(f"{ENV}nodeAgent: {{enablePolicyEventLogs: 'yes'}}\n")["malformedFlags"]
    assert (found["flag"], found["text"], found["at"].content) == ("enable-policy-event-logs", "yes", "'yes'")


def test_switches_are_keys_of_the_config_map() -> None:
    assert facts(ENV)["configMap"] == {"enable-network-policy-controller": "false", "enable-windows-ipam": "false"}
    found = facts(f"{ENV}enableNetworkPolicy: 'true'\nbranchENICooldown: 30\n")["configMap"]
    assert (found["enable-network-policy-controller"], found["branch-eni-cooldown"]) == ("true", "30")


def test_eni_configs_are_made_of_the_values() -> None:
    content = "eniConfig: {create: %s, region: r, subnets: {eu-west-1a: {id: subnet-1, securityGroups: [sg-1]}}}\n"
    (found,) = facts(ENV + content % "true")["eniConfigs"]
    assert (found["name"], found["subnet"], found["securityGroups"]) == ("eu-west-1a", "subnet-1", ["sg-1"])
    assert found["at"].content == "eu-west-1a"
    assert facts(ENV + content % "false")["eniConfigs"] == []


@pytest.mark.parametrize("value", ["${X}", "$(X)", "{{ .X }}"])
def test_the_service_is_not_said_to_refuse_what_nobody_knows(value: str) -> None:
    content = (
        f'addonName: vpc-cni\nclusterName: c\nconfigurationValues: \'{{"env": {{"WARM_IP_TARGET": "{value}"}}}}\'\n'
    )
    assert facts(content)["refusals"] == []
    refused = facts(content.replace(f'"{value}"', "5"))["refusals"]
    assert [item["said"] for item in refused] == ["$.env.WARM_IP_TARGET: integer found, string expected"]
