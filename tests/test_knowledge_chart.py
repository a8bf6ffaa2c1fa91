"""The table of the Helm chart's versions."""

from __future__ import annotations

import pytest

from cnilint.knowledge.chart import charts, release_of
from cnilint.knowledge.releases import releases
from cnilint.knowledge.versions import parsed


@pytest.mark.parametrize(
    ("version", "release"),
    [
        ("1.0.0", "v1.5.3"),
        ("1.1.14", "v1.10.2"),
        ("1.2.2", "v1.12.1"),  # in eks-charts alone
        ("1.2.5", "v1.12.1"),  # in amazon-vpc-cni-k8s alone
        ("1.3.0", "v1.18.1"),
        ("1.18.1", "v1.18.1"),
        ("v1.18.1", "v1.18.1"),
        (" 1.23.1 ", "v1.23.1"),
    ],
)
def test_a_version_of_the_chart_installs_a_release(version: str, release: str) -> None:
    assert release_of(version) == release


@pytest.mark.parametrize(
    "version",
    ["", "*", "1", "1.2", "~1.2", "~1.2.0", "^1.2.0", ">=1.2.0", "1.2.x", ">=1.2.0 <2", "latest", "1.22.0", "9.9.9"],
)
def test_ranges_and_unknown_versions_tell_no_release(version: str) -> None:
    assert release_of(version) is None


def test_every_release_is_in_the_table_of_releases() -> None:
    assert set(charts().values()) <= set(releases())


def test_since_1_13_a_chart_bears_the_number_of_its_release() -> None:
    later = {version: release for version, release in charts().items() if (parsed(version) or (0,)) >= (1, 13, 0)}
    assert later == {version: f"v{version}" for version in later}


def test_versions_are_oldest_release_first() -> None:
    found = [(parsed(release) or (0,), parsed(version) or (0,)) for version, release in charts().items()]
    assert found == sorted(found)
