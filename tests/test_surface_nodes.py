"""Nodes, wherever they are described: what is read, what stays unknown, and that every place is that of the value."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.errors import SourceError
from cnilint.source.inset import Inset
from cnilint.source.mime import parts
from cnilint.source.text import Text, decoded
from cnilint.source.toml import pairs
from cnilint.surface import bootstrap, mentioned, relevant, surfaces, userdata
from cnilint.surface.requirements import Requirement, types

if TYPE_CHECKING:
    from cnilint.source.text import Span
    from cnilint.surface import NodeGroup

FOLDER = Path(__file__).parent / "fixtures" / "surfaces"
FIXTURES = sorted(
    path
    for name in ("nodeadm", "kubelet", "karpenter", "user-data", "bottlerocket")
    for path in (FOLDER / name).iterdir()
    if path.suffix != ".out"
)


MIME = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/node.eks.aws\n\n"
CLASS = "apiVersion: karpenter.k8s.aws/v1\nkind: EC2NodeClass\nspec:\n"


def groups(content: str, path: str = "x.yaml") -> list[NodeGroup]:
    return [group for surface in surfaces(Text(content, path)) for group in surface.nodes]


def outer(span: Span) -> str:
    """Return the characters of the file at a place, even if it is one inside a string."""
    text, start, end = span
    while isinstance(text, Inset):
        start, end, text = text.outward(start), text.outward(end - 1) + 1, text.outer
    return text.content[start:end]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_every_place_is_that_of_what_is_written(path: Path) -> None:
    for surface in surfaces(decoded(path.read_bytes(), path.name)):
        for group in surface.nodes:
            written = outer(group.at)
            assert written == group.at.content
            if group.max_pods is not None and written != "false":  # bootstrap.sh's switch leaves kubelet's default
                assert int(re.sub(r"[\"'_]", "", written), 8 if written.startswith("0") else 10) == group.max_pods
            if group.aside:
                assert str(group.aside[0]) == outer(group.aside[1])


@pytest.mark.parametrize(
    ("script", "pods"),
    [
        ("/etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'", 29),
        ("/etc/eks/bootstrap.sh c --kubelet-extra-args --max-pods=29 --use-max-pods false", 29),
        ('/etc/eks/bootstrap.sh c \\\n  --kubelet-extra-args "--max-pods 29"', 29),
        ("cd /tmp && /etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'", 29),
        ("if true; then\n x\nfi\n/etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'", 29),
        ("echo it\\'s # --max-pods=1\n/etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'", 29),
        ("/etc/eks/bootstrap.sh c --use-max-pods false", 110),
        ("/etc/eks/bootstrap.sh '${c}' --use-max-pods false --b64-cluster-ca $CA", 110),
        # unknown: the call that counts may stand elsewhere
        ("export USE_MAX_PODS=false", None),
        ('export KUBELET_EXTRA_ARGS="--max-pods=110"\n/etc/eks/bootstrap.sh c', None),
        # unknown
        ('/etc/eks/bootstrap.sh c --kubelet-extra-args "--max-pods=$MAX"', None),
        ("/etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=${max}'", None),
        ("/etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods={{ .Max }}'", None),
        ("if x; then /etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'; fi", None),
        ("[ -f x ] && /etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'", None),
        ("x || /etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'", None),
        ("start() {\n  /etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'\n}\nx", None),
        ("/etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'\n/x --max-pods=58", None),
        ("%{ if x }\n/etc/eks/bootstrap.sh c --kubelet-extra-args '--max-pods=29'\n%{ endif }", None),
        ('/etc/eks/bootstrap.sh c --use-max-pods false --kubelet-extra-args "$ARGS"', None),
        ("/etc/eks/bootstrap.sh c --use-max-pods false ${extra}", None),
        ("/etc/eks/bootstrap.sh c --use-max-pods false\n/etc/eks/bootstrap.sh c --use-max-pods true", None),
        # nothing
        ("/etc/eks/bootstrap.sh c", ""),
        ("/etc/eks/bootstrap.sh c --use-max-pods true", ""),
        ("/etc/eks/bootstrap.sh c # --kubelet-extra-args '--max-pods=29'", ""),
        ("/etc/eks/bootstrap.sh c --use-max-pods ${use}", ""),
    ],
)
def test_a_script_says_what_bootstrap_is_sure_to_get(script: str, pods: object) -> None:
    found = bootstrap.kubelet(Text(f"#!/bin/bash\n{script}\n"))
    if pods == "":
        assert found.silent
    else:
        assert not found.silent
        assert found.group("", Text("x").span(0, 1)).max_pods == pods


@pytest.mark.parametrize(
    ("required", "allowed"),
    [
        ([("node.kubernetes.io/instance-type", "In", "m5.large", "x9.new")], ("m5.large", "x9.new")),
        ([("node.kubernetes.io/instance-type", "NotIn", "m5.large")], ()),
        ([("node.kubernetes.io/instance-type", "In", "m5.large", "$T")], ()),
        ([("karpenter.k8s.aws/instance-family", "In", "m4"), ("karpenter.k8s.aws/instance-cpu", "Gt", "16")],
         ("m4.10xlarge", "m4.16xlarge")),
        ([("karpenter.k8s.aws/instance-family", "In", "a1"), ("kubernetes.io/arch", "In", "amd64")], ()),
        ([("karpenter.k8s.aws/instance-category", "In", "t")], ()),
        ([("node.kubernetes.io/instance-type", "In", "m5.large"), ("team", "In", "a")], ("m5.large",)),
        ([("node.kubernetes.io/instance-type", "In", "m5.large"),
          ("karpenter.k8s.aws/instance-gpu-count", "Gt", "0")], ()),
        ([("node.kubernetes.io/instance-type", "In", "c6gn.large", "c6i.large", "c6in.large"),
          ("kubernetes.io/arch", "NotIn", "amd64")], ("c6gn.large",)),
        ([("node.kubernetes.io/instance-type", "In", "m5.large", "m6i.large"),
          ("karpenter.k8s.aws/instance-generation", "Gt", "5"),
          ("karpenter.k8s.aws/instance-category", "Exists")], ("m6i.large",)),
    ],
)  # fmt: skip
def test_requirements_name_types_only_where_that_is_certain(
    required: list[tuple[str, ...]], allowed: tuple[str, ...]
) -> None:
    assert types([Requirement(key, operator, tuple(values)) for key, operator, *values in required]) == allowed


@pytest.mark.parametrize(
    ("content", "path", "place"),
    [
        ("[settings.kubernetes]\nmax-pods 110\n", "x.toml", (2, 1)),
        (f"{MIME}spec: ]\n", "x", (7, 7)),
        (f"{CLASS}  userData: |\n    # node.eks.aws/v1\n    spec: ]\n", "x.yaml", (6, 11)),
    ],
)
def test_what_is_broken_is_told_with_its_place_where_somebody_asks(
    content: str, path: str, place: tuple[int, int]
) -> None:
    with pytest.raises(SourceError) as caught:
        surfaces(Text(content, path))
    assert (caught.value.line, caught.value.column) == place
    assert not mentioned(content.encode())


def test_a_broken_file_of_nodes_is_no_error_unless_it_names_the_cni() -> None:
    raw = b"kind: NodePool\napiVersion: karpenter.sh/v1\nspec: {{ .Values.spec }}\n"
    assert relevant(raw, beside=True)
    assert not mentioned(raw)
    assert mentioned(raw + b"# aws-node\n")


@pytest.mark.parametrize(
    "content",
    [
        "&a\nkind: List\nitems: [*a]\n",
        "kind: List\nitems: &a [{kind: NodeList, items: *a}, {kind: NodeList, items: *a}]\n",
        "apiVersion: karpenter.sh/v1\nkind: NodePool\nspec: &s {template: {spec: *s}, requirements: [*s]}\n",
    ],
)
def test_aliases_that_lead_to_themselves_come_to_an_end(content: str) -> None:
    assert groups(content + "# maxPods\n") == []


def test_parts_of_an_archive_are_those_that_a_mail_reader_finds() -> None:
    content = (
        'Content-Type: multipart/mixed; boundary="a+b"\r\n\r\npreamble\r\n--a+b\r\nContent-Type: text/Cloud-Config\r\n'
        "\r\n#cloud-config\r\n--a+b\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Type: text/x-shellscript\r\n\r\nIyEvYmluL2Jhc2g=\r\n--a+b--\r\nepilogue"
    )
    found = list(parts(Text(content)))
    assert [(part.type, part.encoded) for part in found] == [("text/cloud-config", False), ("text/x-shellscript", True)]
    assert found[0].body.content == "#cloud-config\r\n"
    assert found[0].body.position(0) == (7, 1)
    assert list(parts(Text("Content-Type: multipart/mixed\n\n--x\n\ny\n"))) == []


def test_pairs_of_toml_have_the_places_of_their_values() -> None:
    text = Text('"é" = "ü"\n[a."b c"]\nd.e = 0x1F\nf = { g = true, h = [1] }\n[[i]]\nj = """x"""\n')
    found = [(pair.path, pair.value, pair.at.content) for pair in pairs(text)]
    assert found == [
        (("é",), "ü", '"ü"'),
        (("a", "b c", "d", "e"), 31, "0x1F"),
        (("a", "b c", "f", "g"), True, "true"),
        (("a", "b c", "f", "h"), None, "[1]"),
        (("i", "j"), None, '"""x"""'),
    ]


WORDS = (
    "#!/bin/bash|bootstrap.sh|--max-pods=|110|--use-max-pods|false|true|'|\"|\\|\n| |$X|${x}|if|fi|<<EOF|EOF|\n\n|--b"
    "|MIME-Version: 1.0|Content-Type: multipart/mixed; boundary=b|Content-Type: application/node.eks.aws|\r\n|é|&a |*a"
    "|apiVersion: node.eks.aws/v1alpha1\n|kind: NodeConfig\n|spec: {kubelet: {config: {maxPods: 5}}}\n|max-pods = 5\n"
    "|[settings.kubernetes]\n|#cloud-config\n|runcmd:\n|- |<powershell>|kind: NodePool\n|apiVersion: karpenter.sh/v1\n"
    "|{{|kind: EC2NodeClass\n|apiVersion: karpenter.k8s.aws/v1\n|spec: {userData: |}|maxPods: 3\n"
)
PIECES = st.lists(st.sampled_from(WORDS.split("|")), max_size=25).map("".join)


@given(PIECES, st.sampled_from(["x.yaml", "x.toml", "x.sh"]))
def test_nothing_but_a_source_error_comes_of_any_text(content: str, path: str) -> None:
    try:
        found = groups(content, path)
    except SourceError:
        return
    assert all(group.at.text.position(group.at.start) >= (1, 1) for group in found)
    assert relevant(content.encode()) or not found


@given(PIECES)
def test_user_data_in_a_string_is_read_as_in_a_file(content: str) -> None:
    def shown(text: Text) -> object:
        try:
            found = userdata.kubelet(text)
        except SourceError as error:
            return error.line, error.column
        return found.stated and found.stated.pods, found.hidden, found.at and found.at.content

    whole = Text(content)
    assert shown(whole) == shown(Inset(whole, content, [(0, len(content))], None))
