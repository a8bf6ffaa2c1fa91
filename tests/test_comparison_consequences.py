"""The table of what comes of changes names settings that there are, and a page for each statement."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cnilint.comparison import consequences
from cnilint.comparison.effective import CONTAINERS, PARTS
from cnilint.comparison.ignored import IGNORED
from cnilint.knowledge.configmap import keys
from cnilint.knowledge.flags import flags
from cnilint.knowledge.variables import variables

TABLE = json.loads((Path(consequences.__file__).parent / "consequences.json").read_text(encoding="utf-8"))
KNOWN: dict[str, set[str]] = {
    "node agent flags": set(flags()),
    "ConfigMap amazon-vpc-cni": set(keys()),
    "release": {"release"},
}
KEYS = {"part", "names", "starts", "but", "to", "kind", "text", "source"}


@pytest.mark.parametrize("rule", TABLE["rules"], ids=lambda rule: f"{rule['part']} {rule.get('names')}")
def test_a_statement_is_about_settings_that_there_are(rule: dict[str, Any]) -> None:
    assert rule.keys() <= KEYS
    assert ("names" in rule) != ("starts" in rule)
    assert rule["part"] in PARTS
    assert rule["kind"] in consequences.KINDS
    for name in rule.get("names", ()):
        if rule["part"] in CONTAINERS:
            assert rule["part"] in variables()[name].containers
        else:
            assert name in KNOWN[rule["part"]]
    assert set(rule.get("but", ())) <= KNOWN.get(rule["part"], set())


@pytest.mark.parametrize("said", [*TABLE["restarts"].values(), *TABLE["rules"]], ids=lambda said: said["text"][:40])
def test_a_statement_is_a_sentence_with_its_page(said: dict[str, Any]) -> None:
    assert re.fullmatch(r"([A-Z]|aws-node).*\.", said["text"])
    pinned = r"https://github\.com/aws/[\w-]+/blob/(v[\d.]+|[0-9a-f]{7,40})/\S+"
    assert re.fullmatch(rf"{pinned}|https://(docs\.aws\.amazon\.com|kubernetes\.io)/\S+", said["source"])


def test_what_is_ignored_and_beside_what_are_variables_of_aws_node() -> None:
    for name, rivals in IGNORED.items():
        for each in (name, *(rival for rival, _ in rivals)):
            assert "aws-node" in variables()[each].containers
