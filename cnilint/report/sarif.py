"""For code scanning: SARIF 2.1.0, with what GitHub needs to show an alert and to know it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint import __version__
from cnilint.finding import RuleSummary
from cnilint.report.printable import dumped
from cnilint.report.uri import artifact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilint.errors import CnilintError
    from cnilint.finding import Finding, Location, Report
    from cnilint.report import Style

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEMS = {"error": "error", "warning": "warning", "info": "recommendation"}
_LONGEST_DESCRIPTION = 1024  # GitHub takes no more
# How far around a span the characters count that make a finding known again: a minified file is one line.
_NEAR = 200


def sarif(report: Report, style: Style) -> str:
    """Return a SARIF log of one run."""
    rules = _rules(report)
    run: dict[str, object] = {
        "tool": {
            "driver": {
                "name": "cnilint",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in rules.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report.errors)],
        "results": _results(report.findings, {name: index for index, name in enumerate(rules)}),
    }
    if style.category:
        run["automationDetails"] = {"id": style.category.rstrip("/") + "/"}
    return dumped({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(report: Report) -> dict[str, RuleSummary]:
    """Return every rule that was on, by its name, and those a finding names though the report does not know them."""
    rules = {rule.id: rule for rule in report.rules}
    for found in report.findings:
        summary = found.rule.replace("-", " ")
        references = (found.url,) if found.url else ()
        unlisted = RuleSummary(
            found.rule, found.category, found.severity, found.effect, summary, "", found.fix, references
        )
        rules.setdefault(found.rule, unlisted)
    return rules


def _rule(rule: RuleSummary) -> dict[str, object]:
    described = rule.why.strip() or rule.summary
    listed = "\n".join(f"- {reference}" for reference in rule.references)
    links = "\n".join(f"- <{reference}>" for reference in rule.references)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": _short(rule.summary)},
        "fullDescription": {"text": _short(described.split("\n\n")[0])},
        "help": {
            "text": _paragraphs(described, f"Fix: {rule.fix.strip()}", f"Effect: {rule.effect}", listed),
            "markdown": _paragraphs(described, f"**Fix:** {rule.fix.strip()}", f"**Effect:** `{rule.effect}`", links),
        },
        **({"helpUri": rule.references[0]} if rule.references else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": list(dict.fromkeys(filter(None, (rule.category, rule.effect)))),
            "precision": "high",
            "problem.severity": _PROBLEMS[rule.severity],
        },
    }


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_DESCRIPTION else line[: _LONGEST_DESCRIPTION - 3] + "..."


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def _results(findings: Iterable[Finding], indices: dict[str, int]) -> list[dict[str, object]]:
    seen: dict[tuple[str, ...], int] = {}
    results = []
    for finding in findings:
        known = _identity(finding)
        seen[known] = seen.get(known, 0) + 1
        results.append(_result(finding, indices[finding.rule], _fingerprint((*known, str(seen[known])))))
    return results


def _result(finding: Finding, index: int, fingerprint: str) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message + _links(finding)},
        "locations": [{"physicalLocation": _physical(finding.location)}],
        "partialFingerprints": {"cnilint/v1": fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": note}, "physicalLocation": _physical(place)}
            for number, (note, place) in enumerate(finding.related, 1)
        ]
    if finding.ownership:
        result["properties"] = {"ownership": finding.ownership._asdict()}
    if finding.edits:
        result["fixes"] = [_fix(finding)]
    return result


def _links(finding: Finding) -> str:
    """Return links to the related places: GitHub shows only those that the message embeds."""
    notes = [note.replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]") for note, _ in finding.related]
    links = ", ".join(f"[{note}]({number})" for number, note in enumerate(notes, 1))
    return f" ({links})" if links else ""


def _physical(place: Location) -> dict[str, object]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"artifactLocation": artifact(place.path), "region": region}


def _fix(finding: Finding) -> dict[str, object]:
    """Return the edits, which know offsets in the file's characters (its byte order mark is none)."""
    replacements = [
        {
            "deletedRegion": {"charOffset": edit.start, "charLength": edit.end - edit.start},
            "insertedContent": {"text": edit.content},
        }
        for edit in sorted(finding.edits)
    ]
    change = {"artifactLocation": artifact(finding.location.path), "replacements": replacements}
    return {"description": {"text": finding.fix}, "artifactChanges": [change]}


def _identity(finding: Finding) -> tuple[str, str, str]:
    """Return what stays when lines move: the rule, the file and what is written there, however it is indented."""
    place = finding.location
    near = place.excerpt[max(place.column - 1 - _NEAR, 0) : place.column - 1 + _NEAR]
    return finding.rule, str(artifact(place.path)["uri"]), " ".join(near.split())


def _fingerprint(parts: Iterable[str]) -> str:
    from hashlib import sha256  # noqa: PLC0415  # nothing else needs it

    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _invocation(errors: tuple[CnilintError, ...]) -> dict[str, object]:
    if not errors:
        return {"executionSuccessful": True}
    return {"executionSuccessful": False, "toolExecutionNotifications": [_notification(error) for error in errors]}


def _notification(error: CnilintError) -> dict[str, object]:
    notification: dict[str, object] = {"level": "error", "message": {"text": error.message}}
    if error.path:
        physical: dict[str, object] = {"artifactLocation": artifact(error.path)}
        region = {name: at for name, at in (("startLine", error.line), ("startColumn", error.column)) if at}
        if error.line:
            physical["region"] = region
        notification["locations"] = [{"physicalLocation": physical}]
    return notification
