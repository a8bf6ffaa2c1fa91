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
    from collections.abc import Iterable, Mapping

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


class Rule(NamedTuple):
    """A rule as docs/rules.md describes it; expressions are parsed, the message and the edit's text are templates.

    ``each`` is the variable and the list it runs over, ``lower`` the milder severity and the condition for it, ``at``
    a route as a list of steps, ``requires`` the facts without which ``when`` cannot hold.
    """

    id: str
    category: str
    severity: str
    effect: str
    since: str
    summary: str
    why: str
    fix: str
    references: tuple[str, ...]
    each: tuple[str, Ast] | None
    when: Ast | None
    lower: tuple[str, Ast] | None
    at: tuple[str, ...]
    also: tuple[tuple[str, ...], ...]
    message: Template
    edit: tuple[str, tuple[str, ...], Template] | None
    requires: tuple[tuple[str, ...], ...]
    good: tuple[Example, ...] = ()
    bad: tuple[Example, ...] = ()
    path: str = ""

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


def built_in() -> tuple[Rule, ...]:
    """Return the rules that came with this cnilint, by id: from a wheel's compiled catalogue, else from the YAML."""
    catalogue = shipped("rules.json")
    if os.path.exists(catalogue):
        return from_catalogue(catalogue)
    return folder(shipped("rules"))


def from_catalogue(path: str) -> tuple[Rule, ...]:
    """Return the rules of a compiled catalogue, without their examples."""
    import json  # noqa: PLC0415  # only where there is a catalogue

    with open(path, encoding="utf-8") as file:
        return tuple(_from_row(row) for row in json.load(file))


def compiled(rules: Iterable[Rule]) -> list[list[object]]:
    """Return the catalogue's JSON: rules without their examples."""
    return [list(rule._replace(good=(), bad=(), path="")) for rule in rules]


def _from_row(row: list[Any]) -> Rule:
    """Return the rule of a catalogue's row, with the tuples that JSON made lists."""
    rule = Rule(*row)
    return rule._replace(
        references=tuple(rule.references),
        at=tuple(rule.at),
        also=tuple(tuple(route) for route in rule.also),
        requires=tuple(tuple(route) for route in rule.requires),
    )


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


def merged(built: Iterable[Rule], policies: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return built-in rules and policies together; a policy may not take a built-in rule's id."""
    rules: Mapping[str, Rule] = {rule.id: rule for rule in built}
    for policy in policies:
        if policy.id in rules:
            raise RuleError(f"{policy.id} is the id of another rule; choose one of your own", policy.path, 1, 1)
    return (*rules.values(), *policies)
