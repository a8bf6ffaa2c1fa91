"""Rules: one YAML file each, read and checked, or taken from the catalogue that the wheel carries compiled.

Everything in a rule is checked when it is read: its keys, the names and types of its expressions, its routes, its
edit. A rule that was read is plain data (``Rule`` in nested tuples, lists and strings), so that the catalogue is one
JSON file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from cnilint.errors import RuleError
from cnilint.finding import RuleSummary
from cnilint.paths import shipped
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilint.cel.messages import Template
    from cnilint.cel.nodes import Ast

VERBS: Final = ("remove", "set", "rename", "quote")


class Example(NamedTuple):
    """A text that a rule must be silent about (``finds`` empty), or one with the findings it must make.

    ``given`` is what the configuration would say (``cni``, ``managed``, ``instanceTypes`` ...), ``finds`` has a text
    ``line:column message`` for each finding, ``fixed`` is the text after the rule's edits, None when there are none.
    """

    config: str
    given: dict[str, object]
    finds: tuple[str, ...]
    fixed: str | None
    line: int


Route = tuple[str, ...]
# What must hold of a single fact: its route, an operator and a literal; or None, where it must be ``there``, or
# ``filled`` if it is a list.
Test = tuple[Route, str, object]


class Rule(NamedTuple):
    """A rule as docs/rules.md describes it; expressions are parsed, the message and the edit's text are templates.

    ``each`` is the variable and the list it runs over, ``lower`` the milder severity and the condition for it, ``at``
    the routes of which the first that is written counts, each a list of steps. ``gate`` are the tests without which it
    finds nothing, cheap to make, those that fewest surfaces pass first. One that is ``optional`` is off unless somebody
    selects it or its category, or gives it a severity.
    """

    id: str
    category: str
    severity: str
    gate: tuple[Test, ...]
    optional: bool
    effect: str
    since: str
    summary: str
    why: str
    fix: str
    references: tuple[str, ...]
    each: tuple[str, Ast] | None
    when: Ast | None
    lower: tuple[str, Ast] | None
    at: tuple[Route, ...]
    also: tuple[Route, ...]
    message: Template
    edit: tuple[str, Route, Template] | None
    good: tuple[Example, ...] = ()
    bad: tuple[Example, ...] = ()
    path: str = ""

    @property
    def rule(self) -> Rule:
        """The rule itself: what a ``Card`` has to read first."""
        return self

    @property
    def url(self) -> str:
        """The page that says most about it: its first reference."""
        return self.references[0]

    @property
    def summarised(self) -> RuleSummary:
        """What a report says of the rule."""
        return RuleSummary(
            self.id, self.category, self.severity, self.effect, self.summary, self.why, self.fix, self.references
        )


class Card:
    """A rule of the catalogue as the engine meets it: what tells whether it may find anything; the rest comes later."""

    __slots__ = ("_line", "_rule", "category", "gate", "id", "optional", "severity")

    def __init__(self, head: list[Any], line: bytes) -> None:
        self.id: str
        self.category: str
        self.severity: str
        self.gate: list[Test]
        self.optional: bool
        self.id, self.category, self.severity, self.gate, self.optional = head
        self._line = line
        self._rule: Rule | None = None

    @property
    def read(self) -> bool:
        """Whether the rest was read already."""
        return self._rule is not None

    @property
    def rule(self) -> Rule:
        """The whole rule, without its examples."""
        if self._rule is None:
            import json  # noqa: PLC0415  # the catalogue was read with it

            found = Rule(self.id, self.category, self.severity, (), self.optional, *json.loads(self._line))
            self._rule = found._replace(references=tuple(found.references))
        return self._rule


AnyRule = Rule | Card


def built_in() -> tuple[AnyRule, ...]:
    """Return the rules that came with this cnilint, by id: from a wheel's compiled catalogue, else from the YAML."""
    catalogue = shipped("rules.jsonl")
    if os.path.exists(catalogue):
        return from_catalogue(catalogue)
    return folder(shipped("rules"))


def from_catalogue(path: str) -> tuple[Card, ...]:
    """Return the rules of a compiled catalogue."""
    import json  # noqa: PLC0415  # only where there is a catalogue

    with open(path, "rb") as file:
        heads, *lines = file.read().split(b"\n")
    return tuple(map(Card, json.loads(heads), lines))


def compiled(rules: Iterable[Rule]) -> str:
    """Return a catalogue: a line of JSON with what every run looks at, then a line with the rest of each rule."""
    import json  # noqa: PLC0415  # a wheel is built once

    every = list(rules)
    rest = (list(rule._replace(good=(), bad=(), path=""))[_HEAD:-3] for rule in every)
    lines = ([list(rule)[:_HEAD] for rule in every], *rest)
    return "\n".join(json.dumps(line, separators=(",", ":")) for line in lines) + "\n"


_HEAD: Final = Rule._fields.index("effect")


def folder(path: str) -> tuple[Rule, ...]:
    """Return the rules below a folder, by id.

    Raises RuleError for a folder that is none or holds no rule, for a rule that is wrong and for an id that stands
    twice.
    """
    from cnilint.rulefile import read  # noqa: PLC0415  # a wheel's catalogue needs no reader

    if not os.path.isdir(path):
        raise RuleError("no such folder of rules", path)
    found: dict[str, Rule] = {}
    for base, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            if not name.endswith((".yaml", ".yml")):
                continue
            rule = read(os.path.join(base, name))
            if rule.id in found:
                raise RuleError(f"rule {rule.id} stands in {found[rule.id].path} already", rule.path, 1, 1)
            found[rule.id] = rule
    if not found:
        raise RuleError("holds no rule (*.yaml)", path)
    return tuple(found[name] for name in sorted(found))


def merged(built: Iterable[AnyRule], policies: Iterable[Rule]) -> tuple[AnyRule, ...]:
    """Return built-in rules and policies together; a policy may not take another rule's id."""
    rules: dict[str, AnyRule] = {rule.id: rule for rule in built}
    for policy in policies:
        if policy.id in rules:
            raise RuleError(f"{policy.id} is the id of another rule; choose one of your own", policy.path, 1, 1)
        rules[policy.id] = policy
    return tuple(rules.values())
