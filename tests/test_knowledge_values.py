"""What the Go code makes of a text: a table, and the same verdict as the schema's on generated texts."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from cnilint.knowledge.golang import SPACE
from cnilint.knowledge.variables import UNSET, Malformed, Variable, expected, skipped_cidrs, value, variables
from cnilint.paths import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

with open(os.path.join(shipped("schemas"), "aws-node.schema.json"), encoding="utf-8") as _file:
    SCHEMA = json.load(_file)


@pytest.mark.parametrize(
    ("name", "text", "typed"),
    [
        ("WARM_ENI_TARGET", "2", 2),
        ("WARM_ENI_TARGET", "+2", 2),
        ("WARM_IP_TARGET", "0", 0),
        ("MINIMUM_IP_TARGET", "00", 0),
        ("MAX_ENI", "-1", -1),
        ("MAX_ENI", "0", 0),
        ("IP_COOLDOWN_PERIOD", "0", 0),
        ("AWS_VPC_ENI_MTU", "576", 576),
        ("AWS_VPC_ENI_MTU", "9001", 9001),
        ("HTTP_TIMEOUT", "", UNSET),
        ("HTTP_TIMEOUT", "10", 10),
        ("ENABLE_POD_ENI", "T", True),
        ("ENABLE_POD_ENI", "False", False),
        ("AWS_VPC_K8S_CNI_EXTERNALSNAT", "", UNSET),
        ("USE_CLOUDWATCH", "Yes", True),
        ("USE_CLOUDWATCH", "FALSE", False),
        ("AWS_EC2_METADATA_DISABLED", "TRUE", True),
        ("AWS_VPC_K8S_CNI_LOGLEVEL", "warn", "WARN"),
        ("AWS_VPC_K8S_CNI_LOGLEVEL", "", UNSET),
        ("NETWORK_POLICY_ENFORCING_MODE", "Strict", "strict"),
        ("AWS_VPC_K8S_CNI_RANDOMIZESNAT", "none", "none"),
        ("POD_SECURITY_GROUP_ENFORCING_MODE", "standard", "standard"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", " ipv6\t", "IPv6"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "  ", UNSET),
        ("AWS_VPC_K8S_CNI_CONNMARK", "0x80", 128),
        ("AWS_VPC_K8S_CNI_CONNMARK", "0200", 128),
        ("AWS_VPC_K8S_CNI_CONNMARK", "0xffffffff", 0xFFFFFFFF),
        ("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", "10.0.0.1/8, 192.168.0.0/16", ["10.0.0.0/8", "192.168.0.0/16"]),
        ("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", "10.0.0.0,fd00::/8,1.2.3.4/32", ["1.2.3.4/32"]),
        ("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", "", UNSET),
        ("ADDITIONAL_ENI_TAGS", '{"a": "b", "a": "c", "d": null}', {"a": "c", "d": ""}),
        ("ADDITIONAL_ENI_TAGS", "null", {}),
        ("ADDITIONAL_ENI_TAGS", r'{"a": "\ud800"}', {"a": "\ufffd"}),
        ("AWS_VPC_K8S_CNI_VETHPREFIX", "eth0", "eth0"),
        ("AWS_VPC_K8S_CNI_VETHPREFIX", "ETH", "ETH"),
        ("AWS_VPC_K8S_CNI_VETHPREFIX", "", ""),
        ("AWS_VPC_K8S_PLUGIN_LOG_FILE", "", ""),
        ("AWS_VPC_K8S_PLUGIN_LOG_FILE", "STDOUT", "STDOUT"),
        ("HOST_CNI_BIN_PATH", "", ""),
        ("CLUSTER_ENDPOINT", "", ""),
        ("CLUSTER_NAME", "", UNSET),
        ("INTROSPECTION_BIND_ADDRESS", ":61679", ":61679"),
        ("INTROSPECTION_BIND_ADDRESS", "[::1]:http", "[::1]:http"),
        ("INTROSPECTION_BIND_ADDRESS", "unix:/run/x.sock", "unix:/run/x.sock"),
    ],
)
def test_a_text_has_a_value(name: str, text: str, typed: object) -> None:
    found = value(variables()[name], text)
    assert (found, type(found)) == (typed, type(typed))


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("WARM_ENI_TARGET", "-1", "is less than 0"),
        ("WARM_ENI_TARGET", "", "is not an integer"),
        ("WARM_ENI_TARGET", "1\n", "is not an integer"),
        ("WARM_IP_TARGET", " 5", "is not an integer"),
        ("MAX_ENI", "-2", "is less than -1"),
        ("IP_COOLDOWN_PERIOD", "30s", "is not an integer"),
        ("AWS_VPC_ENI_MTU", "575", "is less than 576"),
        ("AWS_VPC_ENI_MTU", "9002", "is more than 9001"),
        ("METRIC_UPDATE_INTERVAL", "0", "is less than 1"),
        ("HTTP_TIMEOUT", "9", "is less than 10"),
        ("ENABLE_POD_ENI", "yes", "is not a boolean"),
        ("ENABLE_POD_ENI", "", "is not a boolean"),
        ("USE_CLOUDWATCH", "1", "is neither yes, true, no nor false"),
        ("AWS_VPC_K8S_CNI_LOGLEVEL", "WARNING", "is neither DEBUG, INFO, WARN, ERROR nor FATAL"),
        ("AWS_VPC_K8S_CNI_RANDOMIZESNAT", "PRNG", "is neither prng, hashrandom nor none"),
        ("POD_SECURITY_GROUP_ENFORCING_MODE", "Strict", "is neither strict nor standard"),
        ("NETWORK_POLICY_ENFORCING_MODE", "", "is neither standard, strict nor none"),
        ("AWS_VPC_K8S_CNI_CONNMARK", "0", "is less than 1"),
        ("AWS_VPC_K8S_CNI_CONNMARK", "0x100000000", "is more than 4294967295"),
        ("ADDITIONAL_ENI_TAGS", "a=b", "is not JSON"),
        ("ADDITIONAL_ENI_TAGS", "[" * 100_000, "is not JSON"),
        ("ADDITIONAL_ENI_TAGS", '{"a": 1}', "is not a JSON object of strings"),
        ("ADDITIONAL_ENI_TAGS", "[]", "is not a JSON object of strings"),
        ("AWS_VPC_K8S_CNI_VETHPREFIX", "vlan", "is not at most four characters, and not eth, vlan or lo"),
        ("AWS_VPC_K8S_CNI_VETHPREFIX", "eni12", "is not at most four characters, and not eth, vlan or lo"),
        (
            "AWS_VPC_K8S_PLUGIN_LOG_FILE",
            "stdout",
            "is not stderr or a path on the host, without quotes and backslashes",
        ),
        ("AWS_VPC_K8S_PLUGIN_LOG_FILE", 'a"b', "is not stderr or a path on the host, without quotes and backslashes"),
        ("INTROSPECTION_BIND_ADDRESS", "61679", "is not host:port or unix:/path"),
        ("INTROSPECTION_BIND_ADDRESS", "::1:61679", "is not host:port or unix:/path"),
        ("INTROSPECTION_BIND_ADDRESS", ":65536", "is not host:port or unix:/path"),
    ],
)
def test_a_text_is_malformed(name: str, text: str, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        value(variables()[name], text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("release", "verdict"),
    [("v1.19.3", UNSET), ("v1.18.1-eksbuild.3", UNSET), ("v1.19.4", Malformed), (None, Malformed)],
)
def test_the_empty_mode_was_as_if_unset_before_v1_19_4(release: str | None, verdict: object) -> None:
    variable = variables()["NETWORK_POLICY_ENFORCING_MODE"]
    if verdict is Malformed:
        with pytest.raises(Malformed):
            value(variable, "", release)
    else:
        assert value(variable, "", release) is verdict


def test_skipped_cidrs_are_told_with_the_reason() -> None:
    assert skipped_cidrs("10.0.0.0/8, 10.0.0.0 ,fd00::/8,,foo,010.0.0.0/8,fd00::1") == [
        (" 10.0.0.0 ", "has no mask"),
        ("fd00::/8", "is not IPv4"),
        ("", "is empty"),
        ("foo", "is not a CIDR"),
        ("010.0.0.0/8", "is not a CIDR"),
        ("fd00::1", "is not a CIDR"),
    ]
    assert skipped_cidrs("") == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("WARM_IP_TARGET", "an integer, 0 or more"),
        ("POD_MTU", "an integer from 576 to 9001"),
        ("AWS_MAX_ATTEMPTS", "an integer"),
        ("ENABLE_POD_ENI", "true or false"),
        ("AWS_RETRY_MODE", "standard or adaptive"),
        ("CLUSTER_NAME", "a string"),
    ],
)
def test_what_would_be_valid_is_told(name: str, wanted: str) -> None:
    assert expected(variables()[name]) == wanted


# The schema against the table. jsonschema searches patterns with Python's re, where ``$`` also matches before a last
# newline; in ECMA 262, which JSON Schema means, it does not. So patterns are tried on the whole text.


def _pattern(_: object, pattern: str, text: str, __: object) -> Iterator[ValidationError]:
    if not re.fullmatch(pattern, text):
        yield ValidationError(f"{text!r} does not match {pattern!r}")


Validator = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]

# Texts on which schema and table may differ, because a regular expression could not say it or only at the cost of
# being unreadable. The schema takes them (or, for mapped networks and exotic spaces, refuses them); nobody writes them.
EXCLUDED = {
    "int": re.compile(r"[+-]?0*[1-9][0-9]{18,}"),  # at and beyond the edge of int64
    "mark": re.compile(r"\+?[1-9](_?[0-9]){9,}"),  # decimals of ten digits, of which some exceed 0xffffffff
    "cidrs": re.compile(rf"(?s).*(::|[{SPACE[6:]}]).*"),  # ::ffff:10.0.0.0/104 is IPv4 to Go; spaces beyond ASCII
    "enum": re.compile(rf"(?s).*[{SPACE[6:]}].*"),  # the same spaces, where the code trims
}


def _cased(words: list[str]) -> st.SearchStrategy[str]:
    """Words in any mixture of upper and lower case."""
    switched = st.tuples(st.sampled_from(words), st.lists(st.booleans(), min_size=8, max_size=8))
    return switched.map(
        lambda drawn: "".join(
            sign.swapcase() if switch else sign for sign, switch in zip(drawn[0], drawn[1] * 2, strict=False)
        )
    )


def _lists_of_networks() -> st.SearchStrategy[str]:
    item = st.builds(
        lambda address, bits: f"{address}/{bits}", st.ip_addresses(v=4), st.sampled_from([0, 8, 29, 30, 32, 33, 40])
    )
    return st.lists(st.one_of(item, item.map(" {} ".format)), min_size=1, max_size=3).map(",".join)


def _addresses() -> st.SearchStrategy[str]:
    ports = st.one_of(st.sampled_from([0, 80, 9999, 10000, 65535, 65536, 70000, 99999]), st.integers(0, 100_000))
    return st.builds("{}:{}".format, st.sampled_from(["", "10.0.0.1", "[::1]", "::1", "localhost", "unix"]), ports)


def _marks() -> st.SearchStrategy[str]:
    edges = st.sampled_from([0, 1, 127, 128, 2**31, 2**32 - 1, 2**32, 2**36])
    forms = st.sampled_from(
        ["{:d}", "{:#x}", "{:#X}", "{:#o}", "0{:o}", "{:#b}", "0x_{:x}", "{:_d}", "{:#_x}", "0x00{:x}"]
    )
    return st.builds(lambda form, number: form.format(number), forms, st.one_of(edges, st.integers(0, 2**34)))


# Texts of a type's domain and just outside, whatever the schema says.
DOMAINS: dict[str, st.SearchStrategy[str]] = {
    "bool": _cased(["true", "false", "t", "f", "1", "0", "yes", "no"]),
    "int": st.builds("{}{}".format, st.sampled_from(["", "+", "-", "0", "-00", " "]), st.integers(0, 10_010)),
    "cidrs": _lists_of_networks(),
    "mark": _marks(),
    "address": _addresses(),
    "tags": st.dictionaries(st.text(max_size=3), st.one_of(st.text(max_size=3), st.none(), st.integers())).map(
        json.dumps
    ),
}


def _texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """Texts of the domain, texts that the schema takes, the same with one character changed, and others."""
    valid = st.from_regex(schema["pattern"], fullmatch=True) if "pattern" in schema else st.text(max_size=12)
    if "enum" in schema:
        valid = st.sampled_from(schema["enum"])
    signs = st.sampled_from([*"+-_ .:/,0123456789abefnortxXBOTEL\n\"'{}[]", "", "0x", "10.0.0.0/8", "٣", "\xa0"])
    changed = st.builds(
        lambda text, at, sign, cut: text[: at % (len(text) + 1)] + sign + text[at % (len(text) + 1) + cut :],
        valid,
        st.integers(0, 40),
        signs,
        st.integers(0, 1),
    )
    words = _cased(schema.get("x-values", ["stdout", "stderr", "eth", "vlan", "lo"]))
    domain = DOMAINS.get(schema["x-type"], st.text(alphabet="eth0-_", max_size=6))
    edges = [schema[key] + step for key in ("x-minimum", "x-maximum") if key in schema for step in (-1, 0, 1)]
    seeds = ["", "0", "-1", "yes", "null", *map(str, edges)]
    return st.one_of(domain, words, valid, changed, st.sampled_from(seeds), st.text(max_size=8))


def _typed(variable: Variable, text: str) -> bool:
    """Return the verdict of the table; a list of CIDRs is well-formed where the code skips none."""
    try:
        value(variable, text)
    except Malformed:
        return False
    return variable.type != "cidrs" or not skipped_cidrs(text)


@pytest.mark.parametrize("name", SCHEMA["properties"])
def test_schema_and_table_give_the_same_verdict(name: str) -> None:
    schema, variable = SCHEMA["properties"][name], variables()[name]
    validator = Validator(schema)
    excluded = EXCLUDED.get(variable.type)

    @settings(max_examples=80, deadline=None)
    @given(_texts(schema))
    def same(text: str) -> None:
        assume(excluded is None or not excluded.fullmatch(text))
        typed, valid = _typed(variable, text), validator.is_valid(text)
        if variable.type == "tags":  # a pattern cannot read JSON: it only refuses what is no object at all
            assert valid or not typed
        else:
            assert typed == valid, text

    same()


@pytest.mark.parametrize("name", [name for name, held in SCHEMA["properties"].items() if "pattern" in held])
def test_patterns_are_anchored(name: str) -> None:
    pattern = SCHEMA["properties"][name]["pattern"]
    assert pattern.startswith("^")
    assert pattern.endswith("$")
