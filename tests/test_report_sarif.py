from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cnilint import __version__
from cnilint.edit import Edit, fixed
from cnilint.errors import ConfigError, SourceError
from cnilint.finding import Finding, Location, Report, RuleSummary
from cnilint.report import FORMATS, Style

ONE = RuleSummary(
    "warm-ip-target-of-one",
    "warm-pool",
    "error",
    "api-calls",
    "WARM_IP_TARGET=1 is too few",
    "Every pod\ncosts `AssignPrivateIpAddresses`.\n\nIt throttles.\n",
    "Set it to 2 or more.\n",
    ("https://example.com/one", "https://example.com/two"),
)
SILENT = RuleSummary("silent", "addresses", "info", "addresses", "Nothing", "", "Nothing.", ())
FINDING = Finding(
    ONE.id,
    ONE.category,
    "warning",
    ONE.effect,
    "WARM_IP_TARGET=1 is too few",
    Location("./deploy/aws node.yaml", 214, 22, 214, 25, '              value: "1"'),
    "Set it to 2 or more.",
    "https://example.com/one",
)


def run(
    *findings: Finding, errors: tuple[Any, ...] = (), rules: tuple[RuleSummary, ...] = (), category: str = ""
) -> Any:  # noqa: ANN401 - any JSON
    content = FORMATS["sarif"](Report(findings, errors, 1, 1, rules), Style(category=category))
    [only] = json.loads(content)["runs"]
    return only


def fingerprints(*findings: Finding) -> list[str]:
    return [result["partialFingerprints"]["cnilint/v1"] for result in run(*findings)["results"]]


def at(place: Location, **changes: Any) -> Finding:  # noqa: ANN401 - any field
    return FINDING._replace(location=place._replace(**changes))


def test_whole_log() -> None:
    place = FINDING.location._replace(line=200, end_line=201)
    finding = FINDING._replace(edits=(Edit(7, 9, "2"),), related=(("the [other] half", place),))
    errors = (SourceError("a tab", "bad.yaml", 3, 1), SourceError("no such file", "gone.yaml"), ConfigError("no"))
    report = Report((finding,), errors, 3, 1, (SILENT, ONE))
    where = {"uri": "deploy/aws%20node.yaml", "uriBaseId": "%SRCROOT%"}
    log = json.loads(FORMATS["sarif"](report, Style(category="nightly/")))
    [result] = log["runs"][0]["results"]
    assert [*result.pop("partialFingerprints")] == ["cnilint/v1"]
    expected = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "cnilint",
                        "semanticVersion": __version__,
                        "rules": [
                            {
                                "id": "silent",
                                "name": "Silent",
                                "shortDescription": {"text": "Nothing"},
                                "fullDescription": {"text": "Nothing"},
                                "help": {
                                    "text": "Nothing\n\nFix: Nothing.\n\nEffect: addresses",
                                    "markdown": "Nothing\n\n**Fix:** Nothing.\n\n**Effect:** `addresses`",
                                },
                                "defaultConfiguration": {"level": "note"},
                                "properties": {
                                    "tags": ["addresses"],
                                    "precision": "high",
                                    "problem.severity": "recommendation",
                                },
                            },
                            {
                                "id": "warm-ip-target-of-one",
                                "name": "WarmIpTargetOfOne",
                                "shortDescription": {"text": "WARM_IP_TARGET=1 is too few"},
                                "fullDescription": {"text": "Every pod costs `AssignPrivateIpAddresses`."},
                                "help": {
                                    "text": "Every pod\ncosts `AssignPrivateIpAddresses`.\n\nIt throttles.\n\n"
                                    "Fix: Set it to 2 or more.\n\nEffect: api-calls\n\n"
                                    "- https://example.com/one\n- https://example.com/two",
                                    "markdown": "Every pod\ncosts `AssignPrivateIpAddresses`.\n\nIt throttles."
                                    "\n\n**Fix:** Set it to 2 or more.\n\n**Effect:** `api-calls`\n\n"
                                    "- <https://example.com/one>\n- <https://example.com/two>",
                                },
                                "helpUri": "https://example.com/one",
                                "defaultConfiguration": {"level": "error"},
                                "properties": {
                                    "tags": ["warm-pool", "api-calls"],
                                    "precision": "high",
                                    "problem.severity": "error",
                                },
                            },
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": False,
                        "toolExecutionNotifications": [
                            {
                                "level": "error",
                                "message": {"text": "a tab"},
                                "locations": [
                                    {
                                        "physicalLocation": {
                                            "artifactLocation": {"uri": "bad.yaml", "uriBaseId": "%SRCROOT%"},
                                            "region": {"startLine": 3, "startColumn": 1},
                                        }
                                    }
                                ],
                            },
                            {
                                "level": "error",
                                "message": {"text": "no such file"},
                                "locations": [
                                    {
                                        "physicalLocation": {
                                            "artifactLocation": {"uri": "gone.yaml", "uriBaseId": "%SRCROOT%"}
                                        }
                                    }
                                ],
                            },
                            {"level": "error", "message": {"text": "no"}},
                        ],
                    }
                ],
                "results": [result],
                "automationDetails": {"id": "nightly/"},
            }
        ],
    }
    assert log == expected
    assert result == {
        "ruleId": "warm-ip-target-of-one",
        "ruleIndex": 1,
        "level": "warning",
        "message": {"text": r"WARM_IP_TARGET=1 is too few ([the \[other\] half](1))"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": where,
                    "region": {"startLine": 214, "startColumn": 22, "endLine": 214, "endColumn": 25},
                }
            }
        ],
        "relatedLocations": [
            {
                "id": 1,
                "message": {"text": "the [other] half"},
                "physicalLocation": {
                    "artifactLocation": where,
                    "region": {"startLine": 200, "startColumn": 22, "endLine": 201, "endColumn": 25},
                },
            }
        ],
        "fixes": [
            {
                "description": {"text": "Set it to 2 or more."},
                "artifactChanges": [
                    {
                        "artifactLocation": where,
                        "replacements": [
                            {"deletedRegion": {"charOffset": 7, "charLength": 2}, "insertedContent": {"text": "2"}}
                        ],
                    }
                ],
            }
        ],
    }


def test_nothing_found_is_a_run_with_rules_and_no_results() -> None:
    clean = run(rules=(ONE,))
    assert (clean["results"], clean["invocations"]) == ([], [{"executionSuccessful": True}])
    assert [rule["id"] for rule in clean["tool"]["driver"]["rules"]] == [ONE.id]


def test_without_a_category_the_upload_chooses_it() -> None:
    assert "automationDetails" not in run(FINDING)
    assert run(FINDING, category="cnilint/prod")["automationDetails"] == {"id": "cnilint/prod/"}


def test_a_rule_the_report_does_not_list_is_listed() -> None:
    bare = FINDING._replace(rule="ignore-of-nothing", url="")
    found = run(bare, FINDING, bare, rules=(ONE,))
    assert [rule["id"] for rule in found["tool"]["driver"]["rules"]] == [ONE.id, "ignore-of-nothing"]
    assert found["tool"]["driver"]["rules"][1]["shortDescription"] == {"text": "ignore of nothing"}
    assert [result["ruleIndex"] for result in found["results"]] == [1, 0, 1]


def test_descriptions_are_no_longer_than_github_takes() -> None:
    [rule] = run(rules=(ONE._replace(summary="x" * 1024, why="y" * 1025),))["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "x" * 1024
    assert rule["fullDescription"]["text"] == "y" * 1021 + "..."


def test_a_fingerprint_stays_when_lines_move() -> None:
    place = FINDING.location
    moved = at(
        place, line=9, end_line=9, column=12, end_column=15, path="deploy/aws node.yaml", excerpt='value:  "1"  '
    )
    assert fingerprints(FINDING) == fingerprints(moved)


def test_a_fingerprint_tells_findings_apart() -> None:
    place = FINDING.location
    others = (FINDING, at(place, path="b.yaml"), at(place, excerpt='value: "0"'), FINDING._replace(rule="x"), FINDING)
    assert len(set(fingerprints(*others))) == 5


def test_a_fingerprint_in_a_minified_file_does_not_know_the_rest_of_it() -> None:
    near = "." * 200 + '"name":"WARM_IP_TARGET","value":"1"' + "." * 200
    first = Location("a.json", 1, 201, 1, 207, near + '{"version":1}')
    later = Location("a.json", 1, 1201, 1, 1207, "{" * 1000 + near + '{"version":2}')
    other = first._replace(excerpt=first.excerpt.replace("WARM_IP", "WARM_ENI"))
    assert fingerprints(at(first)) == fingerprints(at(later))
    assert fingerprints(at(first)) != fingerprints(at(other))


@given(st.text(min_size=1, max_size=40), st.data())
def test_a_fix_changes_the_text_as_the_edits_do(content: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), min_size=4, max_size=4)))
    edits = (Edit(cuts[2], cuts[3], "zwei"), Edit(cuts[0], cuts[1], ""))
    [result] = run(FINDING._replace(edits=edits))["results"]
    [change] = result["fixes"][0]["artifactChanges"]
    replaced, shift = content, 0
    for replacement in change["replacements"]:
        region, inserted = replacement["deletedRegion"], replacement["insertedContent"]["text"]
        start = region["charOffset"] + shift
        replaced = replaced[:start] + inserted + replaced[start + region["charLength"] :]
        shift += len(inserted) - region["charLength"]
    assert replaced == fixed(content, edits)
