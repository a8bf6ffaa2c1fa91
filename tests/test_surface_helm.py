"""The chart aws-vpc-cni: what its values come to, and what fixtures do not show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.edit import fixed, outward, replacement
from cnilint.errors import SourceError
from cnilint.source.inset import HOLE
from cnilint.source.text import Text, decoded
from cnilint.source.yaml import ScalarNode
from cnilint.surface import Surface, relevant, surfaces
from cnilint.surface.charted import own_variables
from cnilint.surface.families import VARIABLES
from cnilint.surface.helm import Assigned, assigned, opaque, steps
from cnilint.surface.model import INIT, MAIN, UNKNOWN

FOLDER = Path(__file__).parent / "fixtures" / "surfaces"
FORMATS = ("helm", "flux", "argocd", "helmfile", "kustomize")
FIXTURES = sorted(path for name in FORMATS for path in (FOLDER / name).glob("*.yaml"))


def one(content: str, path: str = "values.yaml") -> Surface:
    (found,) = surfaces(Text(content, path))
    return found


def values(env: str, rest: str = "image: {}") -> Surface:
    return one(f"{rest}\nenv:\n  AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false'\n  {env}\n")


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("env.WARM_IP_TARGET", "5", (MAIN, "WARM_IP_TARGET", "5")),
        ("init.env.ENABLE_IPv6", "true", (INIT, "ENABLE_IPv6", "true")),
        ("env.X", "True", (MAIN, "X", "true")),
        ("env.X", "+5", (MAIN, "X", "5")),
        ("env.X", "-5", (MAIN, "X", "-5")),
        ("env.X", "0", (MAIN, "X", "0")),
        ("env.X", "007", (MAIN, "X", "007")),
        ("env.X", "1000000", (MAIN, "X", "1000000")),
        ("env.X", "+9223372036854775808", (MAIN, "X", "+9223372036854775808")),
        ("env.X", "1" * 5000, (MAIN, "X", "1" * 5000)),
        ("env.X", "1e3", (MAIN, "X", "1e3")),
        ("env.X", "", (MAIN, "X", "")),
        ("env.X", "NULL", (MAIN, "X", None)),
        ("env.X", "a\\,b", (MAIN, "X", "a,b")),
        ("env.X", "a,b", (MAIN, "X", UNKNOWN)),
        ("env.X", "{a}", (MAIN, "X", UNKNOWN)),
        ("env.X", "${x}", (MAIN, "X", UNKNOWN)),
        ("env.X", f"a{HOLE}", (MAIN, "X", UNKNOWN)),
        ("env.X", UNKNOWN, (MAIN, "X", UNKNOWN)),
        ("env.X", True, (MAIN, "X", "true")),
        ("env.X", 5, (MAIN, "X", "5")),
        ("env.X", 1.5, (MAIN, "X", UNKNOWN)),
        ("env.a\\.b", "1", (MAIN, "a.b", "1")),
    ],
)
def test_a_set_name_assigns_a_variable(name: str, value: object, found: tuple[str, str, object]) -> None:
    assert assigned(name, value) == Assigned(*found)


@pytest.mark.parametrize("value", ["True", "null", "+5", "007"])
def test_a_forced_text_stays_as_it_is(value: str) -> None:
    assert assigned("env.X", value, forced=True) == Assigned(MAIN, "X", value)


@pytest.mark.parametrize(
    "name",
    ["", ".", "env", "image.tag", "env.X.Y", "extraEnv[0].name", "env[0]", "nodeAgent.env.X", "a\\.env.X", "env.${X}"],
)
def test_other_set_names_assign_none(name: str) -> None:
    assert assigned(name, "1") is None


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("extraEnv[0].value", True),
        ("env", True),
        ("init.env", True),
        ("env.${X}", True),
        ("env.X", False),
        ("tolerations[0].key", False),
        ("podAnnotations.a\\.b/c", False),
    ],
)
def test_set_names_that_change_environments_unseen(name: str, hidden: bool) -> None:  # noqa: FBT001
    assert opaque(name) is hidden


@given(st.text(alphabet="env.\\[]=,{}X$", max_size=12), st.text(max_size=6))
def test_any_set_name_and_value_is_read(name: str, value: str) -> None:
    assert (steps(name) is None) <= (assigned(name, value) is None)
    opaque(name)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", "true"),
        ("No", "false"),
        ("5", "5"),
        ("-0", "0"),
        ("0777", "511"),
        ("999999", "999999"),
        ("1000000", UNKNOWN),
        ("1.0", UNKNOWN),
        ("1e3", UNKNOWN),
        (".inf", UNKNOWN),
        ("[a]", UNKNOWN),
        ("{a: b}", UNKNOWN),
        ('"5"', "5"),
        ('""', ""),
        ("$(X)", UNKNOWN),
        ("'{{ .Values.x }}'", UNKNOWN),
    ],
)
def test_a_value_is_the_text_that_the_chart_writes(written: str, value: object) -> None:
    setting = values(f"WARM_IP_TARGET: {written}").setting(MAIN, "WARM_IP_TARGET")
    assert setting is not None
    assert setting.value == value


@pytest.mark.parametrize("written", ["null", "~", ""])
def test_null_takes_a_variable_away(written: str) -> None:
    assert values(f"WARM_IP_TARGET: {written}").setting(MAIN, "WARM_IP_TARGET") is None


@pytest.mark.parametrize(
    ("image", "release"),
    [
        ("tag: v1.18.1-eksbuild.3", "v1.18.1"),
        ("tag: 1.18.1", "v1.18.1"),
        ("tag: 1.18", None),
        ("tag: latest", None),
        ("tag: '${TAG}'", None),
        ("override: repo/x:v1.16.2, tag: v1.18.1", "v1.16.2"),
        ("override: repo/x, tag: v1.18.1", None),
        ("override: '', tag: v1.18.1", "v1.18.1"),
        ("region: eu-west-1", None),
    ],
)
def test_the_image_tells_the_release(image: str, release: str | None) -> None:
    assert values("X: '1'", f"image: {{{image}}}").release == release


@pytest.mark.parametrize(
    "env", ["env: ${ENV}", "env: null", "env: [a]", "init: null", "init: {env: x}", "extraEnv: ${X}", "${X}: 1"]
)
def test_an_environment_put_in_later_makes_values_partial(env: str) -> None:
    found = one(f"aws-vpc-cni:\n  nodeAgent: {{}}\n  {env}\n")
    assert found.partial
    assert not found.settings


def test_a_variable_whose_name_is_put_in_later_is_no_setting() -> None:
    found = values("${NAME}: '1'")
    assert found.partial
    assert [item.name for item in found.settings] == ["AWS_VPC_K8S_CNI_EXTERNALSNAT"]


def test_a_bare_file_does_not_say_who_installs_it() -> None:
    assert values("X: '1'").managed is None


def test_of_merged_mappings_the_nearest_wins() -> None:
    found = one(
        "a: &a {WARM_IP_TARGET: '1', MAX_ENI: '1'}\nb: &b {WARM_IP_TARGET: '2', ENABLE_POD_ENI: 'true'}\n"
        "aws-vpc-cni:\n  env:\n    <<: [*a, *b]\n    MAX_ENI: '3'\n"
    )
    assert {item.name: item.value for item in found.settings} == {
        "WARM_IP_TARGET": "1",
        "ENABLE_POD_ENI": "true",
        "MAX_ENI": "3",
    }
    warm = found.setting(MAIN, "WARM_IP_TARGET")
    assert warm is not None
    assert warm.text.position(warm.at.start) == (1, 24)


ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: cni}
spec:
  source:
    chart: aws-vpc-cni
    targetRevision: 1.18.1
    helm:
"""


def test_broken_values_in_a_string_are_an_error_with_its_place() -> None:
    with pytest.raises(SourceError) as caught:
        surfaces(Text(ARGO + "      values: |\n        env:\n          A: b\n         C: d\n", "app.yaml"))
    assert (caught.value.path, caught.value.line) == ("app.yaml", 12)


@pytest.mark.parametrize("body", ["env: [", "{{ if }}\nenv: {A: b}\n{{ end }}", "env: {{ x }}\n A: b"])
def test_broken_values_with_placeholders_are_unknown(body: str) -> None:
    body = body.replace("env: [", "env: [{{ x }}")
    found = one(ARGO + "      values: |\n" + "".join(f"        {line}\n" for line in body.splitlines()))
    assert found.partial
    assert not found.settings


@pytest.mark.parametrize("written", ["''", "null", '"x"', '"# nothing"', "{}"])
def test_a_string_without_a_mapping_gives_no_settings(written: str) -> None:
    found = one(f"{ARGO}      values: {written}\n")
    assert not found.settings
    assert found.release == "v1.18.1"


def test_parameters_win_over_values_and_the_last_of_them_over_the_others() -> None:
    found = one(
        ARGO + "      values: 'env: {WARM_IP_TARGET: \"1\"}'\n      parameters:\n"
        "      - {name: env.WARM_IP_TARGET, value: '2'}\n      - {name: env.WARM_IP_TARGET, value: '3'}\n"
        "      - {name: image.tag, value: v1.16.2}\n      - {value: x}\n      - x\n"
    )
    assert [(item.name, item.value, item.at.content) for item in found.settings] == [("WARM_IP_TARGET", "3", "'3'")]
    assert found.release == "v1.16.2"


def test_extra_variables_stand_behind_all_others() -> None:
    found = one(
        ARGO + "      valuesObject: {extraEnv: [{name: WARM_IP_TARGET, value: '9'}]}\n"
        "      parameters: [{name: env.WARM_IP_TARGET, value: '2'}]\n"
    )
    assert [item.value for item in found.settings] == ["2", "9"]


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("prefix", ["env.", "init.env."])
def test_the_name_behind_a_set_path_is_renamed_alone(quote: str, prefix: str) -> None:
    content = f"{ARGO}      parameters:\n      - name: {quote}{prefix}WARM_IP{quote}\n        value: '1'\n"
    (setting,) = one(content).settings
    assert setting.named_at.content == "WARM_IP"
    edit = replacement(setting.text, setting.name_node, "WARM_IP_TARGET")
    assert edit is not None
    assert f"- name: {quote}{prefix}WARM_IP_TARGET{quote}\n" in fixed(content, [edit])


def test_a_name_written_with_escapes_is_left_alone() -> None:
    (setting,) = one(f'{ARGO}      parameters: [{{name: "env.WARM_I\\x50", value: "1"}}]\n').settings
    assert setting.name == "WARM_IP"
    assert setting.named_at.content == '"env.WARM_I\\x50"'
    assert replacement(setting.text, setting.name_node, "X") is None


def test_values_in_a_string_are_mended_in_the_file() -> None:
    content = f"{ARGO}      values: 'env: {{WARM_IP_TARGET: \"x\"}}'\n"
    (setting,) = one(content).settings
    assert isinstance(setting.value_node, ScalarNode)
    edit = replacement(setting.text, setting.value_node, "5")
    assert edit is not None
    mended = outward(setting.text, edit)
    assert mended is not None
    assert fixed(content, [mended]) == content.replace('"x"', '"5"')


def test_objects_in_a_list_are_read() -> None:
    app = "".join(f"    {line}\n" for line in ARGO.splitlines()).replace("    api", "  - api", 1)
    found = one(f"kind: List\nitems:\n- kind: ApplicationList\n  items:\n{app}          values: 'env: {{X: \"1\"}}'\n")
    assert [item.name for item in found.settings] == ["X"]


def test_a_list_that_holds_itself_has_no_surface() -> None:
    assert surfaces(Text("&x\nkind: List\nitems: [*x]\nname: aws-vpc-cni\n")) == []


def test_every_variable_that_tells_the_chart_is_searched_for() -> None:
    missing = {name for name in own_variables() if not any(part in name for part in VARIABLES)}
    assert not missing


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_places_lie_on_what_is_read(path: Path) -> None:
    for surface in surfaces(decoded(path.read_bytes(), path.name)):
        assert surface.format in (path.parent.name, "values")  # of the lookalikes one is bare values
        for setting in surface.settings:
            assert setting.named_at.content.strip("\"'") == setting.name
            plain = isinstance(setting.value_node, ScalarNode) and setting.value_node.style not in ("|", ">")
            if plain and setting.value is not UNKNOWN and setting.written.strip("\"'").isdigit():
                assert setting.written.strip("\"'").lstrip("0") in (setting.value, "10"), setting
            assert setting.entry.content.count(setting.name) >= 1


VARIABLE = st.sampled_from(["WARM_IP_TARGET", "ENABLE_POD_ENI", "AWS_VPC_K8S_CNI_LOGLEVEL", "X", "${X}", "<<"])
SCALAR = st.one_of(
    st.sampled_from(["true", "5", "", "null", "{{ x }}", "${X}", "a,b", "{a}", "env: {A: 1}", "env: [", "v1.18.1"]),
    st.text(alphabet="ab{}[]$:,\n'\"#&*", max_size=8),
    st.none(),
    st.booleans(),
    st.integers(),
)
KEYS = st.sampled_from(
    [
        *("env", "init", "image", "tag", "extraEnv", "aws-vpc-cni", "values", "valuesObject", "parameters", "name"),
        *("value", "chart", "version", "spec", "helm", "source", "sources", "set", "file", "valuesFrom", "template"),
    ]
)
TREE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(
        st.dictionaries(st.one_of(KEYS, VARIABLE), inner, max_size=5),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)
NAMED = st.fixed_dictionaries(
    {"chart": st.just("aws-vpc-cni"), "name": st.sampled_from(["aws-vpc-cni", "env.X", 1]), "values": TREE},
    optional={"helm": TREE, "set": TREE, "setString": TREE, "valuesInline": TREE, "valuesMerge": SCALAR, "spec": TREE}
    | {"version": SCALAR, "valuesFrom": TREE, "sourceRef": TREE, "targetRevision": SCALAR, "installed": SCALAR},
)
DOCUMENT = st.one_of(
    TREE,
    st.builds(lambda it: {"releases": [it]}, NAMED),
    st.builds(lambda it: {"helmCharts": [it]}, NAMED),
    st.builds(lambda it: {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": {"source": it}}, NAMED),
    st.builds(
        lambda it, spec: (
            {"apiVersion": "argoproj.io/v1", "kind": "ApplicationSet", "spec": {"template": {"spec": it}}}
            | ({"generators": spec} if isinstance(spec, list) else {})
        ),
        st.builds(lambda it: {"sources": [it, it]}, NAMED),
        TREE,
    ),
    st.builds(
        lambda it, tree: {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "spec": {"chart": {"spec": it}, "values": tree},
        },
        NAMED,
        TREE,
    ),
)


@given(DOCUMENT)
def test_nothing_but_source_errors_is_raised(document: object) -> None:
    content = json.dumps(document)
    try:
        found = surfaces(Text(content, "x.json"))
    except SourceError:
        return
    for surface in found:
        assert surface.anchor.content
        for setting in surface.settings:
            assert 0 <= setting.at.start <= setting.at.end <= len(setting.at.text.content)
            assert isinstance(setting.value, str) or setting.value is UNKNOWN or setting.container == MAIN
    assert relevant(content.encode()) or not found
