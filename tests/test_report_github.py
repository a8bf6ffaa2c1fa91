from __future__ import annotations

import pytest

from cnilint.errors import CnilintError, RuleError, SourceError
from cnilint.finding import Finding, Location, Report
from cnilint.report import FORMATS, Style

FINDING = Finding(
    "warm-ip-target-of-one",
    "warm-pool",
    "error",
    "api-calls",
    "WARM_IP_TARGET=1 is too few",
    Location("deploy/aws-k8s-cni.yaml", 214, 22, 214, 25, '              value: "1"'),
    "Set it to 2\n  or more.",
    "https://example.com",
)
BLOCK = Location("a.yaml", 9, 11, 12, 3, "- name: x")


def github(*findings: Finding, errors: tuple[CnilintError, ...] = ()) -> list[str]:
    return FORMATS["github"](Report(findings, errors, 1, 1), Style(color=True, quiet=True)).split("\n")


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Return a workflow command as the runner of GitHub Actions reads it."""
    start, data = line[2:].split("::", 1)
    command, _, rest = start.partition(" ")
    properties = dict(pair.split("=", 1) for pair in rest.split(","))
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        properties = {key: value.replace(escape, character) for key, value in properties.items()}
        data = data if escape in {"%3A", "%2C"} else data.replace(escape, character)
    return command, properties, data


def test_whole_report() -> None:
    warning = FINDING._replace(severity="warning", location=BLOCK)
    info = FINDING._replace(severity="info", fix="")
    errors = (SourceError("a tab", "bad.yaml", 3, 1), RuleError("no such folder", "rules"), RuleError("none at all"))
    report = Report((FINDING, warning, info), errors, 4, 2)
    assert FORMATS["github"](report, Style()) == (
        "::error file=deploy/aws-k8s-cni.yaml,line=214,endLine=214,col=22,endColumn=25,"
        "title=cnilint%3A warm-ip-target-of-one::WARM_IP_TARGET=1 is too few%0AFix: Set it to 2 or more.\n"
        "::warning file=a.yaml,line=9,endLine=12,"
        "title=cnilint%3A warm-ip-target-of-one::WARM_IP_TARGET=1 is too few%0AFix: Set it to 2 or more.\n"
        "::notice file=deploy/aws-k8s-cni.yaml,line=214,endLine=214,col=22,endColumn=25,"
        "title=cnilint%3A warm-ip-target-of-one::WARM_IP_TARGET=1 is too few\n"
        "::error file=bad.yaml,line=3,col=1,title=cnilint%3A cannot check::a tab\n"
        "::error file=rules,title=cnilint%3A broken rule::no such folder\n"
        "::error title=cnilint%3A broken rule::none at all\n"
        "1 error, 1 warning, 1 info in 2 files (4 files looked at, 2 configure the VPC CNI); "
        "1 file could not be checked; 2 broken rules.\n"
    )


def test_nothing_found_is_the_last_line_alone() -> None:
    assert github() == ["No problems found in 1 file.", ""]


@pytest.mark.parametrize("path", ["a,b=c.yaml", "C:/x.yaml", "100%.yaml", "%2C%25.yaml", "::error::.yaml"])
@pytest.mark.parametrize("message", ["100% of a, b: c", "%0A is not a line", "::error::x", "plain"])
def test_the_runner_reads_what_was_meant(path: str, message: str) -> None:
    line, _, _ = github(FINDING._replace(message=message, location=FINDING.location._replace(path=path)))
    assert parsed(line) == (
        "error",
        {
            "file": path,
            "line": "214",
            "endLine": "214",
            "col": "22",
            "endColumn": "25",
            "title": "cnilint: warm-ip-target-of-one",
        },
        f"{message}\nFix: Set it to 2 or more.",
    )


def test_a_message_cannot_start_a_command() -> None:
    lines = github(FINDING._replace(message="x\n::set-output name=y::z", fix="x\r::stop-commands::y"))
    assert lines[0].endswith(r"::x\n::set-output name=y::z%0AFix: x ::stop-commands::y")
    assert lines[1:] == ["1 error in 1 file.", ""]
