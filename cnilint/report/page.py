"""An HTML page about capacity: the chart, the tables and what is advised; nothing of it comes from elsewhere."""

from __future__ import annotations

from html import escape
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnilint.capacity import Result
    from cnilint.capacity.steady import Point

_Item = TypeVar("_Item")
HEADING: Final = "Capacity of nodes"
STYLE: Final = """
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #222; background: #fff;
  font: 15px/1.5 "DejaVu Sans", Verdana, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.5rem; margin-bottom: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
svg { display: block; width: 100%; max-width: 56rem; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
caption { text-align: left; font-weight: bold; padding: 1.4rem 0 .4rem; }
th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid #ddd; vertical-align: bottom; }
th:first-child { text-align: left; padding-left: 0; }
td { white-space: nowrap; }
thead th { border-bottom: 2px solid #767676; max-width: 8rem; } tbody th { font-weight: normal; }
p, li { max-width: 46rem; }
@media print { body { margin: 0; max-width: none; } table { break-inside: avoid; } }
""".strip()
NODES: Final[dict[str, Callable[[Result], object]]] = {
    "mode": lambda result: result.mode,
    "max pods of kubelet (pods)": lambda result: result.max_pods,
    "reachable (pods)": lambda result: result.reachable_pods,
    "interfaces": lambda result: result.enis,
    "addresses an interface": lambda result: result.addresses_per_eni,
}
BURSTS: Final[dict[str, Callable[[Result], object]]] = {
    "until the last has an address (s)": lambda result: f"{result.burst_seconds:.1f}",
    "node's start (writes)": lambda result: result.writes.start,
    "arrive one by one (writes)": lambda result: result.writes.arrive_one_by_one,
    "arrive at once (writes)": lambda result: result.writes.arrive_at_once,
    "leave one by one (writes)": lambda result: result.writes.leave_one_by_one,
    "leave at once (writes)": lambda result: result.writes.leave_at_once,
}
POINTS: Final[dict[str, Callable[[Point], object]]] = {
    "interfaces": lambda point: point.enis,
    "prefixes of 16": lambda point: point.prefixes,
    "addresses for pods": lambda point: point.pod_addresses,
    "of them spare": lambda point: point.spare_addresses,
    "addresses of the subnet": lambda point: point.subnet_addresses,
    "waiting (pods)": lambda point: point.waiting_pods,
}
NOTE: Final = (
    "Pods are those that need an address of the VPC; pods of the host network need none. Addresses of the subnet are "
    "those for pods and one of each interface; AWS reserves 5 more in each subnet. A prefix takes 16 addresses that "
    "lie together, so a fragmented subnet may give fewer. Writes are EC2 calls that change something."
)


def page(
    chart: str,
    answers: Sequence[tuple[str, Result]],
    burst: int,
    sentences: Sequence[str],
    columns: Sequence[Mapping[str, Sequence[object]]],
) -> str:
    """Return the page: ``chart`` is an SVG element, ``answers`` are named, ``sentences`` are the advice.

    ``columns`` are more of them for the points of each answer, by heading, with a value a point.
    """
    advised = "".join(f"<li>{escape(sentence)}</li>\n" for sentence in sentences)
    bodies = [
        f"<h1>{HEADING}</h1>\n{chart.strip()}\n",
        f"<h2>Advice</h2>\n<ul>\n{advised}</ul>\n" if sentences else "",
        "<h2>Nodes</h2>\n",
        _table("What a node can hold", "node", NODES, answers),
        _table(f"What {burst} pods cost that arrive and leave", "node", BURSTS, answers),
        "<h2>Addresses by pods</h2>\n",
        *(_points(label, result, more) for (label, result), more in zip(answers, columns, strict=True)),
        f"<p>{escape(NOTE)}</p>\n",
    ]
    head = '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    head += f"<title>{HEADING}</title>\n<style>\n{STYLE}\n</style>\n"
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}</head>\n<body>\n{"".join(bodies)}</body>\n</html>\n'


def _points(label: str, result: Result, more: Mapping[str, Sequence[object]]) -> str:
    """Return the table of an answer's points."""
    values = {
        at.pods: {
            **{name: value(at) for name, value in POINTS.items()},
            **{name: held[number] for name, held in more.items()},
        }
        for number, at in enumerate(result.points)
    }
    columns = {name: itemgetter(name) for name in (*POINTS, *more)}
    return _table(label, "pods", columns, [(str(pods), row) for pods, row in values.items()])


def _table(
    caption: str, first: str, columns: Mapping[str, Callable[[_Item], object]], rows: Sequence[tuple[str, _Item]]
) -> str:
    """Return a table with a row an item."""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in (first, *columns))
    lines = [f"<caption>{escape(caption)}</caption>", f"<thead><tr>{heads}</tr></thead>", "<tbody>"]
    for name, item in rows:
        cells = "".join(f"<td>{escape(str(value(item)))}</td>" for value in columns.values())
        lines.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    return '<div class="wide"><table>\n' + "\n".join(lines) + "\n</tbody>\n</table></div>\n"
