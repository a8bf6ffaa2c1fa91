"""Every rule by its own examples, and what all rules have in common; both CEL engines agree on all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cnilint.candidates import may_hold
from cnilint.cel.parse import parse
from cnilint.errors import RuleError
from cnilint.examples import failures, told, written
from cnilint.facts import FACTS, Facts
from cnilint.gate import gate
from cnilint.judge import Judge
from cnilint.lint import judged
from cnilint.rule import compiled, folder, from_catalogue, merged
from cnilint.rulefile import parsed
from cnilint.source.plain import Plain
from cnilint.source.text import Text
from cnilint.source.yaml import documents
from cnilint.surface import surfaces, values

if TYPE_CHECKING:
    from types import ModuleType

    from cnilint.rule import Rule

ROOT = Path(__file__).parent.parent
RULES = folder(str(ROOT / "rules"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_examples_find_what_they_say(rule: Rule) -> None:
    assert [f"{item.line}: {item.message}" for item in failures(rule)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_prose_is_whole(rule: Rule) -> None:
    assert rule.why.endswith((".", "`"))
    assert rule.fix.endswith((".", "`"))
    assert not rule.summary.endswith(".")
    assert "\n" not in rule.summary
    assert len(rule.summary) <= 120
    assert all(page.startswith("https://") for page in rule.references)
    assert rule.since.count(".") == 2
    assert not rule.id.startswith(("no-ip-", "disallow-")) or rule.id == "no-ip-family"
    assert rule.good
    assert rule.bad


def test_there_are_as_many_rules_as_promised() -> None:
    assert len(RULES) >= 60
    assert {rule.severity for rule in RULES} == {"error", "warning", "info"}


def _facts(rule: Rule) -> list[Facts]:
    """Return the facts of each example."""
    found = [
        (surface, told(example.given))
        for example in (*rule.good, *rule.bad)
        for surface in surfaces(written(example), values.surfaces)
    ]
    return [Facts(surface, given) for surface, given in found]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_gate_never_keeps_back_a_finding(rule: Rule) -> None:
    """What is looked at before an expression only saves time: without it the findings are the same."""
    open_ended = rule._replace(gate=tuple(test for test in rule.gate if test[0][0] == "unusedIgnores"))
    for example in (*rule.good, *rule.bad):
        text = written(example)
        gated, free = (
            judged(text, Judge([each]), told(example.given), {}, values.surfaces) for each in (rule, open_ended)
        )
        assert gated == free


@pytest.mark.parametrize(
    ("when", "tests"),
    [
        ("size(object.spec.x) == 0", [("object.spec.x", "there", None)]),
        ("mounts.exists(m, m.host)", [("mounts", "filled", None)]),
        (
            "!env.ENABLE_IPv6 && env.ENABLE_POD_ENI && has(set.MAX_ENI)",
            [("set.MAX_ENI", "there", None), ("env.ENABLE_POD_ENI", "==", True), ("env.ENABLE_IPv6", "==", False)],
        ),
    ],
)
def test_a_gate_asks_first_for_what_fewest_surfaces_have(when: str, tests: list[tuple[str, str, object]]) -> None:
    assert [(".".join(route), *test) for route, *test in gate(None, parse(when))] == tests


def _oracle() -> ModuleType:
    pytest.importorskip("cel_expr_python")
    import cel_oracle  # noqa: PLC0415  # it needs that implementation

    return cel_oracle


def _plain(value: object, unknown: set[str], name: str = "") -> object:
    """Return a fact as plain data, without places; what the reference cannot be told is left out and noted."""
    if isinstance(value, dict):
        items = {key: _plain(item, unknown, key) for key, item in value.items() if key not in PLACES}
        return {key: item for key, item in items.items() if item is not PLACES}
    if isinstance(value, list):
        return [_plain(item, unknown, name) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    unknown.add(name)
    return PLACES


PLACES = ("at", "previous", "setting")


def _activation(facts: Facts, unknown: set[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in FACTS:
        try:
            found[name] = _plain(facts[name], unknown, name)
        except KeyError:
            continue
    return {name: value for name, value in found.items() if value is not PLACES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_reference_implementation_agrees(rule: Rule) -> None:
    oracle = _oracle()
    text = Text(Path(rule.path).read_text(encoding="utf-8"))
    source = Plain(text).data(next(documents(text))).get("when")  # type: ignore[attr-defined]  # a rule is a mapping
    compared = 0
    for facts in _facts(rule) if source else ():
        unknown: set[str] = set()
        activation = _activation(facts, unknown)
        for element in activation.get(rule.each[1][2], []) if rule.each else [None]:  # type: ignore[attr-defined]
            known = {**activation, rule.each[0]: element} if rule.each else activation
            if not any(name in source for name in unknown):
                verdict = oracle.oracle_verdict(source, known)
                assert oracle.alike(oracle.own_verdict(source, known), verdict), source
                compared += 1
    if not compared:
        pytest.skip("no condition, or all that it asks for is unknown to the reference")


def test_the_catalogue_judges_like_the_files(tmp_path: Path) -> None:
    path = tmp_path / "rules.jsonl"
    path.write_text(compiled(RULES), encoding="utf-8")
    cards = from_catalogue(str(path))
    assert [card.id for card in cards] == [rule.id for rule in RULES]
    assert all(card.rule.summarised == rule.summarised for card, rule in zip(cards, RULES, strict=True))
    slow, fast = Judge(RULES), Judge(cards)
    for rule in RULES:
        for example in rule.bad:
            text = written(example)
            assert judged(text, slow, told(example.given), {}, values.surfaces) == judged(
                text, fast, told(example.given), {}, values.surfaces
            )


def test_a_rule_of_the_catalogue_is_read_only_when_it_may_hold(tmp_path: Path) -> None:
    (tmp_path / "rules.jsonl").write_text(compiled(RULES), encoding="utf-8")
    cards = from_catalogue(str(tmp_path / "rules.jsonl"))
    text = Text("env: {WARM_IP_TARGET: '1'}\n", "x.yaml")
    assert judged(text, Judge(cards), told({}), {}, values.surfaces).findings
    facts = _facts(RULES[0])[0]
    assert not all(may_hold(card, facts) for card in cards)
    assert 0 < sum(card.read for card in cards) < len(cards) / 4


def test_a_policy_may_not_take_another_rules_id() -> None:
    with pytest.raises(RuleError, match="choose one of your own"):
        merged(RULES, [RULES[0]])
    mine = RULES[0]._replace(id="mine")
    with pytest.raises(RuleError, match="choose one of your own"):
        merged(RULES, [mine, mine])
    assert merged(RULES, [mine])[-1].id == "mine"


GOOD = """\
id: x
severity: error
effect: traffic
since: 0.1.0
summary: S
why: W.
fix: F.
references: [https://example.org/]
at: set.MAX_ENI
when: env.MAX_ENI > 0
message: m
good: ["env: {}"]
bad: [{config: "env: {}", finds: ["1:1 m"]}]
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("severity: error", "severity: fatal", 2, "one of error, warning, info"),
        ("effect: traffic", "effect: none", 3, "one of agent-exits"),
        ("summary: S\n", "", 1, "needs the key 'summary'"),
        ("summary: S", "summary: [S]", 5, "must be a text"),
        ("summary: S", "sumary: S", 5, "has no key 'sumary'"),
        ("summary: S", "summary: S\nsummary: T", 6, "stands twice"),
        ("env.MAX_ENI > 0", "env.MAX_ENIS > 0", 10, "did you mean 'MAX_ENI'"),
        ("env.MAX_ENI > 0", "env.MAX_ENI > 'x'", 10, "int"),
        ("env.MAX_ENI > 0", "env.MAX_ENI >", 10, "in when"),
        ("env.MAX_ENI > 0", "env.MAX_ENI", 10, "must be of type bool"),
        ("at: set.MAX_ENI", "at: set.MAX_ENIS", 9, "no variable of that container"),
        ("at: set.MAX_ENI", "at: nowhere.MAX_ENI", 9, "must start with one of"),
        ("message: m", "message: '{env.X}'", 11, "in message"),
        ("message: m", "message: '{'", 11, "in message"),
        ("message: m", "message: m\nedit: {delete: set.MAX_ENI}", 12, "edit must be"),
        ("message: m", "message: m\nlower: {to: none, when: 'true'}", 12, "lower must be"),
        ("message: m", "message: m\neach: x in cni.version", 12, "must run over a list"),
        ("references: [https://example.org/]", "references: []", 8, "one or more addresses"),
        ('good: ["env: {}"]', "good: []", 12, "one or more examples"),
        ('finds: ["1:1 m"]', "finds: []", 13, "a bad example says"),
        ('good: ["env: {}"]', 'good: [{config: "env: {}", given: {x: 1}}]', 12, "given must be"),
        ("id: x", "id: X", 1, "must be kebab-case"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_at_its_place(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleError) as caught:
        parsed(Text(GOOD.replace(old, new)))
    assert words in caught.value.message
    assert caught.value.line == line


def test_the_compiled_catalogue_is_json_by_lines() -> None:
    lines = compiled(RULES).splitlines()
    assert len(lines) == len(RULES) + 1
    assert all(json.loads(line) for line in lines)
