"""What cnilint is meant to cost, beside what it was seen to cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cases import NODES, PYTHON, READ

if TYPE_CHECKING:
    from cases import Figures
    from cost import Cost

MIB = 1024  # KiB


class Target(NamedTuple):
    """The greatest figure that is wanted, the one measured (of minima), and the one of medians; None where not had."""

    name: str
    limit: float
    figure: float | None
    of_medians: float | None = None
    unit: str = ""

    @property
    def verdict(self) -> str:
        """Whether it is met."""
        if self.figure is None:
            return "not measured"
        return "ok" if self.figure <= self.limit else "NOT MET"

    def shown(self, figure: float | None) -> str:
        """Return a figure as people read it: a small ratio as a fraction."""
        if figure is None:
            return "-"
        if self.unit:
            return f"{figure:.1f} {self.unit}"
        return f"1/{1 / figure:.3g}" if figure < 1 else f"{figure:.2f} x"


def targets(figures: Figures) -> list[Target]:
    """Return the targets with the figures for them."""
    peaks = {name: cost.peak for name, cost in figures["memory"].items()}
    _, one, few, _, most = peaks
    return [
        Target("one manifest, cold: CPU against bare Python", 7, *_cpu(figures["one"], PYTHON)),
        Target("one manifest, cold: CPU against yamllint", 1 / 2, *_cpu(figures["one"], "yamllint")),
        Target("many manifests: CPU against yamllint", 1 / 30, *_cpu(figures["many"], "yamllint")),
        Target("many manifests: CPU against kubeconform", 1 / 2, *_cpu(figures["many"], "kubeconform")),
        Target("mixed tree: CPU against composing all", 1 / 3, *_cpu(figures["tree"], NODES)),
        Target("unrelated files: CPU against reading alone", 2.5, *_cpu(figures["unrelated"], READ)),
        Target("peak memory: one manifest", 30, peaks[one] / MIB, unit="MiB"),
        Target(f"peak memory: {most} against {few}", 1.25, peaks[most] / peaks[few]),
    ]


def _cpu(costs: dict[str, Cost], other: str) -> tuple[float | None, float | None]:
    """Return cnilint's CPU time as a multiple of another's, by minima and by medians."""
    if other not in costs:
        return None, None
    own, its = costs["cnilint"], costs[other]
    return own.cpu / its.cpu, own.cpu_median / its.cpu_median
