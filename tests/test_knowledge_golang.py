"""Go's parsers: tables of what strconv and net say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.knowledge import golang

TRUE = ["1", "t", "T", "TRUE", "true", "True"]
FALSE = ["0", "f", "F", "FALSE", "false", "False"]


@pytest.mark.parametrize(
    ("text", "read"),
    [(text, True) for text in TRUE]
    + [(text, False) for text in FALSE]
    + [(text, None) for text in ("", "yes", "no", "on", "off", "tRUE", " true", "true ", "true\n", "2", "01")],
)
def test_parse_bool(text: str, *, read: bool | None) -> None:
    assert golang.boolean(text) is read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0", 0),
        ("+5", 5),
        ("-5", -5),
        ("-0", 0),
        ("007", 7),
        ("0" * 5000 + "1", 1),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("9223372036854775808", None),
        ("-9223372036854775809", None),
        ("1" * 5000, None),
        ("", None),
        ("+", None),
        ("--1", None),
        (" 5", None),
        ("5 ", None),
        ("5\n", None),
        ("1_000", None),
        ("0x10", None),
        ("5.0", None),
        ("1e3", None),
        ("٣", None),
    ],
)
def test_atoi(text: str, read: int | None) -> None:
    assert golang.integer(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("128", 128),
        ("0x80", 128),
        ("0X80", 128),
        ("0x_80", 128),
        ("0o200", 128),
        ("0200", 128),
        ("0_200", 128),
        ("0b10000000", 128),
        ("0b_1000_0000", 128),
        ("1_000", 1000),
        ("-0x80", -128),
        ("+12", 12),
        ("0", 0),
        ("00", 0),
        ("0x7fffffffffffffff", 2**63 - 1),
        ("0x8000000000000000", None),
        ("08", None),
        ("0x", None),
        ("0b", None),
        ("0o", None),
        ("0b2", None),
        ("1__0", None),
        ("_1", None),
        ("1_", None),
        ("0x80_", None),
        ("0x__80", None),
        ("80h", None),
        ("", None),
        ("-", None),
        (" 1", None),
    ],
)
def test_parse_int_base_0(text: str, read: int | None) -> None:
    assert golang.based_integer(text) == read


@given(st.integers(-(2**64), 2**64))
def test_every_int64_and_no_other_number_is_read(number: int) -> None:
    fits = -(2**63) <= number < 2**63
    assert golang.integer(str(number)) == (number if fits else None)
    assert golang.based_integer(hex(number)) == (number if fits else None)


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("192.168.1.200/25", "192.168.1.128/25"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("255.255.255.255/32", "255.255.255.255/32"),
        ("10.0.0.0/08", "10.0.0.0/8"),
        ("::ffff:10.1.2.3/104", "10.0.0.0/8"),
        ("::ffff:a01:203/128", "10.1.2.3/32"),
        ("::ffff:10.1.2.3/95", None),
        ("::ffff:10.1.2.3/129", None),
        ("::ffff:10.1.2.3%eth0/104", None),
        ("2001:db8::/32", None),
        ("10.0.0.0", None),
        ("10.0.0.0/33", None),
        ("10.0.0.0/-1", None),
        ("10.0.0.0/+8", None),
        ("10.0.0.0/8/8", None),
        ("10.0.0.0/", None),
        ("10.0.0.0/99999999999999999999", None),
        ("010.0.0.0/8", None),
        ("10.0.0/8", None),
        ("10.0.0.0.0/8", None),
        ("10.0.0.256/8", None),
        ("10.0.0.٣/8", None),
        (" 10.0.0.0/8", None),
        ("/8", None),
        ("", None),
        ("a:b/96", None),
    ],
)
def test_parse_cidr_and_to4(text: str, network: str | None) -> None:
    assert golang.ipv4_network(text) == network


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_every_ipv4_network_is_masked_as_python_masks_it(address: object, bits: int) -> None:
    import ipaddress  # noqa: PLC0415  # the oracle

    expected = str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
    assert golang.ipv4_network(f"{address}/{bits}") == expected
