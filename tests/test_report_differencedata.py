"""The JSON of ``cnilint diff`` and its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from cnilint.comparison.consequences import KINDS
from cnilint.comparison.effective import PARTS
from cnilint.comparison.side import ORIGINS

if TYPE_CHECKING:
    from conftest import CommandLine

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "schemas" / "diff.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
OK = ROOT / "tests" / "fixtures" / "ok"
ERR = ROOT / "tests" / "fixtures" / "err"
PAIRS = [
    (OK / "live-managed-by-eks.yaml", ERR / "live-edited-by-hand.yaml"),
    (OK / "kustomize-patch.yaml", OK / "patch-that-tells-half.yaml"),
    (OK / "karpenter.yaml", OK / "nodeadm.yaml"),
    (OK / "v1.19.6-network-policies.yaml", OK / "helm-values.yaml"),
    (ERR / "two-daemon-sets.yaml", OK / "list.yaml"),
    (ERR / "config-map-mistakes.yaml", OK / "config-map-for-windows.yaml"),
    (OK / "v1.7.10-by-hand.yaml", ERR / "values-that-stop-the-agent.yaml"),
]


def printed(cnilint: CommandLine, *pair: Path) -> Any:  # noqa: ANN401  # plain data
    return cnilint("diff", "--no-config", "--format", "json", "--instance-type", "m5.large", *pair).json


def test_the_schema_is_one_and_knows_the_words() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    found = SCHEMA["$defs"]
    assert found["change"]["properties"]["part"]["enum"] == [*PARTS]
    assert found["side"]["properties"]["origin"]["enum"] == [*ORIGINS]
    assert found["consequence"]["properties"]["kind"]["enum"] == [*KINDS]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[1].stem)
def test_what_is_printed_is_as_the_schema_says(cnilint: CommandLine, pair: tuple[Path, Path]) -> None:
    VALIDATOR.validate(printed(cnilint, *pair))
    VALIDATOR.validate(printed(cnilint, *reversed(pair)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["version"], 2),
        (["more"], 1),
        (["comparisons", 0, "changes", 0, "old", "origin"], "guessed"),
        (["comparisons", 0, "changes", 0, "part"], "all"),
        (["comparisons", 0, "restarts", "what"], "everything"),
        (["comparisons", 0, "consequences", 0, "kind"], "restarts"),
        (["comparisons", 0, "nodes", 0, "old", "maxPods"], -1),
    ],
)
def test_the_schema_refuses_what_is_never_printed(cnilint: CommandLine, path: list[Any], value: object) -> None:
    found = printed(cnilint, *PAIRS[0])
    VALIDATOR.validate(found)
    part = found
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(ValidationError):
        VALIDATOR.validate(found)
