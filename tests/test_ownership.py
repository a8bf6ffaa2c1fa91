"""Whose a field is: every edit of what a release ships is told, alone, with the right verdict."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_edits import Data, Edit, edits, manifest, verdict

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
