"""The closed forms are the simulation: settings, instances and releases of all kinds."""

from __future__ import annotations

from itertools import islice

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from cnilint.capacity import steady
from cnilint.capacity.maxpods import NEWEST
from cnilint.capacity.pool import Pool
from cnilint.capacity.reconcile import init, reconcile
from cnilint.capacity.settings import Model, Settings, model
from cnilint.capacity.simulation import arrivals, settle, started
from cnilint.knowledge.instances import Instance

RELEASES = [NEWEST, NEWEST, (1, 20, 0), (1, 16, 4), (1, 16, 2), (1, 13, 0), (1, 12, 6), (1, 9, 0), (1, 7, 0), (1, 5, 0)]
MOST = 70  # pods

instances = st.builds(
    Instance,
    st.just("any"),
    st.integers(1, 6),
    st.integers(2, 12),
    st.sampled_from(["nitro", "xen"]),
    st.just(value=False),
    st.just(2),
    st.sampled_from([0, 5, None]),
    st.just(()),
    st.just("c"),
)
by_address = st.tuples(
    st.sampled_from([0, 1, 2, 5, 10, 16, 17, 40]), st.sampled_from([0, 1, 5, 10, 16, 17, 20, 60, 100])
)


def _chosen(targets: tuple[int, int]) -> st.SearchStrategy[Settings]:
    return st.builds(
        Settings,
        warm_eni=st.sampled_from([0, 1, 1, 2, 3, 7]),
        warm_ip=st.just(targets[0]),
        minimum_ip=st.just(targets[1]),
        warm_prefix=st.sampled_from([0, 1, 1, 2, 3, 9]),
        prefixes=st.booleans(),
        custom_networking=st.booleans(),
        pod_eni=st.booleans(),
        max_eni=st.sampled_from([0, 0, 1, 2, 3]),
        release=st.sampled_from(RELEASES),
    )


chosen = st.one_of(st.just((0, 0)), by_address).flatmap(_chosen)
models = st.builds(model, chosen, instances, st.sampled_from([1, 4, 8, 17, 29, 58, 110, 1000]))


def mode(item: Model) -> str:
    return ("by address, " if item.by_address() else "") + ("prefixes" if item.by_prefix() else "single addresses")


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(models)
def test_the_closed_form_is_where_the_simulation_settles(item: Model) -> None:
    event(mode(item))
    course = list(islice(arrivals(item), MOST + 1))
    assert course == [steady.point(item, pods) for pods in range(MOST + 1)]
    first: dict[int, int] = {}
    for point in course:
        for eni in range(2, point.enis + 1):
            first.setdefault(eni, point.pods)
    assert steady.attached(item, MOST) == first


@settings(max_examples=200, deadline=None)
@given(models)
def test_no_more_pods_get_an_address_than_can_be_reached(item: Model) -> None:
    free = item._replace(max_pods=None)
    reach = steady.reach(free)
    assert steady.point(free, reach).waiting_pods == 0
    assert steady.point(free, reach + 1).waiting_pods == 1
    node = started(free)
    node.arrive(reach + 5)
    settle(node)
    assert node.waiting == 5


@settings(max_examples=200, deadline=None)
@given(models, st.lists(st.integers(-12, 12), max_size=12), st.data())
def test_what_holds_of_every_state(item: Model, moves: list[int], data: st.DataObject) -> None:
    node = Pool(item)
    init(node)
    for move in moves:
        if move > 0:
            node.arrive(move)
        else:
            node.leave(-move)
        for _ in range(data.draw(st.integers(0, 4))):
            before = node.writes
            grew, shrank = reconcile(node)
            assert (node.writes > before) == (grew or shrank)
            node.now += data.draw(st.sampled_from([5.0, 31.0, 61.0]))
        units = [unit for each in node.interfaces for unit in each.units]
        assert (len(units), sum(unit.used for unit in units)) == (node.units, node.assigned)
        assert all(0 <= unit.used + len(unit.cooling) <= item.size for unit in units)
        assert all(each.used == sum(unit.used for unit in each.units) for each in node.interfaces)
        assert all(len(each.units) <= item.each for each in node.interfaces)
        assert item.ready <= len(node.interfaces) <= item.usable
        assert min(node.assigned, node.waiting, node.available) >= 0


@settings(max_examples=200, deadline=None)
@given(models, st.integers(0, 40))
def test_a_node_that_was_emptied_is_as_it_was_before(item: Model, pods: int) -> None:
    node = started(item._replace(max_pods=None, floods=False))
    before = node.units
    node.arrive(pods)
    rests = settle(node)
    node.leave(pods)
    if settle(node) and rests and item.ready < 2:  # a trunk that serves pods is never dropped
        assert node.units == before


@settings(max_examples=300, deadline=None)
@given(models, st.lists(st.integers(-20, 20), max_size=6))
def test_a_pool_comes_to_rest_unless_its_target_is_nothing(item: Model, moves: list[int]) -> None:
    node = started(item)
    restless = not item.by_address() and not (item.warm_prefix if item.by_prefix() else item.warm_eni)
    for move in moves:
        if move > 0:
            node.arrive(move)
        else:
            node.leave(-move)
        assert settle(node) or restless or item.floods
