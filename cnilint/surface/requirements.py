"""Karpenter's requirements to instance types.

Labels: karpenter-provider-aws pkg/apis/v1/labels.go. Only what names types, or families with what the instance table
knows of them, gives an answer; everything else may be any of some hundred types.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.knowledge.instances import all_types, instance
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_TYPE: Final = frozenset({"node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"})
_OWN: Final = "karpenter.k8s.aws/instance-"
_FAMILY: Final = f"{_OWN}family"
_ARCH: Final = frozenset({"kubernetes.io/arch", "beta.kubernetes.io/arch"})
# More types than these are as good as any.
_MOST: Final = 30
_FAMILY_PARTS: Final = r"(?P<category>[a-z]+)(?:-[0-9]+tb)?(?P<generation>[0-9]+)(?P<more>.*)"


class Requirement(NamedTuple):
    """One requirement: a label, an operator (In, NotIn, Exists, DoesNotExist, Gt, Lt, Gte, Lte) and values."""

    key: str
    operator: str
    values: tuple[str, ...]


def types(requirements: Sequence[Requirement]) -> tuple[str, ...]:
    """Return the instance types that requirements allow; none where that is not certain, or where they are many."""
    named = [item for item in requirements if item.operator == "In" and item.key in _TYPE]
    families = [item for item in requirements if item.operator == "In" and item.key == _FAMILY]
    if named:
        candidates = list(dict.fromkeys(named[0].values))
    elif families:
        prefixes = {f"{family}." for family in families[0].values}
        candidates = [name for name in all_types() if name[: name.find(".") + 1] in prefixes]
    else:
        return ()
    found = []
    for name in candidates:
        verdicts = [_allows(item, name) for item in requirements]
        if False in verdicts:
            continue
        if None in verdicts:
            return ()
        found.append(name)
    return tuple(found) if len(found) <= _MOST else ()


def _allows(required: Requirement, name: str) -> bool | None:
    """Tell whether a requirement allows a type; None where that cannot be told."""
    if required.key not in _TYPE | _ARCH and not required.key.startswith(_OWN):
        return True  # says nothing of types
    if any("$" in value or "{{" in value for value in required.values):
        return None
    value = _label(required.key, name)
    if value is None:
        return None
    if required.operator in ("In", "NotIn"):
        return (value in required.values) is (required.operator == "In")
    if required.operator in ("Exists", "DoesNotExist"):
        return required.operator == "Exists"
    return _compared(required, value)


def _compared(required: Requirement, value: str) -> bool | None:
    numbers = [int(text) for text in (value, *required.values) if text.isdecimal()]
    if len(numbers) != 2:  # noqa: PLR2004  # one of the type, one of the requirement
        return None
    own, limit = numbers
    verdicts = {"Gt": own > limit, "Lt": own < limit, "Gte": own >= limit, "Lte": own <= limit}
    return verdicts.get(required.operator)


def _label(key: str, name: str) -> str | None:
    """Return the value of a type's label; None where it is not known here."""
    family, _, size = name.partition(".")
    if key in _TYPE:
        return name
    parts, known = re.match(_FAMILY_PARTS, family), instance(name)
    if key in _ARCH:
        return None if parts is None else _arch(family, parts["more"])
    own: dict[str, str | None] = {"family": family, "size": size}
    if parts:
        own |= {"category": parts["category"], "generation": parts["generation"]}
    if known:
        own |= {"cpu": str(known.vcpus) if known.vcpus else None, "hypervisor": known.hypervisor}
    return own.get(key.removeprefix(_OWN))


def _arch(family: str, more: str) -> str | None:
    """Return a family's architecture: a ``g`` behind the generation is Graviton, as a1 was."""
    if family.startswith("mac"):
        return None
    return "arm64" if family == "a1" or "g" in more.partition("-")[0] else "amd64"
