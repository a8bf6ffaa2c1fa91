#!/usr/bin/env python3
"""Write docs/rules.md, and the page of each category below docs/rules/, from rules/.

    python scripts/write_rules_page.py [--check]

``--check`` writes nothing and exits with 1 where a page is not what would be written. It works on the checkout it
stands in, from any folder, and needs cnilint installed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cnilint.docs import pages
from cnilint.errors import CnilintError
from cnilint.rule import folder

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def main() -> int:
    """Write the pages, or compare them; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is not current")
    chosen = options.parse_args()
    try:
        wanted = pages(folder(str(ROOT / "rules")))
    except CnilintError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    there = {str(path.relative_to(DOCS)) for path in (DOCS / "rules").glob("*.md")}
    stale = sorted(name for name in there | wanted.keys() if written(name) != wanted.get(name))
    if stale and chosen.check:
        sys.stderr.write(f"not current: {', '.join(stale)}: run python scripts/write_rules_page.py\n")
        return 1
    (DOCS / "rules").mkdir(exist_ok=True)
    for name in stale:
        if name in wanted:
            (DOCS / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (DOCS / name).unlink()
        sys.stdout.write(f"docs/{name}\n")
    return 0


def written(name: str) -> str | None:
    """Return a page as it is; None where there is none."""
    path = DOCS / name
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
