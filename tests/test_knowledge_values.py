"""What the Go code makes of a text."""

from __future__ import annotations

import pytest

from cnilint.knowledge.variables import UNSET, Malformed, expected, skipped_cidrs, value, variables


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
