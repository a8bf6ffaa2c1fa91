"""For GitHub Actions: workflow commands that become annotations on the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.report.printable import printable
from cnilint.report.summary import fault, summary

if TYPE_CHECKING:
    from cnilint.errors import CnilintError
    from cnilint.finding import Finding, Report
    from cnilint.report import Style

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def github(report: Report, style: Style) -> str:  # noqa: ARG001  # a workflow command has one look
    """Return a command a finding and an error, and the summary: GitHub shows ten annotations a step at most."""
    findings = (_finding(finding) for finding in report.findings)
    errors = (_error(error) for error in report.errors)
    return "".join(f"{line}\n" for line in (*findings, *errors, summary(report)))


def _finding(finding: Finding) -> str:
    place = finding.location
    where: dict[str, str | int] = {"file": place.path, "line": place.line, "endLine": place.end_line}
    if place.line == place.end_line:  # the runner drops the columns of a span over several lines
        where |= {"col": place.column, "endColumn": place.end_column}
    lines = [finding.message, *([f"Fix: {' '.join(finding.fix.split())}"] if finding.fix else [])]
    return _command(_COMMANDS[finding.severity], {**where, "title": f"cnilint: {finding.rule}"}, lines)


def _error(error: CnilintError) -> str:
    where: dict[str, str | int] = {"file": error.path, "line": error.line, "col": error.column}
    return _command("error", {**where, "title": f"cnilint: {fault(error)}"}, [error.message])


def _command(name: str, properties: dict[str, str | int], lines: list[str]) -> str:
    known = ",".join(f"{key}={_property(printable(str(value)))}" for key, value in properties.items() if value)
    return f"::{name} {known}::{_data(chr(10).join(map(printable, lines)))}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
