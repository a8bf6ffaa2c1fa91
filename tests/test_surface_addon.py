"""Values of the EKS add-on: what is recognised, what is not known, and where a broken string is broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.errors import SourceError
from cnilint.knowledge.variables import variables
from cnilint.source.inset import HOLE
from cnilint.source.text import Text
from cnilint.source.yaml import documents
from cnilint.surface import UNKNOWN, Surface, addon, relevant, surfaces
from cnilint.surface.addon import forced, sure, values_of
from cnilint.surface.families import VARIABLES


def found(content: str, path: str = "x.yaml") -> list[Surface]:
    return surfaces(Text(content, path))


def described(values: str) -> Surface:
    """Return the surface of what ``aws eks describe-addon`` prints of an add-on with these values."""
    (surface,) = found(json.dumps({"addon": {"addonName": "vpc-cni", "configurationValues": values}}))
    return surface


def read(content: str) -> Surface:
    """Return the surface of the values at the key ``values``."""
    text = Text(content, "x.yaml")
    (root,) = documents(text)
    return values_of(text, root.value[0][1])


@pytest.mark.parametrize(
    ("content", "form", "partial", "settings"),
    [
        ("values:", "absent", False, {}),
        ("values: ~", "absent", False, {}),
        ("values: ''", "text", False, {}),
        ("values: '# nothing'", "text", False, {}),
        ("values: '{}'", "text", False, {}),
        ("values: 'null'", "text", False, {}),
        ("values: file://values.json", "text", True, {}),
        ("values: '[1]'", "text", True, {}),
        ('values: "env: {}\\n---\\nenv: {}"', "text", True, {}),
        ("values: [1]", "unknown", True, {}),
        ("values: ${VALUES}", "unknown", True, {}),
        ("values: '{{ values | to_json }}'", "unknown", True, {}),
        ('values: \'{"env": {"MAX_ENI": "3"\'${MORE}', "unknown", True, {}),
        ("values: {env: {MAX_ENI: '3'}}", "mapping", False, {"MAX_ENI": "3"}),
        ("values: 'env: {MAX_ENI: 3}'", "text", False, {"MAX_ENI": 3}),
        ("values: 'env: {MAX_ENI: ${N}}'", "text", False, {"MAX_ENI": UNKNOWN}),
        ("values: 'env: ${ENV}'", "text", True, {}),
        ("values: 'env: {${NAME}: x, MAX_ENI: $(N)}'", "text", True, {"MAX_ENI": UNKNOWN}),
        ("values: 'init: {env: {{ x }}}'", "text", True, {}),
        ("values: '{env: {MAX_ENI: 1}, extraEnv: [{{ x }}]}'", "text", True, {"MAX_ENI": 1}),
        ("values: 'extraEnv: [{name: \"${N}\", value: x}]'", "text", True, {}),
        ("values: '{\"${PART}\": {}}'", "text", True, {}),
    ],
)
def test_values_of_whatever_stands_there(
    content: str, form: str, settings: dict[str, object], *, partial: bool
) -> None:
    surface = read(content.replace("'${MORE}", " ${MORE}'"))
    assert surface.addon is not None
    assert (surface.kind, surface.addon.form, surface.partial) == ("addon", form, partial)
    assert {item.name: item.value for item in surface.settings} == settings


def test_what_is_put_in_is_unknown_to_expressions() -> None:
    surface = described(
        '{"enableNetworkPolicy": "${ON}", "eniConfig": {"subnets": {"${AZ}": {"id": "x"}, "b": ["$(C)"]}}}'
    )
    assert surface.object == {"enableNetworkPolicy": UNKNOWN, "eniConfig": {"subnets": {"b": [UNKNOWN]}}}
    assert not surface.partial  # only what may bring settings makes it so


def test_keys_that_are_put_in_are_not_the_same_key() -> None:
    assert [item.key for item in described('{"env": {"${A}": "1", "${B}": "2", "C": "", "C": ""}}').repeated] == ["C"]


def test_pairs_of_escapes_are_one_character() -> None:
    (setting,) = described('{"env": {"ADDITIONAL_ENI_TAGS": "\U0001f600"}}').settings
    assert (setting.value, setting.written) == ("\U0001f600", '"\U0001f600"')


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ('{"addonName": "vpc-cni", "configurationValues": "{\\"env\\": {\\"MAX_ENI\\": \\"3\\"}"}', 1, 50),
        ('addonName: vpc-cni\nconfigurationValues: |\n  {\n    "env": [}\n  }\n', 4, 13),
        ("addonName: vpc-cni\nconfigurationValues: 'env: {MAX_ENI: [}'\n", 2, 39),
        ("addonName: vpc-cni\nconfigurationValues: {env: {<<: 1}}\n", 2, 33),
    ],
)
def test_a_broken_string_is_told_at_its_place(content: str, line: int, column: int) -> None:
    with pytest.raises(SourceError) as caught:
        found(content)
    assert (caught.value.path, caught.value.line, caught.value.column) == ("x.yaml", line, column)


@pytest.mark.parametrize(
    ("path", "kind", "format_"),
    [
        ("values.yaml", "values", "values"),
        ("addons/values.yaml", "values", "values"),
        ("vpc-cni-addon.json", "addon", "addon"),
        ("Add-On.yml", "addon", "addon"),
        ("x\\configuration-values.json", "addon", "addon"),
        ("eks/vpc-cni-config.yaml", "addon", "addon"),
    ],
)
def test_a_file_of_values_is_the_addons_by_its_name(path: str, kind: str, format_: str) -> None:
    (surface,) = found("env: {WARM_IP_TARGET: '5'}", path)
    assert (surface.kind, surface.format, surface.managed) == (kind, format_, True if kind == "addon" else None)


def test_any_file_can_be_read_as_values() -> None:
    (surface,) = forced(Text('{"env": {"ENABLE_IPv6": "true", "X": "${Y}"}, "image": {"tag": "v1.18.1"}}', "x.json"))
    assert [(item.name, item.value) for item in surface.settings] == [("ENABLE_IPv6", "true"), ("X", UNKNOWN)]
    assert (surface.kind, surface.format, surface.managed, surface.partial) == ("addon", "addon", True, False)
    assert forced(Text("[1]\n--- 2\n")) == []
    with pytest.raises(SourceError):
        forced(Text("{"))


def test_whatever_makes_a_file_sure_is_found_in_its_bytes() -> None:
    for name in variables():
        for content in (f"env: {{{name}: x}}", f"init: {{env: {{{name}: x}}}}"):
            if any(map(sure, documents(Text(content)))):
                assert relevant(content.encode()), name
                assert any(needle in content for needle in VARIABLES), name


def test_an_update_without_values_leaves_them() -> None:
    (update,) = found("{addonName: vpc-cni, clusterName: x, resolveConflicts: preserve}")
    (created,) = found("addon: {addonName: vpc-cni}")
    assert (update.partial, created.partial) == (True, False)
    assert update.addon is not None
    assert [(mode, when, at.content) for mode, when, at in update.addon.conflicts] == [("PRESERVE", "both", "preserve")]


@pytest.mark.parametrize("mode", ["", "'${MODE}'", "always", "{a: b}"])
def test_a_mode_that_is_none_is_not_told(mode: str) -> None:
    (surface,) = found(f"{{addonName: vpc-cni, clusterName: x, resolveConflicts: {mode or '~'}}}")
    assert surface.addon is not None
    assert surface.addon.conflicts == ()


NAMES = st.sampled_from(sorted(variables()))
VALUES = st.one_of(st.text(max_size=8), st.integers(-9, 99), st.booleans())
PIECES = st.sampled_from(
    [
        *":{}[],\"'|#\\\t\n ",
        HOLE,
        "env",
        "init",
        "- ",
        "&a",
        "*a",
        "<<",
        "!Sub",
        "${X}",
        "{{",
        "}}",
        "MAX_ENI",
        "3",
        "extraEnv",
    ]
)


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
def test_every_place_lies_on_its_value(env: dict[str, object]) -> None:
    body = json.dumps(json.dumps({"env": env}))
    text = Text(f'{{"addonName": "vpc-cni",\n "configurationValues": {body}}}', "x.json")
    (surface,) = surfaces(text)
    for setting in surface.settings:
        (line, column), (end_line, end) = (setting.text.position(at) for at in (setting.at.start, setting.at.end))
        assert line == end_line == 2
        assert json.loads(json.loads(f'"{text.line(line)[column - 1 : end - 1]}"')) == env[setting.name]


@given(st.lists(PIECES, max_size=14).map("".join))
def test_no_values_break_the_reader(values: str) -> None:
    content = json.dumps({"addonName": "vpc-cni", "configurationValues": values})
    for body in (content, f"addonName: vpc-cni\nconfigurationValues: |\n  {values}", f"env: {{MAX_ENI: 1}}\n{values}"):
        text = Text(body, "x.yaml")
        try:
            read_all = [*surfaces(text), *addon.forced(text)]
        except SourceError:
            continue
        for surface in read_all:
            for setting in surface.settings:
                assert setting.text.position(setting.at.start) <= setting.text.position(setting.at.end)
