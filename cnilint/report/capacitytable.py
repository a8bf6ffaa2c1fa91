"""Tables of answers about capacity: units above their columns, or in the labels of their rows."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from cnilint.capacity.reply import curve, shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilint.capacity.reply import Demand, Reply
    from cnilint.capacity.steady import Point

COLUMNS: Final = 80

Row = tuple[str, ...]


def number(count: int, unit: str, plural: str = "") -> str:
    """Return a number with its unit."""
    return f"{count} {unit if count == 1 else plural or unit + 's'}"


def addresses(count: int) -> str:
    """Return a number of addresses."""
    return number(count, "address", "addresses")


def seconds(count: float) -> str:
    """Return a time."""
    return f"{count:g} second{'s' * (count != 1)}"


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table whose first column is of words and whose others are of numbers."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for first, *cells in rows:
        aligned = (f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True))
        yield f"  {first:{widths[0]}}  {'  '.join(aligned)}".rstrip()


def of_subnet(group: tuple[Reply, ...], demand: Demand) -> list[Row]:
    """Return the table of what the subnet makes of each point, its heading first; of a comparison a part for each."""
    rows: list[Row] = [
        ("", "pods", *("nodes",) * bool(demand.subnet), *("addresses",) * bool(demand.nodes)),
        ("", "a node", *("carried",) * bool(demand.subnet), *(f"of {number(n, 'node')}" for n in [demand.nodes] if n)),
    ]
    for letter, each in zip("AB" if len(group) > 1 else ("",), group, strict=False):
        for share in shares(each, demand):
            held = [share.carried] * bool(demand.subnet) + [share.taken] * bool(demand.nodes)
            cells = ("-" if count is None else str(count) for count in held)
            rows.append((letter, str(share.pods), *cells))
    return rows


def by_point(found: Reply, demand: Demand) -> dict[str, list[object]]:
    """Return what the subnet makes of each point as columns by heading; none where neither it nor nodes were told."""
    told = shares(found, demand)
    columns: dict[str, list[object]] = {}
    if demand.subnet:
        name = f"nodes that {demand.subnet.cidr or 'the subnet'} carries"
        columns[name] = ["-" if share.carried is None else share.carried for share in told]
    if demand.nodes:
        columns[f"addresses of {number(demand.nodes, 'node')}"] = [share.taken for share in told]
    return columns


def side_by_side(one: Reply, other: Reply, demand: Demand) -> list[Row]:
    """Return the table of a comparison: what, with its unit, then both and the difference."""
    first, second = one.result, other.result
    rows: list[Row] = [
        ("", "A", "B", "B - A"),
        _compared("max pods (pods)", first.max_pods, second.max_pods),
        _compared("within reach (pods)", first.reachable_pods, second.reachable_pods),
    ]
    for here, there in zip(first.points, second.points, strict=True):
        rows += _of_point(here, there)
    burst = number(demand.burst, "pod")
    rows.append(_compared("writes to EC2, node starts (calls)", first.writes.start, second.writes.start))
    names = {"arrive_one_by_one": "come one by one", "arrive_at_once": "come at once"}
    names |= {"leave_one_by_one": "leave one by one", "leave_at_once": "leave at once"}
    for field, words in names.items():
        label = f"writes to EC2, {burst} {words} (calls)"
        rows.append(_compared(label, getattr(first.writes, field), getattr(second.writes, field)))
    rows.append(_compared(f"burst of {burst}, until the last has one (s)", first.burst_seconds, second.burst_seconds))
    return rows


def _of_point(here: Point, there: Point) -> Iterable[Row]:
    at = f"at {number(here.pods, 'pod')}"
    yield _compared(f"{at}: addresses of the subnet", here.subnet_addresses, there.subnet_addresses)
    yield _compared(f"{at}: spare addresses", here.spare_addresses, there.spare_addresses)
    yield _compared(f"{at}: interfaces", here.enis, there.enis)
    if here.waiting_pods or there.waiting_pods:
        yield _compared(f"{at}: pods waiting", here.waiting_pods, there.waiting_pods)


def _compared(label: str, here: float, there: float) -> Row:
    difference = round(there - here, 1)
    return label, f"{here:.15g}", f"{there:.15g}", f"{difference:+.15g}" if difference else "0"


def summary(groups: Sequence[tuple[Reply, ...]], demand: Demand) -> Iterator[str]:
    """Yield a table with a line for each kind of node."""
    room = demand.subnet is not None
    nodes = demand.nodes if len(groups[0]) == 1 else None  # the line would be too long
    letters = "AB"[: len(groups[0])] if len(groups[0]) > 1 else ""
    idle = not (room and letters)  # the line would be too long
    count = len(groups[0])
    rows: list[Row] = [
        ("", *("pods", *("addresses",) * (1 + idle), *("nodes",) * room, *("addresses",) * bool(nodes)) * count),
        ("", *("max", *("idle",) * idle, "full", *("carried",) * room, *[f"of {nodes}"] * bool(nodes)) * count),
    ]
    if letters:
        rows.append(("", *(letter for letter in letters for _ in range(2 + idle + room))))
    for group in groups:
        cells: list[str] = []
        for each in group:
            whole = each._replace(result=each.result._replace(points=curve(each, (0, each.full), demand.burst)))
            taken = [str(point.subnet_addresses) for point in whole.result.points]
            cells += [str(each.result.max_pods), *taken[not idle :]]
            if room or nodes:
                full = shares(whole, demand)[-1]
                held = [full.carried] * room + [full.taken] * bool(nodes)
                cells += ["-" if figure is None else str(figure) for figure in held]
        rows.append((group[0].node.instance.type, *cells))
    yield from table(rows)
    yield ""
    when = "idle: without pods; full: with max pods" if idle else "full: with max pods"
    yield from wrapped(f"addresses: those of the subnet that a node takes; {when}", "")
    if room:
        yield "nodes: those with max pods that the subnet carries"
    if nodes:
        yield f"of {nodes}: what {number(nodes, 'node')} with max pods take{'s' if nodes == 1 else ''} of it"


def wrapped(line: str, indent: str) -> list[str]:
    """Return the lines of a sentence, the later ones further in."""
    return textwrap.wrap(
        line,
        COLUMNS,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
