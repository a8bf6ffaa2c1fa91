"""Ignore comments: ``# cnilint: ignore[rule-id, category] reason``, on a finding's line or the one above.

The line on which the finding's entry starts (``- name:``) counts like its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilint.finding import Finding
    from cnilint.source.text import Text

# The fact that lists the comments which ignored nothing; only the engine knows it, after all other rules.
FACT: Final = "unusedIgnores"

_COMMENT: Final = r"(?m)(?:^|(?<=[ \t]))#[^\n]*?\bcnilint:[ \t]*ignore\b(?:\[([^\]\n]*)\]|([^\n]*))"


class Comment(NamedTuple):
    """An ignore comment: what it names, where it stands, its finding's line, and the names that ignored something."""

    names: tuple[str, ...]
    start: int
    end: int
    line: int
    used: set[str]


def comments(text: Text) -> list[Comment]:
    """Return the ignore comments of a text; one alone on its line speaks of the next line that is no comment."""
    if "cnilint:" not in text.content:
        return []
    found = []
    for match in re.finditer(_COMMENT, text.content):
        line = text.position(match.start())[0]
        if text.content[text.starts[line - 1] : match.start()].strip() == "":
            while line < len(text.starts) and text.line(line).lstrip().startswith("#"):
                line += 1
        written = match[2].strip() or "nothing" if match[1] is None else match[1]  # without brackets it ignores nothing
        names = tuple(name.strip() for name in written.split(",") if name.strip())
        found.append(Comment(names, match.start(), match.end(), line, set()))
    return found


def kept(findings: Iterable[Finding], found: list[Comment]) -> Iterator[Finding]:
    """Yield the findings that no comment ignores, and note in each comment what it ignored."""
    for finding in findings:
        names = {finding.rule, finding.category}
        lines = (finding.location.line, finding.entry_line)
        hits = [comment for comment in found if comment.line in lines and names & set(comment.names)]
        for comment in hits:
            comment.used.update(names & set(comment.names))
        if not hits:
            yield finding


def unused(found: Iterable[Comment], at_work: set[str], names: set[str], text: Text) -> list[dict[str, object]]:
    """Return an element for each name of a comment that ignored nothing: of a rule at work, or of none there is."""
    return [
        {"name": name, "known": name in names, "at": text.span(comment.start, comment.end)}
        for comment in found
        for name in comment.names
        if name not in comment.used and (name in at_work or name not in names)
    ]
