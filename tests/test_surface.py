"""Documents to surfaces: what configures the CNI is found wherever it stands, with exact places; the rest is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.errors import SourceError
from cnilint.source.plain import Plain
from cnilint.source.text import Text, decoded
from cnilint.source.yaml import documents
from cnilint.surface import UNKNOWN, mentioned, relevant, surfaces

if TYPE_CHECKING:
    from cnilint.surface import Surface


def one(content: str) -> Surface:
    found = surfaces(Text(content, "x.yaml"))
    assert len(found) == 1
    return found[0]


def daemonset(env: str) -> str:
    return (
        "kind: DaemonSet\nmetadata: {name: aws-node}\nspec:\n  selector: {}\n  template:\n    spec:\n"
        f"      containers:\n        - name: aws-node\n          env:\n{env}"
    )


def test_settings_know_their_places() -> None:
    surface = one(daemonset('            - name: A\n              value: "ä"\n            - {name: B, value: b}\n'))
    first, second = surface.settings
    assert [(item.name, item.value, item.container) for item in surface.settings] == [
        ("A", "ä", "aws-node"),
        ("B", "b", "aws-node"),
    ]
    assert surface.text.position(first.at.start) == (11, 22)
    assert first.at.content == '"ä"'
    assert first.entry.content == 'name: A\n              value: "ä"'
    assert (second.at.content, surface.text.position(second.at.start)) == ("b", (12, 32))


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("{name: A, value: 'x'}", "x"),
        ("{name: A}", ""),
        ("{name: A, value: }", ""),
        ("{name: A, value: null}", ""),
        ("{name: A, value: true}", True),
        ("{name: A, value: 0777}", 511),
        ("{name: A, value: 1e3}", 1000.0),
        ("{name: A, value: '{{ x }}'}", UNKNOWN),
        ("{name: A, value: '${X}'}", UNKNOWN),
        ("{name: A, value: 'a-$(X)-b'}", UNKNOWN),
        ("{name: A, value: '$X'}", "$X"),
        ("{name: A, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}", UNKNOWN),
    ],
)
def test_values_are_what_the_process_gets(entry: str, value: object) -> None:
    found = one(daemonset(f"            - {entry}\n")).settings[0].value
    assert found is value if value is UNKNOWN else (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("form", ["alone", "list", "api response", "json", "many documents", "nested list", "anchor"])
def test_the_daemonset_is_found_in_every_form(form: str, manifest: str) -> None:
    body = manifest.replace("\n", "\n    ").rstrip()
    texts = {
        "alone": manifest,
        "list": f"apiVersion: v1\nkind: List\nitems:\n  - {body}\n",
        "api response": f"apiVersion: apps/v1\nkind: DaemonSetList\nitems:\n  - {body}\n".replace(
            "    kind: DaemonSet\n", "", 1
        ),
        "json": json.dumps({"kind": "List", "items": [{"kind": "Service"}, _plain(manifest)]}, indent=1),
        "many documents": f"---\nkind: Service\n---\n{manifest}---\n# nothing\n---\nkind: Job\n",
        "nested list": f"kind: List\nitems:\n- kind: List\n  items:\n  - {body}\n",
        "anchor": manifest.replace("env:\n", "env: &env\n") + "---\nother: 1\n",
    }
    surface = one(texts[form])
    assert surface.setting("aws-node", "WARM_IP_TARGET").at.content == '"5"'  # type: ignore[union-attr]
    assert not surface.partial


def _plain(manifest: str) -> object:
    text = Text(manifest)
    return Plain(text).data(next(documents(text)))


@pytest.mark.parametrize(
    "content",
    [
        "kind: DaemonSet\nmetadata: {name: aws-node-termination-handler}\n",
        "kind: Deployment\nmetadata: {name: aws-node}\n",
        "kind: ConfigMap\nmetadata: {name: kube-proxy}\ndata: {mode: ipvs}\n",
        "name: aws-node\n",
        "- aws-node\n",
        "aws-node",
        "# aws-node\n",
        "kind: List\nitems: aws-node\n",
        "kind: [aws-node]\n",
        "kind: DaemonSet\nmetadata: aws-node\n",
        "kind: ClusterRole\nmetadata: {name: other}\n",
        "",
    ],
)
def test_other_documents_have_no_surface(content: str) -> None:
    assert surfaces(Text(content)) == []


def test_what_has_no_selector_is_a_patch(manifest: str) -> None:
    patch = "\n".join(line for line in manifest.splitlines() if "selector" not in line)
    assert one(patch).partial
    assert not one(manifest).partial


def test_siblings_of_the_same_file_come_along(manifest: str) -> None:
    others = """\
---
kind: ConfigMap
metadata: {name: amazon-vpc-cni}
data: {enable-windows-ipam: "false"}
---
kind: ConfigMap
metadata: {name: other}
data: {a: b}
---
kind: ENIConfig
metadata: {name: us-west-2a}
spec: {subnet: subnet-1}
"""
    surface = one(manifest + others)
    assert {kind: [item.name for item in found] for kind, found in surface.siblings.items()} == {
        "ConfigMap": ["amazon-vpc-cni"],
        "ENIConfig": ["us-west-2a"],
    }
    alone = one(others)
    assert (alone.kind, alone.text.position(alone.anchor.start)) == ("objects", (3, 18))


def test_repeated_keys_are_told_once_a_file(manifest: str) -> None:
    surface = one(manifest.replace("  name: aws-node\n", "  name: aws-node\n  name: aws-node\n", 1))
    assert [item.key for item in surface.repeated] == ["name"]


def test_an_unquoted_template_in_the_daemonset_is_an_error(manifest: str) -> None:
    with pytest.raises(SourceError, match="a template") as caught:
        surfaces(Text(manifest.replace('"5"', "{{ .Values.warm }}"), "x.yaml"))
    assert (caught.value.line, caught.value.column) == (19, 22)


def test_paths_lead_to_places_or_their_nearest_ancestor(manifest: str) -> None:
    surface = one(manifest)
    pod = ("spec", "template", "spec")
    assert surface.span(*pod, "serviceAccountName").content == "aws-node"
    assert surface.span(*pod, "containers", "aws-node", "image").content.endswith("v1.23.1")
    assert surface.span(*pod, "containers", "aws-node", "livenessProbe", "exec").content == "aws-node"
    assert surface.span(*pod, "volumes").content == "spec"
    assert surface.span("metadata", "labels", "x").content == "metadata"
    assert surface.environment("aws-node").content == "env"
    assert surface.environment("aws-vpc-cni-init").content == "aws-node"


@pytest.mark.parametrize(
    "name", ['"aws\\x2dnode"', '"aws\\u002Dnode"', '"a\\x77s-node"', '"aws-\\\n    node"', "aws-node", "'aws-node'"]
)
def test_a_name_hidden_by_an_escape_is_not_passed_over(name: str) -> None:
    content = f"kind: DaemonSet\nmetadata:\n  name: {name}\n"
    assert len(surfaces(Text(content))) == 1
    assert relevant(content.encode())
    assert relevant(b"\xff\xfe" + content.encode("utf-16-le"))


NAMES = st.sampled_from(
    ["aws-node", "amazon-vpc-cni", "other", "aws-node-x", "aws\\x2dnode", "aws-\\\nnode", "AWS-NODE"]
)
KINDS = st.sampled_from(["DaemonSet", "ConfigMap", "ENIConfig", "SecurityGroupPolicy", "ClusterRole", "List", "Pod"])


@given(st.lists(st.tuples(KINDS, NAMES, st.sampled_from("\"'")), max_size=4), st.booleans())
def test_what_the_byte_search_passes_over_has_no_surface(found: list[tuple[str, str, str]], wide: bool) -> None:  # noqa: FBT001
    content = "---\n".join(
        f"kind: {kind}\nmetadata:\n  name: {q}{name}{q}\ndata: {{a: b}}\n" for kind, name, q in found
    )
    raw = b"\xff\xfe" + content.encode("utf-16-le") if wide else content.encode()
    if not relevant(raw):
        assert not mentioned(raw)
        assert surfaces(decoded(raw, "x.yaml")) == []
