from __future__ import annotations

import pytest

from cnilint.edit import Edit
from cnilint.errors import CnilintError, ConfigError, RuleError, SourceError
from cnilint.finding import Finding, Location, Report
from cnilint.report import FORMATS, Style

FINDING = Finding(
    "warm-ip-target-of-one",
    "warm-pool",
    "error",
    "api-calls",
    "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod",
    Location("deploy/aws-k8s-cni.yaml", 214, 22, 214, 25, '              value: "1"'),
    "Set WARM_IP_TARGET to 2 or more,\n  or set MINIMUM_IP_TARGET as well.",
    "https://example.com",
)
FIXABLE = Finding(
    "warm-eni-target-ignored",
    "warm-pool",
    "warning",
    "no-effect",
    "WARM_ENI_TARGET=2 is ignored because WARM_IP_TARGET=1",
    Location("deploy/aws-k8s-cni.yaml", 9, 11, 10, 23, "        - name: WARM_ENI_TARGET"),
    "Remove it.",
    "https://example.com",
    (Edit(180, 240, ""),),
    (
        (
            "WARM_IP_TARGET is set here",
            Location("deploy/aws-k8s-cni.yaml", 214, 22, 214, 25, '              value: "1"'),
        ),
    ),
)
UNREAD = SourceError("found a tab where an indentation space is expected", "bad.yaml", 3, 1)


def text(report: Report, style: Style = Style()) -> str:  # noqa: B008 - immutable
    return FORMATS["text"](report, style)


def test_whole_report() -> None:
    report = Report((FIXABLE, FINDING), (UNREAD, CnilintError("no such folder", "rules")), 5, 1)
    assert text(report) == (
        "deploy/aws-k8s-cni.yaml:9:11: warning: "
        "WARM_ENI_TARGET=2 is ignored because WARM_IP_TARGET=1 [warm-eni-target-ignored]\n"
        "  |\n"
        "9 |         - name: WARM_ENI_TARGET\n"
        "  |           ^^^^^^^^^^^^^^^^^^^^^\n"
        "  = effect: no-effect\n"
        "  = fix: Remove it. (--fix mends this)\n"
        "  = note: deploy/aws-k8s-cni.yaml:214:22: WARM_IP_TARGET is set here\n"
        "\n"
        "deploy/aws-k8s-cni.yaml:214:22: error: "
        "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod [warm-ip-target-of-one]\n"
        "    |\n"
        '214 |               value: "1"\n'
        "    |                      ^^^\n"
        "    = effect: api-calls\n"
        "    = fix: Set WARM_IP_TARGET to 2 or more, or set MINIMUM_IP_TARGET as well.\n"
        "\n"
        "bad.yaml:3:1: error: cannot check: found a tab where an indentation space is expected\n"
        "rules: error: failure: no such folder\n"
        "\n"
        "1 error, 1 warning in 1 file (5 files looked at, 1 configures the VPC CNI); 1 file could not be checked; "
        "1 failure; 1 can be fixed with --fix.\n"
    )


def test_color() -> None:
    assert text(Report((FINDING,), (UNREAD,), 2, 1), Style(color=True)) == (
        "\x1b[1mdeploy/aws-k8s-cni.yaml:214:22\x1b[0m: \x1b[1;31merror\x1b[0m: "
        "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod [warm-ip-target-of-one]\n"
        "\x1b[34m    |\x1b[0m\n"
        '\x1b[34m214 |\x1b[0m               value: "1"\n'
        "\x1b[34m    |\x1b[0m                      \x1b[1;31m^^^\x1b[0m\n"
        "\x1b[34m    =\x1b[0m effect: api-calls\n"
        "\x1b[34m    =\x1b[0m fix: Set WARM_IP_TARGET to 2 or more, or set MINIMUM_IP_TARGET as well.\n"
        "\n"
        "\x1b[1mbad.yaml:3:1\x1b[0m: \x1b[1;31merror\x1b[0m: "
        "cannot check: found a tab where an indentation space is expected\n"
        "\n"
        "1 error in 1 file (2 files looked at, 1 configures the VPC CNI); 1 file could not be checked.\n"
    )


def test_quiet() -> None:
    assert text(Report((FIXABLE, FINDING), (UNREAD,), 2, 1), Style(quiet=True)) == (
        "deploy/aws-k8s-cni.yaml:9:11: warning: "
        "WARM_ENI_TARGET=2 is ignored because WARM_IP_TARGET=1 [warm-eni-target-ignored]\n"
        "deploy/aws-k8s-cni.yaml:214:22: error: "
        "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod [warm-ip-target-of-one]\n"
        "bad.yaml:3:1: error: cannot check: found a tab where an indentation space is expected\n"
    )


@pytest.mark.parametrize("checked", [0, 3])
def test_quiet_says_nothing_when_nothing_was_found(checked: int) -> None:
    assert text(Report((), (), 3, checked), Style(quiet=True)) == ""


@pytest.mark.parametrize(
    ("files", "checked", "line"),
    [
        (3, 3, "No problems found in 3 files."),
        (1, 1, "No problems found in 1 file."),
        (3, 1, "No problems found in 1 file (3 files looked at, 1 configures the VPC CNI)."),
        (3, 2, "No problems found in 2 files (3 files looked at, 2 configure the VPC CNI)."),
        (5, 0, "Nothing to check: none of the 5 files configures the VPC CNI."),
        (1, 0, "Nothing to check: the one file does not configure the VPC CNI."),
        (0, 0, "Nothing to check: no files."),
    ],
)
def test_last_line_without_findings(files: int, checked: int, line: str) -> None:
    assert text(Report((), (), files, checked)) == f"{line}\n"


@pytest.mark.parametrize(
    ("errors", "files", "checked", "line"),
    [
        (1, 1, 0, "1 file could not be checked."),
        (2, 2, 0, "2 files could not be checked."),
        (1, 2, 0, "Nothing to check: the other file does not configure the VPC CNI; 1 file could not be checked."),
        (2, 5, 0, "Nothing to check: none of the other 3 files configures the VPC CNI; 2 files could not be checked."),
        (
            1,
            2,
            1,
            "No problems found in 1 file (2 files looked at, 1 configures the VPC CNI); 1 file could not be checked.",
        ),
        # errors were found in the same file that was checked in part
        (1, 1, 1, "No problems found in 1 file; 1 file could not be checked."),
    ],
)
def test_last_line_is_never_clean_of_what_was_not_read(errors: int, files: int, checked: int, line: str) -> None:
    faults = tuple(SourceError("no", f"{number}.yaml") for number in range(errors))
    assert text(Report((), faults, files, checked)).splitlines()[-1] == line


def test_last_line_counts_files_not_errors_and_names_other_faults() -> None:
    again = SourceError("also", "bad.yaml", 8, 1)
    faults = (UNREAD, again, RuleError("a"), ConfigError("b"), RuleError("c"))
    assert text(Report((), faults, 2, 1)) == (
        "bad.yaml:3:1: error: cannot check: found a tab where an indentation space is expected\n"
        "bad.yaml:8:1: error: cannot check: also\n"
        "error: broken rule: a\n"
        "error: wrong configuration: b\n"
        "error: broken rule: c\n"
        "\n"
        "No problems found in 1 file (2 files looked at, 1 configures the VPC CNI); 1 file could not be checked; "
        "2 broken rules; 1 wrong configuration.\n"
    )


def test_last_line_counts_severities_and_files() -> None:
    info = FINDING._replace(severity="info")
    elsewhere = FINDING._replace(location=FINDING.location._replace(path="b.yaml"))
    findings = (FINDING, info, info, elsewhere)
    assert text(Report(findings, (), 2, 2)).splitlines()[-1] == "2 errors, 2 info in 2 files."
    assert text(Report(findings, (), 4, 2)).splitlines()[-1] == (
        "2 errors, 2 info in 2 files (4 files looked at, 2 configure the VPC CNI)."
    )


def test_finding_without_fix_or_line() -> None:
    bare = FINDING._replace(fix="", location=Location("empty.yaml", 1, 1, 1, 1, ""))
    assert text(Report((bare,), (), 1, 1)) == (
        "empty.yaml:1:1: error: "
        "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod [warm-ip-target-of-one]\n"
        "  = effect: api-calls\n"
        "\n"
        "1 error in 1 file.\n"
    )
