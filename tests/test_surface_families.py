"""The byte search: what rules a file out before it is parsed must never be wrong."""

from __future__ import annotations

import pytest

from cnilint.knowledge.variables import variables
from cnilint.surface.families import FAMILIES, VARIABLES, relevant

OWN = sorted(name for name in variables() if any(part in name for part in VARIABLES))


@pytest.mark.parametrize("name", OWN)
def test_every_variable_that_tells_the_cni_is_found_below_env(name: str) -> None:
    assert relevant(f"env: {{{name}: x}}".encode())
    assert relevant(f"env: {{{name}: x}}".encode("utf-16"))
    assert relevant(f"env: {{{name.lower()}: x}}".encode())


def test_every_name_of_a_family_is_found() -> None:
    for family in FAMILIES:
        for name in set(family.names).difference(VARIABLES):
            assert relevant(f"env: {name}".encode(), beside=True), name


def test_what_names_nothing_of_it_is_passed_over() -> None:
    assert not relevant(b"kind: Deployment\nspec: {containers: [{name: x, env: [{name: ENABLE_LOGS, value: x}]}]}\n")
    assert not relevant(b"kind: DaemonSet\nmetadata: {name: aws-node-termination-handler}\nspec: {{ .Values.spec }}\n")
    assert relevant(b"name: aws-node-termination-handler\n---\nname: aws-node\n")
    assert not relevant(b"environment: test\ntarget: 5\n")
