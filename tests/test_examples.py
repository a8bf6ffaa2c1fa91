"""What the examples find, and that their README tells the truth about them."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cnilint.rule import built_in

if TYPE_CHECKING:
    from conftest import CommandLine, Ran

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
README = (EXAMPLES / "README.md").read_text("utf-8")
RULES = cache(built_in)  # read once for all tests
COMMANDS = re.findall(r"(?m)^\$ cnilint (.*)$", README)

ALONE = {
    "after-an-upgrade.yaml": """
        51 managed-probe-edited
        53 probe-of-other-release
        57 managed-probe-edited
        60 managed-probe-edited
        62 probe-of-other-release
        74 removed-variable
        77 ec2-endpoint-without-effect
        78 misspelt-variable
        83 managed-variable-edited
        83 version-variable-differs
        105 agent-on-other-endpoint
        108 managed-flag-edited
        109 managed-flag-edited""",
    "clean.yaml": """
        79 managed-variable-edited
        81 managed-variable-edited
        116 managed-flag-edited""",
    "cloudformation.yaml": """
        19 addon-value-not-a-string
        22 max-eni-of-one-with-custom-networking
        24 warm-eni-target-ignored
        25 addon-values-trailing-comma""",
    "custom-networking.yaml": """
        14 eni-config-unknown-key
        90 managed-variable-edited
        92 zone-label-deprecated
        94 skipped-cidr
        96 max-eni-of-one-with-custom-networking
        129 managed-flag-edited""",
    "eksctl.yaml": """
        12 conflicts-overwritten
        16 prefix-delegation-on-xen
        17 addon-value-not-a-string
        18 addon-key-refused
        19 addon-key-misplaced
        25 stated-max-pods-below-mode""",
    "helm-release.yaml": """
        19 warm-eni-target-ignored
        20 misspelt-variable
        21 enforcing-mode-without-pod-eni
        22 malformed-value
        23 misplaced-variable""",
    "karpenter.yaml": """
        32 max-pods-overridden""",
    "main.tf": """
        14 addon-after-compute
        20 addon-value-not-a-string
        21 malformed-value
        23 addon-value-not-a-string""",
    "patch.yaml": """
        14 misplaced-variable
        20 env-value-not-a-string
        20 managed-variable-edited
        22 env-value-not-a-string
        23 misspelt-variable
        26 malformed-value
        26 managed-variable-edited
        28 duplicated-variable
        30 managed-variable-edited""",
    "prefix-delegation.yaml": """
        73 managed-variable-edited
        75 managed-variable-edited
        75 warm-eni-target-with-prefixes
        77 managed-variable-edited
        79 minimum-ip-target-alone
        110 managed-flag-edited""",
}


@pytest.fixture(autouse=True)
def rules_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnilint.run.built_in", RULES)


@pytest.fixture
def at_the_top(cnilint: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Return the command line, run at the top of the repository."""
    monkeypatch.chdir(ROOT)
    return cnilint


def found(ran: Ran) -> dict[str, list[str]]:
    """Return line and rule of each finding, by file."""
    by_file: dict[str, list[str]] = {}
    for finding in ran.json["findings"]:
        by_file.setdefault(Path(finding["path"]).name, []).append(f"{finding['line']} {finding['rule']}")
    return by_file


def test_the_examples_find_what_they_are_there_for(at_the_top: CommandLine) -> None:
    ran = at_the_top("check", "--format", "json", "examples")
    assert found(ran) == {name: [line.strip() for line in lines.split("\n")[1:]] for name, lines in ALONE.items()}
    assert ran.json["summary"]["checked"] == len(ALONE)
    assert not ran.json["errors"]
    assert ran.code == 1


def test_the_clean_example_is_clean_in_every_way(at_the_top: CommandLine) -> None:
    assert at_the_top("check", "examples/clean.yaml").code == 0
    assert (
        at_the_top("check", "--fail-on", "info", "--config", "examples/.cnilint.yaml", "examples/clean.yaml").code == 0
    )


def test_the_configuration_brings_the_policy_and_takes_ownership_away(at_the_top: CommandLine) -> None:
    ran = at_the_top("check", "--format", "json", "--config", "examples/.cnilint.yaml", "examples")
    rules = {name: {line.partition(" ")[2] for line in lines} for name, lines in found(ran).items()}
    with_policy = {name for name, said in rules.items() if "eni-tag-team-missing" in said}
    silent = {"clean.yaml", "karpenter.yaml", "patch.yaml"}  # a tag; nodes alone and patches leave tags open
    assert with_policy == ALONE.keys() - silent
    assert not {rule for said in rules.values() for rule in said if rule.startswith("managed-")}
    assert {"max-pods-below-mode", "minimum-ip-target-above-max-pods"} <= rules["prefix-delegation.yaml"]


def test_the_readme_names_every_example() -> None:
    linked = set(re.findall(r"\]\(([^)]+)\)", README))
    there = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*") if path.is_file()}
    assert linked == there - {"README.md"}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_readme_run(command: str, at_the_top: CommandLine) -> None:
    ran = at_the_top(*shlex.split(command))
    assert ran.code == int(command.startswith("check"))
    assert ran.out


def test_a_fix_mends_the_patch(cnilint: CommandLine, tmp_path: Path) -> None:
    copy = tmp_path / "patch.yaml"
    copy.write_bytes((EXAMPLES / "patch.yaml").read_bytes())
    ran = cnilint("check", "--no-config", "--ignore", "ownership", "--fix", "--format", "json", copy)
    assert found(ran)["patch.yaml"] == ["14 misplaced-variable", "23 misspelt-variable", "26 malformed-value"]
    assert '\n              value: "5" # a burst\n' in copy.read_text("utf-8")
