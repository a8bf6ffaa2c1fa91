"""Which files are looked at together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnilint.config import Config
    from cnilint.lint import Outcome

# The files of a folder that are one Terraform module.
_MODULE: Final = (".tf", ".tofu", ".tf.json", ".tfvars", ".tfvars.json")
# What may tell of nodes alone, so that it was passed over by itself.
_READ: Final = (".yaml", ".yml", ".json")


class Unit(NamedTuple):
    """Files whose surfaces are looked at together; ``named`` when the configuration says that they are one cluster."""

    paths: tuple[str, ...]
    named: bool


def units(paths: Sequence[str], config: Config) -> list[Unit]:
    """Return the files of each cluster that the configuration names, of each Terraform module, and all others alone."""
    found: dict[tuple[str, object], list[str]] = {}
    for path in paths:
        cluster = config.cluster(path)
        key: tuple[str, object] = ("cluster", cluster) if cluster is not None else ("file", path)
        if cluster is None and path.endswith(_MODULE):
            key = "module", os.path.dirname(path)
        found.setdefault(key, []).append(path)
    return [Unit(tuple(files), key[0] == "cluster") for key, files in found.items()]


def folders(outcomes: Mapping[str, Outcome], every: Iterable[Unit]) -> list[tuple[str, ...]]:
    """Return the files of each folder to be looked at together, once each was looked at alone.

    These are files that name a cluster which another file of the folder names as well, or may name.
    """
    if not any(outcome.clusters for outcome in outcomes.values()):
        return []
    found: dict[str, list[str]] = {}
    for unit in every:
        if not unit.named and not unit.paths[0].endswith(_MODULE):
            found.setdefault(os.path.dirname(unit.paths[0]), []).append(unit.paths[0])
    chosen = (_chosen({path: outcomes[path] for path in paths}) for paths in found.values())
    return [paths for paths in chosen if len(paths) > 1]


def _chosen(outcomes: Mapping[str, Outcome]) -> tuple[str, ...]:
    """Return those of a folder's files that may name a cluster together; none where none names any."""
    if not any(outcome.clusters for outcome in outcomes.values()):
        return ()
    return tuple(
        path
        for path, outcome in outcomes.items()
        if outcome.clusters or (not outcome.checked and not outcome.errors and path.endswith(_READ))
    )
