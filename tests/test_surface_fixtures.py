"""Every format in which settings are written: each fixture's surfaces are listed beside it, with their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnilint.report.surfaces import text as listed
from cnilint.source.text import decoded
from cnilint.surface import relevant, surfaces

FOLDER = Path(__file__).parent / "fixtures" / "surfaces"
FIXTURES = sorted(path for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".out")


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_surfaces_are_those_listed(path: Path) -> None:
    """``x.yaml`` yields what ``x.yaml.out`` lists; a fixture without such a file yields nothing."""
    raw = path.read_bytes()
    out = path.with_name(path.name + ".out")
    wanted = out.read_text(encoding="utf-8") if out.exists() else ""
    shown = listed(surfaces(decoded(raw, path.name)))
    assert shown == wanted, shown
    assert relevant(raw, beside=True) or not wanted, "the byte search passes over it"
