"""Whatever stands where fields, managers and annotations should be is no crash, and no verdict that there is not."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from ownership_edits import NOTED, live, other
from stock_manifest import daemonset as manifest

from cnilint.config import EMPTY
from cnilint.knowledge.releases import newest
from cnilint.run import Choice, Run

VALUES: list[object] = [
    *(None, [], {}, "", "x", 7, 1.5, True, "${X}"),
    *([{"name": []}], {"f:a": 7}, [[]], {"name": {"a": 1}}),
]


def places(data: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of each value of plain data."""
    below: list[tuple[str | int, Any]] = []
    if isinstance(data, dict):
        below = list(data.items())
    if isinstance(data, list):
        below = list(enumerate(data))
    return [path for key, value in below for path in ((*at, key), *places(value, (*at, key)))]


@cache
def run(managed: bool | None) -> Run:  # noqa: FBT001  # the key of the cache
    return Run(EMPTY._replace(settings=EMPTY.settings._replace(managed=managed)), Choice(select=("ownership",)))


# Three in four of a live object's places are in its managedFields.
EVERY = [path for path in places(live(kubectl_set=other())) if path not in {("kind",), ("metadata",)}]
PLACES = [*EVERY, *(path for path in EVERY for _ in range(5) if path[0] == "spec")]


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(VALUES)), min_size=1, max_size=3),
    st.sampled_from([True, None, False]),
    st.sampled_from(["", "", "v1.7.5", "v1.21.2", newest()]),
)
@example([(("spec", "template", "spec", "initContainers", 0, "imagePullPolicy"), [])], None, "v1.21.2")
@example([(("spec", "template", "spec", "containers", 0, "ports", 0, "name"), [])], None, "v1.21.2")
def test_whatever_stands_in_an_object_nothing_breaks(
    changes: list[tuple[tuple[str | int, ...], object]],
    managed: bool | None,  # noqa: FBT001
    release: str,
) -> None:
    noted = copy.deepcopy(manifest(newest()))
    data = copy.deepcopy(manifest(release) if release else live(kubectl_set=other()))
    for path, garbage in changes:
        for held in (noted, data):
            below: Any = held
            try:
                for step in path[:-1]:
                    below = below[step]
                below[path[-1]] = copy.deepcopy(garbage)
            except (KeyError, IndexError, TypeError):
                continue
    data["metadata"] |= {} if release else {"annotations": {NOTED: json.dumps(noted)}}
    outcome = run(managed).outcome(json.dumps(data).encode(), "aws-node.json")
    assert not outcome.errors
    verdicts = {found.ownership.verdict for found in outcome.findings if found.ownership}
    assert verdicts <= {"reverted", "shipped", "shared", "kept", "unknown"}
