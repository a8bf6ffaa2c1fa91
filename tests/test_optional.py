"""Optional rules: off, unless they are selected or the configuration gives them a severity."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cnilint.errors import RuleError
from cnilint.rule import compiled, from_catalogue
from cnilint.rulefile import parsed
from cnilint.source.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

KEPT = "field-edited-and-kept"
RULE = """\
id: some-rule
category: some
severity: info
effect: no-effect
since: "1"
summary: Something
why: It is so.
fix: Leave it.
references: [https://example.com]
optional: {optional}
at: surface
message: something
good: ["env: {{}}"]
bad: [{{config: "env: {{}}", finds: ["1:1 something"]}}]
"""


@pytest.mark.parametrize(
    ("levels", "options", "severities"),
    [
        ("{}", [], []),
        ("{}", ["--select", KEPT], ["info"]),
        ("{}", ["--select", "ownership"], ["info"]),
        ("{}", ["--select", "ownership", "--ignore", KEPT], []),
        (f"{{{KEPT}: warning}}", [], ["warning"]),
        ("{ownership: warning}", [], []),
        (f"{{{KEPT}: off}}", ["--select", "ownership"], []),
        (f"{{ownership: warning, {KEPT}: info}}", [], ["info"]),
    ],
)
def test_it_is_on_only_where_somebody_asks_for_it(  # noqa: PLR0913, PLR0917  # the case and three fixtures
    levels: str, options: list[str], severities: list[str], manifest: str, cnilint: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / ".cnilint.yaml").write_text(f"managed: false\nrules: {levels}\n")
    (tmp_path / "x.yaml").write_text(manifest)
    ran = cnilint("check", "--format", "json", *options, "x.yaml")
    found = [item for item in ran.json["findings"] if item["message"].startswith("WARM_IP_TARGET of aws-node is 5;")]
    assert [item["severity"] for item in found] == severities
    assert all(item["ownership"]["verdict"] == "kept" for item in found)


def test_an_override_switches_it_on_for_its_files_alone(manifest: str, cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / ".cnilint.yaml").write_text(
        f"managed: false\noverrides:\n  - files: [a.yaml]\n    rules: {{{KEPT}: info}}\n"
    )
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(manifest)
    ran = cnilint("check", "--format", "json", ".")
    assert {item["path"] for item in ran.json["findings"] if item["rule"] == KEPT} == {"a.yaml"}


def test_what_an_ignore_comment_names_is_not_unused_while_the_rule_is_off(
    manifest: str, cnilint: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / ".cnilint.yaml").write_text("managed: false\n")
    (tmp_path / "x.yaml").write_text(manifest.replace('value: "5"', f'value: "5" # cnilint: ignore[{KEPT}] ours'))
    off, on = cnilint("check", "-q", "x.yaml"), cnilint("check", "-q", "--select", "ownership", "x.yaml")
    assert "unused-ignore" not in off.out
    assert "WARM_IP_TARGET" not in on.out


def test_the_list_of_rules_says_so(cnilint: CommandLine) -> None:
    lines = [line for line in cnilint("rules").out.splitlines() if line.endswith(" (optional)")]
    rows = {row["id"]: row["optional"] for row in cnilint("rules", "--format", "json").json["rules"]}
    assert {line.split()[0] for line in lines} == {name for name, optional in rows.items() if optional}
    assert rows[KEPT]
    assert "off unless selected" in cnilint("explain", KEPT).out


@pytest.mark.parametrize(("written", "optional"), [("true", True), ("false", False)])
def test_the_catalogue_keeps_it(written: str, optional: bool, tmp_path: Path) -> None:  # noqa: FBT001  # the case
    rule = parsed(Text(RULE.format(optional=written)))
    (tmp_path / "rules.jsonl").write_text(compiled([rule]))
    (card,) = from_catalogue(str(tmp_path / "rules.jsonl"))
    assert card.optional is card.rule.optional is rule.optional is optional


def test_anything_else_is_refused_with_its_place() -> None:
    with pytest.raises(RuleError, match="optional must be true or false") as caught:
        parsed(Text(RULE.format(optional="maybe")))
    assert (caught.value.line, caught.value.column) == (10, 11)


def test_the_reports_carry_the_verdict(manifest: str, cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(manifest.replace("serviceAccountName: aws-node", "serviceAccountName: other"))
    wanted = {"field": "spec.template.spec.serviceAccountName", "manager": "", "verdict": "unknown"}
    options = ("check", "--no-config", "--select", "managed-service-account-edited")
    (found,) = cnilint(*options, "--format", "json", "x.yaml").json["findings"]
    assert found["ownership"] == wanted
    (result,) = json.loads(cnilint(*options, "--format", "sarif", "x.yaml").out)["runs"][0]["results"]
    assert result["properties"] == {"ownership": wanted}
