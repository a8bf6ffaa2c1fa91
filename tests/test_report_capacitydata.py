"""Answers about capacity as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from jsonschema import Draft202012Validator, ValidationError

if TYPE_CHECKING:
    from conftest import CommandLine, Ran

SCHEMA: Final = json.loads(
    (Path(__file__).parent.parent / "schemas" / "capacity.schema.json").read_text(encoding="utf-8")
)
VALIDATOR: Final = Draft202012Validator(SCHEMA)
EVERYTHING = ("--subnet", "10.0.0.0/24", "--nodes", "20", "--compare", "WARM_IP_TARGET=5")


def m5(cnilint: CommandLine, *args: str) -> Ran:
    """Ask about m5.large."""
    ran = cnilint("capacity", "--instance-type", "m5.large", *args)
    assert (ran.code, ran.err) == (0, "")
    return ran


# JSON


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_whole_result(cnilint: CommandLine) -> None:
    (result,) = m5(cnilint, "--format", "json", "--pods", "1").json["results"]
    assert result == {
        "settings": "stock manifest of v1.23.1",
        "instanceType": "m5.large",
        "mode": "secondary-ip",
        "maxPods": 29,
        "enis": 3,
        "addressesPerEni": 10,
        "reachablePods": 27,
        "points": [
            {
                "pods": 1,
                "enis": 2,
                "prefixes": 0,
                "podAddresses": 18,
                "spareAddresses": 17,
                "subnetAddresses": 20,
                "waitingPods": 0,
            }
        ],
        "eniAttachedAtPod": {"2": 1, "3": 10},
        "writes": {"start": 3, "arriveOneByOne": 6, "arriveAtOnce": 6, "leaveOneByOne": 4, "leaveAtOnce": 4},
        "burstSeconds": 16.2,
        "refusal": None,
    }


@pytest.mark.parametrize(
    "args",
    [
        [],
        EVERYTHING,
        ["--set", "ENABLE_IPv6=true", "--subnet-addresses", "9"],
        ["--set", "ENABLE_PREFIX_DELEGATION=true,ENABLE_IPv6=true", "--nodes", "2"],
        ["--set", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true,MAX_ENI=1", "--subnet", "10.0.0.0/28"],
        ["--set", "ENABLE_POD_ENI=true,WARM_ENI_TARGET=0", "--burst", "1", "--pods", "0"],
    ],
)
def test_what_is_printed_is_as_the_schema_says(cnilint: CommandLine, args: list[str]) -> None:
    VALIDATOR.validate(m5(cnilint, "--format", "json", *args).json)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["version"], 2),
        (["more"], 1),
        (["subnet", "addresses"], -1),
        (["nodes"], 0),
        (["settings", 0, "release"], None),
        (["results", 0, "mode"], "prefixes"),
        (["results", 0, "eniAttachedAtPod", "two"], 1),
        (["results", 0, "points", 0, "pods"], -1),
        (["results", 0, "points", 0, "more"], 1),
        (["results", 0, "writes", "start"], None),
        (["results", 0, "burstSeconds"], "1s"),
        (["differences", 0, "points", 0, "enis"], None),
    ],
)
def test_the_schema_refuses_what_is_never_printed(cnilint: CommandLine, path: list[Any], value: object) -> None:
    found = m5(cnilint, "--format", "json", *EVERYTHING).json
    part: Any = found
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(ValidationError):
        VALIDATOR.validate(found)


def test_a_comparison_tells_both_at_the_same_pods_and_the_difference(cnilint: CommandLine) -> None:
    found = m5(cnilint, "--format", "json", "--pods", "10,max", "--compare", "ENABLE_PREFIX_DELEGATION=true").json
    assert [[point["pods"] for point in item["points"]] for item in found["results"]] == [[10, 27, 108]] * 2
    (difference,) = found["differences"]
    assert (difference["maxPods"], difference["burstSeconds"]) == (110 - 29, -15)
    assert difference["points"][0]["subnetAddresses"] == 33 - 30
    assert difference["points"][2]["waitingPods"] == -81
    assert difference["writes"]["arriveAtOnce"] == 2 - 6


def test_a_subnet_and_nodes_are_told_at_each_point(cnilint: CommandLine) -> None:
    found = m5(cnilint, "--format", "json", "--pods", "0,10", "--subnet", "10.0.0.0/24", "--nodes", "20").json
    assert found["subnet"] == {"cidr": "10.0.0.0/24", "addresses": 251}
    told = [(point["carriedNodes"], point["takenAddresses"]) for point in found["results"][0]["points"]]
    assert told == [(25, 200), (8, 600)]


def test_of_custom_networking_the_primary_interface_is_in_another_subnet(cnilint: CommandLine) -> None:
    custom = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true"
    found = m5(cnilint, "--format", "json", "--pods", "0", "--subnet-addresses", "100", "--nodes", "1", "--set", custom)
    (point,) = found.json["results"][0]["points"]
    assert (point["subnetAddresses"], point["takenAddresses"], point["carriedNodes"]) == (11, 10, 10)


# CSV


def test_csv_has_a_row_a_point(cnilint: CommandLine) -> None:
    args = ("--pods", "0,10", "--compare", "WARM_IP_TARGET=5", "--subnet-addresses", "251")
    rows = list(csv.DictReader(io.StringIO(m5(cnilint, "--format", "csv", *args).out)))
    assert [(row["settings"][-16:], row["pods"], row["subnetAddresses"], row["carriedNodes"]) for row in rows] == [
        ("manifest of v1.23.1"[-16:], "0", "10", "25"),
        ("manifest of v1.23.1"[-16:], "10", "30", "8"),
        ("WARM_IP_TARGET=5", "0", "6", "41"),
        ("WARM_IP_TARGET=5", "10", "17", "14"),
    ]
    assert {row["takenAddresses"] for row in rows} == {""}
    assert {row["burstSeconds"] for row in rows} == {"16.2", "31.2"}
