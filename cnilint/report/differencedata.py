"""Differences for programs: one versioned object, described by schemas/diff.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.comparison.consequences import consequences, restarts
from cnilint.report.printable import dumped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilint.comparison.consequences import Consequence
    from cnilint.comparison.difference import Change, Comparison, Difference
    from cnilint.comparison.effective import Effective
    from cnilint.comparison.pool import Load, Pool
    from cnilint.comparison.side import Side
    from cnilint.surface.model import Surface

Data = dict[str, object]

# Counts up when a member goes away or changes its meaning.
VERSION = 1


def json(found: Difference, pools: Sequence[Sequence[Pool]], names: tuple[str, str]) -> str:
    """Return the versioned object that ``--format json`` prints."""
    pairs = zip(found.comparisons, pools, strict=True)
    return dumped(
        {
            "version": VERSION,
            "old": names[0],
            "new": names[1],
            "differs": found.differs,
            "comparisons": [_comparison(each, pool) for each, pool in pairs],
            "onlyOld": [_place(surface) for surface in found.gone],
            "onlyNew": [_place(surface) for surface in found.new],
        }
    )


def _comparison(found: Comparison, pools: Sequence[Pool]) -> Data:
    restart = restarts(found) if found.changes or found.same else None
    return {
        "old": _effective(found.old),
        "new": _effective(found.new),
        "changes": [_change(change) for change in found.changes],
        "noEffect": [_change(change) for change in found.same],
        "unknown": [_change(change) for change in found.unknown],
        "untold": [{"side": side, "part": part} for side, part in found.silent],
        "restarts": restart and {"what": restart.names[0], "text": restart.text, "source": restart.source},
        "consequences": [_consequence(each) for each in consequences(found.changes)],
        "nodes": [_pool(each) for each in pools],
    }


def _place(surface: Surface) -> Data:
    line, column = surface.anchor.text.position(surface.anchor.start)
    return {"line": line, "column": column, "kind": surface.kind, "format": surface.format}


def _effective(side: Effective) -> Data:
    about = {"release": side.release, "releaseTold": side.told}
    return {**_place(side.surface), **about, "managed": side.context.managed, "partial": side.partial}


def _change(change: Change) -> Data:
    owner = {"manager": change.owner, "verdict": change.verdict} if change.owner or change.verdict else None
    return {
        "part": change.part,
        "name": change.name,
        "old": _side(change.old),
        "new": _side(change.new),
        "owner": owner,
        "reason": change.reason or None,
    }


def _side(side: Side) -> Data:
    return {
        "value": side.value,
        "known": side.known,
        "origin": side.origin,
        "written": side.written,
        "note": side.note or None,
        "line": side.line or None,
    }


def _consequence(found: Consequence) -> Data:
    return {
        "kind": found.kind,
        "settings": list(found.names),
        "unsure": list(found.unsure),
        "text": found.text,
        "source": found.source,
    }


def _pool(pool: Pool) -> Data:
    return {
        "instanceType": pool.instance_type,
        "old": pool.old and _load(pool.old),
        "new": pool.new and _load(pool.new),
        "reason": pool.reason or None,
    }


def _load(load: Load) -> Data:
    return {
        "maxPods": load.max_pods,
        "reachablePods": load.reachable_pods,
        "idleAddresses": load.idle_addresses,
        "idleEnis": load.idle_enis,
    }
