"""``cnilint diff`` on the stock manifests: a release as a DaemonSet and as values of the add-on come to the same."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cnilint.comparison.difference import difference
from cnilint.facts import Told
from cnilint.source.text import decoded
from cnilint.surface import surfaces

if TYPE_CHECKING:
    from pathlib import Path

ADDON = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-west-1}
addons:
  - {name: vpc-cni, version: %s-eksbuild.1, configurationValues: '{"env": {}}'}
"""
# The stock manifests that name another release than their own.
ODD = {"v1.5.1", "v1.22.0"}
TOLD = Told(), Told()


def test_a_stock_manifest_and_an_add_on_without_values_have_the_same_effect(corpus: Path) -> None:
    manifests = sorted((corpus / "stock").glob("v*.yaml"))
    assert manifests
    for path in manifests:
        old = surfaces(decoded(path.read_bytes(), path.name))
        found = difference(old, surfaces(decoded((ADDON % path.stem).encode(), "addon.yaml")), TOLD)
        (only,) = found.comparisons
        assert {change.name for change in only.changes} == ({"release"} if path.stem in ODD else set()), path.name
        assert {change.name for change in only.unknown} <= {"enable-ipv6"}, path.name


def test_an_upgrade_through_all_releases_is_told_and_taken_back(corpus: Path) -> None:
    manifests = sorted((corpus / "stock").glob("v*.yaml"))
    for old, new in pairwise(manifests):
        before, after = (surfaces(decoded(path.read_bytes(), path.name)) for path in (old, new))
        (there,), (back,) = (difference(*pair, TOLD).comparisons for pair in ((before, after), (after, before)))
        assert {old.stem, new.stem} & ODD or [each.name for each in there.changes if each.part == "release"]
        turned = [repr((each.part, each.name, each.new, each.old)) for each in back.changes]
        assert sorted(repr((each.part, each.name, each.old, each.new)) for each in there.changes) == sorted(turned)
