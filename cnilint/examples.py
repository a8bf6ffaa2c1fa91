"""A rule's own examples: judged, they must find exactly what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnilint.config import DEFAULT_LIMITS
from cnilint.edit import fixed
from cnilint.errors import CnilintError
from cnilint.facts import Told
from cnilint.judge import Judge
from cnilint.lint import judged
from cnilint.record import NamedTuple
from cnilint.source.text import Text
from cnilint.surface import values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilint.rule import Example, Rule


class Failure(NamedTuple):
    """An example that did not come out as it says: its place in the rule's file and one sentence."""

    path: str
    line: int
    message: str


def failures(rule: Rule) -> Iterator[Failure]:
    """Yield what is wrong with a rule's examples."""
    judge = Judge([rule])
    for example in (*rule.good, *rule.bad):
        for message in _complaints(judge, example):
            yield Failure(rule.path, example.line, message)


def _complaints(judge: Judge, example: Example) -> Iterator[str]:
    text = written(example)
    try:
        outcome = judged(text, judge, told(example.given), {}, values.surfaces)
    except CnilintError as error:
        yield f"the example cannot be read: {error}"
        return
    yield from (str(error) for error in outcome.errors)
    if not outcome.checked:
        yield "the example configures nothing of the CNI"
        return
    found = [f"{item.location.line}:{item.location.column} {item.message}" for item in outcome.findings]
    yield from _difference(found, example.finds)
    after = fixed(example.config, (edit for item in outcome.findings for edit in item.edits))
    if example.finds and after != (example.config if example.fixed is None else example.fixed):
        yield "the fix gives another text than `fixed`:\n" + after


def written(example: Example) -> Text:
    """Return an example's configuration as a file of the name it is given."""
    return Text(example.config, str(example.given.get("file", "example.yaml")))


def _difference(found: Iterable[str], wanted: Iterable[str]) -> Iterator[str]:
    said, meant = list(found), list(wanted)
    yield from (f"finds what the example does not say: {line}" for line in said if line not in meant)
    yield from (f"does not find: {line}" for line in meant if line not in said)


def told(given: dict[str, Any]) -> Told:
    """Return what an example's ``given`` says about the cluster."""
    limits = {**DEFAULT_LIMITS, **given.get("limits", {})}
    return Told(
        given.get("cni"),
        str(given["kubernetes"]) if "kubernetes" in given else None,
        given.get("managed"),
        tuple(given.get("instanceTypes", ())),
        given.get("maxPods"),
        given.get("podsPerNode"),
        tuple(limits.items()),
        tuple(given.get("subnets", ())),
        given.get("nodes"),
    )
