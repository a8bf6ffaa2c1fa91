"""Text inside a string: every character of the content has its place, and a change comes out as it was meant."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cnilint.source.inset import HOLE, Inset, inset
from cnilint.source.text import Text
from cnilint.source.yaml import MappingNode, ScalarNode, documents

if TYPE_CHECKING:
    from collections.abc import Callable

# What a scalar of each style may hold.
LETTERS = st.sampled_from(["a", "b", "é", "\u4e16", "\U0001f600"])
PRINTABLE = LETTERS | st.sampled_from([" ", "'", '"', "\\", ":", "#", "{", "}", "$", "-", ",", "|", ">", "%", "\t"])
BREAK = st.sampled_from(["\n", "\r\n"])
ESCAPES = {
    "\\n": "\n",
    "\\t": "\t",
    "\\\\": "\\",
    '\\"': '"',
    "\\/": "/",
    "\\x41": "A",
    "\\u00e9": "é",
    "\\U0001F600": "\U0001f600",
    "\\ud83d\\ude00": "\U0001f600",
    "\\e": "\x1b",
    "\\_": "\xa0",
    "\\ ": " ",
}


def understood(content: str) -> Inset:
    """Return the inset of the value of the one key; the rest of the file follows it."""
    text = Text(content, "x.yaml")
    (root,) = documents(text)
    assert isinstance(root, MappingNode)
    node = root.value[0][1]
    assert isinstance(node, ScalarNode)
    return inset(text, node)


def same(found: Inset, offset: int) -> bool:
    """Tell whether a character of the content stands in the file as it is, or starts what it was made from."""
    place, meant = found.outward(offset), found.content[offset]
    written = found.outer.content[place : place + 1]
    if written == meant:
        return True
    if found.style == '"' and written == "\\":
        return True
    if found.style == "'" and meant == "'":
        return written == "'"
    return meant in " \n" and re.match(r"[ \t]*(?:\r|\n|\Z)", found.outer.content[place:]) is not None


def hold(found: Inset) -> None:
    """Check that every character has its place, those behind it behind."""
    places = [found.outward(offset) for offset in range(len(found.content) + 1)]
    assert all(before <= after for before, after in pairwise(places)), places
    for offset in range(len(found.content)):
        assert same(found, offset), (offset, found.content[offset], places[offset])
    whole = [place for run in found.runs(0, len(found.content)) for place in range(run[0], sum(run))]
    assert whole == places[:-1]


@st.composite
def double(draw: st.DrawFn) -> str:
    """Return a double-quoted scalar: characters, escapes, and lines that are folded or continued."""
    plain = PRINTABLE.filter(lambda character: character not in '"\\\t').map(lambda character: (character, character))
    fold = st.tuples(BREAK, st.sampled_from([" ", "  ", " \t"])).map(lambda pair: (pair[0] + pair[1], ""))
    folds = st.lists(fold, min_size=1, max_size=3).map(lambda some: ("".join(one for one, _ in some), ""))
    continued = BREAK.map(lambda line: (f"\\{line}   ", ""))
    pieces = draw(st.lists(plain | st.sampled_from(sorted(ESCAPES.items())) | folds | continued, max_size=12))
    return '"' + "".join(written for written, _ in pieces) + '"'


@st.composite
def single(draw: st.DrawFn) -> str:
    """Return a single-quoted scalar, over several lines or not."""
    piece = PRINTABLE.filter(lambda character: character not in "'\t") | st.just("''")
    fold = st.tuples(BREAK, st.sampled_from([" ", "  "])).map("".join)
    return "'" + "".join(draw(st.lists(piece | fold, max_size=12))) + "'"


@st.composite
def plain(draw: st.DrawFn) -> str:
    """Return a plain scalar over one or more lines."""
    words = st.lists(LETTERS, min_size=1, max_size=4).map("".join)
    gap = st.sampled_from([" ", "  ", "\n  ", "\r\n  ", " \n \n  ", "\n\n\n  ", "'", '"', ":", "{"])
    first, *rest = draw(st.lists(words, min_size=1, max_size=5))
    return "".join([first, *(draw(gap) + word for word in rest)])


@st.composite
def block(draw: st.DrawFn) -> str:
    """Return a literal or folded scalar: any indentation, chomping, blank lines and lines indented further."""
    line = st.lists(PRINTABLE.filter(lambda character: character != "\t"), max_size=5).map("".join)
    lines = draw(st.lists(line, min_size=1, max_size=6))
    style, chomping, indent = (
        draw(st.sampled_from("|>")),
        draw(st.sampled_from(["", "-", "+"])),
        draw(st.integers(1, 3)),
    )
    stop = draw(BREAK)
    body = "".join((" " * indent + each if each.strip() or draw(st.booleans()) else "") + stop for each in lines)
    comment = draw(st.sampled_from(["", " # why"]))
    return f"{style}{chomping}{comment}{stop}{body}".removesuffix(draw(st.sampled_from(["", stop])))


SCALARS = double() | single() | plain() | block()
PLACES = st.sampled_from(
    ["key: {}\n", "key: {}\nnext: 1\n", "# é\n- \n", "key: &a {}\n", "key: !!str {}", "{{key: {}}}"]
)


def placed(scalar: str, place: str) -> Inset:
    """Return the inset of a scalar as a mapping's value; what YAML does not take is passed over."""
    content = place.format(scalar) if "{}" in place else f"key: {scalar}\n"
    try:
        found = understood(content)
    except Exception:  # not every mixture of pieces is YAML, or one key and a scalar
        assume(False)  # noqa: FBT003
        raise
    return found


@given(SCALARS, PLACES)
@example("|1-\n  a\n b", "key: {}\n")
@example(">\n  a\n\n  b\n   c\n", "key: {}\n")
@example("|+\n \n", "key: {}\n")
def test_every_character_has_its_place(scalar: str, place: str) -> None:
    hold(placed(scalar, place))


CHANGES: dict[str, Callable[[str], str]] = {
    "a word": lambda _: "new",
    "nothing": lambda _: "",
    "quotes": lambda _: 'it\'s "so" \\',
    "the same": lambda old: old,
}


@given(SCALARS, PLACES, st.sampled_from(sorted(CHANGES)), st.data())
def test_what_is_put_is_what_is_read(scalar: str, place: str, change: str, data: st.DataObject) -> None:
    found = placed(scalar, place)
    size = len(found.content)
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, min(size, start + 4)))
    content = CHANGES[change](found.content[start:end])
    put = found.put(start, end, content)
    if put is None:
        return
    first, last, written = put
    text = found.outer.content
    again = understood(text[:first] + written + text[last:])
    wanted = found.content[:start] + content + found.content[end:]
    assert again.content == wanted or (found.style in ("|", ">") and again.content == wanted.rstrip("\n"))
    hold(again)


def test_a_line_of_a_block_is_never_joined_to_the_one_behind_it() -> None:
    found = placed("|\n\n\n\n\n a\n aa", "key: {}\nnext: 1\n")
    assert found.put(len(found.content) - 3, len(found.content), "new") is None
    assert found.put(len(found.content) - 3, len(found.content) - 1, "new") is not None


@pytest.mark.parametrize("scalar", ['"a ${X} b"', "'a ${X} b'", "a ${X} b", "|\n  a ${X} b", ">\n  a\n  ${X} b"])
def test_what_others_put_in_is_one_hole(scalar: str) -> None:
    text = Text(f"key: {scalar}\n")
    (root,) = documents(text)
    found = inset(text, root.value[0][1], r"\$\{[^}]*\}")
    assert found.content.rstrip("\n") == f"a {HOLE} b"
    at = found.content.index(HOLE)
    assert text.content[found.outward(at) :].startswith("${X}")
    assert text.content[found.outward(at + 1) :].startswith(" b")
    assert found.put(at, at + 1, "x") is None


@given(double())
def test_strings_in_strings(scalar: str) -> None:
    import json  # noqa: PLC0415

    inner = placed(scalar, "key: {}").outer.content
    outer = understood("key: " + json.dumps(inner))
    assert outer.content == inner
    (root,) = documents(outer)
    found = inset(outer, root.value[0][1])
    for offset, character in enumerate(found.content):
        line, column = found.position(offset)
        written = outer.outer.line(line)[column - 1 :]
        assert written[0] == character or written[0] == "\\" or character in " \n", (offset, character, written)
