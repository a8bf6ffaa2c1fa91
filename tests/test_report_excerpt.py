from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnilint.finding import Finding, Location, Report
from cnilint.report import FORMATS, Style


def shown(place: Location, width: int = 120) -> tuple[str, str]:
    """Return the row with the line and the row with its underline, without the frame."""
    finding = Finding("rule", "category", "error", "traffic", "message", place, "fix", "url")
    rows = FORMATS["text"](Report((finding,), (), 1, 1), Style(width=width)).splitlines()
    frame = len(str(place.line)) + 3
    assert rows[2][:frame] == f"{place.line} | "
    return rows[2][frame:], rows[3][frame:]


@pytest.mark.parametrize(
    ("line", "span", "rows"),
    [
        ('\tvalue:\t"1"', (9, 12), ('    value:    "1"', "              ^^^")),
        ("値: 値段 # x", (4, 6), ("値: 値段 # x", "    ^^^^")),
        ("\uff21\uff22: x", (5, 6), ("\uff21\uff22: x", "      ^")),
        ("1\u20dd: x", (5, 6), ("1\u20dd: x", "   ^")),
        ("cafe\u0301: 1", (8, 9), ("cafe\u0301: 1", "      ^")),
        ("a: \x1b[31m", (4, 9), ("a: \\x1b[31m", "   ^^^^^^^^")),
        ("a:\xa0b", (3, 4), ("a:\\xa0b", "  ^^^^")),
        ("name: x", (7, 7), ("name: x", "      ^")),
        ("name:", (6, 6), ("name:", "     ^")),
        ("name:", (70, 90), ("name:", "     ^")),
        ("e\u0301", (2, 3), ("e\u0301", " ^")),
    ],
    ids=["tabs", "wide", "full width", "enclosing", "combining", "escape", "space", "empty", "end", "beyond", "mark"],
)
def test_underline(line: str, span: tuple[int, int], rows: tuple[str, str]) -> None:
    assert shown(Location("a.yaml", 1, span[0], 1, span[1], line)) == rows


def test_span_over_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    assert shown(Location("a.yaml", 7, 3, 9, 2, "- name: x")) == ("- name: x", "  ^^^^^^^")


@pytest.mark.parametrize(
    ("column", "end", "rows"),
    [
        (1, 4, ("abcdefghijklmnopqrstuvwxyzabcdefghijklmn...", "^^^")),
        (200, 203, ("...zabcdefghijklmnopqrstuvwxyzabcdefghijklm...", "                     ^^^")),
        (258, 261, ("...mnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "                                        ^^^")),
        (100, 200, ("...vwxyzabcdefghijklmnopqrstuvwxyzabcdefghi...", "   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^")),
    ],
    ids=["start", "middle", "end", "span longer than the line"],
)
def test_a_long_line_is_cut_around_the_span(column: int, end: int, rows: tuple[str, str]) -> None:
    alphabet = "".join(map(chr, range(ord("a"), ord("z") + 1)))
    assert shown(Location("a.json", 1, column, 1, end, alphabet * 10), width=50) == rows


def test_megabytes_on_one_line_cost_nothing() -> None:
    class Line(str):
        """A line that tells when all of it is looked at."""

        __slots__ = ()

        def __iter__(self) -> None:  # type: ignore[override]
            raise AssertionError

    line = Line('{"a": "b"}' * 1_000_000)
    row, carets = shown(Location("a.json", 1, 5_000_002, 1, 5_000_005, line))
    assert row.startswith("...")
    assert row.endswith("...")
    assert row[carets.index("^") : len(carets)] == '"a"'


def cells(text: str) -> int:
    marks = sum(unicodedata.category(c) in {"Mn", "Me"} for c in text)
    wide = sum(
        unicodedata.east_asian_width(c) in {"W", "F"} and unicodedata.category(c) not in {"Mn", "Me"} for c in text
    )
    return len(text) - marks + wide


def unmarked(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) not in {"Mn", "Me"})


def drawn(line: str) -> str:
    """Return a line as a terminal gets it, character for character."""
    return "".join("    " if c == "\t" else c if c.isprintable() else ascii(c)[1:-1] for c in line)


LINES = st.text(st.sampled_from("ab:\t\x1b\u0301値段é\u202e ") | st.characters(exclude_characters="\r\n"), min_size=1)


@given(LINES.filter(str.strip), st.integers(0, 99), st.integers(0, 99), st.integers(0, 220))
@example("値" * 99, 60, 3, 60)
@example("\u0301" * 99, 60, 3, 60)
@example("\U000e0001" * 99, 60, 3, 0)
def test_the_underline_is_under_the_span(line: str, start: int, length: int, width: int) -> None:
    start = min(start, len(line))
    end = min(start + length, len(line))
    row, carets = shown(Location("a.yaml", 1, start + 1, 1, end + 1, line), width)
    before, under = len(carets) - len(carets.lstrip()), carets.count("^")
    span = unmarked(drawn(line[start:end]))
    places = [(cells(row[:index]), c) for index, c in enumerate(row)]
    below = unmarked("".join(c for at, c in places if before <= at < before + under))
    if row == drawn(line):
        assert before == cells(drawn(line[:start]))
        assert below == span or not span
        assert under == max(cells(span), 1)
    else:
        assert "..." in {row[:3], row[-3:]}
        assert cells(row) <= max(width - len("1 | "), 40)
        assert not span or span.startswith(below)
        assert not span or below
