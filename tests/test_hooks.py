"""The hooks as pre-commit runs them: by their entries, and installed from a repository into another one."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import stock_manifest
from identify import identify
from ruamel.yaml import YAML

from cnilint.files import SUFFIXES

ROOT = Path(__file__).parent.parent
HOOKS: dict[str, dict[str, Any]] = {hook["id"]: hook for hook in YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")}
SHIPPED = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "cnilint", "pyproject.toml", "rules", "schemas")
INDEX_SECONDS, INSTALL_SECONDS = 60, 400

PATCH = f"""\
{stock_manifest.PATCH}            - name: ENABLE_POD_ENI
              value: %s
"""
GOOD, UNQUOTED, MALFORMED = PATCH % '"true"', PATCH % "true", PATCH % '"yes"'
FIXED = GOOD
TEMPLATE = """\
{{- if .Values.ingress.enabled }}
kind: Ingress
metadata:
  {{- toYaml .Values.labels | nindent 2 }}
{{- end }}
"""
TERRAFORM = """\
resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = "prod"
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { ENABLE_POD_ENI = "yes" } })
}
"""
TOML = """\
[settings.kubernetes]
max-pods = 58
"""


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which git and pre-commit see nothing of the user, nor of a hook that runs the tests."""
    found = {name: text for name, text in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    # Not HOME: where packages come from may be configured there.
    who = {f"GIT_{role}_{what}": "t@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    here = {"PRE_COMMIT_HOME": str(home / "pre-commit"), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    path = os.pathsep.join((os.path.dirname(sys.executable), os.environ["PATH"]))
    return found | who | here | {"PATH": path, "PRE_COMMIT_COLOR": "never", "NO_COLOR": "1", "PYTHONUTF8": "1"}


def run(command: list[str], folder: Path, home: Path, seconds: int = INDEX_SECONDS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment(home), capture_output=True, text=True, timeout=seconds, check=False
    )


def git(folder: Path, home: Path, *arguments: str) -> None:
    ran = run(["git", *arguments], folder, home)
    assert ran.returncode == 0, ran.stderr


def hook(name: str, folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """Run a hook's entry as pre-commit does: its words, its ``args``, then the files, from the root of a repository."""
    return run([*shlex.split(HOOKS[name]["entry"]), *HOOKS[name].get("args", []), *files], folder, folder)


def written(folder: Path, **files: str) -> list[str]:
    names = [name.replace("_", ".") for name in files]
    for name, text in zip(names, files.values(), strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    return names


def taken(name: str, path: str) -> bool:
    """Tell whether pre-commit passes a file to a hook, by the keys that choose files."""
    about, tags = HOOKS[name], identify.tags_from_filename(path) | {identify.FILE, identify.NON_EXECUTABLE}
    wanted = set(about.get("types", ["file"])) <= tags and bool({*about.get("types_or", tags)} & tags)
    by_name = re.search(about.get("files", ""), path) and not re.search(about.get("exclude", "^$"), path)
    return wanted and bool(by_name) and not set(about.get("exclude_types", [])) & tags


def test_there_are_two_hooks_that_ask_for_the_same_files() -> None:
    assert list(HOOKS) == ["cnilint", "cnilint-fix"]
    one, other = ({key: held for key, held in each.items() if key in _CHOICE} for each in HOOKS.values())
    assert one == other


_CHOICE = ("files", "exclude", "types", "types_or", "exclude_types", "language", "require_serial")


@pytest.mark.parametrize("name", HOOKS)
def test_a_users_args_replace_nothing_that_is_needed(name: str) -> None:
    assert "args" not in HOOKS[name]
    assert HOOKS[name]["require_serial"] is True
    assert HOOKS[name]["language"] == "python"


@pytest.mark.parametrize("name", HOOKS)
@pytest.mark.parametrize(
    "path",
    [
        "aws-k8s-cni.yaml",
        "aws-node.yml",
        "clusters/prod/kube-system/ds.json",
        "manifest.YAML",
        "MANIFEST.YML",
        "overlays/eu-west-1/patch-warm.ip.target.yaml",
        "deploy/my manifest.yaml",
        "eniconfig-eu-west-1a.yaml",
        ".hidden/aws-node.yaml",
        "modules/cni/main.tf",
        "prod.tfvars",
        "addon.tf.json",
        "prod.auto.tfvars.json",
        "bottlerocket/settings.toml",
    ],
)
def test_files_that_people_have_are_passed(name: str, path: str) -> None:
    assert taken(name, path)


def test_what_a_walk_finds_is_passed_but_for_what_pre_commit_has_no_type_for() -> None:
    left = [f"x{suffix}" for suffix in SUFFIXES if not taken("cnilint", f"x{suffix}")]
    assert left == ["x.tofu"]
    assert not identify.tags_from_filename("x.tofu")


def test_the_documented_keys_pass_the_rest_too() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    block = next(text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "types_or" in text)
    [own] = YAML(typ="safe").load(block)
    assert own["types_or"] == ["text"]
    for path in (*(f"a/x{suffix}" for suffix in SUFFIXES), "a/Kustomization", "user-data.sh", "userdata"):
        assert re.search(own["files"], path), path
    for path in ("README.md", "run.sh", "x.tofu.bak", "MyKustomization"):
        assert not re.search(own["files"], path), path


@pytest.mark.parametrize(
    "path",
    ["README.md", "main.go", "run.sh", "user-data.sh", "Dockerfile", "aws-node.yaml.bak", "Kustomization", "main.tofu"],
)
def test_other_files_are_not(path: str) -> None:
    assert not taken("cnilint", path)


def test_the_check_passes_what_is_good(tmp_path: Path) -> None:
    ran = hook("cnilint", tmp_path, *written(tmp_path, good_yaml=GOOD, other_yaml="kind: Service\n"))
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("name", HOOKS)
def test_files_that_are_no_yaml_are_read(tmp_path: Path, name: str) -> None:
    files = written(tmp_path, main_tf=TERRAFORM, settings_toml=TOML, other_toml="[tool.x]\n", broken_tf="{")
    ran = hook(name, tmp_path, *files)
    assert ran.returncode == 1
    assert "main.tf:4:64: warning: ENABLE_POD_ENI=" in ran.stdout
    assert "1 warning in 1 file (4 files looked at, 2 configure the VPC CNI)" in ran.stdout
    assert "cannot check" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("name", HOOKS)
def test_findings_fail_and_broken_files_of_others_do_not(tmp_path: Path, name: str) -> None:
    files = written(tmp_path, bad_YAML=MALFORMED, chart_yaml=TEMPLATE, broken_json="{", empty_yml="")
    ran = hook(name, tmp_path, *files)
    assert ran.returncode == 1
    assert '11:22: warning: ENABLE_POD_ENI="yes" is not a boolean' in ran.stdout
    assert "cannot check" not in ran.stdout + ran.stderr
    assert (tmp_path / "bad.YAML").read_text(encoding="utf-8") == MALFORMED


def test_a_broken_file_of_the_cni_is_an_error(tmp_path: Path) -> None:
    ran = hook("cnilint", tmp_path, *written(tmp_path, broken_yaml=GOOD + "  a: b: c\n", good_yaml=GOOD))
    assert ran.returncode == 2
    assert "broken.yaml:" in ran.stdout
    assert "cannot check" in ran.stdout


def test_the_check_changes_nothing_and_the_fix_does(tmp_path: Path) -> None:
    files = written(tmp_path, unquoted_yaml=UNQUOTED)
    assert hook("cnilint", tmp_path, *files).returncode == 1
    assert (tmp_path / "unquoted.yaml").read_text(encoding="utf-8") == UNQUOTED
    assert hook("cnilint-fix", tmp_path, *files).returncode == 0  # that a file changed is for pre-commit to say
    assert (tmp_path / "unquoted.yaml").read_text(encoding="utf-8") == FIXED
    assert hook("cnilint", tmp_path, *files).returncode == 0


def test_the_configuration_of_the_repository_counts_for_named_files(tmp_path: Path) -> None:
    written(tmp_path, bad_yaml=MALFORMED, _cnilint_yaml="exclude: [bad.yaml]\n")
    assert hook("cnilint", tmp_path, "bad.yaml").returncode == 0


@pytest.fixture
def tried(tmp_path: Path) -> tuple[Path, str]:
    """Return another repository and what ``pre-commit try-repo`` printed there, with both hooks.

    The hooks come from a repository with the files of this checkout, so that nothing is written into this one.
    """
    home, source, target = (tmp_path / name for name in ("home", "source", "target"))
    for folder in (home, source, target):
        folder.mkdir()
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    probe = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--retries",
        "1",
        "--no-deps",
        "--dest",
        str(home),
        "hatchling>=1.27",
    ]
    try:
        reached = run(probe, home, home)
    except subprocess.TimeoutExpired:
        pytest.skip(f"packages cannot be downloaded: no answer in {INDEX_SECONDS} seconds")
    if reached.returncode:
        pytest.skip(f"packages cannot be downloaded: {reached.stderr.strip().splitlines()[-1]}")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    git(source, home, "init", "--quiet")
    git(source, home, "add", "--all", "--force")
    git(source, home, "commit", "--quiet", "--message", "All of it")
    for path, text in (
        ("deploy/aws-node.yaml", UNQUOTED),
        ("deploy/patch.yml", MALFORMED),
        ("deploy/main.tf", TERRAFORM),
        ("deploy/settings.toml", TOML),
        ("charts/web/templates/ingress.yaml", TEMPLATE),
        ("later/aws-node.yaml", MALFORMED),
    ):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")
    git(target, home, "init", "--quiet")
    git(target, home, "add", "deploy", "charts")
    ran = run(["pre-commit", "try-repo", str(source), "--verbose"], target, home, INSTALL_SECONDS)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    return target, ran.stdout


def said(printed: str, name: str) -> str:
    """Return what pre-commit printed of one hook."""
    return re.split(rf"^{name}\.{{5,}}", printed, flags=re.MULTILINE)[1].split("\ncnilint", 1)[0]


def test_installed_from_a_repository_they_see_the_staged_files_alone(tried: tuple[Path, str]) -> None:
    target, printed = tried
    check, fix = said(printed, "cnilint"), said(printed, "cnilint-fix")
    assert check.startswith("Failed")
    assert "exit code: 1" in check
    assert "deploy/aws-node.yaml:11:22: error: ENABLE_POD_ENI: true" in check
    assert "deploy/patch.yml:11:22: warning:" in check
    assert "deploy/main.tf:4:64: warning: ENABLE_POD_ENI=" in check
    assert "1 error, 2 warnings, 2 info in 3 files (5 files looked at, 4 configure the VPC CNI)" in check
    assert "later/" not in printed
    assert "cannot check" not in printed
    assert fix.startswith("Failed")
    assert "files were modified by this hook" in fix
    assert (target / "deploy/aws-node.yaml").read_text(encoding="utf-8") == FIXED
    assert (target / "deploy/patch.yml").read_text(encoding="utf-8") == MALFORMED
    assert (target / "later/aws-node.yaml").read_text(encoding="utf-8") == MALFORMED
