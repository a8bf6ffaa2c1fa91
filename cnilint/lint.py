"""Files to outcomes: the whole engine, read from top to bottom."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from cnilint import ignores
from cnilint.errors import CnilintError, ExcessError, RuleError, SourceError
from cnilint.facts import Facts, Told
from cnilint.record import NamedTuple
from cnilint.source.plain import Plain
from cnilint.source.text import decoded
from cnilint.source.yaml import documents
from cnilint.surface import Surface, mentioned, relevant, surfaces
from cnilint.surface.joined import clusters, joined, of_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnilint.finding import Finding
    from cnilint.judge import Judge
    from cnilint.source.text import Text
    from cnilint.surface import Reading
    from cnilint.surface.joined import Cluster


class Outcome(NamedTuple):
    """What came of one file: findings in the order of their places, errors, and whether it configures the CNI.

    ``clusters`` are those it names to which other files of the folder may belong.
    """

    findings: tuple[Finding, ...]
    errors: tuple[CnilintError, ...]
    checked: bool
    clusters: tuple[Cluster, ...] = ()


PASSED_OVER: Final = Outcome((), (), checked=False)


class Read(NamedTuple):
    """A file that configures the CNI: its text and surfaces, what is told about its cluster, and the rules' levels."""

    text: Text
    surfaces: list[Surface]
    told: Told
    levels: Mapping[str, str]


def checked(  # noqa: PLR0913  # a file, and all that decides what is said of it
    raw: bytes,
    path: str,
    judge: Judge,
    told: Told,
    levels: Mapping[str, str],
    *,
    kind: str = "",
    alone: bool = False,
    named: bool = False,
) -> Outcome:
    """Return what the rules say of a file's bytes; what is wrong with the file is an error in the outcome.

    ``named`` when somebody said that all in it is one cluster.
    """
    found = read(raw, path, told, levels, kind=kind, alone=alone)
    return found if isinstance(found, Outcome) else together([found], judge, named=named)[0]


def read(  # noqa: PLR0913  # as above
    raw: bytes,
    path: str,
    told: Told,
    levels: Mapping[str, str],
    *,
    kind: str = "",
    alone: bool = False,
    beside: bool = False,
) -> Read | Outcome:
    """Return what a file says of the CNI, or the outcome of a file that says nothing or cannot be understood.

    A file that names nothing of the CNI is passed over, whatever is wrong with it; only of one that was asked about
    ``alone`` it is said when no reader could take it. One that is told to be of a ``kind`` is never passed over;
    one that stands ``beside`` others of its cluster need only tell of nodes.
    """
    if not kind and not relevant(raw, beside=beside):
        return Outcome((), _untakable(raw, path), checked=False) if alone else PASSED_OVER
    try:
        text = decoded(raw, path)
        found = surfaces(text, kind=kind, one_of_many=not alone)
    except SourceError as error:
        return Outcome((), (error,), checked=False) if kind or mentioned(raw) else PASSED_OVER
    return Read(text, found, told, levels) if found else PASSED_OVER


def _untakable(raw: bytes, path: str) -> tuple[SourceError, ...]:
    """Return the error for bytes that are no text, or for a text that means too much; a fault of syntax is none."""
    try:
        text = decoded(raw, path)
        try:
            plain = Plain(text)
            for root in documents(text):
                plain.data(root)
        except SourceError as error:
            return (error,) if isinstance(error, ExcessError) else ()
    except SourceError as error:
        return (error,)
    return ()


def judged(text: Text, judge: Judge, told: Told, levels: Mapping[str, str], *more: Reading) -> Outcome:
    """Return what the rules say of a text, read as one of the families of surfaces or of ``more``.

    Raises SourceError where it cannot be understood.
    """
    found = surfaces(text, *more)
    return together([Read(text, found, told, levels)], judge)[0] if found else PASSED_OVER


def together(files: Sequence[Read], judge: Judge, *, named: bool = False) -> list[Outcome]:
    """Return what the rules say of files that belong together, an outcome each; ``named`` when somebody said so."""
    return _judged(files, joined([surface for file in files for surface in file.surfaces], named=named), judge)


def beside(files: Sequence[Read], judge: Judge) -> dict[str, Outcome]:
    """Return, by path, what the rules say of those files of a folder that name the same cluster as another of them."""
    named = {file.text.path: clusters(file.surfaces) for file in files}
    count = Counter(cluster for found in named.values() for cluster in found)
    several = [file for file in files if any(count[cluster] > 1 for cluster in named[file.text.path])]
    outcomes = _judged(several, of_folder([file.surfaces for file in several]), judge)
    return {file.text.path: outcome for file, outcome in zip(several, outcomes, strict=True)}


def _judged(files: Sequence[Read], found: Iterable[Surface], judge: Judge) -> list[Outcome]:
    """Return what the rules say of the surfaces of some files, an outcome a file."""
    by_path = {file.text.path: file for file in files}
    findings: dict[str, list[Finding]] = {path: [] for path in by_path}
    errors: dict[str, list[CnilintError]] = {path: [] for path in by_path}
    levels = {path: file.levels for path, file in by_path.items()}
    for surface in found:
        file = by_path[surface.text.path]
        try:
            for finding in judge.findings(Facts(surface, file.told), levels):
                findings[finding.location.path].append(finding)
        except CnilintError as error:
            errors[file.text.path].append(error)
        except Exception as error:  # noqa: BLE001  # a crash is an error about cnilint, never a traceback nor silence
            errors[file.text.path].append(_failure(error, surface))
    return [_outcome(file, findings[path], errors[path], judge) for path, file in by_path.items()]


def _outcome(file: Read, found: Iterable[Finding], errors: Sequence[CnilintError], judge: Judge) -> Outcome:
    """Return a file's outcome, without what its comments ignore."""
    comments = ignores.comments(file.text)
    findings = [*(ignores.kept(found, comments) if comments else found)]
    if comments and not errors:
        findings += judge.unused(Facts(file.surfaces[0], file.told), file.text, comments, {file.text.path: file.levels})
    if len(findings) > 1:
        findings.sort(key=lambda item: (item.location.line, item.location.column, item.rule))
        findings = [*dict.fromkeys(findings)]
    return Outcome(tuple(findings), tuple(errors), checked=True, clusters=clusters(file.surfaces))


def _failure(error: Exception, surface: Surface) -> RuleError:
    anchor = surface.anchor
    line, column = anchor.text.position(anchor.start)
    message = f"cnilint failed while it judged this ({type(error).__name__}: {error}); please report it"
    return RuleError(message, anchor.text.path, line, column)
