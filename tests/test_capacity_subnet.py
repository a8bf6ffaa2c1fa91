"""How many nodes a subnet carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.capacity.subnet import Subnet, carried, fits, subnet
from cnilint.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

ROOMS = st.one_of(
    st.integers(16, 28).map(lambda bits: subnet(f"10.0.0.0/{bits}")),
    st.integers(0, 5000).map(lambda free: Subnet("", free)),
)


@pytest.mark.parametrize(
    ("room", "singles", "prefixes", "nodes"),
    [
        (subnet("10.0.0.0/24"), 10, 0, 25),
        (subnet("10.0.0.0/24"), 1, 1, 14),  # 16 blocks, of which the first and the last have reserved addresses
        (subnet("10.0.0.0/24"), 2, 1, 13),  # 27 single addresses beside the blocks, so a block is broken for the 28th
        (subnet("10.0.0.0/28"), 1, 1, 0),
        (subnet("10.0.0.0/28"), 11, 0, 1),
        (subnet("10.0.0.0/27"), 1, 1, 0),
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


@given(ROOMS, st.integers(0, 60), st.integers(0, 60))
def test_a_subnet_carries_as_many_as_fit(room: Subnet, singles: int, prefixes: int) -> None:
    nodes = carried(room, singles, prefixes)
    if nodes is None:
        assert singles == prefixes == 0
    else:
        assert fits([room], nodes * singles, nodes * prefixes)
        assert not fits([room], (nodes + 1) * singles, (nodes + 1) * prefixes)


@given(st.lists(ROOMS, max_size=4), st.integers(1, 60), st.integers(0, 60))
def test_what_each_subnet_carries_fits_into_all(rooms: list[Subnet], singles: int, prefixes: int) -> None:
    nodes = sum(carried(room, singles, prefixes) or 0 for room in rooms)
    assert fits(rooms, nodes * singles, nodes * prefixes)


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        ("10.0.0.0", "is too large or too small for a subnet, which is a /16 to a /28"),
        ("10.0.0.0/8", "is too large or too small for a subnet, which is a /16 to a /28"),
        ("10.0.0.17/24", "is no IPv4 block; did you mean 10.0.0.0/24?"),
        ("10.0.0.0/33", "is no IPv4 block such as 10.0.0.0/24"),
        ("fd00::/64", "is no IPv4 block such as 10.0.0.0/24"),
        ("", "is no IPv4 block such as 10.0.0.0/24"),
    ],
)
def test_what_is_no_subnet(cidr: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        subnet(cidr)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("config", "args", "subnet", "nodes"),
    [
        ("subnets: [10.0.0.0/24]\nnodes: 7", [], {"cidr": "10.0.0.0/24", "addresses": 251}, 7),
        ("subnets: [90]\nnodes: 7", ["--nodes", "5"], {"cidr": None, "addresses": 90}, 5),
        ("subnets: [90]", ["--subnet", "10.0.0.0/28"], {"cidr": "10.0.0.0/28", "addresses": 11}, None),
        # no node's interfaces are in two
        ("subnets: [10.0.0.0/24, 10.0.1.0/24]", [], None, None),
    ],
)
def test_the_configuration_tells_of_subnet_and_nodes(  # noqa: PLR0913, PLR0917  # one row of a table
    cnilint: CommandLine, tmp_path: Path, config: str, args: list[str], subnet: object, nodes: int | None
) -> None:
    (tmp_path / "c.yaml").write_text(config)
    ran = cnilint("capacity", "--config", "c.yaml", "--format", "json", "--instance-type", "m5.large", *args)
    assert (ran.json["subnet"], ran.json["nodes"]) == (subnet, nodes)


SAID = "cnilint: c.yaml:1:11: `subnets[0]` is '10.0.0.9/24', which is no IPv4 block; did you mean 10.0.0.0/24?\n"


def test_a_subnet_of_the_configuration_that_is_none_is_told(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("subnets: [10.0.0.9/24]")
    ran = cnilint("capacity", "--config", "c.yaml", "--instance-type", "m5.large")
    assert (ran.code, ran.err) == (2, SAID)
