"""The examples of docs/output.md are what the formats print."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from cnilint.edit import Edit
from cnilint.errors import SourceError
from cnilint.finding import EFFECTS, Finding, Location, Report, RuleSummary
from cnilint.report import FORMATS, Style

PAGE: Final = Path(__file__).parent.parent / "docs" / "output.md"

FIX = "Remove WARM_ENI_TARGET, or remove WARM_IP_TARGET if whole warm ENIs are what you want."
URL = "https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/eni-and-ip-target.md"
FINDING = Finding(
    "warm-eni-target-ignored",
    "warm-pool",
    "warning",
    "no-effect",
    "WARM_ENI_TARGET=2 is ignored because WARM_IP_TARGET=5",
    Location("deploy/aws-node.yaml", 41, 22, 41, 25, '              value: "2"'),
    FIX,
    URL,
    (Edit(1180, 1246, ""),),
    (("WARM_IP_TARGET is set here", Location("deploy/aws-node.yaml", 43, 22, 43, 25, '              value: "5"')),),
)
RULE = RuleSummary(
    FINDING.rule, "warm-pool", "warning", "no-effect", "WARM_ENI_TARGET has no effect", "Because.", FIX, (URL,)
)
ERROR = SourceError("mapping values are not allowed here", "deploy/values.yaml", 7, 3)
REPORT = Report((FINDING,), (ERROR,), 3, 1, (RULE,))


def examples(language: str) -> list[str]:
    """Return the examples of reports; those of the list of surfaces are run as commands (test_docs)."""
    reports = PAGE.read_text(encoding="utf-8").partition("\n## surfaces\n")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", reports, re.DOTALL | re.MULTILINE)


def test_text_examples() -> None:
    text, quiet, github = examples("text")
    assert FORMATS["text"](REPORT, Style()) == text
    assert FORMATS["text"](REPORT, Style(quiet=True)) == quiet
    assert FORMATS["github"](REPORT, Style()) == github


def test_json_examples() -> None:
    report, result = examples("json")
    assert FORMATS["json"](REPORT, Style()) == report
    [run] = json.loads(FORMATS["sarif"](REPORT, Style()))["runs"]
    assert json.dumps(run["results"][0], indent=2) + "\n" == result


def test_last_lines() -> None:
    page = PAGE.read_text(encoding="utf-8")
    clean = Report((), (), 3, 3)
    for report in (clean, Report((), (), 5, 0), clean._replace(errors=(ERROR,), checked=2)):
        assert f"| `{FORMATS['text'](report, Style()).splitlines()[-1]}` |" in page


def test_every_format_and_effect_is_described() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == [*FORMATS, "surfaces", "Exit codes"]
    assert " ".join(f"`{effect}`" for effect in EFFECTS) in page
