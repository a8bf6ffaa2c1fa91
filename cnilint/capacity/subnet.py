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
    from cnilint.capacity.steady import Point

RESERVED: Final = 5
LARGEST, SMALLEST = 16, 28


class Subnet(NamedTuple):
    """A subnet: its block, "" where only its size was told, and the addresses that can be given out."""

    cidr: str
    addresses: int


def subnet(cidr: str) -> Subnet:
    """Return the subnet of an IPv4 block. Raises ConfigError for what is none, or none that AWS takes."""
    from ipaddress import AddressValueError, IPv4Network, NetmaskValueError  # noqa: PLC0415  # few ask for a subnet

    try:
        found = IPv4Network(cidr)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise ConfigError(f"--subnet {cidr}: no IPv4 block such as 10.0.0.0/24") from None
    if not LARGEST <= found.prefixlen <= SMALLEST:
        raise ConfigError(f"--subnet {cidr}: a subnet of a VPC is a /{LARGEST} to a /{SMALLEST}")
    return Subnet(str(found), found.num_addresses - RESERVED)


def taken(point: Point, *, custom_networking: bool, ipv6: bool) -> tuple[int, int]:
    """Return what a node takes of the subnet that its pods are in: single IPv4 addresses, and prefixes.

    Under custom networking the primary interface is in another subnet; under IPv6 the prefix is none of IPv4.
    """
    singles = point.enis - custom_networking
    if ipv6:
        return singles, 0
    return (singles, point.prefixes) if point.prefixes else (point.subnet_addresses - custom_networking, 0)


def carried(room: Subnet, singles: int, prefixes: int) -> int | None:
    """Return how many nodes a subnet carries that nothing else uses; None where they take nothing of it.

    The first block of 16 and the last hold reserved addresses and so no prefix. What is scattered leaves fewer.
    """
    if singles + prefixes == 0:
        return None
    if not prefixes or not room.cidr:
        return room.addresses // (singles + prefixes * PREFIX_SIZE)
    whole = max(0, (room.addresses + RESERVED) // PREFIX_SIZE - 2)
    edges = room.addresses - whole * PREFIX_SIZE
    low, high = 0, whole // prefixes
    while low < high:
        nodes = (low + high + 1) // 2
        broken = -(-max(0, nodes * singles - edges) // PREFIX_SIZE)
        low, high = (nodes, high) if nodes * prefixes + broken <= whole else (low, nodes - 1)
    return low
