"""What is measured beside what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cost import Cost, costs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workplace import Workplace

Figures = dict[str, dict[str, Cost]]  # case -> what ran -> its cost

PYTHON = "python -c pass"
START = "yamllint --version"
NODES = "composing all (libyaml, nodes)"
RAW = "bare libyaml (no nodes)"


class Row(NamedTuple):
    """A command; ``factor`` is how much more input the others get, by which its cost is multiplied."""

    name: str
    command: tuple[str, ...]
    factor: float = 1.0


class Case(NamedTuple):
    """Commands with the same input."""

    name: str
    title: str
    rounds: int
    rows: tuple[Row, ...]


def cases(place: Workplace, *, kubeconform: bool) -> Iterator[Case]:
    """Yield the cases; the first one tells what a start costs, by which later ones scale."""
    size = place.size
    yield Case(
        "one",
        "One stock manifest, cold: 6 documents, 12 KB",
        size.cold_rounds,
        (
            Row(PYTHON, (place.python, "-c", "pass")),
            *_linters(place, "one.yaml", kubeconform=kubeconform),
            Row(START, (*place.yamllint, "--version")),
        ),
    )
    yield Case(
        "many",
        f"{size.manifests:,} manifests",
        size.rounds,
        (*_linters(place, "many", "sample", size.manifests / size.sample, kubeconform), *_parsers(place, "many")),
    )
    yield Case(
        "manifests",
        f"One file of {size.documents:,} documents: manifests one after the other",
        size.rounds,
        (
            *_linters(place, "manifests.yaml", "manifests-tenth.yaml", 10, kubeconform),
            *_parsers(place, "manifests.yaml"),
        ),
    )
    yield Case(
        "objects",
        f"One file of {size.documents:,} documents: one manifest and other objects",
        size.rounds,
        (Row("cnilint", (*place.cnilint, "objects.yaml")), *_parsers(place, "objects.yaml")),
    )
    yield Case(
        "tree",
        f"A tree of {size.hundreds * 100:,} mixed files, of which {size.hundreds} matter",
        size.rounds,
        (*_linters(place, "tree", "tree-sample", size.hundreds), *_parsers(place, "tree")),
    )
    yield Case(
        "memory",
        "Peak memory of cnilint",
        size.rounds,
        tuple(
            Row(f"{count:,} manifest{'s' * (count != 1)}", (*place.cnilint, path)) for count, path in _growing(place)
        ),
    )


def _growing(place: Workplace) -> tuple[tuple[int, str], ...]:
    size = place.size
    return (1, "one.yaml"), (100, "hundred"), (size.manifests, "many"), (size.more_manifests, "more")


def _linters(
    place: Workplace,
    path: str,
    sample: str = "",
    factor: float = 1.0,
    kubeconform: bool = False,  # noqa: FBT001, FBT002
) -> Iterator[Row]:
    yield Row("cnilint", (*place.cnilint, path))
    yield Row("yamllint", (*place.yamllint, sample or path), factor)
    if kubeconform:
        yield Row("kubeconform", (*place.kubeconform, path))


def _parsers(place: Workplace, path: str) -> Iterator[Row]:
    yield Row(RAW, (*place.raw, path))
    yield Row(NODES, (*place.nodes, path))


def measured(case: Case, place: Workplace, before: Figures) -> dict[str, Cost]:
    """Return what each command of a case costs."""
    found = costs({row.name: row.command for row in case.rows}, case.rounds, place.folder)
    factors = {row.name: row.factor for row in case.rows}
    return {
        name: cost if factors[name] == 1 else cost.times(factors[name], before["one"][START])
        for name, cost in found.items()
    }
