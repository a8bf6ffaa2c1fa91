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
READ = "reading alone"


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


def cases(place: Workplace) -> Iterator[Case]:
    """Yield the cases."""
    size = place.size
    python = Row(PYTHON, (place.python, "-c", "pass"))
    yield Case("one", "One stock manifest, cold", size.cold_rounds, (python, *_linters(place, "one.yaml")))
    each = (*_linters(place, "many", "sample", size.manifests / size.sample), *_parsers(place, "many"))
    yield Case("many", f"{size.manifests:,} manifests", size.long_rounds, (python, *each))
    title = f"One file of {size.documents:,} documents:"
    each = (*_linters(place, "manifests.yaml", "tenth.yaml", 10), *_parsers(place, "manifests.yaml"))
    yield Case("manifests", f"{title} manifests one after the other", size.rounds, (python, *each))
    each = (*_own(place, "objects.yaml"), *_parsers(place, "objects.yaml"))
    yield Case("objects", f"{title} one manifest and other objects", size.rounds, (python, *each))
    title = f"A tree of {size.hundreds * 100:,} mixed files, of which {size.hundreds} matter"
    reading = Row(READ, (*place.read, "tree"))
    each = (*_own(place, "tree"), *_yamllint(place, "tree-sample", size.hundreds), *_parsers(place, "tree"), reading)
    yield Case("tree", title, size.rounds, (python, *each))
    each = (*_own(place, "unrelated"), Row(READ, (*place.read, "unrelated")))
    title = f"{size.unrelated:,} files of YAML, JSON and Terraform that have nothing to do with the CNI"
    yield Case("unrelated", title, size.rounds, (python, *each))
    yield Case("memory", "cnilint's peak memory", size.peak_rounds, (python, *_growing(place)))


def _linters(place: Workplace, path: str, sample: str = "", factor: float = 1.0) -> Iterator[Row]:
    """Yield the linters on a path; the slow one may get a sample."""
    yield from _own(place, path)
    yield from _yamllint(place, sample or path, factor)
    if place.kubeconform:
        yield Row("kubeconform", (*place.kubeconform, path))


def _own(place: Workplace, path: str) -> Iterator[Row]:
    yield Row("cnilint", (*place.cnilint, path))


def _yamllint(place: Workplace, path: str, factor: float) -> Iterator[Row]:
    yield Row("yamllint", (*place.yamllint, path), factor)
    if factor != 1:
        yield Row(START, (*place.yamllint, "--version"))


def _parsers(place: Workplace, path: str) -> Iterator[Row]:
    yield Row(RAW, (*place.raw, path))
    yield Row(NODES, (*place.nodes, path))


def _growing(place: Workplace) -> Iterator[Row]:
    size = place.size
    yield Row("1 manifest", (*place.cnilint, "one.yaml"))
    for count in (100, size.manifests, size.more_manifests):
        yield Row(f"{count:,} manifests", (*place.cnilint, f"shipped-{count}"))


def measured(case: Case, folder: str) -> dict[str, Cost]:
    """Return what each command of a case costs, as if all had the whole input."""
    found = costs({row.name: row.command for row in case.rows}, case.rounds, folder)
    for row in case.rows:
        if row.factor != 1:
            found[row.name] = found[row.name].times(row.factor, found[START])
    return found
