"""What commands cost, measured side by side."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Command = Sequence[str]

_MEASURED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "measured.py")
_FINDINGS = 1  # the exit code of a linter that has found something


class Cost(NamedTuple):
    """What a command cost over some rounds: the least CPU and wall time in seconds, the greatest peak in KiB.

    CPU is user and system time of the command and of all processes it started; the peak is that of the largest of them.
    """

    cpu: float
    cpu_median: float
    wall: float
    peak: int
    rounds: int

    def times(self, factor: float, start: Cost) -> Cost:
        """Return what ``factor`` times the input would cost, given what the start alone costs."""
        return self._replace(
            cpu=start.cpu + (self.cpu - start.cpu) * factor,
            cpu_median=start.cpu_median + (self.cpu_median - start.cpu_median) * factor,
            wall=start.wall + (self.wall - start.wall) * factor,
        )


def costs(commands: Mapping[str, Command], rounds: int, folder: str) -> dict[str, Cost]:
    """Return what each command costs in a folder; all are run once a round, every other round backwards."""
    runs: dict[str, list[tuple[float, float, int]]] = {name: [] for name in commands}
    for number in range(rounds):
        for name in list(commands)[:: -1 if number % 2 else 1]:
            runs[name].append(_run(commands[name], folder))
    return {name: _cost(measured) for name, measured in runs.items()}


def _cost(measured: list[tuple[float, float, int]]) -> Cost:
    cpu, wall, peak = zip(*measured, strict=True)
    return Cost(min(cpu), median(cpu), min(wall), max(peak), len(measured))


def _run(command: Command, folder: str) -> tuple[float, float, int]:
    """Return CPU seconds, wall seconds and peak KiB of one run."""
    launched = subprocess.run(
        [sys.executable, "-I", "-S", _MEASURED, *command],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    cpu, wall, peak, code = launched.stdout.split()
    if int(code) not in {0, _FINDINGS}:
        raise SystemExit(f"{' '.join(command)}: exit code {code}\n{launched.stderr}")
    return float(cpu), float(wall), int(peak)


def environment(folder: str) -> dict[str, str]:
    """Return the environment without what changes Python, and with no configuration of the user's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "YAMLLINT"))}
    return {**kept, "XDG_CONFIG_HOME": os.path.join(folder, "no-configuration")}
