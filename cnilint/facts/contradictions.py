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


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {"contradictions": contradictions}
