"""Bytes to nodes and plain data: places to the character, scalars as kubectl reads them, hostile text as one error."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.errors import SourceError
from cnilint.source import yaml
from cnilint.source.plain import Plain, child, resolved
from cnilint.source.text import Text, decoded
from cnilint.source.yaml import documents, span


def data(content: str) -> list[object]:
    text = Text(content, "x.yaml")
    return [Plain(text).data(root) for root in documents(text)]


def understood(raw: bytes) -> list[object]:
    text = decoded(raw, "x.yaml")
    return [Plain(text).data(root) for root in documents(text)]


# Every row was seen running: kubectl label --local -f - a=b -o json (kubectl v1.32.4).
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", True), ("Yes", True), ("on", True), ("y", True), ("TRUE", True), ("n", False), ("Off", False),
        ("YEs", "YEs"), ("tRUE", "tRUE"), ("nULL", "nULL"), ("~", None), ("NULL", None), ("", None),
        ("0777", 511), ("0o17", 15), ("0o9", "0o9"), ("0b11", 3), ("0x1F", 31), ("0x", "0x"), ("08", 8.0), ("0_7", 7),
        ("1_000", 1000), ("1__0", 10), ("_1", "_1"), ("+12", 12), ("-0", 0), ("1e3", 1000.0), ("1E3", 1000.0),
        ("1e+3", 1000.0), ("12e03", 12000.0), ("1.5e", "1.5e"), (".5", 0.5), ("+.5", 0.5), ("1.", 1.0),
        ("9223372036854775808", 9223372036854775808), ("1,000", "1,000"), ("12:30:45", "12:30:45"), ("=", "="),
        ("2001-01-01", "2001-01-01"), ("true ", True),
    ],
)  # fmt: skip
def test_unquoted_scalars_mean_what_kubectl_makes_of_them(written: str, value: object) -> None:
    found = data(f"a: {written}\n")[0]
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


@pytest.mark.parametrize("written", ['"yes"', "'0777'", "!!str yes", '"1e3"', "|-\n  true"])
def test_quoted_scalars_are_strings(written: str) -> None:
    assert isinstance(data(f"a: {written}\n")[0]["a"], str)  # type: ignore[index]


def test_keys_become_strings_and_the_last_of_repeated_keys_wins() -> None:
    text = Text("1: a\nyes: b\n1e3: c\nx: 1\nx: 2\n", "x.yaml")
    plain = Plain(text)
    assert plain.data(next(documents(text))) == {"1": "a", "true": "b", "1000": "c", "x": 2}
    assert [(item.key, text.position(item.first.start_mark.index)[0]) for item in plain.repeated] == [("x", 4)]


def test_each_repeat_of_a_key_names_the_one_before_it() -> None:
    text = Text("a: 1\nb: {a: 2}\n'a': 3\n? &k a\n: 4\n*k : 5\n1: p\n0x1: q\n", "x.yaml")
    plain = Plain(text)
    assert plain.data(next(documents(text))) == {"a": 5, "b": {"a": 2}, "1": "q"}
    lines = [[text.position(node.start_mark.index)[0] for node in (item.first, item.last)] for item in plain.repeated]
    assert lines == [[1, 3], [3, 4], [4, 4], [7, 8]]


def test_merge_keys_and_anchors_are_followed() -> None:
    content = "base: &b {x: 1, z: 2}\nmore: &m {z: 3}\none:\n  <<: *b\n  z: 4\nboth:\n  <<: [*b, *m]\n"
    found = data(content)[0]
    assert found["one"] == {"x": 1, "z": 4}  # type: ignore[index]
    assert found["both"] == {"x": 1, "z": 2}  # type: ignore[index]
    text = Text(content)
    assert span(text, child(child(next(documents(text)), "one"), "x")).content == "1"  # type: ignore[arg-type]


def test_what_libyaml_refuses_and_yaml_allows_is_read() -> None:
    content = '{"a": [--addr=:8162, http://x:80], "b": "\\ud83d\\ude00", "c": "d\\/e"}'
    assert data(content) == [{"a": ["--addr=:8162", "http://x:80"], "b": "\N{GRINNING FACE}", "c": "d/e"}]
    assert data("a: &a.b 1\nb: *a.b\n") == [{"a": 1, "b": 1}]


@pytest.mark.parametrize(
    ("raw", "place", "words"),
    [
        (b"a:\n\t- b\n", (2, 1), "cannot start any token"),
        (b'a: 1\nb: "x\n', (2, 4), "unexpected end of stream"),
        (b"a: b: c\n", (1, 5), "mapping values are not allowed"),
        (b"a: [1\nb: 2\n", (2, 2), "while parsing a flow sequence"),
        (b"a: *b\n", (1, 4), "undefined alias"),
        (b"a: \x01\n", (1, 4), "not allowed"),
        (b"a: \xff\n", (1, 4), "not UTF-8"),
        (b"ab\ncd\xc3\x28\n", (2, 3), "not UTF-8"),
        (b"a: \0\n", (1, 4), "NUL"),
        ("a: 1\n".encode("utf-16-le"), (1, 2), "UTF-16 needs a byte order mark"),
        (b"a: &x [1, *x]\n", (1, 4), "contains itself"),
        (b"a:\n  <<: 3\n", (2, 7), "merge key"),
        (b"? [1]\n: 2\n", (1, 3), "a key that is a list"),
        (b"a: 1\nb: {{ .Values.b }}\n", (2, 4), "a template"),
        (b"{{- if .x }}\na: 1\n", (1, 1), "a template"),
        (b"[" * 100_000, (1, 200), "nested deeper than 200"),
        (b"- " * 100_000, (1, 399), "nested deeper than 200"),
        (b"{a: " * 5000, (1, 797), "nested deeper than 200"),
    ],
)
def test_what_cannot_be_understood_is_one_error_at_its_place(raw: bytes, place: tuple[int, int], words: str) -> None:
    with pytest.raises(SourceError, match=re.escape(words)) as caught:
        understood(raw)
    assert caught.value.path == "x.yaml"
    assert (caught.value.line, caught.value.column) == place


def test_aliases_that_repeat_each_other_are_refused_not_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(SourceError, match="more than 1,000,000 nodes"):
        data("\n".join(lines))


@pytest.mark.parametrize("nest", [" " * yaml.MAX_DEPTH, "- " * yaml.MAX_DEPTH, "?\t- " * (yaml.MAX_DEPTH // 2)])
def test_no_nest_of_blocks_escapes_the_sample(nest: str) -> None:
    for before in range(50):
        assert re.search(yaml._SAMPLED, ("x" * before + "\n" + nest + "x")[:: yaml._STRIDE])  # noqa: SLF001


def test_depth_that_is_allowed_is_read() -> None:
    found = data("[" * 150 + "]" * 150)
    assert len(found) == 1
    assert data("x: {" + ", ".join(f"a{n}: [{n}]" for n in range(3000)) + "}\n")[0]["x"]["a7"] == [7]  # type: ignore[index]


@pytest.mark.parametrize(("bom", "encoding"), [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_places_count_characters_whatever_the_bytes(bom: bytes, encoding: str, newline: str) -> None:
    content = newline.join(["# ü 😀", 'key: "ä😀" # c', "list:", "- name: x", "  value: 'y'", ""])
    text = decoded(bom + content.encode(encoding), "x.yaml")
    root = next(documents(text))
    first = span(text, child(root, "key"))  # type: ignore[arg-type]
    assert (first.content, text.position(first.start)) == ('"ä😀"', (2, 6))
    last = span(text, child(child(child(root, "list"), 0), "value"))  # type: ignore[arg-type]
    assert (last.content, text.position(last.start), text.position(last.end)) == ("'y'", (5, 10), (5, 13))
    assert text.encoded(text.content) == bom + content.encode(encoding)
    assert text.line(2) == 'key: "ä😀" # c'


def test_a_block_collections_span_ends_with_its_last_leaf() -> None:
    text = Text("a:\n  - b\n  - c\n\n# not its own\nd: 1\n")
    assert span(text, child(next(documents(text)), "a")).content == "- b\n  - c"  # type: ignore[arg-type]


def test_without_the_c_extension_the_verdicts_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    content = 'a: yes\nb: [0777, "x"]\nc: !!str 1\nd: |\n  text\n---\ne: {f: ~}\n'
    fast = data(content)
    monkeypatch.setattr(yaml, "CParser", None)
    assert data(content) == fast
    with pytest.raises(SourceError, match="nested deeper"):
        data("[" * 5000)


TREES = "a: yes\nb: &b [0777, 'x', !!str 1]\nc: {d: *b}\nd: |\n  text\n---\ne: ~\n"


def shape(node: yaml.Node) -> tuple[object, ...]:
    place = (node.start_mark.index, node.end_mark.index)
    if isinstance(node, yaml.ScalarNode):
        return (*place, node.tag, node.value, node.style or "")
    parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    return (*place, type(node), node.tag, [shape(part) for part in parts])


def test_the_c_parser_is_lent_our_nodes_only_while_it_composes() -> None:
    module = pytest.importorskip("_ruamel_yaml")
    before = {name: getattr(module, name) for name in ("ScalarNode", "SequenceNode", "MappingNode")}
    assert all(kind.__module__ == "ruamel.yaml.nodes" for kind in before.values())
    list(documents(Text(TREES)))
    with pytest.raises(SourceError):
        list(documents(Text("a: [")))
    assert {name: getattr(module, name) for name in before} == before


def test_the_c_parser_asks_for_the_classes_it_is_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("_ruamel_yaml")

    def refused(_node: object) -> yaml.Node:
        pytest.fail("this release of ruamel.yaml.clib makes other nodes: correct, and slower by a fifth")

    monkeypatch.setattr(yaml, "adopted", refused)
    assert len(list(documents(Text(TREES)))) == 2


@pytest.mark.parametrize(("name", "value"), [("CParser", None), ("_OURS", {})], ids=["pure", "another C parser"])
def test_nodes_of_another_parser_become_the_same(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    first = [shape(root) for root in documents(Text(TREES))]
    monkeypatch.setattr(yaml, name, value)
    roots = list(documents(Text(TREES)))
    assert [shape(root) for root in roots] == first
    assert child(child(roots[0], "c"), "d") is child(roots[0], "b")


@given(st.text(alphabet=st.sampled_from("abc:-?[]{}#&*!|>'\"%@`,. \n\t~yn01_éx\u2028\U0001f600"), max_size=60))
def test_any_text_is_read_or_refused_with_a_place(content: str) -> None:
    text = Text(content, "x.yaml")
    try:
        for root in documents(text):
            Plain(text).data(root)
            assert 0 <= span(text, root).start <= span(text, root).end <= len(content)
    except SourceError as error:
        place = (error.line, error.column)
        assert place >= (1, 1)


@given(st.from_regex(r"[-+0-9a-fxob_.eE]{1,12}", fullmatch=True))
def test_any_number_like_text_is_read(written: str) -> None:
    assert isinstance(resolved(written), (bool, int, float, str))


@given(st.text("ab\n\r é", max_size=40))
def test_places_are_the_same_however_lines_are_found(content: str) -> None:
    counted, listed = Text(content), Text(content)
    assert len(listed.starts) == listed.row(len(content))
    for offset in range(len(content) + 1):
        line, column = listed.position(offset)
        assert counted.position(offset) == (line, column)
        assert counted.line_at(offset) == listed.line(line)
        assert listed.line(line)[: column - 1] == content[listed.starts[line - 1] : offset].rstrip("\r\n")
