"""The fact ``burst``: the numbers of the model on the slowest type, or the least that holds for all."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnilint.capacity import BURST, answer
from cnilint.capacity.settings import Settings
from cnilint.facts import Facts, Told
from cnilint.knowledge.instances import all_types, instance
from cnilint.source.text import Text
from cnilint.source.yaml import documents
from cnilint.surface import values


def facts(env: str, **told: object) -> Facts:
    text = Text(f"env: {{{env}}}\n")
    return Facts(values.surfaces(text, list(documents(text)))[0], Told(**told))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("env", "told", "found"),
    [
        ("WARM_IP_TARGET: '1'", {}, (None, 30, 141, 30)),
        ("WARM_IP_TARGET: '1'", {"instance_types": ("m5.large",)}, ("m5.large", 27, 136, 30)),
        # the type where it lasts longest
        ("WARM_IP_TARGET: '1'", {"instance_types": ("m5.large", "m5.4xlarge")}, ("m5.4xlarge", 30, 146, 32)),
        ("WARM_IP_TARGET: '1'", {"instance_types": ("m5.4xlarge",), "pods_per_node": 12}, ("m5.4xlarge", 12, 51, 12)),
        ("WARM_IP_TARGET: '1'", {"instance_types": ("m5.4xlarge",), "max_pods": 10}, ("m5.4xlarge", 8, 31, 8)),
        ("WARM_IP_TARGET: '1'", {"pods_per_node": 10**9}, (None, 1000, 4991, 1000)),
        ("WARM_IP_TARGET: '5'", {}, (None, 30, 21, 6)),
        ("", {"instance_types": ("m5.large",)}, ("m5.large", 27, 16, 6)),
        ("ENABLE_PREFIX_DELEGATION: 'true'", {"instance_types": ("m5.large",)}, ("m5.large", 30, 1, 2)),
        # no type, and nothing that holds for all
        ("", {}, None),
        ("WARM_IP_TARGET: '30'", {}, None),
        ("WARM_IP_TARGET: '1', ENABLE_PREFIX_DELEGATION: 'true'", {}, None),
        ("WARM_IP_TARGET: '1', ENABLE_PREFIX_DELEGATION: '${X}'", {}, None),
        ("WARM_IP_TARGET: '${X}', MINIMUM_IP_TARGET: '3'", {}, None),
        ("MINIMUM_IP_TARGET: '3'", {}, None),
        # of the type too much is unknown
        ("WARM_IP_TARGET: '1', MAX_ENI: '${X}'", {"instance_types": ("m5.large",)}, (None, 30, 141, 30)),
        # no pool that ipamd keeps by itself
        ("WARM_IP_TARGET: '1', ENABLE_IMDS_ONLY_MODE: 'true'", {"instance_types": ("m5.large",)}, None),
        ("WARM_IP_TARGET: '1', DISABLE_NETWORK_RESOURCE_PROVISIONING: '${X}'", {}, None),
        ("ENABLE_IPv6: 'true', ENABLE_PREFIX_DELEGATION: 'true'", {"instance_types": ("m5.large",)}, None),
        # no interface for pods
        ("WARM_IP_TARGET: '1', AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', MAX_ENI: '1'",
         {"instance_types": ("m5.large",)}, (None, 30, 141, 30)),
    ],
)  # fmt: skip
def test_a_burst(env: str, told: dict[str, object], found: tuple[object, ...] | None) -> None:
    burst = facts(env, **told)["burst"]
    wanted = dict(zip(("type", "pods", "seconds", "calls"), found, strict=True)) if found else {}
    assert burst == {key: value for key, value in wanted.items() if value is not None}


SHAPES = {(item.enis, item.ips, item.branch): item for item in map(instance, all_types()) if item}


@given(
    st.sampled_from(list(SHAPES.values())),
    st.integers(1, 9),
    st.integers(0, 29),
    st.booleans(),
    st.sampled_from([None, "v1.23.1", "v1.12.6", "v1.8.0"]),
)
@example(instance("t4g.large"), 4, 29, False, None)  # noqa: FBT003  # three interfaces hold 33 addresses at once
def test_without_a_type_it_is_the_least_of_all(
    item: object,
    warm: int,
    minimum: int,
    custom: bool,  # noqa: FBT001  # drawn
    release: str | None,
) -> None:
    env = f"WARM_IP_TARGET: '{warm}', MINIMUM_IP_TARGET: '{minimum}'"
    least = facts(env, cni=release)["burst"]
    version = tuple(map(int, release[1:].split("."))) if release else Settings().release
    chosen = Settings(warm_ip=warm, minimum_ip=minimum, custom_networking=custom, release=version)  # type: ignore[arg-type]
    result = answer(chosen, item, burst=BURST, max_pods=250)  # type: ignore[arg-type]
    if result.reachable_pods >= BURST:
        assert least["seconds"] <= result.burst_seconds  # type: ignore[index]
        assert least["calls"] <= result.writes.arrive_at_once  # type: ignore[index]


def test_the_model_is_not_touched_where_no_message_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnilint.judge import Judge  # noqa: PLC0415  # with the modules below forgotten
    from cnilint.lint import judged  # noqa: PLC0415
    from cnilint.rule import built_in  # noqa: PLC0415

    judge = Judge(built_in())
    told = Told(instance_types=("m5.large",), limits=(("warmIpTarget", 5),))
    for config, asks in (("env: {WARM_IP_TARGET: '5'}\n", False), ("env: {WARM_IP_TARGET: '1'}\n", True)):
        monkeypatch.delitem(sys.modules, "cnilint.facts.burst", raising=False)
        judged(Text(config), judge, told, {}, values.surfaces)
        assert ("cnilint.facts.burst" in sys.modules) == asks
