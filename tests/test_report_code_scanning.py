"""What GitHub code scanning needs of a SARIF log."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cnilint.finding import EFFECTS, SEVERITIES, Finding, Location, Report, RuleSummary
from cnilint.report import FORMATS, Style

TEXT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
}
PLACE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["artifactLocation", "region"],
    "properties": {
        "artifactLocation": {
            "required": ["uri"],
            "properties": {
                "uri": {"pattern": r"^(?!\./)(?!//)[A-Za-z0-9._~/:%-]+$"},
                "uriBaseId": {"const": "%SRCROOT%"},
            },
        },
        "region": {
            "required": ["startLine", "startColumn", "endLine", "endColumn"],
            "additionalProperties": {"type": "integer", "minimum": 1},
        },
    },
}
# What GitHub asks of a log beyond the schema of SARIF, which asks for little.
GITHUB: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["tool", "results", "columnKind", "invocations"],
    "properties": {
        "tool": {
            "required": ["driver"],
            "properties": {
                "driver": {
                    "required": ["name", "semanticVersion", "rules"],
                    "properties": {
                        "rules": {
                            "items": {
                                "required": [
                                    "id",
                                    "shortDescription",
                                    "fullDescription",
                                    "help",
                                    "defaultConfiguration",
                                ],
                                "properties": {
                                    "shortDescription": TEXT,
                                    "fullDescription": TEXT,
                                    "help": {**TEXT, "required": ["text", "markdown"]},
                                    "defaultConfiguration": {
                                        "properties": {"level": {"enum": ["error", "warning", "note"]}}
                                    },
                                    "properties": {
                                        "required": ["tags", "precision", "problem.severity"],
                                        "properties": {
                                            "tags": {"maxItems": 10, "uniqueItems": True},
                                            "precision": {"enum": ["very-high", "high", "medium", "low"]},
                                            "problem.severity": {"enum": ["error", "warning", "recommendation"]},
                                        },
                                    },
                                },
                            }
                        }
                    },
                }
            },
        },
        "results": {
            "items": {
                "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
                "properties": {
                    "message": TEXT,
                    "level": {"enum": ["error", "warning", "note"]},
                    "locations": {"minItems": 1, "maxItems": 1, "items": {"properties": {"physicalLocation": PLACE}}},
                    "relatedLocations": {
                        "items": {
                            "required": ["id", "message", "physicalLocation"],
                            "properties": {"message": TEXT, "physicalLocation": PLACE},
                        }
                    },
                    "partialFingerprints": {"additionalProperties": {"pattern": "^[0-9a-f]{64}$"}, "minProperties": 1},
                },
            }
        },
    },
}
VALIDATOR: Final = Draft202012Validator(GITHUB)

WORDS = st.text(st.characters(exclude_categories=()), min_size=1, max_size=8)
NUMBERS = st.integers(1, 999)
PLACES = st.builds(Location, WORDS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, WORDS)
FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from(["one", "silent", "elsewhere"]),
    category=WORDS,
    severity=st.sampled_from(SEVERITIES),
    effect=st.sampled_from(EFFECTS),
    message=WORDS,
    location=PLACES | st.just(Location("a.yaml", 1, 1, 1, 4, "env:")),
    fix=WORDS,
    url=WORDS,
    related=st.lists(st.tuples(WORDS, PLACES), max_size=2).map(tuple),
)


@given(st.lists(FINDINGS, max_size=4))
def test_every_log_has_what_github_needs(findings: list[Finding]) -> None:
    listed = tuple(RuleSummary(name, "", "info", "traffic", "Sum", "", "Fix.", ()) for name in ("silent", "one"))
    [only] = json.loads(FORMATS["sarif"](Report(tuple(findings), (), 1, 1, listed), Style()))["runs"]
    VALIDATOR.validate(only)
    rules = only["tool"]["driver"]["rules"]
    results = only["results"]
    assert [rules[result["ruleIndex"]]["id"] for result in results] == [finding.rule for finding in findings]
    assert [result["ruleId"] for result in results] == [finding.rule for finding in findings]
    assert len({rule["id"] for rule in rules}) == len(rules)
    marks = [result["partialFingerprints"]["cnilint/v1"] for result in results]
    assert len(set(marks)) == len(marks)
