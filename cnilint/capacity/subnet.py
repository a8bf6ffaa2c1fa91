"""How many nodes a subnet carries: AWS keeps five addresses of each, and a prefix is an aligned block of 16.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (five reserved, /16 to /28) and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html (prefixes are /28).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.capacity.maxpods import PREFIX_SIZE
from cnilint.errors import ConfigError
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilint.capacity.steady import Point

RESERVED: Final = 5
LARGEST, SMALLEST = 16, 28


class Subnet(NamedTuple):
    """A subnet: its block, "" where only its size was told, and the addresses that can be given out."""

    cidr: str
    addresses: int


def subnet(cidr: str) -> Subnet:
    """Return the subnet of an IPv4 block. Raises ConfigError, without its subject, for what AWS does not take."""
    from ipaddress import IPv4Network  # noqa: PLC0415  # few ask for a subnet

    try:
        found = IPv4Network(cidr, strict=False)
    except ValueError:
        raise ConfigError("is no IPv4 block such as 10.0.0.0/24") from None
    if cidr.partition("/")[0] != str(found.network_address):
        raise ConfigError(f"is no IPv4 block; did you mean {found}?")
    if not LARGEST <= found.prefixlen <= SMALLEST:
        raise ConfigError(f"is too large or too small for a subnet, which is a /{LARGEST} to a /{SMALLEST}")
    return Subnet(str(found), found.num_addresses - RESERVED)


def taken(point: Point, *, custom_networking: bool, ipv6: bool) -> tuple[int, int]:
    """Return what a node takes of the subnet that its pods are in: single IPv4 addresses, and prefixes.

    Under custom networking the primary interface is in another subnet; under IPv6 the prefix is none of IPv4.
    """
    singles = point.enis - custom_networking
    if ipv6:
        return singles, 0
    return (singles, point.prefixes) if point.prefixes else (point.subnet_addresses - custom_networking, 0)


def fits(rooms: Sequence[Subnet], singles: int, prefixes: int) -> bool:
    """Tell whether subnets that nothing else uses can give so many single addresses and prefixes.

    The first block of 16 and the last of a subnet hold reserved addresses and so no prefix. What is scattered leaves
    fewer, and so do several subnets: a node's interfaces are all in one.
    """
    if not prefixes:
        return singles <= sum(room.addresses for room in rooms)
    whole = sum(map(blocks, rooms))
    edges = sum(room.addresses for room in rooms) - whole * PREFIX_SIZE
    return prefixes + -(-max(0, singles - edges) // PREFIX_SIZE) <= whole


def blocks(room: Subnet) -> int:
    """Return how many prefixes a subnet can give."""
    if not room.cidr:
        return room.addresses // PREFIX_SIZE
    return max(0, (room.addresses + RESERVED) // PREFIX_SIZE - 2)


def carried(room: Subnet, singles: int, prefixes: int) -> int | None:
    """Return how many nodes a subnet carries that nothing else uses; None where they take nothing of it."""
    if singles + prefixes == 0:
        return None
    low, high = 0, room.addresses // (singles + prefixes * PREFIX_SIZE)
    while low < high:
        nodes = (low + high + 1) // 2
        low, high = (nodes, high) if fits([room], nodes * singles, nodes * prefixes) else (low, nodes - 1)
    return low
