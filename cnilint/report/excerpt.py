"""The line a finding stands on, as a terminal shows it, and where the span is underlined."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from cnilint.record import NamedTuple
from cnilint.report.printable import printable

if TYPE_CHECKING:
    from cnilint.finding import Location

# Below this an excerpt says nothing; a narrower terminal wraps it.
_NARROWEST = 40
_TAB = "    "
_CUT = "..."


class Excerpt(NamedTuple):
    """A line made printable and cut to the width; after ``before`` cells come ``under`` (1 at least) of the span."""

    line: str
    before: int
    under: int


def excerpt(place: Location, width: int) -> Excerpt:
    """Return the line of a place, cut around the span where it is wider than ``width`` cells."""
    width = max(width, _NARROWEST)
    line = place.excerpt
    start = min(max(place.column - 1, 0), len(line))
    end = len(line) if place.end_line > place.line else min(max(place.end_column - 1, start), len(line))
    # A line may have megabytes: what is further than the width from the span's start is never shown.
    left, right = max(start - width, 0), min(start + width, len(line))
    shown = [_TAB if character == "\t" else printable(character) for character in line[left:right]]
    edges = list(accumulate(map(_cells, shown), initial=0))
    begin, finish = start - left, min(end, right) - left
    first, last = 0, len(shown)
    if left > 0 or right < len(line) or edges[-1] > width:
        first, last = _window(edges, begin, finish, width - 2 * len(_CUT))
    head = _CUT if left + first > 0 else ""
    tail = _CUT if left + last < len(line) else ""
    under = edges[min(finish, last)] - edges[begin]
    return Excerpt(head + "".join(shown[first:last]) + tail, len(head) + edges[begin] - edges[first], max(under, 1))


def _window(edges: list[int], begin: int, finish: int, room: int) -> tuple[int, int]:
    """Return the first and the last edge of what fits into ``room`` cells, the span in the middle as far as can be."""
    under = min(edges[finish] - edges[begin], room)
    start = max(min(edges[begin] - (room - under) // 2, edges[-1] - room), 0)
    first = bisect_left(edges, start)
    return first, bisect_right(edges, edges[first] + room) - 1


def _cells(shown: str) -> int:
    """Return how many cells of a terminal a character takes."""
    if shown.isascii():
        return len(shown)
    from unicodedata import category, east_asian_width  # noqa: PLC0415  # 4 ms that ASCII does not need

    if category(shown) in {"Mn", "Me"}:
        return 0
    return 2 if east_asian_width(shown) in {"W", "F"} else 1
