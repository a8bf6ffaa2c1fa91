"""``python -m cnilint`` is ``cnilint``."""

from __future__ import annotations

from cnilint.script import main

if __name__ == "__main__":
    main()
