"""CloudFormation templates: strings inside strings inside functions, each with its place in the file."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.edit import Edit, fixed, outward, removal, replacement
from cnilint.errors import SourceError
from cnilint.knowledge.variables import variables
from cnilint.source.text import Text
from cnilint.surface import UNKNOWN, Surface, surfaces
from cnilint.surface.cloudformation import Joined

HEAD = "Resources:\n  A:\n    Type: AWS::EKS::Addon\n    Properties:\n      AddonName: vpc-cni\n"


def template(values: str) -> Surface:
    (surface,) = surfaces(Text(f"{HEAD}      ConfigurationValues: {values}\n", "x.yaml"))
    return surface


@pytest.mark.parametrize(
    ("values", "form", "partial", "settings"),
    [
        ('!Sub \'{"env": {"MAX_ENI": "${N}"}}\'', "text", False, {"MAX_ENI": UNKNOWN}),
        ("!Sub '${Values}'", "unknown", True, {}),
        ("!Sub [1]", "text", True, {}),
        ("!Sub [!Ref X, {}]", "text", True, {}),
        ("!Ref Values", "unknown", True, {}),
        ("{Ref: Values}", "unknown", True, {}),
        ("!GetAtt Values.Json", "unknown", True, {}),
        ("{'Fn::ImportValue': x}", "unknown", True, {}),
        ("!If [A, '{}', '{}']", "unknown", True, {}),
        ("{'Fn::If': [A, '{}', '{}']}", "unknown", True, {}),
        ("!Join ['', ['{\"env\": {\"MAX_ENI\": ', !Ref N, '}}']]", "text", False, {"MAX_ENI": UNKNOWN}),
        ("!Join ['', ['{\"env\": {\"MAX_ENI\": ', !Ref N, '}']]", "unknown", True, {}),
        ("!Join ['', ['env: {MAX_ENI: \"1', '0\"}']]", "text", False, {"MAX_ENI": "10"}),
        ("!Join ['', [!Ref Values]]", "unknown", True, {}),
        ("!Join ['', !Split [',', x]]", "unknown", True, {}),
        ("!Join [!Ref D, [a, b]]", "unknown", True, {}),
        ("!Join x", "unknown", True, {}),
        ("!Base64 '{}'", "unknown", True, {}),
        ("!Sub", "unknown", True, {}),
        ("{'Fn::ToJsonString': {env: {MAX_ENI: !Ref X}}}", "expression", False, {"MAX_ENI": UNKNOWN}),
        ("{'Fn::ToJsonString': {env: !FindInMap [A, B, C]}}", "expression", True, {}),
        ("{'Fn::ToJsonString': !FindInMap [A, B, C]}", "unknown", True, {}),
        ("{'Fn::Transform': {Name: x}}", "unknown", True, {}),
        ("{env: {MAX_ENI: '3'}}", "mapping", False, {"MAX_ENI": "3"}),
        ("!Unheard {env: {MAX_ENI: '3'}}", "unknown", True, {}),
    ],
)
def test_what_functions_make(values: str, form: str, settings: dict[str, object], *, partial: bool) -> None:
    surface = template(values)
    assert surface.addon is not None
    assert (surface.addon.form, surface.partial) == (form, partial)
    assert {item.name: item.value for item in surface.settings} == settings


def test_a_string_within_a_string_is_told_at_its_place() -> None:
    with pytest.raises(SourceError) as caught:
        template('!Sub |\n        {\n          "env": {"MAX_ENI": "3" "A": "4"}\n        }')
    assert (caught.value.line, caught.value.column) == (8, 34)


@pytest.mark.parametrize("values", ["&a !Join ['', [*a]]", "&a {env: {X: *a}}"])
def test_what_contains_itself_is_an_error(values: str) -> None:
    with pytest.raises(SourceError):
        template(values)


@pytest.mark.parametrize("clusters", [0, 1, 2])
def test_nodes_are_joined_where_there_is_one_cluster(clusters: int) -> None:
    properties = "{Version: 1.30, KubernetesNetworkConfig: {IpFamily: ipv6}}"
    cluster = f"  C%d:\n    Type: AWS::EKS::Cluster\n    Properties: {properties}\n"
    nodes = "  N:\n    Type: AWS::EKS::Nodegroup\n    Properties: {InstanceTypes: [m5.large]}\n"
    content = HEAD + nodes + "".join(cluster % number for number in range(clusters))
    (surface,) = surfaces(Text(content))
    told = (surface.kubernetes, surface.ipv6, [(node.name, node.types, node.managed) for node in surface.nodes])
    assert told == (("1.30", True, [("N", ("m5.large",), True)]) if clusters == 1 else (None, None, []))


def test_the_cluster_of_cdk_and_nodes_with_windows() -> None:
    cluster = "  C:\n    Type: Custom::AWSCDK-EKS-Cluster\n    Properties:\n      Config:\n        version: '1.33'\n"
    network = "        kubernetesNetworkConfig: {ipFamily: ipv4}\n"
    nodes = "  W:\n    Type: AWS::EKS::Nodegroup\n    Properties: {AmiType: WINDOWS_CORE_2022_x86_64}\n"
    (surface,) = surfaces(Text(HEAD + cluster + network + nodes + nodes.replace("W:", "N:").replace("WINDOWS_", "")))
    assert (surface.kubernetes, surface.ipv6, [node.name for node in surface.nodes]) == ("1.33", False, ["N"])


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        (['\'{"env":{"MAX_ENI":"3"\'', "'}}'"], '\'{"env":{"MAX_ENI":"7"\''),
        (['"env: {MAX_ENI: \\"3\\"}"'], '"env: {MAX_ENI: \\"7\\"}"'),
        (["'env: {MAX_ENI: \"3'", "'\"}'"], None),
    ],
)
def test_an_edit_stays_within_one_string(parts: list[str], wanted: str | None) -> None:
    content = f"{HEAD}      ConfigurationValues: !Join ['', [{', '.join(parts)}]]\n"
    (surface,) = surfaces(Text(content))
    (setting,) = surface.settings
    assert setting.value_node is not None
    inner = replacement(setting.text, setting.value_node, "7")
    assert inner is not None
    edit = outward(setting.text, inner)
    assert (fixed(content, [edit]) if edit else None) == (content.replace(parts[0], wanted) if wanted else None)


def test_an_edit_of_what_stands_twice_is_none() -> None:
    surface = template("!Join ['\"4\"', ['env: {A: ', ', B: ', '}']]")
    found = [
        outward(item.text, Edit(item.value_node.start_mark.index, item.value_node.end_mark.index, "x"))
        for item in surface.settings
        if item.value_node
    ]
    assert found == [None, None]


@given(
    st.dictionaries(st.sampled_from(sorted(variables())), st.text(max_size=6), min_size=1, max_size=4),
    st.lists(st.integers(0, 200), max_size=4),
)
def test_every_place_in_a_joined_text_lies_on_its_value(env: dict[str, str], cuts: list[int]) -> None:
    body = json.dumps({"env": env})
    ends = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    parts = [body[start:end] for start, end in pairwise(ends)]
    properties = {"AddonName": "vpc-cni", "ConfigurationValues": {"Fn::Join": ["", parts]}}
    text = Text(json.dumps({"Resources": {"A": {"Type": "AWS::EKS::Addon", "Properties": properties}}}, indent=1))
    (surface,) = surfaces(text)
    assert {item.name for item in surface.settings} == set(env)
    for setting in surface.settings:
        at = setting.at
        (line, column), (end_line, end) = at.text.position(at.start), at.text.position(at.end)
        written = json.dumps(json.dumps(env[setting.name]))[1:-1]
        shown = text.line(line)[column - 1 :]
        assert (line, column) <= (end_line, end)
        if not isinstance(at.text, Joined):  # it lies within one string
            assert (end_line, shown[: end - column]) == (line, written)
        assert shown.startswith('\\"')


PIECES = st.sampled_from(
    [
        *"[]{}\"'a\\",
        "!Sub ",
        "!Join ",
        "!Ref ",
        "'Fn::Sub'",
        "'Fn::Join'",
        "'Fn::ToJsonString'",
        ": ",
        ", ",
        "env",
        "${X}",
        "${!Y}",
        "MAX_ENI",
        "&a ",
        "*a",
        "|\n        ",
    ]
)


@given(st.lists(PIECES, max_size=16).map("".join))
def test_no_template_breaks_the_reader(values: str) -> None:
    text = Text(f"{HEAD}      ConfigurationValues: {values}\n")
    try:
        found = surfaces(text)
    except SourceError:
        return
    for surface in found:
        for setting in surface.settings:
            assert setting.at.text.position(setting.at.start) <= setting.at.text.position(setting.at.end)


@pytest.mark.parametrize("style", ["|", "|-", "|+", "|2", ">"])
@pytest.mark.parametrize("rest", ["", "      ResolveConflicts: NONE\n", " \n\n  B: {}\n"])
def test_the_last_line_of_a_block_can_be_taken_out(style: str, rest: str) -> None:
    """The line that follows does not take over the indentation of the one that is gone."""
    before = f"{HEAD}      ConfigurationValues: {style}\n        env:\n          MAX_ENI: '4'\n"
    content = f"{before}          WARM_IP_TARGET: '1'\n{rest}"
    (surface,) = surfaces(Text(content))
    setting = surface.settings[-1]
    edit = removal(setting.text, setting.parent, setting.number)
    assert edit is not None
    edit = outward(setting.text, edit)
    assert edit is not None
    after = fixed(content, [edit])
    assert [line for line in after.splitlines() if line.strip()] == [
        line for line in (before + rest).splitlines() if line.strip()
    ]
    assert [item.name for item in surfaces(Text(after))[0].settings] == ["MAX_ENI"]
