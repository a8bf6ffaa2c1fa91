"""Releases and images."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.knowledge.registries import from_eks, is_eks_registry, normalised
from cnilint.knowledge.versions import Image, before, image, parsed, release

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("v1.18.1", (1, 18, 1)),
        ("1.18.1", (1, 18, 1)),
        ("v1.18.1-eksbuild.3", (1, 18, 1)),
        ("v1.20.4-eksbuild.1-amd64", (1, 20, 4)),
        ("v1.18.1_arm64", (1, 18, 1)),
        ("v1.18", None),
        ("v1.18.1.2", None),
        ("v1.18.1-${BUILD}", None),
        ("${TAG}", None),
        ("latest", None),
        ("V1.18.1", None),
        ("v1.18.1\n", None),
        ("", None),
    ],
)
def test_a_version_is_three_numbers(text: str, number: tuple[int, int, int] | None) -> None:
    assert parsed(text) == number
    assert release(text) == (None if number is None else "v{}.{}.{}".format(*number))


@given(*[st.tuples(*[st.integers(0, 99)] * 3)] * 2)
def test_releases_are_ordered_by_their_numbers(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    left, right = ("v{}.{}.{}-eksbuild.1".format(*number) for number in (one, other))
    assert before(left, right) == (one < other)


def test_what_is_no_release_is_not_before() -> None:
    assert not before("latest", "v1.0.0")
    assert not before("v1.0.0", "latest")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("amazon-k8s-cni", Image("", "amazon-k8s-cni", "", "", None)),
        ("amazon-k8s-cni:latest", Image("", "amazon-k8s-cni", "latest", "", None)),
        ("amazon/amazon-k8s-cni:v1.18.1", Image("", "amazon/amazon-k8s-cni", "v1.18.1", "", "v1.18.1")),
        ("localhost/cni:1.18.1", Image("localhost", "cni", "1.18.1", "", "v1.18.1")),
        ("host:5000/a/cni", Image("host:5000", "a/cni", "", "", None)),
        ("host:5000/cni:v1.18.1-eksbuild.3", Image("host:5000", "cni", "v1.18.1-eksbuild.3", "", "v1.18.1")),
        (f"r.io/cni:v1.20.4-eksbuild.1@{DIGEST}", Image("r.io", "cni", "v1.20.4-eksbuild.1", DIGEST, "v1.20.4")),
        (f"r.io/cni@{DIGEST}", Image("r.io", "cni", "", DIGEST, None)),
        ("r.io/cni:${TAG:-v1.18.1}", Image("r.io", "cni", "${TAG:-v1.18.1}", "", None)),
        ("r.io/cni:$(TAG)", Image("r.io", "cni", "$(TAG)", "", None)),
        ("${REGISTRY}/cni:v1.18.1", Image("${REGISTRY}", "cni", "v1.18.1", "", "v1.18.1")),
        ("", Image("", "", "", "", None)),
    ],
)
def test_the_parts_of_an_image(text: str, parts: Image) -> None:
    assert image(text) == parts


@pytest.mark.parametrize(
    "host",
    [
        "602401143452.dkr.ecr.us-west-2.amazonaws.com",
        "602401143452.dkr.ecr-fips.us-east-1.amazonaws.com",
        "602401143452.dkr-ecr.us-west-2.on.aws",
        "877085696533.dkr.ecr.af-south-1.amazonaws.com",
        "961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn",
        "602401143452.dkr.ecr.xx-new-1.amazonaws.com",
    ],
)
def test_registries_of_eks(host: str) -> None:
    assert is_eks_registry(host)


@pytest.mark.parametrize(
    "host",
    [
        "602401143452.dkr.ecr.af-south-1.amazonaws.com",
        "123456789012.dkr.ecr.us-west-2.amazonaws.com",
        "123456789012.dkr.ecr.xx-new-1.amazonaws.com",
        "602401143452.dkr.ecr.us-west-2.amazonaws.com.evil.example",
        "602401143452.dkr.ecr.us-west-2.example.com",
        "public.ecr.aws",
        "docker.io",
        "",
    ],
)
def test_registries_of_others(host: str) -> None:
    assert not is_eks_registry(host)


def test_the_gallery_is_eks_s_only_under_its_own_name() -> None:
    assert from_eks(image("public.ecr.aws/eks/amazon-k8s-cni:v1.18.1"))
    assert not from_eks(image("public.ecr.aws/someone/amazon-k8s-cni:v1.18.1"))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:v1.18.1", "eks/amazon-k8s-cni:v1.18.1"),
        ("877085696533.dkr.ecr.af-south-1.amazonaws.com/amazon-k8s-cni:v1.18.1", "eks/amazon-k8s-cni:v1.18.1"),
        ("public.ecr.aws/eks/amazon-k8s-cni:v1.18.1", "eks/amazon-k8s-cni:v1.18.1"),
        (
            f"602401143452.dkr.ecr.us-east-1.amazonaws.com/amazon/aws-network-policy-agent@{DIGEST}",
            f"eks/aws-network-policy-agent@{DIGEST}",
        ),
        ("docker.io/amazon-k8s-cni:v1.18.1", "docker.io/amazon-k8s-cni:v1.18.1"),
    ],
)
def test_the_region_of_an_eks_image_does_not_count(text: str, same: str) -> None:
    assert normalised(text) == same
