"""The release that somebody wants: what people write, as a release of the table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.errors import ConfigError
from cnilint.knowledge.releases import known, nearest_known, newest, releases
from cnilint.knowledge.versions import parsed, release

if TYPE_CHECKING:
    from collections.abc import Iterator

_MINOR: Final = r"v?([0-9]{1,4})\.([0-9]{1,4})(?:\.x)?"
_NEWEST: Final = frozenset({"latest", "newest"})
# A tag of the repository without a release: its manifest names v1.21.1 (the table's note).
NO_RELEASE: Final = "v1.22.0"


def target(text: str) -> str:
    """Return the release that a text names.

    ``v1.21.1``, ``1.21.1`` and ``v1.21.1-eksbuild.2`` are v1.21.1, ``1.21`` is the newest patch of that minor,
    ``latest`` the newest release. Raises ConfigError, with the nearest, for one that the table does not have.
    """
    written = text.strip()
    if written.lower() in _NEWEST:
        return newest()
    minor = re.fullmatch(_MINOR, written)
    if minor:
        found = patches((int(minor[1]), int(minor[2])))
        if not found:
            raise ConfigError(f"no release {written} is known; {_range()}")
        return found[-1]
    wanted = release(written)
    if wanted is None:
        raise ConfigError(f"{written!r} is no release such as v1.21.1, 1.21 or latest")
    if not known(wanted):
        raise ConfigError(f"the release {wanted} is not known{_nearest(wanted)}; {_range()}")
    return wanted


def patches(minor: tuple[int, int]) -> list[str]:
    """Return the releases of a minor, oldest first."""
    return [held for held, number in _numbers() if number[:2] == minor and held != NO_RELEASE]


def minors(old: str, new: str) -> list[str]:
    """Return the releases on the way from one to another, a step a minor: the newest patch of each, then ``new``.

    The way down has the same steps.
    """
    first, last = parsed(old), parsed(new)
    if first is None or last is None:
        return [new]
    low, high = sorted((first[:2], last[:2]))
    between = sorted({number[:2] for _, number in _numbers() if low < number[:2] < high}, reverse=first > last)
    return [*(patches(minor)[-1] for minor in between), new]


def between(old: str, new: str) -> list[str]:
    """Return the releases after one up to another, oldest first, without the tag that is none; none on the way down."""
    number, last = parsed(old), parsed(new)
    if number is None or last is None:
        return []
    return [held for held, own in _numbers() if number < own <= last and (held != NO_RELEASE or held == new)]


def _numbers() -> Iterator[tuple[str, tuple[int, int, int]]]:
    for held in releases():
        number = parsed(held)
        if number:
            yield held, number


def _nearest(text: str) -> str:
    """Return the nearest release, to follow a release; "" where there is none."""
    number = parsed(text)
    same = patches(number[:2]) if number else []
    found = same[-1] if same else nearest_known(text)
    return f" (the nearest is {found})" if found else ""


def _range() -> str:
    return f"cnilint knows releases from {next(iter(releases()))} to {newest()}"
