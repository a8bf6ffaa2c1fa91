"""Curves made of characters, in at most 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 66
HEIGHT: Final = 13
MARKS: Final = "*o"
SHARED: Final = "#"


def positions(top: int) -> list[int]:
    """Return which of the numbers from 0 to ``top`` each column stands for."""
    return [round(column * top / (WIDTH - 1)) for column in range(WIDTH)]


def chart(curves: Sequence[Sequence[int | None]], above: str, below: str) -> list[str]:
    """Return the lines of a chart: a value a column of each curve, the axes labelled with their units.

    There are two curves at most; one that ends has None in the columns that are left. ``above`` tells what the values
    are, ``below`` what the last column stands for.
    """
    most = max(1, *(value for curve in curves for value in curve if value is not None))
    steps = min(HEIGHT - 1, most)
    cells = [[" "] * WIDTH for _ in range(steps + 1)]
    for mark, curve in zip(MARKS, curves, strict=False):
        last: int | None = None
        for column, held in enumerate(curve):
            if held is None:
                break
            row = round(held * steps / most)
            last = row if last is None else last
            for level in range(min(row, last), max(row, last) + 1):
                cells[level][column] = SHARED if cells[level][column] not in (" ", mark) else mark
            last = row
    labels = {level: str(round(level * most / steps)) for level in {0, steps // 2, steps}}
    width = max(map(len, labels.values()))
    lines = [above]
    lines += [f"{labels.get(level, ''):>{width}} |{''.join(cells[level])}".rstrip() for level in range(steps, -1, -1)]
    lines.append(f"{'':{width}} +{'-' * WIDTH}")
    lines.append(f"{'':{width}}  0{below:>{WIDTH - 1}}")
    return lines
