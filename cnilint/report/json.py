"""For programs: one versioned object, described by schemas/report.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.finding import SEVERITIES
from cnilint.report.printable import dumped

if TYPE_CHECKING:
    from cnilint.errors import CnilintError
    from cnilint.finding import Finding, Report
    from cnilint.report import Style

# Counts up when a member goes away or changes its meaning.
VERSION = 1


def json(report: Report, style: Style) -> str:  # noqa: ARG001  # JSON has one look
    """Return the report as a JSON object."""
    return dumped(
        {
            "version": VERSION,
            "findings": [_finding(finding) for finding in report.findings],
            "errors": [_error(error) for error in report.errors],
            "summary": {
                "files": report.files,
                "checked": report.checked,
                **{severity: report.count(severity) for severity in SEVERITIES},
                **({} if report.left_out is None else {"leftOut": report.left_out}),
            },
        }
    )


def _finding(finding: Finding) -> dict[str, object]:
    place = finding.location
    return {
        "rule": finding.rule,
        "category": finding.category,
        "severity": finding.severity,
        "effect": finding.effect,
        "message": finding.message,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "fix": finding.fix,
        "url": finding.url,
        **({"ownership": finding.ownership._asdict()} if finding.ownership else {}),
    }


def _error(error: CnilintError) -> dict[str, object]:
    return {
        "path": error.path or None,
        "line": error.line or None,
        "column": error.column or None,
        "message": error.message,
    }
