"""Reports: what the engine found, as text for people and for machines. One module a format; none reads a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilint.finding import Report


class Style(NamedTuple):
    """What whoever runs cnilint wants a report to look like; a format ignores what does not concern it.

    For text: ``color``, ``quiet`` (findings and errors only, one line each), ``width`` (columns an excerpt may take).
    For SARIF: ``category`` (what keeps several analyses of one commit apart in GitHub code scanning).
    """

    color: bool = False
    quiet: bool = False
    width: int = 120
    category: str = ""


def _text(report: Report, style: Style) -> str:
    from cnilint.report.text import text  # noqa: PLC0415  # a run needs one format

    return text(report, style)


def _json(report: Report, style: Style) -> str:
    from cnilint.report.json import json  # noqa: PLC0415

    return json(report, style)


def _sarif(report: Report, style: Style) -> str:
    from cnilint.report.sarif import sarif  # noqa: PLC0415

    return sarif(report, style)


def _github(report: Report, style: Style) -> str:
    from cnilint.report.github import github  # noqa: PLC0415

    return github(report, style)


FORMATS: dict[str, Callable[[Report, Style], str]] = {
    "text": _text,
    "json": _json,
    "sarif": _sarif,
    "github": _github,
}
