"""Terraform: what the fixtures do not show - errors, edits, and that nothing else ever comes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnilint.edit import Edit, fixed, outward, quotation, removal, replacement
from cnilint.errors import SourceError
from cnilint.knowledge.chart import release_of
from cnilint.source.text import Text, decoded
from cnilint.surface import relevant, surfaces
from cnilint.surface.model import UNKNOWN

if TYPE_CHECKING:
    from cnilint.surface import Setting, Surface

FOLDER = Path(__file__).parent / "fixtures" / "surfaces" / "terraform"
FIXTURES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".out")
ADDON = 'resource "aws_eks_addon" "x" {{\n  addon_name = "vpc-cni"\n  configuration_values = {}\n}}\n'


def _surfaces(content: str, path: str = "x.tf") -> list[Surface]:
    return surfaces(Text(content, path))


def _error(content: str, path: str = "x.tf") -> tuple[int | None, int | None, str]:
    with pytest.raises(SourceError) as caught:
        _surfaces(content, path)
    return caught.value.line, caught.value.column, str(caught.value)


def test_json_that_is_broken_is_an_error_with_its_place() -> None:
    assert _error(ADDON.format('<<-JSON\n    {\n      "env": {"A": "1"\n    }\n  JSON'))[:2] == (4, 5)
    line, column, message = _error(ADDON.format('"{\\"env\\": [}"'))
    assert (line, column) == (3, 38)
    assert "not YAML" in message


def test_a_broken_string_with_substitutions_is_unknown() -> None:
    (found,) = _surfaces(ADDON.format('"{${var.more} \\"env\\": {"'))
    assert found.partial
    assert not found.settings


def test_broken_hcl_of_the_cni_is_an_error() -> None:
    line, _, message = _error(ADDON.format('jsonencode({\n    env = {\n      A = = "1"\n    }\n  })'))
    assert line == 5
    assert "not HCL" in message
    assert (
        "not HCL" in _error('resource "aws_eks_addon" "x" {\n  addon_name = "vpc-cni"\n  configuration_values = {\n')[2]
    )
    assert "not HCL" in _error('module "eks" {\n  cluster_addons = {\n    vpc-cni = {\n      a = [\n    }\n  }\n}\n')[2]


def test_broken_hcl_elsewhere_is_somebody_elses() -> None:
    broken = 'resource "aws_instance" "x" {\n  a = = 1\n}\n'
    assert len(_surfaces(ADDON.format("null") + broken)) == 1
    assert _surfaces(broken) == []
    assert _surfaces(broken + "# vpc-cni\n") == []


def test_before_compute_is_false_only_where_the_module_knows_it() -> None:
    module = 'module "eks" {{\n  source = "{}"\n{}  cluster_addons = {{ vpc-cni = {{ {} }} }}\n}}\n'
    registry = "terraform-aws-modules/eks/aws"
    for source, version, about, wanted in (
        (registry, '  version = "~> 20.0"\n', "", False),
        (registry, '  version = ">= 19.9"\n', "", False),
        (registry, '  version = "19.0.1"\n', "", None),
        (registry, '  version = "~> 18.0"\n', "", None),
        (registry, "", "", False),
        (registry, "  version = var.version\n", "", None),
        (registry, "", "before_compute = true", True),
        (registry, "", 'before_compute = "true"', True),
        (registry, "", "before_compute = var.x", None),
        ("./modules/eks", "", "", None),
        ("./modules/eks", "", "before_compute = false", False),
        (f"{registry}//modules/karpenter", "", "", None),
    ):
        (found,) = _surfaces(module.format(source, version, about))
        assert found.addon is not None
        assert found.addon.before_compute is wanted, (source, version, about)


def test_what_the_cluster_says_is_said_only_where_it_is_certain() -> None:
    cluster = 'resource "aws_eks_cluster" "{}" {{\n  version = {}\n}}\n'
    for version, wanted in (('"1.31"', "1.31"), ("1.31", "1.31"), ("1.30", None), ("var.x", None), ('"1.x"', None)):
        (found,) = _surfaces(cluster.format("a", version) + ADDON.format("null"))
        assert found.kubernetes == wanted
    two = cluster.format("a", '"1.31"') + cluster.format("b", '"1.31"')
    assert _surfaces(two + ADDON.format("null"))[0].kubernetes is None


def test_node_groups_of_a_file_with_several_add_ons_stand_alone() -> None:
    group = 'resource "aws_eks_node_group" "a" {\n  node_group_name = "a"\n  instance_types = ["m5.large"]\n}\n'
    assert [item.kind for item in _surfaces(ADDON.format("null") + group)] == ["addon"]
    assert [item.kind for item in _surfaces(ADDON.format("null") * 2 + group)] == ["addon", "addon", "nodes"]
    assert [item.kind for item in _surfaces(group)] == ["nodes"]


def test_objects_stand_with_the_add_on_or_alone() -> None:
    manifest = 'resource "kubectl_manifest" "x" {\n  yaml_body = "{kind: ENIConfig, metadata: {name: a}}"\n}\n'
    (alone,) = _surfaces(manifest * 2)
    assert alone.kind == "objects"
    assert len(alone.siblings["ENIConfig"]) == 2
    (whole,) = _surfaces(manifest + ADDON.format("null"))
    assert (whole.kind, list(whole.siblings)) == ("addon", ["ENIConfig"])
    line = _error(manifest.replace("metadata: {", "metadata: [{"))[0]
    assert line == 2


def test_variables_put_into_the_daemonset_leave_the_add_on_open() -> None:
    env = 'resource "kubernetes_env" "x" {\n  kind = "DaemonSet"\n  container = "aws-node"\n'
    env += '  metadata { name = "aws-node" }\n  env {\n    name = "MAX_ENI"\n    value = 4\n  }\n}\n'
    found = _surfaces(ADDON.format("null") + env)
    assert [(item.kind, item.partial) for item in found] == [("addon", True), ("environment", True)]
    assert found[1].settings[0].value == "4"


def test_a_version_of_the_chart_tells_the_release() -> None:
    helm = 'resource "helm_release" "x" {{\n  chart = "{}"\n  version = "1.19.0"\n}}\n'
    assert release_of("1.19.0") == "v1.19.0"
    assert _surfaces(helm.format("aws-vpc-cni"))[0].release == "v1.19.0"
    assert _surfaces(helm.format("./aws-vpc-cni"))[0].release is None


def _entries(content: str, path: str) -> list[tuple[int, str, str, object]]:
    found = surfaces(Text(content, path))
    return [
        (number, item.container, item.name, item.value) for number, one in enumerate(found) for item in one.settings
    ]


def _edited(content: str, setting: Setting, edit: Edit | None) -> str | None:
    edit = outward(setting.text, edit) if edit else None
    return fixed(content, [edit]) if edit else None


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_edits_change_what_they_say_and_nothing_else(path: Path) -> None:
    content = decoded(path.read_bytes(), path.name).content
    before = _entries(content, path.name)
    for item in [item for one in surfaces(Text(content, path.name)) for item in one.settings]:
        removed = _edited(content, item, removal(item.text, item.parent, item.number))
        if removed is not None:
            now = _entries(removed, path.name)
            assert now != before
            others = [found for found in before if found[2] != item.name]  # a local value may serve several surfaces
            assert [found for found in now if found[2] != item.name] == others
        if item.value is UNKNOWN or item.value_node is None:
            continue
        named = _edited(content, item, replacement(item.text, item.name_node, "RENAMED"))
        if named is not None:
            assert "RENAMED" in {found[2] for found in _entries(named, path.name)}
        for edit in (quotation(item.text, item.value_node), replacement(item.text, item.value_node, "word")):
            changed = _edited(content, item, edit)
            if changed is not None:
                now = [found for found in _entries(changed, path.name) if found not in before]
                assert now or isinstance(item.value, str)  # what Terraform makes a string of is one already
                assert {found[2] for found in now} <= {item.name}
                assert all(isinstance(found[3], str) for found in now)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_places_are_the_same_with_other_line_breaks_and_characters(path: Path) -> None:
    content = decoded(path.read_bytes(), path.name).content
    shifted = content.replace("\n", "\r\n")
    wanted = [
        item.at.text.position(item.at.start) for one in surfaces(Text(content, path.name)) for item in one.settings
    ]
    found = [
        item.at.text.position(item.at.start) for one in surfaces(Text(shifted, path.name)) for item in one.settings
    ]
    assert found == wanted


CORPUS = [decoded(path.read_bytes(), path.name) for path in FIXTURES]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CORPUS), st.data())
def test_damage_is_read_or_refused_with_a_place(text: Text, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text.content)))
    length = data.draw(st.integers(0, 40))
    put = data.draw(st.text(alphabet='{}[]()"=\n ${%<,:#\\aé', max_size=5))
    content = text.content[:start] + put + text.content[start + length :]
    try:
        found = surfaces(Text(content, text.path))
    except SourceError:
        return
    for surface in found:
        spans = [surface.anchor, *(group.at for group in surface.nodes)]
        spans += [span for item in surface.settings for span in (item.at, item.named_at, item.entry)]
        for span in spans:
            line, column = span.text.position(span.start)
            assert 1 <= line <= content.count("\n") + 1
            assert column >= 1


def test_the_byte_search_knows_the_names() -> None:
    groups = b'resource "aws_eks_node_group" "x" {}'
    assert relevant(groups, beside=True)
    assert not relevant(groups)  # of instance types alone there is nothing to say
    assert not relevant(b'resource "aws_instance" "x" {}', beside=True)


@pytest.mark.parametrize(
    "inner", ["${var.x}", "a ${var.x}", "${var.x}\\n", "- ${var.x}", "{${var.x}}", "env: ${var.x}"]
)
def test_what_is_put_into_values_leaves_them_open(inner: str) -> None:
    (found,) = _surfaces(ADDON.format(f'"{inner}"'))
    assert found.partial or inner.startswith("-")
    (found,) = _surfaces(f'resource "helm_release" "x" {{\n  chart = "aws-vpc-cni"\n  values = ["{inner}"]\n}}\n')
    assert found.partial or inner.startswith("-")


def test_local_values_that_repeat_each_other_are_not_followed_without_end() -> None:
    chain = "".join(f"  a{level + 1} = {{ b = local.a{level}, c = local.a{level} }}\n" for level in range(40))
    local = f"locals {{\n  a0 = {{ x = 1 }}\n{chain}}}\n"
    (found,) = _surfaces(local + ADDON.format("jsonencode({ env = local.a9 })"))
    assert [item.name for item in found.settings] == ["b", "c"]
    assert len(_surfaces(local + ADDON.format("jsonencode(local.a40)"))) == 1
