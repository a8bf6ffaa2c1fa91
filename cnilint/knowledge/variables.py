"""The environment variables of the VPC CNI, as a typed table.

``schemas/aws-node.schema.json`` is the truth. A wheel carries it compiled (``compact``) as ``variables.json`` beside
this module, which loads faster; a checkout reads the schema. ``docs/tables.md`` explains the schema's x- keys.
"""

from __future__ import annotations

import os.path
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cnilint.knowledge import names
from cnilint.knowledge.names import foreign
from cnilint.knowledge.values import UNSET, Malformed, Sentinel, empty, expected, skipped_cidrs, value
from cnilint.knowledge.versions import before
from cnilint.paths import HERE, shipped
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "NO_DEFAULT",
    "UNSET",
    "Malformed",
    "Variable",
    "compact",
    "default",
    "empty",
    "expected",
    "foreign",
    "from_compact",
    "nearest",
    "shipped_unread",
    "skipped_cidrs",
    "value",
    "variables",
]

NO_DEFAULT: Final = Sentinel("NO_DEFAULT")
"""The code has no default of its own, or not in that release."""


class Variable(NamedTuple):
    """One environment variable; what does not apply is empty or None."""

    name: str
    containers: tuple[str, ...]
    """The containers whose programs read it: aws-node, aws-vpc-cni-init, aws-eks-nodeagent, cni-metrics-helper."""
    type: str
    """bool, int, enum, string, path, url, cidrs, tags, mark, address or field-ref."""
    values: tuple[str, ...]
    """The words an enum (or a bool that is no strconv.ParseBool) knows, in canonical spelling."""
    case_sensitive: bool
    trims: bool
    """Whether the code takes spaces off both ends first."""
    pattern: str
    """What a text of one of the textual types must match as a whole."""
    minimum: int | None
    maximum: int | None
    minimum_ipv6: int | None
    """The minimum where ENABLE_IPv6 is true; ``value`` does not look at it."""
    empty: str
    """What the set but empty text is: "unset", "invalid" or "value"; ``values.empty`` knows the releases."""
    empty_since: str | None
    """The first release with that; before it the empty text was as if unset."""
    default: Any
    """The newest default of the code, typed; None where it has none."""
    default_text: str | None
    defaults: tuple[tuple[str, Any], ...]
    """(first release, default), oldest first, where the default changed."""
    default_note: str
    effect: str
    """What an invalid value does: "default", "ignored" (part of it or all), "exit" or "none"."""
    exit_since: str | None
    """The first release in which it ends the program; None: all of them. Before it ``used`` was used."""
    exit_with: str | None
    """The variable that must be true for that, else ``used`` is used."""
    used: str
    """What is used instead of an invalid value."""
    first: str | None
    """The first release that reads it; None where a library does, or nothing."""
    removed: str | None
    """The first release that no longer reads it."""
    dead: str | None
    """The first release that reads it without any effect."""
    deprecated: str | None
    status: str
    """active, undocumented, removed, dead, injected (set by EKS, read by nothing) or library (AWS SDK, Go)."""
    documented: bool
    group: str
    stock: tuple[tuple[str, str], ...]
    """(container, text) of the newest stock manifest; ``<release>`` and ``@fieldRef:path`` stand for themselves."""
    description: str
    source: str


class Tables(NamedTuple):
    """All that the schema tells."""

    variables: dict[str, Variable]
    near_misses: dict[str, str]
    unread: dict[str, tuple[str, str]]


@cache
def tables() -> Tables:
    """Return the compiled table of a wheel, or the one of the schema."""
    import json  # noqa: PLC0415  # a run that meets no CNI needs no table

    compiled = os.path.join(HERE, "knowledge", "variables.json")
    if os.path.exists(compiled):
        with open(compiled, encoding="utf-8") as file:
            return from_compact(json.load(file))
    with open(os.path.join(shipped("schemas"), "aws-node.schema.json"), encoding="utf-8") as file:
        return from_compact(compact(json.load(file)))


def variables() -> dict[str, Variable]:
    """Return every known variable by name; do not change it."""
    return tables().variables


def shipped_unread(name: str, release: str | None = None) -> bool:
    """Tell whether the release's stock manifest (of an unknown release: any) sets a name that nothing reads."""
    if name not in tables().unread:
        return False
    first, last = tables().unread[name]
    return release is None or not (before(release, first) or before(last, release))


def default(variable: Variable, release: str | None = None) -> object:
    """Return the typed default of the code in that release, or NO_DEFAULT.

    ``release`` None is an unknown release: then a default that changed, or a variable that is gone, has none. A release
    older than the variable, or one that no longer reads it, has none either.
    """
    if release is None:
        known = not variable.defaults and variable.removed is None and variable.default is not None
        return variable.default if known else NO_DEFAULT
    if variable.first is None or before(release, variable.first):
        return NO_DEFAULT
    if variable.removed is not None and not before(release, variable.removed):
        return NO_DEFAULT
    if variable.defaults:
        return next((held for since, held in reversed(variable.defaults) if not before(release, since)), NO_DEFAULT)
    return NO_DEFAULT if variable.default is None else variable.default


def nearest(name: str, container: str | None = None) -> str | None:
    """Return the variable that an unknown name was meant to be, or None; removed and dead ones are never proposed.

    ``container`` narrows the choice to the variables that its program reads.
    """
    if foreign(name):
        return None
    found = tables()
    live = {
        each.name
        for each in found.variables.values()
        if (container is None or container in each.containers) and each.status not in {"removed", "dead", "injected"}
    }
    known = found.near_misses.get(name)
    return known if known in live else names.closest(name, sorted(live - {name}))


def compact(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the small form of the schema, plain JSON data: one row a variable in the order of ``Variable``."""
    return {
        "rows": [_row(name, held) for name, held in schema["properties"].items()],
        "near": schema["x-near-misses"],
        "unread": schema["x-shipped-unread"],
    }


def _row(name: str, held: Mapping[str, Any]) -> list[Any]:
    """Return one variable of the schema as plain data; patterns only where nothing else reads the type."""
    get, invalid = held.get, held["x-invalid"]
    row = {
        "name": name,
        "containers": held["x-containers"],
        "type": held["x-type"],
        "values": get("x-values", ()),
        "case_sensitive": get("x-case-sensitive", True),
        "trims": get("x-trims", False),
        "pattern": get("pattern", "") if held["x-type"] in {"string", "path", "address"} else "",
        **{key: get(f"x-{key.replace('_', '-')}") for key in ("minimum", "maximum", "minimum_ipv6")},
        "empty": held["x-empty"],
        "empty_since": get("x-empty-since"),
        "default": get("x-default"),
        "default_text": get("default"),
        "defaults": get("x-default-by-release", ()),
        "default_note": get("x-default-note", ""),
        "effect": invalid["effect"],
        "exit_since": invalid.get("since"),
        "exit_with": invalid.get("with"),
        "used": invalid.get("used", ""),
        "first": get("x-first-release"),
        "removed": get("x-removed-in"),
        "dead": get("x-dead-since"),
        "deprecated": get("x-deprecated-in"),
        "status": held["x-status"],
        "documented": held["x-documented"],
        "group": held["x-group"],
        "stock": list(get("x-stock", {}).items()),
        "description": held["description"],
        "source": held["x-source"],
    }
    return [row[field] for field in Variable._fields]


_TUPLES = tuple(Variable._fields.index(field) for field in ("containers", "values"))
_PAIRS = tuple(Variable._fields.index(field) for field in ("defaults", "stock"))


def from_compact(compiled: Mapping[str, Any]) -> Tables:
    """Return the table that ``compact`` wrote."""
    found = {}
    for row in compiled["rows"]:
        for at in _TUPLES:
            row[at] = tuple(row[at])
        for at in _PAIRS:
            row[at] = tuple(map(tuple, row[at]))
        found[row[0]] = Variable._make(row)
    return Tables(
        found, dict(compiled["near"]), {name: (first, last) for name, (first, last) in compiled["unread"].items()}
    )
