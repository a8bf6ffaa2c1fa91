"""Facts about several surfaces of one aws-node: what they say against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.facts.context import Context
from cnilint.facts.settings import element

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Element = dict[str, object]

# What a message calls the place where a surface's settings are written.
_WORDS: Final = {
    "addon": "the add-on's values",
    "daemonset": "the DaemonSet",
    "environment": "the environment put into aws-node",
    "helm": "the Helm values",
    "values": "the values",
}


# What writes all of the DaemonSet, and the formats that may choose between several of them.
_WHOLE: Final = frozenset({"daemonset", "helm"})
_CHOOSING: Final = frozenset({"terraform", "cloudformation"})


def contradictions(context: Context) -> list[Element]:
    """Return the chosen settings that another surface of the same aws-node gives another value."""
    found: list[Element] = []
    for other in context.surface.beside:
        theirs = {(item.container, item.name): item for item in Context(other, context.told).chosen}
        for setting in context.chosen:
            rival = theirs.get((setting.container, setting.name))
            values = (setting.value, rival.value) if rival else ()
            if rival and all(isinstance(value, str) for value in values) and setting.value != rival.value:
                line, _ = rival.at.text.position(rival.at.start)
                found.append(
                    element(
                        setting,
                        text=setting.value,
                        other=rival.value,
                        where=f"{_WORDS.get(other.kind, other.kind)} ({rival.at.text.path}:{line})",
                        previous=rival.at,
                    )
                )
    return found


def other_owners(context: Context) -> list[Element]:
    """Return what writes the same aws-node beside the EKS add-on: its DaemonSet or the chart, or the add-on beside it.

    A template that may create one or the other tells nothing: what its conditions choose is not seen.
    """
    surface = context.surface
    found: list[Element] = []
    for other in surface.beside:
        kinds = {surface.kind, other.kind}
        if "addon" in kinds and kinds & _WHOLE and not {surface.format, other.format} & _CHOOSING:
            line, _ = other.anchor.text.position(other.anchor.start)
            where = f"{other.anchor.text.path}:{line}"
            found.append({"kind": _WORDS[other.kind], "where": where, "previous": other.anchor, "at": surface.anchor})
    return found


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {
    "contradictions": contradictions,
    "otherOwners": other_owners,
}
