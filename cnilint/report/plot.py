"""Answers of the capacity model as a chart: addresses of the subnet against pods, as SVG or in an HTML page.

The chart is drawn by matplotlib, which the extra ``plot`` installs; it takes half a second to import and is imported
where a chart is drawn. The same answers give the same bytes under the same release of matplotlib.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from cnilint.capacity import BURST
from cnilint.errors import CnilintError
from cnilint.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from cnilint.capacity import Result
    from cnilint.capacity.steady import Point

# Colours of Okabe and Ito, which colour-blind people can tell apart, from dark to light in grey; a line also has
# dashes and marks of its own. Yellow is left out: it is too pale for a thin line.
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#56b4e9", "#e69f00")
DASHES: Final = ("-", (0, (6, 2)), (0, (2, 1.4)), (0, (7, 2, 1.5, 2)), (0, (4, 1.5, 1, 1.5, 1, 1.5)))
MARKS: Final = "osD^vPX*"
MOST: Final = 12
"""Lines that a chart takes."""
NAMES_SHOWN: Final = 3
"""Names of a line that several answers share."""
NAME_WIDTH: Final = 90
"""Characters a row of the legend."""
INK, FAINT = "#222222", "#767676"
TITLE: Final = "Subnet addresses that a node takes"
DESCRIPTION: Final = "A line for each instance type and setting; the numbers are those of cnilint capacity."
STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cnilint",
    "text.parse_math": False,
    "font.family": "sans-serif",
    # Widths are measured in the first, which comes with matplotlib; a viewer without it takes the next.
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica Neue", "Arial"],
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.7,
}


WIDTH, TOP, PLOT, BELOW, ROW = 8.4, 0.78, 3.6, 0.7, 0.235
"""Inches: the chart, what stands above the plot, the plot, its axis below, a row of the legend."""
LEGEND: Final[dict[str, Any]] = {"frameon": False, "handlelength": 4.5, "labelspacing": 0.45, "borderaxespad": 0}


def svg(results: Sequence[Result], labels: Sequence[str] = ()) -> str:
    """Return a chart of some answers; ``labels`` are their names, else the instance types, and the modes where needed.

    Each answer has a point at every number of pods from its first to its last; answers with the same points share a
    line. Raises CnilintError for more lines than can be told apart, and where matplotlib is not installed; ValueError
    for an answer that leaves out numbers of pods, since nobody knows what is between them.
    """
    lines = _lines(results, labels or _labels(results))
    return _drawn(lines)


def html(  # noqa: PLR0913  # all that a page shows
    results: Sequence[Result],
    labels: Sequence[str] = (),
    *,
    tables: Sequence[Result] = (),
    burst: int = BURST,
    sentences: Sequence[str] = (),
    columns: Sequence[Mapping[str, Sequence[object]]] = (),
) -> str:
    """Return a page that needs nothing else: the chart, a table of all answers, one of each, and advice in sentences.

    ``tables`` are the same answers at the numbers of pods that tables show, where those of the chart are too many.
    ``columns`` are more of them for each answer's table, by heading, with a value a point.
    Raises the errors of ``svg``.
    """
    from cnilint.report.page import page  # noqa: PLC0415  # for this format alone

    labels = labels or _labels(results)
    answers = list(zip(labels, tables or results, strict=True))
    return page(svg(results, labels), answers, burst, sentences, columns or [{} for _ in answers])


def _labels(results: Sequence[Result]) -> list[str]:
    """Return the instance types, with the mode where a type stands there more than once."""
    types = [result.instance_type for result in results]
    return [
        f"{result.instance_type}, {result.mode}" if types.count(result.instance_type) > 1 else result.instance_type
        for result in results
    ]


def _lines(results: Sequence[Result], labels: Sequence[str]) -> list[tuple[str, Result]]:
    """Return the different lines with their names, that with the most addresses first."""
    shared: dict[object, list[str]] = {}
    first: dict[object, Result] = {}
    for result, label in zip(results, labels, strict=True):
        pods = [point.pods for point in result.points]
        if not pods or pods != list(range(pods[0], pods[-1] + 1)):
            raise ValueError(f"no chart of {label}: some numbers of pods are left out")
        key = (result.points, tuple(result.eni_attached_at_pod.items()))
        shared.setdefault(key, []).append(label)
        first.setdefault(key, result)
    if len(first) > MOST:
        raise CnilintError(
            f"a chart takes at most {MOST} lines, and these answers make {len(first)}; name fewer instance types"
        )
    named = [(_name(names), first[key]) for key, names in shared.items()]
    return sorted(named, key=lambda line: -max(point.subnet_addresses for point in line[1].points))


def _name(names: Sequence[str]) -> str:
    shown = ", ".join(map(printable, names[:NAMES_SHOWN]))
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    lines = wrap(shown + more, NAME_WIDTH)
    # matplotlib leaves out of a legend what begins with an underscore.
    return f"{' ' * shown.startswith('_')}" + "\n".join(lines)


def _drawn(lines: list[tuple[str, Result]]) -> str:
    try:
        import matplotlib as mpl  # noqa: PLC0415  # optional, and half a second
        from matplotlib.figure import Figure  # noqa: PLC0415
        from matplotlib.ticker import MaxNLocator  # noqa: PLC0415
    except ImportError as error:
        raise CnilintError("a chart needs the extra `plot`: pip install 'cnilint[plot]'") from error
    from io import StringIO  # noqa: PLC0415

    with mpl.rc_context():
        mpl.rcdefaults()  # what a user's matplotlibrc says would give another chart
        mpl.rcParams.update(STYLE)
        extras = _extras(lines)
        rows = len(extras) + sum(1 + name.count("\n") for name, _ in lines)
        height = TOP + PLOT + BELOW + ROW * rows
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((0.085, (BELOW + ROW * rows) / height, 0.885, PLOT / height))
        handles = [_line(axes, index, name, result) for index, (name, result) in enumerate(lines)]
        handles += [axes.plot(places, places_up, label=label, **look)[0] for label, places, places_up, look in extras]
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=12, steps=[1, 2, 5, 10], integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True))
        axes.grid(visible=True)
        axes.tick_params(length=0)
        axes.set_xlabel("pods on the node that need an address of the VPC")
        left, below = 0.085, 0.18 / height
        figure.text(left, 1 - 0.15 / height, TITLE, size=13, weight="bold", va="top", gid="title")
        figure.text(left, 1 - 0.46 / height, "addresses of the subnet", va="top", gid="unit")
        figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(left - 0.01, below), **LEGEND)
        stream = StringIO()
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"), None)
        figure.savefig(stream, format="svg", metadata={**metadata, "Title": TITLE})
    return _inline(stream.getvalue())


def _inline(text: str) -> str:
    """Return the SVG element alone, without the address of its document type, told to screen readers as one picture."""
    return text[text.index("<svg") :].replace("<svg ", f'<svg role="img" aria-label="{TITLE}. {DESCRIPTION}" ', 1)


def _extras(lines: list[tuple[str, Result]]) -> list[tuple[str, list[int], list[int], dict[str, Any]]]:
    """Return what the legend explains beside the answers: the least a node can take, marks, dotted parts."""
    found: list[tuple[str, list[int], list[int], dict[str, Any]]] = []
    results = [result for _, result in lines if result.mode != "ipv6"]
    if results:
        ends = [0, max(point.pods for result in results for point in result.points)]
        thin = {"color": FAINT, "linestyle": "-", "linewidth": 0.9, "zorder": 1, "gid": "least"}
        found.append(
            ("one address a pod and one of the node: no setting takes fewer", ends, [at + 1 for at in ends], thin)
        )
    if any(any(result.eni_attached_at_pod.values()) for _, result in lines):
        mark = {"color": FAINT, "linestyle": "", "marker": "o", "markersize": 5, "markerfacecolor": "white"}
        found.append(("a mark (each line has its own): an interface is attached, or the line ends", [], [], mark))
    if any(point.waiting_pods for _, result in lines for point in result.points):
        dots = {"color": FAINT, "linestyle": ":", "linewidth": 1.2}
        found.append(("dotted: pods wait for an address that the node cannot get", [], [], dots))
    return found


def _line(axes: Axes, index: int, name: str, result: Result) -> Line2D:
    """Draw one answer: thin and dotted where pods wait, a mark where an interface is attached and one at the end."""
    color = COLOURS[index % len(COLOURS)]
    served = [point for point in result.points if not point.waiting_pods]
    waiting = [*served[-1:], *(point for point in result.points if point.waiting_pods)]
    marks = {pod for pod in result.eni_attached_at_pod.values() if pod}
    every = [at for at, point in enumerate(served) if point.pods in marks or at == len(served) - 1]
    (line,) = axes.plot(
        *_places(served),
        color=color,
        linestyle=DASHES[index % len(DASHES)],
        drawstyle="steps-post",
        linewidth=1.8,
        marker=MARKS[index % len(MARKS)],
        markevery=every,
        markersize=5,
        markerfacecolor="white",
        label=name,
        gid=f"line-{index + 1}",
    )
    if len(waiting) > 1:
        axes.plot(
            *_places(waiting),
            color=color,
            linestyle=":",
            linewidth=1,
            drawstyle="steps-post",
            gid=f"waiting-{index + 1}",
        )
    return line


def _places(points: Sequence[Point]) -> tuple[list[int], list[int]]:
    return [point.pods for point in points], [point.subnet_addresses for point in points]
