"""Count the instructions of one run with valgrind's callgrind: no clock, so a change of one percent can be seen."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import tempfile

from cost import environment
from workplace import QUICK, Workplace

# json is there in every run that has read the rules.
_INSTANCES = "import json; from cnilint.knowledge.instances import all_types, instance"
_COUNTED = re.compile(r"Collected : (\d+)")


def main() -> None:
    """Count, and print each count beside that of a Python that does nothing."""
    argparse.ArgumentParser(prog="bench/minstr", description=__doc__).parse_args()
    if shutil.which("valgrind") is None:
        raise SystemExit("valgrind is not on the PATH")
    with tempfile.TemporaryDirectory(prefix="cnilint-bench-") as folder:
        place = Workplace(folder, QUICK, None)
        place.install()
        place.fill()
        bare = 0
        for name, arguments in _runs(place):
            counted = _instructions(place, arguments)
            bare = bare or counted
            print(f"  {name:48}{counted / 1e6:9.1f} M {counted / bare:7.2f} x Python")


def _runs(place: Workplace) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what to count: arguments for Python."""
    return (
        ("python -c pass", ("-c", "pass")),
        ("import click", ("-c", "import click")),
        ("import click and ruamel.yaml", ("-c", "import click, ruamel.yaml")),
        ("import the instance types", ("-c", _INSTANCES)),
        ("import them and look one up", ("-c", f"{_INSTANCES}; instance('m5.large')")),
        ("import them and list all", ("-c", f"{_INSTANCES}; all_types()")),
        ("cnilint --version", (place.cnilint[0], "--version")),
        ("cnilint check: one stock manifest", (*place.cnilint, "one.yaml")),
        ("cnilint check: 10 manifests", (*place.cnilint, "sample")),
    )


def _instructions(place: Workplace, arguments: tuple[str, ...]) -> int:
    told = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", place.python, *arguments],
        cwd=place.folder,
        env={**environment(place.folder), "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    found = _COUNTED.search(told)
    if found is None:
        raise SystemExit(told)
    return int(found[1])
