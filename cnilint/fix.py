"""Fixes: the edits of findings applied to files, checked again before anything is written."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from cnilint import files
from cnilint.edit import fixed
from cnilint.errors import CnilintError, FixError, SourceError
from cnilint.record import NamedTuple
from cnilint.source.text import decoded

if TYPE_CHECKING:
    from cnilint.lint import Outcome
    from cnilint.run import Run

# A fix may make room for another; this many rounds are more than any file needs.
_ROUNDS = 10


class Fixed(NamedTuple):
    """A file before and after: its bytes, texts and how many findings went away."""

    path: str
    before: str
    after: str
    raw: bytes
    gone: int


def result(run: Run, raw: bytes, path: str) -> Fixed | None:
    """Return what a file becomes, None where there is nothing to fix.

    Raises FixError where the fixed text would not be understood or would bring findings of its own: then nothing
    is changed.
    """
    outcome = run.outcome(raw, path)
    if not any(finding.edits for finding in outcome.findings):
        return None
    before, now, count = decoded(raw, path), raw, 0
    for _ in range(_ROUNDS):
        text = decoded(now, path)
        edits = [edit for finding in outcome.findings for edit in finding.edits]
        if not edits:
            break
        changed = text.encoded(fixed(text.content, edits))
        later = run.outcome(changed, path)
        _verify(outcome, later, path)
        count += len(outcome.findings) - len(later.findings)
        now, outcome = changed, later
    return Fixed(path, before.content, decoded(now, path).content, now, count)


def _verify(before: Outcome, after: Outcome, path: str) -> None:
    """Raise FixError unless the edits took findings away and brought none."""
    known = {(finding.rule, finding.message) for finding in before.findings}
    fresh = [finding.rule for finding in after.findings if (finding.rule, finding.message) not in known]
    if after.errors or not after.checked or fresh or len(after.findings) >= len(before.findings):
        why = (
            after.errors[0].message
            if after.errors
            else f"it would bring {', '.join(fresh)}"
            if fresh
            else "it had no effect"
        )
        raise FixError(f"left as it is: {why}", path)


def write(path: str, raw: bytes) -> None:
    """Replace a file's content at once or not at all; its mode is kept and a link still leads to it."""
    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    try:
        handle, name = tempfile.mkstemp(prefix=".cnilint-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, os.stat(real).st_mode if os.path.exists(real) else 0o644)
            os.replace(name, real)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise SourceError(f"cannot be written: {error.strerror}", path) from None


def fixes(run: Run, paths: list[str]) -> tuple[list[Fixed], list[CnilintError]]:
    """Return what each file becomes that has something to fix, and what went wrong; nothing is written yet."""
    found: list[Fixed] = []
    errors: list[CnilintError] = []
    for path in files.found(paths, run.config):
        try:
            change = result(run, files.content(path), path)
        except CnilintError as error:
            # That a file cannot be read or understood is told by the report that follows.
            if isinstance(error, FixError):
                errors.append(error)
            continue
        if change:
            found.append(change)
    return found, errors


def diff(change: Fixed) -> str:
    """Return a unified diff of a file, as ``git apply`` takes it."""
    from difflib import unified_diff  # noqa: PLC0415  # only for --diff

    name = change.path.lstrip("/")
    before, after = change.before.splitlines(keepends=True), change.after.splitlines(keepends=True)
    lines = unified_diff(before, after, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)
