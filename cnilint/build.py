"""Kustomizations checked as built, where ``--build`` asks for it.

The tool is run without plugins, Helm or git, and a kustomization that names anything to be fetched is not built. What
is found in its output is told where it is written, in the patches and bases that it was made of.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import reduce
from typing import TYPE_CHECKING, Final

from cnilint import ignores
from cnilint.config import excluded
from cnilint.errors import SourceError
from cnilint.files import absolute, content
from cnilint.finding import location
from cnilint.kustomization import Tree, buildable, tree
from cnilint.lint import Outcome
from cnilint.origins import Origins
from cnilint.source.plain import entry
from cnilint.source.text import MAX_BYTES, Text, decoded
from cnilint.source.yaml import MappingNode, documents, span
from cnilint.surface import mentioned
from cnilint.surface.reach import first_leaf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilint.config import Config
    from cnilint.finding import Finding, Location
    from cnilint.source.text import Span

SECONDS: Final = 60
# The first of these that there is, and what it is asked beside the folder.
TOOLS: Final = (("kustomize", "build"), ("kubectl", "kustomize"))
_NOWHERE: Final = "http://127.0.0.1:9"  # the port of discard, where nothing listens
_QUOTES: Final = "\"'"
_BLOCKED: Final = {
    **{name: _NOWHERE for kind in ("http", "https", "all") for name in (f"{kind}_proxy", f"{kind}_proxy".upper())},
    "no_proxy": "",
    "NO_PROXY": "",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "KUBECONFIG": os.devnull,
    "KUBERC": "off",  # it may give any command of kubectl flags
}


class Builds:
    """What comes of the kustomizations among files: those that no other uses, and whose files name the CNI.

    ``errors`` tell which could not be built; their files are then checked by themselves.
    """

    def __init__(self, paths: Sequence[str], config: Config) -> None:
        self.errors: list[SourceError] = []
        self._config = config
        self._outputs: dict[str, tuple[Tree, bytes]] = {}
        trees = [tree(path) for path in paths if buildable(path)]
        used = {folder for one in trees for folder in one.folders}
        roots = [one for one in trees if one.ours and os.path.dirname(absolute(one.path)) not in used]
        tool = _tool() if roots else None
        if roots and tool is None:
            others = f" (nor can {len(roots) - 1} more)" if roots[1:] else ""
            message = f"cannot be built{others}: neither kustomize nor kubectl is on the PATH"
            self.errors.append(SourceError(message, roots[0].path))
        for root in roots if tool else ():
            try:
                self._outputs[root.path] = root, _built(root, tool or ())
            except SourceError as error:
                self.errors += [one for one in root.errors or [error] if str(one) not in map(str, self.errors)]
        self._sources = {absolute(path) for root, _ in self._outputs.values() for path in root.files}

    def output(self, path: str) -> tuple[bytes, str] | None:
        """Return what a kustomization comes to, and what to call it; None for any other file."""
        found = self._outputs.get(path)
        return (found[1], _name(path)) if found else None

    def source(self, path: str) -> Outcome | None:
        """Return the outcome of a file that something was built from: it is not judged by itself. None for others."""
        if absolute(path) not in self._sources:
            return None
        try:
            return Outcome((), (), checked=mentioned(content(path)))
        except SourceError as error:
            return Outcome((), (error,), checked=False)

    def placed(self, paths: Sequence[str], outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes of files with each finding in the file in which its matter is written, and told once."""
        shown = {absolute(path): path for path in paths}
        findings: dict[str, list[Finding]] = {path: [] for path in paths}
        pairs = list(zip(paths, outcomes, strict=True))
        told = {place.path for outcome in outcomes for finding in outcome.findings for place in _locations(finding)}
        places = [
            _Places(root, raw, shown, self._config) for root, raw in self._outputs.values() if _name(root.path) in told
        ]
        comments = {text.path: ignores.comments(text) for each in places for text in each.texts}
        for path, outcome in pairs:
            for finding in outcome.findings:
                found = reduce(lambda moved, each: each.told(moved), places, finding)
                own = findings.get(found.location.path, findings[path])
                own += ignores.kept([found], comments.get(found.location.path, []))
        return [outcome._replace(findings=tuple(_once(findings[path]))) for path, outcome in pairs]


class _Places:
    """Where that is told which is found in the output of one kustomization."""

    def __init__(self, root: Tree, raw: bytes, shown: dict[str, str], config: Config) -> None:
        self._output = decoded(raw, _name(root.path))
        self._root = location(_anchor(decoded(content(root.path), root.path)))
        allowed = [path for path in root.files if not excluded(config, path)]
        self.texts = list(_texts(shown.get(absolute(path), path) for path in allowed))
        self._origins = Origins(self._output, self.texts)

    def told(self, finding: Finding) -> Finding:
        """Return a finding with the places in the files for those in the output."""
        related = tuple((note, self._location(place)) for note, place in finding.related)
        if finding.location.path != self._output.path:
            return finding._replace(related=related)
        origin = self._origins.span(self._offset(finding.location))
        if origin is None:
            built = f"as built: {self._written(self._offset(finding.location))}"
            return finding._replace(
                location=self._root, edits=(), related=((built, self._root), *related), entry_line=0
            )
        place = location(origin)
        here = (("built from here", self._root),) if place.path != self._root.path else ()
        line = self._origins.entry_line(origin)
        return finding._replace(location=place, edits=(), related=(*related, *here), entry_line=line)

    def _location(self, place: Location) -> Location:
        if place.path != self._output.path:
            return place
        origin = self._origins.span(self._offset(place))
        return location(origin) if origin else self._root

    def _offset(self, place: Location) -> int:
        return self._output.starts[place.line - 1] + place.column - 1

    def _written(self, offset: int) -> str:
        setting = self._origins.setting(offset)
        if setting is not None:
            return f"{setting.name}={setting.written.strip(_QUOTES)}"
        return self._output.line(self._output.row(offset)).strip()


def _locations(finding: Finding) -> Iterator[Location]:
    yield finding.location
    yield from (place for _, place in finding.related)


def _once(found: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order of their places; what several builds share is one, with the notes of each."""
    known: dict[tuple[str, str, Location], Finding] = {}
    for finding in found:
        key = finding.rule, finding.message, finding.location
        first = known.setdefault(key, finding)
        known[key] = first._replace(related=tuple(dict.fromkeys((*first.related, *finding.related))))
    return sorted(known.values(), key=lambda item: (item.location.line, item.location.column, item.rule))


def _texts(paths: Iterable[str]) -> Iterable[Text]:
    for path in paths:
        try:
            yield decoded(content(path), path)
        except SourceError:
            continue


def _anchor(text: Text) -> Span:
    """Return where a finding points that is about what was built: at the resources of the kustomization."""
    root = next(iter(documents(text)))
    pair = entry(root, "resources") if isinstance(root, MappingNode) else None
    return span(text, pair[0] if pair else first_leaf(root))


def _tool() -> tuple[str, str] | None:
    """Return the tool on the PATH and its command; a relative folder there may be in the repository that is checked."""
    folders = os.pathsep.join(filter(os.path.isabs, os.environ.get("PATH", "").split(os.pathsep)))
    found = ((shutil.which(name, path=folders), command) for name, command in TOOLS)
    return next(((path, command) for path, command in found if path), None)


def _built(root: Tree, tool: Sequence[str]) -> bytes:
    """Return what the tool makes of a kustomization, without the ignore comments that it may have kept.

    Raises SourceError where it must not be built, or the tool fails, takes too long or makes too much.
    """
    if root.errors:
        raise root.errors[0]
    folder = os.path.dirname(root.path) or os.curdir
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("GIT_", "KUSTOMIZE_"))}
    name = os.path.basename(tool[0])
    try:
        ran = subprocess.run(
            [*tool, "."], cwd=folder, env=kept | _BLOCKED, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise SourceError(f"cannot be built: {name} was not done after {SECONDS} seconds", root.path) from None
    except OSError as error:
        raise SourceError(f"cannot be built: {name} cannot be started: {error.strerror}", root.path) from None
    if ran.returncode:
        raise SourceError(f"cannot be built: {name}: {_last(ran.stderr)}", root.path)
    if len(ran.stdout) > MAX_BYTES:
        raise SourceError(f"cannot be built: {name} makes more than {MAX_BYTES // 1024 // 1024} MiB of it", root.path)
    return re.sub(rb"(#[^\n]*?\bcnilint):", rb"\1 ", ran.stdout)


def _last(printed: bytes) -> str:
    """Return the last line that says something, without what the log of kubectl puts around it."""
    lines = [line.strip("`: \t\r") for line in printed.decode("utf-8", "replace").splitlines()]
    said = next((line for line in reversed(lines) if re.search(r"\w", line)), "it failed and said nothing")
    logged = re.fullmatch(r'[EF]\d{4} .*? err="(.*)"', said)
    return logged[1].replace('\\"', '"') if logged else said.removeprefix("Error: ").removeprefix("error: ")


def _name(path: str) -> str:
    return f"{path} (built)"
