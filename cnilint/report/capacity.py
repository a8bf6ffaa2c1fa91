"""Answers about capacity for people: tables whose numbers bear their units, and a chart, in at most 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.capacity.reply import advised, curve
from cnilint.capacity.settings import FIELDS
from cnilint.report.capacitytable import (
    Row,
    addresses,
    number,
    of_subnet,
    seconds,
    side_by_side,
    summary,
    table,
    wrapped,
)
from cnilint.report.chart import MARKS, SHARED, chart, positions
from cnilint.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilint.capacity.reply import Demand, Reply
    from cnilint.capacity.settings import Settings

# From so many kinds of nodes on, each gets a line and not a page.
MANY: Final = 6
ORDINALS: Final = ("th", "st", "nd", "rd")


def text(groups: Sequence[tuple[Reply, ...]], demand: Demand) -> str:
    """Return a page for each kind of node, or a line where there are many; a group of two is a comparison."""
    lines: list[str] = []
    if len(groups) >= MANY:
        lines += [*_heading(groups[0]), "", *summary(groups, demand)]
    else:
        for number, group in enumerate(groups):
            lines += [""] * (number > 0)
            if number == 0 or group[0].asked != groups[number - 1][0].asked:
                lines += [*_heading(group), ""]
            lines += _page(group, demand)
    lines += _notes(groups, demand)
    return "".join(f"{printable(line)}\n" for line in lines)


def _heading(group: tuple[Reply, ...]) -> Iterator[str]:
    """Yield what the settings are called and which they are."""
    for letter, each in zip("AB", group, strict=False):
        label = f"{letter}: " if len(group) > 1 else ""
        yield from wrapped(f"{label}{each.asked.name}", "")
        yield from wrapped(_settings(each.settings), "  ")


def _settings(settings: Settings) -> str:
    """Return the variables that count beside the others; those that are 0 or false are left out."""
    aside = {"WARM_PREFIX_TARGET": not settings.prefixes, "WARM_ENI_TARGET": settings.prefixes}
    idle = {name for name, passed in aside.items() if passed or settings.by_address() or settings.ipv6}
    held = {name: getattr(settings, field) for name, field in FIELDS.items() if name not in idle}
    return " ".join(f"{name}={str(value).lower()}" for name, value in held.items() if value or name in aside)


def _page(group: tuple[Reply, ...], demand: Demand) -> Iterator[str]:
    found = group[0]
    if len(group) > 1:
        yield f"{found.node.instance.type}"
        yield from table(side_by_side(group[0], group[1], demand))
    else:
        yield from _facts(found)
        yield ""
        yield from table(_points(found))
        if found.refusal is None:
            yield ""
            yield from _costs(found, demand)
    if demand.subnet or demand.nodes:
        yield ""
        yield from table(of_subnet(group, demand))
    if all(each.refusal is None and not each.settings.ipv6 for each in group) and any(each.full for each in group):
        yield ""
        yield from _chart(group, demand)
        if len(group) == 1:
            yield ""
            yield from _advice(found, demand)


def _advice(found: Reply, demand: Demand) -> Iterator[str]:
    told = advised(found, demand)
    if not told.suggestions:
        better = "gives all of them an address" if told.present.waiting_pods else "is better"
        yield from wrapped(f"advice for {number(told.pods, 'pod')} a node: no setting that was tried {better}", "  ")
        return
    yield f"  advice for {number(told.pods, 'pod')} a node:"
    for suggestion in told.suggestions:
        yield from wrapped(f"- {suggestion.sentence}", "  ")


def _facts(found: Reply) -> Iterator[str]:
    result = found.result
    yield from wrapped(f"{result.instance_type}: {_mode(found)}", "")
    if found.refusal:
        yield from wrapped(f"ipamd does not start: {found.refusal}.", "  ")
    why = "; ".join(result.working) or "as given"
    yield from wrapped(f"max pods: {number(result.max_pods, 'pod')} ({why})", "  ")
    if not found.settings.ipv6:
        yield f"  within reach: addresses for {number(result.reachable_pods, 'pod')}"


def _mode(found: Reply) -> str:
    result = found.result
    limits = f"{number(result.enis, 'interface')} with {addresses(result.addresses_per_eni)} each"
    words = {"secondary-ip": "single addresses", "prefix": "prefixes of 16 addresses", "ipv6": "IPv6, one /80 prefix"}
    return f"{words[result.mode]}; {limits}"


def _points(found: Reply) -> list[Row]:
    """Return the table of the points, its heading first: units above, what they are of below."""
    wide = not found.settings.ipv6
    rows: list[Row] = [
        ("", "pods", "interfaces", "prefixes", *("addresses",) * (3 if wide else 1), "pods"),
        ("", "", "", "", *(("for pods", "spare") if wide else ()), "of subnet", "waiting"),
    ]
    for point in found.result.points:
        held = (point.pod_addresses, point.spare_addresses) if wide else ()
        cells = (point.pods, point.enis, point.prefixes, *held, point.subnet_addresses, point.waiting_pods)
        rows.append((_label(found, point.pods), *map(str, cells)))
    return rows


def _label(found: Reply, pods: int) -> str:
    return "over" if pods > found.full else "full" if pods == found.full else "idle" if pods == 0 else ""


def _costs(found: Reply, demand: Demand) -> Iterator[str]:
    result = found.result
    come, leave = (f"{demand.burst} pods come", "leave") if demand.burst > 1 else ("1 pod comes", "leaves")
    attached = [f"the {_ordinal(eni)} at {_pod(at)}" for eni, at in result.eni_attached_at_pod.items()]
    if attached:
        shown = attached if len(attached) <= MANY else [*attached[:3], "...", attached[-1]]
        yield from wrapped(f"interfaces attached: {', '.join(shown)}", "  ")
    writes = result.writes
    yield from wrapped(
        f"EC2 calls that write: {number(writes.start, 'call')} when the node starts; {come} one by one"
        f" with {number(writes.arrive_one_by_one, 'call')}, at once with {number(writes.arrive_at_once, 'call')}, and"
        f" {leave} one by one with {number(writes.leave_one_by_one, 'call')}, at once with"
        f" {number(writes.leave_at_once, 'call')}",
        "  ",
    )
    yield from wrapped(f"burst: {_burst(found, demand)}", "  ")


def _burst(found: Reply, demand: Demand) -> str:
    result = found.result
    served, after = min(demand.burst, result.reachable_pods), seconds(result.burst_seconds)
    if demand.burst == 1:
        return f"a pod that comes to an idle node has an address after {after}" if served else "no pod gets an address"
    got = f"{served} get an address, the last after {after}" if served > 1 else f"1 gets an address, after {after}"
    return f"of {demand.burst} pods that come to an idle node at once, {got if served else 'none gets an address'}"


def _pod(at: int) -> str:
    return f"pod {at}" if at else "once"


def _ordinal(count: int) -> str:
    last = count % 10 if count // 10 % 10 != 1 else 0
    return f"{count}{ORDINALS[last] if last < len(ORDINALS) else ORDINALS[0]}"


def _chart(group: tuple[Reply, ...], demand: Demand) -> Iterator[str]:
    top = max(1, *(each.full for each in group))
    pods = positions(top)
    distinct = sorted(set(pods))
    curves: list[list[int | None]] = []
    for each in group:
        held = {point.pods: point.subnet_addresses for point in curve(each, distinct, demand.burst)}
        curves.append([held[count] if count <= each.full else None for count in pods])
    below = f"{number(top, 'pod')} with an address"
    legend = f" ({MARKS[0]} A, {MARKS[1]} B, {SHARED} both)" if len(group) > 1 else ""
    above = f"addresses of the subnet that a node takes{legend}"
    for line in chart(curves, above, below):
        yield f"  {line}"


def _notes(groups: Sequence[tuple[Reply, ...]], demand: Demand) -> Iterator[str]:
    """Yield what has to be known beside the numbers, each once."""
    every = [each for group in groups for each in group]
    notes = []
    if len(groups) < MANY and any(point.pods > each.full for each in every for point in each.result.points):
        notes.append("over: more pods than max pods allows; kubelet does not run them")
    if any(each.settings.ipv6 for each in every):
        notes.append("IPv6: a /80 prefix holds 2^48 addresses; the addresses of the subnet are those of IPv4")
    notes += _without_prefixes(every)
    if demand.subnet or demand.nodes:
        notes += _subnet_notes(every, demand)
    if notes:
        yield ""
        for note in notes:
            yield from wrapped(note, "")


def _without_prefixes(every: Sequence[Reply]) -> Iterator[str]:
    """Yield on which types prefix delegation has no effect, though it is on."""
    passed = (each for each in every if each.settings.prefixes and each.result.mode == "secondary-ip")
    types = dict.fromkeys(each.result.instance_type for each in passed)
    if types:
        named = ", ".join(types) if len(types) < MANY else f"{len(types)} of these types"
        yield f"ENABLE_PREFIX_DELEGATION has no effect on {named}: only Nitro types and (from v1.11.0) metal have any"


def _subnet_notes(every: Sequence[Reply], demand: Demand) -> Iterator[str]:
    room = demand.subnet
    if room:
        kept = " (AWS keeps 5)" if room.cidr else ""
        name = f"subnet {room.cidr}".strip()
        yield f"{name}: {addresses(room.addresses)} to give out{kept}, and nothing else in it"
    if any(each.settings.custom_networking for each in every):
        yield "custom networking: the subnet is the pods'; a primary interface takes its address of the node's own"
    if any(each.result.mode == "prefix" for each in every):
        yield "prefixes are aligned blocks of 16 addresses: where the subnet is fragmented, it carries fewer nodes"
