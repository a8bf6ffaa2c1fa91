"""Advice: fewer addresses for the same pods, nothing that stalls, every number that of the model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from cnilint.capacity import answer
from cnilint.capacity.advice import STALL, Advice, advice, candidates
from cnilint.capacity.settings import Settings, refusal
from cnilint.knowledge.instances import Instance, instance

STOCK = Settings(warm_prefix=1)
PREFIXES = STOCK._replace(prefixes=True)
TYPES = ("t2.medium", "t3.small", "m5.large", "m5.4xlarge", "c5.24xlarge", "p5.48xlarge", "m5.metal")


def known(name: str) -> Instance:
    found = instance(name)
    assert found
    return found


def changes(found: Advice) -> list[dict[str, str | None]]:
    return [suggestion.changes for suggestion in found.suggestions]


def test_whole_warm_interfaces_give_way_to_single_addresses_or_prefixes() -> None:
    found = advice(STOCK, known("m5.4xlarge"), 30)
    assert found.present[:3] == (30, 90, 0)  # one interface of 30 addresses, three with 30 pods, no pod waits
    assert changes(found) == [
        {"WARM_IP_TARGET": "2", "MINIMUM_IP_TARGET": "30"},
        {"ENABLE_PREFIX_DELEGATION": "true"},
    ]
    assert [suggestion.trade[:3] for suggestion in found.suggestions] == [(32, 34, 0), (17, 49, 0)]


def test_a_sentence_has_its_numbers_and_units() -> None:
    assert advice(STOCK, known("m5.4xlarge"), 30).suggestions[0].sentence == (
        "WARM_IP_TARGET=2 and MINIMUM_IP_TARGET=30 take 34 subnet addresses a node at 30 pods (now 90) and 32 without "
        "pods (now 30); the last of 30 pods that come at once has an address after 0 s (now 6.2 s), and 30 that come "
        "and go one by one cost 4 EC2 writes (now 10)."
    )


def test_pods_without_an_address_are_told_and_the_max_pods_that_helps() -> None:
    found = advice(STOCK._replace(warm_ip=1), known("m5.large"), 100)
    assert found.present.waiting_pods == 73
    (suggestion,) = found.suggestions
    assert suggestion.max_pods == 110
    assert suggestion.sentence.startswith(
        "ENABLE_PREFIX_DELEGATION=true and no WARM_IP_TARGET, with max pods of 110 for kubelet, take 113 subnet "
        "addresses a node at 100 pods (now 30, which leave 73 pods without one)"
    )


def test_nothing_is_suggested_where_kubelet_does_not_admit_the_pods() -> None:
    found = advice(STOCK, known("m5.large"), 30, max_pods=29)
    assert (found.present.waiting_pods, found.suggestions) == (3, ())
    assert advice(STOCK, known("m5.large"), 27, max_pods=29).present.waiting_pods == 0


def test_what_stalls_a_burst_is_left_though_it_takes_fewer_addresses() -> None:
    stalling = STOCK._replace(warm_ip=1)
    found = advice(stalling, known("m5.4xlarge"), 30)
    assert found.present.burst_seconds > 100
    assert found.suggestions[0].trade.addresses > found.present.addresses
    assert all(suggestion.trade.burst_seconds <= STALL for suggestion in found.suggestions)
    # With few pods in a burst five addresses are enough, and those that are kept are fewer.
    assert changes(advice(STOCK, known("m5.4xlarge"), 30, 5))[0] == {"WARM_IP_TARGET": "2", "MINIMUM_IP_TARGET": "30"}
    assert {"WARM_IP_TARGET": "5"} in changes(advice(STOCK, known("m5.4xlarge"), 30, 5))


def test_a_burst_is_measured_where_the_fewest_addresses_are_spare() -> None:
    # Thirty addresses are there for the first thirty pods, and two for those that follow.
    found = advice(STOCK._replace(warm_ip=2, minimum_ip=30), known("m5.4xlarge"), 100)
    assert answer(STOCK._replace(warm_ip=2, minimum_ip=30), known("m5.4xlarge"), burst=30).burst_seconds == 0
    assert found.present.burst_seconds > 60


def test_the_best_settings_stay() -> None:
    assert advice(PREFIXES, known("m5.large"), 100).suggestions == ()


def test_ipv6_has_nothing_to_save() -> None:
    found = advice(PREFIXES._replace(ipv6=True), known("m5.large"), 100)
    assert (found.present.addresses, found.suggestions) == (1, ())


@pytest.mark.parametrize(
    ("release", "name", "prefixes"),
    [
        ((1, 8, 0), "m5.large", False),
        ((1, 9, 0), "m5.large", True),
        ((1, 9, 0), "m5.metal", False),
        ((1, 11, 0), "m5.metal", True),
        ((1, 23, 1), "t2.medium", False),
    ],
)
def test_prefixes_are_tried_where_the_release_and_the_type_have_them(
    release: tuple[int, int, int], name: str, *, prefixes: bool
) -> None:
    found = list(candidates(STOCK._replace(release=release), known(name), 30, 30))
    assert any(each.prefixes for each in found) is prefixes


def test_an_ignored_switch_is_left_alone() -> None:
    found = advice(PREFIXES, known("t2.medium"), 10)
    assert found.suggestions
    assert all("ENABLE_PREFIX_DELEGATION" not in each for each in changes(found))


def test_before_its_release_the_minimum_is_not_tried() -> None:
    old, new = (list(candidates(STOCK._replace(release=(1, minor, 0)), known("m5.large"), 20, 9)) for minor in (5, 6))
    assert not any(each.minimum_ip for each in old)
    assert {each.minimum_ip for each in new} == {0, 9, 20}


@rounds(max_examples=60, deadline=None)
@given(
    st.sampled_from(TYPES),
    st.integers(0, 120),
    st.one_of(st.none(), st.integers(0, 60)),
    st.builds(
        Settings,
        warm_eni=st.integers(0, 3),
        warm_ip=st.integers(0, 20),
        minimum_ip=st.integers(0, 60),
        warm_prefix=st.integers(0, 2),
        prefixes=st.booleans(),
        custom_networking=st.booleans(),
        pod_eni=st.booleans(),
        max_eni=st.integers(0, 4),
    ),
)
def test_each_suggestion_keeps_its_word(name: str, pods: int, burst: int | None, chosen: Settings) -> None:
    node = known(name)
    found = advice(chosen, node, pods, burst)
    assert len(found.suggestions) <= 3
    assert len({str(each) for each in changes(found)}) == len(found.suggestions)
    fine = not found.present.waiting_pods and found.present.burst_seconds <= STALL
    for suggestion in found.suggestions:
        assert suggestion.changes
        assert refusal(suggestion.settings, node) is None
        kept = suggestion.settings._replace(
            **{
                field: getattr(chosen, field)
                for field in ("warm_eni", "warm_ip", "minimum_ip", "warm_prefix", "prefixes")
            }
        )
        assert kept == chosen
        trade = suggestion.trade
        result = answer(suggestion.settings, node, (0, pods), found.burst)
        idle, full = result.points
        assert (trade.idle_addresses, trade.addresses) == (idle.subnet_addresses, full.subnet_addresses)
        assert (trade.waiting_pods, full.waiting_pods) == (0, 0)
        assert pods + 2 <= suggestion.max_pods == result.max_pods
        assert result.burst_seconds <= trade.burst_seconds <= STALL
        assert trade.writes_at_once == result.writes.arrive_at_once + result.writes.leave_at_once
        if fine:
            assert trade.addresses < found.present.addresses or trade.idle_addresses < found.present.idle_addresses
    best = [suggestion.trade.addresses for suggestion in found.suggestions]
    assert best[:1] == sorted(best)[:1]
