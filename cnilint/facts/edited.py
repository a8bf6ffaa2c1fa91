"""The type of an edit, and what edits of all kinds are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.knowledge.versions import parsed
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnilint.facts.described import Path

# Since then there are configuration values.
FIRST_VALUES: Final = "v1.12.0"
# The families of fields that EKS documents as managed.
DOCUMENTED: Final = frozenset({"service account", "image", "probes", "labels", "volumes", "mounts"})
# What EKS renders may differ in these from upstream's manifest, so that a live object's own values tell nothing.
RENDERED_OTHERWISE: Final = frozenset({"affinity", "imagePullPolicy", "updateStrategy", "ports"})
# In these releases the published chart and the manifest differ about imagePullPolicy; the add-on has the chart's.
_TWO_POLICIES: Final = ((1, 21, 2), (1, 22, 4))


class Edited(NamedTuple):
    """A field that is not as shipped.

    ``name`` is what is edited (a variable, a flag, a label, a path), ``change`` is ``changed``, ``removed`` (not there
    any more) or ``added``. ``written`` and ``shipped`` are texts, "" where there is nothing.
    """

    path: Path
    family: str
    name: str
    container: str
    change: str
    shipped: str
    written: str


def leaves(data: Mapping[str, object], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the paths and values of plain data that server-side apply owns one by one: a list is one value."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value


def two_policies(release: str | None) -> bool:
    """Tell whether manifest and chart of a release differ about imagePullPolicy."""
    number = parsed(release) if release else None
    return number is not None and _TWO_POLICIES[0] <= number <= _TWO_POLICIES[1]


def field(  # noqa: PLR0913, PLR0917  # all of an edit but what follows from its values
    path: Path, family: str, name: str, container: str, shipped: object, written: object
) -> Edited:
    """Return the edit of a field that the stock manifest writes; None is one that was taken away."""
    change = "removed" if written is None else "changed"
    return Edited(path, family, name, container, change, text(shipped), text(written))


def several(path: Path, family: str, container: str, missing: Iterable[tuple[str, str]]) -> Iterator[Edited]:
    """Yield one edit for all the items of a list that were taken away, as they have one place; none for none.

    ``missing`` are names and shipped texts.
    """
    found = list(missing)
    if not found:
        return
    names, shipped = ", ".join(name for name, _ in found), ", ".join(text for _, text in found)
    yield Edited(path, family, names, container, "removed", shipped, "")


def text(data: object) -> str:
    """Return a value as a message shows it: words as they are, anything else as JSON."""
    if data is None or isinstance(data, str):
        return data or ""
    import json  # noqa: PLC0415  # only of what was edited

    return json.dumps(data, separators=(", ", ": "), default=str)
