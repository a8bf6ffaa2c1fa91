"""The folder to measure in: a virtual environment with the checkout's wheel and yamllint, and the input."""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
import sys
import venv
from typing import TYPE_CHECKING, NamedTuple

import manifest
import mixed
from cost import environment

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PARSING = os.path.join(_ROOT, "bench", "parsing.py")


class Size(NamedTuple):
    """How much there is to measure, and how often."""

    cold_rounds: int
    rounds: int
    long_rounds: int
    peak_rounds: int
    manifests: int
    more_manifests: int
    documents: int
    hundreds: int
    unrelated: int
    sample: int  # what yamllint gets of the manifests: it takes a hundred times as long


FULL = Size(30, 15, 7, 3, 1000, 3000, 1000, 20, 10000, 50)
QUICK = Size(5, 2, 2, 1, 200, 400, 100, 2, 1000, 10)


class Workplace:
    """Where the tools and the input are; every path is relative to ``folder`` but for the tools'."""

    def __init__(self, folder: str, size: Size, schemas: str | None) -> None:
        self.folder = folder
        self.size = size
        self.python = os.path.join(folder, "venv", "bin", "python")
        self.cnilint = (os.path.join(folder, "venv", "bin", "cnilint"), "check")
        self.yamllint = (os.path.join(folder, "venv", "bin", "yamllint"),)
        self.raw = (self.python, _PARSING, "raw")
        self.nodes = (self.python, _PARSING, "nodes")
        self.read = (self.python, _PARSING, "read")
        cached = ("-cache", self.made("schemas"))
        self.kubeconform: tuple[str, ...] = ("kubeconform", *(("-schema-location", schemas) if schemas else cached))

    def made(self, *parts: str) -> str:
        """Return the path of a folder, which then exists."""
        path = os.path.join(self.folder, *parts)
        os.makedirs(path, exist_ok=True)
        return path

    def install(self) -> None:
        """Build the wheel, with its catalogue of rules compiled, and install it as users do, bytecode included."""
        pip = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check")
        wheels = self.made("wheel")
        subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", wheels, _ROOT], check=True)
        venv.create(os.path.join(self.folder, "venv"), with_pip=False)
        target = ("--python", self.python, "install", "--compile")
        subprocess.run([*pip, *target, *glob.glob(os.path.join(wheels, "*.whl")), "yamllint"], check=True)

    def fill(self) -> None:
        """Write all input."""
        size = self.size
        self._write("", [("one.yaml", manifest.one())])
        manifests = [(f"{index}.yaml", text) for index, text in enumerate(manifest.many(size.manifests))]
        self._write("many", manifests)
        shipped = [(f"{index}.yaml", text) for index, text in enumerate(manifest.shipped(size.more_manifests))]
        for count in (100, size.manifests, size.more_manifests):
            self._write(f"shipped-{count}", shipped[:count])
        self._write("sample", manifests[: size.sample])
        self._write("", [("manifests.yaml", manifest.documents(size.documents))])
        self._write("", [("tenth.yaml", manifest.documents(size.documents // 10))])
        self._write("", [("objects.yaml", mixed.objects(size.documents))])
        self._write("tree", mixed.files(size.hundreds))
        self._write("tree-sample", mixed.files(1))
        self._write("unrelated", mixed.unrelated(size.unrelated))

    def _write(self, folder: str, files: Iterable[tuple[str, str]]) -> None:
        for name, text in files:
            path = os.path.join(self.folder, folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def checked(self, path: str) -> int:
        """Return how many of the files at a path cnilint takes for its own, that is: checks."""
        report = json.loads(self._output(*self.cnilint, "--format", "json", path))
        if report["errors"]:
            raise SystemExit(f"{path}: {report['errors'][0]}")
        return int(report["summary"]["checked"])

    def versions(self) -> dict[str, str]:
        """Return what is measured."""
        found = {
            "Python": self._output(self.python, "-c", "import platform; print(platform.python_version())"),
            "cnilint": self._output(self.cnilint[0], "--version"),
            "yamllint": self._output(*self.yamllint, "--version"),
        }
        if self.kubeconform:
            found["kubeconform"] = self._output(self.kubeconform[0], "-v")
        return {name: version.split()[-1] for name, version in found.items()}

    def no_kubeconform(self) -> str:
        """Return why kubeconform cannot be measured; empty where it can."""
        if shutil.which("kubeconform") is None:
            return "it is not on the PATH"
        summary = json.loads(self._output(*self.kubeconform, "-summary", "-output", "json", "one.yaml"))["summary"]
        return "it cannot have its schemas here: give a location with --schemas" if summary["errors"] else ""

    def _output(self, *command: str) -> str:
        told = subprocess.run(
            command, cwd=self.folder, env=environment(self.folder), capture_output=True, text=True, check=False
        )
        if not told.stdout:
            raise SystemExit(f"{' '.join(command)} said nothing\n{told.stderr}")
        return told.stdout
