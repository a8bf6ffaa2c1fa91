"""The fact ``ownership``: which fields of the DaemonSet were edited; whose they are is told in ``owners``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.facts.described import of_surface
from cnilint.facts.edited import FIRST_VALUES
from cnilint.facts.edits import edits
from cnilint.knowledge.releases import known, newest

if TYPE_CHECKING:
    from cnilint.facts.context import Context
    from cnilint.facts.described import Described
    from cnilint.facts.edited import Edited

Element = dict[str, object]


def ownership(context: Context) -> list[Element]:
    """Return the edited fields with their verdicts; of an unknown release what a patch makes of them alone."""
    surface, release = context.surface, context.release
    if not (surface.partial if release is None else known(release)):
        return []
    of = of_surface(surface)
    found = list(edits(of, release)) if release else _of_any_release(of)
    if not found:
        return []
    from cnilint.facts.owners import elements  # noqa: PLC0415  # most files are as shipped

    return elements(context, found)


def _of_any_release(of: Described) -> list[Edited]:
    """Return what a patch edits, whatever the release: variables of the newest, and what was always shipped alike."""
    alike = set(edits(of, FIRST_VALUES))
    return [edit for edit in edits(of, newest()) if edit.family == "environment" or edit in alike]
