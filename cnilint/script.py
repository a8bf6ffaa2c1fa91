"""The entry point: what a process that runs nothing but cnilint may do to start and to end fast."""

from __future__ import annotations

import gc
import os
import sys
from types import ModuleType


def main() -> None:
    """Run the command line and leave with its exit code.

    Importing makes objects that live to the end, and the nodes of a file go without the collector's help, so it
    rests; at the end the process leaves at once instead of taking every module down. Both are a fifth of a short run.
    """
    gc.disable()
    _put_off("inspect")
    from cnilint.cli import main as run  # noqa: PLC0415  # imported while the collector rests

    gc.set_threshold(100_000, 50, 50)
    gc.enable()
    code: object = 0
    try:
        run()
    except SystemExit as left:
        code = left.code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # the reader of a pipe went away
        code = code or 1
    os._exit(code if isinstance(code, int) else int(code is not None))


def _put_off(name: str) -> None:
    """Let a module load when something of it is first asked for, as ``lazy import`` does from Python 3.15 on.

    click imports ``inspect`` for texts of help alone, and that imports a Python parser and a disassembler.
    """
    later = ModuleType(name)

    def found(attribute: str) -> object:
        if sys.modules.get(name) is later:
            del sys.modules[name]
        return getattr(__import__(name), attribute)

    later.__getattr__ = found  # type: ignore[method-assign]  # a module's own, as PEP 562 has it
    sys.modules.setdefault(name, later)
