"""What a change brings: the findings that what was there before does not have.

Both sides are judged by the same rules and the same configuration. A finding is known where the same rule said the same
of the same setting, at least as severely; on which line does not count. Of several that are alike as many are known as
there were, those first whose lines did not change.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from cnilint import files
from cnilint.errors import ConfigError, SourceError
from cnilint.finding import SEVERITIES
from cnilint.run import STDIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cnilint.config import Config
    from cnilint.finding import Finding, Report
    from cnilint.run import Run

    # Of some files, by path, what they held before; those that were not there are missing.
    Contents = Callable[[Iterable[str]], dict[str, bytes]]
    Key = tuple[str, str, str, str]

OPTION: Final = "--against"
# Lines that a message names: "line 12", "(x.yaml:12)".
_LINES: Final = r"\bline \d+|(?<=\.)(?:ya?ml|json|tf|tofu|tfvars|toml):\d+"


def report(run: Run, paths: Sequence[str], stdin: bytes | None, before: str) -> Report:
    """Return the report over files and folders without what was found ``before``: a file, a folder or a revision.

    Raises ConfigError for what is none of them, and where a file is given for several.
    """
    contents, earlier = _before(before, paths, run.config)
    after = run.report(paths, stdin)
    named = {finding.location.path for finding in after.findings}
    folders, clusters = {os.path.dirname(path) for path in named}, {run.config.cluster(path) for path in named}
    listed = [run.choice.stdin_filename if path == STDIN else path for path in paths]
    now = _there([path for path in paths if path != STDIN], run.config) if named else []
    every = dict.fromkeys((*(path for path in listed if path in named), *now, *(earlier() if named else ())))
    near = [path for path in every if os.path.dirname(path) in folders or run.config.cluster(path) in clusters - {None}]
    held = contents(near)
    known = run.before(near, held)
    new = list(_news(after.findings, known, lambda path: _changed(held.get(path, b""), _now(path, run, stdin))))
    left_out = len(after.findings) - len(new)
    return after._replace(findings=tuple(new), left_out=left_out, against=before)


def _there(paths: Sequence[str], config: Config) -> list[str]:
    try:
        return list(files.found(paths, config))
    except SourceError:
        return []


def _now(path: str, run: Run, stdin: bytes | None) -> bytes:
    return stdin if stdin is not None and path == run.choice.stdin_filename else files.content(path)


def _before(name: str, paths: Sequence[str], config: Config) -> tuple[Contents, Callable[[], list[str]]]:
    """Return what tells what files held before, and what lists those of the folders among ``paths`` that there were.

    A path that exists is one, as for git; ``HEAD:`` is the revision whatever is called HEAD.
    """
    named = [path for path in paths if path != STDIN]
    if os.path.isdir(name):
        if len(paths) != 1 or not os.path.isdir(paths[0]):
            raise ConfigError(f"{OPTION} {name}: a folder is compared with one folder")
        return _folder(name, paths[0], config)
    revision, colon, path = name.partition(":")
    if os.path.lexists(name) or (colon and path):
        if len(paths) != 1 or os.path.isdir(paths[0]):
            raise ConfigError(f"{OPTION} {name}: a file is compared with one file; a revision is with any number")
        raw = files.content(name) if os.path.lexists(name) else _of_revision(name)
        return lambda wanted: dict.fromkeys(wanted, raw), list
    from cnilint.revision import Revision  # noqa: PLC0415  # starts git

    found = Revision(revision, OPTION)
    folders = [path for path in named if os.path.isdir(path)]
    return found.contents, lambda: [path for folder in folders for path in _gone(found.below(folder), folder, config)]


def _of_revision(name: str) -> bytes:
    from cnilint.revision import file  # noqa: PLC0415  # starts git

    return file(name, OPTION)[0]


def _gone(names: Iterable[str], folder: str, config: Config) -> Iterator[str]:
    """Yield the files of a folder, named relative to it, that a run looks at; whatever else it held is left out."""
    for name in names:
        path = name if os.path.normpath(folder) == os.curdir else os.path.join(folder, name)
        usual = os.path.basename(name) in files.NAMES or name.lower().endswith(files.SUFFIXES)
        wanted = config.include.covers(files.absolute(path)) if config.include.lines else usual
        hidden = any(part.startswith(".") for part in name.split("/"))
        if wanted and not hidden and not config.exclude.covers(files.absolute(path)):
            yield path


def _folder(old: str, new: str, config: Config) -> tuple[Contents, Callable[[], list[str]]]:
    """Return the same of a folder that another is compared with: the files that are called the same in both."""

    def contents(wanted: Iterable[str]) -> dict[str, bytes]:
        places = {path: os.path.join(old, os.path.relpath(path, new)) for path in wanted}
        return {path: files.content(place) for path, place in places.items() if os.path.isfile(place)}

    def earlier() -> list[str]:
        names = [os.path.relpath(path, old).replace(os.sep, "/") for path in _there([old], config)]
        return list(_gone(names, new, config))

    return contents, earlier


def _news(
    after: Sequence[Finding], known: Iterable[Finding], changed: Callable[[str], frozenset[int]]
) -> Iterator[Finding]:
    """Yield the findings that were not known; ``changed`` tells the lines of a file that are new."""
    before: dict[Key, list[int]] = defaultdict(list)
    for finding in known:
        before[_key(finding)].append(SEVERITIES.index(finding.severity))
    alike: dict[Key, list[Finding]] = defaultdict(list)
    for finding in after:
        alike[_key(finding)].append(finding)
    new: set[int] = set()
    for key, found in alike.items():
        if 0 < len(before.get(key, ())) < len(found):
            lines = changed(key[0])
            found.sort(key=lambda finding: not lines.isdisjoint(_lines(finding)))
        for finding in found:
            rank = SEVERITIES.index(finding.severity)
            match = max((each for each in before.get(key, ()) if each <= rank), default=None)
            if match is None:
                new.add(id(finding))
            else:
                before[key].remove(match)
    yield from (finding for finding in after if id(finding) in new)


def _key(finding: Finding) -> Key:
    message = re.sub(_LINES, lambda found: found[0].rstrip("0123456789"), finding.message)
    return finding.location.path, finding.rule, message, finding.subject


def _lines(finding: Finding) -> range:
    """Return the lines of the entry that a finding points at."""
    return range(finding.entry_line or finding.location.line, finding.location.end_line + 1)


def _changed(old: bytes, new: bytes) -> frozenset[int]:
    """Return the lines, from 1, of a text that an older one does not have."""
    from difflib import SequenceMatcher  # noqa: PLC0415  # only where equal findings were and are more

    blocks = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False).get_opcodes()
    return frozenset(line + 1 for tag, _, _, first, last in blocks if tag != "equal" for line in range(first, last))
