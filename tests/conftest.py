"""What several test modules need: manifests made to measure, and the corpus of real files when it is there."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

from cnilint.cli import main

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("CNILINT_CORPUS", ROOT.parent / "shared" / "corpus"))
REGISTRY = "602401143452.dkr.ecr.us-west-2.amazonaws.com"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real files; the test is skipped where there is none."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus: set CNILINT_CORPUS to a folder with stock/ and wild/ (looked in {CORPUS})")
    return CORPUS


@pytest.fixture
def manifest() -> str:
    """Return a short manifest that is complete: nothing in it deserves a finding of its own."""
    return f"""\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: aws-node
  namespace: kube-system
spec:
  selector: {{matchLabels: {{k8s-app: aws-node}}}}
  template:
    spec:
      hostNetwork: true
      serviceAccountName: aws-node
      containers:
        - name: aws-node
          image: {REGISTRY}/amazon-k8s-cni:v1.23.1
          env:
            - name: ENABLE_IPv4
              value: "true"
            - name: WARM_IP_TARGET
              value: "5"
"""


class Ran(NamedTuple):
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Return standard output, which must be one JSON object and nothing else."""
        found: dict[str, Any] = json.loads(self.out)
        return found


class CommandLine(Protocol):
    """Runs the command line in this process."""

    def __call__(self, *args: str | Path, stdin: bytes = b"") -> Ran:
        """Run ``cnilint`` with these arguments."""


@pytest.fixture
def cnilint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> CommandLine:
    """Return the command line, run in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)

    def run(*args: str | Path, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["cnilint", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsys.readouterr()
        return Ran(int(caught.value.code or 0), out, err)

    return run


class OnProcessors(Protocol):
    """Checks the folder of the test on a machine with so many processors, and on one with one."""

    def __call__(self, processors: int) -> Ran:
        """Return what both print."""


@pytest.fixture
def on_processors(cnilint: CommandLine, monkeypatch: pytest.MonkeyPatch) -> OnProcessors:
    """Return a check in two further processes and in none, of which each must print the same."""

    def run(processors: int) -> Ran:
        forks: list[int] = []
        fork = os.fork

        def counted() -> int:
            forks.append(1)
            return fork()

        monkeypatch.setattr(os, "fork", counted)
        monkeypatch.setattr(os, "cpu_count", lambda: processors)
        several = cnilint("check", "--format", "json", ".")
        assert len(forks) == 2
        monkeypatch.setattr(os, "cpu_count", lambda: 1)
        one = cnilint("check", "--format", "json", ".")
        assert len(forks) == 2
        assert (several.code, several.json) == (one.code, one.json)
        return one

    return run
