"""What another release changes for a place that configures the CNI: its settings, the manifest around them, the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.choices.choices import choices
from cnilint.upgrade.cautions import cautions, way
from cnilint.upgrade.fates import fates
from cnilint.upgrade.note import Note, Upgrade
from cnilint.upgrade.shift import shift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilint.facts.context import Context


def upgrade(context: Context, old: str, new: str) -> Upgrade:
    """Return what changes for a surface of release ``old`` when it gets release ``new``, both of the table."""
    found = choices(context)
    notes: Sequence[Note] = (
        *fates(context, found, old, new),
        *shift(context, found, old, new),
        *cautions(context, old, new),
        *way(context, old, new),
    )
    return Upgrade(context.surface, old, new, tuple(notes) if old != new else ())
