"""Answers for an instance type: the examples of AWS' guide and of upstream's documents, and the form of the JSON."""

from __future__ import annotations

import json

import pytest

from cnilint.capacity import Result, answer, maxpods, modes, plain
from cnilint.capacity.maxpods import NEWEST
from cnilint.capacity.settings import Settings, delegates, model, refusal, settings
from cnilint.knowledge.instances import Instance, all_types, instance


def known(name: str) -> Instance:
    found = instance(name)
    assert found
    return found


def shape(enis: int, addresses: int) -> Instance:
    return Instance("any", enis, addresses + 1, "nitro", False, 4, 0, (), "c")  # noqa: FBT003


def at(result: Result, pods: int) -> tuple[int, int]:
    """Return the interfaces and the addresses for pods."""
    point = next(point for point in result.points if point.pods == pods)
    return point.enis, point.pod_addresses


def test_a_whole_interface_is_kept_warm() -> None:
    result = answer(Settings(), shape(3, 5), range(11))
    assert at(result, 5) == (2, 10)  # five pods on the first, the second warm
    assert at(result, 6) == (3, 15)
    assert result.eni_attached_at_pod == {2: 1, 3: 6}


def test_the_second_interface_comes_with_the_sixteenth_pod() -> None:
    result = answer(Settings(warm_ip=5), shape(2, 20), (0, 15, 16))
    assert [at(result, pods) for pods in (0, 15, 16)] == [(1, 5), (1, 20), (2, 21)]
    assert result.eni_attached_at_pod == {2: 16}
    # the interface takes one address beside the pods'
    assert [point.subnet_addresses for point in result.points] == [6, 21, 23]


def test_a_minimum_takes_interfaces_at_once() -> None:
    result = answer(Settings(minimum_ip=100), shape(10, 10), (0, 100, 101))
    assert at(result, 0) == (10, 100)
    assert result.eni_attached_at_pod == dict.fromkeys(range(2, 11), 0)
    # alone it is a ceiling too; with WARM_IP_TARGET it is not
    assert (result.reachable_pods, result.points[-1].waiting_pods) == (100, 1)
    both = answer(Settings(minimum_ip=100, warm_ip=5), shape(12, 10), (98,))
    assert (both.reachable_pods, at(both, 98)) == (120, (11, 103))


def test_three_small_nodes_with_two_pods() -> None:
    empty, one = answer(Settings(), known("c5.large"), (0, 1)).points
    assert empty.subnet_addresses + 2 * one.subnet_addresses == 50
    assert (empty.pod_addresses + 2 * one.pod_addresses, empty.spare_addresses + 2 * one.spare_addresses) == (45, 43)


DEFAULT, WARM_1, WARM_5 = Settings(), Settings(warm_ip=1), Settings(warm_ip=5)
BOTH = Settings(warm_ip=2, minimum_ip=10)
PREFIX = Settings(warm_prefix=1, prefixes=True)


@pytest.mark.parametrize(
    ("chosen", "subnet", "most", "reach", "attached"),
    [
        (DEFAULT, [(10, 1, 0), (30, 3, 0), (30, 3, 3)], (27, 30, 3), 27, {2: 1, 3: 10}),
        (WARM_1, [(2, 1, 0), (13, 2, 0), (30, 3, 3)], (27, 30, 3), 27, {2: 9, 3: 18}),
        (BOTH, [(12, 2, 0), (14, 2, 0), (30, 3, 3)], (27, 30, 3), 27, {2: 0, 3: 17}),
        (WARM_5, [(6, 1, 0), (17, 2, 0), (30, 3, 3)], (27, 30, 3), 27, {2: 5, 3: 14}),
        (PREFIX, [(17, 1, 0), (33, 1, 0), (49, 1, 0)], (108, 113, 1), 432, {}),
        (PREFIX._replace(warm_ip=5), [(17, 1, 0), (17, 1, 0), (49, 1, 0)], (108, 113, 1), 432, {}),
    ],
)
def test_the_figures_of_m5_large(
    chosen: Settings,
    subnet: list[tuple[int, int, int]],
    most: tuple[int, int, int],
    reach: int,
    attached: dict[int, int],
) -> None:
    result = answer(chosen, known("m5.large"), (0, 10, 30, most[0]))
    found = [(point.subnet_addresses, point.enis, point.waiting_pods) for point in result.points]
    assert found == [*subnet, (most[1], most[2], 0)]
    assert (result.reachable_pods, result.eni_attached_at_pod) == (reach, attached)
    assert result.max_pods == most[0] + 2


def test_the_json() -> None:
    data = plain(answer(Settings(), known("m5.large"), (10,)))
    assert json.loads(json.dumps(data)) == data == {
        "instanceType": "m5.large",
        "mode": "secondary-ip",
        "maxPods": 29,
        "enis": 3,
        "addressesPerEni": 10,
        "reachablePods": 27,
        "points": [
            {
                "pods": 10,
                "enis": 3,
                "prefixes": 0,
                "podAddresses": 27,
                "spareAddresses": 17,
                "subnetAddresses": 30,
                "waitingPods": 0,
            }
        ],
        "eniAttachedAtPod": {"2": 1, "3": 10},
        "writes": {"start": 3, "arriveOneByOne": 6, "arriveAtOnce": 6, "leaveOneByOne": 4, "leaveAtOnce": 4},
        "burstSeconds": 16.2,
    }  # fmt: skip


def test_interfaces_that_serve_no_pods_are_counted() -> None:
    custom = answer(Settings(custom_networking=True), known("m5.large"), (0, 10))
    assert [(point.enis, point.pod_addresses, point.subnet_addresses) for point in custom.points] == [
        (2, 9, 11),
        (3, 18, 21),
    ]
    assert (custom.max_pods, custom.reachable_pods, custom.eni_attached_at_pod) == (20, 18, {2: 0, 3: 1})
    trunk = answer(Settings(pod_eni=True), known("m5.large"), (0,))
    assert (trunk.points[0].enis, trunk.points[0].subnet_addresses, trunk.reachable_pods) == (2, 11, 18)
    both = answer(Settings(pod_eni=True, custom_networking=True), known("m5.large"))
    assert both.reachable_pods == 9


def test_max_pods_that_was_told_ends_the_growth() -> None:
    result = answer(Settings(), known("m5.4xlarge"), (80,), max_pods=58)
    assert (result.max_pods, result.working) == (58, ())
    assert at(result, 80) == (2, 58)
    assert result.eni_attached_at_pod == {2: 1}
    # a step takes a whole interface
    assert at(answer(Settings(), known("m5.4xlarge"), (80,), max_pods=59), 80) == (3, 87)
    assert answer(Settings(), known("m5.4xlarge"), managed=True).max_pods == 110


def test_max_eni_is_a_limit_of_interfaces() -> None:
    result = answer(Settings(max_eni=2), known("m5.large"), (27,))
    assert (result.enis, result.reachable_pods, result.points[0].waiting_pods) == (2, 18, 9)
    # no slot is left for a trunk: the primary serves pods all the same
    alone = answer(Settings(max_eni=1, pod_eni=True), known("m5.large"), (0,))
    assert (alone.reachable_pods, alone.points[0].enis, alone.points[0].subnet_addresses) == (9, 1, 10)


def test_ipv6_asks_ec2_for_one_prefix() -> None:
    chosen = Settings(ipv6=True, prefixes=True)
    result = answer(chosen, known("m5.large"), (0, 50))
    assert (result.mode, result.max_pods, result.reachable_pods) == ("ipv6", 110, 2**48)
    assert result.points[1] == (50, 1, 1, 2**48, 2**48 - 50, 1, 0)
    assert (result.writes, result.burst_seconds) == ((3, 0, 0, 0, 0), 0.0)
    assert answer(chosen._replace(pod_eni=True), known("m5.large")).eni_attached_at_pod == {2: 0}


@pytest.mark.parametrize(
    ("name", "chosen", "why"),
    [
        ("m5.large", {"prefixes": True, "custom_networking": True}, "exclude each other"),
        ("m5.large", {}, "needs ENABLE_PREFIX_DELEGATION"),
        ("t2.medium", {"prefixes": True}, "needs a Nitro instance, which t2.medium is not"),
    ],
)
def test_ipv6_that_ipamd_refuses(name: str, chosen: dict[str, bool], why: str) -> None:
    refused = Settings(ipv6=True, **chosen)  # type: ignore[arg-type]
    assert why in (refusal(refused, known(name)) or "")
    result = answer(refused, known(name), (7,))
    assert (result.reachable_pods, result.points[0].waiting_pods, result.writes.start) == (0, 7, 0)
    assert refusal(refused._replace(ipv6=False), known(name)) is None


def test_prefixes_need_nitro_or_metal() -> None:
    modes_of = {
        (name, release): answer(PREFIX._replace(release=release), known(name)).mode
        for name in ("m5.large", "t2.medium", "m5.metal")
        for release in (NEWEST, (1, 10, 4))
    }
    assert [key for key, mode in modes_of.items() if mode != "prefix"] == [
        ("t2.medium", NEWEST),
        ("t2.medium", (1, 10, 4)),
        ("m5.metal", (1, 10, 4)),
    ]


@pytest.mark.parametrize(
    ("values", "release", "found"),
    [
        ({}, None, Settings()),
        ({"WARM_ENI_TARGET": "x", "WARM_PREFIX_TARGET": "-1", "MAX_ENI": "-1"}, None, Settings()),
        ({"WARM_ENI_TARGET": "0", "WARM_IP_TARGET": "0"}, None, Settings(warm_eni=0)),
        ({"WARM_IP_TARGET": 5, "MINIMUM_IP_TARGET": "10"}, None, Settings(warm_ip=5, minimum_ip=10)),
        ({"MINIMUM_IP_TARGET": "10"}, "v1.5.7", Settings(release=(1, 5, 7))),
        ({"ENABLE_PREFIX_DELEGATION": "true", "ENABLE_IPv6": "1"}, "nightly", Settings(prefixes=True, ipv6=True)),
        ({"ENABLE_PREFIX_DELEGATION": True, "ENABLE_IPv6": True}, "v1.8.0", Settings(release=(1, 8, 0))),
        ({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "yes", "ENABLE_POD_ENI": "T", "MAX_ENI": "4"}, None,
         Settings(pod_eni=True, max_eni=4)),
        ({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true", "WARM_PREFIX_TARGET": " 1"}, "v1.18.1-eksbuild.3",
         Settings(custom_networking=True, release=(1, 18, 1))),
    ],
)  # fmt: skip
def test_settings_as_ipamd_reads_them(values: dict[str, object], release: str | None, found: Settings) -> None:
    assert settings(values, release) == found


def test_instance_types_are_few_shapes() -> None:
    items = [known(name) for name in all_types()]
    shapes = {model(Settings(), item, 110) for item in items}
    modes.ipv4.cache_clear()
    for item in items:
        answer(Settings(), item, (0, 10), max_pods=110)
    assert modes.ipv4.cache_info().misses == len(shapes) < len(items) / 10


@pytest.mark.parametrize("chosen", [DEFAULT, WARM_1, PREFIX, Settings(ipv6=True, prefixes=True), BOTH])
def test_every_type_has_an_answer(chosen: Settings) -> None:
    for name in all_types():
        result = answer(chosen, known(name), (0, 30), 2)
        assert [point.waiting_pods for point in result.points] == [0, max(0, 30 - result.reachable_pods)], name


@pytest.mark.parametrize("chosen", [DEFAULT, PREFIX, Settings(custom_networking=True), Settings(max_eni=2)])
@pytest.mark.parametrize("pod_eni", [False, True])
def test_what_can_be_reached_is_what_facts_say(chosen: Settings, *, pod_eni: bool) -> None:
    for name in all_types():
        item = known(name)
        asked = chosen._replace(pod_eni=pod_eni)
        size = 16 if delegates(chosen, item) else 1
        result = answer(asked, item, burst=0)
        assert result.reachable_pods == maxpods.addresses(maxpods.serving(asked, item), item, size), name
