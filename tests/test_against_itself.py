"""``cnilint check --against``: what was there before is no news, wherever it stands now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from conftest import CommandLine

ERR = Path(__file__).parent / "fixtures" / "err"
FIXTURES = sorted(path.name for path in ERR.iterdir() if path.suffix in (".yaml", ".json", ".tf"))


@pytest.mark.parametrize("name", FIXTURES)
def test_against_itself_nothing_is_found(cnilint: CommandLine, name: str) -> None:
    found = cnilint("check", "--no-config", "--quiet", "--against", ERR / name, ERR / name)
    assert (found.code, found.out) == (0, "")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([name for name in FIXTURES if name.endswith(".yaml")]),
    comments=st.lists(st.integers(0, 30), max_size=5),
)
def test_comments_between_lines_bring_nothing(
    cnilint: CommandLine, tmp_path: Path, name: str, comments: list[int]
) -> None:
    lines = (ERR / name).read_bytes().splitlines(keepends=True)
    tops = [at for at, line in enumerate(lines) if line[:1].isalpha()]  # within a block of text it would be text
    for at in sorted((tops[each % len(tops)] for each in comments if tops), reverse=True):
        lines.insert(at, b"# moved\n")
    (tmp_path / name).write_bytes(b"".join(lines))
    assert cnilint("check", "--no-config", "--quiet", "--against", ERR / name, tmp_path / name).out == ""
