"""Facts and rules to findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint import ignores, places
from cnilint.candidates import Candidates
from cnilint.cel.evaluate import EvalError, compiled
from cnilint.cel.messages import rendered, wording
from cnilint.finding import Finding, Ownership, location
from cnilint.record import NamedTuple
from cnilint.source.inset import HOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cnilint.edit import Edit
    from cnilint.facts import Facts
    from cnilint.rule import AnyRule, Rule
    from cnilint.source.text import Text

    Condition = Callable[[Mapping[str, object]], object]
    # By file, the other severities of rules or categories, ``off`` among them.
    Levels = Mapping[str, Mapping[str, str]]

OFF = "off"
_QUOTES = "\"'"


class _Ready(NamedTuple):
    """A rule whose expressions have become functions."""

    each: Condition | None
    when: Condition | None
    lower: Condition | None


class Judge:
    """Rules that are ready to judge; ``names`` are the ids and categories of all rules, those left out included.

    ``waiting`` are the ids of rules that are off in a file unless its levels name them.
    """

    def __init__(self, rules: Iterable[AnyRule], names: Iterable[str] = (), waiting: Iterable[str] = ()) -> None:
        self._rules = tuple(rules)
        self._waiting = frozenset(waiting)
        self._candidates = Candidates(self._rules)  # those about ignore comments wait for their fact
        self.names = {*names, *(name for rule in self._rules for name in (rule.id, rule.category))}
        self._ready: dict[str, _Ready] = {}
        self._worded: dict[str, Callable[[Mapping[str, object]], str]] = {}

    def findings(self, facts: Facts, levels: Levels) -> Iterator[Finding]:
        """Yield the findings of a surface; the levels that count are those of the file that a finding points into."""
        for rule in self._candidates.of(facts):
            if self._at_work(rule, levels):
                yield from self._judged(rule.rule, facts, levels)

    def unused(self, facts: Facts, text: Text, comments: list[ignores.Comment], levels: Levels) -> Iterator[Finding]:
        """Yield the findings about ignore comments that ignored nothing, once all else was judged."""
        on = [rule for rule in self._rules if self._at_work(rule, levels)]
        at_work = {name for rule in on if not _about_ignores(rule) for name in (rule.id, rule.category)}
        facts[ignores.FACT] = ignores.unused(comments, at_work, self.names, text)
        for rule in filter(_about_ignores, on):
            yield from self._judged(rule.rule, facts, levels)

    def _judged(self, rule: Rule, facts: Facts, levels: Levels) -> Iterator[Finding]:
        ready = self._compiled(rule)
        names = _Scope(facts) if rule.each else facts
        for element in _elements(ready, facts):
            if rule.each:
                names[rule.each[0]] = element
            try:
                if ready.when is not None and ready.when(names) is not True:
                    continue
                found = _finding(rule, facts, names, element, self._message(rule))
            except EvalError:
                continue
            said = levels[found.location.path]
            severity = self._level(rule, said) or _severity(rule, ready, names)
            if severity != OFF:
                yield found._replace(severity=severity)

    def _level(self, rule: AnyRule, said: Mapping[str, str]) -> str | None:
        """Return the level of a rule in a file, None where nothing was said and its own severity counts."""
        if rule.id in self._waiting:
            return said.get(rule.id, OFF)
        return said.get(rule.id) or said.get(rule.category)

    def _at_work(self, rule: AnyRule, levels: Levels) -> bool:
        """Tell whether a rule is on for any of the files."""
        for said in levels.values():  # noqa: SIM110  # a generator costs more than all that it asks
            if self._level(rule, said) != OFF:
                return True
        return False

    def _message(self, rule: Rule) -> Callable[[Mapping[str, object]], str]:
        if rule.id not in self._worded:
            self._worded[rule.id] = wording(rule.message)
        return self._worded[rule.id]

    def _compiled(self, rule: Rule) -> _Ready:
        if rule.id not in self._ready:
            self._ready[rule.id] = _Ready(
                compiled(rule.each[1]) if rule.each else None,
                compiled(rule.when) if rule.when is not None else None,
                compiled(rule.lower[1]) if rule.lower else None,
            )
        return self._ready[rule.id]


def _severity(rule: Rule, ready: _Ready, names: Mapping[str, object]) -> str:
    """Return a rule's severity: the milder one where its condition is known to hold."""
    if rule.lower is None or ready.lower is None:
        return rule.severity
    try:
        return rule.lower[0] if ready.lower(names) is True else rule.severity
    except EvalError:
        return rule.severity


def _elements(ready: _Ready, facts: Facts) -> list[dict[str, object]]:
    """Return what a rule runs over: the elements of its list, or once."""
    if ready.each is None:
        return [{}]
    try:
        return ready.each(facts)  # type: ignore[return-value]  # the checker saw a list
    except EvalError:
        return []


def _finding(
    rule: Rule,
    facts: Facts,
    names: Mapping[str, object],
    element: Mapping[str, object],
    message: Callable[[Mapping[str, object]], str],
) -> Finding:
    at = places.first_place(facts, rule.at, element)
    shown = [(route[-1], places.place(facts, route, element)) for route in rule.also if places.stands(facts, route)]
    edits: tuple[Edit, ...] = ()
    if rule.edit:
        verb, route, to = rule.edit
        edits = places.edits(facts, verb, route, element, rendered(to, names))
    return Finding(
        rule.id,
        rule.category,
        rule.severity,
        rule.effect,
        message(names).replace(HOLE, "..."),
        location(at),
        rule.fix,
        rule.url,
        edits,
        tuple((_note(name, span.content), location(span)) for name, span in shown if span != at),
        places.entry_line(facts, rule.at, element),
        places.subject(facts, rule.at, element),
        _ownership(element),
    )


def _ownership(element: Mapping[str, object]) -> Ownership | None:
    """Return whose the field of an element is; None of an element that has no verdict."""
    if "verdict" not in element:
        return None
    return Ownership(str(element["field"]), str(element["manager"]), str(element["verdict"]))


def _note(name: str, written: str) -> str:
    """Return what is there to see at a further place: ``MAX_ENI=1``, or a flag as it is written."""
    return written if name in written else f"{name}={written.strip(_QUOTES)}"


class _Scope(dict[str, object]):
    """The facts, and beside them the element that is looked at."""

    __slots__ = ("_facts",)

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self._facts = facts

    def __missing__(self, name: str) -> object:
        return self._facts[name]


def _about_ignores(rule: AnyRule) -> bool:
    return any(route[0] == ignores.FACT for route, _, _ in rule.gate)
