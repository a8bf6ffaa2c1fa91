"""The tables of upstream's docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md, row by row, at v1.23.1.

Where a table is wrong the row stands in ``WRONG`` with the reason; ipamd's code decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilint.capacity import steady
from cnilint.capacity.maxpods import usual
from cnilint.capacity.settings import Settings, model
from cnilint.capacity.simulation import settle, started
from cnilint.knowledge.instances import instance

if TYPE_CHECKING:
    from cnilint.capacity.pool import Pool

SMALL, LARGE = "t3.small", "p3dn.24xlarge"
Held = tuple[int, ...]

# Type, WARM_ENI_TARGET, WARM_IP_TARGET, MINIMUM_IP_TARGET, pods; interfaces, addresses, unused, addresses by interface.
BY_ADDRESS: list[tuple[str, int, int, int, int, int, int, int, Held]] = [
    (SMALL, 1, 0, 0, 0, 1, 3, 3, (3,)),
    (SMALL, 1, 0, 0, 5, 3, 9, 4, (3, 3, 3)),
    (SMALL, 1, 0, 0, 9, 3, 9, 0, (3, 3, 3)),
    (SMALL, 1, 1, 1, 0, 1, 1, 1, (1,)),
    (SMALL, 1, 1, 1, 5, 2, 6, 1, (3, 3)),
    (SMALL, 1, 1, 1, 9, 3, 9, 0, (3, 3, 3)),
    (SMALL, 1, 2, 5, 0, 2, 5, 5, (2, 3)),
    (SMALL, 1, 2, 5, 5, 3, 7, 2, (3, 3, 1)),
    (SMALL, 1, 2, 5, 9, 3, 9, 0, (3, 3, 3)),
    (LARGE, 1, 0, 0, 0, 1, 49, 49, (49,)),
    (LARGE, 1, 0, 0, 3, 2, 98, 95, (49, 49)),
    (LARGE, 1, 0, 0, 95, 3, 147, 52, (49, 49, 49)),
    (LARGE, 1, 5, 10, 0, 1, 10, 10, (10,)),
    (LARGE, 1, 5, 10, 7, 1, 12, 5, (12,)),
    (LARGE, 1, 5, 10, 15, 1, 20, 5, (20,)),
    (LARGE, 1, 5, 10, 45, 2, 50, 5, (49, 1)),
]

# Type, WARM_PREFIX_TARGET, WARM_IP_TARGET, MINIMUM_IP_TARGET, pods; interfaces, pods by interface, prefixes, pods by
# prefix (empty: not told), unused prefixes, prefixes by interface, unused addresses.
BY_PREFIX: list[tuple[str, int, int, int, int, int, Held, int, Held, int, Held, int]] = [
    (SMALL, 1, 0, 0, 0, 1, (0,), 1, (0,), 1, (1,), 16),
    (SMALL, 1, 0, 0, 5, 1, (5,), 2, (5, 0), 1, (2,), 27),
    (SMALL, 1, 0, 0, 16, 1, (16,), 2, (16, 0), 1, (2,), 16),
    (SMALL, 1, 0, 0, 17, 1, (17,), 3, (16, 1, 0), 1, (3,), 31),
    (SMALL, 1, 0, 0, 58, 2, (48, 10), 5, (16, 16, 16, 10, 0), 1, (3, 2), 22),
    (SMALL, 1, 1, 1, 0, 1, (0,), 1, (0,), 1, (1,), 16),
    (SMALL, 1, 1, 1, 5, 1, (5,), 1, (5,), 0, (1,), 11),
    (SMALL, 1, 1, 1, 17, 1, (17,), 2, (16, 1), 0, (2,), 15),
    (SMALL, 1, 1, 1, 58, 2, (48, 10), 4, (16, 16, 16, 10), 0, (3, 1), 6),
    (SMALL, 1, 7, 20, 0, 1, (0,), 1, (0, 0), 1, (2,), 16),
    (SMALL, 1, 7, 20, 5, 1, (5,), 2, (5, 0), 1, (2,), 27),
    (SMALL, 1, 7, 20, 17, 1, (17,), 2, (16, 1), 0, (2,), 15),
    (SMALL, 1, 7, 20, 58, 2, (48, 10), 5, (16, 16, 16, 10, 0), 1, (3, 2), 22),
    (LARGE, 1, 0, 0, 0, 1, (0,), 1, (), 1, (1,), 16),
    (LARGE, 1, 0, 0, 3, 2, (3, 0), 2, (), 1, (2, 0), 29),
    (LARGE, 1, 0, 0, 95, 3, (95, 0, 0), 7, (), 1, (7, 0, 0), 17),
    (LARGE, 1, 5, 10, 0, 1, (0,), 1, (), 1, (1,), 16),
    (LARGE, 1, 5, 10, 7, 1, (7,), 1, (), 0, (1,), 9),
    (LARGE, 1, 5, 10, 15, 1, (15,), 2, (), 1, (2,), 17),
    (LARGE, 1, 5, 10, 45, 2, (45, 0), 4, (), 1, (4, 0), 19),
]

FULL = "an interface of this type holds 49 prefixes; none more is attached while it has room"
# Table, row -> column -> what the code does; and why.
WRONG: dict[tuple[str, int], tuple[dict[int, object], str]] = {
    ("address", 6): ({8: (3, 2)}, "the first interface is filled before the second is attached"),
    ("prefix", 9): ({7: 2, 9: 2, 11: 32}, "20 addresses are two prefixes, as the row's own other columns have it"),
    ("prefix", 14): ({5: 1, 6: (3,), 10: (2,)}, FULL),
    ("prefix", 15): ({5: 1, 6: (95,), 10: (7,)}, FULL),
    ("prefix", 19): ({5: 1, 6: (45,), 10: (4,)}, FULL),
}


def pool(name: str, chosen: Settings, pods: int) -> Pool:
    """Return the node when all pods have come one by one; its steady state is held to the closed form on the way."""
    item = instance(name)
    assert item
    node = started(model(chosen, item, 110 if chosen.prefixes else usual(item)))
    for _ in range(pods):
        node.arrive()
        settle(node)
    assert steady.told(node.model, pods, node.units, len(node.interfaces)) == steady.point(node.model, pods)
    return node


def compare(table: str, index: int, row: tuple[object, ...], found: tuple[object, ...]) -> None:
    right, why = WRONG.get((table, index), ({}, ""))
    assert all(row[column] != value for column, value in right.items()), why
    assert found == tuple(right.get(column, value) for column, value in enumerate(row)), why


@pytest.mark.parametrize("index", range(len(BY_ADDRESS)))
def test_eni_and_ip_target(index: int) -> None:
    row = BY_ADDRESS[index]
    name, warm_eni, warm_ip, minimum, pods, *_ = row
    node = pool(name, Settings(warm_eni, warm_ip, minimum), pods)
    held = tuple(len(item.units) for item in node.interfaces)
    compare("address", index, row, (*row[:5], len(held), node.total, node.available, held))


@pytest.mark.parametrize("index", range(len(BY_PREFIX)))
def test_prefix_and_ip_target(index: int) -> None:
    row = BY_PREFIX[index]
    name, warm_prefix, warm_ip, minimum, pods, *_ = row
    node = pool(name, Settings(1, warm_ip, minimum, warm_prefix, prefixes=True), pods)
    found = (
        *row[:5],
        len(node.interfaces),
        tuple(item.used for item in node.interfaces),
        node.units,
        tuple(unit.used for item in node.interfaces for unit in item.units) if row[8] else (),
        node.free_units(),
        tuple(len(item.units) for item in node.interfaces),
        node.available,
    )
    compare("prefix", index, row, found)


def test_the_tables_are_whole() -> None:
    assert (len(BY_ADDRESS), len(BY_PREFIX)) == (16, 20)
    assert all(why for _, why in WRONG.values())
