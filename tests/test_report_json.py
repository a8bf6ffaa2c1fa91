from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator, ValidationError

from cnilint.errors import SourceError
from cnilint.finding import EFFECTS, SEVERITIES, Finding, Location, Report
from cnilint.report import FORMATS, Style

SCHEMA: Final = json.loads(
    (Path(__file__).parent.parent / "schemas" / "report.schema.json").read_text(encoding="utf-8")
)
VALIDATOR: Final = Draft202012Validator(SCHEMA)

FINDING = Finding(
    "warm-ip-target-of-one",
    "warm-pool",
    "error",
    "api-calls",
    "WARM_IP_TARGET=1 · too few",
    Location("deploy/aws-k8s-cni.yaml", 214, 22, 215, 3, '              value: "1"'),
    "Set it to 2 or more.",
    "https://example.com",
)
REPORT = Report((FINDING,), (SourceError("no such file", "a.yaml"), SourceError("a tab", "b.yaml", 3, 1)), 3, 1)


def read(report: Report) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(FORMATS["json"](report, Style()))


def test_whole_report() -> None:
    assert FORMATS["json"](REPORT, Style(color=True, quiet=True)) == (
        """{
  "version": 1,
  "findings": [
    {
      "rule": "warm-ip-target-of-one",
      "category": "warm-pool",
      "severity": "error",
      "effect": "api-calls",
      "message": "WARM_IP_TARGET=1 · too few",
      "path": "deploy/aws-k8s-cni.yaml",
      "line": 214,
      "column": 22,
      "endLine": 215,
      "endColumn": 3,
      "fix": "Set it to 2 or more.",
      "url": "https://example.com"
    }
  ],
  "errors": [
    {
      "path": "a.yaml",
      "line": null,
      "column": null,
      "message": "no such file"
    },
    {
      "path": "b.yaml",
      "line": 3,
      "column": 1,
      "message": "a tab"
    }
  ],
  "summary": {
    "files": 3,
    "checked": 1,
    "error": 1,
    "warning": 0,
    "info": 0
  }
}
"""
    )


def test_nothing_found() -> None:
    assert read(Report((), (), 0, 0)) == {
        "version": 1,
        "findings": [],
        "errors": [],
        "summary": {"files": 0, "checked": 0, "error": 0, "warning": 0, "info": 0},
    }


def test_the_schema_is_one_and_knows_the_vocabulary() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    finding = SCHEMA["$defs"]["finding"]["properties"]
    assert finding["severity"]["enum"] == [*SEVERITIES]
    assert finding["effect"]["enum"] == [*EFFECTS]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["version"], 2),
        (["more"], 1),
        (["findings", 0, "line"], 0),
        (["findings", 0, "endColumn"], None),
        (["findings", 0, "severity"], "fatal"),
        (["findings", 0, "more"], 1),
        (["errors", 0, "line"], 0),
        (["errors", 0, "message"], None),
        (["summary", "files"], -1),
        (["summary", "note"], 0),
    ],
)
def test_the_schema_refuses_what_a_report_never_holds(path: list[Any], value: object) -> None:
    report = read(REPORT)
    VALIDATOR.validate(report)
    part = report
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(ValidationError):
        VALIDATOR.validate(report)


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("\udc80", r"\\udc80"),
        ("\ud83d \ude00", r"\\ud83d \\ude00"),
        ("\x1b[31m", r"\u001b[31m"),
        ("\x7f\x9b", r"\u007f\u009b"),
        ("\u202e\u2028", r"\u202e\u2028"),
        ('C:\\ "x" \n', r"C:\\ \"x\" \n"),
        ("値 😀", "値 😀"),
    ],
)
def test_characters(message: str, written: str) -> None:
    content = FORMATS["json"](REPORT._replace(findings=(FINDING._replace(message=message),)), Style())
    assert f'      "message": "{written}",\n' in content
    expected = message.encode("utf-8", "backslashreplace").decode("utf-8")
    assert json.loads(content)["findings"][0]["message"] == expected
