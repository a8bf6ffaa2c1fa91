"""``cnilint check --against``: what a change brings, beside a file, a folder or a revision."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Protocol

import pytest
import stock_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

PATCH = f"""\
{stock_manifest.PATCH}            - {{name: WARM_IP_TARGETS, value: "5"}}
"""
NEW = '            - {name: MAX_ENIS, value: "2"}\n'
NEWS = "MAX_ENIS"


class Git(Protocol):
    """Runs git in the folder of the test."""

    def __call__(self, *args: str) -> None:
        """Run git with these arguments."""


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Return git in a new repository that knows nothing of the user."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    who = {f"GIT_{role}_{what}": "t@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for name, text in {**who, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}.items():
        monkeypatch.setenv(name, text)

    def run(*args: str) -> None:
        subprocess.run(["git", *args], cwd=tmp_path, check=True, capture_output=True)

    run("init", "--quiet")
    return run


@pytest.fixture
def committed(git: Git, tmp_path: Path) -> Path:
    """Return a file with one finding that is committed."""
    path = tmp_path / "deploy" / "aws-node.yaml"
    path.parent.mkdir()
    path.write_text(PATCH)
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    return path


def test_only_what_the_change_brings_is_told_at_its_place(cnilint: CommandLine, committed: Path) -> None:
    same = cnilint("check", "--against", "HEAD")
    assert (same.code, same.out) == (0, "No new problems found in 1 file; 1 left out that HEAD has as well.\n")
    committed.write_text("# moved\n\n" + PATCH + NEW)
    found = cnilint("check", "--against", "HEAD", "deploy")
    assert found.code == 1
    assert found.out.startswith("deploy/aws-node.yaml:13:22: warning: MAX_ENIS ")
    assert found.out.endswith("1 warning in 1 file; 1 left out that HEAD has as well.\n")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_every_format_and_option_goes_with_it(cnilint: CommandLine, committed: Path, form: str) -> None:
    committed.write_text(PATCH + NEW)
    found = cnilint("check", "--against", "HEAD", "--format", form, committed)
    assert found.code == 1
    assert NEWS in found.out
    assert "WARM_IP_TARGETS" not in found.out
    if form == "json":
        summary = {"files": 1, "checked": 1, "error": 0, "warning": 1, "info": 0, "leftOut": 1}
        assert found.json["summary"] == summary
    assert cnilint("check", "--against", "HEAD", "--format", form, "--fail-on", "error", committed).code == 0
    assert NEWS not in cnilint("check", "--against", "HEAD", "--format", form, "--select", "snat", committed).out


def test_a_file_that_the_revision_lacks_is_all_new(cnilint: CommandLine, committed: Path) -> None:
    (committed.parent / "new.yaml").write_text(PATCH)
    found = cnilint("check", "--against", "HEAD", "--format", "json").json
    assert [item["path"] for item in found["findings"]] == ["deploy/new.yaml"]


def test_before_the_first_commit_all_is_new(cnilint: CommandLine, git: Git, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(PATCH)
    git("add", ".")
    found = cnilint("check", "--against", "HEAD", "--quiet")
    assert (found.code, found.out.count("\n")) == (1, 1)


def test_paths_count_from_the_root_wherever_it_runs(
    cnilint: CommandLine, committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(committed.parent)
    assert cnilint("check", "--against", "HEAD", "--quiet", "aws-node.yaml", "../deploy/aws-node.yaml").out == ""
    assert cnilint("check", "--against", "HEAD", "--quiet", committed.absolute()).out == ""


def test_a_link_is_followed_in_the_revision_too(cnilint: CommandLine, git: Git, committed: Path) -> None:
    (committed.parent / "link.yaml").symlink_to("aws-node.yaml")
    (committed.parent / "out.yaml").symlink_to("/etc/hostname")
    git("add", ".")
    git("commit", "--quiet", "--message", "two")
    assert cnilint("check", "--against", "HEAD", "--quiet", "deploy/link.yaml", "deploy/out.yaml").out == ""


def test_of_equal_findings_the_new_one_is_told(cnilint: CommandLine, committed: Path) -> None:
    committed.write_text(f"{PATCH}---\n{PATCH}")
    (found,) = cnilint("check", "--against", "HEAD", "--format", "json").json["findings"]
    assert found["line"] == 21
    committed.write_text(PATCH.replace("aws-node,", "aws-node, labels: {a: b},") + "---\n" + PATCH)
    assert len(cnilint("check", "--against", "HEAD", "--format", "json").json["findings"]) == 1


def test_a_line_in_a_message_is_no_news(cnilint: CommandLine, git: Git, tmp_path: Path) -> None:
    twice = PATCH + '            - {name: WARM_ENI_TARGET, value: "1"}\n  template: {}\n'
    (tmp_path / "x.yaml").write_text(twice)
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    assert "in line 5" in cnilint("check").out
    (tmp_path / "x.yaml").write_text("# moved\n" + twice)
    assert cnilint("check", "--against", "HEAD", "--quiet").out == ""


def test_what_got_worse_is_news_and_what_got_milder_is_not(cnilint: CommandLine, tmp_path: Path, manifest: str) -> None:
    empty = manifest.replace("WARM_IP_TARGET", "CLUSTER_ENDPOINT").replace('"5"', '""')
    mild, bad = tmp_path / "mild.yaml", tmp_path / "bad.yaml"
    mild.write_text(empty)
    bad.write_text(empty + '            - name: ANNOTATE_POD_IP\n              value: "true"\n')
    check = ("check", "--quiet", "--select", "cluster-endpoint-empty", "--against")
    assert ": error: CLUSTER_ENDPOINT" in cnilint(*check, mild, bad).out
    assert cnilint(*check, bad, mild).out == ""


def test_both_sides_are_judged_by_the_same_configuration(cnilint: CommandLine, tmp_path: Path, manifest: str) -> None:
    for name in ("old.yaml", "new.yaml"):
        (tmp_path / name).write_text(manifest.replace('"5"', '"1"'))
    levels = "overrides: [{files: [old.yaml], rules: {warm-ip-target-of-one: off}}]\n"
    (tmp_path / ".cnilint.yaml").write_text(levels)
    assert cnilint("check", "--select", "warm-pool", "--against", "old.yaml", "new.yaml").code == 0


def test_a_file_is_compared_with_a_file(cnilint: CommandLine, committed: Path, tmp_path: Path) -> None:
    (tmp_path / "HEAD").write_text("kind: Service\n")
    committed.write_text(PATCH + NEW)
    (tmp_path / "old.yaml").write_text(PATCH)
    assert NEWS in cnilint("check", "--quiet", "--against", "old.yaml", committed).out
    assert cnilint("check", "--quiet", "--against", "old.yaml", committed).out.count("\n") == 1
    assert cnilint("check", "--quiet", "--against", "HEAD", committed).out.count("\n") == 2, "the path wins"
    assert cnilint("check", "--quiet", "--against", "HEAD:", committed).out.count("\n") == 1
    assert cnilint("check", "--quiet", "--against", "HEAD:deploy/aws-node.yaml", committed).out.count("\n") == 1
    piped = ("check", "--quiet", "--against", "HEAD:", "--stdin-filename", "deploy/aws-node.yaml", "-")
    assert cnilint(*piped, stdin=(PATCH + NEW).encode()).out.count("\n") == 1


def test_a_folder_is_compared_with_a_folder(cnilint: CommandLine, tmp_path: Path) -> None:
    for name, text in (("old/a/x.yaml", PATCH), ("new/a/x.yaml", PATCH + NEW), ("new/y.yaml", PATCH)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = cnilint("check", "--quiet", "--against", "old", "new").out.splitlines()
    assert [line.partition(":")[0] for line in found] == ["new/a/x.yaml", "new/y.yaml"]


def test_a_file_that_is_gone_counts_for_those_beside_it(cnilint: CommandLine, git: Git, tmp_path: Path) -> None:
    plane = (
        "apiVersion: controlplane.cluster.x-k8s.io/v1beta2\nkind: AWSManagedControlPlane\nmetadata: {name: c}\n"
        'spec: {vpcCni: {env: [{name: WARM_IP_TARGETS, value: "5"}]}}\n'
    )
    (tmp_path / "plane.yaml").write_text(plane)
    (tmp_path / ".cnilint.yaml").write_text("clusters: [{name: c, files: ['*.yaml']}]\n")
    (tmp_path / "role.yaml").write_text(PATCH.replace("aws-node,", "aws-node, labels: {a: b},"))
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    (tmp_path / "role.yaml").unlink()
    found = cnilint("check", "--against", "HEAD")
    assert (found.code, found.err) == (0, "")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--against", "nope"], "neither a file nor a revision of this repository"),
        (["--against", "--all"], "neither a file nor a revision of this repository"),
        (["--against", ""], "neither a file nor a revision of this repository"),
        (["--against", "nope:x.yaml", "deploy/aws-node.yaml"], "neither a file nor a revision of this repository"),
        (["--against", "HEAD:nope.yaml", "deploy/aws-node.yaml"], "HEAD has no file nope.yaml"),
        (["--against", "HEAD:deploy", "deploy/aws-node.yaml"], "HEAD has no file deploy"),
        (["--against", "HEAD:deploy/aws-node.yaml", "deploy"], "a file is compared with one file"),
        (["--against", "deploy", "deploy/aws-node.yaml"], "a folder is compared with one folder"),
        (["--against", "HEAD", "--fix"], "--against does not go with --fix"),
        (["--against", "HEAD", "--diff"], "--against does not go with --diff"),
        (["--against", "HEAD", "--build"], "--against does not go with --build"),
    ],
)
@pytest.mark.usefixtures("committed")
def test_wrong_use_is_one_clear_error(cnilint: CommandLine, args: list[str], words: str) -> None:
    found = cnilint("check", *args)
    assert (found.code, found.out) == (2, "")
    assert words in found.err
    assert "Traceback" not in found.err


def test_without_a_repository_or_git_it_is_said(
    cnilint: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.yaml").write_text(PATCH)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    found = cnilint("check", "--against", "HEAD")
    assert (found.code, found.out) == (2, "")
    assert "not a git repository" in found.err
    monkeypatch.setenv("PATH", "bin")
    assert "git is not on the PATH" in cnilint("check", "--against", "HEAD").err


def test_errors_remain_errors(cnilint: CommandLine, git: Git, committed: Path) -> None:
    committed.write_text("kind: DaemonSet # aws-node\na: [\n")
    git("commit", "--quiet", "--all", "--message", "broken")
    found = cnilint("check", "--against", "HEAD")
    assert found.code == 2
    assert "cannot check" in found.out


def test_nothing_of_the_repository_is_run(cnilint: CommandLine, git: Git, committed: Path, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
    program.chmod(0o755)
    for name in ("core.fsmonitor", "diff.x.textconv", "filter.x.smudge", "filter.x.clean", "core.pager"):
        git("config", name, str(program))
    (tmp_path / ".gitattributes").write_text("*.yaml diff=x filter=x\n")
    committed.write_text(PATCH + NEW)
    assert cnilint("check", "--against", "HEAD", "deploy").code == 1
    assert not (tmp_path / "ran").exists()
