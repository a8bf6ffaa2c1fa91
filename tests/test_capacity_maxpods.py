"""Max pods by mode and cap: the worked examples of max-pods-calculator.sh, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from cnilint.capacity import maxpods
from cnilint.capacity.settings import Settings, delegates, model
from cnilint.knowledge.instances import Instance, all_types, instance


def known(name: str) -> Instance:
    found = instance(name)
    assert found
    return found


def pods(name: str, *, managed: bool = True, **chosen: object) -> int:
    return found(name, managed=managed, **chosen).pods


def found(name: str, *, managed: bool = True, **chosen: object) -> maxpods.MaxPods:
    settings = Settings(**chosen)  # type: ignore[arg-type]
    item = known(name)
    size = maxpods.PREFIX_SIZE if delegates(settings, item) else 1
    return maxpods.max_pods(settings, item, size, managed=managed)


# What the script answers for secondary addresses, custom networking, prefixes, prefixes with custom networking,
# MAX_ENI=2, and prefixes with MAX_ENI=1; then what nodeadm gives.
EXAMPLES = {
    "c5.large": (29, 20, 110, 110, 20, 110, 29),
    "m5.large": (29, 20, 110, 110, 20, 110, 29),
    "m5.4xlarge": (110, 110, 110, 110, 60, 110, 234),
    "m5.8xlarge": (234, 205, 250, 250, 60, 250, 234),
    "c5n.18xlarge": (250, 250, 250, 250, 100, 250, 737),
    "t3.medium": (17, 12, 110, 110, 12, 82, 17),
    "t3.nano": (4, 3, 34, 18, 4, 18, 4),
    "t2.medium": (17, 12, 17, 12, 12, 7, 17),
    "m7g.16xlarge": (250, 250, 250, 250, 100, 250, 737),
    "c6in.32xlarge": (250, 250, 250, 250, 100, 250, 394),
    "p4d.24xlarge": (250, 250, 250, 250, 100, 250, 737),
    "p5.48xlarge": (100, 51, 250, 250, 100, 250, 100),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_calculator(name: str) -> None:
    assert EXAMPLES[name] == (
        pods(name),
        pods(name, custom_networking=True),
        pods(name, prefixes=True),
        pods(name, prefixes=True, custom_networking=True),
        pods(name, max_eni=2),
        pods(name, prefixes=True, max_eni=1),
        maxpods.usual(known(name)),
    )


def test_nothing_caps_single_addresses_outside_of_managed_node_groups() -> None:
    assert (pods("m5.4xlarge"), pods("m5.4xlarge", managed=False)) == (110, 234)
    assert pods("m5.4xlarge", managed=False, prefixes=True) == 110
    assert all(pods(name, managed=False) == maxpods.usual(known(name)) for name in all_types())


def test_prefixes_on_bare_metal_are_those_of_ipamd() -> None:
    # The script asks for Nitro alone and answers 250 by single addresses; the cap hides that but under MAX_ENI.
    assert pods("m5.metal", prefixes=True, max_eni=1) == 250
    assert pods("m5.metal", prefixes=True, max_eni=1, release=(1, 10, 4)) == 51


def test_ipv6_is_bound_by_the_cap_alone() -> None:
    assert pods("m5.large", ipv6=True, prefixes=True) == 110
    assert pods("t3.nano", ipv6=True, prefixes=True) == 110
    assert pods("m5.8xlarge", ipv6=True, prefixes=True) == 250


def test_an_unknown_number_of_cpus_has_the_lower_cap() -> None:
    item = Instance("x", 15, 50, "nitro", False, None, None, (), "k")  # noqa: FBT003
    assert maxpods.max_pods(Settings(), item, 1, managed=True) == (
        110,
        ("15 interfaces x 49 addresses + 2 = 737", "no more than 110: its vCPUs are not known"),
        True,
    )


@pytest.mark.parametrize(
    ("name", "chosen", "working"),
    [
        ("m5.large", {}, ("3 interfaces x 9 addresses + 2 = 29",)),
        ("m5.large", {"custom_networking": True},
         ("custom networking: 3 interfaces - the primary = 2", "2 interfaces x 9 addresses + 2 = 20")),
        ("m5.large", {"max_eni": 1}, ("MAX_ENI=1: 1 of 3 interfaces", "1 interface x 9 addresses + 2 = 11")),
        ("m5.large", {"max_eni": 7}, ("3 interfaces x 9 addresses + 2 = 29",)),
        ("m5.large", {"prefixes": True},
         ("3 interfaces x 9 prefixes x 16 addresses + 2 = 434", "no more than 110: 2 vCPUs are not more than 30")),
        ("t3.nano", {"prefixes": True}, ("2 interfaces x 1 prefix x 16 addresses + 2 = 34",)),
        ("m5.large", {"pod_eni": True},
         ("3 interfaces x 9 addresses + 2 = 29", "pods without a branch interface: 2 interfaces x 9 addresses = 18")),
        ("m5.8xlarge", {"ipv6": True},
         ("IPv6: addresses do not bind", "no more than 250: 32 vCPUs are more than 30")),
    ],
)  # fmt: skip
def test_the_working(name: str, chosen: dict[str, bool], working: tuple[str, ...]) -> None:
    assert found(name, **chosen).working == working


def test_the_slot_of_a_trunk() -> None:
    no_trunk, trunk, unlisted = known("t3.medium"), known("m5.large"), known("hpc6id.32xlarge")
    assert (no_trunk.branch, unlisted.branch) == (0, None)
    assert maxpods.trunk_slot(trunk)
    assert maxpods.trunk_slot(unlisted)
    assert not maxpods.trunk_slot(no_trunk)
    assert maxpods.trunk_slot(no_trunk, (1, 20, 3))
    assert not maxpods.trunk_slot(trunk, (1, 16, 3))
    # asked for by every release, and never there
    assert maxpods.trunk_slot(unlisted, (1, 16, 3))


@pytest.mark.parametrize(
    ("name", "chosen", "serving"),
    [
        ("m5.large", {}, 3),
        ("m5.large", {"pod_eni": True}, 2),
        ("m5.large", {"pod_eni": True, "release": (1, 16, 3)}, 3),
        ("m5.large", {"pod_eni": True, "custom_networking": True}, 1),
        ("m5.large", {"pod_eni": True, "max_eni": 1}, 1),
        ("m5.large", {"custom_networking": True, "max_eni": 1}, 0),
        ("m5.large", {"pod_eni": True, "custom_networking": True, "max_eni": 2}, 0),
        ("hpc6id.32xlarge", {"pod_eni": True}, 1),
        ("hpc6id.32xlarge", {"custom_networking": True}, 0),
        ("t3.medium", {"pod_eni": True, "max_eni": 1, "release": (1, 20, 3)}, 1),
    ],
)
def test_the_primary_serves_pods_but_under_custom_networking(name: str, chosen: dict[str, Any], serving: int) -> None:
    item, settings = known(name), Settings(**chosen)
    assert maxpods.serving(settings, item) == serving
    # the pool that the model keeps has as many
    assert model(settings, item, 110).usable == serving
