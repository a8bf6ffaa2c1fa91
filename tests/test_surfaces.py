"""``cnilint surfaces``, and files that are told to be values: what users see of what was read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from jsonschema import Draft202012Validator, ValidationError

from cnilint.errors import SourceError
from cnilint.report import surfaces as listing
from cnilint.source.text import Text, decoded
from cnilint.surface import UNKNOWN, surfaces
from cnilint.surface.helm import forced

if TYPE_CHECKING:
    from conftest import CommandLine

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "fixtures" / "surfaces"
FIXTURES = sorted(path for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".out")
SCHEMA: Final = json.loads((ROOT / "schemas" / "surfaces.schema.json").read_text(encoding="utf-8"))
VALIDATOR: Final = Draft202012Validator(SCHEMA)

VALUES = """\
env:
  WARM_IP_TARGET: "5"
  MAX_ENI: ${MAX}
  MINIMUM_IP_TARGET: 10
init:
  env:
    ENABLE_IPv6: "false"
"""
POOL = "{kind: KubeletConfiguration, apiVersion: kubelet.config.k8s.io/v1beta1, maxPods: 20}\n"


# The JSON


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_what_every_fixture_gives_is_as_the_schema_says(path: Path) -> None:
    found = surfaces(decoded(path.read_bytes(), path.name))
    given = json.loads(listing.json(found))
    VALIDATOR.validate(given)
    assert len(given["surfaces"]) == len(found)
    for surface, shown in zip(found, given["surfaces"], strict=True):
        assert [item["name"] for item in shown["settings"]] == [item.name for item in surface.settings]


def test_every_kind_and_format_of_the_schema_is_in_a_fixture() -> None:
    kinds, formats = set(), set()
    for path in FIXTURES:
        for surface in surfaces(decoded(path.read_bytes(), path.name)):
            kinds.add(surface.kind)
            formats.add(surface.format)
    listed = SCHEMA["$defs"]["surface"]["properties"]
    assert {*listed["kind"]["enum"]} == kinds
    assert {*listed["format"]["enum"]} >= formats


def test_whole_json(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "vpc-cni-addon.yaml").write_text(VALUES)
    (tmp_path / "z.yaml").write_text(POOL)
    ran = cnilint("surfaces", "--format", "json", ".")
    assert (ran.code, ran.err) == (0, "")
    main, init = "aws-node", "aws-vpc-cni-init"
    assert ran.json == {
        "version": 1,
        "surfaces": [
            {
                "kind": "addon",
                "format": "addon",
                "path": "vpc-cni-addon.yaml",
                "line": 1,
                "column": 1,
                "release": None,
                "managed": True,
                "partial": False,
                "settings": [
                    {"name": name, "container": container, "value": value, "known": known, "line": line, "column": at}
                    for name, container, value, known, line, at in (
                        ("WARM_IP_TARGET", main, "5", True, 2, 19),
                        ("MAX_ENI", main, None, False, 3, 12),
                        ("MINIMUM_IP_TARGET", main, 10, True, 4, 22),
                        ("ENABLE_IPv6", init, "false", True, 7, 18),
                    )
                ],
            },
            {
                "kind": "nodes",
                "format": "kubelet",
                "path": "z.yaml",
                "line": 1,
                "column": 82,
                "release": None,
                "managed": None,
                "partial": False,
                "settings": [],
            },
        ],
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["version"], 2),
        (["more"], 1),
        (["surfaces", 0, "kind"], "manifest"),
        (["surfaces", 0, "format"], "ini"),
        (["surfaces", 0, "line"], 0),
        (["surfaces", 0, "path"], None),
        (["surfaces", 0, "managed"], "yes"),
        (["surfaces", 0, "release"], "1.18"),
        (["surfaces", 0, "more"], 1),
        (["surfaces", 0, "settings", 0, "column"], 0),
        (["surfaces", 0, "settings", 0, "known"], None),
        (["surfaces", 0, "settings", 0, "more"], 1),
    ],
)
def test_the_schema_refuses_what_is_never_printed(path: list[Any], value: object) -> None:
    found = [*surfaces(Text(VALUES, "addon.yaml")), *surfaces(Text(POOL, "z.yaml"))]
    given: Any = json.loads(listing.json(found))
    VALIDATOR.validate(given)
    part = given
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(ValidationError):
        VALIDATOR.validate(given)


def test_an_unknown_value_is_null() -> None:
    validate, given = VALIDATOR.validate, json.loads(listing.json(surfaces(Text(VALUES, "addon.yaml"))))
    given["surfaces"][0]["settings"][1]["value"] = "3"
    with pytest.raises(ValidationError):
        validate(given)


# The text, errors and exit codes


def test_whole_text(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "vpc-cni-addon.yaml").write_text(VALUES)
    (tmp_path / "other.yaml").write_text("kind: Service\n")
    ran = cnilint("surfaces")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "vpc-cni-addon.yaml:1:1: addon, managed by EKS\n"
        '  2:19 WARM_IP_TARGET = "5"\n'
        "  3:12 MAX_ENI = unknown\n"
        "  4:22 MINIMUM_IP_TARGET = 10\n"
        '  7:18 aws-vpc-cni-init: ENABLE_IPv6 = "false"\n'
    )


def test_where_there_is_none_nothing_is_printed(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("kind: Service\n")
    assert cnilint("surfaces", ".") == (0, "", "")
    assert cnilint("surfaces", "--format", "json", ".").json == {"version": 1, "surfaces": []}


def test_what_cannot_be_read_is_an_error_and_the_rest_is_listed(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "addon.yaml").write_text(VALUES)
    (tmp_path / "broken.yaml").write_text("# aws-node\na: [\n")
    ran = cnilint("surfaces", ".", "gone.yaml")
    assert ran.code == 2
    assert ran.out.startswith("addon.yaml:1:1: addon, managed by EKS\n")
    first, second = ran.err.splitlines()
    assert first.startswith("error: broken.yaml:3:1: not YAML: ")
    assert second == "error: gone.yaml: no such file or folder"
    ran = cnilint("surfaces", "-f", "json", ".")
    assert (ran.code, len(ran.json["surfaces"])) == (2, 1)


def test_what_a_file_holds_never_reaches_the_terminal_as_a_command(cnilint: CommandLine, tmp_path: Path) -> None:
    values = 'env: {WARM_IP_TARGET: "\\e[31m", "MAX_ENI\\e[1m": "\\u202e\\u2028x"}\n'
    (tmp_path / "addon.yaml").write_text(values)
    for form in ("text", "json"):
        ran = cnilint("surfaces", "--format", form, ".")
        assert ran.code == 0
        assert all(character.isprintable() or character == "\n" for character in ran.out), form


@pytest.mark.parametrize("args", [("--format", "sarif"), ("--as", "values"), ("--config", "gone.yaml")])
def test_wrong_use_is_exit_code_2(cnilint: CommandLine, args: tuple[str, str]) -> None:
    ran = cnilint("surfaces", *args, ".")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_standard_input_is_called_as_told(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "z.yaml").write_text(POOL)
    raw = VALUES.encode()
    assert cnilint("surfaces", "-", stdin=raw).out.startswith("<stdin>:1:1: values\n")
    assert cnilint("surfaces", stdin=raw).out.startswith("z.yaml:1:82: nodes (kubelet)\n")
    both = cnilint("surfaces", "z.yaml", "-", "--stdin-filename", "eks/addon.yaml", stdin=raw)
    assert [line for line in both.out.splitlines() if line[0] != " "] == [
        "eks/addon.yaml:1:1: addon, managed by EKS",
        "z.yaml:1:82: nodes (kubelet)",
    ]
    broken = cnilint("surfaces", "-", "--stdin-filename", "x.yaml", stdin=b"aws-node: [\n")
    assert (broken.code, broken.err.partition(": not YAML")[0]) == (2, "error: x.yaml:2:1")


def test_the_configuration_counts(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALUES)
    (tmp_path / "b.yaml").write_text(VALUES)
    (tmp_path / ".cnilint.yaml").write_text("exclude: [b.yaml]\noverrides: [{files: [a.yaml], as: helm}]\n")
    assert [line for line in cnilint("surfaces", ".").out.splitlines() if line[0] != " "] == ["a.yaml:1:1: helm"]
    assert cnilint("surfaces", "--no-config", ".").out.count("values\n") == 2
    assert cnilint("surfaces", "--as", "addon", "a.yaml").out.startswith("a.yaml:1:1: addon, managed by EKS\n")


# Files that are told to be values

STRANGE = '{"env": {"ENABLE_IPv6": true, "POD_MTU": 9001}, "image": {"tag": "v1.18.1"}}\n'


def rules(cnilint: CommandLine, *args: str, stdin: bytes = b"") -> set[tuple[str, str]]:
    """Return path and rule of the findings about values."""
    ran = cnilint("check", "--format", "json", *args, stdin=stdin)
    assert ran.json["errors"] == []
    return {(item["path"], item["rule"]) for item in ran.json["findings"] if item["category"] in ("addon", "names")}


def test_a_file_is_checked_as_what_it_is_told_to_be(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(STRANGE)
    assert rules(cnilint, ".") == set()
    assert rules(cnilint, "--as", "addon", ".") == {
        ("x.json", "addon-value-not-a-string"),
        ("x.json", "addon-key-unsettable"),
    }
    assert rules(cnilint, "--as", "helm", ".") == set()
    assert rules(cnilint, "--as", "addon", "-", "--stdin-filename", "y", stdin=STRANGE.encode()) == {
        ("y", "addon-value-not-a-string"),
        ("y", "addon-key-unsettable"),
    }


def test_the_configuration_tells_what_files_are_and_the_command_line_wins(cnilint: CommandLine, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(STRANGE)
    (tmp_path / ".cnilint.yaml").write_text("overrides: [{files: [a.json], as: addon}, {files: [b.json], as: helm}]\n")
    refused = {("a.json", "addon-value-not-a-string"), ("a.json", "addon-key-unsettable")}
    assert rules(cnilint, ".") == refused
    assert rules(cnilint, "a.json") == refused
    assert rules(cnilint, "--as", "helm", ".") == set()
    assert rules(cnilint, "--no-config", ".") == set()


@pytest.mark.parametrize("kind", ["addon", "helm"])
def test_a_file_that_is_told_to_be_values_is_never_passed_over(cnilint: CommandLine, tmp_path: Path, kind: str) -> None:
    (tmp_path / "x.yaml").write_text("a: [\n")
    assert cnilint("check", "x.yaml").code == 0
    assert cnilint("check", "--as", kind, "x.yaml").code == 2
    (tmp_path / "x.yaml").write_text("tolerations: []\n")
    assert cnilint("check", "--as", kind, "--format", "json", "x.yaml").json["summary"]["checked"] == 1
    (tmp_path / "x.yaml").write_text("# nothing\n")
    assert cnilint("check", "--as", kind, "--format", "json", "x.yaml").json["summary"]["checked"] == 0


@pytest.mark.parametrize("value", ["values", "ADDON", "''", "[addon]"])
def test_another_kind_is_an_error_of_the_configuration(cnilint: CommandLine, tmp_path: Path, value: str) -> None:
    (tmp_path / ".cnilint.yaml").write_text(f"overrides:\n- files: [a]\n  as: {value}\n")
    ran = cnilint("check", ".")
    assert (ran.code, ran.out) == (2, "")
    assert ".cnilint.yaml:3:7: `overrides[0].as` is " in ran.err
    assert ran.err.endswith(", but must be addon or helm\n")


def test_a_whole_file_as_values_of_the_chart() -> None:
    first, second = forced(
        Text("tolerations: []\nenv: {ENABLE_IPv6: true, X: '${Y}', N: ~, F: .5}\n---\n{image: {tag: v1.18.1}}\n--- 1\n")
    )
    assert [(item.name, item.value) for item in first.settings] == [
        ("ENABLE_IPv6", "true"),
        ("X", UNKNOWN),
        ("F", UNKNOWN),
    ]
    assert (first.kind, first.format, first.release, first.managed) == ("helm", "helm", None, None)
    assert (first.anchor.content, second.anchor.content, second.release) == ("env", "image", "v1.18.1")
    assert [surface.anchor.start for surface in forced(Text("{}"))] == [0]
    assert forced(Text("[1]\n--- 2\n")) == []
    with pytest.raises(SourceError):
        forced(Text("{"))
