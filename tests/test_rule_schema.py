"""The schema of rule files takes every rule there is, and refuses what the reader of rules refuses."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cnilint.errors import RuleError
from cnilint.finding import EFFECTS, SEVERITIES
from cnilint.paths import shipped
from cnilint.rulefile import parsed
from cnilint.source.plain import Plain
from cnilint.source.text import Text, decoded
from cnilint.source.yaml import documents

SCHEMA: dict[str, Any] = json.loads(Path(shipped("schemas"), "rule.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
RULES = sorted(Path(shipped("rules")).rglob("*.yaml"))

BAD: dict[str, object] = {"config": "env: {WARM_IP_TARGET: '1'}", "finds": ["1:23 WARM_IP_TARGET=1 is low"]}
RULE: dict[str, object] = {
    "id": "low-target",
    "severity": "error",
    "effect": "api-calls",
    "since": "1",
    "summary": "Low",
    "why": "It is low.",
    "fix": "Raise it.",
    "references": ["https://example.com"],
    "at": "set.WARM_IP_TARGET",
    "when": "env.WARM_IP_TARGET == 1",
    "message": "WARM_IP_TARGET={text.WARM_IP_TARGET} is low",
    "good": ["env: {}"],
    "bad": [BAD],
}
GONE = object()

TAKEN: dict[str, dict[str, object]] = {
    "as it is": {},
    "a category of its own": {"category": "ours"},
    "each": {"each": "m in malformed", "at": "m.at", "message": "{m.name} is wrong"},
    "each over an expression": {"each": "m in malformed.filter(x, x.exits)", "at": "m.at"},
    "a milder severity": {"lower": {"to": "info", "when": "!has(surface.managed)"}},
    "several routes": {
        "at": ["set.WARM_IP_TARGET", "surface"],
        "also": ["init.set.ENABLE_IPv6", "configMap.warm-ip-target"],
    },
    "one route more": {"also": "agent.flags.enable-ipv6"},
    "a route with brackets": {"at": "object.spec.template.spec.containers[aws-node].image"},
    "removal": {"edit": {"remove": "set.WARM_IP_TARGET"}},
    "quotes": {"edit": {"quote": "set.WARM_IP_TARGET"}},
    "another value": {"edit": {"set": "set.WARM_IP_TARGET", "to": "{limits.warmIpTarget}"}},
    "another name": {"each": "u in unknown", "at": "u.at", "edit": {"rename": "u", "to": "{u.nearest}"}},
    "no condition": {"when": GONE},
    "what the configuration says": {
        "good": [
            {
                "config": "env: {}",
                "given": {
                    "cni": "v1.18.0",
                    "kubernetes": "1.30",
                    "managed": True,
                    "instanceTypes": ["m5.large"],
                    "maxPods": 29,
                    "podsPerNode": 10,
                    "limits": {"warmIpTarget": 3},
                },
            }
        ]
    },
    "a fixed text": {"bad": [{**BAD, "fixed": "env: {}\n"}]},
}

REFUSED: dict[str, dict[str, object]] = {
    **{f"no {key}": {key: GONE} for key in SCHEMA["required"]},
    "an unknown key": {"severty": "error"},
    "an id in capitals": {"id": "LowTarget"},
    "an id with an underscore": {"id": "low_target"},
    "an id that ends in a hyphen": {"id": "low-"},
    "an unknown severity": {"severity": "fatal"},
    "a severity that is off": {"severity": False},
    "an unknown effect": {"effect": "boredom"},
    "an empty summary": {"summary": " "},
    "a number for a version": {"since": 1.0},
    "a list for a text": {"why": ["a"]},
    "an empty fix": {"fix": ""},
    "one address without a list": {"references": "https://example.com"},
    "no reference": {"references": []},
    "a number among the references": {"references": [1]},
    "each without a list": {"each": "malformed"},
    "each that is a mapping": {"each": {"m": "malformed"}},
    "a condition that is a boolean": {"when": True},
    "an empty condition": {"when": ""},
    "lower without a condition": {"lower": {"to": "info"}},
    "lower to nothing known": {"lower": {"to": "hint", "when": "true"}},
    "lower with a key too many": {"lower": {"to": "info", "when": "true", "else": "error"}},
    "lower that is a word": {"lower": "info"},
    "a number for a route": {"at": 5},
    "a route that starts with a dot": {"at": ".WARM_IP_TARGET"},
    "a route with a space": {"at": "WARM IP"},
    "a mapping for a route": {"also": {"at": "surface"}},
    "an empty message": {"message": ""},
    "a verb that is none": {"edit": {"delete": "set.WARM_IP_TARGET"}},
    "a verb without its text": {"edit": {"set": "set.WARM_IP_TARGET"}},
    "a verb with a text too many": {"edit": {"remove": "set.WARM_IP_TARGET", "to": "5"}},
    "two verbs": {"edit": {"remove": "set.WARM_IP_TARGET", "quote": "set.WARM_IP_TARGET"}},
    "an edit that is a word": {"edit": "remove"},
    "an edit of nothing": {"edit": {}},
    "no good example": {"good": []},
    "one good example without a list": {"good": "env: {}"},
    "a good example that finds something": {"good": [BAD]},
    "a good example with a key too many": {"good": [{"config": "env: {}", "name": "x"}]},
    "no bad example": {"bad": []},
    "a bad example that is a text": {"bad": ["env: {}"]},
    "a bad example that finds nothing": {"bad": [{"config": "env: {}", "finds": []}]},
    "a bad example without finds": {"bad": [{"config": "env: {}"}]},
    "finds that is a text": {"bad": [{**BAD, "finds": "1:1 x"}]},
    "an example without a config": {"bad": [{"finds": ["1:1 x"]}]},
    "a config that is a mapping": {"bad": [{**BAD, "config": {"env": {}}}]},
    "an unknown given": {"bad": [{**BAD, "given": {"version": "v1.18.0"}}]},
    "a given that is a text": {"bad": [{**BAD, "given": "v1.18.0"}]},
}


def _changed(change: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in (RULE | change).items() if value is not GONE}


def _text(data: object) -> Text:
    return Text(json.dumps(data))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_is_as_the_schema_says(path: Path) -> None:
    text = decoded(path.read_bytes(), str(path))
    (root,) = documents(text)
    assert [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(Plain(text).data(root))] == []


@pytest.mark.parametrize("change", TAKEN.values(), ids=TAKEN)
def test_both_take_it(change: dict[str, object]) -> None:
    data = _changed(change)
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []
    assert parsed(_text(data)).id == "low-target"


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_both_refuse_it(change: dict[str, object]) -> None:
    data = _changed(change)
    assert not VALIDATOR.is_valid(data)
    with pytest.raises(RuleError) as caught:
        parsed(_text(data))
    assert caught.value.line == 1


@pytest.mark.parametrize("data", [[], "low-target", None], ids=str)
def test_both_refuse_what_is_no_mapping(data: object) -> None:
    assert not VALIDATOR.is_valid(data)
    with pytest.raises(RuleError, match="one mapping"):
        parsed(_text(data))


def test_the_schema_is_one_and_has_the_words_of_the_program() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert tuple(SCHEMA["properties"]["effect"]["enum"]) == EFFECTS
    assert tuple(SCHEMA["$defs"]["severity"]["enum"]) == SEVERITIES
    assert SCHEMA["$id"] == "urn:cnilint:schema:rule"


def _undescribed(schema: dict[str, Any], where: str = "") -> list[str]:
    found = []
    for key, held in schema.get("properties", {}).items():
        target = SCHEMA["$defs"][os.path.basename(held["$ref"])] if "$ref" in held else held
        if "description" not in {**target, **held} and where != ".limits":
            found.append(f"{where}.{key}")
        found += _undescribed(held, f"{where}.{key}")
    return found


def test_an_editor_can_say_something_about_every_key() -> None:
    every = [SCHEMA, SCHEMA["$defs"]["given"], SCHEMA["properties"]["bad"]["items"]]
    assert [name for schema in every for name in _undescribed(schema)] == []


def _described(heading: str, page: Path = Path(__file__).parent.parent / "docs" / "rule-files.md") -> list[str]:
    """Return the first cells of the tables of a section of the page, those that are code."""
    section = re.split(rf"^##+ {heading}$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    return re.findall(r"^\| `(\w+)` \|", re.split(r"^##", section, maxsplit=1, flags=re.MULTILINE)[0], re.MULTILINE)


def test_the_reference_has_every_key() -> None:
    keys = _described("The keys")
    assert sorted(keys) == sorted(SCHEMA["properties"])
    assert keys[: len(SCHEMA["required"])] == SCHEMA["required"]
    example = SCHEMA["properties"]["bad"]["items"]["properties"]
    assert _described("Examples") == [*example, *SCHEMA["$defs"]["given"]["properties"]]
