#!/usr/bin/env python3
"""Write docs/rules.md from rules/.

    python scripts/write_rules_page.py [--check]

``--check`` writes nothing and exits with 1 where the page is not what would be written. It works on the checkout it
stands in, from any folder, and needs cnilint installed.
"""

from __future__ import annotations

import argparse
import os
import sys

from cnilint.docs import overview
from cnilint.errors import CnilintError
from cnilint.rule import folder

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "docs", "rules.md")


def main() -> int:
    """Write the page, or compare it; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="write nothing; exit 1 where the page is not current")
    chosen = options.parse_args()
    try:
        wanted = overview(folder(os.path.join(ROOT, "rules")))
    except CnilintError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if wanted == written():
        return 0
    if chosen.check:
        sys.stderr.write("docs/rules.md is not current: run python scripts/write_rules_page.py\n")
        return 1
    with open(PAGE, "w", encoding="utf-8", newline="\n") as file:
        file.write(wanted)
    sys.stdout.write("docs/rules.md written\n")
    return 0


def written() -> str | None:
    """Return the page as it is; None where there is none."""
    try:
        with open(PAGE, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main())
