"""Kustomizations and patches: whose a patch is, where its settings stand, and what is broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.errors import SourceError
from cnilint.source.text import Text
from cnilint.surface import UNKNOWN, Surface, surfaces

ENV = "/spec/template/spec/containers/0/env"


def found(content: str, path: str = "kustomization.yaml") -> list[Surface]:
    return surfaces(Text(content, path))


def patched(target: str, patch: object) -> list[Surface]:
    return found(json.dumps({"patches": [{"target": json.loads(target), "patch": json.dumps(patch)}]}))


def added(name: str, value: str = "x") -> dict[str, object]:
    return {"op": "add", "path": f"{ENV}/-", "value": {"name": name, "value": value}}


@pytest.mark.parametrize(
    "target",
    [
        '{"kind": "DaemonSet", "name": "aws-node"}',
        '{"kind": "DaemonSet", "name": "aws-node", "namespace": "kube-system"}',
        '{"kind": "Daemon.*", "name": "aws-(node|other)"}',
        '{"name": "aws-node"}',
        '{"kind": "DaemonSet"}',
        '{"kind": "DaemonSet", "labelSelector": "k8s-app=aws-node"}',
        '{"kind": "DaemonSet", "labelSelector": "tier in (a),app.kubernetes.io/name == aws-node"}',
    ],
)
def test_a_target_that_selects_it(target: str) -> None:
    (surface,) = patched(target, [added("WARM_IP_TARGET")])
    assert (surface.kind, surface.format, surface.partial) == ("daemonset", "kustomize", True)
    assert [item.name for item in surface.settings] == ["WARM_IP_TARGET"]


@pytest.mark.parametrize(
    "target",
    [
        '{"kind": "DaemonSet", "name": "aws-node-exporter"}',
        '{"kind": "DaemonSet", "name": "node"}',
        '{"kind": "Deployment", "name": "aws-node"}',
        '{"kind": "DaemonSet", "name": "aws-node", "namespace": "other"}',
        '{"kind": "DaemonSet", "labelSelector": "k8s-app=aws-node-exporter"}',
        '{"kind": "DaemonSet", "labelSelector": "tier=node"}',
        '{"kind": "DaemonSet", "name": "("}',
        '{"kind": "DaemonSet", "name": ["aws-node"]}',
        '{"kind": "DaemonSet", "name": "%s"}' % ("(a*)*" * 100),
    ],
)
def test_a_target_that_selects_others(target: str) -> None:
    assert patched(target, [added("WARM_IP_TARGET")]) == []


def test_without_a_name_the_variables_tell() -> None:
    assert patched('{"kind": "DaemonSet"}', [added("HTTPS_PROXY")]) == []
    assert patched('{"kind": "DaemonSet"}', [added("CLUSTER_ENDPOINT")]) == []
    (surface,) = patched('{"kind": "DaemonSet", "name": "aws-node"}', [added("HTTPS_PROXY")])
    assert surface.settings[0].name == "HTTPS_PROXY"


def test_containers_by_index() -> None:
    paths = [f"/spec/template/spec/{where}/env/-" for where in ("containers/0", "containers/1", "initContainers/0")]
    more = [f"/spec/template/spec/{where}/env/-" for where in ("containers/2", "initContainers/1")]
    patch = [{**added("A"), "path": path} for path in (*paths, *more)]
    (surface,) = patched('{"kind": "DaemonSet", "name": "aws-node"}', patch)
    assert [item.container for item in surface.settings] == ["aws-node", "aws-eks-nodeagent", "aws-vpc-cni-init"]


@pytest.mark.parametrize(
    ("between", "names"),
    [
        ([], ["MAX_ENI"]),
        ([{"op": "replace", "path": "/spec/template/spec/hostNetwork", "value": True}], ["MAX_ENI"]),
        ([{"op": "add", "path": f"{ENV}/-", "value": {"name": "A", "value": "b"}}], ["A", "MAX_ENI"]),
        ([{"op": "remove", "path": f"{ENV}/0"}], []),
        ([{"op": "add", "path": f"{ENV}/0", "value": {"name": "A"}}], ["A"]),
    ],
)
def test_the_name_of_a_value_is_known_from_a_test(between: list[dict[str, object]], names: list[str]) -> None:
    test = {"op": "test", "path": f"{ENV}/3/name", "value": "MAX_ENI"}
    patch = [test, *between, {"op": "replace", "path": f"{ENV}/3/value", "value": "4"}]
    (surface,) = patched('{"kind": "DaemonSet", "name": "aws-node"}', patch)
    assert [item.name for item in surface.settings] == names


def test_operations_without_a_value_or_of_another_kind_set_nothing() -> None:
    patch: list[dict[str, object]] = [
        {"op": "remove", "path": f"{ENV}/2"},
        {"op": "add", "path": f"{ENV}/-"},
        {"op": "copy", "from": f"{ENV}/2", "path": f"{ENV}/-"},
        {"op": "replace", "path": f"{ENV}/2/name", "value": "MAX_ENI"},
        {"op": "replace", "path": f"{ENV}/-", "value": "MAX_ENI"},
        {"op": "test", "path": f"{ENV}/1", "value": {"name": "MAX_ENI", "value": "4"}},
    ]
    (surface,) = patched('{"kind": "DaemonSet", "name": "aws-node"}', patch)
    assert surface.settings == ()


def test_removal_of_a_setting_takes_the_operation() -> None:
    content = json.dumps([added("MAX_ENI", "-1"), added("WARM_IP_TARGET", "2")])
    (surface,) = found(content, "patch.json")
    assert [json.loads(item.entry.content) for item in surface.settings] == json.loads(content)


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization", "a\\kustomization.yaml"])
def test_a_file_name_is_enough(name: str) -> None:
    content = "images: [{name: x/amazon-k8s-cni, newTag: v1.18.1}]"
    assert [item.release for item in found(content, name)] == ["v1.18.1"]
    assert found(content, "x.yaml") == []
    assert found("apiVersion: example.com/v1\n" + content, name) == []
    assert found("kind: Values\n" + content, name) == []


@pytest.mark.parametrize("tag", ["latest", "'${TAG}'", '""', "[v1.18.1]", "1.18"])
def test_a_tag_that_tells_no_release(tag: str) -> None:
    assert found(f"images: [{{name: amazon-k8s-cni, newTag: {tag}}}]") == []


def test_a_broken_patch_is_told_where_it_is_broken() -> None:
    content = "patches:\n- target: {kind: DaemonSet, name: aws-node}\n  patch: |-\n    spec:\n      a: b: c\n"
    with pytest.raises(SourceError) as error:
        found(content)
    assert (error.value.line, error.value.column) == (5, 11)
    assert found(content.replace("aws-node", "kube-proxy") + "# aws-node") == []
    assert found(content.replace("a: b: c", "a: ${b}: c: [")) == []


def test_literals_of_the_config_map() -> None:
    content = (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nnamespace: kube-system\nconfigMapGenerator:\n"
        "- name: amazon-vpc-cni\n  literals:\n"
        "  - enable-windows-ipam='true'\n  - \"warm-ip-target=\\\"5\\\"\"\n  - 'branch-eni-cooldown=''60'''\n"
        "  - no value\n  - 5\n  - minimum-ip-target=\n  - ${KEY}=5\n"
    )
    (surface,) = found(content)
    (item,) = surface.siblings["ConfigMap"]
    assert (item.data["metadata"], surface.partial) == ({"name": "amazon-vpc-cni", "namespace": "kube-system"}, False)
    assert item.data["data"] == {
        "enable-windows-ipam": "true",
        "warm-ip-target": "5",
        "branch-eni-cooldown": "60",
        "minimum-ip-target": "",
    }


@pytest.mark.parametrize("more", ["behavior: merge", "envs: [cni.env]", "files: [warm-ip-target]"])
def test_keys_from_elsewhere_make_it_partial(more: str) -> None:
    (surface,) = found(f"configMapGenerator: [{{name: amazon-vpc-cni, literals: [warm-ip-target=5], {more}}}]")
    assert surface.partial


def test_a_patch_of_the_config_map() -> None:
    target = '{"kind": "ConfigMap", "name": "amazon-vpc-cni"}'
    (whole,) = patched(target, [{"op": "add", "path": "/data", "value": {"warm-ip-target": "5"}}])
    (merged,) = patched(target, {"data": {"warm-ip-target": "5"}})
    for surface in (whole, merged):
        (item,) = surface.siblings["ConfigMap"]
        assert (item.name, item.data["data"], surface.partial) == ("amazon-vpc-cni", {"warm-ip-target": "5"}, True)
    assert patched(target, [{"op": "remove", "path": "/data/warm-ip-target"}]) == []
    assert patched(target, [{"op": "add", "path": "/metadata/labels", "value": {}}]) == []


def test_a_name_behind_which_another_target_stands() -> None:
    body = {"kind": "DaemonSet", "metadata": {"name": "any"}, "spec": {"template": {"spec": {"containers": []}}}}
    assert patched('{"kind": "DaemonSet", "name": "aws-node"}', body)[0].settings == ()
    assert patched('{"kind": "DaemonSet"}', body) == []
    service_account = {"kind": "ServiceAccount", "metadata": {"name": "aws-node"}}
    assert patched('{"name": "aws-node"}', service_account) == []


VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(st.sampled_from(["MAX_ENI", "WARM_IP_TARGET", "A"]), VALUES), min_size=1, max_size=4))
def test_places_lie_on_the_values(pairs: list[tuple[str, str]]) -> None:
    """The patch is JSON in a JSON string, so a value stands in it escaped twice."""
    patch = json.dumps([added(name, value) for name, value in pairs])
    target = {"kind": "DaemonSet", "name": "aws-node"}
    text = Text(json.dumps({"patches": [{"target": target, "patch": patch}]}), "kustomization.yaml")
    (surface,) = surfaces(text)
    starts = []
    for setting, (name, value) in zip(surface.settings, pairs, strict=True):
        assert setting.name == name
        assert setting.value is UNKNOWN or setting.value == value
        line, column = setting.at.text.position(setting.at.start)
        assert line == 1
        if setting.value is not UNKNOWN:
            written = json.dumps(json.dumps(value))[1:-1]
            assert text.content[column - 1 :].startswith(written)
        starts.append(column)
    assert starts == sorted(starts)


FRAGMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["aws-node", "add", f"{ENV}/-", "[", "a: b: c", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["patch", "target", "kind", "name", "op", "path", "value", "literals", "newTag", "data"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
KEYS = ["patches", "patchesJson6902", "patchesStrategicMerge", "configMapGenerator", "images", "namespace"]


@given(st.dictionaries(st.sampled_from(KEYS), st.lists(FRAGMENTS, max_size=3) | FRAGMENTS))
def test_nothing_but_a_source_error(fields: dict[str, object]) -> None:
    inner = {key: [json.dumps(item) if key != "images" else item for item in held] if isinstance(held, list) else held
             for key, held in fields.items()}  # fmt: skip
    for content in (json.dumps(fields), json.dumps(inner)):
        try:
            found(content + " # aws-node amazon-vpc-cni")
        except SourceError:
            continue
