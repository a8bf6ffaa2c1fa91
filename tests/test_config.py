from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cnilint import config, files
from cnilint.config import DEFAULT_LIMITS, EMPTY, Config, Settings
from cnilint.errors import ConfigError
from cnilint.paths import shipped

NOTHING = Settings({}, (), None, None, None, None, None, DEFAULT_LIMITS)

FULL = """\
# Everything there is.
rules:
  warm-ip-target-low: off
  capacity: "error"
policies: [policies, ../shared]
include: ["*.yaml", "*.manifest"]
exclude: [vendor/]
instanceTypes: [m5.large, u-6tb1.56xlarge]
cni: v1.18.0-eksbuild.3
kubernetes: 1.30
managed: true
maxPods: 110
podsPerNode: 30
subnets: [10.0.0.0/24, 200]
nodes: 12
limits:
  warmIpTarget: 3
overrides:
  - files: [prod/]
    rules: {capacity: info, warm-ip-target-low: warning}
    kubernetes: 1.20
    managed: false
  - files: ["*.json"]
    instanceTypes: [c5.large]
    cni: 1.19.0
    maxPods: 58
    podsPerNode: 5
    limits: {warmIpTarget: 0}
"""

FULL_TOML = """\
[build-system]
requires = []

[tool.cnilint]
policies = ["policies", "../shared"]
include = ["*.yaml", "*.manifest"]
exclude = ["vendor/"]
instanceTypes = ["m5.large", "u-6tb1.56xlarge"]
cni = "v1.18.0-eksbuild.3"
kubernetes = 1.30
managed = true
maxPods = 110
podsPerNode = 30
subnets = ["10.0.0.0/24", 200]
nodes = 12
limits.warmIpTarget = 3

[tool.cnilint.rules]
warm-ip-target-low = "off"
capacity = "error"

[[tool.cnilint.overrides]]
files = ["prod/"]
rules = {capacity = "info", warm-ip-target-low = "warning"}
kubernetes = 1.20
managed = false

[[tool.cnilint.overrides]]
files = ["*.json"]
instanceTypes = ["c5.large"]
cni = "1.19.0"
maxPods = 58
podsPerNode = 5
limits = {warmIpTarget = 0}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repo"
    (root / "policies").mkdir(parents=True)
    (tmp_path / "shared").mkdir()
    monkeypatch.chdir(root)
    return root.resolve()


def written(content: str, name: str = ".cnilint.yaml") -> Config:
    Path(name).write_text(content, encoding="utf-8")
    return config.read(name)


def wrong(content: str | bytes, name: str = ".cnilint.yaml") -> str:
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as caught:
        config.read(name)
    assert caught.value.path == name
    return str(caught.value).removeprefix(f"{name}:")


@pytest.mark.parametrize(("content", "name"), [(FULL, ".cnilint.yaml"), (FULL_TOML, "pyproject.toml")])
def test_every_key_is_read(here: Path, content: str, name: str) -> None:
    told = written(content, name)
    assert (told.path, told.root) == (name, str(here))
    assert told.settings == Settings(
        rules={"warm-ip-target-low": "off", "capacity": "error"},
        instance_types=("m5.large", "u-6tb1.56xlarge"),
        cni="v1.18.0-eksbuild.3",
        kubernetes="1.30",
        managed=True,
        max_pods=110,
        pods_per_node=30,
        limits={"warmIpTarget": 3},
        subnets=("10.0.0.0/24", 200),
        nodes=12,
    )
    assert told.policies == (str(here / "policies"), str(here.parent / "shared"))
    assert (told.include.lines, told.exclude.lines) == (("*.yaml", "*.manifest"), ("vendor/",))
    assert [override.files.lines for override in told.overrides] == [("prod/",), ("*.json",)]
    rules = {"capacity": "info", "warm-ip-target-low": "warning"}
    assert told.overrides[0].settings == NOTHING._replace(rules=rules, kubernetes="1.20", managed=False, limits={})


@pytest.mark.parametrize("content", ["", "# nothing\n", "---\n", "---\n...\n", "null\n", "{}\n", "\ufeff{}"])
@pytest.mark.usefixtures("here")
def test_an_empty_file_says_nothing(content: str) -> None:
    assert written(content).settings == NOTHING


@pytest.mark.usefixtures("here")
def test_json_is_yaml() -> None:
    assert written('{"kubernetes": 1.30, "rules": {"x": "off"}}', "cnilint.json").settings == NOTHING._replace(
        rules={"x": "off"}, kubernetes="1.30"
    )


@pytest.mark.parametrize("word", ["off", "Off", "OFF", "no", "false", '"off"'])
@pytest.mark.usefixtures("here")
def test_off_may_be_unquoted(word: str) -> None:
    assert written(f"rules: {{x: {word}}}").settings.rules == {"x": "off"}


@pytest.mark.parametrize(
    ("value", "text"),
    [("1.30", "1.30"), ("'1.30'", "1.30"), ("1.3", "1.3"), ("1.31 # new", "1.31")],
)
@pytest.mark.usefixtures("here")
def test_a_version_of_kubernetes_is_the_text_as_written(value: str, text: str) -> None:
    told = written(f"kubernetes: {value}\noverrides:\n- files: [a]\n  kubernetes: {value}\n")
    assert (told.settings.kubernetes, told.overrides[0].settings.kubernetes) == (text, text)


@pytest.mark.usefixtures("here")
def test_a_version_that_is_an_alias_or_merged_stays_as_written() -> None:
    told = written("kubernetes: &v 1.30\noverrides:\n- &o {files: [a], kubernetes: *v}\n- {<<: *o, files: [b]}\n")
    assert [override.settings.kubernetes for override in told.overrides] == ["1.30", "1.30"]


@pytest.mark.parametrize("version", ["v1.18.0", "1.18.0", "v1.18.0-eksbuild.3", "v1.21.2-rc1"])
@pytest.mark.usefixtures("here")
def test_releases_of_the_cni(version: str) -> None:
    assert written(f"cni: {version}").settings.cni == version


@pytest.mark.usefixtures("here")
def test_a_float_that_is_whole_becomes_an_int() -> None:
    told = written("maxPods: 110.0\npodsPerNode: 1e2\nsubnets: [5.0]\nlimits: {warmIpTarget: 4.0}").settings
    assert [
        repr(value) for value in (told.max_pods, told.pods_per_node, *told.subnets, told.limits["warmIpTarget"])
    ] == [
        "110",
        "100",
        "5",
        "4",
    ]


# Errors: what is wrong in .cnilint.yaml, and the place and the sentence that tell.
SEVERITIES = "error, warning, info or off"
SETTINGS = "rules, instanceTypes, cni, kubernetes, managed, maxPods, podsPerNode, subnets, nodes, limits"
KEYS = (
    SETTINGS.replace("rules", "rules, policies, include, exclude").replace("Types,", "Types, instances,")
    + ", clusters, overrides"
)
RELEASE = "a release of the VPC CNI such as v1.18.0 or v1.18.0-eksbuild.3"
UNKNOWN = "is no key of the configuration"
WRONG = {
    "maxPod: 1": f"1:1: `maxPod` {UNKNOWN}; did you mean `maxPods`?",
    "cni: v1.18.0\nmax-pods: 1": f"2:1: `max-pods` {UNKNOWN}; did you mean `maxPods`?",
    "instance_types: []": f"1:1: `instance_types` {UNKNOWN}; did you mean `instanceTypes`?",
    "colour: red": f"1:1: `colour` {UNKNOWN}; there are {KEYS}",
    "limits: {warmIPTarget: 1}": f"1:10: `limits.warmIPTarget` {UNKNOWN}; did you mean `warmIpTarget`?",
    "instances: {m9x.large: {interfaces: 4}}": "1:24: `instances.m9x.large` has no `addresses`",
    "instances: {m9x.large: {interfaces: 0, addresses: 5}}": "1:37: `instances.m9x.large.interfaces` is 0, but must be"
    " a whole number of 1 or more",
    "limits: {x: 1}": f"1:10: `limits.x` {UNKNOWN}; there are warmIpTarget",
    "rules:\n  a: warn": f"2:6: `rules.a` is 'warn', but must be {SEVERITIES}",
    "rules:\n  a: on": f"2:6: `rules.a` is true (as YAML reads on and yes), but must be {SEVERITIES}",
    "rules:\n  a: 0": f"2:6: `rules.a` is 0, but must be {SEVERITIES}",
    "rules:\n  a:": f"2:5: `rules.a` is empty, but must be {SEVERITIES}",
    "rules: [a]": "1:8: `rules` is a list, but must be a mapping of rules or categories to error, warning, info or off",
    "policies: x": "1:11: `policies` is 'x', but must be a list of folders with rule files",
    "policies: [policies, nowhere]": "1:22: `policies[1]` is no folder: {here}/nowhere",
    "exclude:\n- ''": "2:3: `exclude[0]` is '', but must be a text that is not empty",
    "exclude:\n- 1": "2:3: `exclude[0]` is 1, but must be a text that is not empty",
    "include: {}": "1:10: `include` is a mapping, but must be a list of patterns as in a .gitignore",
    "instanceTypes: m5.large": "1:16: `instanceTypes` is 'm5.large', but must be a list of instance types",
    "instanceTypes: [m5.large, m5large]": "1:27: `instanceTypes[1]` is 'm5large', but must be"
    " an instance type such as m5.large",
    "cni: 1.18": f"1:6: `cni` is 1.18, but must be {RELEASE}",
    "cni: latest": f"1:6: `cni` is 'latest', but must be {RELEASE}",
    "kubernetes: 1": "1:13: `kubernetes` is '1', but must be a version of Kubernetes such as 1.31",
    "kubernetes: 1.31.2": "1:13: `kubernetes` is '1.31.2', but must be a version of Kubernetes such as 1.31",
    "kubernetes: true": "1:13: `kubernetes` is 'true', but must be a version of Kubernetes such as 1.31",
    "managed: maybe": "1:10: `managed` is 'maybe', but must be true or false",
    "managed: 1": "1:10: `managed` is 1, but must be true or false",
    "maxPods: 0": "1:10: `maxPods` is 0, but must be a whole number of 1 or more",
    "maxPods: '110'": "1:10: `maxPods` is '110', but must be a whole number of 1 or more",
    "maxPods: 1.5": "1:10: `maxPods` is 1.5, but must be a whole number of 1 or more",
    "maxPods: off": "1:10: `maxPods` is false (as YAML reads off and no), but must be a whole number of 1 or more",
    "subnets: 10.0/24": "1:10: `subnets` is '10.0/24', but must be a list of IPv4 blocks or numbers of free addresses",
    "subnets: [-1]": "1:11: `subnets[0]` is -1, but must be an IPv4 block such as 10.0.0.0/24, or a number of free "
    "addresses",
    "nodes: 0": "1:8: `nodes` is 0, but must be a whole number of 1 or more",
    "podsPerNode: .inf": "1:14: `podsPerNode` is inf, but must be a whole number of 1 or more",
    "limits: {warmIpTarget: -1}": "1:24: `limits.warmIpTarget` is -1, but must be a whole number of 0 or more",
    "overrides: {}": "1:12: `overrides` is a mapping, but must be a list of mappings, each with `files`",
    "overrides:\n- 1": "2:3: `overrides[0]` is 1, but must be a mapping with `files` and settings",
    "overrides:\n- cni: 1.18.0": "2:3: `overrides[0]` has no `files`",
    "overrides:\n- files: []": "2:10: `overrides[0].files` is an empty list, but must be a list of one or more patterns"
    " as in a .gitignore",
    "overrides:\n- files: [a]\n- files: [b]\n  maxPods: x": "4:12: `overrides[1].maxPods` is 'x', but must be a whole"
    " number of 1 or more",
    "overrides:\n- files: [a]\n  policy: x": f"3:3: `overrides[0].policy` {UNKNOWN}; there are files, as, {SETTINGS}",
    "maxPods: 0\ncni: x": "1:10: `maxPods` is 0, but must be a whole number of 1 or more",
    "cni: x\nmaxPods: 0": f"1:6: `cni` is 'x', but must be {RELEASE}",
    "- rules": "1:1: the configuration is a list, but must be a mapping of settings",
    "text": "1:1: the configuration is 'text', but must be a mapping of settings",
    "managed: true\nmanaged: false": "2:1: `managed` is written twice",
    "overrides:\n- files: [a]\n  rules:\n    x: error\n    x: off": "5:5: `x` is written twice",
    "managed: true\n---\nmanaged: false": "3:1: more than one YAML document",
    "rules: [": "2:1: not YAML: while parsing a flow node: expected the node content, but found '<stream end>'",
    "a: &a [*a]": "1:4: an alias that contains itself",
    "on: 1": f"1:1: `true` {UNKNOWN}; there are {KEYS}",
}


@pytest.mark.parametrize("content", WRONG)
def test_errors_know_their_place_and_what_would_be_right(here: Path, content: str) -> None:
    assert wrong(content + "\n") == WRONG[content].replace("{here}", str(here))


TWO_TABLES = """\
[[tool.cnilint.overrides]]
files = ["a"]
maxPods = 1
[[tool.cnilint.overrides]]
files = ["b"]
maxPods = 0
"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("maxPod = 1", f"3:1: `maxPod` {UNKNOWN}; did you mean `maxPods`?"),
        ("cni = '1.18.0'\nmaxPods = 0", "4:1: `maxPods` is 0, but must be a whole number of 1 or more"),
        ('"maxPods" = 0', "3:2: `maxPods` is 0, but must be a whole number of 1 or more"),
        ("maxPods = 1.5", "3:1: `maxPods` is '1.5', but must be a whole number of 1 or more"),
        ("kubernetes = 1", "3:1: `kubernetes` is '1', but must be a version of Kubernetes such as 1.31"),
        ("managed = 1979-05-27", "3:1: `managed` is datetime.date(1979, 5, 27), but must be true or false"),
        ("limits.x = 1", f"3:8: `limits.x` {UNKNOWN}; there are warmIpTarget"),
        ("limits = {warmIpTarget = -1}", "3:11: `limits.warmIpTarget` is -1, but must be a whole number of 0 or more"),
        ("[tool.cnilint.rules]\nx = 'warn'", f"4:1: `rules.x` is 'warn', but must be {SEVERITIES}"),
        (
            "[tool.cnilint.rules]\nx = true",
            f"4:1: `rules.x` is true (as YAML reads on and yes), but must be {SEVERITIES}",
        ),
        ("policies = ['policies', 'nowhere']", "3:1: `policies[1]` is no folder: {here}/nowhere"),
        (
            TWO_TABLES,
            "8:1: `overrides[1].maxPods` is 0, but must be a whole number of 1 or more",
        ),
        (
            TWO_TABLES.replace("maxPods = 1", "maxPods = -1"),
            "5:1: `overrides[0].maxPods` is -1, but must be a whole number of 1 or more",
        ),
        ("x", "3:2: not TOML: Expected '=' after a key in a key/value pair"),
        ("x = ", "3:5: not TOML: Invalid value"),
        ("maxPods = 1\nmaxPods = 2", "4:12: not TOML: Cannot overwrite a value"),
    ],
)
def test_errors_in_toml_know_their_line(here: Path, content: str, message: str) -> None:
    content = f"[project]\n[tool.cnilint]\n{content}\n"
    assert wrong(content, "pyproject.toml") == message.replace("{here}", str(here))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "1:1: the configuration holds no [tool.cnilint]"),
        ("[tool.cnilinter]\nx = 1", "1:1: the configuration holds no [tool.cnilint]"),
        ("tool = 'cnilint'", "1:1: the configuration holds no [tool.cnilint]"),
        ("[tool]\ncnilint = 1", "1:1: the configuration is 1, but must be a mapping of settings"),
        ("cnilint = " + "[" * 5000, "1:1: not TOML: maximum recursion depth exceeded"),
        ("# cnilint\nx = [1,", "2:1: not TOML: Invalid value"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_toml_file_that_holds_none(content: str, message: str) -> None:
    assert wrong(content, "pyproject.toml").startswith(message)


@pytest.mark.usefixtures("here")
def test_files_that_cannot_be_read() -> None:
    Path("folder.yaml").mkdir()
    for name, message in {"missing.yaml": "no such file or folder", "folder.yaml": "a folder, not a file"}.items():
        with pytest.raises(ConfigError) as caught:
            config.read(name)
        assert (caught.value.path, caught.value.message) == (name, message)
    assert wrong(b"rules: \xff") == "1:8: not UTF-8 text: invalid start byte"
    assert wrong(b"cnilint = '\xff'", "pyproject.toml") == "1:12: not UTF-8 text: invalid start byte"


KEY = st.sampled_from(["rules", "policies", "instanceTypes", "cni", "kubernetes", "maxPods", "limits", "overrides"])
INNER = st.sampled_from(["a", "files", "rules", "kubernetes", "warmIpTarget", "instanceTypes"])
SCALAR = st.none() | st.booleans() | st.integers(-1, 9) | st.floats() | st.sampled_from(["", "off", "1.31", "m5.large"])
VALUE = st.recursive(SCALAR, lambda value: st.lists(value, max_size=3) | st.dictionaries(INNER, value, max_size=3))
NOISE = st.text(alphabet="ab:-[]{}&*'\"#\n\t \\!", max_size=20)


def outcome(name: str) -> Config | ConfigError:
    try:
        return config.read(name)
    except ConfigError as error:
        return error


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEY, VALUE, max_size=3) | VALUE, NOISE, st.sampled_from([".cnilint.yaml", "pyproject.toml"]))
@pytest.mark.usefixtures("here")
def test_whatever_is_written_is_a_configuration_or_an_error_with_its_line(value: object, noise: str, name: str) -> None:
    content = json.dumps(value)
    if name == "pyproject.toml":
        content = "[tool]\ncnilint = " + content.replace(": ", " = ").replace("NaN", "nan").replace("Infinity", "inf")
    Path(name).write_text(f"{content}\n{noise}")
    told = outcome(name)
    if isinstance(told, ConfigError):
        assert (told.path, told.line >= 1, told.column >= 1) == (name, True, True)
    else:
        assert {type(number) for number in (*told.settings.limits.values(), told.settings.max_pods or 1)} == {int}


# Where it is found


def names(told: Config, root: Path) -> str:
    return os.path.relpath(told.path, root) if told.path else ""


@pytest.mark.parametrize(
    ("contents", "start", "found"),
    [
        ({}, "a/b", ""),
        ({".cnilint.yaml": ""}, ".", ".cnilint.yaml"),
        ({".cnilint.yaml": ""}, "a/b", ".cnilint.yaml"),
        ({".cnilint.yml": ""}, "a/b", ".cnilint.yml"),
        ({".cnilint.yaml": "", "a/.cnilint.yml": ""}, "a/b", "a/.cnilint.yml"),
        ({".cnilint.yaml": "", ".cnilint.yml": "x: y", "pyproject.toml": "[tool.cnilint]"}, "a", ".cnilint.yaml"),
        ({".cnilint.yml": "", "pyproject.toml": "[tool.cnilint]"}, "a", ".cnilint.yml"),
        ({"pyproject.toml": "[tool.cnilint]"}, "a/b", "pyproject.toml"),
        ({"pyproject.toml": "[project]\n", ".cnilint.yaml": ""}, "a", ".cnilint.yaml"),
        ({"a/pyproject.toml": "[tool.cnilinter]\n", ".cnilint.yaml": ""}, "a", ".cnilint.yaml"),
        ({"a/pyproject.toml": "[tool.cnilint]\n", ".cnilint.yaml": ""}, "a/b", "a/pyproject.toml"),
        ({"a/pyproject.toml": "this is no TOML\n", ".cnilint.yaml": ""}, "a", ".cnilint.yaml"),
    ],
)
def test_the_nearest_folder_with_a_configuration_wins(
    here: Path, contents: dict[str, str], start: str, found: str
) -> None:
    (here / "a/b").mkdir(parents=True)
    for name, content in contents.items():
        (here / name).write_text(content)
    told = config.found(str(here / start))
    assert names(told, here) == found
    assert told.root == str((here / found).parent if found else here / start)
    os.chdir(here / start)
    assert config.found(".").path == told.path


def test_without_a_configuration_nothing_is_said(here: Path) -> None:
    told = config.found(str(here))
    assert (told.path, told.root, told.settings) == ("", str(here), NOTHING)
    assert (told.policies, told.overrides, told.include.lines, told.exclude.lines) == ((), (), (), ())
    assert config.in_force(told, "x.yaml") is told.settings
    assert not config.excluded(told, "x.yaml")
    assert EMPTY.settings == NOTHING


@pytest.mark.parametrize("name", [".cnilint.yaml", ".cnilint.yml"])
def test_a_configuration_that_cannot_be_read_is_not_passed_over(here: Path, name: str) -> None:
    (here / "a").mkdir()
    (here / ".cnilint.yaml").touch()
    (here / "a" / name).symlink_to("gone.yaml")
    with pytest.raises(ConfigError, match=r"a link to nothing: gone\.yaml$"):
        config.found(str(here / "a"))


def test_a_wrong_configuration_found_upwards_is_an_error(here: Path) -> None:
    (here / "a").mkdir()
    (here / ".cnilint.yaml").write_text("maxPods: 0")
    with pytest.raises(ConfigError) as caught:
        config.found(str(here / "a"))
    assert (caught.value.path, caught.value.line, caught.value.column) == (str(here / ".cnilint.yaml"), 1, 10)


# What is in force


OVERRIDES = """\
rules: {a: error, b: warning}
kubernetes: "1.30"
managed: true
limits: {warmIpTarget: 4}
overrides:
  - files: [prod/, "!prod/test.yaml"]
    rules: {b: off, c: info}
    managed: false
    instanceTypes: [m5.large]
  - files: ["*.json"]
    rules: {a: off, b: error}
    kubernetes: 1.31
    limits: {warmIpTarget: 9}
  - files: [/prod/deep/*.json]
    instanceTypes: [c5.large]
    maxPods: 20
    podsPerNode: 10
    cni: v1.19.0
"""
RULES = {"a": "error", "b": "warning"}
BASE = NOTHING._replace(rules=RULES, kubernetes="1.30", managed=True, limits={"warmIpTarget": 4})
PROD = BASE._replace(rules={"a": "error", "b": "off", "c": "info"}, managed=False, instance_types=("m5.large",))
JSON = BASE._replace(rules={"a": "off", "b": "error"}, kubernetes="1.31", limits={"warmIpTarget": 9})
BOTH = PROD._replace(rules={"a": "off", "b": "error", "c": "info"}, kubernetes="1.31", limits={"warmIpTarget": 9})
DEEP = BOTH._replace(instance_types=("c5.large",), max_pods=20, pods_per_node=10, cni="v1.19.0")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("x.yaml", BASE),
        ("prod/x.yaml", PROD),
        ("./prod/a/b/x.yaml", PROD),
        ("other/prod/x.yaml", PROD),
        ("prod", BASE),
        ("x.json", JSON),
        ("prod/x.json", BOTH),
        ("prod/deep/x.json", DEEP),
        ("other/prod/deep/x.json", BOTH),
        ("../prod/x.json", BASE),
        ("<stdin>", BASE),
        ("gone/../prod/x.yaml", PROD),
    ],
)
@pytest.mark.usefixtures("here")
def test_overrides_apply_by_file_and_the_later_win(path: str, expected: Settings) -> None:
    told = written(OVERRIDES)
    assert config.in_force(told, path) == expected
    assert config.in_force(told, os.path.abspath(path)) == expected
    assert told.settings == BASE


@pytest.mark.usefixtures("here")
def test_the_same_overrides_give_the_same_object() -> None:
    told = written(OVERRIDES)
    assert config.in_force(told, "prod/a.yaml") is config.in_force(told, "other/prod/b.yaml")
    assert config.in_force(told, "prod/a.yaml") is not config.in_force(told, "b.yaml")


@pytest.mark.usefixtures("here")
def test_patterns_are_relative_to_the_configuration_not_to_where_one_is() -> None:
    Path("sub").mkdir()
    Path("sub/x.yaml").touch()
    Path("sub/y.yaml").touch()
    written("exclude: [/sub/y.yaml]\noverrides: [{files: [sub/x.yaml], managed: true}]")
    os.chdir("sub")
    told = config.found(".")
    assert config.in_force(told, "x.yaml").managed is True
    assert config.in_force(told, "y.yaml").managed is None
    assert (config.excluded(told, "x.yaml"), config.excluded(told, "y.yaml")) == (False, True)
    assert list(files.found([".", "y.yaml"], told)) == ["x.yaml"]


# What holds the schema, the code and the documentation together


def schema() -> dict[str, Any]:
    path = os.path.join(shipped("schemas"), "config.schema.json")
    loaded: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return loaded


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_schemas_defaults_are_the_codes() -> None:
    limits = schema()["$defs"]["limits"]["properties"]
    assert {name: limit["default"] for name, limit in limits.items()} == DEFAULT_LIMITS


def test_whatever_the_schema_may_refuse_has_a_title_to_say_so() -> None:
    def untitled(part: object, where: str) -> list[str]:
        if isinstance(part, list):
            return [name for index, item in enumerate(part) for name in untitled(item, f"{where}/{index}")]
        if not isinstance(part, dict):
            return []
        bare = isinstance(part.get("type", part.get("enum")), str | list) and "title" not in part
        return [where] * bare + [name for key, item in part.items() for name in untitled(item, f"{where}/{key}")]

    assert untitled(schema(), "") == []
    assert untitled({"items": {"type": "string"}}, "") == ["/items"]


def test_an_override_may_say_what_the_whole_may() -> None:
    whole, one = schema()["properties"], schema()["properties"]["overrides"]["items"]["properties"]
    assert set(whole) - set(one) == {"policies", "include", "exclude", "instances", "clusters", "overrides"}
    own = {"files", "as"}
    assert {key: one[key] for key in set(one) - own} == {key: whole[key] for key in set(one) - own}


DOCUMENTATION = Path(__file__).parent.parent / "docs" / "configuration.md"
EXAMPLES = re.findall(
    r"^```(yaml|toml)\n(.*?)^```", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)
MANIFEST = """\
kind: DaemonSet
metadata: {name: aws-node}
spec:
  template:
    spec:
      containers:
        - name: aws-node
          image: 602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:v1.23.1
"""


def checked(*arguments: str) -> tuple[int, list[str], str]:
    """Return the exit code of the command line, the rules that found something, and standard error."""
    environment = {**os.environ, "PYTHONPATH": str(DOCUMENTATION.parent.parent)}
    command = [sys.executable, "-m", "cnilint", "check", "--quiet", *arguments]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return run.returncode, re.findall(r"\[([\w-]+)\]$", run.stdout, re.MULTILINE), run.stderr


def test_the_documented_examples_are_right_and_use_every_key(here: Path) -> None:
    (kind, full), (other, short), _ = EXAMPLES
    assert (kind, other) == ("yaml", "toml")
    assert [key for key in schema()["properties"] if not re.search(rf"^{key}:", full, re.MULTILINE)] == []
    told = written(full)
    assert told.policies == (str(here / "policies"),)
    assert written(short, "pyproject.toml").settings.instance_types == told.settings.instance_types


@pytest.mark.usefixtures("here")
def test_the_documented_example_names_rules_and_instance_types_there_are() -> None:
    full = EXAMPLES[0][1].replace("policies:\n  - policies\n", "")  # that folder holds no rule here
    Path(".cnilint.yaml").write_text(full)
    assert checked() == (0, [], "")
    Path(".cnilint.yaml").write_text(full.replace("metrics-disabled", "no-such-rule"))
    code, _, errors = checked()
    assert (code, "no-such-rule" in errors) == (2, True)


@pytest.mark.usefixtures("here")
def test_the_documented_comments_ignore_what_they_say() -> None:
    text = MANIFEST + textwrap.indent(EXAMPLES[2][1], " " * 10)
    rules = ["metrics-disabled", "introspection-disabled"]
    select = ("--select", ",".join([*rules, "unused-ignore"]))
    Path("x.yaml").write_text(text)
    assert checked(*select, "x.yaml") == (0, [], "")
    Path("x.yaml").write_text(re.sub("# cnilint.*", "", text))
    assert checked(*select, "x.yaml") == (0, rules, "")


def test_the_documentation_has_a_row_for_every_key() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    limits = [f"limits.{name}" for name in DEFAULT_LIMITS]
    keys = [*schema()["properties"], *limits, "overrides[].files"]
    assert [key for key in keys if f"\n| `{key}` |" not in text and key != "limits"] == []
