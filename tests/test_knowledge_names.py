"""Unknown names: whose they are, or what they were meant to be."""

from __future__ import annotations

import pytest

from cnilint.knowledge.variables import foreign, nearest, tables, variables


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ENABLE_IPV6", "ENABLE_IPv6"),
        ("ENABLE_IPV4", "ENABLE_IPv4"),
        ("AWS_VPC_K8S_CNI_EXTERNAL_SNAT", "AWS_VPC_K8S_CNI_EXTERNALSNAT"),
        ("AWS_EXTERNAL_SERVICE_CIDR", "AWS_EXTERNAL_SERVICE_CIDRS"),
        ("AWS_VPC_K8S_CNI_MTU", "AWS_VPC_ENI_MTU"),
        ("AWS_VPC_K8S_CNI_LOG_LEVEL", "AWS_VPC_K8S_CNI_LOGLEVEL"),
        ("AWS_VPC_CNI_LOGLEVEL", "AWS_VPC_K8S_CNI_LOGLEVEL"),
        ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CONFIG", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"),
        ("POD_SECURITY_GROUP_MODE", "POD_SECURITY_GROUP_ENFORCING_MODE"),
        ("ENABLE_IPV6_EGRESS", "ENABLE_V6_EGRESS"),
        ("warm_ip_target", "WARM_IP_TARGET"),
        ("WARM_IP_TARGETS", "WARM_IP_TARGET"),
        ("MIN_IP_TARGET", "MINIMUM_IP_TARGET"),
        ("ENABLE_PREFIX_DELEGATON", "ENABLE_PREFIX_DELEGATION"),
    ],
)
def test_a_misspelt_name_is_recognised(name: str, meant: str) -> None:
    assert nearest(name) == meant
    assert nearest(name, "aws-node") == meant


@pytest.mark.parametrize(
    "name",
    [
        "GOMAXPROCS",
        "AWS_STS_REGIONAL_ENDPOINTS",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL_EC2",
        "KUBERNETES_SERVICE_HOST",
        "https_proxy",
        "TZ",
    ],
)
def test_a_foreign_name_is_neither_unknown_nor_misspelt(name: str) -> None:
    assert foreign(name)
    assert nearest(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "FOO",
        "ENABLE_NETWORK_POLICY",
        "ENABLE_METRICS",
        "DISABLE_IPV6",
        "WARM_POD_TARGET",
        "MY_POD_NAMESPACE",
        "NODE_NAME",
        "DD_AGENT_HOST",
        "AWS_EC2_ENDPOINTS",
        "ENABLE_NFTABLE",
    ],
)
def test_nothing_silly_is_proposed(name: str) -> None:
    assert not foreign(name)
    assert nearest(name) is None


def test_only_what_the_container_reads_is_proposed() -> None:
    assert nearest("DISABLE_TCP_EARLY_DEMUXX", "aws-vpc-cni-init") == "DISABLE_TCP_EARLY_DEMUX"
    assert nearest("DISABLE_TCP_EARLY_DEMUXX", "aws-node") is None


@pytest.mark.parametrize("name", tables().near_misses)
def test_near_misses_are_unknown_names_of_known_variables(name: str) -> None:
    assert name not in variables()
    assert tables().near_misses[name] in variables()
