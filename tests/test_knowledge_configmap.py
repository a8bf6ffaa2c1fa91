"""The ConfigMap amazon-vpc-cni."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cnilint.knowledge.configmap import expected, keys, nearest, value
from cnilint.knowledge.releases import newest, releases, stock
from cnilint.paths import shipped

with open(os.path.join(shipped("schemas"), "amazon-vpc-cni.schema.json"), encoding="utf-8") as _file:
    SCHEMA = json.load(_file)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("enable-network-policy-controller", "true", None),
        ("enable-network-policy-controller", "False", None),
        ("enable-network-policy-controller", "True", '"true" or "false"'),
        ("enable-network-policy-controller", "1", '"true" or "false"'),
        ("enable-network-policy-controller", True, 'a string: "true" or "false"'),
        ("enable-windows-ipam", "True", None),
        ("enable-windows-ipam", "yes", '"true" or "false"'),
        ("warm-ip-target", "-1", "an integer, 0 or more"),
        ("warm-ip-target", "0", None),
        ("branch-eni-cooldown", "-1", None),
        ("warm-ip-target", "1.5", "an integer, 0 or more"),
        ("branch-eni-cooldown", 60, "a string: an integer"),
        ("no-such-key", 1, None),
    ],
)
def test_what_a_value_must_be(name: str, text: object, wanted: str | None) -> None:
    assert expected(name, text) == wanted


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("enable-network-policy", "enable-network-policy-controller"),
        ("enable_windows_ipam", "enable-windows-ipam"),
        ("warm-ip-targets", "warm-ip-target"),
        ("foo", None),
    ],
)
def test_a_misspelt_key_is_recognised(name: str, meant: str | None) -> None:
    assert nearest(name) == meant


@pytest.mark.parametrize("name", [name for name in keys() if keys()[name].default is not None])
def test_the_default_is_the_value_of_its_text(name: str) -> None:
    assert value(keys()[name], SCHEMA["properties"][name]["default"]) == keys()[name].default


def test_a_key_that_hides_another_names_one() -> None:
    hiding = {name: key.hides for name, key in keys().items() if key.hides}
    assert hiding == {
        "warm-ip-target": "windows-warm-ip-target",
        "minimum-ip-target": "windows-minimum-ip-target",
        "warm-prefix-target": "windows-warm-prefix-target",
    }
    assert set(hiding.values()) <= set(keys())


@pytest.mark.parametrize("release", [release for release in releases() if stock(release).configmap])
def test_stock_config_maps_are_flawless(release: str) -> None:
    for name, text in stock(release).configmap.items():
        assert name in keys()
        assert expected(name, text) is None


def test_x_stock_is_what_the_newest_manifest_ships() -> None:
    assert {name: key.stock for name, key in keys().items() if key.stock is not None} == stock(newest()).configmap


@pytest.mark.parametrize("name", keys())
def test_schema_and_table_give_the_same_verdict(name: str) -> None:
    validator = Draft202012Validator(SCHEMA["properties"][name])
    words = ["true", "false", "True", "FALSE", "t", "0", "1", "yes", "", "-1", "+3", "1.5", " 1", "1_0", "٣"]

    @settings(max_examples=60, deadline=None)
    @given(
        st.one_of(
            st.sampled_from(words), st.integers(-5, 500).map(str), st.text(alphabet="0123456789+-tf ", max_size=4)
        )
    )
    def same(text: str) -> None:
        assert (expected(name, text) is None) == validator.is_valid(text)

    same()
