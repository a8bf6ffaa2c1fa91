"""Curves made of characters."""

from __future__ import annotations

from cnilint.report.chart import HEIGHT, WIDTH, chart, positions


def test_a_chart() -> None:
    drawn = chart([[0] * 33 + [1] * 33], "values", "1 pod")
    left, right = "*" * 33, "*" * 33
    assert drawn == [
        "values",
        f"1 |{'':33}{right}",
        f"0 |{left}*",
        f"  +{'-' * WIDTH}",
        f"   0{'1 pod':>{WIDTH - 1}}",
    ]


def test_curves_of_a_chart_share_points_and_may_end() -> None:
    drawn = chart([[5] * WIDTH, [5] * 10 + [None] * (WIDTH - 10)], "values", "9 pods")
    assert drawn[1] == f"5 |{'#' * 10}{'*' * (WIDTH - 10)}"
    assert positions(0) == [0] * WIDTH
    assert positions(1000)[-1] == 1000
    assert len(chart([[100] * WIDTH], "values", "9 pods")) == HEIGHT + 3
