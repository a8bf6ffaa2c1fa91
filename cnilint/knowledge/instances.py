"""EC2 instance types: how many interfaces and addresses each takes.

``instances.json`` holds one row a type, in the order of ``Instance``, and each on a line: who asks for a few types
parses their lines alone. It tells from which source each row came; ``scripts/refresh_instances.py`` brings it up to
date.
"""

from __future__ import annotations

import os.path
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

LIKELY: Final = 0.7  # difflib's ratio of names
_HEAD: Final = '"types":{'


class Instance(NamedTuple):
    """The limits of an instance type."""

    type: str
    enis: int
    """Network interfaces on the default network card, the primary one included."""
    ips: int
    """IPv4 addresses an interface, the interface's own included."""
    hypervisor: str | None
    """nitro or xen; None for bare metal, where EC2 names none."""
    metal: bool
    vcpus: int | None
    branch: int | None
    """Branch interfaces for pods with security groups; 0: no trunk interface; None: not listed by the controller."""
    cards: tuple[int, ...]
    """Interfaces on each network card; empty where there is one card."""
    source: str
    """c, m or k, as ``sources`` in the data file explains; ``configuration`` for a type that a user described."""


@cache
def _lines() -> str:
    """Return the lines of the table, one a type; read only where an instance type is named."""
    with open(os.path.join(os.path.dirname(__file__), "instances.json"), encoding="utf-8") as file:
        return file.read().partition(_HEAD)[2]


@lru_cache(maxsize=4096)
def _line(name: str) -> list[Any] | None:
    """Return the row of a type, of which only the line is parsed: a tenth of what the whole table takes."""
    import json  # noqa: PLC0415  # as above

    lines, head = _lines(), f"\n{json.dumps(name)}:"
    start = lines.find(head)
    if start < 0:
        return None
    end = lines.index("\n", start + 1)
    found: list[Any] = json.loads(lines[start + len(head) : end].rstrip(","))
    return found


@cache
def rows() -> dict[str, list[Any]]:
    """Return the rows of all types by name."""
    import json  # noqa: PLC0415  # as above

    found: dict[str, list[Any]] = json.loads("{" + _lines().rpartition("}")[0])
    return found


_TOLD: dict[str, Instance] = {}


def tell(types: Mapping[str, Mapping[str, Any]]) -> None:
    """Let types be known as the configuration describes them; they win over the table. Those told before are gone."""
    _TOLD.clear()
    for name, said in types.items():
        below = said.get("hypervisor", "nitro")
        _TOLD[name] = Instance(
            name,
            int(said["interfaces"]),
            int(said["addresses"]),
            None if below == "metal" else below,
            below == "metal",
            said.get("vcpus"),
            said.get("branchInterfaces"),
            (),
            "configuration",
        )


def instance(name: str) -> Instance | None:
    """Return the limits of a type such as ``m5.large``, or None where it is not known."""
    if name in _TOLD:
        return _TOLD[name]
    row = rows().get(name) if rows.cache_info().currsize else _line(name)
    if row is None:
        return None
    enis, ips, hypervisor, metal, vcpus, branch, cards, source = row
    return Instance(name, enis, ips, hypervisor, bool(metal), vcpus, branch, tuple(cards or ()), source)


def all_types() -> list[str]:
    """Return the names of all types."""
    return list(dict.fromkeys((*rows(), *_TOLD)))


def unknown(name: str) -> str:
    """Return what to say of a type that is not known: ``unknown instance type 'm5.lrage'; ...``."""
    close = nearest_types(name)
    instead = f"did you mean {' or '.join(close)}?" if close else "`instances` in the configuration can describe it"
    return f"unknown instance type {name!r}; {instead}"


def nearest_types(name: str) -> list[str]:
    """Return up to three known types that an unknown one may have been meant to be, the likeliest first.

    Types of the same family come before others, so that ``m5.lrage`` and ``m5.3xlarge`` give types of m5.
    """
    import difflib  # noqa: PLC0415  # only where a type is unknown

    wanted = name.strip().lower()
    family = wanted.partition(".")[0]
    every = all_types()
    kin = [each for each in every if each.partition(".")[0] == family]
    return difflib.get_close_matches(wanted, kin or every, n=3, cutoff=LIKELY)
