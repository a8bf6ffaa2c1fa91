"""The table of environment variables: complete, in step with the schema, quiet about stock manifests."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from cnilint.knowledge.releases import newest, releases, stock
from cnilint.knowledge.variables import (
    NO_DEFAULT,
    UNSET,
    Malformed,
    Variable,
    compact,
    default,
    from_compact,
    shipped_unread,
    skipped_cidrs,
    tables,
    value,
    variables,
)
from cnilint.knowledge.versions import parsed
from cnilint.paths import shipped

if TYPE_CHECKING:
    from pathlib import Path

with open(os.path.join(shipped("schemas"), "aws-node.schema.json"), encoding="utf-8") as _file:
    SCHEMA = json.load(_file)
TYPES = {"bool", "int", "enum", "string", "path", "url", "cidrs", "tags", "mark", "address", "field-ref"}
CONTAINERS = {"aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent", "cni-metrics-helper"}
KEYS = {
    "x-case-sensitive",
    "x-containers",
    "x-dead-since",
    "x-default",
    "x-default-by-release",
    "x-default-note",
    "x-deprecated-in",
    "x-documented",
    "x-empty",
    "x-empty-since",
    "x-first-release",
    "x-group",
    "x-invalid",
    "x-maximum",
    "x-minimum",
    "x-minimum-ipv6",
    "x-removed-in",
    "x-source",
    "x-status",
    "x-stock",
    "x-trims",
    "x-type",
    "x-values",
}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", SCHEMA["properties"])
def test_the_schema_says_what_it_must_of_a_variable(name: str) -> None:
    held: dict[str, Any] = SCHEMA["properties"][name]
    assert held["type"] == "string"
    assert held["description"].endswith(".")
    assert held["x-type"] in TYPES
    assert held["x-containers"]
    assert set(held["x-containers"]) <= CONTAINERS
    assert held["x-empty"] in {"unset", "invalid", "value"}
    assert held["x-status"] in {"active", "undocumented", "removed", "dead", "injected", "library"}
    assert held.get("deprecated", False) == (held["x-status"] in {"removed", "dead"})
    assert held["x-invalid"]["effect"] in {"default", "exit", "ignored", "none"}
    assert {key for key in held if key.startswith("x-")} <= KEYS


@pytest.mark.parametrize("name", SCHEMA["properties"])
def test_releases_are_releases(name: str) -> None:
    held: dict[str, Any] = SCHEMA["properties"][name]
    ends = [
        held.get(f"x-{key}") for key in ("first-release", "removed-in", "dead-since", "deprecated-in", "empty-since")
    ]
    ends += [held["x-invalid"].get("since"), *(since for since, _ in held.get("x-default-by-release", ()))]
    assert all(parsed(end) for end in ends if end is not None)


@pytest.mark.parametrize("name", [name for name, each in variables().items() if each.default_text])
def test_the_default_is_the_value_of_its_text(name: str) -> None:
    variable = variables()[name]
    assert value(variable, variable.default_text or "") == variable.default


def test_the_last_default_by_release_is_the_newest() -> None:
    changed = {each.name: each for each in variables().values() if each.defaults}
    assert set(changed) == {"AWS_VPC_K8S_CNI_RANDOMIZESNAT", "NETWORK_POLICY_ENFORCING_MODE"}
    assert all(each.defaults[-1][1] == each.default for each in changed.values())


def test_x_stock_is_what_the_newest_manifest_ships() -> None:
    manifest = stock(newest())
    for container in ("aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent"):
        told = {each.name: text for each in variables().values() for held, text in each.stock if held == container}
        assert {name: text.replace("<release>", newest()) for name, text in told.items()} == manifest.env(container)


def test_the_compiled_form_is_the_same_table() -> None:
    compiled = json.loads(json.dumps(compact(SCHEMA)))
    assert from_compact(compiled) == tables()
    assert list(tables().variables) == list(SCHEMA["properties"])


def test_a_compiled_form_beside_the_module_goes_before_the_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"properties": {"MAX_ENI": SCHEMA["properties"]["MAX_ENI"]}, "x-near-misses": {}, "x-shipped-unread": {}}
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "variables.json").write_text(json.dumps(compact(small)))
    monkeypatch.setattr("cnilint.knowledge.variables.HERE", str(tmp_path))
    assert list(tables.__wrapped__().variables) == ["MAX_ENI"]


@pytest.mark.parametrize(
    ("name", "release", "held"),
    [
        ("WARM_ENI_TARGET", None, 1),
        ("WARM_ENI_TARGET", "v1.5.0", 1),
        ("AWS_VPC_K8S_CNI_CONNMARK", "v1.18.1-eksbuild.3", 128),
        ("ENABLE_IPv4", "v1.23.1", False),
        ("ENABLE_IPv4", "v1.9.3", NO_DEFAULT),
        ("ENABLE_SUBNET_DISCOVERY", "v1.17.1", NO_DEFAULT),
        ("ENABLE_SUBNET_DISCOVERY", "v1.18.0", True),
        ("AWS_VPC_K8S_CNI_RANDOMIZESNAT", "v1.6.4", "hashrandom"),
        ("AWS_VPC_K8S_CNI_RANDOMIZESNAT", "v1.7.0", "prng"),
        ("AWS_VPC_K8S_CNI_RANDOMIZESNAT", None, NO_DEFAULT),
        ("NETWORK_POLICY_ENFORCING_MODE", "v1.17.0", NO_DEFAULT),
        ("NETWORK_POLICY_ENFORCING_MODE", "v1.19.3", "standard"),
        ("NETWORK_POLICY_ENFORCING_MODE", "v1.19.4", ""),
        ("NETWORK_POLICY_ENFORCING_MODE", None, NO_DEFAULT),
        ("ENABLE_NFTABLES", "v1.13.0", False),
        ("ENABLE_NFTABLES", "v1.13.2", NO_DEFAULT),
        ("ENABLE_NFTABLES", None, NO_DEFAULT),
        ("POD_MTU", None, NO_DEFAULT),
        ("CLUSTER_ENDPOINT", "v1.23.1", NO_DEFAULT),
        ("AWS_MAX_ATTEMPTS", "v1.23.1", NO_DEFAULT),
        ("MAX_ENI", "v1.23.1", -1),
        ("ADDITIONAL_ENI_TAGS", None, {}),
    ],
)
def test_defaults_of_the_code(name: str, release: str | None, held: object) -> None:
    found = default(variables()[name], release)
    assert (found, type(found)) == (held, type(held))


def _judged(variable: Variable, text: str, release: str) -> object:
    try:
        return skipped_cidrs(text) or None if variable.type == "cidrs" else value(variable, text, release)
    except Malformed as fault:
        return fault


@pytest.mark.parametrize("release", releases())
def test_no_stock_manifest_is_found_wanting(release: str) -> None:
    manifest = stock(release)
    for container in manifest.containers:
        for name, text in manifest.env(container).items():
            assert name in variables() or shipped_unread(name, release), name
            if name in variables() and not text.startswith("@"):
                variable = variables()[name]
                assert container in variable.containers
                assert not isinstance(_judged(variable, text, release), Malformed)
                assert _judged(variable, text, release) is not UNSET


@pytest.mark.parametrize(
    ("name", "release", "shipped_there"),
    [
        ("AWS_VPC_K8S_CNI_MTU", "v1.6.0", True),
        ("AWS_VPC_K8S_CNI_MTU", None, True),
        ("AWS_VPC_K8S_CNI_MTU", "v1.6.1", False),
        ("WATCH_NAMESPACE", "v1.5.2", True),
        ("WATCH_NAMESPACE", "v1.5.3", False),
        ("WARM_ENI_TARGET", None, False),
    ],
)
def test_names_that_manifests_shipped_and_nothing_read(name: str, release: str | None, *, shipped_there: bool) -> None:
    assert shipped_unread(name, release) is shipped_there
