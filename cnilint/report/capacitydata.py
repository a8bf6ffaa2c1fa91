"""Answers about capacity for programs: the versioned object of schemas/capacity.schema.json, and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnilint.capacity import plain
from cnilint.capacity.reply import shares
from cnilint.capacity.settings import FIELDS
from cnilint.report.printable import dumped, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilint.capacity.reply import Demand, Reply

VERSION: Final = 1
# The columns of CSV: a row a point, its result's figures repeated.
_OF_RESULT: Final = ("settings", "instanceType", "mode", "maxPods", "reachablePods", "burstSeconds")
_OF_POINT: Final = (
    "pods",
    "enis",
    "prefixes",
    "podAddresses",
    "spareAddresses",
    "subnetAddresses",
    "waitingPods",
    "carriedNodes",
    "takenAddresses",
)


def json(groups: Sequence[tuple[Reply, ...]], demand: Demand) -> str:
    """Return the versioned object that ``--format json`` prints."""
    every = [each for group in groups for each in group]
    settings = {each.asked.name: each for each in every}
    data: dict[str, object] = {
        "version": VERSION,
        "settings": [_settings(each) for each in settings.values()],
        "burstPods": demand.burst,
        "subnet": None if demand.subnet is None else {**demand.subnet._asdict(), "cidr": demand.subnet.cidr or None},
        "nodes": demand.nodes,
        "results": [_result(each, demand) for each in every],
    }
    if groups and len(groups[0]) > 1:
        data["differences"] = [_difference(_result(one, demand), _result(other, demand)) for one, other in groups]
    return dumped(data)


def csv(groups: Sequence[tuple[Reply, ...]], demand: Demand) -> str:
    """Return a table with a heading, a row a point."""
    import csv as writing  # noqa: PLC0415  # only for this format
    import io  # noqa: PLC0415

    stream = io.StringIO()
    writer = writing.DictWriter(stream, (*_OF_RESULT, *_OF_POINT), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for group in groups:
        for each in group:
            result = _result(each, demand)
            for point in result["points"]:
                writer.writerow({**result, **point, "settings": printable(each.asked.name)})
    return stream.getvalue()


def _settings(each: Reply) -> dict[str, object]:
    held = {name: getattr(each.settings, field) for name, field in FIELDS.items()}
    return {"name": each.asked.name, "release": each.asked.release, "variables": held}


def _result(each: Reply, demand: Demand) -> dict[str, Any]:
    data: dict[str, Any] = {"settings": each.asked.name, **plain(each.result), "refusal": each.refusal}
    for point, share in zip(data["points"], shares(each, demand), strict=True):
        if demand.subnet is not None:
            point["carriedNodes"] = share.carried
        if demand.nodes is not None:
            point["takenAddresses"] = share.taken
    return data


def _difference(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of the second less those of the first, at the same members."""
    points = zip(one["points"], other["points"], strict=True)
    return {
        "instanceType": one["instanceType"],
        **dict(_less(one, other)),
        "points": [{**dict(_less(here, there)), "pods": here["pods"]} for here, there in points],
        "writes": dict(_less(one["writes"], other["writes"])),
    }


def _less(one: dict[str, Any], other: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in one.items():
        if isinstance(value, int | float) and isinstance(other.get(name), int | float):
            yield name, round(other[name] - value, 1)
