"""Rules as Markdown: what ``cnilint explain`` prints and docs/rules.md hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilint.rule import Example, Rule

EFFECT_WORDS = {
    "agent-exits": "the agent exits or never gets ready",
    "api-rejects": "the API server refuses the object",
    "pods-fail": "pods fail to start or lose their network",
    "traffic": "traffic goes another way than meant",
    "addresses": "addresses run out or are wasted",
    "api-calls": "EC2 is called too often",
    "exposure": "something is reachable that should not be",
    "no-effect": "the setting has no effect",
    "diagnostics": "logs or metrics are lost",
}


def page(rule: Rule) -> str:
    """Return a rule's page."""
    parts = [
        f"# {rule.id}",
        f"{rule.summary}.",
        f"*{' · '.join(_about(rule))}*",
        f"## Why\n\n{rule.why}",
        f"## Fix\n\n{rule.fix}",
        *_examples("Found", rule.bad),
        *_examples("Not found", rule.good),
        "## References\n\n" + "\n".join(f"- <{reference}>" for reference in rule.references),
    ]
    return "\n\n".join(parts) + "\n"


def _about(rule: Rule) -> Iterator[str]:
    yield rule.severity
    yield f"{rule.effect} ({EFFECT_WORDS[rule.effect]})"
    yield f"category {rule.category}"
    yield f"since {rule.since}"
    if rule.optional:
        yield "off unless selected, or given a severity"
    yield "fixed by --fix" if rule.edit else "no automatic fix"


def _examples(title: str, examples: Iterable[Example]) -> Iterator[str]:
    shown = [_example(example) for example in examples]
    if shown:
        yield f"## {title}\n\n" + "\n\n".join(shown)


_LANGUAGES: Final = {"tf": "hcl", "toml": "toml", "json": "json"}


def _example(example: Example) -> str:
    given = ", ".join(f"`{key}: {_written(value)}`" for key, value in example.given.items())
    suffix = str(example.given.get("file", "")).rpartition(".")[2]
    language = _LANGUAGES.get(suffix, "yaml")
    parts = [f"With {given}:"] if given else []
    parts.append(f"```{language}\n{example.config.rstrip()}\n```")
    parts += [f"> {line}" for line in example.finds]
    if example.fixed is not None:
        parts.append(f"becomes\n\n```{language}\n{example.fixed.rstrip()}\n```")
    return "\n\n".join(parts)


def _written(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def pages(rules: Iterable[Rule]) -> dict[str, str]:
    """Return the pages of the documentation by their path below docs/: all rules in a table, and a page a category."""
    by_category: dict[str, list[Rule]] = {}
    for rule in rules:
        by_category.setdefault(rule.category, []).append(rule)
    head = "Written by `scripts/write_rules_page.py` from rules/; `cnilint explain RULE` prints one of them."
    parts, found = ["# Rules", head], {}
    for category, members in sorted(by_category.items()):
        parts.append(f"## [{category}](rules/{category}.md)")
        parts.append("\n".join(["| rule | severity | effect | |", "| --- | --- | --- | --- |", *map(_row, members)]))
        whole = [f"# {category}", head, *(_shifted(page(rule)) for rule in members)]
        found[f"rules/{category}.md"] = "\n\n".join(whole) + "\n"
    return {"rules.md": "\n\n".join(parts) + "\n", **found}


def _row(rule: Rule) -> str:
    link = f"[{rule.id}](rules/{rule.category}.md#{rule.id})"
    note = " (optional)" if rule.optional else ""
    return f"| {link} | {rule.severity} | {rule.effect} | {rule.summary}{note} |"


def _shifted(text: str) -> str:
    """Return a page with its headings one level lower; a comment in an example is no heading."""
    blocks = text.rstrip().split("```")
    return "```".join(block if index % 2 else re.sub(r"(?m)^#", "##", block) for index, block in enumerate(blocks))
