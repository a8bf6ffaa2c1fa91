"""What the engine says: findings with their places, and the report that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilint.edit import Edit
    from cnilint.errors import CnilintError
    from cnilint.source.text import Span

# From worst to mildest. error: pods or nodes break; warning: does not do what it says, or harms; info: worth knowing.
SEVERITIES: Final = ("error", "warning", "info")

# What happens when nobody mends it, from worst to mildest.
EFFECTS: Final = (
    "agent-exits",
    "api-rejects",
    "pods-fail",
    "traffic",
    "addresses",
    "api-calls",
    "exposure",
    "no-effect",
    "diagnostics",
)


class Location(NamedTuple):
    """A place in a file: 1-based lines and columns (in characters), end exclusive, and the first line's text."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    excerpt: str


def location(span: Span) -> Location:
    """Return a span's place, detached from its text."""
    line, column = span.text.position(span.start)
    end_line, end_column = span.text.position(max(span.start, span.end))
    return Location(span.text.path, line, column, end_line, end_column, span.text.line_at(span.start))


class Ownership(NamedTuple):
    """Whose the field is that a finding is about.

    ``field`` is its path, ``manager`` who wrote it as far as a live object shows it ("" otherwise), ``verdict`` one of
    ``reverted``, ``shipped``, ``shared``, ``kept`` and ``unknown`` (docs/ownership.md).
    """

    field: str
    manager: str
    verdict: str


class Finding(NamedTuple):
    """One judgement of one rule.

    ``fix`` is the rule's advice in prose; ``edits`` change the text so that the finding goes away and nothing that
    ipamd does changes, empty when there is no such change. ``related`` are further places, each with what is there to
    see. ``entry_line`` is the line on which the entry starts that the place is in: an ignore comment counts there too.
    ``subject`` is what it points to, by names that stay when lines move.
    ``ownership`` is there where the rule runs over fields and their owners.
    """

    rule: str
    category: str
    severity: str
    effect: str
    message: str
    location: Location
    fix: str
    url: str
    edits: tuple[Edit, ...] = ()
    related: tuple[tuple[str, Location], ...] = ()
    entry_line: int = 0
    subject: str = ""
    ownership: Ownership | None = None


class RuleSummary(NamedTuple):
    """What a report says of a rule that was switched on, whether or not it found anything."""

    id: str
    category: str
    severity: str
    effect: str
    summary: str
    why: str
    fix: str
    references: tuple[str, ...]


class Report(NamedTuple):
    """The outcome of one run: findings and errors in the order of the files, then of the places.

    ``files`` counts the files looked at, ``checked`` those that configure the CNI. ``left_out`` counts the
    findings that what was compared ``against`` has as well; None where nothing was.
    """

    findings: tuple[Finding, ...]
    errors: tuple[CnilintError, ...]
    files: int
    checked: int
    rules: Iterable[RuleSummary] = ()
    left_out: int | None = None
    against: str = ""

    def code(self, fail_on: str) -> int:
        """Return the exit code: 2 for an error, 1 for a finding as bad as ``fail_on`` (a severity, or ``never``)."""
        failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
        return 2 if self.errors else int(any(finding.severity in failing for finding in self.findings))

    def count(self, severity: str) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity == severity for finding in self.findings)
