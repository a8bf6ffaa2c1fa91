"""The engine: severities, ignore comments, order, and that a rule's crash is an error and no traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilint.facts import Told
from cnilint.judge import Judge
from cnilint.lint import PASSED_OVER, checked
from cnilint.rulefile import parsed
from cnilint.source.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnilint.finding import Finding
    from cnilint.rule import Rule

RULE = """\
id: {id}
category: {category}
severity: warning
effect: no-effect
since: 0.1.0
summary: A rule for a test
why: It is for a test.
fix: Do nothing.
references: [https://example.org/]
at: set.WARM_IP_TARGET
when: {when}
message: WARM_IP_TARGET is {{text.WARM_IP_TARGET}}
{more}
good: ["env: {{}}"]
bad: [{{config: "env: {{}}", finds: ["1:1 x"]}}]
"""


def rule(name: str = "warm", when: str = "has(set.WARM_IP_TARGET)", category: str = "pool", more: str = "") -> Rule:
    return parsed(Text(RULE.format(id=name, when=when, category=category, more=more)))


UNUSED = """\
id: unused-ignore
category: ignores
severity: info
effect: diagnostics
since: 0.1.0
summary: A comment ignores nothing
why: It is for a test.
fix: Remove it.
references: [https://example.org/]
each: i in unusedIgnores
at: i.at
message: '{i.name} ignores nothing{i.known ? "" : ", for there is no such rule"}'
good: ["env: {}"]
bad: [{config: "env: {}", finds: ["1:1 x"]}]
"""


def findings(content: str, *rules: Rule, levels: Mapping[str, str] | None = None) -> list[Finding]:
    outcome = checked(content.encode(), "x.yaml", Judge(rules), Told(), levels or {})
    assert not outcome.errors
    return list(outcome.findings)


def said(found: list[Finding]) -> list[tuple[str, int, int]]:
    return [(item.rule, item.location.line, item.location.column) for item in found]


def test_a_finding_stands_at_its_place(manifest: str) -> None:
    found = findings(manifest, rule())[0]
    assert found.location[:5] == ("x.yaml", 19, 22, 19, 25)
    assert found.location.excerpt == '              value: "5"'
    assert (found.message, found.severity, found.url) == ("WARM_IP_TARGET is 5", "warning", "https://example.org/")


@pytest.mark.parametrize(
    ("levels", "severity"),
    [
        ({}, "warning"),
        ({"warm": "error"}, "error"),
        ({"pool": "info"}, "info"),
        ({"pool": "info", "warm": "error"}, "error"),
        ({"warm": "off"}, None),
        ({"pool": "off"}, None),
        ({"pool": "off", "warm": "error"}, "error"),
    ],
)
def test_the_configuration_moves_severities(levels: dict[str, str], severity: str | None, manifest: str) -> None:
    assert [item.severity for item in findings(manifest, rule(), levels=levels)] == ([severity] if severity else [])


def test_lower_softens_where_its_condition_holds(manifest: str) -> None:
    soft = rule(more='lower: {to: info, when: "!has(surface.managed)"}')
    assert findings(manifest, soft)[0].severity == "info"
    told = checked(manifest.encode(), "x.yaml", Judge([soft]), Told(managed=True), {})
    assert told.findings[0].severity == "warning"


@pytest.mark.parametrize("when", ["env.MAX_ENI > 0", "env.AWS_VPC_K8S_CNI_LOGLEVEL == 'INFO' && env.MAX_ENI > 0"])
def test_an_error_in_a_condition_is_silence(when: str, manifest: str) -> None:
    unknown = manifest.replace("WARM_IP_TARGET", "MAX_ENI").replace('"5"', "'${X}'")
    assert findings(unknown, rule(when=when)) == []


@pytest.mark.parametrize(
    ("comment", "kept", "reported"),
    [
        ('"5"  # cnilint: ignore[warm] we know', [], []),
        ('"5" #cnilint:ignore[ warm , other]', [], ["other"]),
        ('"5"  # cnilint: ignore[pool]', [], []),
        ('"5"  # cnilint: ignore[wram]', ["warm"], ["wram"]),
        ('"5"  # cnilint: ignore', ["warm"], ["nothing"]),
        ('"5"  # five. cnilint: ignore[warm]', [], []),
    ],
)
def test_a_comment_on_the_line_ignores(
    comment: str, kept: list[str] | None, reported: list[str], manifest: str
) -> None:
    if kept is None:  # a # without a space before it is no comment
        return
    content = manifest.replace('"5"', comment)
    found = findings(content, rule(), parsed(Text(UNUSED)))
    assert [item.rule for item in found if item.rule != "unused-ignore"] == kept
    assert [item.message.split()[0] for item in found if item.rule == "unused-ignore"] == reported


def test_a_comment_above_ignores_the_next_line_of_content(manifest: str) -> None:
    above = '# cnilint: ignore[warm] because\n              # and so on\n              value: "5"'
    content = manifest.replace('value: "5"', above)
    assert said(findings(content, rule(), parsed(Text(UNUSED)))) == []
    entry = manifest.replace(
        "            - name: WARM", "            # cnilint: ignore[warm]\n            - name: WARM"
    )
    assert said(findings(entry, rule(), parsed(Text(UNUSED)))) == []
    far = manifest.replace(
        "            - name: ENABLE_IPv4", "            # cnilint: ignore[warm]\n            - name: ENABLE_IPv4"
    )
    assert said(findings(far, rule(), parsed(Text(UNUSED)))) == [("unused-ignore", 16, 13), ("warm", 20, 22)]


def test_a_comment_for_a_rule_that_was_left_out_is_not_called_unused(manifest: str) -> None:
    content = manifest.replace('"5"', '"5"  # cnilint: ignore[warm]')
    judge = Judge([parsed(Text(UNUSED))], ["warm", "pool"])
    assert checked(content.encode(), "x.yaml", judge, Told(), {}).findings == ()
    off = findings(content, rule(), parsed(Text(UNUSED)), levels={"warm": "off"})
    assert off == []


def test_comments_count_for_all_surfaces_of_a_file(manifest: str) -> None:
    content = manifest.replace('"5"', '"5"  # cnilint: ignore[warm]') + "---\n" + manifest
    assert said(findings(content, rule(), parsed(Text(UNUSED)))) == [("warm", 39, 22)]


def test_findings_come_in_the_order_of_their_places(manifest: str) -> None:
    rules = [rule("zz"), rule("aa"), rule("first", when="has(set.ENABLE_IPv4)", more="also: [set.ENABLE_IPv4]")]
    found = findings(manifest, *rules)
    assert [item.rule for item in found] == ["aa", "first", "zz"]
    assert [(name, place.line) for name, place in found[1].related] == [("ENABLE_IPv4=true", 17)]


def test_a_rule_that_crashes_is_an_error_about_cnilint(manifest: str) -> None:
    broken = rule()._replace(at=(("nowhere", "at"),))
    outcome = checked(manifest.encode(), "x.yaml", Judge([broken]), Told(), {})
    assert outcome.findings == ()
    assert "cnilint failed" in outcome.errors[0].message
    assert outcome.errors[0].line == 4


def test_a_file_that_does_not_name_the_cni_is_passed_over_however_broken() -> None:
    for raw in (b"a: {{ x }}\n", b"a: [\n", b"\xff\xfe\xff", b"a: \0"):
        assert checked(raw, "x.yaml", Judge([rule()]), Told(), {}) == PASSED_OVER
    broken = checked(b"kind: DaemonSet # aws-node\na: [\n", "x.yaml", Judge([rule()]), Told(), {})
    assert (len(broken.errors), broken.errors[0].line) == (1, 3)
