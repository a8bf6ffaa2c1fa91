"""What the add-on refuses, version by version, and where in a file that is told and mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft6Validator, Draft202012Validator

from cnilint.edit import fixed
from cnilint.facts import Told
from cnilint.judge import Judge
from cnilint.knowledge.addon import Refusal, key_path, refusals, schema
from cnilint.lint import checked
from cnilint.rule import built_in

SHIPPED = Path(__file__).parent.parent / "schemas" / "addon-values.schema.json"


def test_the_schema_is_one_in_every_version() -> None:
    Draft202012Validator.check_schema(json.loads(SHIPPED.read_text(encoding="utf-8")))
    for release in (None, "v1.11.4", "v1.12.0", "v1.15.1", "v1.99.0"):
        Draft202012Validator.check_schema(schema(release))


@pytest.fixture(scope="module", params=["v1.12.0", "v1.15.1"])
def published(request: pytest.FixtureRequest, corpus: Path) -> tuple[str, Draft6Validator]:
    """Return a release whose schema is published in full, and that schema; skipped where it is not there."""
    path = corpus.parent / "facts" / "schemas" / f"vpc-cni-{request.param}-eksbuild.1.json"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return request.param, Draft6Validator(json.loads(path.read_text(encoding="utf-8")))


def keys(found: dict[str, Any]) -> list[str]:
    """Return every key of a schema, at any depth."""
    below = found.get("properties", {})
    return [*below, *(key for item in below.values() for key in keys(item))]


SCALARS = st.sampled_from(["true", "5", "", True, 5, 1.5, None])


# The published copy of v1.12.0 lacks it, but the service took it soon after (aws/amazon-vpc-cni-k8s issue 2173).
LATER = {"ANNOTATE_POD_IP"}


def values(found: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values for a schema, with wrong keys and wrong types among them."""
    below = found.get("properties")
    if not below:
        return SCALARS | st.just({}) | st.just([]) | st.just([{}]) | st.just({"a": {"id": "x"}})
    key = st.sampled_from([*(name for name in below if name not in LATER), "MAX_ENIS", "image", "env"])
    entry = key.flatmap(lambda name: st.tuples(st.just(name), values(below.get(name, {}))))
    return st.lists(entry, max_size=4).map(dict) | SCALARS


WHOLE = values(json.loads(SHIPPED.read_text(encoding="utf-8"))).filter(lambda found: isinstance(found, dict))


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of the strategy, for what it reports of a run
@given(given_values=WHOLE)
def test_what_is_refused_is_what_the_published_schema_refuses(
    published: tuple[str, Draft6Validator], given_values: dict[str, object]
) -> None:
    release, validator = published
    wanted: list[str] = []
    for error in validator.iter_errors(given_values):
        at = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = error.schema.get("properties")  # a list has none: that it is a mapping is another error
            wanted += [key_path((*at, name)) for name in set(error.instance) - set(known)] if known else []
        else:
            wanted.append(key_path(at))
    assert sorted(key_path(item.path) for item in refusals(given_values, release)) == sorted(wanted)


def said(found: dict[str, object], release: str | None = "v1.18.1") -> list[tuple[str, str, str]]:
    return [(key_path(item.path), item.problem, item.instead) for item in refusals(found, release)]


@pytest.mark.parametrize(
    ("found", "release", "refused"),
    [
        ({"env": {"WARM_IP_TARGETS": "1"}}, "v1.18.1", [("$.env.WARM_IP_TARGETS", "unknown", "WARM_IP_TARGET")]),
        ({"env": {"warm_ip_target": "1"}}, "v1.18.1", [("$.env.warm_ip_target", "case", "WARM_IP_TARGET")]),
        ({"enableNetworkPolicies": "true"}, None, [("$.enableNetworkPolicies", "unknown", "enableNetworkPolicy")]),
        ({"xyz": 1}, None, [("$.xyz", "unknown", "")]),
        ({"WARM_IP_TARGET": "1"}, None, [("$.WARM_IP_TARGET", "misplaced", "env.WARM_IP_TARGET")]),
        (
            {"env": {"enableNetworkPolicy": "1"}},
            None,
            [("$.env.enableNetworkPolicy", "misplaced", "enableNetworkPolicy")],
        ),
        (
            {"enablePrefixDelegation": "true"},
            None,
            [("$.enablePrefixDelegation", "misplaced", "env.ENABLE_PREFIX_DELEGATION")],
        ),
        ({"env": {"ENABLE_IPv6": "true"}}, None, [("$.env.ENABLE_IPv6", "unsettable", "")]),
        ({"image": {}}, "v1.99.0", [("$.image", "unsettable", "")]),
        ({"VpcCni": {}}, None, [("$.VpcCni", "structure", "")]),
        ({"enableNetworkPolicy": "true"}, "v1.12.0", [("$.enableNetworkPolicy", "version", "")]),
        ({"cri": {}}, "v1.12.1", [("$.cri", "version", "")]),
        ({"cri": {}}, "v1.12.0", []),
        ({"enableNetworkPolicy": True}, None, [("$.enableNetworkPolicy", "text", "")]),
        ({"env": {"MAX_ENI": None}}, None, [("$.env.MAX_ENI", "type", "")]),
        ({"env": []}, None, [("$.env", "type", "")]),
        ({"eniConfig": {"create": True, "region": "r"}}, None, [("$.eniConfig", "missing", "subnets")]),
        ({"podLabels": {}}, "v1.18.1", []),  # a newer version may take it
        ({}, None, []),
    ],
)
def test_why_something_is_refused(
    found: dict[str, object], release: str | None, refused: list[tuple[str, ...]]
) -> None:
    assert said(found, release) == refused


def test_the_services_own_words() -> None:
    (number,) = refusals({"env": {"MAX_ENI": 3}}, None)
    words = "$.env.MAX_ENI: integer found, string expected"
    assert number == Refusal(
        ("env", "MAX_ENI"), at_key=False, problem="text", instead="", said=words, found="integer", expected="string"
    )
    (gone,) = refusals({"cri": {}}, "v1.18.1")
    assert (gone.found, gone.version) == ("gone", "v1.12.1")


# Places and edits, whatever the values are written in

WRONG = '{"env": {"MAX_ENI": 3, "WARM_IP_TARGETS": "5"}, "tolerations": [{"key": "a,}"},],}'
JUDGE = Judge(built_in())


def embedded(style: str) -> str:
    """Return a file whose add-on has the wrong values, written in a style."""
    head = "addonName: vpc-cni\nclusterName: c\nconfigurationValues: "
    if style == "json":
        return json.dumps({"addonName": "vpc-cni", "clusterName": "c", "configurationValues": WRONG})
    if style == "block":
        return f"{head}|\n  {WRONG}\n"
    if style == "single":
        return f"{head}'{WRONG}'\n"
    return f"{head}{json.dumps(WRONG)}\n"


@pytest.mark.parametrize("style", ["json", "block", "single", "double"])
def test_refusals_and_commas_are_told_and_mended_in_their_place(style: str) -> None:
    content = embedded(style)
    outcome = checked(content.encode(), "x.yaml", JUDGE, Told(), {})
    lines = content.splitlines()
    found = [
        (item.rule, lines[item.location.line - 1][item.location.column - 1 :].lstrip('\\"')[:3])
        for item in outcome.findings
        if item.rule in ("addon-value-not-a-string", "addon-key-refused", "addon-values-trailing-comma")
    ]
    assert [item for item in found if "comma" not in item[0]] == [
        ("addon-value-not-a-string", "3, "),
        ("addon-key-refused", "WAR"),
    ]
    assert [shown[:2] for rule, shown in found if "comma" in rule] == [",]", ",}"]  # none of those in the string
    edits = [edit for item in outcome.findings if item.rule == "addon-value-not-a-string" for edit in item.edits]
    quoted = '"MAX_ENI": "3"'
    wanted = json.dumps(quoted)[1:-1] if style in ("json", "double") else quoted
    assert wanted in fixed(content, edits)
    assert len(edits) == 1
