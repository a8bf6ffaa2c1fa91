"""Values put into texts: in the style around them, and nothing else touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.edit import fixed
from cnilint.merge.put import Named, added, put, taken
from cnilint.source.plain import Plain
from cnilint.source.text import Text
from cnilint.source.yaml import documents

if TYPE_CHECKING:
    from cnilint.edit import Edit
    from cnilint.merge.put import Step

BLOCK: Final = """\
a:  # one
  env:
    - name: A
      value: "1"  # two
    # three
    - name: B
      value: "2"
  flow: {x: 1, "y": b}
  empty: {}
  none:
  list: [1, 2]
  flows:
  - {name: A, value: "1"}
  text: |
    lines
b: 3
"""


def read(content: str) -> Any:  # noqa: ANN401  # plain data
    """Return the data of a text."""
    text = Text(content)
    [root] = documents(text)
    return Plain(text).data(root)


def after(content: str, edit: Edit | None) -> str:
    """Return a text with an edit applied."""
    assert edit is not None
    return fixed(content, [edit])


def done(content: str, path: tuple[Step, ...], value: object) -> str:
    """Return a text with a value put in."""
    text = Text(content)
    [root] = documents(text)
    return after(content, put(text, root, path, value))


PUT: Final[list[tuple[tuple[Step, ...], object, str, str]]] = [
    (("a", "env", Named("name", "A"), "value"), "5", 'value: "1"', 'value: "5"'),
    (("a", "env", Named("name", "C")), {"value": "5"}, '"2"\n', '"2"\n    - name: C\n      value: "5"\n'),
    (("a", "flows", Named("name", "C")), {"value": "5"}, '"1"}\n', '"1"}\n  - {name: C, value: "5"}\n'),
    (("a", "flow", "z"), {"k": [1, True]}, '"y": b}', '"y": b, z: {k: [1, true]}}'),
    (("a", "flow", "x"), 7, "x: 1", "x: 7"),
    (("a", "empty", "k", "l"), "true", "empty: {}", 'empty:\n    k:\n      l: "true"'),
    (("a", "none", "k"), "v", "none:\n", "none:\n    k: v\n"),
    (("a", "list"), [{"operator": "Exists"}], "list: [1, 2]", "list:\n    - operator: Exists"),
    (("a", "text"), "x", "text: |\n    lines\n", "text: x\n"),
    (("a", "more"), 1, "    lines\n", "    lines\n  more: 1\n"),
    (("c",), {"d": "e"}, "b: 3\n", "b: 3\nc:\n  d: e\n"),
    (("b",), "word", "b: 3", "b: word"),
    (("b",), "yes", "b: 3", 'b: "yes"'),
]


@pytest.mark.parametrize(("path", "value", "was", "wanted"), PUT)
def test_a_value_is_put_in_the_style_around_it(path: tuple[Step, ...], value: object, was: str, wanted: str) -> None:
    assert BLOCK.count(was) >= 1
    head, _, tail = BLOCK.rpartition(was) if "name: C" in wanted else BLOCK.partition(was)
    found = done(BLOCK, path, value)
    assert head + wanted + tail == found


def test_json_stays_json() -> None:
    content = '{"a": {"env": [{"name": "A", "value": "1"}]}}'
    found = done(content, ("a", "env", Named("name", "B")), {"value": "5"})
    assert found == '{"a": {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "5"}]}}'


def test_line_breaks_stay_as_they_are_and_the_last_may_be_missing() -> None:
    assert done("a:\r\n  b: 1\r\n", ("a", "c"), {"d": 1}) == "a:\r\n  b: 1\r\n  c:\r\n    d: 1\r\n"
    assert done("a:\n  b: 1", ("a", "c"), 2) == "a:\n  b: 1\n  c: 2"


TAKEN: Final[list[tuple[tuple[Step, ...], str]]] = [
    (("a", "env", Named("name", "A")), '    - name: A\n      value: "1"  # two\n'),
    (("a", "empty"), "  empty: {}\n"),
    (("a", "flows", Named("name", "A")), '  flows:\n  - {name: A, value: "1"}\n'),
    (("a", "flow", "x"), "x: 1, "),
    (("b",), "b: 3\n"),
]


@pytest.mark.parametrize(("path", "gone"), TAKEN)
def test_what_is_taken_out_takes_what_would_be_empty_with_it(path: tuple[Step, ...], gone: str) -> None:
    text = Text(BLOCK)
    [root] = documents(text)
    assert after(BLOCK, taken(text, root, path)) == BLOCK.replace(gone, "")


@pytest.mark.parametrize("path", [("x",), ("a", "env", Named("name", "Z")), ("a", "b", "c")])
def test_what_is_not_there_is_not_taken_out(path: tuple[Step, ...]) -> None:
    text = Text(BLOCK)
    [root] = documents(text)
    assert taken(text, root, path) is None


def test_where_the_text_does_not_allow_it_there_is_no_edit() -> None:
    for content, path in (
        ("a: word\n", ("a", "b")),
        ("a: |\n  b\n", ("a", Named("name", "x"))),
        ("a: [1]\n", ("a", "b")),
    ):
        text = Text(content)
        [root] = documents(text)
        assert put(text, root, path, "x") is None
    text = Text("a: []\n")
    [root] = documents(text)
    assert added(text, root.value[0][1], 1) is None


KEYS = st.sampled_from(["a", "b", "true", "c.d/e", "1", "x y", ""])
LEAVES = st.sampled_from(["x", "true", "1", "a: b", "#", "it's", 'a"b', "ü", "l\nm", "", None, True, 5, 1.5])
DATA = st.recursive(
    LEAVES, lambda below: st.dictionaries(KEYS, below, max_size=3) | st.lists(below, max_size=3), max_leaves=8
)


@given(DATA, st.lists(KEYS, min_size=1, max_size=3), st.sampled_from([BLOCK, "{a: {x: 1}, b: 2}", '{"a": {"b": [1]}}']))
def test_what_is_put_in_is_read_back_and_all_else_stays(data: object, path: list[str], content: str) -> None:
    text = Text(content)
    [root] = documents(text)
    edit = put(text, root, path, data)
    if edit is None:
        return
    found, wanted = read(fixed(content, [edit])), read(content)
    below = wanted
    for step in path[:-1]:
        below[step] = below.get(step) or {}
        below = below[step]
    below[path[-1]] = data
    assert found == wanted
