from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cnilint import config, files
from cnilint.errors import SourceError
from cnilint.files import Patterns
from cnilint.source.text import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GIT = shutil.which("git")
GIT_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")
needs_fifo = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")


def tree(root: Path, contents: Mapping[str, str] | Iterable[str]) -> None:
    for name in contents:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents[name] if isinstance(contents, dict) else "", encoding="utf-8")


def configured(root: Path, **lines: list[str]) -> config.Config:
    real = os.path.realpath(root)
    return config.EMPTY._replace(
        root=real, include=Patterns(real, lines.get("include", [])), exclude=Patterns(real, lines.get("exclude", []))
    )


def walk(*paths: str | Path, told: config.Config = config.EMPTY) -> list[str]:
    return list(files.found([str(path) for path in paths], told))


def git(root: Path, *arguments: str) -> str:
    assert GIT
    run = subprocess.run([GIT, *arguments], cwd=root, env=GIT_ENVIRONMENT, check=True, capture_output=True)
    return os.fsdecode(run.stdout)


def listed(root: Path, *below: str) -> set[str]:
    names = git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *below).split("\0")
    return {
        name
        for name in names
        if name.lower().endswith(files.SUFFIXES) and not any(part.startswith(".") for part in name.split("/"))
    }


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path
