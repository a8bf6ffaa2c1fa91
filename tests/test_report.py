"""What holds for every report, whatever was found."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cnilint.edit import Edit
from cnilint.errors import CnilintError, ConfigError, RuleError, SourceError
from cnilint.finding import EFFECTS, SEVERITIES, Finding, Location, Report, RuleSummary
from cnilint.report import FORMATS, Style

ROOT: Final = Path(__file__).parent.parent
SCHEMA: Final = json.loads((ROOT / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
JSON_VALIDATOR: Final = Draft202012Validator(SCHEMA)

# Any code point at all, and often those that do harm: terminal commands, line breaks, half pairs, marks that reorder.
HOSTILE = st.sampled_from("\x1b\x9b\r\n\t\0\ud800\udc80\u202e\u2028%:,")
ANY = st.text(HOSTILE | st.characters(exclude_categories=()), max_size=8)
NUMBERS = st.integers(1, 10**6)
PLACES = st.builds(Location, ANY.map("x".__add__), NUMBERS, NUMBERS, NUMBERS, NUMBERS, ANY)
EDITS = st.builds(lambda start, length, content: Edit(start, start + length, content), NUMBERS, st.integers(0, 99), ANY)
FINDINGS = st.builds(
    Finding,
    rule=ANY,
    category=ANY,
    severity=st.sampled_from(SEVERITIES),
    effect=st.sampled_from(EFFECTS),
    message=ANY,
    location=PLACES,
    fix=ANY,
    url=ANY,
    edits=st.lists(EDITS, max_size=1).map(tuple),
    related=st.lists(st.tuples(ANY, PLACES), max_size=1).map(tuple),
)
KINDS = st.sampled_from([CnilintError, SourceError, RuleError, ConfigError])
ERRORS = st.builds(lambda kind, *place: kind(*place), KINDS, ANY, ANY, st.integers(0, 99), st.integers(0, 99))
RULES = st.builds(
    RuleSummary,
    id=ANY,
    category=ANY,
    severity=st.sampled_from(SEVERITIES),
    effect=st.sampled_from(EFFECTS),
    summary=ANY,
    why=ANY,
    fix=ANY,
    references=st.lists(ANY, max_size=2).map(tuple),
)
REPORTS = st.builds(
    Report,
    findings=st.lists(FINDINGS, max_size=2).map(tuple),
    errors=st.lists(ERRORS, max_size=2).map(tuple),
    files=st.integers(0, 9),
    checked=st.integers(0, 9),
    rules=st.lists(RULES, max_size=1).map(tuple),
)

COLOR: Final = re.compile(r"\x1b\[[0-9;]+m")


def escaped(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the value as JSON holds it: half a surrogate pair is written out."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {key: escaped(content) for key, content in value.items()}
    return [escaped(content) for content in value] if isinstance(value, list) else value


def unsafe(text: str) -> list[str]:
    """Return what a terminal would obey or cannot be encoded, line breaks aside."""
    return [c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@given(REPORTS)
def test_json_validates_and_round_trips(report: Report) -> None:
    content = FORMATS["json"](report, Style())
    content.encode("utf-8")
    read = json.loads(content)
    JSON_VALIDATOR.validate(read)
    assert read["findings"] == [
        escaped(
            {
                "rule": finding.rule,
                "category": finding.category,
                "severity": finding.severity,
                "effect": finding.effect,
                "message": finding.message,
                "path": finding.location.path,
                "line": finding.location.line,
                "column": finding.location.column,
                "endLine": finding.location.end_line,
                "endColumn": finding.location.end_column,
                "fix": finding.fix,
                "url": finding.url,
            }
        )
        for finding in report.findings
    ]
    assert read["errors"] == [
        escaped(
            {
                "path": error.path or None,
                "line": error.line or None,
                "column": error.column or None,
                "message": error.message,
            }
        )
        for error in report.errors
    ]
    counts = {severity: [f.severity for f in report.findings].count(severity) for severity in SEVERITIES}
    assert read["summary"] == {"files": report.files, "checked": report.checked, **counts}


@given(REPORTS, st.builds(Style, color=st.just(value=False), quiet=st.booleans(), width=st.integers(0, 200)))
@example(Report((), (SourceError("\x1b]0;owned\x07", "\x1b[2J.yaml", 1, 1),), 1, 0), Style())
def test_text_holds_nothing_a_terminal_obeys(report: Report, style: Style) -> None:
    plain = FORMATS["text"](report, style)
    assert unsafe(plain) == []
    plain.encode("utf-8")
    assert COLOR.sub("", FORMATS["text"](report, style._replace(color=True))) == plain


@given(REPORTS)
def test_quiet_text_is_a_line_each(report: Report) -> None:
    lines = FORMATS["text"](report, Style(quiet=True)).split("\n")
    assert len(lines) == len(report.findings) + len(report.errors) + 1
    assert lines.pop() == ""
    assert all(lines)


@given(REPORTS)
def test_github_is_a_line_each_and_a_summary(report: Report) -> None:
    content = FORMATS["github"](report, Style())
    assert unsafe(content) == []
    lines = content.splitlines()
    assert len(lines) == len(report.findings) + len(report.errors) + 1
    assert [line.startswith("::") for line in lines] == [True] * (len(lines) - 1) + [False]


@pytest.mark.parametrize("format_", [*FORMATS])
@given(report=REPORTS)
def test_ends_with_one_newline_and_is_unicode(format_: str, report: Report) -> None:
    content = FORMATS[format_](report, Style(category="nightly"))
    assert content.endswith("\n")
    assert not content.endswith("\n\n")
    assert content.encode("utf-8").decode("utf-8") == content


def test_a_run_loads_the_one_format_it_prints() -> None:
    code = (
        "import sys\n"
        "from cnilint.finding import Report\n"
        "from cnilint.report import FORMATS, Style\n"
        "FORMATS['text'](Report((), (), 1, 1), Style())\n"
        "print(*sorted(name for name in sys.modules if name.startswith('cnilint.report.')))\n"
        "print(*sorted({'json', 'hashlib', 'urllib.parse', 'unicodedata', 'dataclasses', 'enum'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded, dear = done.stdout.splitlines()
    modules = ("excerpt", "printable", "summary", "text")
    assert loaded.split() == [f"cnilint.report.{module}" for module in modules]
    assert dear.split() == ["enum"]  # re needs it
