"""One run over many files: each judged by the rules and settings in force for it, then one report."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cnilint import files
from cnilint.config import Config, Settings, in_force
from cnilint.errors import CnilintError, ConfigError
from cnilint.facts import Told
from cnilint.finding import Report
from cnilint.judge import Judge
from cnilint.lint import Outcome, Read, beside, checked, read, together
from cnilint.names import check_settings, check_subnets, check_types, chosen, hint, waiting
from cnilint.paths import shipped
from cnilint.record import NamedTuple
from cnilint.rule import built_in, folder, merged
from cnilint.units import folders, units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cnilint.build import Builds
    from cnilint.finding import Finding, RuleSummary
    from cnilint.rule import AnyRule, Rule
    from cnilint.surface import Surface
    from cnilint.units import Unit

STDIN = "-"
# Where fewer files than this seem to be left that configure the CNI, a second process costs more than it saves.
_MANY = 100
_WORKERS = 4


class Choice(NamedTuple):
    """What the command line asks for; it wins over the configuration."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    cni: str | None = None
    instance_types: tuple[str, ...] = ()
    max_pods: int | None = None
    stdin_filename: str = "<stdin>"
    kind: str = ""
    build: bool = False


class Run:
    """The rules and settings of one run."""

    def __init__(self, config: Config, choice: Choice) -> None:
        self.config = config
        self.choice = choice
        policies = [rule for path in config.policies for rule in folder(path)]
        every = merged(built_in(), policies)
        self.rules = chosen(every, choice.select, choice.ignore)
        self.judge = Judge(
            self.rules,
            (name for rule in every for name in (rule.id, rule.category)),
            waiting(self.rules, choice.select),
        )
        self._content: Callable[[str], bytes] = files.content
        self._told: dict[int, Told] = {}
        self._builds: Builds | None = None
        check_settings(config, self.judge.names)
        check_types(config, choice.instance_types)
        check_subnets(config)

    def outcome(self, raw: bytes, path: str, *, alone: bool = False) -> Outcome:
        """Return what the rules say of a file's bytes; ``alone`` when nothing else was asked about."""
        settings = in_force(self.config, path)
        kind = self.choice.kind or settings.kind or ""
        named = self.config.cluster(path) is not None
        return checked(
            raw, path, self.judge, self._told_by(settings), settings.rules, kind=kind, alone=alone, named=named
        )

    def _told_by(self, settings: Settings) -> Told:
        known = self._told.get(id(settings))
        if known is None:
            known = self._told[id(settings)] = told(settings, self.choice)
        return known

    def file(self, path: str, *, alone: bool = False) -> Outcome:
        """Return what the rules say of a file; that it cannot be read is an error in the outcome."""
        try:
            return self.outcome(self._content(path), path, alone=alone)
        except CnilintError as error:
            return Outcome((), (error,), checked=False)

    def surfaces(self, paths: Sequence[str], stdin: bytes | None = None) -> tuple[list[Surface], list[CnilintError]]:
        """Return the surfaces of files, folders and standard input, and what could not be read."""
        found: list[Surface] = []
        errors: list[CnilintError] = []
        piped = [self._understood(stdin or b"", self.choice.stdin_filename)] if STDIN in paths else []
        named = [path for path in paths if path != STDIN]
        paths = [*files.found(named, self.config)]
        errors += self._build(paths)
        for one in (*piped, *map(self._read, paths)):
            if isinstance(one, Read):
                found += one.surfaces
            else:
                errors += one.errors
        return found, errors

    def report(self, paths: Sequence[str], stdin: bytes | None = None) -> Report:
        """Return the report over files, folders and, as ``-``, what was read from standard input."""
        outcomes: list[Outcome] = []
        errors: list[CnilintError] = []
        named = [path for path in paths if path != STDIN]
        if len(named) < len(paths):
            outcomes.append(self.outcome(stdin or b"", self.choice.stdin_filename, alone=not named))
        try:
            found = list(files.found(named, self.config))
        except CnilintError as error:
            found = []
            errors.append(error)
        errors += self._build(found)
        alone = found == list(paths) == found[:1] and not self._builds
        outcomes += [self.file(found[0], alone=True)] if alone else self._units(found)
        return Report(
            tuple(finding for outcome in outcomes for finding in outcome.findings),
            (*errors, *(error for outcome in outcomes for error in outcome.errors)),
            len(outcomes),
            sum(outcome.checked for outcome in outcomes),
            Summaries(self.rules),
        )

    def before(self, paths: Sequence[str], contents: Mapping[str, bytes]) -> list[Finding]:
        """Return what this run would have found in files that held something else; those without were not there."""
        earlier = object.__new__(type(self))
        earlier.__dict__.update(self.__dict__, _content=contents.__getitem__, _builds=None)
        outcomes = earlier._units([path for path in paths if path in contents])
        return [finding for outcome in outcomes for finding in outcome.findings]

    def _build(self, paths: Sequence[str]) -> list[CnilintError]:
        """Build the kustomizations among files where that is asked for; return why some could not be."""
        if not self.choice.build:
            return []
        from cnilint.build import Builds  # noqa: PLC0415  # few runs build anything

        self._builds = Builds(paths, self.config)
        return [*self._builds.errors]

    def unit(self, unit: Unit) -> list[Outcome]:
        """Return what the rules say of files that belong together, an outcome each."""
        if len(unit.paths) == 1 and not self._builds:
            return [self.file(unit.paths[0])]
        found = [self._read(path) for path in unit.paths]
        judged = together([file for file in found if isinstance(file, Read)], self.judge, named=unit.named)
        return [file if isinstance(file, Outcome) else judged.pop(0) for file in found]

    def folder(self, paths: Sequence[str]) -> dict[str, Outcome]:
        """Return, by path, what the rules say of those files of a folder that name a cluster together.

        What a kustomization is built to stands for its own files alone.
        """
        found = [(path, self._read(path)) for path in paths]
        return beside([file for path, file in found if isinstance(file, Read) and file.text.path == path], self.judge)

    def _read(self, path: str) -> Read | Outcome:
        built = self._builds.output(path) if self._builds else None
        if built:
            settings = in_force(self.config, path)
            return read(*built, self._told_by(settings), settings.rules)
        source = self._builds.source(path) if self._builds else None
        try:
            return source or self._understood(self._content(path), path)
        except CnilintError as error:
            return Outcome((), (error,), checked=False)

    def _understood(self, raw: bytes, path: str) -> Read | Outcome:
        settings = in_force(self.config, path)
        kind = self.choice.kind or settings.kind or ""
        return read(raw, path, self._told_by(settings), settings.rules, kind=kind, beside=True)

    def _units(self, found: Sequence[str]) -> list[Outcome]:
        """Return what the rules say of files, in several processes once those so far promise enough to do.

        What the first file that configures the CNI makes this process read and compile is then there for all.
        """
        workers = min(_WORKERS, os.cpu_count() or 1) if hasattr(os, "fork") else 1
        every, checked = units(found, self.config), 0
        outcomes: list[list[Outcome]] = []
        for done, unit in enumerate(every, 1):
            outcomes.append(self.unit(unit))
            fresh = sum(outcome.checked for outcome in outcomes[-1])
            checked += fresh
            if fresh and workers > 1 and checked * (len(every) - done) >= _MANY * done:
                from cnilint.parallel import each  # noqa: PLC0415  # a few files need no second process

                outcomes += each(self.unit, every[done:], workers)
                break
        pairs = ((unit.paths, found) for unit, found in zip(every, outcomes, strict=True))
        by_path = {path: outcome for paths, found in pairs for path, outcome in zip(paths, found, strict=True)}
        again = folders(by_path, every)
        if again:
            from cnilint.parallel import each  # noqa: PLC0415  # as above

            for judged in each(self.folder, again, workers if sum(map(len, again)) >= _MANY else 1):
                by_path.update(judged)
        outcomes_of = [by_path[path] for path in found]
        return self._builds.placed(found, outcomes_of) if self._builds else outcomes_of


class Summaries:
    """What a report may say of the rules; read only by the formats that list them."""

    def __init__(self, rules: Iterable[AnyRule]) -> None:
        self._rules = tuple(rules)

    def __iter__(self) -> Iterator[RuleSummary]:
        return (rule.rule.summarised for rule in self._rules)


def explained(name: str, config: Config) -> Rule:
    """Return a rule with its examples, built in or a policy of the configuration.

    Raises ConfigError for a name that no rule bears.
    """
    source = [rule for path in (shipped("rules"), *config.policies) for rule in folder(path)]
    found = next((rule for rule in source if rule.id == name), None)
    if found is None:
        raise ConfigError(f"no rule is called {name!r}{hint(name, [rule.id for rule in source])}")
    return found


def told(settings: Settings, choice: Choice) -> Told:
    """Return what the settings say about the cluster, the command line first."""
    return Told(
        choice.cni or settings.cni,
        settings.kubernetes,
        settings.managed,
        choice.instance_types or settings.instance_types,
        choice.max_pods or settings.max_pods,
        settings.pods_per_node,
        tuple(settings.limits.items()),
        settings.subnets,
        settings.nodes,
    )
