"""For people: what is wrong and where, the line with the span underlined, what comes of it and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.report.excerpt import excerpt
from cnilint.report.printable import printable
from cnilint.report.summary import fault, summary

if TYPE_CHECKING:
    from cnilint.errors import CnilintError
    from cnilint.finding import Finding, Location, Report
    from cnilint.report import Style

_BOLD = "1"
_FRAME = "34"
_SEVERITY = {"error": "1;31", "warning": "1;33", "info": "1;36"}


def text(report: Report, style: Style) -> str:
    """Return a block a finding, then the errors, then one line that sums up; with ``style.quiet`` only a line each."""
    errors = "\n".join(_error(error, style) for error in report.errors)
    if style.quiet:
        lines = [*(_head(finding, style) for finding in report.findings), errors]
        return "".join(f"{line}\n" for line in lines if line)
    blocks = [*(_block(finding, style) for finding in report.findings), errors, summary(report)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _head(finding: Finding, style: Style) -> str:
    place = _painted(_place(finding.location), _BOLD, style)
    severity = _painted(finding.severity, _SEVERITY[finding.severity], style)
    return f"{place}: {severity}: {printable(finding.message)} [{printable(finding.rule)}]"


def _block(finding: Finding, style: Style) -> str:
    margin = " " * len(str(finding.location.line))
    remarks = [
        f"effect: {printable(finding.effect)}",
        *(f"fix: {printable(advice)}" for advice in [_advice(finding)] if advice),
        *(f"note: {_place(place)}: {printable(note)}" for note, place in finding.related),
    ]
    equals = _painted(f"{margin} =", _FRAME, style)
    return "\n".join([_head(finding, style), *_source(finding, style), *(f"{equals} {remark}" for remark in remarks)])


def _advice(finding: Finding) -> str:
    """Return how to mend it, on one line."""
    return " ".join([*finding.fix.split(), *(["(--fix mends this)"] if finding.edits else [])])


def _source(finding: Finding, style: Style) -> list[str]:
    """Return the line of a finding between frames, nothing where there is nothing to show."""
    place = finding.location
    if not place.excerpt.strip():
        return []
    number = str(place.line)
    shown = excerpt(place, style.width - len(number) - len(" | "))
    bar = _painted(f"{' ' * len(number)} |", _FRAME, style)
    carets = _painted("^" * shown.under, _SEVERITY[finding.severity], style)
    return [
        bar,
        f"{_painted(f'{number} |', _FRAME, style)} {shown.line}",
        f"{bar} {' ' * shown.before}{carets}",
    ]


def _error(error: CnilintError, style: Style) -> str:
    place = ":".join(str(part) for part in (printable(error.path), error.line, error.column) if part)
    head = f"{_painted(place, _BOLD, style)}: " if place else ""
    return f"{head}{_painted('error', _SEVERITY['error'], style)}: {fault(error)}: {printable(error.message)}"


def _place(place: Location) -> str:
    return f"{printable(place.path)}:{place.line}:{place.column}"


def _painted(words: str, code: str, style: Style) -> str:
    return f"\x1b[{code}m{words}\x1b[0m" if style.color else words
