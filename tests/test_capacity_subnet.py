"""How many nodes a subnet carries."""

from __future__ import annotations

import pytest

from cnilint.capacity.subnet import Subnet, carried, subnet


@pytest.mark.parametrize(
    ("room", "singles", "prefixes", "nodes"),
    [
        (subnet("10.0.0.0/24"), 10, 0, 25),
        (subnet("10.0.0.0/24"), 1, 1, 14),  # 16 blocks, of which the first and the last have reserved addresses
        (subnet("10.0.0.0/24"), 2, 1, 13),  # 27 single addresses beside the blocks, so a block is broken for the 28th
        (subnet("10.0.0.0/28"), 1, 1, 0),
        (subnet("10.0.0.0/28"), 11, 0, 1),
        (Subnet("", 34), 1, 1, 2),
        (Subnet("", 0), 1, 0, 0),
        (Subnet("", 10), 0, 0, None),
    ],
)
def test_nodes_that_a_subnet_carries(room: Subnet, singles: int, prefixes: int, nodes: int | None) -> None:
    assert carried(room, singles, prefixes) == nodes


def test_the_most_nodes_of_a_large_subnet_are_found_by_halving() -> None:
    room = subnet("10.0.0.0/16")
    nodes = carried(room, 3, 2)
    assert nodes
    blocks, singles = 4096 - 2, 12 + 15  # the first block and the last have four reserved addresses and one

    def fit(count: int) -> bool:
        return 2 * count + -(-max(0, 3 * count - singles) // 16) <= blocks

    assert (fit(nodes), fit(nodes + 1)) == (True, False)
