"""The agent's flags and command lines."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cnilint.knowledge.flags import Loose, Malformed, Unknown, default, expected, flags, parsed, value
from cnilint.knowledge.releases import newest, releases, stock
from cnilint.knowledge.versions import before
from cnilint.paths import shipped

with open(os.path.join(shipped("schemas"), "node-agent-flags.schema.json"), encoding="utf-8") as _file:
    SCHEMA = json.load(_file)
AGENT = "aws-eks-nodeagent"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_flags_with_their_value_behind_the_equals_sign_or_next() -> None:
    line = parsed(["--enable-ipv6=true", "--log-level", "INFO", "--conntrack-cache-table-size=0x80000", "--log-file="])
    assert line.values == {
        "enable-ipv6": True,
        "log-level": "info",
        "conntrack-cache-table-size": 524288,
        "log-file": "",
    }
    assert line.texts["log-level"] == "INFO"
    assert line.places == {"enable-ipv6": 0, "log-level": 1, "conntrack-cache-table-size": 3, "log-file": 4}
    assert [*line.malformed, *line.replaced, *line.unknown, *line.loose] == []


def test_a_bool_does_not_take_the_next_argument() -> None:
    line = parsed(["--enable-ipv6", "false", "more"])
    assert line.values == {"enable-ipv6": True}
    assert line.loose == [Loose("false", "enable-ipv6", 1), Loose("more", None, 2)]


def test_the_last_of_a_repeated_flag_counts() -> None:
    line = parsed(["--enable-ipv6=true", "--enable-ipv6=false"])
    assert (line.values, line.places) == ({"enable-ipv6": False}, {"enable-ipv6": 1})
    assert parsed(["--enable-ipv6=true", "--enable-ipv6=no"]).values == {}


def test_two_dashes_end_the_flags() -> None:
    line = parsed(["--enable-ipv6", "--", "--enable-ipv6=false", ""])
    assert line.values == {"enable-ipv6": True}
    assert line.loose == [Loose("--enable-ipv6=false", None, 2), Loose("", None, 3)]


@pytest.mark.parametrize(
    ("arg", "unknown"),
    [
        ("--enable-ip6=true", Unknown("--enable-ip6", "enable-ipv6", 0)),
        ("--enable_ipv6", Unknown("--enable_ipv6", "enable-ipv6", 0)),
        ("-enable-ipv6=true", Unknown("-enable-ipv6", "enable-ipv6", 0)),
        ("--metrics-bind-address=:8162", Unknown("--metrics-bind-address", "metrics-bind-addr", 0)),
        ("--enable-ipv4=true", Unknown("--enable-ipv4", None, 0)),
        ("-v=2", Unknown("-v", None, 0)),
        ("--=x", Unknown("--", None, 0)),
        ("---enable-ipv6", Unknown("---enable-ipv6", "enable-ipv6", 0)),
        ("--help", Unknown("--help", None, 0)),
    ],
)
def test_what_is_no_flag_is_unknown(arg: str, unknown: Unknown) -> None:
    assert parsed([arg]).unknown == [unknown]


@pytest.mark.parametrize("arg", ["enable-ipv6=true", "-", "", "false"])
def test_what_does_not_start_like_a_flag_is_loose(arg: str) -> None:
    assert parsed([arg]).loose == [Loose(arg, None, 0)]


@pytest.mark.parametrize(
    ("args", "malformed"),
    [
        (["--enable-ipv6=yes"], Malformed("enable-ipv6", "yes", "true or false", 0)),
        (["--enable-ipv6="], Malformed("enable-ipv6", "", "true or false", 0)),
        (["--log-file-max-size", "1e6"], Malformed("log-file-max-size", "1e6", "an integer", 0)),
        (["--conntrack-cache-cleanup-period="], Malformed("conntrack-cache-cleanup-period", "", "an integer", 0)),
        (
            ["--conntrack-cache-table-size=32767"],
            Malformed("conntrack-cache-table-size", "32767", "an integer from 32768 to 1048576", 0),
        ),
        (
            ["--conntrack-cache-table-size=512K"],
            Malformed("conntrack-cache-table-size", "512K", "an integer from 32768 to 1048576", 0),
        ),
        (["--metrics-bind-addr=8162"], Malformed("metrics-bind-addr", "8162", "host:port", 0)),
        (["--log-level"], Malformed("log-level", "", "debug, info, warn, error or fatal", 0)),
    ],
)
def test_what_the_agent_refuses_is_malformed(args: list[str], malformed: Malformed) -> None:
    line = parsed(args)
    assert line.malformed == [malformed]
    assert malformed.flag not in line.values


def test_an_unknown_level_is_silently_debug() -> None:
    line = parsed(["--log-level=trace"])
    assert line.values == {"log-level": "debug"}
    assert line.replaced == [Malformed("log-level", "trace", "debug, info, warn, error or fatal", 0)]
    assert not line.malformed


@pytest.mark.parametrize(
    ("name", "agent", "held"),
    [
        ("log-level", "v1.2.1", "info"),
        ("log-level", "v1.2.2", "debug"),
        ("log-level", None, None),
        ("conntrack-cache-table-size", "v1.1.2", None),
        ("conntrack-cache-table-size", "v1.1.6", 262144),
        ("conntrack-cache-table-size", "v1.2.0-eksbuild.1", 524288),
        ("metrics-bind-addr", "v1.0.2", ":8080"),
        ("enable-ipv6", "v1.4.2", False),
        ("enable-ipv6", None, False),
    ],
)
def test_defaults_of_the_agent(name: str, agent: str | None, held: object) -> None:
    assert default(flags()[name], agent) == held


@pytest.mark.parametrize("name", flags())
def test_the_default_is_the_value_of_its_text(name: str) -> None:
    schema = SCHEMA["properties"][name]
    assert value(flags()[name], schema["default"]) == flags()[name].default
    assert expected(flags()[name])


@pytest.mark.parametrize("release", [release for release in releases() if AGENT in stock(release).containers])
def test_stock_command_lines_are_flawless(release: str) -> None:
    manifest = stock(release)
    line = parsed(manifest.args(AGENT))
    assert len(line.values) == len(manifest.args(AGENT))
    assert [*line.malformed, *line.replaced, *line.unknown, *line.loose] == []
    image = manifest.image(AGENT)
    assert image
    assert image.version
    assert not [name for name in line.values if before(image.version, flags()[name].first)]


def test_x_stock_is_what_the_newest_manifest_ships() -> None:
    told = {name: flag.stock for name, flag in flags().items() if flag.stock is not None}
    assert told == parsed(stock(newest()).args(AGENT)).texts


@pytest.mark.parametrize("name", flags())
def test_schema_and_table_give_the_same_verdict(name: str) -> None:
    schema, flag = SCHEMA["properties"][name], flags()[name]
    valid = st.from_regex(schema["pattern"], fullmatch=True) if "pattern" in schema else st.text(max_size=9)
    edges = [schema[key] + step for key in ("x-minimum", "x-maximum") if key in schema for step in (-1, 0, 1)]
    numbers = st.sampled_from(edges or [0, 80]).flatmap(
        lambda edge: st.sampled_from([str(edge), hex(edge), f":{edge}"])
    )
    words = st.sampled_from([*schema.get("enum", ["0"]), "yes", "", "debug", "DEBUG", "1_0", "1 ", "::1:80"])

    def verdict(text: str) -> bool:
        return text in schema.get("enum", [text]) and re.fullmatch(schema.get("pattern", "(?s).*"), text) is not None

    @settings(max_examples=60, deadline=None)
    @given(st.one_of(valid, numbers, words, st.text(max_size=6)))
    def same(text: str) -> None:
        # not in a readable pattern: the edge of int64, and underscores in a number with bounds
        assume(flag.type != "int" or (len(text) < 16 and ("_" not in text or flag.minimum is None)))
        assert (value(flag, text) is not None) == verdict(text)

    same()


def test_schema_says_nothing_the_table_does_not_know() -> None:
    known = {"x-type", "x-values", "x-case-sensitive", "x-minimum", "x-maximum", "x-empty", "x-default", "x-source"}
    known |= {"x-default-by-release", "x-stock", "x-invalid", "x-first-release", "x-dead"}
    held: dict[str, dict[str, Any]] = SCHEMA["properties"]
    assert {key for each in held.values() for key in each if key.startswith("x-")} <= known
