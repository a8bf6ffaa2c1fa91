"""Who owns the fields of a live object: ``metadata.managedFields``, as server-side apply keeps it.

An entry has a manager and a tree of fields (``fieldsV1``): ``f:x`` is the field x, ``k:{"name":"x"}`` the item of
a list with this key, ``.`` the item itself, and an empty mapping a field that is owned as a whole (Kubernetes,
server-side-apply; EKS user guide, kubernetes-field-management). The manager of EKS is called ``eks``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple
from cnilint.surface.model import items, mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EKS: Final = "eks"
# Since then EKS is the manager of the copy, too, that every new cluster comes with and that EKS does not manage
# (amazon-vpc-cni-k8s#2763).
_COPIES_SINCE: Final = "2024-01"
_DAY: Final = 24 * 60 * 60  # seconds


class Manager(NamedTuple):
    """A field manager: its name, the tree of the fields it owns, its last time, and the number of its first entry."""

    name: str
    tree: object
    time: str
    number: int


def managers(data: Mapping[str, object]) -> dict[str, Manager]:
    """Return the field managers of a live object by name, but for those of its status; none where it shows none."""
    found: dict[str, Manager] = {}
    for number, entry in enumerate(items(mapping(data.get("metadata")).get("managedFields"))):
        name = entry.get("manager")
        if not isinstance(name, str) or entry.get("subresource") == "status":
            continue
        known = found.get(name, Manager(name, None, "", number))
        time = max(known.time, str(entry.get("time") or ""))
        found[name] = known._replace(tree=_united(known.tree, entry.get("fieldsV1")), time=time)
    return found


def _united(one: object, other: object) -> object:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other if isinstance(other, dict) else one
    return {key: _united(one.get(key), other.get(key)) for key in one | other}


def owned(tree: object, path: Iterable[str | int]) -> bool:
    """Tell whether a tree of fieldsV1 owns a path: as a leaf, as a whole above it, or something below it."""
    for step in path:
        if not isinstance(tree, dict):
            return False
        key = next((key for key in tree if _is_step(key, str(step))), None)
        if key is None:
            return False
        tree = tree[key]
        if tree == {}:
            return True
    return True


def _is_step(key: str, step: str) -> bool:
    """Tell whether a key of fieldsV1 (``f:name`` or ``k:{"name":"x"}``) is this step of a path."""
    return key == f"f:{step}" or (key.startswith("k:") and f':"{step}"' in key)


def values_owned(tree: object, path: Iterable[str | int]) -> set[str]:
    """Return the names of the variables of an ``env`` list whose values a tree of fieldsV1 owns."""
    for step in path:
        tree = next((held for key, held in mapping(tree).items() if _is_step(key, str(step))), None)
    with_value = (key for key, held in mapping(tree).items() if "f:value" in mapping(held))
    return {key.removeprefix('k:{"name":"').removesuffix('"}') for key in with_value}


def shared(one: object, other: object) -> int:
    """Return how many fields two trees own both; the keys of a list's items count for none."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return 0
    common = [key for key in one if key in other and key.startswith(("f:", "k:"))]
    if not one or not other:
        return 0
    return sum(
        shared(one[key], other[key]) if one[key] and other[key] else int(key not in ("f:name", "f:mountPath"))
        for key in common
    )


def only_a_copy(data: Mapping[str, object], eks: Manager) -> bool:
    """Tell whether EKS may have written an object only when the cluster was made, as it does without an add-on.

    False where a time is missing, before it did so, and where it came back on another day.
    """
    created = str(mapping(data.get("metadata")).get("creationTimestamp") or "")
    if not created or not eks.time or created < _COPIES_SINCE:
        return False
    from datetime import datetime  # noqa: PLC0415  # only of live objects with their managers

    try:
        apart = datetime.fromisoformat(eks.time) - datetime.fromisoformat(created)
        return apart.total_seconds() < _DAY
    except (ValueError, TypeError):
        return False
