"""Which rules may find anything on a surface: by their gates, before an expression is even read."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cnilint.rule import AnyRule, Route

    Test = Callable[[Any, Any], bool]

_MET: Final[Mapping[str, Test]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "there": lambda *_: True,
    "filled": lambda value, _: value != [],
    "holds": lambda value, wanted: wanted[1] in [element.get(wanted[0]) for element in value],
}
# What makes a test fail: the fact is not there, or it is unknown. Neither can make a condition true.
_NOT_MET: Final = (KeyError, TypeError)


class Candidates:
    """Rules by the first test of their gates: what many ask for is looked at once, and most rules never."""

    def __init__(self, rules: Iterable[AnyRule]) -> None:
        self._open: list[AnyRule] = []
        self._by_setting: dict[str, dict[str, list[AnyRule]]] = {"chosen": {}, "set": {}}
        self._by_test: dict[Route, dict[str, dict[tuple[Test, object], list[AnyRule]]]] = {}
        for rule in rules:
            if not rule.gate:
                self._open.append(rule)
                continue
            (*above, name), sign, literal = rule.gate[0]
            if above and above[0] in self._by_setting:
                self._by_setting[above[0]].setdefault(name, []).append(rule)
            else:
                tests = self._by_test.setdefault(tuple(above), {}).setdefault(name, {})
                hashable = tuple(literal) if isinstance(literal, list) else literal  # a catalogue's is JSON
                tests.setdefault((_MET[sign], hashable), []).append(rule)

    def of(self, facts: Mapping[str, object]) -> Iterator[AnyRule]:
        """Yield the rules that may find anything."""
        yield from self._open
        for rule in self._telling(facts):
            if may_hold(rule, facts):
                yield rule

    def _telling(self, facts: Mapping[str, object]) -> Iterator[AnyRule]:
        """Yield the rules whose first test is met."""
        for root, by_name in self._by_setting.items():
            settings: Any = facts[root]
            for name, rules in by_name.items():
                if name in settings:
                    yield from rules
        for above, by_fact in self._by_test.items():
            try:
                held = _reached(facts, above)
            except _NOT_MET:
                continue
            for name, tests in by_fact.items():
                try:
                    value = held[name]
                    for (met, literal), rules in tests.items():
                        if met(value, literal):
                            yield from rules
                except _NOT_MET:
                    continue


def may_hold(rule: AnyRule, facts: Mapping[str, object]) -> bool:
    """Tell whether all that a rule's gate asks for holds."""
    try:
        for route, sign, literal in rule.gate:
            if not _MET[sign](_reached(facts, route), literal):
                return False
    except _NOT_MET:
        return False
    return True


def _reached(facts: Mapping[str, object], route: Sequence[str]) -> Any:  # noqa: ANN401  # a fact may be anything
    value: Any = facts
    for step in route:
        value = value[step]
    return value
