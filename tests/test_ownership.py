"""Whose a field is: every edit of what a release ships is told, alone, with the right verdict."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_edits import Data, Edit, edits, verdict
from stock_manifest import daemonset as manifest

from cnilint.config import EMPTY
from cnilint.knowledge.releases import newest, releases
from cnilint.run import Choice, Run
from cnilint.source.plain import Plain
from cnilint.source.text import Text
from cnilint.source.yaml import documents

if TYPE_CHECKING:
    from pathlib import Path

    from cnilint.finding import Finding

MANAGED = (True, False, None)
# One with the fewest variables that EKS owned, the first with configuration values, one where chart and manifest
# differ, and the newest.
SOME = ("v1.7.5", "v1.12.0", "v1.21.2", newest())


@cache
def run(managed: bool | None) -> Run:  # noqa: FBT001  # the key of the cache
    return Run(EMPTY._replace(settings=EMPTY.settings._replace(managed=managed)), Choice(select=("ownership",)))


def findings(data: Data, *, managed: bool | None) -> tuple[Finding, ...]:
    outcome = run(managed).outcome(json.dumps(data).encode(), "aws-node.json")
    assert not outcome.errors
    return outcome.findings


def told(data: Data, edit: Edit, release: str, *, managed: bool | None) -> None:
    """Assert that exactly this edit is told."""
    found = findings(edit.of(data), managed=managed)
    assert len(found) == 1, [item.message for item in found]
    ownership = found[0].ownership
    assert ownership is not None
    assert ownership.verdict == verdict(edit, release, managed=managed), found[0].message
    assert ownership.manager == ""
    assert ownership.field.endswith(edit.field), ownership.field
    assert (found[0].severity == "info") == (ownership.verdict != "reverted" or "WARM_ENI_TARGET" in found[0].message)


@pytest.mark.parametrize("release", releases())
def test_what_a_release_ships_is_no_edit(release: str) -> None:
    assert [findings(manifest(release), managed=managed) for managed in MANAGED] == [(), (), ()]


@pytest.mark.parametrize("release", SOME)
def test_each_field_and_each_variable_in_turn(release: str) -> None:
    data = manifest(release)
    every = list(edits(data))
    assert len(every) > 60
    for number, edit in enumerate(every):
        told(data, edit, release, managed=MANAGED[number % 3])


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(sorted(releases())), st.sampled_from(MANAGED))
def test_any_field_of_any_release(data: st.DataObject, release: str, managed: bool | None) -> None:  # noqa: FBT001
    shipped = manifest(release)
    told(shipped, data.draw(st.sampled_from(list(edits(shipped)))), release, managed=managed)


@cache
def stock_manifest(path: Path) -> Data:
    """Return the DaemonSet of a stock manifest."""
    text = Text(path.read_text("utf-8"))
    found: list[Any] = [Plain(text).data(root) for root in documents(text)]
    sets: list[Data] = [item for item in found if item and item["kind"] == "DaemonSet"]
    return sets[0]


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(MANAGED))
def test_any_field_of_any_stock_manifest(corpus: Path, data: st.DataObject, managed: bool | None) -> None:  # noqa: FBT001
    path = data.draw(st.sampled_from(sorted((corpus / "stock").glob("*.yaml"))))
    shipped = stock_manifest(path)
    assert findings(shipped, managed=managed) == ()
    release = path.stem if path.stem in releases() else newest()
    told(shipped, data.draw(st.sampled_from(list(edits(shipped)))), release, managed=managed)


@pytest.mark.parametrize("managed", MANAGED)
def test_a_variable_that_eks_does_not_ship_is_kept_by_whoever_manages_the_add_on(managed: bool | None) -> None:  # noqa: FBT001
    data = manifest(newest())
    data["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "WARM_IP_TARGET", "value": "5"})
    (found,) = findings(data, managed=managed)
    assert (found.rule, found.severity) == ("field-edited-and-kept", "info")
    assert found.ownership is not None
    assert found.ownership.verdict == "kept"


def test_what_eks_sets_in_an_ipv6_cluster_is_no_edit() -> None:
    data = manifest(newest())
    texts = {"ENABLE_IPv4": "false", "ENABLE_IPv6": "true", "ENABLE_PREFIX_DELEGATION": "true"}
    pod = data["spec"]["template"]["spec"]
    for container in (*pod["containers"], *pod["initContainers"]):
        container["env"] = [
            item | ({"value": texts[item["name"]]} if item["name"] in texts else {}) for item in container["env"]
        ]
        if "args" in container:
            container["args"] = [
                word.replace("--enable-ipv6=false", "--enable-ipv6=true") for word in container["args"]
            ]
    assert findings(data, managed=True) == ()
    pod["initContainers"][0]["env"] = [
        {"name": "ENABLE_IPv6", "value": "1"},
        {"name": "DISABLE_TCP_EARLY_DEMUX", "value": "false"},
    ]
    assert len(findings(data, managed=True)) == 1


@pytest.mark.parametrize("managed", [True, None])
def test_a_live_object_that_hides_its_managers_may_have_its_values_from_the_add_on(managed: bool | None) -> None:  # noqa: FBT001
    data = manifest(newest())
    data["metadata"]["uid"] = "0f4d2c5e-6a58-4b0e-9d0e-7c9b1b1f6a3d"
    container = next(item for item in data["spec"]["template"]["spec"]["containers"] if item["name"] == "aws-node")
    container["env"] = [{"name": "WARM_IP_TARGET", "value": "5"}, {"name": "ENABLE_POD_ENI", "value": "true"}]
    container["image"] = f"registry.example.com/amazon-k8s-cni:{newest()}"
    found = {item.rule: item.ownership.verdict for item in findings(data, managed=managed) if item.ownership}
    assert found == {
        "managed-variable-edited": "unknown",
        "managed-image-edited": "reverted" if managed else "unknown",
    }


def test_a_patch_of_an_unknown_release_is_compared_with_what_was_always_shipped_alike() -> None:
    main = {"name": "aws-node", "env": [{"name": "ENABLE_POD_ENI", "value": "true"}], "imagePullPolicy": "Never"}
    pod = {"containers": [main], "hostNetwork": False}
    found = findings({"spec": {"template": {"spec": pod}}}, managed=True)
    assert {item.rule for item in found} == {"managed-variable-edited", "managed-pod-field-edited"}
    assert {item.ownership.verdict for item in found if item.ownership} == {"reverted"}
