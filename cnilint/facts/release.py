"""What a release makes of an environment: tables that the files of a run share, for most are of one release."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.knowledge.releases import FIELD_REF, nearest_known, newest, stock
from cnilint.knowledge.variables import NO_DEFAULT, UNSET, Malformed, Variable, default, value, variables
from cnilint.knowledge.versions import parsed

if TYPE_CHECKING:
    from cnilint.knowledge.releases import Stock


class _Absent:
    """The fact is not there for this surface."""


ABSENT: Final = _Absent()

# Before these switches there was nothing but IPv4, every IPv6 cluster had IPv4 egress, and every ENI was managed.
_ALWAYS_ON: Final = frozenset(
    {"ENABLE_IPv4", "ENABLE_V4_EGRESS", "MANAGE_UNTAGGED_ENI", "AWS_VPC_CNI_NODE_PORT_SUPPORT"}
)


@lru_cache(maxsize=4096)
def since(release: str | None, version: str) -> bool:
    """Tell whether a release is that version or later; an unknown release counts as the newest."""
    number, floor = parsed(release) if release else None, parsed(version)
    return number is None or floor is None or number >= floor


def reads(release: str | None, variable: Variable) -> bool:
    """Tell whether a release reads the variable at all."""
    if variable.removed and since(release, variable.removed):
        return False
    return not variable.first or since(release, variable.first)


def used(release: str | None, variable: Variable, text: object) -> object:
    """Return the value that a release uses for a text: typed, the default for none, ABSENT for a malformed one."""
    if text is MAYBE or text is UNKNOWN:
        return text
    if isinstance(text, str):
        if text.startswith(FIELD_REF):
            return UNKNOWN
        try:
            typed = value(variable, text, release)
        except Malformed:
            return ABSENT
        if typed is not UNSET:
            return typed
    usual = default(variable, release)
    return ABSENT if usual is NO_DEFAULT else usual


def unread(release: str | None, variable: Variable) -> object:
    """Return what a release that does not read a variable does; ABSENT for what it reads no longer.

    A switch it lacks is off, a target it lacks is 0. A switch for what had always been there is on.
    """
    if variable.removed and since(release, variable.removed):
        return ABSENT
    if variable.type == "bool":
        return variable.name in _ALWAYS_ON
    return 0 if variable.type == "int" and variable.default == 0 else ABSENT


@cache
def unset_values(release: str | None, container: str) -> dict[str, object]:
    """Return the values of a container's variables where none is set."""
    own = {name: item for name, item in variables().items() if container in item.containers}
    found = {
        name: used(release, item, UNSET) if reads(release, item) else unread(release, item)
        for name, item in own.items()
    }
    return {name: usual for name, usual in found.items() if usual is not ABSENT}


@cache
def readable(release: str | None, container: str) -> dict[str, Variable]:
    """Return the variables that a release reads in a container."""
    table = variables().items()
    return {name: item for name, item in table if container in item.containers and reads(release, item)}


@cache
def shipped_texts(release: str | None) -> dict[tuple[str, str], object]:
    """Return the texts that the stock manifest sets, by container and name."""
    manifest = stock_of(release)
    return {
        (container, name): as_read(text)
        for container in manifest.containers
        for name, text in manifest.env(container).items()
    }


@cache
def shipped_values(release: str | None, container: str) -> dict[tuple[str, object], object]:
    """Return the values of the texts that the stock manifest sets, by name and text."""
    table = variables()
    shipped = {name: as_read(text) for name, text in stock_of(release).env(container).items() if name in table}
    return {(name, text): used(release, table[name], text) for name, text in shipped.items()}


@cache
def stock_values(release: str | None, container: str) -> dict[str, object]:
    """Return the typed values of the stock manifest."""
    found = shipped_values(release, container).items()
    return {name: value for (name, _), value in found if value is not ABSENT}


@cache
def stock_of(release: str | None) -> Stock:
    """Return the stock manifest of a release, or of the nearest older one; of an unknown release the newest."""
    return stock((nearest_known(release) if release else None) or newest())


def as_read(text: str) -> object:
    """Return a text of the stock manifest; UNKNOWN for what the downward API fills in."""
    return UNKNOWN if text.startswith(FIELD_REF) else text
