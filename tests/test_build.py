"""Kustomizations checked as built: which are, with what, and where the findings are told."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stock_manifest

from cnilint import build, config
from cnilint.kustomization import buildable, tree
from cnilint.run import Choice, Run

if TYPE_CHECKING:
    from conftest import CommandLine

    from cnilint.finding import Report

needs_a_tool = pytest.mark.skipif(
    not any(shutil.which(name) for name, _ in build.TOOLS), reason="neither kustomize nor kubectl is here"
)
PATCH = f"""\
{stock_manifest.PATCH}            - name: %s
              value: %s
"""
REMOTE = "names a remote base, {}, which is not fetched; build it yourself and check the output"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(**files: str) -> None:
    """Write files; in a name ``__`` stands for a slash and ``_`` for a dot."""
    for name, text in files.items():
        path = Path(name.replace("__", "/").replace("_", "."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def based(manifest: str, **files: str) -> None:
    written(base__kustomization_yaml="resources: [ds.yaml]\n", base__ds_yaml=manifest, **files)


RULES = ("warm-eni-target-ignored", "malformed-value")


def checked(*paths: str, found: config.Config = config.EMPTY, select: tuple[str, ...] = RULES) -> Report:
    return Run(found, Choice(select=select, build=True)).report(paths or (".",))


def told(report: Report) -> list[str]:
    return [f"{item.location.path}:{item.location.line}:{item.location.column} {item.rule}" for item in report.findings]


def tool(folder: Path, body: str, name: str = "kustomize") -> None:
    """Put a tool into a folder that is a script."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


OVERLAY = "resources:\n  - ../base\npatches:\n  - path: warm.yaml\n"
WARM = "prod/warm.yaml:11:22 warm-eni-target-ignored"


@needs_a_tool
def test_what_is_built_is_judged_as_a_whole_and_told_in_its_files(manifest: str) -> None:
    based(manifest, prod__kustomization_yaml=OVERLAY, prod__warm_yaml=PATCH % ("WARM_ENI_TARGET", '"2"'))
    assert told(Run(config.EMPTY, Choice(select=RULES)).report(["."])) == []
    report = checked()
    assert (report.errors, told(report)) == ((), [WARM])
    [found] = report.findings
    assert [(note, place.path, place.line) for note, place in found.related] == [
        ("WARM_IP_TARGET=5", "base/ds.yaml", 19),
        ("built from here", "prod/kustomization.yaml", 1),
    ]
    assert found.edits == ()
    assert (report.files, report.checked) == (4, 3)


@needs_a_tool
def test_a_finding_in_a_base_that_two_share_is_told_once(manifest: str) -> None:
    manifest += '            - name: ENABLE_POD_ENI\n              value: "yes"\n'
    overlay = "resources: [../base]\nnameSuffix: ''\n"
    based(manifest, prod__kustomization_yaml=overlay, dev__kustomization_yaml=overlay)
    report = checked()
    assert told(report) == ["base/ds.yaml:21:22 malformed-value"]
    assert [place.path for _, place in report.findings[0].related] == [
        "dev/kustomization.yaml",
        "prod/kustomization.yaml",
    ]


@needs_a_tool
@pytest.mark.parametrize("key", ["patches", "patchesJson6902"])
def test_patches_in_the_kustomization_itself(manifest: str, key: str) -> None:
    patch = (
        f"resources: [../base]\n{key}:\n"
        "  - target: {version: v1, group: apps, kind: DaemonSet, name: aws-node}\n"
        "    patch: |-\n"
        "      - op: add\n"
        "        path: /spec/template/spec/containers/0/env/-\n"
        "        value:\n"
        "          name: WARM_ENI_TARGET\n"
        '          value: "2"\n'
    )
    based(manifest, prod__kustomization_yml=patch)
    report = checked()
    assert told(report) == ["prod/kustomization.yml:9:18 warm-eni-target-ignored"]
    assert report.findings[0].entry_line == 5  # the operation


@needs_a_tool
def test_a_component_is_part_of_what_uses_it_and_not_built_by_itself(manifest: str) -> None:
    based(
        manifest,
        parts__Kustomization="apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
        "patches: [{path: p.yaml}]\n",
        parts__p_yaml=PATCH % ("WARM_ENI_TARGET", '"2"'),
        prod__kustomization_yaml="resources: [../base]\ncomponents: [../parts]\n",
    )
    assert told(checked()) == ["parts/p.yaml:11:22 warm-eni-target-ignored"]


@needs_a_tool
def test_a_patch_decides_and_its_base_is_not_judged_by_itself(manifest: str) -> None:
    manifest += '            - name: ENABLE_POD_ENI\n              value: "yes"\n'
    based(manifest, prod__kustomization_yaml=OVERLAY, prod__warm_yaml=PATCH % ("ENABLE_POD_ENI", '"true"'))
    assert told(checked()) == []
    assert told(checked("base")) == ["base/ds.yaml:21:22 malformed-value"]


@needs_a_tool
def test_what_nothing_builds_is_judged_by_itself(manifest: str) -> None:
    based(manifest, other__patch_yaml=PATCH % ("ENABLE_POD_ENI", '"yes"'))
    assert told(checked()) == ["other/patch.yaml:11:22 malformed-value"]


@needs_a_tool
def test_a_base_that_is_not_among_the_files_is_pointed_at_all_the_same(manifest: str) -> None:
    manifest += '            - name: ENABLE_POD_ENI\n              value: "yes"\n'
    based(manifest, prod__kustomization_yaml="resources: [../base]\n")
    assert told(checked("prod/kustomization.yaml")) == ["base/ds.yaml:21:22 malformed-value"]


@needs_a_tool
def test_what_is_written_in_no_file_is_told_at_the_kustomization(manifest: str, tmp_path: Path) -> None:
    manifest += '            - name: ENABLE_POD_ENI\n              value: "yes"\n'
    based(manifest, prod__kustomization_yaml="# ours\nresources: [../base]\n", _cnilint_yaml="exclude: [base]\n")
    report = checked(found=config.read(str(tmp_path / ".cnilint.yaml")))
    assert told(report) == ["prod/kustomization.yaml:2:1 malformed-value"]
    assert [note for note, _ in report.findings[0].related] == ["as built: ENABLE_POD_ENI=yes"]


@needs_a_tool
def test_the_new_tag_of_an_image_is_pointed_at(manifest: str) -> None:
    name = "602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni"
    images = f"resources: [../base]\nimages:\n  - name: {name}\n    newTag: v1.99.0\n"
    based(manifest, prod__kustomization_yaml=images)
    found = told(checked(select=("release-unknown",)))
    assert found == ["prod/kustomization.yaml:4:13 release-unknown"]


@needs_a_tool
def test_ignore_comments_count_where_a_finding_is_told(manifest: str) -> None:
    patch = PATCH.replace(
        "            - name", "            # cnilint: ignore[warm-eni-target-ignored] on purpose\n            - name"
    )
    based(manifest, prod__kustomization_yaml=OVERLAY, prod__warm_yaml=patch % ("WARM_ENI_TARGET", '"2"'))
    assert told(checked()) == []


@needs_a_tool
def test_objects_and_generated_ones_have_their_places(manifest: str) -> None:
    based(
        manifest,
        base__cm_yaml="kind: ConfigMap\napiVersion: v1\nmetadata: {name: amazon-vpc-cni, namespace: kube-system}\n"
        'data:\n  enable-windows-ipam: "yes"\n',
    )
    Path("base/kustomization.yaml").write_text("resources: [cm.yaml, ds.yaml]\n", encoding="utf-8")
    by_itself = Run(config.EMPTY, Choice()).report(["base/cm.yaml"])
    assert {*told(by_itself)}
    assert {*told(by_itself)} <= {*told(checked(select=()))}


@needs_a_tool
def test_settings_of_a_cluster_that_is_named_count_for_what_is_built(manifest: str, tmp_path: Path) -> None:
    based(
        manifest,
        prod__kustomization_yaml=OVERLAY,
        prod__warm_yaml=PATCH % ("WARM_ENI_TARGET", '"2"'),
        _cnilint_yaml="overrides:\n  - files: [prod/kustomization.yaml]\n    rules: {warm-eni-target-ignored: off}\n",
    )
    assert told(checked(found=config.read(str(tmp_path / ".cnilint.yaml")))) == []


@pytest.mark.parametrize(
    "remote",
    [
        "https://example.com/aws-k8s-cni.yaml",
        "github.com/aws/amazon-vpc-cni-k8s//config/master?ref=v1.18.1",
        "git@github.com:aws/amazon-vpc-cni-k8s.git",
        "ssh://git@example.com/cni",
        "git::https://example.com/cni",
        "example.com/cni.git/overlay",
        "../cni?ref=main",
    ],
)
def test_nothing_is_fetched(manifest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: str) -> None:
    tool(tmp_path / "bin", f"echo ran >> {tmp_path}/ran; echo 'kind: Service'")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    based(
        manifest,
        prod__kustomization_yaml=OVERLAY,
        prod__warm_yaml=PATCH % ("ENABLE_POD_ENI", '"yes"'),
        dev__kustomization_yaml="resources: [../base]\n",
    )
    Path("base/kustomization.yaml").write_text(f"resources:\n  - ds.yaml\n  - {remote}\n", encoding="utf-8")
    report = checked()
    assert [str(error) for error in report.errors] == [f"base/kustomization.yaml:3:5: {REMOTE.format(remote)}"]
    assert not (tmp_path / "ran").exists()
    assert told(report) == ["prod/warm.yaml:11:22 malformed-value"]  # by itself
    assert report.code("error") == 2


@pytest.mark.parametrize(
    "field",
    [
        "patches: [{path: 'https://example.com/p.yaml'}]",
        "configMapGenerator: [{name: amazon-vpc-cni, files: ['x=https://example.com/x']}]",
        "openapi: {path: 'https://example.com/x'}",
        "generators: [gen.yaml]",
        "generators:\n  - |\n    kind: ConfigMapGenerator\n    files: ['https://example.com/x']",
        "transformers: [below]",
        "bases: ['https://example.com/b']",
    ],
)
def test_no_field_names_what_is_to_be_fetched(manifest: str, field: str) -> None:
    written(
        ds_yaml=manifest,
        gen_yaml="kind: ConfigMapGenerator\nenvs: ['https://example.com/x']\n",
        below__kustomization_yaml="resources: ['https://example.com/x']\n",
        kustomization_yaml=f"resources: [ds.yaml]\n{field}\n",
    )
    [error] = tree("kustomization.yaml").errors
    assert "which is not fetched" in error.message


@pytest.mark.parametrize(
    "path", ["ds.yaml", "../base", "a=b.yaml", "gith/x.yaml", "my.github/x", "x@y.yaml", ".github/p.yaml"]
)
def test_local_files_are_not_taken_for_remote_ones(path: str) -> None:
    written(kustomization_yaml=f"resources: ['{path}']\n")
    assert tree("kustomization.yaml").errors == ()


def test_kustomizations_that_use_each_other_have_an_end(manifest: str) -> None:
    written(a__kustomization_yaml="resources: [../b, ds.yaml]\n", b__kustomization_yaml="resources: [../a]\n")
    written(a__ds_yaml=manifest)
    assert sorted(tree("a/kustomization.yaml").files) == ["a/ds.yaml", "a/kustomization.yaml", "b/kustomization.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        "generators: [gen.yaml]\n",
        'resources: ["a\\0b", "\\ud800", "", 5, [x], {a: b}, null]\n',
        "resources: &a [*a]\n",
        "resources: {a: b}\npatches: text\nopenapi: [x]\n",
        "[a, b]\n",
        "text\n",
        "",
        "resources: ['" + "x" * 5000 + "', '/', '.', '..']\n",
    ],
)
def test_no_kustomization_is_too_odd_to_look_at(text: str) -> None:
    written(kustomization_yaml=text, gen_yaml="kind: &k {path: &p [*p, *k], ? [a] : b}\n")
    assert tree("kustomization.yaml").files[0] == "kustomization.yaml"


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("kustomization.yaml", "resources: [a.yaml]\n", True),
        ("Kustomization", "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\n", True),
        ("kustomization.yml", "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n", False),
        ("kustomization.yaml", "kind: Kustomization\napiVersion: kustomize.toolkit.fluxcd.io/v1\n", False),
        ("other.yaml", "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\n", False),
    ],
)
def test_which_files_are_built(name: str, text: str, *, is_one: bool) -> None:
    Path(name).write_text(text, encoding="utf-8")
    assert buildable(name) is is_one


def test_a_kustomization_of_something_else_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path / "bin", f"echo ran >> {tmp_path}/ran")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    written(kustomization_yaml="resources: ['https://example.com/web', web.yaml]\n", web_yaml="kind: Service\n")
    assert checked().errors == ()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("echo one >&2; echo 'Error: no such thing' >&2; exit 1", "no such thing"),
        (
            """printf 'E1123 00:50:10 1 run.go:72] "command failed" err="not \\\\"there\\\\""\\n' >&2; exit 1""",
            'not "there"',
        ),
        ("printf 'a\\n`: last words\\n >\\n' >&2; exit 3", "last words"),
        ("exit 1", "it failed and said nothing"),
    ],
)
def test_a_tool_that_fails_is_one_error(
    manifest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, message: str
) -> None:
    tool(tmp_path / "bin", body)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    based(manifest)
    report = checked()
    assert [str(error) for error in report.errors] == [
        f"base/kustomization.yaml: cannot be built: kustomize: {message}"
    ]
    assert report.code("never") == 2


def test_a_tool_has_its_time(manifest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path / "bin", f"exec {shutil.which('sleep')} 20", "kubectl")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(build, "SECONDS", 0.2)
    based(manifest)
    [error] = checked().errors
    assert str(error) == "base/kustomization.yaml: cannot be built: kubectl was not done after 0.2 seconds"


def test_no_tool_is_one_error_for_all(manifest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path, "echo 'kind: Service'")  # what the repository itself holds is never run
    monkeypatch.setenv("PATH", os.pathsep.join((".", "", str(tmp_path / "none"))))
    based(manifest, prod__kustomization_yaml="resources: [../base/ds.yaml]\n")
    [error] = checked().errors
    expected = "base/kustomization.yaml: cannot be built (nor can 1 more): neither kustomize nor kubectl is on the PATH"
    assert str(error) == expected


def test_the_tool_is_run_without_a_shell_and_without_a_way_out(
    manifest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = "$GIT_ALLOW_PROTOCOL $HTTPS_PROXY [$NO_PROXY] [$GIT_SSH_COMMAND] $KUBERC"
    tool(tmp_path / "bin", f'echo "$# $1 $2 {wanted}" > {tmp_path}/ran; echo "kind: Service"', "kubectl")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh")
    monkeypatch.setenv("NO_PROXY", "*")
    based(manifest)
    Path("base").rename("-base; touch x")
    assert checked().errors == ()
    assert (tmp_path / "ran").read_text() == "2 kustomize . none http://127.0.0.1:9 [] [] off\n"


def test_an_output_that_cannot_be_read_is_told_as_such(
    manifest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(tmp_path / "bin", "echo 'aws-node: a: b'")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    based(manifest)
    [error] = checked().errors
    assert (error.path, error.line) == ("base/kustomization.yaml (built)", 1)


@needs_a_tool
def test_the_listing_shows_what_is_built(manifest: str, cnilint: CommandLine) -> None:
    based(manifest, prod__kustomization_yaml=OVERLAY, prod__warm_yaml=PATCH % ("WARM_ENI_TARGET", '"2"'))
    ran = cnilint("surfaces", "--build", "--no-config", ".")
    assert ran.code == 0
    assert ran.out.startswith("prod/kustomization.yaml (built):")
    assert [line.split(None, 1)[1] for line in ran.out.splitlines()[1:]] == [
        'WARM_ENI_TARGET = "2"',
        'ENABLE_IPv4 = "true"',
        'WARM_IP_TARGET = "5"',
    ]


@needs_a_tool
def test_the_command_line_asks_for_it(manifest: str, cnilint: CommandLine) -> None:
    based(manifest, prod__kustomization_yaml=OVERLAY, prod__warm_yaml=PATCH % ("WARM_ENI_TARGET", '"2"'))
    options = ("check", "--no-config", "--quiet", "--select", RULES[0], ".")
    assert cnilint(*options).code == 0
    ran = cnilint(*options, "--build")
    assert (ran.code, ran.out.count("\n")) == (1, 1)
