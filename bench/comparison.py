"""Measure cnilint beside other linters, print the table and the targets."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from typing import TYPE_CHECKING

from cases import PYTHON, cases, measured
from targets import MIB, Target, targets
from workplace import FULL, QUICK, Workplace

if TYPE_CHECKING:
    from cases import Case, Figures
    from cost import Cost

_HEAD = ("", "CPU ms", "median", "wall ms", "peak MiB", "x Python", "x cnilint")
_WIDTHS = (32, 11, 11, 11, 9, 10, 10)


def main() -> None:
    """Measure everything."""
    options = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    options.add_argument("--quick", action="store_true", help="few rounds and files, to see that it works")
    options.add_argument("--json", metavar="FILE", help="write the figures to this file as well")
    options.add_argument("--schemas", metavar="LOCATION", help="kubeconform's -schema-location")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="cnilint-bench-") as folder:
        place = Workplace(folder, QUICK if chosen.quick else FULL, chosen.schemas)
        place.install()
        place.fill()
        _check_input(place)
        missing = place.no_kubeconform()
        if missing:
            print(f"kubeconform is left out: {missing}")
            place.kubeconform = ()
        told = place.versions() | {"cores": str(os.cpu_count())}
        print(" · ".join(f"{name} {version}" for name, version in told.items()))
        figures = _figures(place)
    wanted = targets(figures)
    _print_targets(wanted, quick=chosen.quick)
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as file:
            file.write(json.dumps(_plain(told, figures, wanted), indent=2) + "\n")


def _check_input(place: Workplace) -> None:
    """Stop where the input is not what its title says: a linter that looks at nothing is fast."""
    size = place.size
    kinds = {"one.yaml": 1, "many": size.manifests, "objects.yaml": 1, "tree": size.hundreds, "unrelated": 0}
    for path, count in kinds.items():
        checked = place.checked(path)
        if checked != count:
            raise SystemExit(f"cnilint checked {checked} files of {path}, not {count}: the input is wrong")


def _figures(place: Workplace) -> Figures:
    """Measure case by case, and print each when it is done."""
    figures: Figures = {}
    for case in cases(place):
        figures[case.name] = measured(case, place.folder)
        _print_case(case, figures[case.name])
    return figures


def _print_case(case: Case, costs: dict[str, Cost]) -> None:
    print(f"\n{case.title} ({case.rounds} rounds)\n{_line(_HEAD)}")
    bare, own = costs[PYTHON].cpu, costs["cnilint"].cpu if "cnilint" in costs else None
    for row in case.rows:
        cost = costs[row.name]
        name = row.name + " *" * (row.factor != 1)
        print(_line((name, *_shown(cost), f"{cost.cpu / bare:,.1f}", f"{cost.cpu / own:,.2f}" if own else "")))
    factor = next((row.factor for row in case.rows if row.factor != 1), None)
    if factor:
        print(f"  * measured on 1/{factor:g} of the input; multiplied, but for its start")


def _shown(cost: Cost) -> tuple[str, ...]:
    return (*(f"{seconds * 1000:,.1f}" for seconds in cost[:3]), f"{cost.peak / MIB:.1f}")


def _line(cells: tuple[str, ...]) -> str:
    return f"  {cells[0]:{_WIDTHS[0]}}" + "".join(f"{c:>{w}}" for c, w in zip(cells[1:], _WIDTHS[1:], strict=True))


def _print_targets(wanted: list[Target], *, quick: bool) -> None:
    print("\nTargets, at most" + " (for the whole run: a quick one says little)" * quick)
    print(f"  {'':48}{'target':>10}{'measured':>10}{'medians':>10}")
    for target in wanted:
        limit, figure, other = (target.shown(held) for held in (target.limit, target.figure, target.of_medians))
        print(f"  {target.name:48}{limit:>10}{figure:>10}{other:>10}  {target.verdict}")


def _plain(told: dict[str, str], figures: Figures, wanted: list[Target]) -> dict[str, object]:
    return {
        "machine": told,
        "cases": {case: {name: cost._asdict() for name, cost in costs.items()} for case, costs in figures.items()},
        "targets": [{**target._asdict(), "verdict": target.verdict} for target in wanted],
    }
