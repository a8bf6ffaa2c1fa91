"""Texts as Go's standard library reads them; every function returns None where Go returns an error.

The settings' types (``values.py``) and the agent's flags (``flags.py``) are built from these. The behaviour is that of
Go 1.26, which upstream's v1.23.1 is built with: strconv.ParseBool, strconv.Atoi, strconv.ParseInt with base 0,
net.ParseCIDR and net/netip.ParseAddr.
"""

from __future__ import annotations

import re
from functools import cache

TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
SPACE = (  # unicode.IsSpace, which strings.TrimSpace takes off
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
INT64 = 2**63
LONGEST = 64  # digits, leading zeros apart: no int64 has more in any base

IPV4_OCTETS, IPV4_BITS = 4, 32
_OCTETS = frozenset(map(str, range(256)))
_MAPPED_BITS = 96  # of ::ffff:0:0/96, the IPv4-mapped part of IPv6


def boolean(text: str) -> bool | None:
    """Read one of the twelve spellings of strconv.ParseBool."""
    if text in TRUE:
        return True
    return False if text in FALSE else None


def integer(text: str) -> int | None:
    """Read a decimal int64 with an optional sign, as strconv.Atoi does: no spaces, no underscores, ASCII digits."""
    return _int64(text, 10) if _digits(text[1:] if text[:1] in {"+", "-"} else text) else None


def based_integer(text: str) -> int | None:
    """Read an int64 as strconv.ParseInt with base 0: 0x, 0o, 0b, octal after a leading 0, single underscores."""
    if _digits(text) and text[0] != "0":
        return _int64(text, 10)  # as most write it
    found = _marked().fullmatch(text)
    if found is None:
        return None
    sign, *digits = found.groups()
    return next(
        _int64(sign + part.replace("_", ""), base) for part, base in zip(digits, (16, 2, 8, 10), strict=True) if part
    )


@cache
def _marked() -> re.Pattern[str]:
    """Return the pattern of an integer of any base; few programs need it, so it is compiled when one does."""
    return re.compile(
        r"([+-]?)(?:0[xX](_?[0-9a-fA-F](?:_?[0-9a-fA-F])*)|0[bB](_?[01](?:_?[01])*)"
        r"|0[oO]?((?:_?[0-7])+)|(0|[1-9](?:_?[0-9])*))"
    )


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _int64(text: str, base: int) -> int | None:
    """Convert signed digits, unless they leave the int64 range."""
    digits = text.lstrip("+-").lstrip("0") or "0"
    if len(digits) > LONGEST:
        return None
    number = int(digits, base) * (-1 if text.startswith("-") else 1)
    return number if -INT64 <= number < INT64 else None


def ipv4_network(text: str) -> str | None:
    """Return the IPv4 network ``a.b.c.d/n``, host bits masked off, or None where net.ParseCIDR and To4 find none.

    An octet has no leading zero, the mask may (netip.ParseAddr against net.dtoi). An IPv4-mapped IPv6 network of at
    least 96 bits counts as the IPv4 network it holds.
    """
    address, slash, mask = text.partition("/")
    if not slash or not _digits(mask):
        return None
    bits = int(mask.lstrip("0")[:4] or "0")
    if ":" in address:
        return _mapped_network(address, bits)
    octets = address.split(".")
    if len(octets) != IPV4_OCTETS or bits > IPV4_BITS or not _OCTETS.issuperset(octets):
        return None
    number = 0
    for octet in octets:
        number = number << 8 | int(octet)
    return _network(number, bits)


def _mapped_network(address: str, bits: int) -> str | None:
    """Return the IPv4 network inside ``::ffff:a.b.c.d/96`` and longer."""
    import ipaddress  # noqa: PLC0415  # rare, and dear to import

    try:
        mapped = ipaddress.IPv6Address(address).ipv4_mapped
    except ValueError:
        return None
    if mapped is None or "%" in address or not _MAPPED_BITS <= bits <= ipaddress.IPV6LENGTH:
        return None
    return _network(int(mapped), bits - _MAPPED_BITS)


def _network(number: int, bits: int) -> str:
    """Write a 32-bit address, masked, with the length of its mask."""
    masked = number >> (32 - bits) << (32 - bits)
    return ".".join(str(masked >> shift & 255) for shift in (24, 16, 8, 0)) + f"/{bits}"
