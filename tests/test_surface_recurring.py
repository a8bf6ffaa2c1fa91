"""Documents that recur are composed once; what is found in them, and where, is as if each file were alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnilint import config
from cnilint.edit import Edit, fixed, outward
from cnilint.run import Choice, Run
from cnilint.source.inset import part
from cnilint.source.text import Text
from cnilint.surface import recurring

if TYPE_CHECKING:
    from cnilint.lint import Outcome

SET = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  selector: {}
  template:
    spec:
      containers:
        - name: aws-node
          image: 602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:v1.19.0
          env:
            - {name: WARM_IP_TARGET, value: "%s"}
"""
ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: aws-node}
rules:
  - apiGroups: [""]
    resources: [nodes]
    verbs: [get]
"""
SETTINGS = """\
# shared by all clusters
apiVersion: v1
kind: ConfigMap
metadata:
  name: amazon-vpc-cni
  namespace: kube-system
data:
  enable-windows-ipam: "yes"
  branch-eni-cooldown: 60
"""
TWICE = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: amazon-vpc-cni}\ndata: {warm-ip-target: '1', warm-ip-target: a}"
)
STRAY = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cni}\ndata: {enable-network-policy-controller: 'true'}\n"
ENI = "apiVersion: crd.k8s.amazonaws.com/v1alpha1\nkind: ENIConfig\nmetadata: {name: a}\nspec: {securityGroups: []}\n"
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: aws-node}\n"
OTHER = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData:\n  a: |+\n    text\n\n"
ANCHORED = "apiVersion: v1\nkind: ConfigMap\nmetadata: &a {name: amazon-vpc-cni}\ndata: {warm-ip-target: 5}\n"
WINDOWS = SETTINGS.replace("\n", "\r\n")
VALUES = "env:\n  WARM_IP_TARGET: 1\n"
BROKEN = "kind: [\n"
EMPTY = "# nothing\n"
PARTS = (ROLE, SETTINGS, TWICE, STRAY, ENI, ACCOUNT, OTHER, ANCHORED, WINDOWS, VALUES, EMPTY)
LINES = ("\n---\n", "---\n", "\n--- # next\n", "\n...\n---\n")


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "known", {})


@cache
def _run() -> Run:
    return Run(config.EMPTY, Choice())


def outcomes(files: list[str], *, alone: bool) -> list[Outcome]:
    """Return what comes of files one after the other, ``alone`` when none knows of another."""
    run, found = _run(), []
    recurring.known.clear()
    for index, content in enumerate(files):
        if alone:
            recurring.known.clear()
        found.append(run.outcome(content.encode(), f"{index}.yaml"))
    return found


def shown(found: list[Outcome]) -> list[tuple[object, ...]]:
    """Return outcomes without the identity of their errors."""
    return [(item.findings, [str(error) for error in item.errors], item.checked) for item in found]


def manifest(*parts: str) -> str:
    """Return one text of documents."""
    return "---\n".join(parts)


def test_a_role_that_recurs_is_judged_at_its_place_in_each_file() -> None:
    files = [
        manifest(*before, ROLE, SETTINGS, SET % index) for index, before in enumerate([(), (), (), (ACCOUNT, ACCOUNT)])
    ]
    alone = outcomes(files, alone=True)
    found = outcomes(files, alone=False)
    assert shown(found) == shown(alone)
    assert any(kept and kept.item for kept in recurring.known.values())
    lines = [{item.location.line for item in each.findings if item.rule == "permission-missing"} for each in found]
    assert lines == [{4}, {4}, {4}, {12}]


def test_an_edit_of_a_part_is_one_of_the_file() -> None:
    text = Text(manifest(ACCOUNT, SETTINGS))
    found = part(text, len(ACCOUNT) + 4, len(text.content))
    value = found.content.index("60")
    edit = outward(found, Edit(value, value + 2, '"60"'))
    assert edit is not None
    assert fixed(text.content, [edit]) == text.content.replace("60", '"60"')
    assert found.position(value) == (13, 24)


def test_a_file_of_nothing_but_what_recurs_is_read() -> None:
    files = [manifest(ROLE, SETTINGS)] * 4
    found = outcomes(files, alone=False)
    assert all(item.findings for item in found)
    assert shown(found) == shown(outcomes(files, alone=True))


def test_what_recurs_beside_what_is_broken_is_the_error_it_was() -> None:
    files = [manifest(ROLE, SET % 5)] * 3 + [manifest(ROLE, SET % 5, BROKEN)]
    found = outcomes(files, alone=False)
    assert found[-1].errors
    assert shown(found) == shown(outcomes(files, alone=True))


def test_no_more_is_kept_than_a_cluster_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "_MOST", 3)
    files = [manifest(SETTINGS.replace("60", str(number)), SET % 5) for number in range(20)] * 2
    outcomes(files, alone=False)
    assert 0 < len(recurring.known) <= 3


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(PARTS), max_size=4), st.sampled_from(LINES), st.integers(0, 3)),
        min_size=3,
        max_size=6,
    )
)
def test_files_are_judged_as_if_each_were_alone(files: list[tuple[list[str], str, int]]) -> None:
    texts = [between.join([*parts[:where], SET % 1, *parts[where:]]) for parts, between, where in files] * 2
    assert shown(outcomes(texts, alone=False)) == shown(outcomes(texts, alone=True))
