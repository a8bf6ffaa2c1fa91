"""Edits: a verb changes the entry and nothing else, in every layout; where it cannot be sure it changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.edit import Edit, fixed, quotation, removal, replacement
from cnilint.source.plain import Plain, child
from cnilint.source.text import Text
from cnilint.source.yaml import Node, documents


def parsed(content: str) -> tuple[Text, Node]:
    text = Text(content)
    return text, next(documents(text))


def removed(content: str, number: int) -> str | None:
    text, root = parsed(content)
    edit = removal(text, child(root, "env") or root, number)
    return None if edit is None else fixed(content, [edit])


@pytest.mark.parametrize(
    ("before", "number", "after"),
    [
        ("env:\n- name: A\n  value: '1'\n- name: B\n", 0, "env:\n- name: B\n"),
        ("env:\n  - name: A\n  - name: B\n    value: b\nz: 1\n", 1, "env:\n  - name: A\nz: 1\n"),
        ("env:\n  - A  # mine\n  # of B\n  - B\n", 0, "env:\n  # of B\n  - B\n"),
        ("env:\r\n  - A\r\n  - B\r\n", 0, "env:\r\n  - B\r\n"),
        ("env:\n  - A\n  - B", 1, "env:\n  - A\n"),
        ("env:\n  A: 1\n  B: |\n    x\n  C: 3\n", 1, "env:\n  A: 1\n  C: 3\n"),
        ("env: {A: 1, B: 2}\n", 0, "env: {B: 2}\n"),
        ("env: {A: 1, B: 2}\n", 1, "env: {A: 1}\n"),
        ("env: {A: 1}\n", 0, "env: {}\n"),
        ('{"env": [\n  {"name": "A"},\n  {"name": "B"}\n]}\n', 0, '{"env": [\n  {"name": "B"}\n]}\n'),
        ('{"env": [\n  {"name": "A"},\n  {"name": "B"}\n]}\n', 1, '{"env": [\n  {"name": "A"}\n]}\n'),
    ],
)
def test_a_removal_takes_the_entry_and_nothing_else(before: str, number: int, after: str) -> None:
    assert removed(before, number) == after


@pytest.mark.parametrize(
    ("content", "number"),
    [
        ("env:\n  - A\n", 0),  # an empty block would be null
        ("env:\n  - - A\n    - B\n  - C\n", 0),
        ("a: 1\nenv: &x\n- A\n", 0),
        ("env: [\n  A,\n  # of B\n  B]\n", 0),
        ("env: [A, # of A\n  B]\n", 1),
    ],
)
def test_a_removal_that_could_take_more_is_none(content: str, number: int) -> None:
    text, root = parsed(content)
    if "- - A" in content:
        assert removal(text, child(child(root, "env"), 0), number) is None  # type: ignore[arg-type]
    else:
        assert removed(content, number) is None


@pytest.mark.parametrize(
    ("written", "to", "after"),
    [
        ("debug", "info", "info"),
        ("debug", "a b", '"a b"'),
        ("debug", "yes", '"yes"'),
        ("debug", "0777", '"0777"'),
        ("debug", "", '""'),
        ("'debug'", "it's", "'it''s'"),
        ('"debug"', 'a"b\\', '"a\\"b\\\\"'),
    ],
)
def test_a_replacement_keeps_the_quotes_and_needs_no_reading_twice(written: str, to: str, after: str) -> None:
    text, root = parsed(f"a: {written}  # c\n")
    edit = replacement(text, child(root, "a"), to)  # type: ignore[arg-type]
    assert edit is not None
    changed = fixed(text.content, [edit])
    assert changed == f"a: {after}  # c\n"
    assert Plain(Text(changed)).data(parsed(changed)[1]) == {"a": to}


@pytest.mark.parametrize("written", ["|\n  x\n", ">-\n  x\n", '"x\n  y"', "[x]", "x\n  y"])
def test_a_replacement_of_what_runs_over_lines_is_none(written: str) -> None:
    text, root = parsed(f"a: {written}\n")
    assert replacement(text, child(root, "a"), "z") is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "after"),
    [("true", '"true"'), ("0777", '"0777"'), ("'x'", None), ("", None), ("&b 3", '&b "3"'), ("!!int 3", None)],
)
def test_a_quotation_adds_quotes_and_nothing_else(written: str, after: str | None) -> None:
    text, root = parsed(f"a: {written}\n")
    edit = quotation(text, child(root, "a"))  # type: ignore[arg-type]
    assert (None if edit is None else fixed(text.content, [edit])) == (None if after is None else f"a: {after}\n")


def test_of_edits_that_overlap_the_first_wins() -> None:
    assert fixed("abcdef", [Edit(3, 5, "X"), Edit(1, 4, "Y"), Edit(1, 4, "Y")]) == "aYef"


VALUES = st.sampled_from(["'1'", '"x"', "y", "{a: b}", "|\n      t", "[1]"])


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), VALUES), min_size=2, max_size=6), st.data(), st.booleans())
def test_a_removal_leaves_the_other_items_as_they_were(
    items: list[tuple[str, str]],
    data: st.DataObject,
    crlf: bool,  # noqa: FBT001
) -> None:
    content = "env:\n" + "".join(f"  - name: {name}\n    value: {value}\n" for name, value in items) + "z: 1\n"
    content = content.replace("\n", "\r\n") if crlf else content
    number = data.draw(st.integers(0, len(items) - 1))
    whole = Plain(Text(content)).data(parsed(content)[1])
    after = removed(content, number)
    assert after is not None
    del whole["env"][number]  # type: ignore[index]
    assert Plain(Text(after)).data(parsed(after)[1]) == whole
    assert set(after.splitlines()) <= set(content.splitlines())
