"""The last line of a report, and what an error is called: never clean of what was not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.errors import ConfigError, FixError, RuleError, SourceError
from cnilint.finding import SEVERITIES

if TYPE_CHECKING:
    from cnilint.errors import CnilintError
    from cnilint.finding import Report


_FAULTS = (
    (SourceError, "cannot check"),
    (FixError, "not fixed"),
    (RuleError, "broken rule"),
    (ConfigError, "wrong configuration"),
)


def fault(error: CnilintError) -> str:
    """Return what sort of error it is, in words that no finding uses."""
    return next((name for kind, name in _FAULTS if isinstance(error, kind)), "failure")


def summary(report: Report) -> str:
    """Return one sentence on the whole run."""
    unread = len({error.path for error in report.errors if isinstance(error, SourceError)})
    others = [fault(error) for error in report.errors if not isinstance(error, SourceError)]
    fixable = sum(bool(finding.edits) for finding in report.findings)
    clauses = [
        _outcome(report, max(report.files - unread, 0), unread),
        f"{_files(unread)} could not be checked" if unread else "",
        *(_counted(others.count(name), name) for name in dict.fromkeys(others)),
        f"{fixable} can be fixed with --fix" if fixable else "",
        f"{report.left_out} left out that {report.against} has as well" if report.left_out else "",
    ]
    return "; ".join(filter(None, clauses)) + "."


def _outcome(report: Report, read: int, unread: int) -> str:
    if report.findings:
        counts = ((severity, report.count(severity)) for severity in SEVERITIES)
        found = ", ".join(_counted(count, severity) for severity, count in counts if count)
        places = len({finding.location.path for finding in report.findings})
        return f"{found} in {_files(places)}{_looked_at(report, places)}"
    if report.checked:
        new = "new " if report.left_out else ""
        return f"No {new}problems found in {_files(report.checked)}{_looked_at(report, report.checked)}"
    return _nothing(read, unread)


def _looked_at(report: Report, told: int) -> str:
    """Return how many files there were, where the number ``told`` already does not say it all."""
    if report.files == report.checked == told:
        return ""
    configure = "configures" if report.checked == 1 else "configure"
    return f" ({_files(report.files)} looked at, {report.checked or 'none'} {configure} the VPC CNI)"


def _nothing(read: int, unread: int) -> str:
    if read == 0:
        return "" if unread else "Nothing to check: no files"
    if read == 1:
        return f"Nothing to check: the {'other' if unread else 'one'} file does not configure the VPC CNI"
    return f"Nothing to check: none of the {'other ' if unread else ''}{read} files configures the VPC CNI"


def _files(count: int) -> str:
    return _counted(count, "file")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 or word == "info" else f"{count} {word}s"
