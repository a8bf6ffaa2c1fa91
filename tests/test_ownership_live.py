"""Whose a field of a live object is: managedFields, and what kubectl noted as applied."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_edits import CREATED, NOTED, Data, live, other, tree
from stock_manifest import daemonset as manifest

from cnilint.config import EMPTY
from cnilint.facts.fields import Manager, managers, only_a_copy, owned, shared, values_owned
from cnilint.knowledge.releases import newest
from cnilint.run import Choice, Run

if TYPE_CHECKING:
    from cnilint.finding import Finding


@cache
def run(managed: bool | None, *select: str) -> Run:  # noqa: FBT001  # the key of the cache
    return Run(EMPTY._replace(settings=EMPTY.settings._replace(managed=managed)), Choice(select=select))


def findings(data: Data, *select: str, managed: bool | None = None) -> tuple[Finding, ...]:
    outcome = run(managed, *(select or ("ownership",))).outcome(json.dumps(data).encode(), "aws-node.json")
    assert not outcome.errors
    return outcome.findings


def main(data: Data) -> Data:
    """Return the container aws-node."""
    found: list[Data] = data["spec"]["template"]["spec"]["containers"]
    return next(container for container in found if container["name"] == "aws-node")


def variables(manager: Data) -> Data:
    """Return the variables of aws-node that a manager owns."""
    pod = manager["fieldsV1"]["f:spec"]["f:template"]["f:spec"]
    found: Data = pod["f:containers"]['k:{"name":"aws-node"}']["f:env"]
    return found


def set_variable(data: Data, name: str, value: str, by: str) -> None:
    """Set a variable as another manager, which takes it from EKS."""
    entry = next(item for item in main(data)["env"] if item["name"] == name)
    entry["value"] = value
    step = f'k:{{"name":"{name}"}}'
    for manager in data["metadata"]["managedFields"]:
        env = variables(manager)
        env.pop(step, None)
        if manager["manager"] == by:
            env[step] = {"f:name": {}, "f:value": {}}


def test_what_eks_wrote_is_no_edit_whatever_its_value() -> None:
    data = live()
    main(data)["env"][0]["value"] = '{"team": "net"}'
    main(data)["livenessProbe"] = {**main(data)["livenessProbe"], "timeoutSeconds": 60}
    assert findings(data) == ()


@pytest.mark.parametrize(("managed", "verdict"), [(None, "reverted"), (True, "reverted"), (False, "kept")])
def test_what_another_manager_took_from_eks_is_put_back(managed: bool | None, verdict: str) -> None:  # noqa: FBT001
    data = live(kubectl_set=other())
    set_variable(data, "ENABLE_POD_ENI", "true", "kubectl-set")
    (found,) = findings(data, managed=managed)
    assert found.ownership is not None
    assert (found.ownership.manager, found.ownership.verdict) == ("kubectl-set", verdict)
    assert found.ownership.field.endswith("env.ENABLE_POD_ENI.value")


def test_where_eks_owns_no_variables_they_are_kept() -> None:
    """As EKS owned them in 2021: two variables, and none of the rest."""
    data = live(kubectl_set=other())
    env = variables(data["metadata"]["managedFields"][0])
    for step in [step for step in env if "MY_NODE_NAME" not in step]:
        del env[step]
    set_variable(data, "ENABLE_POD_ENI", "true", "kubectl-set")
    (found,) = findings(data)
    assert found.ownership is not None
    assert found.ownership.verdict == "kept"


@pytest.mark.parametrize(("created", "verdict"), [("2025-02-03T10:00:00Z", "unknown"), (CREATED, "reverted")])
def test_the_copy_of_a_new_cluster_bears_the_name_of_eks_too(created: str, verdict: str) -> None:
    data = live(kubectl_set=other())
    data["metadata"]["creationTimestamp"] = created
    set_variable(data, "ENABLE_POD_ENI", "true", "kubectl-set")
    (found,) = findings(data)
    assert found.ownership is not None
    assert found.ownership.verdict == verdict


def test_without_eks_among_the_managers_all_is_kept() -> None:
    data = live(eks=({}, "2025"), Helm=(tree({"spec": manifest(newest())["spec"]}), "2025"))
    data["metadata"]["managedFields"].pop(0)
    main(data)["image"] = "registry.example.com/amazon-k8s-cni:" + newest()
    (found,) = findings(data, managed=None)
    assert found.ownership is not None
    assert (found.ownership.manager, found.ownership.verdict) == ("Helm", "kept")
    assert "owns nothing" in found.message


def test_fields_of_two_managers_are_counted_once_for_each() -> None:
    held = manifest(newest())
    data = live(kubectl_client_side_apply=(tree({"spec": {"updateStrategy": held["spec"]["updateStrategy"]}}), "2023"))
    (found,) = findings(data, "leftover-field-manager")
    assert "kubectl-client-side-apply owns 2 fields" in found.message
    assert findings(data, "leftover-field-manager", managed=False) == ()


def test_an_annotation_that_cannot_be_read_tells_nothing() -> None:
    for text in ("{...}", "[" * 100_000, "[]", '{"kind":"DaemonSet"}', 7):
        data = live()
        data["metadata"]["annotations"] = {NOTED: text}
        assert findings(data) == ()


@settings(deadline=None)
@given(st.sampled_from(["ENABLE_POD_ENI", "WARM_PREFIX_TARGET", "AWS_VPC_ENI_MTU"]), st.text())
def test_what_was_applied_and_is_gone_is_told_where_eks_has_it(name: str, value: str) -> None:
    data = live()
    noted = manifest(newest())
    entry = next(item for item in main(noted)["env"] if item["name"] == name)
    shipped, entry["value"] = entry["value"], value
    data["metadata"]["annotations"] = {NOTED: json.dumps(noted)}
    found = findings(data)
    visible = value != shipped and not any(sign in value for sign in ("$(", "${", "{{"))
    assert [item.rule for item in found] == ["applied-value-reverted"] * visible
    assert all(item.ownership and item.ownership.verdict == "shipped" for item in found)


def test_the_annotation_of_the_copy_that_clusters_came_with_is_no_choice() -> None:
    for release in ("v1.6.3", "v1.12.6", newest()):
        data = live()
        data["metadata"]["annotations"] = {NOTED: json.dumps(manifest(release))}
        assert findings(data) == ()


def test_a_change_since_it_was_applied_is_told_with_who_made_it() -> None:
    data = live(kubectl_edit=other())
    data["metadata"]["annotations"] = {NOTED: json.dumps(manifest(newest()))}
    set_variable(data, "ENABLE_POD_ENI", "true", "kubectl-edit")
    assert {found.rule for found in findings(data)} == {"managed-variable-edited", "last-applied-differs"}
    (found,) = findings(data, "last-applied-differs")
    assert "was last applied as false and is true now (set by kubectl-edit)" in found.message


def test_trees_of_fields() -> None:
    held: Any = {"f:a": {'k:{"name":"x"}': {".": {}, "f:name": {}, "f:value": {}}, "f:list": {}}}
    assert owned(held, ("a", "x", "value"))
    assert owned(held, ("a", "list", "anything", "below"))
    assert not owned(held, ("a", "y"))
    assert values_owned(held, ("a",)) == {"x"}
    assert shared(held, held) == 2, "the value and the list; a name is no field of its own"
    assert shared(held, {"f:a": {}}) == 1, "one owns as a whole what the other owns a part of"
    assert shared(held, {"f:b": {}}) == shared(held, None) == 0


@pytest.mark.parametrize(
    ("created", "time", "copy"),
    [
        ("2024-03-11T09:26:40Z", "2024-03-11T09:30:00Z", True),
        ("2024-03-11T09:26:40Z", "2024-05-11T09:30:00Z", False),
        ("2023-03-11T09:26:40Z", "2023-03-11T09:30:00Z", False),
        ("", "2024-03-11T09:30:00Z", False),
        ("2024-03-11T09:26:40Z", "", False),
        ("2024-03-11T09:26:40Z", "yesterday", False),
        ("2024-03-11", "2024-03-11T09:30:00Z", False),
    ],
)
def test_a_copy_was_written_only_when_the_cluster_was_made(created: str, time: str, copy: bool) -> None:  # noqa: FBT001
    assert only_a_copy({"metadata": {"creationTimestamp": created}}, Manager("eks", {}, time, 0)) is copy


def test_managers_are_those_of_the_object_not_of_its_status() -> None:
    entries = [
        {"manager": "eks", "time": "1", "fieldsV1": {"f:a": {}}},
        {"manager": "eks", "time": "2", "fieldsV1": {"f:b": {}}},
        {"manager": "kube-controller-manager", "subresource": "status", "fieldsV1": {"f:status": {}}},
        {"manager": 7},
        "nothing",
    ]
    assert managers({"metadata": {"managedFields": entries}}) == {"eks": Manager("eks", {"f:a": {}, "f:b": {}}, "2", 0)}
    assert managers({"metadata": {"managedFields": "none"}}) == {}
