"""Write docs/rules.md from rules/."""

from __future__ import annotations

from pathlib import Path

from cnilint.docs import overview
from cnilint.rule import folder

ROOT = Path(__file__).parent.parent

if __name__ == "__main__":
    (ROOT / "docs" / "rules.md").write_text(overview(folder(str(ROOT / "rules"))), encoding="utf-8")
