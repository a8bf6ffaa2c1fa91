"""What makes no difference: a thing of the stock manifest that only says what the program does without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.facts.release import ABSENT, reads, stock_of, stock_values, unset_values
from cnilint.knowledge.flags import default, flags, parsed
from cnilint.knowledge.variables import variables
from cnilint.surface.model import AGENT

if TYPE_CHECKING:
    from cnilint.choices.flat import Path

# Variables that nothing reads, whoever sets them.
_UNREAD: Final = frozenset({"injected", "dead", "removed"})


def same_without(path: Path, release: str | None) -> bool:
    """Tell whether something of the stock manifest only says what is so without it.

    A variable or a flag does where that is the program's own default, or where the program does not read it; the ports
    of a container only inform in the node's network (Kubernetes API reference, ``Container.ports``).
    """
    if path[0] == "env":
        _, container, name = path
        variable = variables().get(name)
        if variable is None or variable.status in _UNREAD or not reads(release, variable):
            return True
        shipped = stock_values(release, container).get(name, ABSENT)
        return shipped is not ABSENT and shipped == unset_values(release, container).get(name, ABSENT)
    if path[0] == "flag":
        stock = stock_of(release)
        image = stock.image(AGENT)
        found = parsed(stock.args(AGENT)).values.get(path[1])
        return found is not None and found == default(flags()[path[1]], image.version if image else None)
    return path[0] == "container" and path[2:] == ("ports",)


def without(path: Path, release: str | None) -> str:
    """Return what a program uses without a variable, as the end of a sentence; "" where nothing is, or none knows."""
    if path[0] != "env":
        return ""
    usual = unset_values(release, path[1]).get(path[2])
    shown = str(usual).lower() if isinstance(usual, bool) else usual
    return "" if usual is None or usual == "" else f"; without it, {shown} is used"
